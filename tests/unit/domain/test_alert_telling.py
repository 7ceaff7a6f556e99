"""Who is told of what happened to an alert, and from when on."""

from datetime import date
from typing import Any

import pytest
from msgspec.structs import replace

from tests.builders import DISTRICT, OTHER_SCHOOL, PROVINCE, SCHOOL, TODAY
from tests.unit.domain.alerts import alert, alert_rule, at, context, entry, receiver, told
from wuguan.domain.alerting.life import Entry, Told
from wuguan.domain.alerting.quiet import next_digest, told_at
from wuguan.domain.alerting.receiver import Receiver, Receivers
from wuguan.domain.alerting.telling import held_until, telling

PATH = (SCHOOL, DISTRICT, PROVINCE)
FRIDAY, SUNDAY, MONDAY = date(2026, 9, 18), date(2026, 9, 20), date(2026, 9, 21)
BEFORE_NATIONAL_DAY, AFTER_NATIONAL_DAY = date(2026, 9, 30), date(2026, 10, 8)
CONTEXT = context()
ALL = (
    receiver("of-school", "school"),
    receiver("of-inspector", "inspector"),
    receiver("of-district", "district"),
)


def tells(
    what: Told,
    *receivers: Receiver,
    is_silent: bool = False,
    at_us: int = at("17:30"),
    **rule: Any,
) -> list[tuple[str, int, int]]:
    """Receiver, entry, and not before when."""
    decide = telling(Receivers(receivers or ALL))
    notices = decide(alert_rule(**rule), what, PATH, is_silent, at_us, CONTEXT)
    return [(one.receiver_id, one.number, one.not_before_us) for one in notices]


def whom(what: Told, *receivers: Receiver, **members: Any) -> list[str]:
    return [receiver_id for receiver_id, _, _ in tells(what, *receivers, **members)]


@pytest.mark.parametrize(
    ("entries", "reached", "expected"),
    [
        ([entry("fired")], 0, ["of-school"]),
        ([entry("reopened")], 0, ["of-school"]),
        ([entry("escalated", step=1)], 1, ["of-inspector"]),
        ([entry("escalated", step=2)], 2, ["of-district"]),
        ([entry("worsened")], 1, ["of-inspector", "of-school"]),
        ([entry("resolved")], 2, ["of-district", "of-inspector", "of-school"]),
        ([entry("fired"), entry("escalated", 2, step=1)], 1, ["of-school", "of-inspector"]),
        ([entry("worsened"), entry("escalated", 2, step=1)], 1, ["of-school", "of-inspector"]),
        ([entry("resolved")], -1, []),
        ([entry("escalated", step=9)], 2, []),
        *([[entry(what)], 2, []] for what in ("pending", "dropped", "eased", "noted", "assigned")),
    ],
)
def test_each_step_is_told_to_its_roles_and_the_end_to_whoever_was_told(
    entries: list[Entry], reached: int, expected: list[str]
) -> None:
    assert whom(told(*entries, told=reached)) == expected


def test_a_rule_that_tells_nobody_at_first_tells_of_its_steps_only() -> None:
    later = (alert_rule().tell[1],)

    assert whom(told(entry("fired"), told=-1), tell=later) == []
    assert whom(told(entry("escalated", step=0), told=0), tell=later) == ["of-inspector"]


def test_a_receiver_is_told_of_its_units_and_kinds_once() -> None:
    fired = told(entry("fired"))

    assert whom(fired, receiver("a", units=(DISTRICT, SCHOOL))) == ["a"]
    assert whom(fired, receiver("a", units=(OTHER_SCHOOL,))) == []
    assert whom(fired, receiver("a", kinds=("data",))) == []
    assert whom(fired, receiver("a", "school", "district")) == ["a"]


def test_silence_says_it_all_of_what_a_school_does_but_for_the_end() -> None:
    fired, resolved = told(entry("fired")), told(entry("resolved"))

    assert whom(fired, is_silent=True) == []
    assert whom(resolved, is_silent=True) == ["of-school"]
    assert whom(fired, is_silent=True, kind="data", metric="homework.reporting") == ["of-school"]


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (at("17:30", MONDAY), at("17:30", MONDAY)),
        (at("17:59", MONDAY), at("17:59", MONDAY)),
        (at("18:00", MONDAY), at("07:30", date(2026, 9, 22))),
        (at("07:29", MONDAY), at("07:30", MONDAY)),
        (at("07:30", MONDAY), at("07:30", MONDAY)),
        (at("18:00", date(2026, 9, 11)), at("07:30", TODAY)),
        # This Sunday makes up for a day of the holiday: the nation works, and so do schools.
        (at("18:00", FRIDAY), at("07:30", SUNDAY)),
        (at("18:00", BEFORE_NATIONAL_DAY), at("07:30", AFTER_NATIONAL_DAY)),
    ],
)
def test_it_is_told_on_school_days_outside_of_quiet_hours(now: int, expected: int) -> None:
    def is_school_day(day: date) -> bool:
        return CONTEXT.calendars.is_school_day(PATH, "primary", day)

    assert told_at(alert_rule(), now, is_school_day) == expected


def test_quiet_hours_may_lie_within_a_day_or_be_none() -> None:
    noon = alert_rule(quiet_from="12:00", quiet_until="14:00")
    never = alert_rule(quiet_from="00:00", quiet_until="00:00")

    assert told_at(noon, at("13:00"), lambda day: True) == at("14:00")
    assert told_at(noon, at("23:00"), lambda day: True) == at("23:00")
    assert told_at(never, at("03:00"), lambda day: True) == at("03:00")
    assert told_at(never, at("03:00", SUNDAY), lambda day: day != SUNDAY) == at("00:00", MONDAY)


def test_without_any_calendar_nothing_waits_for_ever() -> None:
    assert told_at(alert_rule(), at("17:30"), lambda day: False) == at("17:30")
    assert told_at(alert_rule(), at("03:00"), lambda day: False) == at("07:30")


def test_what_comes_up_together_is_gathered_for_a_minute_or_until_the_digest() -> None:
    single, daily = receiver("single"), receiver("daily", digest_minutes=60)

    found = tells(told(entry("fired")), single, daily, at_us=at("16:40"))

    assert found == [("daily", 1, at("17:00")), ("single", 1, at("16:41"))]


@pytest.mark.parametrize(
    ("now", "minutes", "expected"),
    [("16:40", 60, "17:00"), ("17:00", 60, "17:00"), ("00:01", 30, "00:30"), ("09:00", 7, "09:06")],
)
def test_a_digest_ends_on_the_clock(now: str, minutes: int, expected: str) -> None:
    assert next_digest(at(now), minutes) == at(expected)


def test_a_silence_holds_a_notice_back_and_is_looked_at_again() -> None:
    long = alert(silenced_until_us=at("17:00", FRIDAY))
    short = alert(silenced_until_us=at("12:05"))

    assert held_until(alert_rule(), long, PATH, at("12:00"), CONTEXT) == at("12:15")
    assert held_until(alert_rule(), short, PATH, at("12:00"), CONTEXT) == at("12:05")
    assert held_until(alert_rule(), short, PATH, at("12:05"), CONTEXT) == at("12:05")


def test_what_is_due_in_quiet_hours_waits_also_under_a_rule_that_is_gone() -> None:
    assert held_until(None, alert(), PATH, at("19:00", TODAY), CONTEXT) == at(
        "07:30", date(2026, 9, 15)
    )


@pytest.mark.parametrize(
    ("day", "now", "expected"),
    [
        # Of Monday, known on Monday evening.
        (TODAY, at("17:40", TODAY), at("17:41", TODAY)),
        # Of Friday, known on Monday: Monday's data may still be on its way as well.
        (date(2026, 9, 11), at("09:00", TODAY), at("10:01", TODAY)),
        (date(2026, 9, 11), at("17:30", TODAY), at("07:30", date(2026, 9, 15))),
        # What no day says, as the end of a rule, does not wait.
        (None, at("09:00", TODAY), at("09:01", TODAY)),
    ],
)
def test_what_becomes_known_late_is_told_when_it_has_stood_for_an_hour(
    day: date | None, now: int, expected: int
) -> None:
    late = told(replace(entry("fired"), day=day))

    assert [at_us for _, _, at_us in tells(late, receiver("of-school"), at_us=now)] == [expected]
