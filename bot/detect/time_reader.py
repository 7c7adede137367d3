"""One text while its dates are read: its words, its anchor, what tells past from future."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from bot.detect import word_sets
from bot.detect.calendar_days import Anchor, DayWords, month_bounds, safe_date
from bot.detect.numbers import small_number
from bot.detect.text import Doc, Span
from bot.detect.time_words import CalendarWords, day_number

Realis = Literal["past", "future", "background"]

#: longer ago than this, a month or a stretch told as such is background, not news
_NEWS_DAYS = 45
#: « depuis dimanche » still tells the news; « depuis le 26 juillet » recalls it
_ONGOING_DAYS = 7
#: how far from a date the verb that puts it in the future may stand, in words
#: « d'ici à vendredi », "by the end of Friday"
_BEFORE_WORDS = 3
_OTHERS = word_sets.words("others")
_BOUND = word_sets.words("bound")
_CUE_WORDS = 12
#: « depuis l'attaque meurtrière du 12 septembre »
_SINCE_WORDS = 6
#: what ends the clause a verb of the future speaks in
_STOPS = frozenset(".!?;\n")


@dataclass(slots=True)
class DateMention:
    """One time expression; `precision` is ACLED's: 1 day, 2 week, 3 month, 4 unknown."""

    span: Span
    date: dt.date | None
    #: last day of a night, a battle, a week; None for a single day
    date_end: dt.date | None
    #: local "HH:MM", only where the text gives one
    time: str | None
    precision: int
    #: None where neither the text nor the publication tells
    realis: Realis | None
    #: the weekday and the date written disagree; `date` is then that of the numbers
    conflict: bool = False


class Reader:
    """What the readers of time_days and time_stretches share; mentions gather in text order."""

    def __init__(
        self, doc: Doc, letters: str, words: CalendarWords, anchor: Anchor | None
    ) -> None:
        self.doc, self.letters, self.words, self.anchor = doc, letters, words, anchor
        self.mentions: list[DateMention] = []

    def anchor_in_text(self, matches: Iterable[re.Match[str]]) -> Anchor | None:
        """Without a publication date, a full date in the text gives the others their year."""
        if "Y" not in self.letters:
            return None
        for match in matches:
            side = self.side(match.start(), match.end())
            if side.year and side.month and side.day:
                found = safe_date(side.year, side.month, side.day)
                if found is not None:
                    return Anchor(found, "month")
        return None

    def uncut(self, first: int, last: int) -> int:
        """The run up to a full stop or semicolon; « Sept. 12 » and « 22.07 » go on."""
        for at in range(first, last - 1):
            gap = self.doc.between(at, at + 1)
            if gap == " " or gap == "-":
                continue
            if "(" in gap and self.letters[at] == "W" and self.letters[at + 1] in "MD":
                continue  # "Monday (September 11)"
            if any(mark in gap for mark in ";!?\n:(") or (
                "." in gap and self.letters[at] not in "MmD"
            ):
                return at + 1
        return last

    def side(self, first: int, last: int) -> DayWords:
        weekday = day = month = year = None
        for at in range(first, last):
            letter, word = self.letters[at], self.doc.words[at]
            if letter == "W" and weekday is None:
                weekday = self.words.values[word]
            elif letter == "D" and day is None:
                day = day_number(word)
            elif letter in "Mm" and month is None:
                month = self.words.values[word]
            elif letter == "Y" and year is None:
                year = int(word)
        return DayWords(weekday, day, month, year)

    def number(self, first: int, last: int) -> int | None:
        """The count in a run: « deux », 3; few is None, an English article is one."""
        for at in range(first, last):
            if self.letters[at] in "nDM":
                return small_number(self.doc.words[at])
        return None

    def doubtful(self, first: int, last: int) -> bool:
        """A « may » or "march" without a capital, or a month parted from its day by a comma."""
        for at in range(first, last):
            if self.letters[at] == "m" and self.doc.small(at):
                return True
            if at + 1 < last and self.letters[at : at + 2] in ("DM", "Dm", "MD", "mD"):
                if "," in self.doc.between(at, at + 1):
                    return True
                if self.letters[at] in "Mm" and self.doc.small(at):
                    return True
        return False

    def future_cue(self, first: int) -> bool:
        """A future verb before the date, or after one that opens its sentence."""
        doc = self.doc
        at = first - 1
        while at >= 0 and first - at <= _CUE_WORDS:
            if _stops(doc.between(at, at + 1)):
                break
            if self._is_future(at) or (
                first - at <= _BEFORE_WORDS
                and doc.words[at] in self.words.future_before
                and _BOUND.issuperset(doc.words[at + 1 : first])
            ):
                return True
            if doc.words[at] in self.words.saying or self._is_perfect(at):
                return False
            at -= 1
        if first - at > 3:
            return False
        for at in range(first + 1, min(len(doc), first + _CUE_WORDS)):
            if _stops(doc.between(at - 1, at)):
                return False
            if self._is_future(at):
                return True
            if doc.words[at] in self.words.saying or self._is_perfect(at):
                return False
        return False

    def _is_future(self, at: int) -> bool:
        word = self.doc.words[at]
        if word in self.words.future:
            return True
        return (
            len(word) > 4
            and word.endswith(self.words.future_endings)
            and word not in self.words.not_future
            and not self.doc.capitalised(at)
        )

    def _is_perfect(self, at: int) -> bool:
        """The French auxiliary « a », not the preposition « à »."""
        return self.doc.words[at] == "a" and self.doc.original[self.doc.starts[at]] == "a"

    def recurs(self, at: int) -> bool:
        """« tous les vendredis », "Black Friday": no one day."""
        words = self.doc.words
        before = [words[i] for i in range(max(0, at - 2), at) if self.letters[i] != "d"]
        behind = words[at + 1] if at + 1 < len(words) else ""
        return behind in self.words.no_day_behind or not self.words.no_day_before.isdisjoint(
            before
        )

    def since(self, first: int) -> bool:
        """« depuis le 26 juillet », « depuis le coup d'État du 26 juillet »."""
        if self.letters[first] == "S":
            return True
        for at in range(first - 1, max(first - 1 - _SINCE_WORDS, -1), -1):
            if self.letters[at] == "S":
                return True
            if self.letters[at] not in "ldicx" or self.doc.between(at, at + 1).strip(" '’-"):
                return False
        return False

    def realis(self, first: int, start: date | None, end: date | None) -> Realis | None:
        anchor = self.anchor
        if start is None:
            return "background" if self.since(first) else None
        if anchor is None:
            return "background" if self.since(first) else "past"
        latest = end or start
        if anchor.exact:
            low = high = anchor.day
        elif anchor.precision == "month":
            low, high = month_bounds(anchor.day.year, anchor.day.month)
        else:
            low, high = date(anchor.day.year, 1, 1), date(anchor.day.year, 12, 31)
        if start > high:
            return "future"
        if self.since(first):
            ongoing = anchor.exact and (low - latest).days <= _ONGOING_DAYS
            return "past" if ongoing else "background"
        if not anchor.exact and start >= low and self.future_cue(first):
            return "future"
        return "past"

    def add(
        self,
        first: int,
        last: int,
        start: date | None,
        end: date | None = None,
        *,
        precision: int = 1,
        realis: Realis | None = None,
        conflict: bool = False,
    ) -> int:
        realis = realis or self.realis(first, start, end)
        if first > 1 and self.doc.words[first - 2] in _OTHERS:
            realis = "background"  # « huit mois après celle du 4 mars »
        if start is None:
            precision = max(precision, 2) if realis != "background" else 4
        if end == start:
            end = None
        self.mentions.append(
            DateMention(Span(first, last), start, end, None, precision, realis, conflict)
        )
        return last

    def stretch(self, first: int, last: int, start: date, end: date, precision: int) -> int:
        """A week or a month: background where it lies too far back to be news."""
        realis = self.realis(first, start, end)
        if self.anchor is not None and (self.anchor.day - end).days > _NEWS_DAYS:
            realis = "background"
        return self.add(first, last, start, end, precision=precision, realis=realis)

    def days(self, first: int, last: int, start: int, end: int, *, precision: int) -> int:
        """A stretch counted in days from the day of publication."""
        if self.anchor is None or not self.anchor.exact:
            return self.add(first, last, None, precision=precision)
        low = self.anchor.day + timedelta(days=start)
        high = self.anchor.day + timedelta(days=end)
        return self.add(first, last, low, high, precision=precision)


def _stops(gap: str) -> bool:
    return gap != " " and not _STOPS.isdisjoint(gap)
