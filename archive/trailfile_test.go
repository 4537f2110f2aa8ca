package archive

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
)

// trail is a chain of n rows with a checkpoint after every third.
func trail(n int) (text []byte, head AuditRow) {
	var out bytes.Buffer
	w := NewTrailWriter(&out)
	at := time.Date(2026, 1, 5, 5, 0, 0, 123456000, time.UTC)
	var prev [32]byte
	for i := range n {
		e := Event{
			Action: "sign", Agency: "snv", Document: "d<&>\u2028", Detail: []byte(`{"reason": "lý do \u1ea1 \"x\""}`),
			By: Actor{ID: "k", Name: "Trần Thị Hằng", Role: "clerk"}, At: at.Add(time.Duration(i) * time.Second),
		}
		head = AuditRow{Seq: int64(i + 1), Event: e}
		head.Hash = Link(prev, head.Seq, e)
		prev = head.Hash
		w.Row(head)
		if i%3 == 2 {
			w.Checkpoint(Checkpoint{Day: Day(at).AddDate(0, 0, i), Seq: head.Seq, Hash: prev, At: at.Truncate(time.Second), Signature: []byte("signed")})
		}
	}
	if err := w.Close(); err != nil {
		panic(err)
	}
	return out.Bytes(), head
}

func TestTrailFile(t *testing.T) {
	text, head := trail(10)
	var signed int
	judge := func(c Checkpoint) error {
		signed++
		if string(c.Signature) != "signed" {
			return errors.New("forged")
		}
		return nil
	}
	report, err := VerifyTrail(bytes.NewReader(text), judge)
	if err != nil || report.Broken != nil || report.Rows != 10 || report.Head != head.Hash || report.Checkpoints != 3 || signed != 3 {
		t.Fatalf("%+v %v, %d signatures", report, err, signed)
	}
	lines := strings.SplitAfter(string(text), "\n")
	for name, c := range map[string]struct {
		text string
		kind AuditBreakKind
	}{
		"a row removed":          {strings.Join(append(lines[:2:2], lines[3:]...), ""), RowMissing},
		"rows swapped":           {strings.Join(append([]string{lines[0], lines[2], lines[1]}, lines[3:]...), ""), RowMissing},
		"the end cut off":        {strings.Join(lines[:5], ""), RowMissing},
		"cut off and closed":     {strings.Join(append(lines[:5:5], lines[len(lines)-2]), ""), RowMissing},
		"an actor edited":        {strings.Replace(string(text), "Hằng", "Hạnh", 1), RowEdited},
		"a detail edited":        {strings.Replace(string(text), `{\"reason\": `, `{\"reason\":`, 1), RowEdited},
		"a time edited":          {strings.Replace(string(text), "05:00:01.123456Z", "05:00:01.123457Z", 1), RowEdited},
		"no trail":               {"%PDF-1.7\n", RowUnreadable},
		"a checkpoint's forgery": {strings.Replace(string(text), "c2lnbmVk", "c2lnbmVl", 1), CheckpointUnknown},
		"a checkpoint elsewhere": {strings.Join(append(append(append([]string{}, lines[:4]...), lines[5], lines[4]), lines[6:]...), ""), CheckpointWrong},
		"a long line":            {string(text) + strings.Repeat("x", maxTrailLine+1), RowUnreadable},
		"an unknown field":       {strings.Replace(string(text), `"seq":2,`, `"seq":2,"x":1,`, 1), RowUnreadable},
	} {
		t.Run(name, func(t *testing.T) {
			report, err := VerifyTrail(strings.NewReader(c.text), judge)
			if err != nil || report.Broken == nil || report.Broken.Kind != c.kind {
				t.Errorf("%+v %v, want %s", report.Broken, err, c.kind)
			}
		})
	}
}

// Every single-byte edit of an export that changes what it says is found.
func TestTrailFileEdits(t *testing.T) {
	text, _ := trail(30)
	random := rand.New(rand.NewPCG(5, 6))
	judge := func(c Checkpoint) error {
		if string(c.Signature) != "signed" {
			return errors.New("forged")
		}
		return nil
	}
	harmless := 0
	for range 1000 {
		i := random.IntN(len(text))
		was := text[i]
		text[i] ^= byte(1 + random.IntN(255))
		report, err := VerifyTrail(bytes.NewReader(text), judge)
		if err != nil {
			t.Fatal(err)
		}
		if report.Broken == nil {
			// A checkpoint's day and time are covered by its signature, which this
			// test's judge does not compute; JSON takes names and hex in any case.
			line := text[bytes.LastIndexByte(text[:i], '\n')+1:]
			if was^0x20 != text[i] && !bytes.HasPrefix(line, []byte(`{"checkpoint"`)) {
				t.Errorf("byte %d, %q to %q: not found", i, was, text[i])
			}
			harmless++
		}
		text[i] = was
	}
	t.Logf("%d of 1000 edits left the meaning as it was or were in a checkpoint's statement", harmless)
}

func TestStatement(t *testing.T) {
	c := Checkpoint{Day: Day(time.Date(2026, 1, 5, 0, 0, 0, 0, Zone)), Seq: 12, Hash: [32]byte{1, 2}, At: time.Date(2026, 1, 5, 17, 0, 1, 0, time.UTC)}
	got, err := ParseStatement(c.Statement())
	if err != nil || string(got.Statement()) != string(c.Statement()) || got.Seq != 12 || got.Hash != c.Hash {
		t.Errorf("%+v %v", got, err)
	}
	for _, bad := range []string{"", "antin audit checkpoint 1\n", string(c.Statement()) + "\n", strings.Replace(string(c.Statement()), "row 12", "row 012", 1)} {
		if _, err := ParseStatement([]byte(bad)); err == nil {
			t.Errorf("%q was read", bad)
		}
	}
}

func FuzzTrailFile(f *testing.F) {
	text, _ := trail(4)
	f.Add(text)
	f.Add([]byte("{}\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		report, err := VerifyTrail(bytes.NewReader(b), nil)
		if err != nil {
			t.Fatal(err)
		}
		if report.Broken == nil && report.Rows == 0 && len(b) > 4096 {
			t.Errorf("%d bytes are an empty trail", len(b))
		}
		_, _ = ParseStatement(b)
	})
}
