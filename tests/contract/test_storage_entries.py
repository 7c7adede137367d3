"""Entries: claimed by one editor at a time until done, failed or given up."""

from __future__ import annotations

import pytest
from storage_samples import LEASE, T0, event, new_entry, save_entries, seed

from storage import entries, feeds, reports
from storage.database import Connection, Database, StaleLease
from storage.model import Entry


async def claim(
    db: Database, worker: str = "w", *, now: float = T0, limit: int = 10
) -> list[Entry]:
    return await db.write(entries.claim, worker, now=now, limit=limit, lease=LEASE)


async def test_an_entry_comes_with_what_its_feed_adds(db: Database) -> None:
    """Everything the editor needs, in one record."""
    await db.write(save_entries, new_entry("7", published_at=None))
    (found,) = await claim(db)
    feed = await db.read(feeds.by_id, found.feed_id)
    assert feed
    assert found == Entry(
        id=found.id,
        feed_id=feed.id,
        guid="7",
        url="https://a.example/7",
        canonical_url="https://a.example/7",
        title="Titre first",
        summary="Chapeau first",
        published_at=None,
        first_seen_at=T0,
        content_hash="first",
        fingerprint="7 first",
        revision=1,
        quiet=None,
        feed_name="Journal a",
        feed_url="https://a.example/a.xml",
        feed_kind="national press",
        feed_language="fr",
        feed_countries=("ML", "BF"),
        feed_reliability="B",
        feed_origin="Agence",
        feed_state_media=True,
        attempts=1,
    )


async def test_the_longest_waiting_comes_first(db: Database) -> None:
    """Up to the limit, in the order in which they were saved; nothing is given out twice."""
    await db.write(save_entries, new_entry("3"), new_entry("1"))
    await db.write(save_entries, new_entry("2"), now=T0 - 5)
    assert [e.guid for e in await claim(db, limit=2)] == ["2", "3"]
    assert [e.guid for e in await claim(db, "other", limit=2)] == ["1"]
    assert await claim(db) == []
    assert await db.read(entries.waiting) == 3


async def test_done_is_done(db: Database) -> None:
    """It is never claimed again and no longer waits."""
    await db.write(save_entries, new_entry())
    (entry,) = await claim(db)
    assert await db.write(entries.done, entry.id, "w", T0 + 1)
    assert await claim(db, now=T0 + 100) == []
    assert await db.read(entries.waiting) == 0
    assert not await db.write(entries.done, entry.id, "w", T0 + 2)


async def test_a_crash_frees_the_entry_when_the_lease_ends(db: Database) -> None:
    """It is claimed again and counts its attempts."""
    await db.write(save_entries, new_entry())
    await claim(db, "crashed")
    assert await claim(db, "next", now=T0 + LEASE - 0.1) == []
    (again,) = await claim(db, "next", now=T0 + LEASE)
    assert again.attempts == 2


async def test_work_on_a_lost_lease_is_rolled_back(db: Database) -> None:
    """The slow editor's event and reports vanish with its transaction; the next one's stay."""
    await db.write(save_entries, new_entry())
    (entry,) = await claim(db, "slow")
    await claim(db, "next", now=T0 + LEASE)

    def settle(conn: Connection, worker: str) -> None:
        reports.replace(conn, entry.id, [(worker, event(conn).id)])
        if not entries.done(conn, entry.id, worker, T0 + LEASE):
            raise StaleLease(worker)

    with pytest.raises(StaleLease):
        await db.write(settle, "slow")
    assert await db.read(reports.of_entry, entry.id) == []
    await db.write(settle, "next")
    assert [r.facts for r in await db.read(reports.of_entry, entry.id)] == ["next"]
    assert await db.read(lambda conn: len(conn.all("select id from events"))) == 1


async def test_a_correction_takes_the_entry_from_its_editor(db: Database) -> None:
    """What was understood of the old text is not settled over the new one."""
    await db.write(save_entries, new_entry())
    (entry,) = await claim(db)
    await db.write(save_entries, new_entry(content="second"), now=T0 + 1)
    assert not await db.write(entries.done, entry.id, "w", T0 + 2)
    assert [e.title for e in await claim(db, now=T0 + 2)] == ["Titre second"]


async def test_a_failed_entry_comes_again_at_its_time(db: Database) -> None:
    """Not before, and other entries do not wait for it."""
    await db.write(save_entries, new_entry("1"), new_entry("2"))
    first, second = await claim(db)
    assert await db.write(
        entries.failed, first.id, "w", "bug", retry_at=T0 + 60, dead=False, now=T0
    )
    await db.write(entries.done, second.id, "w", T0)
    assert await claim(db, now=T0 + 59) == []
    assert [e.attempts for e in await claim(db, now=T0 + 60)] == [2]


async def test_a_dead_entry_never_comes_again(db: Database) -> None:
    """It is kept with its error for people to see."""
    await db.write(save_entries, new_entry())
    (entry,) = await claim(db)
    assert await db.write(entries.failed, entry.id, "w", "bug", retry_at=T0, dead=True, now=T0 + 1)
    assert await claim(db, now=T0 + 1000) == []
    assert await db.read(entries.waiting) == 0
    kept = await db.read(lambda conn: conn.one("select error, dead_at from entries"))
    assert kept == {"error": "bug", "dead_at": T0 + 1}


async def test_only_the_holder_can_fail_an_entry(db: Database) -> None:
    """A stale worker's failure matches no row."""
    await db.write(save_entries, new_entry())
    (entry,) = await claim(db, "slow")
    await claim(db, "next", now=T0 + LEASE)
    assert not await db.write(
        entries.failed, entry.id, "slow", "bug", retry_at=T0, dead=True, now=T0 + LEASE
    )
    assert await db.write(entries.done, entry.id, "next", T0 + LEASE)


async def test_copies_are_entries_of_the_same_address_or_text(db: Database) -> None:
    """Whatever their feed; each event once; not the entry itself, and nothing older."""
    same_url, same_text = "https://x.example/1", "folded text"

    def tell(conn: Connection) -> tuple[int, int]:
        save_entries(conn, new_entry("old", url=same_url), feed=seed("c"), now=T0 - 100)
        save_entries(
            conn,
            new_entry("1", url=same_url, fingerprint=same_text),
            new_entry("2", url=same_url),
            new_entry("3", fingerprint=same_text),
            new_entry("4"),
            feed=seed("b"),
        )
        save_entries(conn, new_entry("me", url=same_url, fingerprint=same_text))
        ids = [event(conn).id for _ in range(5)]
        found = {
            e.guid or "": e.id for e in entries.claim(conn, "w", now=T0, limit=9, lease=LEASE)
        }
        told: dict[str, list[int | None]] = {
            "old": [ids[0]],
            "1": [ids[1], None],
            "2": [ids[1]],
            "3": [ids[2]],
            "4": [ids[3]],
            "me": [ids[4]],
        }
        for guid, event_ids in told.items():
            reports.replace(conn, found[guid], [("{}", event_id) for event_id in event_ids])
        return ids[1], ids[2]

    expected = await db.write(tell)
    found = await claim(db, now=T0 + LEASE)
    (me,) = [entry for entry in found if entry.guid == "me"]
    assert await db.read(entries.copies, me, T0 - 50) == list(expected)


async def test_entries_without_address_or_text_are_no_copies(db: Database) -> None:
    """That two lack the same thing says nothing."""

    def tell(conn: Connection) -> None:
        save_entries(
            conn,
            new_entry("1", url="", fingerprint=""),
            new_entry("2", url="", fingerprint=""),
        )

    await db.write(tell)
    one, two = await claim(db)
    event_id = await db.write(lambda conn: event(conn).id)
    await db.write(reports.replace, one.id, [("{}", event_id)])
    assert await db.read(entries.copies, two, 0.0) == []
