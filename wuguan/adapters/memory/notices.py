"""The outbox of notices in memory: a queue for each receiver, and every attempt."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from wuguan.adapters.memory.state import MemoryState
from wuguan.domain.alerting.notice import Notice
from wuguan.domain.alerting.outbox import (
    HOUR_US,
    Pace,
    Queued,
    free_again_us,
    new_message_id,
    next_message,
)
from wuguan.ports import Attempt, Claimed, Notices, Tried, Undelivered

_Key = tuple[str, int, str]


class _Queue(Struct, frozen=True):
    """Where a receiver stands."""

    not_before_us: int = 0
    leased_until_us: int = 0
    failures: int = 0


class MemoryNotices(Notices):
    """What became of each notice, beside the notices themselves."""

    def __init__(self, state: MemoryState) -> None:
        self._state = state
        self._tried = state.tried_notices
        self._done: set[_Key] = set()
        self._queues: dict[str, _Queue] = {}
        self._attempts: list[Attempt] = []

    def claim(self, paces: Mapping[str, Pace], now_us: int, leased_until_us: int) -> Claimed | None:
        """The message that has been due the longest, to one of these receivers."""
        with self._state.lock:
            waiting = self._due(paces, now_us)
            for receiver_id in sorted(waiting, key=lambda one: _first(waiting[one])):
                queue = self._queues.get(receiver_id, _Queue())
                if max(queue.not_before_us, queue.leased_until_us) > now_us:
                    continue
                sent = self._sent(receiver_id, now_us)
                pace = paces[receiver_id]
                free_us = free_again_us(sent, pace)
                if free_us > now_us:
                    self._queues[receiver_id] = replace(queue, not_before_us=free_us)
                    continue
                message = next_message(waiting[receiver_id], pace, pace.most_an_hour - len(sent))
                self._queues[receiver_id] = replace(queue, leased_until_us=leased_until_us)
                return self._claimed(message, queue.failures, now_us, leased_until_us)
        return None

    def record(self, claimed: Claimed, tried: Tried) -> None:
        """Writes down an attempt."""
        with self._state.lock:
            is_ours = self._is_leased(claimed)
            is_over = tried.outcome in ("delivered", "given_up")
            for notice in claimed.notices:
                key = _key(notice)
                self._attempts.append(_attempt(claimed, notice, tried))
                if is_over and (is_ours or tried.outcome == "delivered"):
                    self._done.add(key)
                elif is_ours:
                    later = replace(notice, not_before_us=tried.again_us)
                    self._tried[key] = replace(
                        self._tried[key], notice=later, parts_sent=tried.parts_sent
                    )
            if is_ours:
                failures = 0 if tried.outcome == "delivered" else claimed.failures + 1
                self._queues[claimed.receiver_id] = _Queue(tried.receiver_again_us, 0, failures)

    def put_off(self, claimed: Claimed, later: Sequence[Notice]) -> Claimed | None:
        """Takes notices out of a claimed message."""
        with self._state.lock:
            for notice in later if self._is_leased(claimed) else ():
                self._tried[_key(notice)] = _untried(self._tried[_key(notice)], notice)
            left = _without(claimed.notices, later)
            if not left and self._is_leased(claimed):
                queue = self._queues[claimed.receiver_id]
                self._queues[claimed.receiver_id] = replace(queue, leased_until_us=0)
            return replace(claimed, notices=left) if left else None

    def attempts(self, alert_id: str) -> Sequence[Attempt]:
        """All attempts to tell of an alert."""
        with self._state.lock:
            found = [one for one in self._attempts if one.alert_id == alert_id]
        return sorted(found, key=lambda one: (one.at_us, one.number, one.receiver_id))

    def waiting(self, now_us: int) -> Mapping[str, int]:
        """How many notices are due, or were tried, and are not delivered, by receiver."""
        with self._state.lock:
            left = self._left()
        return Counter(
            one.notice.receiver_id
            for one in left
            if one.notice.not_before_us <= now_us or one.tries
        )

    def undelivered(self) -> Mapping[str, Undelivered]:
        """What is not delivered, by receiver."""
        since: dict[str, list[int]] = {}
        with self._state.lock:
            for one in self._left():
                due_us = one.notice.not_before_us
                first_us = due_us if one.first_tried_us is None else min(due_us, one.first_tried_us)
                since.setdefault(one.notice.receiver_id, []).append(first_us)
        return {name: Undelivered(len(of), min(of)) for name, of in sorted(since.items())}

    def drop(self, receiver_id: str, at_us: int, why: str) -> int:
        """Gives up all that a receiver was not told of."""
        with self._state.lock:
            dropped = [one for one in self._left() if one.notice.receiver_id == receiver_id]
            self._done |= {_key(one.notice) for one in dropped}
            self._attempts += [_dropped(one, at_us, why) for one in dropped]
        return len(dropped)

    def _left(self) -> list[Queued]:
        """What is not delivered, due or not."""
        return [
            self._tried.get(key) or self._new(notice)
            for key, notice in self._state.notices.items()
            if key not in self._done
        ]

    def _due(self, receivers: Collection[str], now_us: int) -> dict[str, list[Queued]]:
        found: dict[str, list[Queued]] = {}
        for queued in self._left():
            notice = queued.notice
            if notice.receiver_id in receivers and notice.not_before_us <= now_us:
                found.setdefault(notice.receiver_id, []).append(queued)
        return found

    def _new(self, notice: Notice) -> Queued:
        alert = self._state.alerts[notice.alert_id]
        return Queued(notice=notice, kind=alert.kind, unit_id=alert.unit_id)

    def _sent(self, receiver_id: str, now_us: int) -> list[int]:
        """When messages were delivered to a receiver in the last hour."""
        messages = {
            one.message_id: one.at_us
            for one in self._attempts
            if one.receiver_id == receiver_id
            and one.outcome == "delivered"
            and one.at_us > now_us - HOUR_US
        }
        return list(messages.values())

    def _claimed(
        self, message: Sequence[Queued], failures: int, now_us: int, leased_until_us: int
    ) -> Claimed:
        message_id = new_message_id(message)
        for one in message:
            self._tried[_key(one.notice)] = replace(
                one,
                message_id=message_id,
                tries=one.tries + 1,
                first_tried_us=one.first_tried_us or now_us,
            )
        first = message[0]
        return Claimed(
            receiver_id=first.notice.receiver_id,
            kind=first.kind,
            message_id=message_id,
            notices=[one.notice for one in message],
            tries=first.tries + 1,
            first_tried_us=first.first_tried_us or now_us,
            leased_until_us=leased_until_us,
            parts_sent=first.parts_sent,
            failures=failures,
        )

    def _is_leased(self, claimed: Claimed) -> bool:
        queue = self._queues.get(claimed.receiver_id, _Queue())
        return queue.leased_until_us == claimed.leased_until_us


def _key(notice: Notice) -> _Key:
    return notice.alert_id, notice.number, notice.receiver_id


def _first(due: Sequence[Queued]) -> tuple[int, str, int]:
    return min(one.order for one in due)


def _without(notices: Sequence[Notice], others: Sequence[Notice]) -> list[Notice]:
    keys = {_key(one) for one in others}
    return [one for one in notices if _key(one) not in keys]


def _untried(queued: Queued, later: Notice) -> Queued:
    """As before this attempt, to be told later; what was tried before keeps its message."""
    if queued.tries > 1:
        return replace(queued, notice=later, tries=queued.tries - 1)
    return replace(queued, notice=later, tries=0, message_id=None, first_tried_us=None)


def _attempt(claimed: Claimed, notice: Notice, tried: Tried) -> Attempt:
    return Attempt(
        alert_id=notice.alert_id,
        number=notice.number,
        receiver_id=notice.receiver_id,
        message_id=claimed.message_id,
        at_us=tried.at_us,
        outcome=tried.outcome,
        answer=tried.answer,
    )


def _dropped(queued: Queued, at_us: int, why: str) -> Attempt:
    notice = queued.notice
    return Attempt(
        alert_id=notice.alert_id,
        number=notice.number,
        receiver_id=notice.receiver_id,
        message_id=queued.message_id or "",
        at_us=at_us,
        outcome="given_up",
        answer=why,
    )
