"""What a message says, in Chinese and in English; and what it never says."""

from datetime import date
from typing import Any

from tests.builders import DISTRICT, PROVINCE, SCHOOL, TODAY
from tests.unit.domain.alerts import alert, alert_rule, at, context, entry
from wuguan.domain.alerting.message import Item, clauses_of
from wuguan.domain.alerting.wording import days_text, figure_text, message_of, trial

PATH = (SCHOOL, DISTRICT, PROVINCE)
CONTEXT = context()


def item(*happened: Any, link: str = "https://board/alerts/alert-1", **members: Any) -> Item:
    rule, one = alert_rule(), alert(**members)
    return Item(
        alert=one,
        rule=rule,
        entries=happened or [entry("fired")],
        unit_name="第一小学",
        clauses=clauses_of(rule, one, PATH, ("primary",), CONTEXT.policy),
        link=link,
    )


def text(*items: Item, language: Any = "zh") -> str:
    message = message_of(items, "compliance", language, "id-1", at("17:30"))
    return f"{message.title}\n{message.text}"


def test_it_says_who_what_the_figure_the_clause_the_days_what_to_do_and_where() -> None:
    assert text(item()) == (
        "【五管预警】第一小学 1 项\n"
        "■ 第一小学\n"
        "【一般】书面作业超时：新预警\n"
        "情况：符合规定 50%，要求不低于 95%\n"
        "上课日：9月14日（共 1 个上课日）\n"
        "依据：《关于加强义务教育学校作业管理的通知》（教基厅函〔2021〕13号）"
        "小学三年级起，每日书面作业平均用时以一小时为限。\n"
        "处理：请核实并改进；数据有误请更正上报。\n"
        "详情：https://board/alerts/alert-1\n"
        "\n"
        "消息编号 id-1"
    )


def test_it_says_the_same_in_english() -> None:
    said = text(item(), language="en").splitlines()

    assert said[0] == "五管 Wuguan alert: 第一小学, 1 item"
    assert said[2] == "[minor] Homework over the limit: new"
    assert said[3] == "Figure: 50% in line, asked are at least 95%"
    assert said[4] == "School days: 09-14 (1 school day)"


def test_the_end_says_why_and_asks_for_nothing() -> None:
    ended = item(entry("fired"), entry("resolved", 2, cause="corrected"))

    said = text(ended)

    assert "【一般】书面作业超时：新预警 → 已恢复" in said
    assert "原因：补报或更正后不再成立" in said
    assert "处理" not in said
    assert "依据" not in said


def test_alerts_stand_below_their_unit() -> None:
    other = Item(alert=alert("b"), rule=None, entries=[entry("fired")], unit_name="第二小学")

    said = text(item(), other, item()).splitlines()

    assert said[0] == "【五管预警】2 个单位 3 项"
    assert [line for line in said if line.startswith("■")] == ["■ 第一小学", "■ 第二小学"]


def test_no_figure_stands_in_a_message_where_one_unit_of_count_is_a_pupil() -> None:
    of_pupils = alert_rule(metric="sleep.duration", statistic="mean", level="district")

    assert figure_text(of_pupils, alert(value=473.0), "zh") == "（数值见详情页）"
    assert "473" not in figure_text(of_pupils, alert(value=473.0), "en")


def test_what_people_note_is_not_sent_on() -> None:
    noted = item(entry("worsened", text="王小明"), assignee="王小明")

    assert "王小明" not in text(noted)


def test_each_statistic_has_its_words() -> None:
    def said(statistic: Any, value: float, **members: Any) -> str:
        rule = alert_rule(statistic=statistic, **{"threshold": 5.0, **members})
        return figure_text(rule, alert(value=value, threshold=5.0), "zh")

    assert said("reporting", 40.25) == "上报率 40.2%，要求不低于 5%"
    assert said("silent", 1.0) == "没有上报"
    assert said("drop", 31.0, breach="above") == "上报率下降 31 个百分点，要求不超过 5"
    assert said("percentile", 75.5, breach="above") == "第 90 百分位 75.5，要求不超过 5"
    assert said("identical", 1.0) == "数据与前一上课日完全相同且全部符合"


def test_of_many_days_the_last_are_named() -> None:
    days = tuple(date(2026, 9, day) for day in range(1, 8))

    assert days_text(alert(breach_days=days), "zh") == (
        "9月3日、9月4日、9月5日、9月6日、9月7日（共 7 个上课日）"
    )


def test_clauses_are_those_of_the_metric_the_stages_and_the_day() -> None:
    rule = alert_rule()

    def ids(*stages: Any, day: date = TODAY, **members: Any) -> list[str]:
        one = alert(breach_days=(day,))
        found = clauses_of(alert_rule(**members), one, PATH, stages, CONTEXT.policy)
        return [clause.rule_id for clause in found]

    assert rule.metric == "homework.minutes"
    assert ids("primary") == ["cn-2021-homework-primary"]
    assert ids("junior") == ["cn-2021-homework-junior"]
    assert ids("primary", day=date(2020, 9, 1)) == []
    assert ids("primary", kind="data") == []


def test_a_trial_names_the_receiver_and_holds_the_keyword() -> None:
    message = trial("of-school", "zh", "id-1", 0)

    assert "五管" in message.title
    assert "of-school" in message.text
    assert message.items == ()
