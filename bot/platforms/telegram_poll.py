"""What keeps the listening to Telegram alive and in order."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any
from weakref import WeakValueDictionary

import structlog
from telegram import Update
from telegram.error import Conflict, InvalidToken, RetryAfter, TelegramError
from telegram.ext import BaseUpdateProcessor

from bot.platforms.telegram import TOKEN_PAUSE
from bot.platforms.telegram_errors import meaning, seconds_to_wait

log = structlog.get_logger()

#: seconds between attempts while Telegram cannot be reached
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 30.0


class ChatByChat(BaseUpdateProcessor):
    """Chats side by side, each chat in order: /subscribe before the /list that follows it."""

    def __init__(self, at_once: int):
        super().__init__(at_once)
        self._locks: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()

    async def do_process_update(self, update: object, coroutine: Awaitable[Any]) -> None:
        chat = update.effective_chat if isinstance(update, Update) else None
        lock = self._locks.setdefault(chat.id if chat else 0, asyncio.Lock())
        async with lock:
            await coroutine

    async def initialize(self) -> None:
        """Nothing to open."""

    async def shutdown(self) -> None:
        """Nothing to close."""


async def until_it_works(call: Callable[[], Coroutine[Any, Any, Any]]) -> None:
    """Make the call, and again with growing pauses for as long as it fails."""
    pause = FIRST_PAUSE
    while True:
        try:
            await call()
            return
        except RetryAfter as error:
            wait = seconds_to_wait(error)
        except InvalidToken:
            log.error("talk.token_refused")
            wait = TOKEN_PAUSE
        except Conflict:
            log.error(
                "talk.second_poller",
                hint="another process fetches this bot's updates: stop it, or its webhook",
            )
            wait = pause
        except TelegramError as error:
            log.warning("talk.unreachable", reason=meaning(error))
            wait = pause
        except Exception:
            log.exception("talk.listening_failed")
            wait = pause
        await asyncio.sleep(wait)
        pause = min(2 * pause, LONGEST_PAUSE)
