"""Work that only one process may do at a time: 'editor', 'sender:telegram', 'talk:telegram'."""

from __future__ import annotations

from storage.database import Connection


def take(conn: Connection, name: str, holder: str, *, now: float, until: float) -> bool:
    """Get the lease or keep it; False while somebody else holds it (epoch seconds)."""
    row = conn.one(
        """
        insert into leases (name, holder, until) values (:name, :holder, :until)
        on conflict (name) do update set holder = excluded.holder, until = excluded.until
         where leases.until <= :now or leases.holder = excluded.holder
        returning holder
        """,
        name=name,
        holder=holder,
        now=now,
        until=until,
    )
    return row is not None


def release(conn: Connection, name: str, holder: str) -> bool:
    """Give the lease back; False when it was no longer held."""
    return (
        conn.execute(
            "delete from leases where name = :name and holder = :holder", name=name, holder=holder
        )
        == 1
    )
