"""The words around a place name: whether it is a place, and how near the happening was to it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import yaml

from bot.detect import word_sets
from bot.detect.data_error import DataError
from bot.detect.text import Doc, fold

#: what a mention's cue can be, see data/place_words.yaml
CUES = (
    "town", "at", "in", "within", "region", "unit", "commune", "near", "axis", "between", "from",
    "to", "village",
)  # fmt: skip
_AFTER = ("region", "unit", "axis")
#: lists that follow the name in apposition: "Bamba, cercle de Bourem", "Gao, village de Torodi"
_APPOSED = {"described": "at", "village": "village"}
_WORD_LISTS = (
    "given_names",
    "titles",
    "first_names",
    "surnamed",
    "not_surnames",
    "not_places",
    "kind_after",
)
_LONGEST = 5
_OF = word_sets.words("of")
_ARTICLES = word_sets.words("articles")
#: these say more than the "village of" that may stand between them and the name
_STRONGER = frozenset({"near", "axis", "between", "from", "to"})
_STOPS = frozenset(".!?;:\n…")


class PlaceWordsError(DataError, ValueError):
    """The word lists are broken; the message names the file and the list."""


@dataclass(frozen=True, slots=True)
class PlaceWords:
    before: dict[tuple[str, ...], str]
    after: dict[tuple[str, ...], str]
    apposed: dict[tuple[str, ...], str]
    given_names: frozenset[str]
    titles: frozenset[str]
    first_names: frozenset[str]
    surnamed: frozenset[str]
    not_surnames: frozenset[str]
    not_places: tuple[str, ...]
    #: words in capitals behind a name that make it no other name
    kind_after: frozenset[str]
    #: the last words of `before`: behind any other no phrase can stand
    closing: frozenset[str]

    @classmethod
    def read(cls, path: Path) -> PlaceWords:
        """Raises PlaceWordsError."""
        try:
            lists = yaml.safe_load(path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
            raise PlaceWordsError(f"{path.name}: cannot be read: {error}") from error
        wanted = {*CUES, *(f"{cue}_after" for cue in _AFTER), *_APPOSED, *_WORD_LISTS}
        if not isinstance(lists, dict) or set(lists) != wanted:
            raise PlaceWordsError(f"{path.name}: expected the lists {', '.join(sorted(wanted))}")
        for name, words in lists.items():
            if not isinstance(words, list) or not all(isinstance(w, str) for w in words):
                raise PlaceWordsError(f"{path.name}: {name} must be a list of words")
        before = {
            tuple(_plain_of(fold(phrase).split())): cue
            for cue in CUES
            if cue not in _APPOSED
            for phrase in lists[cue]
        }
        after = {
            tuple(fold(phrase).split()): cue for cue in _AFTER for phrase in lists[f"{cue}_after"]
        }
        apposed = {
            tuple(fold(phrase).split()): cue
            for name, cue in _APPOSED.items()
            for phrase in lists[name]
        }
        return cls(
            before,
            after,
            apposed,
            _folded(lists["given_names"]),
            _folded(lists["titles"]),
            _folded(lists["first_names"]),
            _folded(lists["surnamed"]),
            _folded(lists["not_surnames"]),
            tuple(lists["not_places"]),
            _folded(lists["kind_after"]),
            frozenset(phrase[-1] for phrase in before if phrase),
        )

    def cue(self, doc: Doc, first: int, last: int) -> str | None:
        """The cue of the words `first` to `last`; a kind named right after them wins."""
        gap = doc.between(last - 1, last) if last < len(doc.words) else ""
        if gap == " " and (after := _longest(self.after, doc.words[last : last + 2])):
            return after
        return self._cue_before(doc, first) or (
            _longest(self.apposed, doc.words[last : last + 3]) if gap in (", ", " (") else None
        )

    def _cue_before(self, doc: Doc, first: int) -> str | None:
        words = self._words_before(doc, first)
        if not words or words[-1] not in self.closing:
            return None
        for size in range(min(_LONGEST, len(words)), 0, -1):
            cue = self.before.get(tuple(words[-size:]))
            if cue in _STRONGER:
                return cue
            if cue == "in" and doc.words[first - 1] == "the":
                cue = "within"
            if cue is not None:
                stronger = self._stronger(words[:-size])
                # « dans le nord de la région de Tillabéri » is in that region
                return cue if cue == "region" and stronger == "near" else stronger or cue
        return None

    def _stronger(self, words: list[str]) -> str | None:
        while words and words[-1] in _ARTICLES:
            words = words[:-1]
        if not words or words[-1] not in self.closing:
            return None
        for size in range(min(_LONGEST, len(words)), 0, -1):
            cue = self.before.get(tuple(words[-size:]))
            if cue in _STRONGER:
                return cue
        return None

    @staticmethod
    def _words_before(doc: Doc, first: int) -> list[str]:
        start = first
        while start > 0 and first - start < 9:
            gap = doc.between(start - 1, start)
            if gap != " " and not _STOPS.isdisjoint(gap):
                break
            start -= 1
        return _plain_of(doc.words[start:first])


def _plain_of(words: Iterable[str]) -> list[str]:
    """One "de" for every French and English "of", with the article after it gone."""
    plain: list[str] = []
    for word in words:
        if word == "the" or (word in _ARTICLES and plain and plain[-1] == "de"):
            continue
        plain.append("de" if word in _OF else word)
    return plain


def _folded(words: Iterable[str]) -> frozenset[str]:
    return frozenset(fold(word) for word in words)


def _longest(phrases: dict[tuple[str, ...], str], words: list[str]) -> str | None:
    for size in range(len(words), 0, -1):
        if cue := phrases.get(tuple(words[:size])):
            return cue
    return None
