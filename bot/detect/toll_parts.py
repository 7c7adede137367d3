"""How figures hang together: updates, parts of a whole, sides, nobody, and other events' tolls."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise

from bot.detect import word_sets
from bot.detect.text import Span
from bot.detect.time_words import weekday_words
from bot.detect.toll_amounts import NOBODY, ONE, SOME, TWO
from bot.detect.toll_counted import GENERIC, Counted, Told
from bot.detect.toll_links import next_in_list
from bot.detect.toll_words import TollWords, load

_TO_AMONG = re.compile(r"[xteE,]{0,2}m[xteE]{0,2}[px]")
_TO_PART = re.compile(r"[txeEP]{0,3}(?=[Qpu])")
_FREED_BEHIND = re.compile(r"[xtAuaeP+]{0,6}F")
_FREED_BEFORE = re.compile(r"F[xteEoPa]{0,3}$")
_NOBODY = re.compile(r"n[xteEoAu]{0,3}(?:[hHb]|Q?p?x?[xAau]{0,4}[hbi])")
#: « l'armée en reconnaît douze »: verbs of whoever gives another figure
_COUNTS = word_sets.parts("counts")
#: « …, killing at least 200, »: the recall goes on behind its comma
_WENT_ON = word_sets.words("went_on")
#: units of time so long that what is recalled is another event
_LONG = word_sets.parts("long_ago")
#: « X soldats et Y civils » told with verbs of their own are still one sum
_ADDED = re.compile(r"[xteEuP]{0,4},?&[xtu]{0,2}|[xteP]{0,4},[xt]{0,2}")


def relate(told: Told) -> None:
    """Everything that one figure says of another; needs the links already made."""
    _losses(told)
    _updates(told)
    _subsets(told)
    _among(told)
    _rivals(told)
    _sums(told)
    _displaced(told)
    _twice(told)
    told.counted = [c for c in told.counted if not _is_freed(told, c)]
    _nobody(told)


def _updates(told: Told) -> None:
    """« le bilan passe à 89 », "the death toll ... at 23": the figure may stand alone."""
    letters, counting = told.letters, load().counting
    for index, letter in enumerate(letters):
        if letter != "B":
            continue
        end = letters.index(".", index)
        rise = letters.find("R", index, end)
        of_dead = set(letters[index:end]) & set("hHb")
        generic = told.doc.words[told.units[index].first] in counting
        for at in range(index + 1, end):
            found = told.at.get(at)
            if found is None or found.bare:
                continue
            near = set(letters[max(index, at - 3) : at]) & set("RPBe:")
            alone = found.noun == "" or (found.noun == "p" and rise >= 0)
            if found.who is None and near and alone and (of_dead or not generic):
                found.who, found.last = _tolled(told, index, at), found.end
            if found.who == "killed" and 0 <= rise < at:
                found.update = True
                break


def _tolled(told: Told, first: int, end: int) -> str:
    """ "the number of injured at 20": what the toll is of; of the dead where it does not say."""
    values = [
        meaning.value for meaning in (unit.meaning for unit in told.units[first:end]) if meaning
    ]
    return "wounded" if "wounded" in values and "killed" not in values else "killed"


def _subsets(told: Told) -> None:
    """« 12 morts, dont trois soldats et un civil »: parts, never added."""
    for index, letter in enumerate(told.letters):
        if letter not in "D(:":
            continue
        whole = next((c for c in reversed(told.counted) if _may_be_whole(told, c, index)), None)
        gap = _TO_PART.match(told.letters, index + 1)
        part = told.at.get(gap.end()) if gap else None
        if part is None and told.letters[index + 1] == "e":
            part = told.at.get(index + 2)
        if whole is None or (letter in "(:" and index - whole.last > 2):
            continue
        while part is not None and part is not whole and part.noun in ("p", "x", "h"):
            if part.who not in (None, whole.who) or (letter in "(:" and part.noun != "p"):
                break
            if part.noun == "x" and part.who is None and (letter != "D" or part.amount == ONE):
                break  # « dont une majorité de civils »
            part.who, part.subset_of, part.together = whole.who, whole, -1
            part.last = max(part.last, part.end)
            part = next_in_list(told, part)


def _may_be_whole(told: Told, counted: Counted, index: int) -> bool:
    return (
        counted.who is not None
        and counted.start < index
        and counted.end <= index
        and counted.subset_of is None
        and not counted.bare
        and told.sentence[counted.start] == told.sentence[index]
    )


def _among(told: Told) -> None:
    """« 89 soldats tués et 77 parmi les assaillants », « trois morts côté armée »."""
    hints = load().group_after
    for counted in told.counted:
        if counted.bare or (counted.who is None and counted.noun != ""):
            continue
        among = _TO_AMONG.match(told.letters, max(counted.end, counted.last))
        if among is None:
            continue
        if counted.who is None:
            before = [
                c
                for c in told.counted
                if c.who and c.end <= counted.start and c.subset_of is None
                and told.sentence[c.start] == told.sentence[counted.start]
            ]  # fmt: skip
            if not before:
                continue
            nearest = max(before, key=lambda c: c.start)
            counted.who, counted.last = nearest.who, among.end()
        if counted.group == GENERIC:
            unit = told.units[among.end() - 1]
            meaning = unit.meaning
            word = told.doc.words[unit.first]
            counted.group = meaning.value if meaning else hints.get(word, GENERIC)


def _rivals(told: Told) -> None:
    """« 28 soldats tués selon l'armée, plus de 30 selon le Jnim »: a bare figure of one more."""
    words = told.doc.words
    for left, right in pairwise(c for c in told.counted if not c.bare):
        if right.who is not None or right.noun != "" or left.who is None or left.noun == "":
            continue
        if told.sentence[left.start] != told.sentence[right.start]:
            continue
        behind = told.units[right.end].first
        before = words[max(0, told.units[right.start].first - 3) : told.units[right.start].first]
        said_before = "selon" in words[told.units[left.end].first : told.units[right.start].first]
        claimed = any(word.startswith(_COUNTS) for word in before) and "en" in before
        rival = words[behind : behind + 1] == ["selon"] and said_before
        if claimed or rival or words[behind : behind + 1] in (["revendiques"], ["revendiquees"]):
            right.who, right.group, right.last = left.who, left.group, right.end


def _sums(told: Told) -> None:
    """Figures of one sentence for different groups, or « autres », are added."""
    mains = sorted(
        (c for c in told.counted if c.who and c.subset_of is None and not c.bare),
        key=lambda c: c.start,
    )
    for left, right in pairwise(mains):
        if told.sentence[left.start] != told.sentence[right.start]:
            continue
        if right.others and right.group == GENERIC and right.noun in ("", "h"):
            right.group = left.group
        if left.group == "militant" and right.noun == "h" and right.who == "captured":
            right.group = left.group
        if left.who != right.who or (left.together >= 0 and left.together == right.together):
            continue
        between = told.letters[left.last : right.start]
        different = left.group != right.group and GENERIC not in (left.group, right.group)
        unsaid = left.amount is SOME and "&" in between and "." not in between
        if right.others or unsaid or (different and _ADDED.fullmatch(between)):
            key = left.together if left.together >= 0 else len(told.units) + left.start
            left.together = right.together = key


def _displaced(told: Told) -> None:
    """« 300 000 déplacés »: the word for the person says what befell them."""
    displaced = load().displaced
    for counted in told.counted:
        if counted.who is None and counted.noun == "p" and not counted.bare:
            unit = told.units[counted.end - 1]
            if told.doc.words[unit.first] in displaced:
                counted.who, counted.last = "displaced", counted.end


def _twice(told: Told) -> None:
    """« tuées ou blessées »: at most so many of each; « enlevés et tués »: so many of both."""
    for counted in list(told.counted):
        after = max(counted.end, counted.last)
        harm = after + 1
        if not counted.who or counted.amount is None or told.letters[after] != "&":
            continue
        meaning = told.units[harm].meaning
        if told.letters[harm] not in "hb" or meaning is None or harm in told.used:
            continue
        either = told.doc.words[told.units[after].first] in ("ou", "or")
        if either and counted.amount.max:
            counted.amount = counted.amount._replace(min=None, status="at_most")
        elif not either and counted.who in ("abducted", "captured") and meaning.value == "killed":
            told.counted.append(replace(counted, who="killed", last=harm + 1, together=-1))


def _losses(told: Told) -> None:
    """« de lourdes pertes », « une attaque meurtrière »: some, nobody says how many."""
    for index, letter in enumerate(told.letters):
        if letter != "L":
            continue
        meaning = told.units[index].meaning
        if meaning is not None and told.letters[index - 1 : index] != "n":
            two = told.doc.words[told.units[index].first] in load().pairs  # « قتيلان »
            told.add(index, index + 1, TWO if two else SOME, meaning.value)


def _is_freed(told: Told, counted: Counted) -> bool:
    """Hostages set free are no new loss."""
    if counted.who != "abducted":
        return False
    before = told.letters[max(0, counted.start - 4) : counted.start]
    behind = max(counted.last, counted.end)
    return bool(_FREED_BEFORE.search(before) or _FREED_BEHIND.match(told.letters, behind))


def _nobody(told: Told) -> None:
    """« sans faire de victime », "no casualties", « aucun soldat n'a été tué »."""
    for match in _NOBODY.finditer(told.letters):
        meaning = told.units[match.end() - 1].meaning
        if meaning is None:
            continue
        told.counted = [
            c for c in told.counted if not (c.who and match.start() <= c.start < match.end())
        ]
        told.add(match.start(), match.end(), NOBODY, meaning.value)
        nobody = told.doc.words[told.units[match.start()].first] in ("nobody", "no", "personne")
        one = meaning.value == "wounded" and nobody
        if one and not any(c.who == "killed" for c in told.counted):
            told.add(match.start(), match.end(), NOBODY, "killed")  # "no one was hurt"


class Sentences:
    """What a sentence says of all its figures: sums over years, recalls, provisional, updated."""

    def __init__(self, told: Told) -> None:
        self.told, self.words = told, load()
        self._read: dict[int, tuple[bool, bool, bool, bool, int]] = {}

    def of(self, counted: Counted) -> tuple[bool, bool, bool, bool]:
        """background, provisional, update, older (« avait fait 12 morts »)."""
        number = self.told.sentence[counted.start]
        if number not in self._read:
            self._read[number] = _say(self.told, number, self.words)
        background, provisional, update, older, until = self._read[number]
        return background or counted.start < until, provisional, update, older


def _is_aside(told: Told, first: int, end: int, behind: int) -> bool:
    """« tués mercredi dans une zone …, en proie depuis des années »: a day before the comma tells
    when they were; `behind` is the word of the sentence where the sum over years begins."""
    begin = told.units[first].first
    comma = told.letters.rfind(",", first, end)
    while comma >= 0 and told.units[comma].first > begin + behind:
        comma = told.letters.rfind(",", first, comma)
    if comma < 0:
        return False
    return not weekday_words().isdisjoint(told.doc.words[begin : told.units[comma].first])


def _say(told: Told, number: int, words: TollWords) -> tuple[bool, bool, bool, bool, int]:
    first = told.sentence.index(number)
    end = told.letters.index(".", first)
    span = Span(told.units[first].first, told.units[end].first)
    said = f" {' '.join(told.doc.words[span.first : span.last])} "
    cumulative = words.cumulative.search(said)
    background = cumulative is not None and not words.superlative.search(said)
    if background and cumulative is not None:
        background = not _is_aside(told, first, end, len(said[: cumulative.start()].split()))
    recall = words.recalled.search(said)
    until = 0
    if recall and len(said[: recall.start()].split()) <= 3:
        comma = told.letters.find(",", first, end)
        while comma >= 0 and told.doc.words[told.units[comma].first] in _WENT_ON:
            comma = told.letters.find(",", comma + 1, end)
        long_ago = recall.group().lstrip().startswith(_LONG)
        until = comma if comma >= 0 else end if long_ago else 0
    return (
        background,
        words.provisional.search(said) is not None,
        words.updated.search(said) is not None,
        words.pluperfect.search(said) is not None,
        until,
    )
