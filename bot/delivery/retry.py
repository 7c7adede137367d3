"""When to try again, and when to give up. Pure."""

from __future__ import annotations

#: seconds after the first failure; doubled after each
FIRST = 2.0
LONGEST = 30 * 60.0
#: an alert that could not be brought in a day of trying is a dead letter
GIVE_UP_AFTER = 24 * 3600.0


def backoff(attempt: int) -> float:
    """Seconds to wait after this attempt (the first is 1) has failed."""
    return min(LONGEST, FIRST * 2.0 ** min(attempt - 1, 30))


def next_wait(attempt: int, at_least: float) -> float | None:
    """Seconds until the next attempt, never less than the platform asked for; None: give up.

    Only time spent trying counts: a service that was off for a day owes its alerts still.
    """
    tried_for = sum(backoff(past) for past in range(1, attempt))
    if tried_for >= GIVE_UP_AFTER:
        return None
    return max(at_least, backoff(attempt))
