"""`tell`: who is told, and a test with the real answer."""

from pathlib import Path

import pytest

from stream_processors.alerting_setup import people_of, set_up_alerting
from stream_processors.tell_command import listed, sent_a_test
from tests.local_receivers import http_receiver, plainly
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


def test_what_is_set_up_is_evaluated_and_told(settings: Settings) -> None:
    found = set_up_alerting(settings, environment("http://127.0.0.1:1"))

    assert found.alerting.rules
    assert [one.receiver_id for one in found.people.receivers.all()] == ["office"]
    assert list(found.people.senders) == ["office"]


def test_the_faults_of_rules_and_receivers_are_told_together(settings: Settings) -> None:
    assert settings.alerts is not None
    (settings.alerts / "rules.toml").write_text("wrong = 1", "utf-8")

    with pytest.raises(Misconfigured) as caught:
        set_up_alerting(settings, {})

    faults = caught.value.faults
    assert all(one.startswith("WUGUAN_ALERTS: ") for one in faults)
    assert any("rules.toml" in one for one in faults)
    assert sum("receivers.toml" in one for one in faults) == 2
