-- +goose Up
CREATE TABLE jobs (
    seq         INTEGER PRIMARY KEY,
    id          TEXT    NOT NULL UNIQUE,
    kind        TEXT    NOT NULL,
    agency      TEXT    NOT NULL,
    payload     TEXT    NOT NULL,
    state       TEXT    NOT NULL,
    due         INTEGER NOT NULL,
    attempts    INTEGER NOT NULL,
    done        INTEGER NOT NULL,
    total       INTEGER NOT NULL,
    owner       TEXT    NOT NULL,
    lease_until INTEGER,
    result      TEXT    NOT NULL,
    error       TEXT    NOT NULL,
    created     INTEGER NOT NULL,
    updated     INTEGER NOT NULL
) STRICT;
CREATE INDEX jobs_due ON jobs (due, seq) WHERE state = 'waiting' OR state = 'running';

CREATE TABLE batches (
    seq        INTEGER PRIMARY KEY,
    id         TEXT    NOT NULL UNIQUE,
    agency     TEXT    NOT NULL REFERENCES agencies (id),
    scope      TEXT    NOT NULL,
    key        TEXT    NOT NULL,
    request    BLOB    NOT NULL,
    actor_id   TEXT    NOT NULL,
    actor_name TEXT    NOT NULL,
    actor_role TEXT    NOT NULL,
    created    INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX batches_key ON batches (scope, key) WHERE key <> '';

CREATE TABLE batch_items (
    batch    TEXT    NOT NULL REFERENCES batches (id),
    n        INTEGER NOT NULL,
    document TEXT    NOT NULL,
    state    TEXT    NOT NULL,
    code     TEXT    NOT NULL,
    detail   TEXT    NOT NULL,
    updated  INTEGER NOT NULL,
    PRIMARY KEY (batch, n)
) STRICT, WITHOUT ROWID;
CREATE INDEX batch_items_unfinished ON batch_items (batch) WHERE state = 'waiting' OR state = 'numbered';

CREATE TABLE webhooks (
    id       TEXT PRIMARY KEY,
    agency   TEXT    NOT NULL REFERENCES agencies (id),
    url      TEXT    NOT NULL,
    secret   BLOB    NOT NULL,
    moves    TEXT    NOT NULL,
    disabled INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX webhooks_agency ON webhooks (agency);

CREATE TABLE deliveries (
    seq         INTEGER PRIMARY KEY,
    id          TEXT    NOT NULL UNIQUE,
    webhook     TEXT    NOT NULL REFERENCES webhooks (id),
    agency      TEXT    NOT NULL,
    document    TEXT    NOT NULL,
    move        TEXT    NOT NULL,
    body        BLOB    NOT NULL,
    state       TEXT    NOT NULL,
    attempts    INTEGER NOT NULL,
    due         INTEGER NOT NULL,
    owner       TEXT    NOT NULL,
    lease_until INTEGER,
    status      INTEGER NOT NULL,
    error       TEXT    NOT NULL,
    created     INTEGER NOT NULL,
    updated     INTEGER NOT NULL
) STRICT;
CREATE INDEX deliveries_due ON deliveries (due, seq) WHERE state = 'waiting' OR state = 'running';
CREATE INDEX deliveries_document ON deliveries (document, seq);
