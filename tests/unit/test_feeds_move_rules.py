"""A move for good and a 410 are believed late, but in the end."""

from __future__ import annotations

from typing import Any

import pytest

from bot.feeds.moves import gone_confirmed, move_confirmed
from storage.model import Feed

NOW = 1_800_000_000.0
HOUR = 3600.0
DAY = 24 * HOUR
TARGET = "https://new.example/feed"


def _feed(**more: Any) -> Feed:
    fields = dict.fromkeys(Feed.__dataclass_fields__) | {
        "url": "https://old.example/feed",
        "moved_seen": 0,
        "gone_seen": 0,
    }
    return Feed(**(fields | more))


@pytest.mark.parametrize(
    ("seen", "ago", "target", "expected"),
    [
        (2, DAY, TARGET, True),
        (90, DAY, TARGET, True),
        (1, DAY, TARGET, False),
        (90, DAY - 1, TARGET, False),
        (90, 9 * DAY, "https://other.example/feed", False),
    ],
)
def test_a_move_takes_three_looks_and_a_day(
    seen: int, ago: float, target: str, expected: bool
) -> None:
    """This look is the third; all led to one address."""
    feed = _feed(moved_to=TARGET, moved_since=NOW - ago, moved_seen=seen)
    assert move_confirmed(feed, target, NOW) is expected


def test_the_first_look_is_never_enough() -> None:
    """Nothing was seen before it."""
    assert not move_confirmed(_feed(), TARGET, NOW)
    assert not gone_confirmed(_feed(), NOW)


def test_encryption_is_never_given_up() -> None:
    """From https to http a redirect is followed, and no more."""
    plain = "http://old.example/feed"
    seen: dict[str, Any] = {"moved_since": NOW - 9 * DAY, "moved_seen": 99}
    assert not move_confirmed(_feed(moved_to=plain, **seen), plain, NOW)
    better = "https://old.example/feed"
    assert move_confirmed(_feed(url=plain, moved_to=better, **seen), better, NOW)


@pytest.mark.parametrize(
    ("seen", "ago", "expected"),
    [(2, 12 * HOUR, True), (1, 90 * HOUR, False), (9, 6 * HOUR, False)],
)
def test_gone_takes_three_answers_over_half_a_day(seen: int, ago: float, expected: bool) -> None:
    """A site that is rebuilt at night is back in the morning."""
    assert gone_confirmed(_feed(gone_since=NOW - ago, gone_seen=seen), NOW) is expected
