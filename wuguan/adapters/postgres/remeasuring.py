"""What is still to be measured again."""

from collections.abc import Collection
from datetime import date

from wuguan.adapters.postgres.connections import Connections
from wuguan.adapters.postgres.ledgers import PostgresLedgerWriting
from wuguan.ports import LedgerWriting, SpanToMeasure


class PostgresRemeasuring:
    """Remeasuring on the table `remeasure`."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def next_span(self) -> SpanToMeasure | None:
        """The oldest span, if any."""
        with self._connections.transaction(relaxed=True) as connection:
            row = connection.execute(
                "SELECT span_id, school_id, from_day, to_day, units FROM remeasure"
                " ORDER BY span_id LIMIT 1"
            ).fetchone()
        return None if row is None else SpanToMeasure(*row)

    def done_until(self, writing: LedgerWriting, span: SpanToMeasure, day: date) -> None:
        """Inside the writing transaction: the span is measured up to and with `day`."""
        assert isinstance(writing, PostgresLedgerWriting)
        writing.connection.execute(
            "UPDATE remeasure SET from_day = greatest(from_day, %s::date + 1) WHERE span_id = %s",
            (day, span.span_id),
        )
        writing.connection.execute(
            "DELETE FROM remeasure WHERE span_id = %s AND from_day > to_day", (span.span_id,)
        )

    def days_with_figures(self, school_id: str, from_day: date, to_day: date) -> Collection[date]:
        """The days on which the school has ledgers or rolled-up figures."""
        with self._connections.transaction(relaxed=True) as connection:
            rows = connection.execute(
                """
                SELECT DISTINCT day FROM ledger
                WHERE school_id = %(school)s AND day BETWEEN %(from)s AND %(to)s
                UNION
                SELECT DISTINCT day FROM unit_tally
                WHERE unit_id = %(school)s AND day BETWEEN %(from)s AND %(to)s
                """,
                {"school": school_id, "from": from_day, "to": to_day},
            ).fetchall()
        return {day for (day,) in rows}
