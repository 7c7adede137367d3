"""For tests of the emulator: one bot through python-telegram-bot, and plain HTTP calls."""

from __future__ import annotations

from typing import Any

import aiohttp

from tests.telegram_emulator.client import TOKEN, TelegramWorld


async def call(
    telegram: TelegramWorld, method: str, *, token: str = TOKEN, **params: Any
) -> tuple[int, dict[str, Any]]:
    """A plain HTTP call with a JSON body: what Telegram says word for word."""
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{telegram.url}/bot{token}/{method}", json=params) as answer,
    ):
        return answer.status, await answer.json()


async def refusal(telegram: TelegramWorld, method: str, **params: Any) -> tuple[int, str]:
    status, body = await call(telegram, method, **params)
    assert body["ok"] is False
    assert body["error_code"] == status
    return status, body["description"]
