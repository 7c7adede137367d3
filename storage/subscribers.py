"""The people who asked: an identity of one platform, 'telegram:123', and nothing else."""

from __future__ import annotations

from dataclasses import dataclass

from storage.database import Connection
from storage.rows import number


@dataclass(frozen=True, slots=True)
class Forgotten:
    """How many rows went when a person was forgotten."""

    subscriptions: int
    deliveries: int
    chats: int


def ensure(conn: Connection, identity: str, now: float) -> int:
    """The subscriber's id, made if new."""
    return number(
        conn,
        """
        insert into subscribers (identity, created_at) values (:identity, :now)
        on conflict (identity) do update set identity = excluded.identity
        returning id
        """,
        identity=identity,
        now=now,
    )


def forget(conn: Connection, identity: str) -> Forgotten:
    """Erase a person: their subscriptions everywhere and every chat that lived by them alone.

    Those are the private chat, which has the person's address (or a topic of it), and any other
    chat that their subscriptions leave without one. Such a chat goes with all its deliveries:
    pending ones are never sent, references to sent messages are lost. Events and alerts stay,
    they hold nothing about people; so does a group in which others are subscribed.
    """
    topics = f"{identity}/"
    private = conn.all(
        """
        select id from chats
         where address = :identity or substr(address, 1, :length) = :topics
        """,
        identity=identity,
        topics=topics,
        length=len(topics),
    )
    joined = conn.all(
        """
        delete from subscriptions
         where chat_id in (:private)
            or subscriber_id in (select id from subscribers where identity = :identity)
        returning chat_id
        """,
        private=[row["id"] for row in private],
        identity=identity,
    )
    empty = conn.all(
        """
        select id from chats
         where id in (:private)
            or (id in (:joined) and id not in (select chat_id from subscriptions))
        """,
        private=[row["id"] for row in private],
        joined=sorted({row["chat_id"] for row in joined}),
    )
    chats = [row["id"] for row in empty]
    deliveries = conn.execute("delete from deliveries where chat_id in (:chats)", chats=chats)
    conn.execute("delete from chats where id in (:chats)", chats=chats)
    conn.execute("delete from subscribers where identity = :identity", identity=identity)
    return Forgotten(subscriptions=len(joined), deliveries=deliveries, chats=len(chats))
