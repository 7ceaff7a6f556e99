"""The contract of alerts: marks that no change escapes, one open alert, and all that happened."""

from collections.abc import Callable, Collection, Sequence
from functools import partial
from time import sleep
from typing import Any

import pytest
from msgspec.structs import replace

from tests.builders import (
    DISTRICT,
    OTHER_SCHOOL,
    PROVINCE,
    SCHOOL,
    TODAY,
    TOMORROW,
    YESTERDAY,
    Clock,
    cell,
    class_check,
    figure,
    ledger_key,
    ledger_of,
    mark,
)
from tests.contract.period_steps import sum_up
from tests.contract.steps import (
    SOON_SECONDS,
    WAIT_SECONDS,
    Broken,
    overwrite,
    put_ledgers,
    started,
    with_roster,
)
from wuguan.domain.alerting.due import LONGEST_WINDOW
from wuguan.domain.alerting.life import Alert, Entry, Told, act
from wuguan.domain.alerting.notice import Notice
from wuguan.domain.instants import DAY_US, MINUTE_US
from wuguan.domain.measure import Measured
from wuguan.domain.measuring import MetricTally
from wuguan.domain.periods import PeriodMark
from wuguan.domain.tally import Tally
from wuguan.ports import (
    AlertConflict,
    AlertMark,
    AlertPlace,
    AlertQuery,
    RejectedRow,
    Store,
    SubjectKey,
    SystemRow,
    TallyQuery,
)

PHONE, HOMEWORK = AlertMark(SCHOOL, "phone"), AlertMark(SCHOOL, "homework")
CLASSROOM = "phone.classroom"
AFTER_SCHOOL_US = 6 * 60 * MINUTE_US
"""From noon to 18:00, when the day's returns are due."""


def alert(alert_id: str = "alert-1", **members: Any) -> Alert:
    usual: dict[str, Any] = {
        "alert_id": alert_id, "rule_id": "phones-in-class", "kind": "compliance",
        "unit_id": SCHOOL, "state": "firing", "severity": "major",
        "breach_days": (YESTERDAY, TODAY), "fired_on": TODAY, "value": 88.5, "threshold": 95.0,
        "told": 0, "entries": 2,
    }  # fmt: skip
    return Alert(**{**usual, **members})


def entry(number: int, happened: str = "fired", alert_id: str = "alert-1", **members: Any) -> Entry:
    usual: dict[str, Any] = {
        "alert_id": alert_id, "number": number, "happened": happened, "at_us": 7,
        "day": TODAY, "severity": "major", "value": 88.5,
    }  # fmt: skip
    return Entry(**{**usual, **members})


def fired(alert_id: str = "alert-1", **members: Any) -> Told:
    """An alert that has begun and fired."""
    entries = [entry(0, "pending", alert_id), entry(1, "fired", alert_id)]
    return Told(alert(alert_id, **members), entries)


def resolved(told: Told) -> Told:
    before = told.alert
    after = replace(before, state="resolved", ended_on=TODAY, cause="corrected", entries=3)
    return Told(after, [entry(2, "resolved", before.alert_id, cause="corrected")])


def write(store: Store, *told: Told, notices: Sequence[Notice] = ()) -> None:
    with store.alerts.evaluating(0) as writing:
        writing.write(told, notices)


def claim(store: Store, limit: int = 1000) -> list[AlertMark]:
    """Claims marks and commits, so that they are gone."""
    with store.alerts.evaluating(limit) as writing:
        return sorted(writing.claimed)


def ids(store: Store, after: AlertPlace | None = None, limit: int = 9, **query: Any) -> list[str]:
    asked = AlertQuery(**{"units": [SCHOOL, OTHER_SCHOOL, DISTRICT], **query})
    return [one.alert_id for one in store.alerts.alerts(asked, after, limit)]


# ---- marks


def test_what_is_marked_is_claimed_once(store: Store) -> None:
    store.alerts.mark([PHONE, HOMEWORK, PHONE])

    assert claim(store) == [HOMEWORK, PHONE]
    assert claim(store) == []


def test_what_has_waited_longest_comes_first(store: Store) -> None:
    marks = [AlertMark(unit, "phone") for unit in (OTHER_SCHOOL, DISTRICT, SCHOOL)]
    for one in marks:
        store.alerts.mark([one])

    assert [claim(store, 1) for _ in range(4)] == [[marks[0]], [marks[1]], [marks[2]], []]


def test_marks_outlast_an_error(store: Store) -> None:
    store.alerts.mark([PHONE])

    def break_off() -> None:
        with store.alerts.evaluating(10) as writing:
            writing.write([fired()], [])
            raise Broken

    with pytest.raises(Broken):
        break_off()

    assert store.alerts.alert("alert-1") is None
    assert list(store.alerts.entries("alert-1")) == []
    assert claim(store) == [PHONE]


def test_what_is_marked_meanwhile_stays_marked(store: Store) -> None:
    store.alerts.mark([PHONE])

    with store.alerts.evaluating(10):
        store.alerts.mark([PHONE])

    assert claim(store) == [PHONE]


def test_a_unit_that_another_evaluates_is_skipped(store: Store) -> None:
    other = AlertMark(OTHER_SCHOOL, "phone")
    store.alerts.mark([PHONE])

    with store.alerts.evaluating(10) as first:
        store.alerts.mark([HOMEWORK, other])
        with store.alerts.evaluating(10) as second:
            assert list(first.claimed) == [PHONE]
            assert list(second.claimed) == [other]

    assert claim(store) == [HOMEWORK]


# ---- who is marked


@pytest.mark.parametrize(
    ("day", "marked"),
    [
        (YESTERDAY, [PHONE]),
        (TODAY, []),
        (TOMORROW, []),
        (YESTERDAY - LONGEST_WINDOW, []),
    ],
)
def test_a_day_that_is_due_and_moves_marks_its_unit(
    store: Store, day: Any, marked: list[AlertMark]
) -> None:
    overwrite(store, {mark(day=day): {cell(CLASSROOM): figure(CLASSROOM, 1)}})

    assert claim(store) == marked


def test_today_marks_from_shortly_before_it_is_due(store: Store, clock: Clock) -> None:
    clock.now_us += AFTER_SCHOOL_US - 40 * MINUTE_US
    figures = {mark(): {cell(CLASSROOM): figure(CLASSROOM, 1)}}
    overwrite(store, figures)

    assert claim(store) == [PHONE]


def test_a_day_that_does_not_move_marks_nobody(store: Store) -> None:
    figures = {mark(DISTRICT, YESTERDAY): {cell(CLASSROOM): figure(CLASSROOM, 1)}}
    overwrite(store, figures)
    first = claim(store)

    overwrite(store, figures)

    assert first == [AlertMark(DISTRICT, "phone")]
    assert claim(store) == []


def test_a_figure_that_goes_marks_too(store: Store) -> None:
    overwrite(store, {mark(day=YESTERDAY): {cell(CLASSROOM): figure(CLASSROOM, 1)}})
    claim(store)

    overwrite(store, {mark(day=YESTERDAY): {}})

    assert claim(store) == [PHONE]


def test_counts_of_systems_that_move_mark_their_school(store: Store) -> None:
    reported = Measured((MetricTally("phone.reporting", Tally(1, 1), None),))
    ledgers = {ledger_key(day=YESTERDAY): (ledger_of(class_check("c")), reported)}
    put_ledgers(store, ledgers)
    store.periods.mark([PeriodMark(SCHOOL, "phone", YESTERDAY)])
    sum_up(store)
    first = claim(store)

    store.periods.mark([PeriodMark(SCHOOL, "phone", YESTERDAY)])
    sum_up(store)
    again = claim(store)
    with store.ledgers.writing([SCHOOL]) as writing:
        writing.remove([ledger_key(day=YESTERDAY)])
    store.periods.mark([PeriodMark(SCHOOL, "phone", YESTERDAY)])
    sum_up(store)

    assert first == [PHONE]
    assert again == []
    assert claim(store) == [PHONE]


def test_opening_a_day_marks_all_that_have_figures_or_an_open_alert_once(store: Store) -> None:
    with_roster(store)
    overwrite(store, {mark(day=TODAY): {cell(CLASSROOM): figure(CLASSROOM, 1)}})
    overwrite(store, {mark(DISTRICT, TODAY - LONGEST_WINDOW): {cell(CLASSROOM): figure(CLASSROOM)}})
    overwrite(store, {mark(PROVINCE, TOMORROW): {cell(CLASSROOM): figure(CLASSROOM, 1)}})
    past = fired("alert-2", unit_id=DISTRICT)
    write(store, fired(unit_id=OTHER_SCHOOL), past)
    write(store, resolved(past))
    claim(store)

    assert store.alerts.open_day(TODAY)
    marked = claim(store)

    assert [one for one in marked if one.unit_id != OTHER_SCHOOL] == [PHONE]
    assert {one.management for one in marked if one.unit_id == OTHER_SCHOOL} == {
        "homework", "sleep", "phone", "reading", "fitness",
    }  # fmt: skip
    assert not store.alerts.open_day(TODAY)
    assert claim(store) == []
    assert store.alerts.open_day(TOMORROW)


# ---- what is read


def test_figures_are_read_as_they_are_now(store: Store) -> None:
    query = TallyQuery(
        units=[SCHOOL], metrics=[CLASSROOM], from_day=YESTERDAY, to_day=TODAY, by="stage"
    )
    overwrite(store, {mark(): {cell(CLASSROOM, grade=3): figure(CLASSROOM, 1)}})

    with store.alerts.evaluating(0) as writing:
        before = writing.rows(query)
        overwrite(store, {mark(): {
            cell(CLASSROOM, grade=3): figure(CLASSROOM, 1),
            cell(CLASSROOM, grade=4): figure(CLASSROOM, 2, 3),
        }})  # fmt: skip
        after = writing.rows(query)

    assert [(row.stage, row.reported, row.total) for row in before] == [("primary", 1, 1)]
    assert [(row.stage, row.reported, row.total) for row in after] == [("primary", 3, 6)]


def test_it_is_known_which_days_were_opened(store: Store) -> None:
    store.alerts.open_day(TODAY)

    with store.alerts.evaluating(0) as writing:
        assert writing.is_open(TODAY)
        assert not writing.is_open(TOMORROW)


def test_systems_and_refused_events_are_read_by_school(store: Store, clock: Clock) -> None:
    reported = Measured((MetricTally("phone.reporting", Tally(1, 1), None),))
    for school in (SCHOOL, OTHER_SCHOOL):
        facts = ledger_of(class_check("c", school=school, system="locker"))
        put_ledgers(store, {ledger_key(school, day=YESTERDAY): (facts, reported)})
        store.periods.mark([PeriodMark(school, "phone", YESTERDAY)])
    sum_up(store)
    store.rejects.add([rejected(clock.now_us), rejected(clock.now_us - DAY_US), rejected(1)])
    store.rejects.add([rejected(clock.now_us, OTHER_SCHOOL)])

    with store.alerts.evaluating(0) as writing:
        systems = writing.systems([SCHOOL], YESTERDAY, TODAY)
        refused = writing.refused([SCHOOL], YESTERDAY, TODAY)
        assert writing.systems([SCHOOL], TODAY, TODAY) == {}

    assert systems == {SCHOOL: [SystemRow(YESTERDAY, "phone", "locker", 1)]}
    assert refused == {SCHOOL: {TODAY: 1, YESTERDAY: 1}}


def rejected(received_us: int, school: str = SCHOOL) -> RejectedRow:
    return RejectedRow(0, school, received_us, None, None, None, "code", "", "text", "文字")


def test_the_context_is_of_the_version_in_force(store: Store) -> None:
    with_roster(store)

    with store.alerts.evaluating(1) as writing:
        assert writing.context_version == store.roster.version() > 0


# ---- what is written


def test_an_alert_is_kept_with_all_that_happened_to_it(store: Store) -> None:
    told = fired(system="board", assignee="王督学", silenced_until_us=5, cause=None)
    last = resolved(told)

    write(store, told)
    first = store.alerts.alert("alert-1"), list(store.alerts.entries("alert-1"))
    write(store, last)

    assert first == (told.alert, list(told.entries))
    assert store.alerts.alert("alert-1") == last.alert
    assert list(store.alerts.entries("alert-1")) == [*told.entries, *last.entries]
    assert store.alerts.alert("nobody") is None
    assert list(store.alerts.entries("nobody")) == []


def test_the_last_alert_of_each_subject_is_found(store: Store) -> None:
    first = fired("b")
    write(store, first)
    write(store, resolved(first))
    second, of_board = fired("a"), fired("c", system="board")
    write(store, second, of_board)
    write(store, fired("d", unit_id=OTHER_SCHOOL))

    with store.alerts.evaluating(0) as writing:
        found = writing.last_alerts([SCHOOL])

    assert found == {
        SubjectKey("phones-in-class", SCHOOL, ""): second.alert,
        SubjectKey("phones-in-class", SCHOOL, "board"): of_board.alert,
    }


def test_one_alert_of_a_subject_is_open_at_most(store: Store) -> None:
    write(store, fired())

    with pytest.raises(AlertConflict):
        write(store, fired("alert-2"))

    assert store.alerts.alert("alert-2") is None
    assert list(store.alerts.entries("alert-2")) == []
    write(store, fired("alert-2", system="board"), fired("alert-3", rule_id="other"))
    write(store, resolved(fired()), fired("alert-4"))
    assert ids(store) == ["alert-2", "alert-3", "alert-4"]


def test_what_does_not_follow_on_the_last_entry_is_not_written(store: Store) -> None:
    told = fired()
    write(store, told)
    first, second = (act(told.alert, "noted", 9, by=who, text=who) for who in ("甲", "乙"))
    write(store, first)

    with pytest.raises(AlertConflict):
        write(store, second)
    with pytest.raises(AlertConflict):
        write(store, Told(replace(told.alert, severity="critical"), ()))

    assert store.alerts.alert("alert-1") == first.alert
    assert [one.by for one in store.alerts.entries("alert-1")] == ["", "", "甲"]


def test_an_alert_that_only_looks_otherwise_is_kept_so(store: Store) -> None:
    write(store, fired())
    seen = replace(fired().alert, breach_days=(TODAY,), value=70.0)

    write(store, Told(seen, ()))

    assert store.alerts.alert("alert-1") == seen


def test_the_version_grows_with_every_change(store: Store) -> None:
    def after(change: Callable[[], object]) -> int:
        change()
        return store.alerts.version()

    told = fired()
    changes: Sequence[Callable[[], object]] = [
        lambda: None,
        lambda: write(store, told),
        lambda: write(store, Told(replace(told.alert, value=1.0), ())),
        lambda: acknowledge(store, "alert-1"),
    ]
    versions = [after(change) for change in changes]

    assert versions == sorted(set(versions))
    assert after(lambda: write(store)) == versions[-1]


# ---- who acts


def acknowledge(store: Store, alert_id: str, by: str = "督学") -> Told | None:
    with store.alerts.changing(alert_id) as change:
        if change is None:
            return None
        told = act(change.alert, "acknowledged", 9, by=by)
        change.write(told)
        return told


def test_who_acts_on_an_alert_writes_its_next_entry(store: Store) -> None:
    write(store, fired())

    told = acknowledge(store, "alert-1")

    assert told is not None
    assert store.alerts.alert("alert-1") == told.alert
    assert [one.happened for one in store.alerts.entries("alert-1")] == [
        "pending", "fired", "acknowledged",
    ]  # fmt: skip
    assert acknowledge(store, "nobody") is None


def test_what_fails_while_somebody_acts_changes_nothing(store: Store) -> None:
    write(store, fired())

    def break_off() -> None:
        with store.alerts.changing("alert-1") as change:
            assert change is not None
            change.write(act(change.alert, "noted", 9, by="x", text="x"))
            raise Broken

    with pytest.raises(Broken):
        break_off()

    assert store.alerts.alert("alert-1") == fired().alert


def test_who_acts_waits_for_whoever_evaluates_the_unit(store: Store) -> None:
    write(store, fired())
    store.alerts.mark([PHONE])

    with started(partial(evaluate_slowly, store), partial(acknowledge_later, store)) as running:
        for one in running:
            one.result(WAIT_SECONDS)

    assert [one.by for one in store.alerts.entries("alert-1")] == ["", "", "甲", "乙"]


def evaluate_slowly(store: Store) -> None:
    """Evaluates, and lets something happen at the very end."""
    with store.alerts.evaluating(10) as writing:
        (before,) = writing.last_alerts([SCHOOL]).values()
        sleep(2 * SOON_SECONDS)
        writing.write([act(before, "noted", 8, by="甲", text="已知")], [])


def acknowledge_later(store: Store) -> None:
    """Acts in the midst of it."""
    sleep(SOON_SECONDS)
    acknowledge(store, "alert-1", by="乙")


def test_many_who_act_at_once_all_have_their_entry(store: Store) -> None:
    write(store, fired())

    def note(who: int) -> Callable[[], None]:
        def task() -> None:
            with store.alerts.changing("alert-1") as change:
                assert change is not None
                change.write(act(change.alert, "noted", who, by=str(who), text="x"))

        return task

    with started(*(note(who) for who in range(8))) as running:
        for one in running:
            one.result(WAIT_SECONDS)

    found = store.alerts.entries("alert-1")
    assert sorted(one.by for one in found[2:]) == [str(who) for who in range(8)]
    assert [one.number for one in found] == list(range(10))


# ---- lists


def some_alerts(store: Store) -> None:
    told = fired("a", kind="data", rule_id="silent", severity="critical")
    write(store, told, fired("c", unit_id=OTHER_SCHOOL), fired("d", unit_id=DISTRICT))
    write(store, fired("b", state="pending", severity="minor"), fired("e", unit_id=PROVINCE))
    last = fired("f", rule_id="over")
    write(store, last)
    write(store, resolved(last))


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, ["a", "b", "c", "d"]),
        ({"units": [SCHOOL]}, ["a", "b"]),
        ({"states": ["resolved"]}, ["f"]),
        ({"kinds": ["data"]}, ["a"]),
        ({"rule_ids": ["phones-in-class"]}, ["b", "c", "d"]),
        ({"severities": ["minor", "critical"]}, ["a", "b"]),
        ({"limit": 2}, ["a", "b"]),
        ({"after": AlertPlace(SCHOOL, "a")}, ["b", "c", "d"]),
        ({"units": []}, []),
    ],
)
def test_alerts_are_listed_by_unit_and_id(
    store: Store, query: dict[str, Any], found: Collection[str]
) -> None:
    some_alerts(store)

    assert ids(store, **query) == found


def test_firing_and_acknowledged_alerts_are_counted_by_unit_and_kind(store: Store) -> None:
    some_alerts(store)
    acknowledge(store, "c")

    assert dict(store.alerts.counts([SCHOOL, OTHER_SCHOOL])) == {
        (SCHOOL, "data"): 1,
        (OTHER_SCHOOL, "compliance"): 1,
    }


def test_of_all_units_they_are_counted_by_rule_severity_and_kind(store: Store) -> None:
    some_alerts(store)
    acknowledge(store, "c")

    assert dict(store.alerts.firing()) == {
        ("silent", "critical", "data"): 1,
        ("phones-in-class", "major", "compliance"): 3,
    }


# ---- publishing


def publish(store: Store, limit: int = 100) -> list[tuple[str, int]]:
    with store.alerts.publishing(limit) as happenings:
        return [(one.alert.alert_id, one.entry.number) for one in happenings]


def test_what_happened_is_published_once_and_in_order(store: Store) -> None:
    write(store, fired(), fired("alert-2", unit_id=OTHER_SCHOOL))
    first = publish(store, 3)
    acknowledge(store, "alert-1")

    assert first == [("alert-1", 0), ("alert-1", 1), ("alert-2", 0)]
    assert publish(store) == [("alert-2", 1), ("alert-1", 2)]
    assert publish(store) == []


def test_what_could_not_be_published_is_published_again(store: Store) -> None:
    write(store, fired())

    def break_off() -> None:
        with store.alerts.publishing(10) as happenings:
            assert happenings[1] == (fired().alert, fired().entries[1])
            raise Broken

    with pytest.raises(Broken):
        break_off()

    assert publish(store) == [("alert-1", 0), ("alert-1", 1)]
