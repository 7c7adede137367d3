"""Retrying: soon at first, then rarely, for a day and no longer."""

from __future__ import annotations

from bot.delivery.retry import GIVE_UP_AFTER, backoff, next_wait


def test_waits_double_up_to_half_an_hour() -> None:
    """Seconds first: an alert is worth hurrying for."""
    assert [backoff(attempt) for attempt in (1, 2, 3, 4)] == [2.0, 4.0, 8.0, 16.0]
    assert backoff(12) == backoff(5000) == 1800.0


def test_the_platforms_wish_is_a_minimum() -> None:
    """retry_after is kept even where our own wait is shorter."""
    assert next_wait(1, 17.0) == 17.0
    assert next_wait(5, 17.0) == 32.0


def test_a_day_of_trying_is_the_end() -> None:
    """The waits of all attempts together reach a day, and the next one gives up."""
    attempt, tried_for = 1, 0.0
    while (wait := next_wait(attempt, 0.0)) is not None:
        tried_for += wait
        attempt += 1
    assert GIVE_UP_AFTER <= tried_for < GIVE_UP_AFTER + 1800
    assert next_wait(attempt + 100, 0.0) is None
