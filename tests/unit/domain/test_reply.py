"""What a school may say to a finding."""

from datetime import date
from typing import Any

import pytest

from wuguan.domain.errors import Fault, InvalidDocument
from wuguan.domain.managements import MANAGEMENTS
from wuguan.domain.reply import LONGEST_TEXT, FindingKey, Reply, read_reply

SCHOOL = "2199000001"
DOCUMENT = {
    "school_id": SCHOOL, "day": "2026-09-14", "management": "sleep", "kind": "off_plan",
    "text": "当天临时调查",
}  # fmt: skip


def faults_of(**changed: Any) -> list[Fault]:
    with pytest.raises(InvalidDocument) as refused:
        read_reply({**DOCUMENT, **changed}, MANAGEMENTS, 7)
    return list(refused.value.faults)


def text_of(text: str) -> str:
    return read_reply({**DOCUMENT, "text": text}, MANAGEMENTS, 7).text


def test_a_reply_is_read() -> None:
    finding = FindingKey(date(2026, 9, 14), SCHOOL, "sleep", "off_plan")

    assert read_reply(DOCUMENT, MANAGEMENTS, 7) == Reply(finding, "当天临时调查", 7)


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("  两头有空格\r\n", "两头有空格"),
        ("第一行\r\n\r\n第二行\n第三行\u2028第四行", "第一行 第二行 第三行 第四行"),
        ("", ""),
        (" \r\n ", ""),
        ("字" * LONGEST_TEXT + "\n", "字" * LONGEST_TEXT),
    ],
)
def test_a_text_is_trimmed_and_put_on_one_line(written: str, kept: str) -> None:
    assert text_of(written) == kept


@pytest.mark.parametrize(
    "text", ["字" * (LONGEST_TEXT + 1), "制表\t符", "零\x00字节", "半个\ud83d字符", "\x85中\x9f间"]
)
def test_a_long_text_and_control_characters_are_refused(text: str) -> None:
    (fault,) = faults_of(text=text)

    assert (fault.path, fault.code) == ("/text", "out_of_range")
    assert str(LONGEST_TEXT) in fault.message
    assert str(LONGEST_TEXT) in fault.message_zh
    assert text not in fault.message + fault.message_zh


@pytest.mark.parametrize(
    "number",
    [
        "12345678901",
        "13800138000",
        "138 0013 8000",
        "138-0013-8000",
        "33010620150101123X",
        "G330106201501011234",
        "１３８００１３８０００",
    ],
)
def test_a_number_that_may_be_a_persons_is_refused_and_not_repeated(number: str) -> None:
    (fault,) = faults_of(text=f"请联系{number}核对")

    assert (fault.path, fault.code) == ("/text", "pii_suspected")
    assert number not in fault.message + fault.message_zh
    assert "学籍号" in fault.message_zh


@pytest.mark.parametrize(
    "text", ["实有1234567890次", "2026-09-14 17:20与2026-09-15 08:00", "第3周共45人，25.5分钟"]
)
def test_dates_and_counts_are_no_numbers_of_persons(text: str) -> None:
    assert text_of(text) == text


@pytest.mark.parametrize(
    ("changed", "path"),
    [
        ({"school_id": "1"}, "/school_id"),
        ({"day": "2026-02-30"}, "/day"),
        ({"management": "lunch"}, "/management"),
        ({"kind": "ugly"}, "/kind"),
        ({"text": None}, "/text"),
        ({"text": 5}, "/text"),
        ({"pupil": "x"}, "/pupil"),
    ],
)
def test_what_does_not_name_a_finding_is_refused(changed: dict[str, Any], path: str) -> None:
    assert [fault.path for fault in faults_of(**changed)] == [path]


def test_what_is_no_document_is_refused() -> None:
    with pytest.raises(InvalidDocument):
        read_reply([], MANAGEMENTS, 7)
