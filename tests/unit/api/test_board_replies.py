"""A school writes its replies on its own page."""

import html
from typing import Any

import pytest

from tests.unit.api.service import MONDAY, READ_DISTRICT, READ_SCHOOL, SCHOOL, Service
from tests.unit.api.test_boards import SCHOOL_BOARD, log_in, page
from tests.unit.api.test_replies import find
from wuguan.domain.ledger import LedgerKey
from wuguan.domain.reply import LONGEST_TEXT, FindingKey, Reply
from wuguan.ports import Store

DAY = MONDAY.replace(day=17)
ROW = f"doubt-{DAY}-sleep-off_plan"
FORM = {"day": DAY.isoformat(), "management": "sleep", "kind": "off_plan", "text": "临时调查"}
"""Of the half-month that the service's clock is in."""


@pytest.fixture
def doubtful(service: Service) -> Service:
    """A service with a finding, in which the school is logged in."""
    find(service, "off_plan", day=DAY)
    log_in(service, READ_SCHOOL)
    return service


def send(of: Service, query: str = "", headers: Any = None, **changed: str) -> Any:
    """Sends the form; the answer, not followed."""
    return of.http.post(
        f"{SCHOOL_BOARD}/reply{query}",
        data={**FORM, **changed},
        headers=headers,
        follow_redirects=False,
    )


def said(store: Store) -> list[str]:
    return [reply.text for reply in store.replies.list([SCHOOL], DAY, DAY, None, 10)]


def test_a_reply_is_kept_and_shown_beside_its_finding(doubtful: Service) -> None:
    answer = send(doubtful, "?day=2026-09-18")

    assert answer.status_code == 303
    assert answer.headers["location"] == f"{SCHOOL_BOARD}?day=2026-09-18#{ROW}"
    shown = doubtful.http.get(SCHOOL_BOARD).text
    row = shown[shown.index(f'id="{ROW}"') :]
    assert "<p>临时调查 <small>9月20日(周日) 12:00</small></p>" in row
    assert "收回" in row
    assert f'maxlength="{LONGEST_TEXT}"' in row
    assert "请不要写学生姓名" in row


def test_a_finding_without_a_reply_has_an_empty_form(doubtful: Service) -> None:
    text = doubtful.http.get(SCHOOL_BOARD).text

    assert f'action="{SCHOOL_BOARD}/reply#doubts-title"' in text
    assert "写说明" in text
    assert "收回" not in text
    assert "Write a reply" in doubtful.http.get(f"{SCHOOL_BOARD}?lang=en").text


def test_a_reply_is_changed_and_taken_back(doubtful: Service) -> None:
    send(doubtful)
    send(doubtful, text="改过")
    changed = said(doubtful.store)

    answer = send(doubtful, take_back="1")

    assert changed == ["改过"]
    assert said(doubtful.store) == []
    assert answer.headers["location"] == f"{SCHOOL_BOARD}#doubts-title"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("字" * (LONGEST_TEXT + 1), "说明不得超过 500 个字符"),
        ("请联系13800138000", "请删去 11 位及以上的数字"),
    ],
)
def test_what_is_refused_is_said_on_the_page_and_stays_in_the_form(
    doubtful: Service, text: str, problem: str
) -> None:
    answer = send(doubtful, text=text)

    assert answer.status_code == 422
    assert f"说明没有保存：{problem}" in answer.text
    assert f">\n{text}</textarea>" in answer.text
    assert f'href="{SCHOOL_BOARD}?lang=en"' in answer.text
    assert "form-action 'self'" in answer.headers["content-security-policy"]
    assert said(doubtful.store) == []


def test_a_text_is_text_and_never_markup(doubtful: Service) -> None:
    send(doubtful, text="</textarea><script>")

    shown = doubtful.http.get(SCHOOL_BOARD).text

    assert "</textarea><script>" not in shown
    assert html.escape("</textarea><script>") in shown


def test_a_form_far_too_long_or_of_something_else_is_told_so(doubtful: Service) -> None:
    assert "没有保存" in send(doubtful, text="字" * 50_000).text
    assert send(doubtful, kind="<b>", day="x").status_code == 422


def test_a_finding_mended_meanwhile_takes_no_reply_but_gives_one_back(doubtful: Service) -> None:
    send(doubtful)
    with doubtful.store.ledgers.writing([SCHOOL]) as writing:
        writing.remove([LedgerKey(SCHOOL, "sleep", "P2023-01", DAY)])

    answer = send(doubtful, text="改过")

    assert answer.status_code == 422
    assert "这项数据已更正" in answer.text
    assert said(doubtful.store) == ["临时调查"]
    shown = doubtful.http.get(SCHOOL_BOARD).text
    assert "说明仍在，可以收回" in shown
    assert "<textarea" not in shown[shown.index(ROW) :]
    send(doubtful, take_back="1")
    assert said(doubtful.store) == []


def test_nobody_but_the_school_replies(doubtful: Service) -> None:
    log_in(doubtful, READ_DISTRICT)

    answer = send(doubtful)

    assert answer.status_code == 403
    assert "本校自己的读取密钥" in answer.text
    assert said(doubtful.store) == []


def test_a_form_of_another_site_is_not_taken(doubtful: Service) -> None:
    answer = send(doubtful, headers={"Sec-Fetch-Site": "cross-site"})

    assert answer.status_code == 403
    assert said(doubtful.store) == []


def test_whoever_is_not_logged_in_is_led_back_to_the_page(doubtful: Service) -> None:
    doubtful.http.cookies.clear()

    answer = send(doubtful)

    assert answer.headers["location"] == f"/login?next=%2Fboard%2F{SCHOOL}%2Freply"
    assert said(doubtful.store) == []
    back = doubtful.http.get(f"{SCHOOL_BOARD}/reply?lang=en", follow_redirects=False)
    assert back.status_code == 303
    assert back.headers["location"] == f"{SCHOOL_BOARD}?lang=en#doubts-title"


def test_a_district_sees_no_form(doubtful: Service) -> None:
    finding = FindingKey(DAY, SCHOOL, "sleep", "off_plan")
    doubtful.store.replies.put(Reply(finding, "临时调查", 1))

    assert "<textarea" not in page(doubtful, SCHOOL_BOARD, READ_DISTRICT)
