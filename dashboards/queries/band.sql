-- A school's compliance rate in a period on the band of the middle half of its district's schools
-- that have one of its stages, by headline: whole per cent, no names, no band of fewer than six.
WITH span AS NOT MATERIALIZED (
    -- Named more than once: else its days would be joined, and not reach the index below the view.
    -- Units and stages may begin the term some weeks apart.
    SELECT grain, first_day, first_day - apart AS earliest, first_day + apart AS latest
    FROM (SELECT split_part(:period, '/', 1) AS grain, split_part(:period, '/', 2)::date AS first_day,
                 CASE split_part(:period, '/', 1) WHEN 'term' THEN 45 ELSE 0 END AS apart) AS asked
), own AS (
    SELECT DISTINCT p.stage FROM span, board.period p
    WHERE p.grain = span.grain AND p.first_day BETWEEN span.earliest AND span.latest
      AND p.unit_id = :unit AND p.grade = 0 AND (:stage = 'all' OR p.stage = :stage)
), district AS (
    SELECT b.above AS unit_id FROM board.below b JOIN board.unit u ON u.unit_id = b.above
    WHERE b.unit_id = :unit AND u.level = 'district'
    UNION ALL
    -- Who looks from an area below the district sees the area.
    SELECT v.unit_id FROM board.viewer v
    WHERE NOT EXISTS (SELECT FROM board.below b JOIN board.unit u ON u.unit_id = b.above
                      WHERE b.unit_id = :unit AND u.level = 'district')
), sums AS (
    SELECT p.metric, p.unit_id, sum(p.expected) AS expected, sum(p.reported) AS reported,
           sum(p.judged) AS judged, sum(p.compliant) AS compliant
    FROM span, board.period p
    WHERE p.grain = span.grain AND p.first_day BETWEEN span.earliest AND span.latest
      AND p.unit_id = ANY (ARRAY(SELECT b.unit_id FROM board.below b
                                 JOIN district d ON d.unit_id = b.above WHERE b.level = 'school'))
      AND p.grade = 0 AND p.stage = ANY (ARRAY(SELECT stage FROM own))
      AND p.metric IN ('homework.minutes', 'sleep.duration', 'phone.classroom', 'reading.swept',
                       'fitness.sport_time', 'reading.reporting')
    GROUP BY p.metric, p.unit_id
), swept AS (
    SELECT sums.*, max(expected) FILTER (WHERE metric = 'reading.reporting') OVER school AS due,
           max(reported) FILTER (WHERE metric = 'reading.reporting') OVER school AS came
    FROM sums WINDOW school AS (PARTITION BY unit_id)
), rates AS (
    SELECT metric, unit_id, 100 * compliant::float8 / judged AS rate
    FROM swept
    -- What was found is known where sweeps were reported at all.
    WHERE judged > 0 AND CASE metric WHEN 'reading.swept' THEN due > 0 AND 5 * came >= 3 * due
                                     ELSE expected > 0 AND 5 * reported >= 3 * expected END
), bands AS (
    SELECT metric, count(*) AS schools, max(rate) FILTER (WHERE unit_id = :unit) AS own,
           percentile_cont(0.25) WITHIN GROUP (ORDER BY rate) AS low,
           percentile_cont(0.75) WITHIN GROUP (ORDER BY rate) AS high
    FROM rates GROUP BY metric
)
SELECT h.metric, b.own / 100 AS share,
       CASE WHEN b.schools >= 6 THEN round(b.low) / 100 END AS low,
       CASE WHEN b.schools >= 6 THEN round(b.high) / 100 END AS high,
       CASE WHEN b.schools >= 6 THEN b.schools END AS schools
FROM (VALUES (1, 'homework.minutes'), (2, 'sleep.duration'), (3, 'phone.classroom'),
             (4, 'reading.swept'), (5, 'fitness.sport_time')) AS h (place, metric)
LEFT JOIN bands b ON b.metric = h.metric ORDER BY h.place
