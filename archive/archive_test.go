package archive

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestFormatNumber(t *testing.T) {
	ordinary := Book{Style: OrdinaryStyle}
	permit := Book{Style: PermitStyle, Province: "001"}
	for _, c := range []struct {
		book               Book
		year, kind, serial int
		want               string
	}{
		{ordinary, 2026, 0, 1, "01"},
		{ordinary, 2026, 0, 9, "09"},
		{ordinary, 2026, 0, 10, "10"},
		{ordinary, 2026, 0, 12345, "12345"},
		{permit, 2026, 1, 1, "001261000.001"},
		{permit, 2009, 2, 999, "001092000.999"},
		{permit, 2026, 3, 1000, "001263001.000"},
		{permit, 2026, 1, 123456, "001261123.456"},
	} {
		if got := FormatNumber(c.book, c.year, c.kind, c.serial); got != c.want {
			t.Errorf("serial %d of %d: %s, want %s", c.serial, c.year, got, c.want)
		}
	}
	if got := (Number{Text: "15", Symbol: "QĐ-SNV"}).Full(); got != "15/QĐ-SNV" {
		t.Errorf("full number %s", got)
	}
}

func TestNumberDay(t *testing.T) {
	at := func(s string) time.Time {
		tm, err := time.ParseInLocation("2006-01-02 15:04:05", s, Zone)
		if err != nil {
			t.Fatal(err)
		}
		return tm
	}
	for _, c := range []struct{ at, last, want string }{
		{"2026-01-05 12:00:00", "", "2026-01-05"},
		{"2026-01-05 12:00:00", "2026-01-05 13:00:00", "2026-01-05"},
		{"2026-01-06 00:00:00", "2026-01-05 23:59:59", "2026-01-06"},
		{"2026-12-31 23:59:00", "2027-01-01 00:00:59", "2027-01-01"},
		{"2026-12-31 23:58:59", "2027-01-01 00:01:00", ""},
		{"2026-01-04 12:00:00", "2026-01-05 12:00:00", ""},
	} {
		var last, day time.Time
		if c.last != "" {
			last = at(c.last)
			day = Day(last)
		}
		got, err := NumberDay(Book{}, at(c.at), last, day)
		if c.want == "" {
			if !errors.As(err, new(*BackdateError)) {
				t.Errorf("at %s after %s: got %v, %v, want *BackdateError", c.at, c.last, got, err)
			}
			continue
		}
		if err != nil || got.Format(time.DateOnly) != c.want || !got.Equal(Day(got)) {
			t.Errorf("at %s after %s: %s, %v, want %s", c.at, c.last, got, err, c.want)
		}
	}
}

func TestNormalMoves(t *testing.T) {
	for _, ok := range [][]Move{nil, {MoveIssue}, {MoveNumber, MoveIssue}, {MoveSign, MoveIssue}, {MoveSign, MoveNumber, MoveIssue}} {
		got, err := NormalMoves(ok)
		if err != nil || len(got) == 0 || !slices.Equal(SplitMoves(JoinMoves(got)), got) {
			t.Errorf("%q: %q, %v", ok, got, err)
		}
	}
	for _, bad := range [][]Move{{}, {MoveSign}, {MoveIssue, MoveSign}, {MoveIssue, MoveIssue}, {MoveReturn, MoveIssue}, {""}} {
		if got, err := NormalMoves(bad); err == nil {
			t.Errorf("%q is taken as %q", bad, got)
		}
	}
}

// From any state, moves that are allowed lead to a state, and final states
// allow none.
func TestAllowed(t *testing.T) {
	for _, s := range States() {
		allowed := Allowed(s, wayToIssue)
		final := s == Returned || s == Withdrawn || s == Replaced
		if final != (len(allowed) == 0) {
			t.Errorf("%s allows %q", s, allowed)
		}
		for _, m := range allowed {
			if !slices.Contains(States(), After(s, m)) {
				t.Errorf("%s, %s leads to %q", s, m, After(s, m))
			}
			if err := Check("d", s, wayToIssue, m); err != nil {
				t.Error(err)
			}
		}
	}
	err := Check("d", Drafted, wayToIssue, MoveIssue)
	if want := "document d is draft: cannot issue, allowed: sign, return"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestFold(t *testing.T) {
	for in, want := range map[string]string{
		"Nguyễn Vĩnh Đức":      "nguyen vinh duc",
		"QUYẾT ĐỊNH":           "quyet dinh",
		"ươ ƯƠ ă â ê ô":        "uo uo a a e o",
		"e\u0302\u0301 \u1ebf": "e e",
		"15/QĐ-SNV":            "15/qd-snv",
		"Ñandú ß Ж":            "nandu ß ж",
		"":                     "",
	} {
		if got := Fold(in); got != want {
			t.Errorf("Fold(%q) = %q, want %q", in, got, want)
		}
	}
}

// Whatever is in a text is found by its own words, with tones and without.
func TestTermsFindThemselves(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringMatching(`[a-zA-Z0-9ạẶđĐữỡ .,/\-'"%_]{0,60}`).Draw(t, "text")
		index := IndexTerms(text)
		for _, q := range append(QueryTerms(text), QueryTerms(Fold(text))...) {
			if !slices.ContainsFunc(index, func(term string) bool { return strings.HasPrefix(term, q) }) {
				t.Fatalf("%q asks for %q, the index has %q", text, q, index)
			}
		}
		for _, term := range index {
			if term == "" || strings.ContainsAny(term, ` '"\*&|!():`) || len(term) > maxTerm {
				t.Fatalf("%q is no plain term", term)
			}
		}
	})
}

func TestKeys(t *testing.T) {
	random := bytes.NewReader(bytes.Repeat([]byte{0, 1, 2, 255}, 40))
	id, secret, hash, err := NewKey(random)
	if err != nil {
		t.Fatal(err)
	}
	if got, ok := KeyID(secret); !ok || got != id {
		t.Errorf("the id of %s is %q, %t, want %s", secret, got, ok, id)
	}
	if HashKey(secret) != hash || HashKey(secret+"a") == hash {
		t.Error("the hash does not fit the secret")
	}
	if _, _, _, err := NewKey(bytes.NewReader(nil)); err == nil {
		t.Error("a key without randomness")
	}
	for _, bad := range []string{"", "antin_", "antin_12345678", secret[1:], secret + "x", strings.Replace(secret, "_", "-", 2)} {
		if id, ok := KeyID(bad); ok {
			t.Errorf("%q has the id %s", bad, id)
		}
	}
}

// No two different rows have the same hash: text cannot move from one field
// into the next.
func TestLinkIsOneToOne(t *testing.T) {
	text := rapid.StringN(0, 6, 20)
	event := rapid.Custom(func(t *rapid.T) Event {
		return Event{
			Action: text.Draw(t, "action"), Agency: text.Draw(t, "agency"), Document: text.Draw(t, "document"),
			By:     Actor{ID: text.Draw(t, "id"), Name: text.Draw(t, "name"), Role: text.Draw(t, "role")},
			Detail: []byte(text.Draw(t, "detail")), At: time.UnixMicro(rapid.Int64Range(0, 9).Draw(t, "at")),
		}
	})
	seen := map[[32]byte]string{}
	rapid.Check(t, func(t *rapid.T) {
		e, seq := event.Draw(t, "event"), rapid.Int64Range(1, 3).Draw(t, "seq")
		key := fmt.Sprintf("%d %q %q %q %q %q", seq, []string{e.Action, e.Agency, e.Document}, e.By, e.Detail, e.At.String(), "")
		h := Link([32]byte{1}, seq, e)
		if was, ok := seen[h]; ok && was != key {
			t.Fatalf("%s and %s have one hash", was, key)
		}
		seen[h] = key
	})
}

func TestErrorCode(t *testing.T) {
	for _, c := range []struct {
		err  error
		want string
	}{
		{&StateError{}, "state"},
		{fmt.Errorf("x: %w", &NotFoundError{}), "not_found"},
		{&BackdateError{}, "back_date"},
		{errors.New("x"), ""},
		{nil, ""},
	} {
		if got := ErrorCode(c.err); got != c.want {
			t.Errorf("%v: %q, want %q", c.err, got, c.want)
		}
	}
}
