"""One look at one feed: asked, read if its body is new, and told as what there is to save."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable
from dataclasses import replace

from bot.feeds import moves, schedule
from bot.feeds.fetch import Fetched, Fetcher, FetchFailed, NotModified
from bot.feeds.hints import Wishes, hint
from bot.feeds.impostor import CHALLENGES
from bot.feeds.parse import ParsedFeed
from bot.feeds.parsing import Parsers
from bot.feeds.problem import Problem
from bot.work import Clock
from storage.model import Feed, PollResult


class Looker:
    """Fetch, parse what is not the body that we have, and say when to look again.

    Intervals are seconds. `jitter` gives numbers in 0..1.
    """

    def __init__(
        self,
        fetcher: Fetcher,
        parsers: Parsers,
        *,
        clock: Clock,
        interval_min: float,
        interval_max: float,
        jitter: Callable[[], float] = random.random,
    ):
        self._fetcher = fetcher
        self._parsers = parsers
        self._clock = clock
        self._interval_min = interval_min
        self._interval_max = interval_max
        self._jitter = jitter
        #: what publishers asked for, by feed id; forgotten at a restart, which costs nothing
        self._wishes: dict[int, Wishes] = {}

    async def look(self, feed: Feed) -> PollResult:
        answer = await self._fetcher.fetch(
            feed.url, etag=feed.etag, last_modified=feed.last_modified
        )
        if isinstance(answer, FetchFailed):
            return self._refused(feed, answer)
        if isinstance(answer, NotModified):
            return self._unchanged(feed, answer)
        body_hash = hashlib.sha256(answer.body).hexdigest()
        if body_hash == feed.body_hash:
            return self._unchanged(feed, answer)
        parsed = await self._parsers.parse(
            answer.body, answer.headers, answer.final_url, self._clock()
        )
        if not parsed.is_feed:
            return self.failed(feed, parsed.problems[0])
        self._wishes[feed.id] = parsed.wishes
        return PollResult(
            status="changed",
            next_check_at=self._next(feed, answer, _newest(parsed)),
            entries=parsed.entries,
            etag=answer.etag,
            last_modified=answer.last_modified,
            body_hash=body_hash,
            moved_to=answer.permanent_url,
            confirmed=self._move_confirmed(feed, answer),
        )

    def _unchanged(self, feed: Feed, answer: Fetched | NotModified) -> PollResult:
        return PollResult(
            status="not_modified",
            next_check_at=self._next(feed, answer, None),
            etag=answer.etag,
            last_modified=answer.last_modified,
            body_hash=feed.body_hash,
            moved_to=answer.permanent_url,
            confirmed=self._move_confirmed(feed, answer),
        )

    def _move_confirmed(self, feed: Feed, answer: Fetched | NotModified) -> bool:
        target = answer.permanent_url
        return target is not None and moves.move_confirmed(feed, target, self._clock())

    def _next(self, feed: Feed, answer: Fetched | NotModified, newest: float | None) -> float:
        """Bodies change without news (a build date), so what counts is the newest item."""
        known = (newest, feed.last_new_at, feed.first_success_at)
        now = self._clock()
        return schedule.after_answer(
            now=now,
            last_new_at=max((moment for moment in known if moment is not None), default=None),
            interval_min=self._interval_min,
            interval_max=self._interval_max,
            ttl=hint(self._wishes.get(feed.id), answer.headers, now),
            jitter=self._jitter(),
        )

    def _refused(self, feed: Feed, answer: FetchFailed) -> PollResult:
        """Nothing came, and the answer may say more than that: gone, or leave this host alone."""
        result = self.failed(
            feed, answer.reason, status=answer.status, retry_after=answer.retry_after
        )
        gone = answer.status == schedule.GONE
        return replace(
            result,
            gone=gone,
            confirmed=gone and moves.gone_confirmed(feed, self._clock()),
            hold_host=answer.host
            if schedule.holds_host(answer.status, answer.retry_after)
            else None,
        )

    def failed(
        self,
        feed: Feed,
        reason: Problem,
        *,
        status: int | None = None,
        retry_after: float | None = None,
    ) -> PollResult:
        """Nothing came, for this reason: what is known stays, and the pause grows."""
        return PollResult(
            status="failed",
            next_check_at=schedule.after_failure(
                now=self._clock(),
                failures=feed.error_count + 1,
                status=status,
                retry_after=retry_after,
                challenged=reason.key in CHALLENGES,
                interval_min=self._interval_min,
                interval_max=self._interval_max,
                jitter=self._jitter(),
            ),
            etag=feed.etag,
            last_modified=feed.last_modified,
            body_hash=feed.body_hash,
            error=reason.dump(),
        )


def _newest(parsed: ParsedFeed) -> float | None:
    dates = (entry.published_at for entry in parsed.entries)
    return max((date for date in dates if date is not None), default=None)
