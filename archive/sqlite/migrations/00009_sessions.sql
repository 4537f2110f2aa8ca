-- +goose Up
-- People signed in at the desk: id is SHA-256 of what their browser holds.
CREATE TABLE sessions (
    id     BLOB PRIMARY KEY,
    key    TEXT NOT NULL REFERENCES api_keys (id),
    opened INTEGER NOT NULL,
    seen   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX sessions_key ON sessions (key, opened);
