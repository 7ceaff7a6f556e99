"""Refused events as rows to keep: never the refused value."""

from wuguan.domain.forms import EVENT_ID, whole
from wuguan.domain.validation import Rejection
from wuguan.ports import RejectedRow

_EVENT_ID = whole(EVENT_ID)


def row_of(rejection: Rejection, school_id: str, received_us: int) -> RejectedRow:
    """The row to keep: never the refused value, and nothing that a database cannot hold."""
    fault = rejection.fault
    return RejectedRow(
        reject_id=0,
        school_id=school_id,
        received_us=received_us,
        source=None if fault.path == "/source" else rejection.source,
        type=rejection.type,
        id=rejection.id if rejection.id and _EVENT_ID.match(rejection.id) else None,
        code=fault.code,
        path=fault.path,
        message=fault.message,
        message_zh=fault.message_zh,
    )
