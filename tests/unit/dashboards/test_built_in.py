"""What the queries gave becomes words, tables and figures, without a database."""

from datetime import date
from typing import Any

import pytest

from dashboards.built_in.cells import cell, plain
from dashboards.built_in.choices import Choices, Period, chosen_period, fields, term_of
from dashboards.built_in.panels import Leads, as_csv, rows_of, shown
from dashboards.catalogue.overview import OVERVIEW
from dashboards.model import Column, Panel, Role, Shows
from dashboards.words import Text
from wuguan.ports import BoardRows

NEWEST = Period("halfmonth", date(2026, 11, 16), date(2026, 11, 30), True)
BEFORE = Period("halfmonth", date(2026, 11, 1), date(2026, 11, 15))
TERM = Period("term", date(2026, 9, 1), date(2027, 2, 28), True)
LAST_TERM = Period("term", date(2026, 2, 16), date(2026, 8, 31))
PERIODS = (NEWEST, BEFORE, TERM, LAST_TERM)
LINK = Column(name="unit_id", title=Text("代码", "id"), shows="unit", role="link")
NAME = Column(name="name", title=Text("学校", "school"), shows="text", role="label")
DAY = Column(name="day", title=Text("日", "day"), shows="day", role="label")


def column(shows: Shows, name: str = "value", role: Role = "value", **more: Any) -> Column:
    return Column(name=name, title=Text("值", "value"), shows=shows, role=role, **more)


def panel(chart: Any, *columns: Column, **more: Any) -> Panel:
    title = Text("标题", "title")
    return Panel(
        panel_id="one", title=title, question=title, query="q", chart=chart, columns=columns, **more
    )


def nowhere(board: str, unit: str | None) -> str:
    return f"/board/{unit or 'here'}/{board}"


LEADS: Leads = nowhere


@pytest.mark.parametrize(
    ("shows", "value", "zh", "en"),
    [
        ("share", 0.9763, "97.6%", "97.6%"),
        ("share", 0.99999, "99.9%", "99.9%"),
        ("share", 1, "100.0%", "100.0%"),
        ("points", -0.012, "−1.2个百分点", "−1.2 points"),
        ("count", 12345, "12,345", "12,345"),
        ("number", 53.94, "53.9", "53.9"),
        ("hundredths", 0.081, "0.08", "0.08"),
        ("minutes", 543.6, "544分钟", "544 min"),
        ("clock", 565.2, "21:25", "21:25"),
        ("clock", 735, "0:15", "0:15"),
        ("day", date(2026, 11, 23), "11月23日(周一)", "Mon 23 Nov"),
        ("metric", "sleep.duration", "睡眠时长", "hours slept"),
        ("share", None, "–", "–"),
    ],
)
def test_a_value_is_printed_as_people_read_it(shows: Shows, value: Any, zh: str, en: str) -> None:
    of = column(shows)

    assert [cell(of, {"value": value}, language).text for language in ("zh", "en")] == [zh, en]


@pytest.mark.parametrize(
    ("why", "text"),
    [("withheld", "人数过少，不予显示"), ("not-judged", "不评定"), ("none-found", "未发现")],
)
def test_where_there_is_no_number_it_is_said_why(why: str, text: str) -> None:
    of = column("share", why="why")

    assert cell(of, {"value": None, "why": why}, "zh").text == text
    assert cell(of, {"value": 0.5, "why": why}, "zh").text == "50.0%"
    assert cell(of, {"value": None, "why": None}, "zh").text == "–"


def test_little_reported_is_hatched() -> None:
    of = column("share", "reporting", is_coverage=True)

    assert cell(of, {"reporting": 0.59}, "zh").kind == "low"
    assert cell(of, {"reporting": 0.6}, "zh").kind == "number"


def test_a_text_has_another_column_in_english() -> None:
    of = column("text", "title_zh", "label", english="title")
    row = {"title_zh": "规定", "title": "rule"}

    assert [cell(of, row, language).text for language in ("zh", "en")] == ["规定", "rule"]


@pytest.mark.parametrize("text", ["=1+1", "+86", "-1", "@x"])
def test_no_name_becomes_a_formula_of_a_spreadsheet(text: str) -> None:
    assert plain(column("text"), {"value": text}, "zh") == f"'{text}"


def test_what_is_whole_to_six_digits_is_whole_in_a_file() -> None:
    assert str(plain(column("number"), {"value": 40.000000000000007}, "zh")) == "40"


def test_an_empty_name_stays_empty() -> None:
    assert plain(column("text"), {"value": ""}, "zh") == ""


def test_a_file_has_numbers_as_they_are_and_the_mark_of_a_spreadsheet() -> None:
    of = panel("table", LINK, NAME, column("share"))
    found = [("1", "甲校", 1 / 3), ("2", "乙", None)]
    rows = rows_of(BoardRows(["unit_id", "name", "value"], found))

    content = as_csv(of, rows, "zh")

    assert content.startswith(b"\xef\xbb\xbf")
    assert content.decode("utf-8-sig").splitlines() == ["代码,学校,值", "1,甲校,0.333333", "2,乙,"]


def test_a_row_leads_to_its_unit_and_a_number_to_its_board() -> None:
    of = panel("table", LINK, NAME, column("share", leads_to="sleep"), links_to="school")

    made = shown(of, [{"unit_id": "1", "name": "甲", "value": 0.5}], (), "zh", LEADS)

    assert [title.zh for title in made.headings] == ["学校", "值"]
    assert [one.address for one in made.rows[0]] == ["/board/1/school", "/board/1/sleep"]


def test_numbers_alone_have_their_titles() -> None:
    made = shown(panel("number", column("minutes")), [{"value": 60}], (), "zh", LEADS)

    assert made.numbers == [(Text("值", "value"), "60分钟")]
    assert made.figure is None


def test_lines_leave_out_what_has_no_value_and_shade_breaks() -> None:
    days = [date(2026, 9, 29), date(2026, 9, 30), date(2026, 10, 8)]
    rows = [{"day": day, "value": value} for day, value in zip(days, (0.9, None, 1), strict=True)]
    breaks = [{"first_day": date(2026, 10, 1), "last_day": date(2026, 10, 7)}]

    figure: Any = shown(panel("lines", DAY, column("share")), rows, breaks, "zh", LEADS).figure

    assert figure["data"][0]["y"] == [90.0, None, 100.0]
    assert [(shape["x0"], shape["x1"]) for shape in figure["layout"]["shapes"]] == [(1.2, 1.8)]


@pytest.mark.parametrize(
    ("asked", "at"), [("45", [1.5]), ("30 / 45", [0.5, 1.5]), (None, []), ("44", [])]
)
def test_bounds_of_rules_stand_before_the_bin_that_begins_with_them(
    asked: str | None, at: list[float]
) -> None:
    of = panel(
        "histogram",
        column("text", "bin", "label"),
        column("count", "counted"),
        column("text", "keeps_rule", "state"),
        column("text", "asked", "extra"),
    )
    rows = [
        {"bin": name, "counted": 3, "keeps_rule": keeps, "asked": asked}
        for name, keeps in (("≤ 30", True), ("30–45", True), ("> 45", False))
    ]

    figure: Any = shown(of, rows, (), "zh", LEADS).figure

    assert [line["x0"] for line in figure["layout"]["shapes"]] == at
    colours = figure["data"][0]["marker"]["color"]
    assert colours[0] == colours[1] != colours[2]


@pytest.mark.parametrize(
    ("asked", "period", "is_as_asked"),
    [
        ("", NEWEST, True),
        ("halfmonth/2026-11-01/2026-11-15", BEFORE, True),
        ("term/2026-09-01", TERM, True),
        ("halfmonth/2020-01-01/2020-01-15", NEWEST, False),
        ("nonsense", NEWEST, False),
    ],
)
def test_a_period_is_found_by_its_first_day(asked: str, period: Period, is_as_asked: bool) -> None:
    assert chosen_period(PERIODS, asked) == (period, is_as_asked)


@pytest.mark.parametrize(
    ("period", "term"),
    [
        (NEWEST, TERM),
        (TERM, TERM),
        (Period("month", date(2026, 8, 1), date(2026, 8, 31)), LAST_TERM),
        (Period("month", date(2025, 12, 1), date(2025, 12, 31)), LAST_TERM),
    ],
)
def test_the_term_of_a_period_is_the_last_that_had_begun(period: Period, term: Period) -> None:
    assert term_of(PERIODS, period) == term


@pytest.mark.parametrize(
    ("period", "zh", "en"),
    [
        (NEWEST, "本半月 2026年11月16–30日", "This half-month: 16–30 Nov 2026"),
        (BEFORE, "2026年11月1–15日", "1–15 Nov 2026"),
        (TERM, "本学期：自2026年9月1日", "This term from 1 Sep 2026"),
        (Period("month", date(2026, 10, 1), date(2026, 10, 31)), "2026年10月", "Oct 2026"),
    ],
)
def test_periods_have_names(period: Period, zh: str, en: str) -> None:
    assert period.spoken() == (zh, en)


def test_only_what_differs_from_the_usual_goes_along() -> None:
    usual = Choices(NEWEST, TERM)
    chosen = Choices(BEFORE, TERM, stage="junior", metric="sleep.duration")

    assert usual.kept(OVERVIEW) == {"period": NEWEST.value}
    assert chosen.kept(OVERVIEW) == {
        "period": BEFORE.value, "stage": "junior", "metric": "sleep.duration",
    }  # fmt: skip


def test_the_fields_of_a_board_are_its_variables() -> None:
    chosen = Choices(BEFORE, TERM, stage="junior")

    made = {field.name: field for field in fields(OVERVIEW, chosen, PERIODS, "zh")}

    assert list(made) == ["period", "stage", "metric"]
    assert [one.text for one in made["stage"].options if one.is_chosen] == ["初中"]
    assert [one.value for one in made["period"].options if one.is_chosen] == [BEFORE.value]


def test_a_number_takes_the_colour_and_the_shape_of_its_state() -> None:
    of = column("share", state="state")
    made = [cell(of, {"value": 0.5, "state": state}, "zh") for state in ("check", "low", None)]

    assert [(one.text, one.kind) for one in made] == [
        ("■ 50.0%", "check"), ("50.0%", "low"), ("50.0%", "number"),
    ]  # fmt: skip


def test_a_file_says_why_there_is_no_number_and_counts_in_whole_numbers() -> None:
    of = column("share", why="why")

    assert plain(of, {"value": None, "why": "withheld"}, "zh") == "人数过少，不予显示"
    assert str(plain(column("count"), {"value": 1}, "zh")) == "1"


def test_a_point_with_little_reported_is_hollow_and_leads_to_its_day() -> None:
    of = panel("lines", DAY, column("share"), column("share", "reporting", is_coverage=True))
    rows = [
        {"day": date(2026, 9, 1 + n), "value": 1, "reporting": share}
        for n, share in enumerate((0.9, 0.1))
    ]

    figure: Any = shown(of, rows, (), "zh", LEADS).figure

    assert figure["data"][0]["marker"]["color"][1] == "#FFFFFF"
    assert figure["data"][0]["customdata"] == [
        "/board/here/?day=2026-09-01", "/board/here/?day=2026-09-02",
    ]  # fmt: skip
