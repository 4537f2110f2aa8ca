package archive

import (
	"encoding/json"
	"fmt"
	"time"
)

// Walk follows an audit chain row by row, wherever the rows come from: a
// database or an export. The first break ends it; what comes after is not
// looked at.
type Walk struct {
	// Signed judges a checkpoint's signature; nil judges none.
	Signed func(Checkpoint) error
	report AuditReport
	days   map[string]bool // of the checkpoints so far
}

func (w *Walk) broken(seq int64, kind AuditBreakKind, format string, args ...any) bool {
	if w.report.Broken == nil {
		w.report.Broken = &AuditBreak{Seq: seq, Kind: kind, Detail: fmt.Sprintf(format, args...)}
	}
	return false
}

// Row takes the next row. false is a break.
func (w *Walk) Row(r AuditRow) bool {
	switch {
	case w.report.Broken != nil:
		return false
	case r.Seq != w.report.Rows+1:
		return w.broken(w.report.Rows+1, RowMissing, "the next row is %d", r.Seq)
	case Link(w.report.Head, r.Seq, r.Event) != r.Hash:
		return w.broken(r.Seq, RowEdited, "the hash does not fit the row and the rows before it")
	}
	w.report.Rows, w.report.Head = r.Seq, r.Hash
	if r.Action == ActionCheckpoint {
		return w.named(r)
	}
	return true
}

// named looks for the checkpoint that a row says was made: it states a row
// before this one, so it has been seen by now, or it was taken away.
func (w *Walk) named(r AuditRow) bool {
	var made struct {
		Day string `json:"day"`
	}
	if json.Unmarshal(r.Detail, &made) == nil && made.Day != "" && !w.days[made.Day] {
		return w.broken(r.Seq, CheckpointWrong, "the row says that the checkpoint of %s was made, and it is not there", made.Day)
	}
	return true
}

// Checkpoint takes a checkpoint right after the row that it states (before the
// first row for row 0).
func (w *Walk) Checkpoint(c Checkpoint) bool {
	day := c.Day.In(Zone).Format(time.DateOnly)
	switch {
	case w.report.Broken != nil:
		return false
	case c.Seq > w.report.Rows:
		return w.broken(w.report.Rows+1, RowMissing, "the checkpoint of %s states %d rows", day, c.Seq)
	case c.Seq != w.report.Rows || c.Hash != w.report.Head:
		return w.broken(c.Seq, CheckpointWrong, "the checkpoint of %s states another hash", day)
	}
	w.report.Checkpoints++
	if w.days == nil {
		w.days = map[string]bool{}
	}
	w.days[day] = true
	if w.Signed == nil {
		return true
	}
	// The statement has seconds: what is finer would be outside the signature.
	if !c.At.Equal(c.At.Truncate(time.Second)) {
		return w.broken(c.Seq, CheckpointUnknown, "checkpoint of %s: its time has fractions of a second", day)
	}
	if err := w.Signed(c); err != nil {
		return w.broken(c.Seq, CheckpointUnknown, "checkpoint of %s: %v", day, err)
	}
	return true
}

// Unreadable ends the walk at a row that cannot be read.
func (w *Walk) Unreadable(why string) {
	w.broken(w.report.Rows+1, RowUnreadable, "%s", why)
}

// End compares where the walk came to with what the head states.
func (w *Walk) End(seq int64, hash [32]byte) {
	switch {
	case w.report.Broken != nil:
	case seq > w.report.Rows:
		w.broken(w.report.Rows+1, RowMissing, "the head states %d rows", seq)
	case seq < w.report.Rows:
		w.broken(seq+1, RowEdited, "rows after the head, which states %d", seq)
	case hash != w.report.Head:
		w.broken(seq, RowEdited, "the head states another hash")
	}
}

// Report is what was found so far.
func (w *Walk) Report() AuditReport { return w.report }
