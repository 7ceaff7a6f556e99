"""What a figure may be called."""

import pytest

from dashboards.states import SHAPES, State
from tests.unit.dashboards.building import figure, judging, unit
from wuguan.domain.rollup import Figure

SPORT, PE, REPORTING = "fitness.sport_time", "fitness.pe_kept", "fitness.reporting"


def state(metric: str, *figures: tuple[str, Figure], own: bool = False) -> State:
    return judging().judged(metric, unit(dict(figures)), ("primary",), own=own).state


@pytest.mark.parametrize(
    ("expected", "reported", "compliant", "found"),
    [
        (100, 100, 100, State.IN_LINE),
        (100, 100, 96, State.IN_LINE),
        (100, 100, 95, State.WATCH),
        (1000, 1000, 949, State.CHECK),
        (100, 60, 0, State.CHECK),
        (100, 59, 0, State.LOW),
        (100, 59, 59, State.LOW),
        (100, 0, 0, State.NOT_REPORTED),
        (0, 0, 0, State.NOTHING_DUE),
    ],
)
def test_a_must_rule_about_the_school_has_a_colour_only_where_enough_was_reported(
    expected: int, reported: int, compliant: int, found: State
) -> None:
    assert state(SPORT, (SPORT, figure(SPORT, expected, reported, compliant))) is found


def test_a_prohibition_needs_every_class_day() -> None:
    metric = "phone.classroom"

    assert state(metric, (metric, figure(metric, 1000, 1000, 999))) is State.CHECK
    assert state(metric, (metric, figure(metric, 1000, 1000, 1000))) is State.IN_LINE


def test_a_fall_since_the_half_month_before_is_watched() -> None:
    now, before = unit({SPORT: figure(SPORT, 100, 100, 97)}), unit({SPORT: figure(SPORT, 100)})

    assert judging().judged(SPORT, now, ("primary",), before).state is State.WATCH
    assert judging().judged(SPORT, now, ("primary",)).state is State.IN_LINE


@pytest.mark.parametrize("metric", ["sleep.duration", "phone.custody"])
def test_what_happens_at_home_and_what_a_rule_advises_is_never_red(metric: str) -> None:
    given = (metric, figure(metric, 100, 100, 3)), ("phone.reporting", figure("phone.reporting", 9))

    assert state(metric, *given) is State.SCALE
    assert State.SCALE not in SHAPES


def test_what_has_no_rule_is_not_judged() -> None:
    metric = "homework.weekend_minutes"

    assert state(metric, (metric, figure(metric, 10, judged=0))) is State.NOT_JUDGED


def test_lessons_are_as_well_known_as_class_days_were_reported() -> None:
    kept = (PE, figure(PE, 20, 20, 10))

    assert state(PE, kept, (REPORTING, figure(REPORTING, 10, 5))) is State.LOW
    assert state(PE, kept, (REPORTING, figure(REPORTING, 10, 6))) is State.CHECK


def test_where_things_are_counted_that_were_found_nothing_found_is_no_silence() -> None:
    swept, reporting = "reading.swept", "reading.reporting"

    assert state(swept, (reporting, figure(reporting, 10, 9))) is State.NONE_FOUND
    assert state(swept, (reporting, figure(reporting, 10, 0))) is State.NOT_REPORTED
    assert state(swept) is State.NOTHING_DUE


@pytest.mark.parametrize("pupils", [1, 4])
def test_a_few_pupils_are_shown_to_their_own_school_only(pupils: int) -> None:
    few = ("sleep.duration", figure("sleep.duration", 30, pupils, 1))
    all_of_them = ("sleep.duration", figure("sleep.duration", pupils))

    assert state("sleep.duration", few) is State.WITHHELD
    assert state("sleep.duration", all_of_them) is State.WITHHELD
    assert state("sleep.duration", all_of_them, own=True) is State.SCALE
