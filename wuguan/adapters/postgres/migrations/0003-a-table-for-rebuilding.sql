-- Ledgers folded anew from the log, beside the live ones. What it holds can be made again.
-- depends: 0002-hypertables-where-there-is-timescaledb

CREATE UNLOGGED TABLE ledger_rebuilt (LIKE ledger INCLUDING DEFAULTS INCLUDING INDEXES);

-- Whether a place was put back to its beginning because its log had become another one: then this
-- log does not tell all that the ledgers hold.
ALTER TABLE consumer_position ADD COLUMN begun_again boolean NOT NULL DEFAULT false;
