"""What `python -m dashboards publish` does: look, show, ask, write, and look whether it works."""

from collections.abc import Callable, Mapping, Sequence
from typing import Literal

from msgspec import Struct

from dashboards.grafana.wishes import Database, District, Wish, wish_of_district, wish_of_operators
from dashboards.model import Board
from dashboards.publishing import Change, Grafana, Publishing
from dashboards.words import Language
from wuguan.domain.errors import Misconfigured

Organisation = Literal["current", "each"]
Write = Callable[[Sequence[Change]], None]
"""Writes changes one after the other, and shows how far it is."""


class Order(Struct, frozen=True, kw_only=True):
    """What is to be published, and where. Passwords are apart, so that none is ever printed."""

    boards: Sequence[Board]
    languages: Sequence[Language]
    database: Database
    districts: Sequence[District]
    prometheus: str | None = None
    organisation: Organisation = "current"
    together: bool = False
    """Districts may share an organisation, though their viewers could then query each other's."""


class Target(Struct, frozen=True):
    """One folder in one organisation."""

    publishing: Publishing | None
    """None where its organisation is still to be made."""
    wish: Wish
    changes: Sequence[Change]


class Work(Struct, frozen=True):
    """All that would be written."""

    targets: Sequence[Target]

    @property
    def is_done(self) -> bool:
        """Whether there is nothing to write."""
        return not any(one.changes or one.publishing is None for one in self.targets)


def plan(order: Order, grafana: Grafana, passwords: Mapping[str, str]) -> Work:
    """What would change; nothing is written."""
    grafana.greet()
    wishes = [(one, _wish(order, one)) for one in order.districts]
    if order.organisation == "current":
        _refuse_sharing(order, grafana, [wish for _, wish in wishes])
    targets = [_target(order, grafana, wish, passwords[one.unit_id]) for one, wish in wishes]
    return Work([*targets, *_of_operators(order, grafana)])


def lines(work: Work) -> list[str]:
    """What would change, to be read before it is written."""
    told: list[str] = []
    for target in work.targets:
        told.append(f"{target.wish.name}:")
        if target.publishing is None:
            told.append(f"  + 组织及其中全部 organisation, with all in it: {target.wish.team}")
        for change in target.changes:
            told.append(f"  {change.text}")
            told += [f"      {line}" for line in change.details]
        if target.publishing is not None and not target.changes:
            told.append("  = 无需改动 nothing to change")
    return told


def carry_out(
    work: Work, grafana: Grafana, passwords: Mapping[str, str], write: Write
) -> list[str]:
    """Write it all; what does not work afterwards, in words."""
    faults: list[str] = []
    for target in work.targets:
        publishing = target.publishing or _in_a_new_organisation(target.wish, grafana, passwords)
        write(target.changes if target.publishing else publishing.changes())
        if not publishing.reaches_data():
            faults.append(_no_data(target.wish))
    return faults


def _wish(order: Order, district: District) -> Wish:
    return wish_of_district(district, order.boards, order.languages, order.database)


def _target(order: Order, grafana: Grafana, wish: Wish, password: str) -> Target:
    if order.organisation == "each":
        number = grafana.organisation_id(wish.mark)
        if number is None:
            return Target(None, wish, ())
        grafana = grafana.in_organisation(number)
    publishing = Publishing(grafana, wish, password)
    return Target(publishing, wish, publishing.changes())


def _of_operators(order: Order, grafana: Grafana) -> list[Target]:
    if order.prometheus is None:
        return []
    wish = wish_of_operators(order.boards, order.languages, order.prometheus)
    publishing = Publishing(grafana, wish)
    return [Target(publishing, wish, publishing.changes())]


def _in_a_new_organisation(
    wish: Wish, grafana: Grafana, passwords: Mapping[str, str]
) -> Publishing:
    made = grafana.make_organisation(wish.name)
    return Publishing(grafana.in_organisation(made), wish, passwords[wish.mark.strip("()")])


def _refuse_sharing(order: Order, grafana: Grafana, wishes: Sequence[Wish]) -> None:
    """Folders keep boards apart, but whoever is logged in may query every datasource."""
    own = [str(wish.datasource["uid"]) for wish in wishes]
    others = grafana.other_districts(own) if wishes else []
    if not order.together and len(wishes) + len(others) > 1:
        raise Misconfigured([_SHARED.format(names="、".join([*map(_name, wishes), *others]))])


def _name(wish: Wish) -> str:
    return wish.name


def _no_data(wish: Wish) -> str:
    return (
        f"{wish.name}: 已发布，但 Grafana 打不开数据源 {wish.datasource['url']}；请核对地址（从"
        " Grafana 所在处看）、数据库名、--sslmode、登录名及口令，然后重新发布"
        f" / {wish.name}: published, but Grafana does not get into {wish.datasource['url']}; check"
        " the address as seen from Grafana, the database's name, --sslmode, login and password,"
        " then publish again"
    )


_SHARED = (
    "{names}: 在同一个 Grafana 组织中，文件夹只分开看板，任何已登录的查看者仍可查询每个数据源。请用"
    " --organisation each 为每个区县建立各自的组织；若所有查看者本来就可看全部数据，用 --together"
    " / {names}: in one organisation of Grafana folders keep boards apart, but every viewer may"
    " query every datasource. Give each district an organisation of its own with --organisation"
    " each; where all viewers may see all of it anyway, say --together"
)
