"""Every chat is told once: in order, at the right pace, whatever process dies when."""

from __future__ import annotations

import asyncio
import time

import pytest

from bot.delivery import sender as sender_module
from bot.delivery.channel import Outcome
from bot.messages.message import Message
from bot.platforms.telegram import Telegram
from bot.work import Worker
from tests.integration.outbox import AMINA, BAKARY, CISSE, GROUP, Outbox, at, texts
from tests.telegram_emulator.client import TOKEN, TelegramWorld

pytest_plugins = ["tests.integration.telegram_fixtures"]


class Slow(Telegram):
    """The real channel, stopped after it has sent until the test lets it go on."""

    def __init__(self, token: str, api_url: str):
        super().__init__(token, api_url)
        self.sent = asyncio.Event()
        self.go_on = asyncio.Event()

    async def send(
        self, address: str, message: Message, *, reply_to: str | None, key: str
    ) -> Outcome:
        outcome = await super().send(address, message, reply_to=reply_to, key=key)
        self.sent.set()
        await self.go_on.wait()
        return outcome


async def test_each_chat_is_told_once(
    outbox: Outbox, telegram: TelegramWorld, channel: Telegram
) -> None:
    """One alert, three chats, three messages, and nothing left to do."""
    event = await outbox.event()
    await outbox.tell(event, *at(AMINA, BAKARY, CISSE))
    sender = outbox.sender(channel)
    assert await sender.round() is True
    assert await sender.round() is False
    for user in (AMINA, BAKARY, CISSE):
        [message] = await telegram.messages(user)
        assert event.ref in message["text"]
        assert message["link_preview_options"] == {"is_disabled": True}
        assert (message["entities"][0]["type"], message["entities"][0]["offset"]) == ("bold", 0)
    assert [row[0] for row in await outbox.rows("state")] == ["sent"] * 3
    assert [row[0] for row in await outbox.rows("message_ref")] == [
        str(message["message_id"])
        for user in (AMINA, BAKARY, CISSE)
        for message in await telegram.messages(user)
    ]


async def test_the_pace_earns_no_429(
    outbox: Outbox, telegram: TelegramWorld, channel: Telegram
) -> None:
    """Sixty chats and a group, against Telegram's own limits: all told, none refused."""
    users = range(1000, 1060)
    for user in users:
        await telegram.add_user(user)
    await telegram.add_group(GROUP)
    await outbox.tell(await outbox.event(), *at(*users, GROUP))
    await outbox.tell(await outbox.event(), *at(GROUP))
    sender = outbox.sender(channel)
    started = time.monotonic()
    while any(state == "pending" for (state,) in await outbox.rows("state")):
        await sender.round()
    assert time.monotonic() - started >= 60 / 28
    statuses = [r["status"] for r in await telegram.requests("sendMessage")]
    assert statuses == [200] * 62


async def test_the_most_urgent_leave_first(
    outbox: Outbox, telegram: TelegramWorld, channel: Telegram
) -> None:
    """Priority 0 overtakes what was decided before it."""
    for priority, user in ((2, AMINA), (0, BAKARY), (1, CISSE)):
        await outbox.tell(await outbox.event(), *at(user), priority=priority)
    await outbox.sender(channel).round()
    requests = await telegram.requests("sendMessage")
    assert [int(r["params"]["chat_id"]) for r in requests] == [BAKARY, CISSE, AMINA]


async def test_a_crash_between_send_and_settle_repeats_after_the_lease(
    outbox: Outbox, telegram: TelegramWorld, channel: Telegram
) -> None:
    """Nobody else touches it before fifteen seconds are over; then it is sent again."""
    await outbox.tell(await outbox.event(), *at(AMINA))
    async with Slow(TOKEN, telegram.url) as slow:
        dying = asyncio.create_task(outbox.sender(slow, worker="killed").round())
        await slow.sent.wait()
        dying.cancel()
        with pytest.raises(asyncio.CancelledError):
            await dying
    survivor = outbox.sender(channel, worker="survivor")
    await survivor.round()
    assert len(await texts(telegram, AMINA)) == 1
    outbox.clock.ahead += 15
    await survivor.round()
    assert len(await texts(telegram, AMINA)) == 2
    assert await outbox.rows("state", "attempts") == [("sent", 2)]


async def test_a_stale_workers_settle_changes_nothing(
    outbox: Outbox, telegram: TelegramWorld, channel: Telegram
) -> None:
    """Who slept through his lease finds the delivery settled by another, and leaves it so."""
    await outbox.tell(await outbox.event(), *at(AMINA))
    async with Slow(TOKEN, telegram.url) as slow:
        sleeper = asyncio.create_task(outbox.sender(slow, worker="sleeper").round())
        await slow.sent.wait()
        outbox.clock.ahead += 16
        await outbox.sender(channel, worker="other").round()
        settled = await outbox.rows("state", "message_ref", "sent_at")
        slow.go_on.set()
        await sleeper
    assert await outbox.rows("state", "message_ref", "sent_at") == settled
    assert settled[0][1] == str((await telegram.messages(AMINA))[1]["message_id"])


async def test_a_slow_send_keeps_its_lease(
    outbox: Outbox, telegram: TelegramWorld, channel: Telegram, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Leases are renewed while a send takes long: a second process gets nothing to repeat."""
    monkeypatch.setattr(sender_module, "LEASE", 0.6)
    monkeypatch.setattr(sender_module, "RENEW_EVERY", 0.2)
    await outbox.tell(await outbox.event(), *at(AMINA))
    async with Slow(TOKEN, telegram.url) as slow:
        slowly = asyncio.create_task(outbox.sender(slow, worker="slow").round())
        await slow.sent.wait()
        other = outbox.sender(channel, worker="other")
        for _ in range(10):
            assert await other.round() is False
            await asyncio.sleep(0.2)
        slow.go_on.set()
        await slowly
    assert len(await texts(telegram, AMINA)) == 1
    assert await outbox.rows("state") == [("sent",)]


async def test_two_processes_tell_everybody_once(
    outbox: Outbox, telegram: TelegramWorld, channel: Telegram
) -> None:
    """The named lease and those of the deliveries: no chat is forgotten, none told twice."""
    users = range(1000, 1040)
    for user in users:
        await telegram.add_user(user)
    await outbox.tell(await outbox.event(), *at(*users))
    senders = [outbox.sender(channel, worker=name) for name in ("w1", "w2")]
    while any(state == "pending" for (state,) in await outbox.rows("state")):
        await asyncio.gather(*(sender.round() for sender in senders))
    assert [len(await texts(telegram, user)) for user in users] == [1] * 40


async def test_a_bug_in_one_message_keeps_nobody_else_waiting(
    outbox: Outbox, telegram: TelegramWorld, channel: Telegram
) -> None:
    """What we cannot compose waits and is tried again; the others are sent."""
    await outbox.tell(await outbox.event(), *at(AMINA), facts="{}")
    await outbox.tell(await outbox.event(), *at(BAKARY))
    await outbox.sender(channel).round()
    assert (len(await texts(telegram, AMINA)), len(await texts(telegram, BAKARY))) == (0, 1)
    assert await outbox.rows("state", "error") == [("pending", "internal error"), ("sent", None)]


async def test_a_stop_finishes_what_is_in_flight(
    outbox: Outbox, telegram: TelegramWorld, channel: Telegram
) -> None:
    """SIGTERM's way: the send in flight is settled, and the lease given back for the next."""
    # longer than a round takes up new work
    await telegram.fault("delay", seconds=1.2, method="sendMessage")
    await outbox.tell(await outbox.event(), *at(AMINA))
    worker = Worker("sender", outbox.sender(channel).round)
    running = asyncio.create_task(worker.run())
    worker.wake()
    await asyncio.sleep(0.2)
    assert await texts(telegram, AMINA) == []
    worker.stop()
    await running
    assert await outbox.rows("state") == [("sent",)]
    await outbox.tell(await outbox.event(), *at(BAKARY))
    await outbox.sender(channel, worker="next").round()
    assert len(await texts(telegram, BAKARY)) == 1
