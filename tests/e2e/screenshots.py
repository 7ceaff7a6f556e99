"""`make screenshots`: the boards of the simulated district as pictures for the documents."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page
from rich.console import Console
from rich.progress import Progress

from dashboards.catalogue import BOARDS
from tests.e2e.chromium import DESK, INSTALL, PHONE, browser, find_chromium, log_in, window
from tests.e2e.districts import DISTRICT, SimulatedDistrict, simulated_district
from tests.server import PROJECT

FOLDER = PROJECT / "docs" / "images"
DAYS_OF_HISTORY = 84
SIZES = {"desk": DESK, "phone": PHONE}
LOWER_DOWN = {"overview/trend": "section.trend", "school/classes": "section.heat"}
"""Parts of a board that no first screen shows."""
CATALOGUE = [board for board in BOARDS if board.datasource == "figures"]
PROVINCE = "990000"
_console = Console(stderr=True)


def main() -> None:
    """Simulates a district, looks at its boards, and writes what is seen."""
    path = find_chromium()
    if path is None:
        sys.exit(f"没有找到浏览器 / no browser here; install one: {INSTALL}")
    FOLDER.mkdir(exist_ok=True)
    with _console.status("模拟示范区，约两分钟 simulating the district, about two minutes"):
        opened = simulated_district(12, DAYS_OF_HISTORY)
        district = opened.__enter__()
    try:
        with browser(path) as chromium, Progress(console=_console) as progress:
            _take_all(chromium, district, progress)
    finally:
        opened.__exit__(None, None, None)


def _take_all(chromium: Browser, district: SimulatedDistrict, progress: Progress) -> None:
    wanted = {"overview": DISTRICT, "school": district.schools[0]}
    task = progress.add_task("screenshots", total=len(wanted) * len(SIZES) * 2 + len(CATALOGUE) + 1)
    for board, unit in wanted.items():
        for size_name, size in SIZES.items():
            with _window(chromium, district, unit, size) as page:
                for language in ("zh", "en"):
                    page.goto(f"{district.base_url}/board/{unit}?lang={language}")
                    _take(page, FOLDER / f"{board}-{size_name}-{language}.png")
                    progress.advance(task)
    for shown in CATALOGUE:
        unit = {"city": PROVINCE, "school": district.schools[0]}.get(shown.board_id, DISTRICT)
        with _window(chromium, district, unit, DESK) as page:
            page.goto(f"{district.base_url}/board/{unit}/{shown.board_id}")
            _take(page, FOLDER / f"board-{shown.board_id}.png")
        progress.advance(task)
    _take_alerts(chromium, district)
    progress.advance(task)


def _take_alerts(chromium: Browser, district: SimulatedDistrict) -> None:
    """The list of alerts, and the first of it as whoever follows it sees it."""
    with _window(chromium, district, DISTRICT, DESK, "follow") as page:
        page.goto(f"{district.base_url}/board/{DISTRICT}/alerts?state=firing")
        _take(page, FOLDER / "alerts-desk-zh.png")
        page.locator("tbody th a").first.click()
        page.wait_for_load_state("networkidle")
        page.screenshot(path=FOLDER / "alert-desk-zh.png", full_page=True)


@contextmanager
def _window(
    chromium: Browser,
    district: SimulatedDistrict,
    unit: str,
    size: tuple[int, int],
    scope: str = "read",
) -> Iterator[Page]:
    """A page of somebody who has logged in for a unit."""
    with window(chromium, size) as context:
        page = context.new_page()
        log_in(page, district.base_url, district.key_of(unit, scope))
        yield page


def _take(page: Page, path: Path) -> None:
    page.wait_for_load_state("networkidle")
    page.screenshot(path=path)
    for name, place in LOWER_DOWN.items():
        if path.name == f"{name.partition('/')[0]}-desk-zh.png":
            page.locator(place).scroll_into_view_if_needed()
            page.locator(place).screenshot(path=path.with_name(f"{name.replace('/', '-')}-zh.png"))


if __name__ == "__main__":
    main()
