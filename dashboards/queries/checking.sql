-- Schools of a unit that need checking in a period, each stage and metric a row, in the order of
-- the roster; `given.management` limits it to one management, 'all' does not.
WITH span AS (
    SELECT split_part(:period, '/', 1) AS grain, split_part(:period, '/', 2)::date AS first_day
)
SELECT s.unit_id, u.name, s.stage, s.metric, s.judged - s.compliant AS broken, s.judged,
       s.compliant::float8 / s.judged AS share, s.reported::float8 / s.expected AS reporting
FROM span, board.standing s JOIN board.unit u USING (unit_id)
WHERE s.grain = span.grain AND s.first_day = span.first_day AND s.standing = 'needs-checking'
  AND s.unit_id IN (SELECT unit_id FROM board.below WHERE above = :unit AND level = 'school')
  AND (:stage = 'all' OR s.stage = :stage)
  AND (:management = 'all' OR s.metric LIKE :management || '.%')
ORDER BY s.unit_id, s.stage, s.metric
