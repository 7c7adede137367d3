"""What a command is: declared once, the same on every platform, answered by one Reply."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from bot.commands.drafts import Drafts
from bot.detect.detector import Detector
from bot.feeds.fetch import Fetcher
from bot.feeds.inspect import Inspector
from bot.messages.i18n import Catalogue, Voice
from bot.messages.message import Line, Style
from bot.work import Clock
from storage.database import Database
from storage.model import Chat

Role = Literal["everyone", "moderator"]

#: what Telegram lets a button carry
MAX_BUTTON_BYTES = 64


@dataclass(frozen=True, slots=True)
class Text:
    """A sentence of the catalogues: its key and what fills it in. `n` chooses the plural.

    A parameter may be a Text itself.
    """

    key: str
    params: Mapping[str, Any] = field(default_factory=dict)
    n: int | None = None
    style: Style = "plain"


@dataclass(frozen=True, slots=True)
class Choice:
    """A button: its label's key and the command line it stands for."""

    label: Text
    command: str

    @property
    def fits(self) -> bool:
        """Whether every platform can carry it; one that does not is left out."""
        return len(self.command.encode()) <= MAX_BUTTON_BYTES


@dataclass(frozen=True, slots=True)
class Reply:
    """The one answer to a command."""

    #: sentences by key, or lines that were composed already
    lines: tuple[Text | Line, ...]
    choices: tuple[tuple[Choice, ...], ...] = ()
    #: in a group: only the asker should see it, where the platform can
    private: bool = False
    #: when the chat has just chosen another language than the one it asked in
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Caller:
    """Who speaks and where, as the platform knows it."""

    #: the chat's address: "telegram:-100123/45"
    address: str
    #: the person: "telegram:123"
    identity: str
    is_group: bool
    #: what the person's application speaks ("fr", "en"), until the chat chose for itself
    language_hint: str | None
    #: asked only when a command changes what a group receives
    is_chat_admin: Callable[[], Awaitable[bool]]


@dataclass(frozen=True, slots=True)
class Services:
    """What commands work with."""

    db: Database
    catalogue: Catalogue
    clock: Clock
    #: identities such as "telegram:123"
    moderators: frozenset[str]
    default_language: str
    fetcher: Fetcher
    inspector: Inspector
    detector: Detector
    #: epoch seconds
    started_at: float
    #: seconds after its publication from which an item is stored, not pushed
    alert_max_age: float = 48 * 3600.0
    #: what moderators have still to confirm
    drafts: Drafts = field(default_factory=Drafts)


@dataclass(frozen=True, slots=True)
class Request:
    """One command as its handler sees it."""

    services: Services
    caller: Caller
    #: None while nothing is known of this chat: asking alone leaves no trace
    chat: Chat | None
    #: that of the answer
    language: str
    is_moderator: bool
    #: what stands after the command's name
    argument: str
    now: float
    #: all there are, in the order of /help
    commands: tuple[Command, ...] = ()

    @property
    def voice(self) -> Voice:
        return self.services.catalogue.voice(self.language)


@dataclass(frozen=True, slots=True)
class Command:
    name: str
    role: Role
    #: key of the one-line description shown in /help and the platform's menu
    help_key: str
    handler: Callable[[Request], Awaitable[Reply]]
    #: changes what the chat receives: in a group only its administrators may
    changes_chat: bool = False
