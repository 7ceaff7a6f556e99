"""Roster, calendar and rules: what all figures depend on beside the facts."""

from datetime import date
from typing import Any, Protocol

from msgspec import Struct

from wuguan.domain.calendar import NationalDays
from wuguan.domain.context import Context
from wuguan.domain.policy import PolicyBook


class Changed(Struct, frozen=True):
    """What putting a document did: entries changed, class-days to be measured again."""

    changed: int
    remeasure: int


class Roster(Protocol):
    """Who exists, which days count, what is asked: the context of all figures, with a version."""

    def version(self) -> int:
        """The version in force."""

    def context(self) -> Context:
        """The context in force, whole and of one version. The very same object if none moved."""

    def put_roster(self, document: Any, today: date) -> Changed:
        """Takes the entries of a document, or raises InvalidDocument and changes nothing."""

    def put_calendar(self, document: Any, today: date) -> Changed:
        """Replaces a unit's calendar, or raises InvalidDocument and changes nothing."""

    def put_rules(self, policy: PolicyBook, national: NationalDays, today: date) -> Changed:
        """Takes the rules and national days read at start; figures they touch are measured anew."""

    def open_days(self, today: date) -> int:
        """Marks the days up to today that nobody opened yet; idempotent. How many days."""
