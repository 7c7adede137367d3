"""A chat with the real commands behind it, for tests: a database file, a clock, a fetcher."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from bot.commands.dispatch import Commands, Services
from bot.commands.registry import Caller
from bot.detect.detector import Detector
from bot.detect.report import ActorRef, Place, Toll
from bot.events.facts import EventFacts, Source
from bot.events.words import words_of
from bot.feeds.fetch import Fetcher
from bot.feeds.inspect import Inspector
from bot.feeds.parsing import Parsers
from bot.messages.i18n import Catalogue
from bot.messages.message import Message
from bot.messages.render import to_plain
from storage import alerts, chats, deliveries, events
from storage.database import Connection, Database
from storage.model import Addressee, Event

#: Monday 18 September 2023, noon UTC
NOW = 1_695_038_400.0
HOUR, DAY = 3600.0, 86400.0
MODERATOR = "telegram:900"

AMBUSH = EventFacts(
    kind="attack",
    type="ambush",
    place=Place("Djibo", "BF", "Soum", 14.1, -1.63, 1),
    countries=("BF",),
    date="2023-09-17",
    date_precision=1,
    actors=(ActorRef("jnim", "perpetrator", "named"), ActorRef("bf_army", "target", "named")),
    tolls=(Toll("killed", None, 8, 8, "exact", "official"),),
    said_by=("official",),
    verification="reported",
    severity="moderate",
    origins=2,
    sources=(
        Source("Radio du Fleuve", "https://www.radio-fleuve.example/a", "Radio du Fleuve", "fr"),
        Source("Sahel Post", "https://sahel-post.example/b", "Sahel Post", "en"),
    ),
    languages=("fr", "en"),
    evidence=("embuscade", "tués", "Djibo"),
)
PACT = EventFacts(
    kind="alliance",
    type="defence_pact",
    stage="signed",
    countries=("ML", "BF", "NE"),
    date="2023-09-16",
    date_precision=1,
    said_by=("official",),
    verification="confirmed",
    severity="severe",
    origins=3,
    sources=(Source("Radio du Fleuve", "https://radio-fleuve.example/p", "Fleuve", "fr"),),
    languages=("fr",),
)


@cache
def catalogue() -> Catalogue:
    return Catalogue.load(strict=True)


@cache
def detector() -> Detector:
    return Detector.load()


@dataclass
class Room:
    db: Database
    commands: Commands
    now: float = NOW

    async def ask(
        self,
        line: str,
        *,
        who: str = "telegram:1",
        group: str | None = None,
        admin: bool = False,
        speaks: str | None = None,
    ) -> Message:
        """One command; `group` is the group's address, without it the chat is private."""

        async def is_admin() -> bool:
            return admin

        caller = Caller(group or who, who, group is not None, speaks, is_admin)
        return await self.commands.run(line, caller)

    async def say(self, line: str, **how: object) -> str:
        """The answer as plain lines, no-break spaces as spaces."""
        message = await self.ask(line, **how)  # type: ignore[arg-type]
        return to_plain(message).replace("\u00a0", " ")

    async def happened(
        self,
        facts: EventFacts,
        *,
        days_ago: float = 1.0,
        title: str = "",
        alerted: bool = True,
    ) -> Event:
        """An event in the database, first told `days_ago`."""
        at = self.now - days_ago * DAY
        dated = replace(facts, sources=tuple(replace(s, published_at=at) for s in facts.sources))
        return await self.db.write(_happened, dated, title, at, alerted)

    async def told(self, event: Event, address: str, query: str, words: tuple[str, ...]) -> None:
        """The event as an alert that this chat was sent because of a rule."""
        await self.db.write(_told, event, address, query, words, self.now)


@asynccontextmanager
async def open_room(folder: Path, *, default_language: str = "fr") -> AsyncIterator[Room]:
    db = await Database.open(f"sqlite:///{folder}/commands.db")
    try:
        async with Fetcher(allow_private_hosts=("127.0.0.1",)) as fetcher, Parsers(1) as parsers:
            room = Room(db, None)  # type: ignore[arg-type]
            room.commands = Commands(
                Services(
                    db=db,
                    catalogue=catalogue(),
                    clock=lambda: room.now,
                    moderators=frozenset({MODERATOR}),
                    default_language=default_language,
                    fetcher=fetcher,
                    inspector=Inspector(fetcher, parsers),
                    detector=detector(),
                    started_at=NOW - 2 * HOUR,
                )
            )
            yield room
    finally:
        await db.close()


def _happened(conn: Connection, facts: EventFacts, title: str, at: float, alerted: bool) -> Event:
    event = events.create(
        conn,
        kind=facts.kind,
        facts=facts.dump(),
        words_norm=words_of([(title, "")], facts),
        country=facts.countries[0] if facts.countries else None,
        happened_from=at,
        happened_to=at,
        ref_day=facts.date or "2023-09-18",
        seen_at=at,
        now=at,
    )
    if alerted:
        alerts.decide(
            conn, event_id=event.id, revision=1, msg_type="alert", facts=facts.dump(), now=at
        )
        events.mark_alerted(conn, event.id, at)
    return event


def _told(
    conn: Connection, event: Event, address: str, query: str, words: tuple[str, ...], now: float
) -> None:
    row = conn.one("select id from alerts where event_id = :id", id=event.id)
    assert row
    chat = chats.ensure(conn, address, language="fr", now=now)
    why = json.dumps({"query": query, "words": words})
    deliveries.enqueue(
        conn,
        alert_id=row["id"],
        event_id=event.id,
        addressees=[Addressee(chat.id, "push", why)],
        priority=0,
        now=now,
    )
    sender = address.partition(":")[0]
    (claimed,) = deliveries.claim(conn, sender, "test", now=now, limit=5, lease=10.0)
    deliveries.sent(conn, claimed.id, "test", "77", now)
