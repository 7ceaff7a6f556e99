"""Names of roles: readable where they can be, short enough, and another for each database."""

import pytest

from wuguan.adapters.postgres.board_naming import login_of, owner_of_views

_DATABASES = ("wuguan", "wuguan_990101", "五管", "Wuguan", "w" * 63, "w" * 62 + "x", "a-b", "a_b")
_UNITS = ("990101", "2199000001", "Area.1", "area.1", "area-1", "area_1", "a" * 40, "1_990101")


def test_usual_names_are_read_at_once() -> None:
    assert login_of("wuguan", "990101") == "wuguan_board_wuguan_990101"
    assert owner_of_views("wuguan") == "wuguan_views_wuguan"


def test_no_two_units_of_any_databases_have_one_name() -> None:
    names = [login_of(database, unit) for database in _DATABASES for unit in _UNITS]
    owners = [owner_of_views(database) for database in _DATABASES]

    assert len({*names, *owners}) == len(names) + len(owners)


@pytest.mark.parametrize("database", _DATABASES)
@pytest.mark.parametrize("unit", _UNITS)
def test_every_name_is_a_plain_identifier(database: str, unit: str) -> None:
    name = login_of(database, unit)

    assert len(name) <= 63
    assert name.isascii()
    assert name == name.lower()
    assert name.replace("_", "").isalnum()
