"""Merged events: whose reports, whose chats, which message; and what moderators ruled."""

from __future__ import annotations

from storage_samples import LEASE, T0, alert, chat, event, new_entry, save_entries

from storage import deliveries, entries, events, reports, rulings, told
from storage.database import Connection, Database
from storage.model import Delivery, RulingAction


async def send(db: Database, now: float) -> list[Delivery]:
    found = await db.write(deliveries.claim, "telegram", "w", now=now, limit=10, lease=LEASE)
    for delivery in found:
        await db.write(deliveries.sent, delivery.id, "w", f"m{delivery.id}", now)
    return found


async def two_told(db: Database) -> tuple[int, int, int, int]:
    """Two events: chat `both` was told of each, chat `one` of the second alone."""
    stays, goes = [(await db.write(event)).id for _ in range(2)]
    both, one = [(await db.write(chat, f"telegram:{i}")).id for i in (1, 2)]
    await db.write(alert, stays, [both])
    await send(db, T0)
    await db.write(alert, goes, [both, one])
    await send(db, T0)
    return stays, goes, both, one


async def test_the_chats_of_a_merged_event_follow_the_other(db: Database) -> None:
    """One edits the message it has: its own event's where it has one, else the merged one's."""
    stays, goes, both, one = await two_told(db)
    assert await db.read(told.followers, stays) == {both}
    await db.write(events.merge, goes, stays, T0)
    assert await db.read(told.followers, stays) == {both, one}
    await db.write(alert, stays, [both, one], revision=2, action="edit", msg_type="update")
    assert {d.chat_id: d.told_ref for d in await send(db, T0 + 1)} == {both: "m1", one: "m3"}


async def test_the_sound_of_a_merged_event_counts(db: Database) -> None:
    """A chat that was just told of the one is only shown what the other adds."""
    stays, goes, _, one = await two_told(db)
    await db.write(events.merge, goes, stays, T0)
    await db.write(alert, stays, [one], revision=2, now=T0 + 60)
    assert [d.action for d in await send(db, T0 + 60)] == ["edit"]
    later = await send(db, T0 + deliveries.PUSH_SPACING)
    assert [(d.action, d.revision) for d in later] == [("push", 2)]


async def test_parted_events_have_a_message_each(db: Database) -> None:
    """The one that leaves takes its message along; the chat was never told of the other one."""
    stays, goes, both, one = await two_told(db)
    await db.write(events.merge, goes, stays, T0)
    await db.write(alert, stays, [both, one], revision=2, action="edit", msg_type="update")
    for delivery in await db.write(
        deliveries.claim, "telegram", "w", now=T0 + 1, limit=10, lease=LEASE
    ):
        # an edit leaves the message's reference as it is
        await db.write(deliveries.sent, delivery.id, "w", str(delivery.told_ref), T0 + 1)
    await db.write(events.unmerge, goes, T0 + 2)
    assert await db.read(told.followers, stays) == {both, one}
    await db.write(alert, stays, [one], revision=3, now=T0 + 2, msg_type="update")
    await db.write(told.part, goes, stays, T0 + 2)
    assert await db.read(told.followers, stays) == {both}
    await db.write(alert, stays, [both], revision=4, action="edit", msg_type="update")
    await db.write(alert, goes, [one], revision=2, action="edit", msg_type="update")
    refs = {(d.event_id, d.chat_id): d.told_ref for d in await send(db, T0 + 3)}
    refs |= {(d.event_id, d.chat_id): d.told_ref for d in await send(db, T0 + 4)}
    assert refs == {(stays, both): "m1", (goes, one): "m3"}


async def test_a_merged_events_reports_are_the_others(db: Database) -> None:
    """Nothing is moved: taken apart, each has its own again, and what was put there by hand."""
    stays, goes = [(await db.write(event)).id for _ in range(2)]
    await db.write(save_entries, new_entry("1"), new_entry("2"))

    def claim(conn: Connection) -> list[int]:
        found = entries.claim(conn, "w", now=T0, limit=9, lease=LEASE)
        return [entry.id for entry in found]

    first, second = await db.write(claim)
    await db.write(reports.replace, first, [("one", stays)])
    await db.write(reports.replace, second, [("two", goes), ("three", stays)])

    async def facts(event_id: int) -> list[str]:
        return [row.facts for row in await db.read(reports.of_event, event_id)]

    await db.write(events.merge, goes, stays, T0)
    assert await facts(stays) == ["one", "two", "three"]
    await db.write(events.unmerge, goes, T0)
    assert await facts(stays) == ["one", "three"]
    rows = await db.read(reports.of_event, stays)
    await db.write(reports.move, [rows[1].id], goes, T0 + 5)
    assert await facts(goes) == ["two", "three"]
    # the source corrects its text: what a moderator put there stays put
    await db.write(reports.replace, second, [("two again", goes), ("new", None)])
    ruled = {row.facts: row.ruled_at for row in await db.read(reports.of_entry, second)}
    assert ruled == {"two again": T0 + 5, "new": None}


async def test_a_ruling_is_undone_once_and_never_erased(db: Database) -> None:
    """In force until then; listed for ever."""
    made = await db.write(event)

    async def add(action: RulingAction) -> int:
        return await db.write(
            rulings.add, event_id=made.id, action=action, params="{}", made_by=7, now=T0
        )

    first, second = await add("correct"), await add("retract")
    assert [r.id for r in await db.read(rulings.in_force, made.id)] == [first, second]
    assert await db.write(rulings.undo, first, 8, T0 + 1)
    assert not await db.write(rulings.undo, first, 8, T0 + 2)
    assert not await db.write(rulings.undo, 99, 8, T0 + 2)
    assert [r.id for r in await db.read(rulings.in_force, made.id)] == [second]
    newest, oldest = await db.read(rulings.latest, 5)
    assert (newest.id, newest.undone_at, newest.ref) == (second, None, made.ref)
    assert (oldest.id, oldest.undone_at) == (first, T0 + 1)
    assert await db.read(rulings.by_id, 99) is None


async def test_withdrawing_spares_those_told_of_the_merged_one(db: Database) -> None:
    """They know of it; whoever was only to be told need not hear that it was false."""
    stays, goes, both, one = await two_told(db)
    never = (await db.write(chat, "telegram:3")).id
    await db.write(events.merge, goes, stays, T0)
    await db.write(alert, stays, [both, one, never], revision=2, now=T0 + 1)
    assert await db.write(deliveries.withdraw, stays, T0 + 1) == 1
