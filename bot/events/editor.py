"""The worker that turns entries into events and alerts: claim, detect, decide, one by one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime

import structlog

from bot.detect.detector import Detector
from bot.detect.report import Item
from bot.events.articles import said_at
from bot.events.decision import LEASE_NAME, LEASE_SECONDS, Desk, decide
from bot.events.same import LATE_SECONDS
from bot.work import Clock
from storage import entries, events, leases
from storage.database import Connection, Database, StaleLease
from storage.model import Entry

log = structlog.get_logger()

BATCH = 50
#: after so many tries an entry is put aside for the moderators
MAX_ATTEMPTS = 5
_FIRST_RETRY_SECONDS = 30.0


def _nobody() -> None:
    """Nobody waits for deliveries until the composition root says who does."""


class Editor:
    """One round claims waiting entries and decides each in its own transaction."""

    def __init__(
        self,
        db: Database,
        detector: Detector,
        *,
        clock: Clock,
        worker_id: str,
    ):
        self._db = db
        self._detector = detector
        self._clock = clock
        self.worker_id = worker_id
        self._desk = Desk(worker_id, detector.gazetteer)
        #: called after deliveries were committed, so that senders need not wait to look
        self.on_decided: Callable[[], None] = _nobody

    async def round(self) -> bool:
        """Deal with the entries that wait; whether more may be waiting.

        Only the holder of the lease "editor" does anything: two would open one event twice.
        """
        claimed = await self._db.write(_claim, self.worker_id, now=self._clock())
        for entry in claimed:
            if await self._edit(entry):
                self.on_decided()
        return len(claimed) == BATCH

    async def _edit(self, entry: Entry) -> bool:
        """Whether one entry brought deliveries; one that fails never stops the others."""
        if entry.attempts > MAX_ATTEMPTS:
            # it brought the process down so often that nobody was left to count
            await self._failed(entry, "gave up after repeated crashes")
            return False
        try:
            detection = await asyncio.to_thread(self._detector.detect, item_of(entry))
            return await self._db.write(decide, entry, detection, self._desk, now=self._clock())
        except StaleLease as stale:
            log.info("editor.lease_lost", entry=entry.id, lease=str(stale))
            return False
        except Exception as error:
            log.exception("editor.entry_failed", entry=entry.id, attempts=entry.attempts)
            await self._failed(entry, f"{type(error).__name__}: {error}"[:500])
            return False

    async def _failed(self, entry: Entry, error: str) -> None:
        now = self._clock()
        await self._db.write(
            entries.failed,
            entry.id,
            self.worker_id,
            error,
            retry_at=now + _FIRST_RETRY_SECONDS * 4 ** (entry.attempts - 1),
            dead=entry.attempts >= MAX_ATTEMPTS,
            now=now,
        )


def _claim(conn: Connection, worker: str, *, now: float) -> list[Entry]:
    if not leases.take(conn, LEASE_NAME, worker, now=now, until=now + LEASE_SECONDS):
        return []
    for kind in ("attack", "alliance"):
        events.close_silent(conn, kind, before=now - LATE_SECONDS)
    return entries.claim(conn, worker, now=now, limit=BATCH, lease=LEASE_SECONDS)


def item_of(entry: Entry) -> Item:
    """The entry as detection reads it; a missing date counts as the moment it was first seen."""
    return Item(
        title=entry.title,
        summary=entry.summary,
        published=datetime.fromtimestamp(said_at(entry), UTC),
        language=entry.feed_language or None,
        source=entry.feed_name,
    )
