package conformance

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"antin/archive"
)

// listAll reads every page of a list.
func listAll(t testing.TB, s archive.Store, f archive.Filter, limit int) []archive.Document {
	t.Helper()
	var out []archive.Document
	p := archive.Page{Limit: limit}
	for range 1000 {
		page, err := s.List(t.Context(), f, p)
		must(t, err)
		out = append(out, page.Documents...)
		if page.Next == "" {
			return out
		}
		p.After = page.Next
	}
	t.Fatal("the list does not end")
	return nil
}

// longText has thousands of different words.
func longText() string {
	var b strings.Builder
	for i := range 2000 {
		fmt.Fprintf(&b, "w%d ", i)
	}
	return b.String()
}

var searchTests = map[string]func(*testing.T, archive.Store){
	"pages newest first": func(t *testing.T, s archive.Store) {
		Setup(t, s)
		var want []string
		for range 23 {
			want = append(want, Create(t, s, Draft(NewID())).ID)
		}
		slices.Reverse(want)
		for _, limit := range []int{0, 1, 5, 22, 23, 24, 10_000} {
			docs := listAll(t, s, archive.Filter{}, limit)
			if got := ids(docs); !slices.Equal(got, want) {
				t.Errorf("pages of %d: %q, want %q", limit, got, want)
			}
			if docs[0].Data != nil || docs[0].Revisions != nil {
				t.Error("a list carries data or revisions")
			}
		}
		if _, err := s.List(t.Context(), archive.Filter{}, archive.Page{After: "x"}); !errors.As(err, new(*archive.InvalidError)) {
			t.Errorf("got %v, want *InvalidError", err)
		}
		if _, err := s.Register(t.Context(), archive.Filter{}, archive.Page{After: "x"}); !errors.As(err, new(*archive.InvalidError)) {
			t.Errorf("got %v, want *InvalidError", err)
		}
	},
	"filters": func(t *testing.T, s archive.Store) {
		Setup(t, s)
		a := Issue(t, s, Draft(NewID()))
		d := Draft(NewID())
		d.Form, d.DocumentType, d.Book, d.DossierCode, d.At = "gpld-12-pli", "Giấy phép lao động", "GP", "H26-9", Noon.AddDate(0, 1, 0)
		d.PermitKind, d.Symbol = 1, ""
		b := Issue(t, s, d)
		d = Draft(NewID())
		d.Agency = "ttdvvl"
		c := Create(t, s, d)
		for name, f := range map[string]struct {
			filter archive.Filter
			want   []string
		}{
			"none":         {archive.Filter{}, []string{c.ID, b.ID, a.ID}},
			"agency":       {archive.Filter{Agency: "snv"}, []string{b.ID, a.ID}},
			"state":        {archive.Filter{States: []archive.State{archive.Drafted}}, []string{c.ID}},
			"states":       {archive.Filter{States: []archive.State{archive.Drafted, archive.Issued}}, []string{c.ID, b.ID, a.ID}},
			"form":         {archive.Filter{Form: "gpld-12-pli"}, []string{b.ID}},
			"type":         {archive.Filter{DocumentType: "Quyết định"}, []string{c.ID, a.ID}},
			"book":         {archive.Filter{Book: "GP"}, []string{b.ID}},
			"year":         {archive.Filter{Year: 2026}, []string{b.ID, a.ID}},
			"another year": {archive.Filter{Year: 2025}, nil},
			"serials":      {archive.Filter{SerialFrom: 1, SerialTo: 1}, []string{b.ID, a.ID}},
			"from serial":  {archive.Filter{SerialFrom: 2}, nil},
			"days":         {archive.Filter{DayFrom: Noon, DayTo: Noon}, []string{c.ID, a.ID}},
			"from day":     {archive.Filter{DayFrom: Noon.AddDate(0, 0, 1)}, []string{b.ID}},
			"dossier":      {archive.Filter{DossierCode: "H26-9"}, []string{b.ID}},
			"quote":        {archive.Filter{DossierCode: `' OR 1=1 --`}, nil},
		} {
			if got := ids(listAll(t, s, f.filter, 2)); !slices.Equal(got, f.want) && len(got)+len(f.want) > 0 {
				t.Errorf("%s: %q, want %q", name, got, f.want)
			}
		}
		counts, err := s.Counts(t.Context(), "")
		must(t, err)
		if d := cmp.Diff(map[archive.State]int64{archive.Drafted: 1, archive.Issued: 2}, counts); d != "" {
			t.Error(d)
		}
	},
	"words with and without tones": func(t *testing.T, s archive.Store) {
		Setup(t, s)
		a, b, c := Draft(NewID()), Draft(NewID()), Draft(NewID())
		a.Subject, a.Recipients = "Về việc hưởng trợ cấp đối với ông Nguyễn Vĩnh Nghĩa", []string{"Bảo hiểm xã hội thành phố Hà Nội"}
		b.Subject, b.Recipients = "Về việc hướng dẫn bà Trần Thị Ngọc", []string{"Trung tâm Dịch vụ việc làm Hà Nội"}
		c.Subject, c.Recipients = "Giấy phép lao động của ông O'Neil, hộ chiếu X-123 (HÀ LAN)", []string{"Công ty TNHH Đại Dương"}
		c.SignatoryName, c.DossierCode = "Đỗ Đức Độ", "H26.1-0099"
		a.SignatoryName, b.SignatoryName = "Lê Văn Hải", "Lê Văn Hải"
		for _, d := range []archive.Draft{a, b, c} {
			d.Title = ""
			Issue(t, s, d)
		}
		for _, q := range []struct {
			filter archive.Filter
			want   []string
		}{
			{archive.Filter{Text: "nghia"}, []string{a.ID}},
			{archive.Filter{Text: "NGHĨA vĩnh"}, []string{a.ID}},
			{archive.Filter{Text: "nghía"}, nil},
			{archive.Filter{Text: "huong"}, []string{b.ID, a.ID}},
			{archive.Filter{Text: "hưởng"}, []string{a.ID}},
			{archive.Filter{Text: "hướng"}, []string{b.ID}},
			{archive.Filter{Text: "hưởng"}, []string{a.ID}}, // NFD
			{archive.Filter{Text: "ha noi"}, []string{b.ID, a.ID}},
			{archive.Filter{Subject: "ha noi"}, nil},
			{archive.Filter{Subject: "ha lan"}, []string{c.ID}},
			{archive.Filter{Recipient: "ha noi", Subject: "tran"}, []string{b.ID}},
			{archive.Filter{Recipient: "dai duong"}, []string{c.ID}},
			{archive.Filter{Recipient: "dai dương"}, []string{c.ID}},
			{archive.Filter{Recipient: "đại dượng"}, nil},
			{archive.Filter{Text: "do duc do"}, []string{c.ID}},
			{archive.Filter{Text: "03/QĐ-SNV"}, []string{c.ID}},
			{archive.Filter{Text: "H26.1-0099"}, []string{c.ID}},
			{archive.Filter{Text: "LC-" + b.ID}, []string{b.ID}},
			{archive.Filter{Text: "o'neil"}, []string{c.ID}},
			{archive.Filter{Text: "bao hiem xa hoi nghi"}, []string{a.ID}}, // the beginning of a word
			{archive.Filter{Text: "ghia"}, nil},
			{archive.Filter{Text: "%"}, nil},
			{archive.Filter{Text: `" OR subject : *`}, nil},
			{archive.Filter{Text: "' & ( !"}, nil},
			{archive.Filter{Text: "ð"}, []string{c.ID, b.ID, a.ID}},
			{archive.Filter{Text: "nghia", Agency: "ttdvvl"}, nil},
			{archive.Filter{Text: strings.Repeat("dài ", 200)}, nil},
			{archive.Filter{Text: longText()}, nil},
			{archive.Filter{Text: "  "}, []string{c.ID, b.ID, a.ID}},
		} {
			if got := ids(listAll(t, s, q.filter, 0)); fmt.Sprint(got) != fmt.Sprint(q.want) {
				t.Errorf("%+v: %q, want %q", q.filter, got, q.want)
			}
		}
		p, err := s.Register(t.Context(), archive.Filter{Text: "huong dan"}, archive.Page{})
		must(t, err)
		if len(p.Entries) != 1 || p.Entries[0].DocumentID != b.ID {
			t.Errorf("the register finds %+v", p.Entries)
		}
	},
	"the ten columns": func(t *testing.T, s archive.Store) {
		Setup(t, s)
		d := Draft(NewID())
		doc := Issue(t, s, d)
		_, err := s.Deliver(t.Context(), d.ID, "Đã nhận 01 bản", Clerk, Noon.Add(time.Hour))
		must(t, err)
		p, err := s.Register(t.Context(), archive.Filter{}, archive.Page{})
		must(t, err)
		want := archive.Entry{
			Number: *doc.Number, DocumentType: "Quyết định", Subject: d.Subject, Signer: "Lê Văn Đức",
			Recipients: d.Recipients, KeptBy: "Văn thư", Copies: 3, Sent: Noon.UTC(), Receipt: "Đã nhận 01 bản",
			State: archive.Delivered, DocumentID: d.ID, LookupCode: d.LookupCode, DossierCode: d.DossierCode,
		}
		if diff := cmp.Diff([]archive.Entry{want}, p.Entries); diff != "" {
			t.Error(diff)
		}
	},
	"register in book order": func(t *testing.T, s archive.Store) {
		Setup(t, s)
		for i := range 9 {
			_, err := numbered(t, s, func(d *archive.Draft) {
				d.Book = []string{"QĐ", "CV"}[i%2]
			}, Noon)
			must(t, err)
		}
		for _, at := range []time.Time{Noon.AddDate(1, 0, 0), Noon.AddDate(1, 0, 1)} {
			_, err := numbered(t, s, nil, at)
			must(t, err)
		}
		var got []string
		page := archive.Page{Limit: 2}
		for {
			p, err := s.Register(t.Context(), archive.Filter{Agency: "snv"}, page)
			must(t, err)
			for _, e := range p.Entries {
				got = append(got, fmt.Sprintf("%s %d %s", e.Number.Book, e.Number.Year, e.Number.Text))
			}
			if page.After = p.Next; p.Next == "" {
				break
			}
		}
		want := []string{
			"CV 2026 01", "CV 2026 02", "CV 2026 03", "CV 2026 04", "QĐ 2026 01", "QĐ 2026 02", "QĐ 2026 03",
			"QĐ 2026 04", "QĐ 2026 05", "QĐ 2027 01", "QĐ 2027 02",
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Error(d)
		}
	},
}
