"""The tables that views for boards stand on: today's tree, the metrics, titles of alert rules."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from wuguan.adapters.postgres.connections import Connection
from wuguan.domain.alerting.rule import AlertRule
from wuguan.domain.managements import METRICS
from wuguan.domain.organisation import Organisation

_Row = tuple[str, str, str, str, str | None]

TITLES: Mapping[str, str] = {
    "homework.reporting": "Reporting on homework",
    "homework.minutes": "Minutes of written homework",
    "homework.weekend_minutes": "Minutes of written homework for a weekend",
    "homework.written_set": "Written homework set",
    "homework.channel": "Homework set by phone or left to parents",
    "homework.marking": "Marking by teachers",
    "sleep.reporting": "Reporting on sleep",
    "sleep.duration": "Minutes of sleep",
    "sleep.bedtime": "Bedtime",
    "phone.reporting": "Reporting on phones",
    "phone.custody": "Phones approved and kept by the school",
    "phone.classroom": "Phones found in class",
    "phone.screen_time": "Screen time that is not for learning",
    "reading.reporting": "Reporting on reading matter",
    "reading.loans": "Loans",
    "reading.swept": "Unfit books removed",
    "fitness.reporting": "Reporting on fitness",
    "fitness.exercise": "An hour of exercise at school",
    "fitness.sport_time": "Two hours of sport",
    "fitness.big_break": "The long break",
    "fitness.pe_kept": "PE lessons held",
    "fitness.out_of_school": "An hour of exercise out of school",
}
"""The English titles of the metrics; the Chinese ones stand with their declarations."""

_PUT_TREE = """
    WITH wanted AS (
        SELECT * FROM unnest(%b::text[], %b::text[], %b::text[], %b::text[], %b::text[])
                      AS w (above, unit_id, level, name, parent)
    ), gone AS (
        DELETE FROM board_unit b WHERE NOT EXISTS (
            SELECT FROM wanted w WHERE w.above = b.above AND w.unit_id = b.unit_id)
    )
    INSERT INTO board_unit AS b (above, unit_id, level, name, parent)
    SELECT * FROM wanted ON CONFLICT (above, unit_id) DO UPDATE
    SET level = EXCLUDED.level, name = EXCLUDED.name, parent = EXCLUDED.parent
    WHERE (b.level, b.name, b.parent) IS DISTINCT FROM
          (EXCLUDED.level, EXCLUDED.name, EXCLUDED.parent)
"""
_PUT_METRIC = """
    INSERT INTO board_metric AS m VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
    ON CONFLICT (metric) DO UPDATE
    SET (management, counts, title, title_zh, edges, closed, about_school,
         coverage_by_reporting, of_pupils) =
        (EXCLUDED.management, EXCLUDED.counts, EXCLUDED.title, EXCLUDED.title_zh, EXCLUDED.edges,
         EXCLUDED.closed, EXCLUDED.about_school, EXCLUDED.coverage_by_reporting,
         EXCLUDED.of_pupils)
    WHERE m IS DISTINCT FROM EXCLUDED
"""
_PUT_ALERT_RULE = """
    INSERT INTO board_alert_rule AS r VALUES (%s, %s, %s)
    ON CONFLICT (rule_id) DO UPDATE SET (title, title_zh) = (EXCLUDED.title, EXCLUDED.title_zh)
    WHERE r IS DISTINCT FROM EXCLUDED
"""


def put_tree(connection: Connection, organisation: Organisation, today: date) -> None:
    """Makes the stored tree today's; where it is, nothing is written."""
    columns = [list(column) for column in zip(*_closure(organisation, today), strict=True)]
    connection.execute(_PUT_TREE, columns or [[]] * 5)


def put_metrics(connection: Connection) -> None:
    """Makes the stored metrics those that the code declares."""
    rows = [
        (
            one.name, one.management, one.counts, TITLES[one.name], one.title_zh, list(one.edges),
            one.closed, one.about_school, one.coverage_by_reporting, one.of_pupils,
        )
        for one in METRICS.values()
    ]  # fmt: skip
    connection.execute("DELETE FROM board_metric WHERE metric <> ALL (%s)", (list(METRICS),))
    connection.cursor().executemany(_PUT_METRIC, rows)


def put_alert_titles(connection: Connection, rules: Sequence[AlertRule]) -> None:
    """Makes the titles of these rules those that are given; others stay."""
    rows = sorted((rule.rule_id, rule.title, rule.title_zh) for rule in rules)
    connection.cursor().executemany(_PUT_ALERT_RULE, rows)


def make_views(connection: Connection) -> bool:
    """Makes the views for boards if they are not there; False where a right for it is missing."""
    makers = (
        "make_board_views",
        "make_view_of_replies",
        "make_view_of_systems",
        "make_view_of_alerts",
    )
    rows = [connection.execute(f"SELECT {maker}()".encode()).fetchone() for maker in makers]
    return all(row is not None and row[0] for row in rows)


def _closure(organisation: Organisation, today: date) -> Iterator[_Row]:
    for unit_id in (*organisation.unit_ids(), *organisation.school_ids()):
        path = organisation.path(unit_id, today)
        name = organisation.name(unit_id, today) or unit_id
        level = organisation.level(unit_id) or "school"
        parent = path[1] if len(path) > 1 else None
        for above in path:
            yield above, unit_id, level, name, parent
