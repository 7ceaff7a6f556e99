"""Reading figures: who may, how they are summed, paged, withheld and shown."""

import csv
import io
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import pytest

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
from wuguan.domain.ledger import LedgerKey
from wuguan.domain.measure import Measured
from wuguan.domain.measuring import MetricTally
from wuguan.domain.rollup import Cell, Figure, Mark
from wuguan.domain.tally import Tally

MINUTES = "homework.minutes"
SLEEP = "sleep.duration"
DAY = timedelta(days=1)
RULES = frozenset(("cn-b", "cn-a"))


def minutes(reported: int, total: int, *, expected: int = 4) -> Tally:
    bins = (0, 0, reported, 0, 0, 0, 0, 0, 0, 0)
    return Tally(expected, reported, reported, reported // 2, total, bins)


def sleep(expected: int, reported: int) -> Tally:
    return Tally(expected, reported, reported, 0, 540 * reported, (*(0,) * 6, reported, *(0,) * 4))


def put(service: Service, unit: str, day: date, cells: Mapping[Cell, Tally]) -> None:
    """Figures as a roll-up would write them."""
    figures = {cell: Figure(tally, RULES) for cell, tally in cells.items()}
    by_management: dict[str, dict[Cell, Figure]] = {}
    for cell, figure in figures.items():
        by_management.setdefault(cell.metric.partition(".")[0], {})[cell] = figure
    with service.store.rollups.writing(0, True) as writing:
        writing.overwrite({Mark(unit, day, m): of for m, of in by_management.items()})


def put_grades(service: Service, unit: str, day: date, reported: int = 3) -> None:
    put(
        service,
        unit,
        day,
        {
            Cell("primary", 4, MINUTES): minutes(reported, 40 * reported),
            Cell("primary", 3, MINUTES): minutes(reported, 30 * reported),
            Cell("junior", 7, MINUTES): minutes(reported, 70 * reported),
        },
    )


def read(service: Service, key: str = READ_DISTRICT, **parameters: Any) -> list[dict[str, Any]]:
    """All rows of the district, of homework.minutes, on the first Monday, unless told others."""
    answer = service.get("/v1/tallies", key, **asked(parameters))
    assert answer.status_code == 200, answer.text
    rows: list[dict[str, Any]] = answer.json()["rows"]
    return rows


def asked(parameters: Mapping[str, Any]) -> dict[str, Any]:
    common = {
        "level": "district",
        "unit": DISTRICT,
        "metric": MINUTES,
        "from_": "2026-09-14",
        "to": "2026-09-14",
    }
    return {**common, **parameters}


def test_a_row_shows_tally_rates_mean_and_rules(service: Service) -> None:
    put(service, DISTRICT, MONDAY, {Cell("primary", 4, MINUTES): minutes(3, 125)})

    answer = service.get("/v1/tallies", READ_DISTRICT, **asked({}))

    assert answer.json()["rows"] == [
        {
            "day": "2026-09-14",
            "unit": DISTRICT,
            "class_id": None,
            "grade": 4,
            "stage": "primary",
            "metric": MINUTES,
            "expected": 4,
            "reported": 3,
            "judged": 3,
            "compliant": 1,
            "total": 125,
            "bins": [0, 0, 3, 0, 0, 0, 0, 0, 0, 0],
            "reporting_rate": 0.75,
            "compliance_rate": 0.3333,
            "mean": 41.7,
            "rule": "cn-a cn-b",
        }
    ]
    assert answer.json()["next"] is None
    assert answer.json()["as_of"].endswith("+08:00")
    assert isinstance(answer.json()["settled"], bool)


def test_the_members_of_a_row_stand_in_the_order_of_the_contract(service: Service) -> None:
    put_grades(service, DISTRICT, MONDAY)

    (row, *_) = read(service)

    assert list(row) == [
        "day", "unit", "class_id", "grade", "stage", "metric", "expected", "reported", "judged",
        "compliant", "total", "bins", "reporting_rate", "compliance_rate", "mean", "rule",
    ]  # fmt: skip


def test_without_a_denominator_there_is_no_rate(service: Service) -> None:
    put(service, DISTRICT, MONDAY, {Cell("primary", 4, MINUTES): minutes(0, 0)})

    (row,) = read(service)

    assert (row["reporting_rate"], row["compliance_rate"], row["mean"]) == (0.0, None, None)


def test_rows_are_in_order_and_pages_go_on_where_the_one_before_ended(service: Service) -> None:
    for ahead in range(3):
        put_grades(service, DISTRICT, MONDAY + ahead * DAY)
    whole = read(service, to="2026-09-16")
    keys = [(row["day"], row["stage"], row["grade"]) for row in whole]
    assert keys == sorted(keys)
    assert len(keys) == 9

    paged, cursor = [], None
    while True:
        more: dict[str, str] = {"cursor": cursor} if cursor else {}
        page = service.get(
            "/v1/tallies", READ_DISTRICT, **asked({"to": "2026-09-16", "limit": 2, **more})
        ).json()
        paged += page["rows"]
        cursor = page["next"]
        if cursor is None:
            break

    assert paged == whole


def test_a_cursor_of_another_query_is_refused(service: Service) -> None:
    put_grades(service, DISTRICT, MONDAY)
    page = service.get("/v1/tallies", READ_DISTRICT, **asked({"limit": 1})).json()

    answer = service.get(
        "/v1/tallies", READ_DISTRICT, **asked({"by": "stage", "cursor": page["next"]})
    )

    problem = assert_problem(answer, 400, "bad-query")
    assert [error["path"] for error in problem["errors"]] == ["/cursor"]


@pytest.mark.parametrize("cursor", ["", "x", "!!!", "W10", "W1tb" * 600, "你"])
def test_a_made_up_cursor_is_refused(service: Service, cursor: str) -> None:
    answer = service.get("/v1/tallies", READ_DISTRICT, **asked({"cursor": cursor}))

    assert_problem(answer, 400, "bad-query")


def test_stages_are_sums_of_grades_and_the_total_of_stages(service: Service) -> None:
    put_grades(service, DISTRICT, MONDAY)

    by_stage = read(service, by="stage")
    by_total = read(service, by="total")

    assert [(row["stage"], row["grade"], row["total"]) for row in by_stage] == [
        ("junior", None, 210),
        ("primary", None, 210),
    ]
    assert [(row["stage"], row["grade"], row["expected"]) for row in by_total] == [(None, None, 12)]


@pytest.mark.parametrize(
    ("grain", "shown"),
    [
        ("week", ["2026-08-31", "2026-09-07", "2026-09-14"]),
        ("halfmonth", ["2026-09-01", "2026-09-16"]),
        ("month", ["2026-09-01"]),
        ("term", ["2026-09-01"]),
    ],
)
def test_days_are_summed_over_grains(service: Service, grain: str, shown: list[str]) -> None:
    days = [date(2026, 9, 2), date(2026, 9, 7), date(2026, 9, 15), date(2026, 9, 16)]
    for day in days:
        put(service, DISTRICT, day, {Cell("primary", 4, MINUTES): minutes(1, 10)})

    rows = read(service, grain=grain, from_="2026-09-01", to="2026-09-30")

    assert [row["day"] for row in rows] == shown
    assert sum(row["total"] for row in rows) == 40


def test_only_days_of_the_range_are_summed(service: Service) -> None:
    for day in (MONDAY, MONDAY + DAY):
        put(service, DISTRICT, day, {Cell("primary", 4, MINUTES): minutes(1, 10)})

    (row,) = read(service, grain="week", from_="2026-09-15", to="2026-09-20")

    assert (row["day"], row["total"]) == ("2026-09-14", 10)


def test_terms_are_those_of_the_stage_and_the_total_takes_the_earliest(service: Service) -> None:
    service.put(
        "/v1/roster",
        {"classes": [{"school_id": SCHOOL, "class_id": "J1", "stage": "junior",
                      "entry_year": 2025, "enrolment": [{"from": "2025-09-01", "pupils": 9}]}]},
    )  # fmt: skip
    service.put(
        "/v1/calendar",
        {"unit_id": DISTRICT, "terms": [
            {"from": "2026-09-01", "to": "2027-01-20", "stages": ["primary"]},
            {"from": "2026-08-24", "to": "2027-01-25", "stages": ["junior"]}]},
    )  # fmt: skip
    put_grades(service, DISTRICT, MONDAY)

    by_stage = read(service, grain="term", by="stage")
    (total,) = read(service, grain="term", by="total")

    assert [(row["day"], row["stage"]) for row in by_stage] == [
        ("2026-08-24", "junior"),
        ("2026-09-01", "primary"),
    ]
    assert total["day"] == "2026-08-24"
    assert total["expected"] == 12


def test_children_are_those_of_each_day(service: Service) -> None:
    for school in (SCHOOL, OTHER_SCHOOL):
        for day in (MONDAY, MONDAY + DAY):
            put(service, school, day, {Cell("primary", 4, MINUTES): minutes(1, 10)})
    service.put(
        "/v1/roster",
        {"units": [{"unit_id": "990102", "level": "district", "name": "x", "parent": PROVINCE}],
         "schools": [{"school_id": OTHER_SCHOOL, "name": "x", "parent": "990102",
                      "system": "6-3", "valid_from": "2026-09-15"}]},
    )  # fmt: skip

    rows = read(service, children="true", to="2026-09-15", from_="2026-09-14")
    weeks = read(service, children="true", to="2026-09-15", grain="week")

    assert [(row["day"], row["unit"]) for row in rows] == [
        ("2026-09-14", SCHOOL),
        ("2026-09-14", OTHER_SCHOOL),
        ("2026-09-15", SCHOOL),
    ]
    assert [(row["unit"], row["total"]) for row in weeks] == [(SCHOOL, 20), (OTHER_SCHOOL, 10)]


def test_pages_of_children_go_on_across_a_move(service: Service) -> None:
    test_children_are_those_of_each_day(service)
    query = asked({"children": "true", "to": "2026-09-15", "limit": 1})
    found, cursor = [], None
    for _ in range(3):
        more: dict[str, str] = {"cursor": cursor} if cursor else {}
        page = service.get("/v1/tallies", READ_DISTRICT, **query, **more).json()
        found += [(row["day"], row["unit"]) for row in page["rows"]]
        cursor = page["next"]

    assert len(set(found)) == 3
    assert cursor is None


def test_tomorrow_has_no_rows(service: Service) -> None:
    put_grades(service, DISTRICT, date(2026, 9, 21))

    assert read(service, from_="2026-09-21", to="2026-09-30") == []
    assert read(service, from_="2026-09-21", to="2026-09-30", grain="month") == []
    assert read(service, READ_SCHOOL, level="class", unit=SCHOOL, from_="2026-09-21",
                to="2026-09-30") == []  # fmt: skip


@pytest.mark.parametrize(("expected", "reported"), [(4, 0), (1, 1), (40, 4), (40, 1)])
def test_few_pupils_are_withheld_above_their_school(
    service: Service, expected: int, reported: int
) -> None:
    put(service, DISTRICT, MONDAY, {Cell("primary", 4, SLEEP): sleep(expected, reported)})

    (row,) = read(service, metric=SLEEP)
    (seen_by_admin,) = read(service, ADMIN, metric=SLEEP)

    assert row["withheld"] is True
    for member in ("expected", "reported", "judged", "compliant", "total", "bins",
                   "reporting_rate", "compliance_rate", "mean"):  # fmt: skip
        assert row[member] is None
    assert row["rule"] == "cn-a cn-b"
    assert seen_by_admin == row


@pytest.mark.parametrize(("expected", "reported"), [(5, 0), (40, 5), (40, 0)])
def test_enough_pupils_and_none_are_shown(service: Service, expected: int, reported: int) -> None:
    put(service, DISTRICT, MONDAY, {Cell("primary", 4, SLEEP): sleep(expected, reported)})

    (row,) = read(service, metric=SLEEP)

    assert "withheld" not in row
    assert row["reported"] == reported


def test_a_school_sees_its_own_few(service: Service) -> None:
    put(service, SCHOOL, MONDAY, {Cell("primary", 4, SLEEP): sleep(6, 3)})

    (own,) = read(service, READ_SCHOOL, level="school", unit=SCHOOL, metric=SLEEP)
    (of_district,) = read(service, level="school", unit=SCHOOL, metric=SLEEP)
    (as_child,) = read(service, children="true", metric=SLEEP)

    assert own["reported"] == 3
    assert of_district["withheld"] is True
    assert as_child["withheld"] is True


def test_csv_has_the_same_columns_with_withheld_last(service: Service) -> None:
    cells = {Cell("primary", 4, SLEEP): sleep(40, 2), Cell("primary", 3, SLEEP): sleep(40, 30)}
    put(service, DISTRICT, MONDAY, cells)
    wanted = asked({"metric": SLEEP})
    parameters = {name.rstrip("_"): value for name, value in wanted.items()}
    headers = {"Authorization": f"Bearer {READ_DISTRICT}", "Accept": "text/csv"}

    answer = service.http.get("/v1/tallies", params=parameters, headers=headers)

    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    shown, withheld = csv.DictReader(io.StringIO(answer.text))
    assert next(iter(shown)) == "day"
    assert list(shown)[-1] == "withheld"
    assert shown["bins"] == "0 0 0 0 0 0 30 0 0 0 0"
    assert shown["withheld"] == ""
    assert shown["class_id"] == ""
    assert withheld["withheld"] == "true"
    assert withheld["expected"] == withheld["bins"] == withheld["mean"] == ""
    assert "link" not in answer.headers


def test_csv_names_the_next_page_in_a_header(service: Service) -> None:
    put_grades(service, DISTRICT, MONDAY)
    parameters = {name.rstrip("_"): value for name, value in asked({"limit": 2}).items()}
    headers = {"Authorization": f"Bearer {READ_DISTRICT}", "Accept": "text/csv"}

    first = service.http.get("/v1/tallies", params=parameters, headers=headers)
    link = first.headers["link"]
    assert link.startswith("</v1/tallies?")
    assert link.endswith('>; rel="next"')
    second = service.http.get(link[1 : link.index(">")], headers=headers)

    assert len(first.text.splitlines()) == 3
    assert len(second.text.splitlines()) == 2
    assert "link" not in second.headers


def put_class(service: Service, class_id: str, day: date, *tallies: MetricTally) -> None:
    management = tallies[0].metric.partition(".")[0]
    key = LedgerKey(SCHOOL, management, class_id, day)
    with service.store.ledgers.writing([SCHOOL]) as writing:
        writing.put({key: ({}, Measured(tallies))})


def test_classes_are_measured_or_silent(service: Service) -> None:
    put_class(service, "P2023-01", MONDAY, MetricTally(MINUTES, minutes(1, 45, expected=1), "cn-x"))

    rows = read(service, READ_SCHOOL, level="class", unit=SCHOOL)

    assert [(r["class_id"], r["grade"], r["reported"], r["rule"]) for r in rows] == [
        ("P2023-01", 4, 1, "cn-x"),
        ("P2023-02", 4, 0, "cn-2021-homework-primary"),
    ]
    assert {row["unit"] for row in rows} == {SCHOOL}


def test_classes_are_summed_and_paged_too(service: Service) -> None:
    put_class(service, "P2023-01", MONDAY, MetricTally(MINUTES, minutes(1, 45, expected=1), "cn-x"))
    query = {"level": "class", "unit": SCHOOL, "from_": "2026-09-07", "to": "2026-09-17"}

    weeks = read(service, READ_SCHOOL, grain="week", by="total", **query)
    terms = read(service, READ_SCHOOL, grain="term", **query)

    assert [(r["day"], r["class_id"], r["expected"], r["stage"]) for r in weeks] == [
        ("2026-09-07", "P2023-01", 4, None),
        ("2026-09-07", "P2023-02", 4, None),
        ("2026-09-14", "P2023-01", 4, None),
        ("2026-09-14", "P2023-02", 4, None),
    ]
    assert [(r["day"], r["class_id"], r["expected"], r["reported"]) for r in terms] == [
        ("2026-09-01", "P2023-01", 8, 1),
        ("2026-09-01", "P2023-02", 8, 0),
    ]
    found, cursor = [], None
    while True:
        more: dict[str, str] = {"cursor": cursor} if cursor else {}
        page = service.get(
            "/v1/tallies", READ_SCHOOL, **asked({**query, "limit": 3, **more})
        ).json()
        found += page["rows"]
        cursor = page["next"]
        if not cursor:
            break
    assert found == read(service, READ_SCHOOL, **query)
    assert len(found) == 16


def test_all_metrics_are_read_where_none_is_named(service: Service) -> None:
    cells = {Cell("primary", 4, MINUTES): minutes(1, 1), Cell("primary", 4, SLEEP): sleep(40, 20)}
    put(service, DISTRICT, MONDAY, cells)
    query = {name: value for name, value in asked({}).items() if name != "metric"}

    rows = service.get("/v1/tallies", READ_DISTRICT, **query).json()["rows"]

    assert [row["metric"] for row in rows] == [MINUTES, SLEEP]


def test_something_pending_is_not_settled(service: Service) -> None:
    def settled() -> bool:
        return bool(service.get("/v1/tallies", READ_DISTRICT, **asked({})).json()["settled"])

    _ = [span for span in iter(service.store.remeasuring.next_span, None) if done(service, span)]
    with service.store.rollups.writing(100_000, True):
        pass
    with service.store.rollups.writing(100_000, False):
        pass
    with service.store.periods.writing(100_000, MONDAY):
        pass
    assert settled()

    with service.store.rollups.writing(0, True) as writing:
        writing.mark([Mark(SCHOOL, MONDAY, "sleep")])

    assert not settled()


def done(service: Service, span: Any) -> bool:
    with service.store.ledgers.writing([span.school_id]) as writing:
        service.store.remeasuring.done_until(writing, span, span.to_day)
    return True


@pytest.mark.parametrize(
    ("key", "parameters"),
    [
        (READ_SCHOOL, {}),
        (READ_SCHOOL, {"level": "school", "unit": OTHER_SCHOOL}),
        (READ_DISTRICT, {"level": "province", "unit": PROVINCE}),
        (READ_DISTRICT, {"level": "district", "unit": "999999"}),
        (READ_DISTRICT, {"level": "class", "unit": SCHOOL}),
        (INGEST, {"level": "school", "unit": SCHOOL}),
    ],
)
def test_what_a_key_does_not_cover_is_forbidden(
    service: Service, key: str, parameters: dict[str, str]
) -> None:
    assert_problem(service.get("/v1/tallies", key, **asked(parameters)), 403, "forbidden")


def test_the_admin_key_reads_every_level_and_hears_of_unknown_units(service: Service) -> None:
    for level, unit in (("province", PROVINCE), ("school", SCHOOL), ("class", SCHOOL)):
        read(service, ADMIN, level=level, unit=unit)

    answer = service.get("/v1/tallies", ADMIN, **asked({"unit": "999999"}))

    assert_problem(answer, 404, "not-found")


def test_without_a_key_there_is_nothing_to_read(service: Service) -> None:
    assert_problem(service.http.get("/v1/tallies"), 401, "unauthorized")


@pytest.mark.parametrize(
    ("parameters", "paths"),
    [
        ({"level": "school"}, ["/level"]),
        ({"level": "class"}, ["/level"]),
        ({"level": "school", "unit": SCHOOL, "children": "true"}, ["/children"]),
        ({"level": "planet"}, ["/level"]),
        ({"unit": "a b"}, ["/unit"]),
        ({"metric": "sleep.quality"}, ["/metric"]),
        ({"from_": "2026-02-30"}, ["/from"]),
        ({"from_": "20260914", "to": "x"}, ["/from", "/to"]),
        ({"from_": "2026-09-15"}, ["/from"]),
        ({"children": "yes"}, ["/children"]),
        ({"by": "class"}, ["/by"]),
        ({"grain": "year"}, ["/grain"]),
        ({"limit": "0"}, ["/limit"]),
        ({"limit": "10001"}, ["/limit"]),
        ({"limit": "１"}, ["/limit"]),
        ({"limit": ["1", "2"]}, ["/limit"]),
        ({"colour": "x"}, ["/colour"]),
        ({"a\x00": "x", "张三": "x"}, ["", ""]),
    ],
)
def test_bad_parameters_are_all_listed(
    service: Service, parameters: dict[str, Any], paths: list[str]
) -> None:
    answer = service.get("/v1/tallies", ADMIN, **asked(parameters))

    problem = assert_problem(answer, 400, "bad-query")
    assert [error["path"] for error in problem["errors"]] == paths
    for error in problem["errors"]:
        assert error["code"]
        assert error["message"]
        assert error["message_zh"]
    assert "张三" not in answer.text


def test_missing_parameters_are_all_listed(service: Service) -> None:
    problem = assert_problem(service.get("/v1/tallies"), 400, "bad-query")

    assert [error["path"] for error in problem["errors"]] == ["/level", "/unit", "/from", "/to"]
