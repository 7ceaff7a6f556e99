-- The headline metrics of a unit in a period, beside the period before, and how many of its
-- schools (each in one stage) are in line or need checking. In the order of the managements.
WITH span AS (
    SELECT split_part(:period, '/', 1) AS grain, split_part(:period, '/', 2)::date AS first_day,
           split_part(:period, '/', 3)::date AS last_day
), before AS (
    SELECT CASE WHEN grain = 'halfmonth' AND extract(day FROM first_day) = 16 THEN first_day - 15
                WHEN grain = 'halfmonth' THEN (first_day - interval '1 month')::date + 15
                WHEN grain = 'month' THEN (first_day - interval '1 month')::date
           END AS first_day, first_day - 1 AS last_day
    FROM span
), headline (place, metric) AS (
    VALUES (1, 'homework.minutes'), (2, 'sleep.duration'), (3, 'phone.classroom'),
           (4, 'reading.swept'), (5, 'fitness.sport_time')
), days AS (
    SELECT d.metric, d.day >= span.first_day AS now, d.expected, d.reported, d.judged, d.compliant,
           d.total
    FROM span, before, board.day d
    WHERE d.unit_id = :unit AND (:stage = 'all' OR d.stage = :stage)
      AND d.day BETWEEN coalesce(before.first_day, span.first_day) AND span.last_day
      AND d.metric IN ('homework.minutes', 'sleep.duration', 'phone.classroom', 'reading.swept',
                       'fitness.sport_time', 'reading.reporting')
), sums AS (
    SELECT metric, sum(expected) FILTER (WHERE now) AS expected,
           sum(reported) FILTER (WHERE now) AS reported, sum(judged) FILTER (WHERE now) AS judged,
           sum(compliant) FILTER (WHERE now) AS compliant, sum(total) FILTER (WHERE now) AS total,
           sum(judged) FILTER (WHERE NOT now) AS judged_before,
           sum(compliant) FILTER (WHERE NOT now) AS compliant_before
    FROM days GROUP BY metric
), schools AS (
    SELECT s.metric, count(*) FILTER (WHERE s.standing IN ('in-line', 'needs-checking')) AS judged,
           count(*) FILTER (WHERE s.standing = 'in-line') AS in_line,
           count(*) FILTER (WHERE s.standing = 'needs-checking') AS checking
    FROM span, board.standing s
    WHERE s.grain = span.grain AND s.first_day = span.first_day
      AND s.unit_id IN (SELECT unit_id FROM board.below WHERE above = :unit AND level = 'school')
      AND (:stage = 'all' OR s.stage = :stage)
    GROUP BY s.metric
)
SELECT h.metric, s.compliant::float8 / nullif(s.judged, 0) AS share,
       s.compliant::float8 / nullif(s.judged, 0)
       - s.compliant_before::float8 / nullif(s.judged_before, 0) AS change,
       c.reported::float8 / nullif(c.expected, 0) AS reporting,
       s.compliant, s.judged, s.total, coalesce(n.in_line, 0) AS schools_in_line,
       coalesce(n.judged, 0) AS schools_judged, coalesce(n.checking, 0) AS checking
FROM headline h
LEFT JOIN sums s ON s.metric = h.metric
LEFT JOIN sums c ON c.metric = CASE h.metric WHEN 'reading.swept' THEN 'reading.reporting'
                                             ELSE h.metric END
LEFT JOIN schools n ON n.metric = h.metric
ORDER BY h.place
