"""What a poll learned of its feed, saved at once: entries, validators, moves and the next look."""

from __future__ import annotations

from collections.abc import Sequence

from storage import entries, moves, pushes
from storage.database import Connection
from storage.identity import ALL_NEW
from storage.model import NewEntry, PollResult, SavedPoll

#: a change of what is known of the feed, by how its poll ended
_SETTLE = {
    "changed": """
        update feeds
           set etag = :etag, last_modified = :last_modified, body_hash = :body_hash,
               first_success_at = coalesce(first_success_at, :now), last_success_at = :now,
               next_check_at = :next_check_at, last_error = null, error_count = 0,
               failed_since = null,
               empty_since = case when :is_empty = 1 then coalesce(empty_since, :now) end,
               hub = :hub, topic = :topic, leased_by = null, leased_until = 0
         where id = :id
    """,
    # an answer without a body may still bring a newer validator
    "not_modified": """
        update feeds
           set etag = coalesce(:etag, etag),
               last_modified = coalesce(:last_modified, last_modified),
               last_success_at = :now, next_check_at = :next_check_at,
               last_error = null, error_count = 0, failed_since = null,
               leased_by = null, leased_until = 0
         where id = :id
    """,
    "failed": """
        update feeds
           set next_check_at = :next_check_at, last_error = :error,
               error_count = error_count + 1, failed_since = coalesce(failed_since, :now),
               leased_by = null, leased_until = 0
         where id = :id
    """,
}


def save_all(
    conn: Connection,
    worker: str,
    polled: Sequence[tuple[int, PollResult]],
    *,
    now: float,
    alert_max_age: float,
) -> list[SavedPoll]:
    """`save` for each feed by its id, in one transaction; what each came to, in order."""
    return [
        save(conn, feed_id, worker, result, now=now, alert_max_age=alert_max_age)
        for feed_id, result in polled
    ]


def save(
    conn: Connection,
    feed_id: int,
    worker: str,
    result: PollResult,
    *,
    now: float,
    alert_max_age: float,
) -> SavedPoll:
    """What a poll learned, all at once, so that a validator is never ahead of its entries.

    Entries of the first successful poll are kept quiet, those published more than
    `alert_max_age` seconds ago, and what a rebuilt feed shows again; a known identity with another
    content is the source's correction and waits for the editor again. A worker that has lost its
    lease writes nothing.
    """
    before = conn.one(
        """
        select hub, moved_to, gone_since,
               case when first_success_at is not null then last_success_at end as last_look
          from feeds
         where id = :id and leased_by = :worker
        """,
        id=feed_id,
        worker=worker,
    )
    if before is None:
        return SavedPoll(stale=True)
    conn.execute(
        _SETTLE[result.status],
        id=feed_id,
        now=now,
        next_check_at=result.next_check_at,
        etag=result.etag,
        last_modified=result.last_modified,
        body_hash=result.body_hash,
        error=result.error,
        is_empty=int(not result.entries),
        hub=result.hub,
        topic=result.topic,
    )
    last_look: float | None = before["last_look"]
    given, verdict = {}, ALL_NEW
    if last_look is not None:
        given = entries.given(conn, feed_id, result.entries)
        verdict = entries.recognised(conn, feed_id, result.entries, given, last_look)
    saved = entries.save(
        conn,
        feed_id,
        result.entries,
        now=now,
        oldest=now - alert_max_age,
        first_poll=last_look is None,
        given=given,
        verdict=verdict,
    )
    if saved.new:
        conn.execute(
            "update feeds set last_new_at = :now, heard_at = :heard_at where id = :id",
            id=feed_id,
            now=now,
            # an archive read today may have ended long ago
            heard_at=_newest(result.entries, now) if last_look is None else now,
        )
        if result.learn:
            learned = result.learn(saved.new)
            conn.execute(
                "update feeds set rhythm = :rhythm, next_check_at = :next where id = :id",
                id=feed_id,
                rhythm=learned.rhythm,
                next=learned.next_check_at,
            )
        if before["hub"]:
            pushes.polled(conn, feed_id, now)
    if result.hold_host:
        _hold(conn, result.hold_host, result.next_check_at)
    known = result.status == "not_modified" or len(saved.new) < len(result.entries)
    moved = moves.settle(conn, feed_id, before, result, known=known, now=now)
    return SavedPoll(new=len(saved.new), changed=saved.changed, renamed=saved.renamed, moved=moved)


def _hold(conn: Connection, host: str, until: float) -> None:
    conn.execute(
        """
        update feeds set next_check_at = :until
         where host = :host and next_check_at < :until and removed_at is null
        """,
        host=host,
        until=until,
    )


def _newest(fetched: Sequence[NewEntry], now: float) -> float:
    return max(min(now, now if e.published_at is None else e.published_at) for e in fetched)
