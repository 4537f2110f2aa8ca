package imagecheck

import (
	"bytes"
	"fmt"
	"math"
)

// Bounds that hold before anything is decoded. They keep one check under
// 300 MB whatever the headers claim.
const (
	// MaxBytes is the largest file looked at, in bytes.
	MaxBytes = 20 << 20
	// MaxSide is the largest width or height, in pixels.
	MaxSide = 12_000
	// MaxPixels is the largest width times height.
	MaxPixels = 50_000_000
	// maxDecoded bounds what decoding allocates, in bytes.
	maxDecoded = 200 << 20
	// maxTiles bounds the tiles of a JPEG 2000 codestream; a phone or a
	// scanner writes one to a few hundred.
	maxTiles = 4096
)

// Format of a photo, found from its content.
type Format string

// The formats the acts name. J2K is a JPEG 2000 codestream without the JP2
// boxes around it.
const (
	JPEG Format = "jpeg"
	JP2  Format = "jp2"
	J2K  Format = "j2k"
)

func (f Format) name() string {
	switch f {
	case JPEG:
		return "JPEG"
	case JP2:
		return "JPEG 2000 (JP2)"
	}
	return "JPEG 2000 (J2K)"
}

// Color is how the samples are to be understood.
type Color string

// Colours that are read; CMYK and YCCK are turned into RGB before any measure.
const (
	Grey  Color = "grey"
	YCbCr Color = "ycbcr"
	RGB   Color = "rgb"
	CMYK  Color = "cmyk"
	YCCK  Color = "ycck"
)

// Density is a resolution that the file claims for itself, in dots per inch.
// It is a claim: the resolution at 4x6 cm follows from the pixels alone.
type Density struct {
	// Source is "jfif", "exif", "photoshop", "jp2-capture" or "jp2-display".
	Source string  `json:"source"`
	X      float64 `json:"x"`
	Y      float64 `json:"y"`
}

// Info is what the headers of a photo say, checked and bounded, with nothing
// decoded yet.
type Info struct {
	Format Format `json:"format"`
	// Width and Height are in pixels as a person sees the photo, that is
	// after Orientation.
	Width  int `json:"width"`
	Height int `json:"height"`
	// Orientation is the EXIF value 1 to 8; 1 is upright (Exif 2.32, 4.6.4).
	Orientation int   `json:"orientation"`
	Color       Color `json:"color"`
	Components  int   `json:"components"`
	// Progressive is true of a progressive JPEG; Tiles counts the tiles of a
	// JPEG 2000 codestream (1 for JPEG).
	Progressive bool `json:"progressive,omitempty"`
	Tiles       int  `json:"tiles"`
	// Densities in the order in which they are believed: EXIF, JFIF,
	// Photoshop, JP2 capture, JP2 display.
	Densities []Density `json:"densities,omitempty"`
	// EffectiveDPI is the resolution that the pixels give when the photo is
	// printed at 4x6 cm, the smaller of both directions.
	EffectiveDPI float64 `json:"effective_dpi"`
	// HasLocation, HasProfile and Trailing tell of a GPS directory, an ICC
	// profile and bytes after the end of the picture. None of them reaches
	// the output of ForEmbedding or Prepare.
	HasLocation bool `json:"has_location,omitempty"`
	HasProfile  bool `json:"has_profile,omitempty"`
	Trailing    int  `json:"trailing,omitempty"`

	scans      int  // JPEG: scans of the picture
	adobe      int  // JPEG: Adobe transform, -1 when absent
	levels     int  // JPEG 2000: wavelet levels, the least over all components
	codestream span // JPEG 2000: where the codestream lies
	plain      bool // JPEG 2000: nothing in the headers is out of the ordinary
	tileW      int  // JPEG 2000: size of a tile in pixels
	tileH      int
	jfif       bool // JPEG: an APP0 of JFIF is there
	rgbIDs     bool // JPEG: the components call themselves R, G, B
}

type span struct{ from, to int }

// Refusal says why bytes are no photo this package takes. Code keys the
// sentences of messages.go.
type Refusal struct {
	Code string
	Args []any
}

// Error gives the English sentence.
func (r *Refusal) Error() string { return "photo refused: " + r.English() }

// Vietnamese and English give the sentence for people.
func (r *Refusal) Vietnamese() string { return sentence(r.Code, 0, r.Args) }

// English gives the sentence for people in English.
func (r *Refusal) English() string { return sentence(r.Code, 1, r.Args) }

func refuse(code string, args ...any) error { return &Refusal{Code: code, Args: args} }

// signature is the beginning of a kind of file that is refused by its name.
type signature struct {
	at    int
	magic string
	name  string
}

// The names are proper names, the same in Vietnamese and English.
var signatures = []signature{
	{0, "\x89PNG\r\n\x1a\n", "PNG"},
	{0, "GIF87a", "GIF"},
	{0, "GIF89a", "GIF"},
	{0, "%PDF-", "PDF"},
	{0, "II*\x00", "TIFF"},
	{0, "MM\x00*", "TIFF"},
	{0, "II+\x00", "BigTIFF"},
	{0, "MM\x00+", "BigTIFF"},
	{0, "II\xbc\x01", "JPEG XR"},
	{0, "BM", "BMP"},
	{8, "WEBP", "WebP"},
	{4, "ftypavif", "AVIF"},
	{4, "ftypavis", "AVIF"},
	{4, "ftyphei", "HEIC (iPhone)"},
	{4, "ftyphev", "HEIC (iPhone)"},
	{4, "ftypmif1", "HEIF"},
	{4, "ftypmsf1", "HEIF"},
	{4, "ftypcrx ", "Canon CR3"},
	{4, "ftyp", "MP4"},
	{0, "\xff\x0a", "JPEG XL"},
	{0, "\x00\x00\x00\x0cJXL \r\n\x87\n", "JPEG XL"},
	{0, "8BPS", "Photoshop PSD"},
	{0, "\x00\x00\x01\x00", "ICO"},
	{0, "PK\x03\x04", "ZIP, Word (docx) / Excel (xlsx)"},
	{0, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "Word/Excel 97"},
	{0, "Rar!\x1a\x07", "RAR"},
	{0, "7z\xbc\xaf\x27\x1c", "7-Zip"},
	{0, "\x1f\x8b", "gzip"},
	{0, "MZ", "Windows EXE"},
	{0, "\x7fELF", "ELF"},
	{0, "{\\rtf", "RTF"},
	{0, "FORM", "IFF"},
	{0, "RIFF", "RIFF"},
	{0, "qoif", "QOI"},
	{0, "P5", "PNM"},
	{0, "P6", "PNM"},
	{0, "#!", "script"},
}

// nameOf tells what kind of file the bytes begin like, "" when unknown.
func nameOf(data []byte) string {
	for _, s := range signatures {
		if len(data) >= s.at+len(s.magic) && string(data[s.at:s.at+len(s.magic)]) == s.magic {
			return s.name
		}
	}
	head := bytes.ToLower(bytes.TrimLeft(data[:min(len(data), 512)], " \t\r\n\ufeff"))
	switch {
	case bytes.HasPrefix(head, []byte("<svg")), bytes.HasPrefix(head, []byte("<?xml")) && bytes.Contains(head, []byte("<svg")):
		return "SVG"
	case bytes.HasPrefix(head, []byte("<!doctype html")), bytes.HasPrefix(head, []byte("<html")):
		return "HTML"
	case bytes.HasPrefix(head, []byte("<?xml")):
		return "XML"
	case bytes.HasPrefix(head, []byte("data:image/")):
		return "data URL (base64)"
	}
	return ""
}

var jp2Signature = []byte("\x00\x00\x00\x0cjP  \r\n\x87\n")

// Inspect reads the headers of data and bounds them. The error is a *Refusal
// for anything that is not a JPEG or JPEG 2000 photo within the bounds; name
// and media type of the upload play no part.
func Inspect(data []byte) (*Info, error) {
	var (
		info *Info
		err  error
	)
	switch {
	case len(data) == 0:
		return nil, refuse("format.empty")
	case len(data) > MaxBytes:
		return nil, refuse("format.too-many-bytes", float64(len(data))/(1<<20), MaxBytes>>20)
	case bytes.HasPrefix(data, []byte{0xFF, 0xD8, 0xFF}):
		info, err = inspectJPEG(data)
	case bytes.HasPrefix(data, jp2Signature):
		info, err = inspectJP2(data)
	case bytes.HasPrefix(data, []byte{0xFF, 0x4F, 0xFF, 0x51}):
		info, err = inspectCodestream(data, span{0, len(data)})
	default:
		if name := nameOf(data); name != "" {
			return nil, refuse("format.other", name)
		}
		return nil, refuse("format.unknown")
	}
	if err != nil {
		return nil, err
	}
	if info.Orientation >= 5 {
		info.Width, info.Height = info.Height, info.Width
	}
	info.EffectiveDPI = effectiveDPI(info.Width, info.Height)
	return info, nil
}

// The print size of the photo in inches: 4 cm x 6 cm.
const (
	printWidth  = 4 / 2.54
	printHeight = 6 / 2.54
)

// effectiveDPI is the resolution of w x h pixels printed at 4x6 cm.
func effectiveDPI(w, h int) float64 {
	return min(float64(w)/printWidth, float64(h)/printHeight)
}

// bounded refuses dimensions that no photo has or that would cost too much.
func bounded(w, h int) error {
	switch {
	case w <= 0 || h <= 0:
		return refuse("format.corrupt", fmt.Sprintf("%dx%d", w, h))
	case w > MaxSide || h > MaxSide || w*h > MaxPixels:
		return refuse("format.too-many-pixels", w, h, MaxPixels/1_000_000)
	}
	return nil
}

// plausible reports whether a density is one that a person may have set.
func plausible(d float64) bool { return !math.IsNaN(d) && d >= 1 && d <= 100_000 }

// smuggled looks for another kind of file inside bytes that carry no picture:
// what follows the end, or a segment of metadata. A file that is a photo to one
// program and a document or page to another is refused.
func smuggled(b []byte) string {
	for _, s := range [...]struct{ magic, name string }{
		{"%PDF-", "PDF"},
		{"PK\x03\x04", "ZIP"},
		{"PK\x05\x06", "ZIP"},
		{"<?php", "PHP"},
		{"<!DOCTYPE html", "HTML"},
		{"Rar!\x1a\x07", "RAR"},
		{"7z\xbc\xaf\x27\x1c", "7-Zip"},
		{"\x7fELF\x01", "ELF"},
		{"\x7fELF\x02", "ELF"},
	} {
		if bytes.Contains(b, []byte(s.magic)) {
			return s.name
		}
	}
	for i := 0; i < len(b); {
		j := bytes.IndexByte(b[i:], '<')
		if j < 0 {
			break
		}
		i += j + 1
		rest := b[i:min(i+6, len(b))]
		for _, tag := range []string{"script", "html", "iframe"} {
			if len(rest) >= len(tag) && bytes.EqualFold(rest[:len(tag)], []byte(tag)) {
				return "HTML"
			}
		}
	}
	return ""
}
