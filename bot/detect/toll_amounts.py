"""How many: numbers with the words that bound them, as least and most (DOMAIN 4.5)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from bot.detect.numbers import Number
from bot.detect.text import Doc


class Amount(NamedTuple):
    min: int | None
    max: int | None
    #: one of TOLL_STATUS
    status: str
    #: the figure as said, before bounds
    said: int | None = None


@dataclass(frozen=True, slots=True)
class Meaning:
    """What an entry of data/tolls.yaml stands for."""

    letter: str
    #: who is counted (killed …) for harm words, the group for persons, the bound for amounts
    value: str = ""
    plural: bool = False


@dataclass(slots=True)
class Unit:
    """Words `first`..`last` that count as one for the rules."""

    letter: str
    first: int
    last: int
    meaning: Meaning | None = None
    amount: Amount | None = None


ONE = Amount(1, 1, "exact", 1)
TWO = Amount(2, 2, "exact", 2)
SOME = Amount(1, None, "unknown_positive")
NOBODY = Amount(0, 0, "none", 0)


def plain_amount(number: Number) -> Amount:
    """A dozen is a fifth less to a quarter more; dozens are twenty at least."""
    value = number.value
    if number.firmness == "about":
        return Amount(value - round(value / 5), int(value + value / 4 + 0.5), "vague", value)
    if number.firmness in ("many", "few"):
        return Amount(value, None, "vague", value)
    return Amount(value, value, "exact", value)


def bounded(amount: Amount, bound: str) -> Amount:
    """A number under a bound of data/tolls.yaml; a round figure stays vague."""
    said = amount.said or 0
    if amount.status != "exact":
        if bound in ("at_least", "more_than"):
            return Amount(said, None, "vague", said)
        if bound in ("at_most", "nearly"):
            return Amount(amount.min, said, "vague", said)
        return amount
    if bound == "at_least":
        return Amount(said, None, "at_least", said)
    if bound == "more_than":
        return Amount(said + 1, None, "at_least", said)
    if bound == "at_most":
        return Amount(None, said, "at_most", said)
    low = int(said * 0.9 + 0.5)
    return Amount(low, said if bound == "nearly" else int(said * 1.1 + 0.5), "range", said)


def join_amounts(doc: Doc, units: Sequence[Unit]) -> list[Unit]:
    """Every number (q) becomes an amount (Q) that takes in its bounds, range and repetition."""
    found: list[Unit] = []
    at, end = 0, len(units)
    while at < end:
        unit = units[at]
        letter = unit.letter
        if letter == "~":
            read = _bounded(doc, units, at)
            if read is None:
                found.append(replace(unit, letter="+"))
                at += 1
            else:
                found.append(read[0])
                at = read[1]
        elif letter == "q":
            unit, at = _ranged(doc, units, at, found)
            if _is_repeated(unit, found):
                found.pop()
                closed = at < end and units[at].letter == ","
                at += closed and "," not in doc.between(unit.last - 1, unit.last)
                continue
            found.append(_once(doc, unit, found))
            if found[-1].first < unit.first and at < end and units[at].letter == ",":
                at += 1  # the closing bracket of « onze (11) »
        else:
            found.append(unit)
            at += 1
    return found


def _once(doc: Doc, unit: Unit, found: list[Unit]) -> Unit:
    """« onze (11) soldats »: the number said twice."""
    if len(found) < 2 or found[-1].letter != "(" or found[-2].amount != unit.amount:
        return unit
    if "(" not in doc.between(unit.first - 1, unit.first):
        return unit
    found.pop()
    said = found.pop()
    return replace(unit, first=said.first)


def _is_repeated(unit: Unit, found: list[Unit]) -> bool:
    """« cinq civils (5) »: the number again, behind its noun."""
    return (
        len(found) > 2
        and found[-1].letter == "("
        and found[-2].letter in "px"
        and found[-3].amount is not None
        and found[-3].amount == unit.amount
    )


def _bounded(doc: Doc, units: Sequence[Unit], at: int) -> tuple[Unit, int] | None:
    """« au moins 12 », « environ une trentaine »; None where no number follows."""
    bound = units[at].meaning
    start = at + 1
    while start < len(units) and units[start].letter in "~t":
        start += 1
    if start >= len(units) or units[start].letter != "q" or bound is None:
        return None
    unit, end = _ranged(doc, units, start, [])
    if unit.amount is None or unit.amount.status in ("range", "unknown_positive"):
        return replace(unit, first=units[at].first), end
    amount = bounded(unit.amount, bound.value)
    return Unit("Q", units[at].first, unit.last, None, amount), end


def _ranged(doc: Doc, units: Sequence[Unit], at: int, before: list[Unit]) -> tuple[Unit, int]:
    """« entre six et dix », "10-15", « deux ou trois »; « passe de 25 à 31 » is 31."""
    unit = replace(units[at], letter="Q")
    low = unit.amount
    if low is None or low.min is None:
        return unit, at + 1
    if at + 1 < len(units) and units[at + 1].letter == "q":
        high = units[at + 1].amount
        dash = doc.between(unit.last - 1, units[at + 1].first).strip() in ("-", "–")
        if dash and high is not None and high.max is not None and low.min < high.max:
            amount = Amount(low.min, high.max, "range", low.min)
            return replace(unit, last=units[at + 1].last, amount=amount), at + 2
        return unit, at + 1
    if at + 2 >= len(units) or units[at + 2].letter != "q":
        return unit, at + 1
    middle, other = units[at + 1], units[at + 2]
    high = other.amount
    if middle.last == middle.first or high is None or high.max is None or low.min >= high.max:
        return unit, at + 1
    word = doc.words[middle.first]
    opener = before[-1] if before else None
    opened = doc.words[opener.last - 1] if opener is not None and opener.last else ""
    from_to = word == "to" or (word == "a" and middle.letter == "P")
    if from_to and any(u.letter == "R" for u in before[-2:]):
        return replace(other, letter="Q", first=unit.first), at + 3
    if (
        (word in ("et", "and") and opened in ("entre", "between"))
        or (from_to and (word == "to" or opened in ("de", "d") or high.max <= 2 * low.min))
        or word in ("ou", "or")
    ):
        if opener is not None and opened in ("entre", "between", "de", "d", "from"):
            before.pop()
            unit = replace(unit, first=opener.first)
        amount = Amount(low.min, high.max, "range", low.min)
        return replace(unit, last=other.last, amount=amount), at + 3
    return unit, at + 1
