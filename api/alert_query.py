"""What `GET /v1/alerts` is asked: a unit, which of its alerts, a page."""

from collections.abc import Sequence
from typing import Any, cast, get_args

from msgspec import Struct
from starlette.datastructures import QueryParams

from api.paging import fingerprint, place_of
from api.parameters import Parameters
from wuguan.domain.alerting.life import OPEN, State
from wuguan.domain.alerting.rule import SEVERITIES, Kind, Severity
from wuguan.domain.forms import UNIT_ID
from wuguan.ports import AlertPlace, AlertQuery, ApiKey

STATES: tuple[State, ...] = get_args(State)
KINDS: tuple[Kind, ...] = get_args(Kind)
RULE_ID = r"[A-Za-z0-9_.-]{1,80}"
KNOWN = ("unit", "state", "kind", "severity", "rule", "limit", "cursor")
_SEVERAL = ("state", "kind", "severity")


class AskedAlerts(Struct, frozen=True, kw_only=True):
    """A query whose parameters are well-formed."""

    unit: str
    states: tuple[State, ...]
    kinds: tuple[Kind, ...]
    severities: tuple[Severity, ...]
    rule: str | None
    after: AlertPlace | None
    limit: int
    fingerprint: str

    def of(self, units: Sequence[str]) -> AlertQuery:
        """The same as the store is asked, of these units."""
        return AlertQuery(
            units=units,
            states=self.states,
            kinds=self.kinds,
            rule_ids=(self.rule,) if self.rule else (),
            severities=self.severities,
        )


def read_alert_query(sent: QueryParams, key: ApiKey) -> AskedAlerts:
    """The query, or 400; a key that has a unit need not name it. Without a state: open alerts."""
    read = Parameters(sent, KNOWN, repeatable=_SEVERAL)
    unit = read.text("unit", UNIT_ID, required=key.unit_id is None) or key.unit_id
    states = read.words("state", STATES) if "state" in sent else OPEN
    kinds, severities = read.words("kind", KINDS), read.words("severity", SEVERITIES)
    rule = read.text("rule", RULE_ID)
    limit, cursor = read.limit(), read.cursor()
    named = fingerprint("alerts", unit, tuple(states), kinds, severities, rule)
    after = None if cursor is None else place_of(cursor, named, AlertPlace)
    if cursor is not None and after is None:
        read.bad_cursor()
    read.end()
    assert unit is not None, "a fault ends the request"
    return AskedAlerts(
        unit=unit,
        states=_these(states),
        kinds=_these(kinds),
        severities=_these(severities),
        rule=rule,
        after=after,
        limit=limit,
        fingerprint=named,
    )


def _these(words: Sequence[str]) -> Any:
    """The words as what they were found among."""
    return cast(Any, tuple(words))
