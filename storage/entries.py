"""Items of feeds as fetched, waiting for the editor."""

from __future__ import annotations

from collections.abc import Sequence

from storage.database import Connection, Row
from storage.model import Entry, NewEntry
from storage.rows import number, record

CLAIM = """
update entries
   set leased_by = :worker, leased_until = :until, attempts = attempts + 1
 where id in (
     select id from entries
      where done_at is null and dead_at is null and due_at <= :now and leased_until <= :now
      order by due_at, id
      limit :limit
      {skip_locked})
returning id
"""

_SAVE = """
insert into entries (
    feed_id, identity, guid, url, canonical_url, title, summary, published_at, first_seen_at,
    content_hash, fingerprint, quiet, due_at)
values (
    :feed_id, :identity, :guid, :url, :canonical_url, :title, :summary, :published_at, :now,
    :content_hash, :fingerprint, :quiet, :now)
on conflict (feed_id, identity) do update
   set guid = excluded.guid, url = excluded.url, canonical_url = excluded.canonical_url,
       title = excluded.title, summary = excluded.summary, published_at = excluded.published_at,
       content_hash = excluded.content_hash, fingerprint = excluded.fingerprint,
       revision = entries.revision + 1, due_at = excluded.due_at, done_at = null, dead_at = null,
       attempts = 0, error = null, leased_by = null, leased_until = 0
 where entries.content_hash <> excluded.content_hash
returning revision
"""


def save(
    conn: Connection,
    feed_id: int,
    fetched: Sequence[NewEntry],
    *,
    now: float,
    oldest: float,
    first_poll: bool,
) -> tuple[list[float | None], int]:
    """Part of `feeds.save_poll`: when the new ones were published, and how many known ones were
    corrected.

    One that was published before `oldest` is new but quiet, as all of a first poll are.
    """
    new: list[float | None] = []
    changed = 0
    for entry in fetched:
        old = entry.published_at is not None and entry.published_at < oldest
        saved = conn.one(
            _SAVE,
            feed_id=feed_id,
            identity=entry.identity,
            guid=entry.guid,
            url=entry.url,
            canonical_url=entry.canonical_url,
            title=entry.title,
            summary=entry.summary,
            published_at=entry.published_at,
            content_hash=entry.content_hash,
            fingerprint=entry.fingerprint,
            quiet="first_poll" if first_poll else "old" if old else None,
            now=now,
        )
        if saved and saved["revision"] == 1:
            new.append(entry.published_at)
        elif saved:
            changed += 1
    return new, changed


def claim(conn: Connection, worker: str, *, now: float, limit: int, lease: float) -> list[Entry]:
    """Take up to `limit` waiting entries for `lease` seconds, the longest waiting first."""
    taken = conn.all(CLAIM, worker=worker, until=now + lease, now=now, limit=limit)
    rows = conn.all(
        """
        select f.* from feed_entries f join entries e on e.id = f.id
         where f.id in (:ids)
         order by e.due_at, e.id
        """,
        ids=[row["id"] for row in taken],
    )
    return [entry_of(row) for row in rows]


def done(conn: Connection, entry_id: int, worker: str, now: float) -> bool:
    """The editor has dealt with it. False: the lease was lost or the source corrected it
    meanwhile, and the caller raises StaleLease so that nothing of its work stays."""
    return (
        conn.execute(
            """
            update entries
               set done_at = :now, error = null, leased_by = null, leased_until = 0
             where id = :entry_id and leased_by = :worker and done_at is null
            """,
            entry_id=entry_id,
            worker=worker,
            now=now,
        )
        == 1
    )


def failed(
    conn: Connection,
    entry_id: int,
    worker: str,
    error: str,
    *,
    retry_at: float,
    dead: bool,
    now: float,
) -> bool:
    """The editor could not: again at `retry_at`, or never when `dead`. False: lease lost."""
    return (
        conn.execute(
            """
            update entries
               set error = :error, due_at = :retry_at, dead_at = :dead_at,
                   leased_by = null, leased_until = 0
             where id = :entry_id and leased_by = :worker and done_at is null
            """,
            entry_id=entry_id,
            worker=worker,
            error=error,
            retry_at=retry_at,
            dead_at=now if dead else None,
        )
        == 1
    )


def copies(conn: Connection, entry: Entry, since: float) -> list[int]:
    """Ids of the events that other entries with this address or this text told of, since then."""
    rows = conn.all(
        """
        select distinct r.event_id
          from reports r join entries e on e.id = r.entry_id
         where r.event_id is not null and e.first_seen_at >= :since and e.id <> :entry_id
           and e.id in (
               select id from entries where canonical_url = :canonical_url
               union
               select id from entries where fingerprint = :fingerprint)
         order by r.event_id
        """,
        since=since,
        entry_id=entry.id,
        # an item without a link or a text is no copy of another one without; null equals nothing
        canonical_url=entry.canonical_url or None,
        fingerprint=entry.fingerprint or None,
    )
    return [row["event_id"] for row in rows]


def waiting(conn: Connection) -> int:
    """How many the editor still has to look at."""
    return number(
        conn, "select count(*) as n from entries where done_at is null and dead_at is null"
    )


def entry_of(row: Row) -> Entry:
    """A row with the columns of the view `feed_entries`."""
    return record(
        Entry,
        row,
        feed_countries=codes(row["feed_countries"]),
        feed_state_media=bool(row["feed_state_media"]),
    )


def codes(text: str) -> tuple[str, ...]:
    """'ML,BF' as ('ML', 'BF')."""
    return tuple(text.split(",")) if text else ()
