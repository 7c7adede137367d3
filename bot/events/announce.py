"""What follows for an event: fused again, ruled, revised, and told to the chats that follow it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from bot.detect.gazetteer import Gazetteer
from bot.events import changes, match
from bot.events.articles import told as told_of
from bot.events.campaign import linked
from bot.events.desk import Story, country_of, happened_span, is_background, story
from bot.events.facts import EventFacts, Part
from bot.events.fuse import retracted
from bot.events.query import EventView
from bot.events.rulings import retraction, ruled
from storage import alerts, deliveries, events, reports, rulings, subscriptions, told
from storage.database import Connection
from storage.model import Addressee, Event, MsgType, ReportRow, Subscription


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
class Occasion:
    """Why an event is looked at again."""

    #: when it is said (epoch seconds)
    said_at: float
    #: told by something that is stored without alerting
    quiet: bool = False
    #: the origin that speaks; None for a moderator
    origin: str | None = None


@dataclass(frozen=True, slots=True)
class Announcer:
    """Works inside one transaction; `queued` counts the deliveries it put into the outbox."""

    conn: Connection
    subscribers: Subscribers
    places: Gazetteer
    now: float
    queued: list[int] = field(default_factory=list)

    def create(self, new: Story, occasion: Occasion, *, seen_at: float) -> int:
        """A new event, not told yet."""
        facts, span = new.facts, happened_span(new.facts)
        dated = facts.date if facts.date is not None and facts.date_precision <= 2 else None
        event = events.create(
            self.conn,
            kind=facts.kind,
            facts=facts.dump(),
            words_norm=new.words_norm,
            country=country_of(facts),
            happened_from=span[0] if span else None,
            happened_to=span[1] if span else None,
            ref_day=dated or _day(occasion.said_at),
            seen_at=seen_at,
            now=self.now,
        )
        return event.id

    def tell(self, event_id: int, new: Story, occasion: Occasion) -> None:
        """The first alert of a new event, unless it is quiet or old."""
        event = events.by_id(self.conn, event_id)
        if event is not None and (parts := self._campaign(event)):
            new = replace(new, facts=linked(new.facts, parts))
            events.complete(self.conn, event_id, new.facts.dump())
        if not occasion.quiet and not is_background(new.facts, occasion.said_at):
            self._alert(event_id, 1, new, "alert", push=True)

    def retell(self, event_id: int, occasion: Occasion) -> None:
        """Fuse the event again; revise it and tell of it as far as something visible changed."""
        event = events.by_id(self.conn, event_id)
        if event is None or event.state == "merged":
            return
        old = EventFacts.load(event.facts)
        rows = reports.of_event(self.conn, event_id)
        seen = max((row.entry.first_seen_at for row in rows), default=event.last_report_at)
        new = self._story(event, old, rows, occasion)
        if new is None or not visible(old, new.facts):
            events.touch(self.conn, event_id, seen)
            return
        revision = self._revise(event, new, seen)
        is_retracted = new.facts.verification == "retracted"
        events.close(self.conn, event_id, "cancelled" if is_retracted else "open")
        if is_retracted and old.verification == "retracted":
            return
        if occasion.quiet and not is_retracted:
            return
        found = changes.what_changed(old, new.facts)
        if event.alerted_at is not None:
            kind: MsgType = "cancel" if is_retracted else "update"
            self._alert(event_id, revision, new, kind, push=changes.material(found))
        elif self._is_news(new.facts, found, occasion):
            self._alert(event_id, revision, new, "alert", push=True)

    def call_duplicate(self, event: Event, of: Event) -> None:
        """Say in the chats that were told of both that one message repeats the other.

        A chat that was told of the merged event alone has nothing to unlearn: its message becomes
        the other's.
        """
        old = EventFacts.load(event.facts)
        new = Story(replace(old, duplicate_of=of.ref), event.words_norm)
        revision = self._revise(event, new, event.last_report_at)
        # whoever was still to be told of it hears of the other one instead
        deliveries.withdraw(self.conn, event.id, self.now)
        both = told.followers(self.conn, event.id) & told.followers(self.conn, of.id)
        if both:
            addressed = [Addressee(chat, "edit", match.NO_QUERY) for chat in sorted(both)]
            self._queue(event.id, revision, new, "cancel", addressed)

    def _story(
        self, event: Event, old: EventFacts, rows: Sequence[ReportRow], occasion: Occasion
    ) -> Story | None:
        """What the event says now; None when a voice that told false news says it again."""
        in_force = rulings.in_force(self.conn, event.id)
        stories = told_of(rows)
        false = event.state == "cancelled" and retraction(in_force) is None
        if false and occasion.origin in {source.origin for source in old.sources}:
            # only a voice that did not tell the false news can make it true again
            return None
        if any(report.pushable for _, report in stories):
            new = story(stories)
        else:
            new = Story(retracted(old, [r for _, r in stories]), event.words_norm)
        facts = new.facts
        if parts := self._campaign(event):
            facts = linked(facts, parts)
        return Story(ruled(facts, in_force), new.words_norm)

    def _campaign(self, event: Event) -> tuple[Part, ...]:
        if event.campaign_id is None:
            return ()
        return tuple(
            Part(other.ref, _place_of(other))
            for other in events.of_campaign(self.conn, event.campaign_id)
            if other.id != event.id
        )

    def _revise(self, event: Event, new: Story, seen_at: float) -> int:
        span = happened_span(new.facts)
        return events.revise(
            self.conn,
            event.id,
            facts=new.facts.dump(),
            words_norm=new.words_norm,
            country=country_of(new.facts),
            happened_from=span[0] if span else None,
            happened_to=span[1] if span else None,
            last_report_at=seen_at,
            now=self.now,
        )

    def _is_news(
        self, facts: EventFacts, found: Sequence[changes.Change], occasion: Occasion
    ) -> bool:
        """Whether an event that nobody was told of is worth a first alert now."""
        if facts.verification == "retracted":
            return False
        if is_background(facts, occasion.said_at):
            return False
        return changes.material(c for c in found if c.key != "verification")

    def _alert(
        self, event_id: int, revision: int, new: Story, msg_type: MsgType, *, push: bool
    ) -> None:
        if msg_type == "cancel":
            deliveries.withdraw(self.conn, event_id, self.now)
        addressed = match.addressees(
            self.subscribers.active(self.conn),
            EventView.of(new.facts, new.words_norm),
            told.followers(self.conn, event_id),
            push=push,
            places=self.places,
        )
        self._queue(event_id, revision, new, msg_type, addressed)

    def _queue(
        self,
        event_id: int,
        revision: int,
        new: Story,
        msg_type: MsgType,
        addressed: Sequence[Addressee],
    ) -> None:
        alert_id = alerts.decide(
            self.conn,
            event_id=event_id,
            revision=revision,
            msg_type=msg_type,
            facts=new.facts.dump(),
            now=self.now,
        )
        events.mark_alerted(self.conn, event_id, self.now)
        self.queued.append(
            deliveries.enqueue(
                self.conn,
                alert_id=alert_id,
                event_id=event_id,
                addressees=addressed,
                priority=priority(new.facts),
                now=self.now,
            )
        )


def visible(old: EventFacts, new: EventFacts) -> bool:
    """Whether a reader would see a difference; one more copy of a known text is none."""
    return _shown(old) != _shown(new)


def _shown(facts: EventFacts) -> EventFacts:
    return replace(facts, sources=(), languages=(), confidence=0.0, evidence=())


def priority(facts: EventFacts) -> int:
    """The outbox's order, 0 the most urgent."""
    return {"extreme": 0, "severe": 0, "moderate": 1, "unknown": 2}.get(facts.severity, 3)


def _place_of(event: Event) -> str:
    place = EventFacts.load(event.facts).place
    return place.name if place and place.precision <= 3 else ""


def _day(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).date().isoformat()
