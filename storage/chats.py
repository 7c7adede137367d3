"""Where a message can land: 'telegram:-100123/45' (with topic), 'discord:987', 'console:0'."""

from __future__ import annotations

from storage.database import Connection, Row
from storage.model import Chat
from storage.rows import number, only, record


def ensure(conn: Connection, address: str, *, language: str, now: float) -> Chat:
    """The chat at this address, made if new. Somebody spoke there, so a pause ends.

    `language` is for a new chat; a known one keeps its own.
    """
    row = conn.one(
        """
        insert into chats (address, platform, language, created_at)
        values (:address, :platform, :language, :now)
        on conflict (address) do update set paused_at = null, pause_reason = null
        returning *
        """,
        address=address,
        platform=_platform(address),
        language=language,
        now=now,
    )
    return record(Chat, only(row))


def by_address(conn: Connection, address: str) -> Chat | None:
    return _chat(conn.one("select * from chats where address = :address", address=address))


def by_id(conn: Connection, chat_id: int) -> Chat | None:
    return _chat(conn.one("select * from chats where id = :id", id=chat_id))


def set_language(conn: Connection, chat_id: int, language: str) -> None:
    conn.execute(
        "update chats set language = :language where id = :id", id=chat_id, language=language
    )


def pause(conn: Connection, chat_id: int, reason: str, now: float) -> None:
    """Send nothing there until somebody speaks again; the first reason is kept.

    What waits for the chat is dead: told weeks later it would be no alert. What is being sent
    right now is left to its sender.
    """
    conn.execute(
        """
        update chats set paused_at = :now, pause_reason = :reason
         where id = :id and paused_at is null
        """,
        id=chat_id,
        reason=reason,
        now=now,
    )
    conn.execute(
        """
        update deliveries
           set state = 'dead', dead_at = :now, error = :reason, leased_by = null, leased_until = 0
         where chat_id = :id and state = 'pending' and leased_until <= :now
        """,
        id=chat_id,
        reason=reason,
        now=now,
    )


def move(conn: Connection, chat_id: int, address: str) -> None:
    """The chat lives at another address now; one that we know there already takes it in.

    References to sent messages are dropped: they name messages of the old address, and the same
    number may be another message at the new one.
    """
    conn.execute(
        "update deliveries set message_ref = null where chat_id = :id and message_ref is not null",
        id=chat_id,
    )
    known = by_address(conn, address)
    if known is None:
        conn.execute(
            "update chats set address = :address, platform = :platform where id = :id",
            id=chat_id,
            address=address,
            platform=_platform(address),
        )
    elif known.id != chat_id:
        _merge(conn, chat_id, known.id)


def count_active(conn: Connection) -> int:
    """Chats with a subscription that are not paused."""
    return number(
        conn,
        """
        select count(*) as n from chats
         where paused_at is null and id in (select chat_id from subscriptions)
        """,
    )


def _merge(conn: Connection, old: int, into: int) -> None:
    # people chose the language where they subscribed; the other may only have been greeted
    conn.execute(
        """
        update chats set language = (select language from chats where id = :old)
         where id = :into and id not in (select chat_id from subscriptions)
        """,
        old=old,
        into=into,
    )
    conn.execute(
        "update chats set paused_at = null, pause_reason = null where id = :into", into=into
    )
    conn.execute(
        """
        delete from subscriptions
         where chat_id = :old and exists (
             select 1 from subscriptions same
              where same.chat_id = :into and same.subscriber_id = subscriptions.subscriber_id
                and same.query_norm = subscriptions.query_norm)
        """,
        old=old,
        into=into,
    )
    conn.execute(
        "update subscriptions set chat_id = :into where chat_id = :old", old=old, into=into
    )
    conn.execute(
        """
        delete from deliveries
         where chat_id = :old
           and alert_id in (select alert_id from deliveries where chat_id = :into)
        """,
        old=old,
        into=into,
    )
    conn.execute(
        """
        update deliveries
           set chat_id = :into, sender = (select platform from chats where id = :into)
         where chat_id = :old
        """,
        old=old,
        into=into,
    )
    conn.execute("delete from chats where id = :old", old=old)


def _chat(row: Row | None) -> Chat | None:
    return record(Chat, row) if row else None


def _platform(address: str) -> str:
    return address.partition(":")[0]
