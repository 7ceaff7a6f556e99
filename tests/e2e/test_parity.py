"""Both faces of the catalogue show the same panels, and on the same data the same numbers.

One face is what Grafana would send to the database as a login of the district; the other is what
the server answers over HTTP. Exempt, as the catalogue marks them: panels of classes (`face`), and
boards of the server's own metrics (`datasource`).
"""

import csv
import io
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import httpx
import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from dashboards.catalogue import BOARDS
from dashboards.codes import words_of
from dashboards.grafana.dashboard import dashboard
from dashboards.grafana.naming import Place, panel_number
from dashboards.grafana.reasons import reasons_of
from dashboards.model import Board, Column, Panel
from dashboards.words import LANGUAGES, Language, said
from tests.e2e.districts import DISTRICT, SimulatedDistrict
from wuguan.adapters.postgres.embedded import EmbeddedServer
from wuguan.adapters.postgres.store import open_store

PROVINCE = "990000"
PASSWORD = "a-password-of-a-test"
SHOWN = [board for board in BOARDS if board.datasource == "figures"]
BOTH = [
    pytest.param(board, panel, id=f"{board.board_id}-{panel.panel_id}")
    for board in SHOWN
    for panel in board.panels
    if panel.face == "both"
]
# What Grafana counts in milliseconds from Greenwich's midnight, and people in minutes after noon.
_MS_OF_A_MINUTE, _NOON_IN_CHINA = 60_000, 240


class Faces:
    """A database as a login sees it, and the server as a reader sees it, of one unit."""

    def __init__(self, district: SimulatedDistrict, dsn: str, unit_id: str) -> None:
        self.unit_id = unit_id
        store = open_store(dsn)
        login = store.board_access.ensure_role(unit_id, PASSWORD)
        store.close()
        self.database = psycopg.connect(
            make_conninfo(dsn, user=login, password=PASSWORD), autocommit=True
        )
        self.server = httpx.Client(base_url=district.base_url, trust_env=False, timeout=60)
        self.server.post("/login", data={"key": district.key_of(unit_id)})

    def in_grafana(self, panel: Panel, board: Board, chosen: Mapping[str, str],
                   language: Language) -> list[dict[str, Any]]:  # fmt: skip
        """The rows that Grafana gets, its variables put in."""
        drawn: Any = dashboard(board, BOARDS, Place(language))["panels"]
        (found,) = [one for one in drawn if one["id"] == panel_number(panel.panel_id)]
        sql = found["targets"][0]["rawSql"]
        for name, value in chosen.items():
            sql = sql.replace(f"${{{name}:sqlstring}}", f"'{value}'")
        cursor = self.database.execute(sql.encode())
        names = [column.name for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def built_in(self, panel: Panel, board: Board, chosen: Mapping[str, str],
                 language: Language) -> list[dict[str, str]]:  # fmt: skip
        """The rows that a reader gets as a file, by the names of the columns."""
        path = f"/board/{chosen['unit']}/{board.board_id}/{panel.panel_id}.csv"
        answer = self.server.get(path, params={**chosen, "lang": language})
        assert answer.status_code == 200, answer.text[:500]
        heading, *rows = csv.reader(io.StringIO(answer.content.decode("utf-8-sig")))
        assert heading == [said(column.title, language) for column in panel.columns]
        names = [column.name for column in panel.columns]
        return [dict(zip(names, row, strict=True)) for row in rows]


@pytest.fixture(scope="module")
def faces(district: SimulatedDistrict) -> Iterator[Mapping[str, Faces]]:
    """Of the district and of the province above it."""
    dsn = EmbeddedServer(district.data_dir).start()
    found = {unit: Faces(district, dsn, unit) for unit in (DISTRICT, PROVINCE)}
    yield found
    for one in found.values():
        one.database.close()
        one.server.close()


def chosen_on(faces: Faces, unit: str, grain: str) -> dict[str, str]:
    """The newest period of a grain, with what stands at first in the other choices."""
    question = "SELECT max(first_day) FROM board.period WHERE grain = %s AND unit_id = %s"
    row = faces.database.execute(question.encode(), (grain, unit)).fetchone()
    term = faces.database.execute(question.encode(), ("term", unit)).fetchone()
    assert row is not None
    assert term is not None
    return {
        "unit": unit,
        "stage": "all",
        "grade": "0",
        "metric": "homework.minutes",
        "period": _written(grain, row[0]),
        "term": _written("term", term[0]),
    }


def _written(grain: str, first: date) -> str:
    last = {"halfmonth": 16, "month": 31, "term": 182}[grain]
    return f"{grain}/{first}/{date.fromordinal(first.toordinal() + last - 1)}"


@pytest.mark.parametrize("grain", ["halfmonth", "term"])
@pytest.mark.parametrize(("board", "panel"), BOTH)
def test_both_faces_have_the_same_rows(
    board: Board, panel: Panel, grain: str, faces: Mapping[str, Faces], district: SimulatedDistrict
) -> None:
    of = faces[PROVINCE if board.board_id == "city" else DISTRICT]
    unit = district.schools[0] if board.levels == ("school",) else of.unit_id
    chosen = chosen_on(of, unit, grain)
    for language in LANGUAGES:
        built_in = of.built_in(panel, board, chosen, language)
        in_grafana = of.in_grafana(panel, board, chosen, language)

        assert len(built_in) == len(in_grafana)
        for ours, theirs in zip(built_in, in_grafana, strict=True):
            for column in panel.columns:
                name = "time" if column.shows == "day" and "time" in theirs else column.name
                if name in theirs:
                    assert ours[column.name] == _as_in_a_file(column, theirs[name], language)


@pytest.mark.parametrize("board", SHOWN, ids=lambda board: str(board.board_id))
def test_both_faces_show_the_same_panels(
    board: Board, faces: Mapping[str, Faces], district: SimulatedDistrict
) -> None:
    of = faces[PROVINCE if board.board_id == "city" else DISTRICT]
    unit = district.schools[0] if board.levels == ("school",) else of.unit_id
    page = of.server.get(f"/board/{unit}/{board.board_id}").text
    built_in = [panel for panel in board.panels if f'data-panel="{panel.panel_id}"' in page]
    drawn: Any = dashboard(board, BOARDS, Place("zh"))["panels"]

    assert built_in == [panel for panel in board.panels if panel.face == "both"]
    assert [panel_number(one.panel_id) for one in built_in] == [
        one["id"] for one in drawn if one["type"] != "text"
    ]


def test_most_panels_of_the_simulated_district_have_figures(
    faces: Mapping[str, Faces], district: SimulatedDistrict
) -> None:
    """Else the comparison would compare nothing."""
    empty = []
    for board, panel in (param.values for param in BOTH):
        assert isinstance(board, Board)
        assert isinstance(panel, Panel)
        of = faces[PROVINCE if board.board_id == "city" else DISTRICT]
        unit = district.schools[0] if board.levels == ("school",) else of.unit_id
        if not of.in_grafana(panel, board, chosen_on(of, unit, "term"), "zh"):
            empty.append(f"{board.board_id}/{panel.panel_id}")

    assert {one.split("/")[1] for one in empty} <= {
        "replies", "silent", "not-reported", "checking",
    }  # fmt: skip


def _is_said_instead(column: Column, value: Any) -> bool:
    """Whether Grafana gets why there is no number, or what is said of bars without a state."""
    if column.role == "state":
        return value not in {"true", "false"}
    return column.why is not None and value < 0


def _as_in_a_file(column: Column, value: Any, language: Language) -> str:
    if value is None:
        return ""
    if _is_said_instead(column, value):
        return said(reasons_of(column)[str(value)], language) if column.why else ""
    if str(value) in words_of(column):
        return said(words_of(column)[str(value)], language)
    if isinstance(value, date | str):
        return str(value)
    number = float(value)
    if column.shows == "clock":
        number = number / _MS_OF_A_MINUTE - _NOON_IN_CHINA
    if column.shows == "points":
        number /= 100
    number = round(number, 6)
    if column.shows == "count":
        return str(int(number))
    return str(int(number)) if number.is_integer() and abs(number) > 1 else str(number)
