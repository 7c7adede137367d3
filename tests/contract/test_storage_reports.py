"""Reports: all of an entry are replaced together, and found from the entry and the event."""

from __future__ import annotations

from storage_samples import LEASE, T0, event, new_entry, save_entries, seed

from storage import entries, reports
from storage.database import Connection, Database
from storage.model import Entry


async def two_entries(db: Database) -> list[Entry]:
    """The second was seen first."""

    def make(conn: Connection) -> list[Entry]:
        save_entries(conn, new_entry("late"), now=T0 + 60)
        save_entries(conn, new_entry("early"), feed=seed("b"))
        found = entries.claim(conn, "w", now=T0 + 60, limit=9, lease=LEASE)
        return sorted(found, key=lambda entry: -entry.first_seen_at)

    return await db.write(make)


async def test_reports_are_found_from_their_entry(db: Database) -> None:
    """In the entry's order, each with the entry and its feed; also one that tells of no event."""
    late, _ = await two_entries(db)
    told = await db.write(lambda conn: event(conn).id)
    await db.write(reports.replace, late.id, [("first", told), ("second", None)])
    found = await db.read(reports.of_entry, late.id)
    assert [(r.ordinal, r.facts, r.event_id, r.entry_id) for r in found] == [
        (0, "first", told, late.id),
        (1, "second", None, late.id),
    ]
    assert found[0].entry == late


async def test_replacing_leaves_nothing_of_before(db: Database) -> None:
    """A correction may tell of fewer happenings, or none."""
    late, early = await two_entries(db)
    await db.write(reports.replace, early.id, [("other", None)])
    for rows in ([("a", None), ("b", None)], [("c", None)]):
        await db.write(reports.replace, late.id, rows)
    assert [r.facts for r in await db.read(reports.of_entry, late.id)] == ["c"]
    await db.write(reports.replace, late.id, [])
    assert await db.read(reports.of_entry, late.id) == []
    assert [r.facts for r in await db.read(reports.of_entry, early.id)] == ["other"]


async def test_reports_of_an_event_come_first_seen_first(db: Database) -> None:
    """Whatever the order of saving: the first source leads."""
    late, early = await two_entries(db)
    ours = await db.write(lambda conn: event(conn).id)
    other = await db.write(lambda conn: event(conn).id)
    await db.write(reports.replace, late.id, [("late", ours), ("elsewhere", other)])
    await db.write(reports.replace, early.id, [("early 1", ours), ("early 2", ours)])
    found = await db.read(reports.of_event, ours)
    assert [(r.facts, r.entry.feed_name) for r in found] == [
        ("early 1", "Journal b"),
        ("early 2", "Journal b"),
        ("late", "Journal a"),
    ]
