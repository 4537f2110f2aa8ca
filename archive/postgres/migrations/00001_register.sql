-- +goose Up
-- Times are microseconds since 1970 UTC, days are YYYY-MM-DD in
-- Asia/Ho_Chi_Minh, hashes of contents are raw SHA-256.
CREATE TABLE agencies (
    id       TEXT COLLATE "C" PRIMARY KEY,
    name     TEXT COLLATE "C" NOT NULL,
    superior TEXT COLLATE "C" NOT NULL,
    profile  BYTEA NOT NULL
);

CREATE TABLE books (
    agency          TEXT COLLATE "C"    NOT NULL REFERENCES agencies (id),
    code            TEXT COLLATE "C"    NOT NULL,
    title           TEXT COLLATE "C"    NOT NULL,
    style           TEXT COLLATE "C"    NOT NULL,
    province        TEXT COLLATE "C"    NOT NULL,
    starts          TEXT COLLATE "C"    NOT NULL, -- JSON: first serial by year
    retention_years BIGINT NOT NULL,
    last_at         BIGINT,          -- moment and day of the last number
    last_day        TEXT COLLATE "C",
    PRIMARY KEY (agency, code)
);

-- One row per book and year in which a number was given.
CREATE TABLE book_years (
    agency TEXT COLLATE "C"    NOT NULL,
    book   TEXT COLLATE "C"    NOT NULL,
    year   BIGINT NOT NULL,
    start  BIGINT NOT NULL,
    next   BIGINT NOT NULL,
    PRIMARY KEY (agency, book, year),
    FOREIGN KEY (agency, book) REFERENCES books (agency, code)
);

CREATE TABLE documents (
    seq             BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id              TEXT COLLATE "C"    NOT NULL UNIQUE,
    agency          TEXT COLLATE "C"    NOT NULL REFERENCES agencies (id),
    form            TEXT COLLATE "C"    NOT NULL,
    form_version    TEXT COLLATE "C"    NOT NULL,
    document_type   TEXT COLLATE "C"    NOT NULL,
    title           TEXT COLLATE "C"    NOT NULL,
    book            TEXT COLLATE "C",
    symbol          TEXT COLLATE "C"    NOT NULL,
    permit_kind     BIGINT NOT NULL,
    subject         TEXT COLLATE "C"    NOT NULL,
    recipients      TEXT COLLATE "C"    NOT NULL, -- JSON array
    kept_by         TEXT COLLATE "C"    NOT NULL,
    copies          BIGINT NOT NULL,
    signatory_title TEXT COLLATE "C"    NOT NULL,
    signatory_name  TEXT COLLATE "C"    NOT NULL,
    dossier_code    TEXT COLLATE "C"    NOT NULL,
    page_count      BIGINT NOT NULL,
    unique_key      TEXT COLLATE "C"    NOT NULL,
    lookup_code     TEXT COLLATE "C"    NOT NULL UNIQUE,
    personal        BIGINT NOT NULL,
    moves           TEXT COLLATE "C"    NOT NULL,
    replaces        TEXT COLLATE "C"    NOT NULL,
    corrects        TEXT COLLATE "C"    NOT NULL,
    actor_id        TEXT COLLATE "C"    NOT NULL,
    actor_name      TEXT COLLATE "C"    NOT NULL,
    actor_role      TEXT COLLATE "C"    NOT NULL,
    state           TEXT COLLATE "C"    NOT NULL,
    day             TEXT COLLATE "C"    NOT NULL, -- of the number; before that, of the draft
    year            BIGINT,
    serial          BIGINT,
    number_text     TEXT COLLATE "C"    NOT NULL DEFAULT '',
    reason          TEXT COLLATE "C"    NOT NULL DEFAULT '',
    receipt         TEXT COLLATE "C"    NOT NULL DEFAULT '',
    replaced_by     TEXT COLLATE "C"    NOT NULL DEFAULT '',
    created         BIGINT NOT NULL,
    updated         BIGINT NOT NULL,
    issued          BIGINT,
    delivered       BIGINT,
    ended           BIGINT,
    FOREIGN KEY (agency, book) REFERENCES books (agency, code),
    CHECK ((year IS NULL) = (serial IS NULL)),
    CHECK (serial IS NULL OR book IS NOT NULL)
);
-- The promise itself: a number is given once.
CREATE UNIQUE INDEX documents_number ON documents (agency, book, year, serial) WHERE serial IS NOT NULL;
CREATE INDEX documents_unfinished ON documents (agency, book, year, serial) WHERE state = 'numbered';
CREATE INDEX documents_agency ON documents (agency, seq);
CREATE INDEX documents_dossier ON documents (agency, dossier_code, seq) WHERE dossier_code <> '';

-- What the form was bound to; apart, so that a move does not rewrite it.
CREATE TABLE document_data (
    document TEXT COLLATE "C" PRIMARY KEY REFERENCES documents (id),
    data     TEXT COLLATE "C" NOT NULL
);

CREATE TABLE unique_keys (
    agency     TEXT COLLATE "C" NOT NULL,
    unique_key TEXT COLLATE "C" NOT NULL,
    document   TEXT COLLATE "C" NOT NULL REFERENCES documents (id),
    PRIMARY KEY (agency, unique_key)
);

-- A revision's bytes are those of base (an earlier revision) followed by tail.
CREATE TABLE contents (
    id     BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    sha256 BYTEA    NOT NULL UNIQUE,
    base   BYTEA,
    size   BIGINT NOT NULL,
    tail   BYTEA    NOT NULL
);

CREATE TABLE revisions (
    document   TEXT COLLATE "C"    NOT NULL REFERENCES documents (id),
    n          BIGINT NOT NULL,
    kind       TEXT COLLATE "C"    NOT NULL,
    sha256     BYTEA    NOT NULL REFERENCES contents (sha256),
    size       BIGINT NOT NULL,
    actor_id   TEXT COLLATE "C"    NOT NULL,
    actor_name TEXT COLLATE "C"    NOT NULL,
    actor_role TEXT COLLATE "C"    NOT NULL,
    at         BIGINT NOT NULL,
    PRIMARY KEY (document, n)
);
CREATE INDEX revisions_sha256 ON revisions (sha256);

CREATE TABLE idempotency (
    scope    TEXT COLLATE "C"    NOT NULL,
    key      TEXT COLLATE "C"    NOT NULL,
    request  BYTEA    NOT NULL,
    document TEXT COLLATE "C"    NOT NULL REFERENCES documents (id),
    at       BIGINT NOT NULL,
    PRIMARY KEY (scope, key)
);
CREATE INDEX idempotency_at ON idempotency (at);

CREATE TABLE audit (
    seq        BIGINT PRIMARY KEY,
    at         BIGINT NOT NULL,
    action     TEXT COLLATE "C"    NOT NULL,
    agency     TEXT COLLATE "C"    NOT NULL,
    document   TEXT COLLATE "C"    NOT NULL,
    actor_id   TEXT COLLATE "C"    NOT NULL,
    actor_name TEXT COLLATE "C"    NOT NULL,
    actor_role TEXT COLLATE "C"    NOT NULL,
    detail     TEXT COLLATE "C"    NOT NULL,
    hash       BYTEA    NOT NULL
);
CREATE INDEX audit_document ON audit (document, seq) WHERE document <> '';

CREATE TABLE audit_head (
    id   BIGINT PRIMARY KEY CHECK (id = 1),
    seq  BIGINT NOT NULL,
    hash BYTEA    NOT NULL
);
INSERT INTO audit_head (id, seq, hash) VALUES (1, 0, decode(repeat('00', 32), 'hex'));

CREATE TABLE checkpoints (
    day       TEXT COLLATE "C" PRIMARY KEY,
    seq       BIGINT NOT NULL,
    hash      BYTEA    NOT NULL,
    at        BIGINT NOT NULL,
    signature BYTEA    NOT NULL
);

CREATE TABLE api_keys (
    id      TEXT COLLATE "C" PRIMARY KEY,
    agency  TEXT COLLATE "C"    NOT NULL,
    name    TEXT COLLATE "C"    NOT NULL,
    roles   TEXT COLLATE "C"    NOT NULL,
    hash    BYTEA    NOT NULL,
    created BIGINT NOT NULL,
    revoked BIGINT
);
