"""The fields of a query: `kind:`, `near:`, `severity>=` …, their French names and their values."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from rapidfuzz import fuzz, process

from bot.detect.gazetteer import PlaceRow
from bot.detect.report import ALLIANCE_TYPES, ATTACK_TYPES
from bot.detect.text import fold
from bot.events import names
from bot.events.terms import (
    SEVERITY_RANK,
    VERIFICATION_RANK,
    EventView,
    Field,
    at_place,
    near_place,
    told_by,
)

_T = TypeVar("_T")

#: folded names people type, French and English, to the field's own name
FIELD_NAMES = {
    "kind": "kind", "genre": "kind", "categorie": "kind",
    "type": "type", "nature": "type",
    "country": "country", "pays": "country",
    "place": "place", "lieu": "place", "ville": "place", "localite": "place",
    "near": "near", "pres": "near", "autour": "near", "proche": "near",
    "actor": "actor", "acteur": "actor", "groupe": "actor", "group": "actor",
    "source": "source", "media": "source",
    "lang": "lang", "langue": "lang", "language": "lang",
    "severity": "severity", "gravite": "severity",
    "origins": "origins", "origines": "origins",
    "verification": "verification", "verif": "verification",
}  # fmt: skip
ORDERED = ("severity", "origins", "verification")

_KINDS = {"attack": "attack", "attaque": "attack", "attaques": "attack", "attacks": "attack",
          "alliance": "alliance", "alliances": "alliance"}  # fmt: skip
_LANGUAGES = {"fr": "fr", "francais": "fr", "french": "fr", "en": "en", "anglais": "en",
              "english": "en", "ar": "ar", "arabe": "ar", "arabic": "ar"}  # fmt: skip
_SEVERITIES = {
    "minor": "minor", "mineure": "minor", "mineur": "minor", "moderate": "moderate",
    "moderee": "moderate", "modere": "moderate", "severe": "severe", "grave": "severe",
    "extreme": "extreme", "unknown": "unknown", "inconnue": "unknown",
}  # fmt: skip
_VERIFICATIONS = {
    "unverified": "unverified", "non confirme": "unverified", "non verifie": "unverified",
    "claimed": "claimed", "revendique": "claimed", "affirme": "claimed",
    "reported": "reported", "rapporte": "reported",
    "disputed": "disputed", "conteste": "disputed", "contradictoire": "disputed",
    "confirmed": "confirmed", "confirme": "confirmed",
}  # fmt: skip

_RADIUS = re.compile(r"^(?P<name>.*?)(?:,\s*(?P<km>\d+(?:[.,]\d+)?)\s*(?:km)?)?$", re.IGNORECASE)
DEFAULT_RADIUS_KM = 50
MAX_RADIUS_KM = 1000


class Places(Protocol):
    """What `place:` and `near:` need of a gazetteer."""

    @property
    def rows(self) -> Sequence[PlaceRow]: ...

    def find(self, name: str) -> list[PlaceRow]: ...


@dataclass(frozen=True, slots=True)
class BadField(Exception):
    """The value of a field cannot be understood; the parser adds where it stands."""

    key: str
    params: dict[str, Any]


def build(name: str, operator: str, value: str, places: Places) -> Field:
    """The condition that a field stands for.

    Args:
        name: one of FIELD_NAMES' values.
        operator: ":" or "=" for equal, ">=" or "<=" for the ordered fields.
        value: as typed, without quotes.

    Raises:
        BadField: unknown value, place or radius; `params` holds what is allowed or nearest.
    """
    if name in ORDERED:
        return _ordered(name, operator, value)
    if operator not in (":", "="):
        raise BadField("query.bad_operator", {"field": name, "allowed": [":"]})
    if name == "place":
        rows = _find(name, value, places)
        spelt = fold(value)
        return Field(f"place:{_quoted(spelt)}", at_place(spelt, rows), _countries(rows))
    if name == "near":
        return _near(value, places)
    if name == "source":
        spelt = fold(value)
        return Field(f"source:{_quoted(spelt)}", told_by(spelt))
    return _listed(name, value)


def _listed(name: str, value: str) -> Field:
    """A field whose value is one of a closed list."""
    key = fold(value)
    if name == "kind":
        kind = _choose(name, key, _KINDS, ("attack", "alliance"))
        return Field(f"kind:{kind}", lambda view: view.facts.kind == kind)
    if name == "type":
        type_ = _choose(name, key, names.types_by_name(), (*ATTACK_TYPES, *ALLIANCE_TYPES))
        return Field(f"type:{type_}", lambda view: view.facts.type == type_)
    if name == "country":
        code = _choose(name, key, names.country_codes(), ("ML", "BF", "NE"))
        return Field(
            f"country:{code}", lambda view: code in view.facts.countries, frozenset({code})
        )
    if name == "lang":
        language = _choose(name, key, _LANGUAGES, ("fr", "en", "ar"))
        return Field(f"lang:{language}", lambda view: language in view.facts.languages)
    ids = _choose(name, key, names.actor_ids(), ("jnim", "is_sahel", "fla", "fama"))
    text = next(iter(ids)) if len(ids) == 1 else _quoted(key)
    return Field(f"actor:{text}", lambda view: any(a.id in ids for a in view.facts.actors))


def _choose(name: str, key: str, known: Mapping[str, _T], allowed: Sequence[str]) -> _T:
    if key in known:
        return known[key]
    raise BadField(
        "query.bad_value",
        {"field": name, "value": key, "allowed": list(allowed), "suggestion": nearest(key, known)},
    )


def _ordered(name: str, operator: str, value: str) -> Field:
    if name == "origins":
        if not re.fullmatch(r"[0-9]{1,3}", value.strip()):
            raise BadField(
                "query.bad_value",
                {"field": name, "value": value, "allowed": ["1", "2", "3"], "suggestion": None},
            )
        wanted = int(value)
        compare = _COMPARE[operator]
        text = f"origins{_sign(operator)}{wanted}"
        return Field(text, lambda view: compare(view.facts.origins, wanted))
    known, rank = (
        (_SEVERITIES, SEVERITY_RANK) if name == "severity" else (_VERIFICATIONS, VERIFICATION_RANK)
    )
    level = _choose(name, fold(value), known, tuple(rank))
    return _level(name, operator, level, rank)


def _level(name: str, operator: str, level: str, rank: Mapping[str, int]) -> Field:
    """A field whose values have an order; "retracted" has no rank and never holds."""
    if operator in (":", "="):
        return Field(f"{name}:{level}", lambda view: getattr(view.facts, name) == level)
    compare = _COMPARE[operator]
    wanted = rank[level]
    first = next(value for value, r in rank.items() if r == wanted)

    def holds(view: EventView) -> bool:
        found = rank.get(getattr(view.facts, name))
        return found is not None and compare(found, wanted)

    return Field(f"{name}{operator}{first}", holds)


_COMPARE: Mapping[str, Callable[[int, int], bool]] = {
    ":": lambda a, b: a == b,
    "=": lambda a, b: a == b,
    ">=": lambda a, b: a >= b,
    "<=": lambda a, b: a <= b,
}


def _sign(operator: str) -> str:
    return ":" if operator == "=" else operator


def _near(value: str, places: Places) -> Field:
    match = _RADIUS.match(value)
    name = (match["name"] if match else value).strip()
    typed = match["km"] if match else None
    if "," in name and re.search(r"[^\W\d_]", name):
        raise BadField("query.bad_radius", {"value": value, "max": MAX_RADIUS_KM})
    radius = float(typed.replace(",", ".")) if typed else float(DEFAULT_RADIUS_KM)
    if not 1 <= radius <= MAX_RADIUS_KM:
        raise BadField("query.bad_radius", {"value": typed, "max": MAX_RADIUS_KM})
    rows = [r for r in _find("near", name, places) if r.lat is not None]
    if not rows:
        raise BadField("query.unknown_place", {"name": name, "suggestions": []})
    text = f"{fold(name)},{radius:g}km"
    return Field(f"near:{_quoted(text)}", near_place(rows[0], radius), _countries(rows[:1]))


def _countries(rows: Sequence[PlaceRow]) -> frozenset[str]:
    """Of the best known of these places; empty when one is shared by several countries."""
    codes = {row.country for row in rows if row.rank <= rows[0].rank}
    return frozenset(code for code in codes if code) if None not in codes else frozenset()


def _find(field: str, name: str, places: Places) -> tuple[PlaceRow, ...]:
    if not fold(name) or not re.search(r"[^\W\d_]", name):
        raise BadField("query.unknown_place", {"name": name, "suggestions": []})
    rows = tuple(places.find(name))
    if not rows:
        known = {fold(row.name): row.name for row in places.rows}
        close = process.extract(
            fold(name), known.keys(), scorer=fuzz.ratio, limit=3, score_cutoff=60
        )
        raise BadField(
            "query.unknown_place",
            {"field": field, "name": name, "suggestions": [known[k] for k, _, _ in close]},
        )
    return rows


def nearest(word: str, known: Mapping[str, object]) -> str | None:
    """The known word most like this one; None when none is."""
    found = process.extractOne(word, known.keys(), scorer=fuzz.ratio, score_cutoff=60)
    return found[0] if found else None


def _quoted(text: str) -> str:
    return f'"{text}"' if " " in text else text
