"""The overview: its sentence, tiles, matrix, lists and trend."""

from datetime import date

import pytest

from dashboards.overview import Overview
from dashboards.overview import overview as overview_in
from dashboards.overview_figures import OverviewFigures
from dashboards.states import State
from dashboards.trend import trend
from tests.unit.dashboards.building import (
    BROOK,
    SPRUCE,
    Checking,
    Missing,
    Progress,
    SchoolFigures,
    TrendDay,
    figure,
    occasion,
    overview_figures,
    unit,
)
from wuguan.domain.rollup import Figure
from wuguan.domain.tally import Tally


def overview(of: OverviewFigures) -> Overview:
    return overview_in(of, "zh")


REPORTED = {f"{m}.reporting": figure(f"{m}.reporting", 10, 9)
            for m in ("homework", "sleep", "phone", "reading", "fitness")}  # fmt: skip
OVER = figure("homework.minutes", 20, 20, 6)
TAKEN = figure("fitness.pe_kept", 40, 40, 34)


def school(school_id: str, name: str, **figures: Figure) -> SchoolFigures:
    return SchoolFigures(school_id, name, unit({**REPORTED, **figures}))


def test_the_sentence_says_who_reported_and_what_needs_checking() -> None:
    page = overview(
        overview_figures(
            schools=(school(SPRUCE, "云杉小学"), school(BROOK, "临溪小学")),
            now=unit(REPORTED),
            checking=(
                Checking(SPRUCE, "primary", "homework.minutes", OVER),
                Checking(BROOK, "primary", "fitness.pe_kept", TAKEN),
            ),
        )
    )

    assert page.sentence.zh == (
        "本半月应报2所，2所已报，上报率90.0%。需核查2所：作业超时14班次，体育课被占6节。"
    )
    assert "14 class-days" in page.sentence.en


def test_where_nothing_is_due_nobody_is_blamed() -> None:
    page = overview(overview_figures(due=frozenset()))

    assert page.sentence.zh == "本半月假期，无需上报。"
    assert {tile.told.state for tile in page.tiles} == {State.NOTHING_DUE}
    assert page.trend is None


def test_a_school_whose_half_month_is_not_summed_yet_is_due_all_the_same() -> None:
    empty = SchoolFigures(BROOK, "临溪小学", unit({}))
    figures = overview_figures(
        schools=(school(SPRUCE, "云杉小学"), empty), now=unit(REPORTED), settled=False
    )

    assert overview(figures).sentence.zh == (
        "本半月应报2所，1所已报，上报率90.0%。另有1所的半月合计正在汇总，稍后显示。"
    )


def test_the_sentence_names_the_weightiest_breach_of_each_management() -> None:
    channel = figure("homework.channel", 20, 20, 5)
    page = overview(
        overview_figures(
            checking=(
                Checking(SPRUCE, "primary", "homework.minutes", OVER),
                Checking(SPRUCE, "primary", "homework.channel", channel),
            )
        )
    )

    assert "手机布置或转嫁家长作业15班次" in page.sentence.zh
    assert "作业超时" not in page.sentence.zh


@pytest.mark.parametrize(
    ("metric", "before"),
    [
        ("sleep.duration", figure("sleep.duration", 40, 2, 1)),
        ("sleep.duration", figure("sleep.duration", 40, 20, 10)),
        ("phone.classroom", figure("phone.classroom", 100, 0)),
        ("homework.minutes", figure("homework.minutes", 100, 2, 2)),
    ],
    ids=["withheld", "low", "silent", "hardly known"],
)
def test_a_half_month_that_is_hardly_known_is_compared_with_nothing(
    metric: str, before: Figure
) -> None:
    now = unit({metric: figure(metric, 100, 100, 97)})
    tiles = overview(overview_figures(now=now, before=unit({metric: before}))).tiles

    assert [tile.change for tile in tiles] == [None] * 5
    assert State.WATCH not in {tile.told.state for tile in tiles}


def test_another_rule_that_fails_paints_no_headline_that_is_hardly_known() -> None:
    sport, pe = "fitness.sport_time", "fitness.pe_kept"
    failing = figure(pe, 20, 20, 10)
    page = overview(
        overview_figures(
            schools=(school(SPRUCE, "云杉小学", **{sport: figure(sport, 100, 50)}),),
            checking=(Checking(SPRUCE, "primary", pe, failing),),
        )
    )
    cell = page.matrix[0].cells[4]

    assert (cell.state, cell.checking) == (State.LOW, True)
    assert cell.because is not None
    assert cell.because.zh == "体育课开足"


def test_a_sum_of_stages_below_what_is_asked_is_a_number_where_no_stage_needs_checking() -> None:
    minutes = "homework.minutes"
    low = figure(minutes, 100, 100, 80)
    page = overview(overview_figures(schools=(school(SPRUCE, "云杉小学", **{minutes: low}),)))

    assert page.matrix[0].cells[0].state is State.NUMBER


def test_a_day_on_which_hardly_anything_is_judged_has_no_point() -> None:
    sport = "fitness.sport_time"
    days = (
        TrendDay(date(2026, 10, 16), unit({sport: figure(sport, 100, 100, 90)})),
        TrendDay(date(2026, 10, 19), unit({sport: figure(sport, 100, 100, judged=8)})),
    )
    found = trend(overview_figures(trend=days), "zh")

    assert found is not None
    assert found["data"][4]["y"] == [90.0, None]


def test_a_tile_names_its_metric_what_it_counts_and_what_changed() -> None:
    sport = "fitness.sport_time"
    page = overview(
        overview_figures(
            now=unit({**REPORTED, sport: figure(sport, 1000, 980, 900)}),
            before=unit({sport: figure(sport, 1000, 1000, 900)}),
            shares={sport: Tally(12, 12, 12, 9)},
            checking=(Checking(BROOK, "primary", sport, figure(sport, 10, 10, 2)),),
        )
    )
    tile = page.tiles[4]

    assert tile.told.number.zh == "91.8%"
    assert tile.told.counted.zh == "符合 900 / 980 班次"
    assert tile.told.reporting.zh == "上报率 98.0%"
    assert tile.change is not None
    assert tile.change.zh == "较上半月 +1.8个百分点"
    assert tile.in_line is not None
    assert tile.in_line.zh == "符合规定学校 9/12"
    assert (tile.told.state, tile.checking) == (State.CHECK, 1)


def test_phones_are_counted_and_unfit_books_told_as_removed_of_found() -> None:
    phone, swept = "phone.classroom", "reading.swept"
    page = overview(
        overview_figures(
            now=unit(
                {**REPORTED, phone: figure(phone, 900, 880, 877, total=4),
                 swept: figure(swept, 3, 3, 2)}
            )
        )
    )  # fmt: skip

    assert (page.tiles[2].told.number.zh, page.tiles[2].told.counted.zh) == (
        "4 起",
        "检查 880 班次",
    )
    assert page.tiles[3].told.number.zh == "2/3 册"


def test_sleep_tells_who_met_the_hours_or_nearly_did() -> None:
    bins = [0, 0, 0, 0, 0, 0, 20, 30, 50, 0, 0]
    slept = figure("sleep.duration", 120, 100, 50, bins=bins)
    page = overview(overview_figures(now=unit({"sleep.duration": slept})))

    assert page.tiles[1].told.number.zh == "50.0%"
    assert page.tiles[1].told.state is State.SCALE
    assert [line.zh for line in page.tiles[1].lines] == ["达到或接近 80.0%"]


def test_the_matrix_stands_in_the_order_of_the_roster_and_says_what_needs_checking() -> None:
    minutes = "homework.minutes"
    page = overview(
        overview_figures(
            schools=(
                school(SPRUCE, "云杉小学", **{minutes: figure(minutes, 20, 20, 12)}),
                school(BROOK, "临溪小学", **{minutes: figure(minutes, 20)}),
            ),
            checking=(
                Checking(SPRUCE, "primary", minutes, OVER),
                Checking(BROOK, "primary", "homework.channel", figure("homework.channel", 9, 9, 8)),
            ),
        )
    )
    spruce, brook = page.matrix

    assert (spruce.name, brook.name) == ("云杉小学", "临溪小学")
    assert (spruce.cells[0].state, spruce.cells[0].because) == (State.CHECK, None)
    assert brook.cells[0].told.number.zh == "100.0%"
    assert brook.cells[0].because is not None
    assert brook.cells[0].because.zh == "手机或家长作业"
    assert brook.checking


def test_the_reminder_lists_schools_and_managements_and_is_text_for_a_work_group() -> None:
    day = date(2026, 11, 23)
    page = overview(
        overview_figures(
            missing=(Missing(BROOK, "homework", day, 3), Missing(BROOK, "fitness", day, 5)),
            progress=Progress(40, 32),
        )
    )

    assert page.reminder.progress is not None
    assert page.reminder.progress.zh == "今日 11月23日(周一) 应报 40 班次，已报 32"
    assert page.reminder.text.zh == (
        "【示范区五项管理】11月23日(周一)尚未上报（班数），请尽快补报：\n"
        "1. 临溪小学：作业3班，体质5班"
    )
    assert [line.name for line in page.reminder.lines] == ["临溪小学"]


def test_where_all_have_reported_there_is_nothing_to_copy() -> None:
    assert overview(overview_figures()).reminder.text.zh == ""


def test_the_trend_has_school_days_only_and_hollow_points_where_little_was_reported() -> None:
    sport = "fitness.sport_time"
    found = trend(
        overview_figures(
            trend=(
                TrendDay(date(2026, 9, 29), unit({sport: figure(sport, 10)})),
                TrendDay(date(2026, 9, 30), unit({sport: figure(sport, 10, 5, 4)})),
                TrendDay(date(2026, 10, 8), unit({})),
            )
        ),
        "zh",
    )
    assert found is not None
    drawn = found["data"][4]

    assert drawn["x"] == ["9月29日(周二)", "9月30日(周三)", "10月8日(周四)"]
    assert drawn["y"] == [100.0, 80.0, None]
    assert drawn["marker"]["color"][1] == "#FFFFFF"
    assert [shape["x0"] for shape in found["layout"]["shapes"]] == [1.5]


@pytest.mark.parametrize("stage", [None, "primary"])
def test_a_stage_that_the_unit_lacks_leaves_the_page_whole(stage: str | None) -> None:
    page = overview(overview_figures(stage=stage, occasion=occasion(term=None)))

    assert len(page.tiles) == 5
