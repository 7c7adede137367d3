"""When to look at a feed again: pure arithmetic on what is known of it.

A feed that brought something is looked at after the shortest interval, and then ever more
rarely: a tenth of the time for which it has been quiet, up to the longest interval. A feed that
wrote six minutes ago is so asked every minute, one that wrote two hours ago every twelve
minutes, and an item of a lively feed is seen within minutes at the price of mostly empty 304
answers. Nothing need be remembered for that but when the feed last brought something.
"""

from __future__ import annotations

#: the interval, as a share of the time without news
QUIET_SHARE = 0.1
#: a publisher may slow us down to this with <ttl>, no further: late is useless (seconds)
TTL_CEILING = 900.0
#: the longest pause after failures (seconds), unless POLL_INTERVAL_MAX is longer
FAILURE_CEILING = 6 * 3600.0
#: the longest that a site can send us away for with Retry-After (seconds)
RETRY_AFTER_CEILING = 24 * 3600.0
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
    last_new_at: float | None,
    interval_min: float,
    interval_max: float,
    ttl: float | None,
    jitter: float,
) -> float:
    """When to look again after a success (epoch seconds), between the two intervals from now.

    `last_new_at` is when the feed last brought something; None means that it just did, or that
    nothing is known yet. `jitter` in 0..1 spreads feeds that would fall due together.
    """
    quiet = now - (now if last_new_at is None else last_new_at)
    floor = max(interval_min, min(ttl or 0.0, TTL_CEILING))
    delay = max(floor, quiet * QUIET_SHARE) * (1 - _JITTER * jitter)
    return now + min(max(delay, interval_min), interval_max)


def after_failure(
    *,
    now: float,
    failures: int,
    status: int | None,
    retry_after: float | None,
    challenged: bool = False,
    interval_min: float,
    interval_max: float,
    jitter: float,
) -> float:
    """When to try again after the `failures`th failure in a row (epoch seconds).

    The pause doubles with each, from twice the shortest interval to six hours: a blip costs two
    minutes, a dead feed four requests a day. A site that refuses us is left alone for the
    longest interval at least, and for as long as its Retry-After says, up to a day. One that
    wants proof that we are no robot (`challenged`) is asked like one that refuses, but never more
    rarely than every hour.
    """
    ceiling = max(interval_max, FAILURE_CEILING)
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
