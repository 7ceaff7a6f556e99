"""What is equal and what differs: answers to requests, and rows of figures."""

from collections.abc import Mapping, Sequence
from types import NoneType
from typing import Any

import msgspec

from tests.conformance.case import Request, Row

# Unit of count pupil-night or pupil-day: a row about 1 to 4 pupils is for their school only.
PUPIL_METRICS = frozenset(
    (
        "sleep.duration",
        "sleep.bedtime",
        "phone.screen_time",
        "reading.loans",
        "fitness.out_of_school",
    )
)
KEY = ("day", "unit", "class_id", "stage", "grade", "metric")
TALLY = ("expected", "reported", "judged", "compliant", "total", "bins")
DERIVED = ("reporting_rate", "compliance_rate", "mean")
ANSWER_COUNTS = ("accepted", "duplicates", "rejected")
ITEM_MEMBERS = ("id", "status", "code", "path")
_ABSENT = "absent"

Key = tuple[Any, ...]
Answered = Mapping[str, Any]


class Comparison(msgspec.Struct, frozen=True):
    """How many were equal, how many differed, and a line about each difference."""

    equal: int = 0
    differ: int = 0
    messages: tuple[str, ...] = ()

    def merge(self, other: "Comparison") -> "Comparison":
        """Both together."""
        return Comparison(
            self.equal + other.equal,
            self.differ + other.differ,
            self.messages + other.messages,
        )


EQUAL = Comparison(equal=1)


def differing(message: str, count: int = 1) -> Comparison:
    """`count` things differ, for one reason."""
    return Comparison(differ=count, messages=(message,))


def compare_answer(
    request: Request, status: int, media_type: str, body: Mapping[str, Any] | None
) -> Comparison:
    """Whether a request got its answer. Messages are not compared."""
    wanted = request.expect
    if status != wanted["status"]:
        return differing(f"{request.title}: status {wanted['status']} wanted, {status} answered")
    if status != 202:
        return _compare_problem(request, media_type)
    if body is None:
        return differing(f"{request.title}: the answer is no JSON object")
    faults = _count_faults(wanted, body) + _item_faults(wanted["items"], body.get("items"))
    return differing(f"{request.title}: {'; '.join(faults)}") if faults else EQUAL


def compare_rows(
    title: str, wanted: Sequence[Row], answered: Sequence[Answered], *, by_the_school: bool
) -> Comparison:
    """Row by row, both ways: a row too many is as wrong as a row too few.

    `by_the_school`: the key that asked is the school's own, so nothing may be withheld from it.
    """
    by_key = {_answered_key(row): row for row in answered}
    wanted_keys = {_wanted_key(row) for row in wanted}
    result = Comparison()
    for row in wanted:
        found = by_key.get(_wanted_key(row))
        result = result.merge(_compare_row(title, row, found, by_the_school))
    for key in by_key:
        if key not in wanted_keys:
            result = result.merge(differing(f"{title} {_shown(key)}: a row too many"))
    return result.merge(_compare_order(title, answered, len(by_key)))


def is_withheld(row: Row) -> bool:
    """Whether everyone but the school itself must be refused the figures of `row`."""
    few = 1 <= row.expected <= 4 or 1 <= row.reported <= 4
    return few and row.metric in PUPIL_METRICS


def rounded(numerator: int, denominator: int, digits: int) -> float | None:
    """The quotient, half up, at so many digits; None where the denominator is 0."""
    if denominator == 0:
        return None
    steps: int = 10**digits
    # Half up on the exact quotient: a float would already have been rounded once.
    scaled, rest = divmod(numerator * steps, denominator)
    return (scaled + (2 * rest >= denominator)) / steps


def _compare_problem(request: Request, media_type: str) -> Comparison:
    if media_type == "application/problem+json":
        return EQUAL
    return differing(f"{request.title}: answered as {media_type!r}, not as problem+json")


def _count_faults(wanted: Answered, body: Answered) -> list[str]:
    return [
        f"{name} {wanted[name]} wanted, {body.get(name, _ABSENT)} answered"
        for name in ANSWER_COUNTS
        if not _same(body.get(name, _ABSENT), wanted[name])
    ]


def _item_faults(wanted: Sequence[Answered], answered: object) -> list[str]:
    if not isinstance(answered, list) or not all(isinstance(item, dict) for item in answered):
        return ["items is no list of objects"]
    by_index = {item.get("index"): item for item in answered}
    faults = ["items names an index twice"] if len(by_index) < len(answered) else []
    for item in wanted:
        faults += _one_item_faults(item, by_index.pop(item["index"], None))
    return faults + [f"item {index}: not wanted, answered" for index in by_index]


def _one_item_faults(wanted: Answered, answered: Answered | None) -> list[str]:
    where = f"item {wanted['index']}"
    if answered is None:
        return [f"{where}: wanted ({wanted['status']}), not answered"]
    return [
        f"{where}: {name} {wanted.get(name)!r} wanted, {answered.get(name)!r} answered"
        for name in ITEM_MEMBERS
        if wanted.get(name) != answered.get(name)
    ]


def _compare_row(
    title: str, wanted: Row, answered: Answered | None, by_the_school: bool
) -> Comparison:
    where = f"{title} {_shown(_wanted_key(wanted))}"
    if answered is None:
        return differing(f"{where}: missing")
    withheld = is_withheld(wanted) and not by_the_school
    if bool(answered.get("withheld", False)) != withheld:
        return differing(f"{where}: " + ("not withheld" if withheld else "wrongly withheld"))
    figures = _withheld_figures(wanted) if withheld else _figures(wanted)
    faults = [
        f"{name} {figure} wanted, {answered.get(name, _ABSENT)} answered"
        for name, figure in figures.items()
        if not _same(answered.get(name, _ABSENT), figure)
    ]
    return differing(f"{where}: {'; '.join(faults)}") if faults else EQUAL


def _figures(row: Row) -> dict[str, object]:
    return {
        **{name: getattr(row, name) for name in TALLY},
        "bins": list(row.bins),
        "reporting_rate": rounded(row.reported, row.expected, 4),
        "compliance_rate": rounded(row.compliant, row.judged, 4),
        "mean": rounded(row.total, row.reported, 1),
        "rule": row.rule,
    }


def _withheld_figures(row: Row) -> dict[str, object]:
    # The rule says nothing about a pupil and stays.
    return {**dict.fromkeys(TALLY + DERIVED), "rule": row.rule}


def _same(answered: object, wanted: object) -> bool:
    # In Python True == 1 and 30.0 == 30; on the wire a count is an integer.
    if isinstance(wanted, int):
        return type(answered) is int and answered == wanted
    if isinstance(wanted, float):
        return type(answered) in (int, float) and answered == wanted
    if isinstance(wanted, list):
        return (
            isinstance(answered, list)
            and len(answered) == len(wanted)
            and all(_same(*pair) for pair in zip(answered, wanted, strict=True))
        )
    return answered == wanted


def _compare_order(title: str, answered: Sequence[Answered], distinct: int) -> Comparison:
    if distinct < len(answered):
        return differing(f"{title}: {len(answered) - distinct} rows came twice")
    keys = [_sortable(_answered_key(row)) for row in answered]
    if keys != sorted(keys):
        return differing(f"{title}: rows are not in the order of the contract")
    return Comparison()


def _wanted_key(row: Row) -> Key:
    return tuple(getattr(row, name) for name in KEY)


def _answered_key(row: Answered) -> Key:
    parts = (row.get(name, _ABSENT) for name in KEY)
    return tuple(part if isinstance(part, str | int | NoneType) else repr(part) for part in parts)


def _sortable(key: Key) -> tuple[tuple[bool, str, int], ...]:
    return tuple(
        (part is not None, *(("", part) if isinstance(part, int) else (str(part), 0)))
        for part in key
    )


def _shown(key: Key) -> str:
    return " ".join(str(part) for part in key if part is not None)
