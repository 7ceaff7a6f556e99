"""Alerts in words and as graphs."""

from datetime import date
from typing import Any, get_args

import pytest
from msgspec.structs import replace

from dashboards.alert_chart import DrawnDay, chart
from dashboards.alert_figures import printed, said_figure, said_rule
from dashboards.alert_pages import AlertLine, alert_line, alert_page
from dashboards.alert_words import CAUSES, HAPPENED, KINDS, SEVERITIES, SEVERITY_SHAPES, STATES
from dashboards.words import Text
from tests.alerting import HOMEWORK, SILENT, told
from wuguan.alert_packs import shipped_alert_rules
from wuguan.domain.alerting.action import Verb
from wuguan.domain.alerting.life import Alert, Cause, Happened, State
from wuguan.domain.alerting.rule import AlertRule, Kind, Severity, Statistic

SCHOOL, MONDAY = "2199000001", date(2026, 9, 14)
ALERT = told(HOMEWORK, "a-1", SCHOOL, ["BBB"], MONDAY).alert


def _line(alert: Alert, now_us: int = 0) -> AlertLine:
    return alert_line(alert, HOMEWORK, "一小", now_us)


def of(statistic: Statistic, value: float, bound: float, **members: Any) -> Text:
    """What is said of an alert with these figures."""
    rule = replace(HOMEWORK, statistic=statistic, **{"breach": "above", **members})
    return said_figure(replace(ALERT, value=value, threshold=bound), rule)


@pytest.mark.parametrize(
    ("said", "chinese", "english"),
    [
        (of("compliance", 83.3, 95, breach="below"),
         "书面作业时长符合规定率 83.3%，要求不低于 95%",
         "written homework: 83.3 % keep the rule, at least 95 % is asked"),
        (of("reporting", 40, 60, metric="homework.reporting", breach="below"),
         "作业上报率 40%，应不低于 60%", "Homework: 40 % reported, at least 60 % is expected"),
        (of("mean", 64.5, 60), "书面作业时长均值 64.5，应不超过 60",
         "written homework: a mean of 64.5, at most 60 is asked"),
        (of("percentile", 90, 60, percentile=80), "书面作业时长第80百分位 90，应不超过 60",
         "written homework: percentile 80 is 90, at most 60 is asked"),
        (of("count", 1234, 0, metric="phone.classroom"), "手机进课堂合计 1,234，应不超过 0",
         "phones found in class: 1,234 altogether, at most 0 is asked"),
        (of("silent", 1, 0.5, metric="sleep.reporting"), "睡眠连续未报 3 个上学日",
         "Sleep: silent for 3 school days"),
        (of("drop", 35, 25, metric="phone.reporting"),
         "手机上报率比此前下降 35 个百分点，应不超过 25 个百分点",
         "Phones: reporting fell by 35 points, at most 25 is expected"),
        (of("identical", 1, 0.5, metric="fitness.exercise"),
         "体育活动1小时连续 3 个上学日的数据完全相同",
         "the hour of exercise: the very same figures on 3 school days in a row"),
        (of("rejects", 120, 50, metric="reading.reporting"), "读物被退回 120 条，应不超过 50 条",
         "Reading: 120 events refused, at most 50 is expected"),
        (said_figure(ALERT, None), "83.3，界限 95", "83.3, threshold 95"),
    ],
)  # fmt: skip
def test_a_figure_is_said_with_what_is_asked(said: Text, chinese: str, english: str) -> None:
    assert (said.zh, said.en) == (chinese, english)


@pytest.mark.parametrize("rule", shipped_alert_rules(), ids=lambda rule: str(rule.rule_id))
def test_every_shipped_rule_can_be_said_and_drawn(rule: AlertRule) -> None:
    figure = said_figure(ALERT, rule)

    for text in (figure, said_rule(rule)):
        assert "{" not in text.zh + text.en
    assert chart(rule, [DrawnDay(MONDAY, 1.0, 2.0, True)], "zh")["data"]


@pytest.mark.parametrize(
    ("value", "text"),
    [(99.96, "99.9"), (100, "100"), (83.333, "83.3"), (0, "0"), (None, "–"), (1234.5, "1,234.5")],
)
def test_what_is_not_quite_a_hundred_is_not_printed_as_one(value: float, text: str) -> None:
    assert printed(value) == text


def test_every_word_of_the_domain_is_called_something() -> None:
    for of_domain, words in (
        (State, STATES), (Happened, HAPPENED), (Cause, CAUSES), (Kind, KINDS),
        (Severity, SEVERITIES), (Severity, SEVERITY_SHAPES),
    ):  # fmt: skip
        assert set(get_args(of_domain)) == set(words)
    assert len(set(SEVERITY_SHAPES.values())) == len(SEVERITY_SHAPES)


def test_a_graph_marks_days_in_breach_and_leaves_gaps() -> None:
    days = [
        DrawnDay(date(2026, 9, 14), 83.333, 95.0, True),
        DrawnDay(date(2026, 9, 15), None, None, False),
        DrawnDay(date(2026, 9, 16), 100.0, 95.0, False),
    ]

    drawn = chart(HOMEWORK, days, "en")

    line, breaches, bound = drawn["data"]
    assert line["x"] == ["Mon 14 Sep", "Tue 15 Sep", "Wed 16 Sep"]
    assert (line["y"], line["connectgaps"]) == ([83.33, None, 100.0], False)
    assert breaches["y"] == [83.33, None, None]
    assert bound["y"] == [95.0, None, 95.0]
    assert drawn["layout"]["xaxis"]["categoryarray"] == line["x"]


def test_a_graph_without_a_threshold_has_no_line_of_it() -> None:
    drawn = chart(SILENT, [DrawnDay(MONDAY, 0.0, None, True)], "zh")

    assert [trace["name"] for trace in drawn["data"]] == ["作业：上报率 %", "超出界限的上学日"]


@pytest.mark.parametrize(
    ("said", "verbs"),
    [
        (["B"], ["note"]),
        (["BBB"], ["acknowledge", "assign", "note", "silence"]),
        (["BBB", "BBBkk"], ["note"]),
    ],
)
def test_only_what_the_state_takes_is_offered(said: list[str], verbs: list[Verb]) -> None:
    found = told(HOMEWORK, "a-1", SCHOOL, said, MONDAY)

    page = alert_page(_line(found.alert), found.alert, None, (), (), found.entries, "zh")

    assert page.verbs == verbs
    assert page.figure is None


def test_silence_that_is_over_is_not_shown() -> None:
    def silenced(alert: Alert, now_us: int) -> bool:
        return _line(replace(alert, silenced_until_us=1_000_000), now_us).silenced_until is not None

    assert silenced(ALERT, 999_999)
    assert not silenced(ALERT, 1_000_000)
