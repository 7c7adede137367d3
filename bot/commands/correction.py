"""`/correct REF lieu=Djibo morts=12`: what a moderator wants told, read from one line."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from bot.commands.registry import Text
from bot.detect.gazetteer import Gazetteer, place_of
from bot.detect.report import ALLIANCE_TYPES, ATTACK_TYPES, STAGES
from bot.detect.text import fold
from bot.events import names
from bot.events.facts import EventFacts
from bot.events.rulings import COUNTS
from bot.messages.i18n import LANGUAGES, Voice

_FIELDS = {
    "lieu": "place", "place": "place",
    "date": "date", "jour": "date", "day": "date",
    "type": "type", "nature": "type",
    "etape": "stage", "stage": "stage",
    "morts": "killed", "tues": "killed", "killed": "killed",
    "blesses": "wounded", "wounded": "wounded",
    "enleves": "abducted", "abducted": "abducted",
}  # fmt: skip
_PART = re.compile(r"(?P<name>[^\W\d_]+)\s*=\s*")
_MOST = 10_000


def read(typed: str, facts: EventFacts, places: Gazetteer, voice: Voice) -> dict[str, Any] | Text:
    """The fields to set (FIELDS of bot.events.rulings), or a sentence that says what is wrong."""
    parts = list(_PART.finditer(typed))
    if not parts or typed[: parts[0].start()].strip():
        return Text("correct.how")
    fields: dict[str, Any] = {}
    ends = [part.start() for part in parts[1:]] + [len(typed)]
    for part, end in zip(parts, ends, strict=True):
        value = typed[part.end() : end].strip().strip('"«»').strip()
        field = _FIELDS.get(fold(part["name"]))
        if field is None:
            return Text("correct.unknown_field", {"field": part["name"]})
        if field == "place":
            found: Any | Text = _place(value, facts, places)
        elif field == "date":
            found = _date(value)
        elif field in COUNTS:
            found = _count(value)
        else:
            own = ATTACK_TYPES if facts.kind == "attack" else ALLIANCE_TYPES
            found = _listed(field, value, STAGES if field == "stage" else own, voice)
        if isinstance(found, Text):
            return found
        fields[field] = found
    return fields


def _place(value: str, facts: EventFacts, places: Gazetteer) -> dict[str, Any] | Text:
    rows = places.find(value)
    if not rows:
        return Text("correct.unknown_place", {"value": value[:40]})
    # of two towns of one name the one in the event's country
    row = min(rows, key=lambda row: row.country not in facts.countries)
    return asdict(place_of(row))


def _date(value: str) -> str | Text:
    """An ISO day, or « 17/09/2023 »."""
    found = re.fullmatch(r"(\d{1,2})[/.](\d{1,2})[/.](\d{4})", value)
    text = f"{found[3]}-{int(found[2]):02}-{int(found[1]):02}" if found else value
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        return Text("correct.bad_date", {"value": value[:40]})


def _count(value: str) -> int | Text:
    right = value.isascii() and value.isdecimal() and int(value) <= _MOST
    return int(value) if right else Text("correct.bad_number", {"value": value[:40]})


def _listed(field: str, value: str, allowed: Sequence[str], voice: Voice) -> str | Text:
    """A value of a closed list by its id or by what any language calls it."""
    catalogue = voice.catalogue
    known = {option.replace("_", " "): option for option in allowed}
    if field == "type":
        own = names.types_by_name().items()
        known |= {name: type_ for name, type_ in own if type_ in allowed}
    for language in LANGUAGES:
        known |= {fold(catalogue.text(language, f"{field}.{o}")): o for o in allowed}
    if (found := known.get(fold(value))) is not None:
        return found
    labels = ", ".join(voice.text(f"{field}.{option}") for option in allowed)
    return Text("correct.bad_value", {"value": value[:40], "known": labels})
