-- Sleep of a unit in a period by stage: how many pupil-nights met what is asked, and how many met
-- it or came within half an hour of it 达到或接近. From the bins; where two rules were in force the
-- bins cannot tell which nights each was for, and nothing is said.
WITH span AS (
    SELECT split_part(:period, '/', 2)::date AS first_day, split_part(:period, '/', 3)::date AS last_day
), days AS (
    SELECT d.stage, d.judged, d.compliant, d.bins, d.rules FROM span, board.day d
    WHERE d.unit_id = :unit AND d.metric = 'sleep.duration'
      AND d.day BETWEEN span.first_day AND span.last_day AND d.judged > 0
      AND (:stage = 'all' OR d.stage = :stage) AND (:grade = 0 OR d.grade = :grade)
), judged AS (
    SELECT stage, sum(judged) AS judged, sum(compliant) AS compliant, min(rules) AS rule_id
    FROM days GROUP BY stage HAVING count(DISTINCT rules) = 1
), near AS (
    SELECT d.stage, sum(b.counted) AS near
    FROM days d JOIN board.rule r ON r.rule_id = d.rules
    JOIN board.metric m ON m.metric = 'sleep.duration',
    unnest(d.bins) WITH ORDINALITY AS b (counted, place)
    WHERE m.edges[b.place - 1] >= r.value - 30
    GROUP BY d.stage
)
SELECT j.stage, r.value AS asked, j.judged, j.compliant::float8 / j.judged AS met,
       least(n.near, j.judged)::float8 / j.judged AS met_or_nearly
FROM judged j JOIN board.rule r USING (rule_id) LEFT JOIN near n USING (stage)
ORDER BY array_position(ARRAY['primary', 'junior', 'senior'], j.stage)
