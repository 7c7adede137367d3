"""What moderators are told outside of events: a trouble once, and its end once.

Whoever sees a trouble calls `tell`, whoever sees it over calls `end`, both in their own
transaction and as often as they like. `address` then writes a letter to each moderator; letters
are claimed, sent and settled as deliveries are.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from storage import chats
from storage.database import Connection
from storage.rows import record

NoticeKind = Literal["feed", "country", "network", "retired"]

#: Leave to others what comes meanwhile: a notice that waits goes along with the next letter.
AT_ONCE, AT_LEISURE = 5 * 60.0, 3600.0
_MOST = 200


@dataclass(frozen=True, slots=True)
class Notice:
    """A trouble that moderators are told of once, and of its end once."""

    id: int
    kind: NoticeKind
    #: "feed:12", "country:NE", "all"
    subject: str
    #: by kind, as JSON text: see bot.messages.notices
    params: str
    opened_at: float
    ended_at: float | None


@dataclass(frozen=True, slots=True)
class Letter:
    """A claimed word to one moderator, with all that its sentence needs."""

    id: int
    address: str
    #: what its chat chose; None when there is no such chat
    language: str | None
    about: Literal["begun", "over"]
    kind: NoticeKind
    subject: str
    params: str
    opened_at: float
    ended_at: float | None
    attempts: int


# A trouble that ended before anybody heard of it: its end tells both.
_SUPERSEDE = """
update notice_letters set state = 'superseded'
 where about = 'begun' and state = 'pending' and attempts = 0 and leased_until <= :now
   and notice_id in (select id from notices where ended_at is not null)
"""

_ADDRESS = """
insert into notice_letters (notice_id, about, address, sender, due_at)
select n.id, :about, :address, :sender,
       case when last.sent_at + n.spacing > :now then last.sent_at + n.spacing else :now end
  from notices n
  left join (select max(sent_at) as sent_at from notice_letters
              where address = :address) last on true
 where {wanted}
on conflict (notice_id, about, address) do nothing
"""
_BEGUN = _ADDRESS.format(wanted="n.ended_at is null")
# only who was to hear of the trouble hears of its end
_OVER = _ADDRESS.format(
    wanted="""
       n.back_at is not null and exists (
           select 1 from notice_letters told
            where told.notice_id = n.id and told.about = 'begun' and told.address = :address
              and told.state in ('sent', 'superseded'))"""
)

# Everything that waits for one moderator goes in one message, as soon as one of it is due.
CLAIM = """
update notice_letters
   set leased_by = :worker, leased_until = :until, attempts = attempts + 1
 where id in (
     select id from notice_letters
      where state = 'pending' and leased_until <= :now and address = (
            select address from notice_letters due
             where due.state = 'pending' and due.sender = :sender
               and due.due_at <= :now and due.leased_until <= :now
             order by due.due_at, due.id
             limit 1)
      order by id
      limit :limit
      {skip_locked})
returning id
"""


def tell(
    conn: Connection,
    kind: NoticeKind,
    subject: str,
    params: Mapping[str, Any],
    now: float,
    *,
    spacing: float = AT_ONCE,
) -> bool:
    """Moderators hear of it, unless they heard already and it is not over; whether it is new.

    `params` is what the sentences of `kind` ask for: see bot.messages.notices. The notice
    arrives `spacing` seconds after the one before it at the earliest.
    """
    return (
        conn.execute(
            """
            insert into notices (kind, subject, params, spacing, opened_at)
            values (:kind, :subject, :params, :spacing, :now)
            on conflict (kind, subject) where ended_at is null do nothing
            """,
            kind=kind,
            subject=subject,
            params=json.dumps(params, ensure_ascii=False),
            spacing=spacing,
            now=now,
        )
        == 1
    )


def end(conn: Connection, kind: NoticeKind, subject: str, now: float, *, quietly: bool) -> bool:
    """It is over; False when it was not open. `quietly` when nobody need hear of that."""
    return (
        conn.execute(
            """
            update notices set ended_at = :now, back_at = :back_at
             where kind = :kind and subject = :subject and ended_at is null
            """,
            kind=kind,
            subject=subject,
            now=now,
            back_at=None if quietly else now,
        )
        == 1
    )


def opened(conn: Connection) -> list[Notice]:
    """Those that are not over."""
    rows = conn.all("select * from notices where ended_at is null order by id")
    return [record(Notice, row) for row in rows]


def ended(conn: Connection, since: float) -> list[Notice]:
    """Those that ended since then."""
    rows = conn.all("select * from notices where ended_at >= :since order by id", since=since)
    return [record(Notice, row) for row in rows]


def address(conn: Connection, addresses: Sequence[str], now: float) -> int:
    """Write the letters that these moderators are still owed; how many those were.

    A moderator who came later hears of what is still open. Whose chat is paused is left alone,
    and told of what is open then when somebody speaks there again.
    """
    conn.execute(_SUPERSEDE, now=now)
    conn.execute(
        """
        delete from notice_letters
         where state = 'pending' and leased_until <= :now
           and address in (select address from chats where paused_at is not null)
        """,
        now=now,
    )
    written = 0
    for moderator in addresses:
        chat = chats.by_address(conn, moderator)
        if chat and chat.paused_at is not None:
            continue
        platform = moderator.partition(":")[0]
        for about, sql in (("begun", _BEGUN), ("over", _OVER)):
            written += conn.execute(sql, about=about, address=moderator, sender=platform, now=now)
    return written


def due(conn: Connection, sender: str, now: float) -> bool:
    """Whether `claim` would find anything."""
    found = conn.one(
        """
        select 1 from notice_letters
         where state = 'pending' and sender = :sender and due_at <= :now and leased_until <= :now
         limit 1
        """,
        sender=sender,
        now=now,
    )
    return found is not None


def claim(conn: Connection, sender: str, worker: str, *, now: float, lease: float) -> list[Letter]:
    """Take all that waits for the moderator whose turn it is, for `lease` seconds, oldest first.

    What is not due yet goes along: it spares a message later.
    """
    taken = conn.all(CLAIM, sender=sender, worker=worker, now=now, until=now + lease, limit=_MOST)
    rows = conn.all(
        """
        select l.id, l.address, c.language, l.about, n.kind, n.subject, n.params, n.opened_at,
               n.ended_at, l.attempts
          from notice_letters l
          join notices n on n.id = l.notice_id
          left join chats c on c.address = l.address
         where l.id in (:ids)
         order by l.id
        """,
        ids=[row["id"] for row in taken],
    )
    return [record(Letter, row) for row in rows]


def sent(conn: Connection, ids: Iterable[int], worker: str, now: float) -> int:
    """They are in the chat; how many were still ours, here and below."""
    return _settle(conn, ids, worker, "state = 'sent', sent_at = :now, error = null", now=now)


def retry(
    conn: Connection,
    ids: Iterable[int],
    worker: str,
    *,
    due_at: float,
    error: str,
    count_attempt: bool = True,
) -> int:
    """Again at `due_at`; without `count_attempt` as if this attempt had not been made."""
    return _settle(
        conn,
        ids,
        worker,
        "due_at = :due_at, error = :error, attempts = attempts - :taken_back",
        due_at=due_at,
        error=error,
        taken_back=0 if count_attempt else 1,
    )


def dead(conn: Connection, ids: Iterable[int], worker: str, error: str) -> int:
    """They will never be taken."""
    return _settle(conn, ids, worker, "state = 'dead', error = :error", error=error)


def gone(
    conn: Connection,
    ids: Iterable[int],
    worker: str,
    moderator: str,
    reason: str,
    *,
    language: str,
    now: float,
) -> int:
    """We may not write to this moderator any more: the chat is paused until somebody speaks.

    The letters are torn up, so that what is still open then is told.
    """
    torn = conn.many(
        """
        delete from notice_letters
         where id = :id and leased_by = :worker and state = 'pending'
        """,
        [{"id": letter, "worker": worker} for letter in ids],
    )
    if torn:
        chat = chats.by_address(conn, moderator) or chats.ensure(
            conn, moderator, language=language, now=now
        )
        chats.pause(conn, chat.id, reason, now)
    return torn


def forget_old(conn: Connection, before: float) -> None:
    """Erase what ended before then, with its letters."""
    conn.execute(
        """
        delete from notice_letters
         where notice_id in (select id from notices where ended_at < :before)
        """,
        before=before,
    )
    conn.execute("delete from notices where ended_at < :before", before=before)


def _settle(conn: Connection, ids: Iterable[int], worker: str, changes: str, **params: Any) -> int:
    return conn.many(
        f"""
        update notice_letters
           set {changes}, leased_by = null, leased_until = 0
         where id = :id and leased_by = :worker and state = 'pending'
        """,  # noqa: S608 (our own words)
        [{"id": letter, "worker": worker, **params} for letter in ids],
    )
