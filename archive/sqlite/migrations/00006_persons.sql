-- +goose Up
-- As whom a key may sign: a person of its agency, '*' for anyone, '' for nobody.
-- A key of before is nobody: who gave it out must say whose it is.
ALTER TABLE api_keys ADD COLUMN person TEXT NOT NULL DEFAULT '';
-- As whom the caller of a batch signs what a person closes.
ALTER TABLE batches ADD COLUMN actor_person TEXT NOT NULL DEFAULT '';
