"""Faust workers on real Kafka and TimescaleDB, and every fault that loses events elsewhere."""

import signal
import time

import pytest

from tests.builders import OTHER_SCHOOL, SCHOOL, TODAY, class_check, frame
from tests.databases_of_timescale import copy, restore
from tests.integration.faust_world import World
from tests.integration.steps import some_frames
from tests.workers import wait_until
from wuguan.adapters.kafka.direct import DirectProducer
from wuguan.ports import Frame
from wuguan.streams import SINGLE, topic_of

SESSION_SECONDS = 10


def test_what_is_in_the_topics_is_in_the_ledgers(world: World) -> None:
    world.send(some_frames(10))
    worker = world.workers.start()

    world.wait_until_taken()

    assert world.wrong_figures() == []
    assert worker.end() == 0


@pytest.mark.parametrize("fault", ["prepare 1", "write 1", "prepare 3", "write 3"])
def test_an_exception_ends_the_worker_and_the_next_one_takes_all(world: World, fault: str) -> None:
    world.send(some_frames(10))

    faulty = world.workers.start(fault)

    assert faulty.exit_code() == 1
    world.wait_until_taken()
    assert world.wrong_figures() == []


def test_told_to_stop_in_the_middle_of_a_batch_it_loses_nothing(world: World) -> None:
    world.send(some_frames(10))
    slow = world.workers.start("slow-write 2")
    slow.wait_for_the_fault()

    begun = time.monotonic()
    code = slow.end()

    assert code == 0
    assert time.monotonic() - begun < 16
    world.wait_until_taken()
    assert world.wrong_figures() == []


def test_told_to_stop_in_a_rebalance_it_loses_nothing(world: World) -> None:
    world.send(some_frames(6))
    world.workers.start().wait_until_working()
    slow = world.workers.start("slow-assign 3")
    slow.wait_for_the_fault()

    slow.end()

    world.send(some_frames(12)[30:])
    world.wait_until_taken()
    assert world.wrong_figures() == []


def test_workers_that_come_and_go_lose_nothing(world: World) -> None:
    world.workers.start().wait_until_working()
    world.workers.start()
    for number, part in enumerate(parts_of(some_frames(24), 4)):
        world.send(part)
        third = world.workers.start()
        third.wait_until_working()
        third.end(signal.SIGTERM if number % 2 else signal.SIGKILL)

    world.wait_until_taken()

    assert world.wrong_figures() == []


def test_a_worker_that_was_paused_for_longer_than_its_session_harms_nothing(world: World) -> None:
    world.send(some_frames(8))
    paused = world.workers.start("slow-write 0.5")
    paused.wait_for_the_fault()
    paused.send(signal.SIGSTOP)
    world.workers.start()
    time.sleep(SESSION_SECONDS + 2)
    world.send(some_frames(16)[48:])
    world.wait_until_taken()

    paused.send(signal.SIGCONT)
    world.send(some_frames(20)[96:])

    world.wait_until_taken()
    assert world.wrong_figures() == []


@pytest.mark.parametrize("service", ["broker", "timescale"])
def test_a_service_that_restarts_is_waited_for(world: World, service: str) -> None:
    one, two = parts_of(some_frames(12), 2)
    world.send(one)
    world.workers.start().wait_until_working()

    getattr(world, service).kill()
    getattr(world, service).start()
    world.send(two)

    world.wait_until_taken()
    assert world.wrong_figures() == []


def test_a_database_restored_to_an_earlier_state_is_read_up_to_date(world: World) -> None:
    one, two = parts_of(some_frames(12), 2)
    world.send(one)
    worker = world.workers.start()
    world.wait_until_taken()
    copy(world.server, world.name, f"{world.name}_old")
    world.send(two)
    world.wait_until_taken()
    assert worker.end() == 0

    # The group's offsets are ahead of it now, and nothing new is ever sent.
    restore(world.server, world.name, f"{world.name}_old")

    world.wait_until_taken()
    assert world.wrong_figures() == []
    assert any('"back"' in one.log for one in world.workers.all)


def test_a_database_restored_under_a_running_worker_is_noticed(world: World) -> None:
    one, two = parts_of(some_frames(12), 2)
    world.send(one)
    world.workers.start()
    world.wait_until_taken()
    copy(world.server, world.name, f"{world.name}_old")
    world.send(two)
    world.wait_until_taken()

    restore(world.server, world.name, f"{world.name}_old")

    wait_until(lambda: 1 in world.workers.exit_codes)
    world.wait_until_taken()
    assert world.wrong_figures() == []


def test_topics_that_were_made_anew_are_read_from_their_beginning(world: World) -> None:
    world.send(some_frames(6))
    worker = world.workers.start()
    world.wait_until_taken()
    assert worker.end() == 0
    world.empty_topics()
    world.send([frame(class_check("after", 1))])

    world.wait_until_taken()

    with world.store() as store, store.figures.reading() as reading:
        heard = reading.class_tallies(SCHOOL, ["phone"], TODAY, TODAY)
    tallies = [one for classes in heard.values() for of in classes.values() for one in of]
    assert any(one.tally.total for one in tallies if one.metric == "phone.classroom")


def test_what_cannot_be_used_is_told_and_holds_up_nobody(world: World) -> None:
    phone = topic_of("phone")
    with DirectProducer(world.broker.bootstrap) as producer:
        producer.send(phone, SCHOOL, b"{", SINGLE)
        producer.send_event(class_check("mine"))
        producer.send(phone, OTHER_SCHOOL, frame(class_check("theirs")).body[1:-1], SINGLE)
        producer.send(topic_of("sleep"), SCHOOL, frame(class_check("here")).body[1:-1], SINGLE)
        producer.send_frame(frame(class_check("last")))
    world.workers.start()

    world.wait_until_taken()

    found = {(one["topic"], one["code"], one["path"]) for one in world.rejected()}
    assert found == {
        (phone, "not_an_event", ""),
        (phone, "wrong_school", "/source"),
        (topic_of("sleep"), "unknown_type", "/type"),
    }
    with world.store() as store, store.figures.reading() as reading:
        heard = reading.class_tallies(SCHOOL, ["phone"], TODAY, TODAY)
    assert heard


def parts_of(frames: list[Frame], number: int) -> list[list[Frame]]:
    """The frames in so many parts, in their order."""
    size = len(frames) // number
    return [frames[start : start + size] for start in range(0, size * number, size)]
