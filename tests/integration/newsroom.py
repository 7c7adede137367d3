"""A poller with a real server and a real database, for tests, and a clock that stands."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from feed_server import FeedServer

from bot.feeds.fetch import Fetcher
from bot.feeds.look import Looker
from bot.feeds.parsing import Parsers
from bot.feeds.poller import Poller, PollSummary
from storage import feeds
from storage.database import Connection, Database
from storage.model import Feed, FeedSeed

DAY = 86_400.0


@dataclass
class Newsroom:
    """A poller, its peers, and a clock that stands until it is moved."""

    server: FeedServer
    db: Database
    poller: Poller
    now: float = 1_800_000_000.0
    saved: int = 0
    saved_once: asyncio.Event = field(default_factory=asyncio.Event)

    async def follow(self, *paths: str, host: str = "127.0.0.1") -> None:
        for path in paths:
            seed = FeedSeed(url=self.server.url(path, host), name=path)
            await self.db.write(feeds.add, seed, self.now)

    async def feed(self, path: str, host: str = "127.0.0.1") -> Feed:
        feed = await self.db.read(feeds.by_url, self.server.url(path, host))
        assert feed is not None
        return feed

    async def entries(self) -> list[dict[str, Any]]:
        return await self.db.read(_entries)

    async def poll(self) -> PollSummary:
        """Poll what is due, then let two days pass."""
        return await self.poll_and_wait(2 * DAY)

    async def poll_and_wait(self, seconds: float) -> PollSummary:
        summary = await self.poller.poll_once()
        self.now += seconds
        return summary


def _entries(conn: Connection) -> list[dict[str, Any]]:
    return [
        dict(row)
        for row in conn.all("select title, url, quiet, revision from entries order by id")
    ]


@asynccontextmanager
async def open_newsroom(
    folder: Path, parsers: Parsers, *, deadline: float = 2.0
) -> AsyncIterator[Newsroom]:
    """`deadline` is that of one fetch, in seconds."""
    async with (
        FeedServer() as server,
        Fetcher(allow_private_hosts=("127.0.0.0/8", "localhost"), deadline=deadline) as fetcher,
    ):
        db = await Database.open(f"sqlite:///{folder}/test.db")
        room = Newsroom(server, db, poller=None)  # type: ignore[arg-type]

        def on_saved() -> None:
            room.saved += 1
            room.saved_once.set()

        room.poller = Poller(
            db,
            Looker(
                fetcher,
                parsers,
                clock=lambda: room.now,
                interval_min=60.0,
                interval_max=1800.0,
                jitter=lambda: 0.0,
            ),
            clock=lambda: room.now,
            worker_id="test",
            host_spacing=0.0,
            alert_max_age=2 * DAY,
            on_saved=on_saved,
        )
        yield room
        await db.close()
