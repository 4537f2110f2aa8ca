package issuance

import (
	"encoding/base32"
	"encoding/binary"
	"fmt"
	"io"
	"strings"
	"time"
)

// crockford leaves out I, L, O and U, which people misread or misspell.
var crockford = base32.NewEncoding("0123456789ABCDEFGHJKMNPQRSTVWXYZ").WithPadding(base32.NoPadding)

// lookupBytes is the secret in a lookup code: 80 bits can be typed and not be
// guessed within the rate limit of the public look-up.
const lookupBytes = 10

// newLookupCode makes a code such as "7K3D-9QXT-M2PA-4W8C".
func newLookupCode(random io.Reader) (string, error) {
	b := make([]byte, lookupBytes)
	if _, err := io.ReadFull(random, b); err != nil {
		return "", fmt.Errorf("make a lookup code: %w", err)
	}
	s := crockford.EncodeToString(b)
	return strings.Join([]string{s[0:4], s[4:8], s[8:12], s[12:16]}, "-"), nil
}

// NormalLookupCode brings what a person typed into the printed form: case,
// spaces and missing hyphens do not matter, and O, I, L read as 0, 1, 1. The
// result is "" when it cannot be a code.
func NormalLookupCode(typed string) string {
	if len(typed) > 64 {
		return ""
	}
	var b strings.Builder
	for _, r := range strings.ToUpper(typed) {
		switch {
		case r == '-' || r == ' ' || r == '.':
			continue
		case r == 'O':
			r = '0'
		case r == 'I' || r == 'L':
			r = '1'
		case r >= '0' && r <= '9', r >= 'A' && r <= 'Z' && r != 'U':
		default:
			return ""
		}
		b.WriteRune(r)
	}
	s := b.String()
	if len(s) != 16 {
		return ""
	}
	return strings.Join([]string{s[0:4], s[4:8], s[8:12], s[12:16]}, "-")
}

// newID makes the id of a document: 48 bits of time, in ms, and 80 random ones.
// Ids that grow keep the rows of one day together in the archive's indexes,
// however many documents it has (as RFC 9562, 5.7 has it for UUIDs); what is
// random cannot be guessed.
func newID(random io.Reader, at time.Time) (string, error) {
	var b [16]byte
	binary.BigEndian.PutUint64(b[:8], uint64(at.UnixMilli())<<16)
	if _, err := io.ReadFull(random, b[6:]); err != nil {
		return "", fmt.Errorf("make a document id: %w", err)
	}
	return strings.ToLower(crockford.EncodeToString(b[:])), nil
}
