"""Fixtures for tests that talk Telegram: name this module in their `pytest_plugins`."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Iterator

import pytest

from .client import EmulatorProcess, TelegramWorld

# as bot.cli does: without it python-telegram-bot warns at every 429
os.environ.setdefault("PTB_TIMEDELTA", "1")


@pytest.fixture(scope="session")
def telegram_process() -> Iterator[EmulatorProcess]:
    """One emulator for all tests of this process."""
    with EmulatorProcess() as emulator:
        yield emulator


@pytest.fixture
async def telegram(telegram_process: EmulatorProcess) -> AsyncIterator[TelegramWorld]:
    """A new, empty world for one test."""
    async with TelegramWorld(telegram_process.url) as world:
        yield world
