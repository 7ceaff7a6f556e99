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

-- Chunks of four weeks: see docs/benchmarks.md for others.
DO $$ BEGIN
    IF EXISTS (SELECT 1 FROM pg_extension WHERE extname = 'timescaledb') THEN
        PERFORM create_hypertable('ledger', 'day', chunk_time_interval => INTERVAL '28 days',
                                  create_default_indexes => false, migrate_data => true);
        PERFORM create_hypertable('unit_tally', 'day', chunk_time_interval => INTERVAL '28 days',
                                  create_default_indexes => false, migrate_data => true);
    END IF;
END $$;

-- Only where the edition has it. What lies a term and more behind is packed: it is seldom written
-- to, and may be. Days go after ten years, when no pupil they speak of is in school any more;
-- ledgers and figures together, since figures are made of ledgers.
DO $$ BEGIN
    IF current_setting('timescaledb.license', true) = 'timescale' THEN
        ALTER TABLE ledger SET (timescaledb.compress,
                                timescaledb.compress_segmentby = 'school_id, management',
                                timescaledb.compress_orderby = 'day, class_id');
        ALTER TABLE unit_tally SET (timescaledb.compress,
                                    timescaledb.compress_segmentby = 'unit_id, metric',
                                    timescaledb.compress_orderby = 'day, stage, grade');
        PERFORM add_compression_policy('ledger', INTERVAL '200 days');
        PERFORM add_compression_policy('unit_tally', INTERVAL '200 days');
        PERFORM add_retention_policy('ledger', INTERVAL '10 years');
        PERFORM add_retention_policy('unit_tally', INTERVAL '10 years');
    END IF;
EXCEPTION WHEN OTHERS THEN
    -- An edition that wants it said otherwise is no reason not to start: it only packs nothing.
    RAISE WARNING 'timescaledb: no compression and retention policies: %', SQLERRM;
END $$;
