package postgres

import (
	"fmt"
	"strings"

	"antin/archive/internal/engine"
)

// words is the index on tsvector. The vectors are written out rather than made
// by to_tsvector, whose parser would take "15/QĐ" for a path. Terms hold
// letters and digits only, so quotes need no care.
var words = engine.Words{
	Put: `INSERT INTO document_words (seq, words)
		VALUES ($1, $2::text::tsvector || $3::text::tsvector || $4::text::tsvector)
		ON CONFLICT (seq) DO UPDATE SET words = excluded.words`,
	Terms: func(c engine.Column, terms []string) string {
		parts := make([]string, len(terms))
		for i, t := range terms {
			parts[i] = fmt.Sprintf("'%s':1%c", t, 'A'+rune(c))
		}
		return strings.Join(parts, " ")
	},
	Missing: `SELECT d.id FROM documents d WHERE NOT EXISTS (SELECT 1 FROM document_words w WHERE w.seq = d.seq)
		ORDER BY d.seq LIMIT $1`,
	Match: `d.seq IN (SELECT seq FROM document_words WHERE words @@ $%d::text::tsquery)`,
	Query: func(asked []engine.Asked) string {
		parts := make([]string, len(asked))
		for i, a := range asked {
			parts[i] = fmt.Sprintf("'%s':*", a.Term)
			if a.Column != engine.AnyColumn {
				parts[i] += string('A' + rune(a.Column))
			}
		}
		return strings.Join(parts, " & ")
	},
}
