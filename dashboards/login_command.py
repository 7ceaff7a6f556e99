"""`python -m dashboards login`: makes, lists and ends the database logins that boards read with."""

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Annotated, NoReturn

import typer

from dashboards.passwords import password_of
from wuguan.adapters.postgres.store import open_store
from wuguan.domain.errors import Misconfigured, TemporarilyUnavailable
from wuguan.domain.forms import UNIT_ID, whole
from wuguan.ports import BoardAccess

_UNIT = whole(UNIT_ID)
_WHAT = (
    "请写明单位代码，如 login 330106，或只写 --list"
    " / name a unit, as in `login 330106`, or write --list alone"
)
_NO_UNIT = "单位代码：应为名册中的代码，如 330106 / write the id of a unit of the roster, as 330106"
_NO_DSN = (
    "WUGUAN_DSN: 未设置；请给出服务器所用数据库的连接串（内置数据库只供本机，Grafana 连不上）"
    " / WUGUAN_DSN: is not set; give the database that the server uses (Grafana cannot reach the"
    " embedded one)"
)
_AWAY = "WUGUAN_DSN: 数据库没有应答 / WUGUAN_DSN: the database does not answer: "
_NONE = "没有看板登录 / there are no logins for boards"
_NO_LOGIN = "该单位没有看板登录 / the unit has no login for boards"
_ENDED = "登录已结束，其会话已断开 / the login and its sessions are ended"
_LEFT_OPEN = (
    "以下仍对所有登录开放，只有超级用户能关闭；建议由其执行"
    " / what follows is open to every login, and only a superuser can close it; have one run:"
)


def login(
    unit: Annotated[str | None, typer.Argument(metavar="单位代码", help="UNIT_ID")] = None,
    list_all: Annotated[bool, typer.Option("--list", help="列出 list the logins")] = False,
    end: Annotated[bool, typer.Option("--end", help="结束 end the unit's login")] = False,
) -> None:
    """数据库看板登录：新建或重建、列出、结束。 Make, list or end a unit's database login.

    WUGUAN_DSN 为数据库，WUGUAN_BOARD_PASSWORD_330106 或 WUGUAN_BOARD_PASSWORD 为口令。
    """
    try:
        _require_one_thing(unit, list_all=list_all, end=end)
        if unit is None:
            with _access() as access:
                _list(access)
        elif end:
            with _access() as access:
                _end(access, unit)
        else:
            password = password_of(unit, os.environ)
            with _access() as access:
                _make(access, unit, password)
    except Misconfigured as error:
        _fail(str(error))
    except TemporarilyUnavailable as error:
        _fail(f"{_AWAY}{error}")


def _make(access: BoardAccess, unit_id: str, password: str) -> None:
    """Prints the login's name; beside it, on the other output, what only a superuser may close."""
    typer.echo(access.ensure_role(unit_id, password))
    if statements := access.left_open():
        typer.echo("\n".join([_LEFT_OPEN, *(f"  {one};" for one in statements)]), err=True)


def _list(access: BoardAccess) -> None:
    roles = access.roles()
    for one in roles:
        typer.echo(f"{one.unit_id}\t{one.role}")
    if not roles:
        typer.echo(_NONE, err=True)


def _end(access: BoardAccess, unit_id: str) -> None:
    if not access.drop_role(unit_id):
        raise Misconfigured([_NO_LOGIN])
    typer.echo(_ENDED)


@contextmanager
def _access() -> Iterator[BoardAccess]:
    """The logins of the server's database."""
    dsn = os.environ.get("WUGUAN_DSN")
    if not dsn:
        raise Misconfigured([_NO_DSN])
    with closing(open_store(dsn, size=2)) as store:
        yield store.board_access


def _require_one_thing(unit_id: str | None, *, list_all: bool, end: bool) -> None:
    if list_all == (unit_id is not None) or (list_all and end):
        raise Misconfigured([_WHAT])
    if unit_id is not None and not _UNIT.match(unit_id):
        raise Misconfigured([_NO_UNIT])


def _fail(message: str) -> NoReturn:
    typer.echo(message, err=True)
    raise typer.Exit(1)
