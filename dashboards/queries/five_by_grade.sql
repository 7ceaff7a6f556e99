-- The five headlines of a unit in a period, by grade.
WITH span AS (
    SELECT split_part(:period, '/', 2)::date AS first_day, split_part(:period, '/', 3)::date AS last_day
), sums AS (
    SELECT d.stage, d.grade, d.metric, sum(d.compliant)::float8 / nullif(sum(d.judged), 0) AS share,
           sum(d.total) AS total
    FROM span, board.day d
    WHERE d.unit_id = :unit AND d.day BETWEEN span.first_day AND span.last_day
      AND (:stage = 'all' OR d.stage = :stage)
      AND d.metric IN ('homework.minutes', 'sleep.duration', 'phone.classroom', 'reading.swept',
                       'fitness.sport_time')
    GROUP BY 1, 2, 3
)
SELECT stage, grade, max(share) FILTER (WHERE metric = 'homework.minutes') AS homework,
       max(share) FILTER (WHERE metric = 'sleep.duration') AS sleep,
       max(total) FILTER (WHERE metric = 'phone.classroom') AS phone,
       max(share) FILTER (WHERE metric = 'reading.swept') AS reading,
       max(share) FILTER (WHERE metric = 'fitness.sport_time') AS fitness
FROM sums GROUP BY stage, grade ORDER BY grade, stage
