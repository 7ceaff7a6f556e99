-- What was refused of a unit's schools in a period, by code and school: how many events.
WITH span AS (
    SELECT split_part(:period, '/', 2)::date AS first_day, split_part(:period, '/', 3)::date AS last_day
)
SELECT r.unit_id, u.name, r.code, sum(r.events) AS events
FROM span, board.rejected r JOIN board.unit u USING (unit_id)
WHERE r.unit_id IN (SELECT unit_id FROM board.below WHERE above = :unit AND level = 'school')
  AND r.day BETWEEN span.first_day AND span.last_day
GROUP BY 1, 2, 3 ORDER BY r.unit_id, r.code
