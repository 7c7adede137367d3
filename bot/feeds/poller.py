"""The worker that polls: claims due feeds, fetches them side by side, saves what they brought."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import structlog

from bot.feeds.look import Looker
from bot.feeds.problem import Problem
from bot.work import Clock
from storage import feeds, polls
from storage.database import Database
from storage.model import Feed, PollResult, SavedPoll

log = structlog.get_logger()

#: feeds that are polled at the same time: ten thousand at a rhythm of five minutes are 33 a
#: second, and a slow site takes some seconds
CONCURRENCY = 100
#: seconds for which an answer waits for others, to be one transaction with them
GATHERED_FOR = 0.01
#: more at once would hold up the loop while they all begin
CLAIMED_AT_ONCE = 25
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
        while wanted := await self._db.read(feeds.due, started):
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
        polls: dict[int, asyncio.Task[None]] = {}
        answered: asyncio.Queue[tuple[Feed, PollResult]] = asyncio.Queue()
        heart = asyncio.create_task(self._renew(polls))
        try:
            while True:
                while len(polls) <= CONCURRENCY - CLAIMED_AT_ONCE and wanted != set():
                    claimed = await self._claim()
                    for feed in claimed:
                        polls[feed.id] = asyncio.create_task(self._look(feed, answered))
                    if wanted is not None:
                        wanted.difference_update(feed.id for feed in claimed)
                    if len(claimed) < CLAIMED_AT_ONCE:
                        break
                if not polls:
                    return
                together = await _gathered(answered)
                await self._settle(together, summary)
                for feed, _ in together:
                    del polls[feed.id]
        finally:
            tasks = [heart, *polls.values()]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _claim(self) -> list[Feed]:
        return await self._db.write(
            feeds.claim,
            self._worker_id,
            now=self._clock(),
            limit=CLAIMED_AT_ONCE,
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

    async def _look(self, feed: Feed, answered: asyncio.Queue[tuple[Feed, PollResult]]) -> None:
        try:
            result = await self._looker.look(feed)
        except Exception as error:
            result = self._bug(feed, error)
        answered.put_nowait((feed, result))

    def _bug(self, feed: Feed, error: Exception) -> PollResult:
        """This feed's alone; without its back-off the lease would bring it back in seconds."""
        log.exception("feeds.poll_failed", feed=feed.id, exc_info=error)
        return self._looker.failed(feed, Problem("internal", detail=type(error).__name__))

    async def _settle(
        self, polled: Sequence[tuple[Feed, PollResult]], summary: PollSummary
    ) -> None:
        if not polled:
            return
        try:
            saved = await self._save(polled)
        except Exception as error:
            if len(polled) > 1:
                # one that cannot be saved must not cost the others their news
                for poll in polled:
                    await self._settle([poll], summary)
                return
            polled = [(feed, self._bug(feed, error)) for feed, _ in polled]
            saved = await self._save(polled)
        for (feed, result), outcome in zip(polled, saved, strict=True):
            _count(summary, feed, result, outcome)
        if any(outcome.new or outcome.changed for outcome in saved):
            self.on_saved()

    async def _save(self, polled: Sequence[tuple[Feed, PollResult]]) -> list[SavedPoll]:
        return await self._db.write(
            polls.save_all,
            self._worker_id,
            [(feed.id, result) for feed, result in polled],
            now=self._clock(),
            alert_max_age=self._alert_max_age,
        )


async def _gathered(
    answered: asyncio.Queue[tuple[Feed, PollResult]],
) -> list[tuple[Feed, PollResult]]:
    """What has answered, and what does so right after; nothing when nothing does for a while."""
    try:
        async with asyncio.timeout(CLAIM_EVERY):
            together = [await answered.get()]
    except TimeoutError:
        return []
    await asyncio.sleep(GATHERED_FOR)
    while not answered.empty():
        together.append(answered.get_nowait())
    return together


def _count(summary: PollSummary, feed: Feed, result: PollResult, saved: SavedPoll) -> None:
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
    if saved.moved:
        log.warning("feeds.moved", feed=feed.id, name=feed.name, outcome=saved.moved)
    if saved.renamed:
        log.info("feeds.renamed", feed=feed.id, name=feed.name, entries=saved.renamed)
    if saved.new or saved.changed:
        log.info("feeds.saved", feed=feed.id, new=saved.new, changed=saved.changed)
    if feed.first_success_at and 1 < saved.new == len(result.entries):
        # others may have come and gone between the two looks
        log.warning("feeds.window_overflowed", feed=feed.id, new=saved.new)
