package layout

import (
	"strings"

	"antin/fonts"
)

// NoRoomError says that a value which a later revision fills in does not fit its
// field, even in the smallest type that the signer takes.
type NoRoomError struct{ Field, Value string }

func (e *NoRoomError) Error() string {
	return "field " + e.Field + " has no room for \"" + e.Value + "\""
}

// The signer's limits of shrinking a value (signer, appearance.go).
const (
	fillShrink = 0.7
	fillLeast  = 5.0 // pt
	fillLead   = 1.2
	fillMargin = 3.0 // of a stamp's frame, pt
)

// Fits checks that the values that are to be filled in later fit their fields: a
// number that was given and cannot be printed would stay open for ever. Fields
// that the document lacks do not count. Errors: *NoRoomError.
func (p *Pages) Fits(values map[string]string) error {
	for i := range p.Fields {
		f := &p.Fields[i]
		v, ok := values[f.Name]
		if !ok {
			continue
		}
		if !f.fits(v) {
			return &NoRoomError{Field: f.Name, Value: v}
		}
	}
	return nil
}

func (f *PlacedField) fits(value string) bool {
	face := fonts.Get(fonts.StyleOf(f.Bold, f.Italic))
	lines, widest := strings.Split(value, "\n"), 0
	for _, l := range lines {
		sum := 0
		for _, r := range l {
			a, _ := face.Advance(r)
			sum += a
		}
		widest = max(widest, sum)
	}
	w, h, least := f.W, f.H, max(fillLeast, f.Size*fillShrink)
	if f.Multiline {
		w, h, least = w-2*fillMargin, h-2*fillMargin, fillLeast
		if least*(ascent+descent+fillLead*float64(len(lines)-1)) > h {
			return false
		}
	}
	return float64(widest)*least/1000 <= w
}
