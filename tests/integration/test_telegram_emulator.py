"""The emulator itself: it must refuse what Telegram refuses, in Telegram's words."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import aiohttp
import pytest
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, LinkPreviewOptions
from telegram.error import (
    BadRequest,
    InvalidToken,
    NetworkError,
    RetryAfter,
)

from tests.integration.emulator_calls import call, refusal
from tests.integration.outbox import AMINA, GROUP
from tests.telegram_emulator.client import TOKEN, EmulatorProcess, TelegramWorld

pytest_plugins = ["tests.integration.telegram_fixtures"]


async def test_bot_knows_itself(bot: Bot) -> None:
    """getMe answers what the library needs to start."""
    me = await bot.get_me()
    assert (me.is_bot, me.username) == (True, "sahel_test_bot")


async def test_html_becomes_entities_in_utf16_units(bot: Bot) -> None:
    """Offsets count UTF-16 units, so an emoji before the bold counts two."""
    sent = await bot.send_message(
        AMINA,
        '🔴 <b>Attaque</b> &amp; <a href="https://example.org/a">lien</a>',
        parse_mode="HTML",
    )
    assert sent.text == "🔴 Attaque & lien"
    assert [(e.type, e.offset, e.length, e.url) for e in sent.entities] == [
        ("bold", 3, 7, None),
        ("text_link", 13, 4, "https://example.org/a"),
    ]


@pytest.mark.parametrize(
    ("text", "entities"),
    [
        ("<b>a <i>b</i></b>", [("bold", 0, 3), ("italic", 2, 1)]),
        ('<code class="language-py">x</code>', [("code", 0, 1)]),
        ("<span class='tg-spoiler'>x</span>", [("spoiler", 0, 1)]),
        ("<blockquote expandable>x</blockquote>", [("blockquote", 0, 1)]),
        ("  <b>x</b> ", [("bold", 0, 1)]),
        ("<b></b>x", []),
        ("<STRONG>x</>", [("bold", 0, 1)]),
        ('<a href="nothing">x</a>', []),
        ("&lt;p&gt; &#233; &#x1F534;", []),
    ],
)
async def test_html_that_telegram_takes(
    telegram: TelegramWorld, text: str, entities: list[tuple[str, int, int]]
) -> None:
    """Supported tags give entities; white space around a message is dropped."""
    await telegram.add_user(AMINA)
    _, body = await call(telegram, "sendMessage", chat_id=AMINA, text=text, parse_mode="HTML")
    found = [(e["type"], e["offset"], e["length"]) for e in body["result"].get("entities", [])]
    assert found == entities


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Mali: élu <p>x</p>", 'Unsupported start tag "p" at byte offset 11'),
        ("a <b>x", 'Can\'t find end tag corresponding to start tag "b"'),
        ("a </b>", "Unexpected end tag at byte offset 2"),
        (
            "<b><i>x</b></i>",
            'Unmatched end tag at byte offset 7, expected "</i>", found "</b>"',
        ),
        ("1 < 2", 'Unsupported start tag "" at byte offset 2'),
        ("a <b", "Unclosed start tag at byte offset 2"),
        ('a <a href="x', "Unexpected end of name token at byte offset 2"),
        ("<b>x</b", "Unclosed end tag at byte offset 4"),
        ("<span>x</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
    ],
)
async def test_html_that_telegram_refuses(telegram: TelegramWorld, text: str, reason: str) -> None:
    """The refusal names the tag and the byte, counted in UTF-8."""
    assert await refusal(telegram, "sendMessage", chat_id=AMINA, text=text, parse_mode="HTML") == (
        400,
        f"Bad Request: can't parse entities: {reason}",
    )


@pytest.mark.parametrize(
    ("params", "reason"),
    [
        ({"text": ""}, "message text is empty"),
        ({}, "message text is empty"),
        ({"text": "<b> </b>", "parse_mode": "HTML"}, "text must be non-empty"),
        ({"text": "x" * 4097}, "message is too long"),
        ({"text": "🔴" * 2049}, "message is too long"),
        ({"text": "x", "parse_mode": "Wiki"}, "unsupported parse_mode"),
        ({"text": "x", "chat_id": 999}, "chat not found"),
        ({"text": "x", "chat_id": "@nobody"}, "chat not found"),
        ({"text": "x", "chat_id": ""}, "chat_id is empty"),
        ({"text": "x", "reply_parameters": {"message_id": 77}}, "message to be replied not found"),
        ({"text": "x", "message_thread_id": 5}, "message thread not found"),
        (
            {
                "text": "x",
                "reply_markup": {"inline_keyboard": [[{"text": "a", "callback_data": "é" * 33}]]},
            },
            "BUTTON_DATA_INVALID",
        ),
        (
            {"text": "x", "reply_markup": {"inline_keyboard": [[{"text": "a"}]]}},
            "can't parse inline keyboard button: "
            "Text buttons are unallowed in the inline keyboard",
        ),
        (
            {
                "text": "x",
                "reply_markup": {"inline_keyboard": [[{"text": "a", "callback_data": "b"}] * 101]},
            },
            "reply markup is too long",
        ),
        ({"text": "x", "reply_markup": "{no json"}, "can't parse reply_markup JSON object"),
    ],
)
async def test_send_refusals(telegram: TelegramWorld, params: dict[str, Any], reason: str) -> None:
    """What cannot be sent is refused with Telegram's sentence, and nothing is in the chat."""
    await telegram.add_user(AMINA)
    assert await refusal(telegram, "sendMessage", **{"chat_id": AMINA, **params}) == (
        400,
        f"Bad Request: {reason}",
    )
    assert await telegram.transcript(AMINA) == []


async def test_length_is_counted_after_parsing(bot: Bot) -> None:
    """4096 characters of text may stand in more than 4096 characters of markup."""
    sent = await bot.send_message(AMINA, f"<b>{'x' * 4096}</b>", parse_mode="HTML")
    assert len(sent.text or "") == 4096


@pytest.mark.parametrize("encoding", ["urlencoded", "multipart", "json", "query"])
async def test_every_encoding_is_understood(telegram: TelegramWorld, encoding: str) -> None:
    """The four ways of the Bot API to give parameters mean the same, and names ignore case."""
    await telegram.add_user(AMINA)
    flat = {
        "chat_id": str(AMINA),
        "text": "é",
        "reply_markup": json.dumps({"inline_keyboard": [[{"text": "a", "callback_data": "b"}]]}),
    }
    if encoding == "multipart":
        form = aiohttp.FormData(flat, default_to_multipart=True)
        sending: dict[str, Any] = {"data": form}
    else:
        sending = {{"urlencoded": "data", "json": "json", "query": "params"}[encoding]: flat}
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{telegram.url}/bot{TOKEN}/SENDmessage", **sending) as answer,
    ):
        result = (await answer.json())["result"]
    assert result["text"] == "é"
    assert result["reply_markup"]["inline_keyboard"][0][0]["callback_data"] == "b"


async def test_transcript_keeps_every_version(bot: Bot, telegram: TelegramWorld) -> None:
    """The test sees silence, link previews, edits and deletions."""
    sent = await bot.send_message(
        AMINA,
        "un",
        disable_notification=True,
        link_preview_options=LinkPreviewOptions(is_disabled=True),
    )
    await bot.edit_message_text("deux", AMINA, sent.message_id)
    await bot.delete_message(AMINA, sent.message_id)
    [seen] = await telegram.messages(AMINA)
    assert (seen["text"], seen["silent"], seen["deleted"]) == ("deux", True, True)
    assert [version["text"] for version in seen["history"]] == ["un"]
    assert seen["link_preview_options"] == {"is_disabled": True}


async def test_edit_refusals(bot: Bot, telegram: TelegramWorld) -> None:
    """An edit needs our own message that still exists and something to change."""
    keyboard = InlineKeyboardMarkup([[InlineKeyboardButton("a", callback_data="b")]])
    ours = await bot.send_message(AMINA, "<b>un</b>", parse_mode="HTML", reply_markup=keyboard)
    theirs = await telegram.say(AMINA, "bonjour")
    with pytest.raises(BadRequest, match="Message is not modified"):
        await bot.edit_message_text(
            "<b>un</b>", AMINA, ours.message_id, parse_mode="HTML", reply_markup=keyboard
        )
    with pytest.raises(BadRequest, match="Message can't be edited"):
        await bot.edit_message_text("x", AMINA, theirs)
    with pytest.raises(BadRequest, match="Message_too_long"):
        await bot.edit_message_text("x" * 4097, AMINA, ours.message_id)
    await bot.edit_message_reply_markup(AMINA, ours.message_id, reply_markup=None)
    with pytest.raises(BadRequest, match="Message is not modified"):
        await bot.edit_message_reply_markup(AMINA, ours.message_id, reply_markup=None)
    await telegram.ask("delete", chat=AMINA, message_id=ours.message_id)
    with pytest.raises(BadRequest, match="Message to edit not found"):
        await bot.edit_message_text("x", AMINA, ours.message_id)
    with pytest.raises(BadRequest, match="Message to delete not found"):
        await bot.delete_message(AMINA, ours.message_id)


async def test_reply_to_a_deleted_message_may_be_allowed(bot: Bot) -> None:
    """With allow_sending_without_reply the message is sent on its own."""
    first = await bot.send_message(AMINA, "un")
    answer = await bot.send_message(AMINA, "deux", reply_to_message_id=first.message_id)
    assert answer.reply_to_message and answer.reply_to_message.message_id == first.message_id
    await bot.delete_message(AMINA, first.message_id)
    alone = await bot.send_message(
        AMINA, "trois", reply_to_message_id=first.message_id, allow_sending_without_reply=True
    )
    assert alone.reply_to_message is None


async def test_flood_limits(bot: Bot, telegram: TelegramWorld) -> None:
    """A private chat takes a short burst, a group 20 a minute; refused ones are not sent."""
    with pytest.raises(RetryAfter):
        for _ in range(4):
            await bot.send_message(AMINA, "x")
    assert len(await telegram.messages(AMINA)) == 3
    status, body = await call(telegram, "sendMessage", chat_id=AMINA, text="x")
    assert (status, body["description"], body["parameters"]) == (
        429,
        "Too Many Requests: retry after 1",
        {"retry_after": 1},
    )
    for _ in range(20):
        await bot.send_message(GROUP, "x")
    status, body = await call(telegram, "sendMessage", chat_id=GROUP, text="x")
    assert (status, body["parameters"]) == (429, {"retry_after": 3})
    await telegram.limits(enabled=False)
    await bot.send_message(GROUP, "x")


async def test_global_flood_limit(telegram: TelegramWorld) -> None:
    """All chats of a bot together share one budget."""
    await telegram.limits(global_rate=1.0, global_burst=2.0)
    for user in (1, 2, 3):
        await telegram.add_user(user)
    statuses = [
        (await call(telegram, "sendMessage", chat_id=user, text="x"))[0] for user in (1, 2, 3)
    ]
    assert statuses == [200, 200, 429]


async def test_tokens_and_methods_that_do_not_exist(telegram: TelegramWorld) -> None:
    """A revoked token is 401, a malformed one and an unknown method are 404."""
    assert await refusal(telegram, "sendDream") == (404, "Not Found: method not found")
    assert await refusal(telegram, "getMe", token="nonsense") == (404, "Not Found")
    await telegram.ask("revoke", token=TOKEN)
    assert await refusal(telegram, "getMe") == (401, "Unauthorized")
    client = Bot(TOKEN, base_url=f"{telegram.url}/bot")
    with pytest.raises(InvalidToken):
        await client.initialize()
    await client.shutdown()


async def test_faults(bot: Bot, telegram: TelegramWorld) -> None:
    """Each fault strikes where it was ordered, as often as ordered, and shows in the log."""
    await telegram.fault("status", status=429, retry_after=7, chat=AMINA)
    await bot.send_message(GROUP, "elsewhere")
    with pytest.raises(RetryAfter):
        await bot.send_message(AMINA, "x")
    await telegram.fault("html502", method="sendMessage", times=2)
    for _ in range(2):
        with pytest.raises(NetworkError, match="Bad Gateway"):
            await bot.send_message(AMINA, "x")
    await telegram.fault("reset")
    with pytest.raises(NetworkError):
        await bot.send_message(AMINA, "x")
    assert await telegram.messages(AMINA) == []
    await telegram.fault("lost_answer")
    with pytest.raises(NetworkError):
        await bot.send_message(AMINA, "sent after all")
    assert [m["text"] for m in await telegram.messages(AMINA)] == ["sent after all"]
    await telegram.fault("delay", seconds=0.2, skip=1)
    await bot.get_me()
    started = asyncio.get_running_loop().time()
    await bot.get_me()
    assert asyncio.get_running_loop().time() - started >= 0.2
    faults = [r["fault"] for r in await telegram.requests() if r["fault"]]
    assert faults == ["status", "html502", "html502", "reset", "lost_answer", "delay"]
    assert await telegram.ask("faults") == []


async def test_mistakes_of_a_test_are_told(telegram: TelegramWorld) -> None:
    """The control API refuses what does not exist instead of ignoring it."""
    with pytest.raises(AssertionError, match="no verb 'dance'"):
        await telegram.ask("dance")
    with pytest.raises(AssertionError, match="no user 8"):
        await telegram.say(8, "x")
    with pytest.raises(AssertionError, match="Fault has no chats"):
        await telegram.ask("fault", kind="reset", chats=1)


def test_emulator_ends_with_its_standard_input() -> None:
    """A test run that dies leaves no emulator behind."""
    assert EmulatorProcess().__enter__().end() == 0
