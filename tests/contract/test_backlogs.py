"""The contract of Backlogs."""

from datetime import timedelta

from tests.builders import (
    OTHER_SCHOOL,
    SCHOOL,
    TODAY,
    YESTERDAY,
    Clock,
    class_check,
    frame,
    mark,
    roster_document,
)
from tests.contract.steps import claim, claim_periods, measure_nothing, put_marks
from wuguan.adapters.memory.store import MemoryStore
from wuguan.domain.periods import PeriodMark
from wuguan.ports import EMBEDDED_LOG, AlertMark, Store

TOMORROW = TODAY + timedelta(days=1)


def move_to(store: Store, offset: int) -> None:
    with store.ledgers.writing([], places=[EMBEDDED_LOG]) as writing:
        writing.move_to({EMBEDDED_LOG: offset})


def test_of_an_empty_store_nothing_waits(store: Store) -> None:
    figures = store.backlogs.of_figures(TODAY)

    assert store.backlogs.of_log().number == 0
    assert (figures.spans, figures.days.number, figures.periods.number) == (0, 0, 0)


def test_the_log_waits_from_the_first_frame_that_is_not_taken(store: Store) -> None:
    frames = [frame(class_check(f"c-{number}"), received_us=number) for number in (10, 20, 30)]
    store.log.append(frames)

    move_to(store, 2)

    waiting = store.backlogs.of_log()
    assert (waiting.number, waiting.complete_until_us) == (2, 20)


def test_where_all_is_taken_the_log_is_complete_up_to_now(store: Store) -> None:
    store.log.append([frame(class_check("c-1"), received_us=10)])
    before = store.backlogs.of_log()

    move_to(store, 2)

    after = store.backlogs.of_log()
    assert before.complete_until_us == 10
    assert after.number == 0
    assert after.complete_until_us > 10


def test_marks_wait_since_the_oldest_was_made(store: Store, clock: Clock) -> None:
    put_marks(store, mark())
    first = store.backlogs.of_figures(TODAY).days
    # The database has a clock of its own, which goes on by itself.
    clock.now_us += 1_000_000
    put_marks(store, mark(OTHER_SCHOOL))

    both = store.backlogs.of_figures(TODAY).days
    claim(store)
    none = store.backlogs.of_figures(TODAY).days

    assert (first.number, both.number, none.number) == (1, 2, 0)
    assert first.complete_until_us == both.complete_until_us < none.complete_until_us


def test_periods_wait_but_those_of_days_to_come(store: Store) -> None:
    store.periods.mark(
        [PeriodMark(mark().unit_id, "sleep", day) for day in (YESTERDAY, TODAY, TOMORROW)]
    )

    assert store.backlogs.of_figures(TODAY).periods.number == 2
    claim_periods(store)
    assert store.backlogs.of_figures(TODAY).periods.number == 0


def test_spans_to_be_measured_again_wait_until_they_are_measured(store: Store) -> None:
    store.roster.put_roster(roster_document(), TODAY)
    changed = store.backlogs.of_figures(TODAY).spans

    spans = measure_nothing(store)

    assert changed == len(spans) > 0
    assert store.backlogs.of_figures(TODAY).spans == 0


def test_marks_for_alerts_wait_since_the_oldest_was_made(store: Store, clock: Clock) -> None:
    before = store.backlogs.of_alerts()
    store.alerts.mark([AlertMark(SCHOOL, "sleep")])
    first = store.backlogs.of_alerts()
    clock.now_us += 1_000_000
    store.alerts.mark([AlertMark(OTHER_SCHOOL, "sleep")])

    both = store.backlogs.of_alerts()
    with store.alerts.evaluating(10):
        pass
    none = store.backlogs.of_alerts()

    assert (before.number, first.number, both.number, none.number) == (0, 1, 2, 0)
    assert first.complete_until_us == both.complete_until_us < none.complete_until_us


def test_a_store_says_how_large_it_is(store: Store) -> None:
    on_disk = not isinstance(store, MemoryStore)

    assert (store.backlogs.stored_bytes() > 0) == on_disk
