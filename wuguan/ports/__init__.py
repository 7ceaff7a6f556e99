"""What the core asks of the world: roles, each played by an adapter of `wuguan.adapters`.

Every method raises `TemporarilyUnavailable` when the store does not answer; the same call may then
be made again. One contract suite (`tests/contract`) runs on every adapter.
"""

from typing import Protocol

from wuguan.domain.alerting.notice import Notice
from wuguan.ports.access import ApiKey, EarlierRequest, Keys, RejectedRow, Rejects, Requests, Scope
from wuguan.ports.alerts import (
    AlertChange,
    AlertConflict,
    AlertMark,
    AlertPlace,
    AlertQuery,
    Alerts,
    AlertWriting,
    FiringKey,
    Happening,
    SubjectKey,
)
from wuguan.ports.backlog import Backlogs, FigureBacklog, Waiting
from wuguan.ports.board_access import BoardAccess, BoardLook, BoardQueries, BoardRole, BoardRows
from wuguan.ports.figures import (
    Figured,
    FindingRow,
    PeriodQuery,
    Periods,
    PeriodWriting,
    Reading,
    Rollups,
    RollupWriting,
    Settled,
    SystemRow,
    TallyQuery,
    TallyRow,
)
from wuguan.ports.ledgers import (
    Ledgers,
    LedgerWriting,
    Rebuilding,
    RebuiltLedgers,
    Remeasuring,
    SpanToMeasure,
)
from wuguan.ports.log import EMBEDDED_LOG, EventLog, Frame, FrameWriter, LogEnds, LogRecord, Place
from wuguan.ports.notices import (
    Answer,
    Attempt,
    Claimed,
    Notices,
    Outcome,
    Sender,
    Tried,
    Undelivered,
)
from wuguan.ports.replies import Replies
from wuguan.ports.roster import Changed, Roster

__all__ = [
    "EMBEDDED_LOG",
    "AlertChange",
    "AlertConflict",
    "AlertMark",
    "AlertPlace",
    "AlertQuery",
    "AlertWriting",
    "Alerts",
    "Answer",
    "ApiKey",
    "Attempt",
    "Backlogs",
    "BoardAccess",
    "BoardLook",
    "BoardQueries",
    "BoardRole",
    "BoardRows",
    "Changed",
    "Claimed",
    "EarlierRequest",
    "EventLog",
    "FigureBacklog",
    "Figured",
    "FindingRow",
    "FiringKey",
    "Frame",
    "FrameWriter",
    "Happening",
    "Keys",
    "LedgerWriting",
    "Ledgers",
    "LogEnds",
    "LogRecord",
    "Notice",
    "Notices",
    "Outcome",
    "PeriodQuery",
    "PeriodWriting",
    "Periods",
    "Place",
    "Reading",
    "Rebuilding",
    "RebuiltLedgers",
    "RejectedRow",
    "Rejects",
    "Remeasuring",
    "Replies",
    "Requests",
    "RollupWriting",
    "Rollups",
    "Roster",
    "Scope",
    "Sender",
    "Settled",
    "SpanToMeasure",
    "Store",
    "SubjectKey",
    "SystemRow",
    "TallyQuery",
    "TallyRow",
    "Tried",
    "Undelivered",
    "Waiting",
]


class Store(Protocol):
    """All ports of one store."""

    @property
    def log(self) -> EventLog:
        """The truth."""

    @property
    def roster(self) -> Roster:
        """Who exists, which days count, what is asked."""

    @property
    def ledgers(self) -> Ledgers:
        """The facts, and the tallies beside them."""

    @property
    def remeasuring(self) -> Remeasuring:
        """What a change has left to measure again."""

    @property
    def rebuilding(self) -> Rebuilding:
        """Ledgers folded anew beside the live ones."""

    @property
    def rollups(self) -> Rollups:
        """The figures of units, as they are written."""

    @property
    def periods(self) -> Periods:
        """The figures of schools over periods, as they are written."""

    @property
    def figures(self) -> Figured:
        """The figures of units, as they are read."""

    @property
    def backlogs(self) -> Backlogs:
        """How much waits."""

    @property
    def keys(self) -> Keys:
        """Who may do what."""

    @property
    def requests(self) -> Requests:
        """What was answered under an Idempotency-Key."""

    @property
    def rejects(self) -> Rejects:
        """What was refused."""

    @property
    def replies(self) -> Replies:
        """What schools say to findings."""

    @property
    def alerts(self) -> Alerts:
        """What is wrong with units, until it is put right."""

    @property
    def notices(self) -> Notices:
        """What is still to be told of alerts, and every attempt."""

    @property
    def boards(self) -> BoardQueries:
        """What boards read by SQL."""

    @property
    def board_access(self) -> BoardAccess:
        """Who may log in to the database to look at boards."""
