-- +goose Up
-- The trail only grows: a slip of the hand is refused here, an edit with intent
-- is found by its chain.
-- +goose StatementBegin
CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'audit rows are never changed or removed';
END;
$$;
-- +goose StatementEnd
CREATE TRIGGER audit_no_change BEFORE UPDATE OR DELETE ON audit FOR EACH ROW EXECUTE FUNCTION audit_refuse();
CREATE TRIGGER audit_no_truncate BEFORE TRUNCATE ON audit FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse();

-- When a document's data and PDF were destroyed at the end of their retention
-- period. Its line in the register, its hashes and its trail stay.
ALTER TABLE documents ADD COLUMN destroyed BIGINT;
ALTER TABLE contents ADD COLUMN destroyed BIGINT;
