-- Phones found in class in a period, by stage: how many, in how many class-days checked, and how
-- many in a hundred checks.
WITH span AS (
    -- Units and stages may begin the term some weeks apart.
    SELECT grain, first_day, first_day - apart AS earliest, first_day + apart AS latest
    FROM (SELECT split_part(:period, '/', 1) AS grain, split_part(:period, '/', 2)::date AS first_day,
                 CASE split_part(:period, '/', 1) WHEN 'term' THEN 45 ELSE 0 END AS apart) AS asked
)
SELECT p.stage, sum(p.total) AS found, sum(p.reported) AS checked,
       100 * sum(p.total)::float8 / nullif(sum(p.reported), 0) AS found_in_a_hundred
FROM span, board.period p
WHERE p.grain = span.grain AND p.first_day BETWEEN span.earliest AND span.latest
  AND p.unit_id = :unit AND p.metric = 'phone.classroom' AND p.grade = :grade
  AND (:stage = 'all' OR p.stage = :stage)
GROUP BY p.stage ORDER BY array_position(ARRAY['primary', 'junior', 'senior'], p.stage::text)
