"""Forgetting a person erases all that is theirs, and nothing that is others'."""

from __future__ import annotations

from storage_samples import LEASE, T0, alert, chat, event, subscribe

from storage import deliveries, subscribers, subscriptions
from storage.database import Connection, Database
from storage.subscribers import Forgotten


async def addresses(db: Database) -> list[str]:
    rows = await db.read(lambda conn: conn.all("select address from chats order by address"))
    return [row["address"] for row in rows]


async def count(db: Database, table: str) -> int:
    rows = await db.read(lambda conn: conn.all(f"select 1 from {table}"))  # noqa: S608
    return len(rows)


async def test_a_subscriber_is_made_once(db: Database) -> None:
    """One identity, one row."""
    one = await db.write(subscribers.ensure, "telegram:9", T0)
    other = await db.write(subscribers.ensure, "discord:9", T0)
    assert await db.write(subscribers.ensure, "telegram:9", T0 + 9) == one
    assert one != other


async def test_the_private_chat_goes_with_all_its_deliveries(db: Database) -> None:
    """Pending ones are never sent, references to sent messages are lost; what was decided about
    events stays."""

    def make(conn: Connection) -> None:
        made = subscribe(conn, "telegram:9", "telegram:9")
        assert made
        for _ in range(3):
            alert(conn, event(conn).id, [made.chat_id])
        (first,) = deliveries.claim(conn, "telegram", "w", now=T0, limit=1, lease=LEASE)
        deliveries.sent(conn, first.id, "w", "77", T0)

    await db.write(make)
    gone = await db.write(subscribers.forget, "telegram:9")
    assert gone == Forgotten(subscriptions=1, deliveries=3, chats=1)
    for table, rows in [
        ("subscribers", 0),
        ("subscriptions", 0),
        ("chats", 0),
        ("deliveries", 0),
        ("events", 3),
        ("alerts", 3),
    ]:
        assert (table, await count(db, table)) == (table, rows)


async def test_a_chat_that_lived_by_the_person_alone_goes_too(db: Database) -> None:
    """A group in which others are subscribed stays with what was sent there."""

    def make(conn: Connection) -> None:
        ours = subscribe(conn, "telegram:-1", "telegram:9")
        shared = subscribe(conn, "telegram:-2", "telegram:9")
        subscribe(conn, "telegram:-2", "telegram:8")
        assert ours
        assert shared
        alert(conn, event(conn).id, [ours.chat_id, shared.chat_id])

    await db.write(make)
    gone = await db.write(subscribers.forget, "telegram:9")
    assert gone == Forgotten(subscriptions=2, deliveries=1, chats=1)
    assert await addresses(db) == ["telegram:-2"]
    assert await count(db, "deliveries") == 1
    assert await db.read(subscriptions.export) == [
        {"chat": "telegram:-2", "subscriber": "telegram:8", "query": "kind:attack"}
    ]


async def test_somebody_elses_empty_chats_stay(db: Database) -> None:
    """Without a subscription of the person a chat holds nothing about them."""
    await db.write(chat, "telegram:-3")
    await db.write(subscribe, "telegram:-1", "telegram:9")
    await db.write(subscribers.forget, "telegram:9")
    assert await addresses(db) == ["telegram:-3"]


async def test_a_private_chat_without_subscription_goes(db: Database) -> None:
    """Its address is the person; topics of it too. Numbers that only begin alike stay."""
    for address in ("telegram:9", "telegram:9/5", "telegram:99", "discord:9"):
        await db.write(chat, address)
    gone = await db.write(subscribers.forget, "telegram:9")
    assert gone == Forgotten(subscriptions=0, deliveries=0, chats=2)
    assert await addresses(db) == ["discord:9", "telegram:99"]


async def test_who_is_unknown_leaves_everything(db: Database) -> None:
    """Nothing to erase is an answer, not an error."""
    await db.write(subscribe, "telegram:8", "telegram:8")
    assert await db.write(subscribers.forget, "telegram:9") == Forgotten(0, 0, 0)
    assert await addresses(db) == ["telegram:8"]


async def test_a_message_in_flight_leaves_no_trace(db: Database) -> None:
    """Its settle matches no row, also when the person comes back and is alerted again."""

    def start(conn: Connection) -> int:
        made = subscribe(conn, "telegram:9", "telegram:9")
        assert made
        alert(conn, event(conn).id, [made.chat_id])
        (mine,) = deliveries.claim(conn, "telegram", "w", now=T0, limit=1, lease=LEASE)
        return mine.id

    before = await db.write(start)
    await db.write(subscribers.forget, "telegram:9")
    after = await db.write(start)
    assert not await db.write(deliveries.sent, before, "w", "77", T0)
    assert await db.read(deliveries.waiting) == 1
    assert await db.write(deliveries.sent, after, "w", "78", T0)
