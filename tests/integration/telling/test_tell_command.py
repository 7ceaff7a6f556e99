"""`tell`: who is told, and a test with the real answer."""

from pathlib import Path

import pytest
from structlog.testing import capture_logs

from stream_processors.alerting_setup import people_of, set_up_alerting
from stream_processors.tell_command import DROPPED, dropped, left_over, listed, sent_a_test
from tests.builders import Clock
from tests.contract.test_notices import notice, put
from tests.local_receivers import http_receiver, plainly
from wuguan.adapters.memory.store import MemoryStore
from wuguan.alert_packs import fingerprint_of
from wuguan.domain.errors import Misconfigured
from wuguan.settings import Settings

CONTENT = """
[[receivers]]
receiver_id = "office"
channel = "dingtalk"
url_from = "OFFICE_URL"
secret_from = "OFFICE_SECRET"
roles = ["district"]
units = ["990101"]
digest_minutes = 60
"""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A folder with one receiver."""
    (tmp_path / "receivers.toml").write_text(CONTENT, "utf-8")
    return Settings.model_validate({"alerts": tmp_path})


def environment(url: str) -> dict[str, str]:
    return {"OFFICE_URL": f"{url}/robot/send?access_token=tok-en", "OFFICE_SECRET": "SECret"}


def test_receivers_are_listed_without_their_addresses(settings: Settings) -> None:
    said = listed(people_of(settings, environment("http://127.0.0.1:1")))

    assert said.splitlines()[0] == ("office: dingtalk; district; 990101; 每 60 分钟汇总 digest")
    assert "tok-en" not in said
    assert "SECret" not in said


@pytest.mark.parametrize(
    ("answer", "is_taken", "said"),
    [
        ({"errcode": 0, "errmsg": "ok"}, True, "✓ office"),
        ({"errcode": 310000, "errmsg": "sign not match"}, False, "310000 sign not match：安全设置"),
    ],
)
def test_a_test_shows_what_the_receiver_answered(
    settings: Settings, answer: object, is_taken: bool, said: str
) -> None:
    with http_receiver(plainly(200, answer)) as group:
        people = people_of(settings, environment(group.url))
        found = sent_a_test(people, "office", lambda: 0, lambda: "test-1")

    assert found[0] == is_taken
    assert said in found[1]
    assert group.got[0].headers["x-wuguan-message"] == "test-1"


def test_a_receiver_that_is_not_there_is_told_with_those_that_are(settings: Settings) -> None:
    people = people_of(settings, environment("http://127.0.0.1:1"))

    with pytest.raises(Misconfigured, match="office"):
        sent_a_test(people, "nobody", lambda: 0)


def test_what_was_left_to_a_receiver_that_is_gone_is_listed_and_dropped(settings: Settings) -> None:
    people = people_of(settings, environment("http://127.0.0.1:1"))
    store = MemoryStore(Clock())
    put(store, notice("a", "office"), notice("a", "gone"), notice("b", "gone", at=86_400_000_000))

    listed_first = left_over(people, store.notices)
    said = dropped(people, store.notices, "gone", 7)

    (line,) = listed_first
    assert line.startswith("gone: 不在 receivers.toml 中 not in the file; 2 条通知未送达，")
    assert "1970-01-01 08:00" in line
    assert line.endswith("tell --drop gone")
    assert said == "✓ gone: 2 条通知已放弃 notices given up"
    assert left_over(people, store.notices) == []
    (attempt,) = store.notices.attempts("b")
    assert (attempt.receiver_id, attempt.outcome, attempt.answer) == ("gone", "given_up", DROPPED)


@pytest.mark.parametrize(
    ("receiver_id", "said"), [("office", "仍在 receivers.toml"), ("nobody", "没有通知在等待")]
)
def test_what_cannot_be_dropped_is_refused_and_nothing_is_given_up(
    settings: Settings, receiver_id: str, said: str
) -> None:
    people = people_of(settings, environment("http://127.0.0.1:1"))
    store = MemoryStore(Clock())
    put(store, notice("a", "office"), notice("a", "gone"))

    with pytest.raises(Misconfigured, match=said):
        dropped(people, store.notices, receiver_id, 7)

    assert set(store.notices.undelivered()) == {"office", "gone"}


def test_what_is_set_up_is_evaluated_and_told(settings: Settings) -> None:
    with capture_logs() as logged:
        found = set_up_alerting(settings, environment("http://127.0.0.1:1"))

    assert found.alerting.rules
    assert [one.receiver_id for one in found.people.receivers.all()] == ["office"]
    assert list(found.people.senders) == ["office"]
    (line,) = logged
    assert (line["event"], line["rules"]) == ("alert_rules", len(found.alerting.rules))
    assert line["fingerprint"] == fingerprint_of(found.alerting.rules)


def test_the_faults_of_rules_and_receivers_are_told_together(settings: Settings) -> None:
    assert settings.alerts is not None
    (settings.alerts / "rules.toml").write_text("wrong = 1", "utf-8")

    with pytest.raises(Misconfigured) as caught:
        set_up_alerting(settings, {})

    faults = caught.value.faults
    assert all(one.startswith("WUGUAN_ALERTS: ") for one in faults)
    assert any("rules.toml" in one for one in faults)
    assert sum("receivers.toml" in one for one in faults) == 2
