"""Texts are split by bytes at ends of lines, and nothing gets lost."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wuguan.adapters.telling.parts import parts_of

HEAD = re.compile(r"\A五管 \(\d+/\d+\)\n")


def test_what_fits_is_one_part_as_it_is() -> None:
    assert parts_of("五管\n一行\n", 14) == ["五管\n一行\n"]


def test_it_is_cut_at_ends_of_lines_and_each_part_has_number_and_keyword() -> None:
    text = "\n".join(["一二三四五六七八"] * 4)

    assert parts_of(text, 80) == [
        "五管 (1/2)\n一二三四五六七八\n一二三四五六七八",
        "五管 (2/2)\n一二三四五六七八\n一二三四五六七八",
    ]


@given(
    st.lists(st.text(st.characters(blacklist_categories=["C", "Z"]), max_size=80), max_size=30),
    st.integers(40, 200),
)
def test_parts_are_small_enough_and_nothing_is_lost(lines: list[str], most_bytes: int) -> None:
    text = "\n".join(lines)

    parts = parts_of(text, most_bytes)

    assert all(len(part.encode()) <= most_bytes for part in parts)
    together = "".join(HEAD.sub("", part) for part in parts)
    assert together.replace("\n", "") == text.replace("\n", "")


@pytest.mark.parametrize("length", [24, 57, 58, 100])
def test_a_line_too_long_by_itself_is_cut_between_characters(length: int) -> None:
    parts = parts_of("管" * length, 60)

    assert all(len(part.encode()) <= 60 for part in parts)
    assert "".join(HEAD.sub("", part) for part in parts).replace("\n", "") == "管" * length
