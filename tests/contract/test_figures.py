"""The contract of Figured and Reading."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from tests.builders import (
    CLASS,
    DISTRICT,
    OTHER_CLASS,
    OTHER_SCHOOL,
    SCHOOL,
    TODAY,
    TOMORROW,
    YESTERDAY,
    Clock,
    cell,
    class_check,
    class_entry,
    figure,
    frame,
    ledger_key,
    ledger_of,
    mark,
    measured,
)
from tests.contract.steps import claim, overwrite, put_ledgers, put_marks, with_roster
from wuguan.domain.ledger import EMPTY
from wuguan.domain.rollup import Figures, Mark
from wuguan.ports import EMBEDDED_LOG, FindingRow, Store, TallyQuery, TallyRow

CLASSROOM, CUSTODY, MINUTES = "phone.classroom", "phone.custody", "homework.minutes"
MONTH_BEGINS, MONTH_ENDS = date(2026, 9, 1), date(2026, 9, 30)


def query(**changed: Any) -> TallyQuery:
    """The classroom figures of one school in September, until it is changed."""
    members: Mapping[str, Any] = {
        "units": [SCHOOL],
        "metrics": [CLASSROOM],
        "from_day": MONTH_BEGINS,
        "to_day": MONTH_ENDS,
    }
    return TallyQuery(**{**members, **changed})


def rows_of(store: Store, asked: TallyQuery) -> list[TallyRow]:
    with store.figures.reading() as reading:
        return list(reading.rows(asked, None, 1000))


def classroom(value: int = 1, **of_cell: Any) -> Figures:
    """One classroom figure."""
    return {cell(CLASSROOM, **of_cell): figure(CLASSROOM, value)}


# ---- rows


def test_a_row_shows_all_of_a_figure(store: Store) -> None:
    minutes = figure(MINUTES, 20, 40, expected=3, compliant=2, rules=["one", "two"])
    overwrite(store, {mark(management="homework"): {cell(MINUTES): minutes}})

    (row,) = rows_of(store, query(metrics=[MINUTES]))

    assert replace(row, bins=tuple(row.bins)) == TallyRow(
        day=TODAY,
        unit=SCHOOL,
        class_id=None,
        stage="primary",
        grade=4,
        metric=MINUTES,
        expected=3,
        reported=2,
        judged=2,
        compliant=2,
        total=60,
        bins=(0, 0, 1, 1, 0, 0, 0, 0, 0, 0),
        rules=frozenset({"one", "two"}),
    )


def test_only_the_units_metrics_and_days_asked_for_are_read(store: Store) -> None:
    both = {cell(CLASSROOM): figure(CLASSROOM, 1), cell(CUSTODY): figure(CUSTODY, 1)}
    overwrite(
        store,
        {
            mark(SCHOOL, YESTERDAY): both,
            mark(SCHOOL, TODAY): both,
            mark(SCHOOL, TOMORROW): both,
            mark(OTHER_SCHOOL, TODAY): both,
        },
    )

    rows = rows_of(store, query(from_day=TODAY, to_day=TODAY))

    assert [(row.unit, row.day, row.metric) for row in rows] == [(SCHOOL, TODAY, CLASSROOM)]


def test_rows_come_by_day_unit_stage_grade_and_metric(store: Store) -> None:
    places = [
        (YESTERDAY, OTHER_SCHOOL, "junior", 7, CLASSROOM),
        (TODAY, SCHOOL, "junior", 7, CLASSROOM),
        (TODAY, SCHOOL, "primary", 4, CLASSROOM),
        (TODAY, SCHOOL, "primary", 4, CUSTODY),
        (TODAY, SCHOOL, "primary", 5, CLASSROOM),
        (TODAY, SCHOOL, "senior", 10, CLASSROOM),
        (TODAY, OTHER_SCHOOL, "junior", 7, CLASSROOM),
    ]
    figures: dict[Mark, dict[Any, Any]] = {}
    for day, unit, stage, grade, metric in reversed(places):
        rows = figures.setdefault(mark(unit, day), {})
        rows[cell(metric, stage, grade)] = figure(metric, 1)
    overwrite(store, figures)

    found = rows_of(store, query(units=[OTHER_SCHOOL, SCHOOL], metrics=[CUSTODY, CLASSROOM]))

    assert [(row.day, row.unit, row.stage, row.grade, row.metric) for row in found] == places


def test_text_is_in_order_of_code_points(store: Store) -> None:
    units = ["A-1", "A.1", "B", "_", "a"]
    overwrite(store, {mark(unit): classroom() for unit in reversed(units)})

    found = rows_of(store, query(units=units))

    assert [row.unit for row in found] == units


def test_grade_6_of_two_stages_makes_two_rows(store: Store) -> None:
    both = {**classroom(1, stage="primary", grade=6), **classroom(2, stage="junior", grade=6)}
    overwrite(store, {mark(DISTRICT): both})

    found = rows_of(store, query(units=[DISTRICT]))

    assert [(row.stage, row.grade, row.total) for row in found] == [
        ("junior", 6, 2),
        ("primary", 6, 1),
    ]


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        ("grade", [("junior", 7, 4), ("primary", 4, 1), ("primary", 5, 2)]),
        ("stage", [("junior", None, 4), ("primary", None, 3)]),
        ("total", [(None, None, 7)]),
    ],
)
def test_figures_are_summed_by_what_was_asked(
    store: Store, by: Any, expected: list[tuple[str | None, int | None, int]]
) -> None:
    by_grade = {
        **classroom(1, grade=4),
        **classroom(2, grade=5),
        **classroom(4, stage="junior", grade=7),
    }
    overwrite(store, {mark(): by_grade})

    found = rows_of(store, query(by=by))

    assert [(row.stage, row.grade, row.total) for row in found] == expected


def test_rows_of_which_all_is_reported_can_be_left_out(store: Store) -> None:
    half = {cell(CLASSROOM, grade=5): figure(CLASSROOM, 1, expected=2)}
    overwrite(store, {mark(): {**classroom(1, grade=4), **half}})

    assert [row.grade for row in rows_of(store, query(incomplete=True))] == [5]
    (row,) = rows_of(store, query(by="stage", incomplete=True))
    assert (row.expected, row.reported) == (3, 2)


def test_bins_and_rules_are_summed_too(store: Store) -> None:
    homework = mark(management="homework")
    grades = {
        cell(MINUTES, grade=4): figure(MINUTES, 20, 40, rules=["one"]),
        cell(MINUTES, grade=5): figure(MINUTES, 40, 200, rules=["one", "two"]),
    }
    overwrite(store, {homework: grades})

    (row,) = rows_of(store, query(metrics=[MINUTES], by="total"))

    assert tuple(row.bins) == (0, 0, 1, 2, 0, 0, 0, 0, 0, 1)
    assert row.rules == {"one", "two"}


# ---- buckets


def week(unit: str = SCHOOL, stage: str | None = None, shown: date = TODAY) -> Any:
    """The week that begins TODAY, a Monday."""
    return (unit, stage, TODAY, TODAY + timedelta(days=6), shown)


def test_the_days_of_a_bucket_are_summed_and_shown_on_its_day(store: Store) -> None:
    last_of_week, next_week = TODAY + timedelta(days=6), TODAY + timedelta(days=7)
    for number, day in enumerate((YESTERDAY, TODAY, last_of_week, next_week)):
        overwrite(store, {mark(day=day): classroom(10**number)})

    (row,) = rows_of(store, query(buckets=[week(shown=MONTH_BEGINS)]))

    assert (row.day, row.total, row.reported) == (MONTH_BEGINS, 110, 2)


def test_of_a_bucket_only_the_days_asked_for_are_summed(store: Store) -> None:
    for number in range(3):
        day = TODAY + timedelta(days=number)
        overwrite(store, {mark(day=day): classroom(10**number)})

    (row,) = rows_of(store, query(from_day=TOMORROW, to_day=TOMORROW, buckets=[week()]))

    assert (row.day, row.total) == (TODAY, 10)


def test_a_bucket_is_for_its_unit(store: Store) -> None:
    overwrite(store, {mark(SCHOOL): classroom(1), mark(OTHER_SCHOOL): classroom(2)})

    found = rows_of(store, query(units=[SCHOOL, OTHER_SCHOOL], buckets=[week(OTHER_SCHOOL)]))

    assert [(row.unit, row.total) for row in found] == [(OTHER_SCHOOL, 2)]


def test_each_stage_may_have_its_own_bucket(store: Store) -> None:
    stages = {**classroom(1, stage="primary"), **classroom(2, stage="junior", grade=7)}
    overwrite(store, {mark(): {**stages, **classroom(4, stage="senior", grade=10)}})
    buckets = [week(stage="primary", shown=TODAY), week(stage="junior", shown=MONTH_BEGINS)]

    found = rows_of(store, query(buckets=buckets))

    assert [(row.day, row.stage, row.total) for row in found] == [
        (MONTH_BEGINS, "junior", 2),
        (TODAY, "primary", 1),
    ]


def test_stages_with_buckets_of_one_day_shown_make_one_total(store: Store) -> None:
    overwrite(store, {mark(): {**classroom(1), **classroom(2, stage="junior", grade=7)}})

    buckets = [week(stage="primary"), week(stage="junior")]

    (row,) = rows_of(store, query(buckets=buckets, by="total"))

    assert (row.day, row.stage, row.grade, row.total) == (TODAY, None, None, 3)


# ---- pages


@pytest.mark.parametrize("by", ["grade", "stage", "total"])
@pytest.mark.parametrize("buckets", [(), (week(SCHOOL), week(OTHER_SCHOOL))])
def test_pages_put_together_are_the_whole(store: Store, by: Any, buckets: Any) -> None:
    many = {
        cell(metric, stage, grade): figure(metric, 1)
        for metric in (CLASSROOM, CUSTODY)
        for stage, grade in (("primary", 4), ("primary", 5), ("junior", 7))
    }
    days = (TODAY, TOMORROW)
    overwrite(store, {mark(unit, day): many for unit in (SCHOOL, OTHER_SCHOOL) for day in days})
    asked = query(
        units=[SCHOOL, OTHER_SCHOOL], metrics=[CLASSROOM, CUSTODY], by=by, buckets=buckets
    )
    whole = rows_of(store, asked)

    paged: list[TallyRow] = []
    with store.figures.reading() as reading:
        while page := reading.rows(asked, paged[-1] if paged else None, 3):
            assert len(page) <= 3
            paged += page

    assert paged == whole
    assert len(whole) >= 4


def test_what_is_written_meanwhile_does_not_show_in_a_view(store: Store) -> None:
    overwrite(store, {mark(): classroom(1)})

    with store.figures.reading() as reading:
        before = list(reading.rows(query(), None, 10))
        overwrite(store, {mark(): classroom(2)})
        put_ledgers(store, {ledger_key(): (EMPTY, measured(findings=["conflict"]))})
        after = list(reading.rows(query(), None, 10))
        findings = list(reading.findings(SCHOOL, TODAY, TODAY, None, 10))

    assert before == after
    assert findings == []
    assert [row.total for row in rows_of(store, query())] == [2]


# ---- whether all that was accepted is in


def settled(store: Store, schools: Any = (SCHOOL,), units: Any = (DISTRICT,)) -> bool:
    with store.figures.reading() as reading:
        return reading.settled(schools, units).settled


def test_where_nothing_is_pending_figures_are_settled_as_of_now(store: Store, clock: Clock) -> None:
    clock.now_us += 5

    with store.figures.reading() as reading:
        answer = reading.settled([SCHOOL], [DISTRICT])

    assert (answer.settled, answer.as_of_us) == (True, clock.now_us)


def test_a_record_not_taken_yet_unsettles_its_school(store: Store) -> None:
    store.log.append([frame(class_check("c-1"))])

    assert not settled(store)
    assert settled(store, schools=[OTHER_SCHOOL])


def test_a_record_that_was_taken_is_settled(store: Store) -> None:
    store.log.append([frame(class_check("c-1")), frame(class_check("c-2", school=OTHER_SCHOOL))])

    with store.ledgers.writing([SCHOOL], places=[EMBEDDED_LOG]) as writing:
        writing.move_to({EMBEDDED_LOG: 2})

    assert settled(store)
    assert not settled(store, schools=[OTHER_SCHOOL])


def test_a_span_to_measure_unsettles_its_school(store: Store) -> None:
    with_roster(store)
    store.roster.put_roster({"classes": [class_entry(pupils=12)]}, TODAY)

    assert not settled(store)
    assert settled(store, schools=[OTHER_SCHOOL])


@pytest.mark.parametrize("unit", [SCHOOL, DISTRICT])
def test_a_mark_unsettles_its_unit(store: Store, unit: str) -> None:
    put_marks(store, mark(unit))

    assert not settled(store)
    assert settled(store, schools=[OTHER_SCHOOL], units=[])


def test_a_mark_that_was_rolled_up_is_settled(store: Store) -> None:
    put_marks(store, mark(SCHOOL))
    claim(store)

    assert settled(store)


def test_a_mark_of_a_day_to_come_counts_when_the_day_has_come(store: Store, clock: Clock) -> None:
    put_marks(store, mark(day=TOMORROW))
    before = settled(store)

    clock.now_us += 24 * 3_600_000_000

    assert before
    assert not settled(store)


# ---- class-days


def test_class_tallies_are_those_of_the_classes_that_have_a_ledger(store: Store) -> None:
    one, other = measured(CLASSROOM, 1), measured(CLASSROOM, 2)
    put_ledgers(
        store,
        {
            ledger_key(class_id=CLASS): (ledger_of(class_check("c-1", found=1)), one),
            ledger_key(class_id=OTHER_CLASS, day=YESTERDAY): (EMPTY, other),
            ledger_key(management="sleep"): (EMPTY, other),
            ledger_key(day=TOMORROW): (EMPTY, other),
            ledger_key(OTHER_SCHOOL): (EMPTY, other),
        },
    )

    with store.figures.reading() as reading:
        found = reading.class_tallies(SCHOOL, ["phone", "homework"], YESTERDAY, TODAY)

    by_class = {
        one: {class_id: tuple(tallies) for class_id, tallies in classes.items()}
        for one, classes in found.items()
    }
    assert by_class == {
        mark(day=TODAY): {CLASS: one.tallies},
        mark(day=YESTERDAY): {OTHER_CLASS: other.tallies},
    }


FINDINGS = [
    FindingRow(YESTERDAY, OTHER_CLASS, "phone", "conflict"),
    FindingRow(TODAY, CLASS, "homework", "two_sources_differ"),
    FindingRow(TODAY, CLASS, "phone", "conflict"),
    FindingRow(TODAY, CLASS, "phone", "off_plan"),
    FindingRow(TODAY, OTHER_CLASS, "fitness", "conflict"),
]


def put_findings(store: Store) -> None:
    by_key: dict[Any, list[Any]] = {}
    for row in FINDINGS:
        key = ledger_key(SCHOOL, row.management, row.class_id, row.day)
        by_key.setdefault(key, []).append(row.kind)
    put_ledgers(store, {key: (EMPTY, measured(findings=kinds)) for key, kinds in by_key.items()})


def test_findings_come_by_day_class_management_and_kind(store: Store) -> None:
    put_findings(store)

    with store.figures.reading() as reading:
        found = reading.findings(SCHOOL, YESTERDAY, TODAY, None, 10)

    assert list(found) == FINDINGS


def test_only_the_findings_of_the_school_and_days_are_read(store: Store) -> None:
    put_findings(store)
    put_ledgers(store, {ledger_key(OTHER_SCHOOL): (EMPTY, measured(findings=["conflict"]))})

    with store.figures.reading() as reading:
        of_yesterday = reading.findings(SCHOOL, YESTERDAY, YESTERDAY, None, 10)
        of_other = reading.findings(OTHER_SCHOOL, YESTERDAY, TODAY, None, 10)

    assert list(of_yesterday) == FINDINGS[:1]
    assert [row.kind for row in of_other] == ["conflict"]


def test_pages_of_findings_put_together_are_the_whole(store: Store) -> None:
    put_findings(store)

    paged: list[FindingRow] = []
    with store.figures.reading() as reading:
        while page := reading.findings(SCHOOL, YESTERDAY, TODAY, paged[-1] if paged else None, 2):
            assert len(page) <= 2
            paged += page

    assert paged == FINDINGS


def test_a_finding_that_no_longer_holds_is_gone(store: Store) -> None:
    put_findings(store)
    key = ledger_key(SCHOOL, "phone", OTHER_CLASS, YESTERDAY)

    put_ledgers(store, {key: (EMPTY, measured())})

    with store.figures.reading() as reading:
        assert list(reading.findings(SCHOOL, YESTERDAY, YESTERDAY, None, 10)) == []
