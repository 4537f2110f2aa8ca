package archive

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"
)

// A trail file is the audit trail outside the database, one JSON object a line
// (JSON Lines, UTF-8):
//
//	{"antin_audit":1}
//	{"checkpoint":{…}}  right behind the row that it states
//	{"row":{…}}         in order, from 1
//	{"end":{"row":n,"sha256":"…"}}
//
// Link, Checkpoint.Statement and the trust anchors are all that is needed to
// judge it. A row's detail is a text and not an object, since its hash covers
// the text.

// trailVersion is what the first line states.
const trailVersion = 1

// maxTrailLine bounds a line in bytes: each of a row's seven texts has at most
// MaxText bytes, and JSON may take six for one.
const maxTrailLine = 1 << 20

// trailLine is one line; exactly one field is set.
type trailLine struct {
	Version    int              `json:"antin_audit,omitempty"`
	Row        *trailRow        `json:"row,omitempty"`
	Checkpoint *trailCheckpoint `json:"checkpoint,omitempty"`
	End        *trailEnd        `json:"end,omitempty"`
}

type trailRow struct {
	Seq       int64  `json:"seq"`
	At        string `json:"at"` // UTC, µs
	Action    string `json:"action"`
	Agency    string `json:"agency,omitempty"`
	Document  string `json:"document,omitempty"`
	ActorID   string `json:"actor_id"`
	ActorName string `json:"actor_name,omitempty"`
	ActorRole string `json:"actor_role,omitempty"`
	Detail    string `json:"detail"`
	// Previous stands in extracts only, where the row before is missing.
	Previous string `json:"previous,omitempty"`
	SHA256   string `json:"sha256"`
}

type trailCheckpoint struct {
	Day       string `json:"day"`
	Row       int64  `json:"row"`
	SHA256    string `json:"sha256"`
	At        string `json:"at"`
	Signature []byte `json:"signature"` // CMS in base64
}

type trailEnd struct {
	Row    int64  `json:"row"`
	SHA256 string `json:"sha256"`
}

const trailTime = "2006-01-02T15:04:05.000000Z"

// TrailWriter writes a trail file, or an extract of one.
type TrailWriter struct {
	w    *bufio.Writer
	enc  *json.Encoder
	err  error
	last trailEnd
}

// NewTrailWriter begins a trail file.
func NewTrailWriter(w io.Writer) *TrailWriter {
	b := bufio.NewWriter(w)
	t := &TrailWriter{w: b, enc: json.NewEncoder(b), last: trailEnd{SHA256: hex.EncodeToString(make([]byte, 32))}}
	t.enc.SetEscapeHTML(false)
	t.line(trailLine{Version: trailVersion})
	return t
}

func (t *TrailWriter) line(l trailLine) {
	if t.err == nil {
		t.err = t.enc.Encode(l)
	}
}

// Row writes the next row.
func (t *TrailWriter) Row(r AuditRow) {
	row := rowLine(r)
	t.last = trailEnd{Row: r.Seq, SHA256: row.SHA256}
	t.line(trailLine{Row: row})
}

// Extract writes a row whose predecessor is not in the file, with the
// predecessor's hash, so that the row's own hash can still be computed.
func (t *TrailWriter) Extract(r AuditRow, previous [32]byte) {
	row := rowLine(r)
	row.Previous = hex.EncodeToString(previous[:])
	t.line(trailLine{Row: row})
}

func rowLine(r AuditRow) *trailRow {
	return &trailRow{
		Seq: r.Seq, At: r.At.UTC().Format(trailTime), Action: r.Action, Agency: r.Agency, Document: r.Document,
		ActorID: r.By.ID, ActorName: r.By.Name, ActorRole: r.By.Role, Detail: string(r.Detail), SHA256: hex.EncodeToString(r.Hash[:]),
	}
}

// Checkpoint writes a checkpoint; its row must be the last one written.
func (t *TrailWriter) Checkpoint(c Checkpoint) {
	t.line(trailLine{Checkpoint: &trailCheckpoint{
		Day: c.Day.In(Zone).Format(time.DateOnly), Row: c.Seq, SHA256: hex.EncodeToString(c.Hash[:]),
		At: c.At.UTC().Format(time.RFC3339), Signature: c.Signature,
	}})
}

// Close ends a whole trail; an extract ends with Flush.
func (t *TrailWriter) Close() error {
	end := t.last
	t.line(trailLine{End: &end})
	return t.Flush()
}

// Flush writes what is buffered and returns the first error of all.
func (t *TrailWriter) Flush() error {
	if t.err == nil {
		t.err = t.w.Flush()
	}
	if t.err != nil {
		return fmt.Errorf("write the audit trail: %w", t.err)
	}
	return nil
}

// VerifyTrail walks a trail file as VerifyAudit walks the database. The report
// says the first place that is wrong; the error says that r could not be read.
func VerifyTrail(r io.Reader, signed func(Checkpoint) error) (AuditReport, error) {
	w := Walk{Signed: signed}
	in := bufio.NewScanner(r)
	in.Buffer(make([]byte, 64<<10), maxTrailLine)
	n, ended := 0, false
	for in.Scan() {
		n++
		l, err := parseTrailLine(in.Bytes())
		if err != nil {
			w.Unreadable(fmt.Sprintf("line %d: %v", n, err))
			return w.Report(), nil
		}
		switch {
		case (n == 1) != (l.Version != 0) || l.Version > trailVersion:
			w.Unreadable(fmt.Sprintf("line %d: not an audit trail of version %d", n, trailVersion))
		case ended:
			w.Unreadable(fmt.Sprintf("line %d: more after the end", n))
		case l.Row != nil:
			takeRow(&w, n, l.Row)
		case l.Checkpoint != nil:
			takeCheckpoint(&w, n, l.Checkpoint)
		case l.End != nil:
			ended = true
			hash, err := hash32(l.End.SHA256)
			if err != nil {
				w.Unreadable(fmt.Sprintf("line %d: %v", n, err))
				break
			}
			w.End(l.End.Row, hash)
		}
		if w.Report().Broken != nil {
			return w.Report(), nil
		}
	}
	switch err := in.Err(); {
	case errors.Is(err, bufio.ErrTooLong):
		w.Unreadable(fmt.Sprintf("line %d is longer than %d bytes", n+1, maxTrailLine))
	case err != nil:
		return w.Report(), fmt.Errorf("read the audit trail: %w", err)
	case !ended:
		w.broken(w.report.Rows+1, RowMissing, "the file ends without its end line")
	}
	return w.Report(), nil
}

func parseTrailLine(b []byte) (trailLine, error) {
	var l trailLine
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&l); err != nil {
		return l, err
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return l, errors.New("more than one JSON value")
	}
	set := 0
	for _, is := range []bool{l.Version != 0, l.Row != nil, l.Checkpoint != nil, l.End != nil} {
		if is {
			set++
		}
	}
	if set != 1 {
		return l, errors.New("neither row, checkpoint nor end")
	}
	return l, nil
}

func takeRow(w *Walk, n int, l *trailRow) {
	row, err := l.row()
	if err == nil && l.Previous != "" {
		err = errors.New("the row is of an extract, not of a whole trail")
	}
	if err != nil {
		w.Unreadable(fmt.Sprintf("line %d: %v", n, err))
		return
	}
	w.Row(row)
}

func (l *trailRow) row() (AuditRow, error) {
	at, err := time.Parse(trailTime, l.At)
	hash, hashErr := hash32(l.SHA256)
	return AuditRow{Seq: l.Seq, Hash: hash, Event: Event{
		Action: l.Action, Agency: l.Agency, Document: l.Document, Detail: json.RawMessage(l.Detail),
		By: Actor{ID: l.ActorID, Name: l.ActorName, Role: l.ActorRole}, At: at,
	}}, errors.Join(err, hashErr)
}

// ParseExtract reads one row of an extract with its predecessor's hash: the row
// is what it was when Link of both is its hash.
func ParseExtract(line []byte) (row AuditRow, previous [32]byte, err error) {
	l, err := parseTrailLine(line)
	if err == nil && (l.Row == nil || l.Row.Previous == "") {
		err = errors.New("not a row of an extract")
	}
	if err == nil {
		row, err = l.Row.row()
	}
	if err == nil {
		previous, err = hash32(l.Row.Previous)
	}
	if err != nil {
		return row, previous, fmt.Errorf("read a row of the audit trail: %w", err)
	}
	return row, previous, nil
}

func takeCheckpoint(w *Walk, n int, l *trailCheckpoint) {
	day, err := time.ParseInLocation(time.DateOnly, l.Day, Zone)
	at, atErr := time.Parse(time.RFC3339, l.At)
	hash, hashErr := hash32(l.SHA256)
	if err := errors.Join(err, atErr, hashErr); err != nil {
		w.Unreadable(fmt.Sprintf("line %d: %v", n, err))
		return
	}
	w.Checkpoint(Checkpoint{Day: day, Seq: l.Row, Hash: hash, At: at, Signature: l.Signature})
}

func hash32(s string) (h [32]byte, err error) {
	b, err := hex.DecodeString(s)
	if err == nil && len(b) != len(h) {
		err = fmt.Errorf("a hash of %d bytes", len(b))
	}
	copy(h[:], b)
	return h, err
}

// ParseStatement reads what Statement wrote, for checkpoints that were kept
// elsewhere. Signature is left empty.
func ParseStatement(text []byte) (Checkpoint, error) {
	var c Checkpoint
	var day, sum, at string
	if len(text) > 1024 {
		return c, errors.New("not a checkpoint's statement: too long")
	}
	_, err := fmt.Sscanf(string(text), "antin audit checkpoint 1\nday %s\nrow %d\nsha256 %s\nat %s\n", &day, &c.Seq, &sum, &at)
	if err == nil {
		c.Day, err = time.ParseInLocation(time.DateOnly, day, Zone)
	}
	if err == nil {
		c.At, err = time.Parse(time.RFC3339, at)
	}
	if err == nil {
		c.Hash, err = hash32(sum)
	}
	if err != nil {
		return c, fmt.Errorf("not a checkpoint's statement: %w", err)
	}
	if !bytes.Equal(c.Statement(), text) {
		return c, errors.New("not a checkpoint's statement: written otherwise")
	}
	return c, nil
}
