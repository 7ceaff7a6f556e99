-- The units directly below a unit, side by side in the tree's order and by stage, with their five
-- headlines in a period.
WITH span AS (
    -- Units and stages may begin the term some weeks apart.
    SELECT grain, first_day, first_day - apart AS earliest, first_day + apart AS latest
    FROM (SELECT split_part(:period, '/', 1) AS grain, split_part(:period, '/', 2)::date AS first_day,
                 CASE split_part(:period, '/', 1) WHEN 'term' THEN 45 ELSE 0 END AS apart) AS asked
), sums AS (
    SELECT p.unit_id, p.stage, p.metric, sum(p.expected) AS expected, sum(p.reported) AS reported,
           sum(p.compliant)::float8 / nullif(sum(p.judged), 0) AS share, sum(p.total) AS total,
           sum(p.judged) AS judged,
           CASE WHEN bool_or(p.withheld) THEN 'withheld'
                WHEN coalesce(sum(p.expected), 0) = 0 THEN 'nothing-due'
                WHEN sum(p.reported) = 0 THEN 'not-reported'
                WHEN sum(p.judged) = 0 THEN 'not-judged' END AS why
    FROM span, board.period p
    WHERE p.grain = span.grain AND p.first_day BETWEEN span.earliest AND span.latest
      AND p.grade = 0 AND p.unit_id = ANY (ARRAY(SELECT unit_id FROM board.unit WHERE parent = :unit))
      AND (:stage = 'all' OR p.stage = :stage)
      AND p.metric IN ('homework.minutes', 'sleep.duration', 'phone.classroom',
                       'reading.swept', 'fitness.sport_time', 'homework.reporting',
                       'sleep.reporting', 'phone.reporting', 'reading.reporting',
                       'fitness.reporting')
    GROUP BY p.unit_id, p.stage, p.metric
)
SELECT s.unit_id, (SELECT u.name FROM board.unit u WHERE u.unit_id = s.unit_id) AS name, s.stage,
       max(s.share) FILTER (WHERE s.metric = 'homework.minutes') AS homework,
       max(s.share) FILTER (WHERE s.metric = 'sleep.duration') AS sleep,
       max(s.total) FILTER (WHERE s.metric = 'phone.classroom') AS phone,
       max(s.share) FILTER (WHERE s.metric = 'reading.swept') AS reading,
       max(s.share) FILTER (WHERE s.metric = 'fitness.sport_time') AS fitness,
       max(s.why) FILTER (WHERE s.metric = 'homework.minutes') AS homework_why,
       max(s.why) FILTER (WHERE s.metric = 'sleep.duration') AS sleep_why,
       max(s.why) FILTER (WHERE s.metric = 'phone.classroom') AS phone_why,
       CASE WHEN sum(s.reported) FILTER (WHERE s.metric = 'reading.reporting') > 0
                 AND coalesce(sum(s.judged) FILTER (WHERE s.metric = 'reading.swept'), 0) = 0
            THEN 'none-found'
            ELSE max(s.why) FILTER (WHERE s.metric = 'reading.swept') END AS reading_why,
       max(s.why) FILTER (WHERE s.metric = 'fitness.sport_time') AS fitness_why,
       sum(s.reported) FILTER (WHERE s.metric LIKE '%.reporting')::float8
       / nullif(sum(s.expected) FILTER (WHERE s.metric LIKE '%.reporting'), 0) AS reporting
FROM sums s
GROUP BY s.unit_id, s.stage
ORDER BY s.unit_id, array_position(ARRAY['primary', 'junior', 'senior'], s.stage::text)
