-- Ledgers and figures in chunks of days where TimescaleDB is installed; plain tables elsewhere.
-- depends: 0001-the-first-tables

-- Whoever may not create the extension goes on with plain tables, and is told so by `check`.
DO $$ BEGIN
    IF EXISTS (SELECT 1 FROM pg_available_extensions WHERE name = 'timescaledb') THEN
        CREATE EXTENSION IF NOT EXISTS timescaledb;
    END IF;
EXCEPTION WHEN insufficient_privilege OR feature_not_supported THEN
    RAISE NOTICE 'timescaledb is installed but cannot be created here; plain tables are used';
END $$;

DO $$ BEGIN
    IF EXISTS (SELECT 1 FROM pg_extension WHERE extname = 'timescaledb') THEN
        PERFORM create_hypertable('ledger', 'day', chunk_time_interval => INTERVAL '28 days',
                                  create_default_indexes => false, migrate_data => true);
        PERFORM create_hypertable('unit_tally', 'day', chunk_time_interval => INTERVAL '28 days',
                                  create_default_indexes => false, migrate_data => true);
    END IF;
END $$;
