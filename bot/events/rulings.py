"""What moderators decided about an event, laid over what its reports say."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from bot.detect.report import Place, Toll
from bot.events.assess import severity
from bot.events.facts import EventFacts
from storage.model import Ruling

#: the harms that a moderator may count
COUNTS = ("killed", "wounded", "abducted")
#: what a correction may set: `place` a Place as a dict, `date` an ISO day, `type` and `stage` of
#: the closed lists, the counts whole numbers
FIELDS = ("place", "date", "type", "stage", *COUNTS)


def corrections(rulings: Sequence[Ruling]) -> dict[str, Any]:
    """The fields that the corrections in force set together; the later one counts."""
    fields: dict[str, Any] = {}
    for ruling in rulings:
        if ruling.action == "correct":
            fields |= json.loads(ruling.params)
    return fields


def retraction(rulings: Sequence[Ruling]) -> str | None:
    """The reason of the retraction in force; None without one."""
    reasons: list[str] = [json.loads(r.params)["reason"] for r in rulings if r.action == "retract"]
    return reasons[-1] if reasons else None


def ruled(facts: EventFacts, rulings: Sequence[Ruling]) -> EventFacts:
    """The facts as moderators want them told, whatever further reports say."""
    facts = corrected(facts, corrections(rulings))
    reason = retraction(rulings)
    if reason is None:
        return facts
    return replace(facts, verification="retracted", retraction=reason)


def corrected(facts: EventFacts, fields: Mapping[str, Any]) -> EventFacts:
    """The facts with these fields set, the severity judged again, and the fields named."""
    if not fields:
        return facts
    changes: dict[str, Any] = {name: fields[name] for name in ("type", "stage") if name in fields}
    if "place" in fields:
        place = Place(**fields["place"])
        changes["place"] = place
        if place.country:
            changes["countries"] = (place.country, *_without(facts.countries, place.country))
    if "date" in fields:
        changes |= {"date": fields["date"], "date_end": None, "date_precision": 1}
    counts = {who: fields[who] for who in COUNTS if who in fields}
    if counts:
        changes["tolls"] = _counted(facts.tolls, counts)
    facts = replace(facts, **changes, corrected=tuple(f for f in FIELDS if f in fields))
    return replace(facts, severity=severity(facts))


def _counted(tolls: Sequence[Toll], counts: Mapping[str, int]) -> tuple[Toll, ...]:
    """A corrected count stands alone for its harm, beside what a group claims."""
    kept = [t for t in tolls if t.who not in counts or (t.said_by == "group" and t.group is None)]
    told = [
        Toll(who, None, number, number, "exact" if number else "none")
        for who, number in counts.items()
    ]
    return (*told, *kept)


def _without(countries: Sequence[str], country: str) -> tuple[str, ...]:
    return tuple(code for code in countries if code != country)
