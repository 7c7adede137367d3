"""Readers of single days and of nights and battles that run from one day to another."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

from bot.detect import word_sets
from bot.detect.calendar_days import (
    Day,
    DayWords,
    month_bounds,
    resolve,
    resolve_pair,
    weekday_after,
    weekday_before,
)
from bot.detect.text import Span
from bot.detect.time_reader import Reader
from bot.detect.time_words import day_number

_AGENCIES = word_sets.words("agencies")
#: « (ce matin) du mardi 17 septembre », « (hier) lundi 17 »: a day told right behind
_DAY_BEHIND = re.compile("d?l?c?W?l?(?:D(?:t?l?W?D)?M|MD)")
#: what ends a dateline, and how many words its town may have
_DATELINE_END, _TOWN_WORDS = re.compile(r"\s*[-–—]\s"), 3
_WEEKDAY_BEHIND = re.compile("d?l?W")
#: a stretch of more days sums up what happened in it
_SUMMED_UP = 45


def add_day(reader: Reader, first: int, last: int, found: Day, *, unknown: int = 4) -> int:
    precision = unknown if found.date is None else 1
    return reader.add(first, last, found.date, precision=precision, conflict=found.conflict)


def full(reader: Reader, first: int, last: int) -> int | None:
    letters = reader.letters
    while last > first and letters[last - 1] in "ldc":
        last -= 1
    side = reader.side(first, last)
    if reader.doubtful(first, last) or side.day is None or side.month is None:
        return weekday(reader, first, last) if letters[first] in "Wc" else None
    if letters[first:last].find("MD") >= 0 and first and reader.doc.words[first - 1] == "in":
        return None
    if last < len(reader.doc) and letters[last] == "X":
        found = resolve(side, reader.anchor, future=True)
        return reader.add(first, last + 1, found.date, realis="future", conflict=found.conflict)
    before = letters[first - 1] if first else ""
    future = side.year is None and (before == "v" or reader.future_cue(first))
    if _is_of_dateline(reader, first, last):
        return last
    found = resolve(side, reader.anchor, future=future)
    if found.date is None and (side.year is not None or reader.anchor is not None):
        return last  # no such day
    return add_day(reader, first, last, found)


def _is_of_dateline(reader: Reader, first: int, last: int) -> bool:
    """« COTONOU, 17 février (Reuters) », « Dosso, 6 janvier 2025 – … »: when it was written."""
    doc = reader.doc
    if last >= len(doc):
        return False
    if doc.words[last] in _AGENCIES:
        return True
    before = first - 1
    if before < 0 or doc.between(before, first) != ", ":
        return False
    start = next(span.first for span in doc.sentences if span.last >= first)
    return (
        first - start <= _TOWN_WORDS
        and all(doc.capitalised(at) for at in range(start, first))
        and _DATELINE_END.match(doc.between(last - 1, last)) is not None
    )


def weekday(reader: Reader, first: int, last: int) -> int | None:
    at = next((i for i in range(first, last) if reader.letters[i] == "W"), None)
    if at is None or reader.recurs(at):
        return None
    run = reader.letters[first:last]
    if run.endswith("D"):
        last, run = last, run  # « mardi 12 »: the number confirms the weekday
    weekday = reader.words.values[reader.doc.words[at]]
    anchor = reader.anchor
    if "X" in run:
        day = anchor and anchor.exact and weekday_after(anchor.day, weekday, strictly=True)
        return reader.add(first, last, day or None, precision=1, realis="future")
    if "L" in run and anchor is not None and anchor.exact:
        return reader.add(first, last, weekday_before(anchor.day, weekday, strictly=True))
    side = reader.side(first, last)
    found = resolve(side, anchor, future=reader.future_cue(first))
    return add_day(reader, first, last, found)


def weekday_week(reader: Reader, first: int, last: int) -> int:
    weekday = reader.words.values[reader.doc.words[first]]
    if reader.anchor is None or not reader.anchor.exact:
        return add_day(reader, first, last, Day(None))
    monday = weekday_before(reader.anchor.day, 0)
    if reader.letters[last - 2 : last] != "cK":
        monday -= timedelta(days=7)
    return reader.add(first, last, monday + timedelta(days=weekday))


def numeric(reader: Reader, first: int, last: int) -> int | None:
    """« 22/07/2022 », « le 17/09 », "2022-07-22": never the American order."""
    words, run = reader.doc.words, reader.letters[first:last]
    gaps = {reader.doc.between(at, at + 1) for at in range(first, last - 1)}
    if len(gaps) != 1 or not gaps <= {"/", "-", "."}:
        return None
    if run == "DD":
        prefixed = first > 0 and words[first - 1] in ("le", "du", "au", "on")
        if gaps != {"/"} or not prefixed:
            return None
    numbers = [int(w) for w in words[first:last] if w.isdecimal()]
    if run == "YDD" and len(numbers) == 3:
        side = DayWords(None, numbers[2], numbers[1], numbers[0])
    elif len(numbers) >= 2 and numbers[1] <= 12:
        side = DayWords(None, numbers[0], numbers[1], numbers[2] if len(numbers) > 2 else None)
    else:
        return None
    found = resolve(side, reader.anchor)
    if found.date is None and side.year is not None:
        return None
    return add_day(reader, first, last, found)


def is_told_behind(reader: Reader, last: int) -> bool:
    """« ce matin du mardi 17 septembre 2024 »: the full date says which morning it was."""
    if last >= len(reader.doc):
        return False
    gap = reader.doc.between(last - 1, last)
    if gap == ", ":
        return _DAY_BEHIND.match(reader.letters, last) is not None
    return gap == " " and any(
        day.match(reader.letters, last) for day in (_DAY_BEHIND, _WEEKDAY_BEHIND)
    )


def relative(reader: Reader, first: int, last: int) -> int | None:
    doc = reader.doc
    if is_told_behind(reader, last):
        return last
    offset = reader.words.values[doc.words[last - 1]]
    run = reader.letters[first:last]
    if run.startswith(("Uv", "v")):
        if offset != -1:
            return None
        offset = -2
    elif run == "PR":
        first, offset = (first, 2) if offset == 1 else (last - 1, offset)
    elif first and doc.capitalised(first) and doc.between(first - 1, first) == " ":
        return None  # « Tchad Demain », "Nigeria Today": newspapers
    return reader.days(first, last, offset, offset, precision=1)


def today(reader: Reader, first: int, last: int) -> int | None:
    if reader.letters[last - 1] == "U":
        word = reader.doc.words[last - 1]
        unit = reader.words.units[word]
        if unit == "year":
            return reader.add(first, last, None, precision=4, realis="background")
        if unit == "month" and reader.anchor is not None and reader.anchor.precision != "year":
            low, high = month_bounds(reader.anchor.day.year, reader.anchor.day.month)
            if reader.anchor.exact:
                high = reader.anchor.day
            return reader.add(first, last, low, high, precision=3)
        if unit != "day" or word.endswith("s"):
            return None
    if is_told_behind(reader, last):
        return last
    if reader.doc.words[last : last + 1] == ["la"] and reader.doc.between(last - 1, last) == "-":
        told = next((m for m in reversed(reader.mentions) if m.date and m.precision == 1), None)
        return reader.add(first, last + 1, told.date) if told else last + 1  # « ce matin-là »
    return reader.days(first, last, 0, 0, precision=1)


def last_night(reader: Reader, first: int, last: int) -> int:
    if reader.letters[first:last] == "cN" and is_told_behind(reader, last):
        return last - 1  # « cette nuit du 4 au 5 juin »: the night is told by its days
    return reader.days(first, last, -1, 0, precision=1)


def night_of(reader: Reader, first: int, last: int) -> int | None:
    side = reader.side(first, last)
    if reader.doubtful(first, last):
        return None
    found = resolve(side, reader.anchor)
    if reader.letters[first] == "o" or found.date is None:
        return add_day(reader, first, last, found)
    end = found.date + timedelta(days=1)
    return reader.add(first, last, found.date, end, conflict=found.conflict)


def pair(reader: Reader, first: int, last: int) -> int | None:
    run = reader.letters[first:last]
    start = next(i for i, letter in enumerate(run) if letter in "WMmD")
    cut = next((i for i, letter in enumerate(run) if i > start and letter in "tel"), None)
    if cut is None:
        return dash_pair(reader, first, last)
    middle = first + cut
    left, right = reader.side(first, middle), reader.side(middle, last)
    if left.day and right.day and not right.month and "N" in run:
        right = _latest(reader, right)
    joined_by_and = run[cut] == "e" and not set(run[:start]) & set("bNo")
    if (
        reader.doubtful(first, last)
        or (left.day and not left.month and not right.month)
        or (left.weekday is None and left.month and right.day is None)
        or ("," in reader.doc.raw(Span(first, middle)) and joined_by_and)
    ):
        return None
    future = right.year is None and reader.future_cue(first)
    one, two = resolve_pair(left, right, reader.anchor, future=future)
    if one.date is None or two.date is None:
        return reader.add(first, last, two.date or one.date, precision=1)
    conflict = one.conflict or two.conflict
    span = (two.date - one.date).days
    if joined_by_and and span != 1:
        add_day(reader, first, middle, one)
        return add_day(reader, middle + 1, last, two)
    if not 0 <= span <= 366:
        return add_day(reader, first, last, two)
    if span > _SUMMED_UP:  # « entre le 1er janvier et le 3 août »: a sum over months
        return reader.add(
            first, last, one.date, two.date, precision=3, realis="background", conflict=conflict
        )
    return reader.add(first, last, one.date, two.date, conflict=conflict)


def _latest(reader: Reader, words: DayWords) -> DayWords:
    """« la nuit du 16 au 17 »: the 17th nearest before the publication."""
    anchor = reader.anchor
    if anchor is None or not anchor.exact or words.day is None:
        return words
    ago = anchor.day if words.day <= anchor.day.day else anchor.day.replace(day=1) - timedelta(1)
    return DayWords(words.weekday, words.day, ago.month, ago.year)


def dash_pair(reader: Reader, first: int, last: int) -> int | None:
    """ "25-27 July", "July 25-27"."""
    places = [at for at in range(first, last) if reader.letters[at] == "D"]
    side = reader.side(first, last)
    if len(places) != 2 or reader.doubtful(first, last) or side.month is None:
        return None
    if reader.doc.between(places[0], places[1]).strip() not in ("-", "–", "/"):
        return None
    one, two = (day_number(reader.doc.words[at]) for at in places)
    right = DayWords(None, two, side.month, side.year)
    left, until = resolve_pair(DayWords(None, one), right, reader.anchor)
    if left.date is None or until.date is None or left.date > until.date:
        return None
    return reader.add(first, last, left.date, until.date)


#: name in time.py's grammar -> its reader, which gives the word to go on from, None if nothing
READERS: dict[str, Callable[[Reader, int, int], int | None]] = {
    "pair": pair,
    "night_of": night_of,
    "numeric": numeric,
    "full": full,
    "weekday_week": weekday_week,
    "weekday": weekday,
    "relative": relative,
    "last_night": last_night,
    "today": today,
}
