"""Claiming deliveries: the most urgent first, each chat one at a time, each event in order."""

from __future__ import annotations

import random

import pytest
from storage_samples import LEASE, T0, alert, chat, event

from storage import deliveries
from storage.database import Connection, Database
from storage.model import Delivery


async def claim(
    db: Database,
    worker: str = "w",
    *,
    sender: str = "telegram",
    now: float = T0,
    limit: int = 10,
) -> list[Delivery]:
    return await db.write(deliveries.claim, sender, worker, now=now, limit=limit, lease=LEASE)


async def make_chats(db: Database, *addresses: str) -> list[int]:
    return [(await db.write(chat, address)).id for address in addresses]


async def test_a_delivery_comes_with_all_the_sender_needs(db: Database) -> None:
    """The alert, the event, the chat, and what the chat was last told of the event."""
    (one,) = await make_chats(db, "telegram:-1/45")
    made = await db.write(event)
    first_alert = await db.write(alert, made.id, [one], now=T0 - 60)
    (first,) = await claim(db)
    assert first == Delivery(
        id=first.id,
        alert_id=first_alert,
        event_id=made.id,
        event_ref="ML-2023-0917-a",
        chat_id=one,
        address="telegram:-1/45",
        language="fr",
        action="push",
        shown_ref=None,
        msg_type="alert",
        facts="facts 1",
        revision=1,
        attempts=1,
        decided_at=T0 - 60,
        told_ref=None,
        told_facts=None,
        told_revision=None,
    )
    await db.write(deliveries.sent, first.id, "w", "77", T0)
    for revision in (2, 3):
        await db.write(alert, made.id, [one], revision=revision, action="edit", msg_type="update")
        (update,) = await claim(db)
        assert (update.msg_type, update.facts) == ("update", f"facts {revision}")
        told = (update.told_ref, update.told_facts, update.told_revision)
        assert told == (f"{75 + revision}", f"facts {revision - 1}", revision - 1)
        await db.write(deliveries.sent, update.id, "w", f"{76 + revision}", T0)


async def test_what_was_told_of_other_events_or_in_other_chats_does_not_count(
    db: Database,
) -> None:
    """An edit must never hit another message."""
    one, two = await make_chats(db, "telegram:1", "telegram:2")
    made, other = await db.write(event), await db.write(event)
    await db.write(alert, other.id, [one])
    await db.write(alert, made.id, [two])
    for delivery in await claim(db):
        await db.write(deliveries.sent, delivery.id, "w", "77", T0)
    await db.write(alert, made.id, [one], revision=2)
    (found,) = await claim(db)
    assert (found.told_ref, found.told_facts, found.told_revision) == (None, None, None)


async def test_a_sender_claims_its_own(db: Database) -> None:
    """Each platform's budget is spent by its own sender."""
    one, two = await make_chats(db, "telegram:1", "console:0")
    await db.write(alert, (await db.write(event)).id, [one, two])
    assert [d.address for d in await claim(db, sender="console")] == ["console:0"]
    assert [d.address for d in await claim(db)] == ["telegram:1"]


async def test_the_most_urgent_comes_first(db: Database) -> None:
    """By priority, then due time, then age; up to the limit."""
    made = await make_chats(db, *(f"telegram:{i}" for i in range(4)))
    for chat_id, priority, now in zip(made, (2, 1, 1, 0), (T0 - 9, T0, T0 - 1, T0), strict=True):
        await db.write(alert, (await db.write(event)).id, [chat_id], priority=priority, now=now)
    assert [d.chat_id for d in await claim(db, limit=3)] == [made[3], made[2], made[1]]
    assert [d.chat_id for d in await claim(db, limit=3)] == [made[0]]


async def test_what_is_not_due_waits(db: Database) -> None:
    """Until its time, to the second."""
    (one,) = await make_chats(db, "telegram:1")
    await db.write(alert, (await db.write(event)).id, [one], now=T0 + 5)
    assert await claim(db, now=T0 + 4.9) == []
    assert len(await claim(db, now=T0 + 5)) == 1


async def test_a_chat_gets_one_at_a_time(db: Database) -> None:
    """The next one only when the first is settled, whatever its urgency and worker."""
    (one,) = await make_chats(db, "telegram:1")
    await db.write(alert, (await db.write(event)).id, [one])
    (first,) = await claim(db)
    await db.write(alert, (await db.write(event)).id, [one], priority=0)
    assert await claim(db, "other") == []
    await db.write(deliveries.sent, first.id, "w", "77", T0)
    assert len(await claim(db, "other")) == 1


async def test_a_chat_gets_the_most_urgent_event_first(db: Database) -> None:
    """Whatever was decided first."""
    (one,) = await make_chats(db, "telegram:1")
    minor, grave = await db.write(event), await db.write(event)
    await db.write(alert, minor.id, [one], priority=3)
    await db.write(alert, grave.id, [one], priority=0)
    assert [d.event_id for d in await claim(db)] == [grave.id]


async def leave_older_behind(db: Database, chat_id: int, event_id: int) -> None:
    """An alert that was being sent when its graver update came, and has to be sent again."""
    await db.write(alert, event_id, [chat_id], priority=3)
    (first,) = await claim(db)
    await db.write(alert, event_id, [chat_id], revision=2, priority=0)
    await db.write(deliveries.retry, first.id, "w", due_at=T0 + 60, error="flood")


async def test_an_event_is_told_in_order(db: Database) -> None:
    """A graver update waits for the alert that it updates, even while that has to wait."""
    (one,) = await make_chats(db, "telegram:1")
    made = await db.write(event)
    await leave_older_behind(db, one, made.id)
    assert await claim(db, now=T0 + 59) == []
    assert [d.revision for d in await claim(db, now=T0 + 60)] == [1]


async def test_an_event_that_waits_holds_up_no_other(db: Database) -> None:
    """Its urgent update cannot go yet, but the chat's other news can."""
    (one,) = await make_chats(db, "telegram:1")
    made, other = await db.write(event), await db.write(event)
    await leave_older_behind(db, one, made.id)
    await db.write(alert, other.id, [one], priority=9)
    assert [d.event_id for d in await claim(db)] == [other.id]


async def test_a_crash_frees_the_delivery_when_the_lease_ends(db: Database) -> None:
    """It is claimed again and counts its attempts; the dead worker's settle matches no row."""
    (one,) = await make_chats(db, "telegram:1")
    await db.write(alert, (await db.write(event)).id, [one])
    (first,) = await claim(db, "crashed")
    assert await claim(db, "next", now=T0 + LEASE - 0.1) == []
    (again,) = await claim(db, "next", now=T0 + LEASE)
    assert (again.id, again.attempts) == (first.id, 2)
    assert not await db.write(deliveries.sent, first.id, "crashed", "77", T0 + LEASE)
    assert await db.write(deliveries.sent, first.id, "next", "78", T0 + LEASE)


async def test_a_renewed_lease_lasts(db: Database) -> None:
    """Only what is still the worker's own and not settled is renewed."""
    one, two, three = await make_chats(db, *(f"telegram:{i}" for i in range(3)))
    await db.write(alert, (await db.write(event)).id, [one, two, three])
    kept, left, settled = [d.id for d in await claim(db)]
    await db.write(deliveries.sent, settled, "w", "77", T0)
    assert await db.write(deliveries.renew, "other", [kept, left], T0 + 60) == 0
    assert await db.write(deliveries.renew, "w", [kept, settled], T0 + 60) == 1
    assert [d.id for d in await claim(db, "next", now=T0 + LEASE)] == [left]


@pytest.mark.parametrize("seed", range(8))
async def test_whatever_happens_everything_is_told_in_order(db: Database, seed: int) -> None:
    """Random alerts, retries and crashes: nothing sounds twice or is stuck, a chat never has two
    on their way, and no chat hears of an event's revisions in the wrong order."""
    chance = random.Random(seed)
    chat_ids = await make_chats(db, *(f"telegram:{i}" for i in range(3)))
    event_ids = [(await db.write(event)).id for _ in range(4)]
    revisions = dict.fromkeys(event_ids, 0)
    now = T0
    flying: dict[int, Delivery] = {}
    heard: list[tuple[int, int, int, str]] = []

    async def settle(delivery: Delivery, how: str) -> None:
        if how == "sent":
            heard.append((delivery.chat_id, delivery.event_id, delivery.revision, delivery.action))
            assert await db.write(deliveries.sent, delivery.id, "w", "77", now)
        elif how == "retry":
            later = now + chance.randrange(40)
            assert await db.write(deliveries.retry, delivery.id, "w", due_at=later, error="flood")
        del flying[delivery.id]

    for step in range(120):
        now += chance.randrange(5)
        if step < 60:
            event_id = chance.choice(event_ids)
            revisions[event_id] += 1
            await db.write(
                alert,
                event_id,
                chance.sample(chat_ids, chance.randint(1, 3)),
                revision=revisions[event_id],
                action=chance.choice(["push", "edit"]),
                priority=chance.randrange(3),
                now=now,
            )
        for delivery in await claim(db, now=now, limit=chance.randint(1, 3)):
            # claimed again: its lease had ended, the worker that held it is gone
            assert delivery.chat_id not in {
                d.chat_id for d in flying.values() if d.id != delivery.id
            }
            flying[delivery.id] = delivery
        for delivery in list(flying.values()):
            how = chance.choice(["sent", "sent", "retry", "wait", "crash"])
            if how in ("sent", "retry"):
                await settle(delivery, how)
            elif how == "crash":
                await db.write(deliveries.renew, "w", [delivery.id], now)
                del flying[delivery.id]
            else:
                await db.write(deliveries.renew, "w", [delivery.id], now + LEASE)
    while await db.read(deliveries.waiting):
        now += 10
        flying.update({d.id: d for d in await claim(db, now=now)})
        for delivery in list(flying.values()):
            await settle(delivery, "sent")
    assert len(heard) == len(set(heard))
    for chat_id in chat_ids:
        for event_id in event_ids:
            told = [r for c, e, r, _ in heard if (c, e) == (chat_id, event_id)]
            assert told == sorted(told)

    def last_decided(conn: Connection) -> set[tuple[int, int, int]]:
        rows = conn.all(
            "select d.chat_id, d.event_id, max(a.revision) as revision"
            " from deliveries d join alerts a on a.id = d.alert_id"
            " group by d.chat_id, d.event_id"
        )
        return {(row["chat_id"], row["event_id"], row["revision"]) for row in rows}

    assert await db.read(last_decided) <= {(c, e, r) for c, e, r, _ in heard}
