"""The moderators' hand: what they decide about events, each in one transaction and undoable."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

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
class First:
    """Another decision has to be undone before: it rests on what would be changed."""

    ruling: Ruling


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

    def merge(self, stays: Event, goes: Event) -> Ruled | Refusal | First:
        """Let `stays` tell what `goes` told; reports that would join `goes` join it too."""
        if stays.told_by == goes.told_by:
            return "already_one"
        if stays.kind != goes.kind:
            return "two_kinds"
        if (retraction := self._retraction(stays.id, goes.id)) is not None:
            return First(retraction)
        ruling = self._rule(stays, "merge", {"event": goes.id, "ref": goes.ref})
        self._merge(stays, goes)
        return self._done(ruling, stays, goes)

    def split(self, event: Event, numbers: Collection[int]) -> Ruled | Refusal | First:
        """Make an event of its own of some articles, numbered from 1 as `articles` lists them."""
        if (retraction := self._retraction(event.id)) is not None:
            return First(retraction)
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
        moved = [(row.entry_id, row.ordinal, row.event_id, row.ruled_at) for row in leave]
        params = {"event": other_id, "ref": other.ref, "moved": moved}
        ruling = self._rule(event, "split", params)
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

    def correct(self, event: Event, fields: Mapping[str, Any]) -> Ruled:
        """Set fields of the event (FIELDS of bot.events.rulings) whatever reports say of them."""
        ruling = self._rule(event, "correct", fields)
        self._retell(event.id)
        return self._done(ruling, event)

    def undo(self, ruling: Ruling) -> Ruled | Refusal | First:
        """Take a decision back; the chats see what is known without it.

        Undoing all of them, the last one first, leaves every event as it was. In another order
        it is refused where a later decision would be left without what it was about.
        """
        if ruling.undone_at is not None:
            return "already_undone"
        if (first := self._resting_on(ruling)) is not None:
            return First(first)
        if not rulings.undo(self._conn, ruling.id, self.moderator, self._now):
            return "already_undone"
        event = self._event(ruling.event_id)
        other = None
        if ruling.action == "split":
            other = self._undo_split(event, json.loads(ruling.params))
        elif ruling.action == "merge":
            other = self._event(json.loads(ruling.params)["event"])
            events.unmerge(self._conn, other.id, self._now)
            told.part(self._conn, other.id, event.told_by, self._now)
            self._retell(other.id)
        self._retell(event.told_by)
        return self._done(ruling.id, event, other)

    def _undo_split(self, event: Event, params: Mapping[str, Any]) -> Event:
        """Every report goes back to where it was, also within a merged event; what joined the new
        event since goes along."""
        other = self._event(params["event"])
        homes: list[int] = []
        moved = [_Moved(*each) for each in params.get("moved", ())]
        for row in reports.of_event(self._conn, other.id):
            if row.event_id == other.id and (home := _home(row, moved)) is not None:
                reports.move(self._conn, [row.id], home.event_id, home.ruled_at)
                homes.append(home.event_id)
        self._merge(self._event(homes[0]) if homes else event, other)
        for head in dict.fromkeys(self._event(home).told_by for home in homes):
            self._retell(head)
        return other

    def _resting_on(self, ruling: Ruling) -> Ruling | None:
        """The newest later decision that undoing this one would leave without sense."""
        later = rulings.later(self._conn, ruling.id)
        params = json.loads(ruling.params)
        if ruling.action == "split":
            # its articles go back: nobody may have decided on the event that they made, nor
            # called false those to which they return
            homes = {_Moved(*each).event_id for each in params.get("moved", ())}
            heads = {self._event(home).told_by for home in {ruling.event_id, *homes}}
            return next((r for r in later if _is_about(r, params["event"])
                         or (r.action == "retract" and r.event_id in heads)), None)  # fmt: skip
        if ruling.action == "merge":
            return self._emptied_by(params["event"], later)
        return None

    def _emptied_by(self, goes_id: int, later: Iterable[Ruling]) -> Ruling | None:
        """The split that took what one of two merged events would tell on its own."""
        rows = reports.of_event(self._conn, self._event(goes_id).told_by)
        family = set(events.family(self._conn, goes_id))
        leave = [row for row in rows if row.event_id in family]
        stay = [row for row in rows if row.event_id not in family]
        for ruling in later:
            taken = _taken_from(ruling)
            if (not _tells(leave) and taken & family) or (not _tells(stay) and taken - family):
                return ruling
        return None

    def _retraction(self, *event_ids: int) -> Ruling | None:
        """The retraction in force of one of these events."""
        found = [r for each in event_ids for r in rulings.in_force(self._conn, each)]
        return next((ruling for ruling in found if ruling.action == "retract"), None)

    def _merge(self, stays: Event, goes: Event) -> None:
        head = self._event(stays.told_by)
        self.announcer.call_duplicate(goes, head)
        events.merge(self._conn, goes.id, stays.id, self._now)
        if goes.alerted_at is not None:
            events.mark_alerted(self._conn, head.id, self._now)
        self._retell(head.id)

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


class _Moved(NamedTuple):
    """Where a report was before a split, as its ruling keeps it."""

    entry_id: int
    ordinal: int
    event_id: int
    ruled_at: float | None


def _home(row: ReportRow, moved: Collection[_Moved]) -> _Moved | None:
    """Where the report goes back to; its source may have corrected it since."""
    of_entry = [each for each in moved if each.entry_id == row.entry_id]
    exact = (each for each in of_entry if each.ordinal == row.ordinal)
    return next(exact, of_entry[0] if of_entry else None)


def _taken_from(ruling: Ruling) -> set[int]:
    """Ids of the events whose reports a split took."""
    if ruling.action != "split":
        return set()
    return {_Moved(*each).event_id for each in json.loads(ruling.params).get("moved", ())}


def _is_about(ruling: Ruling, event_id: int) -> bool:
    """Whether it decided on the event, on what it was merged into, or took reports from it."""
    merged = ruling.action == "merge" and json.loads(ruling.params)["event"] == event_id
    return merged or ruling.event_id == event_id or event_id in _taken_from(ruling)


def _tells(rows: Collection[ReportRow]) -> bool:
    """Whether any of them says that it happened."""
    return any(json.loads(row.facts).get("realis") in PUSHABLE for row in rows)
