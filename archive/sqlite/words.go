package sqlite

import (
	"strings"

	"antin/archive/internal/engine"
)

// Words is the index of archive files, for another store that writes one.
func Words() engine.Words { return words }

var columns = [...]string{engine.SubjectColumn: "subject", engine.RecipientsColumn: "recipients", engine.OtherColumn: "other"}

// words is the index on FTS5. Terms hold letters and digits only, so that the
// tokenizer takes each as one token, and quotes need no care.
var words = engine.Words{
	Put:   `INSERT OR REPLACE INTO document_words (rowid, subject, recipients, other) VALUES ($1, $2, $3, $4)`,
	Terms: func(_ engine.Column, terms []string) string { return strings.Join(terms, " ") },
	Missing: `SELECT d.id FROM documents d WHERE NOT EXISTS (SELECT 1 FROM document_words_docsize w WHERE w.id = d.seq)
		ORDER BY d.seq LIMIT $1`,
	Match: `d.seq IN (SELECT rowid FROM document_words WHERE document_words MATCH $%d)`,
	Query: func(asked []engine.Asked) string {
		parts := make([]string, len(asked))
		for i, a := range asked {
			parts[i] = `"` + a.Term + `" *`
			if a.Column != engine.AnyColumn {
				parts[i] = "{" + columns[a.Column] + "} : " + parts[i]
			}
		}
		return strings.Join(parts, " AND ")
	},
}
