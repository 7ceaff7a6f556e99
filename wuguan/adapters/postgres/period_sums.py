"""The statements that sum periods where the days lie: nothing of them comes over the wire."""

from wuguan.adapters.postgres.rollups import MOST_BINS

_TARGETS = """
    target AS (
        SELECT * FROM unnest(%(units)b::text[], %(managements)b::text[], %(grains)b::text[],
                             %(stages)s::text[], %(first_days)b::date[])
             WITH ORDINALITY AS x (unit_id, management, grain, stage, first_day, n)
    ), metric AS (
        SELECT * FROM unnest(%(metrics)b::text[], %(metric_managements)b::text[])
             AS m (metric, management)
    )
"""
_KEYS = "unnest(%(key_units)b::text[], %(key_managements)b::text[]) AS k (unit_id, management)"
# The planner cannot count the lists that come in. What to read is therefore made first, as one
# list (MATERIALIZED): else it may read all days of a unit for each period. And what is no more is
# found with NOT IN, which is hashed: an anti-join would compare each row with each.
_SUMMED = "t.expected, t.reported, t.judged, t.compliant, t.total, t.bins, t.rules"
_BINS = ", ".join(f"sum(bins[{n}])" for n in range(1, MOST_BINS + 1))

FORGET = f"""
    WITH {_TARGETS}
    DELETE FROM period_tally p USING {_KEYS} JOIN metric m USING (management)
    WHERE p.unit_id = k.unit_id AND p.metric = m.metric
      AND (p.unit_id, m.management, p.grain, p.first_day, p.stage) NOT IN (
          SELECT x.unit_id, x.management, x.grain, x.first_day, s.stage
          FROM target x JOIN unnest(%(every_stage)b::text[]) AS s (stage)
                          ON x.stage IS NULL OR x.stage = s.stage)
"""
"""Deletes the rows of periods that are none of these units' any more."""

WRITE_SUMS = f"""
    WITH {_TARGETS}, of_days AS MATERIALIZED (
        SELECT x.unit_id, x.grain, x.first_day, x.stage, m.metric, d.since, d.until
        FROM unnest(%(day_numbers)b::int[], %(day_since)b::date[], %(day_until)b::date[])
             AS d (n, since, until)
        JOIN target x ON x.n = d.n + 1 JOIN metric m USING (management)
    ), of_halves AS MATERIALIZED (
        SELECT x.unit_id, x.grain, x.first_day, x.stage, m.metric, h.since, h.until
        FROM unnest(%(half_numbers)b::int[], %(half_since)b::date[], %(half_until)b::date[])
             AS h (n, since, until)
        JOIN target x ON x.n = h.n + 1 JOIN metric m USING (management)
    ), part AS (
        SELECT x.unit_id, x.grain, x.first_day, t.metric, t.stage, t.grade, {_SUMMED}
        FROM of_days x
        JOIN unit_tally t ON t.unit_id = x.unit_id AND t.metric = x.metric
                         AND t.day BETWEEN x.since AND x.until
                         AND (x.stage IS NULL OR t.stage = x.stage)
        WHERE t.day BETWEEN %(first)b AND %(last)b
        UNION ALL
        SELECT x.unit_id, x.grain, x.first_day, t.metric, t.stage, t.grade, {_SUMMED}
        FROM of_halves x
        JOIN period_tally t ON t.grain = 'halfmonth' AND t.unit_id = x.unit_id
                           AND t.metric = x.metric AND t.first_day BETWEEN x.since AND x.until
                           AND (x.stage IS NULL OR t.stage = x.stage) AND t.grade > 0
    ), summed AS (
        SELECT grain, first_day, metric, unit_id, stage, coalesce(grade, 0)::smallint AS grade,
               sum(expected)::bigint AS expected, sum(reported)::bigint AS reported,
               sum(judged)::bigint AS judged, sum(compliant)::bigint AS compliant,
               sum(total)::bigint AS total, array_agg(DISTINCT rules) AS rules,
               (ARRAY[{_BINS}])[1:max(cardinality(bins))]::int[] AS bins
        FROM part
        GROUP BY GROUPING SETS ((grain, first_day, metric, unit_id, stage, grade),
                                (grain, first_day, metric, unit_id, stage))
    ), due AS MATERIALIZED (
        SELECT grain, first_day, metric, unit_id, stage, grade, expected, reported, judged,
               compliant, total, bins,
               CASE WHEN cardinality(rules) = 1 THEN rules[1] ELSE (
                   SELECT coalesce(string_agg(DISTINCT word, ' ' ORDER BY word), '')
                   FROM unnest(rules) AS text, string_to_table(text, ' ') AS word
               ) END AS rules
        FROM summed
    ), gone AS (
        DELETE FROM period_tally p USING target x JOIN metric m USING (management)
        WHERE p.grain = x.grain AND p.first_day = x.first_day AND p.metric = m.metric
          AND p.unit_id = x.unit_id AND (x.stage IS NULL OR p.stage = x.stage)
          AND (p.grain, p.first_day, p.grade, p.metric, p.unit_id, p.stage) NOT IN (
              SELECT grain, first_day, grade, metric, unit_id, stage FROM due)
    )
    INSERT INTO period_tally (grain, first_day, metric, unit_id, stage, grade, expected, reported,
                              judged, compliant, total, bins, rules)
    SELECT s.* FROM due s
    LEFT JOIN period_tally p USING (grain, first_day, grade, metric, unit_id, stage)
    WHERE p.unit_id IS NULL
       OR (p.expected, p.reported, p.judged, p.compliant, p.total, p.bins, p.rules)
          IS DISTINCT FROM
          (s.expected, s.reported, s.judged, s.compliant, s.total, s.bins, s.rules)
    ON CONFLICT (grain, first_day, grade, metric, unit_id, stage) DO UPDATE SET
        expected = EXCLUDED.expected, reported = EXCLUDED.reported, judged = EXCLUDED.judged,
        compliant = EXCLUDED.compliant, total = EXCLUDED.total, bins = EXCLUDED.bins,
        rules = EXCLUDED.rules
"""
"""Sums each target from its days and half-months; writes what differs, deletes what is no more."""

KEEP_MARKED = f"""
    INSERT INTO period_dirty (unit_id, management, day)
    SELECT DISTINCT k.unit_id, k.management, t.day
    FROM {_KEYS}
    JOIN unnest(%(metrics)b::text[], %(metric_managements)b::text[])
         AS m (metric, management) USING (management)
    JOIN unit_tally t ON t.unit_id = k.unit_id AND t.metric = m.metric
    WHERE t.day > %(today)b
"""
"""Marks the days that were left out because they are still to come."""
