-- Of the class returns due in the half-month that the period ends in (or now, if it is not over), the
-- share that each system of a unit's schools reported, by management: 0 where it did in the month
-- before; and the last day on which it was heard in all this time. :stage chooses the schools; a
-- share is of all the classes of the school, since a system is not known by stage.
WITH halfmonth AS (
    SELECT day - extract(day FROM day)::int + CASE WHEN extract(day FROM day) < 16 THEN 1 ELSE 16 END
           AS first_day,
           CASE WHEN extract(day FROM day) < 16 THEN day - extract(day FROM day)::int + 15
                ELSE (date_trunc('month', day) + interval '1 month')::date - 1 END AS last_day
    FROM (SELECT least(split_part(:period, '/', 3)::date,
                       (now() AT TIME ZONE 'UTC' + interval '8 hours')::date) AS day) AS latest
), schools AS (
    SELECT unit_id FROM board.below WHERE above = :unit AND level = 'school'
), due AS (
    SELECT p.unit_id, split_part(p.metric, '.', 1) AS management, sum(p.expected) AS expected
    FROM board.period p
    -- Not by a join: only then do days reach the index below the view. So below.
    WHERE p.grain = 'halfmonth' AND p.first_day = (SELECT first_day FROM halfmonth) AND p.grade = 0
      AND p.metric IN ('homework.reporting', 'sleep.reporting', 'phone.reporting',
                       'reading.reporting', 'fitness.reporting')
      AND p.unit_id IN (SELECT unit_id FROM schools)
    GROUP BY 1, 2 HAVING bool_or(:stage = 'all' OR p.stage = :stage)
), heard AS (
    SELECT s.unit_id, s.system, s.management, max(s.day) AS day,
           coalesce(sum(s.classes) FILTER (WHERE s.day >= (SELECT first_day FROM halfmonth)), 0)
           AS classes
    FROM board.system s
    WHERE s.day BETWEEN (SELECT first_day - 31 FROM halfmonth) AND (SELECT last_day FROM halfmonth)
      AND s.unit_id IN (SELECT unit_id FROM schools)
    GROUP BY 1, 2, 3
), shares AS (
    SELECT h.unit_id, h.system, h.management, h.day,
           h.classes::float8 / nullif(d.expected, 0) AS share
    FROM heard h JOIN due d USING (unit_id, management)
)
SELECT u.unit_id, u.name, s.system,
       max(s.share) FILTER (WHERE s.management = 'homework') AS homework,
       max(s.share) FILTER (WHERE s.management = 'sleep') AS sleep,
       max(s.share) FILTER (WHERE s.management = 'phone') AS phone,
       max(s.share) FILTER (WHERE s.management = 'reading') AS reading,
       max(s.share) FILTER (WHERE s.management = 'fitness') AS fitness,
       max(s.day) AS heard
FROM shares s JOIN board.unit u USING (unit_id)
GROUP BY u.unit_id, u.name, s.system ORDER BY u.unit_id, s.system
