"""For tests of talking: the bot listens to the emulator, real commands or an echo behind it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from bot.commands.registry import Caller
from bot.messages.message import Message, Span
from bot.platforms.telegram import Telegram
from bot.platforms.telegram_talk import TelegramTalk
from storage import chats
from tests.integration.command_room import MODERATOR, Room
from tests.telegram_emulator.client import TOKEN


@asynccontextmanager
async def talking(room: Room, url: str) -> AsyncIterator[Telegram]:
    """The bot listens until the block ends."""
    async with (
        Telegram(TOKEN, url) as telegram,
        TelegramTalk(
            telegram,
            room.commands,
            db=room.db,
            clock=time.time,
            moderators=frozenset({MODERATOR, "discord:7"}),
            default_language="fr",
        ),
    ):
        yield telegram


class Echo:
    """Commands that answer with what they were asked, in as many ways as a test needs."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, Caller]] = []
        self.slow = asyncio.Event()

    async def run(self, line: str, caller: Caller) -> Message:
        self.heard.append((line, caller))
        if line == "/slow":
            await self.slow.wait()
        if line == "/long":
            return Message(tuple((Span("x" * 1000),) for _ in range(6)))
        return Message(((Span(f"{line} <&>"),),))

    def menu(self, language: str, moderator: bool) -> list[tuple[str, str]]:
        return [("slow", language), ("long", str(moderator))]


@asynccontextmanager
async def echoing(room: Room, url: str) -> AsyncIterator[Echo]:
    echo = Echo()
    async with (
        Telegram(TOKEN, url) as telegram,
        TelegramTalk(
            telegram,
            echo,
            db=room.db,
            clock=time.time,
            moderators=frozenset(),
            default_language="fr",
        ),
    ):
        yield echo


async def until(room: Room, chat_id: int, true: Any) -> Any:
    """The chat, once it is as wanted; fails after five seconds."""
    for _ in range(250):
        chat = await room.db.read(chats.by_address, f"telegram:{chat_id}")
        if chat and true(chat):
            return chat
        await asyncio.sleep(0.02)
    raise AssertionError(chat)
