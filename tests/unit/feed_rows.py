"""Feeds as the database has them, for tests of what is made of them."""

from __future__ import annotations

from typing import Any

from bot.feeds.problem import Problem
from storage.model import Feed

#: Wednesday 20 September 2023, noon UTC
NOW = 1_695_211_200.0
HOUR, DAY = 3600.0, 86400.0


def feed(number: int = 1, **known: Any) -> Feed:
    """One that answered a minute ago and had news an hour ago, three articles a day on average."""
    about: dict[str, Any] = {
        "id": number,
        "url": f"https://f{number}.example/rss",
        "name": f"Journal {number}",
        "language": "fr",
        "countries": ("NE",),
        "kind": "national press",
        "reliability": "C",
        "state_media": False,
        "origin": None,
        "host": f"f{number}.example",
        "paused_at": None,
        "etag": None,
        "last_modified": None,
        "body_hash": None,
        "next_check_at": NOW + 60,
        "first_success_at": NOW - 90 * DAY,
        "last_success_at": NOW - 60,
        "last_attempt_at": NOW - 60,
        "last_new_at": NOW - HOUR,
        "last_error": None,
        "error_count": 0,
        "moved_to": None,
        "moved_since": None,
        "moved_seen": 0,
        "gone_since": None,
        "gone_seen": 0,
        "retired_for": None,
        "retired_into": None,
        "rhythm": None,
        "created_at": NOW - 90 * DAY,
        "heard_at": NOW - HOUR,
        "usual_gap": 8 * HOUR,
        "silent_after": 28 * HOUR,
    }
    return Feed(**{**about, **known})


def failing(number: int, since: float, key: str = "unknown_host", **known: Any) -> Feed:
    """One that has failed from `since` on, asked a minute ago."""
    about = {
        "error_count": 9,
        "failed_since": since,
        "last_success_at": since - 60,
        "last_error": Problem(key).dump(),
    }
    return feed(number, **{**about, **known})
