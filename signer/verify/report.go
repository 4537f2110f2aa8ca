// Package verify judges the signatures of a PDF: integrity, certificate chain,
// revocation, time, and every change made after each signature, in the terms
// of ETSI EN 319 102-1 and in words for the citizen who asks.
//
// pdfsign's verifier is not used: it trusts what the file claims to cover,
// knows neither DocMDP nor FieldMDP and does not look at what later revisions
// changed.
package verify

import (
	"encoding/json"
	"time"
)

// Indication is the overall status of ETSI EN 319 102-1, 5.1.3, and
// NoSignature for a file that holds none.
type Indication string

// The indications.
const (
	TotalPassed   Indication = "TOTAL-PASSED"
	TotalFailed   Indication = "TOTAL-FAILED"
	Indeterminate Indication = "INDETERMINATE"
	NoSignature   Indication = "NO_SIGNATURE"
)

// SubIndication is the reason that ETSI EN 319 102-1, table 6, gives with an
// indication; empty with TOTAL-PASSED.
type SubIndication string

// The sub-indications this package gives.
const (
	FormatFailure             SubIndication = "FORMAT_FAILURE"
	HashFailure               SubIndication = "HASH_FAILURE"
	SigCryptoFailure          SubIndication = "SIG_CRYPTO_FAILURE"
	Revoked                   SubIndication = "REVOKED"
	Expired                   SubIndication = "EXPIRED"
	NotYetValid               SubIndication = "NOT_YET_VALID"
	SigConstraintsFailure     SubIndication = "SIG_CONSTRAINTS_FAILURE"
	ChainConstraintsFailure   SubIndication = "CHAIN_CONSTRAINTS_FAILURE"
	CryptoConstraintsFailure  SubIndication = "CRYPTO_CONSTRAINTS_FAILURE"
	CertificateChainFailure   SubIndication = "CERTIFICATE_CHAIN_GENERAL_FAILURE"
	NoSigningCertificateFound SubIndication = "NO_SIGNING_CERTIFICATE_FOUND"
	NoCertificateChainFound   SubIndication = "NO_CERTIFICATE_CHAIN_FOUND"
	RevokedNoPOE              SubIndication = "REVOKED_NO_POE"
	RevokedCANoPOE            SubIndication = "REVOKED_CA_NO_POE"
	OutOfBoundsNoPOE          SubIndication = "OUT_OF_BOUNDS_NO_POE"
	TimestampOrderFailure     SubIndication = "TIMESTAMP_ORDER_FAILURE"
	TryLater                  SubIndication = "TRY_LATER"
)

// indicationOf is the indication that carries a sub-indication.
func indicationOf(s SubIndication) Indication {
	switch s {
	case "":
		return TotalPassed
	case FormatFailure, HashFailure, SigCryptoFailure, Revoked, Expired, NotYetValid:
		return TotalFailed
	}
	return Indeterminate
}

// Status answers one check. A check that could not be made is NotChecked and
// never Passed.
type Status string

// The answers.
const (
	Passed     Status = "PASSED"
	Failed     Status = "FAILED"
	Warning    Status = "WARNING"
	NotChecked Status = "NOT_CHECKED"
)

// Check is one question put to a signature or to the file, with its answer.
// ID is stable; Code names the answer within it, and the sentences come from
// words.go by both.
type Check struct {
	ID         string        `json:"id"`
	Question   string        `json:"question"`
	QuestionEN string        `json:"question_en"`
	Status     Status        `json:"status"`
	Code       string        `json:"code"`
	Message    string        `json:"message"`
	MessageEN  string        `json:"message_en"`
	Todo       string        `json:"todo,omitempty"`
	TodoEN     string        `json:"todo_en,omitempty"`
	Sub        SubIndication `json:"sub_indication,omitempty"`
	// Detail is for whoever mends the file or the program that made it: short
	// English, with places in the file. It is no part of the sentences.
	Detail string `json:"detail,omitempty"`
}

// Role is what a signature is for.
type Role string

// The roles.
const (
	Certification     Role = "certification"      // DocMDP, ISO 32000-1, 12.8.2.2
	Approval          Role = "approval"           // every other signature
	DocumentTimestamp Role = "document_timestamp" // ETSI.RFC3161, ISO 32000-2, 12.8.5
)

// Coverage is which part of the file a signature covers.
type Coverage string

// The coverages.
const (
	EntireFile     Coverage = "ENTIRE_FILE"     // nothing follows
	EntireRevision Coverage = "ENTIRE_REVISION" // everything up to its revision; changes_after judges the rest
	Partial        Coverage = "PARTIAL"         // part of what it should cover is not covered
)

// ChangesAfter sums up what was changed after a signature.
type ChangesAfter string

// The levels of change, mildest first.
const (
	NoChanges      ChangesAfter = "NONE"
	LTAUpdates     ChangesAfter = "LTA_UPDATES"    // long-term data, time-stamps, metadata of the last save
	FormFilling    ChangesAfter = "FORM_FILLING"   // fields filled, further signatures
	AnnotationOnly ChangesAfter = "ANNOTATIONS"    // notes that the certification allows (P=3)
	NotPermitted   ChangesAfter = "NOT_PERMITTED"  // something that had to stay was changed
	NotKnown       ChangesAfter = "NOT_DETERMINED" // the file could not be read well enough to tell
)

// Signature is the verdict on one signature.
type Signature struct {
	Field         string        `json:"field"`
	Role          Role          `json:"role"`
	SubFilter     string        `json:"sub_filter"`
	Page          int           `json:"page,omitempty"` // 1-based, 0 when not on a page
	Visible       bool          `json:"visible"`
	Revision      int           `json:"revision"` // 1-based, the revision it covers
	Signer        string        `json:"signer"`
	Unit          string        `json:"unit"`   // đơn vị quản lý chứng thư: O and OU of the subject
	Issuer        string        `json:"issuer"` // the issuing CA
	SigningTime   *time.Time    `json:"signing_time"`
	TimeSource    string        `json:"signing_time_source"` // timestamp, claimed, none
	Timestamp     *Timestamp    `json:"timestamp"`
	Algorithm     string        `json:"algorithm"`
	Integrity     Status        `json:"integrity"`
	Coverage      Coverage      `json:"coverage"`
	ChangesAfter  ChangesAfter  `json:"changes_after"`
	Changes       []Change      `json:"changes"`
	Certificate   *Certificate  `json:"certificate"`
	Chain         []Certificate `json:"chain"` // signer first; empty without a path to a trust anchor
	Reason        string        `json:"reason,omitempty"`
	Location      string        `json:"location,omitempty"`
	Indication    Indication    `json:"indication"`
	SubIndication SubIndication `json:"sub_indication"`
	Conclusion    string        `json:"conclusion"`
	ConclusionEN  string        `json:"conclusion_en"`
	Checks        []Check       `json:"checks"`
}

// Timestamp is an RFC 3161 time-stamp over a signature or the document.
type Timestamp struct {
	Time      time.Time `json:"time"`
	Authority string    `json:"authority"`
	Status    Status    `json:"status"`
	Message   string    `json:"message"`
	MessageEN string    `json:"message_en"`
}

// Certificate is what a report shows of a certificate.
type Certificate struct {
	Subject    string    `json:"subject"`
	Issuer     string    `json:"issuer"`
	Serial     string    `json:"serial"` // hexadecimal
	NotBefore  time.Time `json:"not_before"`
	NotAfter   time.Time `json:"not_after"`
	Key        string    `json:"key"`
	SHA256     string    `json:"sha256"`
	Revocation string    `json:"revocation"` // GOOD, REVOKED, UNKNOWN, NOT_APPLICABLE
	Source     string    `json:"revocation_source,omitempty"`
	Anchor     bool      `json:"trust_anchor"`
}

// Change is one difference between two revisions.
type Change struct {
	Revision  int    `json:"revision"` // 1-based, the revision that made it
	Code      string `json:"code"`
	Object    string `json:"object,omitempty"` // "12 0 R"
	Path      string `json:"path"`
	Allowed   bool   `json:"allowed"`
	Message   string `json:"message"`
	MessageEN string `json:"message_en"`

	kind    ChangesAfter
	act     act
	field   string
	caution bool // allowed, but the reader should look at it
}

// Register is the register's word on the document. The caller who has the
// register sets it; verify itself leaves it nil.
type Register struct {
	State        string `json:"state"` // see RegisterIssued and its fellows
	DocumentID   string `json:"document_id,omitempty"`
	Number       string `json:"number,omitempty"` // as printed
	Symbol       string `json:"symbol,omitempty"`
	Date         string `json:"date,omitempty"`
	DocumentType string `json:"document_type,omitempty"`
	Subject      string `json:"subject,omitempty"`
	Reason       string `json:"reason,omitempty"`
	StateDate    string `json:"state_date,omitempty"`
	ReplacedBy   string `json:"replaced_by,omitempty"`
	// Annex is the number of the annex that the file is, in a file of its own; 0
	// is the document itself.
	Annex int `json:"annex,omitempty"`
	// Successor is the number, symbol and date, as printed, of the document that
	// replaced or corrected this one.
	Successor string `json:"successor,omitempty"`
	// CopyOf says of which file the document is a copy, nil when it is none.
	CopyOf    *CopyOf `json:"copy_of,omitempty"`
	Message   string  `json:"message"`
	MessageEN string  `json:"message_en"`
}

// CopyOf is the file that a copy was made from.
type CopyOf struct {
	Kind       string `json:"kind"`   // sao_y, sao_luc, trich_sao
	Words      string `json:"words"`  // SAO Y, SAO LỤC, TRÍCH SAO
	SHA256     string `json:"sha256"` // of the file that was copied
	Agency     string `json:"agency"`
	Number     string `json:"number"`
	Date       string `json:"date"`
	Pages      []int  `json:"pages,omitempty"`
	DocumentID string `json:"document_id,omitempty"` // where it is of the same register
	// SourceState is the state of the document copied, where it is no longer in
	// force.
	SourceState string `json:"source_state,omitempty"`
}

// Report is the verdict on a file. Its JSON is a contract: other programs
// read it.
type Report struct {
	Indication    Indication    `json:"indication"`
	SubIndication SubIndication `json:"sub_indication"`
	Conclusion    string        `json:"conclusion"`
	ConclusionEN  string        `json:"conclusion_en"`
	CheckedAt     time.Time     `json:"checked_at"`
	SHA256        string        `json:"sha256"`
	Size          int           `json:"size"`
	Revisions     int           `json:"revisions"`
	// LookupCode is the code that the file's metadata claims, "" without one. It
	// is a claim: anyone can copy it.
	LookupCode string `json:"lookup_code,omitempty"`
	// Fields are the values of the filled text fields, by full name.
	Fields     map[string]string `json:"fields"`
	Checks     []Check           `json:"checks"`
	Signatures []Signature       `json:"signatures"`
	Register   *Register         `json:"register"`
}

// JSON is the indented JSON of the report.
func (r *Report) JSON() ([]byte, error) { return json.MarshalIndent(r, "", "  ") }

// ExitStatus is the exit status of `antin verify`: 0 TOTAL-PASSED, 1
// TOTAL-FAILED, 2 INDETERMINATE, 4 no signature.
func (r *Report) ExitStatus() int {
	switch r.Indication {
	case TotalPassed:
		return 0
	case TotalFailed:
		return 1
	case NoSignature:
		return 4
	}
	return 2
}

// Check returns the check of the file with this id, nil without one.
func (r *Report) Check(id string) *Check { return findCheck(r.Checks, id) }

// Check returns the check of the signature with this id, nil without one.
func (s *Signature) Check(id string) *Check { return findCheck(s.Checks, id) }

func findCheck(checks []Check, id string) *Check {
	for i := range checks {
		if checks[i].ID == id {
			return &checks[i]
		}
	}
	return nil
}
