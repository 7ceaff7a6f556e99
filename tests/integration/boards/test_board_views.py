"""What a login sees by the views, and the application as it."""

from collections.abc import Iterator, Sequence
from datetime import date
from random import Random

import psycopg
import pytest
from msgspec.structs import replace

from tests.alerting import SILENT
from tests.builders import (
    DISTRICT,
    SCHOOL,
    TODAY,
    TOMORROW,
    YESTERDAY,
    Clock,
    school_entry,
)
from tests.integration.boards.world import (
    FOREIGN_SCHOOL,
    LOGINS,
    OTHER,
    OTHER_DISTRICT,
    OWN,
    PLACES,
    PUPILS,
    SECOND_SCHOOL,
    SMALL_TOTAL,
    World,
    look,
)
from wuguan.adapters.postgres.board_rights import VIEWS
from wuguan.domain.instants import china_datetime
from wuguan.domain.managements import METRICS
from wuguan.domain.policy import Rule
from wuguan.domain.rollup import Figure
from wuguan.domain.schools_in_line import standing
from wuguan.domain.tally import Tally
from wuguan.national_days import shipped_national_days
from wuguan.policy_packs import policy_book
from wuguan.ports import TallyQuery

# ---- what a login does see


def test_a_district_sees_itself_and_its_schools(world: World) -> None:
    rows = world.rows(DISTRICT, "SELECT unit_id, level, parent FROM unit ORDER BY unit_id")

    assert rows == [
        (SCHOOL, "school", DISTRICT),
        (SECOND_SCHOOL, "school", DISTRICT),
        (DISTRICT, "district", None),
    ]


def test_a_school_sees_its_own_small_rows_and_nothing_of_its_neighbours(world: World) -> None:
    rows = world.rows(SCHOOL, "SELECT DISTINCT unit_id FROM day UNION SELECT unit_id FROM unit")
    small = world.rows(SCHOOL, "SELECT total, withheld FROM day WHERE grade = 6 ORDER BY total")

    assert rows == [(SCHOOL,)]
    assert small == [(5, False), (SMALL_TOTAL, False)]


def test_few_classes_are_shown_and_few_pupils_are_not(world: World) -> None:
    rows = world.rows(DISTRICT, "SELECT metric, expected, withheld FROM day WHERE grade = 6")

    assert sorted(rows) == [(PLACES, 3, False), (PUPILS, None, True)]


@pytest.mark.parametrize("unit_id", [DISTRICT, SCHOOL])
def test_the_views_show_what_the_api_reads(unit_id: str, world: World) -> None:
    question = TallyQuery(
        units=[unit_id], metrics=[PLACES], from_day=TODAY.replace(day=1), to_day=TODAY
    )
    with world.store.figures.reading() as reading:
        expected = reading.rows(question, None, 100)

    rows = world.rows(
        unit_id,
        "SELECT day, unit_id, stage, grade, metric, expected, reported, judged, compliant, total"
        f" FROM day WHERE unit_id = '{unit_id}' AND metric = '{PLACES}' ORDER BY 1, 2, 3, 4, 5",
    )

    assert rows == [
        (
            row.day, row.unit, row.stage, row.grade, row.metric, row.expected, row.reported,
            row.judged, row.compliant, row.total,
        )
        for row in expected
    ]  # fmt: skip
    assert rows


def test_every_metric_of_the_code_is_described(world: World) -> None:
    rows = world.rows(
        SCHOOL, "SELECT metric, title_zh, edges, of_pupils FROM metric WHERE title <> ''"
    )

    assert sorted(rows) == sorted(
        (one.name, one.title_zh, list(one.edges), one.of_pupils) for one in METRICS.values()
    )


def test_findings_and_rejects_are_counted_by_school_and_day(world: World) -> None:
    findings = world.rows(OTHER_DISTRICT, "SELECT * FROM finding")
    rejected = world.rows(OTHER_DISTRICT, "SELECT * FROM rejected")

    assert findings == [(FOREIGN_SCHOOL, TODAY, "sleep", "off_plan", 1)]
    assert rejected == [(FOREIGN_SCHOOL, TODAY, OTHER.code, 1)]


@pytest.mark.parametrize("unit_id", [OTHER_DISTRICT, SCHOOL])
def test_replies_of_the_schools_below_are_read(unit_id: str, world: World) -> None:
    school, code = (FOREIGN_SCHOOL, OTHER.code) if unit_id == OTHER_DISTRICT else (SCHOOL, OWN.code)
    said_at = china_datetime(Clock().now_us)

    rows = world.rows(unit_id, "SELECT * FROM reply")

    assert rows == [(school, TODAY, "sleep", "off_plan", code, said_at)]


def test_systems_are_counted_by_school_and_day(world: World) -> None:
    of_district = world.rows(DISTRICT, "SELECT * FROM system ORDER BY unit_id")
    of_school = world.rows(SCHOOL, "SELECT * FROM system")

    assert of_school == [(SCHOOL, YESTERDAY, "sleep", OWN.system, 3)]
    assert of_district == [*of_school, (SECOND_SCHOOL, YESTERDAY, "sleep", OWN.system, 3)]


def test_alerts_of_the_unit_and_of_what_stands_below_are_seen(world: World) -> None:
    world.store.board_access.title_alerts([replace(SILENT, rule_id=OWN.code)])
    question = "SELECT unit_id, title_zh, state, since, days, value FROM alert ORDER BY unit_id"

    of_district, of_other = world.rows(DISTRICT, question), world.rows(OTHER_DISTRICT, question)

    assert world.rows(SCHOOL, question) == of_district[:1]
    assert of_district == [
        (school, SILENT.title_zh, "firing", YESTERDAY, 3, 83.3) for school in OWN.schools
    ]
    # Nobody has said what that rule is called.
    assert of_other == [(FOREIGN_SCHOOL, OTHER.code, "firing", YESTERDAY, 3, 83.3)]


def test_rules_of_all_and_of_the_own_place_are_seen(world: World) -> None:
    of_district = world.rows(DISTRICT, "SELECT rule_id FROM rule ORDER BY 1")
    of_school = world.rows(SCHOOL, "SELECT rule_id FROM rule ORDER BY 1")

    assert of_district == of_school == [(f"rule-of-{DISTRICT}",), ("rule-of-all",)]


def test_figures_are_not_settled_while_something_is_marked(own_world: World) -> None:
    before = own_world.rows(DISTRICT, "SELECT settled FROM freshness")
    with own_world.as_application() as connection:
        for table in ("dirty", "period_dirty", "remeasure", "event_log"):
            connection.execute(f"DELETE FROM {table}".encode())

    assert before == [(False,)]
    assert own_world.rows(DISTRICT, "SELECT settled FROM freshness") == [(True,)]


def test_days_to_come_are_not_shown(own_world: World) -> None:
    with own_world.as_application() as connection:
        connection.execute(
            "INSERT INTO unit_tally SELECT unit_id, metric, current_date + 3, stage, 5, expected,"
            " reported, judged, compliant, total, bins, rules FROM unit_tally"
            " WHERE grade = 6"
        )

    assert own_world.rows(SCHOOL, "SELECT * FROM day WHERE grade = 5") == []


def test_a_school_that_moves_is_seen_by_its_new_district_alone(own_world: World) -> None:
    own_world.store.roster.put_roster(
        {"schools": [school_entry(SCHOOL, OTHER_DISTRICT, name="搬迁学校")]}, TODAY
    )
    question = f"SELECT DISTINCT unit_id FROM day WHERE unit_id = '{SCHOOL}'"

    assert own_world.rows(DISTRICT, question) == []
    assert own_world.rows(OTHER_DISTRICT, question) == [(SCHOOL,)]


def test_a_move_of_tomorrow_is_seen_when_the_day_is_opened(own_world: World) -> None:
    moved = school_entry(SCHOOL, OTHER_DISTRICT, valid_from=TOMORROW.isoformat())
    own_world.store.roster.put_roster({"schools": [moved]}, TODAY)
    question = f"SELECT level FROM unit WHERE unit_id = '{SCHOOL}'"
    today = own_world.rows(DISTRICT, question), own_world.rows(OTHER_DISTRICT, question)

    own_world.store.roster.open_days(TOMORROW)

    assert today == ([("school",)], [])
    assert own_world.rows(DISTRICT, question) == []
    assert own_world.rows(OTHER_DISTRICT, question) == [("school",)]


# ---- the application's own reading


def test_the_application_looks_from_the_unit_that_it_names(world: World) -> None:
    question = "SELECT unit_id FROM unit WHERE level = %(level)s ORDER BY unit_id"

    seen = look(world, DISTRICT, question, {"level": "school"}, 10)
    first = look(world, DISTRICT, question, {"level": "school"}, 1)
    nobody = look(world, "", question, {"level": "school"}, 10)

    assert (seen.columns, seen.rows) == (["unit_id"], [(SCHOOL,), (SECOND_SCHOOL,)])
    assert list(first.rows) == [(SCHOOL,)]
    assert list(nobody.rows) == []


@pytest.mark.parametrize("view", [view for view in VIEWS if view != "freshness"])
@pytest.mark.parametrize("unit_id", LOGINS)
def test_the_application_sees_what_the_login_of_the_unit_sees(
    unit_id: str, view: str, world: World
) -> None:
    question = f"SELECT v::text FROM board.{view} v ORDER BY 1"

    assert list(look(world, unit_id, question, {}, 1000).rows) == list(
        world.rows(unit_id, question)
    )


def test_the_application_can_write_nothing_on_a_board(world: World) -> None:
    with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
        look(world, DISTRICT, "SELECT nextval('public.ledger_revision')", {}, 1)


def test_nothing_of_a_board_stays_in_the_applications_sessions(world: World) -> None:
    look(world, DISTRICT, "SELECT 1 AS one", {}, 1)

    with world.as_application() as connection:
        assert connection.execute("SELECT count(*) FROM board.unit").fetchone() == (0,)
    assert world.store.roster.version() > 0


def test_the_standing_of_schools_is_that_of_the_library(own_world: World) -> None:
    # Random figures of every metric and coverage, under every rule and under none.
    policy, random = policy_book(None), Random(6)
    rows = [*_random_periods(random, policy.rules)]
    own_world.store.roster.put_rules(policy, shipped_national_days(), TODAY)
    with psycopg.connect(own_world.dsn) as connection:
        connection.execute("DELETE FROM period_tally WHERE grain = 'month'")
        connection.cursor().executemany(
            "INSERT INTO period_tally (grain, first_day, metric, unit_id, stage, grade, expected,"
            " reported, judged, compliant, total, bins, rules)"
            " VALUES ('month', %s, %s, %s, 'primary', 0, %s, %s, %s, %s, 0, '{}', %s)",
            [(day, metric, SCHOOL, *numbers, rules) for day, metric, numbers, rules in rows],
        )
    found = own_world.rows(
        DISTRICT,
        "SELECT first_day, metric, standing FROM board.standing WHERE grain = 'month'",
    )

    figures = {
        (day, metric): Figure(Tally(*numbers), frozenset(rules.split()))
        for day, metric, numbers, rules in rows
    }
    assert {(day, metric): word for day, metric, word in found} == {
        (day, metric): standing(
            metric, one, figures.get((day, f"{METRICS[metric].management}.reporting")), policy
        ).value
        for (day, metric), one in figures.items()
        if METRICS[metric].about_school
    }


def test_a_district_has_periods_and_no_standing(world: World) -> None:
    periods = world.rows(DISTRICT, "SELECT DISTINCT unit_id FROM period ORDER BY 1")
    standings = world.rows(DISTRICT, "SELECT DISTINCT unit_id FROM standing ORDER BY 1")

    assert periods == [(SCHOOL,), (SECOND_SCHOOL,), (DISTRICT,)]
    assert standings == [(SCHOOL,), (SECOND_SCHOOL,)]


def _random_periods(
    random: Random, rules: Sequence[Rule]
) -> Iterator[tuple[date, str, tuple[int, int, int, int], str]]:
    for month in range(120):
        day = date(2030 + month // 12, month % 12 + 1, 1)
        for name in METRICS:
            if random.random() < 0.1 and name.endswith(".reporting"):
                continue
            expected = random.choice((0, 5, 60, 100))
            reported = random.randint(0, expected)
            judged = random.choice((0, reported))
            compliant = random.choice((judged, random.randint(0, judged)))
            own = sorted(rule.rule_id for rule in rules if rule.metric == name)
            in_force = random.choice(("", *own, " ".join(own)))
            yield day, name, (expected, reported, judged, compliant), in_force
