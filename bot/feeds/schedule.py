"""When to look at a feed again: pure arithmetic on what is known of it.

After an answer, the interval follows from the feed's rhythm (`rhythm.py`). An item that appears
between two looks waits for half of the interval I, on average. Where items come at a rate r, looks
cost 1/I an hour and items wait r * I/2 an hour in all. Looks are moved to where one more of them
saves most waiting, until it saves the same everywhere: the derivatives agree, r * I**2 = c, so

    I is proportional to 1 / sqrt(r).

Four times the news, half the interval. That holds for the hours of one feed. Between feeds, an
item of a lively one counts for less (it is more often a copy, or about elsewhere), namely by the
square root of the feed's rate; then I goes with the fourth root: sixteen times the items, half the
interval. The scale is set so that all looks together are no more than those of a bot that asks
each feed every ten minutes (benchmarks/polling_latency.py).
"""

from __future__ import annotations

import math

from bot.feeds.rhythm import DAY, HOUR, WEEK, Rhythm

#: a feed that brings so many items a second is asked so many times a second, on average
_ITEMS = 6 / DAY
_LOOKS = 144 / DAY
#: seconds without an item after which a feed is asked most rarely
_SILENT = 2 * WEEK
#: never longer than this share of the time in which half of the feed's window may pass
_WINDOW_SHARE = 0.5
#: a publisher may slow us down to this with <ttl>, no further: late is useless (seconds)
TTL_CEILING = 900.0
#: the longest pause after failures (seconds), unless POLL_INTERVAL_MAX is longer
FAILURE_CEILING = 6 * HOUR
#: the same when the feed has not answered for a week: twice a day
DEAD_CEILING = 12 * HOUR
#: the longest that a site can send us away for with Retry-After (seconds)
RETRY_AFTER_CEILING = 24 * HOUR
#: answers that mean "stay away" (401, 402, 403, 429, 444, 451), not "try again"
REFUSALS = frozenset({401, 402, 403, 429, 444, 451})
GONE = 410
#: the longest pause while a site asks for proof that we are no robot (seconds): it is alive, the
#: next answer may be the feed, and asking often makes it worse
CHALLENGE_CEILING = 3600.0
_TOO_OFTEN = 429

_JITTER = 0.1


def after_answer(
    *,
    now: float,
    rhythm: Rhythm,
    interval_min: float,
    interval_max: float,
    ttl: float | None,
    jitter: float,
) -> float:
    """When to look again after a success (epoch seconds), between the two intervals from now.

    `rhythm` is as known after that look. `jitter` in 0..1 spreads feeds that would fall due
    together.
    """
    wanted = min(_until_worth_a_look(rhythm, now, interval_max), _window_safe(rhythm, now))
    floor = max(interval_min, min(ttl or 0.0, TTL_CEILING))
    delay = max(floor, wanted) * (1 - _JITTER * jitter)
    return now + min(max(delay, interval_min), interval_max)


def _until_worth_a_look(rhythm: Rhythm, now: float, limit: float) -> float:
    """Seconds until the looks that the coming hours are worth add up to one."""
    if now - rhythm.last > _SILENT:
        return limit
    usual = rhythm.usual(now)
    of_feed = _LOOKS * math.sqrt(math.sqrt(usual / _ITEMS))
    at, left = now, 1.0
    while at < now + limit:
        looks = of_feed * math.sqrt(rhythm.rate(at) / usual)
        end = min((at // HOUR + 1) * HOUR, now + limit)
        if looks * (end - at) >= left:
            return at + left / looks - now
        left -= looks * (end - at)
        at = end
    return limit


def _window_safe(rhythm: Rhythm, now: float) -> float:
    """Seconds in which no item can have come and gone unseen, as far as can be foreseen."""
    return _WINDOW_SHARE * rhythm.window_lasts(now)


def while_pushed(*, now: float, pushed_until: float, interval_max: float, jitter: float) -> float:
    """When to look after a feed whose hub pushes (epoch seconds): a safety net, after the
    longest interval, but at once when the hub's promise ends."""
    return min(now + interval_max * (1 - _JITTER * jitter), max(pushed_until, now))


def after_failure(
    *,
    now: float,
    failures: int,
    answered_at: float,
    status: int | None,
    retry_after: float | None,
    challenged: bool = False,
    interval_min: float,
    interval_max: float,
    jitter: float,
) -> float:
    """When to try again after the `failures`th failure in a row (epoch seconds).

    The pause doubles with each, from twice the shortest interval to six hours: a blip costs two
    minutes, a dead feed four requests a day, and two when it last answered (`answered_at`) more
    than a week ago. A site that refuses us is left alone for the longest interval at least, and
    for as long as its Retry-After says, up to a day. One that wants proof that we are no robot
    (`challenged`) is asked like one that refuses, but never more rarely than every hour.
    """
    ceiling = max(interval_max, DEAD_CEILING if now - answered_at > WEEK else FAILURE_CEILING)
    delay = min(interval_min * 2.0 ** min(failures, 20), ceiling)
    if status in REFUSALS or challenged:
        delay = max(delay, interval_max)
    if challenged:
        delay = min(delay, max(interval_max, CHALLENGE_CEILING))
    if status == GONE:
        delay = ceiling
    if retry_after is not None:
        delay = max(delay, min(retry_after, RETRY_AFTER_CEILING))
    return now + delay * (1 + _JITTER * jitter)


def holds_host(status: int | None, retry_after: float | None) -> bool:
    """Whether a failure asks us to leave all feeds of its host alone, not this one only."""
    return status == _TOO_OFTEN or bool(retry_after)
