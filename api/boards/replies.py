"""A school's reply to a finding, written on its own page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from api.boards.answers import admitted, message
from api.boards.pages import BoardPages
from api.boards.session import Reader, is_from_elsewhere, read_form
from api.replies import keep
from dashboards.school_figures import UnsaidReply, row_of
from dashboards.words import Text
from wuguan.domain.errors import InvalidDocument
from wuguan.domain.forms import SCHOOL_ID, whole
from wuguan.domain.managements import MANAGEMENTS
from wuguan.domain.reply import Reply, read_reply

MOST_FORM_BYTES = 64 * 1024
"""A text far too long is still told so."""
_SCHOOL_ID = whole(SCHOOL_ID)
_NOT_OWN = (
    Text("说明没有保存", "The reply was not kept"),
    Text(
        "学校说明只能用本校自己的读取密钥登录后，在本校页面填写。",
        "A reply is written on the school's page, logged in with the school's own read key.",
    ),
)
_UNREADABLE = Text("说明过长或无法读取，没有保存", "The reply is too long or unreadable; not kept")
_MENDED = Text(
    "这项数据已更正，不再需要说明", "This has been mended since, and needs no reply any more"
)


@dataclass(frozen=True)
class BoardReplies:
    """Takes replies from those who are logged in as the school."""

    pages: BoardPages

    async def get_page(self, request: Request) -> Response:
        """The way back to the page: the address stays in the browser after a refusal."""
        return _back(request, "doubts-title")

    async def post_reply(self, request: Request) -> Response:
        """The way back to the page, or the page with what is wrong."""
        reader = await admitted(self.pages.session, request)
        if not isinstance(reader, Reader):
            return reader
        if is_from_elsewhere(request) or not _is_own(request, reader):
            return message(request, _NOT_OWN, 403)
        return await self._take(request, reader, await read_form(request, MOST_FORM_BYTES))

    async def _take(self, request: Request, reader: Reader, fields: Mapping[str, str]) -> Response:
        form = {name: fields.get(name, "") for name in ("day", "management", "kind", "text")}
        text = "" if "take_back" in fields else form["text"]
        document = {**form, "school_id": reader.key.unit_id, "text": text}
        kept = await self._keep(document) if fields else [_UNREADABLE]
        row = row_of(form["day"], form["management"], form["kind"])
        if isinstance(kept, Reply):
            # A row may go with the reply that was taken back.
            return _back(request, row if text else "doubts-title")
        unsaid = UnsaidReply(row, form["text"], kept)
        return await to_thread.run_sync(self.pages.board, request, reader, unsaid)

    async def _keep(self, document: dict[str, str | None]) -> Reply | Sequence[Text]:
        """The reply that was kept, or what is wrong with it."""
        dependencies = self.pages.dependencies
        try:
            reply = read_reply(document, MANAGEMENTS, dependencies.clock())
        except InvalidDocument as error:
            return [Text(fault.message_zh, fault.message) for fault in error.faults]
        kept = await to_thread.run_sync(keep, dependencies.store, reply)
        return reply if kept else [_MENDED]


def _is_own(request: Request, reader: Reader) -> bool:
    school = request.path_params["unit"]
    return reader.key.unit_id == school and _SCHOOL_ID.match(school) is not None


def _back(request: Request, place: str) -> Response:
    query = f"?{request.url.query}" if request.url.query else ""
    return RedirectResponse(f"/board/{request.path_params['unit']}{query}#{place}", 303)
