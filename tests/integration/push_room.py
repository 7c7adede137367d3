"""For tests of WebSub: a poller, the worker that asks hubs, and our callback on a real socket."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import io
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web

from bot.feeds.fetch import Fetcher
from bot.feeds.hubs import Hubs, callbacks
from bot.feeds.look import Looker
from bot.feeds.parsing import Parsers
from bot.feeds.poller import Poller
from bot.web.health import HealthServer
from bot.web.websub import Callbacks
from storage import feeds
from storage.database import Connection, Database
from storage.model import Feed, FeedSeed

DAY = 86_400.0
LONGEST = 1800.0


@dataclass
class PushRoom:
    """Our side of WebSub, with a clock that stands until it is moved."""

    url: str
    port: int
    parsers: Parsers
    allow: tuple[str, ...]
    now: float = 1_800_000_000.0
    saved: int = 0
    body_limit: float = 10.0
    db: Database = field(init=False)
    fetcher: Fetcher = field(init=False)
    poller: Poller = field(init=False)
    hubs: Hubs = field(init=False)
    server: HealthServer = field(init=False)

    async def start(self) -> None:
        self.db = await Database.open(self.url)
        self.fetcher = await Fetcher(allow_private_hosts=self.allow, deadline=3.0).__aenter__()
        looker = Looker(
            self.fetcher,
            self.parsers,
            clock=lambda: self.now,
            interval_min=60.0,
            interval_max=LONGEST,
            jitter=lambda: 0.0,
        )
        self.poller = Poller(
            self.db,
            looker,
            clock=lambda: self.now,
            worker_id="test",
            host_spacing=0.0,
            alert_max_age=2 * DAY,
        )
        found_at = callbacks(f"http://127.0.0.1:{self.port}")
        assert found_at
        self.hubs = Hubs(
            self.db,
            self.fetcher,
            clock=lambda: self.now,
            worker_id="test",
            callbacks=found_at,
            spacing=60.0,
            deadline=3.0,
            jitter=lambda: 0.5,
        )
        await self.listen()

    async def listen(self) -> None:
        def on_saved() -> None:
            self.saved += 1

        received = Callbacks(
            self.db,
            self.parsers,
            clock=lambda: self.now,
            alert_max_age=2 * DAY,
            on_saved=on_saved,
            jitter=lambda: 0.5,
            body_limit=self.body_limit,
        )
        self.server = HealthServer(
            self.db,
            clock=lambda: self.now,
            host="127.0.0.1",
            port=self.port,
            routes=received.routes(),
        )
        await self.server.start()

    async def stop(self) -> None:
        await self.server.stop()
        await self.fetcher.__aexit__(None, None, None)
        await self.db.close()

    async def follow(self, url: str) -> Feed:
        """Know the feed and poll it a first time."""
        await self.db.write(feeds.add, FeedSeed(url=url, name=url), self.now)
        await self.poll()
        return await self.feed(url)

    async def poll(self) -> None:
        await self.poller.poll_once()

    async def feed(self, url: str) -> Feed:
        feed = await self.db.read(feeds.by_url, url)
        assert feed
        return feed

    async def rows(self, sql: str, **params: Any) -> list[dict[str, Any]]:
        def select(conn: Connection) -> list[dict[str, Any]]:
            return [dict(row) for row in conn.all(sql, **params)]

        return await self.db.read(select)

    async def subscription(self) -> dict[str, Any]:
        """The only one."""
        (row,) = await self.rows("select * from hub_subscriptions")
        return row

    async def titles(self) -> list[tuple[str, str | None, int]]:
        rows = await self.rows("select title, quiet, revision from entries order by id")
        return [(row["title"], row["quiet"], row["revision"]) for row in rows]

    async def until(self, true: Callable[[], Awaitable[bool]], within: float = 10.0) -> None:
        """Wait, in real time, for what a peer brings about."""
        async with asyncio.timeout(within):
            while not await true():  # noqa: ASYNC110 -- a peer process sends us no event
                await asyncio.sleep(0.02)

    async def verified(self) -> None:
        """Ask the hubs that are due, and wait for the consent of the only one."""
        before = (await self.rows("select verified_at from hub_subscriptions")) or [{}]
        await self.hubs.round()

        async def done() -> bool:
            row = await self.subscription()
            return row["verified_at"] is not None and row != before[0] and row["attempts"] == 0

        await self.until(done)


@asynccontextmanager
async def push_room(
    folder: Path,
    parsers: Parsers,
    *,
    allow: tuple[str, ...] = ("127.0.0.0/8", "localhost"),
    body_limit: float = 10.0,
) -> AsyncIterator[PushRoom]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    room = PushRoom(f"sqlite:///{folder}/test.db", port, parsers, allow, body_limit=body_limit)
    await room.start()
    try:
        yield room
    finally:
        await room.stop()


@dataclass
class OwnHub:
    """A hub that does only what the test tells it to; beside it, feeds at any other path."""

    port: int = 0
    #: what it was asked, in order
    asked: list[dict[str, str]] = field(default_factory=list)
    status: int = 202
    headers: dict[str, str] = field(default_factory=dict)
    bodies: dict[str, str] = field(default_factory=dict)
    #: waited for before a feed is served
    gate: asyncio.Event | None = None
    polls: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hub"

    def topic(self, path: str = "/f") -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    async def hub(self, request: web.Request) -> web.Response:
        self.asked.append({k: str(v) for k, v in (await request.post()).items()})
        return web.Response(status=self.status, headers=self.headers)

    async def moved(self, request: web.Request) -> web.Response:
        self.asked.append({k: str(v) for k, v in (await request.post()).items()})
        return web.Response(status=202)

    async def feed(self, request: web.Request) -> web.Response:
        self.polls += 1
        body = self.bodies[request.path]
        if self.gate:
            await self.gate.wait()
        return web.Response(text=body, content_type="application/rss+xml")

    async def verify(self, **changes: str) -> tuple[int, str]:
        """Ask back for what was asked last; its status and body."""
        asked = self.asked[-1]
        query = {
            "hub.mode": asked["hub.mode"],
            "hub.topic": asked["hub.topic"],
            "hub.challenge": "abc123",
            "hub.lease_seconds": "864000",
            **changes,
        }
        async with (
            aiohttp.ClientSession() as session,
            session.get(changes.pop("to", asked["hub.callback"]), params=query) as answer,
        ):
            return answer.status, await answer.text()

    async def push(self, body: str | bytes, *, sign: bool | str = True, **headers: str) -> int:
        """Push to whom asked last; the status of the answer."""
        asked = self.asked[-1]
        data = body.encode() if isinstance(body, str) else body
        if sign is True:
            sign = "sha256=" + signature(asked["hub.secret"], data)
        if sign:
            headers["X-Hub-Signature"] = sign
        sent = {"Content-Type": "application/rss+xml", **headers}
        async with (
            aiohttp.ClientSession(auto_decompress=False) as session,
            session.post(asked["hub.callback"], data=io.BytesIO(data), headers=sent) as answer,
        ):
            return answer.status


def signature(secret: str, body: bytes) -> str:
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


@asynccontextmanager
async def own_hub() -> AsyncIterator[OwnHub]:
    hub = OwnHub()
    app = web.Application()
    app.router.add_post("/hub", hub.hub)
    app.router.add_post("/moved", hub.moved)
    app.router.add_get("/{path:.*}", hub.feed)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    hub.port = runner.addresses[0][1]
    try:
        yield hub
    finally:
        await runner.cleanup()
