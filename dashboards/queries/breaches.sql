-- What breaks the must-rules in a unit's schools in a period, by rule: how often, of how much that
-- was judged, in how many schools.
WITH span AS (
    -- Units and stages may begin the term some weeks apart.
    SELECT grain, first_day, first_day - apart AS earliest, first_day + apart AS latest
    FROM (SELECT split_part(:period, '/', 1) AS grain, split_part(:period, '/', 2)::date AS first_day,
                 CASE split_part(:period, '/', 1) WHEN 'term' THEN 45 ELSE 0 END AS apart) AS asked
), figures AS MATERIALIZED (
    SELECT p.metric, p.rules, p.unit_id, p.judged, p.compliant
    FROM span, board.period p
    WHERE p.grain = span.grain AND p.first_day BETWEEN span.earliest AND span.latest
      AND p.grade = 0 AND p.judged > 0
      AND p.metric = ANY (ARRAY(
          SELECT metric FROM board.metric
          WHERE about_school AND (:management = 'all' OR management = :management)))
      AND p.unit_id = ANY (ARRAY(SELECT unit_id FROM board.below
                                 WHERE above = :unit AND level = 'school'))
      AND (:stage = 'all' OR p.stage = :stage)
), clauses AS MATERIALIZED (
    -- Once for each set of rules: schools have few of them.
    SELECT s.metric, s.rules, r.rule_id, r.title_zh, r.title
    FROM (SELECT DISTINCT metric, rules FROM figures) s
    JOIN board.rule r ON r.metric = s.metric AND r.binding = 'must'
                     AND r.rule_id = ANY (string_to_array(s.rules, ' '))
)
SELECT f.metric, c.title_zh, c.title, sum(f.judged - f.compliant) AS broken, sum(f.judged) AS judged,
       count(DISTINCT f.unit_id) FILTER (WHERE f.compliant < f.judged) AS schools
FROM figures f JOIN clauses c USING (metric, rules)
GROUP BY f.metric, c.rule_id, c.title_zh, c.title
HAVING sum(f.judged - f.compliant) > 0
ORDER BY f.metric, c.rule_id
