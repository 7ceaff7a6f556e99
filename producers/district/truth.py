"""What the classes lived through, before anybody reported anything of it."""

from collections.abc import Iterator
from datetime import date

from msgspec import Struct

from producers.district.days import MANAGEMENTS, class_days
from producers.district.fitness import Fitness
from producers.district.homework import Homework
from producers.district.organisation import SchoolProfile
from producers.district.phone import Phones
from producers.district.reading import Reading
from producers.district.sleep import Sleep


class Truth(Struct, frozen=True):
    """One class on one day; None where nothing of a management is asked or happens."""

    school_id: str
    class_id: str
    day: date
    stage: str
    grade: int
    pupils: int
    homework: Homework | None = None
    sleep: Sleep | None = None
    phone: Phones | None = None
    reading: Reading | None = None
    fitness: Fitness | None = None


def truths_about(seed: int, school: SchoolProfile, day: date) -> Iterator[Truth]:
    """The classes of a school on a day, if it is one of which anything is asked."""
    for here in class_days(seed, school, day):
        drawn = {
            name: management.draw(here, here.random(name))
            for name, management in MANAGEMENTS.items()
        }
        if any(one is not None for one in drawn.values()):
            room = here.room
            yield Truth(
                room.school_id, room.class_id, day, room.stage, room.grade, room.pupils, **drawn
            )
