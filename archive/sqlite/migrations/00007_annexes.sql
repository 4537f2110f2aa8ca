-- +goose Up
-- Files that belong to a document and are not in its own: as they were bound
-- to the draft, and with the agency's signature.
CREATE TABLE annexes (
    document    TEXT    NOT NULL REFERENCES documents (id),
    n           INTEGER NOT NULL,
    title       TEXT    NOT NULL,
    pages       INTEGER NOT NULL,
    sha256      BLOB    NOT NULL,
    size        INTEGER NOT NULL,
    actor_id    TEXT    NOT NULL,
    actor_name  TEXT    NOT NULL,
    actor_role  TEXT    NOT NULL,
    at          INTEGER NOT NULL,
    signed      BLOB,
    signed_size INTEGER,
    signed_at   INTEGER,
    PRIMARY KEY (document, n)
) STRICT, WITHOUT ROWID;
CREATE INDEX annexes_sha256 ON annexes (sha256);
CREATE INDEX annexes_signed ON annexes (signed) WHERE signed IS NOT NULL;
