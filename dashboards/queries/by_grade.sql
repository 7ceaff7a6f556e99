-- A metric of a unit in a period by stage and grade (`given.parts` 'grade'), or as a whole: rates,
-- the mean, and the median with the 10th and 90th percentile from the bins (linear inside a bin; an
-- open end bin counts as wide as its neighbour, never below 0). None where the metric has no bins.
WITH span AS (
    -- Units and stages may begin the term some weeks apart.
    SELECT grain, first_day, first_day - apart AS earliest, first_day + apart AS latest
    FROM (SELECT split_part(:period, '/', 1) AS grain, split_part(:period, '/', 2)::date AS first_day,
                 CASE split_part(:period, '/', 1) WHEN 'term' THEN 45 ELSE 0 END AS apart) AS asked
), rows AS (
    SELECT CASE :parts WHEN 'grade' THEN p.stage ELSE '' END AS stage,
           CASE :parts WHEN 'grade' THEN p.grade ELSE 0 END AS grade,
           p.expected, p.reported, p.judged, p.compliant, p.total, p.bins, p.withheld
    FROM span, board.period p
    WHERE p.grain = span.grain AND p.first_day BETWEEN span.earliest AND span.latest
      AND p.unit_id = :unit AND p.metric = :metric AND p.grade > 0
      AND (:grade = 0 OR p.grade = :grade) AND (:stage = 'all' OR p.stage = :stage)
), sums AS (
    SELECT stage, grade, sum(expected) AS expected, sum(reported) AS reported,
           sum(judged) AS judged, sum(compliant) AS compliant, sum(total) AS total,
           bool_or(withheld) AS withheld
    FROM rows GROUP BY stage, grade
), edges AS (
    SELECT edges, cardinality(edges) AS n FROM board.metric WHERE metric = :metric
), bins AS (
    SELECT s.stage, s.grade, b.place, sum(b.counted) AS counted
    FROM rows s, unnest(s.bins) WITH ORDINALITY AS b (counted, place) GROUP BY 1, 2, 3
), sides AS (
    SELECT b.stage, b.grade, b.counted,
           CASE WHEN b.place = 1 THEN greatest(2 * e.edges[1] - coalesce(e.edges[2], 2 * e.edges[1]), 0)
                ELSE e.edges[b.place - 1] END AS low,
           CASE WHEN b.place > e.n THEN 2 * e.edges[e.n] - coalesce(e.edges[e.n - 1], 0)
                ELSE e.edges[b.place] END AS high,
           sum(b.counted) OVER (PARTITION BY b.stage, b.grade ORDER BY b.place) AS up_to,
           sum(b.counted) OVER (PARTITION BY b.stage, b.grade) AS whole
    FROM bins b, edges e
), percentiles AS (
    SELECT s.stage, s.grade, q.share,
           min(s.low + (s.high - s.low)
               * (q.share * s.whole - (s.up_to - s.counted)) / s.counted) AS value
    FROM sides s, (VALUES (0.1), (0.5), (0.9)) AS q (share)
    WHERE s.counted > 0 AND s.up_to >= q.share * s.whole AND s.up_to - s.counted < q.share * s.whole
    GROUP BY 1, 2, 3
)
SELECT s.stage, s.grade, s.compliant::float8 / nullif(s.judged, 0) AS share,
       s.reported::float8 / nullif(s.expected, 0) AS reporting,
       s.judged - s.compliant AS broken, s.judged,
       s.total::float8 / nullif(s.reported, 0) AS mean,
       max(p.value) FILTER (WHERE p.share = 0.1)::float8 AS tenth,
       max(p.value) FILTER (WHERE p.share = 0.5)::float8 AS median,
       max(p.value) FILTER (WHERE p.share = 0.9)::float8 AS ninetieth,
       CASE WHEN s.withheld THEN 'withheld' WHEN s.expected = 0 THEN 'nothing-due'
            WHEN s.reported = 0 THEN 'not-reported' WHEN s.judged = 0 THEN 'not-judged' END AS why
FROM sums s LEFT JOIN percentiles p USING (stage, grade)
GROUP BY s.stage, s.grade, s.expected, s.reported, s.judged, s.compliant, s.total, s.withheld
ORDER BY s.grade, s.stage
