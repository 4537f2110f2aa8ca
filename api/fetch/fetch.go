// Package fetch asks certification authorities for revocation lists and OCSP
// answers over the network: only hosts on a list, never a private address,
// within bounds of time and size. The addresses come from certificates inside
// files that strangers made.
package fetch

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"antin/api/outward"
	"antin/signer/verify"
)

// Why an address was not asked.
var (
	ErrHost   = errors.New("the host is not on the list")
	ErrScheme = errors.New("only http and https are asked")
	ErrSize   = errors.New("the answer is too large")
)

const (
	timeout = 10 * time.Second
	maxSize = 32 << 20 // national CRLs reach tens of megabytes
)

// Options bound what is asked.
type Options struct {
	// Hosts are the names that may be asked, e.g. "crl.ca.gov.vn".
	Hosts []string
	// AllowPrivate is for tests and for a CA inside the own network.
	AllowPrivate bool
}

// New makes a fetcher. A body is sent as an OCSP request (RFC 6960, appendix A);
// without one the address is read.
func New(o Options) verify.Fetcher {
	client := &http.Client{
		Timeout:   timeout,
		Transport: &http.Transport{DialContext: outward.Dialer(o.AllowPrivate).DialContext, TLSHandshakeTimeout: 5 * time.Second},
		CheckRedirect: func(r *http.Request, via []*http.Request) error {
			if len(via) >= 3 {
				return errors.New("too many redirects")
			}
			return o.allowed(r.URL)
		},
	}
	return func(ctx context.Context, address string, body []byte) ([]byte, error) {
		u, err := url.Parse(address)
		if err != nil {
			return nil, fmt.Errorf("read the address: %w", err)
		}
		if err := o.allowed(u); err != nil {
			return nil, err
		}
		return ask(ctx, client, u.String(), body)
	}
}

func ask(ctx context.Context, client *http.Client, address string, body []byte) ([]byte, error) {
	method := http.MethodGet
	var send io.Reader
	if body != nil {
		method, send = http.MethodPost, bytes.NewReader(body)
	}
	req, err := http.NewRequestWithContext(ctx, method, address, send)
	if err != nil {
		return nil, fmt.Errorf("ask %s: %w", address, err)
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/ocsp-request")
	}
	res, err := client.Do(req)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s answered %s", req.URL.Host, res.Status)
	}
	answer, err := io.ReadAll(io.LimitReader(res.Body, maxSize+1))
	if err != nil {
		return nil, fmt.Errorf("read the answer of %s: %w", req.URL.Host, err)
	}
	if len(answer) > maxSize {
		return nil, fmt.Errorf("%s: %w", req.URL.Host, ErrSize)
	}
	return answer, nil
}

func (o Options) allowed(u *url.URL) error {
	if u.Scheme != "http" && u.Scheme != "https" {
		return fmt.Errorf("%s: %w", u.Scheme, ErrScheme)
	}
	if !slices.ContainsFunc(o.Hosts, func(h string) bool { return strings.EqualFold(h, u.Hostname()) }) {
		return fmt.Errorf("%s: %w", u.Hostname(), ErrHost)
	}
	return nil
}
