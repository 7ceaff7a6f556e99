-- How the values of a metric spread in a period: units of count by bin, the bounds of the rules that
-- they are judged by (`asked`), and whether the bin keeps the rule, where it is one for all.
WITH span AS (
    -- Units and stages may begin the term some weeks apart.
    SELECT grain, first_day, first_day - apart AS earliest, first_day + apart AS latest
    FROM (SELECT split_part(:period, '/', 1) AS grain, split_part(:period, '/', 2)::date AS first_day,
                 CASE split_part(:period, '/', 1) WHEN 'term' THEN 45 ELSE 0 END AS apart) AS asked
), sums AS (
    SELECT p.bins, p.judged, p.rules FROM span, board.period p
    WHERE p.grain = span.grain AND p.first_day BETWEEN span.earliest AND span.latest
      AND p.unit_id = :unit AND p.metric = :metric AND p.grade = :grade
      AND (:stage = 'all' OR p.stage = :stage)
), bound AS (
    SELECT DISTINCT r.value, r.keeps FROM sums
    JOIN board.rule r ON r.metric = :metric AND r.value IS NOT NULL
                     AND r.rule_id = ANY (string_to_array(sums.rules, ' '))
), bins AS (
    SELECT b.place, sum(b.counted) AS counted
    FROM sums, unnest(sums.bins) WITH ORDINALITY AS b (counted, place) GROUP BY b.place
), edge AS (
    -- Bedtimes are minutes after noon; people read clocks.
    SELECT e.place, CASE m.metric
               WHEN 'sleep.bedtime'
               THEN to_char(time '12:00' + e.value * interval '1 minute', 'HH24:MI')
               ELSE e.value::text END AS said
    FROM board.metric m, unnest(m.edges) WITH ORDINALITY AS e (value, place)
    WHERE m.metric = :metric
)
SELECT CASE WHEN low.said IS NULL
            THEN CASE m.closed WHEN 'right' THEN '≤ ' ELSE '< ' END || high.said
            WHEN high.said IS NULL
            THEN CASE m.closed WHEN 'right' THEN '> ' ELSE '≥ ' END || low.said
            ELSE low.said || '–' || high.said END AS bin,
       bins.counted,
       CASE one.keeps WHEN 'at_most' THEN coalesce(m.edges[bins.place] <= one.value, false)
                      WHEN 'at_least' THEN coalesce(m.edges[bins.place - 1] >= one.value, false)
       END AS keeps_rule,
       (SELECT string_agg(edge.said, ' / ' ORDER BY edge.place)
        FROM edge JOIN board.metric m ON m.metric = :metric
        WHERE m.edges[edge.place] IN (SELECT value FROM bound)) AS asked
FROM bins JOIN board.metric m ON m.metric = :metric LEFT JOIN (
    SELECT min(value) AS value, min(keeps) AS keeps FROM bound HAVING count(*) = 1
) one ON true
LEFT JOIN edge low ON low.place = bins.place - 1 LEFT JOIN edge high ON high.place = bins.place
ORDER BY bins.place
