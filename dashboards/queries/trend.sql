-- A metric of a unit over the term of the period, school day by school day. Days on which less than
-- half of the usual is due have no value: they cannot be compared with others.
WITH term AS (
    SELECT split_part(:term, '/', 2)::date AS first_day, split_part(:term, '/', 3)::date AS last_day
), days AS (
    SELECT d.day, sum(d.expected) AS expected, sum(d.reported) AS reported, sum(d.judged) AS judged,
           sum(d.compliant) AS compliant, sum(d.total) AS total
    FROM term, board.day d
    WHERE d.unit_id = :unit AND d.metric = :metric AND d.day BETWEEN term.first_day AND term.last_day
      AND (:stage = 'all' OR d.stage = :stage) AND (:grade = 0 OR d.grade = :grade)
    GROUP BY d.day
)
SELECT day, CASE WHEN 2 * expected >= max(expected) OVER () THEN
           compliant::float8 / nullif(judged, 0) END AS share,
       CASE WHEN 2 * expected >= max(expected) OVER () THEN
           total::float8 / nullif(reported, 0) END AS mean,
       reported::float8 / nullif(expected, 0) AS reporting
FROM days ORDER BY day
