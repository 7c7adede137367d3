"""A web server of made-up feeds that costs nearly nothing, so that it is the poller one measures.

    python -m benchmarks.feed_host [--items 30] [--fresh 5] [--news-every SECONDS]

Serves `/N.xml` for any number N on 127.0.0.1 and prints its port. A feed's edition decides its
body and ETag; each edition brings `--fresh` new items and drops as many old ones. `GET /edition/K`
puts every feed at edition K; with `--news-every` each feed goes on by itself instead, about so
often, and as many feeds at one moment as at another. `GET /clock/S` makes it S seconds after the
start, for those whose own clock is not the real one.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import lru_cache

#: words of an ordinary day in a town: nothing here is an alert
_WORDS = """
    marché village route habitants mairie récolte pluie école puits troupeau centre santé commune
    réunion atelier jeunes femmes bureau campagne saison prix mil riz projet partenaires journée
    équipe finale concours pont chantier bibliothèque musée élèves maîtres jardin fête tissage
    """.split()  # noqa: SIM905
_FIRST = datetime(2026, 1, 1, 6, tzinfo=UTC)
#: bodies that are kept made: one edition of some thousand feeds
_KEPT = 4096


class Editions:
    """Which edition each feed is at."""

    def __init__(self, news_every: float | None):
        self.fixed = 0
        #: seconds since the start, when somebody tells them
        self.told: float | None = None
        self._news_every = news_every
        self._started = time.monotonic()

    def of(self, feed: int) -> int:
        if self._news_every is None:
            return self.fixed
        since = time.monotonic() - self._started if self.told is None else self.told
        return int(since / self._news_every + random.Random(feed).random())


@lru_cache(_KEPT)
def body(feed: int, edition: int, items: int, fresh: int) -> bytes:
    """RSS of some 600 bytes an item."""
    newest = items + edition * fresh
    told = "\n".join(_item(feed, number) for number in range(newest, newest - items, -1))
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0"><channel>'
        f"<title>Journal {feed}</title><link>http://j{feed}.example/</link>"
        f"<description>Nouvelles</description>\n{told}\n</channel></rss>\n"
    ).encode()


def _item(feed: int, number: int) -> str:
    words = random.Random(feed * 1_000_003 + number)
    title = " ".join(words.choices(_WORDS, k=9)).capitalize()
    text = " ".join(words.choices(_WORDS, k=55)).capitalize()
    published = format_datetime(_FIRST + timedelta(minutes=20 * number))
    return (
        f"<item><title>{title}</title>"
        f"<link>http://j{feed}.example/a/{number}?utm_source=rss</link>"
        f'<guid isPermaLink="false">j{feed}-{number}</guid><pubDate>{published}</pubDate>'
        f"<description>&lt;p&gt;{text}&lt;/p&gt;</description></item>"
    )


class Answering(asyncio.Protocol):
    """Just enough HTTP/1.1 for clients that ask one thing after the other."""

    def __init__(self, editions: Editions, items: int, fresh: int):
        self._editions = editions
        self._items = items
        self._fresh = fresh
        self._head = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._out = transport

    def data_received(self, data: bytes) -> None:
        self._head += data
        while b"\r\n\r\n" in self._head:
            request, _, self._head = self._head.partition(b"\r\n\r\n")
            self._out.write(self._answer(request))

    def _answer(self, request: bytes) -> bytes:
        lines = request.split(b"\r\n")
        path = lines[0].split()[1].decode()
        if path.startswith("/edition/"):
            self._editions.fixed = int(path.rpartition("/")[2])
            return _response("204 No Content")
        if path.startswith("/clock/"):
            self._editions.told = float(path.rpartition("/")[2])
            return _response("204 No Content")
        number = path.strip("/").removesuffix(".xml")
        if not number.isdecimal():
            return _response("404 Not Found", b"Not found")
        feed = int(number)
        edition = self._editions.of(feed)
        etag = f'"{feed}-{edition}"'
        asked = (line for line in lines if line[:14].lower() == b"if-none-match:")
        if etag.encode() in next(asked, b""):
            return _response("304 Not Modified", etag=etag)
        return _response("200 OK", body(feed, edition, self._items, self._fresh), etag)


def _response(status: str, content: bytes = b"", etag: str = "") -> bytes:
    head = f"HTTP/1.1 {status}\r\nContent-Type: application/rss+xml; charset=utf-8\r\n"
    head += f"ETag: {etag}\r\n" if etag else ""
    if status[:3] not in ("204", "304"):
        head += f"Content-Length: {len(content)}\r\n"
    return head.encode() + b"\r\n" + content


async def serve(options: argparse.Namespace) -> None:
    editions = Editions(options.news_every)
    server = await asyncio.get_running_loop().create_server(
        lambda: Answering(editions, options.items, options.fresh), "127.0.0.1", options.port
    )
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


def main() -> None:
    parser = argparse.ArgumentParser(description="A web server of made-up feeds.")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--items", type=int, default=30)
    parser.add_argument("--fresh", type=int, default=5)
    parser.add_argument("--news-every", type=float)
    asyncio.run(serve(parser.parse_args()))


if __name__ == "__main__":
    main()
