"""The calendar documents: terms, days off, and on which nights somebody is asked."""

from collections.abc import Iterable
from typing import Any

from producers.district.organisation import District
from producers.district.school_year import NoSchool, Term, days_off, terms

SURVEY_WEEKDAY = 3
"""Wednesday: the one school night of the week that parents and pupils are asked about."""
OF_THE_NIGHT = ("sleep.duration", "sleep.bedtime")
SURVEYED = (*OF_THE_NIGHT, "phone.screen_time", "fitness.out_of_school")


def calendars(district: District, school_years: Iterable[int]) -> list[dict[str, Any]]:
    """The calendar of the district for some school years, then those that schools need."""
    years = sorted(school_years)
    first = f"{years[0]}-09-01"
    of_schools = [
        {"unit_id": school.school_id, "plan": [_daily(metric, first) for metric in OF_THE_NIGHT]}
        for school in district.schools
        if school.nightly_bedtimes
    ]
    return [_of_district(district, years, first), *of_schools]


def _of_district(district: District, years: list[int], first: str) -> dict[str, Any]:
    return {
        "unit_id": district.district_id,
        "terms": [_term(term) for year in years for term in terms(year)],
        "exceptions": [_exception(off) for year in years for off in days_off(year)],
        "plan": [_weekly(metric, first) for metric in SURVEYED],
    }


def _term(term: Term) -> dict[str, str]:
    return {"from": term.first.isoformat(), "to": term.last.isoformat()}


def _exception(off: NoSchool) -> dict[str, Any]:
    return {
        "from": off.first.isoformat(),
        "to": off.last.isoformat(),
        "school_day": False,
        "stages": list(off.stages),
        "reason": off.reason,
    }


def _weekly(metric: str, first: str) -> dict[str, Any]:
    return {"metric": metric, "every": "week", "weekday": SURVEY_WEEKDAY, "from": first}


def _daily(metric: str, first: str) -> dict[str, Any]:
    return {"metric": metric, "every": "day", "from": first}
