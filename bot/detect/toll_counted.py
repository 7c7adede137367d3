"""What a text counts: numbers with their nouns, persons without a number, and their groups."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from bot.detect.text import Doc
from bot.detect.toll_amounts import ONE, SOME, Amount, Unit
from bot.detect.toll_words import load

GENERIC = "unknown"
#: « membres de la katiba Macina »: so many units behind a general noun tell its group
_QUALIFIERS = 5

# Rules over letters, see toll_words.LETTERS.
#: between a number and the noun it counts: « 12 autres de ses soldats maliens »
_TO_HARM = re.compile(r"[oet]*(?=[hHb])|[oetE]*x[oet]*(?=[hH])")
_TO_HURT = re.compile(r"[xtaA]{0,3}(?:&[Qu]t?p[xaA]{0,2})?[hbi]")
_TO_PERSON = re.compile(r"[oetE]*x{0,3}p+(?:&p+)?")
_TO_NOUN = re.compile(r"[et]*x")
_TO_THING = re.compile(r"[xeto]{0,3}z")
_ARTICLE_PERSON = re.compile(r"(?:Qz+)?x{0,2}p+")


@dataclass(slots=True, eq=False)
class Counted:
    """A number with its noun, or a person without a number, and what befell them."""

    start: int
    end: int
    amount: Amount | None
    #: "p" a person, "x" a noun unknown to us, "h" the harm itself, "" no noun
    noun: str
    group: str = GENERIC
    plural: bool = False
    #: « deux autres »: counted apart from those before
    others: bool = False
    who: str | None = None
    #: unit behind the last that tells of it
    last: int = 0
    subset_of: Counted | None = None
    #: same number: added in the text
    together: int = -1
    update: bool = False

    @property
    def bare(self) -> bool:
        return self.amount is None


@dataclass(slots=True)
class Told:
    """A text while it is read: its units and what was found in them."""

    doc: Doc
    units: list[Unit]
    letters: str
    #: sentence number of each unit
    sentence: list[int]
    counted: list[Counted] = field(default_factory=list)
    #: unit -> what is counted from there
    at: dict[int, Counted] = field(default_factory=dict)
    #: harm words that already have their victims
    used: set[int] = field(default_factory=set)

    def link(self, counted: Counted, harm: int) -> None:
        """`counted` suffered what the word at unit `harm` says; the first link holds."""
        meaning = self.units[harm].meaning
        if counted.who is None and meaning is not None:
            counted.who = meaning.value
            counted.last = max(counted.end, counted.last)
            self.used.add(harm)

    def add(self, start: int, end: int, amount: Amount, who: str) -> Counted:
        made = Counted(start, end, amount, "h", who=who, last=end)
        self.counted.append(made)
        return made


def count_all(told: Told) -> None:
    taken = 0
    for index, letter in enumerate(told.letters):
        if letter not in "Qoupe" or index < taken:
            continue
        made: Counted | None = None
        if letter == "Q":
            made = _numbered(told, index)
        elif letter in "oe" and (end := _some_others(told, index)):
            made = Counted(index, end, SOME, "", others=True)
        elif letter == "u":
            person = _ARTICLE_PERSON.match(told.letters, index + 1)
            if person and not _plural(told.units[person.end() - 1]):
                made = Counted(index, person.end(), ONE, "p")
                made.group = _group(told, index + 1, person.end())
        elif letter == "p":
            end = index + 1
            while told.letters[end] == "p" or _possessive(told, end):
                end += 1
            made = Counted(index, end, None, "p", plural=_plural(told.units[index]))
            made.group = _group(told, index, end)
        if made is not None:
            told.counted.append(made)
            told.at[made.start] = made
            taken = made.end


def _numbered(told: Told, index: int) -> Counted | None:
    letters, amount = told.letters, told.units[index].amount
    others = "o" in letters[index + 1 : index + 3]
    harm = _TO_HARM.match(letters, index + 1)
    if harm is not None and _held_and_hurt(told, harm.end()):
        made = Counted(index, harm.end() + 1, amount, "p", plural=True, others=others)
        made.group = "civilian"
        return made
    if harm is not None and letters[harm.end()] != "b" and not _has_noun(told, index, harm.end()):
        return Counted(index, harm.end(), amount, "h", others=others)
    person = _TO_PERSON.match(letters, index + 1)
    if person is not None:
        made = Counted(index, person.end(), amount, "p", plural=True, others=others)
        made.group = _group(told, index + 1, person.end())
        return made
    if (harm is not None and letters[harm.end()] == "b") or others:
        end = index + 1
        while letters[end] in "oet":
            end += 1
        return Counted(index, end, amount, "", others=others)
    if _TO_THING.match(letters, index + 1) or _is_year(told, index):
        return None
    noun = _TO_NOUN.match(letters, index + 1)
    if noun is not None:
        return Counted(index, noun.end(), amount, "x", plural=True)
    return Counted(index, index + 1, amount, "")


def _held_and_hurt(told: Told, at: int) -> bool:
    """« cinq otages tués »: they had been taken; what is told is that they were killed."""
    meaning = told.units[at].meaning
    return (
        told.letters[at] == "H"
        and meaning is not None
        and meaning.value == "abducted"
        and _TO_HURT.match(told.letters, at + 1) is not None
    )


def _has_noun(told: Told, index: int, harm: int) -> bool:
    """« une Italienne enlevée » counts the Italian; « huit grièvement blessés » the wounded."""
    if told.letters[harm] != "h" or "x" not in told.letters[index + 1 : harm]:
        return False
    between = range(told.units[index].last, told.units[harm].first)
    return not any(told.doc.words[word].endswith(("ment", "ly")) for word in between)


def _is_year(told: Told, index: int) -> bool:
    """« un an après »; elsewhere "an" is the English article."""
    unit = told.units[index + 1]
    return unit.letter == "u" and told.doc.words[unit.first] == "an"


def _possessive(told: Told, at: int) -> bool:
    """ "the chief's wife": the wife is meant."""
    own = told.letters[at : at + 2] == "xp" and told.doc.words[told.units[at].first] == "s"
    word = told.units[at].first
    return own and told.doc.between(word - 1, word) in ("'", "’")


def _some_others(told: Told, index: int) -> int:
    """« d'autres sont portés disparus », "others were injured": some, nobody counted them.

    Gives the unit behind them, 0 where it is something else.
    """
    elided = told.letters[index] == "e"
    other = index + elided
    if told.letters[other : other + 1] != "o":
        return 0
    word = told.doc.words[told.units[other].first]
    return other + 1 if word == ("autres" if elided else "others") else 0


def _hired(told: Told, at: int) -> bool:
    """« 84 combattants de Wagner »: fighters on the army's side, no attackers."""
    words = [told.doc.words[unit.first] for unit in told.units[at : at + 2] if unit.letter != "."]
    return "wagner" in words or "russes" in words


def _plural(unit: Unit) -> bool:
    return unit.meaning is not None and unit.meaning.plural


def _group(told: Told, start: int, end: int) -> str:
    """The noun's own group; that of a general noun by what qualifies it."""
    hints = load().group_after
    general = False
    for at in range(start, min(end + _QUALIFIERS, len(told.units))):
        unit, letter = told.units[at], told.letters[at]
        if at >= end and (not general or letter not in "xteEp"):
            break
        if letter == "p" and unit.meaning is not None:
            if unit.meaning.value == "militant" and _hired(told, at + 1):
                return "foreigner"
            if unit.meaning.value != GENERIC:
                return unit.meaning.value
            general = True
        if letter in "xtp":
            for word in told.doc.words[unit.first : unit.last]:
                if word in hints:
                    return hints[word]
    return GENERIC
