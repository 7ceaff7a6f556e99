"""`receivers.toml`: what is read, and that every fault is told at once without any value."""

from pathlib import Path

import pytest

from wuguan.domain.errors import Misconfigured
from wuguan.receivers_file import Addressed, read_receivers

SECRET = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=very-secret"
ENVIRONMENT = {"OFFICE_URL": SECRET, "OFFICE_SECRET": "signed-secretly", "NO_ADDRESS": "mailto"}
WHOLE = """
[[receivers]]
receiver_id = "office"
channel = "dingtalk"
url_from = "OFFICE_URL"
secret_from = "OFFICE_SECRET"
roles = ["district", "inspector"]
units = ["990101"]
kinds = ["compliance"]
language = "en"
digest_minutes = 60
most_an_hour = 5
"""
LEAST = """
[[receivers]]
receiver_id = "office"
channel = "wecom"
url_from = "OFFICE_URL"
roles = ["school"]
"""


def read(folder: Path, content: str | bytes) -> list[Addressed]:
    data = content.encode() if isinstance(content, str) else content
    (folder / "receivers.toml").write_bytes(data)
    return read_receivers(folder, ENVIRONMENT)


def faults(folder: Path, content: str | bytes) -> list[str]:
    with pytest.raises(Misconfigured) as caught:
        read(folder, content)
    return list(caught.value.faults)


def test_a_receiver_is_read_with_its_address_from_the_environment(tmp_path: Path) -> None:
    (found,) = read(tmp_path, WHOLE)

    receiver = found.receiver
    assert (receiver.receiver_id, receiver.channel) == ("office", "dingtalk")
    assert (receiver.roles, receiver.units) == (("district", "inspector"), ("990101",))
    assert (receiver.digest_minutes, receiver.most_an_hour, receiver.language) == (60, 5, "en")
    assert found.url.get_secret_value() == SECRET
    assert found.secret is not None
    assert found.secret.get_secret_value() == "signed-secretly"


def test_what_is_left_out_has_its_usual_value(tmp_path: Path) -> None:
    (found,) = read(tmp_path, LEAST)

    assert found.receiver.kinds == ("compliance", "data")
    assert (found.receiver.units, found.receiver.digest_minutes, found.secret) == ((), 0, None)


def test_without_a_folder_or_a_file_nobody_is_told(tmp_path: Path) -> None:
    assert read_receivers(None, {}) == []
    assert read_receivers(tmp_path, {}) == []
    assert read(tmp_path, "") == []


def test_an_address_is_never_shown(tmp_path: Path) -> None:
    (found,) = read(tmp_path, WHOLE)

    assert "very-secret" not in repr(found)
    assert "signed-secretly" not in str(found)


@pytest.mark.parametrize(
    ("changed", "place"),
    [
        ('receiver_id = "a b"', "receivers.toml · (1) · receiver_id"),
        ('channel = "pager"', "office (1) · channel"),
        ("roles = []", "office (1) · roles"),
        ('roles = ["parent"]', "office (1) · roles"),
        ('units = ["a b"]', "office (1) · units"),
        ("kinds = []", "office (1) · kinds"),
        ('language = "fr"', "office (1) · language"),
        ("digest_minutes = 1441", "office (1) · digest_minutes"),
        ("most_an_hour = 0", "office (1) · most_an_hour"),
        (f'url_from = "{SECRET}"', "office (1) · url_from"),
        ('url_from = "NOT_SET"', "环境变量 NOT_SET 未设置"),
        ('url_from = "NO_ADDRESS"', "office (1) · url_from"),
        ('secret_from = "OFFICE_SECRET"', "office (1) · secret_from"),
        ('pager = "x"', "office (1) · pager"),
    ],
)
def test_a_fault_names_its_place_and_no_value(tmp_path: Path, changed: str, place: str) -> None:
    name = changed.split(" = ")[0]
    kept = [line for line in LEAST.splitlines() if not line.startswith(f"{name} ")]

    (fault,) = faults(tmp_path, "\n".join([*kept, changed]))

    assert place in fault
    assert " / " in fault
    assert SECRET not in fault


def test_every_fault_is_told_at_once(tmp_path: Path) -> None:
    found = faults(tmp_path, "wrong = 1\n[[receivers]]\n[[receivers]]\nchannel = 'pager'\n")

    assert len(found) == 9


def test_an_id_is_used_once(tmp_path: Path) -> None:
    (fault,) = faults(tmp_path, LEAST + LEAST)

    assert "receivers.toml · office" in fault


@pytest.mark.parametrize("content", [b"\xff", b"receivers = 1", b"[[receivers", b"receivers = [1]"])
def test_what_is_no_list_of_receivers_is_one_fault(tmp_path: Path, content: bytes) -> None:
    assert len(faults(tmp_path, content)) == 1
