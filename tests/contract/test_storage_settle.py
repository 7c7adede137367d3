"""Settling a delivery: each way a send can end, and only by the worker that holds it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from storage_samples import LEASE, T0, alert, chat, event, subscribe

from storage import chats, deliveries, subscriptions, told
from storage.database import Database
from storage.model import Delivery, ToldRow

Settle = Callable[[Database, int, str], Awaitable[bool]]

SETTLES: dict[str, Settle] = {
    "sent": lambda db, i, w: db.write(deliveries.sent, i, w, "77", T0),
    "retry": lambda db, i, w: db.write(deliveries.retry, i, w, due_at=T0, error="flood"),
    "dead": lambda db, i, w: db.write(deliveries.dead, i, w, "refused", T0),
    "gone": lambda db, i, w: db.write(deliveries.gone, i, w, "blocked", T0),
    "moved": lambda db, i, w: db.write(deliveries.moved, i, w, "telegram:-100", T0),
}


async def start(db: Database, *addresses: str, now: float = T0) -> list[Delivery]:
    """One alert on its way to each address."""
    chat_ids = [(await db.write(chat, address)).id for address in addresses]
    await db.write(alert, (await db.write(event)).id, chat_ids, now=now)
    return await claim(db, now=now)


async def claim(db: Database, worker: str = "w", *, now: float = T0) -> list[Delivery]:
    return await db.write(deliveries.claim, "telegram", worker, now=now, limit=10, lease=LEASE)


async def everything(db: Database) -> list[Any]:
    """All that a settle could change."""
    return await db.read(
        lambda conn: [conn.all("select * from deliveries"), conn.all("select * from chats")]
    )


@pytest.mark.parametrize("how", SETTLES)
async def test_a_stale_workers_settle_matches_no_row(db: Database, how: str) -> None:
    """Somebody else has claimed the delivery since: nothing changes, and the worker learns it."""
    (delivery,) = await start(db, "telegram:1")
    await claim(db, "next", now=T0 + LEASE)
    before = await everything(db)
    assert not await SETTLES[how](db, delivery.id, "w")
    assert await everything(db) == before


@pytest.mark.parametrize("again", SETTLES)
@pytest.mark.parametrize("how", SETTLES)
async def test_a_delivery_is_settled_once(db: Database, how: str, again: str) -> None:
    """A settle ends the lease, so that no second settle of the same worker can follow."""
    (delivery,) = await start(db, "telegram:1")
    assert await SETTLES[how](db, delivery.id, "w")
    before = await everything(db)
    assert not await SETTLES[again](db, delivery.id, "w")
    assert await everything(db) == before


async def test_a_sent_delivery_is_done(db: Database) -> None:
    """It waits no more, and the message can be found again for an edit."""
    (delivery,) = await start(db, "telegram:1")
    assert await db.read(deliveries.waiting) == 1
    await db.write(deliveries.sent, delivery.id, "w", "77", T0 + 2)
    assert await db.read(deliveries.waiting) == 0
    assert await claim(db, now=T0 + 1000) == []
    kept = await db.read(
        lambda conn: conn.one("select state, message_ref, sent_at from deliveries")
    )
    assert kept == {"state": "sent", "message_ref": "77", "sent_at": T0 + 2}


async def test_a_retry_comes_at_its_time(db: Database) -> None:
    """Attempts count what was tried; waiting for a platform's flood control is no attempt."""
    (delivery,) = await start(db, "telegram:1")
    await db.write(deliveries.retry, delivery.id, "w", due_at=T0 + 30, error="HTTP 500")
    assert await claim(db, now=T0 + 29) == []
    (second,) = await claim(db, now=T0 + 30)
    assert (second.id, second.attempts) == (delivery.id, 2)
    await db.write(
        deliveries.retry, second.id, "w", due_at=T0 + 60, error="flood", count_attempt=False
    )
    (third,) = await claim(db, now=T0 + 60)
    assert third.attempts == 2


async def test_a_dead_letter_is_kept_and_counted(db: Database) -> None:
    """Only that one: the chat's other deliveries go on."""
    (delivery,) = await start(db, "telegram:1")
    await db.write(alert, (await db.write(event)).id, [delivery.chat_id])
    await db.write(deliveries.dead, delivery.id, "w", "refused", T0 + 5)
    kept = await db.read(
        lambda conn: conn.one("select state, error from deliveries order by id limit 1")
    )
    assert kept == {"state": "dead", "error": "refused"}
    assert await db.read(deliveries.dead_count, T0 + 5) == 1
    assert await db.read(deliveries.dead_count, T0 + 6) == 0
    assert len(await claim(db)) == 1


async def test_a_chat_that_is_gone_is_paused(db: Database) -> None:
    """All that waits for it is dead, its subscriptions stay; other chats go on."""
    first, other = await start(db, "telegram:1", "telegram:2")
    await db.write(subscribe, "telegram:1", "telegram:1")
    for _ in range(2):
        await db.write(alert, (await db.write(event)).id, [first.chat_id, other.chat_id])
    assert await db.write(deliveries.gone, first.id, "w", "blocked by the user", T0 + 5)
    paused = await db.read(chats.by_id, first.chat_id)
    assert paused
    assert (paused.paused_at, paused.pause_reason) == (T0 + 5, "blocked by the user")
    assert await db.read(deliveries.dead_count, T0) == 3
    assert await db.read(deliveries.waiting) == 3
    assert len(await db.read(subscriptions.of_chat, first.chat_id)) == 1
    assert {d.chat_id for d in await claim(db, now=T0 + LEASE)} == {other.chat_id}


async def test_a_moved_chat_gets_its_delivery_at_once(db: Database) -> None:
    """At the new address; what else waits for the chat follows."""
    (delivery,) = await start(db, "telegram:-1")
    other = await db.write(event)
    await db.write(alert, other.id, [delivery.chat_id], priority=9)
    await db.write(deliveries.moved, delivery.id, "w", "telegram:-1001", T0 + 5)
    (again,) = await claim(db, now=T0 + 5)
    assert (again.id, again.address) == (delivery.id, "telegram:-1001")
    await db.write(deliveries.sent, again.id, "w", "77", T0 + 5)
    (following,) = await claim(db, now=T0 + 5)
    assert (following.event_id, following.address) == (other.id, "telegram:-1001")


async def test_a_delivery_that_moves_to_a_known_chat_is_told_once(db: Database) -> None:
    """The chat at that address was to be told the same: one of the two remains."""
    old, new = await start(db, "telegram:-1", "telegram:-1001")
    assert await db.write(deliveries.moved, old.id, "w", new.address, T0 + 5)
    assert await db.read(chats.by_id, old.chat_id) is None
    assert await db.read(deliveries.waiting) == 1
    assert await db.write(deliveries.sent, new.id, "w", "77", T0 + 6)


async def test_a_chat_can_ask_why(db: Database) -> None:
    """What it was sent, last first, with the reason and the facts as told; not what waits."""
    (first,) = await start(db, "telegram:1")
    await db.write(deliveries.sent, first.id, "w", "77", T0 + 1)
    await db.write(
        alert,
        first.event_id,
        [first.chat_id],
        revision=2,
        action="edit",
        msg_type="update",
    )
    (update,) = await claim(db)
    await db.write(deliveries.sent, update.id, "w", "77", T0 + 2)
    await db.write(alert, (await db.write(event)).id, [first.chat_id])
    last, before = await db.read(told.last_of_chat, first.chat_id, 9)
    ref, event_id = first.event_ref, first.event_id
    assert last == ToldRow(ref, event_id, "why 2", T0 + 2, "update", "facts 2")
    assert before == ToldRow(ref, event_id, "why 1", T0 + 1, "alert", "facts 1")
    assert await db.read(told.last_of_chat, first.chat_id, 1) == [last]
    assert await db.read(told.last_of_chat, 12345, 9) == []
