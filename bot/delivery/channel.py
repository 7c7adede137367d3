"""The one door out: what every platform offers, and the five ways a send can end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

from bot.messages.message import Message


@dataclass(frozen=True, slots=True)
class Sent:
    """It is in the chat; `ref` names it for later edits."""

    ref: str


@dataclass(frozen=True, slots=True)
class RetryAt:
    """Not now. `scope` says who has to wait: this chat, or everything this sender sends."""

    #: seconds from now
    after: float
    reason: str
    scope: Literal["chat", "sender"] = "chat"


@dataclass(frozen=True, slots=True)
class Moved:
    """The chat lives at another address now; send again there."""

    address: str


@dataclass(frozen=True, slots=True)
class Gone:
    """We may not write there any more: the chat is paused, never deleted."""

    reason: str


@dataclass(frozen=True, slots=True)
class Refused:
    """The platform will never take this message: a dead letter that moderators see."""

    reason: str


Outcome = Sent | RetryAt | Moved | Gone | Refused


class Channel(Protocol):
    """A platform's way to write to a chat. Expected failures are Outcomes, bugs are raised."""

    #: the address prefix and the sender's name in the outbox: "telegram", "console"
    name: str

    async def send(
        self, address: str, message: Message, *, reply_to: str | None, key: str
    ) -> Outcome:
        """Write a new message. `key` is the delivery's id, for platforms that drop copies."""
        ...

    async def edit(self, address: str, ref: str, message: Message) -> Outcome:
        """Replace the message `ref`. One that is too old or gone is answered by a new send."""
        ...
