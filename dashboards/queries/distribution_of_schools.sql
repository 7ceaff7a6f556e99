-- How the compliance rates of a unit's schools spread in a period: schools (at least 60 % reported)
-- by tenths of the rate. No school is named.
WITH span AS (
    -- Units and stages may begin the term some weeks apart.
    SELECT grain, first_day, first_day - apart AS earliest, first_day + apart AS latest
    FROM (SELECT split_part(:period, '/', 1) AS grain, split_part(:period, '/', 2)::date AS first_day,
                 CASE split_part(:period, '/', 1) WHEN 'term' THEN 45 ELSE 0 END AS apart) AS asked
), sums AS (
    SELECT p.metric, p.unit_id, sum(p.expected) AS expected, sum(p.reported) AS reported,
           sum(p.judged) AS judged, sum(p.compliant) AS compliant
    FROM span, board.period p
    WHERE p.grain = span.grain AND p.first_day BETWEEN span.earliest AND span.latest
      AND p.metric IN (:metric, split_part(:metric, '.', 1) || '.reporting') AND p.grade = 0
      AND p.unit_id = ANY (ARRAY(SELECT unit_id FROM board.below
                                 WHERE above = :unit AND level = 'school'))
      AND (:stage = 'all' OR p.stage = :stage)
    GROUP BY p.metric, p.unit_id
), known AS (
    -- What tells how much is known: the metric itself, or the reporting of its management.
    SELECT CASE WHEN coverage_by_reporting THEN management || '.reporting' ELSE metric END AS metric
    FROM board.metric WHERE metric = :metric
), schools AS (
    SELECT max(s.judged) FILTER (WHERE s.metric = :metric) AS judged,
           max(s.compliant) FILTER (WHERE s.metric = :metric) AS compliant,
           max(s.expected) FILTER (WHERE s.metric = known.metric) AS expected,
           max(s.reported) FILTER (WHERE s.metric = known.metric) AS reported
    FROM sums s, known GROUP BY s.unit_id
), tenths AS (
    SELECT least(floor(10 * compliant::float8 / judged), 9)::int AS tenth
    FROM schools WHERE judged > 0 AND expected > 0 AND 5 * reported >= 3 * expected
)
SELECT t.n * 10 || '–' || (t.n + 1) * 10 || ' %' AS rate, count(tenths.tenth) AS schools
FROM generate_series(0, 9) AS t (n) LEFT JOIN tenths ON tenths.tenth = t.n
WHERE EXISTS (SELECT FROM tenths)
GROUP BY t.n ORDER BY t.n
