"""Words of human losses as classes: a text becomes units, one letter each, that rules can read."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from bot.detect import word_sets
from bot.detect.forms import expand
from bot.detect.numbers import Number, number_at, number_words
from bot.detect.text import Doc, Span
from bot.detect.time_words import month_words, weekday_words
from bot.detect.toll_amounts import SOME, Meaning, Unit, join_amounts, plain_amount

#: class of data/tolls.yaml -> its letter. Further letters: Q an amount, u the English article
#: (or the French auxiliary « a »), x any other word, + a bound with no number behind it,
#: "(" an opening bracket, ":" a colon, "," any other pause, "." a sentence's end.
LETTERS = {
    "persons": "p", "verbs": "b", "active": "v", "active_of_persons": "V", "participles": "h",
    "intransitive": "i", "nouns": "H", "nouns_of": "d", "losses": "L", "being": "a",
    "having": "A", "of": "e", "of_plural": "E", "article": "t", "in": "P", "and": "&",
    "others": "o", "subset": "D", "among": "m", "no": "n", "toll": "B", "rise": "R",
    "freed": "F", "things": "z", "unnumbered": "q", "before_number": "~", "after_number": "~",
}  # fmt: skip
_HARM = ("verbs", "active", "active_of_persons", "participles", "intransitive", "nouns",
         "nouns_of", "losses")  # fmt: skip
_PLAIN = ("being", "having", "of", "of_plural", "article", "in", "and", "others", "subset",
          "among", "no", "toll", "rise", "freed", "things", "unnumbered",
          "after_number", "before_number")  # fmt: skip

_PLURAL = word_sets.parts("plural_endings")
_YEAR = re.compile(r"(?:19|20)\d\d")
_PAUSE = re.compile(r"[,;:()\[\]–—/]|\s-\s")
_MONEY = ("$", "€", "£", "₦")
#: what may stand between « base » and its number
_NAME_GAPS = (" ", "-", "°", "° ", "'")


@dataclass(frozen=True, slots=True)
class TollWords:
    #: what a word means alone
    single: dict[str, Meaning]
    #: first and second word -> phrases that begin so, longest first
    phrases: dict[str, dict[str, list[tuple[list[str], Meaning]]]]
    #: words that are not read by what they mean alone, as they may begin something longer
    openers: frozenset[str]
    #: a sentence with none of these tells of nobody's loss
    triggers: frozenset[str]
    group_after: dict[str, str]
    displaced: frozenset[str]
    pairs: frozenset[str]
    names_with_number: frozenset[str]
    numbers: frozenset[str]
    counting: frozenset[str]
    cumulative: re.Pattern[str]
    superlative: re.Pattern[str]
    recalled: re.Pattern[str]
    provisional: re.Pattern[str]
    updated: re.Pattern[str]
    pluperfect: re.Pattern[str]

    def letter_of(self, word: str) -> str:
        """The class of a word alone; "x" where it has none."""
        meaning = self.single.get(word)
        return "x" if meaning is None else meaning.letter


@cache
def load() -> TollWords:
    """The data file; raises ValueError where a list holds something else than text."""
    data: dict[str, Any] = yaml.safe_load(
        files("bot.detect").joinpath("data/tolls.yaml").read_text("utf-8")
    )
    entries: dict[str, Meaning] = {}
    triggers: set[str] = set()
    for name in (*_PLAIN, "persons", *_HARM):
        groups = data[name] if isinstance(data[name], dict) else {"": data[name]}
        for value, patterns in groups.items():
            for form in _forms(patterns):
                entries[form] = Meaning(LETTERS[name], value, form.endswith(_PLURAL))
                if name in _HARM or name == "toll":
                    triggers.add(max(form.split(), key=len))
    phrases: dict[str, dict[str, list[tuple[list[str], Meaning]]]] = {}
    for form in sorted(entries, key=lambda form: -form.count(" ")):
        words = form.split()
        if len(words) > 1:
            begun = phrases.setdefault(words[0], {})
            begun.setdefault(words[1], []).append((words, entries[form]))
    single = {form: meaning for form, meaning in entries.items() if " " not in form}
    numbers = (number_words() | {"a", "an"}) - single.keys()
    displaced = frozenset(_forms(data["displaced_persons"]))
    return TollWords(
        single=single,
        phrases=phrases,
        openers=frozenset(phrases) | numbers | {"a", "personne"},
        triggers=frozenset(triggers | displaced),
        group_after={
            form: group
            for group, patterns in data["group_after"].items()
            for form in _forms(patterns)
        },
        displaced=displaced,
        pairs=frozenset(_forms(data["pairs"])),
        names_with_number=frozenset(_forms(data["names_with_number"])),
        numbers=numbers,
        counting=frozenset(_forms(data["counting"])),
        cumulative=_pattern("|".join(f"(?:{line})" for line in data["cumulative"])),
        superlative=_pattern(data["superlative"]),
        recalled=_pattern(data["recalled"]),
        provisional=_pattern(data["provisional"]),
        updated=_pattern(data["updated"]),
        pluperfect=_pattern(data["pluperfect"]),
    )


def _forms(patterns: list[object]) -> list[str]:
    forms: list[str] = []
    for pattern in patterns:
        if not isinstance(pattern, str):
            raise ValueError(f"data/tolls.yaml: {pattern!r} is not text; put it in quotes")
        forms += expand(pattern)
    return forms


def _pattern(text: str) -> re.Pattern[str]:
    """`text` as whole words of a padded sentence; a match begins with the space before them.

    Its groups are made to remember nothing, and the regex engine leaps from space to space: that
    makes it three times as fast.
    """
    forgetful = re.sub(r"(?<!\\)\((?!\?)", "(?:", text)
    return re.compile(rf" (?:{forgetful})\b")


def units_of(doc: Doc) -> list[Unit]:
    """The sentences that may tell of a loss, as units, numbers read with their bounds."""
    table = load()
    units: list[Unit] = []
    for sentence in doc.sentences:
        if not table.triggers.isdisjoint(doc.words[sentence.first : sentence.last]):
            units += _units_of_sentence(doc, sentence, table)
            units.append(Unit(".", sentence.last, sentence.last))
    return join_amounts(doc, units)


def _units_of_sentence(doc: Doc, sentence: Span, table: TollWords) -> list[Unit]:
    units: list[Unit] = []
    words, starts, ends, original = doc.words, doc.starts, doc.ends, doc.original
    single, openers = table.single, table.openers
    at, end = sentence.first, sentence.last
    while at < end:
        word = words[at]
        meaning = single.get(word)
        if word in openers or (meaning is None and word.isdecimal()):
            counted = bool(units) and units[-1].letter == "q"
            unit = _unit_at(doc, at, end, table, counted=counted)
            units.append(unit)
            at = unit.last
        elif meaning is not None:
            units.append(_made(meaning, at, at + 1))
            at += 1
        else:
            units.append(Unit("x", at, at + 1))
            at += 1
        if at < end:
            gap = original[ends[at - 1] : starts[at]]
            if gap != " " and _PAUSE.search(gap):
                mark = "(" if "(" in gap else ":" if ":" in gap else ","
                units.append(Unit(mark, at, at))
    return units


def _made(meaning: Meaning, first: int, last: int) -> Unit:
    return Unit(meaning.letter, first, last, meaning, SOME if meaning.letter == "q" else None)


def _unit_at(doc: Doc, at: int, end: int, table: TollWords, *, counted: bool) -> Unit:
    words = doc.words
    word = words[at]
    second = words[at + 1] if at + 1 < end else ""
    for phrase, meaning in table.phrases.get(word, {}).get(second, ()):
        last = at + len(phrase)
        if last <= end and words[at:last] == phrase:
            if counted and meaning.letter == "L":
                continue  # « 12 morts et des blessés »: a figure says how many
            return _made(meaning, at, last)
    if word == "personne" and second in ("n", "ne"):
        return Unit("n", at, at + 1)  # « personne n'a été tué »
    alone = table.single.get(word)
    if alone is not None:
        return _made(alone, at, at + 1)
    if word in table.numbers or word.isdecimal():
        number = number_at(doc, at)
        if number is not None and number.last <= end:
            if _counts_nobody(doc, at, number, table):
                return Unit("z" if number.firmness == "decimal" else "x", at, number.last)
            return Unit("q", at, number.last, None, plain_amount(number))
    if word == "a":
        return Unit("P" if doc.original[doc.starts[at]] in "àÀ" else "u", at, at + 1)
    return Unit("u" if word == "an" else "x", at, at + 1)


def _counts_nobody(doc: Doc, at: int, number: Number, table: TollWords) -> bool:
    """« base 101 », « 12 septembre », « 50 % », « 2023 », "UN" are something else."""
    last = number.last
    if number.firmness == "decimal":
        return True
    before = doc.words[at - 1] if at else ""
    after = doc.words[last] if last < len(doc) else ""
    if after in month_words() and number.value <= 31 and doc.between(last - 1, last) == " ":
        return True
    if not doc.words[at].isdecimal():
        return _is_united_nations(doc, at, last)
    gap = doc.between(at - 1, at) if at else ""
    if gap in _NAME_GAPS and before in table.names_with_number:
        return True
    tail = doc.original[doc.ends[last - 1] : doc.ends[last - 1] + 2].strip()
    if tail.startswith(("%", *_MONEY)) or gap.endswith(_MONEY):
        return True
    if (gap in ("/", ":") and before.isdecimal()) or (tail[:1] in "/:" and after.isdecimal()):
        return bool(tail) or gap in ("/", ":")
    counted = table.letter_of(after) in "ph"
    dated = at >= 2 and doc.words[at - 2][0].isdigit()  # « le 3 mars 20 soldats »
    if before in month_words() and number.value <= 31 and not (counted and dated):
        return gap.strip(". ") == ""
    if before in weekday_words() and gap == " " and number.value <= 31 and not counted:
        return True
    return last == at + 1 and _YEAR.fullmatch(doc.words[at]) is not None and not counted


def _is_united_nations(doc: Doc, at: int, last: int) -> bool:
    """ "UN peacekeepers" outside a text in capitals."""
    if doc.original[doc.starts[at] : doc.ends[at]] != "UN" or last >= len(doc):
        return False
    return not doc.original[doc.starts[last] : doc.ends[last]].isupper()
