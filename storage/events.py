"""Happenings, each fused from its reports; what people quote is the ref, 'ML-2023-0917-a'."""

from __future__ import annotations

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
            happened_from, happened_to, first_seen_at, last_report_at, last_changed_at)
        values (
            :ref, :stem, :nth, :kind, 1, 'open', :facts, :words_norm, :country,
            :happened_from, :happened_to, :seen_at, :seen_at, :now)
        returning *
        """,
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
               last_changed_at = :now
         where id = :event_id
        returning revision
        """,
        event_id=event_id,
        facts=facts,
        words_norm=words_norm,
        country=country,
        happened_from=happened_from,
        happened_to=happened_to,
        last_report_at=last_report_at,
        now=now,
    )


def touch(conn: Connection, event_id: int, last_report_at: float) -> None:
    """One more report that changed nothing; an older one does not turn the clock back."""
    conn.execute(
        """
        update events set last_report_at = :last_report_at
         where id = :event_id and last_report_at < :last_report_at
        """,
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
        "update events set state = :state where id = :event_id", event_id=event_id, state=state
    )


def close_silent(conn: Connection, kind: str, *, before: float) -> int:
    """Close the open events of a kind that nobody told of since then; how many that were."""
    return conn.execute(
        """
        update events set state = 'closed'
         where state = 'open' and kind = :kind and last_report_at < :before
        """,
        kind=kind,
        before=before,
    )


def by_id(conn: Connection, event_id: int) -> Event | None:
    return _event(conn.one("select * from events where id = :event_id", event_id=event_id))


def by_ref(conn: Connection, ref: str) -> Event | None:
    """The event that people quote as `ref`, written exactly so."""
    return _event(conn.one("select * from events where ref = :ref", ref=ref))


def candidates(conn: Connection, kind: str, *, since: float) -> list[Event]:
    """Open events of a kind with a report since then, the most recent first."""
    rows = conn.all(
        """
        select * from events
         where state = 'open' and kind = :kind and last_report_at >= :since
         order by last_report_at desc, id desc
        """,
        kind=kind,
        since=since,
    )
    return [record(Event, row) for row in rows]


def cancelled(conn: Connection, kind: str, *, since: float) -> list[Event]:
    """Events of a kind that were cancelled since then: somebody may tell them again."""
    rows = conn.all(
        """
        select * from events
         where last_changed_at >= :since and state = 'cancelled' and kind = :kind
         order by last_changed_at desc, id desc
        """,
        kind=kind,
        since=since,
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


def _event(row: Row | None) -> Event | None:
    return record(Event, row) if row else None


def _letters(nth: int) -> str:
    """1 = a, 26 = z, 27 = aa."""
    letters = ""
    while nth:
        nth, rest = divmod(nth - 1, 26)
        letters = chr(ord("a") + rest) + letters
    return letters
