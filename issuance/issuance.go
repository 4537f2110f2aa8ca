// Package issuance is the life of a document: drafted from data, signed by the
// person in authority, numbered, sealed, delivered; returned before issue,
// withdrawn or replaced after it. It drives templates (what the document says),
// signer (the revisions of its PDF) and archive (the register and the files).
//
// Read it in this order: draft.go, moves.go, recover.go, verify.go.
package issuance

import (
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"time"

	"antin/archive"
	"antin/signer/verify"
	"antin/templates"
)

// Until is how far a request goes in one call.
type Until string

// The states a request can ask for.
const (
	UntilDraft  Until = "draft"
	UntilSigned Until = "signed"
	UntilIssued Until = "issued"
)

// Service moves documents through their life. It is safe for concurrent use.
type Service struct {
	store        archive.Store
	forms        *templates.Catalogue
	agencies     map[string]*Agency
	trust        *verify.Trust
	fetch        verify.Fetcher
	base         string
	now          func() time.Time
	random       io.Reader
	log          *slog.Logger
	photos       chan struct{}
	batches      chan struct{} // one is worked on
	audit        *Key          // of the audit trail's checkpoints
	preservation *Preservation
}

// Options are what a Service stands on.
type Options struct {
	Store    archive.Store
	Forms    *templates.Catalogue
	Agencies map[string]*Agency
	// Trust holds the anchors that Verify accepts; nil trusts nobody.
	Trust *verify.Trust
	// Fetch asks certification authorities over the network whether a certificate
	// was revoked; nil never asks.
	Fetch verify.Fetcher
	// AuditKey signs the audit trail's checkpoints; nil is the seal of the first
	// agency that holds one (see LoadAuditKey).
	AuditKey *Key
	// Preservation, when not nil, timestamps issued documents and keeps the
	// evidence of their certificates with them.
	Preservation *Preservation
	// PublicURL is where citizens reach the service, without a slash at the end,
	// e.g. "https://antin.example.vn". It is printed on documents.
	PublicURL string
	// Now is the clock; nil is time.Now.
	Now func() time.Time
	// Random makes document ids and lookup codes; nil is crypto/rand.
	Random io.Reader
	Log    *slog.Logger
}

// photoChecks is how many photos are examined at once: each may take a hundred
// megabytes while it is decoded.
const photoChecks = 2

// New makes a service. Books and agencies are entered in the store by Prepare.
func New(o Options) *Service {
	s := &Service{
		store: o.Store, forms: o.Forms, agencies: o.Agencies, trust: o.Trust, fetch: o.Fetch, base: o.PublicURL,
		now: o.Now, random: o.Random, log: o.Log, audit: o.AuditKey,
		preservation: o.Preservation,
		photos:       make(chan struct{}, photoChecks), batches: make(chan struct{}, 1),
	}
	if s.now == nil {
		s.now = time.Now
	}
	if s.random == nil {
		s.random = rand.Reader
	}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	if s.trust == nil {
		s.trust = &verify.Trust{}
	}
	return s
}

// System is the actor of what the service does by itself.
var System = archive.Actor{ID: "system", Name: "Antin", Role: "system", Person: archive.Anyone}

// Prepare enters the agencies and their books in the store, so that their
// documents can be numbered.
func (s *Service) Prepare(ctx context.Context) error {
	for _, id := range s.AgencyIDs() {
		a := s.agencies[id]
		row := archive.Agency{ID: id, Name: a.Name(), Superior: strings.Join(a.Profile.Superior, " "), Profile: a.configuration()}
		if err := s.store.PutAgency(ctx, row, System, s.now()); err != nil {
			return fmt.Errorf("enter agency %s: %w", id, err)
		}
		books, err := a.books(s.forms.All())
		if err != nil {
			return fmt.Errorf("agency %s: %w", id, err)
		}
		for _, b := range books {
			if err := s.store.PutBook(ctx, b, System, s.now()); err != nil {
				return fmt.Errorf("enter book %s of %s: %w", b.Code, id, err)
			}
		}
	}
	return nil
}

// AgencyIDs lists the agencies in order.
func (s *Service) AgencyIDs() []string { return slices.Sorted(maps.Keys(s.agencies)) }

// Agency finds an agency; "" is the only one. Errors: *UnknownAgencyError.
func (s *Service) Agency(id string) (*Agency, error) {
	if id == "" && len(s.agencies) == 1 {
		for _, a := range s.agencies {
			return a, nil
		}
	}
	if a, ok := s.agencies[id]; ok {
		return a, nil
	}
	return nil, &UnknownAgencyError{ID: id, Known: s.AgencyIDs()}
}

// Forms is the catalogue in use.
func (s *Service) Forms() *templates.Catalogue { return s.forms }

// form is the one that a document was made from.
func (s *Service) form(doc archive.Document) (*templates.Form, error) {
	return s.forms.Choose(doc.Form, doc.FormVersion, time.Time{})
}

// Store is the archive in use, for reading.
func (s *Service) Store() archive.Store { return s.store }

// LookupURL is the address printed on a document and in its QR.
func (s *Service) LookupURL(code string) string { return s.base + "/tra-cuu/" + code }

// Notice is what every page must say while the service holds keys without legal
// value; "" when all its agencies are real.
func (s *Service) Notice() string {
	for _, id := range s.AgencyIDs() {
		if n := s.agencies[id].Notice; n != "" {
			return n
		}
	}
	return ""
}
