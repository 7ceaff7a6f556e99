"""Alerts and replies as the server shows them, as values."""

from msgspec import Struct


class Alert(Struct, frozen=True):
    """One alert 预警 as it stands: a row of a list."""

    id: str
    rule_id: str
    kind: str
    unit: str
    state: str
    severity: str
    title: str = ""
    title_zh: str = ""
    unit_name: str = ""
    level: str | None = None
    system: str | None = None
    """The source system that it is about; None: the unit as a whole."""
    breach_days: tuple[str, ...] = ()
    fired_on: str | None = None
    ended_on: str | None = None
    cause: str | None = None
    """Why it ended."""
    value: float | None = None
    threshold: float | None = None
    statistic: str | None = None
    """What value and threshold are."""
    assignee: str | None = None
    silenced_until: str | None = None
    entries: int = 0
    """How much has happened to it."""


class Happening(Struct, frozen=True):
    """One thing that happened to an alert."""

    number: int
    happened: str
    at: str
    severity: str
    day: str | None = None
    value: float | None = None
    cause: str | None = None
    step: int | None = None
    text: str = ""
    by: str | None = None
    """The label of the key that acted; None where nobody did."""


class AlertWithHistory(Alert, frozen=True, kw_only=True):
    """One alert, and all that happened to it, oldest first."""

    history: tuple[Happening, ...]


class Alerts(Struct, frozen=True):
    """The alerts of a query, all pages of it, and what it takes to ask whether they are the same.

    It may be kept as JSON (msgspec) and asked about by another process.
    """

    rows: tuple[Alert, ...]
    asked: tuple[tuple[str, str], ...]
    """The parameters of the query."""
    tag: str
    """The ETag of the first page: it names the state of all alerts, not of the page alone."""


class Reply(Struct, frozen=True):
    """What a school says to a finding 学校说明."""

    day: str
    school_id: str
    management: str
    kind: str
    text: str
    said_at: str = ""
