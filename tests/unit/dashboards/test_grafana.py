"""A board becomes a dashboard that Grafana draws as the board means it."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from dashboards.catalogue import BOARDS
from dashboards.grafana.charts import kind_of
from dashboards.grafana.dashboard import dashboard
from dashboards.grafana.files import files
from dashboards.grafana.naming import LONGEST_UID, Place, panel_number, uid
from dashboards.model import Board, Chart, Column, Panel
from dashboards.words import LANGUAGES, Language, Text
from wuguan.domain.errors import Misconfigured

ZH = Place("zh")
LINK = Column(name="unit_id", title=Text("代码", "id"), shows="unit", role="link")
NAME = Column(name="name", title=Text("学校", "school"), shows="text", role="label")
DAY = Column(name="day", title=Text("日", "day"), shows="day", role="label")
METRIC = Column(name="metric", title=Text("指标", "metric"), shows="metric", role="label")
SHARE = Column(name="share", title=Text("符合规定率", "compliance"), shows="share")
REPORTING = Column(
    name="reporting", title=Text("上报率", "reporting"), shows="share", is_coverage=True
)
STATE = Column(name="state", title=Text("状态", "state"), shows="text", role="state")
CHANGE = Column(name="change", title=Text("较上期", "change"), shows="points", role="extra")
BEDTIME = Column(name="bedtime", title=Text("就寝", "bedtime"), shows="clock")


def panel(chart: Chart, *columns: Column, query: str = "headlines", **more: Any) -> Panel:
    title = Text("标题", "title")
    return Panel(panel_id=f"{chart}-{len(columns)}", title=title, question=Text("？", "?"),
                 query=query, chart=chart, columns=columns, **more)  # fmt: skip


def board(*panels: Panel, board_id: str = "trial", **more: Any) -> Board:
    settings = {"variables": ("unit", "period", "stage", "grade", "metric"), **more}
    return Board(board_id=board_id, title=Text("试验", "Trial"), question=Text("？", "?"),
                 levels=("district",), panels=panels, **settings)  # fmt: skip


def drawn(one: Panel, place: Place = ZH, **more: Any) -> Any:
    of = board(one, **more)
    return dashboard(of, [of], place)["panels"][0]  # type: ignore[index]  # because a dashboard is JSON


def settings(of: Any, column: str) -> dict[str, Any]:
    found = [one for one in of["fieldConfig"]["overrides"] if one["matcher"]["options"] == column]
    return {prop["id"]: prop["value"] for one in found for prop in one["properties"]}


def everything(of: object) -> Iterator[object]:
    yield of
    inside = of.values() if isinstance(of, Mapping) else of if isinstance(of, list) else ()
    for one in inside:
        yield from everything(one)


@pytest.mark.parametrize(
    ("chart", "columns", "kind"),
    [
        ("number", (SHARE,), "stat"),
        ("table", (NAME, SHARE), "table"),
        ("lines", (DAY, SHARE), "timeseries"),
        ("lines", (NAME, SHARE), "barchart"),
        ("bars", (NAME, SHARE), "barchart"),
        ("histogram", (NAME, SHARE), "barchart"),
    ],
)
def test_each_chart_has_its_panel(chart: Chart, columns: tuple[Column, ...], kind: str) -> None:
    assert kind_of(panel(chart, *columns)) == kind


def test_only_the_declared_columns_are_asked_for() -> None:
    sql = drawn(panel("table", NAME, SHARE))["targets"][0]["rawSql"]

    assert sql.startswith('SELECT "name",\n       "share"\nFROM (')
    assert sql.endswith("LIMIT 10000")
    assert "${unit:sqlstring}" in sql


def test_lines_are_a_time_series_named_by_the_label() -> None:
    target = drawn(panel("lines", DAY, METRIC, SHARE))["targets"][0]

    assert target["format"] == "time_series"
    assert '"day" AS "time"' in target["rawSql"]
    assert "WHEN 'sleep.duration' THEN '睡眠时长'" in target["rawSql"]
    assert 'AS "metric"' in target["rawSql"]


def test_a_clock_counts_from_noon_in_china() -> None:
    sql = drawn(panel("table", NAME, BEDTIME))["targets"][0]["rawSql"]
    # 22:00 is 600 minutes after noon; in Greenwich it is 14:00, 840 minutes after midnight.
    assert (600 + 240) * 60_000 == 14 * 3_600_000
    assert '("bedtime" + 240) * 60000 AS "bedtime"' in sql


@pytest.mark.parametrize(
    ("column", "expected"),
    [
        (SHARE, {"unit": "percentunit", "decimals": 1}),
        (BEDTIME, {"unit": "time:HH:mm"}),
        (CHANGE, {"unit": "suffix: 个百分点", "decimals": 1}),
        (REPORTING, {"custom.displayMode": "color-text"}),
        (LINK, {"custom.hidden": True, "unit": "string"}),
        (NAME, {"unit": "string", "custom.align": "left", "custom.minWidth": 160}),
        (DAY, {"unit": "time:M月D日", "custom.align": "left"}),
    ],
)
def test_a_column_is_printed_as_it_shows(column: Column, expected: dict[str, object]) -> None:
    assert settings(drawn(panel("table", column)), column.name).items() >= expected.items()


def test_nothing_is_a_dash() -> None:
    of = drawn(panel("table", NAME, SHARE))

    assert settings(of, "share")["mappings"][0]["options"]["result"]["text"] == "–"
    assert "mappings" not in settings(of, "name")
    assert "mappings" not in of["fieldConfig"]["defaults"]


@pytest.mark.parametrize(
    ("code", "text", "colour"),
    [
        ("in-line", "● 符合", "#1B7F5C"),
        ("watch", "▲ 关注", "#9A5B00"),
        ("check", "■ 需核查", "#C0362C"),
        ("needs-checking", "■ 需核查", "#C0362C"),
        ("low", "数据不足", "#8A919F"),
        ("scale", "供参考", "#1F5AA6"),
    ],
)
def test_a_state_has_its_words_and_its_colour(code: str, text: str, colour: str) -> None:
    (mapping,) = settings(drawn(panel("table", NAME, STATE)), "state")["mappings"]

    assert (mapping["options"][code]["text"], mapping["options"][code]["color"]) == (text, colour)


def test_bars_take_the_colour_of_their_state() -> None:
    assert drawn(panel("bars", NAME, SHARE, STATE))["options"]["colorByField"] == "state"


def test_a_row_leads_to_the_board_of_its_unit_and_takes_the_choices_along() -> None:
    of = drawn(panel("table", LINK, NAME, SHARE, links_to="trial"), Place("en", "330106"))

    (link,) = settings(of, "name")["links"]
    assert link["url"].startswith("/d/wuguan-trial-en-330106?var-unit=${__data.fields.unit_id}&")
    assert "${period:queryparam}" in link["url"]


def test_a_link_to_no_board_is_refused_by_name() -> None:
    with pytest.raises(Misconfigured, match=r"trial/table-2.*links_to.*names no board"):
        drawn(panel("table", LINK, NAME, links_to="elsewhere"))


def test_a_parameter_that_nobody_chooses_is_refused_by_name() -> None:
    with pytest.raises(Misconfigured, match=r"trial/lines-2 \(trend\.sql\).*:metric"):
        drawn(panel("lines", DAY, SHARE, query="trend"), variables=("unit", "period", "stage"))


def test_what_a_panel_gives_is_a_literal_and_the_term_follows_the_period() -> None:
    given = {"metric": "sleep.duration", "grade": "0"}
    of = board(
        panel("lines", DAY, SHARE, query="trend", given=given),
        variables=("unit", "period", "stage"),
    )
    made: Any = dashboard(of, [of], ZH)

    assert "d.metric = 'sleep.duration'" in made["panels"][0]["targets"][0]["rawSql"]
    names = [(one["name"], one["hide"]) for one in made["templating"]["list"]]
    assert names == [("unit", 0), ("period", 0), ("stage", 0), ("term", 2)]


def test_panels_stand_side_by_side_while_there_is_room() -> None:
    sizes = [(6, 4), (18, 8), (12, 3), (13, 3)]
    panels = [panel("number", SHARE, width=width, height=height) for width, height in sizes]
    of = board(*panels)
    spots = [one["gridPos"] for one in dashboard(of, [of], ZH)["panels"]]  # type: ignore[attr-defined]  # because a dashboard is JSON

    assert [(spot["x"], spot["y"]) for spot in spots] == [(0, 0), (6, 0), (0, 8), (0, 11), (0, 14)]


def test_a_panel_of_the_built_in_face_is_left_out() -> None:
    of = board(panel("table", NAME, face="built_in"), panel("number", SHARE))
    made: Any = dashboard(of, [of], ZH)

    assert [one["type"] for one in made["panels"]] == ["stat", "text"]


@pytest.mark.parametrize(
    ("parts", "expected"),
    [((), "wuguan"), (("overview", "en"), "wuguan-overview-en")],
)
def test_a_uid_is_what_it_names(parts: tuple[str, ...], expected: str) -> None:
    assert uid(*parts) == expected


def test_a_uid_fits_grafana_whatever_a_unit_is_called() -> None:
    units = ["3301.06", "3301_06", "x" * 40, "x" * 39 + "y"]
    made = {Place("en", unit).board_uid("overview") for unit in units}

    assert len(made) == len(units)
    assert {len(one) <= LONGEST_UID and "." not in one for one in made} == {True}


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("of", BOARDS, ids=lambda one: one.board_id)
def test_every_board_of_the_catalogue_is_a_dashboard(of: Board, language: Language) -> None:
    made: Any = dashboard(of, BOARDS, Place(language))
    numbers = [one["id"] for one in made["panels"]]

    assert made["timezone"] == "Asia/Shanghai"
    assert made["editable"] is False
    assert made["refresh"] in {"", "1m"}
    assert len(numbers) == len(set(numbers))
    assert "palette-classic" not in everything(made)
    assert panel_number(of.panels[0].panel_id) in numbers


def test_a_board_of_prometheus_asks_prometheus(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "dashboards.grafana.targets.read_query", lambda name, ending: f"rate({name}[5m])\n"
    )
    of = drawn(panel("lines", DAY, NAME, SHARE, query="late"), datasource="prometheus")

    assert of["datasource"] == {"type": "prometheus", "uid": "wuguan-prometheus"}
    assert of["targets"][0]["expr"] == "rate(late[5m])"
    assert of["targets"][0]["legendFormat"] == "{{name}}"


@pytest.mark.parametrize(
    ("columns", "legend"), [((SHARE,), "share"), ((SHARE, REPORTING), "{{series}}")]
)
def test_a_line_from_prometheus_is_named_by_its_column(
    columns: tuple[Column, ...], legend: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dashboards.grafana.targets.read_query", lambda name, ending: name)
    of = drawn(panel("lines", DAY, *columns), datasource="prometheus")

    assert of["targets"][0]["legendFormat"] == legend
    assert settings(of, columns[0].name)["displayName"] == "符合规定率"


def test_files_of_boards_that_ask_prometheus_stand_apart() -> None:
    figures = {board.board_id for board in BOARDS if board.datasource == "figures"}
    others = {board.board_id for board in BOARDS} - figures

    assert set(files(BOARDS)) == {
        *(f"{language}/{one}.json" for one in figures for language in LANGUAGES),
        *(f"operations/{language}/{one}.json" for one in others for language in LANGUAGES),
    }
