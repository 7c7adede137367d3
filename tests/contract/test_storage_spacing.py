"""One event sounds in one chat at most every half hour; what it says is never kept back."""

from __future__ import annotations

import pytest
from storage_samples import LEASE, T0, alert, chat, event

from storage import chats, deliveries, told
from storage.database import Database
from storage.deliveries import PUSH_SPACING
from storage.model import Action, Delivery, Event, MsgType


async def claim(db: Database, now: float) -> list[Delivery]:
    return await db.write(deliveries.claim, "telegram", "w", now=now, limit=10, lease=LEASE)


async def send(db: Database, now: float) -> list[tuple[int, str, int]]:
    """Chat, action and revision of everything due, sent."""
    found = await claim(db, now)
    for delivery in found:
        await db.write(deliveries.sent, delivery.id, "w", f"m{delivery.id}", now)
    return [(d.chat_id, d.action, d.revision) for d in found]


async def heard(db: Database) -> tuple[Event, int]:
    """An event that one chat was told of at T0."""
    one = (await db.write(chat)).id
    made = await db.write(event)
    await db.write(alert, made.id, [one])
    assert await send(db, T0) == [(one, "push", 1)]
    return made, one


@pytest.mark.parametrize(
    ("action", "msg_type", "wait"),
    [("push", "update", PUSH_SPACING - 60), ("edit", "update", 0), ("push", "cancel", 0)],
)
async def test_only_a_sound_waits(
    db: Database, action: Action, msg_type: MsgType, wait: float
) -> None:
    """A minute after the alert an update edits and sounds later; an edit and a cancel just are."""
    made, one = await heard(db)
    now = T0 + 60
    await db.write(alert, made.id, [one], revision=2, action=action, msg_type=msg_type, now=now)
    if wait:
        assert await send(db, now) == [(one, "edit", 2)]
        assert await send(db, now + wait - 1) == []
    assert await send(db, now + wait) == [(one, action, 2)]
    assert await send(db, now + 10 * PUSH_SPACING) == []


async def test_a_burst_is_one_message(db: Database) -> None:
    """What follows takes the waiting one's place and its turn, an edit included."""
    made, one = await heard(db)
    for revision, action in [(2, "push"), (3, "push"), (4, "edit")]:
        at = T0 + 60 * revision
        await db.write(alert, made.id, [one], revision=revision, action=action, now=at)
        assert await send(db, at) == [(one, "edit", revision)]
    assert await send(db, T0 + PUSH_SPACING) == [(one, "push", 4)]
    assert await send(db, T0 + 10 * PUSH_SPACING) == []


async def test_a_sound_knows_the_message_that_shows_it(db: Database) -> None:
    """Where nobody could edit before it was due, there is none."""
    made, one = await heard(db)
    await db.write(alert, made.id, [one], revision=2, now=T0 + 60)
    (edit,) = await claim(db, T0 + 60)
    assert edit.shown_ref is None
    await db.write(deliveries.sent, edit.id, "w", str(edit.told_ref), T0 + 60)
    (push,) = await claim(db, T0 + PUSH_SPACING)
    assert (push.action, push.shown_ref) == ("push", edit.told_ref)
    await db.write(deliveries.sent, push.id, "w", str(push.shown_ref), T0 + PUSH_SPACING)
    await db.write(alert, made.id, [one], revision=3, now=T0 + PUSH_SPACING + 60)
    (push,) = await claim(db, T0 + 3 * PUSH_SPACING)
    assert (push.action, push.shown_ref, push.told_ref) == ("push", None, edit.told_ref)


async def test_a_sound_that_is_due_needs_no_edit_before(db: Database) -> None:
    """Nobody could send for an hour: one message, not the edit and then the push."""
    made, one = await heard(db)
    await db.write(alert, made.id, [one], revision=2, now=T0 + 60)
    assert await send(db, T0 + 3600) == [(one, "push", 2)]
    assert await send(db, T0 + 3 * 3600) == []


async def test_a_message_that_cannot_be_edited_still_sounds(db: Database) -> None:
    """Deleted or too old to edit: the refusal takes the edit, not the update."""
    made, one = await heard(db)
    await db.write(alert, made.id, [one], revision=2, now=T0 + 60)
    (edit,) = await claim(db, T0 + 60)
    assert await db.write(deliveries.dead, edit.id, "w", "message can't be edited", T0 + 61)
    assert await send(db, T0 + PUSH_SPACING - 1) == []
    assert await send(db, T0 + PUSH_SPACING) == [(one, "push", 2)]


async def test_a_chat_that_moved_waits_for_the_sound(db: Database) -> None:
    """Its message stayed behind, so that there is nothing to edit."""
    made, one = await heard(db)
    await db.write(chats.move, one, "telegram:-100")
    await db.write(alert, made.id, [one], revision=2, now=T0 + 60)
    assert await send(db, T0 + 60) == []
    assert await send(db, T0 + PUSH_SPACING) == [(one, "push", 2)]


async def test_what_follows_an_edit_on_its_way_takes_over_its_sound(db: Database) -> None:
    """Revision 3 comes while revision 2 is being shown: one sound, of the newer."""
    made, one = await heard(db)
    await db.write(alert, made.id, [one], revision=2, now=T0 + 60)
    (edit,) = await claim(db, T0 + 60)
    await db.write(alert, made.id, [one], revision=3, action="edit", now=T0 + 61)
    assert await db.write(deliveries.sent, edit.id, "w", "m", T0 + 62)
    assert await send(db, T0 + 62) == [(one, "edit", 3)]
    assert await send(db, T0 + PUSH_SPACING) == [(one, "push", 3)]
    assert await send(db, T0 + 10 * PUSH_SPACING) == []


async def test_a_cancel_takes_the_place_of_a_waiting_update(db: Database) -> None:
    """At once: nobody needs the update of something false."""
    made, one = await heard(db)
    await db.write(alert, made.id, [one], revision=2, now=T0 + 60)
    await db.write(alert, made.id, [one], revision=3, msg_type="cancel", now=T0 + 61)
    assert await send(db, T0 + 61) == [(one, "push", 3)]


async def test_an_update_behind_an_alert_on_its_way_waits_too(db: Database) -> None:
    """It was queued before the alert arrived, so that arrival sets its turn."""
    one = (await db.write(chat)).id
    made = await db.write(event)
    await db.write(alert, made.id, [one])
    (first,) = await claim(db, T0)
    await db.write(alert, made.id, [one], revision=2, now=T0 + 1)
    assert await db.write(deliveries.sent, first.id, "w", "77", T0 + 2)
    assert await send(db, T0 + 2) == [(one, "edit", 2)]
    assert await send(db, T0 + 1 + PUSH_SPACING) == []
    assert await send(db, T0 + 2 + PUSH_SPACING) == [(one, "push", 2)]


async def test_other_events_and_other_chats_do_not_wait(db: Database) -> None:
    """The half hour is of one event in one chat."""
    made, one = await heard(db)
    two = (await db.write(chat, "telegram:2")).id
    await db.write(alert, made.id, [one, two], revision=2, now=T0 + 60)
    assert await send(db, T0 + 60) == [(one, "edit", 2), (two, "push", 2)]
    other = await db.write(event)
    await db.write(alert, other.id, [one], now=T0 + 61)
    assert await send(db, T0 + 61) == [(one, "push", 1)]


async def test_withdrawing_leaves_those_who_know(db: Database) -> None:
    """Who was told, or is being told right now, still gets what waits for them."""
    made, one = await heard(db)
    sending, never = [(await db.write(chat, f"telegram:{i}")).id for i in (2, 3)]
    await db.write(alert, made.id, [sending], revision=2, now=T0 + 60)
    await claim(db, T0 + 60)
    await db.write(alert, made.id, [one, never], revision=3, now=T0 + 61)
    assert await db.write(deliveries.withdraw, made.id, T0 + 61) == 1
    assert await db.read(told.followers, made.id) == {one, sending}
