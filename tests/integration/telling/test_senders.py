"""Senders to real receivers: their answer decides, and nothing secret is in what is said of it."""

import base64
import hashlib
import hmac
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.builders import TODAY
from tests.local_receivers import http_receiver, mail_receiver, plainly, unused_port
from tests.unit.domain.alerts import alert, alert_rule, at, entry
from wuguan.adapters.telling.apprise_sender import AppriseSender
from wuguan.adapters.telling.robots import DingTalk, Feishu, Robot, WeCom
from wuguan.adapters.telling.webhooks import Alertmanager, Webhook
from wuguan.domain.alerting.message import Item, Message
from wuguan.domain.alerting.wording import message_of
from wuguan.domain.errors import Misconfigured
from wuguan.ports import Sender

OK = {"errcode": 0, "errmsg": "ok"}
FEISHU_OK = {"code": 0, "msg": "success", "data": {}}
KEY = "key=693a91f6-7xxx-4bc4-97a0-0ec2sifa5aaa"


def item(*happened: Any, **members: Any) -> Item:
    return Item(
        alert=alert(**members),
        rule=alert_rule(),
        entries=happened or [entry("fired")],
        unit_name="第一小学",
        link="https://board/alerts/alert-1",
    )


def message(*items: Item, **members: Any) -> Message:
    return message_of(items or [item()], "compliance", "zh", "id-1", at("17:31"), **members)


def long_message(lines: int) -> Message:
    return Message(
        message_id="id-1",
        kind="data",
        title="五管",
        text="\n".join(["一行十个字的预警文字"] * lines),
    )


# ---- robots


def test_wecom_gets_a_plain_text() -> None:
    with http_receiver(plainly(200, OK)) as group:
        answer = WeCom(f"{group.url}/cgi-bin/webhook/send?{KEY}").send(message())

    (got,) = group.got
    assert (answer.outcome, answer.parts_sent) == ("delivered", 1)
    assert got.path == f"/cgi-bin/webhook/send?{KEY}"
    assert got.body["msgtype"] == "text"
    assert got.body["text"]["content"].startswith("【五管预警】第一小学 1 项\n■ 第一小学")
    assert got.headers["x-wuguan-message"] == "id-1"


@pytest.mark.parametrize(
    ("kind", "answer", "outcome", "said"),
    [
        (WeCom, {"errcode": 93000, "errmsg": "invalid webhook url"}, "refused", "机器人地址无效"),
        (WeCom, {"errcode": 60020, "errmsg": "not allow to access"}, "refused", "可信名单"),
        (WeCom, {"errcode": 45009, "errmsg": "api freq out of limit"}, "unreachable", "频繁"),
        (WeCom, {"errcode": 99, "errmsg": "?"}, "refused", "错误码"),
        (DingTalk, {"errcode": 310000, "errmsg": "keywords not in content"}, "refused", "关键词"),
        (DingTalk, {"errcode": 130101, "errmsg": "send too fast"}, "unreachable", "频繁"),
        (DingTalk, {"errcode": 300001, "errmsg": "token is not exist"}, "refused", "token"),
        (Feishu, {"code": 19021, "msg": "sign match fail"}, "refused", "签名"),
        (Feishu, {"code": 19024, "msg": "Key Words Not Found"}, "refused", "关键词"),
        (Feishu, {"code": 11232, "msg": "frequency limited"}, "unreachable", "频繁"),
        (Feishu, {"StatusCode": 19001, "StatusMessage": "param invalid"}, "refused", "地址无效"),
        (WeCom, {"unknown": 1}, "refused", "格式"),
        (WeCom, b"<html>portal</html>", "refused", "格式"),
        (WeCom, [1], "refused", "格式"),
    ],
)
def test_what_is_refused_with_http_200_is_not_delivered(
    kind: type[Robot], answer: Any, outcome: str, said: str
) -> None:
    with http_receiver(plainly(200, answer)) as group:
        found = kind(f"{group.url}/send?{KEY}").send(message())

    assert (found.outcome, found.parts_sent) == (outcome, 0)
    assert said in found.said
    assert " / " in found.said
    assert (found.again_after_seconds > 0) == (outcome == "unreachable")


@pytest.mark.parametrize(
    ("status", "outcome"), [(500, "unreachable"), (429, "unreachable"), (404, "refused")]
)
def test_a_status_decides_where_there_is_no_code(status: int, outcome: str) -> None:
    with http_receiver(plainly(status, b"no")) as group:
        answer = WeCom(f"{group.url}/send?{KEY}").send(message())

    assert answer.outcome == outcome
    assert f"HTTP {status}" in answer.said


def test_dingtalk_is_signed_with_its_secret() -> None:
    with http_receiver(plainly(200, OK)) as group:
        url = f"{group.url}/robot/send?access_token=abc"
        answer = DingTalk(url, "SECret", now=lambda: 1_700_000_000.5).send(message())

    (got,) = group.got
    query = parse_qs(urlsplit(got.path).query)
    signed = hmac.new(b"SECret", b"1700000000500\nSECret", hashlib.sha256).digest()
    assert answer.outcome == "delivered"
    assert query["access_token"] == ["abc"]
    assert query["timestamp"] == ["1700000000500"]
    assert query["sign"] == [base64.b64encode(signed).decode()]


def test_feishu_is_signed_in_its_body() -> None:
    with http_receiver(plainly(200, FEISHU_OK)) as group:
        answer = Feishu(f"{group.url}/hook/abc", "SECret", now=lambda: 1_700_000_000.5).send(
            message()
        )

    (got,) = group.got
    signed = hmac.new(b"1700000000\nSECret", b"", hashlib.sha256).digest()
    assert answer.outcome == "delivered"
    assert got.body["msg_type"] == "text"
    assert (got.body["timestamp"], got.body["sign"]) == (
        "1700000000", base64.b64encode(signed).decode()
    )  # fmt: skip


def test_a_long_text_goes_in_parts_and_goes_on_where_it_was_broken_off() -> None:
    def first_two(got: Any) -> tuple[int, Any]:
        return 200, OK if len(group.got) <= 2 else {"errcode": 45009, "errmsg": "limit"}

    with http_receiver(first_two) as group:
        sender = WeCom(f"{group.url}/send?{KEY}")
        broken_off = sender.send(long_message(200))
        group.answering = plainly(200, OK)
        whole = sender.send(long_message(200), broken_off.parts_sent)

    texts = [got.body["text"]["content"] for got in group.got]
    assert (broken_off.outcome, broken_off.parts_sent) == ("unreachable", 2)
    assert (whole.outcome, whole.parts_sent) == ("delivered", 4)
    assert [text.split("\n")[0] for text in texts] == [
        "五管 (1/4)", "五管 (2/4)", "五管 (3/4)", "五管 (3/4)", "五管 (4/4)"
    ]  # fmt: skip
    assert all(len(text.encode()) <= 2048 for text in texts)


# ---- nobody there


def test_nobody_there_is_said_without_the_address() -> None:
    port = unused_port()
    senders: list[Sender] = [
        WeCom(f"http://127.0.0.1:{port}/send?{KEY}"),
        Webhook(f"http://user:pass-word@127.0.0.1:{port}/hook"),
        AppriseSender(
            "r", f"mailto://user:pass-word@127.0.0.1:{port}?from=a@example.com&to=b@example.com"
        ),
        WeCom(f"http://no-such-host.invalid/send?{KEY}"),
    ]

    for sender in senders:
        answer = sender.send(message())
        assert answer.outcome == "unreachable"
        assert "693a91f6" not in answer.said
        assert "pass-word" not in answer.said


def test_what_is_secret_in_an_address_is_hidden_wherever_it_is_repeated() -> None:
    with http_receiver(plainly(200, {"errcode": 300001, "errmsg": "no token tok-secret-1"})) as one:
        answer = DingTalk(f"{one.url}/robot/send?access_token=tok-secret-1").send(message())
    with http_receiver(plainly(404, b"no hook tok-secret-2")) as other:
        unknown = Feishu(f"{other.url}/open-apis/bot/v2/hook/tok-secret-2").send(message())

    assert "300001 no token …" in answer.said
    assert "HTTP 404 no hook …" in unknown.said


def test_a_message_in_many_parts_ends_in_time_and_goes_on_later() -> None:
    seconds = iter([0.0, 1.0, 2.0, 61.0])
    with http_receiver(plainly(200, OK)) as group:
        sender = WeCom(f"{group.url}/send", seconds=lambda: next(seconds))
        answer = sender.send(long_message(200))

    assert (answer.outcome, answer.parts_sent, len(group.got)) == ("unreachable", 2, 2)


def test_who_answers_too_late_did_not_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wuguan.adapters.telling.posting._TIMEOUT", 0.1)
    with http_receiver(plainly(200, OK), after_seconds=0.5) as group:
        answer = WeCom(f"{group.url}/send?{KEY}").send(message())

    assert answer.outcome == "unreachable"
    assert "超时" in answer.said


# ---- systems


def test_an_alertmanager_gets_alerts_with_labels_and_times() -> None:
    with http_receiver(plainly()) as manager:
        answer = Alertmanager(f"{manager.url}/", "token-1").send(message())

    (got,) = manager.got
    (one,) = got.body
    assert answer.outcome == "delivered"
    assert got.path == "/api/v2/alerts"
    assert got.headers["authorization"] == "Bearer token-1"
    assert one["labels"] == {
        "alertname": "homework-cap", "rule_id": "homework-cap", "kind": "compliance",
        "severity": "minor", "unit_id": "2199000001", "unit": "第一小学",
        "management": "homework", "metric": "homework.minutes",
    }  # fmt: skip
    assert one["startsAt"] == "2026-09-13T16:00:00Z"
    assert one["endsAt"] > "2027-09"
    assert one["generatorURL"] == "https://board/alerts/alert-1"
    assert one["annotations"]["summary_zh"] == "书面作业超时"


def test_an_alertmanager_is_told_of_the_end_and_of_a_severity_that_is_past() -> None:
    graver = item(entry("worsened", severity="major"))
    ended = item(entry("resolved", severity="major"), alert_id="alert-2")
    with http_receiver(plainly()) as manager:
        Alertmanager(f"{manager.url}/api/v2/alerts").send(message(graver, ended))

    found = [
        (one["annotations"]["alert_id"], one["labels"]["severity"], one["endsAt"] > "2027")
        for one in manager.got[0].body
    ]
    assert found == [
        ("alert-1", "minor", False), ("alert-1", "major", True), ("alert-2", "major", False)
    ]  # fmt: skip


def test_a_webhook_gets_what_an_alertmanager_sends() -> None:
    with http_receiver(plainly()) as system:
        answer = Webhook(f"{system.url}/hook", receiver_id="office").send(message())

    (got,) = system.got
    (one,) = got.body["alerts"]
    assert answer.outcome == "delivered"
    assert got.headers["idempotency-key"] == "id-1"
    assert {name: got.body[name] for name in ("version", "status", "receiver")} == {
        "version": "4", "status": "firing", "receiver": "office",
    }  # fmt: skip
    assert (one["status"], one["endsAt"]) == ("firing", "0001-01-01T00:00:00Z")
    assert len(one["fingerprint"]) == 16
    assert "第一小学" in got.body["commonAnnotations"]["text"]


@pytest.mark.parametrize(
    ("status", "outcome"), [(503, "unreachable"), (401, "refused"), (302, "refused")]
)
def test_a_webhook_that_does_not_say_2xx_has_not_taken_it(status: int, outcome: str) -> None:
    with http_receiver(plainly(status, b"secret-token is wrong")) as system:
        answer = Webhook(f"{system.url}/hook", "secret-token").send(message())

    assert answer.outcome == outcome
    assert "secret-token" not in answer.said


# ---- mail


def test_a_mail_has_the_text_and_the_id() -> None:
    with mail_receiver() as (server, url):
        answer = AppriseSender("r", url).send(message())

    (mail,) = server.mails
    assert answer.outcome == "delivered"
    assert mail["Subject"] == "【五管预警】第一小学 1 项"
    assert mail["To"] == "du@example.com"
    assert mail["X-Wuguan-Message"] == "id-1"
    assert "情况：符合规定 50%，要求不低于 95%" in mail.get_content()


def test_a_mail_that_is_refused_is_told_with_the_reason() -> None:
    with mail_receiver() as (server, url):
        server.refusals = ["554 5.7.1 mailbox is closed"]
        answer = AppriseSender("r", url).send(message())

    assert answer.outcome == "unreachable"
    assert "mailbox is closed" in answer.said
    assert "example.com" not in answer.said


def test_of_several_addresses_those_that_took_it_get_it_once() -> None:
    with mail_receiver() as (server, url):
        dead = f"mailto://127.0.0.1:{unused_port()}?from=a@example.com&to=b@example.com"
        sender = AppriseSender("r", f"{url} {dead}")
        first = sender.send(message())
        again = sender.send(message(), first.parts_sent)

    assert (first.outcome, first.parts_sent, again.parts_sent) == ("unreachable", 1, 1)
    assert len(server.mails) == 1


def test_an_address_that_apprise_does_not_know_is_misconfigured_and_not_shown() -> None:
    with pytest.raises(Misconfigured) as caught:
        AppriseSender("office", "nonsense-address")

    (fault,) = caught.value.faults
    assert "receivers.toml · office" in fault
    assert "nonsense" not in fault


@pytest.mark.parametrize("sender", [WeCom, DingTalk, Feishu])
def test_a_message_about_many_alerts_is_small_enough(sender: Callable[[str], Robot]) -> None:
    many = message(*(item(alert_id=f"alert-{n}", breach_days=(TODAY,)) for n in range(100)))
    with http_receiver(plainly(200, {"errcode": 0, "code": 0})) as group:
        answer = sender(f"{group.url}/send").send(many)

    assert answer.outcome == "delivered"
    assert len(group.got) == answer.parts_sent
