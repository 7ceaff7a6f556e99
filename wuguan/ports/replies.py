"""What schools say to the findings in their data."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Protocol

from wuguan.domain.reply import FindingKey, Reply


class Replies(Protocol):
    """One reply to a finding at most."""

    def put(self, reply: Reply) -> None:
        """Takes the place of the reply to the same finding; an empty text takes it back."""

    def list(
        self,
        schools: Collection[str],
        from_day: date,
        to_day: date,
        after: FindingKey | None,
        limit: int,
    ) -> Sequence[Reply]:
        """Replies of these schools to findings of these days, in the order of `FindingKey`."""
