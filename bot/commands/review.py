"""What moderators do with events: look at their articles, merge, split, retract, correct, undo."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from typing import Any

from bot.commands import correction
from bot.commands.backtest import DAY
from bot.commands.registry import Choice, Command, Reply, Request, Text
from bot.events.announce import Announcer, Subscribers
from bot.events.facts import EventFacts
from bot.events.hand import First, Hand, Refusal, Ruled, articles
from bot.events.rulings import FIELDS
from bot.messages.compose import headline
from bot.messages.message import Line, Span
from storage import events, reports, rulings, subscribers
from storage.database import Connection
from storage.model import Event, ReportRow, Ruling

_SHOWN = 8
_DAYS = 7
_TITLE = 140
_LOGGED = 10
_MOST_REASON = 200
_REF = re.compile(r"[A-Za-z]{2}-\d{4}-\d{4}-[A-Za-z]+")


_Decision = Callable[[Hand], Ruled | Refusal | First]


async def review(request: Request) -> Reply:
    """The events of the last days that more than one article tells, or one event's articles."""
    if not request.argument:
        found = await request.services.db.read(
            events.recent, since=request.now - _DAYS * DAY, limit=_SHOWN, alerted_only=False
        )
        if not found:
            return Reply((Text("review.none", n=_DAYS),))
        lines: list[Text | Line] = [Text("review.latest", n=len(found), style="bold")]
        lines += [_event_line(request, event) for event in found]
        lines.append(Text("review.look", {"command": f"/review {found[0].ref}"}))
        return Reply(tuple(lines))
    event = await _find(request, request.argument)
    if isinstance(event, Reply):
        return event
    return await _one(request, event)


async def _one(request: Request, event: Event) -> Reply:
    rows, made = await request.services.db.read(_papers, event.id)
    facts = EventFacts.load(event.facts)
    lines: list[Text | Line] = [_event_line(request, event), Text("review.articles")]
    for number, (_, row) in enumerate(articles(rows), 1):
        title = row.entry.title[:_TITLE]
        lines.append((Span(f"{number}. "), Span(row.entry.feed_name, "bold"), Span(f" — {title}")))
    lines += [
        Text("review.part_of_series", {"ref": part.ref, "place": part.place or "?"})
        for part in facts.campaign
    ]
    lines += [_ruling_line(request, ruling) for ruling in made]
    how = ("merge", "split", "correct", "retract")
    lines += [(), *(Text(f"review.how_{action}", {"ref": event.ref}) for action in how)]
    if not made:
        return Reply(tuple(lines))
    return Reply(tuple(lines), ((Choice(Text("button.undo"), f"/undo {made[-1].id}"),),))


async def merge(request: Request) -> Reply:
    refs = request.argument.split()
    if len(refs) != 2:
        return Reply((Text("merge.how"),))
    stays, goes = [await _find(request, ref) for ref in refs]
    if isinstance(stays, Reply):
        return stays
    if isinstance(goes, Reply):
        return goes
    return await _carry_out(request, lambda hand: hand.merge(stays, goes), "merge.done")


async def split(request: Request) -> Reply:
    ref, _, typed = request.argument.partition(" ")
    numbers = [int(n) for n in re.findall(r"\d+", typed)]
    if not ref or not numbers:
        return Reply((Text("split.how"),))
    event = await _find(request, ref)
    if isinstance(event, Reply):
        return event
    return await _carry_out(request, lambda hand: hand.split(event, set(numbers)), "split.done")


async def retract(request: Request) -> Reply:
    ref, _, reason = request.argument.partition(" ")
    if not reason.strip():
        return Reply((Text("retract.how"),))
    event = await _find(request, ref)
    if isinstance(event, Reply):
        return event
    said = " ".join(reason.split())[:_MOST_REASON]
    return await _carry_out(request, lambda hand: hand.retract(event, said), "retract.done")


async def correct(request: Request) -> Reply:
    ref, _, typed = request.argument.partition(" ")
    if not ref or not typed:
        return Reply((Text("correct.how"),))
    event = await _find(request, ref)
    if isinstance(event, Reply):
        return event
    facts = EventFacts.load(event.facts)
    fields = correction.read(typed, facts, request.services.detector.gazetteer, request.voice)
    if isinstance(fields, Text):
        return Reply((fields,))
    return await _carry_out(request, lambda hand: hand.correct(event, fields), "correct.done")


async def undo(request: Request) -> Reply:
    number = request.argument.strip("# ")
    if not number.isascii() or not number.isdecimal():
        return Reply((Text("undo.how"),))
    ruling = await request.services.db.read(rulings.by_id, int(number))
    if ruling is None:
        return Reply((Text("undo.unknown", {"number": number}),))
    return await _carry_out(request, lambda hand: hand.undo(ruling), "undo.done")


async def show_log(request: Request) -> Reply:
    """What moderators decided last; no names, only that somebody did."""
    found = await request.services.db.read(rulings.latest, _LOGGED)
    if not found:
        return Reply((Text("log.none"),))
    lines: list[Text | Line] = [Text("log.title", n=len(found), style="bold")]
    lines += [_ruling_line(request, ruling) for ruling in found]
    lines.append(Text("log.undo", {"command": f"/undo {found[0].id}"}))
    return Reply(tuple(lines))


async def _carry_out(request: Request, decide: _Decision, done: str) -> Reply:
    ruled = await request.services.db.write(_in_one_transaction, request, decide)
    if isinstance(ruled, str):
        return Reply((Text(f"review.{ruled}"),))
    if isinstance(ruled, First):
        return _first(request, ruled.ruling)
    params = {"ref": ruled.event.ref, "other": ruled.other.ref if ruled.other else ""}
    lines = [Text(done, params, style="bold")]
    lines.append(Text("review.queued", n=ruled.queued))
    back = Choice(Text("button.undo"), f"/undo {ruled.ruling_id}")
    return Reply(tuple(lines), () if done == "undo.done" else ((back,),))


def _first(request: Request, ruling: Ruling) -> Reply:
    """Refused: another decision has to be undone before."""
    command = f"/undo {ruling.id}"
    what = {"number": str(ruling.id), "command": command, "ref": ruling.ref,
            "what": _what(request, ruling)}  # fmt: skip
    return Reply((Text("review.undo_first", what),), ((Choice(Text("button.undo"), command),),))


def _in_one_transaction(
    conn: Connection, request: Request, decide: _Decision
) -> Ruled | Refusal | First:
    moderator = subscribers.ensure(conn, request.caller.identity, request.now)
    places = request.services.detector.gazetteer
    return decide(Hand(Announcer(conn, Subscribers(), places, request.now), moderator))


async def _find(request: Request, typed: str) -> Event | Reply:
    """The event that tells `typed` now: a merged one is looked up under the other's ref."""
    found = _REF.search(typed)
    stem, _, letters = (found[0] if found else typed).rpartition("-")
    ref = f"{stem.upper()}-{letters.lower()}"
    event = await request.services.db.read(_told_by, ref)
    if event is None:
        return Reply((Text("why.unknown_ref", {"ref": typed[:40]}),))
    return event


def _told_by(conn: Connection, ref: str) -> Event | None:
    event = events.by_ref(conn, ref)
    return events.by_id(conn, event.told_by) if event else None


def _papers(conn: Connection, event_id: int) -> tuple[list[ReportRow], list[Ruling]]:
    return reports.of_event(conn, event_id), rulings.in_force(conn, event_id)


def _event_line(request: Request, event: Event) -> Line:
    facts = EventFacts.load(event.facts)
    line = headline(facts, language=request.language, catalogue=request.services.catalogue)
    return (Span(f"{line} · "), Span(event.ref, "code"))


def _ruling_line(request: Request, ruling: Ruling) -> Text:
    """« 12 · il y a 2 heures · ML-2026-0310-a : réuni avec ML-2026-0310-b »"""
    key = "log.undone_line" if ruling.undone_at is not None else "log.line"
    ago = request.voice.ago(request.now - ruling.made_at)
    what = _what(request, ruling)
    return Text(key, {"number": str(ruling.id), "ago": ago, "ref": ruling.ref, "what": what})


def _what(request: Request, ruling: Ruling) -> Text:
    """« réuni avec ML-2026-0310-b »"""
    params = _shown(request, ruling.action, json.loads(ruling.params))
    return Text(f"log.{ruling.action}", params)


def _shown(request: Request, action: str, params: dict[str, Any]) -> dict[str, str]:
    if action == "retract":
        return {"reason": params["reason"]}
    if action == "correct":
        return {"fields": _fields(request, [f for f in FIELDS if f in params])}
    return {"other": params["ref"]}


def _fields(request: Request, fields: Sequence[str]) -> str:
    return request.voice.join(request.voice.text(f"field.{field}") for field in fields)


REVIEW = (
    Command("review", "moderator", "command.review", review),
    Command("merge", "moderator", "command.merge", merge),
    Command("split", "moderator", "command.split", split),
    Command("retract", "moderator", "command.retract", retract),
    Command("correct", "moderator", "command.correct", correct),
    Command("undo", "moderator", "command.undo", undo),
    Command("log", "moderator", "command.log", show_log),
)
