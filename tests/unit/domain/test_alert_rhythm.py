"""A system is silent once its pause is longer than is usual for it."""

from datetime import date, timedelta

import pytest

from wuguan.domain.alerting.rhythm import telling_days

FIRST = date(2026, 9, 1)


def telling(heard: str) -> str:
    """x: heard, a dot: not. Of each day: itself if it tells something, a blank if not."""
    days = [FIRST + timedelta(days=place) for place in range(len(heard))]
    found = {*telling_days(days, {day for day, one in zip(days, heard, strict=True) if one == "x"})}
    return "".join(
        one if day in found else " " for day, one in zip(days, heard, strict=True)
    ).rstrip()


@pytest.mark.parametrize(
    ("heard", "said"),
    [
        # Every day: silent from the first day on.
        ("xxxxx...", "xxxxx..."),
        # Once a week: in between nothing is told of it, until it is a day late.
        ("x....x....x....x", "x    x    x    x"),
        ("x....x....x......", "x    x    x    .."),
        # One long pause makes no habit of it; two do.
        ("xxx.....xxx..", "xxx.....xxx.."),
        ("xxx.....xx.....xx.....xx......", "xxx.....xx.....xx     xx     ."),
        # Heard on too few days: nothing is usual.
        ("x.........", "x"),
        ("xx........", "xx"),
        ("", ""),
    ],
)
def test_a_day_tells_something_where_it_was_heard_or_is_silent_for_longer_than_usual(
    heard: str, said: str
) -> None:
    assert telling(heard) == said
