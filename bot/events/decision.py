"""Transaction 2: one entry's reports, the events they change, the alerts and their deliveries."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import lru_cache

import structlog

from bot.detect.gazetteer import Gazetteer
from bot.detect.report import Detection, Report
from bot.events import changes, match
from bot.events.board import Board
from bot.events.desk import (
    Article,
    Story,
    assign,
    country_of,
    happened_span,
    is_background,
    known,
    story,
)
from bot.events.facts import EventFacts, Source
from bot.events.fuse import retracted
from bot.events.origin import origin_of
from bot.events.query import EventView
from bot.events.same import LATE_SECONDS, Known, same_article
from storage import alerts, deliveries, entries, events, leases, reports, subscriptions
from storage.database import Connection, StaleLease
from storage.model import Entry, Event, MsgType, ReportRow, Subscription

log = structlog.get_logger()

#: the one editor's lease, and how long (seconds) it and an entry's may be held
LEASE_NAME = "editor"
LEASE_SECONDS = 15.0


@dataclass(slots=True)
class Subscribers:
    """The active subscriptions, read again only when storage says that they changed."""

    _version: tuple[int, ...] | None = None
    _active: Sequence[Subscription] = ()

    def active(self, conn: Connection) -> Sequence[Subscription]:
        version = subscriptions.version(conn)
        if version != self._version:
            self._active, self._version = subscriptions.active(conn), version
        return self._active


@dataclass(frozen=True, slots=True)
class Desk:
    """What a decision depends on beside the entry."""

    worker: str
    places: Gazetteer
    subscribers: Subscribers = field(default_factory=Subscribers)


def decide(
    conn: Connection, entry: Entry, detection: Detection, desk: Desk, *, now: float
) -> bool:
    """All that follows from one entry, in one transaction; whether anything is to be delivered.

    Only pushable reports make events; a report that denies joins the event it denies. An event
    alerts at once when it is new, its entry is not quiet and its happening is recent. One that was
    first seen quietly, or too old, stays silent until an entry that is not quiet brings a fact
    that would be worth an update (another origin alone is none) of a recent happening. After the
    first alert every visible change reaches the chats that were told: as a new message when it is
    material, by an edit otherwise; a quiet entry revises events but alone tells nobody.

    Raises:
        StaleLease: somebody else took over, or the source corrected the entry meanwhile; nothing
            of the work stays.
    """
    until = now + LEASE_SECONDS
    if not leases.take(conn, LEASE_NAME, desk.worker, now=now, until=until):
        raise StaleLease(LEASE_NAME)
    edit = _Edit(conn, entry, detection, desk, now)
    edit.run()
    if not entries.done(conn, entry.id, desk.worker, now):
        raise StaleLease("entry")
    return edit.queued > 0


class _Edit:
    """One run of `decide`."""

    def __init__(
        self, conn: Connection, entry: Entry, detection: Detection, desk: Desk, now: float
    ):
        self._conn = conn
        self._entry = entry
        self._desk = desk
        self._now = now
        self._article = article_of(entry, detection.language)
        self._reports = [r for r in detection.reports if r.pushable or r.realis == "negated"]
        self._silent = [r for r in detection.reports if r not in self._reports]
        self.queued = 0

    def run(self) -> None:
        before = reports.of_entry(self._conn, self._entry.id)
        former = [row.event_id for row in before if row.event_id is not None]
        known_events = self._candidates(former)
        chosen = self._choose(known_events, former)
        created: dict[int, Story] = {}
        rows: list[tuple[str, int | None]] = []
        for report, event_id in zip(self._reports, chosen, strict=True):
            if event_id is None and report.pushable:
                new = story([(self._article, report)])
                event_id = self._create(new)
                created[event_id] = new
            rows.append((self._dump(report), event_id))
        rows.extend((self._dump(report), None) for report in self._silent)
        rows.extend(self._kept(before, known_events, [event_id for _, event_id in rows]))
        reports.replace(self._conn, self._entry.id, rows)
        for event_id, new in created.items():
            self._opened(event_id, new)
        touched = dict.fromkeys([*(e for _, e in rows if e is not None), *former])
        for event_id in touched:
            if event_id not in created:
                self._joined(event_id)

    # -- which event -------------------------------------------------------------------------

    def _candidates(self, former: Sequence[int]) -> dict[int, Known]:
        found: dict[int, Event] = {}
        for kind in dict.fromkeys(r.kind for r in self._reports):
            since = self._now - LATE_SECONDS
            found.update((e.id, e) for e in events.candidates(self._conn, kind, since=since))
            found.update((e.id, e) for e in events.cancelled(self._conn, kind, since=since))
        for event_id in former:
            if event_id not in found and (event := events.by_id(self._conn, event_id)):
                found[event_id] = event
        return {
            event_id: _known(e.facts, e.words_norm, (e.first_seen_at, e.last_report_at))
            for event_id, e in found.items()
        }

    def _choose(self, candidates: dict[int, Known], former: Sequence[int]) -> list[int | None]:
        tellings = [self._article.telling(report) for report in self._reports]
        copied = entries.copies(self._conn, self._entry, self._now - LATE_SECONDS)
        chosen = assign(tellings, Board.of(candidates), copied=copied)
        free = [e for e in dict.fromkeys(former) if e not in chosen]
        for index, telling in enumerate(tellings):
            if chosen[index] is None:
                # the source corrected its own article: another town or toll, the same event
                own = next((e for e in free if same_article(telling, candidates[e])), None)
                if own is not None:
                    chosen[index] = own
                    free.remove(own)
        return chosen

    def _kept(
        self,
        before: Sequence[ReportRow],
        candidates: dict[int, Known],
        told: Sequence[int | None],
    ) -> list[tuple[str, int | None]]:
        """Earlier reports that the corrected entry neither repeats nor takes back.

        A page that has moved on to other news does not take its news back, nor does a shorter
        summary; a correction that turns out to tell another known event does.
        """
        former = {row.event_id for row in before}
        moved = [
            self._article.telling(report)
            for report, event_id in zip(self._reports, told, strict=False)
            if event_id is not None and event_id not in former
        ]
        kept: list[tuple[str, int | None]] = []
        for row in before:
            if row.event_id is None or row.event_id in told:
                continue
            correction = next(
                (t for t in moved if same_article(t, candidates[row.event_id])), None
            )
            if correction is None:
                kept.append((row.facts, row.event_id))
            else:
                moved.remove(correction)
        return kept

    def _dump(self, report: Report) -> str:
        return json.dumps(
            {**report.as_json(), "language": self._article.source.language}, ensure_ascii=False
        )

    # -- what follows ------------------------------------------------------------------------

    def _create(self, new: Story) -> int:
        facts, span = new.facts, happened_span(new.facts)
        dated = facts.date if facts.date is not None and facts.date_precision <= 2 else None
        event = events.create(
            self._conn,
            kind=facts.kind,
            facts=facts.dump(),
            words_norm=new.words_norm,
            country=country_of(facts),
            happened_from=span[0] if span else None,
            happened_to=span[1] if span else None,
            ref_day=dated or _day(self._said_at),
            seen_at=self._entry.first_seen_at,
            now=self._now,
        )
        return event.id

    def _opened(self, event_id: int, new: Story) -> None:
        background = is_background(new.facts, self._said_at)
        if self._entry.quiet is None and not background:
            self._alert(event_id, 1, new, "alert", push=True)

    def _joined(self, event_id: int) -> None:
        """Fuse the event again; revise it and tell of it as far as something visible changed."""
        event = events.by_id(self._conn, event_id)
        if event is None:
            return
        old = EventFacts.load(event.facts)
        told = [_told(row) for row in reports.of_event(self._conn, event_id)]
        seen = max((a.seen_at for a, _ in told), default=event.last_report_at)
        origins = {source.origin for source in old.sources}
        if event.state == "cancelled" and self._article.source.origin in origins:
            # only a voice that did not tell the false news can make it true again
            events.touch(self._conn, event_id, seen)
            return
        if any(report.pushable for _, report in told):
            new = story(told)
        else:
            new = Story(retracted(old, [r for _, r in told]), event.words_norm)
        if not visible(old, new.facts):
            events.touch(self._conn, event_id, seen)
            return
        span = happened_span(new.facts)
        revision = events.revise(
            self._conn,
            event_id,
            facts=new.facts.dump(),
            words_norm=new.words_norm,
            country=country_of(new.facts),
            happened_from=span[0] if span else None,
            happened_to=span[1] if span else None,
            last_report_at=seen,
            now=self._now,
        )
        is_retracted = new.facts.verification == "retracted"
        events.close(self._conn, event_id, "cancelled" if is_retracted else "open")
        if self._entry.quiet is not None and not is_retracted:
            return
        found = changes.what_changed(old, new.facts)
        if event.alerted_at is not None:
            kind: MsgType = "cancel" if is_retracted else "update"
            self._alert(event_id, revision, new, kind, push=changes.material(found))
        elif self._is_news(new.facts, found):
            self._alert(event_id, revision, new, "alert", push=True)

    def _is_news(self, facts: EventFacts, found: Sequence[changes.Change]) -> bool:
        """Whether an event that nobody was told of is worth a first alert now."""
        if facts.verification == "retracted":
            return False
        if is_background(facts, self._said_at):
            return False
        return changes.material(c for c in found if c.key != "verification")

    def _alert(
        self, event_id: int, revision: int, new: Story, msg_type: MsgType, *, push: bool
    ) -> None:
        if msg_type == "cancel":
            deliveries.withdraw(self._conn, event_id, self._now)
        told = deliveries.told(self._conn, event_id)
        addressed = match.addressees(
            self._desk.subscribers.active(self._conn),
            EventView.of(new.facts, new.words_norm),
            told,
            push=push,
            places=self._desk.places,
        )
        alert_id = alerts.decide(
            self._conn,
            event_id=event_id,
            revision=revision,
            msg_type=msg_type,
            facts=new.facts.dump(),
            now=self._now,
        )
        events.mark_alerted(self._conn, event_id, self._now)
        self.queued += deliveries.enqueue(
            self._conn,
            alert_id=alert_id,
            event_id=event_id,
            addressees=addressed,
            priority=priority(new.facts),
            now=self._now,
        )

    @property
    def _said_at(self) -> float:
        return said_at(self._entry)


def said_at(entry: Entry) -> float:
    """When the article says it (epoch seconds): never later than when we saw it."""
    if entry.published_at is None:
        return entry.first_seen_at
    return min(entry.published_at, entry.first_seen_at)


def article_of(entry: Entry, language: str) -> Article:
    """The entry as events know it; the language is what detection found."""
    at = said_at(entry)
    return Article(
        title=entry.title,
        summary=entry.summary,
        source=Source(
            name=entry.feed_name,
            url=entry.url,
            origin=origin_of(
                entry.title,
                entry.summary,
                feed_origin=entry.feed_origin,
                feed_name=entry.feed_name,
            ),
            language=language,
            reliability=entry.feed_reliability,
            state_media=entry.feed_state_media,
            published_at=entry.published_at,
        ),
        seen_at=entry.first_seen_at,
        published=(at, at),
        fingerprint=entry.fingerprint,
    )


def visible(old: EventFacts, new: EventFacts) -> bool:
    """Whether a reader would see a difference; one more copy of a known text is none."""
    return _shown(old) != _shown(new)


def _shown(facts: EventFacts) -> EventFacts:
    return replace(facts, sources=(), languages=(), confidence=0.0, evidence=())


def priority(facts: EventFacts) -> int:
    """The outbox's order, 0 the most urgent."""
    return {"extreme": 0, "severe": 0, "moderate": 1, "unknown": 2}.get(facts.severity, 3)


def _day(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).date().isoformat()


def _told(row: ReportRow) -> tuple[Article, Report]:
    facts = json.loads(row.facts)
    return article_of(row.entry, facts.get("language", "")), Report.from_json(facts)


@lru_cache(maxsize=16_384)
def _known(facts: str, words_norm: str, seen: tuple[float, float]) -> Known:
    return known(EventFacts.load(facts), words_norm, seen=seen)
