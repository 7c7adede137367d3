"""How fast we may write: to everybody together, and to each chat."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import floor


@dataclass(frozen=True, slots=True)
class Limit:
    """`burst` messages at once after a rest, then `rate` a second."""

    rate: float
    burst: int = 1


#: Telegram: "avoid sending more than one message per second" in a single chat
_EACH_CHAT = Limit(rate=1.0)
#: Telegram: "not more than 20 messages per minute to the same group": five at once and then one
#: every four seconds are never more than 20 in any minute
_EACH_GROUP = Limit(rate=15 / 60, burst=5)
#: below this many chats, forgetting those that rest is not worth a look
_FEW = 1000


@dataclass(slots=True)
class _Bucket:
    """A token bucket as one number: when it would be full again."""

    limit: Limit
    full_at: float = 0.0

    def next_at(self) -> float:
        return self.full_at - (self.limit.burst - 1) / self.limit.rate

    def spend(self, at: float) -> None:
        self.full_at = max(self.full_at, at) + 1 / self.limit.rate


@dataclass(slots=True)
class _Chat:
    buckets: tuple[_Bucket, ...]
    held_until: float = 0.0

    def rests(self, now: float) -> bool:
        return self.held_until <= now and all(b.full_at <= now for b in self.buckets)


@dataclass(slots=True)
class Pace:
    """Budgets of one sender. All times are seconds of one steady clock, the event loop's.

    `rate` is what all chats share, a second; it has no burst, so that no second holds more.
    A chat that has rested is forgotten: memory follows the chats written to just now.
    """

    rate: float
    _all: _Bucket = field(init=False)
    _chats: dict[str, _Chat] = field(default_factory=dict, init=False)
    _held_until: float = field(default=0.0, init=False)
    _sweep_at: int = field(default=_FEW, init=False)

    def __post_init__(self) -> None:
        self._all = _Bucket(Limit(self.rate))

    def delay(self, address: str, now: float) -> float:
        """Seconds until a message may leave for this chat; 0 when at once."""
        chat = self._chats.get(_chat_of(address))
        ready = [now, self._held_until, self._all.next_at()]
        if chat:
            ready += [chat.held_until, *(bucket.next_at() for bucket in chat.buckets)]
        return max(ready) - now

    def spent(self, address: str, at: float) -> None:
        """One message leaves for this chat at `at`, now or soon."""
        self._all.spend(at)
        for bucket in self._chat(address, at).buckets:
            bucket.spend(at)

    def room(self, now: float, within: float) -> int:
        """How many messages may leave within so many seconds, whatever their chats."""
        start = max(now, self._held_until, self._all.next_at())
        return max(0, floor((now + within - start) * self.rate) + 1)

    def held(self, address: str, now: float) -> float:
        """Seconds for which the platform told us to leave this chat alone; 0 when it did not."""
        chat = self._chats.get(_chat_of(address))
        return max(self._held_until - now, chat.held_until - now if chat else 0.0, 0.0)

    def hold_chat(self, address: str, until: float) -> None:
        chat = self._chat(address, until)
        chat.held_until = max(chat.held_until, until)

    def hold_all(self, until: float) -> None:
        self._held_until = max(self._held_until, until)

    def _chat(self, address: str, now: float) -> _Chat:
        key = _chat_of(address)
        if key not in self._chats:
            self._forget_resting(now)
            self._chats[key] = _Chat(tuple(_Bucket(limit) for limit in _limits(key)))
        return self._chats[key]

    def _forget_resting(self, now: float) -> None:
        if len(self._chats) < self._sweep_at:
            return
        self._chats = {key: chat for key, chat in self._chats.items() if not chat.rests(now)}
        self._sweep_at = max(_FEW, 2 * len(self._chats))


def _chat_of(address: str) -> str:
    """Topics share the budget of their group."""
    return address.partition("/")[0]


def _limits(chat: str) -> tuple[Limit, ...]:
    platform, _, number = chat.partition(":")
    if platform != "telegram":
        return ()
    return (_EACH_CHAT, _EACH_GROUP) if number.startswith("-") else (_EACH_CHAT,)
