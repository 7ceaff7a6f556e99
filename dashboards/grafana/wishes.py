"""What a district should find in Grafana, as values: nothing here speaks to a server."""

from collections.abc import Mapping, Sequence

from msgspec import Struct

from dashboards.grafana.dashboard import dashboard
from dashboards.grafana.naming import (
    FIGURES_TYPE,
    PROMETHEUS_TYPE,
    Json,
    Place,
    figures_uid,
    uid,
)
from dashboards.model import Board
from dashboards.words import Language

VIEW = 1
"""The permission of Grafana to look, and to do nothing else."""
OURS = uid()
"""What every uid of ours begins with."""
OPERATORS = "五管 运行"


class Database(Struct, frozen=True, kw_only=True):
    """Where Grafana finds the figures, as seen from Grafana."""

    address: str
    """`host:port`, or the folder of a socket."""
    name: str
    sslmode: str = "require"


class District(Struct, frozen=True, kw_only=True):
    """For whom boards are published."""

    unit_id: str
    name: str
    login: str
    """The role of the database that sees this unit and what is below it."""

    @property
    def title(self) -> str:
        """What its folder is called."""
        return f"五管 {self.name}"

    @property
    def full_title(self) -> str:
        """What its team and its organisation are called: their ends tell them apart."""
        return f"{self.title} {self.mark}"

    @property
    def mark(self) -> str:
        """The end of a name by which what is ours is known again after the unit was renamed."""
        return f"({self.unit_id})"


class Wish(Struct, frozen=True, kw_only=True):
    """A folder with its boards: what is in it, and who may open it."""

    name: str
    """Said of it in messages."""
    folder_uid: str
    folder_title: str
    team: str | None
    """Who may open the folder; without one only admins may."""
    mark: str
    """The end of the team's name."""
    datasource: Json
    """Without the password."""
    dashboards: Sequence[Json]


def wish_of_district(
    district: District, boards: Sequence[Board], languages: Sequence[Language], database: Database
) -> Wish:
    """What a district should find: its folder, its datasource, and the boards of the figures."""
    return Wish(
        name=district.full_title,
        folder_uid=figures_uid(district.unit_id),
        folder_title=district.title,
        team=district.full_title,
        mark=district.mark,
        datasource=_figures(district, database),
        dashboards=_dashboards(boards, "figures", languages, district.unit_id),
    )


def wish_of_operators(boards: Sequence[Board], languages: Sequence[Language], url: str) -> Wish:
    """What those find who run the server: the boards of its metrics, in a folder of admins."""
    return Wish(
        name=OPERATORS,
        folder_uid=uid("operators"),
        folder_title=OPERATORS,
        team=None,
        mark="",
        datasource={
            "uid": uid("prometheus"),
            "name": "五管 Prometheus",
            "type": PROMETHEUS_TYPE,
            "access": "proxy",
            "url": url,
            "isDefault": False,
            "jsonData": {"httpMethod": "POST"},
        },
        dashboards=_dashboards(boards, "prometheus", languages, None),
    )


def _dashboards(
    boards: Sequence[Board], source: str, languages: Sequence[Language], unit_id: str | None
) -> list[Json]:
    wanted = [board for board in boards if board.datasource == source]
    return [
        dashboard(board, wanted, Place(language, unit_id))
        for language in languages
        for board in wanted
    ]


def permissions(team_id: int) -> list[Json]:
    """Who may open a district's folder: its team, and admins as everywhere. No other viewer."""
    return [{"teamId": team_id, "permission": VIEW}]


def is_own(permission: Mapping[str, object]) -> bool:
    """Whether a permission was given to the folder itself; those of admins always are."""
    return not permission.get("inherited") and permission.get("role") != "Admin"


def who(permission: Mapping[str, object]) -> str:
    """Who may do what, in a word."""
    for kind in ("teamId", "userId", "role"):
        if permission.get(kind):
            return f"{kind.removesuffix('Id')} {permission[kind]}:{permission['permission']}"
    return str(permission)


def _figures(district: District, database: Database) -> Json:
    return {
        "uid": figures_uid(district.unit_id),
        "name": f"{district.title} {district.mark}",
        "type": FIGURES_TYPE,
        "access": "proxy",
        "url": database.address,
        "user": district.login,
        "isDefault": False,
        "jsonData": {
            "database": database.name,
            "sslmode": database.sslmode,
            "postgresVersion": 1500,
            "timescaledb": False,
            "maxOpenConns": 10,
            "maxIdleConns": 2,
            "connMaxLifetime": 14400,
        },
    }
