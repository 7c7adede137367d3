"""What is silence for one source is a quiet night for another."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator

import pytest
from feed_rows import DAY, HOUR, NOW, failing, feed

from bot.feeds import silence
from bot.feeds.problem import Problem
from bot.feeds.silence import StateKind
from storage.model import Feed

#: Monday, midnight UTC, eleven weeks before NOW's
MONDAY = 1_694_995_200.0 - 11 * 7 * DAY
CHALLENGED = Problem("challenge", who="Gardien").dump()
UNKNOWN = {"usual_gap": None, "silent_after": None}


def days(of_week: range) -> Iterator[float]:
    """Midnights of these days of the week, 0 is Monday, until NOW."""
    return (MONDAY + d * DAY for d in range(80) if d % 7 in of_week)


def until_now(moments: Iterator[float]) -> list[float]:
    return [at for at in moments if at <= NOW]


def wire() -> list[float]:
    """An agency: every twenty minutes, at night every two hours."""
    return until_now(
        at + hour * HOUR + minute * 60
        for at in days(range(7))
        for hour in range(24)
        for minute in ((0, 20, 40) if 6 <= hour < 23 else (0,) if hour % 2 else ())
    )


def daily() -> list[float]:
    """A paper: eight articles on a weekday between 9 and 17, nothing at the weekend."""
    return until_now(at + hour * HOUR for at in days(range(5)) for hour in range(9, 17))


def weekly() -> list[float]:
    """A think tank: Thursday or Friday."""
    return until_now(
        at + (10 + 26 * (week % 2)) * HOUR for week, at in enumerate(days(range(3, 4)))
    )


@pytest.mark.parametrize(
    ("moments", "usual", "least", "most"),
    [
        (wire, 26 * 60, 1 * DAY, 1 * DAY),
        # a weekend and its two nights, twice
        (daily, 4.3 * HOUR, 5 * DAY, 6 * DAY),
        (weekly, 7 * DAY, 15 * DAY, 17 * DAY),
    ],
)
def test_each_source_has_its_own_habit(
    moments: Callable[[], list[float]], usual: float, least: float, most: float
) -> None:
    """Its average gap, and how long it may be silent: never less than a day."""
    found = silence.habit(moments(), NOW)
    assert found
    assert found.usual_gap == pytest.approx(usual, rel=0.06)
    assert least <= found.silent_after <= most


def test_two_long_pauses_are_no_habit() -> None:
    """A feast and an outage of ten days each leave the paper's silence as it was."""
    before = silence.habit(daily(), NOW)
    kept = [
        at
        for at in daily()
        if not any(NOW - d * DAY < at < NOW - (d - 10) * DAY for d in (50, 30))
    ]
    assert before
    after = silence.habit(kept, NOW)
    assert after and after.silent_after == before.silent_after


def test_too_few_items_are_no_habit() -> None:
    """Nor is an archive without dates, which all came at one moment."""
    assert silence.habit(weekly()[-5:], NOW) is None
    assert silence.habit([NOW - HOUR] * 50, NOW) is None
    assert silence.habit([NOW - 61 * DAY - d * DAY for d in range(50)], NOW) is None


def test_a_weekend_that_is_not_known_yet_is_no_silence() -> None:
    """Fifteen items of two days say nothing of a Sunday; nor do items dated in the future."""
    found = silence.habit([NOW - n * 3 * HOUR for n in range(-5, 15)], NOW)
    assert found and found.silent_after == 4 * DAY
    assert found.usual_gap == 3 * HOUR


def test_made_up_years_raise_few_false_alarms() -> None:
    """Random rhythms, ten sources for a year each: not one false alarm in a source and year."""
    alarms = 0
    for seed in range(10):
        draw = random.Random(seed)
        at, moments = 0.0, []
        while at < 425 * DAY:
            at += draw.expovariate((2 + seed) / DAY * 2)
            night = not 7 <= at // HOUR % 24 < 22
            if not night and draw.random() < (0.4 if at // DAY % 7 >= 5 else 1.0):
                moments.append(at)
        looked_at, allowed = 0.0, 0.0
        for n in range(1, len(moments)):
            last = moments[n - 1]
            if last < 60 * DAY:
                continue
            if last - looked_at > 3 * DAY:
                known = silence.habit(moments[max(0, n - 1500) : n], last)
                assert known
                looked_at, allowed = last, known.silent_after
            alarms += moments[n] - last > allowed
    assert alarms < 10


@pytest.mark.parametrize(
    ("known", "kind", "since"),
    [
        (feed(), "fine", NOW - HOUR),
        (feed(heard_at=NOW - 17 * HOUR), "quiet", NOW - 17 * HOUR),
        (feed(heard_at=NOW - 29 * HOUR), "silent", NOW - 29 * HOUR),
        # what is new since its last answer, nobody has looked for
        (feed(heard_at=NOW - 29 * HOUR, last_success_at=NOW - 2 * HOUR), "quiet", NOW - 29 * HOUR),
        # a habit that is not known allows two months
        (feed(heard_at=NOW - 59 * DAY, **UNKNOWN), "fine", NOW - 59 * DAY),
        (feed(heard_at=NOW - 61 * DAY, **UNKNOWN), "silent", NOW - 61 * DAY),
        (feed(empty_since=NOW - 30 * 60), "fine", NOW - HOUR),
        (feed(empty_since=NOW - 2 * HOUR), "empty", NOW - 2 * HOUR),
        (feed(heard_at=None, empty_since=NOW - 60), "new", None),
        (feed(last_success_at=None, heard_at=None), "new", None),
        (feed(paused_at=NOW - DAY, error_count=4), "paused", NOW - DAY),
        (failing(1, NOW - HOUR), "failing", NOW - HOUR),
        (failing(1, NOW - HOUR, last_error="HTTP 500"), "failing", NOW - HOUR),
        (failing(1, NOW - HOUR, "web_page"), "web_page", NOW - HOUR),
        (failing(1, NOW - HOUR, "json"), "web_page", NOW - HOUR),
        (failing(1, NOW - HOUR, "parked"), "web_page", NOW - HOUR),
        (failing(1, NOW - HOUR, last_error=CHALLENGED), "refused", NOW - HOUR),
        (failing(1, NOW - HOUR, "http_403"), "refused", NOW - HOUR),
        (failing(1, NOW - HOUR, "http_429"), "refused", NOW - HOUR),
        (failing(1, NOW - HOUR, "http_404"), "failing", NOW - HOUR),
    ],
)  # fmt: skip
def test_what_a_feed_is(known: Feed, kind: StateKind, since: float | None) -> None:
    """Each state, and since when."""
    assert silence.judge(known) == silence.State(kind, since)


@pytest.mark.parametrize(
    ("known", "lasts"),
    [
        (feed(), 0.0),
        (failing(1, NOW - 5 * HOUR), 5 * HOUR),
        # one name that was not found, twice, is no death
        (failing(1, NOW - 5 * HOUR, error_count=2), 0.0),
        # we were away until three hours ago
        (failing(1, NOW - 30 * HOUR), 10 * HOUR),
        # and have not asked it since
        (failing(1, NOW - 30 * HOUR, last_attempt_at=NOW - 11 * HOUR), 0.0),
        (failing(1, NOW, failed_since=None), 10 * HOUR),
        (feed(heard_at=NOW - 29 * HOUR), 29 * HOUR),
    ],
)
def test_a_failure_counts_from_when_we_listen(known: Feed, lasts: float) -> None:
    """What failed while nobody asked may have been our own network."""
    state = silence.judge(known)
    assert silence.lasts(known, state, now=NOW, fresh_from=NOW - 10 * HOUR) == lasts
