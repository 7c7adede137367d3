"""What is asked of hubs, kept so that a crash or a second process asks nothing twice or never."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest
from storage_samples import T0, new_entry, seed

from storage import feeds, hubs, polls, pushes
from storage.database import Connection, Database
from storage.model import HubSubscription, PollResult, SavedPush

HUB, TOPIC = "https://hub.example/", "https://a.example/a.xml"
HERE = "https://us.example/websub/"
DAY = 86_400.0


def poll(
    conn: Connection,
    *identities: str,
    hub: str | None = HUB,
    topic: str | None = TOPIC,
    now: float = T0,
) -> None:
    """A poll of every due feed finds these and this announcement, and comes again in a minute."""
    for feed in feeds.claim(conn, "poller", now=now, limit=9, lease=15, host_spacing=0):
        result = PollResult(
            status="changed",
            next_check_at=now + 60,
            entries=tuple(new_entry(identity) for identity in identities),
            hub=hub,
            topic=topic,
        )
        polls.save(conn, feed.id, "poller", result, now=now, alert_max_age=DAY)


async def announced(db: Database) -> None:
    await db.write(feeds.add, seed("a"), T0)
    await db.write(poll, "1")
    await db.write(hubs.reconcile, HERE, T0)


async def claim(db: Database, worker: str = "w", now: float = T0) -> list[HubSubscription]:
    return await db.write(hubs.claim, worker, callbacks=HERE, now=now, limit=9, lease=40.0)


async def verify(db: Database, token: str, now: float = T0, **changes: Any) -> bool:
    asked: dict[str, Any] = {
        "topic": TOPIC, "mode": "subscribe", "asked_since": now - 3600,
        "lease_until": now + 10 * DAY, "renew_at": now + 8 * DAY, **changes,
    }  # fmt: skip
    return await db.write(
        hubs.verified, token, asked.pop("topic"), asked.pop("mode"), now=now, **asked
    )


async def subscribed(db: Database) -> HubSubscription:
    await announced(db)
    (subscription,) = await claim(db)
    assert await verify(db, subscription.token)
    return subscription


async def push(db: Database, of: HubSubscription, *identities: str, now: float = T0) -> SavedPush:
    return await db.write(
        pushes.save_push,
        of.id,
        [new_entry(identity) for identity in identities],
        body_hash=",".join(identities),
        now=now,
        alert_max_age=DAY,
    )


async def feed(db: Database) -> Any:
    return await db.read(feeds.by_id, 1)


async def rows(db: Database) -> list[Any]:
    return await db.read(lambda conn: conn.all("select * from hub_subscriptions order by id"))


async def test_an_announcement_is_wanted_once(db: Database) -> None:
    """However often it is read; nothing is asked of who announces nothing."""
    await announced(db)
    await db.write(feeds.add, seed("b"), T0 + 1)
    await db.write(poll, "1", hub=None, topic=None, now=T0 + 1)
    await db.write(hubs.reconcile, HERE, T0 + 2)
    (row,) = await rows(db)
    assert (row["hub"], row["topic"], row["mode"], row["due_at"]) == (HUB, TOPIC, "subscribe", T0)


async def test_a_claim_records_that_it_was_asked(db: Database) -> None:
    """Before anybody asks: the hub may ask back at once. After a crash it is asked again."""
    await announced(db)
    (first,) = await claim(db)
    assert (first.asked_at, first.attempts, first.callback) == (T0, 1, HERE + first.token)
    assert await claim(db, "other", T0 + 39) == []
    (again,) = await claim(db, "other", T0 + 40)
    assert (again.token, again.attempts) == (first.token, 2)


async def test_of_many_who_claim_at_once_one_asks(db: Database, database_url: str) -> None:
    """Also from two database objects, as two processes have them."""
    await announced(db)
    other = await Database.open(database_url)
    claimed = await asyncio.gather(
        *(claim(d, f"{d is db} {i}") for i in range(5) for d in (db, other))
    )
    await other.close()
    assert sum(len(part) for part in claimed) == 1


async def test_a_consent_that_came_first_is_not_overwritten(db: Database) -> None:
    """The hub verified before it answered: the answer changes nothing any more."""
    of = await subscribed(db)
    settled = await db.write(hubs.asked, of.id, "w", retry_at=T0 + 60, error="late", give_up=False)
    (row,) = await rows(db)
    assert not settled
    assert (row["due_at"], row["error"], row["attempts"]) == (T0 + 8 * DAY, None, 0)


@pytest.mark.parametrize(
    "changes",
    [{"topic": "https://b.example/"}, {"mode": "unsubscribe"}, {"asked_since": T0 + 1}],
)
async def test_only_what_was_asked_can_be_verified(db: Database, changes: dict[str, Any]) -> None:
    """Same topic, same mode, not too long ago."""
    await announced(db)
    (of,) = await claim(db)
    assert not await verify(db, of.token, **changes)
    assert not await verify(db, "another token")
    assert (await rows(db))[0]["lease_until"] is None


async def test_two_pushes_first_make_a_hub_trusted_and_two_polls_first_undo_it(
    db: Database,
) -> None:
    """One of each in turn changes nothing."""
    of = await subscribed(db)
    seen = []
    steps = ["push", "poll", "push", "push", "poll", "push", "poll", "poll", "push", "push"]
    for number, step in enumerate(steps, 2):
        now = T0 + 100 * number
        if step == "push":
            assert (await push(db, of, str(number), now=now)).new == 1
        else:
            await db.write(poll, str(number), now=now)
        seen.append((await feed(db)).pushed_until is not None)
    assert seen == [False, False, False, True, True, True, True, False, False, True]


async def test_a_feed_that_is_no_longer_pushed_is_due_at_once(db: Database) -> None:
    """Whatever ends the promise: a denial, another address of ours, a feed that is paused."""
    of = await subscribed(db)
    await push(db, of, "2")
    await push(db, of, "3")
    assert (await feed(db)).pushed_until == T0 + 10 * DAY
    ends = {"error": "{}", "retry_at": T0 + DAY, "now": T0 + 5}
    assert not await db.write(hubs.denied, of.token, "https://b.example/", **ends)
    assert await db.write(hubs.denied, of.token, TOPIC, **ends)
    assert ((await feed(db)).pushed_until, (await feed(db)).next_check_at) == (None, T0 + 5)


async def test_another_address_of_ours_is_told_to_the_hub(db: Database) -> None:
    """Nothing is expected of the old one."""
    of = await subscribed(db)
    await push(db, of, "2")
    await push(db, of, "3")
    await db.write(hubs.reconcile, HERE, T0 + 5)
    assert await claim(db, now=T0 + 5) == []
    await db.write(hubs.reconcile, "https://new.example/websub/", T0 + 5)
    assert (await feed(db)).pushed_until is None
    (again,) = await db.write(
        hubs.claim, "w", callbacks="https://new.example/websub/", now=T0 + 5, limit=9, lease=40.0
    )
    assert again.callback == f"https://new.example/websub/{of.token}"


async def test_without_an_address_nothing_is_pushed(db: Database) -> None:
    """PUBLIC_URL was taken away: every feed is polled as ever."""
    of = await subscribed(db)
    await push(db, of, "2")
    await push(db, of, "3")
    await db.write(hubs.forget_trust)
    assert (await feed(db)).pushed_until is None


async def test_a_lease_that_lapsed_is_not_taken_leave_of(db: Database) -> None:
    """The hub has forgotten us already."""
    of = await subscribed(db)
    later = T0 + 11 * DAY
    await db.write(feeds.pause, 1, later)
    await db.write(hubs.reconcile, HERE, later)
    (row,) = await rows(db)
    assert (row["id"], row["mode"]) == (of.id, "off")
    assert await claim(db, now=later + 1) == []
    assert await push(db, of, "2", now=later + 1) == SavedPush()


@pytest.mark.parametrize("end", [feeds.pause, feeds.remove])
async def test_a_feed_that_nobody_wants_takes_no_push(db: Database, end: Any) -> None:
    """From that moment, before its hub has been told."""
    of = await subscribed(db)
    await db.write(end, 1, T0)
    assert await push(db, of, "2") == SavedPush()
    assert len(await db.read(lambda conn: conn.all("select id from entries"))) == 1


async def test_a_push_knows_an_entry_by_each_of_its_names(db: Database) -> None:
    """Identity, guid or address: what differs from what we have is looked up, not stored."""
    await db.write(feeds.add, seed("a"), T0)
    known = replace(new_entry("1"), guid="g", canonical_url="https://a.example/1")

    def prime(conn: Connection) -> None:
        (due,) = feeds.claim(conn, "p", now=T0, limit=1, lease=15, host_spacing=0)
        result = PollResult(
            status="changed", next_check_at=T0, entries=(known,), hub=HUB, topic=TOPIC
        )
        polls.save(conn, due.id, "p", result, now=T0, alert_max_age=DAY)
        hubs.reconcile(conn, HERE, T0)

    await db.write(prime)
    steps = [
        (known, SavedPush()),
        (replace(known, content_hash="other"), SavedPush(look=True)),
        (replace(known, identity="2", guid="h"), SavedPush(look=True)),
        (replace(known, identity="2", canonical_url="https://a.example/2"), SavedPush(look=True)),
        (replace(known, identity="2", guid=None, canonical_url="x"), SavedPush(new=1)),
        (replace(known, identity="3", guid=None, canonical_url="y"), SavedPush(new=1)),
    ]
    for entry, saved in steps:
        assert (
            await db.write(pushes.save_push, 1, [entry], body_hash="", now=T0, alert_max_age=DAY)
            == saved
        )
    titles = await db.read(lambda conn: conn.all("select revision, quiet from entries"))
    assert [tuple(row.values()) for row in titles] == [(1, "first_poll"), (1, None), (1, None)]


@pytest.mark.parametrize("fails", ["a", "b"])
async def test_a_ping_does_not_hurry_a_host_that_sent_us_away(db: Database, fails: str) -> None:
    """Neither the feed that was refused nor its neighbour, whatever their hub says."""
    of = await subscribed(db)
    later = T0 + 100
    other = replace(seed("b"), url="https://a.example/b.xml")
    refused = seed("a").url if fails == "a" else (await db.write(feeds.add, other, later)).url

    def fail(conn: Connection) -> None:
        for due in feeds.claim(conn, "p", now=later, limit=9, lease=15, host_spacing=0):
            result = PollResult(status="not_modified", next_check_at=later + 60)
            if due.url == refused:
                result = PollResult(
                    status="failed", next_check_at=later + 7200, error="{}", hold_host="a.example"
                )
            polls.save(conn, due.id, "p", result, now=later, alert_max_age=DAY)

    await db.write(fail)
    await db.write(pushes.ping, of.id, later + 100)
    assert await db.write(pushes.poll_pinged, later + 200, 60.0) == 0
    assert (await feed(db)).next_check_at == later + 7200


async def test_looking_for_work_reads_no_table_through(db: Database) -> None:
    """It is done every second, whatever the number of feeds."""
    plan = await db.read(lambda conn: conn.all(f"explain query plan {hubs.WAITING}", now=T0))
    steps = [row["detail"] for row in plan if "hub_subscriptions" in row["detail"]]
    assert steps and [step for step in steps if "INDEX hub_subscriptions_" not in step] == []
