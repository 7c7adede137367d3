"""Which day a weekday, a day of a month or a night means, seen from the day of publication."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass, replace
from datetime import date, timedelta

#: « le 6 juillet » in a text of 1 July announces; further off, a year nobody wrote is a past one
_COMING, _LONG_AGO = timedelta(days=60), timedelta(days=300)
_ANNOUNCED_DAYS = 7
#: a weekday that disagrees with a date this near is a slip; further off it points to another year
_SLIP_DAYS = 45


@dataclass(frozen=True, slots=True)
class Anchor:
    """The day of publication as far as it is known; `precision` day, month or year."""

    day: date
    precision: str

    @property
    def exact(self) -> bool:
        return self.precision == "day"


@dataclass(slots=True)
class DayWords:
    """A day as written: « mardi 12 septembre » has no year."""

    weekday: int | None = None
    day: int | None = None
    month: int | None = None
    year: int | None = None


@dataclass(slots=True)
class Day:
    date: date | None
    #: the weekday written is not that of the date
    conflict: bool = False


def safe_date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def month_bounds(year: int, month: int, part: str | None = None) -> tuple[date, date]:
    """First and last day of a month or of its beginning, middle or end."""
    last = monthrange(year, month)[1]
    first_day, last_day = {
        None: (1, last), "beginning": (1, 10), "middle": (11, 20), "end": (21, last),
    }[part]  # fmt: skip
    return date(year, month, first_day), date(year, month, last_day)


def weekday_before(anchor: date, weekday: int, *, strictly: bool = False) -> date:
    """The latest such weekday up to `anchor`; strictly before it if asked."""
    back = (anchor.weekday() - weekday) % 7
    return anchor - timedelta(days=back or (7 if strictly else 0))


def weekday_after(anchor: date, weekday: int, *, strictly: bool = False) -> date:
    ahead = (weekday - anchor.weekday()) % 7
    return anchor + timedelta(days=ahead or (7 if strictly else 0))


def resolve(words: DayWords, anchor: Anchor | None, *, future: bool = False) -> Day:
    """The day meant; a date of None where the text and the publication do not tell."""
    if words.day is None:
        if words.weekday is None or anchor is None or not anchor.exact:
            return Day(None)
        if future:
            return Day(weekday_after(anchor.day, words.weekday))
        return Day(weekday_before(anchor.day, words.weekday))
    if words.month is None:
        return _day_without_month(words, anchor, future=future)
    if words.year is not None:
        found = safe_date(words.year, words.month, words.day)
        return Day(found, found is not None and _clash(words, found))
    return _day_without_year(words, anchor, future=future)


def _clash(words: DayWords, found: date) -> bool:
    return words.weekday is not None and words.weekday != found.weekday()


def _day_without_month(words: DayWords, anchor: Anchor | None, *, future: bool) -> Day:
    """« mardi 12 »: the weekday decides; in a month-precise publication both must agree."""
    if anchor is None or words.weekday is None:
        return Day(None)
    if anchor.exact:
        return resolve(DayWords(weekday=words.weekday), anchor, future=future)
    if anchor.precision == "month" and words.day is not None:
        found = safe_date(anchor.day.year, anchor.day.month, words.day)
        if found is not None and not _clash(words, found):
            return Day(found)
    return Day(None)


def _day_without_year(words: DayWords, anchor: Anchor | None, *, future: bool) -> Day:
    if anchor is None or words.month is None or words.day is None:
        return Day(None)
    year = anchor.day.year
    if anchor.precision == "year":
        found = safe_date(year, words.month, words.day)
        return Day(found, found is not None and _clash(words, found))
    if anchor.precision == "month":
        low, high = month_bounds(year, anchor.day.month)
    else:
        low = high = anchor.day
    every = [safe_date(y, words.month, words.day) for y in range(year - 4, year + 2)]
    candidates = [day for day in every if day is not None]
    near = _nearest(candidates, low, high, announced=anchor.exact, future=future)
    if near is None or not _clash(words, near):
        return Day(near)
    agreeing = [day for day in candidates if not _clash(words, day)]
    away = max((low - near).days, (near - high).days, 0)
    if agreeing and away > _SLIP_DAYS:
        return Day(_nearest(agreeing, low, high, announced=anchor.exact, future=future))
    return Day(near, conflict=True)


def _nearest(
    candidates: list[date], low: date, high: date, *, announced: bool, future: bool
) -> date | None:
    """The latest day gone by; one ahead where a verb says so or it is only days away."""
    behind = [day for day in candidates if day <= high]
    ahead = [day for day in candidates if day >= low]
    soon = timedelta(days=_ANNOUNCED_DAYS if announced else 0)
    if ahead and (future or not behind or ahead[0] - high <= soon):
        return ahead[0]
    if announced and ahead and ahead[0] - high <= _COMING < _LONG_AGO <= low - behind[-1]:
        return ahead[0]  # « au sommet du 18 décembre », told in November
    return behind[-1] if behind else None


def resolve_pair(
    left: DayWords, right: DayWords, anchor: Anchor | None, *, future: bool = False
) -> tuple[Day, Day]:
    """Two days of one stretch, « du 25 au 27 juillet »: what one lacks it takes from the other."""
    if left.day is not None and left.month is None and right.month is not None:
        month, year = right.month, right.year
        if right.day is not None and left.day > right.day:
            month, year = (month - 1, year) if month > 1 else (12, year and year - 1)
        left = replace(left, month=month, year=year)
    if right.day is not None and right.month is None and left.month is not None:
        right = replace(right, month=left.month, year=left.year or right.year)
    if left.year is None and right.year is not None and left.month is not None:
        wraps = right.month is not None and left.month > right.month
        left = replace(left, year=right.year - wraps)
    second = resolve(right, anchor, future=future)
    if second.date is None:
        return resolve(left, anchor, future=future), second
    before = Anchor(second.date, "day")
    if left.day is None and left.weekday is not None:
        return Day(weekday_before(second.date, left.weekday, strictly=True)), second
    first = resolve(left, before)
    if first.date is not None and first.date > second.date and left.year is None:
        first = resolve(replace(left, year=second.date.year - 1), None)
    return first, second
