"""Feeds: seeded once, changed by moderators, claimed when due and gently to their hosts."""

from __future__ import annotations

from dataclasses import replace

from storage_samples import LEASE, T0, new_entry, seed

from storage import feeds, polls
from storage.database import Database
from storage.model import Feed, FeedHealth, Learned, PollResult


async def add(db: Database, *names: str, host: str | None = None) -> list[Feed]:
    return [await db.write(feeds.add, seed(name, host=host), T0) for name in names]


async def claim(
    db: Database, worker: str = "w", *, now: float = T0, limit: int = 10, spacing: float = 1.0
) -> list[str]:
    found = await db.write(
        feeds.claim, worker, now=now, limit=limit, lease=LEASE, host_spacing=spacing
    )
    return [feed.name.removeprefix("Journal ") for feed in found]


async def poll(db: Database, feed: Feed, result: PollResult, *, now: float = T0) -> None:
    """Claim a feed alone and save the result."""
    await db.write(feeds.check_now, feed.id, now)
    await claim(db, now=now, spacing=0)
    saved = await db.write(polls.save, feed.id, "w", result, now=now, alert_max_age=3600.0)
    assert not saved.stale


async def test_a_feed_is_kept_as_it_was_given(db: Database) -> None:
    """Every field of the seed comes back, and it is due at once."""
    (feed,) = await add(db, "a")
    assert feed == Feed(
        id=feed.id,
        url="https://a.example/a.xml",
        name="Journal a",
        language="fr",
        countries=("ML", "BF"),
        kind="national press",
        reliability="B",
        state_media=True,
        origin="Agence",
        host="a.example",
        paused_at=None,
        etag=None,
        last_modified=None,
        body_hash=None,
        next_check_at=T0,
        first_success_at=None,
        last_success_at=None,
        last_attempt_at=None,
        last_new_at=None,
        last_error=None,
        error_count=0,
        moved_to=None,
        moved_since=None,
        moved_seen=0,
        gone_since=None,
        gone_seen=0,
        retired_for=None,
        retired_into=None,
        rhythm=None,
        created_at=T0,
    )
    assert await db.read(feeds.by_id, feed.id) == feed
    assert await db.read(feeds.by_url, feed.url) == feed


async def test_no_country_means_the_whole_region(db: Database) -> None:
    """It is an empty tuple again, not one empty code."""
    feed = await db.write(feeds.add, replace(seed(), countries=()), T0)
    assert feed.countries == ()


async def test_seeding_adds_what_is_new(db: Database) -> None:
    """A known feed keeps what moderators made of it."""
    assert await db.write(feeds.seed, [seed("a"), seed("b", paused=True)], T0) == 2
    changed = replace(seed("a"), name="Autre")
    assert await db.write(feeds.seed, [changed, seed("c")], T0 + 1) == 1
    found = await db.read(feeds.everything)
    assert [(f.name, f.paused_at) for f in found] == [
        ("Journal a", None),
        ("Journal b", T0),
        ("Journal c", None),
    ]


async def test_a_removed_feed_is_gone(db: Database) -> None:
    """It is found, listed, changed and claimed no more, and the feed file cannot bring it back."""
    (feed,) = await add(db, "a")
    assert await db.write(feeds.remove, feed.id, T0)
    assert await db.write(feeds.seed, [seed("a")], T0) == 0
    assert await db.read(feeds.everything) == []
    assert await db.read(feeds.by_id, feed.id) is None
    assert await db.read(feeds.by_url, feed.url) is None
    assert await claim(db) == []
    for change in (feeds.remove, feeds.pause, feeds.resume, feeds.check_now):
        assert not await db.write(change, feed.id, T0)


async def test_adding_a_removed_feed_starts_it_afresh(db: Database) -> None:
    """The same row, with the new description, no validator, nothing known of its rhythm, and a
    quiet first poll before it."""
    (feed,) = await add(db, "a")
    result = PollResult(
        "changed",
        T0 + 60,
        entries=(new_entry(),),
        etag="e",
        last_modified="m",
        body_hash="h",
        learn=lambda _: Learned("known", T0 + 60),
    )
    await poll(db, feed, result)
    await db.write(feeds.remove, feed.id, T0 + 1)
    again = await db.write(feeds.add, replace(seed("a"), name="Autre"), T0 + 9)
    assert (again.id, again.name, again.next_check_at) == (feed.id, "Autre", T0 + 9)
    assert (again.etag, again.last_modified, again.body_hash) == (None, None, None)
    assert (again.first_success_at, again.rhythm, again.created_at) == (None, None, T0 + 9)
    assert await claim(db, now=T0 + 9) == ["Autre"]


async def test_adding_a_known_feed_changes_nothing(db: Database) -> None:
    """Somebody else's description stays."""
    (feed,) = await add(db, "a")
    assert await db.write(feeds.add, replace(seed("a"), name="Autre"), T0 + 9) == feed


async def test_due_feeds_are_claimed_longest_due_first(db: Database) -> None:
    """Up to the limit; what is leased or not yet due is left."""
    for i, name in enumerate("abcd"):
        await db.write(feeds.add, seed(name), T0 - i)
    await db.write(feeds.add, seed("later"), T0 + 1)
    assert await claim(db, limit=3) == ["d", "c", "b"]
    assert await claim(db, limit=3) == ["a"]
    assert await claim(db) == []


async def test_a_claim_marks_the_attempt(db: Database) -> None:
    """Spacing between requests counts from it, in whatever process."""
    await add(db, "a")
    (feed,) = await db.write(feeds.claim, "w", now=T0 + 5, limit=1, lease=LEASE, host_spacing=1.0)
    assert feed.last_attempt_at == T0 + 5


async def test_a_lease_that_expires_frees_the_feed(db: Database) -> None:
    """A crashed worker's feed is claimed again, not before its lease has ended."""
    await add(db, "a")
    await claim(db, "crashed")
    assert await claim(db, "next", now=T0 + LEASE - 0.1) == []
    assert await claim(db, "next", now=T0 + LEASE) == ["a"]


async def test_a_renewed_lease_lasts(db: Database) -> None:
    """Only what is still the worker's own is renewed."""
    a, b = await add(db, "a", "b")
    await claim(db, "w")
    assert await db.write(feeds.renew, "other", [a.id, b.id], T0 + 60) == 0
    assert await db.write(feeds.renew, "w", [a.id], T0 + 60) == 1
    assert await claim(db, "other", now=T0 + LEASE) == ["b"]


async def test_one_host_is_asked_one_thing_at_a_time(db: Database) -> None:
    """At most one feed of a host in a claim, and none until that one's poll is over and the
    spacing has passed."""
    first, _, _ = await add(db, "a", "b", "c", host="one.example")
    await add(db, "d")
    assert await claim(db, spacing=2.0) == ["a", "d"]
    assert await claim(db, spacing=2.0, now=T0 + 2) == []
    result = PollResult("not_modified", T0 + 3600)
    await db.write(polls.save, first.id, "w", result, now=T0 + 3, alert_max_age=3600.0)
    assert await claim(db, spacing=4.0, now=T0 + 3.9) == []
    assert await claim(db, spacing=4.0, now=T0 + 4) == ["b"]


async def test_a_dead_worker_holds_its_host_no_longer_than_its_lease(db: Database) -> None:
    """Then another feed of the host is asked."""
    await add(db, "a", "b", host="one.example")
    assert await claim(db, "dead", spacing=2.0) == ["a"]
    assert await claim(db, spacing=2.0, now=T0 + LEASE - 0.1) == []
    assert await claim(db, spacing=2.0, now=T0 + LEASE) == ["a"]


async def test_spacing_also_counts_feeds_that_are_not_due(db: Database) -> None:
    """A host that was just asked for another feed is left alone."""
    first, _ = await add(db, "a", "b", host="one.example")
    await claim(db, limit=1)
    result = PollResult("not_modified", T0 + 3600)
    await db.write(polls.save, first.id, "w", result, now=T0 + 0.5, alert_max_age=3600.0)
    assert await claim(db, now=T0 + 0.9) == []
    assert await claim(db, now=T0 + 1) == ["b"]


async def test_without_spacing_a_host_may_be_asked_at_once(db: Database) -> None:
    """Zero lifts both rules."""
    await add(db, "a", "b", "c", host="one.example")
    assert await claim(db, spacing=0.0) == ["a", "b", "c"]


async def test_a_paused_feed_rests_until_it_is_resumed(db: Database) -> None:
    """Then it is due at once. Pausing or resuming twice does nothing."""
    (feed,) = await add(db, "a")
    assert await db.write(feeds.pause, feed.id, T0)
    assert not await db.write(feeds.pause, feed.id, T0 + 1)
    assert not await db.write(feeds.check_now, feed.id, T0 + 1)
    assert await claim(db, now=T0 + 100) == []
    assert await db.write(feeds.resume, feed.id, T0 + 100)
    assert not await db.write(feeds.resume, feed.id, T0 + 101)
    found = await db.read(feeds.by_id, feed.id)
    assert found
    assert (found.paused_at, found.next_check_at) == (None, T0 + 100)
    assert await claim(db, now=T0 + 100) == ["a"]


async def test_a_feed_can_be_checked_before_its_time(db: Database) -> None:
    """It is due now."""
    (feed,) = await add(db, "a")
    await poll(db, feed, PollResult("not_modified", T0 + 3600))
    assert await claim(db, now=T0 + 60) == []
    assert await db.write(feeds.check_now, feed.id, T0 + 60)
    assert await claim(db, now=T0 + 60) == ["a"]


async def test_a_feed_that_does_not_exist_cannot_be_changed(db: Database) -> None:
    """Every change says so."""
    for change in (feeds.remove, feeds.pause, feeds.resume, feeds.check_now):
        assert not await db.write(change, 12345, T0)


async def test_health_counts_what_is_polled(db: Database) -> None:
    """Paused feeds neither fail nor are overdue; removed ones do not count."""
    assert await db.read(feeds.health, T0) == FeedHealth(0, 0, 0, None, None)
    good, bad, paused, removed = await add(db, "a", "b", "c", "d")
    await poll(db, good, PollResult("changed", T0 + 60, entries=(new_entry(),)), now=T0 + 10)
    for feed in (bad, paused):
        failed = PollResult("failed", T0 + 40, error="HTTP 500")
        await poll(db, feed, failed, now=T0 + LEASE + 10)
    await db.write(feeds.pause, paused.id, T0 + 30)
    await db.write(feeds.remove, removed.id, T0 + 30)
    assert await db.read(feeds.health, T0 + 50) == FeedHealth(
        feeds=3,
        paused=1,
        failing=1,
        oldest_due_at=T0 + 40,
        last_success_at=T0 + 10,
        answered=1,
    )
    assert (await db.read(feeds.health, T0 + 10 + 3600)).answered == 0


async def test_a_feed_that_is_being_polled_is_not_overdue(db: Database) -> None:
    """Until its lease expires, which means that nobody is polling it after all."""
    await add(db, "a")
    await claim(db, now=T0 + 100)
    during = await db.read(feeds.health, T0 + 101)
    after = await db.read(feeds.health, T0 + 100 + LEASE)
    assert (during.oldest_due_at, after.oldest_due_at) == (None, T0)


async def test_the_next_due_time_is_when_a_claim_can_find_something(db: Database) -> None:
    """The earliest due time, later where a lease still holds; none without an active feed."""
    assert await db.read(feeds.next_due_at) is None
    first, second, third = await add(db, "a", "b", "c")
    await poll(db, first, PollResult("changed", T0 + 600))
    await db.write(feeds.pause, third.id, T0)
    assert await db.read(feeds.next_due_at) == T0 + LEASE
    await db.write(feeds.remove, second.id, T0)
    assert await db.read(feeds.next_due_at) == T0 + 600
