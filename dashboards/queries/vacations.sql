-- Breaks of a unit within a term: days without school, where at least three follow one another.
WITH term AS (
    SELECT split_part(:term, '/', 2)::date AS first_day, split_part(:term, '/', 3)::date AS last_day
), days AS (
    SELECT DISTINCT d.day FROM term, board.day d
    WHERE d.unit_id = :unit AND d.metric = 'homework.reporting' AND d.expected > 0
      AND d.day BETWEEN term.first_day AND term.last_day
), following AS (
    SELECT day, lead(day) OVER (ORDER BY day) AS next FROM days
)
SELECT day + 1 AS first_day, next - 1 AS last_day, next - day - 1 AS days
FROM following WHERE next - day >= 4 ORDER BY day
