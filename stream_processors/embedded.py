"""The embedded runtime: the whole topology in one process, on the table of the event log.

One thread folds, one opens days, measures again, rolls up and evaluates alerts, some tell people.
None holds anything that would be missed: killed at any point, they go on where the last transaction
ended.
"""

import time
from collections.abc import Callable, Sequence

from stream_processors.contexts import Contexts
from stream_processors.evaluating_alerts import NO_ALERTS, Alerting
from stream_processors.folding import Folding
from stream_processors.telling_backlog import telling_log
from stream_processors.turns import Turning
from stream_processors.upkeep import Upkeep
from wuguan.metric_names import Telemetry
from wuguan.ports import Store
from wuguan.settings import Settings

_IDLE_SECONDS = 1.0


class EmbeddedRuntime:
    """Folds and rolls up until it is stopped; waits out a database that does not answer."""

    def __init__(
        self,
        store: Store,
        *,
        clock: Callable[[], int],
        settings: Settings,
        telemetry: Telemetry,
        alerting: Alerting = NO_ALERTS,
        tellers: Sequence[Turning] = (),
    ) -> None:
        self._telemetry = telemetry
        self._folding = Folding(
            store.log, store.ledgers, Contexts(store.roster), settings.fold_batch_frames
        )
        self._upkeep = Upkeep(
            store,
            clock=clock,
            pause_seconds=settings.rollup_interval_seconds,
            telemetry=telemetry,
            alerting=alerting,
        )
        self._telling = telling_log(store.backlogs, telemetry)
        self._fold = Turning("fold", self._fold_turn, _IDLE_SECONDS, telemetry)
        self._roll_up = Turning("rollup", self._roll_up_turn, _IDLE_SECONDS, telemetry)
        self._parts = (self._fold, self._roll_up, *tellers)

    def start(self) -> None:
        """Begins to work."""
        for part in self._parts:
            part.start()
        self._telemetry.set("wuguan_runtime_healthy", 1)

    def stop(self) -> None:
        """Ends after the transactions in work. What is not done yet is done at the next start."""
        for part in self._parts:
            part.end()
        for part in self._parts:
            part.join()

    def wake(self) -> None:
        """There are new records, or a new context: do not wait for the next look."""
        for part in self._parts:
            part.wake()

    @property
    def healthy(self) -> bool:
        """Whether all threads live and their last turns succeeded."""
        return all(part.healthy for part in self._parts)

    def _fold_turn(self) -> bool:
        begun = time.monotonic()
        frames = self._folding.turn()
        if not frames:
            return False
        self._telemetry.observe("wuguan_fold_seconds", time.monotonic() - begun)
        self._telemetry.count("wuguan_frames_folded_total", frames)
        self._roll_up.wake()
        return True

    def _roll_up_turn(self) -> bool:
        # Not in the thread that folds: it has more to do.
        self._telling.turn()
        return self._upkeep.turn(self._roll_up.stopping)
