-- Each school of a unit, in the order of the roster, with its five headlines in a period: the
-- compliance rate, and for phones how many were found.
WITH span AS (
    SELECT split_part(:period, '/', 1) AS grain, split_part(:period, '/', 2)::date AS first_day
), schools AS (
    SELECT unit_id FROM board.below WHERE above = :unit AND level = 'school'
), sums AS (
    SELECT p.unit_id, p.metric, sum(p.expected) AS expected, sum(p.reported) AS reported,
           sum(p.compliant)::float8 / nullif(sum(p.judged), 0) AS share, sum(p.total) AS total
    FROM span, board.period p
    WHERE p.grain = span.grain AND p.first_day = span.first_day AND p.grade = 0
      AND p.unit_id IN (SELECT unit_id FROM schools) AND (:stage = 'all' OR p.stage = :stage)
      AND p.metric IN ('homework.minutes', 'sleep.duration', 'phone.classroom', 'reading.swept',
                       'fitness.sport_time', 'homework.reporting', 'phone.reporting',
                       'reading.reporting', 'fitness.reporting', 'sleep.reporting')
    GROUP BY p.unit_id, p.metric
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
GROUP BY u.unit_id, u.name
ORDER BY u.unit_id
