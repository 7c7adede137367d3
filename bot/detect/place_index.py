"""Finding names in a text: every spelling of every place and country, longest match first."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from bot.detect import word_sets
from bot.detect.countries import Country
from bot.detect.place_words import PlaceWords
from bot.detect.places import SETTLED, PlaceRow, spellings
from bot.detect.text import Doc, Span, fold

#: cues strong enough for a name written in lower case
_PLACING_LOWER_CASE = frozenset({"town", "at", "unit", "commune", "region", "near"})
#: and for a name that is also a word
_PLACING = frozenset({
    "town", "at", "in", "unit", "commune", "region", "near", "axis", "between", "from", "to",
    "village",
})  # fmt: skip
#: "a" without its accent is mostly the French verb or the English article
_TOO_WEAK = frozenset({"a", "A", "to"})
_SHORTEST_LOWER_CASE = 5
#: what parts two words that would else be one name
_PARTING = frozenset(".,;:()!?\n")
#: where a word begins more names than this, the next word chooses among them: « in » begins some
#: two hundred, and a text in English would try them all the time
_CROWD = 6
#: the least known place whose name may be met by its sound; the shortest such name
_KNOWN, _SHORTEST_HEARD = 4, 5
#: spellings of one sound, in the order they are put right
_SOUNDS = (
    ("mb", "b"), ("nb", "b"), ("mp", "p"), ("ph", "f"), ("qu", "k"), ("gu", "g"), ("dj", "j"),
    ("ou", "u"), ("w", "u"), ("h", ""), ("c", "k"), ("q", "k"), ("y", "i"), ("z", "s"),
)  # fmt: skip
#: the longest initial, the longest word that headlines leave without a capital, how far to look
_INITIAL, _PARTICLE, _AROUND = 2, 4, 8
_DOUBLED = re.compile(r"(.)\1+")
_AGES = word_sets.words("ages")


@dataclass(slots=True)
class Form:
    """One spelling and what it stands for; nothing at all for a false friend."""

    #: the words after the first
    rest: tuple[str, ...]
    rows: tuple[PlaceRow, ...] = ()
    #: (country, "name" | "demonym" | "capital")
    countries: tuple[tuple[str, str], ...] = ()
    #: "any" case, a "capital" first, or "all" capitals
    case: str = "capital"
    #: the country this is when the text does not name the place's own: « État du Niger »
    otherwise: str | None = None
    #: also a word or a surname: it is a place only after a cue
    shy: bool = False


@dataclass(slots=True)
class Hit:
    """Words `first` up to but not including `last`, and the form they are."""

    first: int
    last: int
    form: Form
    cue: str | None


class PlaceIndex:
    """Immutable once built; safe to share between threads."""

    def __init__(
        self, rows: Sequence[PlaceRow], countries: Mapping[str, Country], words: PlaceWords
    ) -> None:
        self._words = words
        forms: dict[tuple[str, ...], Form] = {}
        for row in rows:
            _add_place(forms, row)
        for country in countries.values():
            _add_country(forms, country)
        for name in words.not_places:
            key = tuple(fold(name).split())
            forms[key] = Form(key[1:], case="any")
        index: dict[str, list[Form]] = {}
        for key, form in forms.items():
            form.shy = bool(form.rows) and all(row.need == "cue" for row in form.rows)
            form.otherwise = _country_inside(forms, key)
            index.setdefault(key[0], []).append(form)
        self._index = {
            first: tuple(sorted(entries, key=lambda entry: -len(entry.rest)))
            for first, entries in index.items()
        }
        self._sounds = _by_sound(rows)
        self._crowded = {
            first: _by_second_word(entries)
            for first, entries in self._index.items()
            if len(entries) > _CROWD
        }

    def scan(self, doc: Doc) -> Iterator[Hit]:
        """Names in order, never overlapping; false friends are hits that stand for nothing."""
        words, index = doc.words, self._index
        free = 0
        for first, word in enumerate(words):
            entries = index.get(word)
            if first < free:
                continue
            if entries is None:
                heard = self._sounds.get(sound_of(word)) if doc.capitalised(first) else None
                hit = self._hit(doc, first, first + 1, heard) if heard else None
                if hit is not None:
                    free = first + 1
                    yield hit
                continue
            if len(entries) > _CROWD:
                crowd = self._crowded[word]
                second = words[first + 1] if first + 1 < len(words) else ""
                entries = crowd.get(second) or crowd[""]
            for form in entries:
                last = first + 1
                if form.rest:
                    last += len(form.rest)
                    if tuple(words[first + 1 : last]) != form.rest:
                        continue
                hit = self._hit(doc, first, last, form)
                if hit is not None:
                    free = last
                    yield hit
                    break

    def _hit(self, doc: Doc, first: int, last: int, form: Form) -> Hit | None:
        if form.rest and not _is_one_name(doc, first, last):
            return None
        if form.case == "all":
            upper = doc.raw(Span(first, last)).isupper()
            return Hit(first, last, form, None) if upper else None
        lower = form.case != "any" and doc.original[doc.starts[first]].islower()
        if not form.rows:
            if lower or (form.countries and self._is_person(doc, first, last)):
                return None
            return Hit(first, last, form, None)
        cue = self._words.cue(doc, first, last)
        if (lower or form.shy) and not (
            _is_placed(doc, first, cue) or (not lower and _heads(doc, first, last))
        ):
            return None
        if lower and (
            form.shy
            or cue not in _PLACING_LOWER_CASE
            or doc.ends[last - 1] - doc.starts[first] < _SHORTEST_LOWER_CASE
        ):
            return None
        if self._is_surname(doc, first) or (form.shy and self._is_part(doc, first, last)):
            return None
        return Hit(first, last, form, cue)

    def _is_surname(self, doc: Doc, first: int) -> bool:
        """« Salou Djibo », « général Keita »: a person, not the town."""
        if first == 0 or doc.between(first - 1, first) not in (" ", ". ", "\u00a0"):
            return False
        before = doc.words[first - 1]
        return before in self._words.titles or (
            before in self._words.given_names and doc.capitalised(first - 1)
        )

    def _is_part(self, doc: Doc, first: int, last: int) -> bool:
        """« Boguel Kadjè », « Djombolo Kanda »: a hamlet's name within one nobody knows.

        In a headline whose words all begin with capitals nothing tells that.
        """

        def goes_on(word: int, gap: str) -> bool:
            return (
                0 <= word < len(doc.words)
                and gap == " "
                and doc.capitalised(word)
                and len(doc.words[word]) > _INITIAL
                and doc.words[word] not in self._index
                and doc.words[word] not in self._words.titles
            )

        before = first > 0 and doc.words[first - 1] not in self._words.closing and goes_on(
            first - 1, doc.between(first - 1, first)
        )  # fmt: skip
        after = (
            last < len(doc.words)
            and doc.words[last] not in self._words.kind_after
            and goes_on(last, doc.between(last - 1, last))
        )
        near = range(max(0, first - _AROUND), min(last + _AROUND, len(doc.words)))
        return (before or after) and any(
            doc.original[doc.starts[word]].islower() and len(doc.words[word]) > _PARTICLE
            for word in near
        )

    def _is_person(self, doc: Doc, first: int, last: int) -> bool:
        """ "Chad Kelly", "Mali, 4, found safe": a first name, not the country."""
        if doc.words[first] not in self._words.first_names or last >= len(doc.words):
            return False
        gap, after = doc.between(last - 1, last), doc.words[last]
        aged = (after.isdigit() and len(after) <= 2) or after in _AGES
        if gap == ", " and aged and last + 1 < len(doc.words):
            return doc.between(last, last + 1).startswith(",")
        # in a title where every word is capitalised nothing tells a surname from a verb
        return (
            gap == " "
            and doc.words[first] in self._words.surnamed
            and doc.capitalised(last)
            and after not in self._words.not_surnames
            and after not in self._index
            and any(
                doc.original[doc.starts[word]].islower() and len(doc.words[word]) > 4
                for word in range(last, min(last + 12, len(doc.words)))
            )
        )


@lru_cache(maxsize=65_536)
def sound_of(word: str) -> str:
    """How a folded name sounds: « Toummour » and « Toumour », « Gosi » and « Gossi » are one."""
    for letters, sound in _SOUNDS:
        word = word.replace(letters, sound)
    return _DOUBLED.sub(r"\1", word.removesuffix("e"))


def _by_sound(rows: Iterable[PlaceRow]) -> dict[str, Form]:
    """The better known places by the sound of their names, less those that sound like another.

    A name met by its sound alone needs a word that makes it a place, and its country.
    """
    heard: dict[str, list[PlaceRow]] = {}
    for row in rows:
        if row.rank > _KNOWN or row.kind not in SETTLED or row.lat is None:
            continue
        for name in {fold(name) for name in (row.name, *row.aliases)}:
            if name.isascii() and name.isalpha() and len(name) >= _SHORTEST_HEARD:
                heard.setdefault(sound_of(name), []).append(row)
    return {
        sound: Form((), tuple(replace(r, need="cue", rank=_KNOWN) for r in same[:1]), shy=True)
        for sound, same in heard.items()
        if len({(r.country, r.lat, r.lon) for r in same}) == 1
    }


def _by_second_word(forms: Sequence[Form]) -> dict[str, tuple[Form, ...]]:
    """The forms that begin with one word by the next, in their order; under "" the word alone."""
    alone = [form for form in forms if not form.rest]
    begun: dict[str, list[Form]] = {"": []}
    for form in forms:
        if form.rest:
            begun.setdefault(form.rest[0], []).append(form)
    return {second: (*longer, *alone) for second, longer in begun.items()}


def _add_place(forms: dict[tuple[str, ...], Form], row: PlaceRow) -> None:
    for name in (row.name, *row.aliases):
        for key in spellings(name):
            form = forms.setdefault(key, Form(key[1:]))
            if row not in form.rows:
                form.rows += (row,)
            if name[0].islower():
                form.case = "any"
            if row.country and row.kind in ("country capital", "zone"):
                _speaks_of(form, row.country, "capital" if row.kind != "zone" else "name")


def _add_country(forms: dict[tuple[str, ...], Form], country: Country) -> None:
    for name, kind in country.spoken():
        for key in spellings(name):
            form = forms.setdefault(key, Form(key[1:]))
            _speaks_of(form, country.code, kind)
            if kind == "demonym":
                form.case = "any"
            elif name.isupper() and name.isascii():
                form.case = "all"


def _speaks_of(form: Form, country: str, kind: str) -> None:
    if country not in (code for code, _ in form.countries):
        form.countries += ((country, kind),)


def _country_inside(forms: Mapping[tuple[str, ...], Form], key: tuple[str, ...]) -> str | None:
    form = forms[key]
    if len(key) == 1 or form.countries or not form.rows:
        return None
    last = forms.get(key[-1:])
    if last is None or any(row.need != "country" for row in form.rows):
        return None
    own = {row.country for row in form.rows}
    return next((c for c, kind in last.countries if kind == "name" and c not in own), None)


def _is_one_name(doc: Doc, first: int, last: int) -> bool:
    """Whether only spaces, hyphens and apostrophes stand between the words."""
    for word in range(first, last - 1):
        gap = doc.between(word, word + 1)
        if gap == "." and len(doc.words[word]) == len(doc.words[word + 1]) == 1:
            continue  # "U.S."
        if gap != " " and (len(gap) > 3 or not _PARTING.isdisjoint(gap)):
            return False
    return True


def _heads(doc: Doc, first: int, last: int) -> bool:
    """« Kobadié : trois commerçants tués », « Say (Niger) »: a headline that opens with where."""
    gap = doc.between(last - 1, last) if last < len(doc.words) else ""
    return first == 0 and (":" in gap or gap == " (")


def _is_placed(doc: Doc, first: int, cue: str | None) -> bool:
    if cue not in _PLACING:
        return False
    if first == 0:
        return True
    return doc.original[doc.starts[first - 1] : doc.ends[first - 1]] not in _TOO_WEAK
