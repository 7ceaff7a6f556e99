"""A school replies to a finding on its own page."""

import re

import httpx
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.e2e.chromium import DESK, PHONE, log_in, window
from tests.e2e.conftest import quiet_page
from tests.e2e.districts import DISTRICT, SimulatedDistrict
from wuguan.domain.reply import LONGEST_TEXT

KIND = "two_sources_differ"
"""The parents of one school contradict the homework that it states."""


@pytest.fixture(scope="module")
def place(district: SimulatedDistrict) -> tuple[str, str]:
    """That school, and the last day with the finding."""
    school = district.schools[9]
    rows = get(district, "/v1/findings", district.key_of(school)).json()["rows"]
    return school, max(row["day"] for row in rows if row["kind"] == KIND)


def get(district: SimulatedDistrict, path: str, key: str) -> httpx.Response:
    headers = {"Authorization": f"Bearer {key}"}
    return httpx.get(district.base_url + path, headers=headers, trust_env=False)


def replies(district: SimulatedDistrict, place: tuple[str, str]) -> list[str]:
    """What the district reads."""
    path = f"/v1/replies?from={place[1]}&to={place[1]}"
    rows = get(district, path, district.key_of(DISTRICT)).json()["rows"]
    return [row["text"] for row in rows if row["school_id"] == place[0]]


def own_row(page: Page, district: SimulatedDistrict, place: tuple[str, str]) -> Locator:
    """The finding's row on the page of the school, which has logged in."""
    school, day = place
    log_in(page, district.base_url, district.key_of(school), f"/board/{school}?day={day}")
    return page.locator(f"[id='doubt-{day}-homework-{KIND}']")


def test_a_school_replies_changes_its_reply_and_takes_it_back(
    chromium: Browser, district: SimulatedDistrict, place: tuple[str, str]
) -> None:
    with quiet_page(chromium) as page:
        row = own_row(page, district, place)
        row.get_by_text("写说明").click()
        expect(row.get_by_text("请不要写学生姓名")).to_be_visible()
        row.get_by_role("textbox").fill("家长问卷题目有误\n已请家长重填")
        row.get_by_role("button", name="提交").click()

        expect(page).to_have_url(re.compile(rf"\?day={place[1]}#doubt-"))
        expect(row.get_by_text("家长问卷题目有误 已请家长重填").first).to_be_visible()
        assert replies(district, place) == ["家长问卷题目有误 已请家长重填"]

        row.get_by_text("修改或收回").click()
        row.get_by_role("textbox").fill("已重填")
        row.get_by_role("button", name="提交").click()
        expect(row.locator("p").first).to_contain_text("已重填")
        assert replies(district, place) == ["已重填"]

        row.get_by_text("修改或收回").click()
        row.get_by_role("button", name="收回").click()
        expect(row.get_by_text("写说明")).to_be_visible()
        assert replies(district, place) == []


def test_replying_works_by_keyboard_without_scripts_and_in_english_on_a_phone(
    chromium: Browser, district: SimulatedDistrict, place: tuple[str, str]
) -> None:
    with chromium.new_context(
        java_script_enabled=False, viewport={"width": PHONE[0], "height": PHONE[1]}
    ) as context:
        page = context.new_page()
        row = own_row(page, district, place)
        page.get_by_role("link", name="EN", exact=True).click()
        row.locator("summary").last.focus()
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        page.keyboard.type("Asked again")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")

        expect(row.get_by_text("Asked again").first).to_be_visible()
        row.get_by_text("Change or take back").click()
        box = row.get_by_role("textbox").bounding_box()
        assert box is not None
        assert 200 < box["width"] <= PHONE[0]
        row.get_by_role("button", name="Take back").click()
        expect(row.get_by_text("Write a reply")).to_be_visible()
    assert replies(district, place) == []


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("字" * (LONGEST_TEXT + 1), "不得超过 500 个字符"),
        ("请致电13800138000", "请删去 11 位及以上的数字"),
    ],
    ids=["too long", "a telephone number"],
)
def test_what_is_refused_can_be_mended(
    chromium: Browser, district: SimulatedDistrict, place: tuple[str, str], text: str, problem: str
) -> None:
    # No quiet page: the console tells of the status 422.
    with window(chromium, DESK) as context:
        page = context.new_page()
        row = own_row(page, district, place)
        row.get_by_text("写说明").click()
        # What is set by a program, no browser cuts to the length that a form allows.
        row.get_by_role("textbox").evaluate("(area, text) => { area.value = text }", text)
        row.get_by_role("button", name="提交").click()

        alert = page.get_by_role("alert")
        expect(alert).to_contain_text(problem)
        expect(alert).to_be_in_viewport()
        expect(row.get_by_role("textbox")).to_have_value(text)
        assert replies(district, place) == []

        row.get_by_role("textbox").fill("改正后的说明")
        row.get_by_role("button", name="提交").click()
        expect(row.get_by_text("改正后的说明").first).to_be_visible()
        row.get_by_text("修改或收回").click()
        row.get_by_role("button", name="收回").click()
        expect(row.get_by_text("写说明")).to_be_visible()


def test_no_other_key_replies_for_the_school(
    chromium: Browser, district: SimulatedDistrict, place: tuple[str, str]
) -> None:
    school, day = place
    form: dict[str, str | float | bool] = {
        "day": day,
        "management": "homework",
        "kind": KIND,
        "text": "代写",
    }
    for unit in (DISTRICT, district.schools[0]):
        with quiet_page(chromium) as page:
            log_in(page, district.base_url, district.key_of(unit))
            answer = page.request.post(f"{district.base_url}/board/{school}/reply", form=form)

            assert answer.status == 403
            assert "没有保存" in answer.text()
    assert replies(district, place) == []
