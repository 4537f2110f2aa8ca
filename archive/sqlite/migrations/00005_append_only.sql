-- +goose Up
-- The trail only grows: a slip of the hand is refused here, an edit with intent
-- is found by its chain.
-- +goose StatementBegin
CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit
BEGIN
    SELECT raise(ABORT, 'audit rows are never changed');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit
BEGIN
    SELECT raise(ABORT, 'audit rows are never removed');
END;
-- +goose StatementEnd

-- When a document's data and PDF were destroyed at the end of their retention
-- period. Its line in the register, its hashes and its trail stay.
ALTER TABLE documents ADD COLUMN destroyed INTEGER;
ALTER TABLE contents ADD COLUMN destroyed INTEGER;
