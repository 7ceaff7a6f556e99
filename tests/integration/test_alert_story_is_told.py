"""The story of one alert, as a mail server and robots of groups get it, on both runtimes."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from datetime import date

from stream_processors.evaluating_alerts import Alerting
from stream_processors.telling_people import People, TellingPeople
from tests.alert_story import CAP, RELAPSE, Story
from tests.builders import Clock
from tests.integration.faust_world import World
from tests.integration.test_alert_story import Embedded, OnKafka
from tests.local_receivers import (
    Answering,
    Got,
    MailReceiver,
    http_receiver,
    mail_receiver,
    plainly,
)
from tests.unit.domain.alerts import at, receiver
from tests.worlds import settle_in
from wuguan.adapters.memory.store import MemoryStore
from wuguan.adapters.postgres.store import PostgresStore, open_store
from wuguan.adapters.telling.apprise_sender import AppriseSender
from wuguan.adapters.telling.robots import DingTalk, WeCom
from wuguan.domain.alerting.receiver import Receivers
from wuguan.domain.alerting.telling import telling
from wuguan.domain.instants import MINUTE_US, china_datetime
from wuguan.metric_names import Silence
from wuguan.ports import Frame, Sender

RECEIVERS = Receivers(
    [
        receiver("school-group", "school"),
        receiver("inspector-mail", "inspector", channel="apprise"),
        receiver("district-group", "district", channel="dingtalk"),
    ]
)
ALERTING = Alerting([CAP], telling(RECEIVERS))
BEFORE = date(2026, 9, 28)
MORNING_AFTER = date(2026, 10, 20)
STEP_US = 10 * MINUTE_US
EXPECTED = {
    "school-group": [
        ("10-09", "新预警"), ("10-12", "程度加重"), ("10-14", "已恢复"), ("10-20", "再次出现"),
    ],
    "inspector-mail": [("10-12", "尚未签收，现告知上一级"), ("10-14", "已恢复")],
    "district-group": [("10-12", "尚未签收，现告知上一级"), ("10-14", "已恢复")],
}  # fmt: skip
"""On which day each is told, and of what."""


class Inbox:
    """What receivers took, when, and how often they were asked while they refused."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.taken: dict[str, list[tuple[str, str]]] = {one: [] for one in EXPECTED}
        self.asked_at: list[int] = []

    def robot(self, receiver_id: str, refusals: Sequence[object]) -> Answering:
        """Answers with these refusals, each with HTTP 200, and takes what comes after them."""
        left = list(refusals)

        def answer(got: Got) -> tuple[int, object]:
            self.asked_at.append(self._clock.now_us)
            if left:
                return 200, left.pop(0)
            self._take(receiver_id, got.body["text"]["content"])
            return 200, {"errcode": 0, "errmsg": "ok"}

        return answer

    def take_mails(self, server: MailReceiver) -> None:
        """Notes what mails have come."""
        while server.mails:
            self._take("inspector-mail", server.mails.pop(0).get_content())

    def _take(self, receiver_id: str, text: str) -> None:
        day = f"{china_datetime(self._clock.now_us):%m-%d}"
        (line,) = [one for one in text.splitlines() if one.startswith("【") and "：" in one]
        self.taken[receiver_id].append((day, line.partition("：")[2]))


class TellingOnTheWay:
    """A runtime on which people are told while the clock goes from evening to evening."""

    def __init__(self, runtime: Embedded, clock: Clock, senders: dict[str, Sender]) -> None:
        self._runtime, self._clock = runtime, clock
        self._told_until = at("18:00", BEFORE)
        self.store = runtime.store
        self.after_each: Callable[[], None] = lambda: None
        self._worker = TellingPeople(
            runtime.store,
            People(RECEIVERS, senders),
            [CAP],
            clock=clock,
            chance=lambda: 0.5,
            base_url="",
            telemetry=Silence(),
        )

    def send(self, frames: Sequence[Frame]) -> None:
        """Takes events."""
        self._runtime.send(frames)

    def until_quiet(self, today: date) -> None:
        """Tells what is due by the evening, then evaluates."""
        self.tell_until(self._clock.now_us)
        self._runtime.until_quiet(today)

    def tell_until(self, until_us: int) -> None:
        """Lets the clock go on, and people be told on the way."""
        for now_us in range(self._told_until, until_us + 1, STEP_US):
            self._clock.now_us = now_us
            while self._worker.turn():
                pass
            self.after_each()
        self._clock.now_us = self._told_until = max(until_us, self._told_until)


@contextmanager
def told(runtime: Embedded, clock: Clock) -> Iterator[tuple[TellingOnTheWay, Inbox]]:
    """The runtime with receivers of which each refuses at first."""
    inbox = Inbox(clock)
    limited = {"errcode": 45009, "errmsg": "api freq out of limit"}
    keyword = {"errcode": 310000, "errmsg": "keywords not in content"}
    with ExitStack() as closing_all:
        school = closing_all.enter_context(http_receiver(plainly()))
        district = closing_all.enter_context(http_receiver(plainly()))
        mails, mail_url = closing_all.enter_context(mail_receiver())
        school.answering = inbox.robot("school-group", [limited])
        district.answering = inbox.robot("district-group", [keyword, keyword])
        mails.refusals = ["451 4.7.1 try again later"]
        on_the_way = TellingOnTheWay(
            runtime,
            clock,
            {
                "school-group": WeCom(f"{school.url}/send?key=k"),
                "district-group": DingTalk(f"{district.url}/send?access_token=t", "secret"),
                "inspector-mail": AppriseSender("inspector-mail", mail_url),
            },
        )

        on_the_way.after_each = lambda: inbox.take_mails(mails)
        yield on_the_way, inbox


def check(runtime: Embedded, clock: Clock) -> None:
    """The story is told, and each receiver gets what is expected, once and at no quiet hour."""
    with told(runtime, clock) as (on_the_way, inbox):
        story = Story(on_the_way, clock)
        story.tell()
        on_the_way.tell_until(at("12:00", MORNING_AFTER))

        attempts = on_the_way.store.notices.attempts(story.alert.alert_id)

    assert inbox.taken == EXPECTED
    asked = [china_datetime(one) for one in inbox.asked_at]
    assert all("07:30" <= f"{one:%H:%M}" < "18:00" for one in asked)
    delivered = [(one.number, one.receiver_id) for one in attempts if one.outcome == "delivered"]
    assert len(delivered) == len(set(delivered)) == 8
    refused = [one.receiver_id for one in attempts if one.outcome != "delivered"]
    assert sorted(set(refused)) == sorted(EXPECTED)
    assert RELAPSE[-1] < MORNING_AFTER


def test_the_story_is_told_in_memory(clock: Clock) -> None:
    check(Embedded(settle_in(MemoryStore(clock)), ALERTING), clock)


def test_the_story_is_told_on_the_embedded_runtime(store: PostgresStore, clock: Clock) -> None:
    check(Embedded(settle_in(store), ALERTING), clock)


def test_the_story_is_told_on_kafka(world: World, clock: Clock) -> None:
    world.workers.start()
    with closing(open_store(world.dsn, clock=clock, size=2)) as store:
        check(OnKafka(store, world, ALERTING), clock)
