"""Following alerts: listing them, asking again cheaply, and acting on one."""

from collections.abc import Sequence
from urllib.parse import quote

import httpx

from wuguan.client.alert_answers import Alert, Alerts, AlertWithHistory
from wuguan.client.retrying import ACTING, ONCE, Repeating
from wuguan.client.session import PAGE_ROWS, Parameters, Session, body_of, converted

_PATH = "/v1/alerts"


class AlertCalls(Session):
    """Reads alerts with a read key, acts on them with one of the scope `follow`.

    An action gives the alert as it stands then. AlertHasMoved where its state does not take the
    action: nothing is written then.
    """

    def alerts(
        self,
        *,
        unit: str = "",
        states: Sequence[str] = (),
        kinds: Sequence[str] = (),
        severities: Sequence[str] = (),
        rule: str = "",
        page_rows: int = PAGE_ROWS,
    ) -> Alerts:
        """The alerts of a unit, by default the key's own, and all below it; by default open ones.

        `states`: pending, firing, acknowledged, resolved; `kinds`: compliance, data;
        `severities`: minor, major, critical; none: all.
        """
        asked = [("unit", unit)] if unit else []
        asked += [("state", one) for one in states]
        asked += [("kind", one) for one in kinds]
        asked += [("severity", one) for one in severities]
        asked += [("rule", rule)] if rule else []
        asked += [("limit", str(page_rows))]
        return self._all(asked, self._asked("GET", _PATH, params=asked))

    def alerts_since(self, before: Alerts) -> Alerts | None:
        """The same query again; None: nothing has changed, and the server has read no alert."""
        # Whatever changes any page changes the tag of the first.
        headers = {"if-none-match": before.tag} if before.tag else {}
        first = self._asked("GET", _PATH, params=before.asked, headers=headers)
        is_same = first.status_code == httpx.codes.NOT_MODIFIED
        return None if is_same else self._all(before.asked, first)

    def alert(self, alert_id: str) -> AlertWithHistory:
        """One alert with its history; RequestRefused (404) where the key does not cover it."""
        return body_of(self._asked("GET", _path(alert_id)), AlertWithHistory)

    def acknowledge(self, alert_id: str, *, text: str = "") -> AlertWithHistory:
        """Acknowledges 签收 a firing alert, with a note if there is one.

        Tried again like all other calls: the server refuses a second time and writes nothing. So
        where an answer was lost, AlertHasMoved may tell of your own: read the alert.
        """
        return self._act(alert_id, "acknowledge", {"text": text})

    def assign(self, alert_id: str, assignee: str) -> AlertWithHistory:
        """Says who looks after an alert; empty: nobody.

        Tried again: a second time the alert stays as it is, and its history says it twice.
        """
        return self._act(alert_id, "assign", {"assignee": assignee})

    def silence(self, alert_id: str, *, until: str) -> AlertWithHistory:
        """Nobody is told until an instant (RFC 3339), at most 62 days ahead.

        Tried again: a second time the alert stays as it is, and its history says it twice.
        """
        return self._act(alert_id, "silence", {"until": until})

    def unsilence(self, alert_id: str, *, text: str = "") -> AlertWithHistory:
        """People are told again.

        Tried again: a second time the alert stays as it is, and its history says it twice.
        """
        return self._act(alert_id, "unsilence", {"text": text})

    def note(self, alert_id: str, text: str) -> AlertWithHistory:
        """Adds a note, of 1 to 1,000 characters, that points to no pupil.

        Tried again only where it surely did not arrive, for each is kept: else Unconfirmed.
        """
        return self._act(alert_id, "note", {"text": text}, ONCE)

    def _act(
        self, alert_id: str, verb: str, said: dict[str, str], repeating: Repeating = ACTING
    ) -> AlertWithHistory:
        path = f"{_path(alert_id)}/{verb}"
        return self._decoded("POST", path, AlertWithHistory, document=said, repeating=repeating)

    def _all(self, asked: Parameters, first: httpx.Response) -> Alerts:
        pages = self._pages_from(first, _PATH, asked)
        rows = tuple(converted(row, Alert) for page in pages for row in page.rows)
        return Alerts(rows, tuple(asked), first.headers.get("etag", ""))


def _path(alert_id: str) -> str:
    return f"{_PATH}/{quote(alert_id, safe='')}"
