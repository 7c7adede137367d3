"""Updates and corrections: in the place of the message they correct, or as its reply."""

from __future__ import annotations

from dataclasses import replace

from bot.platforms.telegram import Telegram
from storage.deliveries import PUSH_SPACING
from tests.integration.outbox import AMINA, BAKARY, FACTS, Outbox, at, texts
from tests.telegram_emulator.client import TelegramWorld

pytest_plugins = ["tests.integration.telegram_fixtures"]


async def test_an_update_answers_the_message_it_follows(
    outbox: Outbox, telegram: TelegramWorld, channel: Telegram
) -> None:
    """A push about an event that the chat knows is a reply, also when that was deleted."""
    event = await outbox.event()
    await outbox.tell(event, *at(AMINA, BAKARY))
    await outbox.round(channel)
    first = (await telegram.messages(AMINA))[0]["message_id"]
    await telegram.ask(
        "delete", chat=BAKARY, message_id=(await telegram.messages(BAKARY))[0]["message_id"]
    )
    worse = replace(FACTS, severity="extreme").dump()
    await outbox.tell(event, *at(AMINA, BAKARY), revision=2, msg_type="update", facts=worse)
    await outbox.round(channel)
    assert len(await texts(telegram, AMINA)) == 1
    outbox.clock.ahead += PUSH_SPACING
    await outbox.round(channel)
    assert (await telegram.messages(AMINA))[1]["reply_to_message"]["message_id"] == first
    assert "reply_to_message" not in (await telegram.messages(BAKARY))[1]


async def test_a_sound_is_short_and_the_message_it_answers_stays_the_one(
    outbox: Outbox, telegram: TelegramWorld, channel: Telegram
) -> None:
    """What an edit has shown is not repeated, and later edits are not made to the few words."""
    event = await outbox.event()
    await outbox.tell(event, *at(AMINA))
    await outbox.round(channel)
    worse = replace(FACTS, severity="extreme").dump()
    await outbox.tell(event, *at(AMINA), revision=2, msg_type="update", facts=worse)
    await outbox.round(channel)
    outbox.clock.ahead += PUSH_SPACING
    await outbox.round(channel)
    card, short = await telegram.messages(AMINA)
    assert short["text"].startswith("♻️ MISE À JOUR 1")
    assert len(short["text"].splitlines()) == 4
    assert len(card["text"].splitlines()) > 5
    assert await outbox.rows("message_ref") == [(str(card["message_id"]),)] * 2


async def test_an_edit_changes_the_message_in_place(
    outbox: Outbox, telegram: TelegramWorld, channel: Telegram
) -> None:
    """The chat sees one message with the new text; one that was never told gets a message."""
    event = await outbox.event()
    await outbox.tell(event, *at(AMINA))
    await outbox.round(channel)
    worse = replace(FACTS, severity="extreme").dump()
    await outbox.tell(
        event, *at(AMINA, BAKARY), revision=2, msg_type="update", action="edit", facts=worse
    )
    await outbox.round(channel)
    [edited] = await telegram.messages(AMINA)
    assert len(edited["history"]) == 1
    assert edited["text"] != edited["history"][0]["text"]
    assert len(await texts(telegram, BAKARY)) == 1
    refs = await outbox.rows("message_ref")
    assert refs[0] == refs[1] == (str(edited["message_id"]),)


async def test_an_edit_that_changes_nothing_is_done(
    outbox: Outbox, telegram: TelegramWorld, channel: Telegram
) -> None:
    """Telegram refuses an edit to the same text: then the chat already says it."""
    event = await outbox.event()
    await outbox.tell(event, *at(AMINA))
    await outbox.round(channel)
    await outbox.tell(event, *at(AMINA), revision=2, action="edit")
    await outbox.round(channel)
    [message] = await telegram.messages(AMINA)
    assert message["history"] == []
    assert await outbox.rows("state") == [("sent",), ("sent",)]


async def test_an_edit_of_a_deleted_message_becomes_a_new_one(
    outbox: Outbox, telegram: TelegramWorld, channel: Telegram
) -> None:
    """A correction reaches the chat even if the message it corrects is gone."""
    event = await outbox.event()
    await outbox.tell(event, *at(AMINA))
    await outbox.round(channel)
    [first] = await telegram.messages(AMINA)
    await telegram.ask("delete", chat=AMINA, message_id=first["message_id"])
    await outbox.tell(event, *at(AMINA), revision=2, msg_type="cancel", action="edit")
    await outbox.round(channel)
    second = (await telegram.messages(AMINA))[1]
    assert second["deleted"] is False
    assert (await outbox.rows("message_ref"))[1] == (str(second["message_id"]),)


async def test_a_lost_answer_to_an_edit_leaves_one_message(
    outbox: Outbox, telegram: TelegramWorld, channel: Telegram
) -> None:
    """Editing twice changes nothing, so it is simply done again."""
    event = await outbox.event()
    await outbox.tell(event, *at(AMINA))
    await outbox.round(channel)
    await telegram.fault("lost_answer", method="editMessageText")
    worse = replace(FACTS, severity="extreme").dump()
    await outbox.tell(event, *at(AMINA), revision=2, action="edit", facts=worse)
    for _ in range(2):
        await outbox.round(channel)
        outbox.clock.ahead += 3
    [message] = await telegram.messages(AMINA)
    assert len(message["history"]) == 1
    assert await outbox.rows("state") == [("sent",), ("sent",)]
