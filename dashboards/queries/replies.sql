-- What a unit's schools said to findings in a period, by school and day, and on which day (UTC+8).
WITH span AS (
    SELECT split_part(:period, '/', 2)::date AS first_day, split_part(:period, '/', 3)::date AS last_day
)
SELECT r.unit_id, u.name, r.day, r.management, r.kind, r.text,
       (r.said_at AT TIME ZONE 'UTC' + INTERVAL '8 hours')::date AS said_on
FROM span, board.reply r JOIN board.unit u USING (unit_id)
WHERE r.unit_id IN (SELECT unit_id FROM board.below WHERE above = :unit AND level = 'school')
  AND r.day BETWEEN span.first_day AND span.last_day
ORDER BY r.unit_id, r.day, r.management, r.kind
