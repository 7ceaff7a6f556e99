"""A query is read alike for Grafana and for psycopg."""

from pathlib import Path

import pytest

from dashboards.query_files import (
    bound,
    for_grafana,
    for_psycopg,
    limited,
    literal,
    parameters,
    pieces,
    read_query,
)
from wuguan.domain.errors import Misconfigured

NOT_PARAMETERS = [
    "SELECT ':unit'",
    "SELECT 'it''s :unit'",
    r"SELECT E'it\'s :unit'",
    'SELECT ":unit"',
    "SELECT 1 -- :unit\n",
    "SELECT 1 -- :unit",
    "SELECT /* a /* b */ :unit */ 1",
    "SELECT /* never ends :unit",
    "SELECT $$ :unit $$",
    "SELECT $a$ $$ :unit $$ $a$",
    "SELECT now()::date, 1 :: text",
    "SELECT days[1:3]",
]


@pytest.mark.parametrize("query", NOT_PARAMETERS)
def test_what_is_quoted_commented_or_cast_is_no_parameter(query: str) -> None:
    assert parameters(query) == ()


@pytest.mark.parametrize("query", [*NOT_PARAMETERS, "", ":unit", "a = :unit; -- %", "$1 = :a::int"])
def test_the_pieces_add_up_to_the_query(query: str) -> None:
    whole = "".join(
        f":{one.text}" if one.kind == "parameter" else one.text for one in pieces(query)
    )

    assert whole == query


def test_parameters_come_once_in_order() -> None:
    query = "SELECT $1$:metric, :stage, :unit::text WHERE a = :stage AND b = :unit"

    assert parameters(query) == ("metric", "stage", "unit")


def test_psycopg_gets_named_parameters_and_doubled_percent_signs() -> None:
    query = "SELECT '50%' -- 100%\nFROM t WHERE a % 2 = 0 AND name LIKE '%x' AND u = :unit::text"

    assert for_psycopg(query) == (
        "SELECT '50%%' -- 100%%\nFROM t WHERE a %% 2 = 0 AND name LIKE '%%x' AND u = %(unit)s::text"
    )


def test_grafana_gets_quoted_variables_and_at_most_ten_thousand_rows() -> None:
    query = "SELECT a FROM t WHERE u = :unit ORDER BY a; -- the end"

    assert for_grafana(query) == (
        "SELECT *\nFROM (\nSELECT a FROM t WHERE u = ${unit:sqlstring} ORDER BY a -- the end\n"
        ") AS answer\nLIMIT 10000"
    )


def test_what_a_panel_gives_becomes_a_literal_whatever_is_in_it() -> None:
    query = "SELECT :metric, :unit"

    assert bound(query, {"metric": "x'; DROP TABLE t; --"}) == (
        "SELECT 'x''; DROP TABLE t; --', ${unit:sqlstring}"
    )


def test_a_backslash_in_a_literal_means_itself() -> None:
    assert literal("a\\'b") == r" E'a\\''b'"


@pytest.mark.parametrize("text", ["${unit}", "$__timeFilter(day)", "[[unit]]"])
@pytest.mark.parametrize("place", ["SELECT {}", "SELECT '{}'", "SELECT 1 -- {}"])
def test_what_grafana_would_take_for_a_variable_is_refused(place: str, text: str) -> None:
    with pytest.raises(Misconfigured, match=r"当作变量.* for a variable"):
        for_grafana(place.format(text))


def test_a_given_value_cannot_name_a_variable_either() -> None:
    with pytest.raises(Misconfigured, match="for a variable"):
        for_grafana("SELECT :metric", {"metric": "${unit}"})


def test_only_some_columns_are_asked_for() -> None:
    assert limited("SELECT 1 AS a, 2 AS b", '"a"').startswith('SELECT "a"\nFROM (')


def test_a_missing_query_is_named_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match=r"absent\.sql.*请新建.*write the file"):
        read_query("absent", folder=tmp_path)


def test_a_query_is_read_as_it_stands(tmp_path: Path) -> None:
    (tmp_path / "late.promql").write_text('sum by (topic) (lag{topic=~"a.*"})\n', "utf-8")

    assert read_query("late", "promql", tmp_path).startswith("sum by (topic)")
