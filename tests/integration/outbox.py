"""For tests of sending: a database with an outbox, and a clock that can be turned forward."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

from bot.delivery.channel import Channel
from bot.delivery.pace import Pace
from bot.delivery.sender import Sender
from bot.events.facts import EventFacts
from bot.messages.i18n import Catalogue
from storage import alerts, chats, deliveries, events
from storage.database import Connection, Database, Row
from storage.model import Action, Addressee, Chat, Event, MsgType
from tests.telegram_emulator.client import TelegramWorld

FACTS = EventFacts(kind="attack", type="ambush", severity="severe", countries=("ML",))
CATALOGUE = Catalogue.load(strict=True)

AMINA, BAKARY, CISSE = 501, 502, 503
GROUP = -1001


@dataclass
class Clock:
    """Real time, and as much ahead as a test turns it."""

    ahead: float = 0.0

    def __call__(self) -> float:
        return time.time() + self.ahead


@dataclass
class Outbox:
    db: Database
    clock: Clock = field(default_factory=Clock)

    async def event(self, facts: EventFacts = FACTS) -> Event:
        now = self.clock()
        return await self.db.write(
            events.create,
            kind=facts.kind,
            facts=facts.dump(),
            words_norm="",
            country="ML",
            happened_from=None,
            happened_to=None,
            ref_day="2023-09-17",
            seen_at=now,
            now=now,
        )

    async def tell(
        self,
        event: Event,
        *addresses: str,
        revision: int = 1,
        action: Action = "push",
        msg_type: MsgType = "alert",
        facts: str | None = None,
        priority: int = 1,
    ) -> None:
        """Decide an alert for these chats, as the editor does."""

        def decide(conn: Connection) -> None:
            now = self.clock()
            alert = alerts.decide(
                conn,
                event_id=event.id,
                revision=revision,
                msg_type=msg_type,
                facts=facts or event.facts,
                now=now,
            )
            told = [chats.ensure(conn, a, language="fr", now=now).id for a in addresses]
            deliveries.enqueue(
                conn,
                alert_id=alert,
                event_id=event.id,
                addressees=[Addressee(chat_id, action, "{}") for chat_id in told],
                priority=priority,
                now=now,
            )

        await self.db.write(decide)

    def sender(self, channel: Channel, *, worker: str = "w1", rate: float = 28.0) -> Sender:
        return Sender(
            self.db,
            channel,
            CATALOGUE,
            clock=self.clock,
            worker_id=worker,
            pace=Pace(rate=rate),
        )

    async def round(self, channel: Channel) -> bool:
        """One round of a sender that has just started: no chat has to rest for it."""
        return await self.sender(channel).round()

    async def rows(self, *columns: str) -> list[tuple[Any, ...]]:
        """These columns of every delivery, oldest first."""

        def select(conn: Connection) -> list[Row]:
            return conn.all("select * from deliveries order by id")

        return [tuple(row[c] for c in columns) for row in await self.db.read(select)]

    async def chat(self, address: str) -> Chat | None:
        return await self.db.read(chats.by_address, address)


def at(*chats: int) -> list[str]:
    return [f"telegram:{chat}" for chat in chats]


async def texts(telegram: TelegramWorld, chat: int) -> list[str]:
    return [m["text"] for m in await telegram.messages(chat)]
