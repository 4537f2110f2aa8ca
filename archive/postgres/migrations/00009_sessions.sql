-- +goose Up
-- People signed in at the desk: id is SHA-256 of what their browser holds.
CREATE TABLE sessions (
    id     BYTEA PRIMARY KEY,
    key    TEXT COLLATE "C" NOT NULL REFERENCES api_keys (id),
    opened BIGINT NOT NULL,
    seen   BIGINT NOT NULL
);
CREATE INDEX sessions_key ON sessions (key, opened);
