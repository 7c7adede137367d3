"""The worker that listens for silence: once a minute, from the state of the sources to notices."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

import structlog

from bot.feeds import silence, troubles
from bot.feeds.silence import DAY, Habit
from bot.work import Clock
from storage import feeds, habits, leases, notices
from storage.database import Connection, Database

log = structlog.get_logger()

#: seconds between two looks
EVERY = 60.0
#: seconds after a start in which nothing is told: the sources have not all been asked yet
SETTLING = 600.0
#: a habit is worked out anew each day, of so many sources a look and from so many items
_HABIT_EVERY, _HABITS, _ITEMS = DAY, 20, 5000
#: how long what ended is kept
_KEPT = 30 * DAY


class Watch:
    """Tells `moderators` (addresses of chats) what becomes of the sources.

    `on_told` is called when letters were written. One process at a time looks, by the lease
    "watch".
    """

    def __init__(
        self,
        db: Database,
        *,
        clock: Clock,
        worker_id: str,
        moderators: Sequence[str],
        on_told: Callable[[], None] = lambda: None,
    ):
        self._db = db
        self._clock = clock
        self._worker = worker_id
        self._moderators = moderators
        self._on_told = on_told
        self._started_at = clock()
        self._next_at = 0.0

    async def round(self) -> bool:
        """Look, when a minute has passed since the last look; there is never more to do."""
        now = self._clock()
        if now < self._next_at:
            return False
        self._next_at = now + EVERY
        await self._learn_habits(now)
        if await self._db.write(
            _look, self._worker, self._moderators, now=now, started_at=self._started_at
        ):
            self._on_told()
        return False

    async def _learn_habits(self, now: float) -> None:
        moments = await self._db.read(_moments, now)
        if moments:
            found = await asyncio.to_thread(
                lambda: {feed: silence.habit(at, now) for feed, at in moments.items()}
            )
            await self._db.write(_keep_habits, found, now)


def _moments(conn: Connection, now: float) -> dict[int, list[float]]:
    """Dates of the items of the sources whose habit is due to be worked out."""
    due = habits.due(conn, now - _HABIT_EVERY, _HABITS)
    return {feed: habits.moments(conn, feed, now - silence.HISTORY, _ITEMS) for feed in due}


def _keep_habits(conn: Connection, found: dict[int, Habit | None], now: float) -> None:
    for feed, habit in found.items():
        habits.keep(
            conn,
            feed,
            usual_gap=habit.usual_gap if habit else None,
            silent_after=habit.silent_after if habit else None,
            now=now,
        )


def _look(
    conn: Connection, worker: str, moderators: Sequence[str], *, now: float, started_at: float
) -> bool:
    """Whether letters were written."""
    if not leases.take(conn, "watch", worker, now=now, until=now + 3 * EVERY):
        return False
    if now - started_at >= SETTLING:
        plan = troubles.decide(
            feeds.everything(conn),
            notices.opened(conn),
            notices.ended(conn, now - troubles.LONGEST_MEMORY),
            now=now,
            started_at=started_at,
        )
        for trouble in plan.begun:
            log.warning("sources.trouble", kind=trouble.kind, subject=trouble.subject)
            notices.tell(
                conn, trouble.kind, trouble.subject, trouble.params, now, spacing=trouble.spacing
            )
        for notice in (*plan.over, *plan.dropped):
            log.info("sources.over", kind=notice.kind, subject=notice.subject)
            quietly = notice in plan.dropped
            notices.end(conn, notice.kind, notice.subject, now, quietly=quietly)
        for feed in plan.asked:
            feeds.check_now(conn, feed, now)
        notices.forget_old(conn, now - _KEPT)
    # what others told counts too, from the first minute on
    return notices.address(conn, moderators, now) > 0
