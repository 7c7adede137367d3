"""Calendar words as classes: each word of a text becomes one letter the date grammar can read."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from bot.detect.numbers import small_number
from bot.detect.text import fold

#: class of data/time.yaml -> its letter in the grammar of time.py
LETTERS = {
    "weekday": "W", "month": "M", "doubtful_month": "m", "first_of_month": "D",
    "relative_day": "R", "anaphor": "f", "unit": "U", "night": "N", "part_of_day": "P",
    "beginning": "B", "middle": "I", "end": "E", "article": "l", "this": "c", "of": "d",
    "to": "t", "and": "e", "between": "b", "in": "i", "overnight": "o", "last": "L", "next": "X",
    "since": "S", "week": "K", "weekend": "k", "before": "v", "year_short": "A", "same": "s",
    "previous": "p", "following": "w", "plus": "r", "earlier": "z", "later": "Z", "ago": "g",
    "il": "j", "y": "y", "today_first": "u", "today_second": "h", "few": "q",
}  # fmt: skip
#: further letters: D day of a month, Y year, n another small number, x any other word
OTHER = "x"

_ORDINAL = re.compile(r"(\d{1,2})(?:st|nd|rd|th)")
_YEAR = re.compile(r"(?:19|20)\d\d")
#: every word is remembered once; a flood of new words must not fill the memory
_MOST_WORDS = 50_000


@dataclass(frozen=True, slots=True)
class CalendarWords:
    #: weekday, month, days from today or from another day
    values: dict[str, int]
    units: dict[str, str]
    future: frozenset[str]
    future_before: frozenset[str]
    future_endings: tuple[str, ...]
    not_future: frozenset[str]
    saying: frozenset[str]
    #: « chaque vendredi », « vendredi saint »
    no_day_before: frozenset[str]
    no_day_behind: frozenset[str]
    #: a text without any of these (and without "/") names no date
    triggers: frozenset[str]


class WordClasses(dict[str, str]):
    """Word -> letter; numbers are classed on first sight."""

    def __missing__(self, word: str) -> str:
        letter = _class_of_number(word)
        if len(self) < _MOST_WORDS:
            self[word] = letter
        return letter


def _class_of_number(word: str) -> str:
    if word.isdecimal():
        if len(word) <= 2 and 1 <= int(word) <= 31:
            return "D"
        if _YEAR.fullmatch(word):
            return "Y"
        return "n" if len(word) <= 3 else OTHER
    ordinal = _ORDINAL.fullmatch(word)
    if ordinal and 1 <= int(ordinal.group(1)) <= 31:
        return "D"
    return "n" if small_number(word) is not None else OTHER


def day_number(word: str) -> int | None:
    """The day of the month a word of class D stands for."""
    if word.isdecimal():
        return int(word)
    ordinal = _ORDINAL.fullmatch(word)
    return int(ordinal.group(1)) if ordinal else 1


@cache
def load() -> tuple[WordClasses, CalendarWords]:
    data: dict[str, Any] = yaml.safe_load(
        files("bot.detect").joinpath("data/time.yaml").read_text("utf-8")
    )
    classes, values, units = WordClasses(), dict[str, int](), dict[str, str]()
    for name in ("weekday", "month", "doubtful_month", "relative_day", "anaphor"):
        for value, words in data[name].items():
            for word in map(fold, words):
                classes[word], values[word] = LETTERS[name], value
    for unit, words in data["unit"].items():
        for word in map(fold, words):
            classes[word], units[word] = LETTERS["unit"], unit
    for name in ("first_of_month", "night", "part_of_day", "beginning", "middle", "end"):
        for word in map(fold, data[name]):
            classes[word] = LETTERS[name]
    for name, words in data["words"].items():
        for word in map(fold, words):
            classes[word] = LETTERS[name]
    units[next(iter(data["words"]["year_short"]))] = "year"
    for word in map(fold, data["words"]["week"]):
        units[word] = "week"
    triggering = set("WMmRfNPKkosgSLXuypwzZ")
    triggers = {word for word, letter in classes.items() if letter in triggering}
    return classes, CalendarWords(
        values=values,
        units=units,
        future=_flat(data["future"]),
        future_before=_flat(data["future_before"]),
        future_endings=tuple(data["future_endings"]),
        not_future=frozenset(data["not_future"]),
        saying=_flat(data["saying"]),
        no_day_before=frozenset(data["no_day_before"]),
        no_day_behind=frozenset(data["no_day_behind"]),
        triggers=frozenset(triggers | {str(year) for year in range(1900, 2100)}),
    )


def month_words() -> frozenset[str]:
    """Every name of a month, doubtful ones too."""
    return _named("Mm")


def weekday_words() -> frozenset[str]:
    return _named("W")


@cache
def _named(letters: str) -> frozenset[str]:
    classes, calendar = load()
    return frozenset(word for word in calendar.values if classes[word] in letters)


def _flat(groups: list[list[str]]) -> frozenset[str]:
    return frozenset(fold(word) for group in groups for word in group)
