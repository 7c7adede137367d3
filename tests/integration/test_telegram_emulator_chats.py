"""The emulator itself: chats, the people in them, and the updates that a bot fetches."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
)

from tests.integration.emulator_calls import call, refusal
from tests.integration.outbox import AMINA, GROUP
from tests.telegram_emulator.client import TOKEN, TelegramWorld

pytest_plugins = ["tests.integration.telegram_fixtures"]


async def test_topics(telegram: TelegramWorld) -> None:
    """A topic takes messages while it is open; to its administrators also when closed."""
    await telegram.add_group(GROUP, is_forum=True, topics={45: "open"})
    asked: dict[str, Any] = {"chat_id": GROUP, "message_thread_id": 45, "text": "x"}
    _, body = await call(telegram, "sendMessage", **asked)
    assert (body["result"]["message_thread_id"], body["result"]["is_topic_message"]) == (45, True)
    for state, reason in (("closed", "TOPIC_CLOSED"), ("deleted", "TOPIC_DELETED")):
        await telegram.ask("topic", chat=GROUP, thread=45, state=state)
        assert await refusal(telegram, "sendMessage", **asked) == (400, f"Bad Request: {reason}")


async def test_places_where_the_bot_may_not_write(telegram: TelegramWorld) -> None:
    """Each way of being shut out has its own words."""
    await telegram.add_user(1)
    await telegram.add_user(2, started=False)
    await telegram.add_user(3)
    await telegram.ask("block", user=1)
    await telegram.ask("deactivate", user=3)
    await telegram.add_group(-1, type="group", bot="kicked")
    await telegram.add_group(-2, bot="kicked")
    await telegram.add_group(-3, bot="left")
    await telegram.add_group(-4, bot="restricted")
    await telegram.add_group(-5, type="channel")
    said = {
        chat: await refusal(telegram, "sendMessage", chat_id=chat, text="x")
        for chat in (1, 2, 3, -1, -2, -3, -4, -5)
    }
    assert said == {
        1: (403, "Forbidden: bot was blocked by the user"),
        2: (403, "Forbidden: bot can't initiate conversation with a user"),
        3: (403, "Forbidden: user is deactivated"),
        -1: (403, "Forbidden: bot was kicked from the group chat"),
        -2: (403, "Forbidden: bot was kicked from the supergroup chat"),
        -3: (403, "Forbidden: bot is not a member of the supergroup chat"),
        -4: (400, "Bad Request: not enough rights to send text messages to the chat"),
        -5: (400, "Bad Request: need administrator rights in the channel chat"),
    }
    await telegram.ask("block", user=1, blocked=False)
    assert (await call(telegram, "sendMessage", chat_id=1, text="x"))[0] == 200


async def test_migration(bot: Bot, telegram: TelegramWorld) -> None:
    """A small group that grew answers with its new id; both sides get a service message."""
    await telegram.add_group(-77, type="group", members={AMINA: "creator"})
    await telegram.ask("migrate", chat=-77, to=-10077)
    with pytest.raises(ChatMigrated) as caught:
        await bot.send_message(-77, "x")
    assert caught.value.new_chat_id == -10077
    assert (await bot.send_message(-10077, "x")).chat.type == "supergroup"
    updates = await bot.get_updates()
    assert [u.message.migrate_to_chat_id for u in updates if u.message] == [-10077, None]
    assert [u.message.migrate_from_chat_id for u in updates if u.message] == [None, -77]


async def test_long_poll_waits_and_offset_confirms(bot: Bot, telegram: TelegramWorld) -> None:
    """A poll returns when something happens; the next offset forgets what was fetched."""
    polling = asyncio.create_task(bot.get_updates(timeout=5))
    await asyncio.sleep(0.1)
    assert not polling.done()
    await telegram.say(AMINA, "/start sahel")
    [update] = await polling
    assert update.message and update.message.text == "/start sahel"
    assert [(e.type, e.length) for e in update.message.entities] == [("bot_command", 6)]
    # not confirmed yet: it comes again
    assert [u.update_id for u in await bot.get_updates()] == [update.update_id]
    assert await bot.get_updates(offset=update.update_id + 1) == ()
    assert await bot.get_updates() == ()


async def test_limit_and_negative_offset(bot: Bot, telegram: TelegramWorld) -> None:
    """`limit` cuts a batch; a negative offset keeps only the last ones."""
    for text in ("a", "b", "c"):
        await telegram.say(AMINA, text)
    assert [u.message.text for u in await bot.get_updates(limit=2) if u.message] == ["a", "b"]
    assert [u.message.text for u in await bot.get_updates(offset=-1) if u.message] == ["c"]


async def test_second_poller_ends_the_first(bot: Bot) -> None:
    """Two copies of one bot: the poll that waits is told of the other."""
    first = asyncio.create_task(bot.get_updates(timeout=5))
    await asyncio.sleep(0.1)
    async with Bot(TOKEN, base_url=bot.base_url.removesuffix(TOKEN)) as second:
        assert await second.get_updates(timeout=0) == ()
    with pytest.raises(Conflict, match="terminated by other getUpdates request"):
        await first


async def test_only_updates_asked_for_are_kept(bot: Bot, telegram: TelegramWorld) -> None:
    """allowed_updates stands until it is changed."""
    await bot.get_updates(allowed_updates=["my_chat_member"])
    await telegram.say(AMINA, "bonjour")
    await telegram.ask("block", user=AMINA)
    [update] = await bot.get_updates()
    assert update.my_chat_member
    assert update.my_chat_member.new_chat_member.status == "kicked"


async def test_groups_keep_small_talk_from_the_bot(bot: Bot, telegram: TelegramWorld) -> None:
    """Privacy mode: commands, mentions and answers to the bot; an administrator hears all."""
    ours = await bot.send_message(GROUP, "alerte")
    for text, about in (
        ("il pleut", {}),
        ("/list", {}),
        ("merci", {"reply_to": ours.message_id}),
        ("@sahel_test_bot bonjour", {}),
    ):
        await telegram.say(AMINA, text, chat=GROUP, **about)
    await telegram.ask("bot", chat=GROUP, user=AMINA, status="administrator")
    await telegram.say(AMINA, "il fait beau", chat=GROUP)
    heard = [u.message.text for u in await bot.get_updates() if u.message]
    assert heard == ["/list", "merci", "@sahel_test_bot bonjour", "il fait beau"]


async def test_button_press(bot: Bot, telegram: TelegramWorld) -> None:
    """A press becomes a callback query that can be answered once."""
    keyboard = InlineKeyboardMarkup([[InlineKeyboardButton("Français", callback_data="/lang fr")]])
    sent = await bot.send_message(AMINA, "?", reply_markup=keyboard)
    await telegram.press(AMINA, sent.message_id, label="Français")
    [update] = await bot.get_updates()
    query = update.callback_query
    assert query and (query.data, query.from_user.id) == ("/lang fr", AMINA)
    assert query.message and query.message.message_id == sent.message_id
    await query.answer("oui")
    with pytest.raises(BadRequest, match="Query is too old"):
        await query.answer()
    [answer] = await telegram.ask("answers")
    assert answer["text"] == "oui"
    with pytest.raises(AssertionError, match="no button"):
        await telegram.press(AMINA, sent.message_id, data="/other")


async def test_members(bot: Bot, telegram: TelegramWorld) -> None:
    """Who is who in a group; private chats have no administrators."""
    await telegram.add_user(502)
    assert (await bot.get_chat_member(GROUP, AMINA)).status == "administrator"
    assert (await bot.get_chat_member(GROUP, 502)).status == "left"
    assert (await bot.get_chat(GROUP)).title == "Veille"
    assert [m.user.id for m in await bot.get_chat_administrators(GROUP)] == [AMINA]
    with pytest.raises(BadRequest, match="no administrators in the private chat"):
        await bot.get_chat_administrators(AMINA)
    with pytest.raises(BadRequest, match="User not found"):
        await bot.get_chat_member(GROUP, 9)
    await bot.send_chat_action(GROUP, "typing")
    await bot.leave_chat(GROUP)
    with pytest.raises(Forbidden, match="not a member"):
        await bot.send_message(GROUP, "x")


async def test_command_menus_by_scope_and_language(bot: Bot) -> None:
    """Each scope and language has its own menu; bad names are refused."""
    await bot.set_my_commands([("list", "vos abonnements")], language_code="fr")
    await bot.set_my_commands([("list", "your subscriptions")])
    assert [c.description for c in await bot.get_my_commands(language_code="fr")] == [
        "vos abonnements"
    ]
    await bot.delete_my_commands(language_code="fr")
    assert await bot.get_my_commands(language_code="fr") == ()
    assert len(await bot.get_my_commands()) == 1
    with pytest.raises(BadRequest, match="Bot_command_invalid"):
        await bot.set_my_commands([("Été", "x")])


async def test_webhook_and_polling_exclude_each_other(bot: Bot) -> None:
    """While a webhook is set, getUpdates conflicts."""
    await bot.set_webhook("https://example.org/hook")
    assert (await bot.get_webhook_info()).url == "https://example.org/hook"
    with pytest.raises(Conflict, match="webhook is active"):
        await bot.get_updates()
    await bot.delete_webhook()
    assert await bot.get_updates() == ()
