"""Packs as files: what is read, what is refused, and that all faults are told at once."""

import re
from datetime import date
from pathlib import Path

import pytest

from wuguan.domain.errors import Misconfigured
from wuguan.policy_packs import local_rules, policy_book, shipped_rules

DOCUMENT = Path(__file__).parents[2] / "docs" / "policy-packs.md"
HAN = re.compile("[\u4e00-\u9fff]")
PATH = ("2199000001", "990101", "990000")

PACK = """
unit = "990101"

[[rules]]
rule_id = "local-homework"
metric = "homework.minutes"
stages = ["primary"]
grades = [3, 4, 5, 6]
keeps = "at_most"
value = 50
from_day = 2026-09-01
binding = "must"
title = "At most 50 minutes"
title_zh = "不超过 50 分钟"

[rules.source]
title = "通知"
document = "一号"
clause = "条文"
verified = "V"
"""


def write(folder: Path, text: str, name: str = "district.toml") -> None:
    (folder / name).write_text(text, encoding="utf-8")


def refusals(folder: Path) -> tuple[str, ...]:
    with pytest.raises(Misconfigured) as refused:
        policy_book(folder)
    return refused.value.faults


def test_without_a_folder_the_book_holds_the_shipped_rules() -> None:
    assert sorted(rule.rule_id for rule in policy_book(None).rules) == sorted(
        rule.rule_id for rule in shipped_rules()
    )


def test_every_shipped_rule_names_its_document() -> None:
    for rule in shipped_rules():
        assert rule.source.document
        assert HAN.search(rule.source.clause)
        assert HAN.search(rule.title_zh)
        assert not HAN.search(rule.title)


def test_a_pack_speaks_for_the_place_at_its_top(tmp_path: Path) -> None:
    write(tmp_path, PACK)

    (rule,) = local_rules(tmp_path)

    assert (rule.unit, rule.value, rule.grades) == ("990101", 50, (3, 4, 5, 6))
    assert (rule.from_day, rule.to_day) == (date(2026, 9, 1), None)


def test_a_rule_says_how_many_must_keep_it_or_goes_by_its_kind(tmp_path: Path) -> None:
    write(tmp_path, PACK.replace("value = 50", "value = 50\nin_line_percent = 98"))

    percents = {rule.rule_id: rule.in_line_percent for rule in policy_book(tmp_path).rules}

    assert percents["local-homework"] == 98
    assert percents["cn-2021-homework-primary"] == 95
    assert percents["cn-2021-phone-classroom"] == 100


def test_the_example_of_the_document_works(tmp_path: Path) -> None:
    example = DOCUMENT.read_text(encoding="utf-8").split("```toml\n")[1].split("```")[0]
    write(tmp_path, example)

    book = policy_book(tmp_path)

    before = book.rule_for("homework.minutes", PATH, date(2026, 8, 31), "primary", 3)
    after = book.rule_for("homework.minutes", PATH, date(2026, 9, 1), "primary", 3)
    assert before is not None
    assert after is not None
    assert (before.value, after.value) == (60, 50)


def test_an_empty_folder_adds_nothing_and_other_files_are_left_alone(tmp_path: Path) -> None:
    write(tmp_path, "not a pack", "notes.txt")
    write(tmp_path, "not a pack", ".draft.toml")

    assert local_rules(tmp_path) == []


def test_a_pack_saved_with_a_byte_order_mark_is_read(tmp_path: Path) -> None:
    write(tmp_path, "\ufeff" + PACK)

    assert len(local_rules(tmp_path)) == 1


def test_a_missing_folder_is_a_fault(tmp_path: Path) -> None:
    (fault,) = refusals(tmp_path / "absent")

    assert "规则文件夹不存在" in fault
    assert "check the path" in fault


def test_a_file_where_a_folder_should_be_is_a_fault(tmp_path: Path) -> None:
    write(tmp_path, PACK)

    (fault,) = refusals(tmp_path / "district.toml")

    assert "is no folder" in fault


def test_a_file_in_another_encoding_is_a_fault(tmp_path: Path) -> None:
    (tmp_path / "district.toml").write_bytes(PACK.encode("gb18030"))

    assert refusals(tmp_path) == (
        "district.toml: 不是 UTF-8 编码；请另存为 UTF-8。 / is not UTF-8; save it as UTF-8.",
    )


def test_a_broken_file_is_told_by_its_line_and_never_quoted(tmp_path: Path) -> None:
    write(tmp_path, 'unit = "990101"\nsecret = = 7\n')

    (fault,) = refusals(tmp_path)

    assert fault.startswith("district.toml: 第 2 行")
    assert "secret" not in fault


def test_endless_nesting_is_a_fault_and_no_crash(tmp_path: Path) -> None:
    write(tmp_path, "rules = " + "[" * 100_000)

    (fault,) = refusals(tmp_path)

    assert fault.startswith("district.toml: ")


# what stands in the pack, what stands there instead, the fault's place, its English words
SLIPS = [
    ('unit = "990101"', "", "district.toml · unit", "must stand at the top"),
    ('unit = "990101"', 'unit = "某某区"', "district.toml · unit", "must stand at the top"),
    ('unit = "990101"', 'unit = "990101"\nversion = 1', "district.toml · version", "no known"),
    ("value = 50", "value = 50.5", "local-homework (1) · value", "a whole number"),
    ("value = 50", "value = true", "local-homework (1) · value", "a whole number"),
    ("value = 50", "", "local-homework (1) · value", "needs its value"),
    ("value = 50", "value = 61", "local-homework (1) · value", "cn-2021-homework-primary"),
    ("value = 50", 'value = 50\nunit = "990102"', "(1) · unit", "must not stand in a rule"),
    ("value = 50", "value = 50\ntoday = 2027-07-31", "(1) · today", "is no known member"),
    ("value = 50", "value = 50\nin_line_percent = 0", "(1) · in_line_percent", "from 1 to 100"),
    ("value = 50", "value = 50\nin_line_percent = 101", "(1) · in_line_percent", "from 1 to 100"),
    ("value = 50", "value = 50\nin_line_percent = 94", "(1) · in_line_percent", "is looser than"),
    ("2026-09-01", '"2026-09-01"', "(1) · from_day", "without quotes"),
    ("2026-09-01", "2026-09-01T00:00:00", "(1) · from_day", "without quotes"),
    ("from_day = 2026-09-01", "", "(1) · from_day", "is missing"),
    ('"at_most"', '"less_than"', "(1) · keeps", '"at_most", "at_least" or "kept"'),
    ('"must"', '"may"', "(1) · binding", '"must" or "should"'),
    ("[3, 4, 5, 6]", '"3-6"', "(1) · grades", "as [3, 4, 5, 6]"),
    ('["primary"]', "[1]", "(1) · stages", "a list out of primary"),
    ('["primary"]', '["小学"]', "(1) · stages", "no class can be meant"),
    ('"homework.minutes"', '"homework.pages"', "(1) · metric", "is no metric to judge"),
    ('"local-homework"', '"张三 的规则"', "district.toml · (1) · rule_id", "without blanks"),
    ('"local-homework"', '"cn-2018-screen"', "cn-2018-screen (1) · rule_id", "another rule"),
    ('"At most 50 minutes"', '" "', "(1) · title", "not empty"),
    ('"V"', '"yes"', "(1) · source.verified", '"U" (unverified)'),
    ('document = "一号"', "", "(1) · source.document", "is missing"),
    ('document = "一号"', "document = 7", "(1) · source.document", "must be a text"),
    ('document = "一号"', 'document = "一号"\nnumber = 1', "(1) · source.number", "no known"),
    ('clause = "条文"', 'clause = "条文"\nurl = "c:/a"', "(1) · source.url", "begins with http"),
    (
        'clause = "条文"',
        'clause = "条文"\nissued = "2026"',
        "(1) · source.issued",
        "without quotes",
    ),
]


@pytest.mark.parametrize(("right", "slip", "place", "told"), SLIPS)
def test_a_slip_is_told_with_its_place_in_both_languages(
    tmp_path: Path, right: str, slip: str, place: str, told: str
) -> None:
    assert right in PACK
    write(tmp_path, PACK.replace(right, slip, 1))

    (fault,) = refusals(tmp_path)

    where, _, words = fault.partition(": ")
    assert where.endswith(place)
    zh, _, en = words.partition(" / ")
    assert HAN.search(zh)
    assert told in en
    assert "\n" not in fault
    assert "张三" not in fault


@pytest.mark.parametrize("rules", ["", "rules = []", "rules = 7", "rules = [7]"])
def test_a_pack_without_rules_is_a_fault(tmp_path: Path, rules: str) -> None:
    write(tmp_path, f'unit = "990101"\n{rules}')

    (fault,) = refusals(tmp_path)

    assert fault.startswith("district.toml · rules: ")


def test_a_source_that_is_no_table_is_a_fault(tmp_path: Path) -> None:
    write(tmp_path, PACK.split("[rules.source]")[0] + 'source = "通知"')

    (fault,) = refusals(tmp_path)

    assert "(1) · source: " in fault


def test_a_waiver_lets_a_looser_rule_in(tmp_path: Path) -> None:
    write(tmp_path, PACK.replace("value = 50", 'value = 70\nwaiver = "批复〔2026〕1号"'))

    found = policy_book(tmp_path).rule_for(
        "homework.minutes", PATH, date(2026, 9, 14), "primary", 4
    )

    assert found is not None
    assert found.value == 70


def test_all_faults_of_all_packs_are_told_at_once(tmp_path: Path) -> None:
    write(tmp_path, PACK.replace("value = 50", "value = 61").replace('"must"', '"may"'), "a.toml")
    write(tmp_path, PACK.replace("value = 50", "value = 61"), "b.toml")
    write(tmp_path, "= 7", "c.toml")
    write(tmp_path, PACK.replace('unit = "990101"', ""), "d.toml")

    faults = refusals(tmp_path)

    assert [fault.split(":")[0] for fault in faults] == [
        "a.toml · local-homework (1) · binding",
        "c.toml",
        "d.toml · unit",
        "b.toml · local-homework (1) · value",
    ]


def test_one_id_in_two_packs_is_a_fault_of_the_second(tmp_path: Path) -> None:
    write(tmp_path, PACK, "a.toml")
    write(tmp_path, PACK.replace("990101", "990102"), "b.toml")

    (fault,) = refusals(tmp_path)

    assert fault.startswith("b.toml · local-homework (1) · rule_id: ")
