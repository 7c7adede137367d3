"""What a query would have brought: the answer people need before they trust it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.events.facts import EventFacts
from bot.events.query import EventView, Query
from storage import events
from storage.database import Connection
from storage.model import Event

DAYS = 30
DAY = 86400.0
EXAMPLES = 3
#: newest first; on more than this the days shrink, so that the answer stays true and quick
_MOST = 1000


@dataclass(frozen=True, slots=True)
class Known:
    """A stored event with its facts read."""

    event: Event
    facts: EventFacts

    @property
    def told_at(self) -> float:
        """When the press first told it (epoch seconds), even if we read it later."""
        published = [s.published_at for s in self.facts.sources if s.published_at is not None]
        return min([*published, self.event.first_seen_at])


@dataclass(frozen=True, slots=True)
class Backtest:
    count: int
    #: how far back the events reach that were looked at, 1 to DAYS; 0 when there are none
    days: int
    examples: tuple[Known, ...]

    @property
    def per_day(self) -> float:
        return self.count / max(1, self.days)


def backtest(conn: Connection, query: Query, now: float) -> Backtest:
    """The query over the events of the last DAYS days, those stored quietly too."""
    since = now - DAYS * DAY
    found = recent(conn, since=since, limit=_MOST, alerted_only=False)
    inside = [known for known in found if known.told_at >= since]
    matching = [known for known in inside if matches(query, known)]
    if not inside:
        return Backtest(0, 0, ())
    oldest = min(known.told_at for known in inside)
    days = min(DAYS, max(1, round((now - oldest) / DAY)))
    return Backtest(len(matching), days, tuple(matching[:EXAMPLES]))


def recent(
    conn: Connection, *, since: float, limit: int, alerted_only: bool = True
) -> Sequence[Known]:
    """Events changed since then, newest change first, without those that were withdrawn."""
    found = events.recent(conn, since=since, limit=limit, alerted_only=alerted_only)
    return [Known(e, EventFacts.load(e.facts)) for e in found if e.state != "cancelled"]


def matches(query: Query, known: Known) -> bool:
    return query.match(EventView.of(known.facts, known.event.words_norm)) is not None
