"""What a section chief, an inspector and a head teacher do with the boards."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from dashboards.words import FOOTER
from tests.e2e.chromium import DESK, PHONE, log_in
from tests.e2e.conftest import quiet_page
from tests.e2e.districts import DISTRICT, SimulatedDistrict

FORBIDDEN = re.compile(r"达标学校|排名|打卡|扣分|违规|(?<![a-z])(rank|score)", re.IGNORECASE)
SECTIONS = ("作业", "睡眠", "手机", "读物", "体质")


def width_of_content(page: Page) -> int:
    return int(page.evaluate("document.documentElement.scrollWidth"))


def test_a_district_sees_its_overview(chromium: Browser, district: SimulatedDistrict) -> None:
    with quiet_page(chromium) as page:
        log_in(page, district.base_url, district.key_of(DISTRICT))

        expect(page).to_have_url(f"{district.base_url}/board/{DISTRICT}")
        expect(page.get_by_text("本半月应报12所")).to_be_visible()
        expect(page.locator(".tile h2")).to_have_text([re.compile(f"^{s}") for s in SECTIONS])
        expect(page.locator(".matrix tbody tr")).to_have_count(12)
        expect(page.locator(".chart svg.main-svg").first).to_be_visible()
        expect(page.get_by_text(re.compile("已收数据均已计入|仍在更新"))).to_be_visible()
        expect(page.get_by_text("仅用于工作改进")).to_be_visible()


def test_the_matrix_leads_to_the_page_of_a_school_without_classes(
    chromium: Browser, district: SimulatedDistrict
) -> None:
    with quiet_page(chromium) as page:
        log_in(page, district.base_url, district.key_of(DISTRICT))
        page.locator(".matrix tbody tr a").first.click()

        expect(page.locator("h2").first).to_contain_text("还缺")
        expect(page.locator("svg.band").first).to_be_visible()
        expect(page.locator(".heat-map")).to_have_count(0)
        expect(page.get_by_role("heading", name="被退回数据")).to_have_count(0)
        page.get_by_role("link", name=re.compile("^←")).click()
        expect(page).to_have_url(re.compile(f"/board/{DISTRICT}$"))


def test_a_school_sees_its_classes_and_nobody_elses(
    chromium: Browser, district: SimulatedDistrict
) -> None:
    school, other = district.schools[:2]
    with quiet_page(chromium) as page:
        log_in(page, district.base_url, district.key_of(school))

        expect(page).to_have_url(f"{district.base_url}/board/{school}")
        expect(page.locator(".heat-map tbody tr").first).to_be_visible()
        expect(page.get_by_role("heading", name="被退回数据")).to_be_visible()
        page.get_by_role("navigation", name="管理").get_by_role("link", name="体质").click()
        expect(page.locator(".heat-map")).to_be_visible()
        expect(page.get_by_text("综合体育分钟数")).to_be_visible()
    with quiet_page(chromium) as page:
        log_in(page, district.base_url, district.key_of(school))
        answer = page.request.get(f"{district.base_url}/board/{other}")
        assert answer.status == 404


def test_the_language_is_switched_and_stays(chromium: Browser, district: SimulatedDistrict) -> None:
    with quiet_page(chromium) as page:
        log_in(page, district.base_url, district.key_of(DISTRICT))
        page.get_by_role("link", name="EN", exact=True).click()

        expect(page.get_by_role("heading", name="This term, by school day")).to_be_visible()
        page.locator(".matrix tbody tr a").first.click()
        expect(page.get_by_role("heading", name="By grade")).to_be_visible()
        page.get_by_role("link", name="中文").click()
        expect(page.get_by_role("heading", name="各年级")).to_be_visible()


@pytest.mark.parametrize("of_school", [False, True], ids=["overview", "school"])
def test_on_a_phone_nothing_is_wider_than_the_screen(
    chromium: Browser, district: SimulatedDistrict, of_school: bool
) -> None:
    key = district.key_of(district.schools[0] if of_school else DISTRICT)
    with quiet_page(chromium, PHONE) as page:
        log_in(page, district.base_url, key)

        assert width_of_content(page) <= PHONE[0]
        if not of_school:
            expect(page.locator(".matrix tbody tr").first).to_be_hidden()
            page.locator(".fold summary").click()
            expect(page.locator(".matrix tbody tr").first).to_be_visible()
            assert width_of_content(page) <= PHONE[0]


def test_the_reminder_is_copied_as_text(chromium: Browser, district: SimulatedDistrict) -> None:
    with quiet_page(chromium) as page:
        log_in(page, district.base_url, district.key_of(DISTRICT))
        buttons = page.get_by_role("button", name="复制催报名单")
        # Of 333 classes some are always late on the last day that is due.
        buttons.first.click()

        expect(page.locator("[data-copied]")).to_be_visible()
        copied = page.evaluate("navigator.clipboard.readText()")
        assert copied.startswith("【示范区五项管理】")
        assert "\n1. " in copied


def test_tabs_and_filter_work_by_keyboard(chromium: Browser, district: SimulatedDistrict) -> None:
    with quiet_page(chromium) as page:
        log_in(page, district.base_url, district.key_of(DISTRICT))
        page.get_by_role("tab", name=re.compile("未上报")).focus()
        page.keyboard.press("ArrowRight")

        expect(page.get_by_role("tabpanel", name=re.compile("需核查"))).to_be_visible()
        expect(page.get_by_role("tabpanel", name=re.compile("未上报"))).to_be_hidden()
        page.get_by_label("只看需核查").focus()
        page.keyboard.press("Space")
        shown = page.locator(".matrix tbody tr:visible")
        assert shown.count() == page.locator(".matrix tbody tr[data-checking]").count()


@pytest.mark.parametrize("stage", ["小学", "初中", "高中"])
def test_a_stage_can_be_looked_at_alone(
    chromium: Browser, district: SimulatedDistrict, stage: str
) -> None:
    with quiet_page(chromium) as page:
        log_in(page, district.base_url, district.key_of(DISTRICT))
        page.get_by_role("link", name=stage, exact=True).click()

        expect(page.get_by_role("link", name=stage, exact=True)).to_have_attribute(
            "aria-current", "true"
        )
        assert 0 < page.locator(".matrix tbody tr").count() < 12


def test_an_empty_server_says_what_to_do(chromium: Browser, empty: SimulatedDistrict) -> None:
    with quiet_page(chromium, DESK) as page:
        log_in(page, empty.base_url, empty.key_of(DISTRICT))

        expect(page.get_by_text("名册还是空的")).to_be_visible()


def test_on_paper_lists_and_matrix_are_whole(
    chromium: Browser, district: SimulatedDistrict
) -> None:
    with quiet_page(chromium) as page:
        log_in(page, district.base_url, district.key_of(DISTRICT))
        page.emulate_media(media="print")

        expect(page.locator("#checked")).to_be_visible()
        expect(page.locator("#missing")).to_be_visible()
        expect(page.get_by_role("button", name="打印")).to_be_hidden()
        assert len(page.pdf()) > 10_000


def test_no_page_orders_schools_or_gives_marks(
    chromium: Browser, district: SimulatedDistrict
) -> None:
    with quiet_page(chromium) as page:
        log_in(page, district.base_url, district.key_of(DISTRICT))
        for path in (f"/board/{DISTRICT}", f"/board/{district.schools[0]}", "/units"):
            for language in ("zh", "en"):
                page.goto(f"{district.base_url}{path}?lang={language}")
                said = FORBIDDEN.search(page.content().replace(FOOTER.zh, ""))
                assert said is None, said
