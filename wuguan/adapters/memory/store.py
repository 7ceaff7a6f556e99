"""All ports of one store in memory."""

import time
from collections.abc import Callable

from wuguan.adapters.memory.alerts import MemoryAlerts
from wuguan.adapters.memory.backlog import MemoryBacklogs
from wuguan.adapters.memory.boards import MemoryBoards
from wuguan.adapters.memory.figures import MemoryFigures
from wuguan.adapters.memory.keys import MemoryKeys
from wuguan.adapters.memory.ledgers import MemoryLedgers, MemoryRemeasuring
from wuguan.adapters.memory.log import MemoryEventLog
from wuguan.adapters.memory.notices import MemoryNotices
from wuguan.adapters.memory.periods import MemoryPeriods
from wuguan.adapters.memory.rebuilding import MemoryRebuilding
from wuguan.adapters.memory.rejects import MemoryRejects
from wuguan.adapters.memory.replies import MemoryReplies
from wuguan.adapters.memory.requests import MemoryRequests
from wuguan.adapters.memory.rollups import MemoryRollups
from wuguan.adapters.memory.roster import MemoryRoster
from wuguan.adapters.memory.state import MemoryState


def _now_us() -> int:
    return time.time_ns() // 1_000


class MemoryStore:
    """A store that lives and ends with its process. Threads may share it: they take turns.

    What a transaction writes shows only when it is left plainly. While one thread is inside a
    writing, others wait; a reading keeps nobody waiting.
    """

    def __init__(self, clock: Callable[[], int] = _now_us) -> None:
        state = MemoryState(clock)
        self.log = MemoryEventLog(state)
        self.roster = MemoryRoster(state)
        self.ledgers = MemoryLedgers(state)
        self.remeasuring = MemoryRemeasuring(state)
        self.rebuilding = MemoryRebuilding()
        self.rollups = MemoryRollups(state)
        self.periods = MemoryPeriods(state)
        self.figures = MemoryFigures(state)
        self.backlogs = MemoryBacklogs(state)
        self.keys = MemoryKeys(state)
        self.requests = MemoryRequests(state)
        self.rejects = MemoryRejects(state)
        self.replies = MemoryReplies(state)
        self.alerts = MemoryAlerts(state)
        self.notices = MemoryNotices(state)
        self.boards = MemoryBoards()
        self.board_access = MemoryBoards()
