package issuance

import (
	"maps"
	"strings"
	"testing"
)

func TestFillStamp(t *testing.T) {
	all := map[string]string{
		"agency": "Sở Nội vụ", "number": "05/QĐ-SNV", "book": "QĐ", "year": "2026", "date": "02/03/2026", "dossier": "H26.1-1",
		"storage": "hộp 3", "retention": "10 năm",
	}
	without := func(keys ...string) map[string]string {
		out := maps.Clone(all)
		for _, k := range keys {
			delete(out, k)
		}
		return out
	}
	for name, c := range map[string]struct {
		lines  []string
		values map[string]string
		want   string
	}{
		"usual": {usualStamp, all, "Sở Nội vụ\nSố đăng ký: 05/QĐ-SNV, sổ QĐ, năm 2026\nNgày vào sổ: 02/03/2026; thời hạn bảo quản 10 năm\nHồ sơ: H26.1-1; lưu tại: hộp 3"},
		"kept for ever, no storage": {
			usualStamp, without("retention", "storage"),
			"Sở Nội vụ\nSố đăng ký: 05/QĐ-SNV, sổ QĐ, năm 2026\nNgày vào sổ: 02/03/2026\nHồ sơ: H26.1-1",
		},
		"no dossier": {usualStamp, without("dossier"), "Sở Nội vụ\nSố đăng ký: 05/QĐ-SNV, sổ QĐ, năm 2026\nNgày vào sổ: 02/03/2026; thời hạn bảo quản 10 năm"},
		"own":        {[]string{"ĐÃ LƯU {date}", "[{storage}]"}, all, "ĐÃ LƯU 02/03/2026\nhộp 3"},
		// A value is text: what looks like a place in it is none.
		"a value with braces": {[]string{"{dossier}"}, map[string]string{"dossier": "{agency}"}, "{agency}"},
	} {
		if got := fillStamp(c.lines, c.values); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func TestStampEntry(t *testing.T) {
	for want, e := range map[string]*StampEntry{
		"":                   {Lines: []string{"{agency}", "Số {number}[, sổ {book}]"}, Ink: "blue", NoFrame: true},
		"write red, blue":    {Ink: "green"},
		"there is no {sổ}":   {Lines: []string{"{sổ}"}},
		"a brace without":    {Lines: []string{"{agency"}},
		"at most 8 fit":      {Lines: make([]string, 9)},
		"at most 200 charac": {Lines: []string{strings.Repeat("x", 201)}},
	} {
		err := e.check()
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: %v, want %q", e, err, want)
		}
	}
	var none *StampEntry
	if err := none.check(); err != nil {
		t.Error(err)
	}
}
