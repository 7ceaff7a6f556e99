-- Schools of a unit that reported nothing of a management on the last school days of the period:
-- for how many school days in a row, and on which day the last return came.
WITH span AS (
    SELECT split_part(:period, '/', 2)::date AS first_day, split_part(:period, '/', 3)::date AS last_day
), days AS (
    SELECT d.unit_id, split_part(d.metric, '.', 1) AS management, d.day,
           sum(d.reported) AS reported
    FROM span, board.day d
    WHERE d.unit_id IN (SELECT unit_id FROM board.below WHERE above = :unit AND level = 'school')
      AND d.metric IN ('homework.reporting', 'phone.reporting', 'reading.reporting',
                       'fitness.reporting')
      AND d.day BETWEEN span.first_day AND span.last_day AND (:stage = 'all' OR d.stage = :stage)
    GROUP BY 1, 2, 3
), last AS (
    SELECT unit_id, management, max(day) FILTER (WHERE reported > 0) AS heard FROM days GROUP BY 1, 2
)
SELECT d.unit_id, u.name, d.management, count(*) AS silent_days, l.heard
FROM days d JOIN last l USING (unit_id, management) JOIN board.unit u USING (unit_id)
WHERE d.day > coalesce(l.heard, '-infinity'::date)
GROUP BY d.unit_id, u.name, d.management, l.heard HAVING count(*) >= 2
ORDER BY d.unit_id, d.management
