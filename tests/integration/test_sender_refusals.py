"""Whatever Telegram answers, no alert is lost and no chat is pestered."""

from __future__ import annotations

import asyncio
import time

import pytest

from bot.platforms.telegram import Telegram
from tests.integration.outbox import AMINA, BAKARY, CISSE, GROUP, Outbox, at, texts
from tests.telegram_emulator.client import TOKEN, TelegramWorld

pytest_plugins = ["tests.integration.telegram_fixtures"]


async def test_a_topic_is_part_of_the_address(
    outbox: Outbox, telegram: TelegramWorld, channel: Telegram
) -> None:
    """The message lands in the topic; one that is closed pauses that chat."""
    await telegram.add_group(GROUP, is_forum=True, topics={45: "open", 46: "closed"})
    await outbox.tell(await outbox.event(), f"telegram:{GROUP}/45", f"telegram:{GROUP}/46")
    while await outbox.round(channel):
        pass
    [message] = await telegram.messages(GROUP)
    assert message["message_thread_id"] == 45
    closed = await outbox.chat(f"telegram:{GROUP}/46")
    assert closed and closed.pause_reason == "Topic_closed"


async def test_a_chat_that_must_wait_keeps_nobody_waiting(
    outbox: Outbox, telegram: TelegramWorld, channel: Telegram
) -> None:
    """429 of one chat: the others are told at once, that one when its wait is over, once."""
    await telegram.fault("status", status=429, retry_after=2, chat=AMINA, method="sendMessage")
    await outbox.tell(await outbox.event(), *at(AMINA, BAKARY))
    await outbox.tell(await outbox.event(), *at(AMINA))
    sender = outbox.sender(channel)
    started = time.monotonic()
    await sender.round()
    assert (len(await texts(telegram, AMINA)), len(await texts(telegram, BAKARY))) == (0, 1)
    # the chat waits with everything, not only with the message that was refused
    await sender.round()
    assert len(await telegram.requests("sendMessage")) == 2
    while len(await texts(telegram, AMINA)) < 2:
        await sender.round()
        await asyncio.sleep(0.05)
    assert time.monotonic() - started >= 2.0
    assert [r["status"] for r in await telegram.requests("sendMessage")].count(429) == 1


async def test_a_429_of_the_whole_bot_holds_everything(
    outbox: Outbox, telegram: TelegramWorld, channel: Telegram
) -> None:
    """Two chats refused together mean the bot is too fast: nothing leaves until the wait is over.

    The attempts are not held against the deliveries.
    """
    await telegram.fault("status", status=429, retry_after=2, method="sendMessage", times=2)
    await outbox.tell(await outbox.event(), *at(AMINA, BAKARY))
    sender = outbox.sender(channel)
    started = time.monotonic()
    await sender.round()
    await outbox.tell(await outbox.event(), *at(CISSE))
    assert await sender.round() is False
    assert await texts(telegram, CISSE) == []
    while not all([await texts(telegram, user) for user in (AMINA, BAKARY, CISSE)]):
        await sender.round()
        await asyncio.sleep(0.05)
    assert time.monotonic() - started >= 2.0
    assert len(await telegram.requests("sendMessage")) == 5


async def test_a_person_who_blocked_us_is_left_alone(
    outbox: Outbox, telegram: TelegramWorld, channel: Telegram
) -> None:
    """403: the chat is paused with all that waits for it; the others never notice."""
    await telegram.ask("block", user=AMINA)
    await outbox.tell(await outbox.event(), *at(AMINA, BAKARY))
    await outbox.tell(await outbox.event(), *at(AMINA))
    sender = outbox.sender(channel)
    while await sender.round():
        pass
    chat = await outbox.chat(f"telegram:{AMINA}")
    assert (
        chat and chat.paused_at and chat.pause_reason == "Forbidden: bot was blocked by the user"
    )
    assert await outbox.rows("state") == [("dead",), ("sent",), ("dead",)]
    assert len(await telegram.requests("sendMessage")) == 2


async def test_a_group_that_moved_is_told_at_its_new_address(
    outbox: Outbox, telegram: TelegramWorld, channel: Telegram
) -> None:
    """The refusal names the new id; the chat keeps it, and the alert arrives there."""
    await telegram.add_group(-77, type="group")
    await telegram.ask("migrate", chat=-77, to=-10077, quietly=True)
    await outbox.tell(await outbox.event(), *at(-77))
    sender = outbox.sender(channel)
    while await sender.round():
        pass
    assert len(await texts(telegram, -10077)) == 1
    assert await outbox.chat("telegram:-77") is None
    assert await outbox.rows("state") == [("sent",)]


async def test_markup_that_telegram_refuses_is_sent_as_bare_words(
    outbox: Outbox, telegram: TelegramWorld, channel: Telegram
) -> None:
    """A mistake in our HTML must not keep an alert from anybody."""
    await telegram.fault(
        "status",
        status=400,
        description="Bad Request: can't parse entities: Unexpected end tag at byte offset 3",
    )
    event = await outbox.event()
    await outbox.tell(event, *at(AMINA))
    await outbox.sender(channel).round()
    [message] = await telegram.messages(AMINA)
    assert event.ref in message["text"]
    assert "entities" not in message


async def test_what_telegram_never_takes_is_a_dead_letter(
    outbox: Outbox, telegram: TelegramWorld, channel: Telegram
) -> None:
    """A refusal is not tried again; moderators see its reason."""
    await telegram.fault("status", status=400, description="Bad Request: message is too long")
    await outbox.tell(await outbox.event(), *at(AMINA))
    sender = outbox.sender(channel)
    await sender.round()
    assert await sender.round() is False
    assert await outbox.rows("state", "error") == [("dead", "Message is too long")]


@pytest.mark.parametrize("trouble", [{"kind": "html502"}, {"kind": "status", "status": 500}])
async def test_telegrams_own_trouble_is_waited_out(
    outbox: Outbox, telegram: TelegramWorld, channel: Telegram, trouble: dict[str, object]
) -> None:
    """Each failure waits longer than the one before; then the alert arrives, once."""
    await telegram.fault(**trouble, method="sendMessage", times=2)  # type: ignore[arg-type]
    await outbox.tell(await outbox.event(), *at(AMINA))
    for wait in (2, 4):
        await outbox.round(channel)
        [(state, due_at)] = await outbox.rows("state", "due_at")
        assert state == "pending"
        assert due_at - outbox.clock() == pytest.approx(wait, abs=0.5)
        outbox.clock.ahead += wait
    await outbox.round(channel)
    assert len(await texts(telegram, AMINA)) == 1
    assert await outbox.rows("state", "attempts") == [("sent", 3)]


async def test_a_network_that_is_down_is_nobodys_fault(outbox: Outbox) -> None:
    """Nothing was sent for certain: no attempt is counted, everything waits a moment."""
    unreachable = Telegram(TOKEN, "http://127.0.0.1:9")
    async with unreachable as channel:
        await outbox.tell(await outbox.event(), *at(AMINA, BAKARY))
        sender = outbox.sender(channel)
        await sender.round()
        assert await sender.round() is False
    assert await outbox.rows("state", "attempts") == [("pending", 0)] * 2


async def test_a_refused_token_loses_nothing(
    outbox: Outbox, telegram: TelegramWorld, channel: Telegram
) -> None:
    """The operator's mistake is not the alert's: it waits until the token works."""
    await telegram.ask("revoke", token=TOKEN)
    await outbox.tell(await outbox.event(), *at(AMINA))
    await outbox.sender(channel).round()
    assert await outbox.rows("state", "attempts") == [("pending", 0)]
    await telegram.ask("revoke", token=TOKEN, revoked=False)
    outbox.clock.ahead += 61
    await outbox.sender(channel, worker="w2").round()
    assert len(await texts(telegram, AMINA)) == 1


async def test_a_lost_answer_costs_one_double_message_at_most(
    outbox: Outbox, telegram: TelegramWorld, channel: Telegram
) -> None:
    """Sent or not, nobody knows: once more, because a lost alert is worse than a double one."""
    await telegram.fault("lost_answer", method="sendMessage")
    await outbox.tell(await outbox.event(), *at(AMINA))
    await outbox.round(channel)
    outbox.clock.ahead += 3
    await outbox.round(channel)
    assert len(await texts(telegram, AMINA)) == 2
    assert await outbox.rows("state") == [("sent",)]


async def test_two_lost_answers_are_a_dead_letter_and_no_third_copy(
    outbox: Outbox, telegram: TelegramWorld, channel: Telegram
) -> None:
    """A server that takes messages and never says so must not be fed for ever."""
    await telegram.fault("lost_answer", method="sendMessage", times=9)
    await outbox.tell(await outbox.event(), *at(AMINA))
    for _ in range(4):
        await outbox.round(channel)
        outbox.clock.ahead += 60
    assert len(await texts(telegram, AMINA)) == 2
    [(state, error)] = await outbox.rows("state", "error")
    assert (state, error) == ("dead", "no answer, twice: it may have arrived or not")


async def test_after_a_lost_answer_an_outage_is_no_second_loss(
    outbox: Outbox, telegram: TelegramWorld, channel: Telegram
) -> None:
    """While Telegram answers nothing, the one retry is saved for when it answers again."""
    await telegram.fault("reset", method="sendMessage")
    await telegram.fault("reset", method="getMe", times=2)
    await outbox.tell(await outbox.event(), *at(AMINA))
    for tries in (1, 1, 1, 2):
        # a sender that has just started has not been told to wait
        await outbox.round(channel)
        assert len(await telegram.requests("sendMessage")) == tries
        outbox.clock.ahead += 60
    assert len(await texts(telegram, AMINA)) == 1
    assert await outbox.rows("state", "attempts") == [("sent", 2)]
