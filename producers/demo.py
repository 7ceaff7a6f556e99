"""The demonstration: starts everything, loads a small district over HTTP, shows it moving."""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from itertools import groupby
from pathlib import Path

import httpx
from msgspec import structs

from producers.demo_board import METRICS, Board, board
from producers.demo_occasion import Occasion, occasion_of
from producers.demo_screen import Screen
from producers.demo_server import DemoServer, ServerFault, free_port, is_running, start_server
from producers.demo_state import DemoState, load_state, save_state
from producers.district.calendar import calendar
from producers.district.class_day import clock
from producers.district.days import Sending
from producers.district.organisation import District, roster
from producers.district.outbox import Outbox
from producers.district.profiles import demonstration_district
from producers.district.school_year import school_year_of
from wuguan.client.client import Client
from wuguan.domain.instants import CHINA

SEED = 2026
USUAL_PORT = 8000
REFRESH_EVERY_SECONDS = 0.6
PUSH_EVERY_SECONDS = 3.0
SETTLED_WITHIN_SECONDS = 120.0
READER_SCHOOL = 0
"""Which school of the district gets a read key of its own."""


class Demo:
    """One run of the demonstration, from an empty or a known folder to Ctrl-C."""

    def __init__(
        self, data: Path, district: District, occasion: Occasion, screen: Screen, state: DemoState
    ) -> None:
        self._data = data
        self._district = district
        self._occasion = occasion
        self._screen = screen
        self._state = state
        self._server: DemoServer | None = None
        self._clients: dict[str, Client] = {}
        self._refreshed_at = 0.0
        self._outboxes = {
            school.school_id: Outbox(district, school, self._since(school.school_id))
            for school in district.schools
        }

    def start(self, wanted_port: int | None) -> DemoServer:
        """Starts the server: on the wanted port, else the former one, else 8000 or the next."""
        port = free_port(wanted_port or self._state.port or USUAL_PORT)
        self._keep(structs.replace(self._state, port=port))
        server = start_server(self._data, port, self._state.admin_key)
        self._keep(structs.replace(self._state, server_pid=server.process.pid))
        self._server = server
        return server

    def stop(self) -> None:
        """Ends the server, and notes that none is left running."""
        for client in self._clients.values():
            client.close()
        if self._server is not None:
            self._server.stop()
        self._keep(structs.replace(self._state, server_pid=0))

    def set_up(self) -> None:
        """Tells the server who is in the district and which days count; makes keys once."""
        days = (self._occasion.term.first, self._occasion.today)
        years = {school_year_of(day) for day in days}
        admin = self._client(self._state.admin_key)
        admin.put_roster(roster(self._district, years))
        admin.put_calendar(calendar(self._district, years))
        self._make_keys(admin)

    def load(self, real_now: datetime) -> int:
        """Sends what has happened since the last accepted batch; says how many events."""
        until = self._occasion.now(real_now)
        waiting = [
            (one, school_id) for school_id, box in self._outboxes.items() for one in box.due(until)
        ]
        waiting.sort(key=_day_and_school)  # Stable: within both, the order of sending stays.
        done = 0
        for school_id, sendings in _by_day_and_school(waiting):
            self._send(school_id, sendings)
            done += len(sendings)
            self._screen.progress(done, len(waiting))
            self.refresh()
        return done

    def refresh(self, *, at_once: bool = False, last: bool = False) -> bool:
        """Shows the figures anew, if it is time; says whether they are settled."""
        if not at_once and time.monotonic() - self._refreshed_at < REFRESH_EVERY_SECONDS:
            return False
        shown, settled = self._figures()
        self._refreshed_at = time.monotonic()
        self._screen.show(shown, last=last)
        return settled

    def settle(self) -> None:
        """Waits until the figures hold everything that was accepted."""
        deadline = time.monotonic() + SETTLED_WITHIN_SECONDS
        while not self.refresh(at_once=True):
            if time.monotonic() > deadline:
                raise ServerFault(
                    f"{SETTLED_WITHIN_SECONDS:.0f}秒后数据仍在更新 / the figures were still "
                    f"not settled after {SETTLED_WITHIN_SECONDS:.0f} s"
                )
            time.sleep(0.3)
        self.refresh(at_once=True, last=True)

    def ways_in(self, url: str) -> tuple[str, ...]:
        """The address, the documents, the keys, and a line to try."""
        district, school = self._district, self._district.schools[READER_SCHOOL]
        reads = self._state.read_keys
        query = (
            f"level=district&unit={district.district_id}&by=total&grain=term"
            f"&from={self._occasion.term.first}&to={self._occasion.shown_day}"
        )
        return (
            f"地址 address: {url}   接口文档 API docs: {url}/docs",
            f"区读密钥 read key of {district.district_id}: {reads[district.district_id]}",
            f"校读密钥 read key of {school.school_id}: {reads[school.school_id]}",
            f"校推送密钥 ingest key of {school.school_id}: "
            f"{self._state.ingest_keys[school.school_id]}",
            f'curl -H "Authorization: Bearer {reads[district.district_id]}" '
            f'"{url}/v1/tallies?{query}"',
        )

    def _client(self, key: str) -> Client:
        """The session of a key, kept open: making one costs more than a request."""
        if key not in self._clients:
            assert self._server is not None, "a session needs a server"
            self._clients[key] = Client(
                self._server.url,
                key,
                give_up_after_seconds=60,
                # Of its own: no proxy of the shell stands before this machine itself.
                transport=httpx.HTTPTransport(verify=False),
                sleep=self._wait,
            )
        return self._clients[key]

    def _wait(self, seconds: float) -> None:
        """Pauses before trying again; a server that has ended is never waited for."""
        if self._server is not None:
            self._server.check()
        time.sleep(seconds)

    def _keep(self, state: DemoState) -> None:
        self._state = state
        save_state(self._data, state)

    def _make_keys(self, admin: Client) -> None:
        ingest, read = dict(self._state.ingest_keys), dict(self._state.read_keys)
        for school in self._district.schools:
            if school.school_id not in ingest:
                issued = admin.create_key("ingest", label="demo", school_id=school.school_id)
                ingest[school.school_id] = issued.key
        readers = (self._district.district_id, self._district.schools[READER_SCHOOL].school_id)
        for unit_id in readers:
            if unit_id not in read:
                read[unit_id] = admin.create_key("read", label="demo", unit_id=unit_id).key
        self._keep(structs.replace(self._state, ingest_keys=ingest, read_keys=read))

    def _since(self, school_id: str) -> datetime:
        begun = clock(self._occasion.term.first, 0)
        return max(self._state.sent_until.get(school_id, begun), begun)

    def _send(self, school_id: str, sendings: Sequence[Sending]) -> None:
        school = self._client(self._state.ingest_keys[school_id])
        answer = school.push([one.event for one in sendings])
        refused = {item.index for item in answer.rejects}
        accepted = Counter(
            one.event["type"].split(".")[1]
            for index, one in enumerate(sendings)
            if index not in refused
        )
        last = sendings[-1].at
        self._keep(self._state.sent(school_id, last, dict(accepted), answer.rejected))

    def _figures(self) -> tuple[Board, bool]:
        unit, occasion = self._district.district_id, self._occasion
        first, last = occasion.term.first.isoformat(), occasion.shown_day.isoformat()
        reader = self._client(self._state.read_keys[unit])
        term, day = (
            reader.tallies(
                level="district",
                unit=unit,
                first=begin,
                last=last,
                metrics=METRICS,
                by="total",
                grain=grain,
            )
            for begin, grain in ((first, "term"), (last, "day"))
        )
        shown = board(
            title=f"{self._district.name}五项管理 Five managements · 本学期 term {first} – {last}",
            shown_day=occasion.shown_day,
            notes=(*occasion.notes(), f"被退回 rejected {self._state.rejected:,}"),
            term=term,
            day=day,
            events=self._state.events,
        )
        return shown, term.settled and day.settled


def run(
    data: Path,
    *,
    port: int | None,
    today: date | None,
    once: bool,
    screen: Screen,
    real_now: Callable[[], datetime],
) -> None:
    """Plays the demonstration until it is interrupted, or `once` until the figures settle."""
    state = load_state(data, SEED)
    if is_running(state.server_pid, state.port):
        raise ServerFault(
            f"演示已在运行（进程{state.server_pid}，端口{state.port}），请先停止它 / the demo "
            f"already runs (process {state.server_pid}, port {state.port}): stop it first"
        )
    real_today = real_now().astimezone(CHINA).date()
    occasion = occasion_of(today or real_today, real_today)
    demo = Demo(data, demonstration_district(state.seed), occasion, screen, state)
    _say_beginning(screen, state)
    try:
        server = demo.start(port)
        server.wait_until_ready()
        with screen:
            _play(demo, server, screen, real_now, once=once)
    finally:
        demo.stop()


def _say_beginning(screen: Screen, state: DemoState) -> None:
    if state.sent_until:
        latest = max(state.sent_until.values()).astimezone(CHINA)
        screen.say(
            f"接着上次的数据（到 {latest:%m-%d %H:%M}），只载入新的 / "
            f"going on from {latest:%Y-%m-%d %H:%M}: only what is new is loaded"
        )
    screen.say("正在启动服务器 / starting the server …")


def _play(
    demo: Demo,
    server: DemoServer,
    screen: Screen,
    real_now: Callable[[], datetime],
    *,
    once: bool,
) -> None:
    demo.set_up()
    loaded = demo.load(real_now())
    demo.settle()
    screen.say(f"已载入 loaded {loaded:,} 条事件 events", *demo.ways_in(server.url))
    if once:
        return
    screen.say("按 Ctrl-C 停止；再次启动将继续 / Ctrl-C stops; the next start goes on from here")
    while True:
        server.check()
        demo.load(real_now())
        demo.refresh(at_once=True)
        time.sleep(PUSH_EVERY_SECONDS)


def _day_and_school(waiting: tuple[Sending, str]) -> tuple[date, str]:
    sending, school_id = waiting
    return sending.at.astimezone(CHINA).date(), school_id


def _by_day_and_school(
    waiting: Sequence[tuple[Sending, str]],
) -> Iterator[tuple[str, list[Sending]]]:
    """One school's sendings of one day at a time, so that the figures move day by day."""
    for (_, school_id), pairs in groupby(waiting, key=_day_and_school):
        yield school_id, [sending for sending, _ in pairs]
