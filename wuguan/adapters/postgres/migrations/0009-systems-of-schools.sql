-- How many classes of a school each system reported by day: a system that falls silent is seen.
-- depends: 0008-when-marks-were-made

-- A system is the last part of an event's source, and stands only in a ledger's facts. Counted are
-- the classes that were due and whose ledger holds a fact of it. Written with the periods of a
-- school, in their transaction; what is older than 400 days is deleted in passing.
-- Known limit: a day is looked at again when its figures move. A second system that states the very
-- same does not move any, and is counted only when something else of that day does.
CREATE TABLE system_tally (
    unit_id    text COLLATE "C" NOT NULL,
    day        date NOT NULL,
    management text COLLATE "C" NOT NULL,
    system     text COLLATE "C" NOT NULL,
    classes    int  NOT NULL,
    PRIMARY KEY (unit_id, day, management, system)
);

-- What came in before there were counts, as far back as counts of a whole school go.
INSERT INTO period_dirty (unit_id, management, day)
SELECT DISTINCT school_id, management, day FROM ledger
WHERE day > (now() AT TIME ZONE 'UTC' + INTERVAL '8 hours')::date - 62
ORDER BY 1, 2, 3;

-- Made as the views of migration 0005, in the same manner and for the same reasons.
CREATE FUNCTION make_view_of_systems() RETURNS boolean LANGUAGE plpgsql AS $make$
BEGIN
    IF to_regclass('board.system') IS NOT NULL THEN
        RETURN true;
    END IF;
    -- The other views come first, and say what right is missing.
    IF to_regclass('board.viewer') IS NULL THEN
        RETURN false;
    END IF;
    CREATE VIEW board.system WITH (security_barrier) AS
    SELECT b.unit_id, s.day, s.management, s.system, s.classes
    FROM board_unit b,
         LATERAL (SELECT t.day, t.management, t.system, t.classes, random() AS apart
                  FROM system_tally t WHERE t.unit_id = b.unit_id) s
    WHERE b.level = 'school' AND b.above = (SELECT v.unit_id FROM board.viewer v);
    RETURN true;
EXCEPTION WHEN insufficient_privilege THEN
    RAISE NOTICE 'no view of systems for boards: this needs GRANT CREATE ON SCHEMA board TO %',
        quote_ident(current_user);
    RETURN false;
END $make$;
REVOKE EXECUTE ON FUNCTION make_view_of_systems() FROM PUBLIC;

DO $$ BEGIN PERFORM make_view_of_systems(); END $$;
