-- A metric of a unit over the term of the period, school day by school day. Days on which less than
-- half of the usual is due or judged (most have a break, it rains) have no value: they cannot be
-- compared with others.
WITH term AS (
    -- Up to the last day whose returns should have come: today from 17:30 on, of sleep last night.
    SELECT split_part(:term, '/', 2)::date AS first_day,
           least(split_part(:term, '/', 3)::date,
                 (now() AT TIME ZONE 'UTC' - interval '9 hours 30 minutes')::date
                 - CASE split_part(:metric, '.', 1) WHEN 'sleep' THEN 1 ELSE 0 END) AS last_day
), days AS (
    SELECT d.day, sum(d.expected) AS expected, sum(d.reported) AS reported, sum(d.judged) AS judged,
           sum(d.compliant) AS compliant, sum(d.total) AS total
    FROM term, board.day d
    WHERE d.unit_id = :unit AND d.metric = :metric AND d.day BETWEEN term.first_day AND term.last_day
      AND (:stage = 'all' OR d.stage = :stage) AND (:grade = 0 OR d.grade = :grade)
    GROUP BY d.day HAVING sum(d.expected) > 0
), compared AS (
    SELECT days.*, 2 * expected >= max(expected) OVER () AS is_due,
           2 * judged >= max(judged) OVER () AS is_judged
    FROM days
)
SELECT day, CASE WHEN is_due AND is_judged THEN compliant::float8 / nullif(judged, 0) END AS share,
       CASE WHEN is_due THEN total::float8 / nullif(reported, 0) END AS mean,
       CASE WHEN is_due AND reported > 0 THEN total END AS total,
       reported::float8 / expected AS reporting
FROM compared ORDER BY day
