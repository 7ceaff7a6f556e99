-- A metric of a unit in a period by stage and grade: rates, the mean, and the median with the 10th
-- and 90th percentile from the bins (linear inside a bin; an open end bin counts as wide as its
-- neighbour, never below 0). No percentile where the metric has no bins.
WITH span AS (
    SELECT split_part(:period, '/', 2)::date AS first_day, split_part(:period, '/', 3)::date AS last_day
), days AS (
    SELECT d.stage, d.grade, d.expected, d.reported, d.judged, d.compliant, d.total, d.bins
    FROM span, board.day d
    WHERE d.unit_id = :unit AND d.metric = :metric AND d.day BETWEEN span.first_day AND span.last_day
      AND (:stage = 'all' OR d.stage = :stage) AND (:grade = 0 OR d.grade = :grade)
), sums AS (
    SELECT stage, grade, sum(expected) AS expected, sum(reported) AS reported,
           sum(judged) AS judged, sum(compliant) AS compliant, sum(total) AS total
    FROM days GROUP BY stage, grade
), edges AS (
    SELECT edges, cardinality(edges) AS n FROM board.metric WHERE metric = :metric
), bins AS (
    SELECT d.stage, d.grade, b.place, sum(b.counted) AS counted
    FROM days d, unnest(d.bins) WITH ORDINALITY AS b (counted, place) GROUP BY 1, 2, 3
), sides AS (
    SELECT b.stage, b.grade, b.counted,
           CASE WHEN b.place = 1 THEN greatest(2 * e.edges[1] - coalesce(e.edges[2], 2 * e.edges[1]), 0)
                ELSE e.edges[b.place - 1] END AS low,
           CASE WHEN b.place > e.n THEN 2 * e.edges[e.n] - coalesce(e.edges[e.n - 1], 0)
                ELSE e.edges[b.place] END AS high,
           sum(b.counted) OVER w AS up_to, sum(b.counted) OVER (PARTITION BY b.stage, b.grade) AS whole
    FROM bins b, edges e WINDOW w AS (PARTITION BY b.stage, b.grade ORDER BY b.place)
), percentiles AS (
    SELECT s.stage, s.grade, q.share,
           min(s.low + (s.high - s.low) * (q.share * s.whole - (s.up_to - s.counted)) / s.counted) AS value
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
       max(p.value) FILTER (WHERE p.share = 0.9)::float8 AS ninetieth
FROM sums s LEFT JOIN percentiles p USING (stage, grade)
GROUP BY s.stage, s.grade, s.expected, s.reported, s.judged, s.compliant, s.total
ORDER BY s.grade, s.stage
