"""Pace: never faster than the platform's limits, never slower than they ask for."""

from __future__ import annotations

from collections import Counter

import pytest

from bot.delivery.pace import Pace

PRIVATE = "telegram:501"
GROUP = "telegram:-1001"


def leave(pace: Pace, address: str, now: float) -> float:
    """When a message wanted at `now` really leaves."""
    at = now + pace.delay(address, now)
    pace.spent(address, at)
    return at


def test_a_rested_sender_sends_at_once() -> None:
    """The first message waits for nothing."""
    assert Pace(rate=28).delay(PRIVATE, 100.0) == 0.0


def test_all_chats_share_the_rate() -> None:
    """A thousand chats wanted at once: no second ever holds more than the rate and one."""
    pace = Pace(rate=28)
    times = [leave(pace, f"telegram:{chat}", 0.0) for chat in range(1000)]
    assert times[-1] == pytest.approx(999 / 28)
    for start in times:
        assert sum(start <= at < start + 1 for at in times) <= 29


def test_a_private_chat_takes_one_a_second() -> None:
    """Telegram's advice for a single chat."""
    pace = Pace(rate=28)
    assert [leave(pace, PRIVATE, 0.0) for _ in range(3)] == pytest.approx([0.0, 1.0, 2.0])
    assert pace.delay("telegram:502", 5.0) == 0.0


def test_a_group_never_gets_more_than_twenty_a_minute() -> None:
    """Also when it starts rested: the burst counts."""
    pace = Pace(rate=28)
    times = [leave(pace, GROUP, 0.0) for _ in range(60)]
    for start in times:
        assert sum(start <= at < start + 60 for at in times) <= 20
    assert times[4] == pytest.approx(4.0)


def test_topics_share_the_budget_of_their_group() -> None:
    """Telegram counts the chat, not the topic."""
    pace = Pace(rate=28)
    pace.spent(f"{GROUP}/45", 0.0)
    assert pace.delay(f"{GROUP}/46", 0.0) == pytest.approx(1.0)


def test_only_telegram_chats_have_limits_of_their_own() -> None:
    """A console prints as fast as its rate."""
    pace = Pace(rate=1000)
    assert [leave(pace, "console:0", 0.0) for _ in range(3)] == pytest.approx([0, 0.001, 0.002])


def test_a_held_chat_waits_and_others_do_not() -> None:
    """A 429 of one chat is that chat's; a shorter hold does not end a longer one."""
    pace = Pace(rate=28)
    pace.hold_chat(PRIVATE, 30.0)
    pace.hold_chat(PRIVATE, 20.0)
    assert pace.delay(PRIVATE, 10.0) == 20.0
    assert pace.held(PRIVATE, 10.0) == 20.0
    assert pace.delay("telegram:502", 10.0) == 0.0
    assert pace.held(PRIVATE, 31.0) == 0.0


def test_a_held_sender_waits_altogether() -> None:
    """A 429 of the whole bot holds every chat."""
    pace = Pace(rate=28)
    pace.hold_all(30.0)
    assert pace.delay(PRIVATE, 10.0) == 20.0
    assert pace.held(GROUP, 10.0) == 20.0
    assert pace.room(10.0, within=2.0) == 0
    assert pace.delay(PRIVATE, 31.0) == 0.0


def test_room_is_what_may_leave_soon() -> None:
    """How much to claim: no more than the rate lets go within the time."""
    pace = Pace(rate=2)
    assert pace.room(0.0, within=2.0) == 5
    for chat in range(5):
        leave(pace, f"telegram:{chat}", 0.0)
    assert pace.room(0.0, within=2.0) == 0
    assert pace.room(2.5, within=0.0) == 1


def test_memory_follows_the_chats_written_to_just_now() -> None:
    """A hundred thousand chats over an hour leave no hundred thousand records."""
    pace = Pace(rate=28)
    sizes = Counter[int]()
    now = 0.0
    for chat in range(100_000):
        now = leave(pace, f"telegram:{chat}", now)
        sizes[len(pace._chats)] += 1
    assert max(sizes) <= 1000
