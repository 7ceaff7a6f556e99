"""Pushing events: modes, answers, the same event twice."""

import gzip
import json
from typing import Any

import pytest

from tests.unit.api.service import (
    INGEST,
    OTHER_SCHOOL,
    RETURN,
    STRUCTURED,
    Service,
    event,
)


def test_good_events_are_accepted_and_enter_the_log_as_sent(service: Service) -> None:
    sent = [event(1), event(2)]

    answer = service.push(sent)

    assert answer.status_code == 202
    assert answer.json() == {"accepted": 2, "duplicates": 0, "rejected": 0, "items": []}
    (frame,) = service.frames()
    assert sorted(frame, key=lambda one: str(one["id"])) == sent
    assert service.woken


def test_events_of_two_managements_become_two_frames(service: Service) -> None:
    nil = {"class_id": "P2023-01", "day": "2026-09-14"}

    service.push([event(1), event(2, short="phone.nil_reported", data=nil), event(3)])

    records = service.store.log.read(0, 10)
    found = {record.frame.management: record.frame for record in records}
    assert set(found) == {"homework", "phone"}
    assert len(json.loads(found["homework"].body)) == 2
    assert all(frame.school_id == "2199000001" for frame in found.values())
    assert len({frame.frame_id for frame in found.values()}) == 2


def test_a_structured_event_is_accepted(service: Service) -> None:
    answer = service.push(event(), media_type="Application/CloudEvents+JSON; charset=utf-8")

    assert answer.json()["accepted"] == 1
    assert service.frames() == [[event()]]


def test_two_events_one_after_another_are_no_structured_event(service: Service) -> None:
    body = json.dumps(event(1)).encode() + b"," + json.dumps(event(2)).encode()

    assert service.push(body, media_type=STRUCTURED).status_code == 400


def test_a_binary_event_has_its_attributes_in_headers(service: Service) -> None:
    answer = service.push(RETURN, media_type="application/json", headers=binary_headers())

    assert answer.json() == {"accepted": 1, "duplicates": 0, "rejected": 0, "items": []}
    assert service.frames() == [[event()]]


def test_binary_headers_are_unquoted_and_percent_decoded(service: Service) -> None:
    headers = binary_headers() | {"ce-id": '"a%20b%E4%BD%A0\\"c"'}

    service.push(RETURN, media_type="application/json", headers=headers)

    assert service.frames()[0][0]["id"] == 'a b你"c'


def test_a_binary_attribute_of_bytes_that_are_no_utf8_is_out_of_range(service: Service) -> None:
    headers = binary_headers() | {"ce-id": "%FF%FE"}

    answer = service.push(RETURN, media_type="application/json", headers=headers)

    assert only_item(answer.json())["code"] == "out_of_range"
    assert only_item(answer.json())["path"] == "/id"


@pytest.mark.parametrize("body", [b"", b"null"])
def test_a_binary_event_without_a_body_lacks_its_data(service: Service, body: bytes) -> None:
    answer = service.push(body, media_type="application/json", headers=binary_headers())

    item = only_item(answer.json())
    assert (item["code"], item["path"]) == ("missing_field", "/data")


def test_a_binary_body_that_is_no_object_is_of_the_wrong_type(service: Service) -> None:
    answer = service.push([1], media_type="application/json", headers=binary_headers())

    item = only_item(answer.json())
    assert (item["code"], item["path"]) == ("wrong_type", "/data")


def test_content_type_and_ce_datacontenttype_set_no_attribute(service: Service) -> None:
    headers = binary_headers() | {"ce-datacontenttype": "text/plain", "ce-subject": "x"}

    service.push(RETURN, media_type="application/json", headers=headers)

    assert service.frames() == [[event()]]


def test_a_gzipped_body_is_unpacked(service: Service) -> None:
    packed = gzip.compress(json.dumps([event()]).encode())

    answer = service.push(packed, headers={"Content-Encoding": "GZIP"})

    assert answer.json()["accepted"] == 1


def test_a_gzip_body_of_several_members_is_unpacked_whole(service: Service) -> None:
    text = json.dumps([event()]).encode()
    packed = gzip.compress(text[:10]) + gzip.compress(text[10:])

    answer = service.push(packed, headers={"Content-Encoding": "gzip"})

    assert answer.json()["accepted"] == 1


def test_one_bad_event_does_not_spoil_its_neighbours(service: Service) -> None:
    bad = event(2, data=RETURN | {"written_minutes": 601})

    answer = service.push([event(1), bad, event(3), event(1)]).json()

    assert (answer["accepted"], answer["rejected"], answer["duplicates"]) == (2, 1, 1)
    rejected, duplicate = answer["items"]
    assert (rejected["index"], rejected["id"], rejected["status"]) == (1, "e2", "rejected")
    assert rejected["code"] == "out_of_range"
    assert rejected["path"] == "/data/written_minutes"
    assert rejected["message"]
    assert rejected["message_zh"]
    assert duplicate == {"index": 3, "id": "e1", "status": "duplicate"}
    assert len(service.frames()[0]) == 2


def test_a_request_of_bad_events_only_is_accepted_and_writes_nothing(service: Service) -> None:
    answer = service.push([1, "x", None])

    assert answer.status_code == 202
    assert answer.json()["rejected"] == 3
    assert service.frames() == []
    assert not service.woken


def codes() -> list[tuple[str, str, Any]]:
    """Each code of the contract, with the path and an event that gets it."""
    return [
        ("not_an_event", "", 7),
        ("missing_field", "/time", {k: v for k, v in event().items() if k != "time"}),
        ("missing_field", "/data", event() | {"data": None}),
        ("unknown_field", "/data/name", event(data=RETURN | {"name": "x"})),
        ("unknown_field", "/data", event(data=RETURN | {"张三": 1})),
        ("wrong_type", "/data/written_minutes", event(data=RETURN | {"written_minutes": 4.0})),
        ("wrong_type", "/data/written_tasks", event(data=RETURN | {"written_tasks": True})),
        ("unknown_type", "/type", event() | {"type": "wuguan.homework.set.v1"}),
        ("wrong_school", "/source", event(school=OTHER_SCHOOL)),
        ("bad_time", "/time", event(time="2026-09-14 17:00:00+08:00")),
        ("bad_time", "/time", event(time="2026-09-20T12:10:01+08:00")),
        ("bad_time", "/data/day", event(data=RETURN | {"day": "2026-02-30"})),
        ("pii_suspected", "/data/class_id", event(data=RETURN | {"class_id": "13812345678"})),
        ("out_of_range", "/specversion", event(specversion="0.3")),
        ("out_of_range", "/data/day", event(data=RETURN | {"day": "2026-09-22"})),
        ("out_of_range", "/data/written_minutes",
         event(data=RETURN | {"written_minutes": 10**400})),
    ]  # fmt: skip


@pytest.mark.parametrize(("code", "path", "item"), codes())
def test_each_code_has_its_path_and_a_message_in_both_languages(
    service: Service, code: str, path: str, item: Any
) -> None:
    answer = service.push([item])

    found = only_item(answer.json())
    assert (found["code"], found["path"]) == (code, path)
    assert found["message"].isascii() or "–" in found["message"] or "§" in found["message"]
    assert any("\u4e00" <= letter <= "\u9fff" for letter in found["message_zh"])
    assert "13812345678" not in answer.text
    assert "张三" not in answer.json()["items"][0]["message"]


def test_the_same_id_and_time_with_other_content_is_a_conflict(service: Service) -> None:
    answer = service.push([event(1), event(1, data=RETURN | {"written_minutes": 50})])

    item = only_item(answer.json())
    assert (item["index"], item["code"], item["path"]) == (1, "id_conflict", "/id")
    assert item["message_zh"]


def test_an_id_is_answered_as_it_was_sent(service: Service) -> None:
    body = json.dumps([event() | {"id": "\ud800\x00"}]).encode()

    answer = service.push(body)

    assert only_item(json.loads(answer.content))["id"] == "\ud800\x00"


def test_the_last_of_repeated_members_counts(service: Service) -> None:
    text = json.dumps([event()]).replace('"id": "e1"', '"id": "first", "id": "e1"')

    assert service.push(text.encode()).json()["accepted"] == 1
    assert service.frames()[0][0]["id"] == "e1"


def test_other_attributes_are_dropped(service: Service) -> None:
    service.push([event() | {"subject": "x", "traceparent": {"deep": [1]}, "sourcekind": None}])

    assert service.frames() == [[event()]]


def test_a_plain_push_asks_the_store_for_one_append_only(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    service.push([event(1)], key=INGEST)
    asked: list[str] = []
    for port in ("roster", "requests", "rejects", "keys", "figures"):
        watched = getattr(service.store, port)
        for name in dir(watched):
            if not name.startswith("_") and callable(getattr(watched, name)):
                monkeypatch.setattr(
                    watched, name, lambda *_, p=port, n=name: asked.append(f"{p}.{n}")
                )

    answer = service.push([event(2)], key=INGEST)

    assert answer.status_code == 202
    assert asked == []


def binary_headers() -> dict[str, str]:
    return {f"ce-{name}": value for name, value in event().items() if name != "data"}


def only_item(answer: Any) -> Any:
    (item,) = answer["items"]
    return item
