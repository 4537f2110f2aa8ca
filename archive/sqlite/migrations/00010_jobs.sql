-- +goose Up
-- Deliveries and batches are done by jobs of their own, which the store asks for
-- in the transaction that makes them needed.
ALTER TABLE jobs DROP COLUMN done;
ALTER TABLE jobs DROP COLUMN total;
ALTER TABLE jobs DROP COLUMN lease_until;
UPDATE jobs SET state = 'waiting' WHERE state = 'running';
CREATE INDEX jobs_done ON jobs (updated) WHERE state = 'done';
CREATE INDEX jobs_failed ON jobs (kind) WHERE state = 'failed';

DROP INDEX deliveries_due;
ALTER TABLE deliveries DROP COLUMN owner;
ALTER TABLE deliveries DROP COLUMN lease_until;
UPDATE deliveries SET state = 'waiting' WHERE state = 'running';

INSERT INTO jobs (id, kind, agency, payload, state, due, attempts, owner, result, error, created, updated)
    SELECT 'delivery/' || id, 'delivery', agency, json_object('about', id), 'waiting', due, 0, '', '', '', created, updated
    FROM deliveries WHERE state = 'waiting' ORDER BY seq;
INSERT INTO jobs (id, kind, agency, payload, state, due, attempts, owner, result, error, created, updated)
    SELECT 'batch/' || id, 'batch', agency, json_object('about', id), 'waiting', created, 0, '', '', '', created, created
    FROM batches b WHERE EXISTS (SELECT 1 FROM batch_items i WHERE i.batch = b.id AND (i.state = 'waiting' OR i.state = 'numbered')) ORDER BY seq;
