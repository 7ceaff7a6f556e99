"""Schools in line: who may ask, what is counted, and which schools need checking."""

import csv
import io
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest

from stream_processors.contexts import Contexts
from stream_processors.summing_periods import SummingPeriods
from tests.unit.api.service import (
    ADMIN,
    DISTRICT,
    INGEST,
    MONDAY,
    OTHER_SCHOOL,
    PROVINCE,
    READ_DISTRICT,
    READ_SCHOOL,
    SCHOOL,
    Service,
    assert_problem,
)
from wuguan.domain.instants import china_day
from wuguan.domain.managements import METRICS
from wuguan.domain.rollup import Cell, Figure, Mark
from wuguan.domain.schools_in_line import SHARED_METRICS
from wuguan.domain.tally import Tally
from wuguan.policy_packs import shipped_rules

MINUTES, CLASSROOM, SWEPT = "homework.minutes", "phone.classroom", "reading.swept"
PATH = "/v1/schools-in-line"
BY_METRIC = {rule.metric: rule.rule_id for rule in shipped_rules()}
BY_METRIC[MINUTES] = "cn-2021-homework-primary"


def tally(*numbers: int, bins: tuple[int, ...] = ()) -> Tally:
    """Expected, reported, judged and compliant."""
    return Tally(*(*numbers, 0, 0, 0)[:4], 0, bins)  # type: ignore[call-arg,arg-type]  # Four.


def put(
    service: Service, metric: str, *numbers: int, school: str = SCHOOL, stage: str = "primary",
    day: date = MONDAY, rules: frozenset[str] | None = None,
) -> None:  # fmt: skip
    """A figure of a school on a day, beside those that it has already, and its periods summed."""
    mark = Mark(school, day, metric.partition(".")[0])
    named = frozenset({BY_METRIC.get(metric, "")} - {""}) if rules is None else rules
    with service.store.rollups.writing(0, True) as writing:
        before = writing.sums({mark: [school]})[mark]
        cells = {**before, Cell(stage, 4, metric): Figure(tally(*numbers), named)}
        writing.overwrite({mark: cells})
    sum_up(service)


def sum_up(service: Service) -> None:
    """Takes everything out of the queues, and sums periods."""
    store = service.store
    while (span := store.remeasuring.next_span()) is not None:
        with store.ledgers.writing([span.school_id]) as writing:
            store.remeasuring.done_until(writing, span, span.to_day)
    for school_level in (True, False):
        with store.rollups.writing(100_000, school_level):
            pass
    worker = SummingPeriods(store.periods, Contexts(store.roster))
    while worker.turn(china_day(service.clock())):
        pass


def ask(service: Service, key: str = READ_DISTRICT, **parameters: Any) -> dict[str, Any]:
    """The answer about the district in the half-month of today."""
    answer = service.get(PATH, key, **{"unit": DISTRICT, "day": "2026-09-15", **parameters})
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


def test_a_share_counts_the_schools_that_are_in_line(service: Service) -> None:
    put(service, MINUTES, 10, 8, 8, 8)
    put(service, MINUTES, 10, 10, 10, 9, school=OTHER_SCHOOL)

    body = ask(service, metric=MINUTES)

    assert body["rows"] == [
        {
            "day": "2026-09-01",
            "to": "2026-09-15",
            "unit": DISTRICT,
            "stage": "primary",
            "metric": MINUTES,
            "expected": 2,
            "reported": 2,
            "judged": 2,
            "compliant": 1,
            "share": 0.5,
            "rule": "cn-2021-homework-primary",
        }
    ]
    assert body["checking"] == [
        {
            "school_id": OTHER_SCHOOL,
            "name": "二小",
            "stage": "primary",
            "metric": MINUTES,
            "management": "homework",
            "expected": 10,
            "reported": 10,
            "judged": 10,
            "compliant": 9,
            "compliance_rate": 0.9,
            "rule": "cn-2021-homework-primary",
        }
    ]
    assert (body["next"], body["settled"]) == (None, True)
    assert body["as_of"].endswith("+08:00")
    assert list(body) == ["rows", "checking", "next", "as_of", "settled"]


def test_a_school_of_which_too_little_is_known_is_expected_only(service: Service) -> None:
    put(service, MINUTES, 10, 5, 5, 0)

    body = ask(service, metric=MINUTES)

    (row,) = body["rows"]
    assert [row[name] for name in ("expected", "reported", "judged", "share")] == [1, 0, 0, None]
    assert body["checking"] == []


def test_what_was_found_is_covered_by_what_was_reported_at_all(service: Service) -> None:
    put(service, SWEPT, 3, 3, 3, 2)
    before = ask(service, metric=SWEPT)
    put(service, "reading.reporting", 10, 6)
    after = ask(service, metric=SWEPT)

    assert [body["rows"][0]["judged"] for body in (before, after)] == [0, 1]
    assert [one["school_id"] for one in after["checking"]] == [SCHOOL]


def test_a_rule_that_only_advises_has_no_share(service: Service) -> None:
    put(service, "phone.custody", 3, 3, 3, 0)
    put(service, "phone.reporting", 3, 3)

    assert ask(service)["rows"] == []


def test_by_total_each_stage_of_a_school_counts_as_one(service: Service) -> None:
    put(service, MINUTES, 10, 10, 10, 10)
    put(service, MINUTES, 10, 10, 10, 0, stage="junior")

    stages = ask(service, metric=MINUTES)["rows"]
    (total,) = ask(service, metric=MINUTES, by="total")["rows"]

    assert [(row["stage"], row["compliant"]) for row in stages] == [("junior", 0), ("primary", 1)]
    assert (total["stage"], total["expected"], total["compliant"]) == (None, 2, 1)


def test_children_are_shown_one_by_one(service: Service) -> None:
    put(service, MINUTES, 10, 10, 10, 10)
    put(service, MINUTES, 10, 10, 10, 0, school=OTHER_SCHOOL)

    of_district = ask(service, children="true")
    of_province = ask(service, ADMIN, unit=PROVINCE, children="true")

    assert [(r["unit"], r["share"]) for r in of_district["rows"]] == [
        (SCHOOL, 1.0), (OTHER_SCHOOL, 0.0),
    ]  # fmt: skip
    assert [(r["unit"], r["share"]) for r in of_province["rows"]] == [(DISTRICT, 0.5)]
    assert of_district["checking"] == of_province["checking"]


def test_a_school_sees_itself_as_one_or_none(service: Service) -> None:
    put(service, MINUTES, 10, 10, 10, 0)

    body = ask(service, READ_SCHOOL, unit=SCHOOL)

    assert [(row["unit"], row["judged"], row["share"]) for row in body["rows"]] == [
        (SCHOOL, 1, 0.0)
    ]
    assert [one["school_id"] for one in body["checking"]] == [SCHOOL]


@pytest.mark.parametrize(
    ("grain", "first", "last", "expected"),
    [
        ("halfmonth", "2026-09-01", "2026-09-15", 10),
        ("month", "2026-09-01", "2026-09-30", 20),
        ("term", "2026-09-01", "2027-01-22", 20),
    ],
)
def test_a_period_is_that_in_which_the_day_lies(
    service: Service, grain: str, first: str, last: str, expected: int
) -> None:
    put(service, MINUTES, 10, 10, 10, 0)
    put(service, MINUTES, 10, 10, 10, 0, day=MONDAY + timedelta(days=3))

    body = ask(service, grain=grain)

    assert [(row["day"], row["to"]) for row in body["rows"]] == [(first, last)]
    assert [one["expected"] for one in body["checking"]] == [expected]


def test_without_a_day_it_is_today(service: Service) -> None:
    put(service, MINUTES, 10, 10, 10, 10)
    put(service, MINUTES, 10, 10, 10, 0, day=MONDAY + timedelta(days=3))

    (row,) = service.get(PATH, READ_DISTRICT, unit=DISTRICT).json()["rows"]

    assert (row["day"], row["compliant"]) == ("2026-09-16", 0)


def test_a_period_that_has_not_begun_has_no_rows(service: Service) -> None:
    put(service, MINUTES, 10, 10, 10, 10)

    for day in ("2026-10-01", "2035-01-01", "9999-12-31"):
        for grain in ("halfmonth", "month"):
            assert ask(service, day=day, grain=grain)["rows"] == []


@pytest.mark.parametrize("grain", ["halfmonth", "month", "term"])
@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "2026-08-15"])
def test_every_day_that_there_is_can_be_asked_about(service: Service, grain: str, day: str) -> None:
    ask(service, day=day, grain=grain)
    ask(service, day=day, grain=grain, by="total")


def test_a_school_counts_by_its_own_term(service: Service) -> None:
    terms = [{"from": "2026-09-08", "to": "2027-01-22"}]
    service.put("/v1/calendar", {"unit_id": SCHOOL, "terms": terms})
    put(service, MINUTES, 10, 10, 10, 0, day=date(2026, 9, 3))
    put(service, MINUTES, 10, 10, 10, 10, day=date(2026, 9, 9))

    (row,) = ask(service, grain="term")["rows"]
    (own,) = ask(service, READ_SCHOOL, unit=SCHOOL, grain="term")["rows"]

    assert (row["day"], row["compliant"]) == ("2026-09-01", 1)
    assert (own["day"], own["compliant"]) == ("2026-09-08", 1)


def test_of_a_tree_that_changed_the_last_day_counts(service: Service) -> None:
    moved = {"school_id": SCHOOL, "name": "一小", "parent": PROVINCE, "system": "6-3",
             "valid_from": "2026-09-19"}  # fmt: skip
    service.put("/v1/roster", {"schools": [moved]})
    put(service, MINUTES, 10, 10, 10, 10)
    put(service, MINUTES, 10, 10, 10, 10, school=OTHER_SCHOOL)

    first_half = ask(service, ADMIN)["rows"]
    month = ask(service, ADMIN, grain="month")["rows"]

    assert [row["expected"] for row in (*first_half, *month)] == [2, 1]


def test_pages_go_on_where_the_one_before_ended(service: Service) -> None:
    for metric in (MINUTES, CLASSROOM, "fitness.exercise"):
        put(service, metric, 10, 10, 10, 0)
    whole = ask(service)

    first = ask(service, limit=2)
    rest = ask(service, limit=2, cursor=first["next"])

    assert [*first["rows"], *rest["rows"]] == whole["rows"]
    assert (first["checking"], rest["checking"]) == (whole["checking"], [])
    assert rest["next"] is None
    answer = service.get(PATH, READ_DISTRICT, unit=DISTRICT, cursor=first["next"], by="total")
    assert_problem(answer, 400, "bad-query")


def test_csv_has_the_rows(service: Service) -> None:
    put(service, MINUTES, 10, 10, 10, 10)
    put(service, CLASSROOM, 10, 5, 5, 0)

    answer = service.http.get(
        PATH,
        params={"unit": DISTRICT, "day": "2026-09-15", "limit": "1"},
        headers={"Authorization": f"Bearer {READ_DISTRICT}", "Accept": "text/csv"},
    )

    lines = list(csv.reader(io.StringIO(answer.text)))
    assert lines == [
        ["day", "to", "unit", "stage", "metric", "expected", "reported", "judged", "compliant",
         "share", "rule"],
        ["2026-09-01", "2026-09-15", DISTRICT, "primary", MINUTES, "1", "1", "1", "1", "1.0",
         "cn-2021-homework-primary"],
    ]  # fmt: skip
    assert "cursor=" in answer.headers["Link"]


def test_figures_that_may_still_move_are_not_settled(service: Service) -> None:
    put(service, MINUTES, 10, 10, 10, 10)
    assert ask(service)["settled"]

    with service.store.rollups.writing(0, True) as writing:
        writing.overwrite({Mark(SCHOOL, MONDAY, "homework"): {}})

    assert not ask(service)["settled"]
    sum_up(service)
    assert ask(service) | {"as_of": ""} == {
        "rows": [], "checking": [], "next": None, "as_of": "", "settled": True,
    }  # fmt: skip


# ---- who may, and what is refused


def test_who_may_ask(service: Service) -> None:
    def status(key: str, unit: str) -> int:
        return service.get(PATH, key, unit=unit).status_code

    assert [status(ADMIN, unit) for unit in (PROVINCE, DISTRICT, SCHOOL)] == [200, 200, 200]
    assert [status(READ_DISTRICT, unit) for unit in (PROVINCE, DISTRICT, SCHOOL)] == [403, 200, 200]
    assert [status(READ_SCHOOL, unit) for unit in (DISTRICT, SCHOOL)] == [403, 200]
    assert [status(key, "nowhere") for key in (READ_DISTRICT, ADMIN)] == [403, 404]
    assert status(INGEST, SCHOOL) == 403
    assert service.http.get(PATH, params={"unit": SCHOOL}).status_code == 401


@pytest.mark.parametrize(
    ("parameters", "path"),
    [
        ({"unit": ""}, "/unit"),
        ({"metric": "sleep.duration"}, "/metric"),
        ({"metric": "homework.reporting"}, "/metric"),
        ({"grain": "week"}, "/grain"),
        ({"by": "grade"}, "/by"),
        ({"day": "2026-02-30"}, "/day"),
        ({"limit": "0"}, "/limit"),
        ({"cursor": "x"}, "/cursor"),
        ({"level": "district"}, "/level"),
        ({"unit": SCHOOL, "children": "true"}, "/children"),
    ],
)
def test_a_bad_parameter_is_named(
    service: Service, parameters: Mapping[str, str], path: str
) -> None:
    answer = service.get(PATH, ADMIN, **{"unit": DISTRICT, **parameters})

    problem = assert_problem(answer, 400, "bad-query")
    assert [fault["path"] for fault in problem["errors"]] == [path]


# ---- the same from the figures that everybody can read


def random_days(service: Service, random: Random) -> None:
    stages = (("primary", 2), ("primary", 4), ("junior", 7), ("senior", 10))
    rules = {
        metric: [r.rule_id for r in shipped_rules() if r.metric == metric] for metric in METRICS
    }
    for _ in range(60):
        day = MONDAY - timedelta(days=random.randint(-6, 40))
        metric = random.choice(list(METRICS))
        school = random.choice((SCHOOL, OTHER_SCHOOL))
        mark = Mark(school, day, METRICS[metric].management)
        counts = sorted(random.choice((0, 5, 9, 10, 10, 10)) for _ in range(4))[::-1]
        figure = Figure(
            tally(max(counts[0], 1), *counts[1:], bins=METRICS[metric].empty.bins),
            frozenset(random.sample(rules[metric], random.randint(0, len(rules[metric])))),
        )
        with service.store.rollups.writing(0, True) as writing:
            before = writing.sums({mark: [school]})[mark]
            writing.overwrite({mark: {**before, Cell(*random.choice(stages), metric): figure}})
    sum_up(service)


def brute_force(service: Service, grain: str, day: str) -> Iterator[tuple[str, str, str, str]]:
    """School, stage, metric and verdict from `GET /v1/tallies` and the definition alone."""
    rules = {rule.rule_id: rule for rule in shipped_rules()}
    for school in (SCHOOL, OTHER_SCHOOL):
        rows = {
            (row["stage"], row["metric"]): row
            for row in service.get(
                "/v1/tallies", ADMIN, level="school", unit=school, by="stage", grain=grain,
                from_="2026-07-01", to="2026-09-20",
            ).json()["rows"]
            if row["day"] == day
        }  # fmt: skip
        for (stage, metric), row in rows.items():
            must = [rules[one] for one in (row["rule"] or "").split()]
            must = [rule for rule in must if rule.binding == "must"]
            if metric not in SHARED_METRICS or not must:
                continue
            found_only = metric in (
                "homework.marking", "phone.custody", "reading.swept", "fitness.pe_kept",
            )  # fmt: skip
            of = (stage, f"{metric.partition('.')[0]}.reporting") if found_only else (stage, metric)
            known = rows.get(of, {"expected": 0, "reported": 0})
            asked = 100 if any(rule.prohibition for rule in must) else 95
            if (
                not known["expected"]
                or known["reported"] < 0.6 * known["expected"]
                or not row["judged"]
            ):
                yield school, stage, metric, "expected"
            elif row["compliant"] < asked / 100 * row["judged"]:
                yield school, stage, metric, "checking"
            else:
                yield school, stage, metric, "in line"


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize(
    ("grain", "day"), [("halfmonth", "2026-09-01"), ("month", "2026-08-01"), ("term", "2026-09-01")]
)
def test_the_answer_follows_from_the_tallies(
    service: Service, seed: int, grain: str, day: str
) -> None:
    random_days(service, Random(seed))
    found = list(brute_force(service, grain, day))
    expected = {
        (stage, metric): [
            sum(one[1:3] == (stage, metric) and one[3] in words for one in found)
            for words in (
                ("expected", "checking", "in line"),
                ("checking", "in line"),
                ("in line",),
            )
        ]
        for _, stage, metric, _ in found
    }

    body = ask(service, grain=grain, day=day)

    assert {
        (row["stage"], row["metric"]): [row[name] for name in ("expected", "judged", "compliant")]
        for row in body["rows"]
    } == expected
    assert [(one["school_id"], one["stage"], one["metric"]) for one in body["checking"]] == sorted(
        one[:3] for one in found if one[3] == "checking"
    )
