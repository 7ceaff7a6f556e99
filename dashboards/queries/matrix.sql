-- Each school of a unit, in the order of the roster, with its five headlines in a period: the
-- compliance rate, and for phones how many were found; else why there is no number; and its state.
WITH span AS NOT MATERIALIZED (
    -- Units and stages may begin the term some weeks apart.
    SELECT grain, first_day, first_day - apart AS earliest, first_day + apart AS latest
    FROM (SELECT split_part(:period, '/', 1) AS grain, split_part(:period, '/', 2)::date AS first_day,
                 CASE split_part(:period, '/', 1) WHEN 'term' THEN 45 ELSE 0 END AS apart) AS asked
), schools AS NOT MATERIALIZED (
    SELECT unit_id FROM board.below WHERE above = :unit AND level = 'school'
), sums AS (
    SELECT p.unit_id, p.metric, sum(p.expected) AS expected, sum(p.reported) AS reported,
           sum(p.compliant)::float8 / nullif(sum(p.judged), 0) AS share, sum(p.total) AS total,
           sum(p.judged) AS judged,
           CASE WHEN bool_or(p.withheld) THEN 'withheld'
                WHEN coalesce(sum(p.expected), 0) = 0 THEN 'nothing-due'
                WHEN sum(p.reported) = 0 THEN 'not-reported'
                WHEN sum(p.judged) = 0 THEN 'not-judged' END AS why
    FROM span, board.period p
    WHERE p.grain = span.grain AND p.first_day BETWEEN span.earliest AND span.latest
      AND p.grade = 0 AND p.unit_id IN (SELECT unit_id FROM schools)
      AND (:stage = 'all' OR p.stage = :stage)
      AND p.metric IN ('homework.minutes', 'sleep.duration', 'phone.classroom',
                       'reading.swept', 'fitness.sport_time', 'homework.reporting',
                       'sleep.reporting', 'phone.reporting', 'reading.reporting',
                       'fitness.reporting')
    GROUP BY p.unit_id, p.metric
), verdicts AS (
    SELECT p.unit_id, p.metric,
           CASE WHEN bool_or(p.standing = 'needs-checking') THEN 'check'
                WHEN bool_or(p.standing = 'low-coverage') THEN 'low'
                WHEN bool_or(p.standing = 'in-line') THEN 'in-line' END AS state
    FROM span, board.standing p
    WHERE p.grain = span.grain AND p.first_day BETWEEN span.earliest AND span.latest
      AND p.unit_id = ANY (ARRAY(SELECT unit_id FROM schools))
      AND (:stage = 'all' OR p.stage = :stage)
      AND p.metric IN ('homework.minutes', 'phone.classroom', 'reading.swept', 'fitness.sport_time')
    GROUP BY p.unit_id, p.metric
)
SELECT u.unit_id, u.name,
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
       max(v.state) FILTER (WHERE s.metric = 'homework.minutes') AS homework_state,
       -- What happens at home has no verdict.
       CASE WHEN 5 * max(s.reported) FILTER (WHERE s.metric = 'sleep.duration')
                 < 3 * max(s.expected) FILTER (WHERE s.metric = 'sleep.duration')
            THEN 'low' ELSE 'scale' END AS sleep_state,
       max(v.state) FILTER (WHERE s.metric = 'phone.classroom') AS phone_state,
       max(v.state) FILTER (WHERE s.metric = 'reading.swept') AS reading_state,
       max(v.state) FILTER (WHERE s.metric = 'fitness.sport_time') AS fitness_state,
       sum(s.reported) FILTER (WHERE s.metric LIKE '%.reporting')::float8
       / nullif(sum(s.expected) FILTER (WHERE s.metric LIKE '%.reporting'), 0) AS reporting
FROM board.unit u JOIN sums s USING (unit_id) LEFT JOIN verdicts v USING (unit_id, metric)
GROUP BY u.unit_id, u.name ORDER BY u.unit_id
