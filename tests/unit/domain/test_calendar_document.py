"""The calendar document: one unit's terms, exceptions and plan, or every fault in them."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wuguan.domain.calendar import UnitCalendar
from wuguan.domain.calendar_document import read_calendar
from wuguan.domain.errors import InvalidDocument
from wuguan.domain.organisation import Organisation, Unit

METRICS = ("sleep.reporting", "sleep.duration", "phone.screen_time")
ROSTER = Organisation([Unit("990101", "district", "测试区", None)])
Document = dict[str, Any]


def document() -> Document:
    return {
        "unit_id": "990101",
        "terms": [{"from": "2026-09-01", "to": "2027-01-22"}],
        "exceptions": [
            {
                "from": "2026-11-11",
                "to": "2026-11-13",
                "school_day": False,
                "stages": ["primary", "junior"],
                "reason": "秋假",
            }
        ],
        "plan": [
            {"metric": "sleep.duration", "every": "week", "weekday": 3, "from": "2026-09-01"},
            {"metric": "phone.screen_time", "every": "day", "from": "2026-09-01"},
        ],
    }


def test_a_good_document_is_read_whole() -> None:
    calendar = read_calendar(document(), ROSTER, METRICS)

    assert calendar.terms[0].to_day == date(2027, 1, 22)
    assert calendar.exceptions[0].stages == ("primary", "junior")
    assert [entry.weekday for entry in calendar.plan] == [3, None]


def test_lists_may_be_absent() -> None:
    assert read_calendar({"unit_id": "990101"}, ROSTER, METRICS) == UnitCalendar("990101")


Spoil = Callable[[Document], object]

SPOILT: list[tuple[Spoil, str, str]] = [
    (lambda d: d.update(year=2026), "/year", "unknown_field"),
    (lambda d: d.pop("unit_id"), "/unit_id", "missing_field"),
    (lambda d: d.update(unit_id="990102"), "/unit_id", "unknown_unit"),
    (lambda d: d.update(unit_id="\u0000"), "/unit_id", "out_of_range"),
    (lambda d: d.update(unit_id=990101), "/unit_id", "wrong_type"),
    (lambda d: d.update(terms="autumn"), "/terms", "wrong_type"),
    (lambda d: d["terms"][0].update(to="2026-08-31"), "/terms/0/to", "bad_span"),
    (lambda d: d["terms"][0].update({"from": "20260901"}), "/terms/0/from", "bad_time"),
    (lambda d: d["terms"][0].update(stages=[]), "/terms/0/stages", "out_of_range"),
    (lambda d: d["terms"][0].update(stages=["x"]), "/terms/0/stages/0", "out_of_range"),
    (lambda d: d["exceptions"][0].update(school_day=0), "/exceptions/0/school_day", "wrong_type"),
    (lambda d: d["exceptions"][0].pop("reason"), "/exceptions/0/reason", "missing_field"),
    (lambda d: d["exceptions"][0].update(reason="\udfff"), "/exceptions/0/reason", "out_of_range"),
    (lambda d: d["plan"][0].update(metric="sleep.dreams"), "/plan/0/metric", "unknown_metric"),
    (lambda d: d["plan"][0].update(metric="meals.reporting"), "/plan/0/metric", "unknown_metric"),
    (lambda d: d["plan"][0].update(metric="phone.reporting"), "/plan/0/metric", "not_plannable"),
    (lambda d: d["plan"][0].update(every="month"), "/plan/0/every", "out_of_range"),
    (lambda d: d["plan"][0].pop("weekday"), "/plan/0/weekday", "missing_field"),
    (lambda d: d["plan"][0].update(weekday=8), "/plan/0/weekday", "out_of_range"),
    (lambda d: d["plan"][0].update(weekday=True), "/plan/0/weekday", "wrong_type"),
    (lambda d: d["plan"][1].update(weekday=3), "/plan/1/weekday", "out_of_range"),
]


@pytest.mark.parametrize(("spoil", "path", "code"), SPOILT)
def test_one_fault_is_named_by_place_and_code(spoil: Spoil, path: str, code: str) -> None:
    body = document()

    spoil(body)
    with pytest.raises(InvalidDocument) as refused:
        read_calendar(body, ROSTER, METRICS)

    assert [(fault.path, fault.code) for fault in refused.value.faults] == [(path, code)]


def test_all_faults_are_listed_at_once() -> None:
    body = {"unit_id": "x", "terms": [{}], "plan": [3]}

    with pytest.raises(InvalidDocument) as refused:
        read_calendar(body, ROSTER, METRICS)

    assert [fault.path for fault in refused.value.faults] == [
        "/unit_id",
        "/terms/0/from",
        "/terms/0/to",
        "/plan/0",
    ]


NAMES = ["unit_id", "terms", "exceptions", "plan", "from", "to", "stages", "metric", "every"]
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(st.characters(codec=None), max_size=5)
    | st.sampled_from(["990101", "2026-09-01", "9999-12-31", "primary", "sleep.duration", "week"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from([*NAMES, "weekday", "x"]), inner, max_size=6)
    ),
    max_leaves=20,
)


@settings(max_examples=150, deadline=None)
@given(JSON | st.fixed_dictionaries({"unit_id": st.just("990101"), "terms": JSON, "plan": JSON}))
def test_any_json_is_read_or_refused_and_nothing_else(body: object) -> None:
    try:
        calendar = read_calendar(body, ROSTER, METRICS)
    except InvalidDocument:
        pass
    else:
        assert calendar.unit_id == "990101"
