"""The alert rules that ship: they watch every must-rule about schools, and no home of a school."""

import re
from datetime import date
from importlib.resources import files

import pytest

from wuguan.alert_packs import shipped_alert_rules
from wuguan.domain.alerting.rule import ALERT_METRICS, AlertRule
from wuguan.domain.management import reporting_metric
from wuguan.domain.managements import MANAGEMENTS, METRICS
from wuguan.domain.policy import Rule
from wuguan.domain.roster import STAGES
from wuguan.policy_packs import shipped_rules

RULES = shipped_alert_rules()
TODAY = date(2026, 9, 14)
PACKS = [
    one.read_text("utf-8")
    for one in sorted(
        files("wuguan").joinpath("data", "alerts").iterdir(), key=lambda one: one.name
    )
]
HAN = re.compile("[\u4e00-\u9fff]")


def comments() -> dict[str, str]:
    """What stands above each rule, by its id."""
    found = re.findall(r'((?:^#.*\n)*)\[\[rules\]\]\nrule_id = "(.+)"', "\n".join(PACKS), re.M)
    return {rule_id: comment for comment, rule_id in found}


def watching(asked: Rule) -> list[AlertRule]:
    """The alert rules that watch what a rule of the policy book asks, in all its stages."""
    stages = {*stages_of(asked)}
    return [
        one
        for one in RULES
        if one.kind == "compliance"
        and one.metric == asked.metric
        and stages & {*(one.stages or STAGES)}
    ]


def stages_of(asked: Rule) -> tuple[str, ...]:
    """The stages of which something is asked; the state speaks of grades in primary alone."""
    return asked.stages or (("primary",) if asked.grades else STAGES)


ABOUT_SCHOOLS = [one for one in shipped_rules() if METRICS[one.metric].about_school]
ABOUT_HOMES = [one for one in shipped_rules() if not METRICS[one.metric].about_school]
MUST = [one for one in ABOUT_SCHOOLS if one.binding == "must"]


@pytest.mark.parametrize("asked", MUST, ids=lambda one: one.rule_id)
def test_every_must_rule_about_schools_is_watched_by_what_it_asks(asked: Rule) -> None:
    (one,) = watching(asked)

    assert (one.level, one.statistic, one.threshold) == ("school", "compliance", "policy")
    assert asked.rule_id in comments()[one.rule_id]
    assert asked.source.clause.rstrip("。") in comments()[one.rule_id]


@pytest.mark.parametrize("asked", MUST, ids=lambda one: one.rule_id)
def test_a_rule_watches_no_stage_of_which_the_state_asks_nothing(asked: Rule) -> None:
    """A stage of which nothing is asked says nothing, and an alert would not end by it."""
    asking = [one for one in MUST if one.metric == asked.metric and one.in_force(TODAY)]
    asked_of = {stage for one in asking for stage in stages_of(one)}

    assert {stage for one in watching(asked) for stage in one.stages or STAGES} <= asked_of


def test_each_alert_about_schools_stands_for_a_must_rule() -> None:
    watched = {one.rule_id for asked in MUST for one in watching(asked)}
    schools = {one.rule_id for one in RULES if one.kind == "compliance" and one.level == "school"}

    assert schools == watched


@pytest.mark.parametrize("asked", ABOUT_HOMES, ids=lambda one: one.rule_id)
def test_what_happens_at_home_is_watched_in_districts_only(asked: Rule) -> None:
    levels = {one.level for one in watching(asked)}

    assert levels == {"district"}


def test_no_alert_about_a_school_tells_of_its_homes() -> None:
    told = {one.metric for one in RULES if one.kind == "compliance" and one.level == "school"}

    assert told <= ALERT_METRICS


@pytest.mark.parametrize("management", MANAGEMENTS)
@pytest.mark.parametrize("statistic", ["silent", "drop", "reporting"])
def test_the_reporting_of_every_management_is_watched(management: str, statistic: str) -> None:
    metric = reporting_metric(management).name
    found = [
        one
        for one in RULES
        if (one.metric, one.statistic, one.by_system) == (metric, statistic, False)
    ]

    assert len(found) == 1


def test_the_systems_of_a_school_are_watched_but_for_sweeps_of_reading_matter() -> None:
    assert {one.management for one in RULES if one.by_system} == {*MANAGEMENTS} - {"reading"}


def test_the_silence_of_the_smallest_school_is_heard() -> None:
    assert {one.least_expected for one in RULES if one.statistic == "silent"} == {1}


def test_figures_that_do_not_move_and_refused_events_are_watched() -> None:
    statistics = [one.statistic for one in RULES]

    assert statistics.count("identical") == 3
    assert statistics.count("rejects") == 1


def test_schools_are_told_first_and_cities_last() -> None:
    order = ("school", "inspector", "district", "city")
    for one in RULES:
        told = [role for telling in one.tell for role in telling.who]

        assert told == sorted(told, key=order.index)
        assert told[0] == ("school" if one.level == "school" else "district")
        assert one.tell[0].after_days == 0


@pytest.mark.parametrize("one", RULES, ids=lambda one: one.rule_id)
def test_titles_are_plain_words_in_both_languages_and_blame_nobody(one: AlertRule) -> None:
    assert HAN.search(one.title_zh)
    assert not HAN.search(one.title)
    assert "违规" not in one.title_zh
    assert len([other for other in RULES if other.title_zh == one.title_zh]) == 1
