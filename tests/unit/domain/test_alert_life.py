"""An alert's life follows from what the days say, in whatever order that became known."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wuguan.domain.alerting.days import Says, SchoolDay
from wuguan.domain.alerting.life import WALK, Alert, Subject, Told, Wrong, act, end, follow
from wuguan.domain.alerting.rule import AlertRule, SeverityStep, Telling
from wuguan.domain.alerting.verdict import verdict

FIRST = date(2026, 9, 1)
SUBJECT = Subject("alert-1", "2199000001")
CHARS: dict[str, Says] = {"B": "breach", "k": "kept", "n": "near", ".": "nothing"}


def rule(**members: Any) -> AlertRule:
    usual: dict[str, Any] = {
        "rule_id": "homework-cap", "kind": "compliance", "metric": "homework.minutes",
        "statistic": "compliance", "threshold": "policy", "breach": "below",
        "for_days": 3, "clear_days": 2, "title": "x", "title_zh": "x",
    }  # fmt: skip
    return AlertRule(**{**usual, **members})


def days(said: str, beyond: float = 1.0) -> list[SchoolDay]:
    """B: in breach, k: kept, n: near, a dot: nothing."""
    return [
        SchoolDay(FIRST + timedelta(days=n), CHARS[one], 90.0, 95.0, beyond if one == "B" else -1)
        for n, one in enumerate(said)
    ]


@pytest.mark.parametrize(
    ("said", "stands", "days_in_breach"),
    [
        ("", "none", 0),
        ("kkkk", "none", 0),
        ("BB", "pending", 2),
        ("BBB", "firing", 3),
        ("B.B.B", "firing", 3),
        ("BBk", "none", 0),
        ("BBn", "none", 0),
        ("BBBk", "firing", 3),
        ("BBBkk", "none", 3),
        ("BBBk.k", "none", 3),
        ("BBBknk", "none", 3),
        ("BBBkBk", "firing", 4),
        ("BBBkkB", "pending", 1),
        ("BBB....", "firing", 3),
    ],
)
def test_the_days_say_where_it_stands(said: str, stands: str, days_in_breach: int) -> None:
    found = verdict(rule(), days(said))

    assert found.stands == stands
    assert len(found.breach_days) == days_in_breach


def test_a_gap_neither_raises_nor_ends_an_alert() -> None:
    assert verdict(rule(for_days=1), days("B....")).stands == "firing"
    assert verdict(rule(for_days=1), days(".....")).stands == "none"


@pytest.mark.parametrize(
    ("said", "beyond", "severity"),
    [("BBB", 1.0, "minor"), ("BBB", 10.0, "major"), ("BBBBBB", 1.0, "critical")],
)
def test_it_is_graver_the_farther_and_the_longer(said: str, beyond: float, severity: str) -> None:
    steps = (
        SeverityStep(severity="major", beyond=10.0),
        SeverityStep(severity="critical", after_days=6),
    )

    assert verdict(rule(steps=steps), days(said, beyond)).severity == severity


def followed(*sayings: str, of: AlertRule | None = None) -> tuple[Alert | None, list[str]]:
    """What happens as the days become known one saying after the other."""
    alert: Alert | None = None
    happened: list[str] = []
    for at, said in enumerate(sayings):
        told = follow(of or rule(), alert, verdict(of or rule(), days(said)), SUBJECT, at)
        if told is not None:
            alert = told.alert
            happened += [entry.happened for entry in told.entries]
    return alert, happened


@pytest.mark.parametrize(
    ("sayings", "happened", "state"),
    [
        (["B"], ["pending"], "pending"),
        (["B", "BB", "BBB"], ["pending", "fired"], "firing"),
        (["B", "Bk"], ["pending", "dropped"], "resolved"),
        (["BBB"], ["pending", "fired"], "firing"),
        (["BBB", "BBBkk"], ["pending", "fired", "resolved"], "resolved"),
        (["BBB", "BkB"], ["pending", "fired", "resolved"], "resolved"),
        (["BBB", "BBBkk", "BBBkkB"], ["pending", "fired", "resolved"], "resolved"),
        (["BBB", "BBBkk", "BBBkkBBB"], ["pending", "fired", "resolved", "reopened"], "firing"),
        (["BBB", "BBB", "BBB"], ["pending", "fired"], "firing"),
    ],
)
def test_what_the_days_say_is_what_happens(
    sayings: list[str], happened: list[str], state: str
) -> None:
    alert, found = followed(*sayings)

    assert found == happened
    assert alert is not None
    assert alert.state == state


@pytest.mark.parametrize(("later", "cause"), [("BBBkk", "recovered"), ("kBB", "corrected")])
def test_it_says_why_it_ended(later: str, cause: str) -> None:
    alert, _ = followed("BBB", later)

    assert alert is not None
    assert alert.cause == cause


def test_long_after_its_end_a_breach_is_another_alert() -> None:
    of = rule(reopen_within_days=3)
    alert, happened = followed("BBB", "BBBkk", "BBBkkkkkkkkBBB", of=of)

    assert happened == ["pending", "fired", "resolved", "pending", "fired"]
    assert alert is not None
    assert alert.entries == 2


def test_nobody_acknowledges_so_it_is_told_further_up() -> None:
    tell = (
        Telling(after_days=0, who=("school",)),
        Telling(after_days=2, who=("inspector",)),
        Telling(after_days=4, who=("district",)),
    )
    of = rule(for_days=1, tell=tell)

    assert followed("B", "B.", "B..", "B...", "B....", of=of)[1] == [
        "pending", "fired", "escalated", "escalated",
    ]  # fmt: skip


def test_what_is_acknowledged_is_told_no_further() -> None:
    tell = (Telling(after_days=0, who=("school",)), Telling(after_days=1, who=("district",)))
    of = rule(for_days=1, tell=tell)
    alert, _ = followed("B", of=of)
    assert alert is not None
    known = act(alert, "acknowledged", 5, by="督学").alert

    told = follow(of, known, verdict(of, days("B...")), SUBJECT, 9)

    assert known.state == "acknowledged"
    assert told is None or not told.entries


def test_what_no_state_takes_is_wrong() -> None:
    alert, _ = followed("BBB", "BBBkk")
    assert alert is not None

    with pytest.raises(Wrong):
        act(alert, "acknowledged", 1, by="x")
    assert end(followed("BBB")[0] or alert, 1).alert.cause == "rule_ended"


@given(st.lists(st.text("Bkn.", max_size=12), max_size=8), st.integers(1, 3), st.integers(1, 3))
def test_every_history_is_a_walk_and_ends_where_the_last_days_say(
    sayings: list[str], for_days: int, clear_days: int
) -> None:
    of = rule(for_days=for_days, clear_days=clear_days, reopen_within_days=90)
    alert: Alert | None = None
    histories: dict[str, list[tuple[int, str]]] = {}
    for at, said in enumerate(sayings):
        told: Told | None = follow(
            of, alert, verdict(of, days(said)), Subject(f"alert-{at}", "1"), at
        )
        if told is not None:
            alert = told.alert
            history = histories.setdefault(alert.alert_id, [])
            history += [(entry.number, entry.happened) for entry in told.entries]

    for history in histories.values():
        state = None
        assert [number for number, _ in history] == list(range(len(history)))
        for _, happened in history:
            state = WALK[state, happened]  # type: ignore[index]  # what happened is one of its words
    stands = verdict(of, days(sayings[-1])).stands if sayings else "none"
    is_firing = alert is not None and alert.state in ("firing", "acknowledged")
    assert is_firing == (stands == "firing")
