"""Numbers in running text, in digits or in letters, and how firmly they are meant."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Literal

import yaml

from bot.detect.text import Doc, fold

Firmness = Literal["exact", "about", "many", "few", "decimal"]

_JOINERS = frozenset({"", " ", "-", "\u00a0", "\u202f", "\u2011", "\u2010"})
_THOUSANDS = frozenset({" ", "\u00a0", "\u202f", "\u2009", ".", ",", "'", "’"})
_DECIMAL = frozenset({".", ","})


@dataclass(slots=True)
class Number:
    """A number that ends before word `last`.

    `about` is a round figure (une dizaine), `many` a floor (des dizaines), `few` a floor of two
    nobody counted (plusieurs), `decimal` a measure that can count nobody.
    """

    value: int
    last: int
    firmness: Firmness


class _Words:
    def __init__(self, data: dict[str, Any]) -> None:
        self.small = {
            fold(word): value for value, words in data["small"].items() for word in words
        }
        self.hundred = frozenset(map(fold, data["hundred"]))
        self.thousand = frozenset(map(fold, data["thousand"]))
        self.million = frozenset(map(fold, data["million"]))
        self.percent = frozenset(data["percent"])
        #: first word -> phrases, longest first, each with its value and firmness
        self.phrases: dict[str, list[tuple[list[str], int, Firmness]]] = {}
        kinds: tuple[Firmness, ...] = ("about", "many", "few")
        for kind in kinds:
            for value, phrases in data[kind].items():
                for phrase in phrases:
                    words = fold(phrase).split()
                    self.phrases.setdefault(words[0], []).append((words, value, kind))
        for found in self.phrases.values():
            found.sort(key=lambda entry: -len(entry[0]))
        self.unit = {fold(word): value for value, words in data["unit"].items() for word in words}
        self.multipliers = self.hundred | self.thousand | self.million
        self.starts = frozenset(self.small) | self.multipliers | frozenset(self.phrases)


@cache
def _words() -> _Words:
    text = resources.files("bot.detect").joinpath("data/numbers.yaml").read_text("utf-8")
    return _Words(yaml.safe_load(text))


def number_words() -> frozenset[str]:
    """Every word that can begin a number written in letters."""
    return _words().starts


def small_number(word: str) -> int | None:
    """The value of one word or run of digits below one thousand, for « il y a deux mois »."""
    if word.isdecimal():
        return int(word) if len(word) <= 3 else None
    return _words().small.get(word)


def number_at(doc: Doc, at: int) -> Number | None:
    """The longest number that begins with word `at`.

    Thousands may be parted by a space, a dot, a comma or an apostrophe (DOMAIN 4.5); a dot or
    comma before any other count of digits makes a decimal.
    """
    word = doc.words[at]
    if word.isdecimal():
        return _digits(doc, at)
    table = _words()
    if word in table.phrases:
        for phrase, value, firmness in table.phrases[word]:
            last = at + len(phrase)
            if doc.words[at:last] == phrase:
                counted = doc.words[last] if last < len(doc) else ""
                if firmness == "few" and counted in table.phrases:  # « plusieurs dizaines »
                    return number_at(doc, last)
                return Number(value, last, firmness)
    if word in ("a", "an"):
        return _after_article(doc, at)
    if word not in table.starts:
        return None
    if at and word in table.hundred and doc.words[at - 1] in table.percent:
        return None
    composed = _compose(doc, at)
    if composed is None:
        return None
    value, last = composed
    if value <= 20 and last < len(doc) and doc.between(last - 1, last) in _JOINERS:
        unit = table.unit.get(doc.words[last])
        if unit is not None and value > 1:
            return Number(value * unit, last + 1, "about")
        if value == 1:
            for phrase, about, firmness in table.phrases.get(doc.words[last], ()):
                if firmness == "about" and doc.words[last : last + len(phrase)] == phrase:
                    return Number(about, last + len(phrase), "about")
    return Number(value, last, "exact")


def _after_article(doc: Doc, at: int) -> Number | None:
    """ "a hundred", "a dozen": the English article counts only before a round number."""
    if at + 1 >= len(doc):
        return None
    table = _words()
    following = doc.words[at + 1]
    if following in table.multipliers:
        composed = _compose(doc, at + 1)
        return Number(composed[0], composed[1], "about") if composed else None
    for phrase, value, firmness in table.phrases.get(following, ()):
        if firmness == "about" and doc.words[at + 1 : at + 1 + len(phrase)] == phrase:
            return Number(value, at + 1 + len(phrase), "about")
    return None


def _digits(doc: Doc, at: int) -> Number:
    text, last = doc.words[at], at + 1
    if len(text) > 9:
        return Number(0, last, "decimal")
    table = _words()
    while last < len(doc) and doc.words[last].isdecimal():
        gap, part = doc.between(last - 1, last), doc.words[last]
        groups = len(text) <= 3 or last > at + 1
        if gap in _THOUSANDS and len(part) == 3 and groups and not text.startswith("0"):
            if len(text) > 6:
                break
            text += part
            last += 1
        elif gap in _DECIMAL:
            return Number(0, last + 1, "decimal")
        else:
            break
    value = int(text)
    if last < len(doc) and doc.between(last - 1, last) in _JOINERS:
        if doc.words[last] in table.thousand:
            return Number(value * 1000, last + 1, "exact")
        if doc.words[last] in table.million:
            return Number(value * 1_000_000, last + 1, "exact")
    return Number(value, last, "exact")


def _compose(doc: Doc, at: int) -> tuple[int, int] | None:
    """Number words into a value: « quatre-vingt-dix-neuf », "two hundred and six"."""
    table = _words()
    total, current, last = 0, -1, at
    while last < len(doc):
        if last > at and doc.between(last - 1, last) not in _JOINERS:
            break
        word, step = doc.words[last], 1
        if word in ("et", "and") and last > at and last + 1 < len(doc):
            joiner, word, step = word, doc.words[last + 1], 2
            value = table.small.get(word)
            if doc.between(last, last + 1) not in _JOINERS:
                break
            if not _may_join(current, total, value, english=joiner == "and"):
                break
        arabic = _arabic(doc, last, current, table.small)
        if arabic is not None:
            current, last = arabic
            continue
        value = table.small.get(word)
        if value is not None:
            joined = _join(current, value)
            if joined is None:
                break
            current = joined
        elif word in table.hundred and current < 100:
            current = max(current, 1) * 100
        elif word in table.thousand and total == 0 and current < 1000:
            total, current = max(current, 1) * 1000, -1
        elif word in table.million and current > 0 and total == 0:
            total, current = current * 1_000_000, -1
        elif word == "vingts" and current == 4:
            current = 80
        else:
            break
        last += step
    if last == at:
        return None
    return total + max(current, 0), last


def _arabic(doc: Doc, at: int, current: int, small: dict[str, int]) -> tuple[int, int] | None:
    """« ثلاثة عشر » three ten is 13, « خمسة وعشرون » five and twenty 25, « مئة وعشرة » 110."""
    word = doc.words[at]
    if word in ("عشر", "عشره") and 0 < current % 100 < 10:
        return current + 10, at + 1
    if word != "و" or at + 1 >= len(doc) or current < 1:
        return None
    value = small.get(doc.words[at + 1], 0)
    if (current % 100 < 10 and 20 <= value < 100) if current % 100 else 0 < value < 100:
        return current + value, at + 2
    return None


def _join(current: int, value: int) -> int | None:
    """`current` followed by a word worth `value`, or None where a new number begins."""
    if current < 0:
        return value
    tens, units = current % 100, current % 10
    if value == 20 and current % 100 == 4:  # quatre-vingt
        return current - 4 + 80
    if current >= 100 and tens == 0:
        return current + value if 0 < value < 100 else None
    if tens >= 20 and units == 0 and 0 < value < 10:
        return current + value
    if tens in (60, 80) and 10 <= value < 20:  # soixante-dix, quatre-vingt-onze
        return current + value
    if tens in (10, 70, 90) and units == 0 and 7 <= value <= 9:  # dix-sept, quatre-vingt-dix-sept
        return current + value
    return None


def _may_join(current: int, total: int, value: int | None, *, english: bool) -> bool:
    """Whether "et"/"and" belongs to one number: « vingt et un », "two hundred and six"."""
    if value is None or current < 0:
        return False
    if english:
        return (current >= 100 and current % 100 == 0 and 0 < value < 100) or (
            total >= 1000 and current < 0
        )
    tens = current % 100
    return (value == 1 and tens in (20, 30, 40, 50, 60, 70)) or (value == 11 and tens == 60)
