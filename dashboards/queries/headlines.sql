-- The headline metrics of a unit in a period, beside the period before, and how many of its
-- schools (each in one stage) are in line or need checking. In the order of the managements.
WITH span AS NOT MATERIALIZED (
    -- Named more than once: else its days would be joined, and not reach the index below the view.
    -- Units and stages may begin the term some weeks apart.
    SELECT grain, first_day, first_day - apart AS earliest, first_day + apart AS latest
    FROM (SELECT split_part(:period, '/', 1) AS grain, split_part(:period, '/', 2)::date AS first_day,
                 CASE split_part(:period, '/', 1) WHEN 'term' THEN 45 ELSE 0 END AS apart) AS asked
), before AS (
    SELECT CASE WHEN grain = 'halfmonth' AND extract(day FROM first_day) = 16 THEN first_day - 15
                WHEN grain = 'halfmonth' THEN (first_day - interval '1 month')::date + 15
                WHEN grain = 'month' THEN (first_day - interval '1 month')::date
           END AS first_day
    FROM span
), headline (place, metric) AS (
    VALUES (1, 'homework.minutes'), (2, 'sleep.duration'), (3, 'phone.classroom'),
           (4, 'reading.swept'), (5, 'fitness.sport_time')
), sums AS (
    SELECT p.metric, sum(p.expected) AS expected, sum(p.reported) AS reported,
           sum(p.judged) AS judged, sum(p.compliant) AS compliant, sum(p.total) AS total
    FROM span, board.period p
    WHERE p.grain = span.grain AND p.first_day BETWEEN span.earliest AND span.latest
      AND p.unit_id = :unit AND p.grade = 0 AND (:stage = 'all' OR p.stage = :stage)
      AND p.metric IN ('homework.minutes', 'sleep.duration', 'phone.classroom',
                       'reading.swept', 'fitness.sport_time', 'reading.reporting')
    GROUP BY p.metric
), earlier AS (
    SELECT p.metric, sum(p.compliant)::float8 / nullif(sum(p.judged), 0) AS share
    FROM span, before, board.period p
    WHERE p.grain = span.grain AND p.first_day = before.first_day
      AND p.unit_id = :unit AND p.grade = 0 AND (:stage = 'all' OR p.stage = :stage)
      AND p.metric IN ('homework.minutes', 'sleep.duration', 'phone.classroom',
                       'reading.swept', 'fitness.sport_time')
    GROUP BY p.metric
), schools AS (
    SELECT p.metric, count(*) FILTER (WHERE p.standing IN ('in-line', 'needs-checking')) AS judged,
           count(*) FILTER (WHERE p.standing = 'in-line') AS in_line,
           count(*) FILTER (WHERE p.standing = 'needs-checking') AS checking
    FROM span, board.standing p
    WHERE p.grain = span.grain AND p.first_day BETWEEN span.earliest AND span.latest
      AND p.metric IN ('homework.minutes', 'sleep.duration', 'phone.classroom',
                       'reading.swept', 'fitness.sport_time')
      AND p.unit_id = ANY (ARRAY(SELECT unit_id FROM board.below
                                 WHERE above = :unit AND level = 'school'))
      AND (:stage = 'all' OR p.stage = :stage)
    GROUP BY p.metric
)
SELECT h.metric, split_part(h.metric, '.', 1) AS management,
       s.compliant::float8 / nullif(s.judged, 0) AS share,
       s.compliant::float8 / nullif(s.judged, 0) - e.share AS change,
       c.reported::float8 / nullif(c.expected, 0) AS reporting,
       s.compliant, s.judged, s.total, coalesce(n.in_line, 0) AS schools_in_line,
       coalesce(n.judged, 0) AS schools_judged, coalesce(n.checking, 0) AS checking
FROM headline h
LEFT JOIN sums s ON s.metric = h.metric
LEFT JOIN earlier e ON e.metric = h.metric
LEFT JOIN sums c ON c.metric = CASE h.metric WHEN 'reading.swept' THEN 'reading.reporting'
                                             ELSE h.metric END
LEFT JOIN schools n ON n.metric = h.metric
ORDER BY h.place
