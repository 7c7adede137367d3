"""Countries as the news names them, and which of their parts the project watches."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from bot.detect.data_error import DataError
from bot.detect.text import Span

SCOPES = ("core", "wider", "out")


class CountryTableError(DataError, ValueError):
    """The country table is broken; the message names the file and the country."""


@dataclass(slots=True)
class CountryMention:
    span: Span
    #: ISO 3166-1 alpha-2
    country: str
    #: name, demonym or capital, from the strongest evidence to the weakest
    form: str


@dataclass(frozen=True, slots=True)
class Country:
    """One entry of data/countries.yaml; its header explains the fields."""

    code: str
    fr: str
    en: str
    scope: str = "out"
    #: hours ahead of UTC; None outside the scope countries
    utc: int | None = None
    names: tuple[str, ...] = ()
    demonyms: tuple[str, ...] = ()
    ar: tuple[str, ...] = ()
    ar_demonyms: tuple[str, ...] = ()
    unsure: tuple[str, ...] = ()
    scope_admin1: frozenset[str] = frozenset()
    scope_north_of: float | None = None
    scope_south_of: float | None = None
    scope_east_of: float | None = None
    scope_unplaced: bool = False
    #: ISO day of the last reform of the regions
    reform: str | None = None
    former_admin1: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def spoken(self) -> Iterator[tuple[str, str]]:
        """Every (name or demonym, form) the news uses for this country."""
        for name in (self.fr, self.en, *self.names, *self.ar):
            if name not in self.unsure:
                yield name, "name"
        for pattern in (*self.demonyms, *self.ar_demonyms):
            for word in _inflected(pattern):
                yield word, "demonym"

    def watches(self, admin1: str | None, lat: float | None, lon: float | None) -> bool:
        """Whether the labelling guideline puts this part of the country in scope."""
        if self.scope != "wider":
            return self.scope == "core"
        if not self.scope_admin1:
            return True
        if admin1 is not None:
            return admin1 in self.scope_admin1
        if lat is None or lon is None:
            return self.scope_unplaced
        return (
            (self.scope_north_of is not None and lat >= self.scope_north_of)
            or (self.scope_south_of is not None and lat <= self.scope_south_of)
            or (self.scope_east_of is not None and lon >= self.scope_east_of)
        )


def _inflected(pattern: str) -> Iterator[str]:
    stem, *endings = pattern.split("/")
    yield stem
    for ending in endings:
        yield stem + ending


def read_countries(path: Path) -> dict[str, Country]:
    """Countries by code; raises CountryTableError."""
    try:
        entries = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise CountryTableError(f"{path.name}: cannot be read: {error}") from error
    if not isinstance(entries, list) or not entries:
        raise CountryTableError(f"{path.name}: expected a list of countries")
    countries: dict[str, Country] = {}
    for position, entry in enumerate(entries, start=1):
        try:
            country = _country(entry)
        except (TypeError, ValueError, KeyError) as error:
            code = entry.get("code", "?") if isinstance(entry, dict) else "?"
            raise CountryTableError(f"{path.name}, entry {position} ({code}): {error}") from error
        if country.code in countries:
            raise CountryTableError(
                f"{path.name}, entry {position}: {country.code} is there twice"
            )
        countries[country.code] = country
    return countries


def _country(entry: Mapping[str, Any]) -> Country:
    values = dict(entry)
    for key in ("names", "demonyms", "ar", "ar_demonyms", "unsure"):
        values[key] = tuple(values.get(key, ()))
    values["scope_admin1"] = frozenset(values.get("scope_admin1", ()))
    values["former_admin1"] = {k: tuple(v) for k, v in values.get("former_admin1", {}).items()}
    if "reform" in values:
        values["reform"] = str(values["reform"])
    country = Country(**values)
    if country.scope not in SCOPES:
        raise ValueError(f"unknown scope {country.scope!r}")
    if country.scope != "out" and country.utc is None:
        raise ValueError("a scope country needs its utc offset")
    return country
