"""Chats: made when somebody speaks, paused when we may not write, followed when they move."""

from __future__ import annotations

from storage_samples import LEASE, T0, alert, chat, event, subscribe

from storage import chats, deliveries, subscriptions
from storage.database import Connection, Database
from storage.model import Chat


async def states(db: Database) -> list[tuple[str, str]]:
    """Every delivery's chat and state, in order."""
    rows = await db.read(
        lambda conn: conn.all(
            "select c.address, d.state from deliveries d join chats c on c.id = d.chat_id"
            " order by d.id"
        )
    )
    return [(row["address"], row["state"]) for row in rows]


async def test_a_chat_is_made_once(db: Database) -> None:
    """Its language is what it had when it was new, until it is set."""
    made = await db.write(chats.ensure, "telegram:-100/45", language="fr", now=T0)
    assert made == Chat(made.id, "telegram:-100/45", "fr", T0, None, None)
    assert await db.write(chats.ensure, "telegram:-100/45", language="en", now=T0 + 9) == made
    await db.write(chats.set_language, made.id, "en")
    after = await db.read(chats.by_id, made.id)
    assert after
    assert after.language == "en"
    assert await db.read(chats.by_address, "telegram:-100/45") == after


async def test_topics_of_a_group_are_chats_of_their_own(db: Database) -> None:
    """An address is matched whole."""
    await db.write(chat, "telegram:-100/45")
    assert await db.read(chats.by_address, "telegram:-100") is None
    assert await db.read(chats.by_id, 12345) is None


async def test_a_pause_lasts_until_somebody_speaks(db: Database) -> None:
    """The first reason is kept."""
    made = await db.write(chat)
    await db.write(chats.pause, made.id, "blocked", T0 + 1)
    await db.write(chats.pause, made.id, "other", T0 + 2)
    paused = await db.read(chats.by_id, made.id)
    assert paused
    assert (paused.paused_at, paused.pause_reason) == (T0 + 1, "blocked")
    assert await db.write(chat) == made


async def test_a_pause_ends_what_waits(db: Database) -> None:
    """Alerts are not told weeks later; what is being sent is left to its sender, and other
    chats are not touched."""

    def pause_amid_sending(conn: Connection) -> None:
        one, two = chat(conn, "telegram:1").id, chat(conn, "telegram:2").id
        for _ in range(2):
            alert(conn, event(conn).id, [one, two])
        deliveries.claim(conn, "telegram", "w", now=T0, limit=1, lease=LEASE)
        chats.pause(conn, one, "stopped", T0 + 1)

    await db.write(pause_amid_sending)
    assert await states(db) == [
        ("telegram:1", "pending"),
        ("telegram:2", "pending"),
        ("telegram:1", "dead"),
        ("telegram:2", "pending"),
    ]
    assert await db.write(deliveries.sent, 1, "w", "77", T0 + 2)


async def test_active_chats_have_a_subscription_and_no_pause(db: Database) -> None:
    """However many subscriptions they have."""

    def make(conn: Connection) -> None:
        for query in ("a", "b"):
            subscribe(conn, "telegram:1", "telegram:1", query)
        subscribe(conn, "telegram:2", "telegram:2")
        paused = subscribe(conn, "telegram:3", "telegram:3")
        assert paused
        chats.pause(conn, paused.chat_id, "blocked", T0)
        chat(conn, "telegram:4")

    await db.write(make)
    assert await db.read(chats.count_active) == 2


async def test_a_moved_chat_keeps_everything_but_its_messages(db: Database) -> None:
    """The old message numbers mean other messages at the new address."""
    subscription = await db.write(subscribe, "telegram:-1", "telegram:9")
    assert subscription
    chat_id = subscription.chat_id
    told = await db.write(event)
    await db.write(alert, told.id, [chat_id])
    await db.write(deliveries.claim, "telegram", "w", now=T0, limit=1, lease=LEASE)
    await db.write(deliveries.sent, 1, "w", "77", T0)
    await db.write(chats.move, chat_id, "telegram:-1001")
    moved = await db.read(chats.by_address, "telegram:-1001")
    assert moved
    assert moved.id == chat_id
    assert await db.read(subscriptions.of_chat, chat_id) == [subscription]
    await db.write(alert, told.id, [chat_id], revision=2, action="edit", msg_type="update")
    (update,) = await db.write(deliveries.claim, "telegram", "w", now=T0, limit=1, lease=LEASE)
    assert update.address == "telegram:-1001"
    assert (update.told_ref, update.told_facts, update.told_revision) == (None, "facts 1", 1)


async def test_a_chat_that_moves_to_a_known_one_is_merged(db: Database) -> None:
    """Subscriptions of both, each once; an alert that both had stays once; the old chat ends."""

    def make(conn: Connection) -> tuple[int, int]:
        for address, identity, query in [
            ("telegram:-1", "telegram:8", "a"),
            ("telegram:-1", "telegram:9", "a"),
            ("telegram:-1", "telegram:9", "b"),
            ("telegram:-1001", "telegram:9", "a"),
        ]:
            subscribe(conn, address, identity, query)
        old, new = chat(conn, "telegram:-1").id, chat(conn, "telegram:-1001").id
        alert(conn, event(conn).id, [old, new])
        alert(conn, event(conn).id, [old])
        return old, new

    old, new = await db.write(make)
    await db.write(chats.move, old, "telegram:-1001")
    assert await db.read(chats.by_id, old) is None
    found = await db.read(subscriptions.of_chat, new)
    assert sorted(s.query for s in found) == ["a", "a", "b"]
    assert await states(db) == [("telegram:-1001", "pending")] * 2


async def test_a_merged_chat_keeps_the_language_of_its_subscriptions(db: Database) -> None:
    """One that was only greeted takes over the language that people chose in the old one."""

    def make(conn: Connection, group: str, subscribed: bool) -> str:
        old = chats.ensure(conn, f"telegram:-{group}", language="en", now=T0)
        new = chats.ensure(conn, f"telegram:-100{group}", language="fr", now=T0)
        if subscribed:
            subscribe(conn, new.address, "telegram:9")
        chats.move(conn, old.id, new.address)
        merged = chats.by_id(conn, new.id)
        assert merged
        return merged.language

    assert await db.write(make, "1", False) == "en"
    assert await db.write(make, "2", True) == "fr"


async def test_a_merged_chat_is_not_paused(db: Database) -> None:
    """The platform just said that the chat lives there."""

    def make(conn: Connection) -> Chat | None:
        old, new = chat(conn, "telegram:-1"), chat(conn, "telegram:-1001")
        chats.pause(conn, new.id, "kicked", T0)
        chats.move(conn, old.id, new.address)
        return chats.by_id(conn, new.id)

    merged = await db.write(make)
    assert merged
    assert (merged.paused_at, merged.pause_reason) == (None, None)


async def test_a_chat_that_moves_to_where_it_is_stays(db: Database) -> None:
    """Told twice of the same move, nothing is lost."""
    made = await db.write(chat)
    await db.write(chats.move, made.id, made.address)
    assert await db.read(chats.by_id, made.id) == made
