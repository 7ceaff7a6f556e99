-- The five headlines of a unit in a period, by grade.
WITH span AS (
    -- Units and stages may begin the term some weeks apart.
    SELECT grain, first_day, first_day - apart AS earliest, first_day + apart AS latest
    FROM (SELECT split_part(:period, '/', 1) AS grain, split_part(:period, '/', 2)::date AS first_day,
                 CASE split_part(:period, '/', 1) WHEN 'term' THEN 45 ELSE 0 END AS apart) AS asked
), sums AS (
    SELECT p.stage, p.grade, p.metric, sum(p.reported) AS reported,
           sum(p.compliant)::float8 / nullif(sum(p.judged), 0) AS share,
           sum(p.total) AS total,
           sum(p.judged) AS judged,
           CASE WHEN bool_or(p.withheld) THEN 'withheld'
                WHEN coalesce(sum(p.expected), 0) = 0 THEN 'nothing-due'
                WHEN sum(p.reported) = 0 THEN 'not-reported'
                WHEN sum(p.judged) = 0 THEN 'not-judged' END AS why
    FROM span, board.period p
    WHERE p.grain = span.grain AND p.first_day BETWEEN span.earliest AND span.latest
      AND p.unit_id = :unit AND p.grade > 0 AND (:grade = 0 OR p.grade = :grade)
      AND (:stage = 'all' OR p.stage = :stage)
      AND p.metric IN ('homework.minutes', 'sleep.duration', 'phone.classroom',
                       'reading.swept', 'fitness.sport_time', 'reading.reporting')
    GROUP BY p.stage, p.grade, p.metric
)
SELECT s.stage, s.grade,
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
       max(s.why) FILTER (WHERE s.metric = 'fitness.sport_time') AS fitness_why
FROM sums s GROUP BY s.stage, s.grade ORDER BY s.grade, s.stage
