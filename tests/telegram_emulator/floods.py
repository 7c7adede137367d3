"""Telegram's limits on how fast a bot may write, as token buckets."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from telegram.constants import FloodLimit

from .errors import too_many_requests


@dataclass
class Limits:
    """Messages per second, and how many may come at once after a rest."""

    enabled: bool = True
    global_rate: float = float(FloodLimit.MESSAGES_PER_SECOND)
    global_burst: float = float(FloodLimit.MESSAGES_PER_SECOND)
    private_rate: float = float(FloodLimit.MESSAGES_PER_SECOND_PER_CHAT)
    #: "short bursts that go over this limit" are tolerated, Telegram does not say how short
    private_burst: float = 3.0
    group_rate: float = FloodLimit.MESSAGES_PER_MINUTE_PER_GROUP / 60
    group_burst: float = float(FloodLimit.MESSAGES_PER_MINUTE_PER_GROUP)


class Bucket:
    def __init__(self, rate: float, burst: float, now: float):
        self.rate = rate
        self.burst = burst
        self.tokens = burst
        self.at = now

    def wait(self, now: float) -> float:
        """Seconds until a token is there."""
        self.tokens = min(self.burst, self.tokens + (now - self.at) * self.rate)
        self.at = now
        return 0.0 if self.tokens >= 1 else (1 - self.tokens) / self.rate


class Floods:
    """Refuses what comes too fast. `clock` is monotonic seconds."""

    def __init__(self, clock: Callable[[], float]):
        self._clock = clock
        self.set(Limits())

    def set(self, limits: Limits) -> None:
        self.limits = limits
        self._all = Bucket(limits.global_rate, limits.global_burst, self._clock())
        self._chats: dict[int, Bucket] = {}

    def spend(self, chat_id: int) -> None:
        """Take one message from the chat's and the bot's budget.

        Raises:
            ApiError: 429 with the whole seconds to wait; nothing is spent then.
        """
        if not self.limits.enabled:
            return
        now = self._clock()
        if chat_id > 0:
            rate, burst = self.limits.private_rate, self.limits.private_burst
        else:
            rate, burst = self.limits.group_rate, self.limits.group_burst
        chat = self._chats.setdefault(chat_id, Bucket(rate, burst, now))
        wait = max(chat.wait(now), self._all.wait(now))
        if wait > 0:
            raise too_many_requests(max(1, math.ceil(wait)))
        chat.tokens -= 1
        self._all.tokens -= 1
