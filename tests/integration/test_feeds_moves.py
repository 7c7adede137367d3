"""Feeds that move, are gone or want to be left alone, through the real poller over HTTP."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from feed_server import item, rss
from newsroom import DAY, Newsroom, open_newsroom

from bot.feeds.parsing import Parsers
from bot.feeds.problem import Problem
from storage import feeds
from storage.model import FeedSeed

HOUR = 3600.0
FEED = rss([item("Léré : le calme revient", guid="1")])
CHALLENGE = (
    "<!DOCTYPE html><html><head><title>Just a moment...</title></head>"
    "<body><script>window._cf_chl_opt = {};</script></body></html>"
)


@pytest.fixture(scope="module")
def parsers() -> Iterator[Parsers]:
    # other people's load must not fail a test: parsers give way to everybody
    pool = Parsers(1, limit=60.0)
    yield pool
    pool.close()


@pytest.fixture
async def newsroom(tmp_path: Path, parsers: Parsers) -> AsyncIterator[Newsroom]:
    async with open_newsroom(tmp_path, parsers) as room:
        yield room


async def _known_then_moved(newsroom: Newsroom, status: int = 301) -> int:
    """A feed of one item that has moved, as a permanent redirect says, to /new."""
    newsroom.server.put("/old", FEED)
    await newsroom.follow("/old")
    await newsroom.poll_and_wait(HOUR)
    newsroom.server.put("/new", FEED)
    newsroom.server.redirect("/old", "/new", status)
    return (await newsroom.feed("/old")).id


@pytest.mark.parametrize("status", [301, 308])
async def test_a_move_for_good_is_believed_after_a_day(newsroom: Newsroom, status: int) -> None:
    """Till then each poll takes the detour; afterwards none does, and nothing is told twice."""
    feed_id = await _known_then_moved(newsroom, status)
    for wait in (12 * HOUR, 13 * HOUR):
        await newsroom.poll_and_wait(wait)
        assert (await newsroom.feed("/old")).url == newsroom.server.url("/old")
    await newsroom.poll_and_wait(HOUR)
    moved = await newsroom.feed("/new")
    detours = newsroom.server.hits("/old")
    summary = await newsroom.poll_and_wait(HOUR)

    assert (moved.id, moved.moved_to) == (feed_id, None)
    assert (summary.not_modified, newsroom.server.hits("/old")) == (1, detours)
    assert len(await newsroom.entries()) == 1
    assert await newsroom.feed("/old") == await newsroom.feed("/new")


async def test_the_feed_file_does_not_bring_the_old_address_back(newsroom: Newsroom) -> None:
    """It is read at each start, and still lists it."""
    await _known_then_moved(newsroom)
    for _ in range(3):
        await newsroom.poll_and_wait(DAY)
    seeds = [FeedSeed(url=newsroom.server.url("/old"), name="/old")]

    assert await newsroom.db.write(feeds.seed, seeds, newsroom.now) == 0
    assert [f.url for f in await newsroom.db.read(feeds.everything)] == [
        newsroom.server.url("/new")
    ]


@pytest.mark.parametrize("status", [302, 303, 307])
async def test_a_detour_is_followed_for_ever(newsroom: Newsroom, status: int) -> None:
    """Only 301 and 308 say that it is for good."""
    await _known_then_moved(newsroom, status)
    for _ in range(5):
        assert (await newsroom.poll_and_wait(DAY)).not_modified == 1

    assert (await newsroom.feed("/old")).moved_to is None


async def test_a_move_to_other_items_is_followed_only(newsroom: Newsroom) -> None:
    """Whoever took over the domain has a feed too, but not this one's articles."""
    await _known_then_moved(newsroom)
    for n in range(5):
        newsroom.server.put("/new", rss([item(f"Casino {n}", guid=f"c{n}")]))
        await newsroom.poll_and_wait(DAY)

    assert (await newsroom.feed("/old")).url == newsroom.server.url("/old")


async def test_a_portal_that_answers_for_a_night_moves_nothing(newsroom: Newsroom) -> None:
    """A page is no feed: it is told as a failure, and the address stays."""
    await _known_then_moved(newsroom)
    newsroom.server.put("/new", "<!DOCTYPE html><title>Hotspot login</title>")
    for _ in range(5):
        assert (await newsroom.poll_and_wait(DAY)).failed == 1
    feed = await newsroom.feed("/old")

    assert (feed.url, feed.moved_to) == (newsroom.server.url("/old"), None)


async def test_a_redirect_that_ends_is_forgotten(newsroom: Newsroom) -> None:
    """The days count from when it comes back."""
    await _known_then_moved(newsroom)
    await newsroom.poll_and_wait(DAY)
    await newsroom.poll_and_wait(DAY)
    newsroom.server.put("/old", FEED)
    await newsroom.poll_and_wait(DAY)
    newsroom.server.redirect("/old", "/new", 301)
    await newsroom.poll_and_wait(DAY)
    feed = await newsroom.feed("/old")

    assert (feed.url, feed.moved_seen) == (newsroom.server.url("/old"), 1)


async def test_a_feed_that_moves_to_a_known_one_is_retired_into_it(newsroom: Newsroom) -> None:
    """One address is read once; the other stays in the list and says where it went."""
    feed_id = await _known_then_moved(newsroom)
    await newsroom.follow("/new")
    for _ in range(3):
        await newsroom.poll_and_wait(DAY)
    old, new = await newsroom.db.read(feeds.by_id, feed_id), await newsroom.feed("/new")

    assert old
    assert (old.url, old.retired_into) == (newsroom.server.url("/old"), new.id)
    assert old.paused_at is not None
    assert new.paused_at is None


async def test_a_feed_gone_for_good_is_retired_after_three_answers(newsroom: Newsroom) -> None:
    """Over half a day; then it is asked no more, and says why. A moderator may resume it."""
    newsroom.server.put("/f", FEED)
    await newsroom.follow("/f")
    await newsroom.poll_and_wait(HOUR)
    newsroom.server.status("/f", 410)
    for _ in range(2):
        await newsroom.poll_and_wait(6 * HOUR)
        assert (await newsroom.feed("/f")).paused_at is None
    await newsroom.poll_and_wait(DAY)
    gone = await newsroom.feed("/f")
    assert gone.paused_at is not None
    assert Problem.load(gone.retired_for or "") == "HTTP 410 (the feed is gone for good)"
    assert (await newsroom.poll()).feeds == 0

    newsroom.server.put("/f", FEED)
    await newsroom.db.write(feeds.resume, gone.id, newsroom.now)
    await newsroom.poll()
    back = await newsroom.feed("/f")
    assert (back.paused_at, back.retired_for, back.gone_seen, back.error_count) == (
        None, None, 0, 0
    )  # fmt: skip


async def test_a_feed_that_comes_back_from_410_is_not_gone(newsroom: Newsroom) -> None:
    """Two answers that were a mistake do not count for the next time; a 503 between does not
    help either."""
    newsroom.server.put("/f", FEED)
    await newsroom.follow("/f")
    await newsroom.poll_and_wait(HOUR)
    for status in (410, 503, 410):
        newsroom.server.status("/f", status)
        await newsroom.poll_and_wait(DAY)
    assert (await newsroom.feed("/f")).gone_seen == 2
    newsroom.server.put("/f", FEED)
    await newsroom.poll_and_wait(DAY)
    newsroom.server.status("/f", 410)
    await newsroom.poll_and_wait(DAY)
    feed = await newsroom.feed("/f")

    assert (feed.paused_at, feed.gone_seen) == (None, 1)


async def test_a_host_that_says_too_often_is_left_alone_with_all_its_feeds(
    newsroom: Newsroom,
) -> None:
    """For as long as it says; other hosts are asked meanwhile."""
    newsroom.poller._host_spacing = 0.1
    server = newsroom.server
    for path in ("/a", "/b", "/other"):
        server.put(path, FEED)
    await newsroom.follow("/a", "/b")
    await newsroom.follow("/other", host="localhost")
    for _ in range(2):
        await newsroom.poller.round()
        newsroom.now += HOUR
    server.status("/a", 429, {"Retry-After": "7200"})
    server.status("/b", 429, {"Retry-After": "7200"})
    started = newsroom.now
    asked = server.hits("/a") + server.hits("/b")
    while newsroom.now < started + 7200:
        await newsroom.poller.round()
        newsroom.now += 600

    assert server.hits("/a") + server.hits("/b") == asked + 1
    assert server.hits("/other") > 4


async def test_a_redirect_that_ends_at_too_often_holds_the_host_it_ended_at(
    newsroom: Newsroom,
) -> None:
    """Not the host that only pointed there."""
    server = newsroom.server
    server.redirect("/moved", server.url("/429", "localhost"))
    server.status("/429", 429)
    server.put("/good", FEED)
    await newsroom.follow("/moved")
    await newsroom.poller.poll_once()
    await newsroom.follow("/good")
    await newsroom.follow("/there", host="localhost")
    newsroom.now += 1
    await newsroom.db.write(feeds.check_now, (await newsroom.feed("/moved")).id, newsroom.now)
    await newsroom.poller.poll_once()

    assert (await newsroom.feed("/there", "localhost")).next_check_at == newsroom.now + 1800
    assert (await newsroom.feed("/good")).next_check_at < newsroom.now + 1800


async def test_a_challenge_is_asked_every_hour_not_given_up(newsroom: Newsroom) -> None:
    """A dead feed is asked four times a day; this one is alive behind its door."""
    newsroom.server.put("/f", CHALLENGE, content_type="text/html")
    await newsroom.follow("/f")
    waits = []
    for _ in range(12):
        await newsroom.poller.poll_once()
        feed = await newsroom.feed("/f")
        waits.append(feed.next_check_at - newsroom.now)
        newsroom.now = feed.next_check_at

    assert (waits[0], waits[-1]) == (1800.0, 3600.0)
    assert Problem.load(feed.last_error or "") == (
        "the site's protection (Cloudflare) asks for proof that we are no robot"
    )


async def test_publishers_slow_us_down_by_minutes(newsroom: Newsroom) -> None:
    """What a 304 says counts as much as what a 200 said, and the feed's own word is kept."""
    server = newsroom.server
    server.put("/cache", FEED, headers={"Cache-Control": "max-age=840"})
    server.put("/ttl", rss([item("Un", guid="1")], channel="<ttl>14</ttl>"))
    server.put("/none", FEED, headers={"Cache-Control": "no-cache"})
    await newsroom.follow("/cache", "/ttl", "/none")
    for expected in ("changed", "not_modified"):
        summary = await newsroom.poller.poll_once()
        assert getattr(summary, expected) == 3
        waits = [
            (await newsroom.feed(path)).next_check_at - newsroom.now
            for path in ("/cache", "/ttl", "/none")
        ]
        assert waits[:2] == [840.0, 840.0]
        assert waits[2] < 840.0
        newsroom.now += 841
