"""Fixtures for tests that need the emulated Telegram and something that talks to it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from telegram import Bot

from bot.platforms.telegram import Telegram
from storage.database import Database
from tests.integration.command_room import Room, open_room
from tests.integration.outbox import AMINA, BAKARY, CISSE, GROUP, Outbox
from tests.integration.telegram_room import talking
from tests.telegram_emulator.client import TOKEN, TelegramWorld

pytest_plugins = ["tests.telegram_emulator.fixtures"]


@pytest.fixture
async def outbox(tmp_path: Path) -> AsyncIterator[Outbox]:
    db = await Database.open(f"sqlite:///{tmp_path / 'outbox.db'}")
    yield Outbox(db)
    await db.close()


@pytest.fixture
async def channel(telegram: TelegramWorld) -> AsyncIterator[Telegram]:
    """The real channel, in a world with three people."""
    for user in (AMINA, BAKARY, CISSE):
        await telegram.add_user(user)
    async with Telegram(TOKEN, telegram.url) as opened:
        yield opened


@pytest.fixture
async def bot(telegram: TelegramWorld) -> AsyncIterator[Bot]:
    """python-telegram-bot's own client, in a world with one person and one group."""
    await telegram.add_user(AMINA, first_name="Amina", language_code="fr")
    await telegram.add_group(GROUP, title="Veille", members={AMINA: "administrator"})
    async with Bot(TOKEN, base_url=f"{telegram.url}/bot") as client:
        yield client


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[Room]:
    """The real commands over a database file."""
    async with open_room(tmp_path) as opened:
        yield opened


@pytest.fixture
async def world(telegram: TelegramWorld, room: Room) -> AsyncIterator[TelegramWorld]:
    """Amina, who speaks French, and Bakary, who speaks English; the bot listens."""
    await telegram.add_user(AMINA, first_name="Amina", language_code="fr")
    await telegram.add_user(BAKARY, first_name="Bakary", language_code="en-GB")
    await telegram.add_group(GROUP, members={AMINA: "creator", BAKARY: "member"})
    async with talking(room, telegram.url):
        yield telegram
