"""Health is red when polling stands still, and says why in one sentence."""

from __future__ import annotations

import pytest

from bot.web.health import judge
from storage.model import FeedHealth

NOW = 1_700_000_000.0


def _feeds(**changes: float | None) -> FeedHealth:
    known: dict[str, float | None] = {
        "feeds": 3, "paused": 0, "failing": 0,
        "oldest_due_at": NOW - 5, "last_success_at": NOW - 30,
    }  # fmt: skip
    return FeedHealth(**{**known, **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("feeds", "started_ago", "expected"),
    [
        (_feeds(), 9000, ()),
        (_feeds(oldest_due_at=NOW - 600), 9000, ("Polling stands still",)),
        # right after a start, what fell due meanwhile has not been looked at yet
        (_feeds(oldest_due_at=NOW - 600), 20, ()),
        (_feeds(last_success_at=NOW - 7200), 9000, ("No feed has answered",)),
        (_feeds(last_success_at=None), 20, ()),
        (_feeds(last_success_at=None), 4000, ("No feed has answered",)),
        (_feeds(feeds=0, oldest_due_at=None, last_success_at=None), 20, ("No feed is",)),
        (_feeds(paused=3, oldest_due_at=None), 9000, ("No feed is",)),
    ],
)
def test_what_is_wrong_with_polling(
    feeds: FeedHealth, started_ago: float, expected: tuple[str, ...]
) -> None:
    """Each state of the feeds, and the beginning of each sentence."""
    problems = judge(feeds, started_at=NOW - started_ago, now=NOW)
    assert len(problems) == len(expected)
    assert all(p.startswith(e) for p, e in zip(problems, expected, strict=True))
