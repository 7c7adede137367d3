"""How often each feed writes, by which its silence is judged: worked out in turn."""

from __future__ import annotations

from storage.database import Connection


def due(conn: Connection, before: float, limit: int) -> list[int]:
    """Ids of active feeds whose habit was worked out before then or never, the oldest first."""
    rows = conn.all(
        """
        select id from feeds
         where paused_at is null and removed_at is null and first_success_at is not null
           and coalesce(habit_at, 0) < :before
         order by coalesce(habit_at, 0), id
         limit :limit
        """,
        before=before,
        limit=limit,
    )
    return [row["id"] for row in rows]


def moments(conn: Connection, feed_id: int, since: float, limit: int) -> list[float]:
    """When the items of a feed were published, or first seen where that is not known: those seen
    since then, the last `limit` of them, in no order."""
    rows = conn.all(
        """
        select case when published_at < first_seen_at then published_at
                    else first_seen_at end as at
          from entries
         where feed_id = :feed_id and first_seen_at >= :since
         order by first_seen_at desc
         limit :limit
        """,
        feed_id=feed_id,
        since=since,
        limit=limit,
    )
    return [row["at"] for row in rows]


def keep(
    conn: Connection,
    feed_id: int,
    *,
    usual_gap: float | None,
    silent_after: float | None,
    now: float,
) -> None:
    """A feed's habit in seconds; None leaves what was known before."""
    conn.execute(
        """
        update feeds
           set usual_gap = coalesce(:usual_gap, usual_gap),
               silent_after = coalesce(:silent_after, silent_after), habit_at = :now
         where id = :id
        """,
        id=feed_id,
        usual_gap=usual_gap,
        silent_after=silent_after,
        now=now,
    )
