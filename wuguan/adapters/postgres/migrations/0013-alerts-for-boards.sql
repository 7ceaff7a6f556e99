-- The view by which boards read alerts, and what their rules are called.
-- depends: 0011-alerts

-- Written at start, like board_metric. Of a rule that is gone the title stays: so do its alerts.
CREATE TABLE board_alert_rule (
    rule_id  text COLLATE "C" NOT NULL PRIMARY KEY,
    title    text NOT NULL,
    title_zh text NOT NULL
);

-- Made as the views of migration 0005, in the same manner and for the same reasons. What people
-- wrote, and who is assigned, is for pages and the API.
CREATE FUNCTION make_view_of_alerts() RETURNS boolean LANGUAGE plpgsql AS $make$
BEGIN
    IF to_regclass('board.alert') IS NOT NULL THEN
        RETURN true;
    END IF;
    -- The other views come first, and say what right is missing.
    IF to_regclass('board.viewer') IS NULL THEN
        RETURN false;
    END IF;
    CREATE VIEW board.alert WITH (security_barrier) AS
    SELECT b.unit_id, a.rule_id, a.title, a.title_zh, a.kind, a.system, a.state, a.severity,
           a.since, a.fired_on, a.ended_on, a.cause, a.value, a.threshold, a.days
    FROM board_unit b,
         LATERAL (SELECT t.rule_id, coalesce(r.title, t.rule_id) AS title,
                         coalesce(r.title_zh, t.rule_id) AS title_zh, t.kind, t.system, t.state,
                         t.severity, t.breach_days[1] AS since, t.fired_on, t.ended_on, t.cause,
                         t.value, t.threshold, cardinality(t.breach_days) AS days,
                         random() AS apart
                  FROM alert t LEFT JOIN board_alert_rule r ON r.rule_id = t.rule_id
                  WHERE t.unit_id = b.unit_id) a
    WHERE b.above = (SELECT v.unit_id FROM board.viewer v);
    RETURN true;
EXCEPTION WHEN insufficient_privilege THEN
    RAISE NOTICE 'no view of alerts for boards: this needs GRANT CREATE ON SCHEMA board TO %',
        quote_ident(current_user);
    RETURN false;
END $make$;
REVOKE EXECUTE ON FUNCTION make_view_of_alerts() FROM PUBLIC;

DO $$ BEGIN PERFORM make_view_of_alerts(); END $$;
