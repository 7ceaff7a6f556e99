"""Alerts on pages: who sees which, what stands there, and the forms of those who follow."""

import html
import json
from collections.abc import Iterator
from typing import Any

import pytest

from api.boards.alerts import MOST_LINES
from tests.alerting import HOMEWORK, RULES, SILENT, put_alerts, told
from tests.unit.api import service as building
from tests.unit.api.service import (
    DISTRICT,
    FOLLOW_DISTRICT,
    FOLLOW_SCHOOL,
    MONDAY,
    OTHER_SCHOOL,
    READ_DISTRICT,
    READ_SCHOOL,
    SCHOOL,
    Service,
    event,
)
from tests.unit.api.test_boards import log_in, page, settle
from wuguan.domain.alerting.action import LONGEST_NOTE

FIRING, SILENCE, ENDED = "a-1", "a-2", "a-3"
LIST, ONE = f"/board/{DISTRICT}/alerts", f"/board/{DISTRICT}/alerts/{FIRING}"
OWN = f"/board/{SCHOOL}/alerts/{FIRING}"


@pytest.fixture
def alerted() -> Iterator[Service]:
    """A service with an alert of each kind of a school, and one of another that has ended."""
    made = building.service(alert_rules=RULES)
    put_alerts(
        made.store,
        told(HOMEWORK, FIRING, SCHOOL, ["BBB"], MONDAY),
        told(SILENT, SILENCE, SCHOOL, ["BBBB"], MONDAY, system="e-class-board"),
        told(HOMEWORK, ENDED, OTHER_SCHOOL, ["BBB", "BBBkk"], MONDAY.replace(day=1)),
    )
    with made.http:
        yield made


def act(of: Service, action: str, at: str = ONE, headers: Any = None, **fields: str) -> Any:
    """Sends a form; the answer, not followed."""
    form = {"action": action, **fields}
    return of.http.post(at, data=form, headers=headers, follow_redirects=False)


def happened(of: Service, alert_id: str = FIRING) -> list[str]:
    return [one.happened for one in of.store.alerts.entries(alert_id)]


def test_the_list_has_one_kind_and_leads_to_each_alert(alerted: Service) -> None:
    text = page(alerted, LIST, READ_DISTRICT)

    row = text[text.index("<tbody>") : text.index("</tbody>")]
    assert row.count("<tr>") == 1
    assert f'href="{ONE}">书面作业超时</a>' in row
    assert f'href="/board/{SCHOOL}">一小</a>' in row
    for words in ("预警中", "▲</span> 一般", "符合规定率 83.3%，要求不低于 95%", "9月14日(周一)"):
        assert words in row
    assert '规定执行 <b>1</b></a><a href="/board/990101/alerts?kind=data">数据上报 <b>1</b>' in text
    assert "作业连续未报" not in text


def test_data_stand_apart_with_their_system_and_days(alerted: Service) -> None:
    text = page(alerted, f"{LIST}?kind=data", READ_DISTRICT)

    row = text[text.index("<tbody>") : text.index("</tbody>")]
    assert "作业连续未报 4 个上学日" in row
    assert "<code>e-class-board</code>" in row
    assert "◆</span> 较重" in row
    assert "书面作业超时" not in row


def test_a_list_is_narrowed_by_state_and_severity(alerted: Service) -> None:
    resolved = page(alerted, f"{LIST}?state=resolved", READ_DISTRICT)
    critical = page(alerted, f"{LIST}?severity=critical&state=nonsense", READ_DISTRICT)

    assert "二小" in resolved
    assert "已恢复 <small>情况已好转 9月5日(周六)</small>" in resolved
    assert '<option value="resolved" selected>' in resolved
    assert "没有这样的预警" in critical


def test_a_long_list_goes_on_on_the_next_page(alerted: Service) -> None:
    many = [
        told(HOMEWORK, f"b-{n:03}", SCHOOL, ["BBB"], MONDAY, system=str(n))
        for n in range(MOST_LINES)
    ]
    put_alerts(alerted.store, *many)
    log_in(alerted, READ_DISTRICT)

    first = alerted.http.get(LIST).text
    assert first.count("<tr>") == MOST_LINES + 1
    start = first.index('<a href="', first.index("</table>")) + len('<a href="')
    following = html.unescape(first[start : first.index('"', start)])
    last = alerted.http.get(following).text
    assert last.count("<tr>") == 2
    assert f"b-{MOST_LINES - 1:03}" in last
    assert "下一页" not in last


def test_a_page_says_what_it_is_what_was_found_and_what_happened(alerted: Service) -> None:
    text = page(alerted, ONE, READ_DISTRICT)

    for words in (
        "书面作业超时", "符合规定率 83.3%，要求不低于 95%", "预警不是结论",
        "9月14日(周一)、9月15日(周二)、9月16日(周三)", "连续 3 个上学日超出界限即预警",
    ):  # fmt: skip
        assert words in text
    history = text[text.index('<ol class="history">') :]
    assert history.index("待确认") < history.index("<b>预警</b>")
    assert f'href="{LIST}?kind=compliance">← 预警列表' in text


def report(of: Service, minutes: int, *days: int) -> None:
    """Homework of so many minutes in both classes of the school, on days of September."""
    data = event()["data"]
    classes = [(day, class_id) for day in days for class_id in ("P2023-01", "P2023-02")]
    of.push(
        [
            event(
                100 * minutes + n,
                data={**data, "day": f"2026-09-{day}", "class_id": class_id,
                      "written_minutes": minutes},
            )
            for n, (day, class_id) in enumerate(classes)
        ]
    )  # fmt: skip
    settle(of)


def figure_of(text: str) -> Any:
    """What Plotly is given."""
    start = text.index('data-figure="') + len('data-figure="')
    return json.loads(html.unescape(text[start : text.index('"', start)]))


def test_a_page_has_its_graph_and_the_clause_of_the_rule(alerted: Service) -> None:
    report(alerted, 90, 14, 15)
    report(alerted, 30, 16)
    log_in(alerted, READ_DISTRICT)

    text = alerted.http.get(ONE).text

    line, breaches, bound = figure_of(text)["data"]
    assert line["y"][-5:-2] == [0.0, 0.0, 100.0]
    assert breaches["y"][-5:-2] == [0.0, 0.0, None]
    assert bound["y"][-5:-2] == [95.0, 95.0, 95.0]
    assert "依据的规定" in text
    assert "每日书面作业" in text


def test_silence_is_drawn_as_how_much_was_reported(alerted: Service) -> None:
    put_alerts(alerted.store, told(SILENT, "a-9", SCHOOL, ["BB"], MONDAY))
    report(alerted, 30, 14, 16)
    log_in(alerted, READ_DISTRICT)

    line, breaches = figure_of(alerted.http.get(f"{LIST}/a-9").text)["data"]

    assert line["y"][-5:] == [100.0, 0.0, 100.0, 0.0, 0.0]
    assert breaches["y"][-5:] == [None, 0.0, None, 0.0, 0.0]


def test_the_page_speaks_english(alerted: Service) -> None:
    text = page(alerted, f"{ONE}?lang=en", READ_DISTRICT)

    for words in ("Homework over the limit", "83.3 % keep the rule", "An alert is no verdict"):
        assert words in text


@pytest.mark.parametrize(
    ("key", "path", "status"),
    [
        (READ_SCHOOL, OWN, 200),
        (READ_SCHOOL, LIST, 404),
        (READ_SCHOOL, ONE, 404),
        (READ_SCHOOL, f"/board/{SCHOOL}/alerts/{ENDED}", 404),
        (READ_DISTRICT, f"/board/{OTHER_SCHOOL}/alerts/{FIRING}", 404),
        (READ_DISTRICT, f"/board/{OTHER_SCHOOL}/alerts/{ENDED}", 200),
        (READ_DISTRICT, f"{LIST}/nothing", 404),
    ],
)
def test_a_reader_sees_what_the_key_covers(
    alerted: Service, key: str, path: str, status: int
) -> None:
    log_in(alerted, key)

    assert alerted.http.get(path).status_code == status


def test_the_first_page_of_a_district_and_of_a_school_counts_what_is_firing(
    alerted: Service,
) -> None:
    for unit, key in ((DISTRICT, READ_DISTRICT), (SCHOOL, READ_SCHOOL)):
        text = page(alerted, f"/board/{unit}", key)
        assert f'<a href="/board/{unit}/alerts?kind=compliance">规定执行 <b>1</b>条</a>' in text
        assert f'<a href="/board/{unit}/alerts">预警</a>' in text


def test_a_read_key_sees_no_form_and_one_that_follows_does(alerted: Service) -> None:
    assert '<form method="post" action="/board/990101/alerts' not in page(
        alerted, ONE, READ_DISTRICT
    )
    for key, path in ((FOLLOW_DISTRICT, ONE), (FOLLOW_SCHOOL, OWN)):
        text = page(alerted, path, key)
        assert [verb for verb in ("acknowledge", "assign", "note", "silence", "unsilence")
                if f'name="action" value="{verb}"' in text] == [
            "acknowledge", "assign", "note", "silence",
        ]  # fmt: skip


def test_an_alert_is_followed_on_its_page(alerted: Service) -> None:
    log_in(alerted, FOLLOW_DISTRICT)

    for action, fields in (
        ("acknowledge", {"text": "已联系学校"}),
        ("assign", {"assignee": "张督学"}),
        ("note", {"text": "第一行\r\n第二行"}),
        ("silence", {"until_day": "2026-09-23"}),
    ):
        answer = act(alerted, action, **fields)
        assert (answer.status_code, answer.headers["location"]) == (303, f"{ONE}#history")

    text = alerted.http.get(ONE).text
    assert "已签收/处理中 <small>暂停提醒至 9月24日(周四) 00:00</small>" in text
    for words in ("<q>已联系学校</q>", "<q>张督学</q>", "<q>第一行 第二行</q>", "示例区督学"):
        assert words in text
    assert "<span>至 9月24日(周四) 00:00</span>" in text
    assert 'value="acknowledge"' not in text
    act(alerted, "unsilence")
    assert happened(alerted)[2:] == [
        "acknowledged", "assigned", "noted", "silenced", "unsilenced",
    ]  # fmt: skip
    assert "暂停提醒至" not in alerted.http.get(ONE).text


@pytest.mark.parametrize(
    ("action", "fields", "problem"),
    [
        ("note", {"text": "字" * (LONGEST_NOTE + 1)}, "备注不得超过 1000 个字符"),
        ("note", {"text": "请联系13800138000"}, "请删去 11 位及以上的数字"),
        ("note", {"text": " "}, "备注不能为空"),
        ("silence", {"until_day": "2026-09-01"}, "62 天内"),
        ("silence", {"until_day": "9999-12-31"}, "62 天内"),
        ("burn", {"text": "x"}, "无法读取"),
        ("note", {"text": "字" * 50_000}, "无法读取"),
    ],
)
def test_what_is_refused_is_said_and_stays_in_the_form(
    alerted: Service, action: str, fields: dict[str, str], problem: str
) -> None:
    log_in(alerted, FOLLOW_DISTRICT)

    answer = act(alerted, action, **fields)

    assert answer.status_code == 422
    assert "没有保存：" in answer.text
    assert problem in answer.text
    assert happened(alerted) == ["pending", "fired"]
    written = fields.get("text", "").strip()
    if action == "note" and len(written) < LONGEST_NOTE * 2:
        assert f">\n{fields['text']}</textarea>" in answer.text


def test_what_somebody_else_has_done_meanwhile_is_told(alerted: Service) -> None:
    log_in(alerted, FOLLOW_DISTRICT)
    act(alerted, "acknowledge")

    answer = act(alerted, "acknowledge", text="也已联系")

    assert answer.status_code == 422
    assert "预警目前是「已签收/处理中」" in answer.text
    assert happened(alerted) == ["pending", "fired", "acknowledged"]


@pytest.mark.parametrize("key", [READ_DISTRICT, READ_SCHOOL])
def test_a_read_key_does_nothing(alerted: Service, key: str) -> None:
    log_in(alerted, key)

    answer = act(alerted, "acknowledge", at=ONE if key == READ_DISTRICT else OWN)

    assert answer.status_code == 403
    assert "follow" in answer.text
    assert happened(alerted) == ["pending", "fired"]


def test_a_follower_acts_on_nothing_that_the_key_does_not_cover(alerted: Service) -> None:
    log_in(alerted, FOLLOW_SCHOOL)

    assert act(alerted, "acknowledge").status_code == 404
    assert act(alerted, "note", f"/board/{SCHOOL}/alerts/{ENDED}", text="x").status_code == 404
    assert happened(alerted) == ["pending", "fired"]


def test_a_form_of_another_site_is_not_taken(alerted: Service) -> None:
    log_in(alerted, FOLLOW_DISTRICT)

    answer = act(alerted, "acknowledge", headers={"Sec-Fetch-Site": "cross-site"})

    assert answer.status_code == 403
    assert happened(alerted) == ["pending", "fired"]


def test_what_is_written_is_text_and_never_markup(alerted: Service) -> None:
    log_in(alerted, FOLLOW_DISTRICT)
    act(alerted, "note", text="</q><script>alert(1)</script>")

    text = alerted.http.get(ONE).text

    assert "<script>alert" not in text
    assert html.escape("<script>") in text


def test_whoever_is_not_logged_in_is_led_back(alerted: Service) -> None:
    answer = act(alerted, "acknowledge")

    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/login?next=")
    assert happened(alerted) == ["pending", "fired"]
