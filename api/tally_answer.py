"""Figures as they are shown: with rates and mean, small ones withheld."""

from typing import Any

from wuguan.domain.managements import METRICS
from wuguan.domain.tally import ratio
from wuguan.ports import TallyRow

COLUMNS = (
    "day", "unit", "class_id", "grade", "stage", "metric",
    "expected", "reported", "judged", "compliant", "total", "bins",
    "reporting_rate", "compliance_rate", "mean", "rule", "withheld",
)  # fmt: skip
_WITHHELD = (
    "expected", "reported", "judged", "compliant", "total", "bins",
    "reporting_rate", "compliance_rate", "mean",
)  # fmt: skip


def shown(row: TallyRow, own_school: str | None) -> dict[str, Any]:
    """A row with its members in order; `withheld` stands only where it is.

    `own_school` is the school that asks for itself, if one does.
    """
    members = {
        "day": row.day,
        "unit": row.unit,
        "class_id": row.class_id,
        "grade": row.grade,
        "stage": row.stage,
        "metric": row.metric,
        "expected": row.expected,
        "reported": row.reported,
        "judged": row.judged,
        "compliant": row.compliant,
        "total": row.total,
        "bins": list(row.bins),
        "reporting_rate": ratio(row.reported, row.expected, 4),
        "compliance_rate": ratio(row.compliant, row.judged, 4),
        "mean": ratio(row.total, row.reported, 1),
        "rule": " ".join(sorted(row.rules)) or None,
    }
    if row.unit != own_school and is_small(row):
        members |= dict.fromkeys(_WITHHELD)
        members["withheld"] = True
    return members


def is_small(row: TallyRow) -> bool:
    """Whether the row speaks of 1–4 pupils: nobody but their school may see it."""
    return METRICS[row.metric].is_withheld(row.expected, row.reported)
