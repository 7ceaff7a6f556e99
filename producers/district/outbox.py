"""What one school still has to send, made once a day and handed out as it falls due."""

from bisect import bisect_right
from datetime import datetime

from producers.district.class_day import clock
from producers.district.days import Sending, sent_between
from producers.district.organisation import SchoolProfile
from producers.district.school_year import ONE_DAY
from wuguan.domain.instants import CHINA


class Outbox:
    """Hands out every sending after `since` once, in order, never before its time."""

    def __init__(self, seed: int, school: SchoolProfile, since: datetime) -> None:
        self._seed = seed
        self._school = school
        self._made_until = since
        self._waiting: list[Sending] = []

    def due(self, now: datetime) -> list[Sending]:
        """What falls due up to `now` and was not handed out before."""
        self._make(now)
        count = bisect_right(self._waiting, now, key=lambda sending: sending.at)
        handed_out, self._waiting = self._waiting[:count], self._waiting[count:]
        return handed_out

    def _make(self, now: datetime) -> None:
        """Makes the sendings to the end of today: making them anew every second is dear."""
        if now <= self._made_until:
            return
        end_of_day = clock(now.astimezone(CHINA).date() + ONE_DAY, 0)
        self._waiting += sent_between(self._seed, self._school, self._made_until, end_of_day)
        self._made_until = end_of_day
