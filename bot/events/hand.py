"""The moderators' hand: what they decide about events, each in one transaction and undoable."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from bot.detect.report import PUSHABLE
from bot.events.announce import Announcer, Occasion
from bot.events.articles import said_at
from bot.events.articles import told as told_of
from bot.events.desk import story
from storage import events, reports, rulings, told
from storage.database import Connection
from storage.model import Event, ReportRow, Ruling, RulingAction

#: why a decision makes no sense; messages word each of them
Refusal = Literal[
    "already_one", "two_kinds", "no_such_article", "nothing_left", "already_retracted",
    "already_undone",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Ruled:
    """A decision that was carried out."""

    ruling_id: int
    event: Event
    #: of a merge the event that is told by the other now, of a split the new one
    other: Event | None = None
    #: messages that are on their way because of it
    queued: int = 0


@dataclass(frozen=True, slots=True)
class Hand:
    """One moderator at work inside one transaction. Of a Refusal nothing comes."""

    announcer: Announcer
    #: a subscriber's id
    moderator: int

    @property
    def _conn(self) -> Connection:
        return self.announcer.conn

    @property
    def _now(self) -> float:
        return self.announcer.now

    def merge(self, stays: Event, goes: Event) -> Ruled | Refusal:
        """Let `stays` tell what `goes` told; reports that would join `goes` join it too."""
        if stays.told_by == goes.told_by:
            return "already_one"
        if stays.kind != goes.kind:
            return "two_kinds"
        ruling = self._rule(stays, "merge", {"event": goes.id, "ref": goes.ref})
        self._merge(stays, goes)
        return self._done(ruling, stays, goes)

    def split(self, event: Event, numbers: Collection[int]) -> Ruled | Refusal:
        """Make an event of its own of some articles, numbered from 1 as `articles` lists them."""
        rows = reports.of_event(self._conn, event.id)
        listed = articles(rows)
        if not numbers or not all(1 <= number <= len(listed) for number in numbers):
            return "no_such_article"
        chosen = {listed[number - 1][0] for number in numbers}
        leave = [row for row in rows if row.entry_id in chosen]
        stay = [row for row in rows if row.entry_id not in chosen]
        if not _tells(leave) or not _tells(stay):
            return "nothing_left"
        new = story(told_of(leave))
        occasion = Occasion(max(said_at(row.entry) for row in leave))
        seen_at = min(row.entry.first_seen_at for row in leave)
        other_id = self.announcer.create(new, occasion, seen_at=seen_at)
        reports.move(self._conn, [row.id for row in leave], other_id, self._now)
        other = self._event(other_id)
        ruling = self._rule(event, "split", {"event": other_id, "ref": other.ref})
        self._retell(event.id)
        self.announcer.tell(other_id, new, occasion)
        return self._done(ruling, event, other)

    def retract(self, event: Event, reason: str) -> Ruled | Refusal:
        """Take the event back in every chat that was told of it."""
        if event.state == "cancelled":
            return "already_retracted"
        ruling = self._rule(event, "retract", {"reason": reason})
        self._retell(event.id)
        return self._done(ruling, event)

    def correct(self, event: Event, fields: Mapping[str, Any]) -> Ruled | Refusal:
        """Set fields of the event (FIELDS of bot.events.rulings) whatever reports say of them."""
        ruling = self._rule(event, "correct", fields)
        self._retell(event.id)
        return self._done(ruling, event)

    def undo(self, ruling: Ruling) -> Ruled | Refusal:
        """Take a decision back; the chats see what is known without it."""
        if not rulings.undo(self._conn, ruling.id, self.moderator, self._now):
            return "already_undone"
        event = self._event(ruling.event_id)
        other = None
        if ruling.action in ("merge", "split"):
            other = self._event(json.loads(ruling.params)["event"])
            if ruling.action == "split":
                self._merge(event, other)
            elif other.merged_into == event.id:
                events.unmerge(self._conn, other.id, self._now)
                told.part(self._conn, other.id, event.id)
                self._retell(other.id)
        self._retell(event.told_by)
        return self._done(ruling.id, event, other)

    def _merge(self, stays: Event, goes: Event) -> None:
        if goes.told_by == stays.told_by:
            return
        self.announcer.call_duplicate(goes, stays)
        events.merge(self._conn, goes.id, stays.id, self._now)
        if goes.alerted_at is not None:
            events.mark_alerted(self._conn, stays.told_by, self._now)
        self._retell(stays.told_by)

    def _retell(self, event_id: int) -> None:
        self.announcer.retell(event_id, Occasion(self._now))

    def _event(self, event_id: int) -> Event:
        found = events.by_id(self._conn, event_id)
        if found is None:
            raise LookupError(f"no event {event_id}")
        return found

    def _rule(self, event: Event, action: RulingAction, params: Mapping[str, Any]) -> int:
        return rulings.add(
            self._conn,
            event_id=event.id,
            action=action,
            params=json.dumps(params, ensure_ascii=False),
            made_by=self.moderator,
            now=self._now,
        )

    def _done(self, ruling_id: int, event: Event, other: Event | None = None) -> Ruled:
        return Ruled(ruling_id, event, other, sum(self.announcer.queued))


def articles(rows: Collection[ReportRow]) -> list[tuple[int, ReportRow]]:
    """Each article of an event once, first seen first: its entry's id and its first report."""
    first: dict[int, ReportRow] = {}
    for row in rows:
        first.setdefault(row.entry_id, row)
    return list(first.items())


def _tells(rows: Collection[ReportRow]) -> bool:
    """Whether any of them says that it happened."""
    return any(json.loads(row.facts).get("realis") in PUSHABLE for row in rows)
