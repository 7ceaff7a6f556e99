-- Schools of a unit with class returns missing on the last day of the period whose returns should
-- have come (from 17:30 on that is today), by management; of sleep the night before.
WITH span AS (
    SELECT split_part(:period, '/', 2)::date AS first_day, split_part(:period, '/', 3)::date AS last_day
), last AS (
    SELECT max(d.day) AS day FROM span, board.day d
    WHERE d.unit_id = :unit AND d.metric = 'homework.reporting'
      AND d.day BETWEEN span.first_day AND span.last_day
      AND d.day <= (now() AT TIME ZONE 'UTC' - interval '9 hours 30 minutes')::date
), missing AS (
    SELECT d.unit_id, split_part(d.metric, '.', 1) AS management,
           sum(d.expected - d.reported) AS classes
    FROM last, board.day d
    WHERE d.unit_id IN (SELECT unit_id FROM board.below WHERE above = :unit AND level = 'school')
      AND (:stage = 'all' OR d.stage = :stage)
      AND d.day BETWEEN last.day - 1 AND last.day
      AND ((d.metric IN ('homework.reporting', 'phone.reporting', 'reading.reporting',
                         'fitness.reporting') AND d.day = last.day)
           OR (d.metric = 'sleep.reporting' AND d.day = last.day - 1))
    GROUP BY 1, 2 HAVING sum(d.expected - d.reported) > 0
)
SELECT u.unit_id, u.name,
       max(m.classes) FILTER (WHERE m.management = 'homework') AS homework,
       max(m.classes) FILTER (WHERE m.management = 'sleep') AS sleep,
       max(m.classes) FILTER (WHERE m.management = 'phone') AS phone,
       max(m.classes) FILTER (WHERE m.management = 'reading') AS reading,
       max(m.classes) FILTER (WHERE m.management = 'fitness') AS fitness
FROM missing m JOIN board.unit u USING (unit_id)
GROUP BY u.unit_id, u.name
ORDER BY u.unit_id
