"""Polling: a real server, a real database, and what is in it afterwards."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from feed_server import item, rss
from newsroom import DAY, Newsroom, open_newsroom
from structlog.testing import capture_logs

from bot.feeds import poller as polling
from bot.feeds import rhythm
from bot.feeds.parsing import Parsers
from bot.feeds.poller import PollSummary
from bot.feeds.problem import Problem
from storage import entries, feeds
from storage.database import Connection
from storage.model import NewEntry


@pytest.fixture(scope="module")
def parsers() -> Iterator[Parsers]:
    pool = Parsers(limit=2.0)
    yield pool
    pool.close()


@pytest.fixture
async def newsroom(tmp_path: Path, parsers: Parsers) -> AsyncIterator[Newsroom]:
    async with open_newsroom(tmp_path, parsers) as room:
        yield room


async def test_the_first_poll_is_quiet_and_the_next_is_not(newsroom: Newsroom) -> None:
    """A feed's backlog alerts nobody; what comes later does, unless it is old."""
    first = item("Hier", guid="1", published=newsroom.now - DAY)
    newsroom.server.put("/f", rss([first]))
    await newsroom.follow("/f")
    await newsroom.poll()
    new = item("Maintenant", guid="2", published=newsroom.now)
    old = item("Naguère", guid="3", published=newsroom.now - 9 * DAY)
    undated = item("Sans date", guid="4")
    newsroom.server.put("/f", rss([new, old, undated, first]))
    summary = await newsroom.poll()

    assert (summary.feeds, summary.changed, summary.entries) == (1, 1, 3)
    assert {row["title"]: row["quiet"] for row in await newsroom.entries()} == {
        "Hier": "first_poll",
        "Naguère": "old",
        "Maintenant": None,
        "Sans date": None,
    }
    assert newsroom.saved == 2


async def test_a_rebuilt_feed_floods_nobody(newsroom: Newsroom) -> None:
    """Its site changed software overnight: other guids, host and paths, and one real piece of
    news among them."""
    old = [f"Le conseil de cercle numéro {n} s'est tenu à Gao" for n in range(15)]
    now = newsroom.now

    def body(host: str, path: str, fresh: list[str]) -> str:
        items = [
            item(title, guid=f"{path}{n}", link=f"{host}/{path}{n}", published=now - 600 * (n + 1))
            for n, title in enumerate(old)
        ]
        return rss([*fresh, *items])

    newsroom.server.put("/f", body("https://alt.example", "?p=", []))
    await newsroom.follow("/f")
    await newsroom.poll()
    fresh = item("Neuf soldats tués dans une embuscade à Léré", guid="x", published=newsroom.now)
    newsroom.server.put("/f", body("https://www.neu.example", "actu/", [fresh]))
    summary = await newsroom.poll()

    assert summary.entries == 1
    found = await newsroom.entries()
    assert len(found) == 16
    assert [row["title"] for row in found if row["quiet"] is None] == [
        "Neuf soldats tués dans une embuscade à Léré"
    ]
    assert {row["revision"] for row in found} == {1}
    assert found[0]["url"].startswith("https://www.neu.example/actu/")


async def test_a_correction_is_a_revision_not_another_entry(newsroom: Newsroom) -> None:
    """Same guid, another toll: the source corrected itself, under another slug too."""
    newsroom.server.put("/f", rss([item("4 morts", guid="1", link="https://a.ml/4-morts")]))
    await newsroom.follow("/f")
    await newsroom.poll()
    newsroom.server.put("/f", rss([item("9 morts", guid="1", link="https://a.ml/9-morts")]))
    summary = await newsroom.poll()

    assert (summary.changed, summary.entries) == (1, 0)
    assert [(row["title"], row["revision"]) for row in await newsroom.entries()] == [
        ("9 morts", 2)
    ]


async def test_moved_and_tracked_links_bring_nothing_twice(newsroom: Newsroom) -> None:
    """Without guid the canonical address is the item, whatever is counted on it."""
    newsroom.server.put("/f", rss([item("Gao", link="http://www.a.ml/gao/?xtor=RSS-1")]))
    await newsroom.follow("/f")
    await newsroom.poll()
    newsroom.server.put("/f", rss([item("Gao", link="https://a.ml/gao#xtor=RSS-2-[une]")]))
    await newsroom.poll()

    (row,) = await newsroom.entries()
    assert (row["title"], row["revision"]) == ("Gao", 1)


async def test_304_and_an_unchanged_body_are_not_parsed(
    newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Most polls bring nothing: they must cost nothing, with validators or without."""
    newsroom.server.put("/with", rss([item("Un", guid="1")]))
    newsroom.server.put("/without", rss([item("Deux", guid="2")]), validators=False)
    await newsroom.follow("/with", "/without")
    assert await newsroom.poll() == PollSummary(feeds=2, changed=2, entries=2)
    monkeypatch.setattr(Parsers, "parse", _never)
    saved = newsroom.saved

    assert await newsroom.poll() == PollSummary(feeds=2, not_modified=2)
    assert "if-none-match" in newsroom.server.asked[-1].headers or (
        "if-none-match" in newsroom.server.asked[-2].headers
    )
    assert newsroom.saved == saved > 0


def _never(*_arguments: object) -> None:
    raise AssertionError("an unchanged body was parsed")


async def test_a_feed_that_fails_costs_only_itself(newsroom: Newsroom) -> None:
    """Every failure is told, counted and retried later; the good feed is saved meanwhile."""
    server = newsroom.server
    server.put("/good", rss([item("Un", guid="1")]))
    server.put("/page", "<!DOCTYPE html><html><body>Just a moment</body></html>")
    for status in (403, 404, 410):
        server.status(f"/{status}", status)
    server.status("/429", 429, {"Retry-After": "7200"})
    server.trickle("/slow")
    server.bomb("/bomb", 5_000_000)
    started = newsroom.now
    paths = ("/good", "/page", "/403", "/404", "/410", "/slow", "/bomb")
    await newsroom.follow(*paths)
    # another host, for it wants to be left alone with all its feeds
    await newsroom.follow("/429", host="localhost")
    summary = await newsroom.poll()

    assert (summary.feeds, summary.changed, summary.failed, summary.entries) == (8, 1, 7, 1)
    found = {path: await newsroom.feed(path) for path in paths}
    found["/429"] = await newsroom.feed("/429", host="localhost")
    assert {path: Problem.load(feed.last_error or "") for path, feed in found.items()} == {
        "/good": None,
        "/page": "answers a web page, not a feed",
        "/403": "HTTP 403 (the site refuses robots)",
        "/404": "HTTP 404 (there is nothing at this address)",
        "/410": "HTTP 410 (the feed is gone for good)",
        "/429": "HTTP 429 (the site says that we ask too often)",
        "/slow": "did not answer in full within 2 seconds",
        "/bomb": "is larger than 2 MiB",
    }
    assert started + 60 <= found.pop("/good").next_check_at < started + 1800
    assert {path: feed.next_check_at - started for path, feed in found.items()} == {
        "/page": 120.0,
        "/403": 1800.0,
        "/404": 120.0,
        "/410": 21_600.0,
        "/429": 7200.0,
        "/slow": 120.0,
        "/bomb": 120.0,
    }


async def test_a_feed_is_polled_by_its_own_rhythm(newsroom: Newsroom) -> None:
    """The archive of the first poll tells how lively it is; what comes later is learned, items
    without a date and from the future too; an unchanged answer teaches nothing."""
    server, start = newsroom.server, newsroom.now
    lively = [item(f"L{n}", guid=f"{n}", published=start - 1800 * n) for n in range(20)]
    slow = [item(f"S{n}", guid=f"{n}", published=start - 3 * DAY * n) for n in range(1, 20)]
    server.put("/lively", rss(lively))
    server.put("/slow", rss(slow))
    await newsroom.follow("/lively", "/slow")
    await newsroom.poller.poll_once()
    first, rare = await newsroom.feed("/lively"), await newsroom.feed("/slow")
    assert first.next_check_at - start < 6 * 60 < 10 * 60 < rare.next_check_at - start

    newsroom.now = first.next_check_at
    await newsroom.poller.poll_once()
    assert (await newsroom.feed("/lively")).rhythm == first.rhythm

    newsroom.now = (await newsroom.feed("/lively")).next_check_at
    burst = [item(f"B{n}", guid=f"b{n}") for n in range(4)]
    burst.append(item("Demain", guid="b4", published=newsroom.now + DAY))
    server.put("/lively", rss([*burst, *lively[:15]]))
    await newsroom.poller.poll_once()
    after = await newsroom.feed("/lively")
    assert after.rhythm
    known = rhythm.load(after.rhythm)
    assert (known.last, known.window) == (pytest.approx(newsroom.now, abs=0.01), 20)
    assert known.fresh > 5
    assert after.next_check_at - newsroom.now < first.next_check_at - start


async def test_a_feed_known_before_rhythms_were_learns_its_own(newsroom: Newsroom) -> None:
    """A database from an earlier version, or a clock that once ran a year ahead: the next news
    shows the whole archive, and that is the record."""
    items = [item(f"{n}", guid=f"{n}", published=newsroom.now - 3600 * n) for n in range(20)]
    newsroom.server.put("/f", rss(items))
    await newsroom.follow("/f")
    await newsroom.poller.poll_once()
    whole = (await newsroom.feed("/f")).rhythm
    assert whole
    year = newsroom.now + 365 * DAY
    ahead = rhythm.learn(rhythm.load(whole), [], now=year, looked_at=newsroom.now, window=20)
    for broken in (None, ahead.dump()):
        await newsroom.db.write(_set_rhythm, broken)
        newsroom.now += 1800
        newsroom.server.put("/f", rss([item("x", guid=f"x{broken is None}"), *items]))
        await newsroom.poller.poll_once()
        found = (await newsroom.feed("/f")).rhythm
        assert found
        assert rhythm.load(found).at == pytest.approx(newsroom.now, abs=0.01)
        assert sum(rhythm.load(found).hours) == pytest.approx(sum(rhythm.load(whole).hours), abs=1)


def _set_rhythm(conn: Connection, text: str | None) -> None:
    conn.execute("update feeds set rhythm = :text", text=text)


async def test_a_window_that_may_have_overflowed_is_told(newsroom: Newsroom) -> None:
    """All of several items are new, and it was not the first poll: others may have been missed."""
    for number, paths in enumerate((["/f", "/one"], ["/f", "/one"])):
        for path, many in zip(paths, (3, 1), strict=True):
            items = [item(f"{number}.{n}", guid=f"{number}.{n}") for n in range(many)]
            newsroom.server.put(path, rss(items))
        if not number:
            await newsroom.follow(*paths)
        with capture_logs() as logs:
            await newsroom.poll()
        told = [log["new"] for log in logs if log["event"] == "feeds.window_overflowed"]
        assert told == ([3] if number else [])


async def test_failures_are_forgotten_by_a_success(newsroom: Newsroom) -> None:
    """And the validators of the last good body survive them."""
    newsroom.server.put("/f", rss([item("Un", guid="1")]))
    await newsroom.follow("/f")
    await newsroom.poll()
    newsroom.server.status("/f", 503)
    await newsroom.poll()
    await newsroom.poll()
    assert (await newsroom.feed("/f")).error_count == 2
    newsroom.server.put("/f", rss([item("Un", guid="1")]))

    assert (await newsroom.poll()).not_modified == 1
    assert (await newsroom.feed("/f")).error_count == 0


async def test_a_feed_is_dead_a_week_after_its_last_answer(newsroom: Newsroom) -> None:
    """Then it is tried twice a day; until then four times, though it was followed long ago."""
    newsroom.server.put("/late", rss([item("Un", guid="1")]))
    newsroom.server.status("/never", 503)
    await newsroom.follow("/late", "/never")
    newsroom.now += 30 * DAY
    await newsroom.poller.poll_once()
    newsroom.server.status("/late", 503)
    for _ in range(10):
        newsroom.now += DAY / 2
        await newsroom.poller.poll_once()
    pauses = {
        path: round((await newsroom.feed(path)).next_check_at - newsroom.now) / 3600
        for path in ("/late", "/never")
    }
    assert pauses == {"/late": 6, "/never": 12}
    newsroom.now += 3 * DAY
    await newsroom.poller.poll_once()
    assert (await newsroom.feed("/late")).next_check_at == newsroom.now + DAY / 2


async def test_a_slow_feed_holds_up_nobody(newsroom: Newsroom) -> None:
    """A feed that falls due while another trickles is polled at once."""
    newsroom.server.trickle("/slow")
    newsroom.server.put("/f", rss([item("Un", guid="1")]))
    await newsroom.follow("/slow")
    round_ = asyncio.create_task(newsroom.poller.round())
    await newsroom.server.reached("/slow")
    await newsroom.follow("/f")
    await newsroom.saved_once.wait()

    assert not round_.done()
    assert await round_ is True
    assert await newsroom.poller.round() is False


async def test_claims_are_renewed_while_a_fetch_lasts(
    newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A fetch may last longer than a lease: no other process takes the feed meanwhile."""
    monkeypatch.setattr(polling, "RENEW_EVERY", 0.02)
    newsroom.server.trickle("/slow")
    await newsroom.follow("/slow")
    round_ = asyncio.create_task(newsroom.poller.round())
    await newsroom.server.reached("/slow")
    newsroom.now += polling.LEASE - 1
    await asyncio.sleep(0.5)
    newsroom.now += polling.LEASE - 1
    taken = await newsroom.db.write(
        feeds.claim, "other", now=newsroom.now, limit=9, lease=15.0, host_spacing=0.0
    )
    await round_

    assert taken == []
    assert (await newsroom.feed("/slow")).error_count == 1


async def test_a_poll_whose_claim_was_lost_writes_nothing(newsroom: Newsroom) -> None:
    """Somebody else has the feed by now: theirs counts."""
    newsroom.server.trickle("/f", b"x", every=0.1)
    await newsroom.follow("/f")
    round_ = asyncio.create_task(newsroom.poller.round())
    await newsroom.server.reached("/f")
    await newsroom.db.write(
        feeds.claim, "other", now=newsroom.now + 60, limit=9, lease=15.0, host_spacing=0.0
    )
    await round_

    assert (await newsroom.feed("/f")).error_count == 0


async def test_a_parser_that_does_not_end_is_ended(newsroom: Newsroom) -> None:
    """A body that costs seconds costs its own feed only; the next one is read as ever."""
    slow = b"<rss><channel><item><title>" + b"<b>" * 600_000
    newsroom.server.put("/slow", slow)
    newsroom.server.put("/fine", rss([item("Un", guid="1")]))
    await newsroom.follow("/slow", "/fine")
    started = time.monotonic()
    summary = await newsroom.poll()

    assert (summary.changed, summary.failed) == (1, 1)
    assert await _problem(newsroom, "/slow") == "cannot be parsed within 2 seconds"
    assert time.monotonic() - started < 20.0


async def test_a_bug_costs_one_feed_and_backs_off(
    newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An exception nobody foresaw is logged and waits like any failure."""
    monkeypatch.setattr(Parsers, "parse", _never)
    newsroom.server.put("/bug", rss([item("Un", guid="1")]))
    newsroom.server.status("/other", 404)
    await newsroom.follow("/bug", "/other")
    summary = await newsroom.poll()

    assert (summary.feeds, summary.failed) == (2, 2)
    assert await _problem(newsroom, "/bug") == "internal error (AssertionError)"


async def test_one_that_cannot_be_saved_costs_only_itself(
    newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Feeds that answered together are saved one by one when saving them together fails."""
    real = entries.save

    def save(conn: Connection, feed_id: int, found: Sequence[NewEntry], **how: Any) -> Any:
        if any(entry.title == "Impossible" for entry in found):
            raise RuntimeError
        return real(conn, feed_id, found, **how)

    monkeypatch.setattr(entries, "save", save)
    newsroom.server.put("/a", rss([item("Un", guid="1")]))
    newsroom.server.put("/b", rss([item("Impossible", guid="2")]))
    newsroom.server.put("/c", rss([item("Trois", guid="3")]))
    await newsroom.follow("/a", "/b", "/c")
    summary = await newsroom.poll()

    assert (summary.changed, summary.failed) == (2, 1)
    assert sorted(entry["title"] for entry in await newsroom.entries()) == ["Trois", "Un"]
    assert await _problem(newsroom, "/b") == "internal error (RuntimeError)"


async def test_one_round_polls_more_feeds_than_fit_at_once(newsroom: Newsroom) -> None:
    """Every due feed, each exactly once, also when others wait for a place."""
    paths = [f"/{n}" for n in range(3 * polling.CONCURRENCY)]
    for path in paths:
        newsroom.server.put(path, rss([item(f"Titre {path}", guid=path)]))
    await newsroom.follow(*paths)
    summary = await newsroom.poll()

    assert (summary.feeds, summary.changed, summary.entries) == (len(paths),) * 3
    assert [newsroom.server.hits(path) for path in paths] == [1] * len(paths)


async def test_poll_once_waits_for_the_spacing_of_a_host(newsroom: Newsroom) -> None:
    """Feeds of one host are due together and polled one after the other."""
    newsroom.poller._host_spacing = 1.0
    for path in ("/a", "/b", "/c"):
        newsroom.server.put(path, rss([item(path, guid=path)]))
    await newsroom.follow("/a", "/b", "/c")
    polling_ = asyncio.create_task(newsroom.poller.poll_once())
    while not polling_.done():
        await asyncio.sleep(0.05)
        newsroom.now += 0.5

    assert (await polling_).feeds == 3


async def test_poll_once_waits_for_what_a_dead_process_held(newsroom: Newsroom) -> None:
    """A claim that nobody will settle runs out, and then the feed is polled."""
    newsroom.server.put("/f", rss([item("Un", guid="1")]))
    await newsroom.follow("/f")
    await newsroom.db.write(
        feeds.claim, "dead", now=newsroom.now, limit=1, lease=15.0, host_spacing=0.0
    )
    polling_ = asyncio.create_task(newsroom.poller.poll_once())
    await asyncio.sleep(0.3)
    assert newsroom.server.hits("/f") == 0
    newsroom.now += 16.0

    assert (await polling_).changed == 1


async def test_nothing_due_is_a_summary_of_zeros(newsroom: Newsroom) -> None:
    """No feed, paused feeds, feeds that are not due: nothing is asked."""
    newsroom.server.put("/f", rss([item("Un", guid="1")]))
    await newsroom.follow("/f")
    await newsroom.db.write(feeds.pause, (await newsroom.feed("/f")).id, newsroom.now)

    assert await newsroom.poll() == PollSummary()
    assert newsroom.server.asked == []


async def test_a_cancelled_round_leaves_nothing_running(newsroom: Newsroom) -> None:
    """A stop that cannot wait cuts fetches short; the lease brings the feeds back."""
    newsroom.server.trickle("/slow")
    await newsroom.follow("/slow")
    before = asyncio.all_tasks()
    round_ = asyncio.create_task(newsroom.poller.round())
    await newsroom.server.reached("/slow")
    round_.cancel()
    await asyncio.gather(round_, return_exceptions=True)

    ours = {task for task in asyncio.all_tasks() - before if "Poller" in repr(task)}
    assert ours == set()


async def _problem(newsroom: Newsroom, path: str) -> Problem | None:
    return Problem.load((await newsroom.feed(path)).last_error or "")
