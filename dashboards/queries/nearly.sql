-- Sleep of a unit in a period by stage: how many pupil-nights met what is asked, and how many met
-- it or came within half an hour of it 达到或接近. From the bins; where two rules were in force the
-- bins cannot tell which nights each was for, and nothing is said.
WITH span AS (
    -- Units and stages may begin the term some weeks apart.
    SELECT grain, first_day, first_day - apart AS earliest, first_day + apart AS latest
    FROM (SELECT split_part(:period, '/', 1) AS grain, split_part(:period, '/', 2)::date AS first_day,
                 CASE split_part(:period, '/', 1) WHEN 'term' THEN 45 ELSE 0 END AS apart) AS asked
), sums AS (
    SELECT p.stage, p.judged, p.compliant, p.bins, p.rules FROM span, board.period p
    WHERE p.grain = span.grain AND p.first_day BETWEEN span.earliest AND span.latest
      AND p.unit_id = :unit AND p.metric = 'sleep.duration' AND p.grade = :grade AND p.judged > 0
      AND (:stage = 'all' OR p.stage = :stage)
), judged AS (
    SELECT stage, sum(judged) AS judged, sum(compliant) AS compliant, min(rules) AS rule_id
    FROM sums GROUP BY stage HAVING count(DISTINCT rules) = 1
), near AS (
    SELECT s.stage, sum(b.counted) AS near
    FROM sums s JOIN board.rule r ON r.rule_id = s.rules
    JOIN board.metric m ON m.metric = 'sleep.duration',
    unnest(s.bins) WITH ORDINALITY AS b (counted, place)
    WHERE m.edges[b.place - 1] >= r.value - 30
    GROUP BY s.stage
)
SELECT j.stage, r.value AS asked, j.judged, j.compliant::float8 / j.judged AS met,
       least(n.near, j.judged)::float8 / j.judged AS met_or_nearly
FROM judged j JOIN board.rule r USING (rule_id) LEFT JOIN near n USING (stage)
ORDER BY array_position(ARRAY['primary', 'junior', 'senior'], j.stage::text)
