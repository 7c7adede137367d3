"""What moderators decided about events: never erased, each may be undone."""

from __future__ import annotations

from storage.database import Connection, Row
from storage.model import Ruling, RulingAction
from storage.rows import number, record

_SELECT = """
select r.id, r.event_id, e.ref, r.action, r.params, r.made_by, r.made_at, r.undone_at
  from rulings r join events e on e.id = r.event_id
"""


def add(
    conn: Connection,
    *,
    event_id: int,
    action: RulingAction,
    params: str,
    made_by: int,
    now: float,
) -> int:
    """Record a decision; its id."""
    return number(
        conn,
        """
        insert into rulings (event_id, action, params, made_by, made_at)
        values (:event_id, :action, :params, :made_by, :now)
        returning id
        """,
        event_id=event_id,
        action=action,
        params=params,
        made_by=made_by,
        now=now,
    )


def undo(conn: Connection, ruling_id: int, undone_by: int, now: float) -> bool:
    """False when it was undone before, or never made."""
    return (
        conn.execute(
            """
            update rulings set undone_at = :now, undone_by = :undone_by
             where id = :ruling_id and undone_at is null
            """,
            ruling_id=ruling_id,
            undone_by=undone_by,
            now=now,
        )
        == 1
    )


def by_id(conn: Connection, ruling_id: int) -> Ruling | None:
    row = conn.one(f"{_SELECT} where r.id = :ruling_id", ruling_id=ruling_id)
    return record(Ruling, row) if row else None


def in_force(conn: Connection, event_id: int) -> list[Ruling]:
    """Those about the event that nobody has undone, oldest first."""
    rows = conn.all(
        f"{_SELECT} where r.event_id = :event_id and r.undone_at is null order by r.id",
        event_id=event_id,
    )
    return _rulings(rows)


def later(conn: Connection, ruling_id: int) -> list[Ruling]:
    """Those made after this one that nobody has undone, newest first."""
    rows = conn.all(
        f"{_SELECT} where r.id > :ruling_id and r.undone_at is null order by r.id desc",
        ruling_id=ruling_id,
    )
    return _rulings(rows)


def latest(conn: Connection, limit: int) -> list[Ruling]:
    """The last ones, undone or not, newest first."""
    return _rulings(conn.all(f"{_SELECT} order by r.id desc limit :limit", limit=limit))


def _rulings(rows: list[Row]) -> list[Ruling]:
    return [record(Ruling, row) for row in rows]
