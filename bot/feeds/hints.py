"""How long publishers say that a feed need not be asked: many ways to say it, one number.

They are hints: most are defaults of some software that nobody ever chose, and news that comes late
is useless. So they lift the shortest interval by minutes, never further than TTL_CEILING.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from bot.feeds.schedule import TTL_CEILING

#: bytes in which a feed's head ends
_HEAD = 32 * 1024
_SKIPPED = re.compile(rb"<skip(hours|days)\b[^>]{0,100}>(.{0,2000}?)</skip\1\s*>", re.I | re.S)
_HOUR = re.compile(rb"<hour\b[^>]{0,100}>\s*(\d{1,2})\s*<", re.I)
_DAY = re.compile(rb"<day\b[^>]{0,100}>\s*([a-z]{6,9})\s*<", re.I)
_DAYS = (b"monday", b"tuesday", b"wednesday", b"thursday", b"friday", b"saturday", b"sunday")
_PERIODS = {
    "hourly": 3600.0, "daily": 86_400.0, "weekly": 7 * 86_400.0, "monthly": 30 * 86_400.0,
    "yearly": 365 * 86_400.0,
}  # fmt: skip
_DIRECTIVE = re.compile(r"([a-z-]+)(?:\s*=\s*\"?([^\",]*)\"?)?", re.I)


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a feed asks of those who poll it, in its own text."""

    #: seconds between two polls, by <ttl> or sy:updatePeriod
    wait: float | None = None
    #: hours of the day and days of the week (0 is Monday), UTC, in which nothing is published
    skip_hours: frozenset[int] = frozenset()
    skip_days: frozenset[int] = frozenset()


def wishes(feed: Mapping[str, Any], body: bytes) -> Wishes:
    """Read them off feedparser's `feed` and, where it keeps only the last of a list, the body."""
    hours: set[int] = set()
    days: set[int] = set()
    head = body[:_HEAD].partition(b"<item")[0]
    for kind, listed in _SKIPPED.findall(head):
        if kind.lower() == b"hours":
            # RSS 0.91 counted from 1 to 24
            hours |= {int(hour) % 24 for hour in _HOUR.findall(listed) if int(hour) <= 24}
        else:
            names = (day.lower() for day in _DAY.findall(listed))
            days |= {_DAYS.index(name) for name in names if name in _DAYS}
    waits = (_ttl(feed.get("ttl")), _period(feed))
    return Wishes(_longest(waits), frozenset(hours), frozenset(days))


def hint(wished: Wishes | None, headers: Mapping[str, str], now: float) -> float | None:
    """Seconds from `now` (epoch seconds) for which the feed need not be asked; None for no hint.

    `headers` are those of the latest answer, a 304 too, with lower-case names. In an hour or on a
    day that is skipped the hint is the longest there is.
    """
    wished = wished or Wishes()
    moment = datetime.fromtimestamp(now, UTC)
    skipped = moment.hour in wished.skip_hours or moment.weekday() in wished.skip_days
    longest = _longest((wished.wait, _fresh(headers), TTL_CEILING if skipped else None))
    return None if longest is None else min(longest, TTL_CEILING)


def _longest(waits: tuple[float | None, ...]) -> float | None:
    return max((wait for wait in waits if wait), default=None)


def _ttl(minutes: Any) -> float | None:
    seconds = _number(str(minutes or ""))
    return seconds and seconds * 60


def _period(feed: Mapping[str, Any]) -> float | None:
    period = _PERIODS.get(str(feed.get("sy_updateperiod") or "").strip().lower())
    times = _number(str(feed.get("sy_updatefrequency") or "")) or 1.0
    # WordPress writes "hourly, once" into every feed: nobody's wish
    if period is None or (period, times) == (_PERIODS["hourly"], 1.0):
        return None
    return period / times


def _fresh(headers: Mapping[str, str]) -> float | None:
    """Seconds for which caches on the way would give the same answer (RFC 9111, 4.2)."""
    said = {
        name.lower(): value for name, value in _DIRECTIVE.findall(headers.get("cache-control", ""))
    }
    if "no-cache" in said or "no-store" in said:
        return None
    lifetime = _number(said["max-age"]) if "max-age" in said else _until_expiry(headers)
    left = (lifetime or 0.0) - (_number(headers.get("age", "")) or 0.0)
    return left if left > 0 else None


def _until_expiry(headers: Mapping[str, str]) -> float | None:
    try:
        expires = parsedate_to_datetime(headers["expires"])
        return (expires - parsedate_to_datetime(headers["date"])).total_seconds()
    # "0" and "-1" are common, and mean that it has expired
    except (KeyError, ValueError, TypeError, OverflowError):
        return None


def _number(text: str) -> float | None:
    text = text.strip()
    return float(text) if text.isascii() and text.isdecimal() and len(text) <= 10 else None
