package engine

import (
	"context"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"antin/archive"
)

const annexColumns = `document, n, title, pages, sha256, size, actor_id, actor_name, actor_role, at, signed, signed_size, signed_at`

func scanAnnex(rows *sql.Rows) (a archive.Annex, err error) {
	var (
		sum, signed []byte
		at          int64
		size        sql.NullInt64
		signedAt    sql.NullInt64
	)
	err = rows.Scan(&a.Document, &a.N, &a.Title, &a.PageCount, &sum, &a.Size, &a.By.ID, &a.By.Name, &a.By.Role, &at, &signed, &size, &signedAt)
	a.SHA256, a.At = hex.EncodeToString(sum), fromMicros(at)
	a.Signed, a.SignedSize, a.SignedAt = hex.EncodeToString(signed), size.Int64, fromNull(signedAt)
	return a, err
}

func annexes(ctx context.Context, r reader, document string) ([]archive.Annex, error) {
	all, err := collect(ctx, r, scanAnnex, `SELECT `+annexColumns+` FROM annexes WHERE document = $1 ORDER BY n`, document)
	if err != nil {
		return nil, fmt.Errorf("reading the annexes of %s: %w", document, err)
	}
	return all, nil
}

// AnnexesOf implements archive.Annexes.
func (e *Engine) AnnexesOf(ctx context.Context, document string) (all []archive.Annex, err error) {
	err = e.reading(ctx, "reading annexes", func(r reader) (err error) {
		all, err = annexes(ctx, r, document)
		return err
	})
	return all, err
}

// AnnexBySHA256 implements archive.Annexes.
func (e *Engine) AnnexBySHA256(ctx context.Context, sha256hex string) (doc archive.Document, a archive.Annex, err error) {
	sum, err := hex.DecodeString(sha256hex)
	var found []archive.Annex
	if err == nil {
		err = e.reading(ctx, "finding annex "+sha256hex, func(r reader) (err error) {
			found, err = collect(ctx, r, scanAnnex, `SELECT `+annexColumns+` FROM annexes WHERE sha256 = $1 OR signed = $1
				ORDER BY document, n LIMIT 1`, sum)
			return err
		})
		if err != nil {
			return doc, a, err
		}
	}
	if len(found) == 0 {
		return doc, a, &archive.NotFoundError{What: "annex", ID: sha256hex}
	}
	doc, err = e.Get(ctx, found[0].Document)
	return doc, found[0], err
}

// annexDetail is the detail of an annex's audit rows: no title, it may name people.
type annexDetail struct {
	Annex  int    `json:"annex"`
	SHA256 string `json:"sha256"`
}

func (t *Tx) auditAnnex(action string, d found, n int, sha256hex string, by archive.Actor, at time.Time) error {
	text, err := jsonText(annexDetail{n, sha256hex})
	if err != nil {
		return err
	}
	_, err = t.audit(archive.Event{Action: action, Agency: d.Agency, Document: d.ID, Detail: []byte(text), By: by, At: at})
	return err
}

// annexStep is what the changes of annexes have in common.
func (e *Engine) annexStep(ctx context.Context, what, document string, by archive.Actor, at time.Time, run func(*Tx, found, []archive.Annex) error) error {
	what = "document " + document + ": " + what
	if err := archive.CheckActor(by); err != nil {
		return e.wrap(what, err)
	}
	if at.IsZero() {
		return e.wrap(what, &archive.InvalidError{Field: "at", Problem: "is zero"})
	}
	return e.do(ctx, what, func(t *Tx) error {
		d, err := one(t.ctx, t, "id", document)
		if err != nil {
			return err
		}
		all, err := annexes(t.ctx, t, document)
		if err != nil {
			return err
		}
		return run(t, d, all)
	})
}

func annexState(d found) error {
	if d.State == archive.Drafted {
		return nil
	}
	return &archive.StateError{Document: d.ID, State: d.State, Move: archive.Move(archive.ActionAnnex), Allowed: archive.Allowed(d.State, d.Moves)}
}

// AddAnnex implements archive.Annexes.
func (e *Engine) AddAnnex(ctx context.Context, document string, a archive.NewAnnex, by archive.Actor, at time.Time) (out archive.Annex, err error) {
	if err := a.Check(); err != nil {
		return out, e.wrap("document "+document+": annex", err)
	}
	c, err := newContent(a.PDF)
	if err == nil {
		err = e.file(ctx, &c)
	}
	if err != nil {
		return out, e.wrap("document "+document+": annex", err)
	}
	err = e.annexStep(ctx, "annex", document, by, at, func(t *Tx, d found, all []archive.Annex) error {
		last := 0
		for _, old := range all {
			if old.SHA256 == c.hex() {
				out = old
				return nil
			}
			last = old.N
		}
		if err := annexState(d); err != nil {
			return err
		}
		if len(all) >= archive.MaxAnnexes {
			return &archive.InvalidError{Field: "annexes", Problem: fmt.Sprintf("are more than %d", archive.MaxAnnexes)}
		}
		if _, err := t.putContent(c, nil); err != nil {
			return err
		}
		out = archive.Annex{
			Document: document, N: last + 1, Title: a.Title, PageCount: a.PageCount, SHA256: c.hex(), Size: int64(len(c.data)), By: by, At: whole(at),
		}
		err := t.exec(`INSERT INTO annexes (document, n, title, pages, sha256, size, actor_id, actor_name, actor_role, at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
			document, out.N, out.Title, out.PageCount, c.sum[:], out.Size, by.ID, by.Name, by.Role, micros(at))
		if err != nil {
			return fmt.Errorf("entering the annex: %w", err)
		}
		return t.auditAnnex(archive.ActionAnnex, d, out.N, out.SHA256, by, at)
	})
	return out, err
}

// RemoveAnnex implements archive.Annexes.
func (e *Engine) RemoveAnnex(ctx context.Context, document string, n int, by archive.Actor, at time.Time) error {
	return e.annexStep(ctx, "removing annex", document, by, at, func(t *Tx, d found, all []archive.Annex) error {
		a, err := annexOf(document, n, all)
		if err != nil {
			return err
		}
		if err := annexState(d); err != nil {
			return err
		}
		if err := t.exec(`DELETE FROM annexes WHERE document = $1 AND n = $2`, document, n); err != nil {
			return err
		}
		sum, err := hex.DecodeString(a.SHA256)
		if err != nil {
			return err
		}
		err = t.exec(`DELETE FROM contents WHERE sha256 = $1 AND NOT EXISTS (SELECT 1 FROM revisions r WHERE r.sha256 = $1)
			AND NOT EXISTS (SELECT 1 FROM annexes x WHERE x.sha256 = $1 OR x.signed = $1)
			AND NOT EXISTS (SELECT 1 FROM contents c WHERE c.base = $1)`, sum)
		if err != nil {
			return fmt.Errorf("removing the file: %w", err)
		}
		return t.auditAnnex(archive.ActionAnnexRemove, d, n, a.SHA256, by, at)
	})
}

// SignAnnex implements archive.Annexes.
func (e *Engine) SignAnnex(ctx context.Context, document string, n int, pdf []byte, by archive.Actor, at time.Time) (out archive.Annex, err error) {
	c, err := newContent(pdf)
	if err == nil {
		err = e.file(ctx, &c)
	}
	if err != nil {
		return out, e.wrap("document "+document+": signing annex", err)
	}
	err = e.annexStep(ctx, "signing annex", document, by, at, func(t *Tx, d found, all []archive.Annex) error {
		if out, err = annexOf(document, n, all); err != nil || out.Signed != "" {
			return err
		}
		if !slices.Contains(archive.Allowed(d.State, d.Moves), archive.MoveIssue) {
			return &archive.StateError{Document: d.ID, State: d.State, Move: archive.Move(archive.ActionAnnex), Allowed: archive.Allowed(d.State, d.Moves)}
		}
		if _, err := t.putContent(c, &archive.Revision{N: n, SHA256: out.SHA256, Size: out.Size}); err != nil {
			return err
		}
		out.Signed, out.SignedSize, out.SignedAt = c.hex(), int64(len(c.data)), whole(at)
		if err := t.exec(`UPDATE annexes SET signed = $3, signed_size = $4, signed_at = $5 WHERE document = $1 AND n = $2`,
			document, n, c.sum[:], out.SignedSize, micros(at)); err != nil {
			return fmt.Errorf("entering the signed annex: %w", err)
		}
		return t.auditAnnex(archive.ActionAnnexSign, d, n, out.Signed, by, at)
	})
	return out, err
}

func annexOf(document string, n int, all []archive.Annex) (archive.Annex, error) {
	for _, a := range all {
		if a.N == n {
			return a, nil
		}
	}
	return archive.Annex{}, &archive.NotFoundError{What: "annex", ID: document + "/" + strconv.Itoa(n)}
}

// checkAnnexes refuses to issue a document before its annexes are signed.
func (t *Tx) checkAnnexes(document string) error {
	var n int
	err := t.row(t.ctx, `SELECT n FROM annexes WHERE document = $1 AND signed IS NULL ORDER BY n LIMIT 1`, document).Scan(&n)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	return &archive.InvalidError{Field: "annexes", Problem: fmt.Sprintf("annex %d is not signed", n)}
}

// annexFiles are the hashes of a document's annexes, for the end of retention.
func (t *Tx) annexFiles(document string) ([]string, error) {
	all, err := annexes(t.ctx, t, document)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, a := range all {
		out = append(out, a.SHA256)
		if a.Signed != "" {
			out = append(out, a.Signed)
		}
	}
	return out, nil
}

// annexes examines the annexes of all documents: each file is there, and no
// document is issued with an annex that is not signed.
func (x *examination) annexes(ctx context.Context) error {
	type lost struct {
		document string
		n        int
	}
	scan := func(rows *sql.Rows) (l lost, err error) { return l, rows.Scan(&l.document, &l.n) }
	missing, err := collectOnce(ctx, x.e, "reading annexes", scan, `SELECT a.document, a.n FROM annexes a
		LEFT JOIN contents c ON c.sha256 = a.sha256 LEFT JOIN contents s ON s.sha256 = a.signed
		WHERE c.size IS NULL OR c.size <> a.size OR (a.signed IS NOT NULL AND (s.size IS NULL OR s.size <> a.signed_size))
		ORDER BY a.document, a.n LIMIT $1`, archive.MaxFindings)
	if err != nil {
		return err
	}
	for _, l := range missing {
		x.find(archive.FindContent, l.document, "annex "+strconv.Itoa(l.n), "the annex's content is missing or of another size")
	}
	unsigned, err := collectOnce(ctx, x.e, "reading annexes", scan, `SELECT a.document, a.n FROM annexes a
		JOIN documents d ON d.id = a.document WHERE a.signed IS NULL AND d.issued IS NOT NULL
		ORDER BY a.document, a.n LIMIT $1`, archive.MaxFindings)
	for _, l := range unsigned {
		x.find(archive.FindState, l.document, "annex "+strconv.Itoa(l.n), "the document is issued and the annex is not signed")
	}
	return err
}
