"""What is wrong when a dashboard is looked at, and not when its JSON is read."""

from typing import Any

import pytest

from dashboards.catalogue import BOARDS
from dashboards.grafana.colours import BLUE
from dashboards.grafana.dashboard import SCHEMA_VERSION, dashboard
from dashboards.grafana.naming import Place
from dashboards.model import Column
from dashboards.states import STATE_WORDS, WORDS_INSTEAD, State
from dashboards.words import Language, Text, said
from tests.unit.dashboards.test_grafana import (
    DAY,
    LINK,
    NAME,
    SHARE,
    STATE,
    board,
    drawn,
    panel,
    settings,
)

REASONED = Column(
    name="reading",
    title=Text("读物", "reading"),
    shows="share",
    why="reading_why",
    leads_to="trial",
)
RULES = Column(name="asked", title=Text("规定", "rule"), shows="text", role="extra")
MADE: list[Any] = [
    dashboard(one, BOARDS, Place(language)) for one in BOARDS for language in ("zh", "en")
]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_reason_for_no_number_is_a_number_with_its_words(language: Language) -> None:
    of = drawn(panel("table", NAME, REASONED), Place(language))

    told = settings(of, "reading")["mappings"][0]["options"]
    sql = of["targets"][0]["rawSql"]
    for state in WORDS_INSTEAD | {State.NOT_JUDGED}:
        (code,) = (one for one in told if told[one]["text"] == said(STATE_WORDS[state], language))
        assert int(code) < 0
        assert f"WHEN '{state}' THEN {code}" in sql
    assert sql.index('coalesce("reading"') < sql.index('AS "reading"')


def test_a_number_that_leads_somewhere_stands_below_its_title() -> None:
    of = drawn(panel("table", LINK, NAME, REASONED, SHARE))

    assert settings(of, "reading")["custom.align"] == "left"
    assert settings(of, "share")["custom.align"] == "right"


def test_bars_that_no_single_rule_judges_are_blue_and_their_legend_tells_the_rules() -> None:
    of = drawn(panel("histogram", NAME, SHARE, STATE, RULES))

    assert settings(of, "state")["color"] == {"mode": "fixed", "fixedColor": BLUE}
    told = """coalesce("state"::text, '规定' || ' ' || "asked", '不评定') AS "state\""""
    assert told in of["targets"][0]["rawSql"]


@pytest.mark.parametrize(
    ("language", "words"), [("zh", "本时段没有数据"), ("en", "There are no figures")]
)
def test_an_empty_panel_says_so_in_the_language_of_the_board(
    language: Language, words: str
) -> None:
    of = drawn(panel("table", NAME, SHARE), Place(language))

    assert of["fieldConfig"]["defaults"]["noValue"].startswith(words)


def test_days_in_english_need_no_names_of_months() -> None:
    assert settings(drawn(panel("table", DAY), Place("en")), "day")["unit"] == "time:YYYY-MM-DD"


def test_breaks_are_spans_of_a_table_from_midnight_to_midnight_in_china() -> None:
    of = board(panel("lines", DAY, SHARE, query="trend", breaks="vacations"))
    made: Any = dashboard(of, [of], Place("zh"))

    (breaks,) = made["annotations"]["list"]
    # By these names Grafana knows a span; in a table only it takes them for times.
    assert breaks["target"]["format"] == "table"
    sql = breaks["target"]["rawSql"]
    assert [f"AS {name}" in sql for name in ("time", "timeend", "text")] == [True] * 3
    assert "(answer.last_day + 1 + time '00:00') AT TIME ZONE 'Asia/Shanghai'" in sql


def test_the_term_that_follows_the_period_is_in_no_address() -> None:
    of = board(panel("lines", DAY, SHARE, query="trend"))
    made: Any = dashboard(of, [of], Place("zh"))

    kept = {one["name"] for one in made["templating"]["list"] if not one["skipUrlSync"]}
    assert kept == {"unit", "period", "stage", "grade", "metric"}


@pytest.mark.parametrize("of", MADE, ids=lambda one: one["uid"])
def test_newer_versions_bring_a_dashboard_up_to_date(of: Any) -> None:
    tables = [one for one in of["panels"] if one["type"] == "table"]
    choices = of["templating"]["list"]

    # From 38 on, `displayMode` of the cells of a table would have to be `cellOptions`.
    assert of["schemaVersion"] == SCHEMA_VERSION < 38
    assert all("displayMode" in one["fieldConfig"]["defaults"]["custom"] for one in tables)
    # Newer versions of a table know no footer; a choice that nobody made yet has no value.
    assert not [one for one in tables if "footer" in one["options"]]
    assert not [one for one in choices if one["type"] == "query" and "current" in one]
