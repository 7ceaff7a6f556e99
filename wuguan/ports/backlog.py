"""What waits: told to those who run the server, never to those who look at schools."""

from datetime import date
from typing import Protocol

from msgspec import Struct


class Waiting(Struct, frozen=True):
    """What waits in one place."""

    number: int
    complete_until_us: int
    """Since when the oldest has waited; the moment of the look where nothing waits."""


class FigureBacklog(Struct, frozen=True):
    """What figures still lack of what was folded."""

    spans: int
    """Spans of schools to be measured again."""
    days: Waiting
    """Marks of unit-days to be added up."""
    periods: Waiting
    """Marks of periods to be summed, but for days after today."""


class Backlogs(Protocol):
    """How much waits. Looking locks nothing and keeps nobody waiting."""

    def of_log(self) -> Waiting:
        """Frames that nobody has folded yet, of a log that is part of the store."""

    def of_figures(self, today: date) -> FigureBacklog:
        """What is to be measured again, added up and summed."""

    def of_alerts(self) -> Waiting:
        """Marks of units whose alerts are to be evaluated."""

    def stored_bytes(self) -> int:
        """How large the store is on disk; 0 where it is in memory alone."""
