"""Telling a server who is in the simulated district, which days count, and who may push."""

from collections.abc import Collection, Iterable
from datetime import date

from producers.district.calendar import calendars
from producers.district.organisation import District, roster
from producers.district.school_year import school_year_of
from wuguan.client.client import Client


def introduce(admin: Client, district: District, days: Iterable[date]) -> None:
    """Sends the roster and the calendars of the school years of the days; again is harmless."""
    years = {school_year_of(day) for day in days}
    admin.put_roster(roster(district, years))
    for calendar in calendars(district, years):
        admin.put_calendar(calendar)


def ingest_keys(
    admin: Client, school_ids: Collection[str], known: dict[str, str], label: str
) -> dict[str, str]:
    """An ingest key for every school: the known one, else a new one."""
    return {
        school_id: known.get(school_id)
        or admin.create_key("ingest", label=label, school_id=school_id).key
        for school_id in school_ids
    }
