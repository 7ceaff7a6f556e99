"""The case as values: requests with the answers they must get, and the figures to come out."""

import csv
import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

HERE = Path(__file__).resolve().parent
LEVELS = ("class", "school", "district", "province")


class Window(msgspec.Struct, frozen=True):
    """The days from `first` to `last`, both included."""

    first: str = msgspec.field(name="from")
    last: str = msgspec.field(name="to")

    def holds(self, day: str) -> bool:
        """Whether `day` lies in it. ISO dates compare as text."""
        return self.first <= day <= self.last


class Case(msgspec.Struct, frozen=True):
    """What the case speaks of: its time, the days compared, its units and metrics."""

    now: str
    windows: tuple[Window, ...]
    province: str
    districts: tuple[str, ...]
    schools: tuple[str, ...]
    metrics: tuple[str, ...]

    def units(self, level: str) -> tuple[str, ...]:
        """The units to ask about at `level`; classes are asked with their school."""
        match level:
            case "class" | "school":
                return self.schools
            case "district":
                return self.districts
            case _:
                return (self.province,)


class Request(msgspec.Struct, frozen=True):
    """One `POST /v1/events`, and the answer that it must get."""

    number: int
    school_id: str
    headers: dict[str, str]
    expect: dict[str, Any]
    gzip: bool = False
    body: Any = None
    raw: str | None = None
    pad: int = 0
    auth: str = "ingest"
    note: str = ""

    @property
    def has_idempotency_key(self) -> bool:
        """Whether its place in the order matters."""
        return "Idempotency-Key" in self.headers

    @property
    def title(self) -> str:
        """How a report calls it."""
        return f"request {self.number}" + (f" ({self.note})" if self.note else "")


class Row(msgspec.Struct, frozen=True):
    """One tally row that must come out."""

    day: str
    unit: str
    class_id: str | None
    stage: str
    grade: int
    metric: str
    expected: int
    reported: int
    judged: int
    compliant: int
    total: int
    bins: tuple[int, ...]
    rule: str | None


def read_case() -> Case:
    """`case.json`."""
    return msgspec.json.decode((HERE / "case.json").read_bytes(), type=Case)


def read_document(name: str) -> Any:
    """A JSON file of the case: a roster, or the list of calendars."""
    return json.loads((HERE / name).read_text(encoding="utf-8"))


def read_requests() -> tuple[Request, ...]:
    """Every request, in the order to send; `number` counts from 1."""
    text = gzip.decompress((HERE / "requests.ndjson.gz").read_bytes()).decode()
    # Not splitlines(): texts in here hold U+0085 and U+2028, which it takes for line ends.
    lines = [line for line in text.split("\n") if line]
    return tuple(_request(number, json.loads(line)) for number, line in enumerate(lines, 1))


def read_expected(folder: str, level: str) -> tuple[Row, ...]:
    """The rows of one level in `expected` or `expected-late`."""
    with gzip.open(HERE / folder / f"{level}.csv.gz", "rt", encoding="utf-8", newline="") as lines:
        return tuple(_rows(csv.DictReader(lines)))


def wire_body(request: Request) -> bytes:
    """The bytes to send: the text, its padding, and gzip over both where it is asked."""
    if request.raw is None:
        text = compact_json(request.body)
    else:
        text = request.raw.encode("utf-8", errors="surrogatepass")
    unpacked = text + b" " * request.pad
    return gzip.compress(unpacked, mtime=0) if request.gzip else unpacked


def compact_json(value: object) -> bytes:
    """`value` without spaces in UTF-8; with `\\u` escapes if it holds a lone surrogate."""
    try:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    except UnicodeEncodeError:
        return json.dumps(value, ensure_ascii=True, separators=(",", ":")).encode()


def _request(number: int, line: dict[str, Any]) -> Request:
    known = {name: line[name] for name in line if name != "mode"}
    return Request(number=number, **known)


def _rows(lines: "csv.DictReader[str]") -> Iterator[Row]:
    for line in lines:
        yield Row(
            day=line["day"],
            unit=line["unit"],
            class_id=line["class_id"] or None,
            stage=line["stage"],
            grade=int(line["grade"]),
            metric=line["metric"],
            expected=int(line["expected"]),
            reported=int(line["reported"]),
            judged=int(line["judged"]),
            compliant=int(line["compliant"]),
            total=int(line["total"]),
            bins=tuple(int(count) for count in line["bins"].split()),
            rule=line["rule"] or None,
        )
