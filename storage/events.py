"""Happenings, each fused from its reports; what people quote is the ref, 'ML-2023-0917-a'."""

from __future__ import annotations

from collections.abc import Sequence

from storage.database import Connection, Row
from storage.model import Event, EventState
from storage.rows import number, only, record

#: in a ref, when no country is known
_NO_COUNTRY = "XX"


def create(
    conn: Connection,
    *,
    kind: str,
    facts: str,
    words_norm: str,
    country: str | None,
    happened_from: float | None,
    happened_to: float | None,
    ref_day: str,
    seen_at: float,
    now: float,
) -> Event:
    """A new open event at revision 1. `ref_day` is 'YYYY-MM-DD', of the happening if known."""
    stem = f"{country or _NO_COUNTRY}-{ref_day[:4]}-{ref_day[5:7]}{ref_day[8:10]}"
    nth = number(
        conn,
        "select coalesce(max(ref_nth), 0) + 1 as nth from events where ref_stem = :stem",
        stem=stem,
    )
    row = conn.one(
        """
        insert into events (
            ref, ref_stem, ref_nth, kind, revision, state, facts, words_norm, country,
            happened_from, happened_to, first_seen_at, last_report_at, last_changed_at, stamp)
        values (
            :ref, :stem, :nth, :kind, 1, 'open', :facts, :words_norm, :country,
            :happened_from, :happened_to, :seen_at, :seen_at, :now, :stamp)
        returning *
        """,
        stamp=_next_stamp(conn),
        ref=f"{stem}-{_letters(nth)}",
        stem=stem,
        nth=nth,
        kind=kind,
        facts=facts,
        words_norm=words_norm,
        country=country,
        happened_from=happened_from,
        happened_to=happened_to,
        seen_at=seen_at,
        now=now,
    )
    return record(Event, only(row))


def revise(
    conn: Connection,
    event_id: int,
    *,
    facts: str,
    words_norm: str,
    country: str | None,
    happened_from: float | None,
    happened_to: float | None,
    last_report_at: float,
    now: float,
) -> int:
    """What is known has changed; returns the new revision. The ref stays: people quoted it.

    Raises:
        LookupError: when there is no such event.
    """
    return number(
        conn,
        """
        update events
           set revision = revision + 1, facts = :facts, words_norm = :words_norm,
               country = :country, happened_from = :happened_from, happened_to = :happened_to,
               last_report_at = case when last_report_at > :last_report_at
                                     then last_report_at else :last_report_at end,
               last_changed_at = :now, stamp = :stamp
         where id = :event_id
        returning revision
        """,
        stamp=_next_stamp(conn),
        event_id=event_id,
        facts=facts,
        words_norm=words_norm,
        country=country,
        happened_from=happened_from,
        happened_to=happened_to,
        last_report_at=last_report_at,
        now=now,
    )


def complete(conn: Connection, event_id: int, facts: str) -> None:
    """Add to a new event's facts what is known before anybody is told of it."""
    conn.execute(
        "update events set facts = :facts, stamp = :stamp where id = :event_id",
        event_id=event_id,
        facts=facts,
        stamp=_next_stamp(conn),
    )


def touch(conn: Connection, event_id: int, last_report_at: float) -> None:
    """One more report that changed nothing; an older one does not turn the clock back."""
    conn.execute(
        """
        update events set last_report_at = :last_report_at, stamp = :stamp
         where id = :event_id and last_report_at < :last_report_at
        """,
        stamp=_next_stamp(conn),
        event_id=event_id,
        last_report_at=last_report_at,
    )


def mark_alerted(conn: Connection, event_id: int, now: float) -> None:
    """An alert was decided; the first time is kept."""
    conn.execute(
        "update events set alerted_at = :now where id = :event_id and alerted_at is null",
        event_id=event_id,
        now=now,
    )


def close(conn: Connection, event_id: int, state: EventState) -> None:
    """No more is expected of it (closed), it was false (cancelled), or it is open again."""
    conn.execute(
        """
        update events set state = :state, stamp = :stamp
         where id = :event_id and state <> :state
        """,
        event_id=event_id,
        state=state,
        stamp=_next_stamp(conn),
    )


def close_silent(conn: Connection, kind: str, *, before: float) -> int:
    """Close the open events of a kind that nobody told of since then; how many that were."""
    return conn.execute(
        """
        update events set state = 'closed', stamp = :stamp
         where state = 'open' and kind = :kind and last_report_at < :before
        """,
        stamp=_next_stamp(conn),
        kind=kind,
        before=before,
    )


def by_id(conn: Connection, event_id: int) -> Event | None:
    return _event(conn.one("select * from events where id = :event_id", event_id=event_id))


def by_ref(conn: Connection, ref: str) -> Event | None:
    """The event that people quote as `ref`, written exactly so."""
    return _event(conn.one("select * from events where ref = :ref", ref=ref))


def changed(conn: Connection, stamp: int) -> list[Event]:
    """Every event that changed after `stamp`, the earliest change first."""
    rows = conn.all("select * from events where stamp > :stamp order by stamp, id", stamp=stamp)
    return [record(Event, row) for row in rows]


def merge(conn: Connection, event_id: int, into: int, now: float) -> None:
    """Let `into` tell what this event told, and what was merged into it."""
    head = number(
        conn, "select coalesce(head_id, id) as head from events where id = :into", into=into
    )
    conn.execute(
        """
        update events set merged_into = :into, state = 'merged', last_changed_at = :now
         where id = :event_id
        """,
        event_id=event_id,
        into=into,
        now=now,
    )
    _set_head(conn, event_id, head)


def unmerge(conn: Connection, event_id: int, now: float) -> None:
    """Let it tell itself again, and what was merged into it."""
    below = family(conn, event_id)
    conn.execute(
        """
        update events set merged_into = null, head_id = null, state = 'open',
               last_changed_at = :now
         where id = :event_id
        """,
        event_id=event_id,
        now=now,
    )
    conn.execute(
        """
        update events set head_id = case when id = :event_id then null else :event_id end,
               stamp = :stamp
         where id in (:ids)
        """,
        event_id=event_id,
        ids=below,
        stamp=_next_stamp(conn),
    )


def _set_head(conn: Connection, event_id: int, head: int) -> None:
    conn.execute(
        "update events set head_id = :head, stamp = :stamp where id in (:ids)",
        head=head,
        ids=family(conn, event_id),
        stamp=_next_stamp(conn),
    )


def family(conn: Connection, event_id: int) -> list[int]:
    """Ids of the event and of all that were merged into it, directly or not."""
    rows = conn.all(
        """
        with recursive below (id) as (
            select id from events where id = :event_id
            union
            select e.id from events e join below b on e.merged_into = b.id)
        select id from below
        """,
        event_id=event_id,
    )
    return [row["id"] for row in rows]


def join_campaign(conn: Connection, event_ids: Sequence[int]) -> list[int]:
    """Make these and the series they belong to one; ids of all its events, the oldest first."""
    rows = conn.all(
        """
        select id from events
         where id in (:ids)
            or campaign_id in (select campaign_id from events where id in (:ids))
         order by id
        """,
        ids=list(event_ids),
    )
    found = [row["id"] for row in rows]
    conn.execute(
        "update events set campaign_id = :first, stamp = :stamp where id in (:ids)",
        first=found[0],
        ids=found,
        stamp=_next_stamp(conn),
    )
    return found


def of_campaign(conn: Connection, campaign_id: int) -> list[Event]:
    """The events of a series that are told on their own, the oldest first."""
    rows = conn.all(
        """
        select * from events
         where campaign_id = :campaign_id and state in ('open', 'closed')
         order by id
        """,
        campaign_id=campaign_id,
    )
    return [record(Event, row) for row in rows]


def recent(
    conn: Connection, *, since: float, limit: int, alerted_only: bool = True
) -> list[Event]:
    """Events changed since then, newest change first."""
    rows = conn.all(
        """
        select * from events
         where last_changed_at >= :since and (alerted_at is not null or :quiet_too = 1)
         order by last_changed_at desc, id desc
         limit :limit
        """,
        since=since,
        limit=limit,
        quiet_too=int(not alerted_only),
    )
    return [record(Event, row) for row in rows]


def count_since(conn: Connection, since: float) -> int:
    """How many events were first seen since then."""
    return number(
        conn, "select count(*) as n from events where first_seen_at >= :since", since=since
    )


def _next_stamp(conn: Connection) -> int:
    return number(conn, "select coalesce(max(stamp), 0) + 1 as stamp from events")


def _event(row: Row | None) -> Event | None:
    return record(Event, row) if row else None


def _letters(nth: int) -> str:
    """1 = a, 26 = z, 27 = aa."""
    letters = ""
    while nth:
        nth, rest = divmod(nth - 1, 26)
        letters = chr(ord("a") + rest) + letters
    return letters
