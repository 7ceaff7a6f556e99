"""An alert is seen by a district and a school, and followed by an inspector on its page."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

import httpx
import pytest
from msgspec.structs import replace
from playwright.sync_api import Browser, Page, expect

from tests.alerting import put_alerts, told
from tests.e2e.chromium import DESK, PHONE, log_in, window
from tests.e2e.conftest import quiet_page
from tests.e2e.districts import DISTRICT, SimulatedDistrict
from tests.e2e.test_boards import FORBIDDEN, width_of_content
from wuguan.adapters.postgres.embedded import EmbeddedServer
from wuguan.adapters.postgres.store import open_store
from wuguan.alert_packs import shipped_alert_rules
from wuguan.domain.alerting.life import end
from wuguan.domain.alerting.rule import AlertRule
from wuguan.domain.instants import CHINA
from wuguan.ports import AlertQuery

RULE = next(one for one in shipped_alert_rules() if one.rule_id == "homework-minutes-primary")
DATA = next(one for one in shipped_alert_rules() if one.rule_id == "silent-system-homework")


@dataclass
class Planted:
    """An alert of a school that has none of the kind by itself."""

    district: SimulatedDistrict
    school: str
    alert_id: str

    @property
    def page(self) -> str:
        """Where the district looks at it."""
        return f"/board/{DISTRICT}/alerts/{self.alert_id}"

    def key(self, scope: str, unit: str = DISTRICT) -> str:
        """A key of a unit."""
        return self.district.key_of(unit, scope)

    def history(self) -> list[str]:
        """What has happened to it, as the API tells."""
        answer = httpx.get(
            f"{self.district.base_url}/v1/alerts/{self.alert_id}",
            headers={"Authorization": f"Bearer {self.key('read')}"},
            trust_env=False,
        )
        return [one["happened"] for one in answer.raise_for_status().json()["history"]]


def plant(district: SimulatedDistrict, rule: AlertRule, system: str = "") -> Planted:
    """An alert of the last three days, put into the database of the running server."""
    first = datetime.now(CHINA).date() - timedelta(days=3)
    query = AlertQuery(units=district.schools, rule_ids=(rule.rule_id,))
    with closing(open_store(EmbeddedServer(district.data_dir).start())) as store:
        taken = {alert.unit_id for alert in store.alerts.alerts(query, None, 1_000)}
        school = next(one for one in district.schools if one not in taken)
        quick = replace(rule, for_days=3)
        put_alerts(
            store, told(quick, alert_id := str(uuid4()), school, ["BBB"], first, system=system)
        )
    return Planted(district, school, alert_id)


@pytest.fixture
def planted(district: SimulatedDistrict) -> Iterator[Planted]:
    """An alert about homework, ended after the test so that the next may have the school."""
    found = plant(district, RULE)
    yield found
    with (
        closing(open_store(EmbeddedServer(district.data_dir).start())) as store,
        store.alerts.changing(found.alert_id) as change,
    ):
        assert change is not None
        if change.alert.is_open:
            change.write(end(change.alert, 1))


def open_alert(page: Page, planted: Planted, scope: str) -> None:
    """Logs in as somebody of the district, and opens the page of the alert."""
    log_in(page, planted.district.base_url, planted.key(scope), planted.page)


def test_a_district_finds_an_alert_from_its_first_page(chromium: Browser, planted: Planted) -> None:
    with quiet_page(chromium) as page:
        log_in(page, planted.district.base_url, planted.key("read"))
        page.locator(".alerts-line").get_by_role("link", name="规定执行").click()
        row = page.locator("tbody tr").filter(has=page.locator(f"[href='{planted.page}']"))
        expect(row).to_contain_text("预警中")
        expect(row).to_contain_text("符合规定率 83.3%，要求不低于 95%")
        row.get_by_role("link", name=RULE.title_zh).click()

        expect(page.get_by_role("heading", level=1)).to_contain_text(RULE.title_zh)
        expect(page.locator(".chart svg.main-svg").first).to_be_visible()
        expect(page.get_by_role("heading", name="依据的规定")).to_be_visible()
        expect(page.locator(".clauses li").first).to_be_visible()
        expect(page.locator(".history li")).to_have_count(2)
        expect(page.locator("main form")).to_have_count(0)
        assert FORBIDDEN.search(page.locator("main").inner_text()) is None
        page.get_by_role("link", name="← 预警列表").click()
        expect(page.get_by_role("navigation", name="看板").locator("[aria-current]")).to_have_text(
            "预警"
        )


def test_a_school_sees_its_own_alert_and_another_does_not(
    chromium: Browser, planted: Planted
) -> None:
    other = next(one for one in planted.district.schools if one != planted.school)
    for school, status in ((planted.school, 200), (other, 404)):
        with quiet_page(chromium) as page:
            log_in(page, planted.district.base_url, planted.key("read", school))
            path = f"/board/{school}/alerts/{planted.alert_id}"
            assert page.request.get(planted.district.base_url + path).status == status


def test_data_stand_on_a_list_of_their_own(chromium: Browser, district: SimulatedDistrict) -> None:
    found = plant(district, DATA, system=f"system-{uuid4().hex[:8]}")
    with quiet_page(chromium) as page:
        log_in(page, district.base_url, found.key("read"), f"/board/{DISTRICT}/alerts")
        expect(page.locator(f"[href='{found.page}']")).to_have_count(0)
        page.get_by_role("navigation", name="类别").get_by_role("link", name="数据上报").click()

        row = page.locator("tbody tr").filter(has=page.locator(f"[href='{found.page}']"))
        expect(row).to_contain_text("连续未报 3 个上学日")
        page.get_by_label("程度").select_option("一般")
        expect(page.get_by_label("程度")).to_have_value("minor")
        expect(page.locator(f"[href='{found.page}']")).to_have_count(1)


def test_an_inspector_follows_an_alert(chromium: Browser, planted: Planted) -> None:
    with quiet_page(chromium) as page:
        open_alert(page, planted, "follow")
        page.get_by_label("签收时的说明").fill("已联系学校")
        page.get_by_role("button", name="签收").click()
        expect(page.locator(".history")).to_contain_text("已联系学校")
        expect(page.get_by_role("button", name="签收")).to_have_count(0)

        page.get_by_label("责任督学").fill("张督学")
        page.get_by_role("button", name="指定").click()
        expect(page.locator(".facts-of-alert")).to_contain_text("张督学")
        page.get_by_label("备注").fill("学校已调整")
        page.get_by_role("button", name="添加备注").click()
        expect(page.locator(".history")).to_contain_text("学校已调整")
        page.locator("#silence").get_by_role("combobox").select_option(index=1)
        page.get_by_role("button", name="暂停提醒").click()
        expect(page.locator(".facts-of-alert")).to_contain_text("暂停提醒至")
        page.get_by_role("button", name="恢复提醒").click()
        expect(page.locator(".facts-of-alert")).not_to_contain_text("暂停提醒至")
    assert planted.history()[2:] == [
        "acknowledged", "assigned", "noted", "silenced", "unsilenced",
    ]  # fmt: skip


def test_following_works_by_keyboard_without_scripts_and_in_english_on_a_phone(
    chromium: Browser, planted: Planted
) -> None:
    with chromium.new_context(
        java_script_enabled=False, viewport={"width": PHONE[0], "height": PHONE[1]}
    ) as context:
        page = context.new_page()
        open_alert(page, planted, "follow")
        page.get_by_role("link", name="EN", exact=True).click()
        page.get_by_label("Note (may be left out)").focus()
        page.keyboard.type("Called the school")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")

        expect(page.locator(".history")).to_contain_text("Called the school")
        expect(page.locator(".facts-of-alert")).to_contain_text("acknowledged, in hand")
    assert planted.history()[2:] == ["acknowledged"]


def test_what_is_refused_can_be_mended(chromium: Browser, planted: Planted) -> None:
    # No quiet page: the console tells of the status 422.
    with window(chromium, DESK) as context:
        page = context.new_page()
        open_alert(page, planted, "follow")
        page.get_by_label("备注").fill("请致电13800138000")
        page.get_by_role("button", name="添加备注").click()

        alert = page.get_by_role("alert")
        expect(alert).to_contain_text("请删去 11 位及以上的数字")
        expect(alert).to_be_in_viewport()
        expect(page.get_by_label("备注")).to_have_value("请致电13800138000")
        page.get_by_label("备注").fill("已致电")
        page.get_by_role("button", name="添加备注").click()
        expect(page.locator(".history")).to_contain_text("已致电")
    assert planted.history()[2:] == ["noted"]


@pytest.mark.parametrize("path", ["", "page"])
def test_the_pages_fit_a_phone_and_paper(chromium: Browser, planted: Planted, path: str) -> None:
    address = planted.page if path else f"/board/{DISTRICT}/alerts"
    with quiet_page(chromium, PHONE) as page:
        log_in(page, planted.district.base_url, planted.key("follow"), address)
        assert width_of_content(page) <= PHONE[0]
        page.emulate_media(media="print")
        expect(page.get_by_text("预警不是结论").first).to_be_visible()
        expect(page.locator(".follow")).to_have_count(0 if not path else 1)
        expect(page.get_by_role("button", name="签收")).to_have_count(0)
