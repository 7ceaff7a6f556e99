-- Half-months, months and terms of a unit that have figures, the newest first, each with its days. A
-- term lasts until the next begins: days between terms count to the one before.
WITH today AS (
    SELECT (now() AT TIME ZONE 'UTC' + interval '8 hours')::date AS day
), held AS (
    SELECT DISTINCT p.grain, p.first_day FROM board.period p, today
    WHERE p.unit_id = :unit AND p.metric = 'homework.reporting' AND p.grade = 0 AND p.expected > 0
      AND p.first_day <= today.day
), starts AS (
    -- Stages may begin the term some weeks apart.
    SELECT h.grain, h.first_day FROM held h
    WHERE h.grain <> 'term' OR NOT EXISTS (
        SELECT FROM held o WHERE o.grain = 'term'
        AND o.first_day BETWEEN h.first_day - 45 AND h.first_day - 1)
    UNION ALL
    -- Where there are no figures yet, what they will be of.
    SELECT g.grain, CASE g.grain
               WHEN 'term' THEN (date_trunc('year', day - interval '7 months')
                                 + interval '7 months')::date
               ELSE date_trunc('month', day)::date
                    + CASE WHEN extract(day FROM day) > 15 THEN 15 ELSE 0 END
           END
    FROM today, (VALUES ('halfmonth'), ('term')) AS g (grain)
    WHERE NOT EXISTS (SELECT FROM held)
), spans AS (
    SELECT grain, first_day, CASE
               WHEN grain = 'halfmonth' AND extract(day FROM first_day) = 1 THEN first_day + 14
               WHEN grain = 'term' THEN coalesce(
                   lead(first_day) OVER (PARTITION BY grain ORDER BY first_day) - 1,
                   (first_day + interval '6 months')::date - 1)
               ELSE (date_trunc('month', first_day) + interval '1 month')::date - 1
           END AS last_day
    FROM starts
)
SELECT spans.grain::text AS grain, first_day, last_day, last_day >= today.day AS is_current
FROM spans, today
ORDER BY array_position(ARRAY['halfmonth', 'month', 'term'], spans.grain::text), first_day DESC
