"""The boards over HTTP: who may see which page, what it says, and that nothing leaks."""

import html
import re
from typing import Any

import pytest

from api.authentication import digest_of
from tests.turns import Turns
from tests.unit.api.service import (
    ADMIN,
    DISTRICT,
    INGEST,
    OTHER_SCHOOL,
    PROVINCE,
    READ_DISTRICT,
    READ_SCHOOL,
    SCHOOL,
    Service,
    event,
    service,
)
from wuguan.domain.errors import TemporarilyUnavailable
from wuguan.domain.instants import china_day, parse_instant
from wuguan.ports import ApiKey

DISTRICT_BOARD, SCHOOL_BOARD = f"/board/{DISTRICT}", f"/board/{SCHOOL}"
PUPILS = 3


def log_in(of: Service, key: str, following: str = "") -> Any:
    """Logs in; the answer, not followed."""
    return of.http.post("/login", data={"key": key, "next": following}, follow_redirects=False)


def page(of: Service, path: str, key: str | None = None, status: int = 200) -> str:
    """A page as its text, with a key."""
    of.http.cookies.clear()
    if key is not None:
        assert log_in(of, key).status_code == 303
    answer = of.http.get(path, follow_redirects=False)
    assert answer.status_code == status, answer.text
    return html.unescape(answer.text)


def settle(of: Service) -> None:
    Turns(of.store, today=china_day(of.clock())).until_quiet()


def reported(day: str, class_id: str = "P2023-01", minutes: int = 45, **at: Any) -> dict[str, Any]:
    data = {
        "class_id": class_id, "day": day, "written_minutes": minutes, "basis": "timed",
        "written_tasks": 2, "phone_tasks": 0, "parent_tasks": 0,
    }  # fmt: skip
    return event(data=data, id=f"{class_id}-{day}", time=f"{day}T17:00:00+08:00", **at)


@pytest.fixture
def lively(service: Service) -> Service:
    """A service on Friday 18 September, 20:00, with a week of homework of one class."""
    service.clock.now_us = parse_instant("2026-09-18T20:00:00+08:00") or 0
    days = [f"2026-09-{day}" for day in (14, 15, 16, 17)]
    service.push([reported(day, minutes=75 if day == days[2] else 45) for day in days])
    settle(service)
    return service


# ---- logging in


@pytest.mark.parametrize("path", ["/", "/units", DISTRICT_BOARD, SCHOOL_BOARD])
def test_whoever_is_not_logged_in_is_sent_to_log_in_and_comes_back(
    service: Service, path: str
) -> None:
    answer = service.http.get(path, follow_redirects=False)

    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/login?next=%2F")


def test_a_key_becomes_a_cookie_that_no_script_and_no_other_site_can_use(service: Service) -> None:
    answer = log_in(service, READ_DISTRICT, DISTRICT_BOARD)

    assert (answer.status_code, answer.headers["location"]) == (303, DISTRICT_BOARD)
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert "path=/" in cookie


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("", "密钥无效"),
        ("wg_unknown", "密钥无效"),
        (INGEST, "推送密钥只用于上报"),
        (ADMIN, "管理密钥不用于看板"),
    ],
)
def test_a_key_that_cannot_read_is_told_what_is_wrong(
    service: Service, key: str, said: str
) -> None:
    answer = log_in(service, key)

    assert answer.status_code == 401
    assert said in answer.text
    assert "set-cookie" not in answer.headers
    assert not key or key not in answer.text


@pytest.mark.parametrize(
    "following", ["//evil.example", "https://evil.example/", "/\\evil.example", "", "x", "/a\nb"]
)
def test_logging_in_never_sends_anybody_to_another_site(service: Service, following: str) -> None:
    assert log_in(service, READ_DISTRICT, following).headers["location"] == "/"


def test_a_form_that_is_too_long_or_no_form_is_no_key(service: Service) -> None:
    for body in (b"key=" + b"x" * 10_000, "key=钥匙".encode()):
        assert service.http.post("/login", content=body).status_code == 401


def test_a_form_of_another_site_logs_nobody_in_or_out(service: Service) -> None:
    elsewhere = {"Sec-Fetch-Site": "cross-site"}

    answer = service.http.post("/login", data={"key": READ_DISTRICT}, headers=elsewhere)

    assert "set-cookie" not in answer.headers
    assert service.http.post("/logout", headers=elsewhere).status_code == 403


def test_keys_cannot_be_tried_out_at_will(service: Service) -> None:
    for number in range(20):
        answer = log_in(service, f"wg_guess_{number}")

    assert "请求过于频繁" in answer.text
    assert log_in(service, READ_DISTRICT).status_code == 401


def test_while_the_store_is_away_people_get_a_page(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(_: bytes) -> None:
        raise TemporarilyUnavailable("away")

    monkeypatch.setattr(service.store.keys, "find", away)
    service.http.cookies.set("wuguan_key", "wg_any")

    for path in ("/", "/units", DISTRICT_BOARD):
        answer = service.http.get(path, follow_redirects=False)
        assert (answer.status_code, "retry-after" in answer.headers) == (503, True)
        assert "数据暂时无法读取" in answer.text


def test_logging_out_and_ending_the_key_both_end_the_session(service: Service) -> None:
    assert page(service, DISTRICT_BOARD, READ_DISTRICT)
    service.store.keys.delete("district")
    service.clock.forward(1)

    assert service.http.get(DISTRICT_BOARD, follow_redirects=False).status_code == 303
    assert "wuguan_key=\"\"" in service.http.post("/logout", follow_redirects=False).headers[
        "set-cookie"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("key", "place"),
    [(READ_DISTRICT, DISTRICT_BOARD), (READ_SCHOOL, SCHOOL_BOARD)],
)
def test_everybody_begins_at_the_board_of_their_own_unit(
    service: Service, key: str, place: str
) -> None:
    log_in(service, key)

    assert service.http.get("/", follow_redirects=False).headers["location"] == place


# ---- who sees what


@pytest.mark.parametrize(
    ("key", "unit"),
    [
        (READ_SCHOOL, DISTRICT),
        (READ_SCHOOL, OTHER_SCHOOL),
        (READ_DISTRICT, PROVINCE),
        (READ_DISTRICT, "nowhere"),
        (READ_DISTRICT, "<script>"),
    ],
)
def test_a_unit_that_the_key_does_not_cover_is_as_if_it_were_not_there(
    service: Service, key: str, unit: str
) -> None:
    text = page(service, f"/board/{unit}", key, 404)

    assert "没有这个单位" in text
    assert "<script>" not in text


def test_a_district_sees_its_schools_but_neither_classes_nor_what_was_refused(
    lively: Service,
) -> None:
    lively.push([{"id": "bad"}], key=INGEST)

    overview, school = (
        page(lively, path, READ_DISTRICT) for path in (DISTRICT_BOARD, SCHOOL_BOARD)
    )

    assert "一小" in overview
    assert "P2023-01" not in overview + school
    assert "被退回数据" not in re.sub(r"<p class=\"note\">.*?</p>", "", school)


def test_a_school_sees_its_classes_day_by_day_and_what_was_refused_with_the_mend(
    lively: Service,
) -> None:
    lively.push([event(5, data={"class_id": "P2023-01", "day": "2026-09-14", "extra": 1})])

    text = page(lively, SCHOOL_BOARD, READ_SCHOOL)

    assert "P2023-02" in text
    assert re.search(r'class="check">.*75</td>', text)
    assert re.search(r'class="in-line">.*45</td>', text)
    assert "被退回数据" in text
    assert "/data" in text


def test_a_few_pupils_are_withheld_from_the_district_and_shown_to_the_school(
    service: Service,
) -> None:
    small = "P2023-02"  # Three pupils.
    night = {"asked": PUPILS, "duration_counts": [0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0]}
    service.push(
        [
            event(
                short="sleep.night_surveyed",
                data={"class_id": small, "day": "2026-09-16", **night},
                time="2026-09-17T08:00:00+08:00",
            )
        ]
    )
    settle(service)

    assert "人数过少，不予显示" in page(service, SCHOOL_BOARD, READ_DISTRICT)
    assert "人数过少，不予显示" not in page(service, SCHOOL_BOARD, READ_SCHOOL)


def test_a_district_sees_a_school_from_the_day_on_which_it_came_to_it(lively: Service) -> None:
    other = {"unit_id": "990102", "level": "district", "name": "邻区", "parent": PROVINCE}
    moved = {"school_id": SCHOOL, "name": "一小", "parent": "990102", "system": "6-3"}
    lively.put("/v1/roster", {"units": [other], "schools": [{**moved, "valid_from": "2026-09-18"}]})
    settle(lively)
    key = ApiKey("neighbour", "read", "990102", "neighbour", 0)
    lively.store.keys.add(key, digest_of("a-read-key-of-the-neighbour"))

    page(lively, f"{SCHOOL_BOARD}?day=2026-09-17", "a-read-key-of-the-neighbour", 404)
    since = page(lively, SCHOOL_BOARD, "a-read-key-of-the-neighbour")
    overview = page(lively, "/board/990102", "a-read-key-of-the-neighbour")

    # Friday alone, of which nothing was reported; the days before were another district's.
    assert "66.7%" not in since + overview
    assert "75.0%" not in since + overview
    assert "未上报" in since


# ---- what it says


def test_the_overview_says_who_reported_what_is_missing_and_as_of_when(lively: Service) -> None:
    text = page(lively, DISTRICT_BOARD, READ_DISTRICT)

    assert "本半月 9月16–30日 · 第3教学周" in text
    assert '数据截至 9月18日(周五) 20:00 · <b class="settled">已收数据均已计入</b>' in text
    assert "今日未上报" in text
    assert "二小</a> <span>作业1班" in text
    assert "【示例区五项管理】9月18日(周五)尚未上报" in text


def test_the_night_before_a_school_day_puts_no_sunday_on_the_axis(lively: Service) -> None:
    nights = [
        event(
            short="sleep.night_surveyed",
            data={"class_id": "P2023-01", "day": day, "asked": 6,
                  "duration_counts": [0, 0, 0, 0, 0, 0, 0, 0, 6, 0, 0]},
            id=day, time=f"{day}T23:00:00+08:00",
        )
        for day in ("2026-09-13", "2026-09-14")
    ]  # fmt: skip
    lively.push(nights)
    settle(lively)

    text = page(lively, DISTRICT_BOARD, READ_DISTRICT)

    assert "9月14日(周一)" in text
    assert "9月13日(周日)" not in text


def test_a_day_on_which_all_reported_is_no_vacation(lively: Service) -> None:
    day = "2026-09-17"
    lively.push(
        [reported(day, "P2023-02")]
        + [
            event(short=f"{m}.nil_reported", data={"class_id": c, "day": day}, id=f"{m}{c}")
            for m in ("phone", "reading", "fitness", "sleep")
            for c in ("P2023-01", "P2023-02")
        ]
        + [
            event(
                short="sleep.nil_reported",
                data={"class_id": c, "day": "2026-09-16"},
                id=f"night{c}",
            )
            for c in ("P2023-01", "P2023-02")
        ]
    )
    settle(lively)

    text = page(lively, f"{SCHOOL_BOARD}?day={day}", READ_SCHOOL)

    assert "应报的都已上报" in text
    assert "假期，无需上报" not in text


def test_figures_that_still_move_say_so(lively: Service) -> None:
    lively.push([reported("2026-09-18")])

    assert "仍在更新" in page(lively, DISTRICT_BOARD, READ_DISTRICT)


def test_every_page_is_there_in_english_and_stays_so(lively: Service) -> None:
    page(lively, DISTRICT_BOARD, READ_DISTRICT)

    assert "Not reported today" in lively.http.get(f"{DISTRICT_BOARD}?lang=en").text
    assert "Missing today" in lively.http.get(SCHOOL_BOARD).text
    assert "今天还缺" in lively.http.get(f"{SCHOOL_BOARD}?lang=zh").text


@pytest.mark.parametrize(
    ("now", "said"),
    [
        ("2026-09-19T09:00:00+08:00", "9月19日(周六)假期或休息日，无需上报；显示最近的上学日"),
        ("2026-10-03T09:00:00+08:00", "显示最近的上学日 9月30日(周三)"),
        ("2027-02-01T09:00:00+08:00", "2027年的国家放假安排尚未载入"),
    ],
)  # fmt: skip
def test_on_a_day_without_school_the_last_school_day_is_shown_and_never_0_percent(
    lively: Service, now: str, said: str
) -> None:
    lively.clock.now_us = parse_instant(now) or 0
    lively.store.roster.open_days(china_day(lively.clock()))
    settle(lively)

    text = page(lively, DISTRICT_BOARD, READ_DISTRICT)

    assert said in text
    # How wide a bar is drawn is no figure.
    assert not re.search(r"[^\d.]0(\.0)?%", re.sub(r"style=\"[^\"]*\"", "", text))


def test_a_day_of_the_past_can_be_asked_for(lively: Service) -> None:
    text = page(lively, f"{DISTRICT_BOARD}?day=2026-09-15", READ_DISTRICT)

    assert "显示历史日期 9月15日(周二)" in text
    assert "本半月 9月1–15日" in text


@pytest.mark.parametrize(
    "query", ["?day=tomorrow", "?day=2999-01-01", "?day=0001-01-02", "?stage=x", "?m=x&lang=x"]
)
def test_a_parameter_that_makes_no_sense_is_as_if_it_were_not_there(
    lively: Service, query: str
) -> None:
    assert "二小" in page(lively, DISTRICT_BOARD + query, READ_DISTRICT)
    assert "P2023-02" in page(lively, SCHOOL_BOARD + query, READ_SCHOOL)


def test_an_empty_store_has_pages_too() -> None:
    empty = service(roster=False)
    with empty.http:
        assert "名册还是空的" in page(empty, "/units", READ_DISTRICT)
        assert "没有这个单位" in page(empty, DISTRICT_BOARD, READ_DISTRICT, 404)


def test_a_roster_without_calendar_or_facts_is_said_in_words() -> None:
    bare = service(roster=False)
    with bare.http:
        bare.put(
            "/v1/roster",
            {"units": [{"unit_id": DISTRICT, "level": "district", "name": "空区", "parent": None}]},
        )
        text = page(bare, DISTRICT_BOARD, READ_DISTRICT)

    assert "还没有可显示的上学日" in text
    assert "还没有学校的数据" in text


def test_names_are_text_and_never_markup(service: Service) -> None:
    named = {"unit_id": DISTRICT, "level": "district", "name": "<b>区</b>\"'", "parent": PROVINCE}
    service.put("/v1/roster", {"units": [named]})
    log_in(service, READ_DISTRICT)

    text = service.http.get(DISTRICT_BOARD).text

    assert "&lt;b&gt;区&lt;/b&gt;" in text
    assert "<b>区" not in text


# ---- headers and files


def test_no_page_carries_a_script_of_its_own_or_loads_from_elsewhere(lively: Service) -> None:
    for path in (DISTRICT_BOARD, SCHOOL_BOARD, "/units"):
        log_in(lively, READ_DISTRICT)
        answer = lively.http.get(path)
        policy = answer.headers["content-security-policy"]
        assert "script-src 'self';" in policy
        assert "frame-ancestors 'none'" in policy
        assert answer.headers["cache-control"] == "no-store"
        assert not re.search(r"<script(?![^>]*src=\"/static/)", answer.text)
        assert not re.search(r"\son\w+=|https?://", answer.text)


@pytest.mark.parametrize("name", ["boards.css", "boards.js", "plotly.js", "icon.svg"])
def test_files_are_sent_packed_and_kept_by_browsers(service: Service, name: str) -> None:
    packed = service.http.get(f"/static/{name}?v=1")
    plain = service.http.get(f"/static/{name}", headers={"Accept-Encoding": "identity"})

    assert packed.headers["content-encoding"] == "gzip"
    assert "immutable" in packed.headers["cache-control"]
    assert packed.content == plain.content
    assert service.http.get("/static/..%2Fpages").status_code == 404


def test_a_reader_over_the_limit_is_asked_to_wait() -> None:
    limited = service(rate_limit=1)
    with limited.http:
        log_in(limited, READ_DISTRICT)
        answers = [limited.http.get(DISTRICT_BOARD) for _ in range(5)]

    assert 429 in {answer.status_code for answer in answers}
    assert "请求过于频繁" in answers[-1].text


def test_a_school_has_its_classes_as_a_file_and_nobody_else_has(lively: Service) -> None:
    text = page(lively, f"{SCHOOL_BOARD}/school/classes.csv?m=homework", READ_SCHOOL)
    heading, first = text.lstrip("\ufeff").splitlines()[:2]

    assert heading.startswith("班级,年级,")
    assert first.startswith("P2023-01,")
    assert ",75" in first
    page(lively, f"{SCHOOL_BOARD}/school/classes.csv", READ_DISTRICT, status=404)
    page(lively, f"/board/{OTHER_SCHOOL}/school/classes.csv", READ_SCHOOL, status=404)
