"""Queueing an alert: once for each chat, in place of what the chat was still to be told."""

from __future__ import annotations

from typing import Any

from storage_samples import LEASE, T0, alert, chat, event

from storage import alerts, chats, deliveries, told
from storage.database import Connection, Database
from storage.model import Addressee, Delivery


async def rows(db: Database, columns: str) -> list[tuple[Any, ...]]:
    """Columns of all deliveries, oldest first."""
    found = await db.read(
        lambda conn: conn.all(f"select {columns} from deliveries order by id")  # noqa: S608
    )
    return [tuple(row.values()) for row in found]


async def make_chats(db: Database, *addresses: str) -> list[int]:
    return [(await db.write(chat, address)).id for address in addresses]


async def claim(db: Database, *, now: float = T0, limit: int = 10) -> list[Delivery]:
    return await db.write(deliveries.claim, "telegram", "w", now=now, limit=limit, lease=LEASE)


async def test_every_addressee_gets_one_delivery(db: Database) -> None:
    """Due at once, with the platform of its address as sender and the reason kept."""
    one, two = await make_chats(db, "telegram:-1/45", "console:0")
    made = await db.write(event)
    alert_id = await db.write(
        alerts.decide, event_id=made.id, revision=1, msg_type="alert", facts="{}", now=T0
    )
    queued = await db.write(
        deliveries.enqueue,
        alert_id=alert_id,
        event_id=made.id,
        addressees=[Addressee(one, "push", "why one"), Addressee(two, "edit", "why two")],
        priority=3,
        now=T0,
    )
    assert queued == 2
    columns = "alert_id, event_id, chat_id, sender, action, why, state, priority, due_at"
    assert await rows(db, columns) == [
        (alert_id, made.id, one, "telegram", "push", "why one", "pending", 3, T0),
        (alert_id, made.id, two, "console", "edit", "why two", "pending", 3, T0),
    ]


async def test_queueing_twice_changes_nothing(db: Database) -> None:
    """The editor may do an entry again after a crash; a chat named twice is told once."""
    (one,) = await make_chats(db, "telegram:1")
    made = await db.write(event)
    await db.write(alert, made.id, [one, one])
    await db.write(alert, made.id, [one], action="edit")
    assert await rows(db, "action, state") == [("push", "pending")]


async def test_paused_and_vanished_chats_are_left_out(db: Database) -> None:
    """What cannot be delivered is not queued; who was forgotten meanwhile is not an error."""
    one, paused = await make_chats(db, "telegram:1", "telegram:2")
    await db.write(chats.pause, paused, "blocked", T0)
    made = await db.write(event)

    def decide(conn: Connection) -> int:
        return deliveries.enqueue(
            conn,
            alert_id=alert(conn, made.id, []),
            event_id=made.id,
            addressees=[Addressee(chat_id, "push", "") for chat_id in (one, paused, 12345)],
            priority=1,
            now=T0,
        )

    assert await db.write(decide) == 1
    assert await rows(db, "chat_id") == [(one,)]


async def test_nobody_to_tell_is_fine(db: Database) -> None:
    """An alert may be decided that no chat asked for."""
    made = await db.write(event)
    await db.write(alert, made.id, [])
    assert await db.read(deliveries.waiting) == 0


async def test_an_update_takes_the_place_of_what_still_waits(db: Database) -> None:
    """One message with the newest facts. A push that nobody saw yet stays a push; where only an
    edit waited, an edit remains."""
    never_told, told = await make_chats(db, "telegram:1", "telegram:2")
    made = await db.write(event)
    await db.write(alert, made.id, [told])
    (first,) = await claim(db)
    await db.write(deliveries.sent, first.id, "w", "77", T0)
    await db.write(alert, made.id, [never_told], revision=2, action="push")
    await db.write(alert, made.id, [told], revision=3, action="edit")
    await db.write(alert, made.id, [never_told, told], revision=4, action="edit")
    assert await rows(db, "chat_id, action, state") == [
        (told, "push", "sent"),
        (never_told, "push", "superseded"),
        (told, "edit", "superseded"),
        (never_told, "push", "pending"),
        (told, "edit", "pending"),
    ]
    assert [(d.chat_id, d.action, d.facts) for d in await claim(db)] == [
        (never_told, "push", "facts 4"),
        (told, "edit", "facts 4"),
    ]


async def test_a_push_is_inherited_through_many_updates(db: Database) -> None:
    """However many revisions came before anybody could be told."""
    (one,) = await make_chats(db, "telegram:1")
    made = await db.write(event)
    await db.write(alert, made.id, [one])
    for revision in (2, 3, 4):
        await db.write(alert, made.id, [one], revision=revision, action="edit")
    assert await rows(db, "action, state") == [("push", "superseded")] * 3 + [("push", "pending")]


async def test_urgency_is_inherited_too(db: Database) -> None:
    """An update of no urgency does not delay the alarm that it replaces; a graver one hurries."""
    (one,) = await make_chats(db, "telegram:1")
    made = await db.write(event)
    for revision, priority in [(1, 0), (2, 5)]:
        await db.write(alert, made.id, [one], revision=revision, priority=priority)
    assert await rows(db, "priority, state") == [(0, "superseded"), (0, "pending")]
    other = await db.write(event)
    for revision, priority in [(1, 5), (2, 1)]:
        await db.write(alert, other.id, [one], revision=revision, priority=priority)
    assert (await rows(db, "priority, state"))[2:] == [(5, "superseded"), (1, "pending")]


async def test_an_urgent_edit_hands_its_urgency_on_and_no_more(db: Database) -> None:
    """What replaces it stays the push that it is."""
    (one,) = await make_chats(db, "telegram:1")
    made = await db.write(event)
    await db.write(alert, made.id, [one], action="edit", priority=0)
    await db.write(alert, made.id, [one], revision=2, action="push", priority=5)
    assert await rows(db, "action, priority, state") == [
        ("edit", 0, "superseded"),
        ("push", 0, "pending"),
    ]


async def test_what_is_being_sent_is_not_superseded(db: Database) -> None:
    """The update waits behind it and knows then what the chat was told."""
    (one,) = await make_chats(db, "telegram:1")
    made = await db.write(event)
    await db.write(alert, made.id, [one])
    (first,) = await claim(db)
    await db.write(alert, made.id, [one], revision=2, action="edit", now=T0 + 1)
    assert await claim(db, now=T0 + 1) == []
    assert await db.write(deliveries.sent, first.id, "w", "77", T0 + 2)
    (second,) = await claim(db, now=T0 + 2)
    assert (second.action, second.told_ref, second.told_facts) == ("edit", "77", "facts 1")


async def test_what_a_crashed_sender_held_is_superseded(db: Database) -> None:
    """Its lease is over; should it live after all, its settle matches no row."""
    (one,) = await make_chats(db, "telegram:1")
    made = await db.write(event)
    await db.write(alert, made.id, [one])
    (first,) = await claim(db)
    late = T0 + LEASE
    await db.write(alert, made.id, [one], revision=2, action="edit", now=late)
    assert await rows(db, "action, state") == [("push", "superseded"), ("push", "pending")]
    assert not await db.write(deliveries.sent, first.id, "w", "77", late)


async def test_other_events_and_other_chats_are_not_superseded(db: Database) -> None:
    """Only what the same chat waits for of the same event."""
    one, two = await make_chats(db, "telegram:1", "telegram:2")
    made, other = await db.write(event), await db.write(event)
    await db.write(alert, made.id, [one, two])
    await db.write(alert, other.id, [one])
    await db.write(alert, made.id, [one], revision=2)
    assert await rows(db, "chat_id, state") == [
        (one, "superseded"),
        (two, "pending"),
        (one, "pending"),
        (one, "pending"),
    ]


async def test_an_older_alert_never_supersedes_a_newer_one(db: Database) -> None:
    """Queueing it again by mistake leaves the newest facts waiting."""
    (one,) = await make_chats(db, "telegram:1")
    made = await db.write(event)
    await db.write(alert, made.id, [one])
    await db.write(alert, made.id, [one], revision=2)
    await db.write(alert, made.id, [one])
    assert await rows(db, "state") == [("superseded",), ("pending",)]


async def test_more_chats_than_one_statement_takes(db: Database) -> None:
    """An alert for thousands of chats is queued whole, and superseded whole."""

    def make(conn: Connection) -> list[int]:
        return [chat(conn, f"telegram:{i}").id for i in range(2500)]

    everybody = await db.write(make)
    made = await db.write(event)
    await db.write(alert, made.id, everybody)
    assert await db.read(deliveries.waiting) == 2500
    await db.write(alert, made.id, everybody, revision=2, action="edit")
    assert await db.read(deliveries.waiting) == 2500
    assert await db.read(told.followers, made.id) == set(everybody)


async def test_who_was_told_or_is_about_to_be(db: Database) -> None:
    """Those chats follow the event; dead and superseded deliveries told nobody."""
    sent, waiting, dead, sending = await make_chats(db, *(f"telegram:{i}" for i in (1, 2, 3, 4)))
    made, other = await db.write(event), await db.write(event)
    await db.write(alert, made.id, [sent, dead, sending])
    claimed = {d.chat_id: d.id for d in await claim(db)}
    await db.write(deliveries.sent, claimed[sent], "w", "77", T0)
    await db.write(deliveries.dead, claimed[dead], "w", "refused", T0)
    await db.write(alert, made.id, [waiting], revision=2)
    await db.write(alert, other.id, [dead])
    never = (await db.write(chat, "telegram:5")).id
    for revision in (3, 4):
        await db.write(alert, made.id, [never], revision=revision)
    await db.write(chats.pause, never, "blocked", T0)
    assert await db.read(told.followers, made.id) == {sent, waiting, sending}
    assert await db.read(told.followers, 12345) == set()
