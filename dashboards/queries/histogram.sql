-- How the values of a metric spread in a period: units of count by bin, with whether the bin keeps
-- the rule that most of them are judged by. Bounds as the metric declares them.
WITH span AS (
    SELECT split_part(:period, '/', 2)::date AS first_day, split_part(:period, '/', 3)::date AS last_day
), days AS (
    SELECT d.bins, d.rules FROM span, board.day d
    WHERE d.unit_id = :unit AND d.metric = :metric AND d.day BETWEEN span.first_day AND span.last_day
      AND (:stage = 'all' OR d.stage = :stage) AND (:grade = 0 OR d.grade = :grade)
), bound AS (
    SELECT r.value, r.keeps FROM days JOIN board.rule r ON r.metric = :metric AND r.value IS NOT NULL
         AND r.rule_id = ANY (string_to_array(days.rules, ' '))
    GROUP BY r.rule_id, r.value, r.keeps ORDER BY count(*) DESC LIMIT 1
), bins AS (
    SELECT b.place, sum(b.counted) AS counted
    FROM days, unnest(days.bins) WITH ORDINALITY AS b (counted, place) GROUP BY b.place
)
SELECT CASE WHEN m.edges[bins.place - 1] IS NULL
            THEN CASE m.closed WHEN 'right' THEN '≤ ' ELSE '< ' END || m.edges[1]
            WHEN m.edges[bins.place] IS NULL
            THEN CASE m.closed WHEN 'right' THEN '> ' ELSE '≥ ' END || m.edges[bins.place - 1]
            ELSE m.edges[bins.place - 1] || '–' || m.edges[bins.place] END AS bin,
       bins.counted,
       CASE bound.keeps WHEN 'at_most' THEN coalesce(m.edges[bins.place] <= bound.value, false)
                        WHEN 'at_least' THEN coalesce(m.edges[bins.place - 1] >= bound.value, false)
       END AS keeps_rule
FROM bins JOIN board.metric m ON m.metric = :metric LEFT JOIN bound ON true
ORDER BY bins.place
