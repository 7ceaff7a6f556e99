-- What breaks the must-rules in a unit's schools in a period, by rule: how often, of how much that
-- was judged, in how many schools.
WITH span AS (
    SELECT split_part(:period, '/', 1) AS grain, split_part(:period, '/', 2)::date AS first_day
)
SELECT s.metric, r.title_zh, r.title, sum(s.judged - s.compliant) AS broken, sum(s.judged) AS judged,
       count(DISTINCT s.unit_id) FILTER (WHERE s.compliant < s.judged) AS schools
FROM span, board.standing s
JOIN board.rule r ON r.metric = s.metric AND r.binding = 'must'
                 AND r.rule_id = ANY (string_to_array(s.rules, ' '))
WHERE s.grain = span.grain AND s.first_day = span.first_day AND s.judged > 0
  AND s.unit_id IN (SELECT unit_id FROM board.below WHERE above = :unit AND level = 'school')
  AND (:stage = 'all' OR s.stage = :stage)
  AND (:management = 'all' OR s.metric LIKE :management || '.%')
GROUP BY s.metric, r.rule_id, r.title_zh, r.title
HAVING sum(s.judged - s.compliant) > 0
ORDER BY s.metric, r.rule_id
