// Package imagecheck judges the 4 cm x 6 cm portrait that a work permit
// carries: white ground, at least 300 dpi, colour, face looking straight, bare
// head, glasses as the act allows. The bytes come from strangers: the format is
// read from the content, every number in a header is bounded before anything is
// decoded, and JPEG 2000 is decoded inside WebAssembly.
//
// The same bytes always give the same verdict: nothing here draws random
// numbers, reads a clock to decide, or depends on the order of a map.
//
// disintegration/imaging is not used: importing it registers decoders for
// TIFF, BMP and GIF that a stranger's file could then reach; the one thing
// needed of it, resampling, is golang.org/x/image/draw. Of esimov/pigo only
// the trained cascades are used (see face.go): its pupil search draws random
// numbers, so the same photo would not always get the same verdict.
package imagecheck
