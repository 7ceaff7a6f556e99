"""From notices that are due to messages that were answered: one receiver, one message at a time.

A message is leased, sent outside of any transaction, and what the receiver answered is recorded.
Killed between the two, it is sent again under the same id when the lease has run out.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import structlog

from stream_processors.telling_backlog import Seldom, telling_notices
from stream_processors.turns import Turning
from wuguan.domain.alerting.life import Alert
from wuguan.domain.alerting.message import Item, Message, clauses_of
from wuguan.domain.alerting.notice import Notice
from wuguan.domain.alerting.outbox import GIVE_UP_AFTER_US, Pace, pause_seconds
from wuguan.domain.alerting.receiver import Receivers
from wuguan.domain.alerting.rule import AlertRule
from wuguan.domain.alerting.telling import held_until
from wuguan.domain.alerting.wording import message_of
from wuguan.domain.context import Context
from wuguan.domain.instants import china_day
from wuguan.metric_names import Telemetry
from wuguan.ports import Answer, Claimed, Outcome, Sender, Store, Tried

_log = structlog.get_logger(__name__)
_SECOND_US = 1_000_000
# Longer than any sender takes.
_LEASE_US = 300 * _SECOND_US
_IDLE_SECONDS = 1.0
# A receiver that does not answer holds one of them for seconds, and seldomer each time.
_MOST_THREADS = 4


class People(NamedTuple):
    """Who is told, and by what, by the receiver's id."""

    receivers: Receivers
    senders: Mapping[str, Sender]


class TellingPeople:
    """One worker; any number may run, in threads and processes."""

    def __init__(
        self,
        store: Store,
        people: People,
        rules: Sequence[AlertRule],
        *,
        clock: Callable[[], int],
        chance: Callable[[], float],
        base_url: str,
        telemetry: Telemetry,
    ) -> None:
        self._store = store
        self._receivers, self._senders = people
        self._rules = {rule.rule_id: rule for rule in rules}
        self._clock = clock
        self._chance = chance
        self._base_url = base_url.rstrip("/")
        self._telemetry = telemetry
        self._paces = {
            one.receiver_id: Pace(bool(one.digest_minutes), one.most_an_hour)
            for one in people.receivers.all()
        }
        self._waiting: Seldom = telling_notices(store.notices, clock, telemetry)

    def turn(self) -> bool:
        """Sends the message that has been due the longest; whether there was any."""
        self._waiting.turn()
        now_us = self._clock()
        claimed = self._store.notices.claim(self._paces, now_us, now_us + _LEASE_US)
        if claimed is None:
            return False
        context = self._store.roster.context()
        items = self._items(claimed, context, now_us)
        later = self._held(claimed, items, context, now_us)
        due = self._store.notices.put_off(claimed, later) if later else claimed
        if due is not None:
            self._send(due, items, now_us)
        return True

    def _send(self, claimed: Claimed, items: Mapping[str, Item], now_us: int) -> None:
        message = self._message(claimed, items, now_us)
        answer = self._senders[claimed.receiver_id].send(message, claimed.parts_sent)
        tried = self._tried(claimed, answer)
        self._store.notices.record(claimed, tried)
        self._telemetry.count("wuguan_messages_total", 1, outcome=tried.outcome)
        if tried.outcome != "delivered":
            _log.warning(
                "not_told",
                receiver=claimed.receiver_id,
                message=claimed.message_id,
                outcome=tried.outcome,
                tries=claimed.tries,
                answer=tried.answer,
            )

    def _items(self, claimed: Claimed, context: Context, now_us: int) -> dict[str, Item]:
        """What is told of each alert, by its id."""
        numbers: defaultdict[str, set[int]] = defaultdict(set)
        for notice in claimed.notices:
            numbers[notice.alert_id].add(notice.number)
        found = {}
        for alert_id, of in numbers.items():
            item = self._item(alert_id, of, context, now_us)
            if item is not None:
                found[alert_id] = item
        return found

    def _item(self, alert_id: str, numbers: set[int], context: Context, now_us: int) -> Item | None:
        alert = self._store.alerts.alert(alert_id)
        if alert is None:
            return None
        today = china_day(now_us)
        rule = self._rules.get(alert.rule_id)
        path = context.organisation.path(alert.unit_id, today)
        stages = sorted(context.organisation.stages_of(alert.unit_id))
        return Item(
            alert=alert,
            rule=rule,
            entries=[one for one in self._store.alerts.entries(alert_id) if one.number in numbers],
            unit_name=context.organisation.name(alert.unit_id, today) or alert.unit_id,
            clauses=clauses_of(rule, alert, path, stages, context.policy) if rule else (),
            link=self._link(alert),
        )

    def _link(self, alert: Alert) -> str:
        page = f"/board/{alert.unit_id}/alerts/{alert.alert_id}"
        return self._base_url + page if self._base_url else ""

    def _held(
        self, claimed: Claimed, items: Mapping[str, Item], context: Context, now_us: int
    ) -> list[Notice]:
        """Those that must wait: for the end of quiet hours, or of a silence made meanwhile."""
        today = china_day(now_us)
        until = {
            alert_id: held_until(
                item.rule,
                item.alert,
                context.organisation.path(item.alert.unit_id, today),
                now_us,
                context,
            )
            for alert_id, item in items.items()
        }
        return [
            Notice(
                alert_id=one.alert_id,
                number=one.number,
                receiver_id=one.receiver_id,
                not_before_us=until[one.alert_id],
            )
            for one in claimed.notices
            if until.get(one.alert_id, 0) > now_us
        ]

    def _message(self, claimed: Claimed, items: Mapping[str, Item], now_us: int) -> Message:
        receiver = self._receivers.get(claimed.receiver_id)
        assert receiver is not None, "only what is for receivers that are known is claimed"
        alert_ids = dict.fromkeys(one.alert_id for one in claimed.notices)
        told = [items[alert_id] for alert_id in alert_ids if alert_id in items]
        return message_of(told, claimed.kind, receiver.language, claimed.message_id, now_us)

    def _tried(self, claimed: Claimed, answer: Answer) -> Tried:
        now_us = self._clock()
        outcome: Outcome = answer.outcome
        if outcome != "delivered" and now_us - claimed.first_tried_us >= GIVE_UP_AFTER_US:
            outcome = "given_up"
        # The message by its own tries, the receiver by its failures: one that nobody takes does not
        # keep the next ones waiting for longer and longer.
        again = pause_seconds(claimed.tries, self._chance())
        free = pause_seconds(claimed.failures + 1, self._chance())
        rest = 0.0 if outcome == "delivered" else max(free, answer.again_after_seconds)
        return Tried(
            at_us=now_us,
            outcome=outcome,
            answer=answer.said,
            parts_sent=answer.parts_sent,
            again_us=now_us + int(again * _SECOND_US),
            receiver_again_us=now_us + int(rest * _SECOND_US),
        )


def tellers(telling: TellingPeople, people: People, telemetry: Telemetry) -> list[Turning]:
    """The threads that tell people, apart from all others; none where there is nobody to tell."""
    number = min(len(people.receivers.all()), _MOST_THREADS)
    return [Turning("tell", telling.turn, _IDLE_SECONDS, telemetry) for _ in range(number)]
