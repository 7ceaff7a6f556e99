"""Settings: every fault at once, in both languages, without the value."""

import pytest

from wuguan.domain.errors import Misconfigured
from wuguan.settings import PREFIX, Settings, read_settings


@pytest.fixture(autouse=True)
def _no_settings_of_the_shell(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(f"{PREFIX}{name.upper()}", raising=False)


def test_without_variables_there_are_defaults() -> None:
    settings = read_settings()

    assert settings.port == 8000
    assert settings.host == "127.0.0.1"
    assert settings.dsn is None
    assert settings.rate_limit == 100


def test_an_empty_variable_counts_as_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WUGUAN_PORT", "")
    monkeypatch.setenv("WUGUAN_KAFKA", "")

    assert read_settings().port == 8000


def test_all_faults_are_told_at_once_and_no_value(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WUGUAN_PORT", "99999")
    monkeypatch.setenv("WUGUAN_RATE_LIMIT", "many")
    monkeypatch.setenv("WUGUAN_KAFKA", "broker 9092")
    monkeypatch.setenv("WUGUAN_ADMIN_KEY", "secret")

    with pytest.raises(Misconfigured) as caught:
        read_settings()

    names = [fault.partition(":")[0] for fault in caught.value.faults]
    assert sorted(names) == [
        "WUGUAN_ADMIN_KEY", "WUGUAN_KAFKA", "WUGUAN_PORT", "WUGUAN_RATE_LIMIT",
    ]  # fmt: skip
    for fault in caught.value.faults:
        assert any("\u4e00" <= letter <= "\u9fff" for letter in fault)
    assert "secret" not in str(caught.value)
    assert "broker 9092" not in str(caught.value)


def test_an_admin_key_is_not_shown_by_accident(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WUGUAN_ADMIN_KEY", "a-secret-of-enough-length")

    settings = read_settings()

    assert "a-secret" not in repr(settings)
    assert settings.admin_key is not None
    assert settings.admin_key.get_secret_value() == "a-secret-of-enough-length"


def test_every_setting_is_described() -> None:
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []


def test_with_kafka_all_processes_share_a_database_that_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("WUGUAN_KAFKA", "one:9092,other:9093")

    with pytest.raises(Misconfigured) as caught:
        read_settings()

    assert [fault.partition(":")[0] for fault in caught.value.faults] == ["WUGUAN_DSN"]


def test_brokers_are_taken_as_they_are_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WUGUAN_KAFKA", "one:9092,other:9093")
    monkeypatch.setenv("WUGUAN_DSN", "postgresql://localhost/wuguan")

    assert read_settings().kafka == "one:9092,other:9093"
