"""Alert rules as files: what is read, replaced, switched off and refused, all faults at once."""

import re
from datetime import date
from pathlib import Path

import pytest
from msgspec import Struct
from msgspec.structs import fields, replace

from wuguan.alert_packs import alert_rules, fingerprint_of, shipped_alert_rules
from wuguan.domain.alerting.rule import AlertRule, SeverityStep, Telling
from wuguan.domain.errors import Misconfigured

DOCUMENT = Path(__file__).parents[2] / "docs" / "alerts.md"
HAN = re.compile("[\u4e00-\u9fff]")

PACK = """
[[rules]]
rule_id = "local-homework"
kind = "compliance"
metric = "homework.minutes"
statistic = "compliance"
units = ["990101"]
stages = ["primary"]
window_days = 5
threshold = 90
breach = "below"
for_days = 3
severity = "minor"
steps = [{severity = "major", beyond = 10, after_days = 5}]
tell = [{after_days = 0, who = ["school"]}, {after_days = 3, who = ["inspector", "district"]}]
from_day = 2026-09-01
title = "Homework takes long"
title_zh = "作业时长偏长"
"""


def write(folder: Path, text: str, name: str = "district.toml") -> None:
    (folder / name).write_text(text, encoding="utf-8")


def in_force(folder: Path | None) -> dict[str, AlertRule]:
    return {rule.rule_id: rule for rule in alert_rules(folder)}


def refusals(folder: Path) -> tuple[str, ...]:
    with pytest.raises(Misconfigured) as refused:
        alert_rules(folder)
    return refused.value.faults


def test_local_rules_stand_beside_the_shipped_ones(tmp_path: Path) -> None:
    write(tmp_path, PACK)

    rules = in_force(tmp_path)

    assert set(rules) == {one.rule_id for one in shipped_alert_rules()} | {"local-homework"}
    assert rules["local-homework"] == AlertRule(
        rule_id="local-homework",
        kind="compliance",
        metric="homework.minutes",
        statistic="compliance",
        units=("990101",),
        stages=("primary",),
        window_days=5,
        threshold=90.0,
        breach="below",
        for_days=3,
        steps=(SeverityStep(severity="major", beyond=10.0, after_days=5),),
        tell=(
            Telling(after_days=0, who=("school",)),
            Telling(after_days=3, who=("inspector", "district")),
        ),
        from_day=date(2026, 9, 1),
        title="Homework takes long",
        title_zh="作业时长偏长",
    )


def test_a_local_rule_of_the_same_id_replaces_the_shipped_one(tmp_path: Path) -> None:
    write(tmp_path, PACK.replace("local-homework", "homework-minutes-primary"))

    rules = alert_rules(tmp_path)

    (found,) = [one for one in rules if one.rule_id == "homework-minutes-primary"]
    assert found.title == "Homework takes long"
    assert len(rules) == len(shipped_alert_rules())


def test_the_example_of_the_document_works(tmp_path: Path) -> None:
    example = DOCUMENT.read_text("utf-8").split("```toml\n")[1].split("```")[0]
    write(tmp_path, example)

    rules = in_force(tmp_path)

    assert not {"drop-reading", "identical-sport"} & set(rules)
    assert rules["phone-classroom"].severity == "major"
    assert rules["330106-homework-p90"].percentile == 90


@pytest.mark.parametrize("kind", [AlertRule, SeverityStep, Telling])
def test_the_document_names_every_member(kind: type[Struct]) -> None:
    text = DOCUMENT.read_text("utf-8")

    assert [one.name for one in fields(kind) if f"`{one.name}`" not in text] == []


def test_shipped_rules_can_be_switched_off(tmp_path: Path) -> None:
    write(tmp_path, 'off = ["silent-reading", "drop-reading"]')

    gone = set(in_force(None)) - set(in_force(tmp_path))

    assert gone == {"silent-reading", "drop-reading"}


def test_a_pack_may_switch_off_and_add(tmp_path: Path) -> None:
    write(tmp_path, 'off = ["silent-reading"]\n' + PACK)

    assert "silent-reading" not in in_force(tmp_path)
    assert "local-homework" in in_force(tmp_path)


def test_the_receivers_in_the_same_folder_are_no_pack_of_rules(tmp_path: Path) -> None:
    write(tmp_path, "receivers = 7", "receivers.toml")

    assert alert_rules(tmp_path) == shipped_alert_rules()


def test_a_missing_folder_is_a_fault(tmp_path: Path) -> None:
    (fault,) = refusals(tmp_path / "absent")

    assert "规则文件夹不存在" in fault


# what stands in the pack, what stands there instead, the fault's place, its English words
SLIPS = [
    ('"compliance"\nmetric', '"policy"\nmetric', "(1) · kind", '"compliance" or "data"'),
    ('"homework.minutes"', '"homework.pages"', "(1) · metric", "is no metric"),
    ('statistic = "compliance"', 'statistic = "median"', "(1) · statistic", "percentile, count"),
    ('["990101"]', '"990101"', "(1) · units", 'as ["990101"]'),
    ('["990101"]', '["张三 的学校"]', "(1) · units", "ids of units"),
    ('["primary"]', '["小学"]', "(1) · stages", "out of primary"),
    ("window_days = 5", "window_days = 0", "(1) · window_days", "from 1 to 60"),
    ("window_days = 5", "window_days = 2.5", "(1) · window_days", "from 1 to 60"),
    ("window_days = 5", "windows = 5", "(1) · windows", "is no known member"),
    ("threshold = 90", 'threshold = "law"', "(1) · threshold", 'a number or "policy"'),
    ("threshold = 90", "threshold = true", "(1) · threshold", 'a number or "policy"'),
    ("threshold = 90", "threshold = nan", "(1) · threshold", "never be passed"),
    ("threshold = 90", "", "(1) · threshold", "is missing"),
    ('"below"', '"under"', "(1) · breach", '"below" or "above"'),
    ('severity = "minor"', 'severity = "high"', "(1) · severity", '"critical"'),
    ("beyond = 10", 'beyond = "10"', "(1) · steps (1) · beyond", "a number"),
    ("beyond = 10", "far = 10", "(1) · steps (1) · far", "is no known member"),
    ('"major"', '"grave"', "(1) · steps (1) · severity", '"critical"'),
    ("after_days = 5}", "after_days = 0}", "(1) · steps (1) · after_days", "from 1 to 60"),
    ("[{severity", '["major", {severity', "(1) · steps", "as [{severity"),
    ('["inspector", "district"]', '["parents"]', "(1) · tell (2) · who", "a list out of school"),
    ('who = ["school"]', 'whom = ["school"], who = ["school"]', "tell (1) · whom", "no known"),
    ("after_days = 0, ", "", "(1) · tell (1) · after_days", "is missing"),
    ("from_day = 2026-09-01", 'from_day = "2026-09-01"', "(1) · from_day", "without quotes"),
    ('"Homework takes long"', '" "', "(1) · title", "not empty"),
    ("[[rules]]", 'unit = "990101"\n[[rules]]', "district.toml · unit", "is no known member"),
    ("[[rules]]", 'off = "all"\n[[rules]]', "district.toml · off", "a list of ids"),
    ("[[rules]]", 'off = ["张三"]\n[[rules]]', "district.toml · off (1)", "no id of a shipped"),
    (
        '[[rules]]\nrule_id = "local-homework"',
        'off = ["rejects"]\n[[rules]]\nrule_id = "rejects"',
        "district.toml · off (1)",
        "remove one of the two",
    ),
    ('"local-homework"', '"张三 的规则"', "district.toml · (1) · rule_id", "without blanks"),
]


@pytest.mark.parametrize(("right", "slip", "place", "told"), SLIPS)
def test_a_slip_is_told_with_its_place_in_both_languages(
    tmp_path: Path, right: str, slip: str, place: str, told: str
) -> None:
    assert right in PACK
    pack = PACK.replace(right, slip, 1)
    if "windows = 5" in slip:
        pack = pack.replace("windows = 5", "windows = 5\nwindow_days = 5")
    if "far = 10" in slip:
        pack = pack.replace("far = 10", "far = 10, beyond = 10")
    write(tmp_path, pack)

    (fault,) = refusals(tmp_path)

    where, _, words = fault.partition(": ")
    assert where.endswith(place)
    zh, _, en = words.partition(" / ")
    assert HAN.search(zh)
    assert told in en
    assert "\n" not in fault
    assert "张三" not in fault


def test_all_faults_of_all_packs_are_told_at_once(tmp_path: Path) -> None:
    write(tmp_path, PACK.replace('"below"', '"under"').replace("for_days = 3", "for = 3"), "a.toml")
    write(tmp_path, PACK.replace("threshold = 90", "threshold = 900"), "b.toml")
    write(tmp_path, "= 7", "c.toml")
    write(tmp_path, 'off = ["no-such-rule"]', "d.toml")
    write(tmp_path, "rules = []", "e.toml")

    assert [fault.split(": ")[0] for fault in refusals(tmp_path)] == [
        "a.toml · local-homework (1) · for",
        "a.toml · local-homework (1) · breach",
        "c.toml",
        "e.toml · rules",
        "d.toml · off (1)",
        "b.toml · local-homework (1) · threshold",
    ]


def test_one_id_in_two_local_packs_is_a_fault_of_the_second(tmp_path: Path) -> None:
    write(tmp_path, PACK, "a.toml")
    write(tmp_path, PACK, "b.toml")

    (fault,) = refusals(tmp_path)

    assert fault.startswith("b.toml · local-homework (1) · rule_id: ")


def test_rules_have_one_fingerprint_whatever_their_order_and_another_when_one_is_changed() -> None:
    rules = shipped_alert_rules()
    named = fingerprint_of(rules)

    assert fingerprint_of(reversed(rules)) == named
    assert re.fullmatch("[0-9a-f]{12}", named)
    others = (rules[1:], [replace(rules[0], for_days=7), *rules[1:]])
    assert named not in {fingerprint_of(one) for one in others}
