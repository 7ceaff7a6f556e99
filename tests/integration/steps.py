"""What these tests do again and again."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from time import monotonic, sleep
from typing import Any

from tests.builders import (
    CLASS,
    JUNIOR_CLASS,
    OTHER_CLASS,
    OTHER_SCHOOL,
    SCHOOL,
    TODAY,
    class_check,
    event,
    frame,
)
from tests.period_sums import wrong_periods
from tests.replay import differences, replay, rows_of
from wuguan.ports import Frame, Store

WAIT_SECONDS = 30.0
DAYS = [TODAY - timedelta(days=behind) for behind in range(4)]
_PLACES = ((SCHOOL, CLASS), (SCHOOL, OTHER_CLASS), (OTHER_SCHOOL, JUNIOR_CLASS))


def some_frames(rounds: int) -> list[Frame]:
    """Frames of both schools and several managements; later rounds correct earlier ones."""
    return [one for number in range(rounds) for one in _round(number)]


def _round(number: int) -> Iterator[Frame]:
    # Every third round speaks of Friday, the others of today.
    day = DAYS[3] if number % 3 == 0 else TODAY
    for school, class_id in _PLACES:
        place = {"school": school, "class_id": class_id, "day": day}
        yield frame(class_check(f"c-{number}", number % 2, **place))
        yield frame(_day_report(number, **place), _exercise(number, **place))


def _day_report(number: int, **place: Any) -> Any:
    return event(
        "fitness.day_reported",
        event_id=f"d-{number}",
        time=f"2026-09-14T20:{number % 60:02d}:00+08:00",
        pe_planned=1,
        pe_held=number % 2,
        big_breaks=number % 3,
        exercise_minutes=number,
        sport_minutes=number + 60,
        **place,
    )


def _exercise(number: int, **place: Any) -> Any:
    return event(
        "fitness.exercise_reported",
        event_id=f"x-{number}",
        pid=f"{number % 5:032x}",
        minutes=number,
        time=f"2026-09-14T21:{59 - number % 60:02d}:00+08:00",
        **place,
    )


def records(store: Store) -> list[Frame]:
    """Everything in the log."""
    return [record.frame for record in store.log.read(0, 1_000_000)]


def wrong_figures(store: Store, days: Sequence[date] = DAYS) -> list[str]:
    """The rows that differ from the pure fold of the log, and periods that are no sums of days."""
    context = store.roster.context()
    wrong = differences(replay(records(store), context, days), rows_of(store, days))
    return [*wrong, *wrong_periods(store)]


def is_settled(store: Store) -> bool:
    """Whether nothing waits for any unit that the roster knows."""
    organisation = store.roster.context().organisation
    with store.figures.reading() as reading:
        return reading.settled(organisation.school_ids(), organisation.unit_ids()).settled


def wait_until(holds: Callable[[], bool], seconds: float = WAIT_SECONDS) -> None:
    """Returns as soon as it holds; fails where it does not within this time."""
    end = monotonic() + seconds
    while not holds():
        if monotonic() > end:
            raise AssertionError(f"it does not hold after {seconds} seconds")
        sleep(0.05)


class Interrupted:
    """A port, or a transaction of one, that lets something happen when a method has returned."""

    def __init__(self, inner: Any, after: Mapping[str, Callable[[], object]]) -> None:
        self._inner = inner
        self._after = after

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._inner, name)
        if name not in self._after or not callable(found):
            return found

        def called(*arguments: Any, **named: Any) -> Any:
            answer = found(*arguments, **named)
            self._after[name]()
            return answer

        return called


class InterruptedWriting:
    """Ledgers or Rollups in whose transactions something happens: at `opened` or after a method."""

    def __init__(self, inner: Any, moment: str, happen: Callable[[], object]) -> None:
        self._inner = inner
        self._moment = moment
        self._happen = happen

    def writing(self, *arguments: Any, **named: Any) -> Any:
        """The transaction of the inner port, interrupted."""
        return _Transaction(self, self._inner.writing(*arguments, **named))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def happen(self, moment: str) -> None:
        """Lets it happen, once."""
        if moment == self._moment:
            self._moment = ""
            self._happen()


class _Transaction:
    def __init__(self, port: InterruptedWriting, inner: Any) -> None:
        self._port = port
        self._inner = inner

    def __enter__(self) -> Any:
        writing = self._inner.__enter__()
        self._port.happen("opened")
        moments = ("load", "put", "move_to", "mark", "heard", "sums", "overwrite")
        after = {name: lambda name=name: self._port.happen(name) for name in moments}
        return Interrupted(writing, after)

    def __exit__(self, *error: Any) -> Any:
        return self._inner.__exit__(*error)
