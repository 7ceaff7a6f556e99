-- Schools of a unit that reported nothing of a management on the last two school days and more:
-- for how many days in a row, up to the last day of the period whose returns should have come, and
-- on which day of the period the last return came. Sought among those silent on that last day.
WITH span AS (
    SELECT split_part(:period, '/', 2)::date AS first_day, split_part(:period, '/', 3)::date AS last_day
), last AS (
    SELECT max(d.day) AS day FROM span, board.day d
    WHERE d.unit_id = :unit AND d.metric = 'homework.reporting'
      AND d.day BETWEEN span.first_day AND span.last_day
      AND d.day <= (now() AT TIME ZONE 'UTC' - interval '9 hours 30 minutes')::date
), silent AS MATERIALIZED (
    SELECT d.unit_id, d.metric FROM last, board.day d
    WHERE d.unit_id IN (SELECT unit_id FROM board.below WHERE above = :unit AND level = 'school')
      AND d.metric IN ('homework.reporting', 'phone.reporting', 'reading.reporting',
                       'fitness.reporting')
      AND d.day = last.day AND (:stage = 'all' OR d.stage = :stage)
    GROUP BY 1, 2 HAVING sum(d.reported) = 0 AND sum(d.expected) > 0
), days AS (
    SELECT s.unit_id, s.metric, d.day, sum(d.reported) AS reported
    FROM span, last, silent s, LATERAL (
        SELECT d.day, d.expected, d.reported FROM board.day d
        WHERE d.unit_id = s.unit_id AND d.metric = s.metric
          AND d.day BETWEEN span.first_day AND last.day AND (:stage = 'all' OR d.stage = :stage)
    ) d
    GROUP BY 1, 2, 3 HAVING sum(d.expected) > 0
), heard AS (
    SELECT unit_id, metric, max(day) FILTER (WHERE reported > 0) AS day FROM days GROUP BY 1, 2
)
SELECT d.unit_id, u.name, split_part(d.metric, '.', 1) AS management, count(*) AS silent_days,
       h.day AS heard
FROM days d JOIN heard h USING (unit_id, metric) JOIN board.unit u USING (unit_id)
WHERE d.day > coalesce(h.day, '-infinity'::date)
GROUP BY d.unit_id, u.name, d.metric, h.day HAVING count(*) >= 2
ORDER BY d.unit_id, d.metric
