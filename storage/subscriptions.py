"""Who asked for what, in which chat."""

from __future__ import annotations

from storage.database import Connection, Row
from storage.model import Subscription
from storage.rows import number, only, record


def add(
    conn: Connection,
    *,
    subscriber_id: int,
    chat_id: int,
    query: str,
    query_norm: str,
    now: float,
) -> Subscription | None:
    """None when this person already asked for the same in this chat."""
    return _subscription(
        conn.one(
            """
            insert into subscriptions (subscriber_id, chat_id, query, query_norm, created_at)
            values (:subscriber_id, :chat_id, :query, :query_norm, :now)
            on conflict (chat_id, subscriber_id, query_norm) do nothing
            returning *
            """,
            subscriber_id=subscriber_id,
            chat_id=chat_id,
            query=query,
            query_norm=query_norm,
            now=now,
        )
    )


def remove(conn: Connection, subscription_id: int, chat_id: int) -> Subscription | None:
    """What was removed; None when this chat has no such subscription."""
    return _subscription(
        conn.one(
            "delete from subscriptions where id = :id and chat_id = :chat_id returning *",
            id=subscription_id,
            chat_id=chat_id,
        )
    )


def of_chat(conn: Connection, chat_id: int) -> list[Subscription]:
    """Oldest first."""
    rows = conn.all(
        "select * from subscriptions where chat_id = :chat_id order by id", chat_id=chat_id
    )
    return [record(Subscription, row) for row in rows]


def active(conn: Connection) -> list[Subscription]:
    """Every subscription of a chat that is not paused, oldest first."""
    rows = conn.all(
        """
        select s.* from subscriptions s join chats c on c.id = s.chat_id
         where c.paused_at is null
         order by s.id
        """
    )
    return [record(Subscription, row) for row in rows]


def export(conn: Connection) -> list[Row]:
    """Every subscription as `chat`, `subscriber` and `query`, for moving to another database."""
    return conn.all(
        """
        select c.address as chat, p.identity as subscriber, s.query
          from subscriptions s
          join chats c on c.id = s.chat_id
          join subscribers p on p.id = s.subscriber_id
         order by s.id
        """
    )


def version(conn: Connection) -> tuple[int, ...]:
    """Differs whenever `active` would answer differently.

    Ids only grow and a subscription never changes its query, so that count and highest id betray
    every adding and removing; the sums betray chats that were merged or paused.
    """
    row = conn.one(
        """
        select s.n, s.top, s.chats, p.paused, p.paused_ids
          from (select count(*) as n, coalesce(max(id), 0) as top,
                       coalesce(sum(chat_id), 0) as chats
                  from subscriptions) s,
               (select count(*) as paused, coalesce(sum(id), 0) as paused_ids
                  from chats where paused_at is not null) p
        """
    )
    return tuple(int(value) for value in only(row).values())


def count(conn: Connection) -> int:
    return number(conn, "select count(*) as n from subscriptions")


def _subscription(row: Row | None) -> Subscription | None:
    return record(Subscription, row) if row else None
