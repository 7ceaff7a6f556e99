-- Schools of a unit with class returns missing on the last day of the period whose returns should
-- have come (from 17:30 on that is today), by management; of sleep the night before.
WITH span AS (
    SELECT split_part(:period, '/', 2)::date AS first_day, split_part(:period, '/', 3)::date AS last_day
), last AS (
    SELECT max(d.day) AS day FROM span, board.day d
    WHERE d.unit_id = :unit AND d.metric = 'homework.reporting'
      -- On the first day of a period, until its returns are due, the last day is before it.
      AND d.day BETWEEN span.first_day - 31 AND span.last_day
      AND d.day <= (now() AT TIME ZONE 'UTC' - interval '9 hours 30 minutes')::date
), returns AS (
    -- Not by a join with the days: only then do they reach the index below the view.
    SELECT d.unit_id, d.metric, d.expected - d.reported AS classes
    FROM board.day d
    WHERE d.unit_id = ANY (ARRAY(SELECT unit_id FROM board.below
                                 WHERE above = :unit AND level = 'school'))
      AND d.metric IN ('homework.reporting', 'phone.reporting', 'reading.reporting',
                       'fitness.reporting')
      AND d.day = (SELECT day FROM last) AND (:stage = 'all' OR d.stage = :stage)
    UNION ALL
    SELECT d.unit_id, d.metric, d.expected - d.reported
    FROM board.day d
    WHERE d.unit_id = ANY (ARRAY(SELECT unit_id FROM board.below
                                 WHERE above = :unit AND level = 'school'))
      AND d.metric = 'sleep.reporting'
      AND d.day = (SELECT day - 1 FROM last) AND (:stage = 'all' OR d.stage = :stage)
), missing AS (
    SELECT unit_id, split_part(metric, '.', 1) AS management, sum(classes) AS classes
    FROM returns GROUP BY 1, 2 HAVING sum(classes) > 0
)
SELECT m.unit_id, (SELECT u.name FROM board.unit u WHERE u.unit_id = m.unit_id) AS name,
       max(m.classes) FILTER (WHERE m.management = 'homework') AS homework,
       max(m.classes) FILTER (WHERE m.management = 'sleep') AS sleep,
       max(m.classes) FILTER (WHERE m.management = 'phone') AS phone,
       max(m.classes) FILTER (WHERE m.management = 'reading') AS reading,
       max(m.classes) FILTER (WHERE m.management = 'fitness') AS fitness
FROM missing m
GROUP BY m.unit_id
ORDER BY m.unit_id
