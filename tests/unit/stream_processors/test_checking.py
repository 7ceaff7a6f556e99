"""Everything is tried, all faults are told at once, and no secret with them."""

from collections.abc import Sequence
from pathlib import Path
from traceback import format_exception

import pytest

from stream_processors import checking
from stream_processors.checking import Checked, check
from wuguan.adapters.postgres.looking import Seen
from wuguan.adapters.postgres.store import open_store
from wuguan.domain.errors import Misconfigured, TemporarilyUnavailable
from wuguan.settings import Settings

# Nobody listens on the first port.
NOWHERE = "127.0.0.1:1"
SECRET = "s3cret"  # made up
USUAL = Seen("17.2", "2.20.0", plain_though_available=False, may_create=True)


def settings_of(**changed: object) -> Settings:
    return Settings.model_validate(
        {"kafka": None, "dsn": None, "policy": None, "alerts": None, **changed}
    )


def faults_of(tried: Sequence[Checked]) -> list[str]:
    return [fault for one in tried for fault in one.faults]


def seeing(monkeypatch: pytest.MonkeyPatch, seen: Seen) -> None:
    monkeypatch.setattr(checking, "look_at", lambda _: seen)


def brokers_with(monkeypatch: pytest.MonkeyPatch, *faults: str) -> None:
    monkeypatch.setattr(checking, "differences", lambda _: faults)


def brokers_away(settings: Settings) -> Sequence[str]:
    raise TemporarilyUnavailable(f"the brokers {settings.kafka} do not answer")


def test_without_faults_it_says_what_it_found(monkeypatch: pytest.MonkeyPatch) -> None:
    seeing(monkeypatch, USUAL)
    brokers_with(monkeypatch)

    tried = list(check(settings_of(dsn=f"postgresql://u:{SECRET}@host/db", kafka=NOWHERE)))

    assert faults_of(tried) == []
    assert [one.found for one in tried][2:] == ["PostgreSQL 17.2, TimescaleDB 2.20.0", NOWHERE]


def test_without_brokers_nothing_is_said_of_them() -> None:
    tried = list(check(settings_of(data="somewhere")))

    assert len(tried) == 3
    assert "somewhere" in tried[2].found


def test_one_fault_keeps_no_other_from_being_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "rules.toml").write_text("this is no rule")
    monkeypatch.setattr(checking, "differences", brokers_away)
    dsn = f"postgresql://u:{SECRET}@{NOWHERE}/db"

    tried = list(check(settings_of(dsn=dsn, kafka=NOWHERE, policy=tmp_path, alerts=tmp_path)))

    policy, alerts, database, kafka = (one.faults for one in tried)
    assert any("rules.toml" in fault for fault in policy)
    assert all(fault.startswith("WUGUAN_ALERTS: rules.toml: ") for fault in alerts)
    assert [fault.partition(":")[0] for fault in (*database, *kafka)] == [
        "WUGUAN_DSN",
        "WUGUAN_KAFKA",
    ]
    assert SECRET not in str(tried)


@pytest.mark.parametrize(
    ("seen", "told"),
    [
        (Seen("17.2", None, plain_though_available=False, may_create=False), "GRANT CREATE"),
        (Seen("17.2", None, plain_though_available=True, may_create=True), "CREATE EXTENSION"),
    ],
)
def test_what_a_database_lacks_is_told_with_the_statement_that_mends_it(
    monkeypatch: pytest.MonkeyPatch, seen: Seen, told: str
) -> None:
    seeing(monkeypatch, seen)

    tried = list(check(settings_of(dsn="postgresql://host/db")))

    (fault,) = faults_of(tried)
    assert fault.startswith("WUGUAN_DSN: ")
    assert told in fault
    assert "without TimescaleDB" in tried[2].found


def test_what_is_otherwise_with_the_topics_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    seeing(monkeypatch, USUAL)
    brokers_with(monkeypatch, "WUGUAN_KAFKA_PARTITIONS: 12, 4", "WUGUAN_KAFKA_REPLICATION: 1, 3")

    tried = list(check(settings_of(dsn="postgresql://host/db", kafka=NOWHERE)))

    assert len(faults_of(tried)) == 2


# What libpq says of such names repeats a part of the password.
MISWRITTEN = [
    f"postgresql://u:{SECRET}%zz@{NOWHERE}/db",
    f"postgresql://u:pass@{SECRET}@{NOWHERE}/db",
    f"postgresql://u:pass@host/{SECRET}@{NOWHERE}/db",
    f"postgresql://u:pass/{SECRET}@{NOWHERE}/db",
    f"host=127.0.0.1 port=1 password=pass {SECRET}",
    f"host=127.0.0.1 port=1 password='pass {SECRET}",
    f"{SECRET}",
]


@pytest.mark.parametrize("dsn", MISWRITTEN)
def test_a_database_that_is_miswritten_is_told_without_its_password(dsn: str) -> None:
    tried = list(check(settings_of(dsn=dsn)))

    (fault,) = faults_of(tried)
    assert fault.startswith("WUGUAN_DSN: ")
    assert "postgresql://user:password@host" in fault
    assert SECRET not in str(tried)


@pytest.mark.parametrize("dsn", MISWRITTEN)
def test_nor_does_a_program_tell_it_at_its_start(dsn: str) -> None:
    with pytest.raises(Misconfigured) as caught:
        open_store(dsn)

    assert SECRET not in "".join(format_exception(caught.value))


@pytest.mark.parametrize(
    "dsn",
    [
        f"postgresql://u:{SECRET}@{NOWHERE}/db",
        f"postgresql://u:pass%40{SECRET}%2F@{NOWHERE}/db",
        f"postgres://u:pass?#{SECRET}@{NOWHERE}/db",
        f"postgresql://u@{NOWHERE}/db?password={SECRET}",
        f"host=127.0.0.1 port=1 user=u password='pass @/{SECRET}' dbname=db",
    ],
)
def test_a_database_that_does_not_answer_is_told_without_its_password(dsn: str) -> None:
    tried = list(check(settings_of(dsn=dsn)))

    (fault,) = faults_of(tried)
    assert fault.startswith("WUGUAN_DSN: ")
    assert "127.0.0.1" in fault
    assert SECRET not in str(tried)
