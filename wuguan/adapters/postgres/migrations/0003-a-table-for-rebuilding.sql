-- Ledgers folded anew from the log, beside the live ones. What it holds can be made again.
-- depends: 0002-hypertables-where-there-is-timescaledb

CREATE UNLOGGED TABLE ledger_rebuilt (LIKE ledger INCLUDING DEFAULTS INCLUDING INDEXES);
