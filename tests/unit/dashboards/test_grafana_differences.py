"""What is to change is told by place, and what is Grafana's own is left alone."""

import pytest

from dashboards.grafana.differences import told
from dashboards.grafana.naming import Json


@pytest.mark.parametrize(
    ("stored", "wanted", "expected"),
    [
        ({"a": 1, "id": 7, "version": 3}, {"a": 1}, []),
        ({"a": {"b": [1, 2]}}, {"a": {"b": [1, 3]}}, ["a.b[1]: 2 → 3"]),
        ({"a": [1]}, {"a": [1, 2]}, ["a: [1] → [1, 2]"]),
        ({}, {"a": False}, ["a: – → False"]),
        ({"type": "grafana-postgresql-datasource"}, {"type": "postgres"}, []),
        ({"type": "mysql"}, {"type": "postgres"}, ["type: mysql → postgres"]),
    ],
)
def test_a_difference_is_told_with_its_place(
    stored: Json, wanted: Json, expected: list[str]
) -> None:
    assert told(stored, wanted) == expected


def test_many_differences_are_counted() -> None:
    lines = told({}, {str(number): number for number in range(20)})

    assert (len(lines), lines[-1]) == (9, "… +12")


def test_a_long_value_is_cut() -> None:
    (line,) = told({"sql": "x" * 500}, {"sql": "y"})

    assert len(line) < 80
