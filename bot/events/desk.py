"""Articles and events as the editor knows them without a database.

The service and the `group` verb decide with the same functions, so that what is measured offline
is what people receive.
"""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property

from bot.detect.report import Report
from bot.detect.text import fold
from bot.events.days import happened
from bot.events.facts import EventFacts, Source
from bot.events.fuse import Reported, fuse
from bot.events.same import Known, Telling
from bot.events.words import told_lines, words_of

_DAY_SECONDS = 24 * 3600.0
#: what happened longer before it was told is background (DOMAIN 4.4-29): attacks in the region
#: are often first reported on their third or fifth day, recaps after weeks
OLD_NEWS_SECONDS = 14 * _DAY_SECONDS


@dataclass(frozen=True)
class Article:
    """One news item as events know it."""

    title: str
    summary: str
    source: Source
    #: epoch seconds, when it was first seen
    seen_at: float
    #: epoch seconds between which it was published; None when the source gives no date
    published: tuple[float, float] | None
    fingerprint: str = ""

    @cached_property
    def folded(self) -> tuple[str, str]:
        return fold(self.title), fold(self.summary)

    def telling(self, report: Report) -> Telling:
        title, lead = self.folded
        return Telling(report, title, lead, self.published)

    def reported(self, report: Report) -> Reported:
        source = replace(self.source, said_by=report.said_by)
        return Reported(report, source, self.seen_at, " ".join(self.folded), self.fingerprint)


@dataclass(frozen=True, slots=True)
class Story:
    """What is known of one event, and the words subscriptions see of it."""

    facts: EventFacts
    words_norm: str


def story(told: Sequence[tuple[Article, Report]]) -> Story:
    """The event that these reports tell together.

    Raises:
        ValueError: without any report.
    """
    facts = fuse([article.reported(report) for article, report in told])
    articles = dict.fromkeys(article for article, _ in sorted(told, key=lambda t: t[0].seen_at))
    return Story(facts, words_of([(a.title, a.summary) for a in articles], facts))


def known(facts: EventFacts, words_norm: str, *, seen: tuple[float, float] | None = None) -> Known:
    """An event as `is_same` compares it.

    Args:
        seen: first and last publication (epoch seconds) for an event whose sources give no date.
    """
    dates = [s.published_at for s in facts.sources if s.published_at is not None]
    told = (min(dates), max(dates)) if dates else seen
    return Known(facts, told_lines(words_norm), told)


def window(moment: datetime, precision: str) -> tuple[float, float]:
    """The first and last second (epoch) in which something dated so precisely was published."""
    if precision == "time":
        return moment.timestamp(), moment.timestamp()
    first = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    if precision == "day":
        last = first
    elif precision == "month":
        last = first.replace(day=calendar.monthrange(first.year, first.month)[1])
    else:
        last = first.replace(month=12, day=31)
    return first.timestamp(), (last + timedelta(days=1)).timestamp() - 1


def happened_span(facts: EventFacts) -> tuple[float, float] | None:
    """First and last second (epoch, UTC) of the happening; None when no date is known."""
    when = happened(facts.date, facts.date_end, facts.date_precision, None)
    if when is None:
        return None
    first = datetime.combine(when.first, datetime.min.time(), UTC).timestamp()
    last = datetime.combine(when.last, datetime.min.time(), UTC).timestamp()
    return first, last + _DAY_SECONDS - 1


def country_of(facts: EventFacts) -> str | None:
    """The one country an event is filed under."""
    if facts.place is not None and facts.place.country:
        return facts.place.country
    return facts.countries[0] if facts.countries else None


def is_background(facts: EventFacts, said_at: float) -> bool:
    """Whether the happening was already old news when this was said.

    An undated happening counts as new: a late alert is worse than a doubtful one.
    """
    span = happened_span(facts)
    return span is not None and span[1] < said_at - OLD_NEWS_SECONDS
