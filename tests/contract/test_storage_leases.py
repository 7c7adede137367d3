"""A lease: one holder at a time, and never longer than it says."""

from __future__ import annotations

import asyncio

from storage import leases
from storage.database import Database


async def take(db: Database, holder: str, now: float) -> bool:
    return await db.write(leases.take, "editor", holder, now=now, until=now + 15)


async def test_only_one_holds_it(db: Database) -> None:
    """Others are refused until it expires; the holder may take it again, which renews it."""
    assert [await take(db, *ask) for ask in [("a", 0), ("b", 14.9), ("a", 14.9), ("b", 29.8)]] == [
        True,
        False,
        True,
        False,
    ]
    assert await take(db, "b", 29.9)
    assert not await take(db, "a", 30.0)


async def test_a_released_lease_is_free_at_once(db: Database) -> None:
    """Only its holder can release it."""
    await take(db, "a", 0)
    assert not await db.write(leases.release, "editor", "b")
    assert not await take(db, "b", 1)
    assert await db.write(leases.release, "editor", "a")
    assert await take(db, "b", 1)


async def test_names_do_not_meet(db: Database) -> None:
    """Each name is a lease of its own."""
    await take(db, "a", 0)
    assert await db.write(leases.take, "sender:telegram", "b", now=0.0, until=15.0)


async def test_of_many_who_ask_at_once_one_gets_it(db: Database, database_url: str) -> None:
    """Also from two database objects, as two processes have them."""
    other = await Database.open(database_url)
    asked = [take(d, f"{d is db} {i}", 0) for i in range(10) for d in (db, other)]
    answers = await asyncio.gather(*asked)
    await other.close()
    assert sum(answers) == 1
