-- +goose Up
-- A revision finds its content by a short number that grows, and is found by
-- it: an index on the hash, which is random, cost another cold page for every
-- revision.
ALTER TABLE revisions ADD COLUMN content INTEGER;
UPDATE revisions SET content = (SELECT c.id FROM contents c WHERE c.sha256 = revisions.sha256);
CREATE INDEX revisions_content ON revisions (content);
DROP INDEX revisions_sha256;

-- 1 when the bytes are whole in the storage of files, under their hash: base and
-- tail are empty then.
ALTER TABLE contents ADD COLUMN filed INTEGER NOT NULL DEFAULT 0;
