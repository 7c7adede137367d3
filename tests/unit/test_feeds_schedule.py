"""When a feed is looked at again."""

from __future__ import annotations

from typing import Any

import pytest

from bot.feeds import schedule

NOW = 1_000_000.0
MINUTE, HOUR = 60.0, 3600.0


def _answer(quiet: float | None, **more: Any) -> float:
    return (
        schedule.after_answer(
            **{
                "now": NOW,
                "last_new_at": None if quiet is None else NOW - quiet,
                "interval_min": MINUTE,
                "interval_max": 30 * MINUTE,
                "ttl": None,
                "jitter": 0.0,
                **more,
            }
        )
        - NOW
    )


def _failure(failures: int, **more: Any) -> float:
    return (
        schedule.after_failure(
            **{
                "now": NOW,
                "failures": failures,
                "status": None,
                "retry_after": None,
                "interval_min": MINUTE,
                "interval_max": 30 * MINUTE,
                "jitter": 0.0,
                **more,
            }
        )
        - NOW
    )


@pytest.mark.parametrize(
    ("quiet", "expected"),
    [
        (None, MINUTE),
        (0, MINUTE),
        (5 * MINUTE, MINUTE),
        (HOUR, 6 * MINUTE),
        (3 * HOUR, 18 * MINUTE),
        (10 * HOUR, 30 * MINUTE),
        (-HOUR, MINUTE),
    ],
)
def test_the_longer_a_feed_is_quiet_the_rarer_it_is_asked(
    quiet: float | None, expected: float
) -> None:
    """A tenth of the time without news, between the shortest and the longest interval."""
    assert _answer(quiet) == expected


@pytest.mark.parametrize(
    ("ttl", "expected"), [(5 * MINUTE, 5 * MINUTE), (90 * MINUTE, 15 * MINUTE), (1.0, MINUTE)]
)
def test_a_publisher_may_slow_us_to_a_quarter_of_an_hour(ttl: float, expected: float) -> None:
    """<ttl> lifts the shortest interval, but not so far that alerts come late."""
    assert _answer(0, ttl=ttl) == expected


def test_jitter_never_leaves_the_two_intervals() -> None:
    """Feeds are spread, and what the operator set still holds."""
    assert _answer(HOUR, jitter=1.0) == pytest.approx(5.4 * MINUTE)
    assert _answer(0, jitter=1.0) == MINUTE
    assert _answer(10 * HOUR, jitter=1.0) <= 30 * MINUTE


@pytest.mark.parametrize(
    ("failures", "expected"),
    [(1, 2 * MINUTE), (2, 4 * MINUTE), (5, 32 * MINUTE), (9, 6 * HOUR), (5000, 6 * HOUR)],
)
def test_failures_double_the_pause_up_to_six_hours(failures: int, expected: float) -> None:
    """A blip costs two minutes, a dead feed four requests a day."""
    assert _failure(failures) == expected


def test_a_longer_longest_interval_is_the_ceiling_of_failures() -> None:
    """A feed that fails is never asked more often than one that answers."""
    assert _failure(50, interval_max=12 * HOUR) == 12 * HOUR


@pytest.mark.parametrize("status", [401, 403, 429, 444, 451])
def test_a_refusal_is_respected_from_the_first_time(status: int) -> None:
    """A site that does not want robots is asked at the longest interval at most."""
    assert _failure(1, status=status) == 30 * MINUTE


def test_a_feed_gone_for_good_is_asked_most_rarely() -> None:
    """410 may still be a mistake of the site, so it is not the end."""
    assert _failure(1, status=410) == 6 * HOUR


@pytest.mark.parametrize(
    ("retry_after", "expected"), [(10.0, 2 * MINUTE), (HOUR, HOUR), (90 * 24 * HOUR, 24 * HOUR)]
)
def test_retry_after_is_honoured_up_to_a_day(retry_after: float, expected: float) -> None:
    """Never sooner than the site says, and never for ever."""
    assert _failure(1, retry_after=retry_after) == expected
    assert _failure(1, retry_after=retry_after, jitter=1.0) > expected


@pytest.mark.parametrize(
    ("failures", "expected"), [(1, 30 * MINUTE), (5, 32 * MINUTE), (6, HOUR), (500, HOUR)]
)
def test_a_challenge_is_no_dead_feed(failures: int, expected: float) -> None:
    """Like a refusal at first, but never left for longer than an hour."""
    assert _failure(failures, status=403, challenged=True) == expected
    assert _failure(failures, status=200, challenged=True) == expected


def test_a_challenge_is_never_asked_sooner_than_a_feed_that_answers() -> None:
    """An operator's longest interval may be longer than the hour."""
    assert _failure(500, challenged=True, interval_max=12 * HOUR) == 12 * HOUR
    assert _failure(1, challenged=True, retry_after=5 * HOUR) == 5 * HOUR


@pytest.mark.parametrize(
    ("status", "retry_after", "expected"),
    [
        (429, None, True),
        (429, 0.0, True),
        (503, 120.0, True),
        (503, None, False),
        (403, None, False),
        (None, None, False),
    ],
)
def test_who_says_for_how_long_means_the_whole_site(
    status: int | None, retry_after: float | None, expected: bool
) -> None:
    """A 429 even without."""
    assert schedule.holds_host(status, retry_after) is expected
