"""What is remembered of when a feed brings news, and what that makes us expect."""

from __future__ import annotations

import json
import math
import statistics
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.feeds import rhythm, schedule
from bot.feeds.rhythm import DAY, HOUR, MEMORY, WEEK, Rhythm

MINUTE = 60.0
#: a Monday, 00:00 UTC
MONDAY = 1_780_272_000.0
RECORDED = Path(__file__).with_name("recorded_rhythms.tsv")

moments = st.floats(min_value=0.0, max_value=5e9, allow_nan=False)


def recorded() -> dict[str, list[float]]:
    """When items of six feeds of the region were published."""
    lines = [line.split("\t") for line in RECORDED.read_text("utf-8").splitlines()]
    return {
        name: [datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() for text in times]
        for name, *times in lines
        if times
    }


def after_weeks(daily: list[float]) -> Rhythm:
    """Watched for four weeks, with items at these hours of every day; it is a Monday, 00:00."""
    known = rhythm.unknown(MONDAY)
    for day in range(28):
        start = MONDAY + day * DAY
        new = [start + hour * HOUR for hour in daily]
        known = rhythm.learn(known, new, now=start + DAY, looked_at=start, window=99)
    return replace(known, half_window=None)


def test_the_rate_is_learned() -> None:
    """Six items a day, seen for a month, are six items a day."""
    known = after_weeks([6, 8, 10, 12, 14, 16])
    assert known.usual(known.at) * DAY == pytest.approx(6, rel=0.05)


def test_the_night_of_a_desk_is_learned() -> None:
    """Much is expected in the hours in which it writes, little in the others."""
    known = after_weeks([8, 9, 10, 11, 12, 13])
    night, noon = known.at + 2 * HOUR, known.at + 10.5 * HOUR
    assert known.rate(night) < known.rate(noon) / 5


def test_the_days_off_of_a_desk_are_learned() -> None:
    """A paper without a Sunday edition is not looked at on Sundays as on Mondays."""
    known = rhythm.unknown(MONDAY)
    for day in range(8 * 7):
        start = MONDAY + day * DAY
        new = [start + hour * HOUR for hour in range(8, 18)] if day % 7 < 6 else []
        known = rhythm.learn(known, new, now=start + DAY, looked_at=start, window=99)
    monday, sunday = known.at + 12 * HOUR, known.at + 6 * DAY + 12 * HOUR
    # the silence itself is not what is asked about
    known = replace(known, last=sunday)
    assert known.rate(sunday) < known.rate(monday) / 2


def test_a_few_days_say_nothing_about_the_others() -> None:
    """A feed that was first seen on a Wednesday is not taken for one that sleeps on Thursdays."""
    shown = [MONDAY + day * DAY + hour * HOUR for day in (0, 1, 2) for hour in range(6, 20)]
    known = replace(rhythm.first(shown, MONDAY + 3 * DAY), last=MONDAY + 3 * DAY)
    wednesday, thursday = MONDAY + 3 * DAY - 12 * HOUR, MONDAY + 3 * DAY + 12 * HOUR
    assert known.rate(thursday) > known.rate(wednesday) * 0.6


def test_a_burst_lifts_the_rate_and_is_over_soon() -> None:
    """Ten items in ten minutes are breaking news; three hours later they are history."""
    known = after_weeks([6, 10, 14, 18])
    now = known.at + 10 * MINUTE
    new = [known.at + minute * MINUTE for minute in range(1, 11)]
    burst = rhythm.learn(known, new, now=now, looked_at=known.at, window=99)
    assert burst.rate(now) > 6 * known.rate(now)
    assert burst.rate(now + 3 * HOUR) < burst.rate(now) / 20


def test_whoever_falls_silent_is_expected_less_and_less() -> None:
    """After a week without a word, twenty items a day are no longer believed."""
    known = after_weeks([float(hour) for hour in range(2, 22)])
    rates = [known.usual(known.last + days * DAY) * DAY for days in (0.5, 3, 7, 21)]
    assert rates == sorted(rates, reverse=True)
    assert rates[0] > 15
    assert rates[2] <= 10 / 7
    assert rates[3] < 0.5


def test_new_habits_replace_old_ones() -> None:
    """A desk that moved its day by twelve hours is known by the new one after a month."""
    known = after_weeks([8, 9, 10, 11])
    for _ in range(28):
        start = known.at
        new = [start + hour * HOUR for hour in (20, 21, 22, 23)]
        known = rhythm.learn(known, new, now=start + DAY, looked_at=start, window=99)
    assert known.rate(known.at + 21.5 * HOUR) > 2 * known.rate(known.at + 9.5 * HOUR)


def test_the_archive_of_a_first_poll_is_a_record() -> None:
    """Fifteen items of the last day and a half are ten a day."""
    now = MONDAY + 15 * HOUR
    known = rhythm.first([now - 2.4 * HOUR * number for number in range(15)], now)
    assert known.usual(now) * DAY == pytest.approx(10, rel=0.2)
    assert known.window == 15


def test_old_items_that_hang_on_do_not_dilute_the_record() -> None:
    """Two items of last spring among fifteen, and it is still ten a day."""
    now = MONDAY
    fresh = [now - 2.4 * HOUR * number for number in range(13)]
    known = rhythm.first([now - 160 * DAY, now - 120 * DAY, *fresh], now)
    assert known.usual(now) * DAY == pytest.approx(10, rel=0.25)


@pytest.mark.parametrize("shown", [[], [None, None], [MONDAY + 9 * DAY], [MONDAY]])
def test_an_archive_may_tell_nothing(shown: list[float | None]) -> None:
    """No items, no dates, one item, a date to come: something modest is assumed."""
    known = rhythm.first(shown, MONDAY)
    assert known.at == MONDAY
    assert 1 <= known.usual(MONDAY) * DAY <= 6


def test_an_item_counts_when_it_could_first_be_seen() -> None:
    """Its date, if that lies between the two looks; otherwise now."""
    known = rhythm.unknown(MONDAY)
    new = [MONDAY + 3.5 * HOUR, MONDAY + 99 * DAY, None, MONDAY - HOUR]
    after = rhythm.learn(known, new, now=MONDAY + 5 * HOUR, looked_at=MONDAY, window=9)
    counted = {hour: round(count, 1) for hour, count in enumerate(after.hours) if count}
    assert counted == {3: 1.0, 5: 3.0}
    assert after.last == after.at == MONDAY + 5 * HOUR


def test_an_archive_shown_again_counts_for_nothing() -> None:
    """A rebuilt feed brings its old items under new guids: that is no news."""
    known = after_weeks([10])
    old = [known.at - DAY * number for number in range(2, 40)]
    now = known.at + HOUR
    again = rhythm.learn(known, old, now=now, looked_at=known.at, window=40)
    assert sum(again.hours) < sum(known.hours)
    assert again.last == known.last
    assert again.half_window is None


def test_after_a_long_break_dates_count() -> None:
    """What came while the bot was down for three days came when its date says."""
    known = rhythm.unknown(MONDAY)
    new = [MONDAY + HOUR, MONDAY + 30 * HOUR]
    after = rhythm.learn(known, new, now=MONDAY + 3 * DAY, looked_at=MONDAY, window=9)
    assert {hour for hour, count in enumerate(after.hours) if count} == {1, 6}


def test_a_window_that_nearly_ran_over_is_watched_closely() -> None:
    """Fifteen new of fifteen in half an hour: half of them may pass in a quarter of one."""
    known = after_weeks([6, 12, 18])
    now = known.at + HOUR / 2
    after = rhythm.learn(known, [now] * 15, now=now, looked_at=known.at, window=15)
    assert after.half_window == after.window_lasts(now) == 15 * MINUTE
    assert after.window_lasts(now + WEEK) == 30 * MINUTE
    looser = rhythm.learn(after, [None] * 15, now=now + HOUR, looked_at=now, window=15)
    assert looser.half_window == pytest.approx(15 * MINUTE, rel=0.01)
    calm = rhythm.learn(known, [now] * 7, now=now, looked_at=known.at, window=15)
    assert calm.half_window is None
    later = rhythm.learn(after, [None], now=now + WEEK, looked_at=now + WEEK - 60, window=15)
    assert later.half_window == pytest.approx(30 * MINUTE)


def test_a_feed_of_one_item_has_no_window_to_run_over() -> None:
    """A travel advice has one entry, which is always new."""
    known = rhythm.learn(
        rhythm.unknown(MONDAY), [None], now=MONDAY + 60, looked_at=MONDAY, window=1
    )
    assert known.half_window is None


def test_a_lively_feed_with_a_small_window_is_asked_in_time() -> None:
    """Two hundred items a day, fifteen shown: half of them are there for less than an hour."""
    known = replace(after_weeks([hour / 9 for hour in range(0, 216)]), window=15)
    assert known.window_lasts(known.at) < HOUR


def test_the_liveliest_hour_counts_at_night_too() -> None:
    """Forty items between eight and ten: when it begins is not known so well."""
    known = replace(after_weeks([8 + number / 20 for number in range(40)]), window=20)
    assert known.window_lasts(known.at) < HOUR


def test_a_monday_is_a_monday() -> None:
    """Weekdays begin with it."""
    known = rhythm.first([MONDAY - WEEK, MONDAY - WEEK + 1], MONDAY)
    assert [bool(count) for count in known.days] == [True] + [False] * 6


def test_a_clock_that_was_put_back_harms_nothing() -> None:
    """Nothing grows or fades, and the record goes on from there."""
    known = after_weeks([10, 14])
    back = rhythm.learn(known, [None], now=known.at - 15 * HOUR, looked_at=known.at, window=9)
    assert back.at == known.at - 15 * HOUR
    assert sum(back.hours) == pytest.approx(sum(known.hours) + 1)
    assert (back.last, back.half_window) == (back.at, None)
    full = rhythm.learn(known, [None] * 9, now=known.at - 15 * HOUR, looked_at=known.at, window=9)
    assert full.half_window == 0


def test_a_record_survives_being_written() -> None:
    """To a thousandth, which is more than it is worth."""
    known = rhythm.first([MONDAY - 3 * HOUR * number for number in range(30)], MONDAY)
    again = rhythm.load(known.dump())
    assert again.rate(MONDAY + HOUR) == pytest.approx(known.rate(MONDAY + HOUR), rel=0.01)
    assert rhythm.load(again.dump()) == again


@given(st.lists(st.one_of(st.none(), moments), max_size=200), st.lists(moments, max_size=20))
def test_a_record_stays_small_and_sane(dates: list[float | None], looks: list[float]) -> None:
    """Whatever dates a feed invents and however the clock jumps."""
    known = rhythm.first(dates, MONDAY)
    looked_at = MONDAY
    for now in looks:
        known = rhythm.load(
            rhythm.learn(known, dates[:50], now=now, looked_at=looked_at, window=50).dump()
        )
        looked_at = now
        assert len(known.dump()) < 800
        json.loads(known.dump(), parse_constant=_refused)
        assert 0 < known.rate(now) < math.inf
        assert known.window_lasts(now) >= 0
        assert 0 <= known.watched <= MEMORY


def _refused(name: str) -> None:
    raise AssertionError(name)


def test_recorded_items_are_seen_sooner_than_every_ten_minutes() -> None:
    """Six feeds of the region, known by the first half of their records: the second half is seen
    sooner than by a fixed ten-minute bot (five minutes), for about as many polls (144 a day)."""
    waits: list[float] = []
    polls, days = 0, 0.0
    for times in recorded().values():
        for begin in range(20):
            now = looked_at = times[len(times) // 2 - 1] + begin * MINUTE / 2
            seen = sum(moment <= now for moment in times)
            known = rhythm.first(list(times[:seen]), now)
            while seen < len(times):
                now = _next(looked_at, known)
                new = [moment for moment in times[seen:] if moment <= now]
                if new:
                    waits += [now - moment for moment in new]
                    known = rhythm.learn(
                        known, list(new), now=now, looked_at=looked_at, window=len(times)
                    )
                polls, days = polls + 1, days + (now - looked_at) / DAY
                seen, looked_at = seen + len(new), now
    assert statistics.median(waits) < 4.5 * MINUTE
    assert polls / days < 144
    assert len(waits) > 1000


def _next(now: float, known: Rhythm) -> float:
    return schedule.after_answer(
        now=now,
        rhythm=known,
        interval_min=MINUTE,
        interval_max=30 * MINUTE,
        ttl=None,
        jitter=now % 1,
    )


def test_the_recorded_agency_is_left_alone_at_night() -> None:
    """34 items in three days, none between one and seven: less than half is expected."""
    times = recorded()["anp.ne"]
    known = rhythm.first(list(times), times[-1])
    midnight = times[-1] // DAY * DAY + DAY
    known = replace(known, last=midnight + DAY, fresh=0.0)
    night = statistics.mean(known.rate(midnight + hour * HOUR) for hour in range(2, 6))
    day = statistics.mean(known.rate(midnight + hour * HOUR) for hour in range(9, 21))
    assert night < day / 2
