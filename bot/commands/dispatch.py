"""The one entrance: a line and who said it go in, exactly one message comes out."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

import structlog

from bot.commands.feedlist import FEED_LIST
from bot.commands.general import FORGET, HELP, LANGUAGE, START, STOP
from bot.commands.moderation import MODERATION
from bot.commands.reading import LATEST, STATUS, WHY
from bot.commands.registry import Caller, Choice, Command, Reply, Request, Services, Text
from bot.commands.review import REVIEW
from bot.commands.subscriptions import LIST, STOPPED, SUBSCRIBE, UNSUBSCRIBE
from bot.messages.i18n import Voice
from bot.messages.message import Button, Line, Message, Span
from storage import chats
from storage.model import Chat

__all__ = ["COMMANDS", "Commands", "Services"]

log = structlog.get_logger()

#: in the order of /help and of the platforms' menus
COMMANDS: tuple[Command, ...] = (
    START, HELP, SUBSCRIBE, LIST, UNSUBSCRIBE, LATEST, WHY, STATUS, LANGUAGE, STOP, FORGET,
    *REVIEW, *MODERATION, *FEED_LIST,
)  # fmt: skip

#: commands that one person may send within WINDOW seconds
MOST = 20
WINDOW = 60.0

#: the ways out work even for somebody who presses every button
_ALWAYS = ("stop", "forget")

_LINE = re.compile(r"\s*/(?P<name>\w+)(?:@\w+)?(?:\s+(?P<argument>.*))?$", re.DOTALL)


class Commands:
    """Runs command lines: who may, in which language, and one answer whatever happens."""

    def __init__(self, services: Services):
        self._services = services
        self._flood = Flood()
        self._by_name = {command.name: command for command in COMMANDS}

    async def run(self, line: str, caller: Caller) -> Message:
        """Answer one line in the chat's language; a mistake of ours is answered too."""
        services = self._services
        now = services.clock()
        language = services.catalogue.known(caller.language_hint, services.default_language)
        try:
            chat = await services.db.read(chats.by_address, caller.address)
            if chat:
                language = services.catalogue.known(chat.language, language)
            reply = await self._answer(line, caller, chat, language, now)
        except Exception:
            # the line stays out of the log: queries tell where people are
            log.exception("commands.failed")
            reply = Reply((Text("error.internal"),))
        return _message(services.catalogue.voice(reply.language or language), reply)

    def menu(self, language: str, moderator: bool) -> list[tuple[str, str]]:
        """Names and descriptions, for the platform's own list of commands."""
        voice = self._services.catalogue.voice(language)
        return [(c.name, voice.text(c.help_key)) for c in _offered(moderator)]

    async def _answer(
        self, line: str, caller: Caller, chat: Chat | None, language: str, now: float
    ) -> Reply:
        services = self._services
        match = _LINE.match(line)
        name = match["name"].lower() if match else ""
        if (wait := self._flood.wait(caller.identity, now)) and name not in _ALWAYS:
            return Reply((Text("error.flood", n=wait),))
        if chat and chat.paused_at is not None and chat.pause_reason != STOPPED:
            # somebody speaks: we may write here again
            await services.db.write(chats.ensure, caller.address, language=language, now=now)
        is_moderator = caller.identity in services.moderators
        command = self._by_name.get(name)
        if match is None or command is None:
            return _unknown(name, is_moderator)
        if command.role == "moderator" and not is_moderator:
            return Reply((Text("error.moderators_only"),))
        theirs = not caller.is_group or not command.changes_chat or is_moderator
        if not theirs and not await caller.is_chat_admin():
            return Reply((Text("error.admins_only"),), private=True)
        request = Request(
            services=services,
            caller=caller,
            chat=chat,
            language=language,
            is_moderator=is_moderator,
            argument=(match["argument"] or "").strip(),
            now=now,
            commands=COMMANDS,
        )
        return await command.handler(request)


class Flood:
    """Lets a person send MOST commands in WINDOW seconds; kept in memory, and only so long."""

    def __init__(self) -> None:
        self._sent: dict[str, deque[float]] = {}

    def wait(self, identity: str, now: float) -> int:
        """Whole seconds until this person may go on; 0 when this command may run."""
        for other in [i for i, times in self._sent.items() if times[-1] <= now - WINDOW]:
            del self._sent[other]
        times = self._sent.setdefault(identity, deque())
        while times and times[0] <= now - WINDOW:
            times.popleft()
        if len(times) >= MOST:
            return max(1, round(times[0] + WINDOW - now))
        times.append(now)
        return 0


def _offered(moderator: bool) -> list[Command]:
    return [c for c in COMMANDS if c.role == "everyone" or moderator]


def _unknown(name: str, moderator: bool) -> Reply:
    if not name:
        return Reply((Text("error.not_a_command"),))
    names = [command.name for command in _offered(moderator)]
    close = get_close_matches(name, names, n=1)
    if not close:
        return Reply((Text("error.unknown_command"),))
    return Reply((Text("error.unknown_command_near", {"command": f"/{close[0]}"}),))


def _message(voice: Voice, reply: Reply) -> Message:
    rows = ([_button(voice, choice) for choice in row if choice.fits] for row in reply.choices)
    return Message(
        lines=tuple(_line(voice, line) for line in reply.lines),
        buttons=tuple(tuple(row) for row in rows if row),
    )


def _line(voice: Voice, line: Text | Line) -> Line:
    if isinstance(line, Text):
        return (Span(_words(voice, line), line.style),)
    return line


def _button(voice: Voice, choice: Choice) -> Button:
    return Button(_words(voice, choice.label), choice.command)


def _words(voice: Voice, text: Text) -> str:
    return voice.catalogue.text(voice.language, text.key, _params(voice, text.params), text.n)


def _params(voice: Voice, params: Mapping[str, Any]) -> dict[str, Any]:
    return {k: _words(voice, v) if isinstance(v, Text) else v for k, v in params.items()}
