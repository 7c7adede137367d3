"""Is a source calm, or do we no longer hear it? Pure: from what its polls left to what it is.

Silence is judged by the source's own habit. Its third longest pause within two months is a
stretch that happens to it: a night for an agency, a weekend for a daily, a week for a weekly.
Two longer ones, a holiday and a broken server perhaps, are not taken for its habit. Twice that
stretch without an item is silence.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from bot.feeds.problem import Problem
from storage.model import Feed

StateKind = Literal[
    "paused",  # nobody polls it
    "new",  # no answer yet
    "fine",
    "quiet",  # nothing for longer than usual, as happens to it
    "silent",  # answers, and has nothing new for far longer than ever
    "empty",  # answers as a feed, without any item
    "web_page",  # answers, but not as a feed
    "refused",  # the site sends us away
    "failing",  # no answer, or none that can be read
]
WORKING: frozenset[StateKind] = frozenset({"fine", "quiet"})
FAILURES: frozenset[StateKind] = frozenset({"web_page", "refused", "failing"})
TROUBLES: frozenset[StateKind] = FAILURES | {"silent", "empty"}

HOUR, DAY = 3600.0, 86400.0
#: how far back a habit is read (seconds); a source that we know nothing of may be silent as long
HISTORY = 60 * DAY
#: pauses that are needed to speak of a habit, and the one that counts, the longest being 1
_FEWEST, _COUNTED = 5, 3
_FACTOR = 2.0
#: no shorter silence is worth a word: even a busy newsroom has a feast day
_SHORTEST = 1 * DAY
#: until a habit is known for two weeks, a long weekend may still be unknown of it
_YOUNG, _SHORTEST_YOUNG = 14 * DAY, 4 * DAY
#: times the usual gap from which we say that it is quiet
_QUIET = 2.0
#: one empty answer may be a slip of the site's: it is empty when it still is so much later
_STAYS_EMPTY = 1 * HOUR

#: failures in a row: a name that is not found once is no death
_FEWEST_FAILURES = 3

#: what the site itself answers, and who answers in its place
_NOT_A_FEED = frozenset({"web_page", "json", "no_feed", "empty_page"}) | {
    "captive_portal",
    "login_page",
    "parked",
    "suspended",
}
_REFUSALS = frozenset({"challenge", "blocked"}) | {
    f"http_{status}" for status in (202, 401, 402, 403, 406, 429, 444, 451)
}


@dataclass(frozen=True, slots=True)
class Habit:
    """Seconds, both."""

    #: from one item to the next, on average
    usual_gap: float
    #: without an item, from where on it is silence
    silent_after: float


@dataclass(frozen=True, slots=True)
class State:
    kind: StateKind
    #: epoch seconds: the last news of one that is silent, else the beginning of this state
    since: float | None

    @property
    def works(self) -> bool:
        return self.kind in WORKING

    @property
    def is_trouble(self) -> bool:
        return self.kind in TROUBLES


def habit(moments: Sequence[float], now: float) -> Habit | None:
    """What the dates of a source's items tell; None while they are too few.

    Items of one moment count once: a source that dates nothing shows its whole archive at once.
    """
    known = sorted({at for at in moments if now - HISTORY <= at <= now})
    gaps = sorted((later - earlier for earlier, later in pairwise(known)), reverse=True)
    if len(gaps) < _FEWEST:
        return None
    lasted = known[-1] - known[0]
    shortest = _SHORTEST if lasted >= _YOUNG else _SHORTEST_YOUNG
    return Habit(
        usual_gap=lasted / len(gaps),
        silent_after=max(shortest, _FACTOR * gaps[_COUNTED - 1]),
    )


def judge(feed: Feed) -> State:
    """What the feed is, as of its last poll."""
    if feed.paused_at is not None:
        return State("paused", feed.paused_at)
    if feed.error_count:
        # unknown since when: it was paused meanwhile, or a version before this one counted
        return State(_failure(feed.last_error), feed.failed_since)
    answered_at, heard_at = feed.last_success_at, feed.heard_at
    if answered_at is None:
        return State("new", None)
    if feed.empty_since is not None and answered_at - feed.empty_since >= _STAYS_EMPTY:
        return State("empty", feed.empty_since)
    if heard_at is None:
        return State("new", None)
    # until its last answer: what came since, nobody has looked for
    without_news = answered_at - heard_at
    if without_news > (feed.silent_after or HISTORY):
        return State("silent", heard_at)
    if feed.usual_gap is not None and without_news > _QUIET * feed.usual_gap:
        return State("quiet", heard_at)
    return State("fine", heard_at)


def lasts(feed: Feed, state: State, *, now: float, fresh_from: float) -> float:
    """Seconds for which its trouble is certain; 0 when there is none, or it may be ours.

    `fresh_from` is when we last began to listen, at a start or after an outage of our own:
    a failure counts from then on, and only when the source was asked since.
    """
    if not state.is_trouble:
        return 0.0
    if state.kind not in FAILURES:
        return now - (now if state.since is None else state.since)
    was_asked = feed.last_attempt_at is not None and feed.last_attempt_at >= fresh_from
    if not was_asked or feed.error_count < _FEWEST_FAILURES:
        return 0.0
    return now - max(state.since or fresh_from, fresh_from)


def _failure(stored: str | None) -> StateKind:
    problem = Problem.load(stored or "")
    if problem is None:
        return "failing"
    if problem.key in _NOT_A_FEED:
        return "web_page"
    return "refused" if problem.key in _REFUSALS else "failing"
