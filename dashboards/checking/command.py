"""What `check` finds wrong: files that are not current, queries that do not answer."""

from collections.abc import Sequence
from contextlib import ExitStack
from datetime import date

from rich.console import Console

from dashboards.checking.checks import checks, wrong
from dashboards.checking.places import seeded
from dashboards.grafana.files import files, out_of_date
from dashboards.model import Board
from dashboards.progress import shown_if_slow


def check_boards(boards: Sequence[Board], today: date) -> list[str]:
    """Every fault of the files and, on a database made for it, of the queries."""
    stale = out_of_date(files(boards))
    return [_out_of_date(stale)] * bool(stale) + _faults_of_queries(boards, today)


def _faults_of_queries(boards: Sequence[Board], today: date) -> list[str]:
    with ExitStack() as stack:
        with Console(stderr=True).status("准备数据库 preparing a database"):
            places = stack.enter_context(seeded(today))
        of_boards = list(checks(boards, places))
        return wrong([check() for check in shown_if_slow(of_boards, "检查 checking")])


def _out_of_date(stale: Sequence[str]) -> str:
    return (
        f"看板文件不是最新（{', '.join(stale)}）；请运行 make boards 并提交"
        f" / out of date: {', '.join(stale)}; run `make boards` and commit what it writes"
    )
