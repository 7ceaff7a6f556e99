"""A session with a Wuguan server over HTTP."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from msgspec import Raw

from wuguan.client.alert_answers import Reply
from wuguan.client.alert_calls import AlertCalls
from wuguan.client.answers import (
    Answer,
    Changed,
    Figures,
    Finding,
    IssuedKey,
    Reject,
    Row,
    SchoolsInLine,
    SchoolToCheck,
    Share,
)
from wuguan.client.batches import Batch, batches
from wuguan.client.session import PAGE_ROWS, Page, Parameters, body_of, converted


class Client(AlertCalls):
    """Pushes events, reads figures and follows alerts with one key.

    Every call but `note` may be repeated safely.

    Each call tries again on 409, 429, 503 and a broken connection, at the pace that the server
    asks for, until `give_up_after_seconds` are over.
    """

    def push(
        self,
        events: Sequence[Mapping[str, Any] | Raw],
        *,
        idempotency_key: str | None = None,
        on_batch: Callable[[int, Answer], None] | None = None,
    ) -> Answer:
        """Sends all events, in as many requests as the limits need; says what became of each.

        `on_batch` hears of every request answered: how many events it had, and their answer.
        When it raises in the middle, what was answered before is taken; push all of it again.
        """
        whole = Answer()
        for number, batch in enumerate(batches(events)):
            # One key is one body: the second request of a push needs a key of its own.
            key = f"{idempotency_key}-{number}" if idempotency_key and number else idempotency_key
            answer = self._push_batch(batch, key)
            whole = whole.followed_by(answer, offset=batch.first)
            if on_batch is not None:
                on_batch(batch.count, answer)
        return whole

    def put_roster(self, roster: Mapping[str, Any]) -> Changed:
        """Replaces the entries named in the document; all of them or, if one is faulty, none."""
        return self._decoded("PUT", "/v1/roster", Changed, document=roster)

    def put_calendar(self, calendar: Mapping[str, Any]) -> Changed:
        """Replaces the calendar of the unit named in the document."""
        return self._decoded("PUT", "/v1/calendar", Changed, document=calendar)

    def create_key(
        self, scope: str, *, label: str, school_id: str | None = None, unit_id: str | None = None
    ) -> IssuedKey:
        """A new key. If an answer is lost, a key that nobody holds stays behind: harmless."""
        asked = {"scope": scope, "label": label, "school_id": school_id, "unit_id": unit_id}
        document = {name: value for name, value in asked.items() if value is not None}
        return self._decoded("POST", "/v1/keys", IssuedKey, document=document)

    def tallies(
        self,
        *,
        level: str,
        unit: str,
        first: str,
        last: str,
        metrics: Sequence[str] = (),
        by: str = "grade",
        grain: str = "day",
        children: bool = False,
        page_rows: int = PAGE_ROWS,
    ) -> Figures:
        """The unit's figures from the day `first` to the day `last`, both included."""
        asked = [("level", level), ("unit", unit), ("from", first), ("to", last), ("by", by)]
        asked += [("grain", grain), ("limit", str(page_rows))]
        asked += [("metric", metric) for metric in metrics]
        if children:
            asked.append(("children", "true"))
        return _joined(self._pages("/v1/tallies", asked))

    def schools_in_line(
        self,
        *,
        unit: str,
        metrics: Sequence[str] = (),
        grain: str = "halfmonth",
        day: str = "",
        by: str = "stage",
        children: bool = False,
        page_rows: int = PAGE_ROWS,
    ) -> SchoolsInLine:
        """The share of the unit's schools in line in the period of a day, by default of today."""
        asked = [("unit", unit), ("grain", grain), ("by", by), ("limit", str(page_rows))]
        asked += [("metric", metric) for metric in metrics]
        asked += [("day", day)] if day else []
        asked += [("children", "true")] if children else []
        return _shares(self._pages("/v1/schools-in-line", asked))

    def rejects(self, school_id: str, *, first: str = "", last: str = "") -> list[Reject]:
        """What was refused of a school's events, and how to mend it."""
        pages = self._pages("/v1/rejects", _of_school(school_id, first, last))
        return [converted(row, Reject) for page in pages for row in page.rows]

    def findings(self, school_id: str, *, first: str = "", last: str = "") -> list[Finding]:
        """What looks wrong in a school's accepted events."""
        pages = self._pages("/v1/findings", _of_school(school_id, first, last))
        return [converted(row, Finding) for page in pages for row in page.rows]

    def put_reply(self, school_id: str, *, day: str, management: str, kind: str, text: str) -> None:
        """Says what is behind a finding of the key's school 学校说明; an empty text takes it back.

        There is one reply to a finding: a repeat changes nothing. DocumentRefused where the
        school has no such finding, or the text may point to a pupil.
        """
        document = {"school_id": school_id, "day": day, "management": management}
        self._sent("PUT", "/v1/replies", {**document, "kind": kind, "text": text})

    def replies(self, *, unit: str = "", first: str = "", last: str = "") -> list[Reply]:
        """What the schools of a unit, by default the key's own, said to findings of these days."""
        asked = [("unit", unit), ("from", first), ("to", last)]
        pages = self._pages("/v1/replies", [(name, value) for name, value in asked if value])
        return [converted(row, Reply) for page in pages for row in page.rows]

    def _push_batch(self, batch: Batch, idempotency_key: str | None) -> Answer:
        headers = {
            "content-type": "application/cloudevents-batch+json",
            "content-encoding": "gzip",
        }
        if idempotency_key:
            headers["idempotency-key"] = idempotency_key
        response = self._asked("POST", "/v1/events", content=batch.packed, headers=headers)
        return body_of(response, Answer)


def _of_school(school_id: str, first: str, last: str) -> Parameters:
    asked = [("school_id", school_id), ("from", first), ("to", last)]
    return [(name, value) for name, value in asked if value]


def _joined(pages: Iterator[Page]) -> Figures:
    read = list(pages)
    rows = tuple(converted(row, Row) for page in read for row in page.rows)
    return Figures(rows, read[0].as_of, all(page.settled for page in read))


def _shares(pages: Iterator[Page]) -> SchoolsInLine:
    read = list(pages)
    rows = tuple(converted(row, Share) for page in read for row in page.rows)
    checking = tuple(converted(one, SchoolToCheck) for page in read for one in page.checking)
    return SchoolsInLine(rows, checking, read[0].as_of, all(page.settled for page in read))
