"""What one look at a feed tells a moderator who has to decide about it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from bot.commands.registry import Request, Text
from bot.detect.report import Item, Report
from bot.events.desk import is_background
from bot.events.facts import EventFacts
from bot.feeds.inspect import FeedCheck
from bot.feeds.problem import Problem
from bot.messages.i18n import LANGUAGES, Voice
from bot.messages.message import Line
from bot.messages.phrases import located
from storage.model import NewEntry

_DAY = 86_400.0
#: items of each sort that are named; the message stays one that is read
_SHOWN = 3
_TITLE = 120
#: why a happening that is told is no news (`Report.realis`); what is not here is only feared
_NO_NEWS = {
    "negated": Text("checkfeed.denied"),
    "background": Text("checkfeed.recalled"),
    "historical": Text("checkfeed.recalled"),
    "past": Text("checkfeed.recalled"),
}


@dataclass(frozen=True, slots=True)
class Judged:
    """One item, and what the service would make of it."""

    title: str
    alerts: bool
    #: the happening that would alert, else why it would not; None when nothing is told
    what: Text | None


def said(request: Request, problem: Problem | None) -> str:
    """A problem in the chat's language."""
    if problem is None:
        return ""
    catalogue, language = request.services.catalogue, request.voice.language
    return catalogue.text(language, f"problem.{problem.key}", problem.params)


def summary(request: Request, checked: FeedCheck) -> list[Text | Line]:
    """Title, language, number of items, dates, rhythm and what is odd."""
    voice, now = request.voice, request.now
    lines: list[Text | Line] = [_named(voice, checked), _counted(voice, checked.entries)]
    undated = sum(entry.published_at is None for entry in checked.entries)
    if 0 < undated < len(checked.entries):
        lines.append(Text("checkfeed.undated", n=undated))
    if checked.entries:
        newest = checked.entries[0]
        at = newest.published_at
        when = voice.ago(now - at) if at is not None else voice.text("checkfeed.no_date")
        lines.append(Text("checkfeed.newest", {"title": newest.title[:_TITLE], "when": when}))
    if checked.answered_by:
        lines.append(Text("checkfeed.redirected", {"url": checked.answered_by}))
    lines += [
        Text("checkfeed.problem", {"problem": said(request, problem)})
        for problem in checked.problems
    ]
    return lines


async def verdicts(request: Request, checked: FeedCheck) -> list[Text | Line]:
    """Which items would alert and of what, and why others that speak of it would not."""
    judged = await asyncio.to_thread(_judge, request, checked)
    alerting = [item for item in judged if item.alerts]
    refused = [item for item in judged if not item.alerts and item.what is not None]
    lines: list[Text | Line] = [Text("checkfeed.alerts", n=len(alerting))]
    lines += map(_bullet, alerting[:_SHOWN])
    if refused:
        lines.append(Text("checkfeed.refused", n=len(refused)))
        lines += map(_bullet, refused[:_SHOWN])
    if others := len(judged) - len(alerting) - len(refused):
        lines.append(Text("checkfeed.others", n=others))
    return lines


def _judge(request: Request, checked: FeedCheck) -> list[Judged]:
    """The items as the editor would see them, newest first."""
    return [Judged(entry.title, *_verdict(request, checked, entry)) for entry in checked.entries]


def _verdict(request: Request, checked: FeedCheck, entry: NewEntry) -> tuple[bool, Text | None]:
    services, voice = request.services, request.voice
    at = request.now if entry.published_at is None else entry.published_at
    found = services.detector.detect(
        Item(
            title=entry.title,
            summary=entry.summary,
            published=datetime.fromtimestamp(at, UTC),
            language=checked.declared,
            source=checked.title,
        )
    )
    if not found.reports:
        return False, None
    if not found.pushable:
        return False, _NO_NEWS.get(found.reports[0].realis, Text("checkfeed.feared"))
    age = request.now - at
    if age > services.alert_max_age:
        return False, Text("checkfeed.old", {"ago": voice.ago(age)})
    for facts in map(_facts, found.pushable):
        if not is_background(facts, at):
            kind = voice.text(f"type.{facts.type}")
            return True, Text("checkfeed.of", {"type": kind, "where": located(voice, facts)})
    return False, Text("checkfeed.recalled")


def _facts(report: Report) -> EventFacts:
    """As much of an event as is shown here."""
    return EventFacts(
        kind=report.kind,
        type=report.type,
        place=report.places[0] if report.places else None,
        countries=report.countries,
        date=report.date,
        date_end=report.date_end,
        date_precision=report.date_precision,
    )


def _named(voice: Voice, checked: FeedCheck) -> Text:
    language = voice.text("checkfeed.unsure")
    if checked.language in LANGUAGES or checked.language == "ar":
        language = voice.language_name(checked.language)
    values = {"title": checked.title, "language": language}
    if checked.declared and checked.declared != checked.language:
        values["declared"] = voice.language_name(checked.declared)
        return Text("checkfeed.found_otherwise", values)
    return Text("checkfeed.found", values)


def _counted(voice: Voice, entries: Sequence[NewEntry]) -> Text:
    """« 30 articles, du 23 févr. au 1 mars 2026, environ 4 par jour »."""
    dates = sorted(e.published_at for e in entries if e.published_at is not None)
    if len(dates) < 2 or dates[-1] - dates[0] < _DAY:
        return Text("checkfeed.items", n=len(entries))
    first, last = (datetime.fromtimestamp(at, UTC).date() for at in (dates[0], dates[-1]))
    per_day = (len(dates) - 1) / ((dates[-1] - dates[0]) / _DAY)
    often = per_day >= 1
    rhythm = voice.text(
        "checkfeed.per_day" if often else "checkfeed.every_days",
        n=max(1, round(per_day if often else 1 / per_day)),
    )
    values = {"first": voice.short_day(first), "last": voice.short_day(last), "rhythm": rhythm}
    return Text("checkfeed.items_between", values, n=len(entries))


def _bullet(item: Judged) -> Text:
    return Text("checkfeed.item", {"title": item.title[:_TITLE], "what": item.what})
