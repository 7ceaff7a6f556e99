"""`python -m dashboards …`: the edge, where options, secrets and the environment are read."""

import os
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, NoReturn

import typer

from dashboards.catalogue import BOARDS
from dashboards.checking.command import check_boards
from dashboards.grafana.files import FOLDER, files, write
from dashboards.grafana.wishes import Database, District
from dashboards.login_command import login
from dashboards.passwords import password_of
from dashboards.progress import shown_if_slow
from dashboards.publish_command import Order, Organisation, carry_out, lines, plan
from dashboards.publishing import Change, Grafana
from dashboards.words import LANGUAGES, Language
from wuguan.adapters.postgres.board_naming import login_of
from wuguan.domain.errors import Misconfigured, TemporarilyUnavailable
from wuguan.domain.forms import UNIT_ID, whole
from wuguan.domain.instants import CHINA

main = typer.Typer(
    no_args_is_help=True, add_completion=False, help="Grafana 看板 Boards for Grafana."
)
main.command()(login)
_UNIT = whole(UNIT_ID)


@main.command()
def build() -> None:
    """写出看板文件，供 Grafana 自行加载。 Write the boards as files that Grafana can load."""
    try:
        changed = write(files(BOARDS))
    except Misconfigured as error:
        _fail(str(error))
    for path in changed:
        typer.echo(f"{FOLDER.name}/{path}")
    if not changed:
        typer.echo("看板文件已是最新 / the files are current")


@main.command()
def check() -> None:
    """检查看板文件，并在临时数据库中试各查询。 Check the files, and try the queries."""
    try:
        faults = check_boards(BOARDS, datetime.now(CHINA).date())
    except (Misconfigured, TemporarilyUnavailable) as error:
        _fail(str(error))
    if faults:
        _fail("\n".join(faults))
    typer.echo(f"{len(BOARDS)} 个看板无误 / {len(BOARDS)} boards are in order")


@main.command()
def publish(
    district: Annotated[
        list[str],
        typer.Option("--district", metavar="单位代码=名称", help="可重复 UNIT_ID=NAME, repeatable"),
    ],
    grafana: Annotated[
        str, typer.Option("--grafana", envvar="WUGUAN_GRAFANA", help="地址 http(s)://…")
    ],
    database: Annotated[
        str,
        typer.Option(envvar="WUGUAN_GRAFANA_DATABASE", help="从 Grafana 看 HOST:PORT/NAME"),
    ],
    language: Annotated[
        list[str] | None, typer.Option("--language", help="zh、en，可重复 repeatable; zh")
    ] = None,
    sslmode: Annotated[str, typer.Option(help="连接数据库 of the database")] = "require",
    organisation: Annotated[
        str, typer.Option(help="current：凭据所在组织；each：每个区县一个 one for each district")
    ] = "current",
    organisation_id: Annotated[
        int | None, typer.Option(min=1, help="组织编号 number of an organisation")
    ] = None,
    together: Annotated[
        bool, typer.Option("--together", help="查看者可看全部区县 all viewers may see all")
    ] = False,
    prometheus: Annotated[
        str | None, typer.Option(help="并发布运行看板 also the boards of the server's metrics")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="不询问 write without asking")] = False,
) -> None:
    """发布到 Grafana：先显示差异，再写入。 Publish: show the differences, then write them."""
    try:
        districts = [_district(one, database) for one in district]
        order = Order(
            boards=BOARDS,
            languages=_languages(language),
            database=_database(database, sslmode),
            districts=districts,
            prometheus=prometheus,
            organisation=_organisation(organisation),
            together=together,
        )
        passwords = {one.unit_id: password_of(one.unit_id, os.environ) for one in districts}
        server = Grafana(grafana, _credential(), organisation_id, tuple(passwords.values()))
        _publish(order, server, passwords, yes=yes)
    except (Misconfigured, TemporarilyUnavailable) as error:
        _fail(str(error))


def _publish(order: Order, server: Grafana, passwords: Mapping[str, str], *, yes: bool) -> None:
    work = plan(order, server, passwords)
    for line in lines(work):
        typer.echo(line)
    if not work.is_done and not yes and not typer.confirm("写入？ Write this?"):
        _fail("未写入 / nothing was written")
    if faults := carry_out(work, server, passwords, _write):
        _fail("\n".join(faults))
    typer.echo("没有改动 / nothing changed" if work.is_done else "已发布 / published")


def _write(changes: Sequence[Change]) -> None:
    for change in shown_if_slow(changes, "写入 writing"):
        change.write()


def _district(text: str, database: str) -> District:
    unit_id, _, name = text.partition("=")
    if not name.strip() or not _UNIT.match(unit_id):
        raise Misconfigured(
            ["--district: 应为 单位代码=名称，如 330106=西湖区 / --district: write UNIT_ID=NAME"]
        )
    login = login_of(database.rpartition("/")[2], unit_id)
    return District(unit_id=unit_id, name=name.strip(), login=login)


def _database(text: str, sslmode: str) -> Database:
    address, _, name = text.rpartition("/")
    if not address or not name:
        raise Misconfigured(
            ["--database: 应为 主机:端口/库名 / --database: write HOST:PORT/NAME, without a login"]
        )
    return Database(address=address, name=name, sslmode=sslmode)


def _languages(wanted: list[str] | None) -> list[Language]:
    found = [one for one in LANGUAGES if one in (wanted or ["zh"])]
    if len(found) != len(set(wanted or ["zh"])):
        raise Misconfigured(["--language: 应为 zh 或 en / --language: write zh or en"])
    return found


def _organisation(wanted: str) -> Organisation:
    if wanted == "each":
        return "each"
    if wanted != "current":
        raise Misconfigured(
            ["--organisation: 应为 current 或 each / --organisation: write current or each"]
        )
    return "current"


def _credential() -> str | tuple[str, str]:
    token = os.environ.get("WUGUAN_GRAFANA_TOKEN")
    user = os.environ.get("WUGUAN_GRAFANA_USER")
    password = os.environ.get("WUGUAN_GRAFANA_PASSWORD")
    if token:
        return token
    if user and password:
        return user, password
    raise Misconfigured(
        [
            "WUGUAN_GRAFANA_TOKEN: 请设置服务账号的令牌，或 WUGUAN_GRAFANA_USER 与"
            " WUGUAN_GRAFANA_PASSWORD / WUGUAN_GRAFANA_TOKEN: set the token of a service account,"
            " or WUGUAN_GRAFANA_USER and WUGUAN_GRAFANA_PASSWORD"
        ]
    )


def _fail(message: str, code: int = 1) -> NoReturn:
    typer.echo(message, err=True)
    raise typer.Exit(code)


if __name__ == "__main__":
    main()
