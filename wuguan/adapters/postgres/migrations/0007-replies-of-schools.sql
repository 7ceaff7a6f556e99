-- What schools say to findings, and the view by which a board reads it.
-- depends: 0005-views-for-boards

CREATE TABLE reply (
    school_id  text   COLLATE "C" NOT NULL,
    day        date   NOT NULL,
    management text   COLLATE "C" NOT NULL,
    kind       text   COLLATE "C" NOT NULL,
    text       text   NOT NULL,
    said_us    bigint NOT NULL,
    PRIMARY KEY (school_id, day, management, kind)
);

-- Makes the view if it is not there; whether it is. Apart from make_board_views(), which has long
-- run where this comes, and by the same pattern: first the schools of whoever looks, then LATERAL
-- their rows with a volatile column, so that nothing makes the planner meet the rows of others.
CREATE FUNCTION make_view_of_replies() RETURNS boolean LANGUAGE plpgsql AS $make$
BEGIN
    IF to_regclass('board.reply') IS NOT NULL THEN
        RETURN true;
    END IF;
    IF to_regclass('board.viewer') IS NULL THEN
        RETURN false;
    END IF;

    CREATE VIEW board.reply WITH (security_barrier) AS
    SELECT b.unit_id, r.day, r.management, r.kind, r.text, r.said_at
    FROM board_unit b,
         LATERAL (SELECT p.day, p.management, p.kind, p.text, random() AS apart,
                         TIMESTAMPTZ 'epoch' + p.said_us * INTERVAL '1 microsecond' AS said_at
                  FROM reply p WHERE p.school_id = b.unit_id) r
    WHERE b.level = 'school' AND b.above = (SELECT v.unit_id FROM board.viewer v);
    RETURN true;
EXCEPTION WHEN insufficient_privilege THEN
    RAISE NOTICE 'no view of replies for boards: this needs GRANT CREATE ON SCHEMA board TO %',
        quote_ident(current_user);
    RETURN false;
END $make$;
REVOKE EXECUTE ON FUNCTION make_view_of_replies() FROM PUBLIC;

DO $$ BEGIN PERFORM make_view_of_replies(); END $$;
