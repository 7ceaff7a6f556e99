"""The board of operations asks for metrics that the programs tell, with labels that they have."""

import re
from pathlib import Path

import pytest

from dashboards.catalogue.operations import OPERATIONS
from dashboards.grafana.statements import labels, values
from dashboards.model import Panel
from dashboards.query_files import FOLDER, read_query
from tests.promql import GROUPING, SELECTOR, assert_told, described
from wuguan.metric_names import METRIC_NAMES
from wuguan.ports import EMBEDDED_LOG
from wuguan.streams import EVENT_TOPICS

PROMQL = sorted(FOLDER.glob("*.promql"))
TOPICS = {*EVENT_TOPICS, EMBEDDED_LOG.topic}


def without_comments(query: str) -> str:
    return "\n".join(line for line in query.splitlines() if not line.startswith("#"))


@pytest.mark.parametrize("file", PROMQL, ids=lambda file: file.stem)
def test_a_query_asks_for_metrics_that_are_told_with_labels_that_they_have(file: Path) -> None:
    assert_told(without_comments(file.read_text("utf-8")))


@pytest.mark.parametrize("file", PROMQL, ids=lambda file: file.stem)
def test_a_query_begins_with_its_question_and_is_of_a_panel(file: Path) -> None:
    assert re.match(r"# .+\?", file.read_text("utf-8"))
    assert file.stem in {panel.query for panel in OPERATIONS.panels}


@pytest.mark.parametrize("panel", OPERATIONS.panels, ids=lambda panel: panel.panel_id)
def test_every_line_of_an_expression_has_its_column(panel: Panel) -> None:
    query = without_comments(read_query(panel.query, "promql"))
    columns = {one.name for one in values(panel)}
    named = {one for one in re.findall(r'"series", "([^"]*)"', query) if one != "$1"}

    if labels(panel):
        assert columns == {"Value"}
        assert {one.name for one in labels(panel)} <= set(GROUPING.findall(query)[0].split(", "))
    elif renamed := re.search(r'"series", "\$1", "(\w+)"', query):
        metric = SELECTOR.findall(query)[0][0]
        assert columns == (TOPICS if renamed[1] == "topic" else parts_told(metric))
    elif named:
        assert columns == named
    else:
        assert len(columns) == 1


def parts_told(metric: str) -> set[str]:
    """The parts that a metric's description names in backquotes."""
    one = described(metric)
    assert one is not None
    return set(re.findall(r"`(\w+)`", one.meaning))


def test_a_metric_that_is_renamed_is_found_out() -> None:
    assert described("wuguan_fold_seconds_bucket") is METRIC_NAMES["wuguan_fold_seconds"]
    assert described("wuguan_fold_seconds") is None
    assert described("wuguan_folding_seconds_bucket") is None
