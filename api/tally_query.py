"""What `GET /v1/tallies` is asked: parameters, and who may ask for what."""

from datetime import date
from typing import Literal, get_args

from msgspec import Struct
from starlette.datastructures import QueryParams

from api.paging import fingerprint, place_of
from api.parameters import Parameters
from api.problems import forbidden, not_found
from wuguan.domain.forms import UNIT_ID
from wuguan.domain.instants import FIRST_DAY
from wuguan.domain.managements import METRICS
from wuguan.domain.organisation import Organisation
from wuguan.domain.periods import Grain
from wuguan.domain.roster import LEVELS
from wuguan.ports import ApiKey, TallyRow

By = Literal["grade", "stage", "total"]

KNOWN = ("level", "unit", "metric", "from", "to", "children", "by", "grain", "limit", "cursor")
ASKED_LEVELS = (*LEVELS, "class")


class Place(Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """What orders rows: nulls first, text by code point."""

    day: date
    unit: str
    class_id: str | None
    stage: str | None
    grade: int | None
    metric: str

    @property
    def order(self) -> tuple[date, str, str, str, int, str]:
        """Comparable: no class or stage is empty, no grade is below 1."""
        return (
            self.day,
            self.unit,
            self.class_id or "",
            self.stage or "",
            self.grade or 0,
            self.metric,
        )

    def row(self) -> TallyRow:
        """A row at this place, as the store takes one to go on after."""
        return TallyRow(
            self.day, self.unit, self.class_id, self.stage, self.grade, self.metric,
            0, 0, 0, 0, 0, (), frozenset(),
        )  # fmt: skip


def place_of_row(row: TallyRow) -> Place:
    """The place of a row in the order."""
    return Place(row.day, row.unit, row.class_id, row.stage, row.grade, row.metric)


class Asked(Struct, frozen=True, kw_only=True):
    """A query whose parameters are well-formed."""

    level: str
    unit: str
    metrics: tuple[str, ...]
    from_day: date
    to_day: date
    children: bool
    by: By
    grain: Grain
    limit: int
    after: Place | None
    fingerprint: str

    def days_until(self, today: date) -> tuple[date, date]:
        """The days to look at: there are no figures before the first day, none of tomorrow."""
        return max(self.from_day, FIRST_DAY), min(self.to_day, today)


def read_query(sent: QueryParams) -> Asked:
    """The query, or 400 with every fault of its parameters."""
    read = Parameters(sent, KNOWN, repeatable=("metric",))
    level = read.word("level", ASKED_LEVELS, None)
    unit = read.text("unit", UNIT_ID, required=True)
    metrics = read.words("metric", METRICS)
    from_day, to_day = read.day("from", required=True), read.day("to", required=True)
    read.in_order(from_day, to_day)
    children = read.word("children", ("true", "false"), "false")
    by = read.word("by", get_args(By), "grade")
    grain = read.word("grain", get_args(Grain), "day")
    limit, cursor = read.limit(), read.cursor()
    named = fingerprint(level, unit, metrics, from_day, to_day, children, by, grain)
    after = None if cursor is None else place_of(cursor, named, Place)
    if cursor is not None and after is None:
        read.bad_cursor()
    read.end()
    assert level and unit and from_day and to_day and by and grain, "faults end the request"
    return Asked(
        level=level,
        unit=unit,
        metrics=tuple(metrics),
        from_day=from_day,
        to_day=to_day,
        children=children == "true",
        by=by,
        grain=grain,
        limit=limit,
        after=after,
        fingerprint=named,
    )


def allow_asked(asked: Asked, key: ApiKey, organisation: Organisation) -> None:
    """Who may ask: the unit's own key or one above it; classes only the school's, and admin."""
    allow_unit(asked.unit, (asked.from_day, asked.to_day), key, organisation)
    if asked.level == "class" and key.scope != "admin" and key.unit_id != asked.unit:
        raise forbidden("a read key of the school itself", "该校自己的读取密钥")


def allow_unit(unit: str, days: tuple[date, date], key: ApiKey, organisation: Organisation) -> None:
    """The unit's own key may read it, or one of a unit that is above it on every of the days."""
    known = organisation.level(unit) is not None
    if key.scope == "admin":
        if not known:
            raise not_found()
    elif not (known and organisation.covers(key.unit_id or "", unit, *days)):
        raise forbidden("a read key of this unit or of one above it", "本单位或上级单位的读取密钥")


def check_level(asked: Asked, sent: QueryParams, organisation: Organisation) -> None:
    """`level` must be the unit's own; a school has classes and no children."""
    read = Parameters(sent, KNOWN, repeatable=("metric",))
    own = organisation.level(asked.unit)
    allowed = ["school", "class"] if own == "school" else [own or ""]
    if asked.level not in allowed:
        read.refuse(
            "level", f"level must be the unit's own: {' or '.join(allowed)}",
            f"level 应为该单位自身的层级:{' 或 '.join(allowed)}",
        )  # fmt: skip
    if asked.children and own == "school":
        read.refuse(
            "children", "a school has no children: ask for level=class instead",
            "学校没有下级单位,请改用 level=class 查询班级",
        )  # fmt: skip
    read.end()
