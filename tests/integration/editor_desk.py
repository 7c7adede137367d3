"""An editor at work: a real database, the real detector, feeds to fill and chats to read."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from bot.detect.detector import Detector
from bot.detect.text import fold
from bot.events.editor import Editor
from bot.events.query import parse
from storage import chats, deliveries, entries, events, feeds, polls, subscribers, subscriptions
from storage.database import Connection, Database
from storage.model import Delivery, Event, FeedSeed, NewEntry, PollResult

START = datetime(2026, 3, 10, 20, tzinfo=UTC).timestamp()
MINUTE, HOUR = 60.0, 3600.0
DAY = 24 * HOUR

TITLE = "Burkina Faso : embuscade contre l'armée près de Djibo"
LEAD = (
    "Au moins douze soldats burkinabè ont été tués mardi 10 mars 2026 dans une embuscade tendue "
    "par des hommes armés près de Djibo, dans le nord du pays, selon des sources sécuritaires."
)


@lru_cache(maxsize=1)
def detector() -> Detector:
    """The real one, loaded once."""
    return Detector.load()


@dataclass
class Desk:
    """A database with feeds and chats, a clock to turn, and the editor."""

    db: Database
    editor: Editor
    now: float = START
    decided: int = 0
    feeds: dict[str, int] = field(default_factory=dict)
    chats: dict[str, int] = field(default_factory=dict)

    async def subscribe(self, chat: str, query: str) -> None:
        def work(conn: Connection) -> None:
            row = chats.ensure(conn, chat, language="fr", now=self.now)
            who = subscribers.ensure(conn, f"{chat}/somebody", self.now)
            subscriptions.add(
                conn, subscriber_id=who, chat_id=row.id, query=query,
                query_norm=parse(query).norm, now=self.now,
            )  # fmt: skip
            self.chats[chat] = row.id

        await self.db.write(work)

    async def unsubscribe(self, chat: str) -> None:
        def work(conn: Connection) -> None:
            for row in subscriptions.of_chat(conn, self.chats[chat]):
                subscriptions.remove(conn, row.id, row.chat_id)

        await self.db.write(work)

    async def feed(self, name: str, *, first: bool = False, origin: str | None = None) -> None:
        """A feed; already primed unless `first`."""
        url = f"https://{fold(name).replace(' ', '')}.example/feed"
        seed = FeedSeed(url, name, origin=origin)
        self.feeds[name] = (await self.db.write(feeds.add, seed, self.now)).id
        if not first:
            await self.poll(name)

    async def poll(self, name: str, *items: NewEntry) -> None:
        """One poll of the feed that brings these items."""

        def work(conn: Connection) -> None:
            feed = self.feeds[name]
            feeds.check_now(conn, feed, self.now)
            claimed = feeds.claim(
                conn, "poller", now=self.now, limit=50, lease=15.0, host_spacing=0.0
            )
            assert feed in [f.id for f in claimed]
            result = PollResult("changed", self.now + 60, items)
            polls.save(conn, feed, "poller", result, now=self.now, alert_max_age=2 * DAY)

        self.now += MINUTE
        await self.db.write(work)

    async def read(self, name: str, *items: NewEntry) -> None:
        """Poll and let the editor deal with it."""
        await self.poll(name, *items)
        await self.edit()

    async def edit(self) -> None:
        self.now += 1
        while await self.editor.round():
            pass

    async def send(self) -> list[Delivery]:
        """Everything in the outbox, sent."""

        def work(conn: Connection) -> list[Delivery]:
            found: list[Delivery] = []
            while claimed := deliveries.claim(
                conn, "console", "sender", now=self.now, limit=50, lease=15.0
            ):
                for delivery in claimed:
                    # an edit leaves the message's reference as it is
                    edited = delivery.told_ref if delivery.action == "edit" else None
                    ref = edited or f"m{delivery.id}"
                    deliveries.sent(conn, delivery.id, "sender", ref, self.now)
                found.extend(claimed)
            return found

        return await self.db.write(work)

    async def events(self) -> list[Event]:
        def work(conn: Connection) -> list[Event]:
            return events.recent(conn, since=0, limit=100, alerted_only=False)

        return sorted(await self.db.read(work), key=lambda e: e.id)

    async def waiting(self) -> int:
        return await self.db.read(entries.waiting)


@asynccontextmanager
async def open_desk(folder: Path) -> AsyncIterator[Desk]:
    """Three primed feeds, and one chat that asks for every attack."""
    db = await Database.open(f"sqlite:///{folder}/test.db")
    editor = Editor(db, detector(), clock=lambda: made.now, worker_id="w1")
    made = Desk(db, editor)

    def count() -> None:
        made.decided += 1

    editor.on_decided = count
    await made.subscribe("console:0", "kind:attack")
    for name in ("Écho du Soum", "La Dépêche", "Radio Nord"):
        await made.feed(name)
    try:
        yield made
    finally:
        await db.close()


def item(
    title: str = TITLE,
    summary: str = LEAD,
    *,
    guid: str = "1",
    url: str = "https://echo.example/djibo",
    published: float | None = START,
) -> NewEntry:
    text = f"{fold(title)}\n{fold(summary)[:200]}"
    return NewEntry(
        identity=guid, guid=guid, url=url, canonical_url=url.partition("?")[0], title=title,
        summary=summary, published_at=published,
        content_hash=sha256(f"{title}\n{summary}".encode()).hexdigest(),
        fingerprint=sha256(text.encode()).hexdigest(),
    )  # fmt: skip


def sounds(sent: list[Delivery]) -> list[tuple[str, str, str]]:
    return [(d.address, d.msg_type, d.action) for d in sent]


ALERTED = [("console:0", "alert", "push")]
#: an update, before it may sound
SHOWN = [("console:0", "update", "edit")]
