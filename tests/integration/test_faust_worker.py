"""What a Faust worker leaves in the database, fact by fact; and what it does with poison.

The faults that may end it: test_planted_faults.
"""

from collections.abc import Mapping, Sequence
from contextlib import closing
from datetime import date

import pytest

from tests.builders import OTHER_SCHOOL, SCHOOL, class_check, event, frame
from tests.integration.faust_world import PARTITIONS, World
from tests.integration.steps import some_frames
from wuguan.adapters.kafka.direct import DirectProducer
from wuguan.adapters.kafka.log_reader import KafkaLogReader
from wuguan.domain.ledger import EMPTY, Ledger, LedgerKey, fold, ledger_key
from wuguan.ports import Frame, Place
from wuguan.streams import SINGLE, Record, read_record, topic_of

PHONE = topic_of("phone")
EVER = (date(2018, 9, 1), date(2099, 12, 31))
FRAMES = some_frames(10)


def records(world: World) -> Sequence[Record]:
    """Everything in the topics of events."""
    with closing(KafkaLogReader(world.broker.bootstrap, PARTITIONS)) as reader:
        ends = reader.ends(reader.places())
        return [one for place, end in ends.items() for one in reader.read(place, 0, end)]


def ledgers_of(records: Sequence[Record]) -> Mapping[LedgerKey, Ledger]:
    """What records fold into, one event at a time."""
    ledgers: dict[LedgerKey, Ledger] = {}
    for record in records:
        for one in read_record(record).events:
            key = ledger_key(one)
            ledgers[key] = fold(ledgers.get(key, EMPTY), [one])
    return ledgers


def stored(world: World) -> Mapping[LedgerKey, Ledger]:
    """Every ledger of the database."""
    schools = (SCHOOL, OTHER_SCHOOL)
    with world.store() as store, store.ledgers.writing(schools) as writing:
        return writing.load([key for one in schools for key in writing.keys_of(one, *EVER)])


def positions(world: World) -> Mapping[Place, int]:
    """Where the database says that the workers are, in places that hold anything."""
    with world.store() as store:
        found = store.ledgers.positions({one.place for one in records(world)})
    return dict(found)


def is_exact(world: World) -> bool:
    """Fails unless ledgers, positions and figures are those of the topics."""
    everything = records(world)
    assert stored(world) == ledgers_of(everything)
    ends = {one.place: one.offset + 1 for one in sorted(everything, key=lambda one: one.offset)}
    assert positions(world) == ends
    return world.wrong_figures() == []


def test_every_fact_of_the_topics_is_in_the_database_and_no_other(world: World) -> None:
    world.send(FRAMES[:30])
    worker = world.workers.start()
    # Repeats are everyday: whoever is not answered sends again.
    world.send([*FRAMES[20:], *FRAMES[:10]])

    world.wait_until_taken()

    assert worker.end() == 0
    assert is_exact(world)


def test_a_fault_in_the_first_assignment_skips_nothing(world: World) -> None:
    world.send(FRAMES)

    assert world.workers.start("assign 1").exit_code() == 1
    world.wait_until_taken()

    assert is_exact(world)


def test_a_batch_that_takes_longer_than_a_stop_may_comes_again(world: World) -> None:
    world.send(FRAMES)
    worker = world.workers.start("slow-write 20")
    worker.wait_for_the_fault()

    assert worker.end() in (0, 1)
    world.wait_until_taken()

    assert is_exact(world)


# Key, value, and the code and path of what is wrong with it.
POISON: Sequence[tuple[str, bytes, str, str]] = (
    (SCHOOL, b"no JSON", "not_an_event", ""),
    (SCHOOL, b"\xff\xfe[]", "not_an_event", ""),
    (SCHOOL, b"", "not_an_event", ""),
    (SCHOOL, b"[" * 100_000, "not_an_event", ""),
    (SCHOOL, b'[{"id": "\\ud800"}]', "missing_field", "/specversion"),
    (SCHOOL, frame(class_check("x", class_id="P\u0000")).body, "out_of_range", "/data/class_id"),
    (SCHOOL, frame(event("sleep.nil_reported")).body, "unknown_type", "/type"),
    # A good event under the key of another school, and under that of none.
    (OTHER_SCHOOL, frame(class_check("x")).body, "wrong_school", "/source"),
    ("board", frame(class_check("y")).body, "wrong_school", "/source"),
)


@pytest.mark.parametrize("claims", [False, True], ids=["records", "frames"])
def test_poison_is_published_with_its_place_and_holds_nobody_up(world: World, claims: bool) -> None:
    # given good frames on both sides of poison, which may claim to be frames that were checked
    world.send(FRAMES[:30])
    with DirectProducer(world.broker.bootstrap) as producer:
        for key, value, *_ in POISON:
            if claims:
                producer.send_frame(Frame(key, "phone", "x", 0, value))
            else:
                producer.send(PHONE, key, value, SINGLE)
    world.send(FRAMES[30:])

    # when a worker has taken everything
    worker = world.workers.start()
    world.wait_until_taken()

    # then each bad one is published with its place and its fault, and the good ones are counted
    values = {(*one.place, one.offset): one.value for one in records(world)}
    published = [
        (values[one["topic"], one["partition"], one["offset"]], one["code"], one["path"])
        for one in world.rejected()
    ]
    assert sorted(published) == sorted(one[1:] for one in POISON)
    assert worker.end() == 0
    assert is_exact(world)
