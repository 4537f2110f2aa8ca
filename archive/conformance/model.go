package conformance

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"antin/archive"
)

// modelDocument is what the simple model knows of a document.
type modelDocument struct {
	id, book string
	state    archive.State
	moves    []archive.Move
	revs     int
	serial   int
	year     int
	// successorOf is the document that this one replaces or corrects when it is
	// issued, by the move becomes.
	successorOf *modelDocument
	becomes     archive.Move
	replacedBy  string
}

// model is the register in its plainest form.
type model struct {
	agency string
	docs   []*modelDocument
	next   map[string]int // by book and year
	last   map[string]time.Time
	now    time.Time
	made   map[archive.Move]int // moves that were made, over all sequences
}

// modelTest drives random sequences of moves and compares every outcome with
// the model's.
func modelTest(t *testing.T, open Opener) {
	s := open(t)
	made := map[archive.Move]int{}
	defer func() { t.Logf("moves made: %v", made) }()
	rapid.Check(t, func(rt *rapid.T) {
		agency := NewID() // each sequence of moves has an agency of its own
		must(t, s.PutAgency(t.Context(), archive.Agency{ID: agency, Name: "Sở Nội vụ"}, Clerk, Noon))
		for _, code := range []string{"QĐ", "CV"} {
			must(t, s.PutBook(t.Context(), archive.Book{Agency: agency, Code: code, Style: archive.OrdinaryStyle}, Clerk, Noon))
		}
		m := &model{agency: agency, next: map[string]int{}, last: map[string]time.Time{}, now: Noon, made: made}
		rt.Repeat(map[string]func(*rapid.T){
			"clock": func(rt *rapid.T) {
				m.now = m.now.Add(time.Duration(rapid.IntRange(-30, 24*200).Draw(rt, "hours")) * time.Hour)
			},
			"draft": func(rt *rapid.T) { m.draft(rt, t, s) },
			"move":  func(rt *rapid.T) { m.move(rt, t, s) },
			"moves": func(rt *rapid.T) {
				for range 4 {
					m.move(rt, t, s)
				}
			},
			"": func(rt *rapid.T) { m.compare(rt, t, s) },
		})
	})
	healthy(t, s)
}

func (m *model) draft(rt *rapid.T, t *testing.T, s archive.Store) {
	d := Draft(NewID())
	d.Agency = m.agency
	d.Moves = rapid.SampledFrom([][]archive.Move{
		nil, {archive.MoveNumber, archive.MoveIssue}, {archive.MoveSign, archive.MoveIssue}, {archive.MoveIssue},
	}).Draw(rt, "moves")
	d.Book = rapid.SampledFrom([]string{"QĐ", "CV"}).Draw(rt, "book")
	d.At = m.now
	md := &modelDocument{id: d.ID, book: d.Book, state: archive.Drafted, revs: 1}
	if len(m.docs) > 0 && rapid.IntRange(0, 3).Draw(rt, "successor") == 0 {
		md.successorOf = rapid.SampledFrom(m.docs).Draw(rt, "of")
		md.becomes = rapid.SampledFrom([]archive.Move{archive.MoveReplace, archive.MoveCorrect}).Draw(rt, "by")
		if md.becomes == archive.MoveReplace {
			d.Replaces = md.successorOf.id
		} else {
			d.Corrects = md.successorOf.id
		}
	}
	doc, created, err := s.CreateDraft(t.Context(), d)
	if was := md.successorOf; was != nil && !allowed(was.state, was.moves, md.becomes) {
		if !errors.As(err, new(*archive.StateError)) {
			rt.Fatalf("a successor of what is %s: got %v, want *StateError", was.state, err)
		}
		return
	}
	if err != nil || !created {
		rt.Fatalf("draft: %v, created %t", err, created)
	}
	md.moves = doc.Moves
	m.docs = append(m.docs, md)
}

func (m *model) move(rt *rapid.T, t *testing.T, s archive.Store) {
	if len(m.docs) == 0 {
		rt.Skip("no documents")
	}
	d := rapid.SampledFrom(m.docs).Draw(rt, "document")
	kinds, others := everyMove, m.docs
	if rapid.IntRange(0, 3).Draw(rt, "sense") > 0 { // most moves make sense, or few documents would come far
		kinds = orAll(everyMove, func(k archive.Move) bool {
			return allowed(d.state, d.moves, k) && k != archive.MoveReturn && k != archive.MoveWithdraw
		})
		others = orAll(m.docs, func(o *modelDocument) bool { return o != d && inForce(o.state) })
	}
	kind := rapid.SampledFrom(kinds).Draw(rt, "kind")
	other := rapid.SampledFrom(others).Draw(rt, "other") // of a replacement or correction
	ctx := t.Context()
	pdf, _, err := s.RevisionContent(ctx, d.id, 0)
	if err != nil {
		rt.Fatal(err)
	}
	unique := fmt.Sprintf("%s %d", kind, d.revs)
	var got archive.Document
	switch kind {
	case archive.MoveSign:
		got, err = s.AddSigned(ctx, d.id, Revise(pdf, unique), Clerk, m.now)
	case archive.MoveNumber:
		got, err = s.AssignNumber(ctx, d.id, Clerk, m.now)
	case archive.MoveIssue:
		got, err = s.AddIssued(ctx, d.id, Revise(pdf, unique), Clerk, m.now)
	case archive.MovePreserve:
		got, err = s.AddPreserved(ctx, d.id, Revise(pdf, unique), Clerk, m.now)
	case archive.MoveDeliver:
		got, err = s.Deliver(ctx, d.id, NewID(), Clerk, m.now)
	case archive.MoveReturn:
		got, err = s.Return(ctx, d.id, NewID(), Clerk, m.now)
	case archive.MoveWithdraw:
		got, err = s.Withdraw(ctx, d.id, NewID(), Clerk, m.now)
	case archive.MoveReplace:
		got, err = s.Replace(ctx, d.id, other.id, NewID(), Clerk, m.now)
	case archive.MoveCorrect:
		got, err = s.Correct(ctx, d.id, other.id, NewID(), Clerk, m.now)
	}
	if succeeds := kind == archive.MoveReplace || kind == archive.MoveCorrect; succeeds && allowed(d.state, d.moves, kind) {
		if other == d || !inForce(other.state) {
			if !errors.As(err, new(*archive.InvalidError)) {
				rt.Fatalf("%s by what is %s: got %v, want *InvalidError", kind, other.state, err)
			}
			return
		}
		d.replacedBy = other.id
	}
	m.expect(rt, d, kind, got, err)
	if err == nil {
		m.made[kind]++
	}
	if kind == archive.MoveIssue && err == nil && d.successorOf != nil {
		// It takes the place of the other, unless that left force in the meantime.
		if was := d.successorOf; allowed(was.state, was.moves, d.becomes) {
			was.state, was.replacedBy = stateAfter[d.becomes], d.id
		}
	}
}

// orAll are those that fit, or all where none does.
func orAll[T any](all []T, fits func(T) bool) []T {
	some := slices.DeleteFunc(slices.Clone(all), func(x T) bool { return !fits(x) })
	if len(some) == 0 {
		return all
	}
	return some
}

var everyMove = []archive.Move{
	archive.MoveSign, archive.MoveNumber, archive.MoveIssue, archive.MovePreserve, archive.MoveDeliver,
	archive.MoveReplace, archive.MoveCorrect, archive.MoveReturn, archive.MoveWithdraw,
}

// inForce is what was issued and neither withdrawn nor replaced.
func inForce(s archive.State) bool {
	return s == archive.Issued || s == archive.Delivered || s == archive.Corrected
}

var stateAfter = map[archive.Move]archive.State{
	archive.MoveSign: archive.Signed, archive.MoveNumber: archive.Numbered, archive.MoveIssue: archive.Issued,
	archive.MoveDeliver: archive.Delivered, archive.MoveReturn: archive.Returned, archive.MoveWithdraw: archive.Withdrawn,
	archive.MoveReplace: archive.Replaced, archive.MoveCorrect: archive.Corrected,
}

// expect makes the move in the model and compares.
func (m *model) expect(rt *rapid.T, d *modelDocument, kind archive.Move, got archive.Document, err error) {
	if kind == archive.MoveNumber && d.serial != 0 {
		if err != nil || got.Number.Serial != d.serial || got.Number.Year != d.year {
			rt.Fatalf("numbering again: %v, %+v, want %d of %d", err, got.Number, d.serial, d.year)
		}
		return
	}
	if kind == archive.MoveDeliver && d.state == archive.Delivered && err == nil {
		return // the same delivery told twice
	}
	if !allowed(d.state, d.moves, kind) {
		if !errors.As(err, new(*archive.StateError)) {
			rt.Fatalf("%s in state %s: got %v, want *StateError", kind, d.state, err)
		}
		return
	}
	if kind == archive.MoveNumber {
		day, last := archive.Day(m.now), m.last[d.book]
		if day.Before(archive.Day(last)) && !last.IsZero() {
			if !errors.As(err, new(*archive.BackdateError)) {
				rt.Fatalf("number of %s after %s: got %v, want *BackdateError", m.now, last, err)
			}
			return
		}
		key := fmt.Sprint(d.book, day.Year())
		m.next[key]++
		d.serial, d.year = m.next[key], day.Year()
		if m.now.After(last) {
			m.last[d.book] = m.now
		}
	}
	if err != nil {
		rt.Fatalf("%s in state %s: %v", kind, d.state, err)
	}
	switch kind {
	case archive.MoveSign, archive.MoveIssue, archive.MovePreserve:
		d.revs++
	}
	if kind != archive.MovePreserve {
		d.state = stateAfter[kind]
	}
	if diff := d.differs(got); diff != "" {
		rt.Fatal(diff)
	}
}

// allowed is the table of moves in the model's own words.
func allowed(s archive.State, moves []archive.Move, m archive.Move) bool {
	signs, numbers := slices.Contains(moves, archive.MoveSign), slices.Contains(moves, archive.MoveNumber)
	switch m {
	case archive.MoveSign:
		return s == archive.Drafted && signs
	case archive.MoveNumber:
		return numbers && (s == archive.Signed || s == archive.Drafted && !signs)
	case archive.MoveIssue:
		return s == archive.Numbered || !numbers && (s == archive.Signed || s == archive.Drafted && !signs)
	case archive.MovePreserve, archive.MoveReplace, archive.MoveCorrect:
		return inForce(s)
	case archive.MoveDeliver:
		return s == archive.Issued
	case archive.MoveReturn:
		return s == archive.Drafted || s == archive.Signed
	case archive.MoveWithdraw:
		return s == archive.Numbered || inForce(s)
	}
	return false
}

func (d *modelDocument) differs(got archive.Document) string {
	switch {
	case got.State != d.state:
		return fmt.Sprintf("%s is %s, want %s", d.id, got.State, d.state)
	case len(got.Revisions) != d.revs:
		return fmt.Sprintf("%s has %d revisions, want %d", d.id, len(got.Revisions), d.revs)
	case got.ReplacedBy != d.replacedBy:
		return fmt.Sprintf("%s is followed by %q, want %q", d.id, got.ReplacedBy, d.replacedBy)
	case (got.Number != nil) != (d.serial != 0):
		return fmt.Sprintf("%s has number %v, want %d", d.id, got.Number, d.serial)
	case got.Number != nil && (got.Number.Serial != d.serial || got.Number.Year != d.year):
		return fmt.Sprintf("%s has number %+v, want %d of %d", d.id, got.Number, d.serial, d.year)
	}
	return ""
}

// compare reads a document, the unfinished ones and the counts back.
func (m *model) compare(rt *rapid.T, t *testing.T, s archive.Store) {
	want := map[archive.State]int64{}
	unfinished := 0
	for _, d := range m.docs {
		want[d.state]++
		if d.state == archive.Numbered {
			unfinished++
		}
	}
	counts, err := s.Counts(t.Context(), m.agency)
	if err != nil || len(counts) != len(want) {
		rt.Fatalf("counts: %v, %v, want %v", err, counts, want)
	}
	for state, n := range want {
		if counts[state] != n {
			rt.Fatalf("%d documents are %s, want %d", counts[state], state, n)
		}
	}
	docs, err := s.Unfinished(t.Context(), m.agency)
	if err != nil || len(docs) != unfinished {
		rt.Fatalf("%d unfinished, %v, want %d", len(docs), err, unfinished)
	}
	if len(m.docs) > 0 {
		d := rapid.SampledFrom(m.docs).Draw(rt, "read")
		got, err := s.Get(t.Context(), d.id)
		if err != nil {
			rt.Fatal(err)
		}
		if diff := d.differs(got); diff != "" {
			rt.Fatal(diff)
		}
	}
}
