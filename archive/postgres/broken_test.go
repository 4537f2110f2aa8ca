package postgres

import (
	"fmt"
	"io"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"
)

// After a full disk of the tables the connection goes on; after a full log the
// server is gone, and what became of the transaction has to be asked.
func TestBroken(t *testing.T) {
	said := func(severity, code string) error {
		return fmt.Errorf("step: %w", &pgconn.PgError{Severity: "LỖI", SeverityUnlocalized: severity, Code: code})
	}
	full := dialect().Full
	for name, c := range map[string]struct {
		err          error
		broken, full bool
	}{
		"none":                 {nil, false, false},
		"tables full":          {said("ERROR", "53100"), false, true},
		"log full":             {said("PANIC", "53100"), true, false},
		"too many connections": {said("FATAL", "53300"), true, false},
		"a unique key":         {said("ERROR", "23505"), false, false},
		"shut down":            {said("FATAL", "57P01"), true, false},
		"cut":                  {fmt.Errorf("step: %w", io.ErrUnexpectedEOF), true, false},
	} {
		if b, f := broken(c.err), full(c.err); b != c.broken || f != c.full {
			t.Errorf("%s: broken %t, full %t", name, b, f)
		}
	}
}
