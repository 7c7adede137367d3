"""What hubs push, and whether they do it before our polls find the same.

A hub is trusted, and its feed polled rarely, once it has brought news before our polls twice in a
row, and no longer once our polls were first twice in a row: many hubs promise and never push.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from storage import entries
from storage.database import Connection
from storage.hubs import settle_trust
from storage.model import NewEntry, SavedPush

#: so many in a row make a hub trusted, or no longer
IN_ROW = 2


def save_push(
    conn: Connection,
    subscription_id: int,
    pushed: Sequence[NewEntry],
    *,
    body_hash: str,
    now: float,
    alert_max_age: float,
    learn: Callable[[str, Sequence[float | None]], str] | None = None,
) -> SavedPush:
    """Keep what a push brings that is new, as a poll would; the feed's lease is not needed.

    It may be a part of the feed, old, or come late: so what it says otherwise of an entry that
    we know, by whatever of its names, is not believed but looked up (`look`, and a ping is
    left). A feed that was never polled is looked at too, for its first poll alerts nobody. `learn`
    makes the feed's rhythm anew from what it was and the dates of the new entries.
    """
    row = conn.one(
        """
        select f.id, f.first_success_at, f.rhythm
          from hub_subscriptions s join feeds f on f.id = s.feed_id
         where s.id = :id and s.mode = 'subscribe'
           and f.paused_at is null and f.removed_at is null
        """,
        id=subscription_id,
    )
    if row is None:
        return SavedPush()
    primed = row["first_success_at"] is not None
    fresh, look = _unknown(conn, row["id"], pushed) if primed else ([], True)
    # under which other names they may be known only a whole body shows
    new = entries.save(
        conn, row["id"], fresh, now=now, oldest=now - alert_max_age, first_poll=False
    ).new
    if new:
        known = row["rhythm"]
        conn.execute(
            """
            update feeds set last_new_at = :now, heard_at = :now, rhythm = :rhythm where id = :id
            """,
            id=row["id"],
            rhythm=learn(known, new) if learn and known else known,
            now=now,
        )
    conn.execute(
        """
        update hub_subscriptions
           set pushed_at = :now, push_hash = :body_hash, missed_in_row = 0,
               pinged_at = coalesce(:pinged_at, pinged_at)
         where id = :id
        """,
        id=subscription_id,
        body_hash=body_hash,
        pinged_at=now if look else None,
        now=now,
    )
    if new:
        _first(conn, row["id"], now)
    return SavedPush(new=len(new), look=look)


def ping(conn: Connection, subscription_id: int, now: float) -> None:
    """Its feed has news to be looked at: kept until somebody has, whoever polls it right now."""
    conn.execute(
        "update hub_subscriptions set pinged_at = :now where id = :id and mode = 'subscribe'",
        id=subscription_id,
        now=now,
    )


def ignored(conn: Connection, subscription_id: int) -> None:
    """Count a push that its hub did not sign."""
    conn.execute(
        "update hub_subscriptions set ignored = ignored + 1 where id = :id", id=subscription_id
    )


def poll_pinged(conn: Connection, now: float, spacing: float) -> int:
    """Make due the feeds whose hub pinged after they were last asked, and not less than
    `spacing` seconds ago; how many. A failing feed keeps its pause, as do those that wait with
    it because their host sent us away (`polls.save`); a poll in flight ends first."""
    conn.execute(
        """
        update hub_subscriptions set pinged_at = null
         where pinged_at is not null and exists (
             select 1 from feeds f
              where f.id = hub_subscriptions.feed_id and f.leased_until <= :now
                and f.last_attempt_at >= hub_subscriptions.pinged_at)
        """,
        now=now,
    )
    return conn.execute(
        """
        update feeds set next_check_at = :now
         where id in (select feed_id from hub_subscriptions where pinged_at is not null)
           and paused_at is null and removed_at is null and error_count = 0
           and next_check_at > :now and leased_until <= :now
           and coalesce(last_attempt_at, 0) <= :spaced
           and not exists (
               select 1 from feeds refused
                where refused.host = feeds.host and refused.error_count > 0
                  and refused.next_check_at = feeds.next_check_at)
        """,
        now=now,
        spaced=now - spacing,
    )


def polled(conn: Connection, feed_id: int, now: float) -> None:
    """Part of `polls.save`: a poll found news. Was the hub first, with a ping, or did it
    not tell us?"""
    pinged = conn.all(
        """
        update hub_subscriptions set pinged_at = null, missed_in_row = 0
         where feed_id = :feed_id and pinged_at <= (
             select last_attempt_at from feeds where id = :feed_id)
        returning id
        """,
        feed_id=feed_id,
    )
    if pinged:
        _first(conn, feed_id, now)
        return
    missed = conn.execute(
        """
        update hub_subscriptions
           set missed_in_row = missed_in_row + 1, pushed_in_row = 0,
               trusted_at = case when missed_in_row + 1 < :enough then trusted_at end
         where feed_id = :feed_id and mode = 'subscribe' and lease_until > :now
        """,
        feed_id=feed_id,
        enough=IN_ROW,
        now=now,
    )
    if missed:
        settle_trust(conn, feed_id, now)


def _first(conn: Connection, feed_id: int, now: float) -> None:
    """The hub told us before we found it ourselves."""
    conn.execute(
        """
        update hub_subscriptions
           set pushed_in_row = pushed_in_row + 1,
               trusted_at = case when pushed_in_row + 1 >= :enough
                                 then coalesce(trusted_at, :now) else trusted_at end
         where feed_id = :feed_id and mode = 'subscribe'
        """,
        feed_id=feed_id,
        enough=IN_ROW,
        now=now,
    )
    settle_trust(conn, feed_id, now)


def _unknown(
    conn: Connection, feed_id: int, pushed: Sequence[NewEntry]
) -> tuple[list[NewEntry], bool]:
    """Those that the feed's entries do not know by any name, and whether one is known but
    differs. What identifies an item depends on its neighbours (feeds that give every item one
    guid), and a push may come without them: guid and address are compared too."""
    known = conn.all(
        """
        select identity, guid, canonical_url, content_hash from entries
         where feed_id = :feed_id
           and (identity in (:identities) or guid in (:guids) or canonical_url in (:urls))
        """,
        feed_id=feed_id,
        identities=[entry.identity for entry in pushed],
        guids=[entry.guid for entry in pushed if entry.guid],
        urls=[entry.canonical_url for entry in pushed],
    )
    content = {row["identity"]: row["content_hash"] for row in known}
    names = {row["guid"] for row in known} | {row["canonical_url"] for row in known}
    fresh, look = [], False
    for entry in pushed:
        if entry.identity in content:
            look = look or content[entry.identity] != entry.content_hash
        elif entry.guid in names - {None} or entry.canonical_url in names:
            look = True
        else:
            fresh.append(entry)
    return fresh, look
