"""An alert rule: what is watched, from when on it is an alert, and who is told of it."""

from datetime import date
from typing import Annotated, Literal

from msgspec import Meta, Struct

from wuguan.domain.managements import METRICS
from wuguan.domain.roster import Stage

Kind = Literal["compliance", "data"]
"""Of what a school does, or of what it sends: never mixed, in no list and no message."""
Statistic = Literal[
    "compliance", "reporting", "mean", "percentile", "count", "silent", "drop", "identical",
    "rejects",
]  # fmt: skip
"""What of the window's sums is compared: the compliance rate or the reporting rate in per cent, the
mean, a percentile, the total; `silent`: 1 on a day on which nothing was reported; `drop`: how
many points the reporting rate is below that of the window before; `identical`: 1 on a day that
is like the one before to the last digit, all in line; `rejects`: how many events were refused."""
Severity = Literal["minor", "major", "critical"]
Role = Literal["school", "inspector", "district", "city"]
"""Who is told: the school, its assigned inspector 责任督学, its district, its city."""
Level = Literal["school", "area", "district", "city", "province"]
Days = Annotated[int, Meta(ge=1, le=60)]

SEVERITIES: tuple[Severity, ...] = ("minor", "major", "critical")
POLICY: Literal["policy"] = "policy"


class SeverityStep(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """From when on an alert is graver: so far beyond the threshold, or so many days in breach."""

    severity: Severity
    beyond: float | None = None
    """In the unit of the statistic."""
    after_days: Days | None = None
    """School days in breach."""


class Telling(Struct, frozen=True, kw_only=True):
    """Who is told once an alert has been open for so many school days, and nobody acknowledged."""

    after_days: Annotated[int, Meta(ge=0, le=60)]
    who: tuple[Role, ...]


class AlertRule(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing that is watched, for all units of a level or for those below some."""

    rule_id: str
    kind: Kind
    metric: str
    """Of a data rule `<management>.reporting`."""
    statistic: Statistic
    percentile: Annotated[int, Meta(ge=1, le=99)] = 90
    level: Level = "school"
    units: tuple[str, ...] = ()
    """Only these and what stands below them; none: everywhere."""
    stages: tuple[Stage, ...] = ()
    """Only these stages; none: all."""
    by_system: bool = False
    """An alert for each source system of a school (only `silent`)."""
    window_days: Days = 1
    """School days whose sums are compared."""
    threshold: float | Literal["policy"]
    """`policy`: what the rules of the policy book in force ask of a school, in per cent."""
    breach: Literal["below", "above"]
    """On which side of the threshold it is a breach; on the threshold it never is."""
    for_days: Days = 1
    """School days in breach, in a row but for gaps, before it is an alert."""
    clear_margin: Annotated[float, Meta(ge=0)] = 0.0
    """So much better than the threshold a day must be to count towards the end of an alert."""
    clear_days: Days = 1
    """School days in a row, but for gaps, that end it."""
    least_reporting_percent: Annotated[int, Meta(ge=0, le=100)] = 60
    """With less reported in the window a day says nothing."""
    least_expected: Annotated[int, Meta(ge=0)] = 5
    """With fewer units of count expected in the window a day says nothing."""
    severity: Severity = "minor"
    steps: tuple[SeverityStep, ...] = ()
    tell: tuple[Telling, ...] = (Telling(after_days=0, who=("school",)),)
    reopen_within_days: Annotated[int, Meta(ge=0, le=90)] = 14
    """A breach so soon after the end of an alert opens the same alert again."""
    quiet_from: str = "18:00"
    quiet_until: str = "07:30"
    """Between these (UTC+8) and on days without school nobody is told; it is told afterwards."""
    from_day: date = date(2018, 9, 1)
    title: str
    title_zh: str

    @property
    def management(self) -> str:
        """The management that it is about."""
        return METRICS[self.metric].management


ALERT_METRICS = frozenset(name for name, metric in METRICS.items() if metric.about_school)
"""What a compliance rule of schools may watch: what a school does, not what happens at home."""
