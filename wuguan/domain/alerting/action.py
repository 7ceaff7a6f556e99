"""What a person does to an alert, read from what was sent: acknowledge, assign, note, silence."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Literal, NamedTuple

from wuguan.domain.alerting.life import Alert, Told, act
from wuguan.domain.document_reader import FaultList, Field, Members, Read, read_members, text
from wuguan.domain.free_text import Said, free_text
from wuguan.domain.instants import DAY_US, china_datetime, parse_instant

Verb = Literal["acknowledge", "assign", "note", "silence", "unsilence"]
Done = Literal["acknowledged", "assigned", "noted", "silenced", "unsilenced"]
HAPPENS: Mapping[Verb, Done] = MappingProxyType(
    {
        "acknowledge": "acknowledged",
        "assign": "assigned",
        "note": "noted",
        "silence": "silenced",
        "unsilence": "unsilenced",
    }
)
LONGEST_NOTE, LONGEST_ASSIGNEE = 1_000, 100
"""In characters."""
MOST_SILENT_DAYS = 62


class Action(NamedTuple):
    """One thing that somebody wants to do."""

    happens: Done
    text: str = ""
    """A note; who is assigned, or nobody; until when it is silenced, as RFC 3339."""
    until_us: int = 0

    def to(self, alert: Alert, by: str, at_us: int) -> Told:
        """What it does to an alert; Wrong where the alert's state does not take it."""
        return act(alert, self.happens, at_us, by=by, text=self.text, until_us=self.until_us)


def read_action(verb: Verb, document: Any, now_us: int) -> Action:
    """The action of a document; InvalidDocument with every fault found."""
    faults = FaultList()
    members = read_members(document, "", faults, _fields(verb, now_us)) or {}
    faults.raise_if_any()
    return _action(verb, members)


def _fields(verb: Verb, now_us: int) -> Mapping[str, Field]:
    match verb:
        case "assign":
            return {"assignee": Field(free_text(Said("an assignee", "责任人", LONGEST_ASSIGNEE)))}
        case "silence":
            return {"until": Field(_later_than(now_us))}
        case "note":
            return {"text": Field(free_text(Said("a note", "备注", LONGEST_NOTE, False)))}
        case _:
            return {"text": Field(free_text(Said("a note", "备注", LONGEST_NOTE)), required=False)}


def _action(verb: Verb, members: Members) -> Action:
    if verb == "silence":
        until_us: int = members["until"]
        return Action("silenced", china_datetime(until_us).isoformat(), until_us)
    return Action(HAPPENS[verb], members.get("assignee" if verb == "assign" else "text") or "")


def _later_than(now_us: int) -> Read[int]:
    """An instant after now, and not so late that an alert is as good as forgotten."""

    def read(value: object, path: str, faults: FaultList) -> int | None:
        written = text(value, path, faults)
        if written is None:
            return None
        until_us = parse_instant(written)
        if until_us is not None and now_us < until_us <= now_us + MOST_SILENT_DAYS * DAY_US:
            return until_us
        message = (
            f"must be an instant within the next {MOST_SILENT_DAYS} days, written like"
            " 2026-09-30T18:00:00+08:00"
        )
        message_zh = f"应为今后 {MOST_SILENT_DAYS} 天内的时刻，写作 2026-09-30T18:00:00+08:00"
        faults.add(path, "bad_time", message, message_zh)
        return None

    return read
