"""The contract of Keys."""

from tests.builders import DISTRICT, SCHOOL
from tests.contract.steps import WAIT_SECONDS, started
from wuguan.ports import ApiKey, Store

ADMIN = ApiKey("k-admin", "admin", None, "the first", 1)
INGEST = ApiKey("k-ingest", "ingest", SCHOOL, "班牌", 2)
READ = ApiKey("k-read", "read", DISTRICT, "教育局", 3)


def test_a_key_is_found_by_its_digest(store: Store) -> None:
    store.keys.add(INGEST, b"one")
    store.keys.add(READ, b"other")

    assert store.keys.find(b"one") == INGEST
    assert store.keys.find(b"other") == READ


def test_an_unknown_digest_finds_nothing(store: Store) -> None:
    store.keys.add(INGEST, b"one")

    assert store.keys.find(b"on") is None


def test_keys_are_listed_from_the_oldest_on(store: Store) -> None:
    for key in (READ, ADMIN, INGEST):
        store.keys.add(key, key.key_id.encode())

    assert list(store.keys.list()) == [ADMIN, INGEST, READ]


def test_a_deleted_key_is_no_longer_found_or_listed(store: Store) -> None:
    store.keys.add(INGEST, b"one")
    store.keys.add(READ, b"other")

    assert store.keys.delete(INGEST.key_id)
    assert store.keys.find(b"one") is None
    assert list(store.keys.list()) == [READ]


def test_deleting_a_key_that_is_not_there_says_so(store: Store) -> None:
    store.keys.add(INGEST, b"one")
    store.keys.delete(INGEST.key_id)

    assert not store.keys.delete(INGEST.key_id)
    assert not store.keys.delete("k-never")


def test_the_first_admin_key_is_kept(store: Store) -> None:
    store.keys.add(INGEST, b"one")

    assert store.keys.add_first_admin(ADMIN, b"admin")
    assert store.keys.find(b"admin") == ADMIN


def test_a_second_first_admin_key_is_not_kept(store: Store) -> None:
    store.keys.add(ADMIN, b"admin")

    assert not store.keys.add_first_admin(ApiKey("k-2", "admin", None, "", 4), b"second")
    assert store.keys.find(b"second") is None


def test_after_the_last_admin_key_was_deleted_none_comes_by_itself(store: Store) -> None:
    store.keys.add_first_admin(ADMIN, b"admin")
    store.keys.delete(ADMIN.key_id)

    assert not store.keys.add_first_admin(ApiKey("k-2", "admin", None, "", 4), b"second")


def test_of_two_servers_that_start_at_once_one_makes_the_first_admin_key(store: Store) -> None:
    def start(number: int) -> bool:
        key = ApiKey(f"k-{number}", "admin", None, "", number)
        return store.keys.add_first_admin(key, f"digest-{number}".encode())

    with started(*(lambda number=number: start(number) for number in range(4))) as tasks:
        made = [task.result(WAIT_SECONDS) for task in tasks]

    assert made.count(True) == 1
    assert len(store.keys.list()) == 1
