"""Fetching from a real server that does everything servers do."""

from __future__ import annotations

import asyncio
import gzip
import os
import socket
import sys
import time
import tracemalloc
import zlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import brotli
import pytest
from feed_server import FeedServer, item, rss

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

from bot.feeds.fetch import (
    MAX_BYTES,
    MAX_REDIRECTS,
    Fetched,
    Fetcher,
    FetchFailed,
    NotModified,
    retry_after,
    user_agent,
)

LOCAL = ("127.0.0.0/8",)
FEED = rss([item("Léré : le calme revient", guid="1")])


@pytest.fixture
async def server() -> AsyncIterator[FeedServer]:
    async with FeedServer() as running:
        yield running


@pytest.fixture
async def fetcher() -> AsyncIterator[Fetcher]:
    async with Fetcher(allow_private_hosts=LOCAL, contact="https://alerts.example") as opened:
        yield opened


async def test_a_feed_is_fetched_with_its_validators(server: FeedServer, fetcher: Fetcher) -> None:
    """Body, validators and lower-case headers; the request says who asks."""
    server.put("/f", FEED, last_modified=datetime(2026, 1, 1, tzinfo=UTC))
    answer = await fetcher.fetch(server.url("/f"))

    assert isinstance(answer, Fetched)
    assert answer.body == FEED.encode()
    assert answer.headers["content-type"] == "application/rss+xml; charset=utf-8"
    assert (answer.final_url, answer.permanent_url) == (server.url("/f"), None)
    assert answer.last_modified == "Thu, 01 Jan 2026 00:00:00 GMT"
    asked = server.asked[0].headers
    assert asked["user-agent"] == user_agent("https://alerts.example")
    assert "(+https://alerts.example)" in asked["user-agent"]
    assert asked["accept-encoding"] == "gzip, deflate, br, zstd"


async def test_both_validators_are_sent_and_304_is_an_answer(
    server: FeedServer, fetcher: Fetcher
) -> None:
    """What has not changed costs no body."""
    server.put("/f", FEED, last_modified=datetime(2026, 1, 1, tzinfo=UTC))
    first = await fetcher.fetch(server.url("/f"))
    assert isinstance(first, Fetched)
    again = await fetcher.fetch(
        server.url("/f"), etag=first.etag, last_modified=first.last_modified
    )

    assert isinstance(again, NotModified)
    assert (again.etag, again.permanent_url) == (first.etag, None)
    assert again.headers["last-modified"] == first.last_modified
    assert server.asked[1].headers["if-none-match"] == first.etag
    assert server.asked[1].headers["if-modified-since"] == first.last_modified


async def test_304_without_a_question_is_a_failure(server: FeedServer, fetcher: Fetcher) -> None:
    """Nothing is not an answer to somebody who has nothing."""
    server.status("/f", 304)
    answer = await fetcher.fetch(server.url("/f"))

    assert answer == FetchFailed(
        "HTTP 304 (not modified, though nothing was there to compare with)",
        status=304,
        host="127.0.0.1",
    )


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (202, "HTTP 202 (the site asks for a captcha)"),
        (403, "HTTP 403 (the site refuses robots)"),
        (404, "HTTP 404 (there is nothing at this address)"),
        (410, "HTTP 410 (the feed is gone for good)"),
        (451, "HTTP 451 (blocked for legal reasons)"),
        (503, "HTTP 503 (the site has trouble of its own)"),
        (418, "HTTP 418"),
    ],
)
async def test_each_status_is_a_sentence(
    server: FeedServer, fetcher: Fetcher, status: int, reason: str
) -> None:
    """Moderators read why, not a number alone."""
    server.status("/f", status)

    assert await fetcher.fetch(server.url("/f")) == FetchFailed(
        reason, status=status, host="127.0.0.1"
    )


async def test_retry_after_comes_with_the_failure(server: FeedServer, fetcher: Fetcher) -> None:
    """In seconds, for the schedule."""
    server.status("/f", 429, {"Retry-After": "3600"})

    assert await fetcher.fetch(server.url("/f")) == FetchFailed(
        "HTTP 429 (the site says that we ask too often)",
        status=429,
        retry_after=3600.0,
        host="127.0.0.1",
    )


@pytest.mark.parametrize(
    ("value", "date", "expected"),
    [
        (None, None, None),
        ("120", None, 120.0),
        ("Thu, 01 Jan 2026 01:00:00 GMT", "Thu, 01 Jan 2026 00:00:00 GMT", 3600.0),
        ("Thu, 01 Jan 2026 00:00:00 GMT", "Thu, 01 Jan 2026 01:00:00 GMT", 0.0),
        ("Thu, 01 Jan 2026 01:00:00 GMT", None, None),
        ("soon", "Thu, 01 Jan 2026 00:00:00 GMT", None),
    ],
)
def test_retry_after_is_a_number_or_a_date(
    value: str | None, date: str | None, expected: float | None
) -> None:
    """A date is read against the server's own clock."""
    assert retry_after(value, date) == expected


async def test_permanent_moves_are_told_from_detours(server: FeedServer, fetcher: Fetcher) -> None:
    """301 and 308 up to the first temporary redirect are where the feed lives now."""
    server.put("/c", FEED)
    server.redirect("/b", server.url("/c"), 302)
    server.redirect("/a", "/b", 301)
    moved = await fetcher.fetch(server.url("/a"))
    detour = await fetcher.fetch(server.url("/b"))

    assert isinstance(moved, Fetched)
    assert isinstance(detour, Fetched)
    assert (moved.final_url, moved.permanent_url) == (server.url("/c"), server.url("/b"))
    assert (detour.final_url, detour.permanent_url) == (server.url("/c"), None)


async def test_redirects_end(server: FeedServer, fetcher: Fetcher) -> None:
    """A loop is a failure after five hops."""
    server.redirect("/a", "/a")

    assert await fetcher.fetch(server.url("/a")) == FetchFailed(
        f"redirects more than {MAX_REDIRECTS} times"
    )
    assert server.hits("/a") == MAX_REDIRECTS + 1


@pytest.mark.parametrize(
    "target", ["file:///etc/passwd", "gopher://x/", "http://[::1", "mailto:x@y.example"]
)
async def test_redirects_lead_to_the_web_only(
    server: FeedServer, fetcher: Fetcher, target: str
) -> None:
    """A Location is somebody else's text."""
    server.redirect("/a", target)

    assert await fetcher.fetch(server.url("/a")) == FetchFailed(
        "redirects to what is neither http nor https"
    )


@pytest.mark.parametrize("url", ["ftp://a.example/feed", "file:///etc/passwd", "x", "http://[::1"])
async def test_only_the_web_is_fetched(fetcher: Fetcher, url: str) -> None:
    """No file, no other protocol."""
    assert await fetcher.fetch(url) == FetchFailed("the address is neither http nor https")


async def test_a_trickle_ends_at_the_deadline(server: FeedServer) -> None:
    """No single read is late, the whole is."""
    server.trickle("/f")
    started = time.monotonic()
    async with Fetcher(allow_private_hosts=LOCAL, deadline=0.4) as hasty:
        answer = await hasty.fetch(server.url("/f"))

    assert answer == FetchFailed("did not answer in full within 0.4 seconds")
    assert time.monotonic() - started < 2.0


async def test_a_body_beyond_the_cap_is_a_failure(server: FeedServer, fetcher: Fetcher) -> None:
    """Exactly the cap is read, one byte more is not."""
    server.put("/most", bytes(MAX_BYTES))
    server.put("/more", bytes(MAX_BYTES + 1))
    most = await fetcher.fetch(server.url("/most"))

    assert isinstance(most, Fetched)
    assert len(most.body) == MAX_BYTES
    assert await fetcher.fetch(server.url("/more")) == FetchFailed(
        "is larger than 2 MiB", status=200, host="127.0.0.1"
    )


async def test_a_bomb_is_never_inflated(server: FeedServer, fetcher: Fetcher) -> None:
    """200 MiB in 200 KiB: we stop at the cap, in memory too."""
    server.bomb("/f", 200 * 1024 * 1024)
    tracemalloc.start()
    answer = await fetcher.fetch(server.url("/f"))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert answer == FetchFailed("is larger than 2 MiB", status=200, host="127.0.0.1")
    assert peak < 16 * 1024 * 1024


def _wide_zstd(data: bytes) -> bytes:
    """A frame that wants a window of 128 MiB."""
    squeeze = zstd.ZstdCompressor(options={zstd.CompressionParameter.window_log: 27})
    return squeeze.compress(data) + squeeze.flush()


def _raw_deflate(data: bytes) -> bytes:
    squeeze = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return squeeze.compress(data) + squeeze.flush()


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("gzip", gzip.compress(FEED.encode())),
        ("x-gzip", gzip.compress(FEED.encode())),
        ("", gzip.compress(FEED.encode())),
        ("gzip", FEED.encode()),
        ("gzip", gzip.compress(FEED[:40].encode()) + gzip.compress(FEED[40:].encode())),
        ("gzip", gzip.compress(FEED.encode()) + b"\0\0"),
        ("deflate", zlib.compress(FEED.encode())),
        ("deflate", _raw_deflate(FEED.encode())),
        ("br", brotli.compress(FEED.encode())),
        ("br", FEED.encode()),
        ("zstd", zstd.compress(FEED.encode())),
        ("", zstd.compress(FEED.encode())),
        ("zstd", FEED.encode()),
        ("zstd", zstd.compress(FEED[:40].encode()) + zstd.compress(FEED[40:].encode())),
    ],
    ids=[
        "gzip",
        "x-gzip",
        "unsaid",
        "untrue",
        "members",
        "rubbish",
        "zlib",
        "raw",
        "br",
        "br untrue",
        "zstd",
        "zstd unsaid",
        "zstd untrue",
        "zstd frames",
    ],
)
async def test_compression_is_what_the_bytes_are(
    server: FeedServer, fetcher: Fetcher, encoding: str, body: bytes
) -> None:
    """Servers compress without saying so, say so without doing it, and mean two things."""
    server.put("/f", body, headers={"Content-Encoding": encoding} if encoding else {})
    answer = await fetcher.fetch(server.url("/f"))

    assert isinstance(answer, Fetched)
    assert answer.body == FEED.encode()


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("gzip", gzip.compress(FEED.encode())[:-30]),
        ("gzip", b"\x1f\x8b" + os.urandom(50)),
        ("br", brotli.compress(FEED.encode())[:-3]),
        ("br", b"\xff\xffwhatever"),
        ("br", brotli.compress(FEED.encode()) + b"rubbish"),
        ("zstd", zstd.compress(FEED.encode())[:-3]),
        ("zstd", _wide_zstd(FEED.encode())),
        ("compress", b"\x1f\x9dwhatever"),
    ],
    ids=["cut", "broken", "br cut", "br broken", "br more", "zstd cut", "zstd wide", "unknown"],
)
async def test_compression_that_cannot_be_undone_is_a_failure(
    server: FeedServer, fetcher: Fetcher, encoding: str, body: bytes
) -> None:
    """Half a feed would pass for a whole one, and its validator would hide the rest."""
    server.put("/f", body, headers={"Content-Encoding": encoding})

    assert await fetcher.fetch(server.url("/f")) == FetchFailed(
        "the answer cannot be read (ValueError)"
    )


async def test_a_body_that_breaks_off_is_a_failure(server: FeedServer, fetcher: Fetcher) -> None:
    """Fewer bytes than promised are not a feed."""
    server.break_off("/f", FEED.encode())

    assert await fetcher.fetch(server.url("/f")) == FetchFailed("the answer broke off")


async def test_a_closed_port_and_an_unknown_name_are_failures(fetcher: Fetcher) -> None:
    """Each with its own sentence."""
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]

    refused = await fetcher.fetch(f"http://127.0.0.1:{port}/")
    unknown = await fetcher.fetch("http://no-such-host.invalid/")

    assert refused == FetchFailed("cannot be reached (Connection refused)")
    assert unknown == FetchFailed("the host name is not known")


async def test_rubbish_instead_of_http_is_a_failure(fetcher: Fetcher) -> None:
    """Whatever listens there."""

    async def rubbish(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 smtp.example ESMTP\r\n")
        await writer.drain()
        writer.close()

    listener = await asyncio.start_server(rubbish, "127.0.0.1", 0)
    port = listener.sockets[0].getsockname()[1]
    answer = await fetcher.fetch(f"http://127.0.0.1:{port}/")
    listener.close()
    await listener.wait_closed()

    assert isinstance(answer, FetchFailed)
    assert answer.reason.startswith("the answer cannot be read")
