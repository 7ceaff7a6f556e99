"""Alerts and replies through the client, against the API itself."""

from collections.abc import Callable, Iterator
from functools import partial

import httpx
import msgspec
import pytest
from structlog.testing import capture_logs

from tests.alerting import HOMEWORK, RULES, SILENT, put_alerts, told
from tests.unit.api import service as building
from tests.unit.api.service import (
    FOLLOW_DISTRICT,
    INGEST,
    MONDAY,
    OTHER_SCHOOL,
    READ_DISTRICT,
    READ_SCHOOL,
    SCHOOL,
    Service,
)
from tests.unit.api.test_replies import find
from wuguan.client.alert_answers import Alerts, AlertWithHistory
from wuguan.client.client import Client
from wuguan.client.errors import (
    AlertHasMoved,
    DocumentRefused,
    KeyRefused,
    RequestRefused,
    ServerUnavailable,
    Unconfirmed,
)

FIRING, SILENCE, ENDED = "a-1", "a-2", "a-3"
UNTIL = "2026-09-30T18:00:00+08:00"
Passing = Callable[[httpx.Request], httpx.Response]


class Line(httpx.BaseTransport):
    """The way to the server, with what happens to the first request on it."""

    def __init__(self, server: httpx.BaseTransport) -> None:
        self.server = server
        self.first: Callable[[Passing, httpx.Request], httpx.Response] | None = None
        self.statuses: list[int] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        first, self.first = self.first, None
        passing = self.server.handle_request
        answer = first(passing, request) if first else passing(request)
        self.statuses.append(answer.status_code)
        return answer


def the_answer_is_lost(passing: Passing, request: httpx.Request) -> httpx.Response:
    passing(request)
    raise httpx.ReadTimeout("lost")


def it_does_not_arrive(_: Passing, __: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError("refused")


def answered(status: int, _: Passing, __: httpx.Request) -> httpx.Response:
    return httpx.Response(status)


@pytest.fixture
def alerted() -> Iterator[Service]:
    made = building.service(alert_rules=RULES)
    put_alerts(
        made.store,
        told(HOMEWORK, FIRING, SCHOOL, ["BBB"], MONDAY),
        told(SILENT, SILENCE, SCHOOL, ["BB"], MONDAY, system="e-class-board"),
        told(HOMEWORK, ENDED, OTHER_SCHOOL, ["BBB", "BBBkk"], MONDAY.replace(day=1)),
    )
    with capture_logs(), made.http:
        yield made


@pytest.fixture
def line(alerted: Service) -> Line:
    return Line(alerted.http._transport)


def client(line: Line, key: str = FOLLOW_DISTRICT, pauses: list[float] | None = None) -> Client:
    noted = pauses if pauses is not None else []
    return Client("http://testserver", key, transport=line, sleep=noted.append)


def ids(of: Alerts | None) -> list[str]:
    assert of is not None, "something has changed"
    return [one.id for one in of.rows]


def happened(of: AlertWithHistory) -> list[str]:
    return [one.happened for one in of.history[2:]]


# ---- lists


def test_a_list_is_read_page_by_page(line: Line) -> None:
    found = client(line, READ_DISTRICT).alerts(page_rows=1)

    assert ids(found) == [FIRING, SILENCE]
    assert line.statuses == [200, 200]
    one = found.rows[1]
    assert (one.title_zh, one.unit_name, one.system) == ("作业连续未报", "一小", "e-class-board")
    assert one.breach_days == ("2026-09-14", "2026-09-15")


def test_a_list_is_narrowed(line: Line) -> None:
    reading = client(line, READ_DISTRICT)

    assert ids(reading.alerts(states=["firing", "resolved"], kinds=["compliance"])) == [
        FIRING, ENDED,
    ]  # fmt: skip
    assert ids(reading.alerts(unit=OTHER_SCHOOL)) == []
    assert ids(reading.alerts(severities=["major"], rule=SILENT.rule_id)) == [SILENCE]
    with pytest.raises(DocumentRefused, match="/state"):
        reading.alerts(states=["open"])


def test_asked_again_it_says_that_nothing_has_changed_until_something_has(line: Line) -> None:
    following = client(line)
    found = following.alerts(kinds=["compliance"], page_rows=1)
    kept = msgspec.json.decode(msgspec.json.encode(found), type=Alerts)

    unchanged = following.alerts_since(kept)
    following.acknowledge(FIRING)
    changed = following.alerts_since(kept)

    assert unchanged is None
    assert line.statuses == [200, 304, 200, 200]
    assert ids(changed) == [FIRING]
    assert changed is not None
    assert changed.rows[0].state == "acknowledged"
    assert following.alerts_since(changed) is None


# ---- actions


def test_an_alert_is_followed(line: Line) -> None:
    following = client(line)
    following.acknowledge(FIRING, text="已联系学校")
    following.assign(FIRING, "张督学")
    following.note(FIRING, "下周回访")
    silenced = following.silence(FIRING, until=UNTIL)
    following.unsilence(FIRING)

    found = following.alert(FIRING)

    assert happened(found) == ["acknowledged", "assigned", "noted", "silenced", "unsilenced"]
    assert [one.text for one in found.history[2:5]] == ["已联系学校", "张督学", "下周回访"]
    assert {one.by for one in found.history[2:]} == {"示例区督学"}
    assert (found.state, found.assignee, found.silenced_until) == ("acknowledged", "张督学", None)
    assert silenced.silenced_until is not None


def test_what_the_state_does_not_take_is_told_at_once(line: Line) -> None:
    pauses: list[float] = []
    following = client(line, pauses=pauses)
    following.acknowledge(FIRING)

    with pytest.raises(AlertHasMoved, match="已签收"):
        following.acknowledge(FIRING)

    assert pauses == []


@pytest.mark.parametrize(
    ("error", "act", "key"),
    [
        (DocumentRefused, lambda one: one.note(FIRING, "请联系13800138000"), FOLLOW_DISTRICT),
        (RequestRefused, lambda one: one.alert("../keys"), FOLLOW_DISTRICT),
        (RequestRefused, lambda one: one.alert(ENDED), READ_SCHOOL),
        (KeyRefused, lambda one: one.acknowledge(FIRING), READ_DISTRICT),
    ],
)
def test_each_refusal_is_an_error_named_by_its_reaction(
    line: Line, error: type[Exception], act: Callable[[Client], object], key: str
) -> None:
    with pytest.raises(error):
        act(client(line, key))


# ---- repeats


@pytest.mark.parametrize(
    ("act", "expected"),
    [
        (lambda one: one.assign(FIRING, "张督学"), ["assigned", "assigned"]),
        (lambda one: one.silence(FIRING, until=UNTIL), ["silenced", "silenced"]),
        (lambda one: one.unsilence(FIRING), ["unsilenced", "unsilenced"]),
    ],
)
def test_where_a_repeat_leaves_the_alert_as_it_is_the_action_is_tried_again(
    line: Line, act: Callable[[Client], AlertWithHistory], expected: list[str]
) -> None:
    line.first = the_answer_is_lost

    found = act(client(line))

    assert happened(found) == expected
    assert found.state == "firing"


def test_an_acknowledgement_whose_answer_is_lost_is_written_once(line: Line) -> None:
    line.first = the_answer_is_lost
    following = client(line)

    with pytest.raises(AlertHasMoved):
        following.acknowledge(FIRING)

    assert happened(following.alert(FIRING)) == ["acknowledged"]


@pytest.mark.parametrize("status", [500, 502, 503, 504, None])
def test_a_note_that_may_have_arrived_is_not_sent_again(line: Line, status: int | None) -> None:
    line.first = partial(answered, status) if status else the_answer_is_lost
    following = client(line)

    with pytest.raises(Unconfirmed, match="经过中没有"):
        following.note(FIRING, "下周回访")

    assert happened(following.alert(FIRING)) == ([] if status else ["noted"])


@pytest.mark.parametrize("first", [it_does_not_arrive, partial(answered, 429)])
def test_a_note_that_did_not_arrive_is_sent_again(
    line: Line, first: Callable[[Passing, httpx.Request], httpx.Response]
) -> None:
    line.first = first

    found = client(line).note(FIRING, "下周回访")

    assert happened(found) == ["noted"]


def test_a_note_that_never_arrives_may_be_sent_later() -> None:
    def handler(_: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused")

    nobody = httpx.MockTransport(handler)
    patient = Client("http://s", "k", transport=nobody, sleep=lambda _: None,
                     give_up_after_seconds=0)  # fmt: skip

    with pytest.raises(ServerUnavailable):
        patient.note(FIRING, "下周回访")


# ---- replies


def test_a_school_replies_to_a_finding_and_its_district_reads_it(
    alerted: Service, line: Line
) -> None:
    find(alerted, "off_plan")
    school, district = client(line, INGEST), client(line, READ_DISTRICT)
    finding = {"day": MONDAY.isoformat(), "management": "sleep", "kind": "off_plan"}

    school.put_reply(SCHOOL, **finding, text="当天临时调查")
    (said,) = district.replies(first="2026-09-14", last="2026-09-14")
    elsewhere = district.replies(unit=OTHER_SCHOOL)
    school.put_reply(SCHOOL, **finding, text="")

    assert (said.school_id, said.kind, said.text) == (SCHOOL, "off_plan", "当天临时调查")
    assert elsewhere == district.replies() == []
    with pytest.raises(DocumentRefused, match="待核对"):
        school.put_reply(SCHOOL, **{**finding, "kind": "conflict"}, text="没有这一项")
