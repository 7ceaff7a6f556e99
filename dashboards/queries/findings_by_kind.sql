-- What looks wrong in a unit's schools in a period, by kind and school: how many class-days.
WITH span AS (
    SELECT split_part(:period, '/', 2)::date AS first_day, split_part(:period, '/', 3)::date AS last_day
)
SELECT f.unit_id, u.name, f.kind, f.management, sum(f.classes) AS classes
FROM span, board.finding f JOIN board.unit u USING (unit_id)
WHERE f.unit_id IN (SELECT unit_id FROM board.below WHERE above = :unit AND level = 'school')
  AND f.day BETWEEN span.first_day AND span.last_day
GROUP BY 1, 2, 3, 4 ORDER BY f.unit_id, f.kind, f.management
