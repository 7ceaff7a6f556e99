"""The district's calendar document: terms, days off, and which nights are asked about."""

from collections.abc import Iterable
from typing import Any

from producers.district.organisation import District
from producers.district.school_year import NoSchool, Term, days_off, terms

SURVEY_WEEKDAY = 3
"""Wednesday: the one school night of the week that parents and pupils are asked about."""
SURVEYED = ("sleep.duration", "sleep.bedtime", "phone.screen_time", "fitness.out_of_school")


def calendar(district: District, school_years: Iterable[int]) -> dict[str, Any]:
    """The calendar of the district for some school years."""
    years = sorted(school_years)
    return {
        "unit_id": district.district_id,
        "terms": [_term(term) for year in years for term in terms(year)],
        "exceptions": [_exception(off) for year in years for off in days_off(year)],
        "plan": [_weekly(metric, f"{years[0]}-09-01") for metric in SURVEYED],
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
