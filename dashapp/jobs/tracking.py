"""One run of a tracked query: with the rights and the scope of its owner, counted by days of where they are."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from dashapp.data.engine import Engine
from dashapp.data.errors import EngineBusy, EngineError, FilterError, QueryTimeout
from dashapp.data.volume import totals_over_time
from dashapp.domain.saved_queries import read_search
from dashapp.domain.tracking import (
    Claimed,
    DayCounts,
    Outcome,
    TrackerState,
    TrackerStore,
    counted_window,
    day_counts,
    days_over,
    next_run,
    reason_to_stop,
)
from dashapp.identity.permissions import PermissionDenied
from dashapp.query.errors import QueryError
from dashapp.query.views import find_view, in_view
from dashapp.query.window import Grain

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Tracking:
    """The runs of tracked queries.

    Attributes:
        store: Which queries are tracked, and what came of it.
        engine: The engine before anyone's scope.
        minutes: Between two runs of one query.
        clock: Tells the time, aware.
    """

    store: TrackerStore
    engine: Engine
    minutes: int
    clock: Callable[[], datetime]

    def due(self) -> list[str]:
        """Ids of the queries that are to be run now."""
        return self.store.due(self.clock())

    def run(self, query_id: str) -> bool:
        """Count a query, if it is due and nobody else does.

        Returns:
            Whether this call ran it to the end and its numbers are stored.
        """
        now = self.clock()
        claimed = self.store.claim(query_id, now)
        if claimed is None:
            return False
        outcome = self._outcome(claimed, now)
        ended = self.clock()
        return self.store.finish(claimed, outcome, ended, next_run(ended, self.minutes))

    def _outcome(self, claimed: Claimed, now: datetime) -> Outcome:
        if reason := reason_to_stop(claimed):
            return Outcome(TrackerState.STOPPED, reason)
        try:
            counts = self._counts(claimed, now)
        except PermissionDenied:
            return Outcome(TrackerState.STOPPED, "Stopped: its owner may not see what it asks for any more.")
        except QueryTimeout:
            return Outcome(TrackerState.FAILED, "It took too long. Make the query narrower.")
        except EngineBusy:
            return Outcome(TrackerState.FAILED, "There was too much to do. It is tried again.")
        except (QueryError, FilterError, EngineError) as error:
            return Outcome(TrackerState.FAILED, f"It could not be answered: {error}")
        except Exception:  # one broken query must not stop the others; the traceback goes to the log
            log.exception("tracked query %s failed", claimed.query_id)
            return Outcome(TrackerState.FAILED, "Something went wrong on our side. It is in the log of the server.")
        return Outcome(
            TrackerState.FINE, counts=counts, alerts=days_over(counts, claimed.tracker, claimed.owner.time_zone)
        )

    def _counts(self, claimed: Claimed, now: datetime) -> DayCounts:
        zone = claimed.owner.time_zone
        engine = replace(self.engine.for_viewer(claimed.owner), zone=zone, clock=lambda: now)
        state = read_search(claimed.search)
        view = find_view(state.view)
        node, window = in_view(view, state.query).node, counted_window(now, zone)
        frame = totals_over_time(engine, node, window, grain=Grain.HOUR, zone=zone, subject=view.subject)
        hours = [start.to_pydatetime() for start in frame["bucket"]]
        return day_counts(dict(zip(hours, frame["messages"].tolist(), strict=True)), now, zone)
