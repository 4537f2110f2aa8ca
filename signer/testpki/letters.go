package testpki

import (
	"math"

	"golang.org/x/text/unicode/norm"
)

// The letters of the drawn seal are single strokes of a pen, as engraved seals
// have them: the packages with real faces are not for the signer to import.

// point is in units of the height of a capital letter, y upwards.
type point struct{ x, y float64 }

// glyph is pen strokes and the width of the letter without side bearing.
type glyph struct {
	width   float64
	strokes [][]point
}

func line(xy ...float64) []point {
	p := make([]point, 0, len(xy)/2)
	for i := 0; i+1 < len(xy); i += 2 {
		p = append(p, point{xy[i], xy[i+1]})
	}
	return p
}

// arc runs from one angle to another, in degrees.
func arc(cx, cy, rx, ry, from, to float64) []point {
	n := max(2, int(math.Abs(to-from)/12))
	p := make([]point, n+1)
	for i := range p {
		a := (from + (to-from)*float64(i)/float64(n)) * math.Pi / 180
		p[i] = point{cx + rx*math.Cos(a), cy + ry*math.Sin(a)}
	}
	return p
}

func join(parts ...[]point) (p []point) {
	for _, s := range parts {
		p = append(p, s...)
	}
	return p
}

func strokes(width float64, s ...[]point) glyph { return glyph{width, s} }

var letters = func() map[rune]glyph {
	bowl := join(line(0, 0, 0, 1), arc(.32, .73, .25, .27, 90, -90), line(0, .46))
	d := join(line(0, 0, 0, 1), arc(.22, .5, .42, .5, 90, -90), line(0, 0))
	return map[rune]glyph{
		' ': {width: .25},
		'A': strokes(.72, line(0, 0, .36, 1, .72, 0), line(.13, .36, .59, .36)),
		'B': strokes(.6, join(line(0, 0, 0, 1), arc(.32, .76, .22, .24, 90, -90), line(0, .52)), join(line(.3, .52), arc(.34, .26, .26, .26, 90, -90), line(0, 0))),
		'C': strokes(.68, arc(.38, .5, .37, .5, 48, 312)),
		'D': strokes(.64, d),
		'Đ': strokes(.64, d, line(-.13, .5, .26, .5)),
		'E': strokes(.52, line(.52, 1, 0, 1, 0, 0, .52, 0), line(0, .52, .44, .52)),
		'F': strokes(.5, line(.5, 1, 0, 1, 0, 0), line(0, .52, .42, .52)),
		'G': strokes(.74, join(arc(.38, .5, .37, .5, 48, 340), line(.74, .42, .42, .42))),
		'H': strokes(.64, line(0, 0, 0, 1), line(.64, 0, .64, 1), line(0, .52, .64, .52)),
		'I': strokes(0, line(0, 0, 0, 1)),
		'J': strokes(.4, join(line(.4, 1), arc(.2, .22, .2, .22, 0, -170))),
		'K': strokes(.6, line(0, 0, 0, 1), line(.57, 1, 0, .4), line(.22, .62, .6, 0)),
		'L': strokes(.48, line(0, 1, 0, 0, .48, 0)),
		'M': strokes(.8, line(0, 0, 0, 1, .4, .25, .8, 1, .8, 0)),
		'N': strokes(.64, line(0, 0, 0, 1, .64, 0, .64, 1)),
		'O': strokes(.78, arc(.39, .5, .39, .5, 0, 360)),
		'P': strokes(.57, bowl),
		'Q': strokes(.78, arc(.39, .5, .39, .5, 0, 360), line(.46, .22, .78, -.08)),
		'R': strokes(.6, bowl, line(.3, .46, .6, 0)),
		'S': strokes(.58, join(arc(.3, .76, .26, .24, 35, 270), arc(.3, .26, .28, .26, 90, -150))),
		'T': strokes(.64, line(0, 1, .64, 1), line(.32, 1, .32, 0)),
		'U': strokes(.62, join(line(0, 1), arc(.31, .31, .31, .31, 180, 360), line(.62, 1))),
		'V': strokes(.68, line(0, 1, .34, 0, .68, 1)),
		'W': strokes(.96, line(0, 1, .24, 0, .48, .8, .72, 0, .96, 1)),
		'X': strokes(.62, line(0, 0, .62, 1), line(0, 1, .62, 0)),
		'Y': strokes(.64, line(0, 1, .32, .48, .64, 1), line(.32, .48, .32, 0)),
		'Z': strokes(.6, line(0, 1, .6, 1, 0, 0, .6, 0)),
		'-': strokes(.3, line(0, .45, .3, .45)),
		'.': strokes(0, line(0, .02, 0, .04)),
		',': strokes(.05, line(.05, .08, 0, -.14)),
		'&': strokes(.6, line(.6, 0, .1, .7, .2, 1, .4, .9, .05, .3, .2, 0, .4, .05, .6, .4)),
		'0': strokes(.56, arc(.28, .5, .28, .5, 0, 360)),
		'1': strokes(.3, line(0, .8, .25, 1, .25, 0)),
		'2': strokes(.54, join(arc(.27, .73, .27, .27, 170, -30), line(0, 0, .54, 0))),
		'3': strokes(.54, arc(.25, .76, .25, .24, 150, -90), arc(.26, .26, .28, .26, 90, -150)),
		'4': strokes(.58, line(.44, 0, .44, 1, 0, .3, .58, .3)),
		'5': strokes(.54, join(line(.5, 1, .06, 1, .02, .55), arc(.25, .31, .28, .31, 120, -150))),
		'6': strokes(.56, arc(.28, .3, .28, .3, 0, 360), join(line(.45, 1), arc(.28, .3, .28, .3, 150, 180))),
		'7': strokes(.54, line(0, 1, .54, 1, .16, 0)),
		'8': strokes(.54, arc(.27, .76, .23, .24, 0, 360), arc(.27, .26, .27, .26, 0, 360)),
		'9': strokes(.56, arc(.28, .7, .28, .3, 0, 360), join(arc(.28, .7, .28, .3, 0, -30), line(.12, 0))),
	}
}()

// accents are drawn about the middle of a letter; those above a circumflex or
// a breve move aside and up.
var accents = map[rune][][]point{
	'\u0302': {line(-.2, 1.12, 0, 1.3, .2, 1.12)},
	'\u0306': {arc(0, 1.33, .2, .2, 200, 340)},
	'\u0301': {line(-.05, 1.12, .13, 1.34)},
	'\u0300': {line(.05, 1.12, -.13, 1.34)},
	'\u0309': {join(arc(0, 1.34, .1, .09, 170, -60), line(0, 1.12))},
	'\u0303': {line(-.22, 1.16, -.1, 1.28, .1, 1.18, .22, 1.3)},
	'\u0323': {line(0, -.25, 0, -.23)},
}

const bearing = .26 // between two letters

// shape returns the letter and its accents in one glyph; ok is false for a
// letter that is not in the set.
func shape(base rune, marks []rune) (g glyph, ok bool) {
	g, ok = letters[base]
	if !ok {
		return g, false
	}
	out := glyph{g.width, append([][]point(nil), g.strokes...)}
	var hat bool
	for _, m := range marks {
		hat = hat || m == '\u0302' || m == '\u0306'
	}
	for _, m := range marks {
		if m == '\u031b' { // horn
			out.strokes = append(out.strokes, line(g.width-.06, .94, g.width+.1, 1, g.width+.13, 1.16))
			continue
		}
		dx, dy := g.width/2, 0.
		if hat && (m == '\u0301' || m == '\u0300' || m == '\u0309') {
			dx, dy = dx+.3, .12
		} else if hat && m == '\u0303' {
			dy = .26
		}
		for _, s := range accents[m] {
			moved := make([]point, len(s))
			for i, p := range s {
				moved[i] = point{p.x + dx, p.y + dy}
			}
			out.strokes = append(out.strokes, moved)
		}
	}
	return out, true
}

// shapes splits text into drawn letters; a letter it cannot draw is left out.
func shapes(text string) (glyphs []glyph, width float64) {
	rs := []rune(norm.NFD.String(text))
	for i := 0; i < len(rs); {
		j := i + 1
		for j < len(rs) && rs[j] >= '\u0300' && rs[j] <= '\u036f' {
			j++
		}
		if g, ok := shape(rs[i], rs[i+1:j]); ok {
			glyphs = append(glyphs, g)
			width += g.width + bearing
		}
		i = j
	}
	return glyphs, max(0, width-bearing)
}
