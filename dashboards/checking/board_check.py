"""Whether the queries of a board run as its reader's login, and answer what the board shows."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property, partial

from dashboards.checking.asking import Question, put_in
from dashboards.checking.places import Places
from dashboards.checking.seeding import CITY, DISTRICT, TROUBLED
from dashboards.grafana.breaks import breaks
from dashboards.grafana.naming import Json, Place
from dashboards.grafana.targets import asked_of
from dashboards.grafana.variables import variables
from dashboards.model import Board, Column, Panel
from dashboards.query_files import bound, read_query
from dashboards.words import METRICS
from wuguan.adapters.postgres.board_checking import relations_named
from wuguan.domain.errors import Misconfigured
from wuguan.ports import BoardRows

_SCHEMA = "board."
_OF_A_GRAIN = 2
"""So many periods of each grain are looked at: the newest may have no school day yet."""
_GRAINS = ("halfmonth", "month", "term")
_CHOSEN = {"stage": "all", "grade": "0", "metric": next(iter(METRICS))}

Chosen = Mapping[str, str]
Check = Callable[[], Sequence[str]]
"""One thing to look at; it gives what is wrong."""


class BoardCheck:
    """A board in one language, looked at as the login of the unit that it is for."""

    def __init__(self, board: Board, place: Place, places: Places) -> None:
        below_city = {"school", "area", "district"} & set(board.levels)
        self._board, self._place, self._dsn = board, place, places.dsn
        looking = DISTRICT if below_city else CITY
        self._login = places.logins[looking]
        self._unit = TROUBLED if set(board.levels) == {"school"} else looking

    def of_variables(self) -> Sequence[str]:
        """What is wrong with the SQL of the choices at the head of the board."""
        return [fault for name in self._sql_of_variables for fault in self._of_variable(name)]

    def of_breaks(self) -> Sequence[str]:
        """What is wrong with the SQL of the breaks behind the lines."""
        found: list[str] = []
        for annotation in breaks(self._board, self._place):
            sql = str(_member(annotation, "target")["rawSql"])
            found += self._tried(self._named("breaks"), partial(self._breaks, sql))
        return found

    def of_panel(self, asked: Question) -> Sequence[str]:
        """What is wrong with a panel; nothing where there is no period to ask for."""
        if not self._choices:
            return []
        return self._tried(asked.where, lambda: list(self._panel(asked)))

    # ---- choices

    @cached_property
    def _sql_of_variables(self) -> Mapping[str, str]:
        told = variables(self._board, self._place, asked_of(self._board))
        return {str(one["name"]): str(one["query"]) for one in told if one["type"] == "query"}

    @cached_property
    def _choices(self) -> Sequence[Chosen]:
        """What readers may choose: some periods of each grain, the newest first."""
        try:
            return [self._with_term(period) for period in self._periods()]
        except Misconfigured:
            return []

    def _periods(self) -> Iterator[str]:
        told = self._login.rows(put_in(self._sql_of_variables["period"], {"unit": self._unit}))
        values = [str(row[0]) for row in told.rows]
        for grain in _GRAINS:
            yield from [one for one in values if one.startswith(f"{grain}/")][:_OF_A_GRAIN]

    def _with_term(self, period: str) -> Chosen:
        chosen = {**_CHOSEN, "unit": self._unit, "period": period}
        if term := self._sql_of_variables.get("term"):
            chosen["term"] = str(self._login.rows(put_in(term, chosen)).rows[0][0])
        return chosen

    def _of_variable(self, name: str) -> Sequence[str]:
        # For the variable that follows the period: any will do.
        chosen = {**_CHOSEN, "unit": self._unit, "period": "month/2000-01-01/2000-01-31"}
        sql = put_in(self._sql_of_variables[name], chosen)
        return self._tried(self._named(name), lambda: self._choosing(sql))

    def _choosing(self, sql: str) -> Sequence[str]:
        return self._foreign(sql) or [_NO_CHOICE] * (not self._login.rows(sql).rows)

    # ---- panels

    def _panel(self, asked: Question) -> Iterator[str]:
        panel = asked.panel
        query = put_in(bound(read_query(panel.query), panel.given), self._choices[0])
        if faults := self._foreign(query):
            yield from faults
            return
        answer = self._login.rows(f"SELECT * FROM (\n{query}\n) AS answer LIMIT 0")
        if missing := _needed(panel.columns) - set(answer.columns):
            yield _missing(missing)
            return
        answers = [self._login.rows(put_in(asked.statement, one)) for one in self._choices]
        if not any(_says_something(one, panel) for one in answers):
            yield _EMPTY

    def _breaks(self, sql: str) -> Sequence[str]:
        if not self._choices:
            return []
        statement = put_in(sql, self._choices[0])
        self._login.rows(statement)
        return self._foreign(statement)

    def _foreign(self, statement: str) -> Sequence[str]:
        named = relations_named(self._dsn, statement)
        return [_not_of_board(one) for one in named if not one.startswith(_SCHEMA)]

    def _tried(self, where: str, wrong: Callable[[], Sequence[str]]) -> Sequence[str]:
        try:
            return [f"{where}: {fault}" for fault in wrong()]
        except Misconfigured as error:
            return [f"{where}: {_FAILS}{fault}" for fault in error.faults]

    def _named(self, what: str) -> str:
        return f"{self._board.board_id}/{what}"


def _needed(columns: Sequence[Column]) -> set[str]:
    """The columns that a chart needs of the query, in any language."""
    names = (name for one in columns for name in (one.name, one.english, one.why))
    return {name for name in names if name}


def _says_something(answer: BoardRows, panel: Panel) -> bool:
    drawn = {one.name for one in panel.columns if one.role == "value"}
    values = drawn or set(answer.columns)
    places = [place for place, name in enumerate(answer.columns) if name in values]
    return any(row[place] is not None for row in answer.rows for place in places)


def _member(of: Json, name: str) -> Json:
    found = of[name]
    assert isinstance(found, dict)
    return found


_FAILS = "查询出错；请改正 / the query fails; mend it: "
_EMPTY = (
    "在有数据的库中，半月、月、学期都没有结果；请改正查询"
    " / gives nothing for half-month, month and term where there is something; mend the query"
)
_NO_CHOICE = "没有可选项；请改正查询 / gives nothing to choose; mend the query"


def _missing(columns: set[str]) -> str:
    names = ", ".join(sorted(columns))
    return (
        f"查询没有图表所需的列 {names}；请补上，或改正看板目录"
        f" / the query lacks columns that its chart needs: {names}; add them, or mend the catalogue"
    )


def _not_of_board(name: str) -> str:
    return (
        f"查询读取 {name}；只可读取模式 board 中的视图"
        f" / the query reads {name}; only views of the schema board may be read"
    )
