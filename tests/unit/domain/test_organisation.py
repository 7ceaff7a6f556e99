"""The organisation: who exists on a day, and where in the tree."""

from datetime import date

import msgspec
import pytest

from wuguan.domain.organisation import (
    Enrolment,
    Organisation,
    RosterEntries,
    School,
    SchoolClass,
    StandingNil,
    Unit,
)

DAY = date(2026, 9, 14)
PROVINCE = Unit("990000", "province", "测试省", None, date(2018, 9, 1))
EAST = Unit("990101", "district", "东区", "990000", date(2018, 9, 1))
WEST = Unit("990102", "district", "西区", "990000", date(2018, 9, 1))
SCHOOL = School("2199000001", "第一小学", "990101", "6-3", date(2018, 9, 1))
MOVED = School("2199000001", "第一小学西校", "990102", "6-3", date(2026, 10, 1))


def a_class(class_id: str = "P2023-01", **changes: object) -> SchoolClass:
    entry = SchoolClass(
        "2199000001",
        class_id,
        "primary",
        2023,
        date(2023, 8, 15),
        date(2029, 7, 31),
        enrolment=(Enrolment(date(2023, 8, 15), 41), Enrolment(date(2026, 9, 24), 43)),
    )
    return msgspec.structs.replace(entry, **changes)


def organisation(*schools: School, classes: tuple[SchoolClass, ...] = ()) -> Organisation:
    return Organisation([PROVINCE, EAST, WEST], schools or (SCHOOL,), classes)


def test_the_path_goes_from_the_school_upwards() -> None:
    tree = organisation()

    assert tree.path("2199000001", DAY) == ("2199000001", "990101", "990000")
    assert tree.unit_depth("2199000001", DAY) == 2
    assert tree.children("990000", DAY) == ("990101", "990102")
    assert tree.schools_below("990000", DAY) == ("2199000001",)
    assert tree.schools_below("2199000001", DAY) == ("2199000001",)
    assert [tree.level(unit) for unit in ("990000", "2199000001", "x")] == [
        "province",
        "school",
        None,
    ]


def test_a_school_that_moves_is_below_its_old_unit_before_and_its_new_one_after() -> None:
    tree = organisation(SCHOOL, MOVED)

    before, after = date(2026, 9, 30), date(2026, 10, 1)

    assert tree.path("2199000001", before)[1] == "990101"
    assert tree.path("2199000001", after)[1] == "990102"
    assert (tree.name("2199000001", before), tree.name("2199000001", after)) == (
        "第一小学",
        "第一小学西校",
    )
    assert tree.children("990101", after) == ()
    assert tree.schools_ever_below("990101") == tree.schools_ever_below("990102") == ("2199000001",)
    assert tree.schools_below_within("990102", date.min, before) == ()


def test_a_closed_school_has_no_path_even_where_an_earlier_entry_was_open() -> None:
    closing = msgspec.structs.replace(MOVED, valid_to=date(2026, 10, 31))
    tree = organisation(SCHOOL, closing, classes=(a_class(),))

    assert tree.path("2199000001", date(2026, 10, 31)) != ()
    assert tree.path("2199000001", date(2026, 11, 1)) == ()
    assert tree.schools_below("990000", date(2026, 11, 1)) == ()
    assert tree.known_classes("2199000001", date(2026, 11, 1)) == ()
    assert tree.path("2199000001", date(2018, 8, 31)) == ()


def test_a_closed_ancestor_ends_the_path() -> None:
    closed = msgspec.structs.replace(EAST, valid_to=date(2026, 9, 13))
    tree = Organisation([PROVINCE, closed], [SCHOOL])

    assert tree.path("2199000001", DAY) == ("2199000001",)
    assert tree.children("990101", DAY) == ()


def test_a_unit_covers_what_is_below_it_on_every_day_of_the_range() -> None:
    tree = organisation(SCHOOL, MOVED)
    september, october = (date(2026, 9, 1), date(2026, 9, 30)), (date(2026, 10, 1), date.max)

    assert tree.covers("990101", "2199000001", *september)
    assert not tree.covers("990101", "2199000001", september[0], october[0])
    assert tree.covers("990000", "2199000001", september[0], october[1])
    assert not tree.covers("2199000001", "990101", *september)
    assert not tree.covers("990000", "unheard-of", *september)


def test_days_without_a_path_do_not_count_unless_there_is_no_other() -> None:
    tree = organisation(msgspec.structs.replace(SCHOOL, valid_to=date(2026, 9, 30)))

    assert tree.covers("990101", "2199000001", date(2026, 9, 30), date(2026, 12, 1))
    assert tree.covers("990101", "2199000001", date(2026, 11, 1), date(2026, 12, 1))
    assert not tree.covers("990102", "2199000001", date(2026, 11, 1), date(2026, 12, 1))


@pytest.mark.parametrize(
    ("stage", "entry_year", "system", "day", "grade"),
    [
        ("primary", 2026, "6-3", date(2026, 7, 31), None),
        ("primary", 2026, "6-3", date(2026, 8, 1), 1),
        ("primary", 2021, "6-3", DAY, 6),
        ("primary", 2021, "5-4", DAY, None),
        ("primary", 2020, "6-3", DAY, None),
        ("junior", 2026, "6-3", DAY, 7),
        ("junior", 2026, "5-4", DAY, 6),
        ("junior", 2023, "5-4", DAY, 9),
        ("junior", 2023, "6-3", DAY, None),
        ("senior", 2026, "6-3", DAY, 10),
        ("senior", 2024, "5-4", DAY, 12),
        ("senior", 2023, "6-3", DAY, None),
        ("senior", 2027, "6-3", DAY, None),
    ],
)
def test_the_grade_follows_from_the_school_year_and_the_system(
    stage: str, entry_year: int, system: str, day: date, grade: int | None
) -> None:
    entry = a_class(stage=stage, entry_year=entry_year, valid_from=None, valid_to=None)
    tree = organisation(msgspec.structs.replace(SCHOOL, system=system), classes=(entry,))

    known = tree.known_class("2199000001", "P2023-01", day)

    assert (known.grade if known else None) == grade


def test_the_latest_enrolment_counts_and_none_or_zero_makes_the_class_unknown() -> None:
    empty = a_class("P2023-02", enrolment=())
    left = a_class("P2023-03", enrolment=(Enrolment(date(2023, 9, 1), 0),))
    tree = organisation(classes=(left, empty, a_class()))

    pupils = [
        [known.pupils for known in tree.known_classes("2199000001", day)]
        for day in (date(2026, 9, 23), date(2026, 9, 24))
    ]

    assert pupils == [[41], [43]]


def test_a_class_is_known_from_its_first_to_its_last_valid_day() -> None:
    entry = a_class(valid_from=date(2026, 9, 1), valid_to=date(2026, 9, 30))
    tree = organisation(classes=(entry,))

    days = [date(2026, 8, 31), date(2026, 9, 1), date(2026, 9, 30), date(2026, 10, 1)]

    assert [len(tree.known_classes("2199000001", day)) for day in days] == [0, 1, 1, 0]


def test_overlapping_standing_nils_add_up() -> None:
    nils = (
        StandingNil("phone", date(2026, 9, 1)),
        StandingNil("phone", date(2026, 9, 10), date(2026, 9, 12)),
        StandingNil("reading", date(2026, 9, 14), date(2026, 9, 14)),
    )
    tree = organisation(classes=(a_class(standing_nil=nils),))

    stated = [
        known.standing_nil
        for day in (date(2026, 8, 31), date(2026, 9, 13), DAY, date(2026, 9, 15))
        for known in tree.known_classes("2199000001", day)
    ]

    assert stated == [set(), {"phone"}, {"phone", "reading"}, {"phone"}]


def test_known_classes_come_by_class_id() -> None:
    tree = organisation(classes=(a_class("b"), a_class("B"), a_class("a")))

    assert [known.class_id for known in tree.known_classes("2199000001", DAY)] == ["B", "a", "b"]


def test_an_entry_replaces_the_former_one_of_the_same_key_whole() -> None:
    first = organisation(classes=(a_class(),))

    second = first.with_entries(
        schools=[msgspec.structs.replace(SCHOOL, name="新名")],
        classes=[a_class(enrolment=())],
    )

    assert second.name("2199000001", DAY) == "新名"
    assert second.known_classes("2199000001", DAY) == ()
    assert len(first.known_classes("2199000001", DAY)) == 1
    assert len(second.entries()) == len(first.entries())


def test_the_entries_survive_being_stored_as_json() -> None:
    nils = (StandingNil("phone", date(2026, 9, 1)),)
    entries = organisation(classes=(a_class(standing_nil=nils),)).entries()

    stored = msgspec.json.encode(entries)

    assert msgspec.json.decode(stored, type=RosterEntries) == entries
