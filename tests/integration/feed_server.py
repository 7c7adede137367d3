"""A real feed server for tests: bodies from memory or a directory, and everything that goes wrong.

In a test: `async with FeedServer() as server: server.put("/a.xml", body); server.url("/a.xml")`.
As a process: `python tests/integration/feed_server.py --port 0 --dir DIR` serves the files of
DIR, read anew at each request, with an ETag of their content; the first line on standard output
is the port.
"""

from __future__ import annotations

import argparse
import asyncio
import gzip
import hashlib
import sys
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path
from types import TracebackType
from xml.sax.saxutils import escape

from aiohttp import web

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass
class Asked:
    """One request as the server saw it."""

    path: str
    headers: dict[str, str]


@dataclass
class FeedServer:
    """Serves what it is told to on 127.0.0.1, or another address of this machine; unknown paths
    are 404."""

    #: every request, in order
    asked: list[Asked] = field(default_factory=list)
    directory: Path | None = None
    port: int = 0
    address: str = "127.0.0.1"
    _handlers: dict[str, Handler] = field(default_factory=dict)
    _runner: web.AppRunner | None = None
    _reached: defaultdict[str, asyncio.Event] = field(
        default_factory=lambda: defaultdict(asyncio.Event)
    )

    async def start(self) -> FeedServer:
        app = web.Application()
        app.router.add_get("/{path:.*}", self._answer)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, self.address, self.port).start()
        self.port = self._runner.addresses[0][1]
        return self

    async def stop(self) -> None:
        if self._runner:
            await self._runner.cleanup()

    async def __aenter__(self) -> FeedServer:
        return await self.start()

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.stop()

    def url(self, path: str, host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.port}{path}"

    def hits(self, path: str) -> int:
        return sum(asked.path == path for asked in self.asked)

    async def reached(self, path: str) -> None:
        """Return once somebody has asked for `path`."""
        await self._reached[path].wait()

    def put(
        self,
        path: str,
        body: str | bytes,
        *,
        content_type: str = "application/rss+xml; charset=utf-8",
        compress: bool = False,
        validators: bool = True,
        last_modified: datetime | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        """Serve `body` with ETag (and Last-Modified), and 304 to who has it already."""
        data = body.encode() if isinstance(body, str) else body
        etag = f'"{hashlib.sha256(data).hexdigest()[:16]}"'
        stamp = format_datetime(last_modified, usegmt=True) if last_modified else None

        async def handler(request: web.Request) -> web.Response:
            answer = {"Content-Type": content_type, **(headers or {})}
            if validators:
                answer["ETag"] = etag
                if stamp:
                    answer["Last-Modified"] = stamp
                if request.headers.get("If-None-Match") == etag:
                    return web.Response(status=304, headers=answer)
            if compress:
                answer["Content-Encoding"] = "gzip"
                return web.Response(body=gzip.compress(data), headers=answer)
            return web.Response(body=data, headers=answer)

        self._handlers[path] = handler

    def status(self, path: str, status: int, headers: dict[str, str] | None = None) -> None:
        """Answer with this status and no feed."""

        async def handler(_request: web.Request) -> web.Response:
            return web.Response(status=status, text="no feed here", headers=headers)

        self._handlers[path] = handler

    def redirect(self, path: str, target: str, status: int = 302) -> None:
        self.status(path, status, {"Location": target})

    def trickle(self, path: str, chunk: bytes = b" ", every: float = 0.05) -> None:
        """Send a little for ever, so that no single read is ever late."""

        async def handler(request: web.Request) -> web.StreamResponse:
            response = web.StreamResponse(headers={"Content-Type": "application/rss+xml"})
            await response.prepare(request)
            try:
                while True:
                    await response.write(chunk)
                    await asyncio.sleep(every)
            except ConnectionError:
                return response

        self._handlers[path] = handler

    def bomb(self, path: str, size: int) -> None:
        """A small gzip body that inflates to `size` zeros."""
        body = gzip.compress(bytes(size))

        async def handler(_request: web.Request) -> web.Response:
            return web.Response(
                body=body,
                headers={"Content-Encoding": "gzip", "Content-Type": "application/rss+xml"},
            )

        self._handlers[path] = handler

    def break_off(self, path: str, body: bytes) -> None:
        """Promise more than is sent, then hang up."""

        async def handler(request: web.Request) -> web.StreamResponse:
            response = web.StreamResponse(headers={"Content-Length": str(len(body) + 1000)})
            await response.prepare(request)
            await response.write(body)
            if request.transport:
                request.transport.close()
            return response

        self._handlers[path] = handler

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(Asked(request.path, {k.lower(): v for k, v in request.headers.items()}))
        self._reached[request.path].set()
        handler = self._handlers.get(request.path)
        if handler:
            return await handler(request)
        if self.directory:
            return self._file(self.directory, request)
        return web.Response(status=404, text="no feed here")

    def _file(self, directory: Path, request: web.Request) -> web.Response:
        path = (directory / request.path.lstrip("/")).resolve()
        if not path.is_relative_to(directory.resolve()) or not path.is_file():
            return web.Response(status=404, text="no feed here")
        body = path.read_bytes()
        etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        if request.headers.get("If-None-Match") == etag:
            return web.Response(status=304, headers={"ETag": etag})
        kind = "text/html" if path.suffix == ".html" else "application/rss+xml"
        return web.Response(
            body=body, headers={"ETag": etag, "Content-Type": f"{kind}; charset=utf-8"}
        )


def item(
    title: str,
    *,
    guid: str | None = None,
    link: str | None = None,
    summary: str = "",
    published: float | str | None = None,
) -> str:
    """One RSS item; `published` is epoch seconds, or a date as a feed might write it."""
    if isinstance(published, int | float):
        published = format_datetime(datetime.fromtimestamp(published, UTC), usegmt=True)
    parts = [f"<title>{escape(title)}</title>"]
    if guid is not None:
        parts.append(f'<guid isPermaLink="false">{escape(guid)}</guid>')
    if link is not None:
        parts.append(f"<link>{escape(link)}</link>")
    if summary:
        parts.append(f"<description>{escape(summary)}</description>")
    if published is not None:
        parts.append(f"<pubDate>{escape(published)}</pubDate>")
    return f"<item>{''.join(parts)}</item>"


def rss(items: Sequence[str], *, title: str = "Journal d'essai", channel: str = "") -> str:
    """An RSS 2.0 document; `channel` is further XML for its head."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel>'
        f"<title>{escape(title)}</title>{channel}{''.join(items)}</channel></rss>"
    )


async def _serve(port: int, directory: Path) -> None:
    async with FeedServer(port=port, directory=directory) as server:
        sys.stdout.write(f"{server.port}\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--dir", type=Path, required=True)
    arguments = parser.parse_args()
    try:
        asyncio.run(_serve(arguments.port, arguments.dir))
    except KeyboardInterrupt:
        sys.exit(0)
