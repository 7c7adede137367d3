"""Subscriptions: asked for once, removed by their chat only, and a change is noticed cheaply."""

from __future__ import annotations

from collections.abc import Callable

from storage_samples import T0, chat, subscribe

from storage import chats, subscribers, subscriptions
from storage.database import Connection, Database
from storage.model import Subscription


async def test_a_subscription_is_kept_as_it_was_typed(db: Database) -> None:
    """The query as typed is shown, the query as understood makes it unique."""

    def make(conn: Connection) -> Subscription | None:
        return subscriptions.add(
            conn,
            subscriber_id=subscribers.ensure(conn, "telegram:9", T0),
            chat_id=chat(conn).id,
            query="Attaque  GAO",
            query_norm="attaque gao",
            now=T0 + 5,
        )

    made = await db.write(make)
    assert made
    assert made == Subscription(
        made.id, made.subscriber_id, made.chat_id, "Attaque  GAO", "attaque gao", T0 + 5
    )
    assert await db.write(make) is None
    assert await db.read(subscriptions.of_chat, made.chat_id) == [made]


async def test_others_may_ask_for_the_same(db: Database) -> None:
    """Another person in the chat, and the same person in another chat."""
    made = [
        await db.write(subscribe, address, identity)
        for address, identity in [
            ("telegram:-1", "telegram:8"),
            ("telegram:-1", "telegram:9"),
            ("telegram:9", "telegram:9"),
        ]
    ]
    assert None not in made
    assert await db.read(subscriptions.count) == 3


async def test_a_chat_removes_only_its_own(db: Database) -> None:
    """What was removed is returned, so that it can be undone."""
    made = await db.write(subscribe, "telegram:1", "telegram:1")
    other = await db.write(subscribe, "telegram:2", "telegram:2")
    assert made
    assert other
    assert await db.write(subscriptions.remove, made.id, other.chat_id) is None
    assert await db.write(subscriptions.remove, made.id, made.chat_id) == made
    assert await db.write(subscriptions.remove, made.id, made.chat_id) is None
    assert await db.read(subscriptions.of_chat, made.chat_id) == []
    assert await db.read(subscriptions.active) == [other]


async def test_paused_chats_are_not_active(db: Database) -> None:
    """Their subscriptions are kept for when somebody speaks again."""
    made = [await db.write(subscribe, f"telegram:{i}", f"telegram:{i}") for i in range(3)]
    assert made[1]
    await db.write(chats.pause, made[1].chat_id, "blocked", T0)
    assert await db.read(subscriptions.active) == [made[0], made[2]]
    assert await db.read(subscriptions.of_chat, made[1].chat_id) == [made[1]]
    await db.write(chat, "telegram:1")
    assert await db.read(subscriptions.active) == made


async def test_all_can_be_taken_elsewhere(db: Database) -> None:
    """With the addresses and identities that another database can use; also of paused chats."""
    made = await db.write(subscribe, "telegram:-1", "telegram:9", "gao")
    await db.write(subscribe, "telegram:8", "telegram:8", "kidal")
    assert made
    await db.write(chats.pause, made.chat_id, "blocked", T0)
    assert await db.read(subscriptions.export) == [
        {"chat": "telegram:-1", "subscriber": "telegram:9", "query": "gao"},
        {"chat": "telegram:8", "subscriber": "telegram:8", "query": "kidal"},
    ]


async def test_the_version_tells_every_change(db: Database) -> None:
    """Whatever changes what is active changes it, and nothing else does."""

    def last(conn: Connection) -> Subscription:
        return subscriptions.active(conn)[-1]

    def replace_last(conn: Connection) -> None:
        # the row that was removed must not be mistaken for the one that came instead
        subscriptions.remove(conn, last(conn).id, last(conn).chat_id)
        subscribe(conn, "telegram:3", "telegram:3", "other")

    def pause_another(conn: Connection) -> None:
        chat(conn, "telegram:1")
        chats.pause(conn, chat(conn, "telegram:2").id, "blocked", T0)

    changes: list[Callable[[Connection], object]] = [
        lambda conn: subscribe(conn, "telegram:1", "telegram:1"),
        lambda conn: subscribe(conn, "telegram:2", "telegram:2"),
        lambda conn: subscribe(conn, "telegram:3", "telegram:3"),
        replace_last,
        lambda conn: chats.pause(conn, chat(conn, "telegram:1").id, "blocked", T0),
        pause_another,
        lambda conn: chat(conn, "telegram:2"),
        lambda conn: subscriptions.remove(conn, last(conn).id, last(conn).chat_id),
        lambda conn: chat(conn, "telegram:4"),
        lambda conn: chats.move(conn, chat(conn, "telegram:1").id, "telegram:4"),
        lambda conn: subscribers.forget(conn, "telegram:2"),
    ]
    active, version = await db.read(subscriptions.active), await db.read(subscriptions.version)
    for change in changes:
        await db.write(change)
        active_now = await db.read(subscriptions.active)
        version_now = await db.read(subscriptions.version)
        assert (version_now != version) == (active_now != active)
        active, version = active_now, version_now
