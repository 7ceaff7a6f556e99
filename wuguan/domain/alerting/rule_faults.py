"""What is wrong with a set of alert rules: members that do not go together, rules that are twice.

A rule that could never raise an alert, or never end one, is refused like a misspelt one: nobody
would notice that it watches nothing.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from math import isfinite

from msgspec import Struct

from wuguan.domain.alerting.rule import POLICY, SEVERITIES, AlertRule, Role, Statistic
from wuguan.domain.forms import IDENTIFIER, UNIT_ID, whole
from wuguan.domain.managements import METRICS
from wuguan.domain.policy import JUDGED_METRICS
from wuguan.domain.policy_faults import RuleFault

MOST_DAYS = 40
"""A verdict looks back over 62 days, of which about so many are school days."""

_RULE_ID, _UNIT = whole(IDENTIFIER), whole(UNIT_ID)
_CLOCK = whole(r"([01][0-9]|2[0-3]):[0-5][0-9]")
_OF_DATA: frozenset[Statistic] = frozenset({"reporting", "silent", "drop", "identical", "rejects"})
_ONLY_ABOVE: frozenset[Statistic] = frozenset({"silent", "drop", "identical", "rejects"})
_YES_OR_NO: frozenset[Statistic] = frozenset({"silent", "identical"})
_PER_CENT: frozenset[Statistic] = frozenset({"compliance", "reporting", "drop"})
_BELOW_DISTRICTS = ("school", "area")
_TOLD: dict[str, tuple[Role, ...]] = {
    "school": ("school", "inspector", "district", "city"),
    "area": ("inspector", "district", "city"),
    "district": ("district", "city"),
    "city": ("city",),
    "province": ("city",),
}


class _Wrong(Struct, frozen=True):
    member: str
    code: str
    zh: str
    en: str


def rule_faults(rules: Sequence[AlertRule]) -> list[RuleFault]:
    """Every fault of the rules, in their order; an empty list means that they can be used."""
    seen: set[str] = set()
    faults = []
    for index, rule in enumerate(rules):
        found = [*_wrong_with(rule)]
        if rule.rule_id in seen:
            zh, en = "编号与另一条规则重复；请另取一个。", "is the id of another rule; choose one."
            found.append(_Wrong("rule_id", "duplicate", zh, en))
        seen.add(rule.rule_id)
        faults += [RuleFault(index, one.member, one.code, one.en, one.zh) for one in found]
    return faults


def _wrong_with(rule: AlertRule) -> Iterator[_Wrong]:
    yield from _forms(rule)
    if rule.metric not in METRICS:
        names = ", ".join(METRICS)
        zh, en = f"没有这个指标；可用：{names}。", f"is no metric; use one of {names}."
        yield _Wrong("metric", "unknown_metric", zh, en)
        return
    yield from _what_is_watched(rule)
    yield from _whom_it_is_about(rule)
    yield from _threshold(rule)
    yield from _margin(rule)
    yield from _days(rule)
    yield from _steps(rule)
    yield from _tellings(rule)


def _forms(rule: AlertRule) -> Iterator[_Wrong]:
    if not _RULE_ID.match(rule.rule_id):
        zh = "编号须为 1–64 个字母、数字或 _ . : - ，不含空格。"
        en = "must be 1-64 letters, digits or _ . : - without blanks."
        yield _Wrong("rule_id", "malformed", zh, en)
    if not all(_UNIT.match(unit) for unit in rule.units):
        zh = "须为组织树中的单位编号（1–40 个字母、数字或 _ . -）。"
        en = "must be ids of units of the tree (1-40 letters, digits or _ . -)."
        yield _Wrong("units", "malformed", zh, en)
    for member in ("quiet_from", "quiet_until"):
        if not _CLOCK.match(getattr(rule, member)):
            zh, en = '须为时刻，如 "18:00"。', 'must be a time of day, as "18:00".'
            yield _Wrong(member, "malformed", zh, en)
    if rule.quiet_from == rule.quiet_until:
        zh = "与 quiet_from 相同，永远不会通知；请改为不同时刻。"
        en = "is the same as quiet_from, and nobody would ever be told; choose another time."
        yield _Wrong("quiet_until", "always_quiet", zh, en)


def _what_is_watched(rule: AlertRule) -> Iterator[_Wrong]:
    if (rule.statistic in _OF_DATA) != (rule.kind == "data"):
        names = ", ".join(sorted(_OF_DATA))
        zh = f'{names} 属于 kind = "data"，其余属于 kind = "compliance"；请改其一。'
        en = f'{names} are of kind "data", all others of kind "compliance"; mend one of the two.'
        yield _Wrong("statistic", "other_kind", zh, en)
        return
    is_reporting = rule.metric.endswith(".reporting")
    if rule.kind == "data" and rule.statistic != "identical" and not is_reporting:
        name = f"{rule.management}.reporting"
        zh, en = f"数据类规则须写 {name}。", f"must be {name}: the rule is of kind data."
        yield _Wrong("metric", "not_of_data", zh, en)
    elif rule.kind == "compliance" and is_reporting:
        zh = '上报只属于 kind = "data" 的规则；请换一个指标。'
        en = 'is of rules of kind "data" only; choose another metric.'
        yield _Wrong("metric", "only_of_data", zh, en)
    elif rule.statistic in ("compliance", "identical") and rule.metric not in JUDGED_METRICS:
        names = ", ".join(JUDGED_METRICS)
        zh = f"此指标从不评判，没有符合率；可用：{names}。"
        en = f"is never judged, so nothing is known of it; use one of {names}."
        yield _Wrong("metric", "never_judged", zh, en)
    elif rule.statistic == "percentile" and not METRICS[rule.metric].edges:
        names = ", ".join(name for name, metric in METRICS.items() if metric.edges)
        zh, en = (
            f"此指标没有分段，算不出分位数；可用：{names}。",
            f"has no bins; use one of {names}.",
        )
        yield _Wrong("metric", "no_bins", zh, en)


def _whom_it_is_about(rule: AlertRule) -> Iterator[_Wrong]:
    is_about_school = METRICS[rule.metric].about_school
    if rule.kind == "compliance" and not is_about_school and rule.level in _BELOW_DISTRICTS:
        zh = "家庭中的情况不用来评判学校，只看区县及以上；请写 district、city 或 province。"
        en = (
            "must be district, city or province: what happens at home is no verdict on a school,"
            " nor is what is not judged."
        )
        yield _Wrong("level", "about_homes", zh, en)
    if rule.by_system and (rule.statistic != "silent" or rule.level != "school"):
        zh = '只用于学校的 statistic = "silent"；请删去。'
        en = 'belongs to statistic "silent" of schools only; remove it.'
        yield _Wrong("by_system", "not_expected", zh, en)
    if rule.statistic == "rejects" and rule.level != "school":
        zh, en = "被退回数据只按学校统计；请写 school。", "must be school: rejects are a school's."
        yield _Wrong("level", "only_of_schools", zh, en)
    if rule.statistic == "rejects" and rule.stages:
        zh, en = "被退回数据不分学段；请删去。", "does not go with rejects, which know no stage."
        yield _Wrong("stages", "not_expected", zh, en)


def _threshold(rule: AlertRule) -> Iterator[_Wrong]:
    if rule.threshold == POLICY:
        if rule.statistic != "compliance" or rule.breach != "below":
            zh = '"policy" 只与 statistic = "compliance"、breach = "below" 同用；请写数值。'
            en = (
                '"policy" goes with statistic "compliance" and breach "below" only; write a number.'
            )
            yield _Wrong("threshold", "policy_of_no_use", zh, en)
        return
    if rule.statistic in _ONLY_ABOVE and rule.breach != "above":
        zh, en = f'{rule.statistic} 须写 "above"。', f'must be "above" for {rule.statistic}.'
        yield _Wrong("breach", "wrong_direction", zh, en)
    elif rule.statistic in _YES_OR_NO and rule.threshold != 0:
        zh, en = f"{rule.statistic} 须写 0。", f"must be 0 for {rule.statistic}."
        yield _Wrong("threshold", "out_of_range", zh, en)
    elif not _is_passable(rule):
        zh = "没有数值会越过它；比率须在 0–100 之间，其余不为负。"
        en = "could never be passed: rates lie between 0 and 100, all else is 0 or more."
        yield _Wrong("threshold", "out_of_range", zh, en)


def _is_passable(rule: AlertRule) -> bool:
    bound = float(rule.threshold)
    most = 100.0 if rule.statistic in _PER_CENT else float("inf")
    return 0 < bound <= most and isfinite(bound) if rule.breach == "below" else 0 <= bound < most


def _margin(rule: AlertRule) -> Iterator[_Wrong]:
    if rule.threshold == POLICY:
        return
    bound, margin = float(rule.threshold), rule.clear_margin
    # A compliance rate of 100 % always ends an alert; nothing else does so of itself.
    is_rate_below = rule.statistic == "reporting" and rule.breach == "below"
    never = (
        margin > max(bound, 0) if rule.breach == "above" else is_rate_below and bound + margin > 100
    )
    if never or not isfinite(margin):
        zh = "没有一天能好到这个程度，告警永远不会结束；请改小。"
        en = "is so large that no day would ever end an alert; make it smaller."
        yield _Wrong("clear_margin", "never_ends", zh, en)


def _days(rule: AlertRule) -> Iterator[_Wrong]:
    windows = rule.window_days * (2 if rule.statistic == "drop" else 1)
    longest = rule.for_days + max([one.after_days for one in rule.tell], default=0)
    steps = [one.after_days or 0 for one in rule.steps]
    zh = f"看得太远：只回看 62 天，约 {MOST_DAYS} 个上学日；请改小。"
    en = f"looks too far back: 62 days are seen, about {MOST_DAYS} school days; make it smaller."
    if windows + rule.for_days > MOST_DAYS:
        yield _Wrong("window_days", "too_far", zh, en)
    elif longest > MOST_DAYS:
        yield _Wrong("tell", "too_far", zh, en)
    if max(steps, default=0) > MOST_DAYS:
        yield _Wrong("steps", "too_far", zh, en)


def _steps(rule: AlertRule) -> Iterator[_Wrong]:
    severities = [rule.severity, *(one.severity for one in rule.steps)]
    beyond = [one.beyond for one in rule.steps if one.beyond is not None]
    after = [one.after_days for one in rule.steps if one.after_days is not None]
    if not _ascend([SEVERITIES.index(one) for one in severities]):
        zh = "须逐级加重，且重于 severity：minor、major、critical。"
        en = "must grow graver from step to step, and graver than severity: minor, major, critical."
        yield _Wrong("steps", "not_ascending", zh, en)
    elif not (_ascend([0.0, *beyond]) and _ascend([0, *after])):
        zh = "beyond 与 after_days 须为正数，且逐级增大。"
        en = "beyond and after_days must be more than 0 and grow from step to step."
        yield _Wrong("steps", "not_ascending", zh, en)
    if any(one.beyond is None and one.after_days is None for one in rule.steps):
        zh, en = "每级须写 beyond 或 after_days。", "each step needs beyond or after_days."
        yield _Wrong("steps", "missing", zh, en)


def _tellings(rule: AlertRule) -> Iterator[_Wrong]:
    if not rule.tell or not all(one.who for one in rule.tell):
        zh, en = "须写明通知谁。", "must say who is told, in each of its parts."
        yield _Wrong("tell", "missing", zh, en)
    if not _ascend([-1, *(one.after_days for one in rule.tell)]):
        zh, en = "after_days 须逐级增大。", "after_days must grow from part to part."
        yield _Wrong("tell", "not_ascending", zh, en)
    told = _TOLD[rule.level]
    if not {role for one in rule.tell for role in one.who} <= {*told}:
        names = ", ".join(told)
        zh = f"level = {rule.level} 的告警只通知：{names}。"
        en = f"an alert of level {rule.level} is told to {names} only."
        yield _Wrong("tell", "below_level", zh, en)


def _ascend(numbers: Sequence[float]) -> bool:
    if not all(isfinite(one) for one in numbers):
        return False
    return all(one < other for one, other in pairwise(numbers))
