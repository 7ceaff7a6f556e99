"""What `GET /v1/rejects` and `GET /v1/findings` are asked: a school, days, a page."""

from datetime import date, timedelta

from msgspec import Struct
from starlette.datastructures import QueryParams

from api.paging import fingerprint
from api.parameters import Parameters
from api.problems import forbidden
from wuguan.domain.forms import SCHOOL_ID, whole
from wuguan.ports import ApiKey

KNOWN = ("school_id", "from", "to", "limit", "cursor")
DAYS_BY_DEFAULT = 30


class SchoolQuery(Struct, frozen=True):
    """A query about one school; days included."""

    school_id: str
    from_day: date
    to_day: date
    limit: int
    cursor: str | None
    fingerprint: str


def read_school_query(
    what: str, sent: QueryParams, key: ApiKey, today: date
) -> tuple[SchoolQuery, Parameters]:
    """The query, or 400; 403 where the key is not of the school. A school's key needs no id."""
    read = Parameters(sent, KNOWN)
    own = None if key.scope == "admin" else key.unit_id
    school_id = read.text("school_id", SCHOOL_ID, required=own is None) or own
    from_day, to_day = days_asked(read, today)
    limit, cursor = read.limit(), read.cursor()
    read.end()
    if own is not None and (school_id != own or whole(SCHOOL_ID).match(own) is None):
        raise forbidden("a key of the school itself", "该校自己的密钥")
    assert school_id is not None, "a fault ends the request"
    named = fingerprint(what, school_id, from_day, to_day)
    return SchoolQuery(school_id, from_day, to_day, limit, cursor, named), read


def days_asked(read: Parameters, today: date) -> tuple[date, date]:
    """The first and the last day that are asked about; by default the last 30."""
    from_day, to_day = read.day("from"), read.day("to")
    to_day = to_day or max(today, from_day or today)
    if from_day is None:
        reach = timedelta(days=DAYS_BY_DEFAULT - 1)
        from_day = to_day - reach if to_day - date.min >= reach else date.min
    read.in_order(from_day, to_day)
    return from_day, to_day
