"""What readers may ask: the latest alerts, why one came, and whether silence means calm."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from bot.commands.backtest import DAY, DAYS, Known, matches, recent
from bot.commands.registry import Command, Reply, Request, Text
from bot.commands.understood import matched
from bot.events.facts import EventFacts
from bot.events.query import EventView, Query, QueryError, saved
from bot.feeds import coverage
from bot.feeds.coverage import Unheard
from bot.messages.compose import headline, source_line
from bot.messages.message import Line, Span
from storage import chats, entries, events, feeds, subscriptions, told
from storage.database import Connection
from storage.model import Event, Feed, FeedHealth, Subscription, ToldRow

LATEST_SHOWN = 5
#: how far /latest and /why look back
_MOST = 500
#: with sources to read, an hour without one answer means that we hear nothing
SILENCE = 3600.0
_EVIDENCE_SHOWN = 8
#: where nothing is heard at all, no country need be named
_ALL_SILENT = frozenset({"status.no_sources", "status.deaf", "status.starting"})


async def latest(request: Request) -> Reply:
    found, filtered = await request.services.db.read(
        _latest, request.caller.address, now=request.now
    )
    if not found:
        return Reply((Text("latest.none_yours" if filtered else "latest.none", n=DAYS),))
    lines: list[Text | Line] = [
        Text("latest.yours" if filtered else "latest.all", n=len(found), style="bold")
    ]
    lines.extend(event_line(request, known) for known in found)
    lines.append(Text("latest.why", {"command": f"/why {found[0].event.ref}"}))
    return Reply(tuple(lines))


def event_line(request: Request, known: Known) -> Line:
    """One event on one line, its ref last."""
    line = headline(known.facts, language=request.language, catalogue=request.services.catalogue)
    return (Span(f"{line} · "), Span(known.event.ref, "code"))


async def why(request: Request) -> Reply:
    ref = request.argument.strip("#« »").upper()
    # refs end in a small letter: ML-2023-0917-a
    stem, dash, letters = ref.rpartition("-")
    ref = f"{stem}{dash}{letters.lower()}"
    found = await request.services.db.read(_reason, request.caller.address, ref)
    if found is None:
        if ref:
            return Reply((Text("why.unknown_ref", {"ref": request.argument[:40]}),))
        return Reply((Text("why.nothing"),))
    voice = request.voice
    shown = headline(found.facts, language=request.language, catalogue=request.services.catalogue)
    lines: list[Text | Line] = [(Span(f"{found.ref} ", "code"), Span(shown)), ()]
    if found.query:
        lines.append((Span(voice.text("why.rule") + " "), Span(found.query, "code")))
        if found.words:
            lines.append(Text("why.words", {"words": _matched(request, found.words)}))
        else:
            lines.append(Text("why.following"))
    else:
        lines.append(Text("why.no_rule"))
    evidence = list(dict.fromkeys(found.facts.evidence))[:_EVIDENCE_SHOWN]
    if evidence:
        lines.append(Text("why.evidence", {"words": _clues(request, evidence)}))
    lines.append(source_line(voice, found.facts.sources))
    return Reply(tuple(lines))


async def status(request: Request) -> Reply:
    found = await request.services.db.read(
        _status,
        request.caller.address,
        now=request.now,
        started_at=request.services.started_at,
    )
    voice, now, health = request.voice, request.now, found.health
    truth = _truth(request, found)
    lines: list[Text | Line] = [truth]
    if truth.key not in _ALL_SILENT:
        lines.extend(_unheard(request, lost) for lost in found.unheard)
    active = health.feeds - health.paused
    lines.append(Text("status.answered", {"all": active}, n=health.answered))
    if found.last_entry_at is not None:
        ago = voice.ago(now - found.last_entry_at)
        lines.append(Text("status.last_entry", {"ago": ago}))
    if found.last_alert_at is not None:
        ago = voice.ago(now - found.last_alert_at)
        lines.append(Text("status.last_alert", {"ago": ago}))
    else:
        lines.append(Text("status.no_alert_yet"))
    if found.waiting:
        lines.append(Text("status.waiting", n=found.waiting))
    lines.append(Text("status.yours", n=found.subscriptions))
    return Reply(tuple(lines))


def _truth(request: Request, found: _Status) -> Text:
    """« No alert » told apart from « no source »: the first thing a reader wants to know."""
    health, now = found.health, request.now
    if health.feeds - health.paused <= 0:
        return Text("status.no_sources", style="bold")
    heard_at = max(health.last_success_at or 0.0, request.services.started_at)
    if now - heard_at > SILENCE:
        silent = request.voice.span(now - heard_at)
        return Text("status.deaf", {"span": silent}, style="bold")
    if health.last_success_at is None:
        return Text("status.starting", style="bold")
    if health.failing * 2 >= health.feeds - health.paused:
        return Text("status.half_deaf", style="bold")
    if found.unheard:
        return Text("status.unheard", n=len(found.unheard), style="bold")
    return Text("status.listening", style="bold")


def _unheard(request: Request, lost: Unheard) -> Text:
    voice = request.voice
    params = {"country": voice.country(lost.country)}
    if lost.since is None:
        key = "status.country_never" if lost.has_regional else "status.country_never_nothing"
        return Text(key, params)
    key = "status.country" if lost.has_regional else "status.country_nothing"
    return Text(key, {**params, "span": voice.span(request.now - lost.since)})


@dataclass(frozen=True, slots=True)
class _Status:
    health: FeedHealth
    #: of the countries that this chat asks for, or of all that we read about
    unheard: tuple[Unheard, ...]
    last_entry_at: float | None
    last_alert_at: float | None
    #: entries that nobody has looked at yet
    waiting: int
    subscriptions: int


def _status(conn: Connection, address: str, *, now: float, started_at: float) -> _Status:
    asked = _queries(conn, address)
    alerts = [e.alerted_at for e in events.recent(conn, since=0.0, limit=_MOST) if e.alerted_at]
    known = feeds.everything(conn)
    news = [feed.last_new_at for feed in known if feed.last_new_at is not None]
    wanted = [query.countries for _, query in asked]
    return _Status(
        health=feeds.health(conn, now),
        unheard=_missing(
            coverage.unheard(known, now=now, fresh_from=started_at),
            # a subscription without a country asks for all of them
            frozenset().union(*wanted) if wanted and all(wanted) else None,
            known,
        ),
        last_entry_at=max(news, default=None),
        last_alert_at=max(alerts, default=None),
        waiting=entries.waiting(conn),
        subscriptions=_followed(conn, address),
    )


def _missing(
    unheard: Sequence[Unheard], wanted: frozenset[str] | None, known: Sequence[Feed]
) -> tuple[Unheard, ...]:
    """Those that are asked for, also those of which we never had a source."""
    if wanted is None:
        return tuple(unheard)
    never = wanted - coverage.own(known).keys()
    regional = coverage.regional(known)
    found = [lost for lost in unheard if lost.country in wanted]
    found += [Unheard(country, None, regional) for country in never]
    return tuple(sorted(found, key=lambda lost: lost.country))


def _followed(conn: Connection, address: str) -> int:
    chat = chats.by_address(conn, address)
    return len(subscriptions.of_chat(conn, chat.id)) if chat else 0


def _latest(conn: Connection, address: str, *, now: float) -> tuple[list[Known], bool]:
    """The last alerted events for this chat's subscriptions, or all if it has none."""
    queries = [query for _, query in _queries(conn, address)]
    known = recent(conn, since=now - DAYS * DAY, limit=_MOST)
    if queries:
        known = [k for k in known if any(matches(query, k) for query in queries)]
    return list(known[:LATEST_SHOWN]), bool(queries)


def _queries(conn: Connection, address: str) -> list[tuple[Subscription, Query]]:
    chat = chats.by_address(conn, address)
    found = []
    for subscription in subscriptions.of_chat(conn, chat.id) if chat else ():
        try:
            found.append((subscription, saved(subscription.query_norm)))
        except QueryError:
            # a name that the gazetteer no longer knows: /list still shows it
            continue
    return found


@dataclass(frozen=True, slots=True)
class _Reason:
    ref: str
    facts: EventFacts
    #: the rule that brought it, None when none does
    query: str | None
    #: what matched; empty for a chat that follows what it was told before
    words: tuple[str, ...]


def _reason(conn: Connection, address: str, ref: str) -> _Reason | None:
    """Why the chat was told of the event `ref`, or of the last one; None when there is none."""
    chat = chats.by_address(conn, address)
    rows = told.last_of_chat(conn, chat.id, _MOST) if chat else []
    row = next((row for row in rows if not ref or row.event_ref == ref), None)
    if row is not None:
        return _told(row)
    event = events.by_ref(conn, ref) if ref else None
    return _untold(conn, address, event) if event else None


def _told(row: ToldRow) -> _Reason:
    why = json.loads(row.why)
    return _Reason(
        ref=row.event_ref,
        facts=EventFacts.load(row.facts),
        query=why.get("query"),
        words=tuple(why.get("words", ())),
    )


def _untold(conn: Connection, address: str, event: Event) -> _Reason:
    facts = EventFacts.load(event.facts)
    view = EventView.of(facts, event.words_norm)
    for subscription, query in _queries(conn, address):
        if found := query.match(view):
            return _Reason(event.ref, facts, subscription.query, found.words)
    return _Reason(event.ref, facts, None, ())


def _matched(request: Request, words: Sequence[str]) -> str:
    return ", ".join(matched(request.voice, word) for word in words)


def _clues(request: Request, evidence: Sequence[str]) -> str:
    """The words of the articles that decided, quoted."""
    return ", ".join(request.voice.text("why.quoted", word=clue) for clue in evidence)


LATEST = Command("latest", "everyone", "command.latest", latest)
WHY = Command("why", "everyone", "command.why", why)
STATUS = Command("status", "everyone", "command.status", status)
