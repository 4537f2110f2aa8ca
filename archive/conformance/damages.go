package conformance

import "antin/archive"

// Damage is one thing that goes wrong in a database behind the archive's back,
// and what the doctor calls it.
type Damage struct {
	SQL  string
	Kind archive.FindingKind
}

// Damages are done to a register of three issued documents; each store adds what
// its own SQL says otherwise.
func Damages() map[string]Damage {
	return map[string]Damage{
		"content gone":      {`DELETE FROM contents WHERE id = 3`, archive.FindContent},
		"base gone":         {`DELETE FROM contents WHERE id = 1`, archive.FindContent},
		"content's size":    {`UPDATE contents SET size = size + 1 WHERE id = 3`, archive.FindContent},
		"revision gone":     {`DELETE FROM revisions WHERE n = 3`, archive.FindRevision},
		"state set back":    {`UPDATE documents SET state = 'signed' WHERE serial = 1`, archive.FindState},
		"number taken away": {`UPDATE documents SET serial = NULL, year = NULL WHERE serial = 2`, archive.FindNumber},
		"number changed":    {`UPDATE documents SET serial = 9 WHERE serial = 3`, archive.FindNumber},
		"date changed":      {`UPDATE documents SET day = '2026-01-04' WHERE serial = 2`, archive.FindNumber},
		"year changed":      {`UPDATE documents SET year = 2025 WHERE serial = 3`, archive.FindNumber},
		"book set back":     {`UPDATE book_years SET next = 2`, archive.FindNumber},
		"document gone":     {`DELETE FROM documents WHERE serial = 2`, archive.FindNumber},
		"link":              {`UPDATE documents SET replaced_by = 'none' WHERE serial = 1`, archive.FindLink},
		"another number":    {`UPDATE documents SET number_text = '07' WHERE serial = 2`, archive.FindNumber},
		"two numbers":       {`UPDATE documents SET number_text = CASE serial WHEN 1 THEN '02' ELSE '01' END WHERE serial < 3`, archive.FindNumber},
		"another symbol":    {`UPDATE documents SET symbol = 'QĐ-UBND' WHERE serial = 2`, archive.FindNumber},
		"another reason":    {`UPDATE documents SET reason = 'khác' WHERE serial = 2`, archive.FindState},
		"another form":      {`UPDATE documents SET form_version = '2020-01' WHERE serial = 2`, archive.FindState},
		"a successor":       {`UPDATE documents SET replaced_by = (SELECT id FROM documents WHERE serial = 2) WHERE serial = 1`, archive.FindLink},
		"another file":      {`UPDATE revisions SET content = 1, sha256 = (SELECT sha256 FROM contents WHERE id = 1), size = (SELECT size FROM contents WHERE id = 1) WHERE content = 4`, archive.FindRevision},
		"an annex":          {`INSERT INTO annexes (document, n, title, pages, sha256, size, actor_id, actor_name, actor_role, at) SELECT document, 1, 'I', 1, sha256, size, '', '', '', 0 FROM revisions WHERE content = 1`, archive.FindRevision},
		"audit row edited":  {`UPDATE audit SET actor_name = 'Người khác' WHERE seq = 9`, archive.FindAudit},
		"audit row":         {`DELETE FROM audit WHERE seq = 8`, archive.FindAudit},
	}
}
