"""What a query is made of, and when each part of it holds for an event."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property

from bot.detect.gazetteer import PlaceRow, distance_km
from bot.detect.places import squash
from bot.detect.report import Place
from bot.detect.text import fold
from bot.events.facts import EventFacts
from bot.events.words import stem

#: DESIGN 6: what `>=` compares
SEVERITY_RANK = {"minor": 0, "moderate": 1, "unknown": 1, "severe": 2, "extreme": 3}
VERIFICATION_RANK = {"unverified": 0, "claimed": 0, "reported": 1, "disputed": 1, "confirmed": 2}

#: a place that a reporter puts a few kilometres off is the same place
_SAME_PLACE_KM = 10.0


@dataclass(frozen=True)
class EventView:
    """An event as subscriptions see it: its facts and the words of its reports."""

    facts: EventFacts
    words_norm: str

    @classmethod
    def of(cls, facts: EventFacts, words_norm: str) -> EventView:
        return cls(facts, words_norm)

    @cached_property
    def lines(self) -> list[list[str]]:
        """Stems of each line; a phrase lies within one."""
        return [[stem(w) for w in line.split()] for line in self.words_norm.splitlines()]

    @cached_property
    def words(self) -> dict[str, str]:
        """Every stem and the first word it came from."""
        found: dict[str, str] = {}
        for word in self.words_norm.split():
            found.setdefault(stem(word), word)
        return found

    @cached_property
    def joined(self) -> dict[str, str]:
        """Two or three neighbouring words written as one: "tinzaouaten" for "tin zaouaten"."""
        found: dict[str, str] = {}
        for line in self.words_norm.splitlines():
            words = line.split()
            for size in (2, 3):
                for i in range(len(words) - size + 1):
                    parts = words[i : i + size]
                    found.setdefault(stem("".join(parts)), " ".join(parts))
        return found

    @property
    def places(self) -> Iterator[Place]:
        return (p for p in (self.facts.place, *self.facts.other_places) if p is not None)


@dataclass(frozen=True, slots=True)
class Word:
    stem: str

    def match(self, view: EventView) -> tuple[str, ...] | None:
        found = view.words.get(self.stem)
        if found is None and len(self.stem) > 5:
            found = view.joined.get(self.stem)
        return None if found is None else (found,)

    def __str__(self) -> str:
        return self.stem


@dataclass(frozen=True, slots=True)
class Phrase:
    stems: tuple[str, ...]

    def match(self, view: EventView) -> tuple[str, ...] | None:
        if all(s in view.words for s in self.stems):
            size, first = len(self.stems), self.stems[0]
            for line in view.lines:
                for i in range(len(line) - size + 1):
                    if line[i] == first and tuple(line[i : i + size]) == self.stems:
                        return (" ".join(view.words[s] for s in self.stems),)
        found = view.words.get(stem("".join(self.stems)))
        return None if found is None else (found,)

    def __str__(self) -> str:
        return f'"{" ".join(self.stems)}"'


@dataclass(frozen=True, slots=True)
class Prefix:
    start: str

    def match(self, view: EventView) -> tuple[str, ...] | None:
        found = next((w for w in view.words_norm.split() if w.startswith(self.start)), None)
        return None if found is None else (found,)

    def __str__(self) -> str:
        return f"{self.start}*"


@dataclass(frozen=True, slots=True)
class Field:
    """A condition on the facts, `text` its canonical form and what /why shows."""

    text: str
    holds: Callable[[EventView], bool] = field(compare=False)
    #: where an event can be for which it holds; empty: anywhere
    countries: frozenset[str] = field(default=frozenset(), compare=False)

    def match(self, view: EventView) -> tuple[str, ...] | None:
        return (self.text,) if self.holds(view) else None

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class Not:
    inner: Node

    def match(self, view: EventView) -> tuple[str, ...] | None:
        return () if self.inner.match(view) is None else None

    def __str__(self) -> str:
        return f"-({self.inner})" if isinstance(self.inner, And | Or) else f"-{self.inner}"


@dataclass(frozen=True, slots=True)
class And:
    parts: tuple[Node, ...]

    def match(self, view: EventView) -> tuple[str, ...] | None:
        words: list[str] = []
        for part in self.parts:
            found = part.match(view)
            if found is None:
                return None
            words.extend(found)
        return tuple(dict.fromkeys(words))

    def __str__(self) -> str:
        return " ".join(f"({p})" if isinstance(p, Or) else str(p) for p in self.parts)


@dataclass(frozen=True, slots=True)
class Or:
    parts: tuple[Node, ...]

    def match(self, view: EventView) -> tuple[str, ...] | None:
        found = [words for part in self.parts if (words := part.match(view)) is not None]
        if not found:
            return None
        return tuple(dict.fromkeys(word for words in found for word in words))

    def __str__(self) -> str:
        return " OR ".join(f"({p})" if isinstance(p, And) else str(p) for p in self.parts)


Node = Word | Phrase | Prefix | Field | Not | And | Or


def both(parts: list[Node]) -> Node:
    """All of the parts, flat, each once, in an order that does not depend on the typing."""
    flat = [p for part in parts for p in (part.parts if isinstance(part, And) else (part,))]
    unique = tuple(sorted(dict.fromkeys(flat), key=_typing_order))
    return unique[0] if len(unique) == 1 else And(unique)


def either(parts: list[Node]) -> Node:
    """Any of the parts, flat, each once, in an order that does not depend on the typing."""
    flat = [p for part in parts for p in (part.parts if isinstance(part, Or) else (part,))]
    unique = tuple(sorted(dict.fromkeys(flat), key=_typing_order))
    return unique[0] if len(unique) == 1 else Or(unique)


def negated(node: Node) -> Node:
    return node.inner if isinstance(node, Not) else Not(node)


def _typing_order(node: Node) -> tuple[int, str]:
    kinds = (Field, Or, Phrase, Word, Prefix, And, Not)
    return kinds.index(type(node)), str(node)


def names_something(node: Node) -> bool:
    """Whether it says what is wanted, not only what is not."""
    if isinstance(node, And):
        return any(names_something(p) for p in node.parts)
    if isinstance(node, Or):
        return all(names_something(p) for p in node.parts)
    return not isinstance(node, Not)


def countries_of(node: Node) -> frozenset[str]:
    """Where the events are that it asks for; empty: anywhere."""
    if isinstance(node, Field):
        return node.countries
    if isinstance(node, And):
        # the narrowest: an event in two countries may meet both of its conditions
        return min((c for p in node.parts if (c := countries_of(p))), key=len, default=frozenset())
    if isinstance(node, Or):
        parts = [countries_of(p) for p in node.parts]
        return frozenset().union(*parts) if all(parts) else frozenset()
    return frozenset()


def count(node: Node) -> int:
    """How many words and conditions it holds."""
    if isinstance(node, And | Or):
        return sum(count(p) for p in node.parts)
    return count(node.inner) if isinstance(node, Not) else 1


def at_place(name: str, rows: tuple[PlaceRow, ...]) -> Callable[[EventView], bool]:
    """Whether the event is at the named place, or in the region of that name."""
    spelt = {squash(name)} | {squash(n) for row in rows for n in (row.name, *row.aliases)}
    regions = {squash(row.name) for row in rows if row.kind == "admin1"}
    points = [(r.lat, r.lon) for r in rows if r.kind != "admin1" and r.rank <= rows[0].rank]

    def holds(view: EventView) -> bool:
        for place in view.places:
            if squash(place.name) in spelt:
                return True
            if place.admin1 and squash(place.admin1) in regions:
                return True
            if place.precision <= 2 and any(_km(place, p) <= _SAME_PLACE_KM for p in points):
                return True
        return False

    return holds


def near_place(row: PlaceRow, radius_km: float) -> Callable[[EventView], bool]:
    """Whether one of the event's localities lies within the radius of the place."""

    def holds(view: EventView) -> bool:
        return any(
            p.precision <= 2 and _km(p, (row.lat, row.lon)) <= radius_km for p in view.places
        )

    return holds


def _km(place: Place, point: tuple[float | None, float | None]) -> float:
    lat, lon = point
    if place.lat is None or place.lon is None or lat is None or lon is None:
        return float("inf")
    return distance_km(place.lat, place.lon, lat, lon)


def told_by(name: str) -> Callable[[EventView], bool]:
    """Whether an outlet or a credited origin has these words in its name."""
    wanted = f" {name} "

    def holds(view: EventView) -> bool:
        return any(
            wanted in f" {fold(text)} " for s in view.facts.sources for text in (s.name, s.origin)
        )

    return holds
