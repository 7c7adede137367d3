"""WebSub: which hubs are asked to push which feeds, and what they promised.

A row is wanted while an active feed announces its hub and topic; `reconcile` keeps it so. Whether
a hub keeps its promise is seen in `storage/pushes.py`.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from storage.database import Connection, Row
from storage.model import HubMode, HubSubscription
from storage.rows import number, record

_ACTIVE = """
select 1 from feeds f
 where f.id = hub_subscriptions.feed_id and f.hub = hub_subscriptions.hub
   and f.topic = hub_subscriptions.topic and f.removed_at is null
"""

CLAIM = """
update hub_subscriptions
   set leased_by = :worker, leased_until = :until, asked_at = :now, attempts = attempts + 1,
       callback = :callbacks || token
 where id in (
     select id from hub_subscriptions
      where mode <> 'off' and due_at <= :now and leased_until <= :now
      order by due_at
      limit :limit
      {skip_locked})
returning *
"""

WAITING = """
select (select count(*) from hub_subscriptions
         where mode <> 'off' and due_at <= :now and leased_until <= :now)
     + (select count(*) from hub_subscriptions where pinged_at is not null) as n
"""


def reconcile(conn: Connection, callbacks: str, now: float) -> None:
    """Want what active feeds announce, and nothing else.

    `callbacks` is the address that a token is added to; when it has changed, hubs learn the new
    one, and nothing is expected of them until then.
    """
    for row in conn.all(
        """
        select f.id, f.hub, f.topic from feeds f
         where f.hub is not null and f.topic is not null
           and f.paused_at is null and f.removed_at is null
           and not exists (
               select 1 from hub_subscriptions s
                where s.feed_id = f.id and s.hub = f.hub and s.topic = f.topic)
        """
    ):
        conn.execute(
            """
            insert into hub_subscriptions (
                feed_id, hub, topic, token, secret, mode, due_at, created_at)
            values (:feed_id, :hub, :topic, :token, :secret, 'subscribe', :now, :now)
            on conflict (feed_id, hub, topic) do nothing
            """,
            feed_id=row["id"],
            hub=row["hub"],
            topic=row["topic"],
            token=secrets.token_urlsafe(24),
            secret=secrets.token_urlsafe(32),
            now=now,
        )
    conn.execute(
        f"""
        update hub_subscriptions set mode = 'subscribe', due_at = :now, attempts = 0
         where mode <> 'subscribe' and exists ({_ACTIVE} and f.paused_at is null)
        """,  # noqa: S608 -- our own text
        now=now,
    )
    lost = conn.all(
        f"""
        update hub_subscriptions
           set mode = case when lease_until > :now then 'unsubscribe' else 'off' end,
               due_at = :now, attempts = 0, trusted_at = null, pushed_in_row = 0,
               pinged_at = null
         where mode = 'subscribe' and not exists ({_ACTIVE} and f.paused_at is null)
        returning feed_id
        """,  # noqa: S608
        now=now,
    )
    lost += conn.all(
        """
        update hub_subscriptions set due_at = :now, attempts = 0, lease_until = null
         where mode = 'subscribe' and lease_until is not null and callback <> :callbacks || token
        returning feed_id
        """,
        callbacks=callbacks,
        now=now,
    )
    for row in lost:
        settle_trust(conn, row["feed_id"], now)
    conn.execute(
        f"delete from hub_subscriptions where mode = 'off' and not exists ({_ACTIVE})"  # noqa: S608
    )


def forget_trust(conn: Connection) -> None:
    """Nothing will be pushed to us: without an address of our own every feed is polled."""
    conn.execute("update feeds set pushed_until = null where pushed_until is not null")


def waiting(conn: Connection, now: float) -> bool:
    """Is there a hub to ask, or a ping to follow?"""
    return number(conn, WAITING, now=now) > 0


def claim(
    conn: Connection, worker: str, *, callbacks: str, now: float, limit: int, lease: float
) -> list[HubSubscription]:
    """Take up to `limit` whose hub is to be asked, for `lease` seconds.

    From here on the hub may verify, even before its answer to us: that it was asked is recorded
    first.
    """
    rows = conn.all(
        CLAIM, worker=worker, callbacks=callbacks, now=now, until=now + lease, limit=limit
    )
    return [_subscription(row) for row in rows]


def asked(
    conn: Connection,
    subscription_id: int,
    worker: str,
    *,
    retry_at: float,
    error: str | None,
    give_up: bool,
) -> bool:
    """Ask again at `retry_at` unless the hub verifies before; with `give_up`, never again.

    False, and nothing changed, when the hub has verified or denied meanwhile.
    """
    return (
        conn.execute(
            """
            update hub_subscriptions
               set due_at = :retry_at, error = :error, leased_by = null, leased_until = 0,
                   mode = coalesce(:mode, mode)
             where id = :id and leased_by = :worker
            """,
            id=subscription_id,
            worker=worker,
            retry_at=retry_at,
            error=error,
            mode="off" if give_up else None,
        )
        == 1
    )


def by_token(conn: Connection, token: str) -> HubSubscription | None:
    row = conn.one("select * from hub_subscriptions where token = :token", token=token)
    return _subscription(row) if row else None


def of_feed(conn: Connection, feed_id: int) -> HubSubscription | None:
    """The one to what the feed announces now."""
    row = conn.one(
        f"select * from hub_subscriptions where feed_id = :feed_id and exists ({_ACTIVE})",  # noqa: S608
        feed_id=feed_id,
    )
    return _subscription(row) if row else None


def verified(
    conn: Connection,
    token: str,
    topic: str,
    mode: HubMode,
    *,
    asked_since: float,
    lease_until: float,
    renew_at: float,
    now: float,
) -> int | None:
    """The hub asks whether we want this: the feed that we do want it for. None: it is not what
    we asked, or not since `asked_since`.

    A hub whose question got no answer may repeat it.
    """
    subscribing = mode == "subscribe"
    rows = conn.all(
        """
        update hub_subscriptions
           set verified_at = :now, lease_until = :lease_until, due_at = :renew_at, attempts = 0,
               mode = :next_mode, error = null, denied_at = null,
               leased_by = null, leased_until = 0
         where token = :token and topic = :topic and mode = :mode and asked_at >= :asked_since
        returning feed_id
        """,
        token=token,
        topic=topic,
        mode=mode,
        next_mode=mode if subscribing else "off",
        asked_since=asked_since,
        lease_until=lease_until if subscribing else None,
        renew_at=renew_at,
        now=now,
    )
    return _told(conn, rows, now)


def denied(
    conn: Connection, token: str, topic: str, *, error: str, retry_at: float, now: float
) -> int | None:
    """The hub will not push, or no longer: which feed. None when we never asked it for that."""
    rows = conn.all(
        """
        update hub_subscriptions
           set denied_at = :now, lease_until = null, trusted_at = null, pushed_in_row = 0,
               error = :error, due_at = :retry_at, leased_by = null, leased_until = 0,
               mode = case when mode = 'subscribe' then mode else 'off' end
         where token = :token and topic = :topic and asked_at is not null
        returning feed_id
        """,
        token=token,
        topic=topic,
        error=error,
        retry_at=retry_at,
        now=now,
    )
    return _told(conn, rows, now)


def pushed_feeds(conn: Connection, now: float) -> int:
    """How many feeds are polled rarely because their hub pushes."""
    return number(conn, "select count(*) as n from feeds where pushed_until > :now", now=now)


def settle_trust(conn: Connection, feed_id: int, now: float) -> None:
    """Say on the feed until when it is pushed; one that no longer is, is looked at at once."""
    row = conn.one(
        """
        select max(lease_until) as until from hub_subscriptions
         where feed_id = :feed_id and mode = 'subscribe' and trusted_at is not null
           and lease_until > :now
        """,
        feed_id=feed_id,
        now=now,
    )
    until = row["until"] if row else None
    if until is None:
        conn.execute(
            """
            update feeds set next_check_at = :now
             where id = :feed_id and pushed_until > :now and next_check_at > :now
               and error_count = 0
            """,
            feed_id=feed_id,
            now=now,
        )
    conn.execute(
        "update feeds set pushed_until = :until where id = :feed_id", feed_id=feed_id, until=until
    )


def _told(conn: Connection, rows: Sequence[Row], now: float) -> int | None:
    """A token is one feed's."""
    for row in rows:
        settle_trust(conn, row["feed_id"], now)
    return rows[0]["feed_id"] if rows else None


def _subscription(row: Row) -> HubSubscription:
    return record(HubSubscription, row)
