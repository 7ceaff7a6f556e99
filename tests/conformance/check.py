"""The whole check of one server: set it up, send every request, compare every figure."""

import random
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Protocol, TypeVar

import httpx
import msgspec

from tests.conformance.case import (
    LEVELS,
    Case,
    Request,
    Row,
    Window,
    read_case,
    read_document,
    read_expected,
    read_requests,
)
from tests.conformance.compare import (
    EQUAL,
    Comparison,
    compare_answer,
    compare_rows,
    differing,
)
from tests.conformance.conversation import (
    Conversation,
    Keys,
    Unanswered,
    Unreadable,
    json_object,
    media_type,
)

DIFFERENCES_SHOWN = 30
SENT_TWICE_SHARE = 0.2

Step = TypeVar("Step")


class Narrator(Protocol):
    """Goes through the steps of something long and lets a person see how far it is."""

    def __call__(self, title: str, steps: Sequence[Step]) -> Iterable[Step]:
        """The same steps, in order."""


class Verdict(msgspec.Struct, frozen=True):
    """What a run found."""

    rows: Comparison
    answers: Comparison

    @property
    def conforms(self) -> bool:
        """Whether nothing differs, and something was compared at all."""
        return self.rows.equal > 0 and self.rows.differ == 0 and self.answers.differ == 0

    @property
    def line(self) -> str:
        """The last line of a run."""
        return (
            f"conformance: {self.rows.equal} rows equal, {self.rows.differ} differ; "
            f"answers {self.answers.equal} equal, {self.answers.differ} differ"
        )

    @property
    def report(self) -> str:
        """The first differences, a line each."""
        messages = (*self.answers.messages, *self.rows.messages)
        more = len(messages) - DIFFERENCES_SHOWN
        shown = [f"differs: {message}" for message in messages[:DIFFERENCES_SHOWN]]
        return "\n".join(shown + ([f"… and {more} more"] if more > 0 else []))


class Query(msgspec.Struct, frozen=True):
    """One unit and window at one level, and the rows that must come out."""

    level: str
    unit: str
    window: Window
    rows: tuple[Row, ...]

    @property
    def title(self) -> str:
        """How a report calls it."""
        return f"[{self.level}]"


def silently(title: str, steps: Sequence[Step]) -> Iterable[Step]:
    """The narrator that says nothing."""
    return steps


def check(
    base_url: str,
    admin_key: str,
    *,
    shuffled_seed: int | None = None,
    narrate: Narrator = silently,
) -> Verdict:
    """Run the whole case against an empty server.

    With a `shuffled_seed` the requests go in another order and some twice; then their answers
    are not compared, only the figures.
    """
    # A server of this machine, or one named by address: no proxy of the environment between.
    with httpx.Client(base_url=base_url, timeout=60, trust_env=False) as client:
        conversation = Conversation(client)
        case = read_case()
        answers = _put_everything_twice(conversation, admin_key)
        keys = conversation.issue_keys(case, admin_key)
        answers = answers.merge(_send_requests(conversation, keys, shuffled_seed, narrate))
        rows = _compare_figures(conversation, case, keys, "expected", narrate)
        late = conversation.put_document("/v1/roster", admin_key, read_document("roster-late.json"))
        answers = answers.merge(_compare_put("the late roster", late, again=False))
        rows = rows.merge(_compare_figures(conversation, case, keys, "expected-late", narrate))
    return Verdict(rows, answers)


def shuffled(requests: Sequence[Request], seed: int) -> list[Request]:
    """The requests in another order, some twice; those with an Idempotency-Key keep theirs.

    Two uses of one key depend on which came first, so these move only between the others.
    """
    chance = random.Random(seed)
    free = [request for request in requests if not request.has_idempotency_key]
    free += chance.sample(free, int(len(free) * SENT_TWICE_SHARE))
    chance.shuffle(free)
    bound = [request for request in requests if request.has_idempotency_key]
    places = sorted(chance.sample(range(len(free) + len(bound)), len(bound)))
    for place, request in zip(places, bound, strict=True):
        free.insert(place, request)
    return free


def queries(case: Case, folder: str) -> Iterator[Query]:
    """Every question about figures that the case asks, with the rows that answer it."""
    for level in LEVELS:
        rows = read_expected(folder, level)
        by_unit = {
            unit: tuple(mine) for unit, mine in groupby(sorted(rows, key=_unit_of), key=_unit_of)
        }
        for unit in case.units(level):
            for window in case.windows:
                mine = tuple(row for row in by_unit.get(unit, ()) if window.holds(row.day))
                yield Query(level, unit, window, mine)


def _unit_of(row: Row) -> str:
    return row.unit


def _put_everything_twice(conversation: Conversation, admin_key: str) -> Comparison:
    documents = [("/v1/roster", "the roster", read_document("roster.json"))]
    for calendar in read_document("calendar.json"):
        documents.append(("/v1/calendar", f"the calendar of {calendar['unit_id']}", calendar))
    result = Comparison()
    for again in (False, True):
        for path, title, document in documents:
            answer = conversation.put_document(path, admin_key, document)
            result = result.merge(_compare_put(title, answer, again=again))
    return result


def _compare_put(title: str, answer: httpx.Response, *, again: bool) -> Comparison:
    if answer.status_code != 200:
        return differing(f"PUT {title}: status {answer.status_code}, {answer.text[:300]}")
    changed = (json_object(answer) or {}).get("changed")
    if type(changed) is not int:
        return differing(f"PUT {title}: the answer does not say how much changed")
    if again and changed:
        return differing(f"PUT {title} again: changed 0 wanted, {changed} answered")
    return EQUAL


def _send_requests(
    conversation: Conversation, keys: Keys, seed: int | None, narrate: Narrator
) -> Comparison:
    requests = read_requests()
    result = Comparison()
    if seed is None:
        for request in narrate("requests", requests):
            result = result.merge(_ask(conversation, request, keys))
        return result
    for request in narrate("requests, shuffled", shuffled(requests, seed)):
        status = conversation.post_events(request, keys).status_code
        if status >= 500:
            raise Unanswered(f"{request.title}: status {status}")
    return result


def _ask(conversation: Conversation, request: Request, keys: Keys) -> Comparison:
    answer = conversation.post_events(request, keys)
    return compare_answer(request, answer.status_code, media_type(answer), json_object(answer))


def _compare_figures(
    conversation: Conversation, case: Case, keys: Keys, folder: str, narrate: Narrator
) -> Comparison:
    result = Comparison()
    for query in narrate(f"figures, {folder}", tuple(queries(case, folder))):
        result = result.merge(_compare_query(conversation, query, keys))
    return result


def _compare_query(conversation: Conversation, query: Query, keys: Keys) -> Comparison:
    try:
        rows = conversation.read_rows(query.level, query.unit, query.window, keys.read[query.unit])
    except Unreadable as error:
        return differing(f"{query.title} {error}", max(1, len(query.rows)))
    by_the_school = query.level in ("class", "school")
    return compare_rows(query.title, query.rows, rows, by_the_school=by_the_school)
