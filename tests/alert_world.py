"""Rules for tests of any order, and what they must lead to: the pure fold of the last figures."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from wuguan.domain.alerting.due import first_day
from wuguan.domain.alerting.evaluation import Following, UnitFigures, concerns, followed
from wuguan.domain.alerting.life import WALK, Alert, State, Told
from wuguan.domain.alerting.notice import Notice
from wuguan.domain.alerting.rule import AlertRule, SeverityStep, Telling
from wuguan.domain.context import Context
from wuguan.domain.managements import METRICS
from wuguan.ports import AlertQuery, Store, SubjectKey, TallyQuery

RECEIVERS = ("mail", "robot")
_ALL: Sequence[State] = ("pending", "firing", "acknowledged", "resolved")


def a_rule(rule_id: str, **members: Any) -> AlertRule:
    """A rule that speaks of small schools too."""
    usual: dict[str, Any] = {
        "rule_id": rule_id, "kind": "compliance", "metric": "homework.minutes",
        "statistic": "compliance", "threshold": "policy", "breach": "below",
        "least_expected": 1, "least_reporting_percent": 0, "title": "x", "title_zh": "x",
    }  # fmt: skip
    return AlertRule(**{**usual, **members})


def of_data(rule_id: str, statistic: str, **members: Any) -> AlertRule:
    """A rule about what phones' systems send."""
    usual = {"kind": "data", "metric": "phone.reporting", "threshold": 0.5, "breach": "above"}
    return a_rule(rule_id, statistic=statistic, **{**usual, **members})


RULES: Sequence[AlertRule] = (
    a_rule(
        "cap", for_days=2, clear_days=2, window_days=1,
        steps=(SeverityStep(severity="major", after_days=3),
               SeverityStep(severity="critical", beyond=60)),
        tell=(Telling(after_days=0, who=("school",)), Telling(after_days=2, who=("district",))),
    ),
    a_rule("cap-of-days", window_days=3, clear_margin=5.0),
    a_rule("cap-of-district", level="district", for_days=2),
    a_rule("long", statistic="percentile", percentile=90, threshold=80, breach="above"),
    of_data("silent", "silent", for_days=2),
    of_data("silent-system", "silent", by_system=True, for_days=2),
    of_data("drop", "drop", window_days=2, threshold=30),
)  # fmt: skip


class TellingAll:
    """Tells both receivers of everything, and remembers it."""

    def __init__(self) -> None:
        self.told: list[tuple[str, int, str]] = []

    def __call__(
        self,
        rule: AlertRule,
        told: Told,
        path: Sequence[str],
        is_silent: bool,
        at_us: int,
        context: Context,
    ) -> Sequence[Notice]:
        """The notices."""
        keys = [
            (entry.alert_id, entry.number, receiver)
            for entry in told.entries
            for receiver in RECEIVERS
        ]
        self.told += keys
        return [
            Notice(alert_id=alert_id, number=number, receiver_id=receiver, not_before_us=0)
            for alert_id, number, receiver in keys
        ]


def firing(store: Store) -> dict[SubjectKey, str]:
    """The alerts that are firing or acknowledged, with their severity."""
    return {
        SubjectKey(one.rule_id, one.unit_id, one.system): one.severity
        for one in every_alert(store)
        if one.state in ("firing", "acknowledged")
    }


def every_alert(store: Store) -> Sequence[Alert]:
    """All alerts that there ever were."""
    return store.alerts.alerts(AlertQuery(units=_units(store), states=_ALL), None, 10_000)


def firing_by_the_figures(store: Store, rules: Sequence[AlertRule], due: date) -> Any:
    """The same as it must be: evaluated from nothing, once, over the final figures."""
    context = store.roster.context()
    found: dict[SubjectKey, str] = {}
    for unit in _units(store):
        path = context.organisation.path(unit, due)
        level = context.organisation.level(unit)
        concerned = [rule for rule in rules if path and concerns(rule, level, path)]
        figures = _figures(store, unit, first_day(context.calendars, path, due), due)
        following = Following(context.policy, lambda: "new", 0)
        for _, told in followed(concerned, figures, {}, following):
            if told.alert.state == "firing":
                key = SubjectKey(told.alert.rule_id, unit, told.alert.system)
                found[key] = told.alert.severity
    return found


def check_histories(store: Store, told: Collection[tuple[str, int, str]]) -> None:
    """Every history is a walk; each entry that nobody made was told each receiver once."""
    expected = set()
    for alert in every_alert(store):
        state = None
        entries = store.alerts.entries(alert.alert_id)
        assert [entry.number for entry in entries] == list(range(alert.entries))
        for entry in entries:
            state = WALK[state, entry.happened]
            if not entry.by:
                expected |= {(alert.alert_id, entry.number, one) for one in RECEIVERS}
        assert state == alert.state
    assert len(told) == len(expected)
    assert set(told) == expected


def _units(store: Store) -> Sequence[str]:
    organisation = store.roster.context().organisation
    return (*organisation.unit_ids(), *organisation.school_ids())


def _figures(store: Store, unit: str, first: date, due: date) -> UnitFigures:
    query = TallyQuery(units=[unit], metrics=list(METRICS), from_day=first, to_day=due, by="stage")
    metrics: Any = defaultdict(lambda: defaultdict(dict))
    systems: Any = defaultdict(lambda: defaultdict(dict))
    with store.figures.reading() as reading:
        for row in reading.rows(query, None, 1_000_000):
            metrics[row.metric][row.day][row.stage] = row.figure
        for one in reading.systems(unit, first, due):
            systems[one.management][one.system][one.day] = one.classes
    return UnitFigures(unit, metrics, systems)
