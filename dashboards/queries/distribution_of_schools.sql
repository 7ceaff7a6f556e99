-- How the compliance rates of a unit's schools spread in a period: schools (at least 60 % reported)
-- by tenths of the rate. No school is named.
WITH span AS (
    SELECT split_part(:period, '/', 1) AS grain, split_part(:period, '/', 2)::date AS first_day
), sums AS (
    SELECT p.unit_id, sum(p.expected) AS expected, sum(p.reported) AS reported,
           sum(p.judged) AS judged, sum(p.compliant) AS compliant
    FROM span, board.period p
    WHERE p.grain = span.grain AND p.first_day = span.first_day AND p.metric = :metric
      AND p.unit_id IN (SELECT unit_id FROM board.below WHERE above = :unit AND level = 'school')
      AND (:stage = 'all' OR p.stage = :stage)
      AND (CASE WHEN :grade = 0 THEN p.grade = 0 ELSE p.grade = :grade END)
    GROUP BY p.unit_id
), tenths AS (
    SELECT least(floor(10 * compliant::float8 / judged), 9)::int AS tenth FROM sums
    WHERE judged > 0 AND 5 * reported >= 3 * expected
)
SELECT t.n * 10 || '–' || (t.n + 1) * 10 || ' %' AS rate, count(tenths.tenth) AS schools
FROM generate_series(0, 9) AS t (n) LEFT JOIN tenths ON tenths.tenth = t.n
GROUP BY t.n ORDER BY t.n
