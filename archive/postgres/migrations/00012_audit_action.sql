-- +goose Up
-- What is about no document is rare: a change of configuration is found without
-- walking the whole trail.
CREATE INDEX audit_action ON audit (action, seq) WHERE document = '';
