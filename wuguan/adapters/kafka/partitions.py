"""Which partition a school's events are in: Java's murmur2, as every client here hashes keys."""

from kafka.partitioner.default import murmur2


def partition_of(school_id: str, partitions: int) -> int:
    """The partition of a school in a topic of so many."""
    number: int = (murmur2(school_id.encode()) & 0x7FFFFFFF) % partitions
    return number
