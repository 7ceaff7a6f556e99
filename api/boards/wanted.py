"""What a reader of a board wants to see."""

from datetime import date
from typing import NamedTuple

from dashboards.occasion import Occasion


class WantedOverview(NamedTuple):
    """The overview of a unit, of all stages or of one."""

    unit: str
    stage: str | None
    occasion: Occasion


class WantedSchool(NamedTuple):
    """The page of a school."""

    school: str
    occasion: Occasion
    own: bool
    """The school itself is looking."""
    management: str
    """Of the heat map."""
    above: str | None
    """The unit above it that the reader may see."""
    since: date
    """The first day that the reader may see: a school may have been another unit's before."""
