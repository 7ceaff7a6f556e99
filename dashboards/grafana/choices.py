"""The SQL that lists what readers choose from."""

from collections.abc import Sequence

from dashboards.model import Level
from dashboards.query_files import bound, literal, read_query
from dashboards.words import Language
from wuguan.domain.roster import LEVELS

_VALUE = "grain || '/' || first_day || '/' || last_day"
_LABELS = {
    "zh": """\
CASE WHEN NOT is_current THEN CASE grain WHEN 'term' THEN '学期 ' ELSE '' END
            WHEN grain = 'halfmonth' THEN '本半月 ' WHEN grain = 'month' THEN '本月 '
            ELSE '本学期 ' END
       || CASE grain WHEN 'halfmonth' THEN to_char(first_day, 'YYYY年FMMM月FMDD–') ||
                                           to_char(last_day, 'FMDD日')
                     WHEN 'month' THEN to_char(first_day, 'YYYY年FMMM月')
                     ELSE to_char(first_day, '自YYYY年FMMM月FMDD日') END""",
    "en": """\
CASE WHEN NOT is_current THEN CASE grain WHEN 'term' THEN 'Term ' ELSE '' END
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
    """Half-months, months and terms of the chosen unit that have figures, the newest first."""
    return f"""\
SELECT {_VALUE} AS __value,
       {_LABELS[language]} AS __text
FROM (
{bound(read_query("periods"))}
) AS spans"""


def term() -> str:
    """The term that the chosen period lies in."""
    return f"""\
SELECT {_VALUE} AS __value, {_VALUE} AS __text
FROM (
{bound(read_query("periods"))}
) AS spans
CROSS JOIN (SELECT split_part(${{period:sqlstring}}, '/', 3)::date AS until) AS period
WHERE grain = 'term'
ORDER BY first_day <= until DESC, abs(first_day - until)
LIMIT 1"""
