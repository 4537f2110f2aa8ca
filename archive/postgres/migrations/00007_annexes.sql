-- +goose Up
-- Files that belong to a document and are not in its own: as they were bound
-- to the draft, and with the agency's signature.
CREATE TABLE annexes (
    document    TEXT COLLATE "C" NOT NULL REFERENCES documents (id),
    n           BIGINT NOT NULL,
    title       TEXT COLLATE "C" NOT NULL,
    pages       BIGINT NOT NULL,
    sha256      BYTEA    NOT NULL,
    size        BIGINT NOT NULL,
    actor_id    TEXT COLLATE "C" NOT NULL,
    actor_name  TEXT COLLATE "C" NOT NULL,
    actor_role  TEXT COLLATE "C" NOT NULL,
    at          BIGINT NOT NULL,
    signed      BYTEA,
    signed_size BIGINT,
    signed_at   BIGINT,
    PRIMARY KEY (document, n)
);
CREATE INDEX annexes_sha256 ON annexes (sha256);
CREATE INDEX annexes_signed ON annexes (signed) WHERE signed IS NOT NULL;
