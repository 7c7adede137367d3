"""The worker that polls: claims due feeds, fetches them side by side, saves what they brought."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import structlog

from bot.feeds.look import Looker
from bot.feeds.problem import Problem
from bot.work import Clock
from storage import feeds
from storage.database import Connection, Database
from storage.model import Feed, PollResult, SavedPoll

log = structlog.get_logger()

#: feeds that are polled at the same time
CONCURRENCY = 20
#: seconds that a claim lasts, and between two renewals of it
LEASE = 15.0
RENEW_EVERY = 5.0
#: seconds within which a feed that falls due during a round is noticed
CLAIM_EVERY = 0.5


@dataclass(slots=True)
class PollSummary:
    """What polling every due feed once came to, as the `poll --once` verb prints it."""

    feeds: int = 0
    #: 200 with a body not seen before, a first poll too
    changed: int = 0
    #: 304, or 200 with the body that we have
    not_modified: int = 0
    failed: int = 0
    #: new ones
    entries: int = 0
    #: from the first claim to the last commit
    seconds: float = 0.0


class Poller:
    """Claim → look → save, each feed for itself: one that fails costs only itself.

    `host_spacing` and `alert_max_age` are seconds. `on_saved` is called after each save that left
    something for the editor.
    """

    def __init__(
        self,
        db: Database,
        looker: Looker,
        *,
        clock: Clock,
        worker_id: str,
        host_spacing: float,
        alert_max_age: float,
        on_saved: Callable[[], None] = lambda: None,
    ):
        self.on_saved = on_saved
        self._db = db
        self._looker = looker
        self._clock = clock
        self._worker_id = worker_id
        self._host_spacing = host_spacing
        self._alert_max_age = alert_max_age

    async def round(self) -> bool:
        """Poll until no feed is due; True when there was one, so that more may be by now.

        Feeds that fall due meanwhile are taken too: a server that trickles holds up nobody.
        """
        summary = PollSummary()
        await self._pump(summary)
        return summary.feeds > 0

    async def poll_once(self) -> PollSummary:
        """Poll every feed that is due now once, those that wait for their host's spacing too."""
        summary = PollSummary()
        started = self._clock()
        last_commit = started
        while wanted := await self._db.read(_due, started):
            before = summary.feeds
            await self._pump(summary, wanted)
            if summary.feeds > before:
                last_commit = self._clock()
            else:
                await asyncio.sleep(CLAIM_EVERY / 2)
        summary.seconds = round(last_commit - started, 3)
        return summary

    async def _pump(self, summary: PollSummary, wanted: set[int] | None = None) -> None:
        """Claim and poll until nothing is in flight and nothing can be claimed.

        With `wanted`, claiming ends when each of these was claimed.
        """
        polls: dict[asyncio.Task[None], int] = {}
        heart = asyncio.create_task(self._renew(polls.values()))
        try:
            while True:
                if len(polls) <= CONCURRENCY * 3 // 4 and wanted != set():
                    for feed in await self._claim(CONCURRENCY - len(polls)):
                        polls[asyncio.create_task(self._poll(feed, summary))] = feed.id
                        if wanted is not None:
                            wanted.discard(feed.id)
                if not polls:
                    return
                done, _ = await asyncio.wait(
                    polls, timeout=CLAIM_EVERY, return_when=asyncio.FIRST_COMPLETED
                )
                for task in done:
                    del polls[task]
                    task.result()
        finally:
            for task in (heart, *polls):
                task.cancel()
            await asyncio.gather(heart, *polls, return_exceptions=True)

    async def _claim(self, limit: int) -> list[Feed]:
        return await self._db.write(
            feeds.claim,
            self._worker_id,
            now=self._clock(),
            limit=limit,
            lease=LEASE,
            host_spacing=self._host_spacing,
        )

    async def _renew(self, in_flight: Iterable[int]) -> None:
        while True:
            await asyncio.sleep(RENEW_EVERY)
            until = self._clock() + LEASE
            try:
                await self._db.write(feeds.renew, self._worker_id, list(in_flight), until)
            except Exception:
                # the claims may lapse and be polled twice, which saves the same entries
                log.exception("feeds.renew_failed")

    async def _poll(self, feed: Feed, summary: PollSummary) -> None:
        try:
            result = await self._looker.look(feed)
            saved = await self._save(feed, result)
        except Exception as error:
            # a bug, but this feed's alone: without its back-off the lease would bring it back
            # every few seconds
            log.exception("feeds.poll_failed", feed=feed.id)
            result = self._looker.failed(feed, Problem("internal", detail=type(error).__name__))
            saved = await self._save(feed, result)
        if saved.stale:
            log.warning("feeds.lease_lost", feed=feed.id)
            return
        summary.feeds += 1
        summary.entries += saved.new
        match result.status:
            case "changed":
                summary.changed += 1
            case "not_modified":
                summary.not_modified += 1
            case "failed":
                summary.failed += 1
                reason = Problem.load(result.error) if result.error else None
                log.info("feeds.failed", feed=feed.id, name=feed.name, reason=reason)
        if saved.new or saved.changed:
            log.info("feeds.saved", feed=feed.id, new=saved.new, changed=saved.changed)
            self.on_saved()

    async def _save(self, feed: Feed, result: PollResult) -> SavedPoll:
        return await self._db.write(
            feeds.save_poll,
            feed.id,
            self._worker_id,
            result,
            now=self._clock(),
            alert_max_age=self._alert_max_age,
        )


def _due(conn: Connection, horizon: float) -> set[int]:
    """Feeds that were due at `horizon` and still are, also those that somebody is polling."""
    return {
        feed.id
        for feed in feeds.everything(conn)
        if feed.paused_at is None and feed.next_check_at <= horizon
    }
