"""The SQL that lists what readers choose from."""

from collections.abc import Sequence

from dashboards.model import Level
from dashboards.query_files import literal
from dashboards.words import Language
from wuguan.domain.roster import LEVELS

_TODAY = "SELECT (now() AT TIME ZONE 'Asia/Shanghai')::date AS day"
_SPANS = f"""\
WITH today AS (
    {_TODAY}
), held AS (
    SELECT DISTINCT p.grain, p.first_day FROM board.period p, today
    WHERE p.metric = 'homework.reporting' AND p.grade = 0 AND p.expected > 0
      AND p.first_day <= today.day
      -- A city may have other terms than its schools, and whatever is chosen shows schools.
      AND p.unit_id IN (SELECT unit_id FROM board.unit WHERE level = 'school')
), starts AS (
    SELECT grain, first_day FROM held
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
    -- A term lasts until the next begins: days between terms count to the one before.
    SELECT grain, first_day, CASE
               WHEN grain = 'halfmonth' AND extract(day FROM first_day) = 1 THEN first_day + 14
               WHEN grain = 'term' THEN coalesce(
                   lead(first_day) OVER (PARTITION BY grain ORDER BY first_day) - 1,
                   (first_day + interval '6 months')::date - 1)
               ELSE (date_trunc('month', first_day) + interval '1 month')::date - 1
           END AS last_day
    FROM starts
)"""
_VALUE = "grain || '/' || first_day || '/' || last_day"
_LABELS = {
    "zh": """\
CASE WHEN day > last_day THEN CASE grain WHEN 'term' THEN '学期 ' ELSE '' END
            WHEN grain = 'halfmonth' THEN '本半月 ' WHEN grain = 'month' THEN '本月 '
            ELSE '本学期 ' END
       || CASE grain WHEN 'halfmonth' THEN to_char(first_day, 'YYYY年FMMM月FMDD–') ||
                                           to_char(last_day, 'FMDD日')
                     WHEN 'month' THEN to_char(first_day, 'YYYY年FMMM月')
                     ELSE to_char(first_day, '自YYYY年FMMM月FMDD日') END""",
    "en": """\
CASE WHEN day > last_day THEN CASE grain WHEN 'term' THEN 'Term ' ELSE '' END
            WHEN grain = 'halfmonth' THEN 'This half-month: '
            WHEN grain = 'month' THEN 'This month: ' ELSE 'This term: ' END
       || CASE grain WHEN 'halfmonth' THEN to_char(first_day, 'FMDD–') ||
                                           to_char(last_day, 'FMDD Mon YYYY')
                     WHEN 'month' THEN to_char(first_day, 'Mon YYYY')
                     ELSE to_char(first_day, '"since "FMDD Mon YYYY') END""",
}


def units(levels: Sequence[Level]) -> str:
    """The units of some levels, the highest first; those of one name are told apart."""
    wanted = [level for level in LEVELS if level in levels]
    listed = ", ".join(literal(level) for level in wanted)
    return f"""\
SELECT unit_id AS __value,
       CASE WHEN count(*) OVER (PARTITION BY name) > 1 THEN name || ' (' || unit_id || ')'
            ELSE name END AS __text
FROM board.unit WHERE level IN ({listed})
ORDER BY array_position(ARRAY[{listed}], level::text), unit_id"""


def periods(language: Language) -> str:
    """Half-months, months and terms that have figures, the newest first."""
    return f"""\
{_SPANS}
SELECT {_VALUE} AS __value,
       {_LABELS[language]} AS __text
FROM spans, today
ORDER BY array_position(ARRAY['halfmonth', 'month', 'term'], grain::text), first_day DESC"""


def term() -> str:
    """The term that the chosen period lies in."""
    return f"""\
{_SPANS}
SELECT {_VALUE} AS __value, {_VALUE} AS __text
FROM spans
CROSS JOIN (SELECT split_part(${{period:sqlstring}}, '/', 3)::date AS until) AS period
WHERE grain = 'term'
ORDER BY first_day <= until DESC, abs(first_day - until)
LIMIT 1"""
