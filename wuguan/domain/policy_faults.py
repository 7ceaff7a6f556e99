"""What is wrong with a set of rules: each alone, two beside each other, a place against the state.

A book with a fault is never used. A rule that is quietly ignored, or quietly looser than the
state's, would show a school in line where it is not.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from msgspec import Struct

from wuguan.domain.forms import IDENTIFIER, UNIT_ID, whole
from wuguan.domain.policy import JUDGED_METRICS, Rule

STAGE_GRADES = {"primary": range(1, 7), "junior": range(6, 10), "senior": range(10, 13)}
"""The grades that a stage can have; grade 6 is junior where primary schools have five years."""

MOST = 1440
"""No bound may be higher: a day has that many minutes."""

_RULE_ID = whole(IDENTIFIER)
_UNIT = whole(UNIT_ID)


class RuleFault(Struct, frozen=True):
    """One fault: the rule by its place in the sequence, the member, and how to mend it."""

    index: int
    member: str
    code: str
    message: str
    message_zh: str


def policy_faults(rules: Sequence[Rule]) -> list[RuleFault]:
    """Every fault of the rules, in their order; an empty list means that they make a book."""
    faults = [fault for i, rule in enumerate(rules) for fault in _own_faults(i, rule)]
    faults += [*_repeated_ids(rules), *_overlaps(rules), *looser_faults(rules)]
    return sorted(faults, key=lambda fault: fault.index)


def looser_faults(rules: Sequence[Rule]) -> list[RuleFault]:
    """The rules of places that ask for less than the state does, with no waiver to allow it."""
    national = [rule for rule in rules if rule.unit is None]
    return [
        _looser(i, rule, floor)
        for i, rule in enumerate(rules)
        if rule.unit is not None and rule.waiver is None and _has_its_value(rule)
        for floor in national
        if _meet(rule, floor) and rule.keeps == floor.keeps and _asks_less(rule, floor)
    ]


def _own_faults(i: int, rule: Rule) -> Iterator[RuleFault]:
    yield from _form_faults(i, rule)
    yield from _metric_faults(i, rule)
    yield from _bound_faults(i, rule)
    yield from _only_some_metrics(i, rule)
    if rule.to_day is not None and rule.to_day < rule.from_day:
        zh = "结束日期早于开始日期；to_day 须不早于 from_day。"
        en = "ends before it begins; to_day must not be before from_day."
        yield RuleFault(i, "to_day", "ends_before_it_begins", en, zh)


def _form_faults(i: int, rule: Rule) -> Iterator[RuleFault]:
    if not _RULE_ID.match(rule.rule_id):
        zh = "编号须为 1–64 个字母、数字或 _ . : - ，不含空格。"
        en = "must be 1-64 letters, digits or _ . : - without blanks."
        yield RuleFault(i, "rule_id", "malformed", en, zh)
    if rule.unit is not None and not _UNIT.match(rule.unit):
        zh = "须为组织树中的单位编号（1–40 个字母、数字或 _ . -）。"
        en = "must be the id of a unit of the tree (1-40 letters, digits or _ . -)."
        yield RuleFault(i, "unit", "malformed", en, zh)
    if rule.waiver is not None and not rule.waiver.strip():
        zh = "须写明准予放宽的文件名称及文号；没有则删去此项。"
        en = "must name the document that allows less; leave it out if there is none."
        yield RuleFault(i, "waiver", "empty", en, zh)
    if not _classes(rule):
        zh = "没有班级符合：学段为 primary（1–6）、junior（6–9）、senior（10–12），请改学段或年级。"
        en = (
            "no class can be meant: stages are primary (grades 1-6), junior (6-9), "
            "senior (10-12); mend stages or grades."
        )
        yield RuleFault(i, "stages", "nobody_meant", en, zh)


def _metric_faults(i: int, rule: Rule) -> Iterator[RuleFault]:
    keeps = JUDGED_METRICS.get(rule.metric)
    if keeps is None and (rule.metric == "reading.loans" or rule.metric.endswith(".reporting")):
        zh = "此指标只统计、从不评判；请删去这条规则。"
        en = "is counted and never judged; remove the rule."
        yield RuleFault(i, "metric", "never_judged", en, zh)
    elif keeps is None:
        names = ", ".join(JUDGED_METRICS)
        zh, en = f"不是可评判的指标；可用：{names}。", f"is no metric to judge; use one of {names}."
        yield RuleFault(i, "metric", "unknown_metric", en, zh)
    elif keeps != rule.keeps:
        zh = f'方向与指标不符；{rule.metric} 须写 keeps = "{keeps}"。'
        en = f'is not the direction of the metric; {rule.metric} takes keeps = "{keeps}".'
        yield RuleFault(i, "keeps", "wrong_direction", en, zh)


def _bound_faults(i: int, rule: Rule) -> Iterator[RuleFault]:
    if rule.keeps == "kept" and rule.value is not None:
        zh, en = "“kept” 规则没有数值；请删去 value。", 'a "kept" rule has no value; remove it.'
        yield RuleFault(i, "value", "not_expected", en, zh)
    if rule.keeps != "kept" and rule.value is None:
        zh = "缺少数值；at_most、at_least 规则须写 value。"
        en = "is missing; an at_most or at_least rule needs its value."
        yield RuleFault(i, "value", "missing", en, zh)
    for member, bound in (("value", rule.value), ("longest_at_most", rule.longest_at_most)):
        if bound is not None and not 0 <= bound <= MOST:
            zh, en = f"须在 0–{MOST} 之间。", f"must lie between 0 and {MOST}."
            yield RuleFault(i, member, "out_of_range", en, zh)
    if rule.prohibition != (rule.keeps == "at_most" and rule.value == 0):
        zh = "prohibition = true 与 “at_most 0” 必须同时出现：禁止即为零，零即为禁止。"
        en = 'prohibition = true and "at_most 0" go together: a ban is zero, and zero is a ban.'
        yield RuleFault(i, "prohibition", "contradiction", en, zh)


def _only_some_metrics(i: int, rule: Rule) -> Iterator[RuleFault]:
    screen = rule.metric == "phone.screen_time"
    if screen and rule.longest_at_most is None:
        zh = "缺少单次最长分钟数；phone.screen_time 须写 longest_at_most。"
        en = "is missing; phone.screen_time needs the longest minutes at a stretch."
        yield RuleFault(i, "longest_at_most", "missing", en, zh)
    if not screen and rule.longest_at_most is not None:
        zh = "只用于 phone.screen_time；请删去。"
        en = "belongs to phone.screen_time only; remove it."
        yield RuleFault(i, "longest_at_most", "not_expected", en, zh)
    if rule.nap_counts and rule.metric != "sleep.duration":
        zh, en = "只用于 sleep.duration；请删去。", "belongs to sleep.duration only; remove it."
        yield RuleFault(i, "nap_counts", "not_expected", en, zh)


def _repeated_ids(rules: Sequence[Rule]) -> Iterator[RuleFault]:
    seen: set[str] = set()
    for i, rule in enumerate(rules):
        if rule.rule_id in seen:
            zh, en = "编号与另一条规则重复；请另取一个。", "is the id of another rule; choose one."
            yield RuleFault(i, "rule_id", "duplicate", en, zh)
        seen.add(rule.rule_id)


def _overlaps(rules: Sequence[Rule]) -> Iterator[RuleFault]:
    places: dict[tuple[str, str | None], list[Rule]] = defaultdict(list)
    for i, rule in enumerate(rules):
        earlier = places[rule.metric, rule.unit]
        for other in (other for other in earlier if _meet(rule, other)):
            zh = (
                f"与同一地方的规则 {_named(other)} 在日期、学段、年级上重叠；"
                "请先让前一条结束（to_day）。"
            )
            en = (
                f"overlaps rule {_named(other)} of the same place in days, stages and grades; "
                "let the earlier one end first (to_day)."
            )
            yield RuleFault(i, "from_day", "overlap", en, zh)
        earlier.append(rule)


def _looser(i: int, rule: Rule, floor: Rule) -> RuleFault:
    member = _looser_member(rule, floor)
    zh = (
        f"比国家规定 {_named(floor)} 宽松；请收紧到不低于国家规定、改日期错开，"
        "或以 waiver 写明准予放宽的文件。"
    )
    en = (
        f"is looser than the national rule {_named(floor)}; ask for at least as much, choose days "
        "outside it, or name in waiver the document that allows it."
    )
    return RuleFault(i, member, "looser", en, zh)


def _looser_member(rule: Rule, floor: Rule) -> str:
    members = ("value", "longest_at_most", "nap_counts", "binding", "in_line_percent")
    demands = zip(members, rule.strictness, floor.strictness, strict=True)
    return next(member for member, ours, theirs in demands if ours > theirs)


def _asks_less(rule: Rule, floor: Rule) -> bool:
    return any(a > b for a, b in zip(rule.strictness, floor.strictness, strict=True))


def _has_its_value(rule: Rule) -> bool:
    return rule.keeps == "kept" or rule.value is not None


def _meet(one: Rule, other: Rule) -> bool:
    """Whether two rules speak of one metric, some class and some day together."""
    return (
        one.metric == other.metric
        and (one.to_day is None or other.from_day <= one.to_day)
        and (other.to_day is None or one.from_day <= other.to_day)
        and not _classes(one).isdisjoint(_classes(other))
    )


def _classes(rule: Rule) -> set[tuple[str, int]]:
    return {
        (stage, grade)
        for stage, grades in STAGE_GRADES.items()
        for grade in grades
        if rule.is_for(stage, grade)
    }


def _named(rule: Rule) -> str:
    return rule.rule_id if _RULE_ID.match(rule.rule_id) else "?"
