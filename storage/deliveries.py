"""The outbox: each alert on its way to each chat."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from storage import chats
from storage.database import Connection
from storage.model import Addressee, Delivery
from storage.rows import number, record

# A delivery's turn has come when nothing of its chat is on its way, nothing older of its event
# waits there, and it ranks first in its chat among those of which the same is true. Told as
# "there is none that…", so that a claim walks the index and stops after `limit` rows, however
# many wait.
CLAIM = """
update deliveries
   set leased_by = :worker, leased_until = :until, attempts = attempts + 1
 where id in (
     select d.id from deliveries d
      where d.state = 'pending' and d.sender = :sender
        and d.due_at <= :now and d.leased_until <= :now
        and not exists (
            select 1 from deliveries sending
             where sending.leased_by is not null and sending.chat_id = d.chat_id
               and sending.leased_until > :now)
        and not exists (
            select 1 from deliveries older
             where older.state = 'pending' and older.chat_id = d.chat_id
               and older.event_id = d.event_id and older.id < d.id)
        and not exists (
            select 1 from deliveries better
             where better.state = 'pending' and better.chat_id = d.chat_id
               and better.due_at <= :now
               and (better.priority, better.due_at, better.id) < (d.priority, d.due_at, d.id)
               and not exists (
                   select 1 from deliveries older
                    where older.state = 'pending' and older.chat_id = better.chat_id
                      and older.event_id = better.event_id and older.id < better.id))
      order by d.priority, d.due_at, d.id
      limit :limit
      {skip_locked})
returning id
"""

_SLICE = 1000

#: DOMAIN 3.4: a chat hears of one event at most so often (seconds); a cancel never waits
PUSH_SPACING = 30 * 60.0

# A push of an event waits until so long after the last one in its chat. Meanwhile it edits the
# message at once and without a sound; what is decided later supersedes it and waits in its place,
# so that a burst becomes one sound.
SPACE_OUT = """
update deliveries
   set action = case when last.has_ref = 1 then 'edit' else 'push' end,
       push_at = case when last.has_ref = 1 then last.sent_at + :spacing end,
       due_at = case when last.has_ref = 1 then due_at else last.sent_at + :spacing end
  from (select chat_id, max(sent_at) as sent_at,
               max(case when message_ref is null then 0 else 1 end) as has_ref
          from deliveries
         where event_id in (select id from events where id = :event_id or head_id = :event_id)
           and state = 'sent' and action = 'push'
         group by chat_id) last
 where deliveries.chat_id = last.chat_id and last.sent_at + :spacing > deliveries.due_at
   and event_id = :event_id and state = 'pending' and action = 'push' and leased_until <= :now
   and alert_id in (select id from alerts where event_id = :event_id and msg_type <> 'cancel')
"""


def enqueue(
    conn: Connection,
    *,
    alert_id: int,
    event_id: int,
    addressees: Sequence[Addressee],
    priority: int,
    now: float,
) -> int:
    """Put an alert into the outbox for each chat that is not paused; how many that were.

    What the same chat was still to be told of this event is superseded, unless it is being sent
    right now. The new delivery then takes over what people would have missed: a push stays a
    push, and the more urgent priority counts (0 = most urgent). Doing it twice changes nothing.
    Until PUSH_SPACING after the last push of this event in its chat it edits the message instead,
    and pushes then, unless the alert is a cancel.
    """
    platforms = _platforms(conn, [addressee.chat_id for addressee in addressees])
    queued = conn.many(
        """
        insert into deliveries (
            alert_id, event_id, chat_id, sender, action, why, priority, due_at)
        values (:alert_id, :event_id, :chat_id, :sender, :action, :why, :priority, :now)
        on conflict (alert_id, chat_id) do nothing
        """,
        (
            {
                "alert_id": alert_id,
                "event_id": event_id,
                "chat_id": addressee.chat_id,
                "sender": platforms[addressee.chat_id],
                "action": addressee.action,
                "why": addressee.why,
                "priority": priority,
                "now": now,
            }
            for addressee in addressees
            if addressee.chat_id in platforms
        ),
    )
    superseded = conn.all(
        """
        update deliveries
           set state = 'superseded', leased_by = null, leased_until = 0
         where event_id = :event_id and state = 'pending' and leased_until <= :now
           and alert_id < :alert_id
           and chat_id in (select chat_id from deliveries where alert_id = :alert_id)
        returning chat_id, priority,
                  case when push_at is null then action else 'push' end as action
        """,
        alert_id=alert_id,
        event_id=event_id,
        now=now,
    )
    conn.many(
        """
        update deliveries
           set action = case when :action = 'push' then 'push' else action end,
               priority = case when :priority < priority then :priority else priority end
         where alert_id = :alert_id and chat_id = :chat_id
        """,
        (
            {**row, "alert_id": alert_id}
            for row in superseded
            if row["action"] == "push" or row["priority"] < priority
        ),
    )
    conn.execute(SPACE_OUT, event_id=event_id, spacing=PUSH_SPACING, now=now)
    return queued


def withdraw(conn: Connection, event_id: int, now: float) -> int:
    """Supersede what waits for chats that were never told of the event; how many that were.

    Before a cancel: who has not heard of it need not hear that it was false. What is being sent
    right now counts as told.
    """
    return conn.execute(
        """
        update deliveries
           set state = 'superseded', leased_by = null, leased_until = 0
         where event_id = :event_id and state = 'pending' and leased_until <= :now
           and not exists (
               select 1 from deliveries told
                where told.event_id in (
                      select id from events where id = :event_id or head_id = :event_id)
                  and told.chat_id = deliveries.chat_id
                  and (told.state = 'sent'
                       or told.state = 'pending' and told.leased_until > :now))
        """,
        event_id=event_id,
        now=now,
    )


def claim(
    conn: Connection, sender: str, worker: str, *, now: float, limit: int, lease: float
) -> list[Delivery]:
    """Take up to `limit` deliveries of a sender for `lease` seconds, the most urgent first.

    A chat gives one at a time, and what concerns one event in the order in which it was decided.
    """
    # nobody came to show it before it may sound: the sound tells it all
    conn.execute(
        """
        update deliveries set action = 'push', push_at = null
         where push_at <= :now and state = 'pending' and leased_until <= :now
        """,
        now=now,
    )
    taken = conn.all(CLAIM, sender=sender, worker=worker, now=now, until=now + lease, limit=limit)
    rows = conn.all(
        """
        select d.id, d.alert_id, d.event_id, e.ref as event_ref, d.chat_id, c.address, c.language,
               d.action, d.message_ref as shown_ref, a.msg_type, a.facts, a.revision, d.attempts,
               a.decided_at,
               told.message_ref as told_ref, said.facts as told_facts,
               said.revision as told_revision
          from deliveries d
          join alerts a on a.id = d.alert_id
          join events e on e.id = d.event_id
          join chats c on c.id = d.chat_id
          left join deliveries told on told.id = (
               select sent.id
                 from deliveries sent join events family on family.id = sent.event_id
                where sent.chat_id = d.chat_id and sent.state = 'sent'
                  and (family.id = e.id or family.head_id = e.id)
                order by case when family.merged_into is null then 0 else 1 end, sent.id desc
                limit 1)
          left join alerts said on said.id = told.alert_id
         where d.id in (:ids)
         order by d.priority, d.due_at, d.id
        """,
        ids=[row["id"] for row in taken],
    )
    return [record(Delivery, row) for row in rows]


def renew(conn: Connection, worker: str, ids: Iterable[int], until: float) -> int:
    """Keep what is still ours until then; how many that were."""
    return conn.many(
        """
        update deliveries set leased_until = :until
         where id = :id and leased_by = :worker and state = 'pending'
        """,
        [{"id": delivery_id, "worker": worker, "until": until} for delivery_id in ids],
    )


def sent(conn: Connection, delivery_id: int, worker: str, ref: str, now: float) -> bool:
    """It is in the chat as message `ref`. False, here and below: the lease was lost.

    What was shown without its sound is due again as a push, unless something newer is on its way
    there: then that one sounds.
    """
    row = conn.one(
        """
        update deliveries
           set state = 'sent', message_ref = :ref, sent_at = :now, error = null,
               leased_by = null, leased_until = 0
         where id = :id and leased_by = :worker and state = 'pending'
        returning event_id, chat_id, push_at
        """,
        id=delivery_id,
        worker=worker,
        ref=ref,
        now=now,
    )
    if row is None:
        return False
    if row["push_at"] is not None and not conn.execute(
        """
        update deliveries set push_at = :push_at
         where event_id = :event_id and chat_id = :chat_id and state = 'pending'
           and action = 'edit'
        """,
        **row,
    ):
        _sound_later(conn, delivery_id)
    # an update may have been queued behind it while it was on its way
    conn.execute(SPACE_OUT, event_id=row["event_id"], spacing=PUSH_SPACING, now=now)
    return True


def _sound_later(conn: Connection, delivery_id: int) -> bool:
    """Due again as a push at its `push_at`, remembering the message that shows it already; False
    when it has none."""
    return (
        conn.execute(
            """
            update deliveries
               set state = 'pending', action = 'push', due_at = push_at, push_at = null,
                   attempts = 0, sent_at = null, dead_at = null, leased_by = null, leased_until = 0
             where id = :id and push_at is not null
            """,
            id=delivery_id,
        )
        == 1
    )


def retry(
    conn: Connection,
    delivery_id: int,
    worker: str,
    *,
    due_at: float,
    error: str,
    count_attempt: bool = True,
) -> bool:
    """Again at `due_at`; without `count_attempt` as if this attempt had not been made."""
    return (
        conn.execute(
            """
            update deliveries
               set due_at = :due_at, error = :error, attempts = attempts - :taken_back,
                   leased_by = null, leased_until = 0
             where id = :id and leased_by = :worker and state = 'pending'
            """,
            id=delivery_id,
            worker=worker,
            due_at=due_at,
            error=error,
            taken_back=0 if count_attempt else 1,
        )
        == 1
    )


def dead(conn: Connection, delivery_id: int, worker: str, error: str, now: float) -> bool:
    """It will never be taken: a dead letter that moderators see.

    An edit that was to be followed by a sound is not: the message to come tells it all.
    """
    if _settle_dead(conn, delivery_id, worker, error, now) is None:
        return False
    _sound_later(conn, delivery_id)
    return True


def gone(conn: Connection, delivery_id: int, worker: str, reason: str, now: float) -> bool:
    """We may not write there any more: the chat is paused, and all that waits for it is dead."""
    chat_id = _settle_dead(conn, delivery_id, worker, reason, now)
    if chat_id is None:
        return False
    chats.pause(conn, chat_id, reason, now)
    return True


def moved(conn: Connection, delivery_id: int, worker: str, address: str, now: float) -> bool:
    """The chat lives at another address; the delivery is due there at once."""
    row = conn.one(
        """
        update deliveries set due_at = :now, leased_by = null, leased_until = 0
         where id = :id and leased_by = :worker and state = 'pending'
        returning chat_id
        """,
        id=delivery_id,
        worker=worker,
        now=now,
    )
    if row is None:
        return False
    chats.move(conn, row["chat_id"], address)
    return True


def waiting(conn: Connection) -> int:
    """How many are still to be sent."""
    return number(conn, "select count(*) as n from deliveries where state = 'pending'")


def due(conn: Connection, sender: str, now: float) -> bool:
    """Whether a sender owes somebody a message by now."""
    found = conn.one(
        """
        select 1 from deliveries
         where state = 'pending' and sender = :sender and due_at <= :now
         limit 1
        """,
        sender=sender,
        now=now,
    )
    return found is not None


def dead_count(conn: Connection, since: float) -> int:
    """How many died since then."""
    return number(
        conn,
        "select count(*) as n from deliveries where state = 'dead' and dead_at >= :since",
        since=since,
    )


def _platforms(conn: Connection, chat_ids: Sequence[int]) -> dict[int, str]:
    """Of the chats that may be written to; in slices, for a statement takes so many parameters."""
    found = {}
    for start in range(0, len(chat_ids), _SLICE):
        rows = conn.all(
            "select id, platform from chats where id in (:ids) and paused_at is null",
            ids=chat_ids[start : start + _SLICE],
        )
        found.update({row["id"]: row["platform"] for row in rows})
    return found


def _settle_dead(
    conn: Connection, delivery_id: int, worker: str, error: str, now: float
) -> int | None:
    """The chat's id; None when the lease was lost."""
    row = conn.one(
        """
        update deliveries
           set state = 'dead', dead_at = :now, error = :error, leased_by = null, leased_until = 0
         where id = :id and leased_by = :worker and state = 'pending'
        returning chat_id
        """,
        id=delivery_id,
        worker=worker,
        error=error,
        now=now,
    )
    return row["chat_id"] if row else None
