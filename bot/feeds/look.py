"""One look at one feed: asked, read if its body is new, and told as what there is to save."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable, Sequence
from dataclasses import replace

from bot.feeds import moves, rhythm, schedule
from bot.feeds.fetch import Fetched, Fetcher, FetchFailed, NotModified
from bot.feeds.hints import Wishes, hint
from bot.feeds.impostor import CHALLENGES
from bot.feeds.parsing import Parsers
from bot.feeds.problem import Problem
from bot.work import Clock
from storage.model import Feed, Learned, PollResult


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
            next_check_at=self._next(feed, answer, _known(feed, self._clock())),
            entries=parsed.entries,
            etag=answer.etag,
            last_modified=answer.last_modified,
            body_hash=body_hash,
            moved_to=answer.permanent_url,
            confirmed=self._move_confirmed(feed, answer),
            learn=self._learner(feed, answer, [entry.published_at for entry in parsed.entries]),
            hub=parsed.hub,
            topic=parsed.topic or answer.final_url,
        )

    def _unchanged(self, feed: Feed, answer: Fetched | NotModified) -> PollResult:
        return PollResult(
            status="not_modified",
            next_check_at=self._next(feed, answer, _known(feed, self._clock())),
            etag=answer.etag,
            last_modified=answer.last_modified,
            body_hash=feed.body_hash,
            moved_to=answer.permanent_url,
            confirmed=self._move_confirmed(feed, answer),
        )

    def _move_confirmed(self, feed: Feed, answer: Fetched | NotModified) -> bool:
        target = answer.permanent_url
        return target is not None and moves.move_confirmed(feed, target, self._clock())

    def _learner(
        self, feed: Feed, answer: Fetched | NotModified, shown: list[float | None]
    ) -> Callable[[Sequence[float | None]], Learned]:
        """What to make of the dates of the new entries among those that the body shows."""

        def learn(new: Sequence[float | None]) -> Learned:
            now = self._clock()
            if feed.rhythm is None or feed.last_success_at is None:
                after = rhythm.first(shown, now)
            elif (known := rhythm.load(feed.rhythm)).at > now + rhythm.DAY:
                # learned while the clock was far ahead
                after = rhythm.first(shown, now)
            else:
                looked_at = feed.last_success_at
                after = rhythm.learn(known, new, now=now, looked_at=looked_at, window=len(shown))
            return Learned(after.dump(), self._next(feed, answer, after))

        return learn

    def _next(self, feed: Feed, answer: Fetched | NotModified, known: rhythm.Rhythm) -> float:
        if feed.pushed_until is not None and feed.pushed_until > self._clock():
            return schedule.while_pushed(
                now=self._clock(),
                pushed_until=feed.pushed_until,
                interval_max=self._interval_max,
                jitter=self._jitter(),
            )
        now = self._clock()
        return schedule.after_answer(
            now=now,
            rhythm=known,
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
                answered_at=feed.last_success_at or feed.created_at,
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


def _known(feed: Feed, now: float) -> rhythm.Rhythm:
    """What is known before anything new is counted."""
    if feed.rhythm is not None:
        return rhythm.load(feed.rhythm)
    return rhythm.unknown(feed.last_new_at or feed.first_success_at or now)
