"""Boards of the catalogue as pages, their panels one by one, and as files for a spreadsheet."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import Response

from api.boards.answers import HEADERS, NOT_SEEN, admitted, message, page
from api.boards.catalogue_reading import Answers, Asked, panels_of, read_board
from api.boards.occasions import Occasions
from api.boards.session import Reader, Session
from api.boards.units import may_see, unit_above
from api.dependencies import Dependencies
from dashboards.built_in.board_page import BoardPage, Way, address, ways
from dashboards.built_in.choices import FIRST_METRIC, Choices, fields
from dashboards.built_in.panels import TODAY, Leads, Shown, as_csv, shown
from dashboards.catalogue import BOARDS
from dashboards.codes import GRADES
from dashboards.model import Board, Panel
from dashboards.words import METRICS, STAGES, Text
from wuguan.domain.context import Context
from wuguan.domain.instants import china_datetime

_BOARDS = {board.board_id: board for board in BOARDS if board.datasource == "figures"}
NO_BOARD = (
    Text("没有这个看板", "There is no such board"),
    Text(
        "此单位没有这个看板；请从首页重新进入。",
        "This unit has no such board: begin at the first page.",
    ),
)


class _Place(NamedTuple):
    """Who looks, at what."""

    reader: Reader
    context: Context
    board: Board
    unit_id: str
    panels: Sequence[Panel]

    @property
    def viewer(self) -> str:
        """The unit that the reader looks from."""
        return self.reader.key.unit_id or ""


@dataclass(frozen=True)
class CataloguePages:
    """Sends boards to those who have logged in."""

    dependencies: Dependencies
    session: Session
    occasions: Occasions = field(default_factory=Occasions)

    async def get_board(self, request: Request) -> Response:
        """The whole page."""
        return await self._answered(request, self._page)

    async def get_panel(self, request: Request) -> Response:
        """One panel, to be put into a page."""
        return await self._answered(request, self._fragment)

    async def get_csv(self, request: Request) -> Response:
        """One panel as a file."""
        return await self._answered(request, self._csv)

    async def _answered(
        self, request: Request, answer: Callable[[Request, _Place], Response]
    ) -> Response:
        reader = await admitted(self.session, request)
        if not isinstance(reader, Reader):
            return reader
        return await to_thread.run_sync(self._in_place, request, reader, answer)

    def _in_place(
        self, request: Request, reader: Reader, answer: Callable[[Request, _Place], Response]
    ) -> Response:
        context = self.dependencies.store.roster.context()
        unit_id, today = request.path_params["unit"], self.dependencies.today()
        if not may_see(reader.key, context, unit_id, today):
            return message(request, NOT_SEEN, 404)
        board = _BOARDS.get(request.path_params["board"])
        wanted = request.path_params.get("panel")
        if board is None or context.organisation.level(unit_id) not in board.levels:
            return message(request, NO_BOARD, 404)
        panels = [one for one in panels_of(board) if wanted in (None, one.panel_id)]
        if not panels or (wanted and not panels[0].query):
            return message(request, NO_BOARD, 404)
        return answer(request, _Place(reader, context, board, unit_id, panels))

    def _page(self, request: Request, place: _Place) -> Response:
        answers = self._read(request, place)
        made = BoardPage(
            board=place.board,
            unit_id=place.unit_id,
            name=self._name(place.context, place.unit_id),
            choices=answers.choices,
            fields=fields(place.board, answers.choices, answers.periods, place.reader.language),
            banner=self._banner(place, answers.choices),
            is_as_asked=answers.is_as_asked,
            panels=_panels(place, answers),
            ways=ways(
                BOARDS,
                place.context.organisation.level(place.unit_id) or "",
                place.unit_id,
                answers.choices,
                place.board.board_id,
            ),
            above=self._above(place, answers.choices),
            as_of=answers.as_of,
            settled=answers.settled,
        )
        own = place.viewer == place.unit_id
        return page(request, "board.html", {"page": made, "own": own})

    def _fragment(self, request: Request, place: _Place) -> Response:
        answers = self._read(request, place)
        (one,) = _panels(place, answers)
        values = {"one": one, "csv": _csv_address(place, one.panel, answers.choices)}
        return page(request, "panel.html", values)

    def _csv(self, request: Request, place: _Place) -> Response:
        answers = self._read(request, place)
        (panel,) = place.panels
        content = as_csv(panel, answers.rows[panel.panel_id], place.reader.language)
        name = f"{place.board.board_id}-{panel.panel_id}-{answers.choices.period.first}.csv"
        disposition = {"Content-Disposition": f'attachment; filename="{name}"'}
        return Response(content, headers={**HEADERS, **disposition}, media_type="text/csv")

    def _read(self, request: Request, place: _Place) -> Answers:
        queries = self.dependencies.store.boards
        return read_board(queries, place.viewer, place.unit_id, place.panels, _asked(request))

    def _banner(self, place: _Place, choices: Choices) -> Text | None:
        if not choices.period.is_current:
            return None
        now = china_datetime(self.dependencies.clock())
        return self.occasions.of(place.context, place.unit_id, now, None).banner()

    def _name(self, context: Context, unit_id: str) -> str:
        return context.organisation.name(unit_id, self.dependencies.today()) or unit_id

    def _above(self, place: _Place, choices: Choices) -> Way | None:
        """The same board of the unit above, else that unit's first page."""
        above = unit_above(
            place.reader.key, place.context, place.unit_id, self.dependencies.today()
        )
        if above is None:
            return None
        name = self._name(place.context, above)
        if place.context.organisation.level(above) in place.board.levels:
            return Way(Text(name, name), address(place.board, above, choices))
        return Way(Text(name, name), f"/board/{above}")


def _panels(place: _Place, answers: Answers) -> list[Shown]:
    leads = _leads(place, answers.choices)
    return [
        shown(
            one,
            answers.rows.get(one.panel_id, ()),
            answers.breaks.get(one.breaks or "", ()),
            place.reader.language,
            leads,
        )
        for one in place.panels
    ]


def _leads(place: _Place, choices: Choices) -> Leads:
    def leads(board_id: str, unit_id: str | None) -> str:
        if board_id == TODAY:
            return f"/board/{unit_id or place.unit_id}"
        return address(_BOARDS[board_id], unit_id or place.unit_id, choices)

    return leads


def _csv_address(place: _Place, panel: Panel, choices: Choices) -> str:
    path, _, query = address(place.board, place.unit_id, choices).partition("?")
    return f"{path}/{panel.panel_id}.csv" + (f"?{query}" if query else "")


def _asked(request: Request) -> Asked:
    """What is no word of ours is as if it were not there."""
    asked = request.query_params.get
    stage, grade, metric = asked("stage", ""), asked("grade", ""), asked("metric", "")
    return Asked(
        period=asked("period", ""),
        stage=stage if stage in STAGES else "all",
        grade=grade if grade in GRADES else "0",
        metric=metric if metric in METRICS else FIRST_METRIC,
    )
