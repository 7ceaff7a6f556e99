"""The demonstration: starts everything, loads a district over HTTP, shows it moving."""

import time
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import httpx
from msgspec import structs

from producers.couriers import Couriers
from producers.demo_board import METRICS, Board, board
from producers.demo_delivery import DemoDelivery
from producers.demo_occasion import Occasion, occasion_of
from producers.demo_screen import Screen
from producers.demo_server import DemoServer, ServerFault, free_port, is_running, start_server
from producers.demo_state import DemoState, load_state, save_state
from producers.district.organisation import District
from producers.district.profiles import simulated_district
from producers.setting_up import ingest_keys, introduce
from wuguan.client.client import Client
from wuguan.domain.instants import CHINA

SEED = 2026
USUAL_PORT = 8000
LABEL = "demo"
REFRESH_EVERY_SECONDS = 0.6
SETTLED_WITHIN_SECONDS = 120.0
NEWEST_DAYS = 16
"""So many days fill the half-month that a board shows; older ones come while it is looked at."""
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
        self._couriers = Couriers(district.schools, self._client_of_school)
        self._refreshed_at = 0.0

    def start(self, wanted_port: int | None) -> DemoServer:
        """Starts the server: on the wanted port, else the former one, else 8000 or the next."""
        port = free_port(wanted_port or self._state.port or USUAL_PORT)
        self._keep(structs.replace(self._state, port=port))
        server = start_server(self._data, port, self._state.admin_key)
        self._keep(structs.replace(self._state, server_pid=server.process.pid))
        self._server = server
        return server

    def stop(self) -> None:
        """Ends the couriers, then the server, and notes that none is left running."""
        self._couriers.end()
        for client in self._clients.values():
            client.close()
        if self._server is not None:
            self._server.stop()
        self._keep(structs.replace(self._state, server_pid=0))

    def set_up(self, now: datetime) -> DemoDelivery:
        """Tells the server who is in the district and which days count; makes keys once."""
        admin = self._client(self._state.admin_key)
        introduce(admin, self._district, (self._occasion.term.first, self._occasion.today))
        self._make_keys(admin)
        self._keep(self._state.begun(now, self._occasion.term.first))
        return DemoDelivery(self._district, self._couriers, self._state, self._keep)

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
        """The boards, the documents, the keys, and a line to try."""
        district, school = self._district, self._district.schools[READER_SCHOOL]
        reads = self._state.read_keys
        query = (
            f"level=district&unit={district.district_id}&by=total&grain=term"
            f"&from={self._occasion.term.first}&to={self._occasion.shown_day}"
        )
        return (
            f"打开看板 open the boards: {url}/{self._board_path()}   (登录时粘贴读密钥 log in "
            "with a read key)",
            f"区读密钥 read key of {district.district_id}: {reads[district.district_id]}",
            f"校读密钥 read key of {school.school_id}: {reads[school.school_id]}",
            f"校推送密钥 ingest key of {school.school_id}: "
            f"{self._state.ingest_keys[school.school_id]}",
            f"接口文档 API docs: {url}/docs",
            f'curl -H "Authorization: Bearer {reads[district.district_id]}" '
            f'"{url}/v1/tallies?{query}"',
        )

    def _board_path(self) -> str:
        """Where the board of a demo date is; today's is at the root, for every key."""
        if not self._occasion.is_replayed:
            return ""
        return f"board/{self._district.district_id}?day={self._occasion.today}"

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

    def _client_of_school(self, school_id: str) -> Client:
        return self._client(self._state.ingest_keys[school_id])

    def _wait(self, seconds: float) -> None:
        """Pauses before trying again; a server that has ended is never waited for."""
        if self._server is not None:
            self._server.check()
        self._couriers.wait(seconds)

    def _keep(self, state: DemoState) -> None:
        self._state = state
        save_state(self._data, state)

    def _make_keys(self, admin: Client) -> None:
        school_ids = [school.school_id for school in self._district.schools]
        ingest = ingest_keys(admin, school_ids, self._state.ingest_keys, LABEL)
        read = dict(self._state.read_keys)
        for unit_id in (self._district.district_id, school_ids[READER_SCHOOL]):
            if unit_id not in read:
                read[unit_id] = admin.create_key("read", label=LABEL, unit_id=unit_id).key
        self._keep(structs.replace(self._state, ingest_keys=ingest, read_keys=read))

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
    demo = Demo(data, simulated_district(state.seed), occasion, screen, state)
    _say_beginning(screen, state)
    try:
        server = demo.start(port)
        server.wait_until_ready()
        with screen:
            _play(demo, server, screen, lambda: occasion.now(real_now()), once=once)
    finally:
        demo.stop()


def _say_beginning(screen: Screen, state: DemoState) -> None:
    if state.live_until:
        latest = state.live_until.astimezone(CHINA)
        screen.say(
            f"接着上次的数据（到 {latest:%m-%d %H:%M}），只载入新的和未完的 / going on from "
            f"{latest:%Y-%m-%d %H:%M}: only what is new or was left is loaded"
        )
    screen.say("正在启动服务器 / starting the server …")


def _play(
    demo: Demo,
    server: DemoServer,
    screen: Screen,
    now: Callable[[], datetime],
    *,
    once: bool,
) -> None:
    delivery = demo.set_up(now())
    loaded = _load(demo, delivery, screen, now, lambda: screen.say(*demo.ways_in(server.url)))
    if once:
        demo.settle()
    screen.say(f"已载入 loaded {loaded:,} 条事件 events")
    if once:
        return
    screen.say("按 Ctrl-C 停止；再次启动将继续 / Ctrl-C stops; the next start goes on from here")
    while True:
        server.check()
        delivery.push_live(now())
        demo.refresh()
        time.sleep(REFRESH_EVERY_SECONDS)


def _load(
    demo: Demo,
    delivery: DemoDelivery,
    screen: Screen,
    now: Callable[[], datetime],
    tell_ways_in: Callable[[], None],
) -> int:
    """Loads what is missing, the newest day first; tells the ways in once a board is full."""
    total, events = delivery.days_to_load, 0
    for done in range(1, total + 1):
        events += delivery.load_a_day()
        screen.progress(done, total)
        delivery.push_live(now())
        demo.refresh()
        if done == min(NEWEST_DAYS, total):
            tell_ways_in()
    if not total:
        tell_ways_in()
    return events
