"""What looks have seen of moves and of feeds gone for good, and what is done when it is enough."""

from __future__ import annotations

import json

import pytest
from storage_samples import LEASE, T0, new_entry, seed

from storage import feeds, notices, polls
from storage.database import Connection, Database
from storage.model import Feed, FeedSeed, NewEntry, PollResult, SavedPoll

NEW = "https://new.example/feed"


async def add(db: Database, url: str) -> Feed:
    return await db.write(feeds.add, FeedSeed(url=url, name=url), T0)


async def save(db: Database, feed: Feed, result: PollResult, *, now: float = T0) -> SavedPoll:
    def claim_and_save(conn: Connection) -> SavedPoll:
        feeds.check_now(conn, feed.id, now)
        feeds.claim(conn, "w", now=now, limit=99, lease=LEASE, host_spacing=0)
        saved = polls.save(conn, feed.id, "w", result, now=now, alert_max_age=3600.0)
        conn.execute("update feeds set leased_by = null, leased_until = 0")
        return saved

    return await db.write(claim_and_save)


async def known(db: Database, url: str) -> Feed:
    """A feed that has one item, 1."""
    feed = await add(db, url)
    await save(db, feed, looked())
    return feed


def looked(*found: NewEntry, moved_to: str | None = None, confirmed: bool = False) -> PollResult:
    return PollResult(
        "changed",
        T0 + 60,
        entries=found or (new_entry("1"),),
        moved_to=moved_to,
        confirmed=confirmed,
    )


async def read(db: Database, feed: Feed) -> Feed:
    found = await db.read(feeds.by_id, feed.id)
    assert found
    return found


async def test_looks_in_a_row_are_counted_from_the_first(db: Database) -> None:
    """Where to, since when, how often; a 304 from there counts too."""
    feed = await known(db, "https://old.example/feed")
    await save(db, feed, looked(moved_to=NEW), now=T0 + 1)
    await save(db, feed, PollResult("not_modified", T0 + 60, moved_to=NEW), now=T0 + 2)
    await save(db, feed, PollResult("failed", T0 + 60, error="{}"), now=T0 + 3)
    found = await read(db, feed)
    assert (found.moved_to, found.moved_since, found.moved_seen) == (NEW, T0 + 1, 2)


async def test_another_target_or_none_begins_anew(db: Database) -> None:
    """A session in the address, for one, is no address."""
    feed = await known(db, "https://old.example/feed")
    await save(db, feed, looked(moved_to=NEW), now=T0 + 1)
    await save(db, feed, looked(moved_to=NEW + "?2"), now=T0 + 2)
    found = await read(db, feed)
    assert (found.moved_to, found.moved_since, found.moved_seen) == (NEW + "?2", T0 + 2, 1)
    await save(db, feed, looked(), now=T0 + 3)
    found = await read(db, feed)
    assert (found.moved_to, found.moved_since, found.moved_seen) == (None, None, 0)


async def test_only_known_items_make_it_a_move(db: Database) -> None:
    """What leads to other articles is not counted, and not acted on whatever is said."""
    feed = await known(db, "https://old.example/feed")
    saved = await save(db, feed, looked(new_entry("9"), moved_to=NEW, confirmed=True))
    assert saved.moved is None
    found = await read(db, feed)
    assert (found.url, found.moved_seen) == ("https://old.example/feed", 0)
    saved = await save(
        db, feed, looked(new_entry("9"), new_entry("10"), moved_to=NEW, confirmed=True)
    )
    assert saved.moved == "rewritten"


async def test_a_feed_keeps_everything_but_its_address(db: Database) -> None:
    """Its items, validators and id; the new host counts for spacing."""
    feed = await known(db, "https://old.example/feed")
    assert (await save(db, feed, looked(moved_to=NEW, confirmed=True))).moved == "rewritten"
    found = await read(db, feed)
    assert (found.url, found.host, found.moved_to) == (NEW, "new.example", None)
    assert found.first_success_at == T0
    assert await db.read(feeds.by_url, NEW) == found
    assert await db.read(feeds.by_url, "https://old.example/feed") == found
    assert await save(db, found, looked()) == SavedPoll()


async def test_old_addresses_are_not_seeded_again(db: Database) -> None:
    """The file that lists them is read at each start. Others in it are added."""
    feed = await known(db, "https://old.example/feed")
    await save(db, feed, looked(moved_to=NEW, confirmed=True))
    file = [FeedSeed(url="https://old.example/feed", name="old"), seed("b")]
    assert await db.write(feeds.seed, file, T0) == 1
    assert await db.write(feeds.seed, file, T0) == 0


async def test_a_feed_may_move_back(db: Database) -> None:
    """There and back again, and there: one feed all the time."""
    old = "https://old.example/feed"
    feed = await known(db, old)
    for target in (NEW, old, NEW):
        saved = await save(db, feed, looked(moved_to=target, confirmed=True))
        assert saved.moved == "rewritten"
        assert (await read(db, feed)).url == target
    assert [f.id for f in await db.read(feeds.everything)] == [feed.id]
    assert await db.write(feeds.seed, [FeedSeed(url=old, name="old")], T0) == 0


async def test_a_feed_that_another_one_is_already_is_retired_into_it(db: Database) -> None:
    """It is paused and names the other; resumed, it is polled where it was."""
    feed, other = await known(db, "https://old.example/feed"), await add(db, NEW)
    saved = await save(db, feed, looked(moved_to=NEW, confirmed=True), now=T0 + 5)
    assert saved.moved == "merged"
    found = await read(db, feed)
    assert (found.url, found.paused_at, found.retired_into) == (feed.url, T0 + 5, other.id)
    [notice] = await db.read(notices.opened)
    assert json.loads(notice.params)["into"] == other.id
    assert await db.write(feeds.resume, feed.id, T0 + 9)
    found = await read(db, feed)
    assert (found.paused_at, found.retired_into, found.moved_to) == (None, None, None)


@pytest.mark.parametrize("stop", [feeds.pause, feeds.remove])
async def test_nobody_is_retired_into_a_feed_that_a_person_stopped(
    db: Database, stop: object
) -> None:
    """Nobody would read it any more; it is followed instead."""
    feed, other = await known(db, "https://old.example/feed"), await add(db, NEW)
    await db.write(stop, other.id, T0)  # type: ignore[arg-type]
    assert (await save(db, feed, looked(moved_to=NEW, confirmed=True))).moved is None
    found = await read(db, feed)
    assert (found.url, found.paused_at, found.moved_seen) == (feed.url, None, 1)


async def test_many_sites_that_move_to_one_host_do_not_move(db: Database) -> None:
    """Three are a parking page or a filter on the way; feeds of one site are one."""
    sites = [await known(db, f"https://s{n}.example/feed") for n in range(3)]
    own = await known(db, "https://s0.example/politique")
    for feed in (*sites, own):
        await save(db, feed, looked(moved_to=f"{NEW}/{feed.id}"))
    for feed in sites:
        result = looked(moved_to=f"{NEW}/{feed.id}", confirmed=True)
        assert (await save(db, feed, result)).moved is None
    await save(db, sites[2], looked())
    assert (
        await save(db, own, looked(moved_to=f"{NEW}/{own.id}", confirmed=True))
    ).moved == "rewritten"


async def test_a_site_may_move_all_its_feeds_within_itself(db: Database) -> None:
    """From http to https, say: its own host is no stranger to itself beside two that are."""
    hosts = ("new.example", "new.example", "old.example", "older.example")
    found = [await known(db, f"http://{host}/{n}") for n, host in enumerate(hosts)]
    for feed in found:
        await save(db, feed, looked(moved_to=f"{NEW}/{feed.id}"))
    for feed in found:
        result = looked(moved_to=f"{NEW}/{feed.id}", confirmed=True)
        assert (await save(db, feed, result)).moved == "rewritten"


async def test_gone_for_good_is_counted_and_retires(db: Database) -> None:
    """The reason is kept; a success in between forgets it, another failure does not."""
    feed = await known(db, "https://old.example/feed")
    gone = PollResult("failed", T0 + 60, error='{"key": "http_410"}', gone=True)
    await save(db, feed, gone, now=T0 + 1)
    await save(db, feed, PollResult("failed", T0 + 60, error="{}"), now=T0 + 2)
    await save(db, feed, gone, now=T0 + 3)
    found = await read(db, feed)
    assert (found.gone_since, found.gone_seen, found.paused_at) == (T0 + 1, 2, None)
    await save(db, feed, PollResult("not_modified", T0 + 60), now=T0 + 4)
    assert (await read(db, feed)).gone_seen == 0
    confirmed = PollResult(
        "failed", T0 + 60, error='{"key": "http_410"}', gone=True, confirmed=True
    )
    assert (await save(db, feed, confirmed, now=T0 + 5)).moved == "retired"
    found = await read(db, feed)
    assert (found.paused_at, found.retired_for) == (T0 + 5, '{"key": "http_410"}')
    [notice] = await db.read(notices.opened)
    assert (notice.kind, notice.subject) == ("retired", f"feed:{feed.id}")
    assert json.loads(notice.params) == {
        "name": feed.name, "problem": '{"key": "http_410"}', "into": None,
    }  # fmt: skip


async def test_a_host_is_held_with_all_its_feeds(db: Database) -> None:
    """None is due before; a feed that waits longer goes on waiting, other hosts do not."""
    found = [await add(db, f"https://s.example/{n}") for n in range(3)]
    other = await add(db, "https://t.example/feed")
    await save(db, found[2], PollResult("not_modified", T0 + 9000))
    result = PollResult("failed", T0 + 3600, error="{}", hold_host="s.example")
    await save(db, found[0], result)
    waits = [(await read(db, feed)).next_check_at - T0 for feed in (*found, other)]
    assert waits == [3600, 3600, 9000, 0]


async def test_a_feed_added_again_has_forgotten_all_that(db: Database) -> None:
    """It starts afresh."""
    feed = await known(db, "https://old.example/feed")
    await save(db, feed, looked(moved_to=NEW))
    gone = PollResult("failed", T0 + 60, error="{}", gone=True, confirmed=True)
    await save(db, feed, gone)
    await db.write(feeds.remove, feed.id, T0)
    again = await add(db, feed.url)
    assert (again.id, again.moved_to, again.moved_seen) == (feed.id, None, 0)
    assert (again.gone_since, again.gone_seen, again.retired_for) == (None, 0, None)
