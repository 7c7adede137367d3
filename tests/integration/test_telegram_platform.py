"""Everything that can break between us and Telegram: network, token, another process."""

from __future__ import annotations

import asyncio
import logging
import time

import pytest
from structlog.testing import capture_logs
from telegram import Bot

from bot.delivery.channel import RetryAt, Sent
from bot.messages.message import Message, Span
from bot.platforms import telegram_poll
from bot.platforms.telegram import BadToken, Telegram
from bot.platforms.telegram_talk import TelegramTalk
from tests.integration.command_room import Room
from tests.integration.outbox import AMINA
from tests.integration.telegram_room import Echo, echoing
from tests.telegram_emulator.client import TOKEN, EmulatorProcess, TelegramWorld

pytest_plugins = ["tests.integration.telegram_fixtures"]


async def test_an_answer_waits_out_a_429(telegram: TelegramWorld, room: Room) -> None:
    """Exactly one answer, when Telegram lets it through."""
    await telegram.add_user(AMINA)
    await telegram.fault("status", status=429, retry_after=1, method="sendMessage")
    async with echoing(room, telegram.url):
        await telegram.say(AMINA, "/x")
        await telegram.wait_for_messages(AMINA, 1)
    assert len(await telegram.messages(AMINA)) == 1


async def test_listening_survives_what_the_network_does(
    telegram: TelegramWorld, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cut connections, error pages, a proxy's 404: the next command is answered."""
    monkeypatch.setattr(telegram_poll, "TOKEN_PAUSE", 0.1)
    await telegram.add_user(AMINA)
    await telegram.fault("status", status=404, method="getUpdates")
    await telegram.fault("reset", method="getUpdates")
    await telegram.fault("html502", method="getUpdates")
    async with echoing(room, telegram.url):
        await telegram.say(AMINA, "/x")
        await telegram.wait_for_messages(AMINA, 1, timeout=8)


async def test_a_second_poller_is_named_and_outlived(telegram: TelegramWorld, room: Room) -> None:
    """The operator reads what to do; when the other process is gone we go on."""
    await telegram.add_user(AMINA)
    with capture_logs() as logs:
        async with echoing(room, telegram.url):
            await _polling(telegram)
            async with Bot(TOKEN, base_url=f"{telegram.url}/bot") as second:
                await second.get_updates(timeout=0)
            await telegram.say(AMINA, "/x")
            await telegram.wait_for_messages(AMINA, 1, timeout=8)
    assert "talk.second_poller" in [entry["event"] for entry in logs]


async def test_what_was_fetched_is_answered_before_the_end(
    telegram: TelegramWorld, room: Room
) -> None:
    """A stop drains: nothing confirmed to Telegram is left without an answer, nothing repeats."""
    await telegram.add_user(AMINA)
    async with echoing(room, telegram.url) as echo:
        await _polling(telegram)
        # the poll that would confirm the command does not get there in time
        await telegram.fault("delay", seconds=5, method="getUpdates")
        await telegram.say(AMINA, "/slow")
        await asyncio.sleep(0.3)
        assert [line for line, _ in echo.heard] == ["/slow"]
        asyncio.get_running_loop().call_later(0.3, echo.slow.set)
    assert [m["text"] for m in await telegram.messages(AMINA)] == ["/slow <&>"]
    assert await telegram.ask("updates") == []


async def test_a_command_sent_while_we_were_away_is_answered(
    telegram: TelegramWorld, room: Room
) -> None:
    """Nothing waiting is dropped at start, and a webhook left behind does not deafen us."""
    await telegram.add_user(AMINA)
    async with Bot(TOKEN, base_url=f"{telegram.url}/bot") as bot:
        await bot.set_webhook("https://example.org/hook")
    await telegram.say(AMINA, "/x")
    async with echoing(room, telegram.url):
        await telegram.wait_for_messages(AMINA, 1)


async def test_a_wrong_token_is_one_clear_sentence(telegram: TelegramWorld) -> None:
    """Before anything starts, with the variable's name and without the token."""
    await telegram.ask("revoke", token=TOKEN)
    with pytest.raises(BadToken) as caught:
        async with Telegram(TOKEN, telegram.url):
            pass
    assert str(caught.value) == (
        "TELEGRAM_TOKEN: 127.0.0.1 does not know this bot; expected the token that BotFather gave."
    )


async def test_a_network_that_is_down_at_start_is_waited_for(room: Room) -> None:
    """The service starts without Telegram and talks as soon as it is there."""
    emulator = EmulatorProcess()
    with emulator:
        port = int(emulator.url.rpartition(":")[2])
    # the port is free now: nobody answers
    async with Telegram(TOKEN, emulator.url) as telegram:
        sent = await telegram.send(
            f"telegram:{AMINA}", Message(((Span("x"),),)), reply_to=None, key="1"
        )
        assert sent == RetryAt(5.0, "Telegram cannot be reached", scope="sender")
        async with TelegramTalk(
            telegram,
            Echo(),
            db=room.db,
            clock=time.time,
            moderators=frozenset(),
            default_language="fr",
        ):
            await asyncio.sleep(0.2)
            async with EmulatorProcess(port) as back:
                await back.world.add_user(AMINA)
                await back.world.say(AMINA, "/x")
                await back.world.wait_for_messages(AMINA, 1, timeout=10)


async def test_the_token_is_never_logged(
    telegram: TelegramWorld, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither by us nor, at the level we allow them, by the libraries."""
    caplog.set_level(logging.INFO)
    await telegram.add_user(AMINA)
    for kind in ("reset", "html502", "lost_answer"):
        await telegram.fault(kind, method="sendMessage")
    with capture_logs() as logs:
        async with Telegram(TOKEN, telegram.url) as channel:
            for key in ("1", "2", "3"):
                await channel.send(
                    f"telegram:{AMINA}", Message(((Span("x"),),)), reply_to=None, key=key
                )
            await telegram.ask("revoke", token=TOKEN)
            await channel.send(
                f"telegram:{AMINA}", Message(((Span("x"),),)), reply_to=None, key="4"
            )
    secret = TOKEN.partition(":")[2]
    assert "telegram.token_refused" in [entry["event"] for entry in logs]
    assert secret not in repr(logs)
    ours = [r for r in caplog.records if r.name != "httpx"]
    assert secret not in "".join(logging.Formatter().format(r) for r in ours)


async def test_sending_needs_no_talk(telegram: TelegramWorld) -> None:
    """A process that only sends never polls."""
    await telegram.add_user(AMINA)
    async with Telegram(TOKEN, telegram.url) as channel:
        outcome = await channel.send(
            f"telegram:{AMINA}", Message(((Span("x", "code"),),), silent=True),
            reply_to=None, key="1",
        )  # fmt: skip
    [message] = await telegram.messages(AMINA)
    assert outcome == Sent(str(message["message_id"]))
    assert message["silent"] is True
    assert await telegram.requests("getUpdates") == []


async def _polling(telegram: TelegramWorld) -> None:
    """Wait until the bot holds a poll open."""
    for _ in range(250):
        if await telegram.requests("getUpdates"):
            return
        await asyncio.sleep(0.02)
    raise AssertionError
