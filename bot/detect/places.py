"""The table of places: reading it, checking it, and every way a name may be spelled."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from math import asin, cos, radians, sin, sqrt
from pathlib import Path

from bot.detect.data_error import DataError
from bot.detect.text import fold

COLUMNS = ("name", "aliases", "kind", "country", "admin1", "lat", "lon", "rank", "need")
#: `zone` is wider than one admin unit ("nord du Mali"); its point only says north or south
KINDS = (
    "country capital", "admin1", "admin1 capital", "admin2", "admin2 capital", "commune", "town",
    "village", "site", "camp", "water", "area", "zone",
)  # fmt: skip
SETTLED: frozenset[str] = frozenset(KINDS) - {"admin1", "admin2", "water", "area", "zone"}
#: what a row needs beside its name: a cue before a name that is also a word or a surname, or
#: evidence of its country for a name that many countries have
NEEDS = ("", "cue", "country")

_TUAREG = re.compile(r"^(?:(t)?(i)[ -]?n[ -]|(t)?(i)n)(?=\w{4})")
_NOT_FOLDED = re.compile(r"[^a-z0-9]")
_EARTH_KM = 6371.0


class PlaceTableError(DataError, ValueError):
    """The place table is broken; the message names the file and the line."""


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """One line of data/places.tsv."""

    #: the usual French name of today, « (…) » added where a better known twin exists
    name: str
    #: other spellings, old names, English and Arabic; one that starts in lower case may be met so
    aliases: tuple[str, ...]
    #: one of KINDS
    kind: str
    #: ISO 3166-1 alpha-2; None for what several countries share
    country: str | None
    #: present-day region; the former ones are in countries.yaml
    admin1: str | None
    lat: float | None
    lon: float | None
    #: 1 the best known and most often in reports, 5 the least
    rank: int
    #: one of NEEDS
    need: str = ""
    #: False where the table gives one decimal: known to some ten kilometres only
    exact: bool = True


def read_places(path: Path) -> tuple[PlaceRow, ...]:
    """The rows of a table; raises PlaceTableError with file and line."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise PlaceTableError(f"{path.name}: cannot be read: {error}") from error
    rows: list[PlaceRow] = []
    seen_header = False
    for number, line in enumerate(text.splitlines(), start=1):
        if not line or line.startswith("#"):
            continue
        cells = line.split("\t")
        try:
            if not seen_header:
                if tuple(cells) != COLUMNS:
                    raise ValueError(f"the header must be {', '.join(COLUMNS)}")
                seen_header = True
            else:
                rows.append(_row(cells))
        except ValueError as error:
            raise PlaceTableError(f"{path.name}, line {number}: {error}") from error
    if not rows:
        raise PlaceTableError(f"{path.name}: no places in it")
    return tuple(rows)


def _row(cells: list[str]) -> PlaceRow:
    if len(cells) != len(COLUMNS):
        raise ValueError(f"{len(cells)} cells, expected {len(COLUMNS)}")
    name, aliases, kind, country, admin1, lat, lon, rank, need = cells
    if not fold(name):
        raise ValueError("no name")
    if kind not in KINDS:
        raise ValueError(f"unknown kind {kind!r}")
    if country and not (len(country) == 2 and country.isascii() and country.isupper()):
        raise ValueError(f"country {country!r} is not two capital letters")
    if rank not in ("1", "2", "3", "4", "5"):
        raise ValueError(f"rank {rank!r} is not 1 to 5")
    if need not in NEEDS:
        raise ValueError(f"unknown need {need!r}")
    return PlaceRow(
        name,
        tuple(a for a in aliases.split("|") if a),
        kind,
        country or None,
        admin1 or None,
        _degrees(lat, 90, zone=kind == "zone"),
        _degrees(lon, 180, zone=kind == "zone"),
        int(rank),
        need,
        len(lat.partition(".")[2]) > 1,
    )


def _degrees(cell: str, limit: int, *, zone: bool) -> float | None:
    if not cell and zone:
        return None
    try:
        value = float(cell)
    except ValueError:
        raise ValueError(f"coordinate {cell!r} is not a number") from None
    if not -limit <= value <= limit:
        raise ValueError(f"coordinate {cell!r} is out of range")
    return value


def squash(name: str) -> str:
    """The name as one run of letters: « Ti-n-Zaouâtene » → "tinzaouatene"."""
    return fold(name).replace(" ", "")


def spellings(name: str) -> Iterator[tuple[str, ...]]:
    """The folded words of a name, then the forms reporters split or join differently.

    « Ti-n-Zaouâtene » is also "tinzaouatene" and "tin zaouatene"; « Indelimane » is also
    "in delimane". Arabic takes its one-letter prepositions and conjunction glued on.
    """
    folded = fold(name)
    yield tuple(folded.split())
    if not folded.isascii():
        yield from _arabic(folded)
        return
    joined = folded.replace(" ", "")
    # « aéroport de Niamey » starts with a plain word, which nobody joins
    if " " in folded and 5 <= len(joined) <= 16 and folded.count(" ") <= 2 and name[0].isupper():
        yield (joined,)
    match = _TUAREG.match(folded)
    if match and " " not in (rest := folded[match.end() :]):
        prefix = "tin" if folded.startswith("t") else "in"
        yield (prefix, rest)
        yield (prefix + rest,)
        yield (*("ti", "n")[: len(prefix)], rest) if prefix == "tin" else ("i", "n", rest)


def _arabic(folded: str) -> Iterator[tuple[str, ...]]:
    first, *others = folded.split()
    if not "\u0600" <= first[0] <= "\u06ff":
        return
    for prefix in "وبلف":
        yield (prefix + first, *others)
    if first.startswith("ال"):
        yield ("لل" + first[2:], *others)


def distance_km(lat1: float, lon1: float, lat2: float, lon2: float) -> float:
    """Kilometres along the great circle between two points in degrees."""
    half_lat = radians(lat2 - lat1) / 2
    half_lon = radians(lon2 - lon1) / 2
    chord = sin(half_lat) ** 2 + cos(radians(lat1)) * cos(radians(lat2)) * sin(half_lon) ** 2
    return 2 * _EARTH_KM * asin(sqrt(min(1.0, chord)))
