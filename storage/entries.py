"""Items of feeds as fetched, waiting for the editor."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from storage.database import Connection, Row
from storage.identity import ALL_NEW, Known, Verdict, is_flood, recognise
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


#: of a feed's last entries those that share something with the items: most often none
LAST = """
select id, identity, canonical_url, title, published_at, content_hash, fingerprint
  from (select * from entries where feed_id = :feed_id order by id desc limit :limit) as last
 where canonical_url in (:urls) or title in (:titles) or published_at in (:dates)
 order by id desc
"""

#: of all its entries, for what an archive shows again
ALIKE = """
select id, identity, canonical_url, title, published_at, content_hash, fingerprint
  from entries
 where feed_id = :feed_id
   and id in (
       select id from entries where canonical_url in (:urls)
       union
       select id from entries where fingerprint in (:prints))
 order by id desc
"""

#: of a feed's past, for each item that it gives now: more than its last few bodies
_PAST = 4
_PAST_LEAST = 100

#: the same article: nothing of what was decided about it changes
_RENAME = """
update entries
   set identity = :identity, guid = :guid, url = :url, canonical_url = :canonical_url
 where id = :id
"""
_RETELL = """
update entries
   set identity = :identity, guid = :guid, url = :url, canonical_url = :canonical_url,
       title = :title, summary = :summary, content_hash = :content_hash,
       fingerprint = :fingerprint
 where id = :id
"""


@dataclass(frozen=True, slots=True)
class SavedEntries:
    """What a poll's items came to."""

    #: when each new one was published
    new: list[float | None]
    #: known ones that the source corrected
    changed: int
    #: known ones under another identity
    renamed: int


def save(
    conn: Connection,
    feed_id: int,
    fetched: Sequence[NewEntry],
    *,
    now: float,
    oldest: float,
    first_poll: bool,
    given: Mapping[str, str] | None = None,
    verdict: Verdict = ALL_NEW,
) -> SavedEntries:
    """Part of `polls.save`: what was new, corrected, or known under another name.

    What is `given` already, with the same content, is passed over. One that was published before
    `oldest` is new but quiet, as are all of a first poll and what the `verdict` takes for an
    archive.
    """
    conn.many(
        _RETELL if verdict.rebuilt else _RENAME,
        [{"id": entry_id, **_columns(item)} for entry_id, item in verdict.renamed],
    )
    new: list[float | None] = []
    changed = 0
    given = given or {}
    for entry in fetched:
        if given.get(entry.identity) == entry.content_hash:
            continue
        quiet = None
        if first_poll:
            quiet = "first_poll"
        elif entry.published_at is not None and entry.published_at < oldest:
            quiet = "old"
        elif entry.identity in verdict.archive:
            quiet = "archive"
        saved = conn.one(_SAVE, feed_id=feed_id, now=now, quiet=quiet, **_columns(entry))
        if saved and saved["revision"] == 1:
            new.append(entry.published_at)
        elif saved:
            changed += 1
    return SavedEntries(new, changed, renamed=len(verdict.renamed))


def given(conn: Connection, feed_id: int, fetched: Sequence[NewEntry]) -> dict[str, str]:
    """The content hash of each of these that this feed gave before, by identity."""
    rows = conn.all(
        """
        select identity, content_hash from entries
         where feed_id = :feed_id and identity in (:identities)
        """,
        feed_id=feed_id,
        identities=[entry.identity for entry in fetched],
    )
    return {row["identity"]: row["content_hash"] for row in rows}


def recognised(
    conn: Connection,
    feed_id: int,
    fetched: Sequence[NewEntry],
    given: Container[str],
    last_look: float,
) -> Verdict:
    """What those of a whole body are whose identity this feed never gave before.

    `last_look` is when it was last read (epoch seconds).
    """
    strangers = [entry for entry in fetched if entry.identity not in given]
    if not strangers:
        return ALL_NEW
    urls = [entry.canonical_url for entry in strangers]
    rows = conn.all(
        LAST,
        feed_id=feed_id,
        limit=max(_PAST_LEAST, _PAST * len(fetched)),
        urls=urls,
        titles=[entry.title for entry in strangers],
        dates=[entry.published_at for entry in strangers],
    )
    if is_flood(len(strangers), len(fetched)):
        seen = {row["id"] for row in rows}
        prints = [entry.fingerprint for entry in strangers]
        alike = conn.all(ALIKE, feed_id=feed_id, urls=urls, prints=prints)
        rows += [row for row in alike if row["id"] not in seen]
    known = [record(Known, row) for row in rows]
    return recognise(strangers, fetched, known, last_look=last_look)


def _columns(entry: NewEntry) -> dict[str, Any]:
    return {name: getattr(entry, name) for name in NewEntry.__slots__}


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
