-- +goose Up
-- Times are microseconds since 1970 UTC, days are YYYY-MM-DD in
-- Asia/Ho_Chi_Minh, hashes of contents are raw SHA-256.
CREATE TABLE agencies (
    id       TEXT PRIMARY KEY,
    name     TEXT NOT NULL,
    superior TEXT NOT NULL,
    profile  BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE books (
    agency          TEXT    NOT NULL REFERENCES agencies (id),
    code            TEXT    NOT NULL,
    title           TEXT    NOT NULL,
    style           TEXT    NOT NULL,
    province        TEXT    NOT NULL,
    starts          TEXT    NOT NULL, -- JSON: first serial by year
    retention_years INTEGER NOT NULL,
    last_at         INTEGER,          -- moment and day of the last number
    last_day        TEXT,
    PRIMARY KEY (agency, code)
) STRICT, WITHOUT ROWID;

-- One row per book and year in which a number was given.
CREATE TABLE book_years (
    agency TEXT    NOT NULL,
    book   TEXT    NOT NULL,
    year   INTEGER NOT NULL,
    start  INTEGER NOT NULL,
    next   INTEGER NOT NULL,
    PRIMARY KEY (agency, book, year),
    FOREIGN KEY (agency, book) REFERENCES books (agency, code)
) STRICT, WITHOUT ROWID;

CREATE TABLE documents (
    seq             INTEGER PRIMARY KEY,
    id              TEXT    NOT NULL UNIQUE,
    agency          TEXT    NOT NULL REFERENCES agencies (id),
    form            TEXT    NOT NULL,
    form_version    TEXT    NOT NULL,
    document_type   TEXT    NOT NULL,
    title           TEXT    NOT NULL,
    book            TEXT,
    symbol          TEXT    NOT NULL,
    permit_kind     INTEGER NOT NULL,
    subject         TEXT    NOT NULL,
    recipients      TEXT    NOT NULL, -- JSON array
    kept_by         TEXT    NOT NULL,
    copies          INTEGER NOT NULL,
    signatory_title TEXT    NOT NULL,
    signatory_name  TEXT    NOT NULL,
    dossier_code    TEXT    NOT NULL,
    page_count      INTEGER NOT NULL,
    unique_key      TEXT    NOT NULL,
    lookup_code     TEXT    NOT NULL UNIQUE,
    personal        INTEGER NOT NULL,
    moves           TEXT    NOT NULL,
    replaces        TEXT    NOT NULL,
    corrects        TEXT    NOT NULL,
    actor_id        TEXT    NOT NULL,
    actor_name      TEXT    NOT NULL,
    actor_role      TEXT    NOT NULL,
    state           TEXT    NOT NULL,
    day             TEXT    NOT NULL, -- of the number; before that, of the draft
    year            INTEGER,
    serial          INTEGER,
    number_text     TEXT    NOT NULL DEFAULT '',
    reason          TEXT    NOT NULL DEFAULT '',
    receipt         TEXT    NOT NULL DEFAULT '',
    replaced_by     TEXT    NOT NULL DEFAULT '',
    created         INTEGER NOT NULL,
    updated         INTEGER NOT NULL,
    issued          INTEGER,
    delivered       INTEGER,
    ended           INTEGER,
    FOREIGN KEY (agency, book) REFERENCES books (agency, code),
    CHECK ((year IS NULL) = (serial IS NULL)),
    CHECK (serial IS NULL OR book IS NOT NULL)
) STRICT;
-- The promise itself: a number is given once.
CREATE UNIQUE INDEX documents_number ON documents (agency, book, year, serial) WHERE serial IS NOT NULL;
CREATE INDEX documents_unfinished ON documents (agency, book, year, serial) WHERE state = 'numbered';
CREATE INDEX documents_agency ON documents (agency, seq);
CREATE INDEX documents_dossier ON documents (agency, dossier_code, seq) WHERE dossier_code <> '';

-- What the form was bound to; apart, so that a move does not rewrite it.
CREATE TABLE document_data (
    document TEXT PRIMARY KEY REFERENCES documents (id),
    data     TEXT NOT NULL
) STRICT;

CREATE TABLE unique_keys (
    agency     TEXT NOT NULL,
    unique_key TEXT NOT NULL,
    document   TEXT NOT NULL REFERENCES documents (id),
    PRIMARY KEY (agency, unique_key)
) STRICT, WITHOUT ROWID;

-- A revision's bytes are those of base (an earlier revision) followed by tail.
CREATE TABLE contents (
    id     INTEGER PRIMARY KEY,
    sha256 BLOB    NOT NULL UNIQUE,
    base   BLOB,
    size   INTEGER NOT NULL,
    tail   BLOB    NOT NULL
) STRICT;

CREATE TABLE revisions (
    document   TEXT    NOT NULL REFERENCES documents (id),
    n          INTEGER NOT NULL,
    kind       TEXT    NOT NULL,
    sha256     BLOB    NOT NULL REFERENCES contents (sha256),
    size       INTEGER NOT NULL,
    actor_id   TEXT    NOT NULL,
    actor_name TEXT    NOT NULL,
    actor_role TEXT    NOT NULL,
    at         INTEGER NOT NULL,
    PRIMARY KEY (document, n)
) STRICT, WITHOUT ROWID;
CREATE INDEX revisions_sha256 ON revisions (sha256);

CREATE TABLE idempotency (
    scope    TEXT    NOT NULL,
    key      TEXT    NOT NULL,
    request  BLOB    NOT NULL,
    document TEXT    NOT NULL REFERENCES documents (id),
    at       INTEGER NOT NULL,
    PRIMARY KEY (scope, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX idempotency_at ON idempotency (at);

CREATE TABLE audit (
    seq        INTEGER PRIMARY KEY,
    at         INTEGER NOT NULL,
    action     TEXT    NOT NULL,
    agency     TEXT    NOT NULL,
    document   TEXT    NOT NULL,
    actor_id   TEXT    NOT NULL,
    actor_name TEXT    NOT NULL,
    actor_role TEXT    NOT NULL,
    detail     TEXT    NOT NULL,
    hash       BLOB    NOT NULL
) STRICT;
CREATE INDEX audit_document ON audit (document, seq) WHERE document <> '';

CREATE TABLE audit_head (
    id   INTEGER PRIMARY KEY CHECK (id = 1),
    seq  INTEGER NOT NULL,
    hash BLOB    NOT NULL
) STRICT;
INSERT INTO audit_head (id, seq, hash) VALUES (1, 0, zeroblob(32));

CREATE TABLE checkpoints (
    day       TEXT PRIMARY KEY,
    seq       INTEGER NOT NULL,
    hash      BLOB    NOT NULL,
    at        INTEGER NOT NULL,
    signature BLOB    NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE api_keys (
    id      TEXT PRIMARY KEY,
    agency  TEXT    NOT NULL,
    name    TEXT    NOT NULL,
    roles   TEXT    NOT NULL,
    hash    BLOB    NOT NULL,
    created INTEGER NOT NULL,
    revoked INTEGER
) STRICT, WITHOUT ROWID;
