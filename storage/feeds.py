"""Sources that are polled: what is known of each, and when it is due."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import urlsplit

from storage import entries, moves
from storage.database import Connection, Row
from storage.model import Feed, FeedHealth, FeedSeed
from storage.rows import only, record

CLAIM = """
with due as (
    select id, host, next_check_at,
           row_number() over (partition by host order by next_check_at, id) as nth
      from feeds
     where paused_at is null and removed_at is null
       and next_check_at <= :now and leased_until <= :now),
ready as (
    select id from due
     where :spacing = 0
        or (nth = 1 and not exists (
                select 1 from feeds same
                 where same.host = due.host
                   and (same.last_attempt_at > :spaced or same.leased_until > :now)))
     order by next_check_at, id
     limit :limit)
update feeds
   set leased_by = :worker, leased_until = :until, last_attempt_at = :now
 where id in (
     select id from feeds
      where id in (select id from ready) and next_check_at <= :now and leased_until <= :now
      {skip_locked})
returning *
"""

_INSERT = """
insert into feeds (
    url, name, language, countries, kind, reliability, state_media, origin, host,
    paused_at, next_check_at, created_at)
values (
    :url, :name, :language, :countries, :kind, :reliability, :state_media, :origin, :host,
    :paused_at, :now, :now)
"""


def seed(conn: Connection, seeds: Sequence[FeedSeed], now: float) -> int:
    """Add the feeds that were never known; how many. One that was removed stays removed, and one
    that has moved keeps its new address."""
    known = moves.former(conn, [seed.url for seed in seeds])
    return conn.many(
        _INSERT + "on conflict (url) do nothing",
        [_values(seed, now) for seed in seeds if seed.url not in known],
    )


def add(conn: Connection, seed: FeedSeed, now: float) -> Feed:
    """The feed at this URL, due now if new. One that was removed starts afresh, with a first
    poll that alerts nobody; one that is polled already stays as it is."""
    conn.execute(
        _INSERT
        + """
        on conflict (url) do update
           set name = excluded.name, language = excluded.language, countries = excluded.countries,
               kind = excluded.kind, reliability = excluded.reliability,
               state_media = excluded.state_media, origin = excluded.origin,
               paused_at = excluded.paused_at, next_check_at = excluded.next_check_at,
               removed_at = null, first_success_at = null, etag = null, last_modified = null,
               body_hash = null, last_error = null, error_count = 0, rhythm = null,
               moved_to = null, moved_since = null, moved_seen = 0, gone_since = null,
               gone_seen = 0, retired_for = null, retired_into = null, failed_since = null,
               empty_since = null, heard_at = null, usual_gap = null, silent_after = null,
               habit_at = null, created_at = excluded.created_at
         where feeds.removed_at is not null
        """,
        **_values(seed, now),
    )
    return _feed(only(conn.one("select * from feeds where url = :url", url=seed.url)))


def by_id(conn: Connection, feed_id: int) -> Feed | None:
    """None also when it was removed."""
    row = conn.one("select * from feeds where id = :id and removed_at is null", id=feed_id)
    return _feed(row) if row else None


def by_url(conn: Connection, url: str) -> Feed | None:
    """By the address it has, else by one that it had; None also when it was removed."""
    row = conn.one("select * from feeds where url = :url and removed_at is null", url=url)
    row = row or conn.one(
        """
        select * from feeds
         where id = (select feed_id from former_addresses where url = :url)
           and removed_at is null
        """,
        url=url,
    )
    return _feed(row) if row else None


def everything(conn: Connection) -> list[Feed]:
    """Every feed that was not removed, by name."""
    rows = conn.all("select * from feeds where removed_at is null order by name, id")
    return [_feed(row) for row in rows]


def claim(
    conn: Connection, worker: str, *, now: float, limit: int, lease: float, host_spacing: float
) -> list[Feed]:
    """Take up to `limit` due feeds for `lease` seconds, the longest due first.

    With a `host_spacing` (seconds) a host gives one feed at most, and none while another of its
    feeds is being asked or was asked less long ago than that, by whatever process; 0 lifts these
    rules.
    """
    rows = conn.all(
        CLAIM,
        worker=worker,
        now=now,
        until=now + lease,
        limit=limit,
        spacing=host_spacing,
        spaced=now - host_spacing,
    )
    return [_feed(row) for row in sorted(rows, key=lambda row: (row["next_check_at"], row["id"]))]


def renew(conn: Connection, worker: str, ids: Iterable[int], until: float) -> int:
    """Keep what is still ours until then; how many that were."""
    return conn.many(
        "update feeds set leased_until = :until where id = :id and leased_by = :worker",
        [{"id": feed_id, "worker": worker, "until": until} for feed_id in ids],
    )


def due(conn: Connection, at: float) -> set[int]:
    """Ids of the feeds that are to be polled at `at`, also those that somebody is polling."""
    rows = conn.all(
        """
        select id from feeds
         where paused_at is null and removed_at is null and next_check_at <= :at
        """,
        at=at,
    )
    return {row["id"] for row in rows}


def pause(conn: Connection, feed_id: int, now: float) -> bool:
    """Stop polling; False when there is no such feed or it is paused already."""
    return _changed(
        conn,
        """
        update feeds set paused_at = :now
         where id = :id and removed_at is null and paused_at is null
        """,
        feed_id,
        now,
    )


def resume(conn: Connection, feed_id: int, now: float) -> bool:
    """Poll again, first at once; False when there is no such feed or it is not paused."""
    return _changed(
        conn,
        """
        update feeds
           set paused_at = null, next_check_at = :now, moved_to = null, moved_since = null,
               moved_seen = 0, gone_since = null, gone_seen = 0, retired_for = null,
               retired_into = null, failed_since = null, empty_since = null
         where id = :id and removed_at is null and paused_at is not null
        """,
        feed_id,
        now,
    )


def remove(conn: Connection, feed_id: int, now: float) -> bool:
    """Never poll again, also when the feed file still lists it; a poll in flight is not saved.

    False when there is no such feed.
    """
    return _changed(
        conn,
        """
        update feeds set removed_at = :now, leased_by = null, leased_until = 0
         where id = :id and removed_at is null
        """,
        feed_id,
        now,
    )


def check_now(conn: Connection, feed_id: int, now: float) -> bool:
    """Make it due; False when there is no such feed or it is paused."""
    return _changed(
        conn,
        """
        update feeds set next_check_at = :now
         where id = :id and removed_at is null and paused_at is null
        """,
        feed_id,
        now,
    )


def health(conn: Connection, now: float) -> FeedHealth:
    row = conn.one(
        """
        select count(*) as feeds, count(paused_at) as paused,
               count(case when paused_at is null and error_count > 0 then 1 end) as failing,
               min(case when paused_at is null and leased_until <= :now
                        then next_check_at end) as oldest_due_at,
               max(last_success_at) as last_success_at,
               count(case when paused_at is null and last_success_at > :hour_ago
                          then 1 end) as answered
          from feeds
         where removed_at is null
        """,
        now=now,
        hour_ago=now - 3600.0,
    )
    return record(FeedHealth, only(row))


def next_due_at(conn: Connection) -> float | None:
    """When a feed can be claimed next (epoch seconds); None when none is active."""
    row = conn.one(
        """
        select min(case when leased_until > next_check_at
                        then leased_until else next_check_at end) as at
          from feeds
         where paused_at is null and removed_at is null
        """
    )
    due_at: float | None = only(row)["at"]
    return due_at


def _changed(conn: Connection, sql: str, feed_id: int, now: float) -> bool:
    return conn.execute(sql, id=feed_id, now=now) == 1


def _values(seed: FeedSeed, now: float) -> dict[str, Any]:
    return {
        "url": seed.url,
        "name": seed.name,
        "language": seed.language,
        "countries": ",".join(seed.countries),
        "kind": seed.kind,
        "reliability": seed.reliability,
        "state_media": int(seed.state_media),
        "origin": seed.origin,
        "host": urlsplit(seed.url).hostname or "",
        "paused_at": now if seed.paused else None,
        "now": now,
    }


def _feed(row: Row) -> Feed:
    return record(
        Feed,
        row,
        countries=entries.codes(row["countries"]),
        state_media=bool(row["state_media"]),
    )
