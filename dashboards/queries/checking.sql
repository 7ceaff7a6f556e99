-- Schools of a unit that need checking in a period, each stage and metric a row, in the order of
-- the roster; `given.management` limits it to one management, 'all' does not.
WITH span AS (
    -- Units and stages may begin the term some weeks apart.
    SELECT grain, first_day, first_day - apart AS earliest, first_day + apart AS latest
    FROM (SELECT split_part(:period, '/', 1) AS grain, split_part(:period, '/', 2)::date AS first_day,
                 CASE split_part(:period, '/', 1) WHEN 'term' THEN 45 ELSE 0 END AS apart) AS asked
)
SELECT p.unit_id, (SELECT u.name FROM board.unit u WHERE u.unit_id = p.unit_id) AS name,
       p.stage, p.metric, p.judged - p.compliant AS broken, p.judged,
       p.compliant::float8 / p.judged AS share,
       -- Of what was found everything is reported: that tells nothing.
       CASE WHEN p.metric <> ALL (ARRAY(SELECT metric FROM board.metric
                                        WHERE coverage_by_reporting))
            THEN p.reported::float8 / p.expected END AS reporting
FROM span, board.standing p
WHERE p.grain = span.grain AND p.first_day BETWEEN span.earliest AND span.latest
  AND p.standing = 'needs-checking'
  AND p.unit_id = ANY (ARRAY(SELECT unit_id FROM board.below
                             WHERE above = :unit AND level = 'school'))
  AND (:stage = 'all' OR p.stage = :stage)
  AND p.metric = ANY (ARRAY(SELECT metric FROM board.metric
                            WHERE :management = 'all' OR management = :management))
ORDER BY p.unit_id, p.stage, p.metric
