package tsp

import (
	"bytes"
	"context"
	"crypto"
	"crypto/rand"
	_ "crypto/sha256"
	_ "crypto/sha512"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"time"
)

// MaxResponse is the most bytes an answer may have. Tokens with their
// certificates have 3 to 8 KiB.
const MaxResponse = 64 << 10

// DefaultTimeout bounds one request. Public authorities answer in well under a
// second, the government's has been seen to take two minutes.
const DefaultTimeout = 30 * time.Second

// Client asks one time-stamping authority over HTTP (RFC 3161, 3.4). The zero
// values of all fields but URL are good.
type Client struct {
	URL  string
	HTTP *http.Client
	// Timeout bounds a request, 0 means DefaultTimeout.
	Timeout time.Duration
	// Hash is SHA-256 unless set: some authorities refuse others.
	Hash crypto.Hash
}

// Timestamp returns a token over message.
func (c *Client) Timestamp(ctx context.Context, message []byte) (token []byte, err error) {
	h := c.Hash
	if h == 0 {
		h = crypto.SHA256
	}
	if !h.Available() {
		return nil, fmt.Errorf("tsp: hash %v is not available", h)
	}
	w := h.New()
	w.Write(message)
	return c.TimestampDigest(ctx, h, w.Sum(nil))
}

// TimestampDigest returns a token over what digest was made from.
func (c *Client) TimestampDigest(ctx context.Context, h crypto.Hash, digest []byte) (token []byte, err error) {
	nonce, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 64))
	if err != nil {
		return nil, fmt.Errorf("tsp: nonce: %w", err)
	}
	req := Request{Hash: h, Digest: digest, Nonce: nonce, Certificates: true}
	body, err := req.Marshal()
	if err != nil {
		return nil, err
	}
	timeout := c.Timeout
	if timeout <= 0 {
		timeout = DefaultTimeout
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	answer, err := c.post(ctx, body)
	if err != nil {
		return nil, err
	}
	if token, err = ParseResponse(answer); err != nil {
		return nil, err
	}
	if _, err := req.Check(token); err != nil {
		return nil, err
	}
	return token, nil
}

func (c *Client) post(ctx context.Context, body []byte) (answer []byte, err error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, c.URL, bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("tsp: %w", err)
	}
	r.Header.Set("Content-Type", "application/timestamp-query")
	r.Header.Set("Accept", "application/timestamp-reply")
	client := c.HTTP
	if client == nil {
		client = http.DefaultClient
	}
	resp, err := client.Do(r)
	if err != nil {
		return nil, fmt.Errorf("tsp: %w", err)
	}
	defer func() { err = errors.Join(err, resp.Body.Close()) }()
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("tsp: the authority answered %s", resp.Status)
	}
	if answer, err = io.ReadAll(io.LimitReader(resp.Body, MaxResponse+1)); err != nil {
		return nil, fmt.Errorf("tsp: read the answer: %w", err)
	}
	if len(answer) > MaxResponse {
		return nil, fmt.Errorf("tsp: the answer has more than %d bytes", MaxResponse)
	}
	return answer, nil
}
