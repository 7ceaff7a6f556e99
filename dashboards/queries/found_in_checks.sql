-- Phones found in class in a period, by stage: how many, in how many class-days checked, and how
-- many in a hundred checks.
WITH span AS (
    SELECT split_part(:period, '/', 2)::date AS first_day, split_part(:period, '/', 3)::date AS last_day
)
SELECT d.stage, sum(d.total) AS found, sum(d.reported) AS checked,
       100 * sum(d.total)::float8 / nullif(sum(d.reported), 0) AS found_in_a_hundred
FROM span, board.day d
WHERE d.unit_id = :unit AND d.metric = 'phone.classroom'
  AND d.day BETWEEN span.first_day AND span.last_day
  AND (:stage = 'all' OR d.stage = :stage) AND (:grade = 0 OR d.grade = :grade)
GROUP BY d.stage ORDER BY array_position(ARRAY['primary', 'junior', 'senior'], d.stage)
