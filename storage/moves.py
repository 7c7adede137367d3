"""Feeds that moved or are gone: what looks have seen is noted, and acted on once confirmed."""

from __future__ import annotations

from urllib.parse import urlsplit

from storage import notices
from storage.database import Connection, Row
from storage.model import Moved, PollResult
from storage.rows import only

#: so many hosts that lead to one other host are no moves: a parking page, a filter on the way
MASS = 3

_NOTE = """
update feeds
   set moved_since = case when moved_to = :moved_to then moved_since else :now end,
       moved_seen = case when moved_to = :moved_to then moved_seen + 1 else 1 end,
       moved_to = :moved_to
 where id = :id
"""
_STAYED = "update feeds set moved_to = null, moved_since = null, moved_seen = 0 where id = :id"
_GONE = """
update feeds
   set gone_since = coalesce(gone_since, :now), gone_seen = gone_seen + 1
 where id = :id
"""
_BACK = "update feeds set gone_since = null, gone_seen = 0 where id = :id"


def settle(
    conn: Connection, feed_id: int, noted: Row, result: PollResult, *, known: bool, now: float
) -> Moved | None:
    """Part of `polls.save`: note what this look saw, and act where it says `confirmed`.

    `noted` has the feed's `moved_to` and `gone_since` as they were. `known`: items that the feed
    had before were in the answer, so that a move led to the same feed. A failure other than 410
    says nothing and leaves what was noted.
    """
    if result.status == "failed":
        if not result.gone:
            return None
        conn.execute(_GONE, id=feed_id, now=now)
        return _retire(conn, feed_id, now, reason=result.error) if result.confirmed else None
    if noted["gone_since"] is not None:
        conn.execute(_BACK, id=feed_id)
    if result.moved_to and known:
        conn.execute(_NOTE, id=feed_id, now=now, moved_to=result.moved_to)
        return _rewrite(conn, feed_id, result.moved_to, now) if result.confirmed else None
    if noted["moved_to"] is not None and result.moved_to is None:
        conn.execute(_STAYED, id=feed_id)
    return None


def former(conn: Connection, urls: list[str]) -> set[str]:
    """Those of `urls` that a feed had before it moved."""
    rows = conn.all("select url from former_addresses where url in (:urls)", urls=urls)
    return {row["url"] for row in rows}


def _rewrite(conn: Connection, feed_id: int, url: str, now: float) -> Moved | None:
    """Give the feed its new address; None where it is only followed.

    Where another feed has that address this one is retired into it, unless a person stopped the
    other: then there would be nobody left who reads it.
    """
    if _crowd(conn, url) >= MASS:
        return None
    holder = conn.one("select id, paused_at, removed_at from feeds where url = :url", url=url)
    if holder and holder["id"] != feed_id:
        if holder["paused_at"] is not None or holder["removed_at"] is not None:
            return None
        return _retire(conn, feed_id, now, into=holder["id"])
    old = only(conn.one("select url from feeds where id = :id", id=feed_id))["url"]
    conn.execute("delete from former_addresses where url = :url", url=url)
    conn.execute(
        """
        insert into former_addresses (url, feed_id, left_at) values (:old, :id, :now)
        on conflict (url) do update set feed_id = excluded.feed_id, left_at = excluded.left_at
        """,
        old=old,
        id=feed_id,
        now=now,
    )
    conn.execute(
        "update feeds set url = :url, host = :host where id = :id",
        id=feed_id,
        url=url,
        host=urlsplit(url).hostname or "",
    )
    conn.execute(_STAYED, id=feed_id)
    return "rewritten"


def _crowd(conn: Connection, url: str) -> int:
    """How many hosts have feeds that lead to the host of `url` and are not of it."""
    target = urlsplit(url).hostname
    rows = conn.all(
        """
        select host, moved_to from feeds
         where moved_to is not null and paused_at is null and removed_at is null
        """
    )
    hosts = {row["host"] for row in rows if urlsplit(row["moved_to"]).hostname == target}
    return len(hosts - {target})


def _retire(
    conn: Connection,
    feed_id: int,
    now: float,
    *,
    reason: str | None = None,
    into: int | None = None,
) -> Moved:
    row = conn.one(
        """
        update feeds
           set paused_at = coalesce(paused_at, :now), retired_for = :reason,
               retired_into = :retired_into
         where id = :id
        returning name
        """,
        id=feed_id,
        now=now,
        reason=reason,
        retired_into=into,
    )
    told = {"name": only(row)["name"], "problem": reason, "into": into}
    notices.tell(conn, "retired", f"feed:{feed_id}", told, now)
    return "retired" if into is None else "merged"
