"""One item read: its sentences with the words of the lexicon, places, dates and tolls in them."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, TypeVar

from bot.detect import word_sets
from bot.detect.actors import in_context
from bot.detect.countries import CountryMention
from bot.detect.gazetteer import Gazetteer, Mention
from bot.detect.lexicon import Lexicon, Mark
from bot.detect.one_text import one_text
from bot.detect.place_index import Hit
from bot.detect.report import Item
from bot.detect.text import Span
from bot.detect.time import find_dates
from bot.detect.time_reader import DateMention
from bot.detect.tolls import TollMention, find_tolls

_T = TypeVar("_T")
_M = TypeVar("_M", CountryMention, Mention, DateMention)
_HARD_BREAK = re.compile(r"[;:()\[\]—–«»“”\"?!]|\s-\s")
#: an item is a headline and a lead; what stands after so many sentences is not looked at
_SENTENCES = 120
#: what ends the part of a sentence that an anniversary recalls
_ENDS = re.compile(r"[,:;]")
#: what parts a headline's topic from what it says of it
_TOPIC = re.compile(r"\s*:\s|\s[–—-]\s")
#: « enlevée par des « hommes armés » dans la nuit » is one clause
_QUOTED = re.compile(r"[«“\"]\s?([^«»“”\"]{1,60})\s?[»”\"]")
#: « l’armée (Dirpa) a annoncé » is one too
_ASIDE = re.compile(r"\([^()]*\)")
#: words between the dead and the month they are of
_OLD_REACH = 3
_RECALLING = ("anniversary", "already")
_CAMP = word_sets.words("camp")
#: words that open another clause
_CLAUSE_WORDS = word_sets.words("clause")


def _at_refuge(marks: list[Mark]) -> list[Mark]:
    """« camp de réfugiés … le camp »: where people live, and so is what is called the camp."""
    refuges = [mark for mark in marks if mark.layer == "evidence" and mark.value == "refuge"]
    for mark in marks if refuges else ():
        if mark.value == "refuge" or (mark.value == "position" and mark.text in _CAMP):
            mark.value = "village"
    return marks


@dataclass(eq=False)
class Sentence:
    """One sentence and what stands in it."""

    number: int
    span: Span
    is_title: bool
    #: its folded words
    words: Sequence[str] = ()
    marks: Sequence[Mark] = ()
    _by_layer: dict[str, list[Mark]] = field(init=False)

    def __post_init__(self) -> None:
        self._by_layer = {}
        for mark in self.marks:
            self._by_layer.setdefault(mark.layer, []).append(mark)

    def of(self, layer: str, *others: str) -> list[Mark]:
        if not others:
            return self._by_layer.get(layer, [])
        return [mark for mark in self.marks if mark.layer == layer or mark.layer in others]

    def has(self, layer: str, *values: str) -> bool:
        for mark in self._by_layer.get(layer, ()):  # noqa: SIM110 - asked so often that it counts
            if mark.value in values:
                return True
        return False

    def holds(self, words: Span | Mark) -> bool:
        return self.span.first <= words.first < self.span.last


class Reading:
    """Everything the deciding rules look at; what costs time is found only when asked for."""

    def __init__(self, item: Item, lexicon: Lexicon, gazetteer: Gazetteer) -> None:
        self.item = item
        self.gazetteer = gazetteer
        self.doc, self._title_end = one_text(item)
        self.marks = _at_refuge(in_context(lexicon.scan(self.doc), self.doc))
        self.sentences = self._sentences()
        self._said: dict[tuple[Callable[..., object], int], Any] = {}

    def _sentences(self) -> list[Sentence]:
        firsts = [mark.first for mark in self.marks]
        return [
            Sentence(
                number,
                span,
                span.first < self._title_end,
                self.doc.words[span.first : span.last],
                self.marks[bisect_left(firsts, span.first) : bisect_left(firsts, span.last)],
            )
            for number, span in enumerate(self.doc.sentences[:_SENTENCES])
        ]

    def has(self, *layers: str) -> bool:
        return any(mark.layer in layers for mark in self.marks)

    @cached_property
    def cues(self) -> list[Mark]:
        return [mark for mark in self.marks if mark.layer == "cue"]

    @cached_property
    def _masked(self) -> set[int]:
        return {
            word
            for mark in self.marks
            if mark.layer == "mask" and mark.value in ("river", "niger_state", "name_other")
            for word in range(mark.first, mark.last)
        }

    @cached_property
    def _names(self) -> list[Hit]:
        return self.gazetteer.hits(self.doc)

    @cached_property
    def countries(self) -> list[CountryMention]:
        masked = self._masked
        found = [
            mention
            for mention in self.gazetteer.country_mentions(self.doc, self._names)
            if mention.span.first not in masked
        ]
        for mark in self.marks:
            if mark.layer == "state":
                span = Span(mark.first, mark.last)
                found.append(CountryMention(span, mark.value, str(mark.entry.more["form"])))
            elif (
                mark.layer == "mask"
                and mark.entry.more.get("state")
                and not any(
                    longer.layer == "mask"
                    and longer.first < mark.first
                    and mark.last <= longer.last
                    for longer in self.marks
                )
            ):  # « chef d'État du Niger » is not of the state of Niger
                span = Span(mark.first, mark.last)
                found.append(CountryMention(span, str(mark.entry.more["state"]), "name"))
        if self._is_in_niger_state:
            found = [replace(m, country="NG") if m.country == "NE" else m for m in found]
        found.sort(key=lambda mention: mention.span.first)
        return found

    @cached_property
    def _is_in_niger_state(self) -> bool:
        """ "Niger: gunmen raid Shiroro as Minna shuts schools": Nigeria's state of that name."""
        rows = [place.rows for place in self.places]
        return any(
            all((row.country, row.admin1) == ("NG", "Niger") for row in place) for place in rows
        ) and not any(row.country == "NE" for place in rows for row in place)

    @cached_property
    def places(self) -> list[Mention]:
        taken = set(self._masked)
        for mark in self.marks:
            if mark.layer in ("actor", "body") and mark.value != "SAHEL":  # « Nioro du Sahel »
                taken.update(range(mark.first, mark.last))
        return self.gazetteer.mentions(self.doc, taken, self._names)

    @cached_property
    def tolls(self) -> list[TollMention]:
        return [
            replace(toll, background=True)
            if self.recalls(toll.span.first) or self._is_of_old(toll.span)
            else toll
            for toll in find_tolls(self.doc)
        ]

    def _is_of_old(self, toll: Span) -> bool:
        """ "… where 17 of its men died in July 2016": a month long past right behind the dead."""
        return any(
            date.realis == "background"
            and date.date is not None
            and 0 <= date.span.first - toll.last <= _OLD_REACH
            and self.breaks(toll.last - 1, date.span.first)[:2] == (0, 0)
            for date in self.dates
        )

    @cached_property
    def _recalled(self) -> list[Span]:
        """« … quatre ans après le massacre de 86 habitants »: up to a comma, another day."""
        spans = []
        for cue in self.cues:
            if cue.value in _RECALLING and cue.entry.more["reach"] == "right":
                sentence = next((s for s in self.sentences if s.holds(cue)), None)
                last = sentence.span.last if sentence else cue.last
                ends = (
                    at
                    for at in range(cue.last, last)
                    if _ENDS.search(self.doc.between(at - 1, at))
                )
                spans.append(Span(cue.last, next(ends, last)))
        return spans

    def opens(self, word: int) -> bool:
        """Whether a word begins a sentence, or what follows its topic (« Mali : … »)."""
        return any(sentence.span.first == word for sentence in self.sentences) or bool(
            word > 0 and _TOPIC.search(self.doc.between(word - 1, word))
        )

    def recalls(self, word: int) -> bool:
        """Whether a word stands in what an anniversary recalls."""
        return any(span.first <= word < span.last for span in self._recalled)

    @cached_property
    def dates(self) -> list[DateMention]:
        return find_dates(self.doc, self.item.published, self.item.published_precision)

    @cached_property
    def _countries_by_sentence(self) -> list[list[CountryMention]]:
        return self._by_sentence(self.countries)

    @cached_property
    def _places_by_sentence(self) -> list[list[Mention]]:
        return self._by_sentence(self.places)

    @cached_property
    def _dates_by_sentence(self) -> list[list[DateMention]]:
        return self._by_sentence(self.dates)

    def _by_sentence(self, mentions: Sequence[_M]) -> list[list[_M]]:
        """`mentions`, which stand in the order of the text, cut where the sentences are."""
        found: list[list[_M]] = [[] for _ in self.sentences]
        at = 0
        for mention in mentions:
            while at < len(found) and mention.span.first >= self.sentences[at].span.last:
                at += 1
            if at == len(found):
                break
            found[at].append(mention)
        return found

    def countries_in(self, sentence: Sentence) -> list[CountryMention]:
        return self._countries_by_sentence[sentence.number]

    def places_in(self, sentence: Sentence) -> list[Mention]:
        return self._places_by_sentence[sentence.number]

    def dates_in(self, sentence: Sentence) -> list[DateMention]:
        return self._dates_by_sentence[sentence.number]

    def once(self, rule: Callable[[Reading, Sentence], _T], sentence: Sentence) -> _T:
        """What a rule says of a sentence: found once, asked for by every happening told there."""
        key = (rule, sentence.number)
        if key not in self._said:
            self._said[key] = rule(self, sentence)
        said: _T = self._said[key]
        return said

    def breaks(self, left: int, right: int) -> tuple[int, int, int]:
        """Hard breaks, commas and clause words between two words."""
        if right <= left:
            return 0, 0, 0
        between = self.doc.original[self.doc.ends[left] : self.doc.starts[right]]
        if between == " ":
            return 0, 0, 0
        if "(" in between:
            between = _ASIDE.sub(" ", between)
        if "«" in between or "“" in between or '"' in between:
            between = _QUOTED.sub(r"\1", between)
        words = self.doc.words[left + 1 : right]
        return (
            len(_HARD_BREAK.findall(between)),
            between.count(", ") + between.count(",\n"),
            sum(word in _CLAUSE_WORDS for word in words),
        )


def distance(one: Mark | Span, other: Mark | Span) -> int:
    """Words between two marks; 0 when they touch or overlap."""
    if one.last <= other.first:
        return other.first - one.last
    if other.last <= one.first:
        return one.first - other.last
    return 0
