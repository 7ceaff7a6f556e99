-- Unfit reading matter found in the schools of a unit in a period, and how much of it was removed.
WITH span AS (
    -- Units and stages may begin the term some weeks apart.
    SELECT grain, first_day, first_day - apart AS earliest, first_day + apart AS latest
    FROM (SELECT split_part(:period, '/', 1) AS grain, split_part(:period, '/', 2)::date AS first_day,
                 CASE split_part(:period, '/', 1) WHEN 'term' THEN 45 ELSE 0 END AS apart) AS asked
)
SELECT p.unit_id, u.name, sum(p.judged) AS unfit, sum(p.compliant) AS removed,
       sum(p.compliant)::float8 / nullif(sum(p.judged), 0) AS share
FROM span, board.period p JOIN board.unit u USING (unit_id)
WHERE p.grain = span.grain AND p.first_day BETWEEN span.earliest AND span.latest
  AND p.metric = 'reading.swept' AND p.grade = 0 AND (:stage = 'all' OR p.stage = :stage)
  AND p.unit_id IN (SELECT unit_id FROM board.below WHERE above = :unit AND level = 'school')
GROUP BY 1, 2 HAVING sum(p.judged) > 0 ORDER BY p.unit_id
