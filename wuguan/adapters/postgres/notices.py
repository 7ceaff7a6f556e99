"""The outbox of notices on the tables `notice`, `receiver_queue` and `attempt`."""

from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from wuguan.adapters.postgres.connections import Connection, Connections
from wuguan.domain.alerting.notice import Notice
from wuguan.domain.alerting.outbox import (
    HOUR_US,
    Pace,
    Queued,
    free_again_us,
    new_message_id,
    next_message,
)
from wuguan.ports import Attempt, Claimed, Tried, Undelivered

# So many receivers are looked at before it is said that none has anything to be sent.
_RECEIVERS = 16
# More do not wait for one receiver but where it was away for long; the next message takes them.
_NOTICES = 1000

_WAITING = """
    SELECT n.receiver_id FROM notice n LEFT JOIN receiver_queue q USING (receiver_id)
    WHERE NOT n.done AND n.receiver_id = ANY(%s) AND n.not_before_us <= %s
      AND greatest(coalesce(q.not_before_us, 0), coalesce(q.leased_until_us, 0)) <= %s
    GROUP BY n.receiver_id ORDER BY min(n.not_before_us), n.receiver_id LIMIT %s
"""
_DUE = """
    SELECT n.alert_id, n.number, n.receiver_id, n.not_before_us, a.kind, a.unit_id, n.message_id,
           n.tries, n.first_tried_us, n.parts_sent
    FROM notice n JOIN alert a USING (alert_id)
    WHERE NOT n.done AND n.receiver_id = %s AND n.not_before_us <= %s
    ORDER BY n.not_before_us, n.alert_id, n.number LIMIT %s
"""
_SENT = """
    SELECT max(at_us) FROM attempt WHERE receiver_id = %s AND outcome = 'delivered' AND at_us > %s
    GROUP BY message_id
"""
_OF_KEYS = """
    FROM unnest(%s::text[], %s::int[], %s::text[], %s::bigint[])
         AS k (alert_id, number, receiver_id, not_before_us)
    WHERE (n.alert_id, n.number, n.receiver_id) = (k.alert_id, k.number, k.receiver_id)
"""
_TAKE = f"""
    UPDATE notice n SET message_id = %s, tries = n.tries + 1,
                        first_tried_us = coalesce(n.first_tried_us, %s) {_OF_KEYS}
"""
_FINISH = f"UPDATE notice n SET done = true {_OF_KEYS}"
_TRY_AGAIN = f"UPDATE notice n SET not_before_us = %s, parts_sent = %s {_OF_KEYS}"
_PUT_OFF = f"""
    UPDATE notice n SET
        not_before_us = k.not_before_us, tries = n.tries - 1,
        message_id = CASE WHEN n.tries > 1 THEN n.message_id END,
        first_tried_us = CASE WHEN n.tries > 1 THEN n.first_tried_us END {_OF_KEYS}
"""
_WRITE_DOWN = """
    INSERT INTO attempt (alert_id, number, receiver_id, at_us, message_id, outcome, answer)
    SELECT k.alert_id, k.number, k.receiver_id, %s, %s, %s, %s
    FROM unnest(%s::text[], %s::int[], %s::text[]) AS k (alert_id, number, receiver_id)
    ON CONFLICT DO NOTHING
"""
_UNDELIVERED = """
    SELECT receiver_id, count(*), min(least(not_before_us, first_tried_us))
    FROM notice WHERE NOT done GROUP BY receiver_id ORDER BY receiver_id
"""
_DROP = """
    WITH dropped AS (
        UPDATE notice SET done = true WHERE NOT done AND receiver_id = %s
        RETURNING alert_id, number, receiver_id, coalesce(message_id, '') AS message_id
    )
    INSERT INTO attempt (alert_id, number, receiver_id, message_id, at_us, outcome, answer)
    SELECT alert_id, number, receiver_id, message_id, %s, 'given_up', %s FROM dropped
    ON CONFLICT DO NOTHING
"""


class PostgresNotices:
    """A queue for each receiver, locked by its row while a message is taken out of it."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def claim(self, paces: Mapping[str, Pace], now_us: int, leased_until_us: int) -> Claimed | None:
        """The message that has been due the longest, to one of these receivers."""
        with self._connections.transaction() as connection:
            rows = connection.execute(
                _WAITING, (list(paces), now_us, now_us, _RECEIVERS)
            ).fetchall()
        for (receiver_id,) in rows:
            with self._connections.transaction() as connection:
                claiming = _Claiming(connection, receiver_id, now_us, leased_until_us)
                claimed = claiming.claim(paces[receiver_id])
            if claimed is not None:
                return claimed
        return None

    def record(self, claimed: Claimed, tried: Tried) -> None:
        """Writes down an attempt."""
        keys = _columns(claimed.notices)
        with self._connections.transaction() as connection:
            is_ours = _is_leased(connection, claimed)
            connection.execute(
                _WRITE_DOWN,
                (tried.at_us, claimed.message_id, tried.outcome, tried.answer, *keys[:3]),
            )
            is_over = tried.outcome in ("delivered", "given_up")
            if is_over and (is_ours or tried.outcome == "delivered"):
                connection.execute(_FINISH, keys)
            elif is_ours:
                connection.execute(_TRY_AGAIN, (tried.again_us, tried.parts_sent, *keys))
            if is_ours:
                failures = 0 if tried.outcome == "delivered" else claimed.failures + 1
                _set_queue(connection, claimed.receiver_id, tried.receiver_again_us, 0, failures)

    def put_off(self, claimed: Claimed, later: Sequence[Notice]) -> Claimed | None:
        """Takes notices out of a claimed message."""
        others = {(one.alert_id, one.number) for one in later}
        left = [one for one in claimed.notices if (one.alert_id, one.number) not in others]
        with self._connections.transaction() as connection:
            if _is_leased(connection, claimed):
                connection.execute(_PUT_OFF, _columns(later))
                if not left:
                    _set_queue(connection, claimed.receiver_id, 0, 0, claimed.failures)
        return replace(claimed, notices=left) if left else None

    def attempts(self, alert_id: str) -> Sequence[Attempt]:
        """All attempts to tell of an alert."""
        with self._connections.transaction(relaxed=True) as connection:
            rows = connection.execute(
                "SELECT alert_id, number, receiver_id, message_id, at_us, outcome, answer"
                " FROM attempt WHERE alert_id = %s ORDER BY at_us, number, receiver_id",
                (alert_id,),
            ).fetchall()
        return [Attempt(**dict(zip(Attempt.__struct_fields__, row, strict=True))) for row in rows]

    def waiting(self, now_us: int) -> Mapping[str, int]:
        """How many notices are due, or were tried, and are not delivered, by receiver."""
        with self._connections.transaction(relaxed=True) as connection:
            rows = connection.execute(
                "SELECT receiver_id, count(*) FROM notice"
                " WHERE NOT done AND (not_before_us <= %s OR tries > 0) GROUP BY receiver_id",
                (now_us,),
            ).fetchall()
        return dict(rows)

    def undelivered(self) -> Mapping[str, Undelivered]:
        """What is not delivered, by receiver."""
        with self._connections.transaction(relaxed=True) as connection:
            rows = connection.execute(_UNDELIVERED).fetchall()
        return {receiver_id: Undelivered(*found) for receiver_id, *found in rows}

    def drop(self, receiver_id: str, at_us: int, why: str) -> int:
        """Gives up all that a receiver was not told of."""
        with self._connections.transaction() as connection:
            # As whoever records does: two that write the same notices wait for one another.
            connection.execute(
                "SELECT 1 FROM receiver_queue WHERE receiver_id = %s FOR UPDATE", (receiver_id,)
            )
            return connection.execute(_DROP, (receiver_id, at_us, why)).rowcount


class _Claiming:
    """Taking the next message out of one receiver's queue, in one transaction."""

    def __init__(
        self, connection: Connection, receiver_id: str, now_us: int, leased_until_us: int
    ) -> None:
        self._connection = connection
        self._receiver_id = receiver_id
        self._now_us = now_us
        self._leased_until_us = leased_until_us

    def claim(self, pace: Pace) -> Claimed | None:
        """The message; None where somebody else was faster, or the hour is full."""
        failures = self._locked()
        if failures is None:
            return None
        sent = self._sent()
        free_us = free_again_us(sent, pace)
        if free_us > self._now_us:
            _set_queue(self._connection, self._receiver_id, free_us, 0, failures)
            return None
        message = next_message(self._due(), pace, pace.most_an_hour - len(sent))
        if not message:
            return None
        _set_queue(self._connection, self._receiver_id, 0, self._leased_until_us, failures)
        return self._taken(message, failures)

    def _locked(self) -> int | None:
        """The receiver's failures, its row locked; None where it is somebody else's, or waits."""
        self._connection.execute(
            "INSERT INTO receiver_queue (receiver_id) VALUES (%s) ON CONFLICT DO NOTHING",
            (self._receiver_id,),
        )
        row = self._connection.execute(
            "SELECT failures FROM receiver_queue WHERE receiver_id = %s"
            " AND greatest(not_before_us, leased_until_us) <= %s FOR UPDATE SKIP LOCKED",
            (self._receiver_id, self._now_us),
        ).fetchone()
        return None if row is None else int(row[0])

    def _sent(self) -> list[int]:
        """When messages were delivered in the last hour."""
        since = self._now_us - HOUR_US
        rows = self._connection.execute(_SENT, (self._receiver_id, since)).fetchall()
        return [at_us for (at_us,) in rows]

    def _due(self) -> list[Queued]:
        rows = self._connection.execute(
            _DUE, (self._receiver_id, self._now_us, _NOTICES)
        ).fetchall()
        return [
            Queued(
                notice=Notice(
                    alert_id=row[0], number=row[1], receiver_id=row[2], not_before_us=row[3]
                ),
                kind=row[4],
                unit_id=row[5],
                message_id=row[6],
                tries=row[7],
                first_tried_us=row[8],
                parts_sent=row[9],
            )
            for row in rows
        ]

    def _taken(self, message: Sequence[Queued], failures: int) -> Claimed:
        message_id, first = new_message_id(message), message[0]
        notices = [one.notice for one in message]
        self._connection.execute(_TAKE, (message_id, self._now_us, *_columns(notices)))
        return Claimed(
            receiver_id=self._receiver_id,
            kind=first.kind,
            message_id=message_id,
            notices=notices,
            tries=first.tries + 1,
            first_tried_us=first.first_tried_us or self._now_us,
            leased_until_us=self._leased_until_us,
            parts_sent=first.parts_sent,
            failures=failures,
        )


def _is_leased(connection: Connection, claimed: Claimed) -> bool:
    """Whether the receiver is still the caller's; its row is locked then."""
    row = connection.execute(
        "SELECT 1 FROM receiver_queue WHERE receiver_id = %s AND leased_until_us = %s FOR UPDATE",
        (claimed.receiver_id, claimed.leased_until_us),
    ).fetchone()
    return row is not None


def _set_queue(
    connection: Connection,
    receiver_id: str,
    not_before_us: int,
    leased_until_us: int,
    failures: int,
) -> None:
    connection.execute(
        "UPDATE receiver_queue SET (not_before_us, leased_until_us, failures) = (%s, %s, %s)"
        " WHERE receiver_id = %s",
        (not_before_us, leased_until_us, failures, receiver_id),
    )


def _columns(notices: Sequence[Notice]) -> list[list[object]]:
    return [
        [one.alert_id for one in notices],
        [one.number for one in notices],
        [one.receiver_id for one in notices],
        [one.not_before_us for one in notices],
    ]
