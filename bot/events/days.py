"""The days in which a telling puts its happening."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from bot.detect.report import Report
from bot.events.facts import EventFacts


@dataclass(frozen=True, slots=True)
class When:
    """The days in which a happening lies."""

    first: date
    last: date
    #: day: the text gives the day; coarse: a week or month; guess: only the publication is known
    grade: Literal["day", "coarse", "guess"]


#: an undated article tells what happened in the days before it
GUESS_BACK = timedelta(days=3)


def happened(
    day: str | None,
    day_end: str | None,
    precision: int,
    published: tuple[date, date] | None,
) -> When | None:
    """When it happened by its own date, else by the days in which it was published."""
    if day is not None and precision <= 3:
        first = date.fromisoformat(day)
        last = date.fromisoformat(day_end) if day_end else first
        if precision == 2:
            last = max(last, first + timedelta(days=6)) if day_end is None else last
        if precision == 3 and day_end is None:
            first = first.replace(day=1)
            last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
        return When(first, last, "day" if precision == 1 else "coarse")
    if published is None:
        return None
    return When(published[0] - GUESS_BACK, published[1], "guess")


def announced(told: Report | EventFacts, published: tuple[date, date] | None) -> When | None:
    """When a step that is to come was told of, which is news too; None when it is not to come."""
    if told.kind != "alliance" or published is None or told.date is None:
        return None
    if date.fromisoformat(told.date) <= published[1]:
        return None
    return happened(None, None, 4, published)


def days_between(one: When, other: When) -> int:
    """Whole days between two stretches of time; 0 when they touch."""
    return max(0, (one.first - other.last).days, (other.first - one.last).days)
