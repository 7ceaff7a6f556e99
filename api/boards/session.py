"""Logging in: a key that reads once, then a cookie that no script can read."""

from collections.abc import Callable, Mapping
from typing import NamedTuple
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from api.authentication import Authentication, may_read
from api.rate_limit import RateLimit
from dashboards.words import Language, Text
from wuguan.ports import ApiKey

KEY_COOKIE = "wuguan_key"
LANGUAGE_COOKIE = "wuguan_language"
STAYS_SECONDS = 12 * 3600
"""A working day: desks in offices are shared."""
_YEAR_SECONDS = 365 * 86400
MOST_FORM_BYTES = 4096

NO_KEY = Text(
    "密钥无效或已停用，请核对后重新粘贴",
    "The key is not valid or has ended: check it and paste it again",
)
NO_READING = Text(
    "这把密钥不能读取数据：请使用读取密钥（区或校），推送密钥只用于上报",
    "This key cannot read figures: use a read key; an ingest key only sends",
)
NO_ADMIN = Text(
    "管理密钥不用于看板：请用它签发一把读取密钥（POST /v1/keys），再用读取密钥登录",
    "The admin key is not for boards: issue a read key with it (POST /v1/keys) and use that",
)
FROM_ELSEWHERE = Text(
    "请从本页登录，不要从其他网站提交", "Log in on this page, not through a form of another site"
)
LOGINS_A_SECOND = 5.0
"""Of one address: a person is slower, a program that tries keys out is not."""

TOO_MANY = Text("请求过于频繁，请稍后再试", "Too many requests: wait a moment and try again")


class Reader(NamedTuple):
    """Who looks at a board."""

    key: ApiKey
    language: Language


class Session:
    """Finds the reader of a request by its cookie."""

    def __init__(self, authentication: Authentication, clock: Callable[[], int]) -> None:
        self._authentication = authentication
        self._attempts = RateLimit(LOGINS_A_SECOND, clock)

    async def reader(self, request: Request) -> Reader | None:
        """The reader, or None where nobody is logged in with a key that may read."""
        secret = request.cookies.get(KEY_COOKIE)
        key = await self._authentication.key_of_secret(secret) if secret else None
        if key is None or not may_read(key):
            return None
        request.state.key_id = key.key_id
        return Reader(key, language_of(request))

    def is_over_limit(self, reader: Reader) -> bool:
        """Counts a request; whether it is one too many."""
        return self._authentication.over_limit(reader.key) is not None

    async def log_in(self, request: Request) -> Response | Text:
        """The way on with a cookie, or what is wrong."""
        if is_from_elsewhere(request):
            return FROM_ELSEWHERE
        if self._attempts.seconds_to_wait(request.client.host if request.client else ""):
            return TOO_MANY
        form = await read_form(request, MOST_FORM_BYTES)
        secret = form.get("key", "").strip()
        key = await self._authentication.key_of_secret(secret) if secret else None
        if key is None:
            return NO_KEY
        if not may_read(key):
            return NO_READING if key.scope == "ingest" else NO_ADMIN
        answer = RedirectResponse(_inside(form.get("next", "")), 303)
        answer.set_cookie(
            KEY_COOKIE,
            secret,
            max_age=STAYS_SECONDS,
            httponly=True,
            samesite="lax",
            secure=request.url.scheme == "https",
        )
        return answer


def is_from_elsewhere(request: Request) -> bool:
    """Whether another site has sent the form: browsers say so."""
    return request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none")


def log_out() -> Response:
    """Forgets the key."""
    answer = RedirectResponse("/login", 303)
    answer.delete_cookie(KEY_COOKIE, httponly=True, samesite="lax")
    return answer


def language_of(request: Request) -> Language:
    """What the address asks for, else what was asked for last, else Chinese."""
    asked = request.query_params.get("lang") or request.cookies.get(LANGUAGE_COOKIE)
    return "en" if asked == "en" else "zh"


def keep_language(request: Request, answer: Response) -> Response:
    """Remembers a language that the address asks for."""
    if request.query_params.get("lang") in ("zh", "en"):
        answer.set_cookie(
            LANGUAGE_COOKIE,
            language_of(request),
            max_age=_YEAR_SECONDS,
            httponly=True,
            samesite="lax",
        )
    return answer


async def read_form(request: Request, most_bytes: int) -> Mapping[str, str]:
    """The fields of a short form; nothing where it is longer or no form."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > most_bytes:
            return {}
    try:
        fields = parse_qs(body.decode("ascii"), keep_blank_values=True)
    except ValueError:
        return {}
    return {name: values[-1] for name, values in fields.items()}


def _inside(path: str) -> str:
    """A path of this server only: a form must not send anybody elsewhere."""
    plain = path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable()
    return path if plain and "\\" not in path else "/"
