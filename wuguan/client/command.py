"""The command `wuguan`: push a file of events, see rejects, findings, alerts, make a pseudonym.

Exit codes: 0 all was accepted, 1 some of it was refused, 2 it could not be sent.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from wuguan.client.alert_answers import Alert
from wuguan.client.answers import Answer
from wuguan.client.client import Client
from wuguan.client.errors import ClientError
from wuguan.client.lines import BadLine, Line, read_lines
from wuguan.client.pseudonym import SHORTEST_SECRET_BYTES, pid
from wuguan.domain.errors import Misconfigured

SOME_REFUSED = 1
NOT_SENT = 2

main = typer.Typer(
    name="wuguan",
    help="五管客户端：推送事件、查看退回数据、疑点和预警。 Push events, see rejects, findings,"
    " alerts.",
    no_args_is_help=True,
    add_completion=False,
)

Url = Annotated[
    str, typer.Option(envvar="WUGUAN_URL", help="服务器地址 address, e.g. http://127.0.0.1:8000")
]
Key = Annotated[
    str,
    typer.Option(
        envvar="WUGUAN_KEY",
        help="密钥；用环境变量更安全。 key; safer in the environment than on the command line",
    ),
]
School = Annotated[str, typer.Argument(metavar="SCHOOL_ID", help="学校标识码 10 digits")]
First = Annotated[str, typer.Option("--from", metavar="DAY", help="首日 first day")]
Last = Annotated[str, typer.Option("--to", metavar="DAY", help="末日 last day")]


@main.command()
def push(
    file: Annotated[
        Path, typer.Argument(exists=True, dir_okay=False, allow_dash=True, metavar="FILE.ndjson")
    ],
    url: Url,
    key: Key,
    idempotency_key: Annotated[str | None, typer.Option(help="可选 optional")] = None,
) -> None:
    """推送事件文件，每行一个CloudEvent。 Push a file of events, one CloudEvent a line."""
    console = Console()
    with _said_plainly():
        lines, bad = read_lines(sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes())
        answer = _pushed(lines, url, key, idempotency_key, console)
    console.print(
        f"已接收 accepted {answer.accepted}，重复 duplicates {answer.duplicates}，"
        f"退回 rejected {answer.rejected + len(bad)}"
    )
    if answer.rejects or bad:
        console.print(_refused(answer, lines, bad))
        raise typer.Exit(SOME_REFUSED)


@main.command()
def rejects(school_id: School, url: Url, key: Key, first: First = "", last: Last = "") -> None:
    """查看被退回的数据及改正办法。 What was refused, and how to mend it."""
    with _said_plainly(), Client(url, key, give_up_after_seconds=30) as client:
        rows = client.rejects(school_id, first=first, last=last)
    table = _table(
        "被退回数据 Rejected", "收到 received", "类型 type", "代码 code", "位置 path", "说明"
    )
    for row in rows:
        said = f"{row.message_zh}\n{row.message}"
        _add(table, row.received_at, row.type or "", row.code, row.path, said)
    Console().print(table if rows else "没有被退回的数据。 Nothing was rejected.")


@main.command()
def findings(school_id: School, url: Url, key: Key, first: First = "", last: Last = "") -> None:
    """查看已接收数据中的疑点。 What looks wrong in accepted data."""
    with _said_plainly(), Client(url, key, give_up_after_seconds=30) as client:
        rows = client.findings(school_id, first=first, last=last)
    table = _table(
        "疑点 Findings", "日期 day", "班级 class", "管理 management", "种类 kind", "说明"
    )
    for row in rows:
        said = f"{row.message_zh}\n{row.message}"
        _add(table, row.day, row.class_id or "", row.management, row.kind, said)
    Console().print(table if rows else "没有疑点。 No findings.")


@main.command()
def alerts(
    url: Url,
    key: Key,
    unit: Annotated[str, typer.Option(help="单位；省略为密钥所属单位 default: the key's own")] = "",
    state: Annotated[
        list[str] | None,
        typer.Option(help="pending firing acknowledged resolved；省略为未结束 default: open"),
    ] = None,
    kind: Annotated[list[str] | None, typer.Option(help="compliance data")] = None,
) -> None:
    """查看本单位及下级的预警。 Alerts of a unit and all below it."""
    with _said_plainly(), Client(url, key, give_up_after_seconds=30) as client:
        rows = client.alerts(unit=unit, states=state or (), kinds=kind or ()).rows
    table = _table("预警 Alerts", "单位、预警、编号 unit, alert, id", "状态 state", "日期 days")
    for row in rows:
        said = f"{row.unit_name} {row.unit}\n{row.title_zh}\n{row.title}\n{row.id}"
        _add(table, said, f"{row.state}\n{row.severity}\n{row.kind}", _days(row))
    Console().print(table if rows else "没有预警。 No alerts.")


@main.command("pid")
def pseudonym(
    number: Annotated[
        str, typer.Argument(help="校内学号；- 表示从标准输入逐行读取 or - for stdin")
    ],
    secret_file: Annotated[Path, typer.Option(exists=True, dir_okay=False)],
) -> None:
    """由校内学号生成化名；密钥不离开学校。 A pupil's pseudonym; the secret stays at the school."""
    secret = secret_file.read_bytes()
    numbers = sys.stdin.read().splitlines() if number == "-" else [number]
    if len(secret) < SHORTEST_SECRET_BYTES or not all(numbers):
        _say(
            f"密钥文件至少要有{SHORTEST_SECRET_BYTES}字节，学号不能为空。 "
            f"The secret needs at least {SHORTEST_SECRET_BYTES} bytes, and a number a character."
        )
        raise typer.Exit(NOT_SENT)
    for one in numbers:
        typer.echo(pid(secret, one))


@contextmanager
def _said_plainly() -> Iterator[None]:
    """Turns what can go wrong on the way into a sentence and exit code 2."""
    try:
        yield
    except (ClientError, Misconfigured, OSError) as error:
        _say(str(error))
        raise typer.Exit(NOT_SENT) from error


def _say(message: str) -> None:
    Console(stderr=True).print(message, style="red", markup=False)


def _pushed(
    lines: list[Line], url: str, key: str, idempotency_key: str | None, console: Console
) -> Answer:
    columns = (TextColumn("推送 pushing"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Client(url, key) as client, Progress(*columns, console=console) as progress:
        task = progress.add_task("push", total=len(lines))
        return client.push(
            [line.event for line in lines],
            idempotency_key=idempotency_key,
            on_batch=lambda count, _: progress.advance(task, count),
        )


def _refused(answer: Answer, lines: list[Line], bad: list[BadLine]) -> Table:
    table = _table("被退回 Rejected", "行 line", "代码 code", "位置 path", "说明 what to mend")
    rows = [
        (lines[item.index].number, item.code, item.path, f"{item.message_zh}\n{item.message}")
        for item in answer.rejects
    ]
    rows += [(line.number, "not_json", "", f"{line.message_zh}\n{line.message}") for line in bad]
    for number, *cells in sorted(rows):
        _add(table, str(number), *cells)
    return table


def _days(alert: Alert) -> str:
    """The first and the last school day that it is about."""
    return "\n".join(dict.fromkeys((*alert.breach_days[:1], *alert.breach_days[-1:])))


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title)
    for column in columns:
        table.add_column(column, overflow="fold")
    return table


def _add(table: Table, *cells: str) -> None:
    """Adds a row word for word: what comes from a server is no markup."""
    table.add_row(*(Text(cell) for cell in cells))
