"""Who fights: the actors of data/actors.yaml, their names and when a short form may count."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from bot.detect.forms import expand
from bot.detect.lexicon import Entry, LexiconError, Mark, read_yaml
from bot.detect.text import Doc, Span

#: DOMAIN 4.1
SIDES = (
    "STATE", "PRO_STATE", "INTERNATIONAL", "FOREIGN", "JIHADIST_AQ", "JIHADIST_IS",
    "JIHADIST_OTHER", "DISPUTED", "SEPARATIST", "REBEL", "COMMUNAL", "CRIMINAL", "UNKNOWN",
)  # fmt: skip
#: the key of gunmen nobody named
UNKNOWN = "unknown"
FORCES = frozenset({"STATE", "PRO_STATE", "INTERNATIONAL", "FOREIGN"})
#: the press keeps using a name for some weeks after it was given up
_LINGERS = timedelta(days=31)
_KEYS = {
    "id", "side", "countries", "yields_to", "valid_from", "valid_to", "fr", "en", "ar",
    "short", "needs", "__line__",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Actor:
    id: str
    side: str
    #: ISO codes of the countries where it acts; empty when that says nothing
    countries: tuple[str, ...]
    valid_from: date | None
    valid_to: date | None
    #: a label of theirs, dropped where one of these is named as well (Boko Haram, ISWAP)
    yields_to: frozenset[str] = frozenset()

    @property
    def irregular(self) -> bool:
        """Not a state's or an international force: jihadists, rebels, gunmen, bandits."""
        return self.side not in FORCES

    def existed(self, day: date | None) -> bool:
        """Whether it bore this name then; where the day is unknown it may have."""
        if day is None:
            return True
        early = self.valid_from is not None and day < self.valid_from
        late = self.valid_to is not None and day - self.valid_to > _LINGERS
        return not (early or late)


class Actors:
    """All actors by id, and the lexicon entries of their names."""

    def __init__(self, where: Traversable) -> None:
        self.by_id: dict[str, Actor] = {}
        #: for Lexicon.load
        self.entries: list[tuple[Entry, list[str]]] = []
        for raw in read_yaml(where):
            self._add(raw, where.name)

    @classmethod
    def load(cls) -> Actors:
        """The package's own table. Raises LexiconError naming file and line."""
        return cls(files("bot.detect") / "data" / "actors.yaml")

    def _add(self, raw: Mapping[str, Any], name: str) -> None:
        at = f"{name}, line {raw['__line__']}"
        unknown = set(raw) - _KEYS
        if unknown:
            raise LexiconError(f"{at}: unknown key “{sorted(unknown)[0]}”")
        if not isinstance(raw.get("id"), str):
            raise LexiconError(f"{at}: “id” is missing")
        if raw["id"] in self.by_id:
            raise LexiconError(f"{at}: “{raw['id']}” stands twice; put all names in one entry")
        if raw.get("side") not in SIDES:
            raise LexiconError(f"{at}: “side: {raw.get('side')}” is not one of {', '.join(SIDES)}")
        for key in ("valid_from", "valid_to"):
            if not isinstance(raw.get(key), date | None):
                raise LexiconError(f"{at}: “{key}” must be a day such as 2024-11-30")
        if raw.get("short") and not raw.get("needs"):
            raise LexiconError(f"{at}: “short” forms need context words under “needs”")
        actor = Actor(
            raw["id"], raw["side"], tuple(raw.get("countries", ())), raw.get("valid_from"),
            raw.get("valid_to"), frozenset(raw.get("yields_to", ())),
        )  # fmt: skip
        self.by_id[actor.id] = actor
        long_forms = _forms([p for key in ("fr", "en", "ar") for p in raw.get(key, [])], at)
        self.entries.append((Entry("actor", actor.id), long_forms))
        if raw.get("short"):
            needs = frozenset(f" {form} " for form in _forms(raw["needs"], at))
            entry = Entry("actor", actor.id, {"needs": needs})
            self.entries.append((entry, _forms(raw["short"], at)))

    def army_of(self, country: str | None) -> str | None:
        """The id of a country's army: the first state force of that country alone."""
        return next(
            (
                actor.id
                for actor in self.by_id.values()
                if actor.side == "STATE" and actor.countries == (country,)
            ),
            None,
        )

    def of(self, mark: Mark) -> Actor:
        return self.by_id[mark.value]


def _forms(patterns: list[str], at: str) -> list[str]:
    forms: dict[str, None] = {}
    for pattern in patterns:
        try:
            forms.update(dict.fromkeys(expand(pattern)))
        except (ValueError, TypeError) as error:
            raise LexiconError(f"{at}: {error}") from error
    return list(forms)


def in_context(marks: list[Mark], doc: Doc) -> list[Mark]:
    """Drops short forms whose context words the item does not have, and « un » read as UN.

    Where two actors share a short form (« État islamique »), the first in the table whose context
    holds keeps it.
    """
    kept: list[Mark] = []
    taken: set[tuple[int, int]] = set()
    met: dict[frozenset[str], bool] = {}
    for mark in marks:
        if mark.layer in ("actor", "body"):
            more = mark.entry.more
            needs = more.get("needs")
            if needs:
                if needs not in met:
                    met[needs] = any(word in doc.padded for word in needs)
                if not met[needs]:
                    continue
            if more.get("caps") and not doc.raw(Span(mark.first, mark.last)).isupper():
                continue
        if mark.layer == "actor":
            if (mark.first, mark.last) in taken:
                continue
            taken.add((mark.first, mark.last))
        kept.append(mark)
    return kept
