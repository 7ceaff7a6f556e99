"""What the store tells of its connections."""

from wuguan.adapters.postgres.store import PostgresStore


def test_a_connection_in_use_is_told_and_how_many_there_may_be(store: PostgresStore) -> None:
    with store.figures.reading():
        told = {name: look() for name, look in store.asked.items()}

    assert told["wuguan_pool_connections_used"] >= 1
    assert told["wuguan_pool_connections_most"] == 4
    assert told["wuguan_pool_waiting_requests"] == 0
