-- What a board may read: views that hold to the unit of whoever looks, whatever SQL it runs. No role
-- is made here: a server's roles are for all its databases, and not every user may make some.
-- depends: 0004-figures-of-periods

-- Which unit a database role looks from. Its login is made by wuguan.adapters.postgres.board_roles.
CREATE TABLE board_role (
    role    text COLLATE "C" NOT NULL PRIMARY KEY,
    unit_id text COLLATE "C" NOT NULL
);

-- Today's tree, closed: a row for each unit and each one above it, itself included. Written with
-- the roster, and when a day is opened.
CREATE TABLE board_unit (
    above   text COLLATE "C" NOT NULL,
    unit_id text COLLATE "C" NOT NULL,
    level   text COLLATE "C" NOT NULL,
    name    text NOT NULL,
    parent  text COLLATE "C",
    PRIMARY KEY (above, unit_id)
);
CREATE INDEX board_unit_by_unit ON board_unit (unit_id, above);
-- Most rows are a school's own, but whoever looks at boards is above hundreds.
ALTER TABLE board_unit ALTER COLUMN above SET (n_distinct = 20);

-- The metrics that the code declares, for views and for the SQL of panels. Written at start.
CREATE TABLE board_metric (
    metric                text    COLLATE "C" NOT NULL PRIMARY KEY,
    management            text    COLLATE "C" NOT NULL,
    counts                text    NOT NULL,
    title                 text    NOT NULL,
    title_zh              text    NOT NULL,
    edges                 int[]   NOT NULL,
    closed                text    NOT NULL,
    about_school          boolean NOT NULL,
    coverage_by_reporting boolean NOT NULL,
    of_pupils             boolean NOT NULL
);

-- The day (UTC+8) on which an event was refused; boards count by it.
CREATE INDEX rejected_by_day ON rejected
    (school_id, (DATE '1970-01-01' + ((received_us + 28800000000) / 86400000000)::int), code);

-- Makes the schema and its views if they are not there; whether they are. A function, so that it
-- can be tried again once the right to make a schema has been given.
--
-- The pattern of each view: first the units of whoever looks, then LATERAL their rows. A subquery
-- with a volatile column (`random()`) is never merged into the query around it, so no condition of
-- a reader, no setting and no planner can have the rows of others scanned first: not even the
-- counts of EXPLAIN ANALYZE tell of them. Conditions on columns still reach the index.
CREATE FUNCTION make_board_views() RETURNS boolean LANGUAGE plpgsql AS $make$
BEGIN
    IF to_regclass('board.freshness') IS NOT NULL THEN
        RETURN true;
    END IF;
    IF to_regnamespace('board') IS NULL THEN
        CREATE SCHEMA board;
    END IF;

    -- A role sees the unit that it was made for. Who may read every ledger anyway (the application)
    -- says by a setting from which unit to look; of anybody else the setting is not read.
    CREATE VIEW board.viewer WITH (security_barrier) AS
    SELECT (CASE WHEN has_table_privilege(session_user, 'ledger'::regclass, 'SELECT')
                 THEN nullif(current_setting('wuguan.board_unit', true), '')
                 ELSE (SELECT r.unit_id FROM board_role r WHERE r.role = session_user::text)
            END) COLLATE "C" AS unit_id;

    CREATE VIEW board.unit WITH (security_barrier) AS
    SELECT b.unit_id, b.name, b.level,
           CASE WHEN b.unit_id <> b.above THEN b.parent END AS parent
    FROM board_unit b
    WHERE b.above = (SELECT v.unit_id FROM board.viewer v);

    CREATE VIEW board.below WITH (security_barrier) AS
    SELECT b.unit_id AS above, p.unit_id, p.level
    FROM board_unit b,
         LATERAL (SELECT c.unit_id, c.level, random() AS apart
                  FROM board_unit c WHERE c.above = b.unit_id) p
    WHERE b.above = (SELECT v.unit_id FROM board.viewer v);

    CREATE VIEW board.metric WITH (security_barrier) AS
    SELECT m.metric, m.management, m.counts, m.title, m.title_zh, m.edges, m.closed,
           m.about_school, m.coverage_by_reporting, m.of_pupils
    FROM board_metric m;

    -- Rows of 1-4 pupils are for their school alone. A metric that is not known counts pupils.
    CREATE VIEW board.day WITH (security_barrier) AS
    SELECT b.unit_id, t.metric, t.day, t.stage, t.grade,
           CASE WHEN t.withheld THEN NULL ELSE t.expected END AS expected,
           CASE WHEN t.withheld THEN NULL ELSE t.reported END AS reported,
           CASE WHEN t.withheld THEN NULL ELSE t.judged END AS judged,
           CASE WHEN t.withheld THEN NULL ELSE t.compliant END AS compliant,
           CASE WHEN t.withheld THEN NULL ELSE t.total END AS total,
           CASE WHEN t.withheld THEN NULL ELSE t.bins END AS bins,
           t.rules, t.withheld
    FROM board_unit b,
         LATERAL (SELECT r.*, random() AS apart,
                         (r.expected BETWEEN 1 AND 4 OR r.reported BETWEEN 1 AND 4)
                         AND NOT (b.level = 'school' AND b.unit_id = b.above)
                         AND NOT r.metric = ANY (ARRAY(SELECT m.metric FROM board_metric m
                                                       WHERE NOT m.of_pupils)) AS withheld
                  FROM unit_tally r
                  WHERE r.unit_id = b.unit_id
                    AND r.day <= (now() AT TIME ZONE 'UTC' + INTERVAL '8 hours')::date) t
    WHERE b.above = (SELECT v.unit_id FROM board.viewer v);

    CREATE VIEW board.period WITH (security_barrier) AS
    SELECT t.grain, t.first_day, b.unit_id, t.metric, t.stage, t.grade,
           CASE WHEN t.withheld THEN NULL ELSE t.expected END AS expected,
           CASE WHEN t.withheld THEN NULL ELSE t.reported END AS reported,
           CASE WHEN t.withheld THEN NULL ELSE t.judged END AS judged,
           CASE WHEN t.withheld THEN NULL ELSE t.compliant END AS compliant,
           CASE WHEN t.withheld THEN NULL ELSE t.total END AS total,
           CASE WHEN t.withheld THEN NULL ELSE t.bins END AS bins,
           t.rules, t.withheld
    FROM board_unit b,
         LATERAL (SELECT r.*, random() AS apart,
                         (r.expected BETWEEN 1 AND 4 OR r.reported BETWEEN 1 AND 4)
                         AND NOT (b.level = 'school' AND b.unit_id = b.above)
                         AND NOT r.metric = ANY (ARRAY(SELECT m.metric FROM board_metric m
                                                       WHERE NOT m.of_pupils)) AS withheld
                  FROM period_tally r WHERE r.unit_id = b.unit_id) t
    WHERE b.above = (SELECT v.unit_id FROM board.viewer v);

    -- Rules of the whole country, of the units above whoever looks, and of those below.
    CREATE VIEW board.rule WITH (security_barrier) AS
    SELECT r.rule_id, r.metric, r.unit_id, r.stages, r.grades, r.title, r.title_zh, r.keeps,
           r.value, r.binding, r.prohibition, r.in_line_percent, r.from_day, r.to_day
    FROM (SELECT s.rule_id, s.body ->> 'metric' AS metric, s.body ->> 'unit' AS unit_id,
                 ARRAY(SELECT jsonb_array_elements_text(s.body -> 'stages')) AS stages,
                 ARRAY(SELECT jsonb_array_elements_text(s.body -> 'grades')::int) AS grades,
                 s.body ->> 'title' AS title, s.body ->> 'title_zh' AS title_zh,
                 s.body ->> 'keeps' AS keeps, (s.body ->> 'value')::int AS value,
                 s.body ->> 'binding' AS binding,
                 coalesce((s.body ->> 'prohibition')::boolean, false) AS prohibition,
                 (s.body ->> 'in_line_percent')::int AS in_line_percent,
                 (s.body ->> 'from_day')::date AS from_day,
                 (s.body ->> 'to_day')::date AS to_day
          FROM rule s) r
    WHERE (SELECT v.unit_id FROM board.viewer v) IS NOT NULL
      AND (r.unit_id IS NULL
           OR r.unit_id IN (SELECT b.unit_id FROM board_unit b
                            WHERE b.above = (SELECT v.unit_id FROM board.viewer v))
           OR r.unit_id IN (SELECT b.above FROM board_unit b
                            WHERE b.unit_id = (SELECT v.unit_id FROM board.viewer v)));

    -- What may be said of a school in one stage, metric and period: docs/metrics.md §5. The words
    -- are those of the library, which a test compares.
    CREATE VIEW board.standing WITH (security_barrier) AS
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
                      ELSE (SELECT max(r.in_line_percent) FROM board.rule r
                            WHERE r.binding = 'must'
                              AND r.rule_id = ANY (string_to_array(t.rules, ' '))) END AS asked
          FROM board.period t
          JOIN board_metric m ON m.metric = t.metric AND m.about_school
          LEFT JOIN board.rule one ON one.rule_id = t.rules AND one.binding = 'must'
          WHERE t.grade = 0) p
    LEFT JOIN board.period o
           ON p.coverage_by_reporting AND o.grain = p.grain AND o.first_day = p.first_day
          AND o.grade = 0 AND o.metric = p.management || '.reporting'
          AND o.unit_id = p.unit_id AND o.stage = p.stage
    CROSS JOIN LATERAL (
        SELECT CASE WHEN p.coverage_by_reporting THEN o.expected ELSE p.expected END AS expected,
               CASE WHEN p.coverage_by_reporting THEN o.reported ELSE p.reported END AS reported
    ) c;

    -- How many classes of a school raised a finding: not which.
    CREATE VIEW board.finding WITH (security_barrier) AS
    SELECT b.unit_id, f.day, f.management, f.kind, f.classes
    FROM board_unit b,
         LATERAL (SELECT l.day, l.management, k.kind COLLATE "C" AS kind, count(*) AS classes
                  FROM ledger l, LATERAL unnest(l.findings) AS k (kind)
                  WHERE l.school_id = b.unit_id AND l.findings <> '{}'
                  GROUP BY 1, 2, 3) f
    WHERE b.level = 'school' AND b.above = (SELECT v.unit_id FROM board.viewer v);

    -- How many events were refused, and why: not which.
    CREATE VIEW board.rejected WITH (security_barrier) AS
    SELECT b.unit_id, r.day, r.code, r.events
    FROM board_unit b,
         LATERAL (SELECT DATE '1970-01-01'
                         + ((e.received_us + 28800000000) / 86400000000)::int AS day,
                         e.code, count(*) AS events
                  FROM rejected e WHERE e.school_id = b.unit_id
                  GROUP BY 1, 2) r
    WHERE b.level = 'school' AND b.above = (SELECT v.unit_id FROM board.viewer v);

    -- Whether all that was taken is in. NULL where nothing is pending here, but the log is Kafka's:
    -- what waits there this database cannot know.
    CREATE VIEW board.freshness WITH (security_barrier) AS
    WITH mine AS MATERIALIZED (
        SELECT b.unit_id FROM board_unit b
        WHERE b.above = (SELECT v.unit_id FROM board.viewer v)
    ), today AS MATERIALIZED (
        SELECT (now() AT TIME ZONE 'UTC' + INTERVAL '8 hours')::date AS day
    )
    SELECT now() AS as_of,
           CASE WHEN NOT EXISTS (SELECT FROM mine) THEN NULL
                WHEN EXISTS (SELECT FROM dirty d
                             WHERE d.day <= (SELECT day FROM today)
                               AND d.unit_id IN (SELECT unit_id FROM mine))
                  OR EXISTS (SELECT FROM period_dirty d
                             WHERE (d.day IS NULL OR d.day <= (SELECT day FROM today))
                               AND d.unit_id IN (SELECT unit_id FROM mine))
                  OR EXISTS (SELECT FROM remeasure m
                             WHERE m.school_id IN (SELECT unit_id FROM mine))
                  OR EXISTS (SELECT FROM event_log e
                             WHERE e.position >= (SELECT c.next_offset FROM consumer_position c
                                                  WHERE c.topic = 'event_log' AND c.partition = 0)
                               AND e.school_id IN (SELECT unit_id FROM mine)) THEN false
                WHEN EXISTS (SELECT FROM consumer_position c WHERE c.topic <> 'event_log') THEN NULL
                ELSE true
           END AS settled;
    RETURN true;
EXCEPTION WHEN insufficient_privilege THEN
    RAISE NOTICE 'no views for boards: this needs GRANT CREATE ON DATABASE % TO %',
        quote_ident(current_database()), quote_ident(current_user);
    RETURN false;
END $make$;
REVOKE EXECUTE ON FUNCTION make_board_views() FROM PUBLIC;

DO $$ BEGIN PERFORM make_board_views(); END $$;
