"""How often a source system speaks: one that asks pupils once a week is not silent in between."""

from collections.abc import Collection, Iterable, Iterator
from datetime import date

_KNOWN_AFTER = 3
"""On fewer days heard, a system has no habit from which it could depart."""


def telling_days(due: Iterable[date], heard: Collection[date]) -> Iterator[date]:
    """Of the school days, in order, those that tell something of a system.

    On such a day it was heard, or its silence is already longer than usual: than all its earlier
    ones but the longest, which was a holiday or an outage.
    """
    silent, times = 0, 0
    longest = usual = 0
    for day in due:
        if day in heard:
            longest, usual = max(longest, silent), max(min(longest, silent), usual)
            silent, times = 0, times + 1
            yield day
        else:
            silent += 1
            if times >= _KNOWN_AFTER and silent > usual:
                yield day
