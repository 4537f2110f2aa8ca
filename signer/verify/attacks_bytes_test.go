package verify_test

import (
	"bytes"
	"fmt"
	"strings"

	"antin/internal/pdf"
	"antin/signer/verify"
)

// Attacks on the bytes: altered content, /ByteRange and /Contents games
// ("1 Trillion Dollar Refund", Mladenov et al., 2019: universal signature
// forgery, signature wrapping), and the structure of the file.

// flip inverts the lowest bit of the byte at the first or last place of a text.
func flip(data []byte, at int) []byte {
	out := bytes.Clone(data)
	out[at] ^= 1
	return out
}

// tail appends bytes.
func tail(data []byte, text string) []byte { return append(bytes.Clone(data), text...) }

// rename gives the last key of this name another one of the same length.
func rename(data []byte, old, new string) []byte { return splice(data, old, new) }

// xrefs are the offsets of the cross-reference sections of the issued document.
func xrefs(data []byte) (at []int64) {
	for _, r := range open(data).Revisions() {
		at = append(at, r.XRefOffset)
	}
	return at
}

// pageText is page 1 with other text, as a new content stream.
func pageText(text string) string {
	return "BT /F1 14 Tf 100 600 Td <" + codes(text) + "> Tj ET"
}

func contentRef(f *pdf.File) pdf.Ref {
	return dictAt(f, pageRef(f, 0))["Contents"].(pdf.Ref)
}

// fakeContent is a content stream in place of that of page 1.
func fakeContent() string {
	return streamText(contentRef(open(issued())).Num, "", pageText("Mức hưởng: 9.000.000 đồng"))
}

func attacksOnBytes() []sample {
	hashFailure := func(name string, make func() []byte) sample {
		return sample{name: name, make: make, indication: verify.TotalFailed, sub: verify.HashFailure, check: "digest", code: "mismatch"}
	}
	ranged := func(name, code string, make func() []byte) sample {
		return sample{name: name, make: make, indication: verify.TotalFailed, sub: verify.FormatFailure, check: "byte_range", code: code}
	}
	structure := func(name, code string, make func() []byte) sample {
		return sample{name: name, make: make, indication: verify.TotalFailed, sub: verify.FormatFailure, check: "structure", code: code}
	}
	malformed := func(name string, make func() []byte) sample {
		return sample{name: name, make: make, indication: verify.TotalFailed, sub: verify.FormatFailure, check: "format", code: "malformed"}
	}
	numbers := func() (b, c, d int) {
		var a int
		_, err := fmt.Sscanf(byteRangeText(issued()), "/ByteRange [%d %d %d %d", &a, &b, &c, &d)
		if err != nil {
			_, err = fmt.Sscanf(byteRangeText(issued()), "/ByteRange[%d %d %d %d", &a, &b, &c, &d)
		}
		must(err)
		return b, c, d
	}
	withRange := func(format string, args func(b, c, d int) []any) func() []byte {
		return func() []byte {
			b, c, d := numbers()
			return setByteRange(issued(), fmt.Sprintf(format, args(b, c, d)...))
		}
	}
	return []sample{
		hashFailure("byte-flipped-in-page-content", func() []byte {
			f := open(issued())
			e, _, _ := f.Entry(contentRef(f).Num)
			return flip(issued(), int(e.Offset)+bytes.Index(issued()[e.Offset:], []byte("stream\n"))+12)
		}),
		hashFailure("number-altered-in-place", func() []byte {
			v := fmt.Sprintf("%X", []byte(pdf.TextString("15/QĐ-TTDVVL")))
			if !bytes.Contains(issued(), []byte(v)) {
				v = strings.ToLower(v)
			}
			w := strings.Replace(v, "0031", "0039", 1)
			return splice(issued(), v, w)
		}),
		hashFailure("signing-time-altered-in-place", func() []byte {
			at := bytes.LastIndex(issued(), []byte("/M"))
			return flip(issued(), at+bytes.IndexByte(issued()[at:], '<')+8)
		}),
		hashFailure("signature-of-the-other-field", func() []byte { return withContents(issued(), -1, trimDER(contentsOf(issued(), 0))) }),
		hashFailure("signature-of-another-document", func() []byte {
			other := sealed(certified(draft(func(part string, d pdf.Dict, _ *pdf.Writer) {
				if part == "page1" {
					d["Rotate"] = 180
				}
			})))
			return withContents(issued(), -1, trimDER(contentsOf(other, -1)))
		}),
		{name: "signature-value-flipped", indication: verify.TotalFailed, sub: verify.SigCryptoFailure, check: "signature_value", code: "mismatch", make: func() []byte {
			der := trimDER(contentsOf(issued(), -1))
			der[len(der)-1] ^= 1
			return withContents(issued(), -1, der)
		}},
		{name: "bytes-hidden-after-the-signature", indication: verify.TotalFailed, sub: verify.FormatFailure, check: "cms", code: "malformed", make: func() []byte {
			return withContents(issued(), -1, append(trimDER(contentsOf(issued(), -1)), 1))
		}},
		{name: "contents-zeroed", indication: verify.TotalFailed, sub: verify.FormatFailure, check: "cms", code: "malformed", make: func() []byte { return withContents(issued(), -1, nil) }},
		{name: "contents-not-cms", indication: verify.TotalFailed, sub: verify.FormatFailure, check: "cms", code: "malformed", make: func() []byte {
			return withContents(issued(), -1, []byte{0x30, 3, 2, 1, 1})
		}},

		// universal signature forgery
		ranged("byterange-missing", "missing", func() []byte { return rename(issued(), "/ByteRange", "/ByteRangf") }),
		ranged("byterange-null", "missing", func() []byte { return setByteRange(issued(), "null") }),
		ranged("byterange-empty", "parts", func() []byte { return setByteRange(issued(), "[]") }),
		ranged("byterange-three-numbers", "parts", withRange("[0 %d %d]", func(b, c, _ int) []any { return []any{b, c} })),
		ranged("byterange-six-numbers", "parts", withRange("[0 %d %d %d %d 0]", func(b, c, d int) []any { return []any{b, c, d - 1, c + d} })),
		ranged("byterange-negative", "outside", withRange("[0 %d %d -1]", func(b, c, _ int) []any { return []any{b, c} })),
		ranged("byterange-beyond-the-file", "outside", withRange("[0 %d %d 99999999]", func(b, c, _ int) []any { return []any{b, c} })),
		ranged("byterange-not-from-the-start", "start", withRange("[5 %d %d %d]", func(b, c, d int) []any { return []any{b, c, d} })),
		ranged("byterange-second-part-empty", "empty", withRange("[0 %d %d 0]", func(b, c, _ int) []any { return []any{b, c} })),
		ranged("byterange-parts-overlap", "overlap", withRange("[0 %d %d %d]", func(b, c, d int) []any { return []any{b, b - 10, d} })),
		ranged("byterange-reals", "outside", withRange("[0 %d.5 %d %d]", func(b, c, d int) []any { return []any{b, c, d} })),
		ranged("contents-missing", "contents_missing", func() []byte { return rename(issued(), "/Contents<3", "/Contentz<3") }),
		ranged("contents-null", "contents_missing", func() []byte {
			start, end := contentsAt(issued(), -1)
			return splice(issued(), string(issued()[start-1:end+1]), " null")
		}),
		ranged("contents-empty", "contents_missing", func() []byte {
			start, end := contentsAt(issued(), -1)
			return splice(issued(), string(issued()[start-1:end+1]), "<>")
		}),

		// signature wrapping
		ranged("gap-wider-than-contents", "gap", withRange("[0 %d %d %d]", func(b, c, d int) []any { return []any{b - 10, c, d} })),
		ranged("gap-ends-late", "gap", withRange("[0 %d %d %d]", func(b, c, d int) []any { return []any{b, c + 20, d - 20} })),
		ranged("covers-less-than-its-revision", "end", withRange("[0 %d %d %d]", func(b, c, d int) []any { return []any{b, c, d - 200} })),
		{name: "wrapped-signature-copied", indication: verify.TotalFailed, sub: verify.FormatFailure, check: "dictionary", code: "replaced", make: wrapped},

		// the file around it
		structure("bytes-after-the-end", "bytes-after-eof", func() []byte { return tail(issued(), "<!-- hidden -->") }),
		structure("html-after-the-end", "bytes-after-eof", func() []byte { return tail(issued(), "<html><script>alert(1)</script></html>\n") }),
		structure("several-startxref", "bytes-after-eof", func() []byte {
			return tail(issued(), fmt.Sprintf("startxref\n%d\n%%%%EOF\n", xrefs(issued())[1]))
		}),
		malformed("bytes-before-the-header", func() []byte { return append([]byte("MZ\x90 polyglot\n"), issued()...) }),
		structure("revision-skipped-by-prev", "hidden-revision", func() []byte {
			return crooked(issued(), revision{objects: []string{fakeContent()}, prev: xrefs(issued())[0]})
		}),
		structure("object-defined-twice", "duplicate-object", func() []byte {
			n := contentRef(open(issued())).Num
			return crooked(issued(), revision{objects: []string{streamText(n, "", pageText("a")), fakeContent()}})
		}),
		structure("object-without-entry", "unlisted-object", func() []byte {
			n := contentRef(open(issued())).Num
			return crooked(issued(), revision{objects: []string{fakeContent()}, entries: map[int]int{n: -1}})
		}),
		structure("entry-twice", "duplicate-entry", func() []byte {
			return crooked(issued(), revision{objects: []string{fakeContent()}, table: func(t string) string { return t + strings.TrimPrefix(t, "xref\n") }})
		}),
		structure("shadow-hide-and-replace", "entry-outside-revision", shadowSwitch),
		structure("entry-to-another-object", "unreadable-object", func() []byte {
			f := open(issued())
			other, _, _ := f.Entry(pageRef(f, 1).Num)
			return crooked(issued(), revision{entries: map[int]int{contentRef(f).Num: int(other.Offset)}})
		}),
		malformed("cross-references-loop", func() []byte {
			return crooked(issued(), revision{objects: []string{fakeContent()}, prev: int64(len(issued())) + 200})
		}),
		structure("cut-off", "bytes-after-eof", func() []byte { return issued()[:len(issued())-400] }),
		structure("junk-between-revisions", "unaccounted-bytes", func() []byte {
			return crooked(tail(issued(), "hidden text\n"), revision{objects: []string{fakeContent()}})
		}),
		structure("hybrid-hides-an-object", "hybrid", hybrid),
		structure("header-repeated-in-a-revision", "hidden-revision", func() []byte {
			return crooked(tail(issued(), "%PDF-1.4\n"), revision{objects: []string{fakeContent()}})
		}),
		{name: "encrypted", indication: verify.Indeterminate, sub: verify.SigConstraintsFailure, check: "format", code: "encrypted", make: func() []byte {
			return crooked(issued(), revision{objects: []string{fakeContent()}, trailer: "/Encrypt<</Filter/Standard/V 1/R 2>>"})
		}},
		{name: "seal-cut-off", indication: verify.Indeterminate, sub: verify.SigConstraintsFailure, check: "unsigned_fields", code: "seal_missing", make: func() []byte {
			return issued()[:open(issued()).Revisions()[1].End]
		}},
		{name: "all-signatures-cut-off", indication: verify.NoSignature, check: "signed", code: "none", make: func() []byte {
			return issued()[:open(issued()).Revisions()[0].End]
		}},
		{name: "not-a-pdf", indication: verify.TotalFailed, sub: verify.FormatFailure, check: "format", code: "not_pdf", make: func() []byte {
			return []byte("PK\x03\x04 this is something else")
		}},
	}
}

// trimDER cuts the padding off a DER value.
func trimDER(b []byte) []byte {
	n := 4 + int(b[2])<<8 + int(b[3])
	return bytes.Clone(b[:n])
}

// wrapped moves the signed second part behind content of the attacker: the
// signature dictionary is copied into a new revision, keeps its signature and
// points at the original bytes.
func wrapped() []byte {
	data := issued()
	f := open(data)
	sig := find(f, "con_dau").Dict["V"].(pdf.Ref)
	e, _, _ := f.Entry(sig.Num)
	end := int(e.Offset) + bytes.Index(data[e.Offset:], []byte("endobj")) + len("endobj")
	return crooked(data, revision{objects: []string{string(data[e.Offset:end]), fakeContent()}})
}

// shadowSwitch is hide-and-replace (Mladenov et al., 2021): before the first
// signature the page content was another one for a while, and a later
// cross-reference brings that one up again without adding an object.
func shadowSwitch() []byte {
	first := draft(nil)
	n := contentRef(open(first)).Num
	e, _, _ := open(first).Entry(n)
	genuine := first[e.Offset : int(e.Offset)+bytes.Index(first[e.Offset:], []byte("endobj"))+len("endobj")]
	fake := crooked(first, revision{objects: []string{streamText(n, "", pageText("Mức hưởng: 9.000.000 đồng"))}})
	prepared := crooked(fake, revision{objects: []string{string(genuine)}})
	return crooked(sealed(certified(prepared)), revision{entries: map[int]int{n: len(first)}})
}

// hybrid hides a replaced page content from readers that know no
// cross-reference streams, or shows it to them alone.
func hybrid() []byte {
	data := issued()
	f := open(data)
	n := contentRef(f).Num
	fake := len(data)
	data = tail(data, fakeContent()+"\n")
	at := len(data)
	entry := []byte{1, byte(fake >> 24), byte(fake >> 16), byte(fake >> 8), byte(fake), 0}
	size, _ := f.Trailer()["Size"].(pdf.Integer)
	xref := streamText(int(size), fmt.Sprintf("/Type/XRef/Size %d/Index[%d 1]/W[1 4 1]", size+1, n), string(entry))
	data = tail(data, xref+"\n")
	table := len(data)
	info := dictAt(f, f.Trailer()["Info"].(pdf.Ref))
	infoText := fmt.Sprintf("%d 0 obj\n%s\nendobj\n", f.Trailer()["Info"].(pdf.Ref).Num, pdf.Append(nil, info))
	data = tail(data, infoText)
	start := len(data)
	revs := f.Revisions()
	return tail(data, fmt.Sprintf("xref\n%d 1\n%010d 00000 n \ntrailer\n<</Size %d/Root %v/Prev %d/XRefStm %d/ID %s/Info %v>>\nstartxref\n%d\n%%%%EOF\n",
		f.Trailer()["Info"].(pdf.Ref).Num, table, size+1, root(f), revs[len(revs)-1].XRefOffset, at, pdf.Append(nil, f.Trailer()["ID"]), f.Trailer()["Info"], start))
}
