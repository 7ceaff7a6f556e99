"""A text in parts that a receiver takes, measured in bytes of UTF-8."""

from collections.abc import Iterator

# Each part by itself must hold the keyword that a group asks of its robot.
_HEAD = "五管 ({number}/{all})\n"
_HEAD_BYTES = 24


def parts_of(text: str, most_bytes: int) -> list[str]:
    """The text in parts of at most so many bytes, cut at ends of lines; numbered if several."""
    if len(text.encode()) <= most_bytes:
        return [text]
    pieces = list(_packed(text.splitlines(), most_bytes - _HEAD_BYTES))
    return [
        _HEAD.format(number=number, all=len(pieces)) + one
        for number, one in enumerate(pieces, start=1)
    ]


def _packed(lines: list[str], most_bytes: int) -> Iterator[str]:
    """Lines put together as long as they have room."""
    packed: list[str] = []
    size = 0
    for line in lines:
        for piece in _cut(line, most_bytes):
            added = len(piece.encode()) + 1
            if packed and size + added > most_bytes:
                yield "\n".join(packed)
                packed, size = [], 0
            packed.append(piece)
            size += added
    if packed:
        yield "\n".join(packed)


def _cut(line: str, most_bytes: int) -> Iterator[str]:
    """A line that is too long by itself, cut between characters."""
    while len(line.encode()) >= most_bytes:
        head = line.encode()[: most_bytes - 1].decode(errors="ignore")
        yield head
        line = line[len(head) :]
    yield line
