"""What chats were told of which event: the settled side of the outbox."""

from __future__ import annotations

from storage.database import Connection
from storage.model import ToldRow
from storage.rows import record


def followers(conn: Connection, event_id: int) -> set[int]:
    """Ids of the chats that follow the event: they were told of it or of one merged into it, or
    are about to be."""
    rows = conn.all(
        """
        select distinct chat_id from deliveries
         where event_id in (select id from events where id = :event_id or head_id = :event_id)
           and state in ('sent', 'pending')
        """,
        event_id=event_id,
    )
    return {row["chat_id"] for row in rows}


def part(conn: Connection, event_id: int, other_id: int, now: float) -> None:
    """The event was told by the other one and is not any more: a message that told both is the
    event's again, and a chat that has no other one was never told of the other event."""
    conn.execute(
        """
        update deliveries set state = 'superseded', message_ref = null
         where event_id in (select id from events where id = :other_id or head_id = :other_id)
           and state = 'sent' and exists (
               select 1 from deliveries mine join events family on family.id = mine.event_id
                where (family.id = :event_id or family.head_id = :event_id)
                  and mine.chat_id = deliveries.chat_id
                  and mine.message_ref = deliveries.message_ref)
        """,
        event_id=event_id,
        other_id=other_id,
    )
    # an update that waits there; a first alert that does is asked for
    conn.execute(
        """
        update deliveries set state = 'superseded', leased_by = null, leased_until = 0
         where event_id = :other_id and state = 'pending' and leased_until <= :now
           and alert_id in (select id from alerts where msg_type = 'update')
           and chat_id in (
               select mine.chat_id from deliveries mine join events family
                   on family.id = mine.event_id
                where (family.id = :event_id or family.head_id = :event_id)
                  and mine.state = 'sent')
           and not exists (
               select 1 from deliveries told join events family on family.id = told.event_id
                where (family.id = :other_id or family.head_id = :other_id)
                  and told.chat_id = deliveries.chat_id and told.state = 'sent')
        """,
        event_id=event_id,
        other_id=other_id,
        now=now,
    )


def last_of_chat(conn: Connection, chat_id: int, limit: int) -> list[ToldRow]:
    """What a chat was told, last first."""
    rows = conn.all(
        """
        select e.ref as event_ref, d.event_id, d.why, d.sent_at, a.msg_type, a.facts
          from deliveries d
          join alerts a on a.id = d.alert_id
          join events e on e.id = d.event_id
         where d.chat_id = :chat_id and d.state = 'sent'
         order by d.sent_at desc, d.id desc
         limit :limit
        """,
        chat_id=chat_id,
        limit=limit,
    )
    return [record(ToldRow, row) for row in rows]
