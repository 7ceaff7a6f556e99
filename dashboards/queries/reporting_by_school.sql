-- How much each school of a unit reported in a period, by management, in the order of the roster.
WITH span AS (
    -- Units and stages may begin the term some weeks apart.
    SELECT grain, first_day, first_day - apart AS earliest, first_day + apart AS latest
    FROM (SELECT split_part(:period, '/', 1) AS grain, split_part(:period, '/', 2)::date AS first_day,
                 CASE split_part(:period, '/', 1) WHEN 'term' THEN 45 ELSE 0 END AS apart) AS asked
), rates AS (
    SELECT p.unit_id, split_part(p.metric, '.', 1) AS management,
           sum(p.reported)::float8 / nullif(sum(p.expected), 0) AS rate
    FROM span, board.period p
    WHERE p.grain = span.grain AND p.first_day BETWEEN span.earliest AND span.latest
      AND p.grade = 0
      AND p.metric IN ('homework.reporting', 'sleep.reporting', 'phone.reporting',
                       'reading.reporting', 'fitness.reporting')
      AND p.unit_id IN (SELECT unit_id FROM board.below WHERE above = :unit AND level = 'school')
      AND (:stage = 'all' OR p.stage = :stage)
    GROUP BY 1, 2
)
SELECT u.unit_id, u.name, max(r.rate) FILTER (WHERE r.management = 'homework') AS homework,
       max(r.rate) FILTER (WHERE r.management = 'sleep') AS sleep,
       max(r.rate) FILTER (WHERE r.management = 'phone') AS phone,
       max(r.rate) FILTER (WHERE r.management = 'reading') AS reading,
       max(r.rate) FILTER (WHERE r.management = 'fitness') AS fitness
FROM rates r JOIN board.unit u USING (unit_id)
GROUP BY u.unit_id, u.name ORDER BY u.unit_id
