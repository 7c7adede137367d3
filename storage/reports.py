"""What each entry says of each happening."""

from __future__ import annotations

from collections.abc import Sequence

from storage.database import Connection, Row
from storage.entries import entry_of
from storage.model import ReportRow
from storage.rows import record


def replace(conn: Connection, entry_id: int, rows: Sequence[tuple[str, int | None]]) -> None:
    """All reports of an entry, in its order: their facts as JSON and the event they tell of.

    Where a moderator had put one into its event, what the entry says of it now stays there.
    """
    ruled = conn.all(
        """
        delete from reports where entry_id = :entry_id
        returning event_id, ruled_at
        """,
        entry_id=entry_id,
    )
    ruled_at = {row["event_id"]: row["ruled_at"] for row in ruled if row["ruled_at"] is not None}
    conn.many(
        """
        insert into reports (entry_id, ordinal, event_id, facts, ruled_at)
        values (:entry_id, :ordinal, :event_id, :facts, :ruled_at)
        """,
        [
            {
                "entry_id": entry_id,
                "ordinal": ordinal,
                "event_id": event_id,
                "facts": facts,
                "ruled_at": ruled_at.get(event_id),
            }
            for ordinal, (facts, event_id) in enumerate(rows)
        ],
    )


def move(conn: Connection, ids: Sequence[int], event_id: int, ruled_at: float | None) -> None:
    """Put these reports into an event: a moderator did (`ruled_at`), or thinks again (None)."""
    conn.execute(
        "update reports set event_id = :event_id, ruled_at = :ruled_at where id in (:ids)",
        event_id=event_id,
        ruled_at=ruled_at,
        ids=list(ids),
    )


def of_entry(conn: Connection, entry_id: int) -> list[ReportRow]:
    """The reports of one entry, in its order."""
    rows = conn.all(
        """
        select e.*, r.id as report_id, r.ordinal, r.event_id, r.facts, r.ruled_at
          from reports r join feed_entries e on e.id = r.entry_id
         where r.entry_id = :entry_id
         order by r.ordinal
        """,
        entry_id=entry_id,
    )
    return [_report(row) for row in rows]


def of_event(conn: Connection, event_id: int) -> list[ReportRow]:
    """The reports of one event and of those merged into it, first seen first."""
    rows = conn.all(
        """
        select e.*, r.id as report_id, r.ordinal, r.event_id, r.facts, r.ruled_at
          from reports r join feed_entries e on e.id = r.entry_id
         where r.event_id in (
               select id from events where id = :event_id or head_id = :event_id)
         order by e.first_seen_at, e.id, r.ordinal
        """,
        event_id=event_id,
    )
    return [_report(row) for row in rows]


def _report(row: Row) -> ReportRow:
    return record(ReportRow, row, id=row["report_id"], entry_id=row["id"], entry=entry_of(row))
