"""WebSub against a real hub, a process of its own: from its promise to entries in the database."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from feed_server import item, rss
from push_room import DAY, LONGEST, PushRoom, push_room
from websub_hub import Hub, running_hub

from bot.feeds.parsing import Parsers
from storage import feeds


@pytest.fixture(scope="module")
def parsers() -> Iterator[Parsers]:
    pool = Parsers(1)
    yield pool
    pool.close()


@pytest.fixture
async def room(tmp_path: Path, parsers: Parsers) -> AsyncIterator[PushRoom]:
    async with push_room(tmp_path, parsers) as opened:
        yield opened


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    """One for all tests: each has a topic of its own."""
    with running_hub(tmp_path_factory.mktemp("topics")) as process:
        yield process


@pytest.fixture
def topic(request: pytest.FixtureRequest) -> str:
    return str(request.node.originalname).removeprefix("test_")


def story(number: int, now: float) -> str:
    return item(f"Nouvelle {number}", guid=f"n{number}", published=now)


async def _subscribed(room: PushRoom, hub: Hub, topic: str) -> None:
    hub.put(topic, rss([story(1, room.now)]))
    await room.follow(hub.topic(topic))
    await room.verified()


async def _count(room: PushRoom, entries: int) -> None:
    async def reached() -> bool:
        return len(await room.titles()) >= entries

    await room.until(reached)
    assert len(await room.titles()) == entries


@pytest.mark.parametrize("eager", [False, True])
async def test_a_pushed_item_is_an_entry_once(
    tmp_path: Path, room: PushRoom, topic: str, eager: bool
) -> None:
    """Announced by Link headers, verified, signed by the hub, stored to be alerted; the poll that
    finds it again adds nothing. An eager hub verifies before it answers our question."""
    with running_hub(tmp_path / "topics", eager=eager) as hub:
        await _subscribed(room, hub, topic)
        assert (await room.feed(hub.topic(topic))).hub == hub.url
        await hub.publish(topic, rss([story(2, room.now), story(1, room.now)]))
        await _count(room, 2)
        assert await room.titles() == [("Nouvelle 1", "first_poll", 1), ("Nouvelle 2", None, 1)]
        assert room.saved == 1

        room.now += DAY
        await room.poll()
        assert len(await room.titles()) == 2
        assert (await room.subscription())["ignored"] == 0


async def test_a_hub_that_tells_us_first_makes_polls_rare(
    room: PushRoom, hub: Hub, topic: str
) -> None:
    """Not its promise, two pushes do; after two polls that found what it did not push, never
    mind the promise: we look at once, and then as ever."""
    await _subscribed(room, hub, topic)
    stories = [story(1, room.now)]
    for number in (2, 3):
        room.now += LONGEST
        await room.poll()
        feed = await room.feed(hub.topic(topic))
        assert feed.pushed_until is None
        stories.insert(0, story(number, room.now))
        await hub.publish(topic, rss(stories))
        await _count(room, number)
    room.now += LONGEST
    await room.poll()
    feed = await room.feed(hub.topic(topic))
    assert feed.pushed_until == (await room.subscription())["lease_until"]
    assert feed.next_check_at == room.now + LONGEST

    for number in (4, 5):
        room.now += LONGEST
        stories.insert(0, story(number, room.now))
        hub.put(topic, rss(stories))
        await room.poll()
    assert len(await room.titles()) == 5
    feed = await room.feed(hub.topic(topic))
    assert feed.pushed_until is None
    assert feed.next_check_at < room.now + LONGEST


async def test_a_lease_is_renewed_before_it_ends(room: PushRoom, hub: Hub, topic: str) -> None:
    """With 85 % of ten days over it is asked again, not before; then it pushes ten days more."""
    await _subscribed(room, hub, topic)
    started = room.now
    assert (await room.subscription())["lease_until"] == started + 10 * DAY
    room.now = started + 8.4 * DAY
    assert not await room.hubs.round()
    room.now = started + 8.6 * DAY
    await room.verified()
    assert (await room.subscription())["lease_until"] == room.now + 10 * DAY


async def test_what_is_pushed_while_we_are_away_comes_again(
    room: PushRoom, hub: Hub, topic: str
) -> None:
    """Everything that matters is in the database: a new process takes the hub's second try."""
    await _subscribed(room, hub, topic)
    await room.stop()
    await hub.publish(topic, rss([story(2, room.now), story(1, room.now)]))
    await room.start()
    await _count(room, 2)


async def test_a_paused_feed_takes_leave_of_its_hub(room: PushRoom, hub: Hub, topic: str) -> None:
    """The hub verifies that too and pushes no more; resumed, the feed is subscribed again."""
    await _subscribed(room, hub, topic)
    feed = await room.feed(hub.topic(topic))
    await room.db.write(feeds.pause, feed.id, room.now)
    room.now += 20
    await room.hubs.round()

    async def left() -> bool:
        return bool((await room.subscription())["mode"] == "off")

    await room.until(left)
    assert not await room.hubs.round()
    await room.db.write(feeds.resume, feed.id, room.now)
    room.now += 20
    await room.verified()
    await hub.publish(topic, rss([story(2, room.now), story(1, room.now)]))
    await _count(room, 2)


async def test_a_push_during_a_poll_is_kept(room: PushRoom, hub: Hub, topic: str) -> None:
    """The poll has fetched what was there before, and its lease keeps nobody from storing."""
    await _subscribed(room, hub, topic)
    room.now += LONGEST
    (claimed,) = await room.db.write(
        feeds.claim, "another", now=room.now, limit=1, lease=15.0, host_spacing=0.0
    )
    await hub.publish(topic, rss([story(2, room.now), story(1, room.now)]))
    await _count(room, 2)
    feed = await room.feed(hub.topic(topic))
    assert feed.id == claimed.id and feed.etag == claimed.etag
