package imagecheck

import (
	"context"
	"errors"
	"image"
	"math"

	"golang.org/x/image/draw"
	"golang.org/x/image/math/f64"
)

// The size of a prepared photo in pixels: 4x6 cm at 300 dpi, to whole pixels.
const (
	preparedWidth  = 472
	preparedHeight = 709
	preparedDPI    = 300
	preparePixels  = 6_000_000
)

// Crop is the part of the photo that Prepare takes: the corners of a 2:3 frame
// in parts of the photo's width and height, and its turn.
type Crop struct {
	Corners [4][2]float64 `json:"corners"` // clockwise from top left
	Turn    float64       `json:"turn_deg"`

	cx, cy, w, h float64 // work pixels
}

// Prepared is a photo cropped, turned and resampled to 4x6 cm at 300 dpi.
// Neither background nor face were retouched.
type Prepared struct {
	JPEG          []byte  `json:"-"`
	Width, Height int     `json:"-"`
	Crop          Crop    `json:"crop"`
	Result        *Result `json:"result"`
}

// WouldFail is the error of Prepare when the crop does not pass either; Result
// says why.
type WouldFail struct{ Result *Result }

func (e *WouldFail) Error() string { return "the prepared photo would not pass" }

// Prepare crops the photo around head and shoulders, turns it upright and level,
// and resamples it to 472 x 709 pixels as a JPEG with a density of 300 dpi and
// no other metadata. It makes no pixel that was not in the photo: where the
// original is too small or the crop would leave it, the error is a *Refusal,
// and where the result would be refused by the rules, a *WouldFail. A result
// that a person must look at is returned with the verdict Review.
func Prepare(ctx context.Context, data []byte, rules *Rules) (*Prepared, error) {
	a, err := analyse(ctx, data, rules, preparePixels)
	if err != nil {
		return nil, err
	}
	if a.refusal != nil {
		return nil, a.refusal
	}
	if !a.face.found {
		return nil, refuse("prepare.no-face")
	}
	crop, ok := a.crop()
	if !ok {
		px := crop.w * a.scale / a.reduced
		return nil, refuse("prepare.too-small", int(px), int(px*1.5), preparedWidth, preparedHeight)
	}
	out, err := a.resample(crop)
	if err != nil {
		return nil, err
	}
	jpg, err := encodeJPEG(out, preparedDPI)
	if err != nil {
		return nil, err
	}
	res, err := Check(ctx, jpg, rules)
	if err != nil {
		return nil, err
	}
	if res.Verdict == Fail {
		return nil, &WouldFail{Result: res}
	}
	return &Prepared{JPEG: jpg, Width: preparedWidth, Height: preparedHeight, Crop: crop, Result: res}, nil
}

// crop chooses the frame in work pixels: the pupils a quarter of its width apart
// and at two fifths of its height, with space above the head. It reports false
// when the frame that fits has fewer pixels than 4x6 cm at 300 dpi need.
func (a *analysis) crop() (Crop, bool) {
	f, b := &a.face, a.back
	W, H := float64(a.work.Rect.Dx()), float64(a.work.Rect.Dy())
	m := f.middle()
	ratio := float64(preparedWidth) / preparedHeight
	// Head and hair fit with a tenth of the height above; the head is never
	// more than 70% of the frame.
	head := f.chin().Y - b.crown
	h := max(f.ied/0.26/ratio, head/0.70)
	h = min(h, f.ied/0.18/ratio)
	h = min(h, H, W/ratio)
	w := h * ratio
	turn := 0.0
	if math.Abs(f.tilt) > 2 && math.Abs(f.tilt) <= 30 {
		turn = f.tilt
	}
	c := Crop{Turn: round1(turn), w: w, h: h}
	// The frame turns with the head about the eyes.
	top := min(0.4*h, max(0.36*h, (m.Y-b.crown)+0.08*h))
	sin, cos := math.Sincos(turn * math.Pi / 180)
	place := func() {
		dy := h/2 - top
		c.cx, c.cy = m.X-dy*sin, m.Y+dy*cos
	}
	place()
	if turn != 0 && !c.inside(W, H, sin, cos) {
		// Turning would show what lies outside the photo: leave the lean.
		turn, sin, cos, c.Turn = 0, 0, 1, 0
		place()
	}
	if turn == 0 {
		c.cx = min(max(c.cx, w/2), W-w/2)
		c.cy = min(max(c.cy, h/2), H-h/2)
	}
	for i, d := range [4][2]float64{{-1, -1}, {1, -1}, {1, 1}, {-1, 1}} {
		x, y := d[0]*w/2, d[1]*h/2
		c.Corners[i] = [2]float64{round3((c.cx + x*cos - y*sin) / W), round3((c.cy + x*sin + y*cos) / H)}
	}
	full := w * a.scale / a.reduced
	return c, full >= preparedWidth-0.5
}

func (c *Crop) inside(W, H, sin, cos float64) bool {
	for _, d := range [4][2]float64{{-1, -1}, {1, -1}, {1, 1}, {-1, 1}} {
		x, y := c.cx+d[0]*c.w/2*cos-d[1]*c.h/2*sin, c.cy+d[0]*c.w/2*sin+d[1]*c.h/2*cos
		if x < 0 || y < 0 || x > W || y > H {
			return false
		}
	}
	return true
}

// resample takes the crop out of the decoded source in one step, so that a photo
// is interpolated once only.
func (a *analysis) resample(c Crop) (*image.RGBA, error) {
	b := a.source.Bounds()
	sw, sh := float64(b.Dx()), float64(b.Dy())
	if c.w*a.scale < preparedWidth-0.5 {
		return nil, refuse("prepare.too-small", int(c.w*a.scale), int(c.h*a.scale), preparedWidth, preparedHeight)
	}
	// Target to upright source ...
	k := c.w * a.scale / preparedWidth
	sin, cos := math.Sincos(c.Turn * math.Pi / 180)
	ux, uy := c.cx*a.scale, c.cy*a.scale
	up := f64.Aff3{
		k * cos, -k * sin, ux - k*(cos*preparedWidth/2-sin*preparedHeight/2),
		k * sin, k * cos, uy - k*(sin*preparedWidth/2+cos*preparedHeight/2),
	}
	// ... to the source as stored.
	s2d, ok := inverse(compose(stored(a.info.Orientation, sw, sh), up))
	if !ok {
		return nil, errors.New("prepare photo: the crop has no size")
	}
	s2d[2] -= s2d[0]*float64(b.Min.X) + s2d[1]*float64(b.Min.Y)
	s2d[5] -= s2d[3]*float64(b.Min.X) + s2d[4]*float64(b.Min.Y)
	out := image.NewRGBA(image.Rect(0, 0, preparedWidth, preparedHeight))
	draw.CatmullRom.Transform(out, s2d, a.source, b, draw.Src, nil)
	return out, nil
}

// stored maps upright coordinates to those of the stored picture of w x h.
func stored(orientation int, w, h float64) f64.Aff3 {
	switch orientation {
	case 2:
		return f64.Aff3{-1, 0, w, 0, 1, 0}
	case 3:
		return f64.Aff3{-1, 0, w, 0, -1, h}
	case 4:
		return f64.Aff3{1, 0, 0, 0, -1, h}
	case 5:
		return f64.Aff3{0, 1, 0, 1, 0, 0}
	case 6:
		return f64.Aff3{0, 1, 0, -1, 0, h}
	case 7:
		return f64.Aff3{0, -1, w, -1, 0, h}
	case 8:
		return f64.Aff3{0, -1, w, 1, 0, 0}
	}
	return f64.Aff3{1, 0, 0, 0, 1, 0}
}

// compose is a after b.
func compose(a, b f64.Aff3) f64.Aff3 {
	return f64.Aff3{
		a[0]*b[0] + a[1]*b[3], a[0]*b[1] + a[1]*b[4], a[0]*b[2] + a[1]*b[5] + a[2],
		a[3]*b[0] + a[4]*b[3], a[3]*b[1] + a[4]*b[4], a[3]*b[2] + a[4]*b[5] + a[5],
	}
}

func inverse(m f64.Aff3) (f64.Aff3, bool) {
	det := m[0]*m[4] - m[1]*m[3]
	if math.Abs(det) < 1e-12 {
		return f64.Aff3{}, false
	}
	a, b, c, d := m[4]/det, -m[1]/det, -m[3]/det, m[0]/det
	return f64.Aff3{a, b, -(a*m[2] + b*m[5]), c, d, -(c*m[2] + d*m[5])}, true
}
