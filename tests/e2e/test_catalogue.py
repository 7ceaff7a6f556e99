"""Every board of the catalogue, as its readers open it: in use, empty, large, on a phone."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from dashboards.catalogue import BOARDS
from dashboards.catalogue.homework import HOMEWORK
from dashboards.catalogue.overview import OVERVIEW
from dashboards.catalogue.sleep import SLEEP
from dashboards.model import Board
from dashboards.words import FOOTER, LANGUAGES, said
from tests.e2e.chromium import DESK, PHONE, log_in
from tests.e2e.conftest import quiet_page
from tests.e2e.districts import DISTRICT, SimulatedDistrict, large_district, silent_district
from tests.e2e.test_boards import FORBIDDEN, width_of_content

PROVINCE = "990000"
SHOWN = [board for board in BOARDS if board.datasource == "figures"]
EACH = pytest.mark.parametrize("board", SHOWN, ids=lambda board: str(board.board_id))


@pytest.fixture(scope="module")
def large() -> Iterator[SimulatedDistrict]:
    """504 schools with some days of figures."""
    with large_district(42, 8) as found:
        yield found


@pytest.fixture(scope="module")
def silent() -> Iterator[SimulatedDistrict]:
    """Twelve schools that have said nothing."""
    with silent_district() as found:
        yield found


def open_board(page: Page, of: SimulatedDistrict, board: Board, chosen: str = "") -> None:
    """Logs in as whom the board is for, and opens it."""
    own = {"city": PROVINCE, "school": of.schools[0] if of.schools else "2199000001"}
    unit = own.get(board.board_id, DISTRICT)
    log_in(page, of.base_url, of.key_of(unit), f"/board/{unit}/{board.board_id}{chosen}")


def panels(page: Page, board: Board) -> None:
    """Every panel of the board is there, and every chart is drawn."""
    for panel in board.panels:
        expect(page.locator(f"#{panel.panel_id} h2").first).to_have_text(panel.title.zh)
    charts = page.locator(".chart")
    for place in range(charts.count()):
        expect(charts.nth(place).locator("svg.main-svg").first).to_be_visible()


@EACH
def test_a_board_shows_all_its_panels(
    board: Board, chromium: Browser, district: SimulatedDistrict
) -> None:
    with quiet_page(chromium, DESK) as page:
        open_board(page, district, board)

        panels(page, board)
        expect(page.get_by_text("数据截至")).to_be_visible()
        expect(page.get_by_text("仅用于工作改进")).to_be_visible()
        assert width_of_content(page) <= DESK[0]


@EACH
def test_a_board_of_a_term_on_a_phone_is_no_wider_than_it(
    board: Board, chromium: Browser, district: SimulatedDistrict
) -> None:
    with quiet_page(chromium, PHONE) as page:
        open_board(page, district, board)
        term = page.locator('select[name="period"] option').filter(has_text="学期").first
        page.select_option('select[name="period"]', str(term.get_attribute("value")))
        page.wait_for_url(re.compile("period=term"))

        panels(page, board)
        assert width_of_content(page) <= PHONE[0]


@EACH
def test_a_board_of_504_schools_is_shown_whole(
    board: Board, chromium: Browser, large: SimulatedDistrict
) -> None:
    with quiet_page(chromium, DESK) as page:
        open_board(page, large, board)

        panels(page, board)
        if board.board_id == "overview":
            expect(page.locator("#matrix tbody tr")).to_have_count(504)


@EACH
def test_a_board_without_figures_says_so(
    board: Board, chromium: Browser, silent: SimulatedDistrict
) -> None:
    with quiet_page(chromium, DESK) as page:
        open_board(page, silent, board)

        expect(page.get_by_text("没有数据，或没有需要列出的").first).to_be_visible()
        expect(page.get_by_text("0.0%")).to_have_count(0)


@EACH
def test_no_board_orders_schools_or_gives_marks(
    board: Board, chromium: Browser, district: SimulatedDistrict
) -> None:
    with quiet_page(chromium) as page:
        for language in LANGUAGES:
            open_board(page, district, board)
            page.goto(page.url.partition("?")[0] + f"?lang={language}")

            expect(page.locator("nav.boards a[aria-current]")).to_have_text(
                said(board.title, language)
            )
            found = FORBIDDEN.search(page.content().replace(FOOTER.zh, ""))
            assert found is None, found
            page.goto(page.url.partition("?")[0] + "?lang=zh")
            page.context.clear_cookies()


def test_from_the_overview_to_a_school_to_a_management_with_the_period(
    chromium: Browser, district: SimulatedDistrict
) -> None:
    with quiet_page(chromium) as page:
        open_board(page, district, OVERVIEW)
        month = page.locator('select[name="period"] option').filter(has_text="本月").first
        page.select_option('select[name="period"]', str(month.get_attribute("value")))
        page.wait_for_url(re.compile("period=month"))
        page.locator("#matrix tbody tr td a").first.click()

        expect(page).to_have_url(re.compile(f"/board/{district.schools[0]}/school.*period=month"))
        page.locator("nav.boards").get_by_text("体质", exact=True).click()
        expect(page).to_have_url(re.compile(f"/board/{district.schools[0]}/fitness.*period=month"))
        expect(page.locator("#grades tbody tr").first).to_be_visible()
        page.locator("nav.up a").click()
        expect(page).to_have_url(re.compile(f"/board/{DISTRICT}/fitness.*period=month"))


def test_a_number_of_the_matrix_leads_to_its_management(
    chromium: Browser, district: SimulatedDistrict
) -> None:
    with quiet_page(chromium) as page:
        open_board(page, district, OVERVIEW)
        page.locator("#matrix tbody tr").first.locator("a").nth(1).click()

        expect(page).to_have_url(re.compile(f"/board/{district.schools[0]}/homework"))


def test_a_panel_is_a_file_for_a_spreadsheet(
    chromium: Browser, district: SimulatedDistrict
) -> None:
    with quiet_page(chromium) as page:
        open_board(page, district, OVERVIEW)
        with page.expect_download() as download:
            page.locator("#matrix .file").click()

        content = download.value.path().read_bytes().decode("utf-8-sig")
        heading, first = content.splitlines()[:2]
        assert heading.startswith("代码,学校,作业,睡眠")
        assert first.startswith(f"{district.schools[0]},")
        assert re.fullmatch(
            r"overview-matrix-\d{4}-\d\d-\d\d\.csv", download.value.suggested_filename
        )


def test_choices_work_by_keyboard_and_stay_in_the_address(
    chromium: Browser, district: SimulatedDistrict
) -> None:
    with quiet_page(chromium) as page:
        open_board(page, district, SLEEP)
        page.get_by_label("学段").focus()
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        page.wait_for_url(re.compile("stage=primary"))

        stages = page.locator("#nearly tbody tr td:first-child")
        expect(stages).to_have_text(["小学"])


def test_the_first_page_brings_the_rest_of_the_overview_when_it_is_scrolled_to(
    chromium: Browser, district: SimulatedDistrict
) -> None:
    with quiet_page(chromium) as page:
        log_in(page, district.base_url, district.key_of(DISTRICT))
        page.keyboard.press("End")

        expect(page.locator("#breaches tbody tr").first).to_be_visible()
        expect(page.locator("#distribution svg.main-svg").first).to_be_visible()


@pytest.mark.parametrize(
    ("key_of", "path"),
    [
        ("2199000001", "/board/2199000001/overview"),
        ("2199000001", "/board/2199000002/homework"),
        ("2199000001", "/board/990101/homework"),
        ("2199000001", "/board/2199000002/homework/grades.csv"),
        ("990101", "/board/990000/overview"),
        ("990101", "/board/990101/nothing"),
        ("990101", "/board/990101/overview/nothing.csv"),
        ("990101", "/board/2199000001/school/classes"),
    ],
)
def test_what_is_not_ones_own_is_not_there(
    key_of: str, path: str, chromium: Browser, district: SimulatedDistrict
) -> None:
    with quiet_page(chromium) as page:
        log_in(page, district.base_url, district.key_of(key_of))
        answer = page.request.get(district.base_url + path)

        assert answer.status == 404


@pytest.mark.parametrize("period", ["halfmonth/2020-01-01/2020-01-15", "nonsense", "term"])
def test_a_period_without_figures_shows_the_latest_and_says_so(
    period: str, chromium: Browser, district: SimulatedDistrict
) -> None:
    with quiet_page(chromium) as page:
        open_board(page, district, HOMEWORK, f"?period={period}&stage=x&grade=99&metric=x")

        expect(page.get_by_text("所选时段没有数据，显示最近的时段")).to_be_visible()
        expect(page.locator("#grades tbody tr").first).to_be_visible()
