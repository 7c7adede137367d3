"""Servers that mean harm, through real sockets: each ends in time and costs only its own feed."""

from __future__ import annotations

import asyncio
import gzip
import socket
import struct
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from xml.sax.saxutils import escape

import brotli
import pytest
from feed_server import FeedServer, item, rss
from newsroom import DAY, Newsroom, open_newsroom

from bot.feeds.fetch import MAX_BYTES, Fetched, Fetcher, FetchFailed
from bot.feeds.parse import MAX_ENTRIES
from bot.feeds.parsing import Parsers
from bot.feeds.problem import Problem
from storage import feeds
from storage.database import Connection
from storage.model import FeedSeed

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

LOCAL = ("127.0.0.0/8",)
#: seconds for one fetch from a server that is merely slow; any other ends long before LATE
DEADLINE, LATE = 1.0, 15.0
FEED = rss([item("Léré : le calme revient", guid="1")])
OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"

Script = Callable[[asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def raw_server(script: Script) -> AsyncIterator[int]:
    """Reads a request and leaves the rest to `script`; yields the port."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        serving.append(asyncio.current_task())
        try:
            await reader.readuntil(b"\r\n\r\n")
            await script(writer)
            await writer.drain()
        # cancelled at the end of the test: a task that says so would be logged as broken
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    serving: list[asyncio.Task[None] | None] = []
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for task in filter(None, serving):
            task.cancel()
        await asyncio.gather(*filter(None, serving))


def says(answer: bytes) -> Script:
    """This, and then it hangs up."""

    async def script(writer: asyncio.StreamWriter) -> None:
        writer.write(answer)

    return script


def floods(start: bytes, piece: bytes) -> Script:
    """`piece` after `piece`, as fast as they are read."""

    async def script(writer: asyncio.StreamWriter) -> None:
        writer.write(start)
        while True:
            writer.write(piece)
            await writer.drain()

    return script


def drips(start: bytes, piece: bytes = b"a") -> Script:
    """A byte at a time, so that no read is ever late."""

    async def script(writer: asyncio.StreamWriter) -> None:
        writer.write(start)
        while True:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(0.005)

    return script


async def hangs(_writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(3600)


async def resets(writer: asyncio.StreamWriter) -> None:
    """Half an answer, then RST instead of FIN."""
    writer.write(OK + b"Content-Length: 1000\r\n\r\n<rss>")
    await writer.drain()
    await asyncio.sleep(0.05)
    sock = writer.get_extra_info("socket")
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


UNREADABLE = "the answer cannot be read (ClientResponseError)"
SLOW = "did not answer in full within 1 seconds"
TOO_LARGE = "is larger than 2 MiB"
CUT = "the answer broke off"
SERVERS: dict[str, tuple[Script, str]] = {
    "never answers": (hangs, SLOW),
    "a byte of body at a time": (drips(OK + b"\r\n<rss>"), SLOW),
    "a byte of header at a time": (drips(OK + b"X-Slow: "), SLOW),
    "a header at a time": (drips(OK, b"X: a\r\n"), UNREADABLE),
    "a byte before the status at a time": (drips(b"", b"\n"), SLOW),
    "interim answers without end": (floods(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 99), TOO_LARGE),
    "early hints without end": (
        floods(b"", b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" * 99),
        TOO_LARGE,
    ),
    "empty lines without end": (floods(b"", b"\r\n" * 9999), TOO_LARGE),
    "a status without end": (floods(b"HTTP/1.1 200 ", b"a" * 9999), UNREADABLE),
    "a header without end": (floods(OK + b"X: ", b"a" * 9999), UNREADABLE),
    "headers without end": (floods(OK, b"X: a\r\n" * 999), UNREADABLE),
    "5 MB of one header": (says(OK + b"X: " + b"a" * 5_000_000 + b"\r\n\r\n"), UNREADABLE),
    "5 MB of headers": (says(OK + b"X: aaaaa\r\n" * 500_000 + b"\r\n"), UNREADABLE),
    "a body without end": (floods(OK + b"\r\n", b"a" * 9999), TOO_LARGE),
    "one-byte chunks without end": (floods(CHUNKED, b"1\r\na\r\n" * 999), CUT),
    "a chunk extension without end": (floods(CHUNKED + b"1;", b"a" * 9999), CUT),
    "trailers without end": (floods(CHUNKED + b"1\r\na\r\n0\r\n", b"X: a\r\n" * 999), UNREADABLE),
    "no chunk size": (says(CHUNKED + b"zz\r\n<rss/>\r\n"), UNREADABLE),
    "a chunk of 2^72 bytes": (says(CHUNKED + b"f" * 18 + b"\r\n<rss/>\r\n"), UNREADABLE),
    "a negative chunk": (says(CHUNKED + b"-1\r\n<rss/>\r\n"), UNREADABLE),
    "chunks that never end": (says(CHUNKED + b"6\r\n<rss/>\r\n"), CUT),
    "fewer bytes than promised": (says(OK + b"Content-Length: 99\r\n\r\n<rss/>"), CUT),
    "more bytes than promised": (says(OK + b"Content-Length: 3\r\n\r\n<rss/>"), UNREADABLE),
    "two lengths": (
        says(OK + b"Content-Length: 6\r\nContent-Length: 3\r\n\r\n<rss/>"),
        UNREADABLE,
    ),
    "a length and chunks": (
        says(OK + b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
        UNREADABLE,
    ),
    "a negative length": (says(OK + b"Content-Length: -6\r\n\r\n<rss/>"), UNREADABLE),
    "HTTP/0.9": (says(FEED.encode()), UNREADABLE),
    "a status of four digits": (says(b"HTTP/1.1 2000 OK\r\n\r\n<rss/>"), UNREADABLE),
    "NUL in a header": (says(OK + b"ETag: a\0b\r\n\r\n<rss/>"), UNREADABLE),
    "another protocol": (floods(b"HTTP/1.1 101 Switching\r\nUpgrade: x\r\n\r\n", b"a" * 9999),
                         "HTTP 101"),
    "RST in the middle": (resets, CUT),
    "hangs up at once": (says(b""), "the connection broke off"),
    "gzip, in part": (
        says(OK + b"Content-Encoding: gzip\r\n\r\n" + gzip.compress(FEED.encode())[:-9]),
        "the answer cannot be read (ValueError)",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SERVERS)
async def test_every_server_ends_in_time(name: str) -> None:
    """With its own sentence, and no later than the deadline: the slow ones by the clock, the
    others by what they send."""
    script, reason = SERVERS[name]
    deadline = DEADLINE if reason == SLOW else LATE
    started = time.monotonic()
    async with (
        raw_server(script) as port,
        Fetcher(allow_private_hosts=LOCAL, deadline=deadline) as fetcher,
    ):
        answer = await fetcher.fetch(f"http://127.0.0.1:{port}/")
        took = time.monotonic() - started

    assert isinstance(answer, FetchFailed)
    assert answer.reason == reason
    assert took < deadline + 1.0


async def test_all_of_them_at_once_cost_a_good_feed_nothing(
    tmp_path: Path, parsers: Parsers
) -> None:
    """One round polls every one of them and a good feed: that one is saved. All servers share this
    process and its loop with the poller, so the floods get time to be cut off."""
    async with open_newsroom(tmp_path, parsers, deadline=6.0) as newsroom:
        newsroom.server.put("/good", FEED)
        running = [raw_server(script) for script, _ in SERVERS.values()]
        ports = [await server.__aenter__() for server in running]
        for port in ports:
            seed = FeedSeed(url=f"http://127.0.0.1:{port}/", name=str(port))
            await newsroom.db.write(feeds.add, seed, newsroom.now)
        await newsroom.follow("/good")
        summary = await newsroom.poller.poll_once()
        for server in running:
            await server.__aexit__(None, None, None)
        told = [
            Problem.load(feed.last_error or "")
            for feed in await newsroom.db.read(feeds.everything)
        ]

        assert (summary.feeds, summary.changed, summary.failed) == (
            len(SERVERS) + 1, 1, len(SERVERS)
        )  # fmt: skip
        assert len(await newsroom.entries()) == 1
        assert None in told
        assert "internal error" not in str(told)


async def test_a_connection_may_bring_any_number_of_answers() -> None:
    """The count is of one answer, though one connection brings many."""
    async with FeedServer() as server, Fetcher(allow_private_hosts=LOCAL) as fetcher:
        server.put("/f", bytes(MAX_BYTES - 1))
        for _ in range(4):
            assert isinstance(await fetcher.fetch(server.url("/f")), Fetched)


@pytest.fixture(scope="module")
def parsers() -> Iterator[Parsers]:
    # other people's load must not fail a test: parsers give way to everybody
    pool = Parsers(1, limit=60.0)
    yield pool
    pool.close()


@pytest.fixture
async def newsroom(tmp_path: Path, parsers: Parsers) -> AsyncIterator[Newsroom]:
    async with open_newsroom(tmp_path, parsers, deadline=5.0) as room:
        yield room


async def _polled(newsroom: Newsroom, path: str) -> tuple[list[str], Problem | None]:
    """The titles that a poll of `path` brought, and what was wrong."""
    await newsroom.follow(path)
    await newsroom.poll()
    feed = await newsroom.feed(path)
    return (
        [entry["title"] for entry in await newsroom.entries()],
        Problem.load(feed.last_error or ""),
    )


def _everything(conn: Connection) -> str:
    return str(conn.all("select * from entries"))


LAUGHS = "".join(
    f"<!ENTITY lol{n} \"{f'&lol{n - 1};' * 10}\">" for n in range(1, 12)
)  # fmt: skip


async def test_a_billion_laughs_are_not_laughed(newsroom: Newsroom) -> None:
    """Entities that are made of entities are not expanded: neither time nor text."""
    newsroom.server.put(
        "/f",
        f'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY lol0 "lol">{LAUGHS}]>'
        "<rss version='2.0'><channel><title>J</title>"
        "<item><guid>1</guid><title>Gao &lol11; Gao</title></item></channel></rss>",
    )
    titles, problem = await _polled(newsroom, "/f")

    assert problem is None
    assert sum(map(len, titles)) < 1000


async def test_long_entities_many_times_are_not_either(newsroom: Newsroom) -> None:
    """One level is enough where the text is long: 100 kB, ten thousand times."""
    newsroom.server.put(
        "/f",
        f"<?xml version='1.0'?><!DOCTYPE rss [<!ENTITY a \"{'a' * 100_000}\">]>"
        "<rss version='2.0'><channel><title>J</title><item><guid>1</guid><title>Gao</title>"
        f"<description>{'&a;' * 10_000}</description></item></channel></rss>",
    )
    titles, problem = await _polled(newsroom, "/f")
    kept = await newsroom.db.read(_everything)

    assert (titles, problem) == (["Gao"], None)
    assert "aaaa" not in kept
    assert len(kept) < 5000


async def test_a_feed_reads_no_file_and_asks_no_server(newsroom: Newsroom, tmp_path: Path) -> None:
    """Entities, DTDs and inclusions from outside stay outside."""
    secret = tmp_path / "secret.txt"
    secret.write_text("le mot de passe")
    outside = newsroom.server.url("/outside")
    newsroom.server.put("/outside", "le mot de passe")
    for n, declared in enumerate(
        (
            f'<!ENTITY x SYSTEM "{secret.as_uri()}">',
            f'<!ENTITY x SYSTEM "{outside}">',
            f'<!ENTITY % p SYSTEM "{outside}"> %p; <!ENTITY x "y">',
        )
    ):
        newsroom.server.put(
            f"/{n}",
            f"<?xml version='1.0'?><!DOCTYPE rss SYSTEM '{escape(outside)}' [{declared}]>"
            "<rss version='2.0' xmlns:xi='http://www.w3.org/2001/XInclude'><channel>"
            f"<title>J</title><item><guid>{n}</guid><title>Gao &x;</title>"
            f"<description>&x;<xi:include href='{outside}' parse='text'/></description>"
            "</item></channel></rss>",
        )
        await newsroom.follow(f"/{n}")
    await newsroom.poll()

    assert len(await newsroom.entries()) == 3
    assert "mot de passe" not in await newsroom.db.read(_everything)
    assert newsroom.server.hits("/outside") == 0


@pytest.mark.parametrize(
    ("encoding", "squeeze"),
    [
        ("gzip", gzip.compress),
        ("br", partial(brotli.compress, quality=3)),
        ("zstd", zstd.compress),
    ],
)
async def test_bombs_cost_a_failure(
    newsroom: Newsroom, encoding: str, squeeze: Callable[[bytes], bytes]
) -> None:
    """64 MiB in a few kibibytes; tests/unit/test_feeds_inflate.py weighs them."""
    bomb = squeeze(bytes(64 * 1024 * 1024))
    assert len(bomb) < 100_000
    newsroom.server.put("/f", bomb, headers={"Content-Encoding": encoding})

    assert await _polled(newsroom, "/f") == ([], TOO_LARGE)


async def test_of_ten_thousand_items_the_newest_are_read(newsroom: Newsroom) -> None:
    """In seconds, and nothing of the others is stored."""
    start = newsroom.now - 10_000
    many = [item(f"N{n}", guid=str(n), published=start + n) for n in range(10_000)]
    newsroom.server.put("/f", rss(many))
    titles, problem = await _polled(newsroom, "/f")

    assert titles == [f"N{n}" for n in range(10_000 - MAX_ENTRIES, 10_000)]
    assert problem is None


async def test_redirects_without_end_are_a_failure(newsroom: Newsroom) -> None:
    """Each to another address, so that no loop is to be seen."""

    async def script(writer: asyncio.StreamWriter) -> None:
        nonlocal asked
        asked += 1
        writer.write(
            b"HTTP/1.1 301 Moved\r\nConnection: close\r\nContent-Length: 0\r\n"
            b"Location: /%d\r\n\r\n" % asked
        )

    asked = 0
    async with raw_server(script) as port:
        seed = FeedSeed(url=f"http://127.0.0.1:{port}/", name="f")
        feed = await newsroom.db.write(feeds.add, seed, newsroom.now)
        await newsroom.poll()
    found = await newsroom.db.read(feeds.by_id, feed.id)

    assert found
    assert Problem.load(found.last_error or "") == "redirects more than 5 times"
    assert asked == 6


@pytest.mark.parametrize("etag", [b'"caf\xe9"', b'"' + b"a" * 5000 + b'"', b'"\xc3\xa9"'])
async def test_validators_that_cannot_be_kept_are_left_out(
    newsroom: Newsroom, etag: bytes
) -> None:
    """Bytes that no database takes, or that would make every later request too large."""
    body = FEED.encode()
    answer = OK + b"Connection: close\r\nETag: %s\r\nContent-Length: %d\r\n\r\n" % (
        etag,
        len(body),
    )
    async with raw_server(says(answer + body)) as port:
        seed = FeedSeed(url=f"http://127.0.0.1:{port}/", name="f")
        feed = await newsroom.db.write(feeds.add, seed, newsroom.now)
        summaries = [await newsroom.poll(), await newsroom.poll()]
    found = await newsroom.db.read(feeds.by_id, feed.id)

    assert [(s.changed, s.not_modified) for s in summaries] == [(1, 0), (0, 1)]
    assert found
    assert (found.etag, found.last_new_at) == (None, newsroom.now - 4 * DAY)
