"""For tests of the watch: every worker between feeds and moderators, and a clock in hand."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from bot.delivery.channel import Channel, Outcome
from bot.delivery.notifier import Notifier
from bot.delivery.pace import Pace
from bot.feeds.poller import Poller
from bot.feeds.watch import Watch
from bot.messages.message import Message
from bot.platforms.telegram import Telegram
from storage import feeds
from storage.database import Database
from storage.model import FeedSeed
from tests.integration.feed_server import FeedServer, item, rss
from tests.integration.outbox import CATALOGUE

MINUTE, HOUR, DAY = 60.0, 3600.0, 86400.0
#: Wednesday 20 September 2023, noon UTC
START = 1_695_211_200.0
HEALTHY = rss([item(f"Marché de Say, jour {n}", guid=str(n), published=START - n * DAY)
               for n in range(1, 4)])  # fmt: skip


@dataclass
class Newsroom:
    """Every worker between the feeds and the moderators."""

    server: FeedServer
    db: Database
    channel: Telegram
    poller: Poller = field(init=False)
    watch: Watch = field(init=False)
    now: float = START

    def clock(self) -> float:
        return self.now

    def start(self, *moderators: int) -> None:
        """As a process that begins now."""
        self.watch = Watch(
            self.db,
            clock=self.clock,
            worker_id="w",
            moderators=[f"telegram:{who}" for who in moderators],
        )

    async def follow(self, path: str, *countries: str) -> None:
        self.server.put(path, HEALTHY)
        seed = FeedSeed(self.server.url(path), f"Radio {path}", countries=countries)
        await self.db.write(feeds.add, seed, self.now)

    def notifier(self, channel: Channel | None = None) -> Notifier:
        # a fresh pace: what is real about it is the second between two messages
        return Notifier(
            self.db,
            channel or self.channel,
            CATALOGUE,
            clock=self.clock,
            worker_id="w",
            pace=Pace(rate=1000.0),
            default_language="fr",
        )

    async def look(self) -> None:
        """Poll what is due, look, and tell."""
        await self.poller.poll_once()
        await self.watch.round()
        while await self.notifier().round():
            pass

    async def pass_time(self, seconds: float, step: float = 10 * MINUTE) -> None:
        until = self.now + seconds
        while self.now < until:
            self.now += step
            await self.look()


@dataclass
class Dying:
    """A channel whose process ends as soon as a message has left."""

    channel: Telegram
    name: str = "telegram"

    async def send(
        self, address: str, message: Message, *, reply_to: str | None, key: str
    ) -> Outcome:
        await self.channel.send(address, message, reply_to=reply_to, key=key)
        raise asyncio.CancelledError

    async def edit(self, address: str, ref: str, message: Message) -> Outcome:
        raise AssertionError(f"a notice is never edited: {address}, {ref}, {message}")
