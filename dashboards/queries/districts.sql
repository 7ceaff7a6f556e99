-- The units directly below a unit, side by side in the tree's order, with their five headlines.
WITH span AS (
    SELECT split_part(:period, '/', 2)::date AS first_day, split_part(:period, '/', 3)::date AS last_day
), sums AS (
    SELECT d.unit_id, d.metric, sum(d.expected) AS expected, sum(d.reported) AS reported,
           sum(d.compliant)::float8 / nullif(sum(d.judged), 0) AS share, sum(d.total) AS total
    FROM span, board.day d
    WHERE d.unit_id IN (SELECT unit_id FROM board.unit WHERE parent = :unit)
      AND d.day BETWEEN span.first_day AND span.last_day AND (:stage = 'all' OR d.stage = :stage)
      AND d.metric IN ('homework.minutes', 'sleep.duration', 'phone.classroom', 'reading.swept',
                       'fitness.sport_time', 'homework.reporting', 'phone.reporting',
                       'reading.reporting', 'fitness.reporting', 'sleep.reporting')
    GROUP BY 1, 2
)
SELECT u.unit_id, u.name,
       max(s.share) FILTER (WHERE s.metric = 'homework.minutes') AS homework,
       max(s.share) FILTER (WHERE s.metric = 'sleep.duration') AS sleep,
       max(s.total) FILTER (WHERE s.metric = 'phone.classroom') AS phone,
       max(s.share) FILTER (WHERE s.metric = 'reading.swept') AS reading,
       max(s.share) FILTER (WHERE s.metric = 'fitness.sport_time') AS fitness,
       sum(s.reported) FILTER (WHERE s.metric LIKE '%.reporting')::float8
       / nullif(sum(s.expected) FILTER (WHERE s.metric LIKE '%.reporting'), 0) AS reporting
FROM board.unit u JOIN sums s USING (unit_id)
GROUP BY u.unit_id, u.name ORDER BY u.unit_id
