"""Addresses that moderators type, and the feeds behind them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest
from feed_server import FeedServer, item, rss

from bot.feeds.fetch import Fetcher
from bot.feeds.inspect import Discovery, Inspector
from bot.feeds.parsing import Parsers

NOW = 1_800_000_000.0
FEED = rss(
    [
        item("Le marché de Léré rouvre après trois jours", guid="2", published=NOW - 60),
        item("Les éleveurs de Gossi attendent la pluie", guid="1", published=NOW - 7200),
    ],
    title="Radio d'essai",
)


@pytest.fixture
async def server() -> AsyncIterator[FeedServer]:
    async with FeedServer() as running:
        yield running


@pytest.fixture(scope="module")
def parsers() -> Iterator[Parsers]:
    pool = Parsers(1)
    yield pool
    pool.close()


@pytest.fixture
async def inspector(parsers: Parsers) -> AsyncIterator[Inspector]:
    async with Fetcher(allow_private_hosts=("127.0.0.0/8",), deadline=2.0) as fetcher:
        yield Inspector(fetcher, parsers)


def _page(head: str) -> str:
    return f"<!DOCTYPE html><html><head>{head}</head><body>Radio</body></html>"


def _link(href: str, title: str = "", kind: str = "application/rss+xml") -> str:
    return f'<link rel="alternate" type="{kind}" title="{title}" href="{href}">'


async def test_a_feed_is_found_where_it_is(server: FeedServer, inspector: Inspector) -> None:
    """The address itself may be one."""
    server.put("/rss", FEED)

    assert await inspector.discover(server.url("/rss")) == Discovery(server.url("/rss"))


async def test_a_page_names_its_feed(server: FeedServer, inspector: Inspector) -> None:
    """The articles' rather than the comments', relative to the page; dead links are skipped."""
    server.put("/fr/flux.xml", FEED)
    server.put("/fr/comments.xml", rss([], title="Commentaires"))
    server.put(
        "/fr/",
        _page(
            _link("/fr/comments.xml", "Radio » Comments")
            + _link("dead.xml")
            + _link("ical", kind="text/calendar")
            + _link("flux.xml", kind="application/atom+xml; charset=utf-8")
        ),
        content_type="text/html",
    )

    assert await inspector.discover(server.url("/fr/")) == Discovery(server.url("/fr/flux.xml"))


async def test_a_base_moves_relative_links(server: FeedServer, inspector: Inspector) -> None:
    """<base href> is where a page says that it lives."""
    server.put("/autre/flux.xml", FEED)
    server.put("/", _page('<base href="/autre/">' + _link("flux.xml")), content_type="text/html")

    assert await inspector.discover(server.url("/")) == Discovery(server.url("/autre/flux.xml"))


@pytest.mark.parametrize("path", ["/feed/", "/rss", "/feed.xml"])
async def test_the_usual_places_are_tried(
    server: FeedServer, inspector: Inspector, path: str
) -> None:
    """For a page that names none."""
    server.put("/actualites/une", _page(""), content_type="text/html")
    server.put(path, FEED)

    assert await inspector.discover(server.url("/actualites/une")) == Discovery(server.url(path))


async def test_an_address_without_scheme_is_tried_with_both(
    server: FeedServer, inspector: Inspector
) -> None:
    """https first, which this server does not speak, then http."""
    server.put("/rss", FEED)

    assert await inspector.discover(f" 127.0.0.1:{server.port}/rss ") == Discovery(
        server.url("/rss")
    )


async def test_a_feed_that_moved_is_found_where_it_moved_to(
    server: FeedServer, inspector: Inspector
) -> None:
    """A permanent redirect is the address to keep."""
    server.put("/new", FEED)
    server.redirect("/old", "/new", 301)

    assert await inspector.discover(server.url("/old")) == Discovery(server.url("/new"))


async def test_no_feed_is_told_with_its_reason(server: FeedServer, inspector: Inspector) -> None:
    """What went wrong, without guessing further."""
    server.put("/page", _page(""), content_type="text/html")
    server.status("/403", 403)

    assert await inspector.discover(server.url("/page")) == Discovery(
        None, "the page names no feed, and none is in the usual places"
    )
    assert await inspector.discover(server.url("/403")) == Discovery(
        None, "HTTP 403 (the site refuses robots)"
    )
    for address in ("ftp://a.example/feed", "", "file:///etc/passwd"):
        assert await inspector.discover(address) == Discovery(
            None, "the address is neither http nor https"
        )


async def test_a_check_tells_what_a_poll_would_bring(
    server: FeedServer, inspector: Inspector
) -> None:
    """Title, language as written, newest items first with their dates."""
    server.put("/rss", FEED.replace("<channel>", "<channel><language>en</language>"))
    seen = await inspector.check(server.url("/rss"), NOW)

    assert (seen.title, seen.language, seen.error) == ("Radio d'essai", "fr", None)
    assert [(entry.title, entry.published_at) for entry in seen.entries] == [
        ("Le marché de Léré rouvre après trois jours", NOW - 60),
        ("Les éleveurs de Gossi attendent la pluie", NOW - 7200),
    ]
    assert seen.problems == ()


async def test_a_check_tells_what_is_odd(server: FeedServer, inspector: Inspector) -> None:
    """Moved, broken, undated: all usable, all worth knowing."""
    server.put("/new", rss([item("Gao & Kidal", guid="1")]).replace("&amp;", "&"))
    server.redirect("/old", "/new", 301)
    seen = await inspector.check(server.url("/old"), NOW)

    assert seen.error is None
    assert seen.problems == (
        "is broken XML, from which 1 items were recovered",
        "dates none of its items",
        f"has moved for good to {server.url('/new')}",
    )


async def test_a_check_that_fails_tells_why(server: FeedServer, inspector: Inspector) -> None:
    """Not reached, or reached and no feed."""
    server.put("/page", _page(""), content_type="text/html")

    assert (await inspector.check(server.url("/none"), NOW)).error == (
        "HTTP 404 (there is nothing at this address)"
    )
    assert (await inspector.check(server.url("/page"), NOW)).error == (
        "answers a web page, not a feed"
    )
