"""A stretch of what schools send, loaded from its newest day to its oldest."""

from datetime import date, datetime

from msgspec import Struct, structs

from producers.district.class_day import clock
from producers.district.days import Sending, sent_about
from producers.district.mishaps import LONGEST_DELAY
from producers.district.organisation import SchoolProfile
from producers.district.school_year import ONE_DAY
from wuguan.domain.instants import CHINA


class Stretch(Struct, frozen=True):
    """What is sent after one instant and up to another, about days from one to another."""

    after: datetime
    until: datetime
    first_day: date
    last_day: date

    def newest_first(self) -> list[date]:
        """The days, the newest first: that is the one a reader looks at."""
        count = (self.last_day - self.first_day).days + 1
        return [self.last_day - n * ONE_DAY for n in range(count)]

    def before(self, day: date) -> "Stretch":
        """What is left of it when `day` and all later ones are loaded."""
        return structs.replace(self, last_day=day - ONE_DAY)

    def about(self, seed: int, school: SchoolProfile, day: date) -> list[Sending]:
        """What a school sends in it about a day."""
        return [one for one in sent_about(seed, school, day) if self.after < one.at <= self.until]


def history(first_day: date, until: datetime) -> Stretch:
    """Everything about days from the first on that is sent by an instant."""
    return Stretch(clock(first_day, 0), until, first_day, until.astimezone(CHINA).date())


def sent_meanwhile(after: datetime, until: datetime) -> Stretch:
    """Everything that is sent between two instants, whatever day it is about."""
    first_day = (after - LONGEST_DELAY).astimezone(CHINA).date()
    return Stretch(after, until, first_day, until.astimezone(CHINA).date())
