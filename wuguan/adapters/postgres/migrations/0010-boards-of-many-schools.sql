-- What boards ask of many schools, in a time that grows with the schools alone.
-- depends: 0009-systems-of-schools

-- board.standing looked up how much was reported by a second reading of board.period. The planner
-- could give that neither the first day nor the unit of the row before it, so that it read all
-- periods of all schools: 4 s for 500 schools and a year. And where several rules were in force, it
-- made the rules out of their JSON anew for every row.
--
-- Now the one row is looked up by its key, LATERAL and with a volatile column as in every view, and
-- the rules are made once. The row is of the very unit of the row beside it, which is the viewer's,
-- and its metric counts class-days, so that nothing of it is withheld.
-- A view begins with the units of whoever looks. The whole stages of one unit in one period, of all
-- its metrics, therefore lie together as well: a place in the index for each school, not for each
-- of its metrics.
CREATE INDEX period_tally_whole ON period_tally (unit_id, grain, first_day, metric)
    WHERE grade = 0;

-- A board reads 46 days of each school: from the index alone, where vacuum has seen the rows. By the
-- share of all days it would come to the newest ones, which boards read, only after months.
ALTER TABLE system_tally DROP CONSTRAINT system_tally_pkey,
    ADD PRIMARY KEY (unit_id, day, management, system) INCLUDE (classes);
ALTER TABLE system_tally SET (autovacuum_vacuum_insert_scale_factor = 0.02);

ALTER FUNCTION make_board_views() RENAME TO make_second_board_views;
CREATE FUNCTION make_board_views() RETURNS boolean LANGUAGE plpgsql AS $make$
BEGIN
    IF NOT make_second_board_views() THEN
        RETURN false;
    END IF;
    IF obj_description('board.standing'::regclass) = 'Of schools alone, by key.' THEN
        RETURN true;
    END IF;
    CREATE OR REPLACE VIEW board.standing WITH (security_barrier) AS
    WITH must AS MATERIALIZED (
        SELECT r.rule_id, r.in_line_percent FROM board.rule r WHERE r.binding = 'must'
    )
    SELECT p.grain, p.first_day, p.unit_id, p.stage, p.metric, p.expected, p.reported, p.judged,
           p.compliant, p.total, p.rules, p.asked,
           CASE WHEN p.expected = 0 OR p.asked IS NULL THEN 'not-expected'
                WHEN p.judged = 0 THEN 'not-judged'
                WHEN NOT coalesce(5 * c.reported >= 3 * c.expected AND c.expected > 0, false)
                THEN 'low-coverage'
                WHEN 100 * p.compliant >= p.asked * p.judged THEN 'in-line'
                ELSE 'needs-checking' END AS standing
    FROM (SELECT t.*, m.coverage_by_reporting, m.management,
                 -- As a rule one rule is in force; only of several each is looked up.
                 CASE WHEN t.rules NOT LIKE '% %' THEN one.in_line_percent
                      ELSE (SELECT max(r.in_line_percent) FROM must r
                            WHERE r.rule_id = ANY (string_to_array(t.rules, ' '))) END AS asked
          FROM board.period t
          JOIN board_metric m ON m.metric = t.metric AND m.about_school
          LEFT JOIN must one ON one.rule_id = t.rules
          -- Once more as a list that is known before: so it reaches the index below the view.
          WHERE t.metric = ANY (ARRAY(SELECT a.metric FROM board_metric a WHERE a.about_school))
            AND t.grade = 0 AND t.unit_id ~ '^[0-9]{10}$') p
    LEFT JOIN LATERAL (SELECT o.expected, o.reported, random() AS apart FROM period_tally o
                       WHERE p.coverage_by_reporting AND o.grain = p.grain
                         AND o.first_day = p.first_day AND o.grade = 0
                         AND o.metric = p.management || '.reporting'
                         AND o.unit_id = p.unit_id AND o.stage = p.stage) o ON true
    CROSS JOIN LATERAL (
        SELECT CASE WHEN p.coverage_by_reporting THEN o.expected ELSE p.expected END AS expected,
               CASE WHEN p.coverage_by_reporting THEN o.reported ELSE p.reported END AS reported
    ) c;
    COMMENT ON VIEW board.standing IS 'Of schools alone, by key.';
    RETURN true;
EXCEPTION WHEN insufficient_privilege THEN
    RAISE NOTICE 'board.standing stays slow: its owner must let % replace it',
        quote_ident(current_user);
    RETURN true;
END $make$;
REVOKE EXECUTE ON FUNCTION make_board_views() FROM PUBLIC;

DO $$ BEGIN PERFORM make_board_views(); END $$;
