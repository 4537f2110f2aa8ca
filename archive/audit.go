package archive

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"time"
)

// Event is something worth remembering. Moves write their own events; Record
// takes the others.
type Event struct {
	Action   string          // "sign", "look", "configure", "key.revoke" …
	Agency   string          // "" when it belongs to none
	Document string          // "" when it is about none
	Detail   json.RawMessage // an object; no personal data. nil is {}
	By       Actor
	At       time.Time
}

// The actions that are not moves.
const (
	ActionLook         = "look"         // a personal document or its PDF was read
	ActionConfigure    = "configure"    // an agency or book was created or changed
	ActionCreateKey    = "key.create"   //
	ActionRevokeKey    = "key.revoke"   //
	ActionDestroy      = "destroy"      // data and PDFs at the end of their retention
	ActionBackup       = "backup"       //
	ActionMoveFiles    = "files.move"   // contents went from the database to files outside it
	ActionRecover      = "recover"      // a document was finished after a restart
	ActionRefused      = "refused"      // a call was refused for want of a role
	ActionCheckpoint   = "checkpoint"   //
	ActionWarning      = "warning"      // a document was drafted or issued against a rule that only warns
	ActionExport       = "export"       // the register or a dossier left the system
	ActionConfigChange = "config.value" // what the service runs with beside agencies and books: trust, forms, environment
)

// AuditRow is one link of the chain.
type AuditRow struct {
	Seq int64 // 1, 2, 3 … without a gap
	Event
	// Hash covers this row and, through the hash of the row before, all earlier
	// ones (see Link).
	Hash [32]byte
}

// AuditFilter narrows a reading of the trail. Zero values do not narrow.
type AuditFilter struct {
	Agency, Document, Action, Actor string
	From, To                        time.Time // From ≤ At < To
}

// Link is the hash of a row: SHA-256 over a version tag, the hash of the row
// before (32 zero bytes for the first), the position and time as 64-bit
// big-endian integers (time in µs since 1970), and each text field preceded by
// its length in bytes as a 32-bit big-endian integer, in this order: action,
// agency, document, actor id, actor name, actor role, detail. The lengths make
// the encoding one-to-one, so that no text can pass for another row.
func Link(prev [32]byte, seq int64, e Event) [32]byte {
	const tag = "antin-audit-1\x00"
	fields := [...]string{e.Action, e.Agency, e.Document, e.By.ID, e.By.Name, e.By.Role, string(e.Detail)}
	n := len(tag) + len(prev) + 16
	for _, f := range fields {
		n += 4 + len(f)
	}
	b := make([]byte, 0, n)
	b = append(b, tag...)
	b = append(b, prev[:]...)
	b = binary.BigEndian.AppendUint64(b, uint64(seq))
	b = binary.BigEndian.AppendUint64(b, uint64(e.At.UnixMicro()))
	for _, f := range fields {
		b = binary.BigEndian.AppendUint32(b, uint32(len(f)))
		b = append(b, f...)
	}
	return sha256.Sum256(b)
}

// Checkpoint is a signed statement that the chain had this hash at this
// position. The archive stores it; who signs and how is the caller's.
type Checkpoint struct {
	Day       time.Time // midnight in Zone of the day it closes
	Seq       int64
	Hash      [32]byte
	At        time.Time
	Signature []byte // over Statement(), e.g. CMS detached
}

// Statement is the text that a checkpoint's signature covers.
func (c Checkpoint) Statement() []byte {
	return fmt.Appendf(nil, "antin audit checkpoint 1\nday %s\nrow %d\nsha256 %x\nat %s\n",
		c.Day.In(Zone).Format(time.DateOnly), c.Seq, c.Hash, c.At.UTC().Format(time.RFC3339))
}

// AuditReport is what VerifyAudit found.
type AuditReport struct {
	Rows        int64 // rows walked
	Head        [32]byte
	Checkpoints int
	// Broken is nil when the chain is whole.
	Broken *AuditBreak
}

// AuditBreak is the first place where the chain is wrong.
type AuditBreak struct {
	Seq  int64
	Kind AuditBreakKind
	// Detail says more, in short English.
	Detail string
}

// AuditBreakKind is what is wrong with a chain.
type AuditBreakKind string

// The kinds of breaks.
const (
	RowEdited         AuditBreakKind = "edited"     // the row's hash does not fit its content or predecessor
	RowMissing        AuditBreakKind = "missing"    // a position is absent, or the end was cut off
	RowUnreadable     AuditBreakKind = "unreadable" // the row's columns are not of their types, or the file is damaged
	CheckpointWrong   AuditBreakKind = "checkpoint" // a checkpoint states another hash, or was taken away
	CheckpointUnknown AuditBreakKind = "signature"  // a checkpoint's signature was refused
)

func (b AuditBreak) String() string {
	return fmt.Sprintf("audit row %d: %s: %s", b.Seq, b.Kind, b.Detail)
}
