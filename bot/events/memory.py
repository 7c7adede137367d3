"""The editor's memory of the events in its database: read once, then only what changed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from bot.events.articles import told
from bot.events.board import Board
from bot.events.campaign import COORDINATED
from bot.events.desk import known, story
from bot.events.facts import EventFacts
from bot.events.same import LATE_SECONDS, Known
from storage import events, reports
from storage.database import Connection
from storage.model import Event

_SWEEP_SECONDS = 3600.0


class Pin(NamedTuple):
    """An event on the board: as it is told, or as its reports alone tell it."""

    event_id: int
    as_reported: bool = False


class Memory:
    """Open events, and those that were merged or cancelled lately: somebody may tell them again.

    `refresh` belongs at the start of a transaction, before anything is written in it: what is
    rolled back must not be remembered.
    """

    def __init__(self) -> None:
        self.board: Board[Pin] = Board()
        self._events: dict[int, Event] = {}
        self._coordinated: dict[int, None] = {}
        self._stamp = 0
        self._swept_at = 0.0

    def refresh(self, conn: Connection, now: float, wanted: Iterable[int] = ()) -> None:
        """Know what changed since the last time, and `wanted` events even if they are closed."""
        for event in events.changed(conn, self._stamp):
            self._stamp = event.stamp
            if event.state == "closed":
                self._forget(event.id)
            else:
                self._keep(conn, event)
        for event_id in wanted:
            if event_id not in self._events and (found := events.by_id(conn, event_id)):
                self._keep(conn, found)
        if now > self._swept_at + _SWEEP_SECONDS:
            self._swept_at = now
            for event in list(self._events.values()):
                if max(event.last_report_at, event.last_changed_at) < now - LATE_SECONDS:
                    self._forget(event.id)

    def known(self, event_id: int) -> Known:
        """The event as it is told."""
        return self.board[Pin(event_id)]

    def told_by(self, event_id: int) -> int:
        """The id of the event that tells this one since a moderator merged them."""
        event = self._events.get(event_id)
        return event.told_by if event else event_id

    def coordinated_with(self, event: Event) -> list[Event]:
        """Open attacks that may belong to one series with this one: one of the two is called
        coordinated, and both have the same country."""
        mine = EventFacts.load(event.facts)
        others = self._events if COORDINATED in mine.flags else self._coordinated
        return [
            self._events[key]
            for key in others
            if key != event.id
            and self._events[key].state == "open"
            and not set(mine.countries).isdisjoint(self.known(key).facts.countries)
        ]

    def _keep(self, conn: Connection, event: Event) -> None:
        self._forget(event.id)
        self._events[event.id] = event
        seen = (event.first_seen_at, event.last_report_at)
        facts = EventFacts.load(event.facts)
        self.board.pin(Pin(event.id), known(facts, event.words_norm, seen=seen))
        if facts.corrected:
            # other outlets go on telling it as it was before the correction
            stories = told(reports.of_event(conn, event.id))
            if any(report.pushable for _, report in stories):
                told_as = story(stories)
                uncorrected = known(told_as.facts, told_as.words_norm, seen=seen)
                self.board.pin(Pin(event.id, as_reported=True), uncorrected)
        if COORDINATED in facts.flags:
            self._coordinated[event.id] = None

    def _forget(self, event_id: int) -> None:
        self._events.pop(event_id, None)
        self._coordinated.pop(event_id, None)
        self.board.drop(Pin(event_id))
        self.board.drop(Pin(event_id, as_reported=True))
