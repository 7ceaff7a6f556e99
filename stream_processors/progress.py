"""Up to when everything in the places of a worker is taken.

The oldest record that waits is not read for this: it came after the last one that was written, and
after the last look that found nothing waiting. The later of the two is at most a look too early.
"""

from collections.abc import Mapping, Sequence

from wuguan.ports import Place
from wuguan.streams import Record


class Progress:
    """What one worker knows of its places."""

    def __init__(self) -> None:
        self._until_us: dict[Place, int] = {}

    def came(self, records: Sequence[Record]) -> None:
        """These come next: of a place that nothing is known of, its first is the oldest."""
        for record in records:
            self._until_us.setdefault(record.place, record.written_us)

    def wrote(self, records: Sequence[Record]) -> None:
        """These are written, and everything before them."""
        for record in records:
            known = self._until_us.get(record.place, 0)
            self._until_us[record.place] = max(known, record.written_us)

    def looked(
        self, positions: Mapping[Place, int], ends: Mapping[Place, int], at_us: int
    ) -> int | None:
        """Up to when all of these places are taken (microseconds); None if not known of any.

        `at_us`: a moment before the ends were asked for.
        """
        if not positions:
            # Nothing waits for a worker that only stands by.
            self._until_us.clear()
            return at_us
        # Of places that others read now nothing is known any more.
        self._until_us = {
            place: until for place, until in self._until_us.items() if place in positions
        }
        for place, position in positions.items():
            if position >= ends[place]:
                self._until_us[place] = max(at_us, self._until_us.get(place, 0))
        return min(self._until_us.values(), default=None)
