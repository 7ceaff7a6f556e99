"""What the demonstration shows and remembers."""

import stat
from datetime import date, datetime
from pathlib import Path

import pytest
from rich.console import Console

from producers.couriers import Delivery
from producers.demo_board import Board, board, compliance_text, reporting_text
from producers.demo_occasion import occasion_of
from producers.demo_reset import forget
from producers.demo_screen import plain_lines, table
from producers.demo_state import fresh_state, load_state, save_state
from wuguan.client.answers import Figures, Row
from wuguan.domain.errors import Misconfigured
from wuguan.domain.instants import CHINA


def row(**fields: int | bool) -> Row:
    return Row("2026-11-23", "990101", "sleep.duration", **fields)  # type: ignore[arg-type]  # ints by name


def shown(*rows: Row) -> Board:
    figures = Figures(rows, "2026-11-23T16:30:00+08:00", settled=True)
    return board(
        title="t", shown_day=date(2026, 11, 23), notes=(), term=figures, day=figures, events={}
    )


@pytest.mark.parametrize(
    ("figures", "reporting", "compliance"),
    [
        (None, "无需上报", "无数据"),
        (row(withheld=True), "不予显示", "不予显示"),
        (row(expected=9, reported=0, judged=0, compliant=0), "未上报", "无数据"),
        (row(expected=9, reported=9, judged=0, compliant=0), "100.0%", "不评定"),
        (row(expected=9, reported=6, judged=6, compliant=3), "66.7%", "50.0% (3/6)"),
        (row(expected=9, reported=6, judged=6, compliant=0), "66.7%", "0.0% (0/6)"),
    ],
)
def test_where_there_is_no_number_there_is_a_word_and_never_zero_percent(
    figures: Row | None, reporting: str, compliance: str
) -> None:
    assert reporting in reporting_text(figures)
    assert compliance in compliance_text(figures)


def test_all_five_managements_stand_on_table_and_plain_lines() -> None:
    # given
    console = Console(width=200, record=True, quiet=False, file=None, force_terminal=False)

    # when
    with console.capture() as captured:
        console.print(table(shown()))
    plain = "\n".join(plain_lines(shown(), 1, 2))

    # then
    for name in ("作业", "睡眠", "手机", "读物", "体质"):
        assert name in captured.get()
        assert name in plain


@pytest.mark.parametrize(
    ("today", "shown_day", "term_first"),
    [
        (date(2026, 11, 23), date(2026, 11, 23), date(2026, 9, 1)),
        (date(2026, 11, 22), date(2026, 11, 20), date(2026, 9, 1)),
        (date(2026, 9, 20), date(2026, 9, 20), date(2026, 9, 1)),
        (date(2026, 8, 20), date(2026, 7, 3), date(2026, 2, 24)),
        (date(2026, 2, 10), date(2026, 1, 22), date(2025, 9, 1)),
    ],
)
def test_on_a_day_without_school_the_last_school_day_is_shown(
    today: date, shown_day: date, term_first: date
) -> None:
    # when
    occasion = occasion_of(today, real_today=today)

    # then
    assert occasion.shown_day == shown_day
    assert occasion.term.first == term_first
    assert bool(occasion.notes()) == (today != shown_day)


def test_a_demo_date_ends_at_its_own_midnight() -> None:
    occasion = occasion_of(date(2026, 10, 9), real_today=date(2026, 11, 23))
    now = occasion.now(datetime(2026, 11, 23, 12, tzinfo=CHINA))
    assert now.date() == date(2026, 10, 9)
    assert any("演示日期" in note for note in occasion.notes())


def test_the_state_is_kept_for_its_owner_only_and_read_back(tmp_path: Path) -> None:
    # given
    until = datetime(2026, 11, 23, 16, tzinfo=CHINA)
    state = fresh_state(7).begun(until, date(2026, 9, 1))
    state = state.loaded(date(2026, 11, 23), [Delivery({"sleep": 3}, 1)])
    state = state.sent(until, [Delivery({"sleep": 2, "phone": 1}, 0)])

    # when
    save_state(tmp_path, state)

    # then
    read = load_state(tmp_path, 7)
    assert read == state
    assert read.events == {"sleep": 5, "phone": 1}
    assert read.rejected == 1
    assert [stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()] == [0o600]


def test_a_folder_with_other_data_is_neither_filled_nor_forgotten(tmp_path: Path) -> None:
    # given
    treasure = tmp_path / "treasure"
    treasure.write_text("real")

    # when
    with pytest.raises(Misconfigured):
        load_state(tmp_path, 7)
    with pytest.raises(Misconfigured):
        forget(tmp_path)

    # then
    assert treasure.exists()


def test_a_state_that_cannot_be_read_names_the_way_out(tmp_path: Path) -> None:
    (tmp_path / "demo-state.json").write_text("{")
    with pytest.raises(Misconfigured, match="demo-reset"):
        load_state(tmp_path, 7)


def test_an_older_demos_folder_is_refused_and_the_way_out_named(tmp_path: Path) -> None:
    # given what the demonstration of four schools had kept
    (tmp_path / "demo-state.json").write_text(
        '{"seed": 2026, "admin_key": "k", "port": 8000, "server_pid": 0, "ingest_keys": {},'
        ' "read_keys": {}, "sent_until": {"2199000001": "2026-11-23T16:00:00+08:00"},'
        ' "events": {"sleep": 5}, "rejected": 1}'
    )

    # when
    with pytest.raises(Misconfigured, match="demo-reset"):
        load_state(tmp_path, 2026)

    # then
    assert forget(tmp_path)


def test_forgetting_removes_the_folder_once(tmp_path: Path) -> None:
    data = tmp_path / "demo"
    save_state(data, fresh_state(7))
    assert forget(data)
    assert not data.exists()
    assert not forget(data)
