"""What each entry says of each happening."""

from __future__ import annotations

from collections.abc import Sequence

from storage.database import Connection, Row
from storage.entries import entry_of
from storage.model import ReportRow
from storage.rows import record


def replace(conn: Connection, entry_id: int, rows: Sequence[tuple[str, int | None]]) -> None:
    """All reports of an entry, in its order: their facts as JSON and the event they tell of."""
    conn.execute("delete from reports where entry_id = :entry_id", entry_id=entry_id)
    conn.many(
        """
        insert into reports (entry_id, ordinal, event_id, facts)
        values (:entry_id, :ordinal, :event_id, :facts)
        """,
        [
            {"entry_id": entry_id, "ordinal": ordinal, "event_id": event_id, "facts": facts}
            for ordinal, (facts, event_id) in enumerate(rows)
        ],
    )


def of_entry(conn: Connection, entry_id: int) -> list[ReportRow]:
    """The reports of one entry, in its order."""
    rows = conn.all(
        """
        select e.*, r.id as report_id, r.ordinal, r.event_id, r.facts
          from reports r join feed_entries e on e.id = r.entry_id
         where r.entry_id = :entry_id
         order by r.ordinal
        """,
        entry_id=entry_id,
    )
    return [_report(row) for row in rows]


def of_event(conn: Connection, event_id: int) -> list[ReportRow]:
    """The reports of one event, first seen first."""
    rows = conn.all(
        """
        select e.*, r.id as report_id, r.ordinal, r.event_id, r.facts
          from reports r join feed_entries e on e.id = r.entry_id
         where r.event_id = :event_id
         order by e.first_seen_at, e.id, r.ordinal
        """,
        event_id=event_id,
    )
    return [_report(row) for row in rows]


def _report(row: Row) -> ReportRow:
    return record(ReportRow, row, id=row["report_id"], entry_id=row["id"], entry=entry_of(row))
