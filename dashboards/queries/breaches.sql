-- What breaks the must-rules in a unit's schools in a period, by rule: how often, of how much that
-- was judged, in how many schools.
WITH span AS (
    -- Units and stages may begin the term some weeks apart.
    SELECT grain, first_day, first_day - apart AS earliest, first_day + apart AS latest
    FROM (SELECT split_part(:period, '/', 1) AS grain, split_part(:period, '/', 2)::date AS first_day,
                 CASE split_part(:period, '/', 1) WHEN 'term' THEN 45 ELSE 0 END AS apart) AS asked
)
SELECT p.metric, r.title_zh, r.title, sum(p.judged - p.compliant) AS broken, sum(p.judged) AS judged,
       count(DISTINCT p.unit_id) FILTER (WHERE p.compliant < p.judged) AS schools
FROM span, board.standing p
JOIN board.rule r ON r.metric = p.metric AND r.binding = 'must'
                 AND r.rule_id = ANY (string_to_array(p.rules, ' '))
WHERE p.grain = span.grain AND p.first_day BETWEEN span.earliest AND span.latest
  AND p.judged > 0
  AND p.unit_id IN (SELECT unit_id FROM board.below WHERE above = :unit AND level = 'school')
  AND (:stage = 'all' OR p.stage = :stage)
  AND (:management = 'all' OR p.metric LIKE :management || '.%')
GROUP BY p.metric, r.rule_id, r.title_zh, r.title
HAVING sum(p.judged - p.compliant) > 0
ORDER BY p.metric, r.rule_id
