"""Where it happened: the places and countries a text names, and which of the twins is meant."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple, Self

from bot.detect import word_sets
from bot.detect.countries import Country, CountryMention, read_countries
from bot.detect.place_index import Hit, PlaceIndex
from bot.detect.place_words import PlaceWords
from bot.detect.places import SETTLED, PlaceRow, distance_km, read_places, squash
from bot.detect.report import Place
from bot.detect.text import Doc, Span

__all__ = ["CountryMention", "Gazetteer", "Mention", "PlaceRow", "distance_km"]

DATA = Path(__file__).with_name("data")

TOWN, NEAR, REGION, COUNTRY = 1, 2, 3, 4
_PRECISION = {"water": NEAR, "area": NEAR, "admin2": NEAR, "admin1": REGION, "zone": REGION}
_WAYS = ("axis", "between")
_UNITS = ("region", "unit", "commune")
_NEAR_CUES = frozenset({"near", "axis", "between", "from", "to"})
_LIST_WORDS = word_sets.words("listing")
_DASHES = frozenset("-‐‑–—")
#: how much each form of a country's name says about where the happening was
_WEIGHT = {"name": 3.0, "demonym": 2.0, "capital": 1.0}
#: a twin's points: one per step of rank, so many for its country, so many for its neighbourhood
_COUNTRY_POINTS = 3.0
_BESIDE_POINTS = 3.0
_BESIDE_KM = 120.0
_CLEAR_LEAD = 1.0
#: two rows of one name closer than this are one place for a reader
_SAME_PLACE_KM = 25.0


@dataclass(slots=True)
class Mention:
    """A place name in a text, with every place it may mean."""

    span: Span
    #: the name as written
    name: str
    rows: tuple[PlaceRow, ...]
    #: one of place_words.CUES, or None
    cue: str | None = None

    @property
    def country(self) -> str | None:
        """The one country of all it may mean, None where there are several."""
        if len(self.rows) == 1:
            return self.rows[0].country
        codes = {row.country for row in self.rows}
        return codes.pop() if len(codes) == 1 else None


class _Candidate(NamedTuple):
    row: PlaceRow
    points: float
    #: the text speaks of its country, or of a place near it
    backed: bool
    #: not backed, and the name alone does not suffice
    stray: bool


class Gazetteer:
    """The places and countries the project knows. Immutable after `load`."""

    def __init__(
        self, rows: Sequence[PlaceRow], countries: Mapping[str, Country], words: PlaceWords
    ) -> None:
        self.rows = tuple(rows)
        self.countries = dict(countries)
        self._index = PlaceIndex(self.rows, self.countries, words)
        self._by_name: dict[str, list[PlaceRow]] = {}
        for row in sorted(self.rows, key=lambda row: row.rank):
            for key in {squash(name) for name in (row.name, *row.aliases)}:
                self._by_name.setdefault(key, []).append(row)

    @classmethod
    def load(cls, folder: Path = DATA) -> Self:
        """Reads the package's own tables.

        Raises PlaceTableError, CountryTableError or PlaceWordsError; the message names the file
        and the line or entry.
        """
        return cls(
            (*read_places(folder / "places.tsv"), *read_places(folder / "villages.tsv")),
            read_countries(folder / "countries.yaml"),
            PlaceWords.read(folder / "place_words.yaml"),
        )

    def hits(self, doc: Doc) -> list[Hit]:
        """Every name of a place or a country: what `mentions` and `country_mentions` go by."""
        return list(self._index.scan(doc))

    def mentions(
        self, doc: Doc, taken: Collection[int] = (), every: Sequence[Hit] | None = None
    ) -> list[Mention]:
        """The places a text names, in its order; `taken` are words that mean something else."""
        every = self.hits(doc) if every is None else every
        hits = [hit for hit in every if hit.form.rows]
        if taken:
            hits = [hit for hit in hits if _is_free(hit, taken)]
        countries = {hit.first: hit for hit in every if hit.form.countries}
        found: list[Mention] = []
        for position, (hit, cue) in enumerate(zip(hits, _cues(doc, hits), strict=True)):
            rows = _rows_of_named_country(doc, hit, countries)
            if position + 1 < len(hits):
                rows = _rows_of_named_region(doc, hit, hits[position + 1], rows)
            if rows:
                span = Span(hit.first, hit.last)
                found.append(Mention(span, doc.raw(span), rows, cue))
        return found

    def country_mentions(
        self, doc: Doc, every: Sequence[Hit] | None = None
    ) -> list[CountryMention]:
        """The countries a text names, by name, demonym or capital, in its order."""
        every = self.hits(doc) if every is None else every
        hits = [hit for hit in every if hit.form.countries or hit.form.otherwise]
        named = {code for hit in hits for code, _ in hit.form.countries}
        found: list[CountryMention] = []
        for position, hit in enumerate(hits):
            span = Span(hit.first, hit.last)
            if hit.form.otherwise:
                if not named.intersection(row.country for row in hit.form.rows):
                    found.append(CountryMention(span, hit.form.otherwise, "name"))
            elif position + 1 == len(hits) or not _is_place_of(doc, hit, hits[position + 1]):
                found += (CountryMention(span, code, form) for code, form in hit.form.countries)
        return found

    def country_weights(
        self, countries: Iterable[CountryMention], mentions: Iterable[Mention] = ()
    ) -> dict[str, float]:
        """How much a text speaks of each country: its names, and places that have no twin."""
        weights: dict[str, float] = {}
        for mention in countries:
            weights[mention.country] = weights.get(mention.country, 0.0) + _WEIGHT[mention.form]
        for place in mentions:
            best = min(place.rows, key=lambda row: row.rank)
            alone = _stands_alone(best) and len({row.country for row in place.rows}) == 1
            if alone and best.country:
                weights[best.country] = weights.get(best.country, 0.0) + 1.0
        return weights

    def resolve(
        self, mention: Mention, countries: Mapping[str, float], *, beside: Sequence[Place] = ()
    ) -> Place | None:
        """The place a mention means, given how much the text speaks of each country.

        `beside` are places of the same text already known: a twin near one of them is preferred.
        Twins that cannot be told apart give their common country (precision 4), or None when
        even the country would be a guess.
        """
        best, *others = self._scored(_of_kind(mention), countries, beside)
        row = best.row
        if best.stray or (mention.cue == "village" and row.kind.endswith("capital")):
            return None
        rivals = [
            other.row
            for other in others
            if best.points - other.points < _CLEAR_LEAD and not (best.backed and other.stray)
        ]
        if any(rival.country != row.country for rival in rivals):
            return None
        if any(_are_apart(row, rival) for rival in rivals):
            return self.country_place(row.country) if row.country else None
        return place_of(_seat(row, mention.rows), mention.cue)

    def _scored(
        self, rows: Iterable[PlaceRow], countries: Mapping[str, float], beside: Sequence[Place]
    ) -> list[_Candidate]:
        """What speaks for each twin, the strays last and else the most points first."""
        strongest = max(countries.values(), default=0.0) or 1.0
        scored: list[_Candidate] = []
        for row in rows:
            share = countries.get(row.country, 0.0) / strongest if row.country else 0.0
            close = _is_beside(row, beside)
            backed = share > 0 or close
            points = _COUNTRY_POINTS * share + (5 - row.rank) + _BESIDE_POINTS * close
            scored.append(_Candidate(row, points, backed, not backed and not _stands_alone(row)))
        scored.sort(key=lambda candidate: (candidate.stray, -candidate.points))
        return scored

    def country_place(self, code: str) -> Place:
        """The country itself, for a happening that nothing places better."""
        country = self.countries.get(code)
        return Place(country.fr if country else code, code, None, None, None, COUNTRY)

    def find(self, name: str) -> list[PlaceRow]:
        """The places of this name, best known first; case, accents and hyphens never matter."""
        return list(self._by_name.get(squash(name), ()))

    def present_admin1(self, country: str, admin1: str) -> tuple[str, ...]:
        """What a region is called since its country's last reform: « Est » of Burkina Faso is
        « Goulmou », « Sirba » and « Tapoa »."""
        known = self.countries.get(country)
        return known.former_admin1.get(admin1, (admin1,)) if known else (admin1,)

    def in_scope(
        self, country: str | None, admin1: str | None, lat: float | None, lon: float | None
    ) -> bool:
        """Whether the project watches this place (the labelling guideline's scope countries)."""
        known = self.countries.get(country or "")
        return known.watches(admin1, lat, lon) if known else False


def _stands_alone(row: PlaceRow) -> bool:
    """Whether the bare name tells the place: not a little known one, nor one many countries have,
    nor one that is also a word."""
    return row.rank <= 2 + (not row.need) and row.need != "country"


def _is_free(hit: Hit, taken: Collection[int]) -> bool:
    return not any(word in taken for word in range(hit.first, hit.last))


def _rows_of_named_country(
    doc: Doc, hit: Hit, countries: Mapping[int, Hit]
) -> tuple[PlaceRow, ...]:
    """« Léré (Tchad) », « Gao, Mali »: only the twins of the country named right after it."""
    after = countries.get(hit.last)
    if after is None or any(form != "name" for _, form in after.form.countries):
        return hit.form.rows
    gap = doc.between(hit.last - 1, hit.last)
    codes = {code for code, _ in after.form.countries}
    rows = tuple(row for row in hit.form.rows if row.country in codes)
    if gap == " (" or (gap == ", " and rows):
        return rows
    return hit.form.rows


def _rows_of_named_region(
    doc: Doc, hit: Hit, after: Hit, rows: tuple[PlaceRow, ...]
) -> tuple[PlaceRow, ...]:
    """« Tibiri (Dosso) »: of its twins only the one in the region in brackets."""
    if len(rows) < 2 or after.first != hit.last or doc.between(hit.last - 1, hit.last) != " (":
        return rows
    regions = {(row.country, row.admin1) for row in after.form.rows if row.admin1}
    return tuple(row for row in rows if (row.country, row.admin1) in regions) or rows


def _is_place_of(doc: Doc, hit: Hit, after: Hit) -> bool:
    """« Mali (Guinée) »: a place of the country in brackets."""
    return (
        after.first == hit.last
        and doc.between(hit.last - 1, after.first) == " ("
        and all(form == "name" for _, form in (*hit.form.countries, *after.form.countries))
        and doc.original[doc.ends[after.last - 1] :].startswith(")")
    )


def _is_capital(hit: Hit) -> bool:
    """« enlevée à Agadez, Berne confirme »: a capital may open the next clause."""
    return any(form == "capital" for _, form in hit.form.countries)


def _cues(doc: Doc, hits: Sequence[Hit]) -> list[str | None]:
    """Each hit's cue; "between X and Y" and "at X, Y" hand theirs on, "X–Y" is a way."""
    cues: list[str | None] = []
    for position, hit in enumerate(hits):
        cue = hit.cue
        if position:
            before = hits[position - 1]
            between = doc.words[before.last : hit.first]
            text = doc.between(before.last - 1, hit.first)
            if not between and text in _DASHES:
                cue = cues[-1] if cues[-1] in _NEAR_CUES else "axis"
                cues[-1] = cue
            elif (cues[-1] in _WAYS and between in (["a"], ["to"])) or (
                cue is None
                and (
                    (text == ", " and not _is_capital(hit))
                    or (len(between) == 1 and between[0] in _LIST_WORDS)
                )
            ):
                cue = cues[-1]
        cues.append(cue)
    return cues


def _of_kind(mention: Mention) -> Sequence[PlaceRow]:
    """The rows of the kind the cue asks for; without one a town wins over its region."""
    rows, cue = mention.rows, mention.cue
    if len(rows) == 1:
        return rows
    if cue == "region":
        wanted = [row for row in rows if row.kind == "admin1"]
    elif cue == "unit":
        wanted = [row for row in rows if row.kind == "admin2"]
    elif cue == "within":
        wanted = [row for row in rows if row.kind not in SETTLED]
    else:
        wanted = [row for row in rows if row.kind in SETTLED]
        if cue in (None, "in", "at"):
            # "Kaduna" alone is the state, which is better known than its city
            best = min(row.rank for row in rows)
            towns = [row for row in wanted if row.rank == best]
            wanted = wanted if towns else [*wanted, *(r for r in rows if r.rank == best)]
    return wanted or rows


def _is_beside(row: PlaceRow, beside: Sequence[Place]) -> bool:
    if row.lat is None or row.lon is None:
        return False
    for place in beside:
        if place.precision == REGION:
            if place.admin1 and (place.country, place.admin1) == (row.country, row.admin1):
                return True
        elif (
            place.lat is not None
            and place.lon is not None
            and distance_km(row.lat, row.lon, place.lat, place.lon) <= _BESIDE_KM
        ):
            return True
    return False


def _seat(row: PlaceRow, rows: Sequence[PlaceRow]) -> PlaceRow:
    """« cercle de Bankass » is shown at Bankass, where its seat is known, not at its middle."""
    if row.kind != "admin2":
        return row
    seat = next((r for r in rows if r.kind in SETTLED and r.country == row.country), None)
    return replace(row, lat=seat.lat, lon=seat.lon, exact=seat.exact) if seat else row


def _are_apart(one: PlaceRow, other: PlaceRow) -> bool:
    if one.lat is None or one.lon is None or other.lat is None or other.lon is None:
        return False
    if one.kind not in SETTLED or other.kind not in SETTLED:
        return False
    return distance_km(one.lat, one.lon, other.lat, other.lon) > _SAME_PLACE_KM


def place_of(row: PlaceRow, cue: str | None = None) -> Place:
    """The row as a place of a report; a cue such as « près de » makes it less precise."""
    precision = _PRECISION.get(row.kind, TOWN)
    if not row.exact or cue in _NEAR_CUES or (cue in _UNITS and row.kind in SETTLED):
        seat = cue == "region" and row.kind == "admin1 capital"
        precision = max(precision, REGION if seat else NEAR)
    return Place(row.name, row.country, row.admin1, row.lat, row.lon, precision)
