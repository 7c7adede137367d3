"""When a feed is looked at again."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.feeds import schedule
from bot.feeds.rhythm import DAY, FRESH, HOUR, MEMORY, WEEK, Rhythm, unknown

NOW = 1_780_000_000.0
MIDNIGHT = NOW - NOW % 86_400
MINUTE = 60.0


def _rhythm(a_day: float, *, fresh: float | None = None) -> Rhythm:
    """Watched for ever, so many items a day at all hours, `fresh` ones just now (the usual)."""
    hour = a_day / 24 * MEMORY / DAY
    fresh = a_day / DAY * FRESH if fresh is None else fresh
    return Rhythm(NOW, MEMORY, (hour,) * 24, (hour * 24 / 7,) * 7, fresh, NOW, 30)


def _answer(known: Rhythm, **more: Any) -> float:
    return (
        schedule.after_answer(
            **{
                "now": NOW,
                "rhythm": known,
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
                "answered_at": NOW,
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


def test_the_livelier_a_feed_the_more_often_it_is_asked() -> None:
    """By the fourth root: sixteen times the items, about half the interval."""
    intervals = [_answer(_rhythm(a_day)) for a_day in (0.5, 2, 8, 32, 128)]
    assert intervals == sorted(intervals, reverse=True)
    assert intervals[1] / intervals[3] == pytest.approx(2, rel=0.2)


def test_the_hours_of_a_feed_share_its_polls_by_the_square_root() -> None:
    """An hour with four times the news is asked twice as often."""
    known = _rhythm(60)
    hours = tuple(count * (1.6 if h > 11 else 0.4) for h, count in enumerate(known.hours))
    night, day = (
        _answer(replace(known, at=at, last=at, hours=hours, fresh=known.fresh * share), now=at)
        - (at - NOW)
        for at, share in ((MIDNIGHT + 6 * HOUR, 0.4), (MIDNIGHT + 18 * HOUR, 1.6))
    )
    assert night / day == pytest.approx(2, rel=0.05)


def test_six_items_a_day_are_worth_the_polls_of_a_ten_minute_bot() -> None:
    """That is the scale of the whole schedule."""
    assert _answer(_rhythm(6)) == pytest.approx(10 * MINUTE, rel=0.15)


def test_breaking_news_is_followed_closely() -> None:
    """The more came just now, the sooner the next look, down to the shortest interval."""
    intervals = [_answer(_rhythm(6, fresh=fresh)) for fresh in (0, 1, 3, 10, 100)]
    assert intervals == sorted(intervals, reverse=True)
    assert intervals[3] < 3 * MINUTE
    assert intervals[4] == MINUTE


def test_the_dead_are_asked_most_rarely() -> None:
    """A feed without news for more than two weeks waits for the longest interval."""
    known = _rhythm(60)
    assert _answer(known, now=NOW + 2 * WEEK + 1) - 2 * WEEK - 1 == 30 * MINUTE
    assert _answer(known, now=NOW + 2 * WEEK - 1) - 2 * WEEK + 1 < 30 * MINUTE


def test_nothing_known_is_something_modest() -> None:
    """A feed that never showed an item is asked about every ten minutes, at first."""
    assert 5 * MINUTE < _answer(unknown(NOW)) < 15 * MINUTE
    assert _answer(unknown(NOW - 30 * DAY)) == 30 * MINUTE


def test_a_long_interval_ends_where_the_day_begins() -> None:
    """The hours ahead count too: at the end of the night, a feed is not asked as rarely as in the
    middle of it, although at neither moment anything is to be expected."""
    night = replace(
        _rhythm(60), at=MIDNIGHT, last=MIDNIGHT - 12 * DAY, hours=(0.0,) * 12 + (70.0,) * 12
    )
    middle, end = 3 * HOUR, 9.4 * HOUR
    assert night.rate(MIDNIGHT + end) == pytest.approx(night.rate(MIDNIGHT + middle), rel=0.1)
    waits = [
        _answer(night, now=MIDNIGHT + hour, interval_max=12 * HOUR) - (MIDNIGHT + hour - NOW)
        for hour in (middle, end)
    ]
    assert waits[1] < 0.8 * waits[0]


def test_a_small_window_is_read_before_it_runs_over() -> None:
    """Fifteen items at sixty a day are there for six hours: whatever the longest interval is,
    half of them have not passed by the next look, in the liveliest hour either."""
    known = replace(_rhythm(60), window=15, hours=(0.0,) * 12 + (70.0,) * 12)
    for hour in range(24):
        now = NOW + hour * HOUR
        wait = _answer(known, now=now, interval_max=DAY) + NOW - now
        assert wait * known.peak(now) < 7.5
    nearly = replace(known, half_window=4 * MINUTE)
    assert _answer(nearly) <= 2 * MINUTE


@given(
    st.floats(min_value=0.0, max_value=5000.0),
    st.floats(min_value=0.0, max_value=200.0),
    st.floats(min_value=-5 * DAY, max_value=60 * DAY),
    st.floats(min_value=0.0, max_value=1.0),
    st.floats(min_value=1.0, max_value=3600.0),
    st.floats(min_value=1.0, max_value=50.0),
)
def test_the_two_intervals_always_hold(
    a_day: float, fresh: float, later: float, jitter: float, low: float, times: float
) -> None:
    """What the operator set is kept whatever is believed of the feed, and jitter takes a tenth."""
    known = _rhythm(a_day, fresh=fresh)
    limits = {"now": NOW + later, "interval_min": low, "interval_max": low * times}
    wait = _answer(known, jitter=jitter, **limits) - later
    plain = _answer(known, **limits) - later
    # epoch seconds are exact to a fraction of a microsecond
    assert low - 1e-6 <= wait <= low * times + 1e-6
    assert 0.9 * plain - 1e-6 <= wait <= plain + 1e-6


@pytest.mark.parametrize(
    ("ttl", "expected"), [(5 * MINUTE, 5 * MINUTE), (90 * MINUTE, 15 * MINUTE), (1.0, MINUTE)]
)
def test_a_publisher_may_slow_us_to_a_quarter_of_an_hour(ttl: float, expected: float) -> None:
    """<ttl> lifts the shortest interval, but not so far that alerts come late."""
    assert _answer(_rhythm(6, fresh=100.0), ttl=ttl) == expected


@pytest.mark.parametrize(
    ("failures", "expected"),
    [(1, 2 * MINUTE), (2, 4 * MINUTE), (5, 32 * MINUTE), (9, 6 * HOUR), (5000, 6 * HOUR)],
)
def test_failures_double_the_pause_up_to_six_hours(failures: int, expected: float) -> None:
    """A blip costs two minutes, a dead feed four requests a day."""
    assert _failure(failures) == expected


@pytest.mark.parametrize(("failures", "expected"), [(1, 2 * MINUTE), (10, 12 * HOUR)])
def test_the_dead_are_tried_twice_a_day(failures: int, expected: float) -> None:
    """A feed that has not answered for a week. The first failure after a week in which the bot
    itself was down is a blip all the same."""
    assert _failure(failures, answered_at=NOW - WEEK - 1) == expected
    assert _failure(10, answered_at=NOW - WEEK) == 6 * HOUR


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
