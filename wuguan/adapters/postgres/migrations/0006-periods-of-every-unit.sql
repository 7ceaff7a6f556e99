-- Districts, cities and provinces have periods as schools do: marks of what was added up before.
-- depends: 0005-views-for-boards

INSERT INTO period_dirty (unit_id, management)
SELECT DISTINCT unit_id, split_part(metric, '.', 1) FROM unit_tally WHERE unit_id !~ '^[0-9]{10}$';

-- What may be said of a school is said of schools alone. What made the views so far still makes
-- them, be it later; then the one view is narrowed, once.
ALTER FUNCTION make_board_views() RENAME TO make_first_board_views;
CREATE FUNCTION make_board_views() RETURNS boolean LANGUAGE plpgsql AS $make$
BEGIN
    IF NOT make_first_board_views() THEN
        RETURN false;
    END IF;
    IF obj_description('board.standing'::regclass) IS NULL THEN
        EXECUTE 'CREATE OR REPLACE VIEW board.standing WITH (security_barrier) AS SELECT s.* FROM ('
            || rtrim(pg_get_viewdef('board.standing'::regclass), ';')
            || ') s WHERE s.unit_id ~ ''^[0-9]{10}$''';
        COMMENT ON VIEW board.standing IS 'Of schools alone.';
    END IF;
    RETURN true;
EXCEPTION WHEN insufficient_privilege THEN
    RAISE NOTICE 'board.standing shows units above schools: its owner must let % replace it',
        quote_ident(current_user);
    RETURN true;
END $make$;
REVOKE EXECUTE ON FUNCTION make_board_views() FROM PUBLIC;

DO $$ BEGIN PERFORM make_board_views(); END $$;
