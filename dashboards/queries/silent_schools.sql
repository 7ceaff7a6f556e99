-- Schools of a unit that reported nothing of a management on the last two school days and more:
-- for how many days in a row, up to the last day of the period whose returns should have come, and
-- on which day the last return came; back to two months before the period. Sought among those silent
-- on that last day. Sleep is asked about weekly, and not looked at here.
WITH span AS NOT MATERIALIZED (
    -- Named more than once: else its days would be joined, and not reach the index below the view.
    SELECT split_part(:period, '/', 2)::date AS first_day, split_part(:period, '/', 3)::date AS last_day
), last AS (
    SELECT max(d.day) AS day FROM span, board.day d
    WHERE d.unit_id = :unit AND d.metric = 'homework.reporting'
      AND d.day BETWEEN span.first_day - 62 AND span.last_day
      AND d.day <= (now() AT TIME ZONE 'UTC' - interval '9 hours 30 minutes')::date
), silent AS MATERIALIZED (
    SELECT d.unit_id, d.metric FROM board.day d
    WHERE d.unit_id = ANY (ARRAY(SELECT unit_id FROM board.below
                                 WHERE above = :unit AND level = 'school'))
      AND d.metric IN ('homework.reporting', 'phone.reporting', 'reading.reporting',
                       'fitness.reporting')
      -- Not by a join: only then do days and schools reach the index below the view.
      AND d.day = (SELECT day FROM last) AND (:stage = 'all' OR d.stage = :stage)
    GROUP BY 1, 2 HAVING sum(d.reported) = 0 AND sum(d.expected) > 0
), days AS (
    SELECT d.unit_id, d.metric, d.day, sum(d.reported) AS reported
    FROM span, board.day d
    WHERE d.unit_id = ANY (ARRAY(SELECT unit_id FROM silent))
      AND d.metric = ANY (ARRAY(SELECT metric FROM silent))
      AND d.day BETWEEN span.first_day - 62 AND (SELECT day FROM last)
      AND (:stage = 'all' OR d.stage = :stage)
    GROUP BY 1, 2, 3 HAVING sum(d.expected) > 0
), since AS (
    SELECT days.*, max(day) FILTER (WHERE reported > 0) OVER (PARTITION BY unit_id, metric) AS heard
    FROM days
)
SELECT s.unit_id, (SELECT u.name FROM board.unit u WHERE u.unit_id = s.unit_id) AS name,
       split_part(s.metric, '.', 1) AS management, count(*) AS silent_days, s.heard
FROM since s
WHERE s.day > coalesce(s.heard, '-infinity'::date)
  AND (s.unit_id, s.metric) IN (SELECT unit_id, metric FROM silent)
GROUP BY s.unit_id, s.metric, s.heard HAVING count(*) >= 2
ORDER BY s.unit_id, s.metric
