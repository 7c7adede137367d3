"""The worker that polls: claims due feeds, fetches them side by side, saves what they brought."""

from __future__ import annotations

import asyncio
import hashlib
import random
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import structlog

from bot.feeds import schedule
from bot.feeds.fetch import Fetched, Fetcher, FetchFailed, NotModified
from bot.feeds.parse import ParsedFeed, parse
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
#: seconds that one body may take to parse; real ones take milliseconds
PARSE_LIMIT = 10.0


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
    """Claim → fetch → parse → save, each feed for itself: one that fails costs only itself.

    Intervals and spacing are seconds. `on_saved` is called after each save that left something
    for the editor. `jitter` gives numbers in 0..1.
    """

    def __init__(
        self,
        db: Database,
        fetcher: Fetcher,
        *,
        clock: Clock,
        worker_id: str,
        interval_min: float,
        interval_max: float,
        host_spacing: float,
        alert_max_age: float,
        on_saved: Callable[[], None] = lambda: None,
        jitter: Callable[[], float] = random.random,
    ):
        self.on_saved = on_saved
        self._db = db
        self._fetcher = fetcher
        self._clock = clock
        self._worker_id = worker_id
        self._interval_min = interval_min
        self._interval_max = interval_max
        self._host_spacing = host_spacing
        self._alert_max_age = alert_max_age
        self._jitter = jitter
        # not the loop's own pool: name lookups wait there, sometimes for long
        self._parsers = ThreadPoolExecutor(2, thread_name_prefix="parse")
        #: what publishers asked for, by feed id; forgotten at a restart, which costs nothing
        self._ttl: dict[int, float | None] = {}

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
            result = await self._look(feed)
            saved = await self._save(feed, result)
        except Exception as error:
            # a bug, but this feed's alone: without its back-off the lease would bring it back
            # every few seconds
            log.exception("feeds.poll_failed", feed=feed.id)
            result = self._failed(feed, Problem("internal", detail=type(error).__name__))
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

    async def _look(self, feed: Feed) -> PollResult:
        """Fetch, and parse what is not the body that we have."""
        answer = await self._fetcher.fetch(
            feed.url, etag=feed.etag, last_modified=feed.last_modified
        )
        if isinstance(answer, FetchFailed):
            return self._failed(
                feed, answer.reason, status=answer.status, retry_after=answer.retry_after
            )
        if isinstance(answer, NotModified):
            return self._unchanged(feed, feed.etag, feed.last_modified)
        if answer.permanent_url:
            log.info("feeds.moved", feed=feed.id, name=feed.name)
        body_hash = hashlib.sha256(answer.body).hexdigest()
        if body_hash == feed.body_hash:
            return self._unchanged(feed, answer.etag, answer.last_modified)
        try:
            parsed = await self._parse(answer)
        except TimeoutError:
            return self._failed(feed, Problem("parse_slow", seconds=PARSE_LIMIT))
        if not parsed.is_feed:
            return self._failed(feed, parsed.problems[0])
        self._ttl[feed.id] = parsed.ttl
        return PollResult(
            status="changed",
            next_check_at=self._next(feed, _newest(parsed)),
            entries=parsed.entries,
            etag=answer.etag,
            last_modified=answer.last_modified,
            body_hash=body_hash,
        )

    async def _parse(self, answer: Fetched) -> ParsedFeed:
        # the thread goes on after the limit, but body and entries are capped: it ends
        return await asyncio.wait_for(
            asyncio.get_running_loop().run_in_executor(
                self._parsers,
                parse,
                answer.body,
                answer.headers,
                answer.final_url,
                self._clock(),
            ),
            PARSE_LIMIT,
        )

    def _unchanged(self, feed: Feed, etag: str | None, last_modified: str | None) -> PollResult:
        return PollResult(
            status="not_modified",
            next_check_at=self._next(feed, None),
            etag=etag,
            last_modified=last_modified,
            body_hash=feed.body_hash,
        )

    def _next(self, feed: Feed, newest: float | None) -> float:
        """Bodies change without news (a build date), so what counts is the newest item."""
        known = (newest, feed.last_new_at, feed.first_success_at)
        return schedule.after_answer(
            now=self._clock(),
            last_new_at=max((moment for moment in known if moment is not None), default=None),
            interval_min=self._interval_min,
            interval_max=self._interval_max,
            ttl=self._ttl.get(feed.id),
            jitter=self._jitter(),
        )

    def _failed(
        self,
        feed: Feed,
        reason: Problem,
        *,
        status: int | None = None,
        retry_after: float | None = None,
    ) -> PollResult:
        return PollResult(
            status="failed",
            next_check_at=schedule.after_failure(
                now=self._clock(),
                failures=feed.error_count + 1,
                status=status,
                retry_after=retry_after,
                interval_min=self._interval_min,
                interval_max=self._interval_max,
                jitter=self._jitter(),
            ),
            etag=feed.etag,
            last_modified=feed.last_modified,
            body_hash=feed.body_hash,
            error=reason.dump(),
        )


def _due(conn: Connection, horizon: float) -> set[int]:
    """Feeds that were due at `horizon` and still are, also those that somebody is polling."""
    return {
        feed.id
        for feed in feeds.everything(conn)
        if feed.paused_at is None and feed.next_check_at <= horizon
    }


def _newest(parsed: ParsedFeed) -> float | None:
    dates = (entry.published_at for entry in parsed.entries)
    return max((date for date in dates if date is not None), default=None)
