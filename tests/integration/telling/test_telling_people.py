"""From an alert to what receivers on this machine get: once, in time, never in quiet hours."""

from collections import Counter
from collections.abc import Callable
from datetime import date
from time import monotonic, sleep
from typing import Any

from stream_processors.telling_people import People, TellingPeople, tellers
from tests.builders import OTHER_SCHOOL, SCHOOL, TODAY, Clock
from tests.contract.steps import WAIT_SECONDS
from tests.local_receivers import Got, HttpReceiver, mail_receiver, plainly, unused_port
from tests.unit.domain.alerts import alert_rule, at, receiver
from wuguan.adapters.telling.apprise_sender import AppriseSender
from wuguan.adapters.telling.robots import DingTalk, WeCom
from wuguan.domain.alerting.life import Alert, Subject, Told, act, follow
from wuguan.domain.alerting.outbox import GIVE_UP_AFTER_US
from wuguan.domain.alerting.receiver import Receivers
from wuguan.domain.alerting.rule import AlertRule
from wuguan.domain.alerting.telling import telling
from wuguan.domain.alerting.verdict import Verdict
from wuguan.domain.instants import DAY_US, MINUTE_US, china_datetime
from wuguan.metric_names import Silence
from wuguan.ports import Sender, Store

OK = plainly(200, {"errcode": 0, "errmsg": "ok"})
REFUSED = plainly(200, {"errcode": 310000, "errmsg": "keywords not in content"})
RULE = alert_rule()
NEXT_DAY = date(2026, 9, 15)


class Telling:
    """Alerts of a rule, and a worker that tells of them by a clock that the test moves."""

    def __init__(self, world: Store, clock: Clock, **senders: Sender) -> None:
        self.store, self.clock = world, clock
        self.receivers = Receivers(receiver(name.replace("_", "-"), "school") for name in senders)
        self.people = People(
            self.receivers, {name.replace("_", "-"): one for name, one in senders.items()}
        )
        self.worker = TellingPeople(
            world,
            self.people,
            [RULE],
            clock=clock,
            chance=lambda: 0.5,
            base_url="https://board.example/",
            telemetry=Silence(),
        )

    def happens(self, told: Told, rule: AlertRule = RULE) -> Alert:
        """Keeps what happened with its notices, as an evaluator does."""
        context = self.store.roster.context()
        path = context.organisation.path(told.alert.unit_id, TODAY)
        notices = telling(self.receivers)(rule, told, path, False, self.clock.now_us, context)
        with self.store.alerts.evaluating(0) as writing:
            writing.write([told], notices)
        return told.alert

    def fires(self, alert_id: str = "alert-1", unit: str = SCHOOL) -> Alert:
        """An alert begins."""
        found = Verdict(stands="firing", breach_days=(TODAY,), fired_on=TODAY)
        told = follow(RULE, None, found, Subject(alert_id, unit), self.clock.now_us)
        assert told is not None
        return self.happens(told)

    def ends(self, alert: Alert) -> Alert:
        """It ends."""
        ended = Verdict(stands="none", breach_days=(TODAY,), fired_on=TODAY, ended_on=NEXT_DAY)
        told = follow(RULE, alert, ended, Subject("", SCHOOL), self.clock.now_us)
        assert told is not None
        return self.happens(told)

    def until(self, us: int, step_us: int = MINUTE_US) -> None:
        """The clock goes on to an instant, and the worker works."""
        while self.clock.now_us < us:
            self.clock.now_us = min(self.clock.now_us + step_us, us)
            self.works()

    def works(self) -> None:
        """The worker sends what is due."""
        for _ in range(100):
            if not self.worker.turn():
                return
        raise AssertionError("the worker comes to no end")

    def outcomes(self, alert_id: str = "alert-1") -> Counter[str]:
        """How the attempts to tell of an alert ended."""
        return Counter(one.outcome for one in self.store.notices.attempts(alert_id))


def text_of(got: Got) -> str:
    text: str = got.body["text"]["content"]
    return text


def test_each_receiver_is_told_once_with_the_clause_and_a_link(
    world: Store, clock: Clock, groups: list[HttpReceiver]
) -> None:
    clock.now_us = at("17:30")
    with mail_receiver() as (server, url):
        telling = Telling(
            world,
            clock,
            wecom=WeCom(f"{groups[0].url}/send?key=k"),
            dingtalk=DingTalk(f"{groups[1].url}/send?access_token=t"),
            mail=AppriseSender("mail", url),
        )
        telling.fires()
        telling.works()
        at_once = [len(one.got) for one in groups]
        telling.until(at("17:45"))

    assert at_once == [0, 0]
    assert [len(one.got) for one in groups] == [1, 1]
    assert len(server.mails) == 1
    text = text_of(groups[0].got[0])
    assert "学校2199000001" in text
    assert "教基厅函〔2021〕13号" in text
    assert "https://board.example/board/2199000001/alerts/alert-1" in text
    assert telling.outcomes() == {"delivered": 3}


def test_alerts_of_a_school_that_come_up_together_are_one_message(
    world: Store, clock: Clock, groups: list[HttpReceiver]
) -> None:
    clock.now_us = at("17:30")
    telling = Telling(world, clock, wecom=WeCom(f"{groups[0].url}/send?key=k"))
    telling.fires("alert-1", SCHOOL)
    telling.fires("alert-2", OTHER_SCHOOL)
    telling.happens(_other_rule_fires(clock))
    telling.until(at("17:40"))

    titles = [text_of(got).split("\n")[0] for got in groups[0].got]
    assert sorted(titles) == ["【五管预警】学校2199000001 2 项", "【五管预警】学校3199000002 1 项"]


def _other_rule_fires(clock: Clock) -> Told:
    other = alert_rule(rule_id="homework-channel", metric="homework.channel")
    found = Verdict(stands="firing", breach_days=(TODAY,), fired_on=TODAY)
    told = follow(other, None, found, Subject("alert-3", SCHOOL), clock.now_us)
    assert told is not None
    return told


def test_a_receiver_that_is_down_for_an_hour_gets_everything_afterwards_once(
    world: Store, clock: Clock, groups: list[HttpReceiver]
) -> None:
    clock.now_us = at("10:00")
    group, other = groups
    is_down = plainly(503, {})
    group.answering = is_down
    telling = Telling(
        world,
        clock,
        down=WeCom(f"{group.url}/send?key=k"),
        alive=WeCom(f"{other.url}/send?key=k"),
    )
    telling.fires("alert-1", SCHOOL)
    telling.until(at("10:30"))
    telling.fires("alert-2", OTHER_SCHOOL)
    telling.until(at("11:00"))
    tried_while_down = len(group.got)
    alive_meanwhile = len(other.got)
    group.answering = OK
    telling.until(at("13:00"))

    after = group.got[tried_while_down:]
    assert 5 <= tried_while_down <= 15
    assert alive_meanwhile == 2
    assert sorted(text_of(got).split("\n")[1] for got in after) == [
        "■ 学校2199000001", "■ 学校3199000002"
    ]  # fmt: skip
    assert len(other.got) == 2
    ids = {got.headers["x-wuguan-message"] for got in group.got}
    assert ids == {got.headers["x-wuguan-message"] for got in after}
    assert telling.outcomes("alert-2")["delivered"] == 2


def test_nobody_is_told_in_quiet_hours_or_on_days_without_school(
    world: Store, clock: Clock, groups: list[HttpReceiver]
) -> None:
    told_at: list[int] = []

    def noting(got: Got) -> tuple[int, Any]:
        told_at.append(clock.now_us)
        # It is down when school is out on the day before the holiday, and up again in the night.
        return (200, {"errcode": 0}) if clock.now_us > at("19:00", date(2026, 9, 30)) else (503, {})

    group = groups[0]
    group.answering = noting
    telling = Telling(world, clock, wecom=WeCom(f"{group.url}/send?key=k"))
    clock.now_us = at("17:30", date(2026, 9, 30))
    alert = telling.fires()
    telling.until(at("09:00", date(2026, 10, 3)), 10 * MINUTE_US)
    telling.ends(alert)
    telling.until(at("12:00", date(2026, 10, 9)), 10 * MINUTE_US)

    clocks = [china_datetime(one) for one in told_at]
    assert all("07:30" <= f"{one:%H:%M}" < "18:00" for one in clocks)
    assert {one.date() for one in clocks} == {date(2026, 9, 30), date(2026, 10, 8)}
    assert Counter(one.date() for one in clocks)[date(2026, 10, 8)] == 2
    assert telling.outcomes()["delivered"] == 2


def test_what_is_silenced_waits_until_the_silence_ends(
    world: Store, clock: Clock, groups: list[HttpReceiver]
) -> None:
    clock.now_us = at("10:00")
    telling = Telling(world, clock, wecom=WeCom(f"{groups[0].url}/send?key=k"))
    alert = telling.fires()
    silenced = act(alert, "silenced", clock.now_us, by="督学", until_us=at("11:00"))
    with world.alerts.changing("alert-1") as change:
        assert change is not None
        change.write(silenced)
    telling.until(at("10:59"))
    before = len(groups[0].got)
    telling.until(at("11:20"))

    assert (before, len(groups[0].got)) == (0, 1)


def test_a_refusal_with_http_200_is_tried_again_until_somebody_mends_it(
    world: Store, clock: Clock, groups: list[HttpReceiver]
) -> None:
    clock.now_us = at("10:00")
    groups[0].answering = REFUSED
    telling = Telling(world, clock, dingtalk=DingTalk(f"{groups[0].url}/send?access_token=t"))
    telling.fires()
    telling.until(at("10:20"))
    groups[0].answering = OK
    telling.until(at("11:30"))

    outcomes = telling.outcomes()
    assert outcomes["delivered"] == 1
    assert outcomes["refused"] >= 3
    answers = {one.answer for one in world.notices.attempts("alert-1")}
    assert any("310000 keywords not in content：安全设置不符" in one for one in answers)


def test_what_nobody_takes_for_days_is_given_up_with_a_record(world: Store, clock: Clock) -> None:
    clock.now_us = at("10:00")
    dead = WeCom(f"http://127.0.0.1:{unused_port()}/send?key=k")
    telling = Telling(world, clock, wecom=dead)
    telling.fires()
    telling.until(at("10:00") + GIVE_UP_AFTER_US + DAY_US, 30 * MINUTE_US)

    outcomes = telling.outcomes()
    assert outcomes["given_up"] == 1
    assert outcomes["delivered"] == 0
    assert world.notices.waiting(clock.now_us) == {}


def test_a_slow_receiver_keeps_no_other_waiting(
    world: Store, clock: Clock, groups: list[HttpReceiver]
) -> None:
    slow, fast = groups
    slow.after_seconds = 3.0
    clock.now_us = at("10:00")
    telling = Telling(
        world,
        clock,
        a_slow=WeCom(f"{slow.url}/send?key=k"),
        fast=WeCom(f"{fast.url}/send?key=k"),
    )
    telling.fires()
    clock.now_us = at("10:02")
    threads = tellers(telling.worker, telling.people, Silence())
    for thread in threads:
        thread.start()
    while_slow = _waited(lambda: len(fast.got) == 1)
    delivered = telling.outcomes()["delivered"]
    for thread in threads:
        thread.end()
    for thread in threads:
        thread.join()

    assert while_slow
    assert delivered <= 1
    assert telling.outcomes() == {"delivered": 2}


def _waited(holds: Callable[[], bool]) -> bool:
    end = monotonic() + WAIT_SECONDS
    while monotonic() < end:
        if holds():
            return True
        sleep(0.01)
    return False
