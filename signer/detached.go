package signer

import (
	"fmt"
	"time"
)

// Detach signs content with a CAdES signature that stands beside it (ETSI EN
// 319 122-1, B-B): a DER SignedData without the content, with signing time and
// ESS certificate. `openssl cms -verify -binary -content` reads it too.
func Detach(content []byte, id *Identity, p Profile, at time.Time) ([]byte, error) {
	if err := id.Check(at); err != nil {
		return nil, err
	}
	t, err := id.template(p)
	if err != nil {
		return nil, fmt.Errorf("sign beside the content: %w", err)
	}
	h := t.Scheme.Hash.New()
	_, _ = h.Write(content) // a hash never fails
	der, err := t.Detached(id.Key, h.Sum(nil), at)
	if err != nil {
		return nil, fmt.Errorf("sign beside the content: %w", err)
	}
	return der, nil
}
