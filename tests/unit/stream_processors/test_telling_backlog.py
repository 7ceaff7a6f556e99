"""What waits is told seldom, and each process tells only what it can know."""

from datetime import date
from threading import Event

import pytest
from msgspec.structs import replace
from prometheus_client import CollectorRegistry

from stream_processors.progress import Progress
from stream_processors.telling_backlog import Seldom, telling_alerts, telling_figures, telling_log
from stream_processors.upkeep import Upkeep
from tests.builders import TODAY, Clock, class_check, frame
from tests.worlds import settle_in
from wuguan.adapters.memory.store import MemoryStore
from wuguan.adapters.prometheus import PrometheusTelemetry
from wuguan.alert_packs import shipped_alert_rules
from wuguan.domain.alerting.life import Alert, Entry, Happened, Told
from wuguan.ports import AlertMark, Place
from wuguan.streams import Record

ONE, OTHER = Place("wuguan.sleep.v1", 0), Place("wuguan.sleep.v1", 1)
SECOND = 1_000_000


def record(place: Place, offset: int, at_us: int) -> Record:
    return Record(place, offset, None, None, is_frame=True, written_us=at_us)


@pytest.mark.parametrize(("took", "looks"), [(0.0, 4), (1.0, 1)])
def test_a_look_that_takes_long_comes_more_seldom(took: float, looks: int) -> None:
    now, looked = 0.0, []

    def look() -> None:
        nonlocal now
        looked.append(now)
        now += took

    seldom = Seldom(look, lambda: now)
    for second in range(20):
        now = max(now, float(second))
        seldom.turn()

    assert len(looked) == looks


def test_the_log_is_complete_up_to_its_oldest_frame_that_waits() -> None:
    clock = Clock()
    store = settle_in(MemoryStore(clock))
    telemetry = PrometheusTelemetry(CollectorRegistry())
    waiting = frame(class_check("c-1"))
    store.log.append([waiting])

    telling_log(store.backlogs, telemetry).turn()

    shown = told(telemetry)
    assert shown['wuguan_consumer_lag_records{partition="0",topic="event_log"}'] == 1
    assert shown['wuguan_complete_until_seconds{part="log"}'] == waiting.received_us / SECOND


def test_a_roll_up_tells_of_figures_and_not_of_the_log() -> None:
    telemetry = PrometheusTelemetry(CollectorRegistry())
    store = settle_in(MemoryStore(Clock()))

    Upkeep(store, clock=Clock(), pause_seconds=0, telemetry=telemetry).turn(Event())

    parts = {name for name in told(telemetry) if name.startswith("wuguan_complete_until")}
    assert parts == {
        f'wuguan_complete_until_seconds{{part="{part}"}}' for part in ("days", "periods", "alerts")
    }


def test_what_waits_for_alerts_is_told_with_the_time_since_when() -> None:
    clock = Clock()
    store, telemetry = MemoryStore(clock), PrometheusTelemetry(CollectorRegistry())
    since_us = clock.now_us
    store.alerts.mark([AlertMark("2199000001", "sleep")])
    clock.now_us += 60 * SECOND
    store.alerts.mark([AlertMark("2199000002", "sleep")])

    telling_figures(store.backlogs, lambda: TODAY, telemetry).turn()

    shown = told(telemetry)
    assert shown['wuguan_marks_waiting{part="alerts"}'] == 2
    assert shown['wuguan_complete_until_seconds{part="alerts"}'] == since_us / SECOND


def test_alerts_are_told_by_rule_and_as_none_once_they_have_ended() -> None:
    now = [0.0]
    store, telemetry = MemoryStore(Clock()), PrometheusTelemetry(CollectorRegistry())
    telling = telling_alerts(store.alerts, shipped_alert_rules(), telemetry, lambda: now[0])
    kept(store, ALERT, "pending", "fired")

    shown = []
    for ended in (False, True):
        if ended:
            kept(store, replace(ALERT, state="resolved", entries=3), "resolved")
        now[0] += 60
        telling.turn()
        shown.append({name: value for name, value in told(telemetry).items() if ALERTS in name})

    one = f'{ALERTS}{{kind="data",rule_id="of-a-rule-that-is-gone",severity="major"}}'
    assert (shown[0][one], shown[1][one]) == (1, 0)
    others = {**shown[0], **shown[1]}
    del others[one]
    assert {*others.values()} == {0}
    assert len(others) == 3 * len(shipped_alert_rules())


ALERTS = "wuguan_alerts_firing"
ALERT = Alert(
    alert_id="a", rule_id="of-a-rule-that-is-gone", kind="data", unit_id="2199000001",
    state="firing", severity="major", breach_days=(date(2026, 9, 1),), entries=2,
)  # fmt: skip


def kept(store: MemoryStore, alert: Alert, *happened: Happened) -> None:
    first = alert.entries - len(happened)
    entries = [
        Entry(
            alert_id=alert.alert_id, number=first + n, happened=one, at_us=0, day=None,
            severity=alert.severity,
        )
        for n, one in enumerate(happened)
    ]  # fmt: skip
    with store.alerts.evaluating(1) as writing:
        writing.write([Told(alert, entries)], [])


def told(telemetry: PrometheusTelemetry) -> dict[str, float]:
    lines = telemetry.exposition().decode().splitlines()
    pairs = (line.rsplit(" ", 1) for line in lines if not line.startswith("#"))
    return {name: float(value) for name, value in pairs}


# ---- the places of a worker


def test_a_worker_that_is_not_behind_is_complete_up_to_its_look() -> None:
    assert Progress().looked({ONE: 7}, {ONE: 7}, 50) == 50


def test_a_worker_that_only_stands_by_keeps_nobody_back() -> None:
    progress = Progress()
    progress.came([record(ONE, 7, 10)])

    assert progress.looked({}, {}, 50) == 50


def test_of_a_backlog_that_is_new_to_the_worker_its_first_record_is_the_oldest() -> None:
    progress = Progress()
    assert progress.looked({ONE: 7}, {ONE: 9}, 50) is None

    progress.came([record(ONE, 7, 10), record(ONE, 8, 20)])

    assert progress.looked({ONE: 7}, {ONE: 9}, 60) == 10


def test_what_is_written_moves_a_place_on_and_the_place_farthest_behind_decides() -> None:
    progress = Progress()
    progress.came([record(ONE, 7, 10), record(OTHER, 3, 15)])

    progress.wrote([record(ONE, 7, 10), record(ONE, 8, 40)])

    assert progress.looked({ONE: 9, OTHER: 3}, {ONE: 10, OTHER: 4}, 60) == 15


def test_after_a_quiet_night_the_first_record_has_not_waited_all_night() -> None:
    progress = Progress()
    progress.wrote([record(ONE, 7, 10)])
    progress.looked({ONE: 8}, {ONE: 8}, 1_000)

    assert progress.looked({ONE: 8}, {ONE: 9}, 1_005) == 1_000


def test_a_place_that_another_worker_reads_now_is_forgotten() -> None:
    progress = Progress()
    progress.came([record(ONE, 7, 10), record(OTHER, 3, 15)])

    assert progress.looked({OTHER: 3}, {OTHER: 4}, 60) == 15
