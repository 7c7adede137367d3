"""Talking with the emulated Telegram: commands, buttons, groups, topics, menus."""

from __future__ import annotations

import asyncio
import json
import time
from typing import Any

from storage import chats, subscribers, subscriptions
from tests.integration.command_room import Room
from tests.integration.outbox import AMINA, BAKARY, GROUP
from tests.integration.telegram_room import echoing, talking, until
from tests.telegram_emulator.client import TelegramWorld

pytest_plugins = ["tests.integration.telegram_fixtures"]


async def test_start_in_private_is_answered_in_the_persons_language(world: TelegramWorld) -> None:
    """One message each, with buttons that are command lines."""
    await world.say(AMINA, "/start")
    await world.say(BAKARY, "/start")
    [french] = await world.wait_for_messages(AMINA, 1)
    [english] = await world.wait_for_messages(BAKARY, 1)
    assert french["text"] != english["text"]
    buttons = [b for row in french["reply_markup"]["inline_keyboard"] for b in row]
    assert "/subscribe kind:attack" in [b["callback_data"] for b in buttons]
    assert "reply_to_message" not in french


async def test_a_button_is_the_command_it_stands_for(world: TelegramWorld, room: Room) -> None:
    """A press is acknowledged, obeyed and answered by one new message; the old one stays."""
    await world.say(AMINA, "/start")
    [welcome] = await world.wait_for_messages(AMINA, 1)
    await world.press(AMINA, welcome["message_id"], data="/subscribe kind:attack")
    after = await world.wait_for_messages(AMINA, 2)
    assert (len(after), after[0]["history"]) == (2, [])
    assert len(await world.ask("answers")) == 1
    chat = await room.db.read(chats.by_address, f"telegram:{AMINA}")
    assert chat
    [rule] = await room.db.read(subscriptions.of_chat, chat.id)
    assert rule.query == "kind:attack"


async def test_words_that_are_no_command_are_answered_in_private(world: TelegramWorld) -> None:
    """Somebody who just writes learns what to write."""
    await world.say(AMINA, "bonjour")
    [answer] = await world.wait_for_messages(AMINA, 1)
    assert "/help" in answer["text"]


async def test_in_a_group_only_administrators_change_what_it_receives(
    world: TelegramWorld, room: Room
) -> None:
    """The member is told so; the administrator's command is obeyed. Both as replies."""
    asked = await world.say(BAKARY, "/subscribe kind:attack", chat=GROUP)
    [refused] = await world.wait_for_messages(GROUP, 1)
    assert refused["reply_to_message"]["message_id"] == asked
    assert await room.db.read(chats.by_address, f"telegram:{GROUP}") is None
    await world.say(AMINA, "/subscribe@sahel_test_bot kind:attack", chat=GROUP)
    await world.wait_for_messages(GROUP, 2)
    chat = await room.db.read(chats.by_address, f"telegram:{GROUP}")
    assert chat
    assert len(await room.db.read(subscriptions.of_chat, chat.id)) == 1


async def test_an_anonymous_administrator_is_the_group(world: TelegramWorld, room: Room) -> None:
    """May change what the group receives; what is asked for belongs to the group.

    Telegram shows the same account for all such people: one's /forget must not be another's.
    """
    await world.say(AMINA, "/subscribe kind:attack", chat=GROUP, anonymous=True)
    await world.wait_for_messages(GROUP, 1)
    chat = await room.db.read(chats.by_address, f"telegram:{GROUP}")
    assert chat
    [rule] = await room.db.read(subscriptions.of_chat, chat.id)
    assert rule.subscriber_id == await room.db.write(
        subscribers.ensure, f"telegram:{GROUP}", time.time()
    )


async def test_in_a_group_other_peoples_words_are_not_ours(
    telegram: TelegramWorld, room: Room
) -> None:
    """Talk, other bots' commands and commands we do not have are left alone; ours are heard."""
    await telegram.add_user(AMINA)
    await telegram.add_group(GROUP, members={AMINA: "creator"}, bot="administrator")
    async with echoing(room, telegram.url) as echo:
        for text in (
            "il pleut à Mopti",
            "/weather",
            "/long@weather_bot",
            "/long@Sahel_Test_Bot",
            "/unknown@sahel_test_bot",
        ):
            await telegram.say(AMINA, text, chat=GROUP)
        await telegram.wait_for_messages(GROUP, 2)
        assert [line for line, _ in echo.heard] == [
            "/long@Sahel_Test_Bot",
            "/unknown@sahel_test_bot",
        ]


async def test_a_topic_is_a_chat_of_its_own(telegram: TelegramWorld, room: Room) -> None:
    """Asked in a topic, answered in the topic."""
    await telegram.add_user(AMINA)
    await telegram.add_group(GROUP, is_forum=True, topics={45: "open"})
    async with echoing(room, telegram.url) as echo:
        await telegram.say(AMINA, "/slow@sahel_test_bot x", chat=GROUP, thread=45)
        [answer] = await telegram.wait_for_messages(GROUP, 1)
    assert answer["message_thread_id"] == 45
    [(_, caller)] = echo.heard
    assert (caller.address, caller.identity) == (f"telegram:{GROUP}/45", f"telegram:{AMINA}")


async def test_text_is_escaped_and_long_answers_come_in_parts(
    telegram: TelegramWorld, room: Room
) -> None:
    """What people type cannot become markup; only the first part makes a sound."""
    await telegram.add_user(AMINA)
    async with echoing(room, telegram.url):
        await telegram.say(AMINA, "<b>x</b>")
        [shown] = await telegram.wait_for_messages(AMINA, 1)
        assert shown["text"] == "<b>x</b> <&>"
        await telegram.say(AMINA, "/long")
        _, first, second = await telegram.wait_for_messages(AMINA, 3)
    assert [len(part["text"]) for part in (first, second)] == [4003, 2001]
    assert (first["silent"], second["silent"]) == (False, True)


async def test_a_slow_command_keeps_only_its_own_chat_waiting(
    telegram: TelegramWorld, room: Room
) -> None:
    """Chats are served side by side, each in the order in which it asked."""
    await telegram.add_user(AMINA)
    await telegram.add_user(BAKARY)
    async with echoing(room, telegram.url) as echo:
        await telegram.say(AMINA, "/slow")
        await telegram.say(AMINA, "after")
        await telegram.say(BAKARY, "other")
        await telegram.wait_for_messages(BAKARY, 1)
        assert await telegram.messages(AMINA) == []
        echo.slow.set()
        answers = await telegram.wait_for_messages(AMINA, 2)
    assert [m["text"] for m in answers] == ["/slow <&>", "after <&>"]


async def test_blocked_and_returned(world: TelegramWorld, room: Room) -> None:
    """A person who blocks us is paused at once, and is heard again when she comes back."""
    await world.say(AMINA, "/subscribe kind:attack")
    await world.wait_for_messages(AMINA, 1)
    await world.ask("block", user=AMINA)
    chat = await until(room, AMINA, lambda chat: chat.paused_at is not None)
    assert chat.pause_reason == "blocked"
    await world.ask("block", user=AMINA, blocked=False)
    await world.say(AMINA, "/start")
    await world.wait_for_messages(AMINA, 2)
    chat = await until(room, AMINA, lambda chat: chat.paused_at is None)
    assert len(await room.db.read(subscriptions.of_chat, chat.id)) == 1


async def test_thrown_out_of_a_group(world: TelegramWorld, room: Room) -> None:
    """The group is paused at once, its subscriptions kept."""
    await world.say(AMINA, "/subscribe kind:attack", chat=GROUP)
    await world.wait_for_messages(GROUP, 1)
    await world.ask("bot", chat=GROUP, user=AMINA, status="kicked")
    chat = await until(room, GROUP, lambda chat: chat.paused_at is not None)
    assert chat.pause_reason == "removed from the group"


async def test_a_group_that_grows_keeps_its_subscriptions(
    world: TelegramWorld, room: Room
) -> None:
    """The service message of a migration moves the chat before any alert is due."""
    await world.add_group(-77, type="group", members={AMINA: "creator"})
    await world.say(AMINA, "/subscribe kind:attack", chat=-77)
    await world.wait_for_messages(-77, 1)
    await world.ask("migrate", chat=-77, to=-10077)
    chat = await until(room, -10077, lambda _chat: True)
    assert len(await room.db.read(subscriptions.of_chat, chat.id)) == 1
    assert await room.db.read(chats.by_address, "telegram:-77") is None


async def test_menus_in_each_language_and_for_moderators(
    telegram: TelegramWorld, room: Room
) -> None:
    """A moderator's private chat offers more; one who never wrote to us does no harm."""
    await telegram.add_user(900)
    async with talking(room, telegram.url):
        menus: dict[str, Any] = {}
        while len(menus) < 4:
            await asyncio.sleep(0.05)
            menus = await telegram.ask("commands")
    by_scope = {
        (scope["type"], scope["language"]): {c["command"]: c["description"] for c in commands}
        for scope, commands in ((json.loads(key), menu) for key, menu in menus.items())
    }
    assert set(by_scope) == {("default", ""), ("default", "fr"), ("default", "en"), ("chat", "")}
    assert by_scope["default", ""] == by_scope["default", "fr"] != by_scope["default", "en"]
    assert "addfeed" in by_scope["chat", ""]
    assert "addfeed" not in by_scope["default", ""]
