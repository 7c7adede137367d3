"""The composition root: every room of one process, wired, started and ended in order."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import uuid4

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.commands.dispatch import Commands, Services
from bot.delivery.channel import Channel
from bot.delivery.notifier import Notifier
from bot.delivery.pace import Pace
from bot.delivery.sender import Sender
from bot.detect.detector import Detector
from bot.events.editor import Editor
from bot.feeds import catalog
from bot.feeds.fetch import Fetcher
from bot.feeds.hubs import Hubs, callbacks
from bot.feeds.inspect import Inspector
from bot.feeds.look import Looker
from bot.feeds.parsing import Parsers
from bot.feeds.poller import Poller
from bot.feeds.watch import Watch
from bot.messages.i18n import Catalogue
from bot.platforms import console
from bot.settings import Settings
from bot.web.websub import Callbacks
from bot.work import Clock, Worker
from storage import feeds
from storage.database import Database

log = structlog.get_logger()

#: how long a stop may take before what is in flight is cancelled; Docker kills after 10 s
GRACE = 6.0
#: how often each worker looks for work that nobody told it of
NUDGE_SECONDS = 1.0


@dataclass
class Rooms:
    """The rooms of one process, open and not yet moving."""

    settings: Settings
    clock: Clock
    db: Database
    catalogue: Catalogue
    detector: Detector
    fetcher: Fetcher
    poller: Poller
    editor: Editor
    commands: Commands
    #: None without an address where hubs could find us
    push: Push | None


@dataclass(frozen=True)
class Push:
    """WebSub: the worker that asks hubs, and the address where they answer and push."""

    hubs: Hubs
    callbacks: Callbacks


@asynccontextmanager
async def open_rooms(settings: Settings, clock: Clock) -> AsyncIterator[Rooms]:
    """Open the database, read the data files, wire the rooms.

    Raises:
        DatabaseError, CatalogError, LexiconError: each with sentences for the operator.
    """
    holder = f"{socket.gethostname()}:{os.getpid()}:{uuid4().hex[:8]}"
    async with AsyncExitStack() as stack:
        db = await Database.open(settings.database_url)
        stack.push_async_callback(db.close)
        await seed_feeds(db, settings, clock())
        catalogue = Catalogue.load()
        detector = await asyncio.to_thread(Detector.load)
        fetcher = await stack.enter_async_context(open_fetcher(settings))
        parsers = await stack.enter_async_context(Parsers())
        yield Rooms(
            settings=settings,
            clock=clock,
            db=db,
            catalogue=catalogue,
            detector=detector,
            fetcher=fetcher,
            poller=open_poller(settings, db, fetcher, parsers, clock, holder),
            editor=Editor(db, detector, clock=clock, worker_id=holder),
            commands=Commands(
                Services(
                    db=db,
                    catalogue=catalogue,
                    clock=clock,
                    # whoever has this process's console has the machine
                    moderators=settings.moderators | {console.IDENTITY},
                    default_language=settings.default_language,
                    fetcher=fetcher,
                    inspector=Inspector(fetcher, parsers),
                    detector=detector,
                    started_at=clock(),
                    alert_max_age=settings.alert_max_age,
                )
            ),
            push=open_push(settings, db, fetcher, parsers, clock, holder),
        )


async def seed_feeds(db: Database, settings: Settings, now: float) -> None:
    """Bring the feeds of FEEDS_FILE into the database; what moderators changed stays changed.

    Raises:
        CatalogError: with every mistake of the file.
    """
    if settings.feeds_file.exists():
        await db.write(feeds.seed, catalog.read(settings.feeds_file), now)


def open_fetcher(settings: Settings) -> Fetcher:
    return Fetcher(allow_private_hosts=settings.allow_private_hosts, contact=settings.public_url)


def open_poller(
    settings: Settings,
    db: Database,
    fetcher: Fetcher,
    parsers: Parsers,
    clock: Clock,
    worker_id: str,
) -> Poller:
    looker = Looker(
        fetcher,
        parsers,
        clock=clock,
        interval_min=settings.poll_interval_min,
        interval_max=settings.poll_interval_max,
    )
    return Poller(
        db,
        looker,
        clock=clock,
        worker_id=worker_id,
        host_spacing=settings.host_spacing,
        alert_max_age=settings.alert_max_age,
    )


def open_push(
    settings: Settings,
    db: Database,
    fetcher: Fetcher,
    parsers: Parsers,
    clock: Clock,
    worker_id: str,
) -> Push | None:
    found_at = callbacks(settings.public_url)
    if found_at is None:
        return None
    return Push(
        Hubs(
            db,
            fetcher,
            clock=clock,
            worker_id=worker_id,
            callbacks=found_at,
            spacing=settings.poll_interval_min,
        ),
        Callbacks(db, parsers, clock=clock, alert_max_age=settings.alert_max_age),
    )


def open_sender(rooms: Rooms, channel: Channel, pace: Pace | None = None) -> Sender:
    """The worker that empties the outbox of one channel."""
    return Sender(
        rooms.db,
        channel,
        rooms.catalogue,
        clock=rooms.clock,
        worker_id=rooms.editor.worker_id,
        pace=pace or open_pace(rooms, channel),
    )


def open_pace(rooms: Rooms, channel: Channel) -> Pace:
    return Pace(rate=rooms.settings.telegram_rate if channel.name == "telegram" else 1000.0)


def open_notifier(rooms: Rooms, channel: Channel, pace: Pace) -> Notifier:
    """The worker that tells moderators on one channel; `pace` is the sender's."""
    return Notifier(
        rooms.db,
        channel,
        rooms.catalogue,
        clock=rooms.clock,
        worker_id=rooms.editor.worker_id,
        pace=pace,
        default_language=rooms.settings.default_language,
    )


def open_watch(rooms: Rooms, channels: Sequence[Channel]) -> Watch:
    """The worker that tells the moderators who can be reached over these channels."""
    platforms = {channel.name for channel in channels}
    everybody = rooms.settings.moderators | {console.IDENTITY}
    return Watch(
        rooms.db,
        clock=rooms.clock,
        worker_id=rooms.editor.worker_id,
        # a private chat has the person's address
        moderators=sorted(who for who in everybody if who.partition(":")[0] in platforms),
    )


class Service:
    """The rooms in motion: workers that wake each other, a scheduler that nudges them."""

    def __init__(self, rooms: Rooms, channels: Sequence[Channel]):
        self._poller = Worker("poller", rooms.poller.round)
        self._editor = Worker("editor", rooms.editor.round)
        self._senders, self._notifiers = [], []
        for channel in channels:
            pace = open_pace(rooms, channel)
            sender = open_sender(rooms, channel, pace)
            notifier = open_notifier(rooms, channel, pace)
            self._senders.append(Worker(f"sender:{channel.name}", sender.round))
            self._notifiers.append(Worker(f"notifier:{channel.name}", notifier.round))
        watch = open_watch(rooms, channels)
        self._watch = Worker("watch", watch.round)
        self._hubs: list[Worker] = []
        rooms.poller.on_saved = self._editor.wake
        if rooms.push:
            self._hubs = [Worker("hubs", rooms.push.hubs.round)]
            rooms.push.callbacks.on_saved = self._editor.wake
        rooms.editor.on_decided = self._wake_senders

    @property
    def workers(self) -> list[Worker]:
        return [
            *(self._poller, self._editor, *self._senders),
            *(self._watch, *self._notifiers, *self._hubs),
        ]

    async def run(self, stop: asyncio.Event) -> None:
        """Work until `stop` is set; then end what is in flight, within GRACE seconds."""
        scheduler = _nudges(self.workers)
        tasks = [asyncio.create_task(w.run(), name=w.name) for w in self.workers]
        scheduler.start()
        log.info("service.started", workers=[w.name for w in self.workers])
        try:
            ended = asyncio.create_task(stop.wait())
            done, _ = await asyncio.wait([ended, *tasks], return_when=asyncio.FIRST_COMPLETED)
            ended.cancel()
            for task in done - {ended}:
                task.result()  # a worker ends only when told to: anything else is a bug
        finally:
            scheduler.shutdown(wait=False)
            for worker in self.workers:
                worker.stop()
            _, late = await asyncio.wait(tasks, timeout=GRACE)
            for task in late:
                # its lease expires and somebody claims the work again
                log.warning("service.worker_cut_short", worker=task.get_name())
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            log.info("service.stopped")

    def _wake_senders(self) -> None:
        for sender in self._senders:
            sender.wake()


def _nudges(workers: Sequence[Worker]) -> AsyncIOScheduler:
    """A scheduler that only says when to look: the work and its ending belong to the workers."""
    scheduler = AsyncIOScheduler(
        timezone=UTC,
        # APScheduler's default grace is one second: a busy loop would drop nudges silently
        job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
    )
    for worker in workers:
        scheduler.add_job(
            worker.wake, "interval", seconds=NUDGE_SECONDS, next_run_time=datetime.now(UTC)
        )
    return scheduler
