package testpki

import (
	"encoding/asn1"
	"errors"
	"io"
	"math/big"
	"net/http"
	"sync/atomic"
	"time"

	"antin/signer"
	"antin/signer/cms"
	"antin/signer/tsp"
)

// TSA is a time-stamping authority of the test PKI, usable as an HTTP handler.
type TSA struct {
	Identity *signer.Identity
	// Now gives the time that tokens state.
	Now func() time.Time

	serial atomic.Int64
}

// TSA issues the certificate of a time-stamping authority.
func (p *PKI) TSA(now func() time.Time) (*TSA, error) {
	id, err := p.Issue(Request{Name: "Antin TSA trình diễn", Timestamping: true})
	if err != nil {
		return nil, err
	}
	return &TSA{Identity: id, Now: now}, nil
}

var testPolicy = asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 32473, 1} // RFC 5612: for examples

// Token makes a token that answers r.
func (a *TSA) Token(r tsp.Request) ([]byte, error) {
	info, err := tsp.Info{Policy: testPolicy, Hash: r.Hash, Digest: r.Digest, Serial: big.NewInt(a.serial.Add(1)), Time: a.Now(), Nonce: r.Nonce}.Marshal()
	if err != nil {
		return nil, err
	}
	scheme, err := cms.SchemeFor(a.Identity.Key.Public(), false)
	if err != nil {
		return nil, err
	}
	chain := a.Identity.Chain
	t, err := cms.NewTemplate(a.Identity.Certificate, chain, scheme)
	if err != nil {
		return nil, err
	}
	h := scheme.Hash.New()
	h.Write(info)
	attributes, err := t.Attributes(cms.OIDTSTInfo, h.Sum(nil), a.Now())
	if err != nil {
		return nil, err
	}
	sig, err := t.Sign(a.Identity.Key, attributes)
	if err != nil {
		return nil, err
	}
	return t.Assemble(cms.OIDTSTInfo, info, attributes, sig), nil
}

// ServeHTTP answers a TimeStampReq (RFC 3161, 3.4).
func (a *TSA) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 4096))
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	req, err := tsp.ParseRequest(body)
	var token, answer []byte
	if err == nil {
		token, err = a.Token(req)
	}
	if err == nil {
		answer, err = tsp.MarshalResponse(token)
	} else if errors.Is(err, tsp.ErrMalformed) {
		answer, err = tsp.MarshalRefusal(tsp.StatusError{Status: 2, Text: err.Error()})
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/timestamp-reply")
	_, _ = w.Write(answer) // a client that has gone away needs no answer
}
