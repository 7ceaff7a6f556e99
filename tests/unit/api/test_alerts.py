"""`/v1/alerts`: who reads which alerts, how they are polled, and what followers do."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.alerting import HOMEWORK, RULES, SILENT, put_alerts, told
from tests.unit.api import service as building
from tests.unit.api.service import (
    ADMIN,
    DISTRICT,
    FOLLOW_DISTRICT,
    FOLLOW_SCHOOL,
    INGEST,
    MONDAY,
    OTHER_SCHOOL,
    PROVINCE,
    READ_DISTRICT,
    READ_SCHOOL,
    SCHOOL,
    Service,
    assert_problem,
    bearer,
)

FIRING, SILENCE, OTHER, ENDED = "a-1", "a-2", "a-3", "a-4"


@pytest.fixture
def alerted() -> Iterator[Service]:
    """A service with alerts: two open ones of a school, one of another, one that has ended."""
    made = building.service(alert_rules=RULES)
    put_alerts(
        made.store,
        told(HOMEWORK, FIRING, SCHOOL, ["BBB"], MONDAY),
        told(SILENT, SILENCE, SCHOOL, ["BB"], MONDAY, system="e-class-board"),
        told(HOMEWORK, OTHER, OTHER_SCHOOL, ["B"], MONDAY),
        told(HOMEWORK, ENDED, OTHER_SCHOOL, ["BBB", "BBBkk"], MONDAY.replace(day=1)),
    )
    with made.http:
        yield made


def listed(of: Service, key: str = READ_DISTRICT, **parameters: Any) -> list[str]:
    answer = of.get("/v1/alerts", key, **parameters)
    assert answer.status_code == 200, answer.text
    return [row["id"] for row in answer.json()["rows"]]


def post(
    of: Service, verb: str, document: Any, key: str = FOLLOW_DISTRICT, at: str = FIRING
) -> Any:
    return of.http.post(f"/v1/alerts/{at}/{verb}", json=document, headers=bearer(key))


def test_a_row_says_what_it_is_about(alerted: Service) -> None:
    (row,) = alerted.get("/v1/alerts", READ_SCHOOL, rule=HOMEWORK.rule_id).json()["rows"]

    assert row == {
        "id": FIRING, "rule_id": "homework-minutes", "title": "Homework over the limit",
        "title_zh": "书面作业超时", "kind": "compliance", "unit": SCHOOL, "unit_name": "一小",
        "level": "school", "system": None, "state": "firing", "severity": "minor",
        "breach_days": ["2026-09-14", "2026-09-15", "2026-09-16"], "fired_on": "2026-09-16",
        "ended_on": None, "cause": None, "value": 83.3, "threshold": 95.0,
        "statistic": "compliance", "assignee": None, "silenced_until": None, "entries": 2,
    }  # fmt: skip


@pytest.mark.parametrize("key", [READ_DISTRICT, FOLLOW_DISTRICT])
def test_a_district_sees_the_open_alerts_of_all_its_schools(alerted: Service, key: str) -> None:
    assert listed(alerted, key) == [FIRING, SILENCE, OTHER]


@pytest.mark.parametrize("key", [READ_SCHOOL, FOLLOW_SCHOOL])
def test_a_school_sees_its_own_alerts_alone(alerted: Service, key: str) -> None:
    assert listed(alerted, key) == [FIRING, SILENCE]
    for unit in (OTHER_SCHOOL, DISTRICT, "nobody"):
        assert_problem(alerted.get("/v1/alerts", key, unit=unit), 403, "forbidden")
    assert_problem(alerted.get(f"/v1/alerts/{OTHER}", key), 404, "not-found")


def test_the_admin_key_names_the_unit(alerted: Service) -> None:
    assert listed(alerted, ADMIN, unit=PROVINCE) == [FIRING, SILENCE, OTHER]
    assert_problem(alerted.get("/v1/alerts"), 400, "bad-query")
    assert_problem(alerted.get("/v1/alerts", unit="nobody"), 404, "not-found")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"kind": "data"}, [SILENCE]),
        ({"kind": "compliance"}, [FIRING, OTHER]),
        ({"state": "firing"}, [FIRING, SILENCE]),
        ({"state": ["pending", "resolved"]}, [OTHER, ENDED]),
        ({"severity": "major"}, [SILENCE]),
        ({"severity": ["minor", "critical"], "kind": "data"}, []),
        ({"rule": "homework-silent"}, [SILENCE]),
        ({"unit": OTHER_SCHOOL}, [OTHER]),
    ],
)
def test_a_list_is_narrowed(alerted: Service, query: dict[str, Any], found: list[str]) -> None:
    assert listed(alerted, **query) == found


def test_every_fault_of_a_query_is_told(alerted: Service) -> None:
    answer = alerted.get("/v1/alerts", READ_DISTRICT, state="open", kind="x", rule="a b", cursor="")

    problem = assert_problem(answer, 400, "bad-query")
    assert {error["path"] for error in problem["errors"]} == {"/state", "/kind", "/rule", "/cursor"}


def test_pages_go_on_where_the_one_before_ended(alerted: Service) -> None:
    found: list[str] = []
    cursor: dict[str, Any] = {}
    while True:
        page = alerted.get("/v1/alerts", READ_DISTRICT, limit=1, **cursor).json()
        found += [row["id"] for row in page["rows"]]
        if page["next"] is None:
            break
        cursor = {"cursor": page["next"]}

    assert found == [FIRING, SILENCE, OTHER]
    changed = alerted.get("/v1/alerts", READ_DISTRICT, kind="data", **cursor)
    assert_problem(changed, 400, "bad-query")


def test_whoever_has_the_answer_already_gets_304_until_something_happens(alerted: Service) -> None:
    first = alerted.get("/v1/alerts", READ_DISTRICT)
    tag = first.headers["etag"]

    def again(sent: str, path: str = "/v1/alerts") -> Any:
        headers = {**bearer(READ_DISTRICT), "If-None-Match": sent}
        return alerted.http.get(path, headers=headers)

    unchanged = again(f'"something-else", W/{tag}')
    assert (unchanged.status_code, unchanged.content) == (304, b"")
    assert unchanged.headers["etag"] == tag
    assert again('"something-else"').status_code == 200
    assert again(tag, "/v1/alerts?kind=data").status_code == 200
    post(alerted, "acknowledge", {})
    moved = again(tag)
    assert moved.status_code == 200
    assert moved.headers["etag"] != tag
    alerted.clock.forward(24 * 60)
    # What units are called may change with the day.
    assert again(moved.headers["etag"]).status_code == 200


def test_a_tag_opens_nothing_to_whoever_may_not_see_the_unit(alerted: Service) -> None:
    tag = alerted.get("/v1/alerts", READ_DISTRICT).headers["etag"]

    headers = {**bearer(READ_SCHOOL), "If-None-Match": tag}
    answer = alerted.http.get(f"/v1/alerts?unit={DISTRICT}", headers=headers)

    assert_problem(answer, 403, "forbidden")


def test_an_alert_is_shown_with_its_history(alerted: Service) -> None:
    row = alerted.get(f"/v1/alerts/{ENDED}", READ_DISTRICT).json()

    assert [one["happened"] for one in row["history"]] == ["pending", "fired", "resolved"]
    assert (row["state"], row["cause"], row["ended_on"]) == ("resolved", "recovered", "2026-09-05")
    assert row["history"][2]["cause"] == "recovered"
    assert row["entries"] == 3
    assert_problem(alerted.get("/v1/alerts/nothing", READ_DISTRICT), 404, "not-found")


def test_an_alert_of_a_rule_that_is_gone_is_called_by_its_id() -> None:
    made = building.service()
    put_alerts(made.store, told(HOMEWORK, FIRING, SCHOOL, ["BBB"], MONDAY))
    with made.http:
        row = made.get(f"/v1/alerts/{FIRING}", READ_SCHOOL).json()

    assert (row["title"], row["title_zh"], row["statistic"]) == (*["homework-minutes"] * 2, None)


def test_an_alert_is_followed_until_it_is_put_right(alerted: Service) -> None:
    until = "2026-09-30T18:00:00+08:00"
    answers = [
        post(alerted, verb, document)
        for verb, document in (
            ("acknowledge", {"text": "已联系学校"}),
            ("assign", {"assignee": "张督学"}),
            ("note", {"text": "第一行\n第二行"}),
            ("silence", {"until": until}),
        )
    ]

    assert [answer.status_code for answer in answers] == [200] * 4
    row = answers[-1].json()
    assert (row["state"], row["assignee"]) == ("acknowledged", "张督学")
    assert row["silenced_until"] == "2026-09-30T18:00:00.000+08:00"
    assert [(one["happened"], one["text"], one["by"]) for one in row["history"][2:]] == [
        ("acknowledged", "已联系学校", "示例区督学"),
        ("assigned", "张督学", "示例区督学"),
        ("noted", "第一行 第二行", "示例区督学"),
        ("silenced", until, "示例区督学"),
    ]
    ended = post(alerted, "unsilence", {}).json()
    assert ended["silenced_until"] is None
    assert post(alerted, "assign", {"assignee": ""}).json()["assignee"] is None


def test_what_is_acknowledged_is_not_acknowledged_again(alerted: Service) -> None:
    post(alerted, "acknowledge", {})

    problem = assert_problem(post(alerted, "acknowledge", {}), 409, "alert-state")

    assert "acknowledged" in problem["detail"]
    assert "已签收" in problem["detail_zh"]
    assert len(alerted.store.alerts.entries(FIRING)) == 3


@pytest.mark.parametrize(("at", "verb"), [(OTHER, "acknowledge"), (ENDED, "assign")])
def test_what_the_state_does_not_take_is_refused(alerted: Service, at: str, verb: str) -> None:
    document = {"assignee": "张督学"} if verb == "assign" else {}

    assert_problem(post(alerted, verb, document, at=at), 409, "alert-state")


@pytest.mark.parametrize(
    ("verb", "document", "path", "code"),
    [
        ("note", {"text": ""}, "/text", "out_of_range"),
        ("note", {"text": "字" * 1_001}, "/text", "out_of_range"),
        ("note", {"text": "\x00"}, "/text", "out_of_range"),
        ("note", {"text": "请联系13800138000"}, "/text", "pii_suspected"),
        ("note", {}, "/text", "missing_field"),
        ("note", {"text": "好", "by": "别人"}, "/by", "unknown_field"),
        ("assign", {"assignee": 7}, "/assignee", "wrong_type"),
        ("assign", {"assignee": "字" * 101}, "/assignee", "out_of_range"),
        ("silence", {"until": "2026-09-20T12:00:00+08:00"}, "/until", "bad_time"),
        ("silence", {"until": "2027-09-20T12:00:00+08:00"}, "/until", "bad_time"),
        ("silence", {"until": "tomorrow"}, "/until", "bad_time"),
        ("acknowledge", [], "", "wrong_type"),
    ],
)
def test_a_document_with_a_fault_changes_nothing(
    alerted: Service, verb: str, document: Any, path: str, code: str
) -> None:
    answer = post(alerted, verb, document)

    (error,) = assert_problem(answer, 422, "invalid-document")["errors"]
    assert (error["path"], error["code"]) == (path, code)
    for member in document.values() if isinstance(document, dict) else ():
        assert not member or json.dumps(member, ensure_ascii=False) not in answer.text
    assert len(alerted.store.alerts.entries(FIRING)) == 2


@pytest.mark.parametrize("key", [READ_DISTRICT, READ_SCHOOL, INGEST, ADMIN])
def test_only_keys_that_follow_act(alerted: Service, key: str) -> None:
    problem = assert_problem(post(alerted, "acknowledge", {}, key), 403, "forbidden")

    assert "follow" in problem["detail"]


def test_a_key_follows_its_own_unit_and_what_stands_below(alerted: Service) -> None:
    assert post(alerted, "note", {"text": "本校已核对"}, FOLLOW_SCHOOL).status_code == 200
    answer = post(alerted, "note", {"text": "别校"}, FOLLOW_SCHOOL, at=OTHER)

    assert_problem(answer, 404, "not-found")
    assert len(alerted.store.alerts.entries(OTHER)) == 1


def test_a_key_that_follows_is_issued_and_reads_figures(alerted: Service) -> None:
    wanted = {"scope": "follow", "unit_id": DISTRICT, "label": "督导室"}
    issued = alerted.http.post("/v1/keys", json=wanted, headers=bearer(ADMIN))

    assert issued.status_code == 201, issued.text
    key = issued.json()["key"]
    query = {"level": "district", "unit": DISTRICT, "from": "2026-09-14", "to": "2026-09-14"}
    assert alerted.get("/v1/tallies", key, **query).status_code == 200
    assert post(alerted, "acknowledge", {}, key).json()["history"][-1]["by"] == "督导室"
    assert_problem(alerted.push([], key=key), 403, "forbidden")
    rows = {row["key_id"]: row for row in alerted.get("/v1/keys").json()["rows"]}
    shown = rows[issued.json()["key_id"]]
    assert (shown["scope"], shown["unit_id"]) == ("follow", DISTRICT)


def test_a_school_that_follows_sees_its_classes_as_with_its_read_key(alerted: Service) -> None:
    query = {"level": "class", "unit": SCHOOL, "from": "2026-09-14", "to": "2026-09-14"}

    own = alerted.get("/v1/tallies", FOLLOW_SCHOOL, **query)

    assert own.json()["rows"] == alerted.get("/v1/tallies", READ_SCHOOL, **query).json()["rows"]
    assert own.status_code == 200
