package imagecheck

import (
	"context"
	"errors"
	"fmt"
	"image"
	"math"
	"strings"
)

// Status of one measure, and the verdict over all.
type Status string

// Note decides nothing: it tells what was seen.
const (
	Pass   Status = "pass"
	Review Status = "review"
	Fail   Status = "fail"
	Note   Status = "note"
)

// Measure is one thing that was looked at.
type Measure struct {
	ID    string  `json:"id"`
	Value float64 `json:"value"`
	// Unit is "dpi", "%", "°", "L*", "C*", "px" or "" for a bare ratio.
	Unit string `json:"unit,omitempty"`
	// Limit is the range that passes, written out.
	Limit  string `json:"limit,omitempty"`
	Status Status `json:"status"`
	// Message says in Vietnamese what is so and what to do; MessageEN in English.
	Message   string `json:"message"`
	MessageEN string `json:"message_en"`
}

// Result is the verdict on one photo under one act.
type Result struct {
	// Verdict is Fail if any measure failed, else Review if any needs a person,
	// else Pass.
	Verdict  Status    `json:"verdict"`
	Rules    string    `json:"rules"`
	Measures []Measure `json:"measures"`
	// CanPrepare tells that Prepare has a chance: the original is large enough
	// and what is wrong can be mended by cropping and turning.
	CanPrepare bool `json:"can_prepare"`
	// Info is nil when the bytes are no photo.
	Info *Info `json:"info,omitempty"`
	// Face is nil when none was found.
	Face *FacePlace `json:"face,omitempty"`
}

// FacePlace is where the face is, in parts of the photo's width and height.
type FacePlace struct {
	Left   [2]float64 `json:"left_eye"`
	Right  [2]float64 `json:"right_eye"`
	Nose   [2]float64 `json:"nose"`
	Crown  float64    `json:"crown"`
	Chin   float64    `json:"chin"`
	Tilt   float64    `json:"tilt_deg"`
	Centre [2]float64 `json:"centre"`
}

// units of every measure there is.
var units = map[string]string{
	"format": "", "resolution": "dpi", "density": "dpi", "aspect": "%", "colour": "",
	"background.found": "", "background.light": "L*", "background.tint": "C*", "background.even": "L*",
	"background.white": "", "background.spots": "L*", "background.gradient": "L*", "background.texture": "L*",
	"background.shadow": "", "background.object": "", "background.border": "",
	"face": "", "face.count": "", "face.size": "", "face.across": "", "face.down": "", "face.crown": "",
	"face.tilt": "°", "face.turn": "", "face.eyes": "", "face.sharp": "", "face.burnt": "", "face.dark": "", "face.cast": "",
	"face.light": "", "glasses": "", "glasses.dark": "", "head.covering": "", "metadata": "",
}

// analysis is everything known of one photo.
type analysis struct {
	data    []byte
	info    *Info
	damage  damage
	refusal *Refusal    // why there is no picture
	source  image.Image // as decoded, not turned
	reduced float64     // size of source over that of the file
	work    *image.RGBA // upright, at most workPixels
	scale   float64     // upright source pixels per work pixel
	face    face
	back    *background
	quality quality
	hints   []string
	result  *Result
}

// Photos above largePixels are looked at one at a time: each takes up to 200 MB.
const largePixels = 16_000_000

var large = make(chan struct{}, 1)

// Check judges a photo under rules, which may not be nil. The Result is the same
// for the same bytes and rules. An error means that there is no verdict: the
// caller gave up, or decoding took longer than it may (ErrTime). Bytes that are
// no photo are a verdict, Fail.
func Check(ctx context.Context, data []byte, rules *Rules) (*Result, error) {
	a, err := analyse(ctx, data, rules, wasmPixels)
	if err != nil {
		return nil, err
	}
	return a.result, nil
}

func analyse(ctx context.Context, data []byte, rules *Rules, jp2Pixels int) (*analysis, error) {
	a := &analysis{data: data, result: &Result{Rules: rules.ID, Verdict: Pass}}
	in, err := Inspect(data)
	if err == nil {
		a.info, a.result.Info = in, in
		if in.Width*in.Height > largePixels {
			select {
			case large <- struct{}{}:
				defer func() { <-large }()
			case <-ctx.Done():
				return nil, ctx.Err()
			}
		}
		err = a.decode(ctx, jp2Pixels)
	}
	if r, ok := errors.AsType[*Refusal](err); ok {
		a.refusal = r
		a.result.Measures = []Measure{{ID: "format", Status: Fail, Message: r.Vietnamese(), MessageEN: r.English()}}
		a.result.Verdict = Fail
		return a, nil
	}
	if err != nil {
		return nil, err
	}
	work, k := shrunk(a.source, workPixels)
	a.work, a.scale = toRGBA(upright(work, in.Orientation)), float64(k)
	a.headers(rules)
	if a.info.Width < 64 || a.info.Height < 64 {
		// Too few pixels for any further measure to mean something.
		a.settle()
		return a, nil
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	a.face = findFace(a.work)
	if a.face.score < rules.Measures["face"].Pass[0] {
		// An unclear find is no place to measure from.
		a.face.found = false
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	a.back = measureBackground(a.work, &a.face)
	a.colours(rules)
	a.ground(rules)
	a.person(rules)
	a.settle()
	return a, nil
}

// add judges a value and keeps the measure.
func (a *analysis) add(rules *Rules, id string, v float64, args ...any) Status {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		v = 0
	}
	v = round3(v)
	st, limit := rules.judge(id, v)
	m := Measure{ID: id, Value: v, Unit: units[id], Limit: limit, Status: st}
	code := id + "." + string(st)
	switch {
	case st == Review && sentences[code] == [2]string{}:
		code = id + ".fail"
		fallthrough
	case st == Fail:
		if l := rules.Measures[id]; v < l.Pass[0] && sentences[id+".low"] != [2]string{} {
			code = id + ".low"
		}
	case st == Note && sentences[code] == [2]string{}:
		code = id + ".pass"
	}
	m.Message, m.MessageEN = measureSentence(code, st, args)
	a.result.Measures = append(a.result.Measures, m)
	return st
}

// decode makes the picture and tells whether the file is as an encoder wrote it.
func (a *analysis) decode(ctx context.Context, jp2Pixels int) error {
	var s jpegStream
	if a.info.Format == JPEG {
		a.damage = s.read(a.data)
	}
	if a.damage == broken {
		return refuse("format.corrupt", a.info.Format.name())
	}
	var err error
	if a.source, a.reduced, err = decode(ctx, a.data, a.info, jp2Pixels); err != nil {
		if _, refused := errors.AsType[*Refusal](err); refused && a.info.Format == JPEG && a.damage == sound {
			// All of it is there and in order: progressive with restart markers
			// and subsampled colour, which image/jpeg does not read.
			return refuse("format.jpeg-unread")
		}
		return err
	}
	switch {
	case a.info.Format != JPEG:
		c := a.data[a.info.codestream.from:a.info.codestream.to]
		if a.damage = wholeJ2K(c, a.info, int(math.Round(math.Log2(1/a.reduced)))); a.damage == broken {
			return refuse("format.corrupt", a.info.Format.name())
		}
	case a.damage == sound:
		if a.damage = s.looks(a.source); a.damage == broken {
			return refuse("format.corrupt", a.info.Format.name())
		}
	}
	return nil
}

func (a *analysis) headers(rules *Rules) {
	in := a.info
	code, st := "format.pass", Pass
	switch a.damage {
	case doubtful:
		code, st = "format.damaged", Review
	case unread:
		code, st = "format.unread", Review
	}
	vi, en := measureSentence(code, st, []any{in.Format.name()})
	a.result.Measures = append(a.result.Measures, Measure{ID: "format", Status: st, Message: vi, MessageEN: en})
	a.add(rules, "resolution", math.Floor(in.EffectiveDPI*100)/100, in.Width, in.Height)
	a.density(rules)
	a.add(rules, "aspect", (float64(in.Width)/float64(in.Height)/(2.0/3)-1)*100, in.Width, in.Height)
	if in.HasLocation {
		a.note("metadata", "metadata.location", 0)
	}
}

// density reports what the file claims, beside what its pixels give. Under the
// built-in rules it decides nothing.
func (a *analysis) density(rules *Rules) {
	in := a.info
	if len(in.Densities) == 0 {
		a.note("density", "density.none", 0, in.EffectiveDPI)
		return
	}
	d := in.Densities[0]
	v := min(d.X, d.Y)
	if l, ok := rules.Measures["density"]; ok && !l.Pass.holds(v) {
		a.add(rules, "density", v, v, in.EffectiveDPI)
		return
	}
	for _, o := range in.Densities[1:] {
		if math.Abs(o.X-d.X) > 1 {
			a.note("density", "density.conflict", v, v, d.Source, o.X, o.Source, in.EffectiveDPI)
			return
		}
	}
	a.note("density", "density.one", v, v, in.EffectiveDPI)
}

func (a *analysis) note(id, code string, v float64, args ...any) {
	vi, en := measureSentence(code, Note, args)
	a.result.Measures = append(a.result.Measures, Measure{ID: id, Value: round1(v), Unit: units[id], Status: Note, Message: vi, MessageEN: en})
}

// colours measures whether the photo is in colour at all: the spread of a* and
// b* over the whole picture.
func (a *analysis) colours(rules *Rules) {
	if a.info.Color == Grey {
		a.add(rules, "colour", 0)
		return
	}
	w := min(120, a.work.Rect.Dx())
	pix := labOf(averaged(a.work, w, max(1, a.work.Rect.Dy()*w/a.work.Rect.Dx())))
	var sa, sb, qa, qb float64
	for _, c := range pix {
		x, y := float64(c.A), float64(c.B)
		sa, sb, qa, qb = sa+x, sb+y, qa+x*x, qb+y*y
	}
	n := float64(len(pix))
	a.add(rules, "colour", math.Sqrt(max(0, qa/n-sa*sa/n/n+qb/n-sb*sb/n/n)))
}

// ground judges the background. Where it is plainly not white, the finer
// measures would say the same once more and are left out.
func (a *analysis) ground(rules *Rules) {
	b := a.back
	if a.add(rules, "background.found", b.seen) == Fail {
		return
	}
	light := a.add(rules, "background.light", b.light)
	tint := a.add(rules, "background.tint", b.chroma)
	even := a.add(rules, "background.even", b.spread)
	slope := a.add(rules, "background.gradient", b.slope)
	if light == Pass && tint == Pass && even == Pass && slope == Pass {
		if a.add(rules, "background.white", b.white) == Pass {
			a.add(rules, "background.spots", b.darkest)
		}
	}
	a.add(rules, "background.texture", b.rough)
	a.add(rules, "background.shadow", b.shadow)
	a.add(rules, "background.object", b.objects)
	a.add(rules, "background.border", b.reached)
}

func (a *analysis) person(rules *Rules) {
	f, b := &a.face, a.back
	st := a.add(rules, "face", f.score)
	if !f.found || st != Pass {
		return
	}
	w, h := float64(a.work.Rect.Dx()), float64(a.work.Rect.Dy())
	m := f.middle()
	a.result.Face = &FacePlace{
		Left: [2]float64{round3(f.left.X / w), round3(f.left.Y / h)}, Right: [2]float64{round3(f.right.X / w), round3(f.right.Y / h)},
		Nose: [2]float64{round3(f.nose.X / w), round3(f.nose.Y / h)}, Centre: [2]float64{round3(m.X / w), round3(m.Y / h)},
		Crown: round3(b.crown / h), Chin: round3(f.chin().Y / h), Tilt: round1(f.tilt),
	}
	a.add(rules, "face.count", float64(1+f.others), 1+f.others)
	a.add(rules, "face.size", f.ied/w)
	a.add(rules, "face.across", m.X/w)
	a.add(rules, "face.down", m.Y/h)
	a.add(rules, "face.crown", b.crown/h)
	a.add(rules, "face.tilt", f.tilt, math.Abs(f.tilt))
	a.add(rules, "face.turn", f.turn)
	a.quality = measureQuality(a.work, f, b)
	q := a.quality
	a.add(rules, "face.eyes", q.eyes)
	a.add(rules, "face.sharp", q.sharp)
	a.add(rules, "face.burnt", q.burnt)
	a.add(rules, "face.dark", q.dark)
	a.add(rules, "face.cast", q.cast)
	a.add(rules, "face.light", q.sides)
	a.add(rules, "glasses", q.bridge)
	a.add(rules, "glasses.dark", q.lenses)
	a.hints = coveringHints(f, b, q)
	a.add(rules, "head.covering", float64(len(a.hints)))
}

// coveringHints names what speaks for a covered head. None of them proves it.
func coveringHints(f *face, b *background, q quality) []string {
	var out []string
	top := (f.middle().Y - b.crown) / f.ied
	if q.strange > 0.25 {
		out = append(out, "colour")
	}
	if !b.cut && top < 1.52 || top > 2.9 {
		out = append(out, "height")
	}
	if q.fringe < 0.5 {
		out = append(out, "forehead")
	}
	if q.pale > 0.4 && q.smooth < 2 || q.smooth < 1.2 {
		out = append(out, "flat")
	}
	return out
}

// settle draws the verdict and says whether preparing is worth a try.
func (a *analysis) settle() {
	r := a.result
	mendable, other := false, false
	for _, m := range r.Measures {
		switch m.Status {
		case Fail:
			r.Verdict = Fail
			switch m.ID {
			case "aspect", "face.size", "face.across", "face.down", "face.tilt", "background.border", "background.object":
				mendable = true
			default:
				other = true
			}
		case Review:
			if r.Verdict != Fail {
				r.Verdict = Review
			}
			switch m.ID {
			case "face.size", "face.across", "face.down", "face.tilt":
				mendable = true
			}
		}
	}
	if a.back == nil || !a.face.found || other {
		return
	}
	_, ok := a.crop()
	exact := a.info.Width == preparedWidth && a.info.Height == preparedHeight
	r.CanPrepare = ok && (mendable || !exact)
}

// measureSentence fills the sentence of a measure; what a person must decide
// says so first.
func measureSentence(code string, st Status, args []any) (vi, en string) {
	s, ok := sentences[code]
	if !ok {
		return code, code
	}
	vi, en = filled(s[0], args), filled(s[1], args)
	if st == Review {
		vi, en = "Cần cán bộ xem: "+vi, "A person must look: "+en
	}
	return vi, en
}

// filled leaves out the arguments for which a sentence has no place.
func filled(s string, args []any) string {
	n := strings.Count(strings.ReplaceAll(s, "%%", ""), "%")
	return fmt.Sprintf(s, args[:min(n, len(args))]...)
}
