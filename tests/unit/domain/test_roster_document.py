"""The roster document: read whole or refused whole, with every fault."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wuguan.domain.errors import InvalidDocument
from wuguan.domain.organisation import Organisation, School, Unit
from wuguan.domain.roster_document import read_roster

MANAGEMENTS = ("homework", "sleep", "phone", "reading", "fitness")
Document = dict[str, Any]


def document() -> Document:
    return {
        "units": [
            {"unit_id": "990000", "level": "province", "name": "测试省", "parent": None},
            {
                "unit_id": "990101",
                "level": "district",
                "name": "测试区",
                "parent": "990000",
                "valid_from": "2018-09-01",
            },
        ],
        "schools": [
            {
                "school_id": "2199000001",
                "name": "第一小学",
                "parent": "990101",
                "system": "6-3",
                "valid_to": None,
            }
        ],
        "classes": [
            {
                "school_id": "2199000001",
                "class_id": "P2023-04",
                "stage": "primary",
                "entry_year": 2023,
                "valid_from": "2023-08-15",
                "valid_to": "2029-07-31",
                "standing_nil": [{"management": "phone", "from": "2026-09-01", "to": None}],
                "enrolment": [{"from": "2023-08-15", "pupils": 41}],
            }
        ],
    }


def faults_of(body: object, organisation: Organisation | None = None) -> list[tuple[str, str]]:
    with pytest.raises(InvalidDocument) as refused:
        read_roster(body, organisation or Organisation(), MANAGEMENTS)
    assert all(fault.message and fault.message_zh for fault in refused.value.faults)
    return [(fault.path, fault.code) for fault in refused.value.faults]


def test_a_good_document_is_read_whole() -> None:
    entries = read_roster(document(), Organisation(), MANAGEMENTS)

    assert (len(entries.units), len(entries.schools), len(entries.classes)) == (2, 1, 1)
    assert entries.units[1].valid_from == date(2018, 9, 1)
    assert entries.schools[0].valid_to is None
    assert entries.classes[0].enrolment[0].pupils == 41
    assert entries.classes[0].standing_nil[0].management == "phone"


@pytest.mark.parametrize("body", [{}, {"units": []}, {"units": None, "classes": []}])
def test_lists_may_be_absent_or_empty(body: Document) -> None:
    assert len(read_roster(body, Organisation(), MANAGEMENTS)) == 0


def test_of_two_entries_with_one_key_the_later_counts() -> None:
    body = document()
    body["schools"].append({**body["schools"][0], "name": "后者"})

    entries = read_roster(body, Organisation(), MANAGEMENTS)

    assert [school.name for school in entries.schools] == ["后者"]


Spoil = Callable[[Document], object]

SPOILT: list[tuple[Spoil, str, str]] = [
    (lambda d: d.update(pupils=[]), "/pupils", "unknown_field"),
    (lambda d: d.update({"张三": 1}), "", "unknown_field"),
    (lambda d: d.update(classes={}), "/classes", "wrong_type"),
    (lambda d: d["units"].append(None), "/units/2", "wrong_type"),
    (lambda d: d["units"][0].pop("name"), "/units/0/name", "missing_field"),
    (lambda d: d["units"][0].update(name=""), "/units/0/name", "out_of_range"),
    (lambda d: d["units"][0].update(name="x" * 201), "/units/0/name", "out_of_range"),
    (lambda d: d["units"][0].update(name="a\u0000"), "/units/0/name", "out_of_range"),
    (lambda d: d["units"][0].update(name="\ud800"), "/units/0/name", "out_of_range"),
    (lambda d: d["units"][1].update(level="school"), "/units/1/level", "wrong_level"),
    (lambda d: d["units"][1].update(level="town"), "/units/1/level", "out_of_range"),
    (lambda d: d["units"][1].update(parent="990999"), "/units/1/parent", "unknown_unit"),
    (lambda d: d["units"][1].update(parent="990101"), "/units/1/parent", "cycle"),
    (lambda d: d["units"][0].update(parent="a b"), "/units/0/parent", "out_of_range"),
    (lambda d: d["units"][1].update(valid_from="2026-02-30"), "/units/1/valid_from", "bad_time"),
    (lambda d: d["units"][1].update(valid_from=20260901), "/units/1/valid_from", "wrong_type"),
    (lambda d: d["units"][1].update(valid_to="2018-08-31"), "/units/1/valid_to", "bad_span"),
    (lambda d: d["schools"][0].pop("parent"), "/schools/0/parent", "missing_field"),
    (lambda d: d["schools"][0].update(system="6-4"), "/schools/0/system", "out_of_range"),
    (lambda d: d["schools"].append({**d["schools"][0], "school_id": "21"}),
     "/schools/1/school_id", "out_of_range"),
    (lambda d: d["schools"][0].update(parent="2199000001"), "/schools/0/parent", "cycle"),
    (lambda d: d["classes"][0].update(class_id="张小明"), "/classes/0/class_id", "pii_suspected"),
    (lambda d: d["classes"][0].update(class_id="13800000000"), "/classes/0/class_id",
     "pii_suspected"),
    (lambda d: d["classes"][0].update(class_id="P1\n"), "/classes/0/class_id", "out_of_range"),
    (lambda d: d["classes"][0].update(school_id="2199000002"), "/classes/0/school_id",
     "unknown_unit"),
    (lambda d: d["classes"][0].update(entry_year=True), "/classes/0/entry_year", "wrong_type"),
    (lambda d: d["classes"][0].update(entry_year=2023.0), "/classes/0/entry_year", "wrong_type"),
    (lambda d: d["classes"][0].update(entry_year=10**400), "/classes/0/entry_year",
     "out_of_range"),
    (lambda d: d["classes"][0].update(stage="kindergarten"), "/classes/0/stage", "out_of_range"),
    (lambda d: d["classes"][0]["enrolment"][0].update(pupils=201),
     "/classes/0/enrolment/0/pupils", "out_of_range"),
    (lambda d: d["classes"][0]["enrolment"][0].update(pupils=-1),
     "/classes/0/enrolment/0/pupils", "out_of_range"),
    (lambda d: d["classes"][0]["standing_nil"][0].update(to="2026-08-31"),
     "/classes/0/standing_nil/0/to", "bad_span"),
    (lambda d: d["classes"][0]["standing_nil"][0].update(management="meals"),
     "/classes/0/standing_nil/0/management", "out_of_range"),
]  # fmt: skip


@pytest.mark.parametrize(("spoil", "path", "code"), SPOILT)
def test_one_fault_is_named_by_place_and_code(spoil: Spoil, path: str, code: str) -> None:
    body = document()

    spoil(body)

    assert faults_of(body) == [(path, code)]


@pytest.mark.parametrize("body", [None, [], 1, True, "roster", 1.5])
def test_a_document_that_is_no_object_is_refused(body: object) -> None:
    assert faults_of(body) == [("", "wrong_type")]


def test_all_faults_are_listed_at_once_and_no_refused_value_is_echoed() -> None:
    body = document()
    body["units"][0]["name"] = "\u0007秘密"
    body["classes"][0].update(class_id="王小明", entry_year="2023")

    with pytest.raises(InvalidDocument) as refused:
        read_roster(body, Organisation(), MANAGEMENTS)

    assert len(refused.value.faults) == 3
    assert "秘密" not in str(refused.value)
    assert "王小明" not in str(refused.value)


def test_after_a_thousand_faults_the_last_says_how_many_more_there_are() -> None:
    faults = faults_of({"units": [None] * 10_000})

    assert len(faults) == 1_001
    assert faults[-1] == ("", "too_many_faults")


def test_a_parent_must_stand_on_a_higher_level() -> None:
    body = document()
    body["units"].append(
        {"unit_id": "990102", "level": "city", "name": "测试市", "parent": "990101"}
    )

    assert faults_of(body) == [("/units/2/parent", "wrong_level")]


def test_a_cycle_is_found_across_the_document_and_the_roster() -> None:
    roster = Organisation(
        [
            Unit("990000", "province", "省", None),
            Unit("990100", "city", "市", "990000"),
            Unit("990101", "district", "区", "990100"),
        ]
    )
    body = {"units": [{"unit_id": "990000", "level": "province", "name": "省", "parent": "990101"}]}

    assert faults_of(body, roster) == [("/units/0/parent", "cycle")]


def test_what_never_holds_on_the_same_day_is_no_cycle() -> None:
    roster = Organisation(
        [
            Unit("a", "city", "甲", None, valid_to=date(2020, 12, 31)),
            Unit("b", "district", "乙", "a", valid_to=date(2020, 12, 31)),
        ]
    )
    body = {
        "units": [
            {"unit_id": "a", "level": "city", "name": "甲", "parent": "b",
             "valid_from": "2021-01-01"}
        ]
    }  # fmt: skip

    assert faults_of(body, roster) == [("/units/0/parent", "wrong_level")]


def test_a_unit_may_not_sink_below_what_hangs_on_it_in_the_roster() -> None:
    roster = Organisation(
        [Unit("990100", "city", "市", None), Unit("990101", "district", "区", "990100")]
    )
    body = {"units": [{"unit_id": "990100", "level": "area", "name": "市"}]}

    assert faults_of(body, roster) == [("/units/0/level", "wrong_level")]


def test_a_unit_keeps_its_level_and_an_id_is_a_unit_or_a_school() -> None:
    roster = Organisation(
        [Unit("990101", "district", "区", None)], [School("2199000001", "校", "990101", "6-3")]
    )
    body = {
        "units": [
            {"unit_id": "990101", "level": "city", "name": "区", "valid_from": "2026-09-01"},
            {"unit_id": "2199000001", "level": "area", "name": "校", "valid_from": "2026-09-01"},
        ]
    }

    assert faults_of(body, roster) == [
        ("/units/0/level", "wrong_level"),
        ("/units/1/level", "wrong_level"),
    ]


def test_a_faulty_unit_is_still_there_for_those_that_name_it() -> None:
    body = document()
    body["units"][1]["name"] = 5

    assert faults_of(body) == [("/units/1/name", "wrong_type")]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False)
    | st.text(st.characters(codec=None), max_size=8)
    | st.sampled_from(["990000", "2199000001", "2026-09-01", "0001-01-01", "9999-12-31",
                       "primary", "district", "area", "6-3", "x", "张三"]),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(["units", "schools", "classes", "unit_id", "school_id", "class_id",
                         "level", "name", "parent", "system", "stage", "entry_year", "from",
                         "to", "valid_from", "valid_to", "enrolment", "standing_nil", "pupils"])
        | st.text(max_size=3),
        inner,
        max_size=6,
    ),
    max_leaves=20,
)  # fmt: skip

UNITS = st.fixed_dictionaries(
    {
        "unit_id": st.sampled_from(["a", "b", "c", "2199000001"]),
        "level": st.sampled_from(["city", "district", "area", "school"]),
        "name": st.just("名"),
        "parent": st.sampled_from([None, "a", "b", "c", "2199000001"]),
        "valid_from": st.sampled_from([None, "0001-01-01", "2026-09-01", "9999-12-31"]),
        "valid_to": st.sampled_from([None, "0001-01-01", "2026-09-01", "9999-12-31"]),
    }
)


@settings(max_examples=150, deadline=None)
@given(JSON | st.fixed_dictionaries({"units": st.lists(UNITS, max_size=6), "schools": JSON}))
def test_any_json_is_read_or_refused_and_nothing_else(body: object) -> None:
    try:
        entries = read_roster(body, Organisation(), MANAGEMENTS)
    except InvalidDocument:
        pass
    else:
        tree = Organisation(entries.units, entries.schools, entries.classes)
        assert all(tree.schools_ever_below(unit) is not None for unit in tree.unit_ids())
