-- Alerts of one kind by unit, of a unit and all below it: how many are open now and since when, and
-- how many ended in a period. What was never more than pending has not ended.
WITH span AS (
    SELECT split_part(:period, '/', 2)::date AS first_day, split_part(:period, '/', 3)::date AS last_day
)
SELECT a.unit_id, u.name, count(*) FILTER (WHERE a.state = 'pending') AS pending,
       count(*) FILTER (WHERE a.state = 'firing') AS firing,
       count(*) FILTER (WHERE a.state = 'acknowledged') AS acknowledged,
       min(a.since) FILTER (WHERE a.state IN ('firing', 'acknowledged')) AS since,
       count(*) FILTER (WHERE a.state = 'resolved') AS resolved
FROM span, board.alert a JOIN board.unit u USING (unit_id)
WHERE a.unit_id IN (SELECT unit_id FROM board.below WHERE above = :unit)
  AND a.kind = :kind
  AND (a.state <> 'resolved' OR (a.fired_on IS NOT NULL
                                 AND a.ended_on BETWEEN span.first_day AND span.last_day))
GROUP BY a.unit_id, u.name ORDER BY a.unit_id
