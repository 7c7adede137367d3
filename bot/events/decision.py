"""Transaction 2: one entry's reports, the events they change, the alerts and their deliveries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations

from bot.detect.gazetteer import Gazetteer
from bot.detect.report import Detection
from bot.events.announce import Announcer, Occasion, Subscribers
from bot.events.articles import article_of, dump, said_at
from bot.events.assign import Choice, assign
from bot.events.campaign import of_one_campaign
from bot.events.desk import Story, story
from bot.events.facts import EventFacts
from bot.events.memory import Memory, Pin
from bot.events.same import LATE_SECONDS, Telling, same_article
from storage import entries, events, leases, reports
from storage.database import Connection, StaleLease
from storage.model import Entry, ReportRow

#: the one editor's lease, and how long (seconds) it and an entry's may be held
LEASE_NAME = "editor"
LEASE_SECONDS = 15.0


@dataclass(frozen=True, slots=True)
class Desk:
    """What a decision depends on beside the entry."""

    worker: str
    places: Gazetteer
    subscribers: Subscribers = field(default_factory=Subscribers)
    memory: Memory = field(default_factory=Memory)


def decide(
    conn: Connection, entry: Entry, detection: Detection, desk: Desk, *, now: float
) -> bool:
    """All that follows from one entry, in one transaction; whether anything is to be delivered.

    Only pushable reports make events; a report that denies joins the event it denies. An event
    alerts at once when it is new, its entry is not quiet and its happening is recent. One that was
    first seen quietly, or too old, stays silent until an entry that is not quiet brings a fact
    that would be worth an update (another origin alone is none) of a recent happening. After the
    first alert every visible change reaches the chats that were told: as a new message when it is
    material, by an edit otherwise; a quiet entry revises events but alone tells nobody. What
    moderators ruled stands, whatever the entry says.

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
    return any(edit.announcer.queued)


class _Edit:
    """One run of `decide`."""

    def __init__(
        self, conn: Connection, entry: Entry, detection: Detection, desk: Desk, now: float
    ):
        self._conn = conn
        self._entry = entry
        self._memory = desk.memory
        self._now = now
        self._article = article_of(entry, detection.language)
        self._reports = [r for r in detection.reports if r.pushable or r.realis == "negated"]
        self._silent = [r for r in detection.reports if r not in self._reports]
        self._occasion = Occasion(
            said_at(entry), quiet=entry.quiet is not None, origin=self._article.source.origin
        )
        self.announcer = Announcer(conn, desk.subscribers, desk.places, now)

    def run(self) -> None:
        before = reports.of_entry(self._conn, self._entry.id)
        former = [row.event_id for row in before if row.event_id is not None]
        self._memory.refresh(self._conn, self._now, wanted=former)
        created: dict[int, Story] = {}
        rows: list[tuple[str, int | None]] = []
        for report, choice in zip(self._reports, self._choose(before), strict=True):
            event_id = choice.event
            if event_id is None and report.pushable and not choice.aside:
                new = story([(self._article, report)])
                event_id = self.announcer.create(
                    new, self._occasion, seen_at=self._entry.first_seen_at
                )
                created[event_id] = new
            rows.append((dump(report, self._article.source.language), event_id))
        rows.extend((dump(report, self._article.source.language), None) for report in self._silent)
        rows.extend(self._kept(before, [event_id for _, event_id in rows]))
        reports.replace(self._conn, self._entry.id, rows)
        joined = [e for _, e in rows if e is not None and e not in created]
        self._tell(created, [*joined, *former])

    # -- which event -------------------------------------------------------------------------

    def _choose(self, before: Sequence[ReportRow]) -> list[Choice[int]]:
        memory = self._memory
        former = [row.event_id for row in before if row.event_id is not None]
        tellings = [self._article.telling(report) for report in self._reports]
        copied = entries.copies(self._conn, self._entry, self._now - LATE_SECONDS)
        pinned = assign(tellings, memory.board, copied=[Pin(event_id) for event_id in copied])
        chosen = [Choice(c.event.event_id if c.event else None, c.aside) for c in pinned]
        # where a moderator put reports of this entry, they stay
        ruled = {r.event_id for r in before if r.ruled_at is not None and r.event_id is not None}
        for event_id in sorted(ruled - {choice.event for choice in chosen}):
            for index, telling in enumerate(tellings):
                mine = same_article(telling, memory.known(event_id))
                if mine and chosen[index].event not in ruled:
                    chosen[index] = Choice(event_id)
                    break
        free = [e for e in dict.fromkeys(former) if e not in {c.event for c in chosen}]
        for index, telling in enumerate(tellings):
            if chosen[index].event is None:
                # the source corrected its own article: another town or toll, the same event
                own = next((e for e in free if same_article(telling, memory.known(e))), None)
                if own is not None:
                    chosen[index] = Choice(own)
                    free.remove(own)
        return chosen

    def _kept(
        self, before: Sequence[ReportRow], told: Sequence[int | None]
    ) -> list[tuple[str, int | None]]:
        """Earlier reports that the corrected entry neither repeats nor takes back.

        A page that has moved on to other news does not take its news back, nor does a shorter
        summary; a correction that turns out to tell another known event does.
        """
        former = {row.event_id for row in before}
        moved: list[Telling] = [
            self._article.telling(report)
            for report, event_id in zip(self._reports, told, strict=False)
            if event_id is not None and event_id not in former
        ]
        kept: list[tuple[str, int | None]] = []
        for row in before:
            if row.event_id is None or row.event_id in told:
                continue
            event = self._memory.known(row.event_id)
            correction = next((t for t in moved if same_article(t, event)), None)
            if correction is None:
                kept.append((row.facts, row.event_id))
            else:
                moved.remove(correction)
        return kept

    # -- what follows ------------------------------------------------------------------------

    def _tell(self, created: Mapping[int, Story], joined: Sequence[int]) -> None:
        """Tell of the new events, and again of those that got another report."""
        touched = dict.fromkeys(self._memory.told_by(event_id) for event_id in joined)
        series = self._series(list(dict.fromkeys([*created, *touched])))
        for event_id, new in created.items():
            self.announcer.tell(event_id, new, self._occasion)
        for event_id in dict.fromkeys([*touched, *(e for e in series if e not in created)]):
            self.announcer.retell(event_id, self._occasion)

    def _series(self, mine: Sequence[int]) -> list[int]:
        """Link this entry's attacks to those of one operation; the events that say so now."""
        here = [event for e in mine if (event := events.by_id(self._conn, e)) is not None]
        pairs = [(one, other, True) for one, other in combinations(here, 2)]
        pairs += [(e, other, False) for e in here for other in self._memory.coordinated_with(e)]
        linked: dict[int, None] = {}
        for one, other, together in pairs:
            if one.id in linked and other.id in linked:
                continue
            if one.campaign_id is not None and one.campaign_id == other.campaign_id:
                continue
            facts = EventFacts.load(one.facts), EventFacts.load(other.facts)
            if of_one_campaign(*facts, told_together=together):
                linked |= dict.fromkeys(events.join_campaign(self._conn, [one.id, other.id]))
        return list(linked)
