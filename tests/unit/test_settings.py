"""Settings: every fault at once, in both languages, without the value."""

import pytest

from wuguan.domain.errors import Misconfigured
from wuguan.settings import PREFIX, Settings, read_settings, read_usable_settings


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


def test_a_rule_over_several_settings_is_told_beside_a_single_ones_fault(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("WUGUAN_KAFKA", "one:9092")
    monkeypatch.setenv("WUGUAN_PORT", "99999")

    with pytest.raises(Misconfigured) as caught:
        read_settings()

    names = [fault.partition(":")[0] for fault in caught.value.faults]
    assert names == ["WUGUAN_PORT", "WUGUAN_DSN"]


def test_what_can_be_used_is_used_and_all_that_is_wrong_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("WUGUAN_DSN", "postgresql://localhost/wuguan")
    monkeypatch.setenv("WUGUAN_KAFKA", "no port")
    monkeypatch.setenv("WUGUAN_RATE_LIMIT", "many")

    settings, faults = read_usable_settings()

    assert (settings.dsn, settings.kafka) == ("postgresql://localhost/wuguan", None)
    assert settings.rate_limit == 100
    assert {fault.partition(":")[0] for fault in faults} == {"WUGUAN_KAFKA", "WUGUAN_RATE_LIMIT"}


def test_brokers_without_a_database_are_not_usable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WUGUAN_KAFKA", "one:9092")

    settings, faults = read_usable_settings()

    assert settings.kafka is None
    assert len(faults) == 1


def test_right_settings_have_no_faults(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WUGUAN_PORT", "8100")

    settings, faults = read_usable_settings()

    assert (settings.port, list(faults)) == (8100, [])
