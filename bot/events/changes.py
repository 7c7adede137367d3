"""What is different between two revisions of an event, and whether it deserves a sound."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from bot.detect.report import Place, Toll
from bot.events.facts import EventFacts
from bot.events.tolls import voice

#: Every key a Change can have; messages word each of them.
#:   toll_up, toll_revised  who, before (Toll as dict or None), after (Toll as dict)
#:   claim                  actors (ids that claim and did not before), tolls (of the group, dicts)
#:   denial                 by (SPEAKERS who deny and did not before)
#:   outcome                before, after, said_by
#:   verification           before, after
#:   place                  before, after (Place as dict or None)
#:   country                countries (newly involved, ISO codes)
#:   stage, type, date      before, after
#:   actors                 actors (ids newly named)
#:   origins                before, after (counts)
#:   campaign               places (of attacks newly linked to the same series)
#:   apart                  ref (of the event that it was merged into before)
CHANGE_KEYS = (
    "toll_up", "toll_revised", "claim", "denial", "outcome", "verification", "place", "country",
    "stage", "type", "date", "actors", "origins",
    "campaign", "apart",
)  # fmt: skip

#: DOMAIN 3.4: crossing one of these is news whatever the step
_TOLL_MARKS = (1, 5, 10, 25, 50, 100)
_HARM = ("killed", "wounded", "abducted", "missing", "captured", "displaced")


@dataclass(frozen=True, slots=True)
class Change:
    """One difference; `params` depends on the key, see CHANGE_KEYS."""

    key: str
    params: dict[str, Any] = field(default_factory=dict)
    #: worth a new message to those who were told (DOMAIN 3.4 "Update when")
    material: bool = False


def material(changes: Iterable[Change]) -> bool:
    """Whether those who were told should hear of it at once, rather than see an edited message."""
    return any(change.material for change in changes)


def what_changed(before: EventFacts, after: EventFacts) -> tuple[Change, ...]:
    """The differences a reader would notice, most important first."""
    changes = [*_tolls(before, after), *_claims(before, after)]
    if before.duplicate_of and not after.duplicate_of:
        changes.append(Change("apart", {"ref": before.duplicate_of}))
    if new := _added(before.denied_by, after.denied_by):
        changes.append(Change("denial", {"by": new}, material=True))
    if before.outcome != after.outcome and after.outcome is not None:
        changes.append(
            Change(
                "outcome",
                {
                    "before": before.outcome,
                    "after": after.outcome,
                    "said_by": after.outcome_said_by,
                },
                material=True,
            )
        )
    if before.verification != after.verification:
        changes.append(
            Change(
                "verification",
                {"before": before.verification, "after": after.verification},
                material=True,
            )
        )
    changes.extend(_places(before, after))
    for key, worth in (("stage", True), ("type", before.kind == "alliance"), ("date", False)):
        old, new_value = getattr(before, key), getattr(after, key)
        if old != new_value and new_value is not None:
            changes.append(
                Change(key, {"before": old, "after": new_value}, material=worth and bool(old))
            )
    named = _added(_named(before), _named(after))
    claimed = {a for c in changes if c.key == "claim" for a in c.params["actors"]}
    if rest := tuple(a for a in named if a not in claimed):
        changes.append(Change("actors", {"actors": rest}))
    if before.origins != after.origins:
        changes.append(Change("origins", {"before": before.origins, "after": after.origins}))
    known = {part.ref for part in before.campaign}
    if linked := tuple(part.place or part.ref for part in after.campaign if part.ref not in known):
        changes.append(Change("campaign", {"places": linked}))
    return tuple(changes)


def _tolls(before: EventFacts, after: EventFacts) -> list[Change]:
    """What any voice newly counts of each kind of harm; what a group claims is a claim.

    A second voice counts as news only when it counts more than anybody did: a later, lower
    figure from somebody else is another account, and stands in the message.
    """
    changes = []
    for who in _HARM:
        old, new = _totals(before, who), _totals(after, who)
        was = max((_least(t) for t in old.values()), default=0)
        best = headline(before, who)
        for speaker, toll in new.items():
            known = old.get(speaker)
            if known is not None and _bounds(known) == _bounds(toll):
                continue
            least = _least(toll)
            if known is None and old and least <= was:
                continue
            if known is None and not old and least == 0:
                continue
            reference = _least(known) if known is not None else was
            step = abs(least - reference)
            crossed = any(
                min(reference, least) < mark <= max(reference, least) for mark in _TOLL_MARKS
            )
            worth = step > 0 and (crossed or step >= max(3.0, 0.25 * reference))
            changes.append(
                Change(
                    "toll_up" if least >= reference else "toll_revised",
                    {"who": who, "before": _toll(known or best), "after": _toll(toll)},
                    material=worth,
                )
            )
    return changes


def headline(facts: EventFacts, who: str) -> Toll | None:
    """The best founded total of `who`, from anybody but a claiming group."""
    return next(iter(_totals(facts, who).values()), None)


def _totals(facts: EventFacts, who: str) -> dict[str, Toll]:
    """The totals of `who` by voice, the best founded first, without claims of a group."""
    found: dict[str, Toll] = {}
    for toll in facts.tolls:
        if toll.who == who and toll.group is None and toll.said_by != "group":
            found.setdefault(voice(toll.said_by), toll)
    return found


def _least(toll: Toll) -> int:
    return toll.min if toll.min is not None else toll.max or 0


def _claims(before: EventFacts, after: EventFacts) -> list[Change]:
    def claimed_tolls(facts: EventFacts) -> tuple[Toll, ...]:
        return tuple(t for t in facts.tolls if t.said_by == "group" and t.group is None)

    actors = _added(_claimants(before), _claimants(after))
    known = {(t.who, t.min, t.max) for t in claimed_tolls(before)}
    tolls = tuple(t for t in claimed_tolls(after) if (t.who, t.min, t.max) not in known)
    if not actors and not tolls:
        return []
    return [Change("claim", {"actors": actors, "tolls": [_toll(t) for t in tolls]}, material=True)]


def _places(before: EventFacts, after: EventFacts) -> list[Change]:
    changes = []
    old, new = before.place, after.place
    if new is not None and (old is None or (old.name, old.country) != (new.name, new.country)):
        changes.append(
            Change(
                "place",
                {"before": _place(old), "after": _place(new)},
                material=old is None or new.precision < old.precision,
            )
        )
    if countries := _added(before.countries, after.countries):
        changes.append(Change("country", {"countries": countries}, material=True))
    return changes


def _claimants(facts: EventFacts) -> tuple[str, ...]:
    return tuple(a.id for a in facts.actors if a.certainty == "claimed" or a.role == "claimant")


def _named(facts: EventFacts) -> tuple[str, ...]:
    return tuple(a.id for a in facts.actors if a.role == "perpetrator" and a.id != "unknown")


def _added(before: Iterable[str], after: Iterable[str]) -> tuple[str, ...]:
    known = set(before)
    return tuple(dict.fromkeys(x for x in after if x not in known))


def _bounds(toll: Toll) -> tuple[int | None, int | None]:
    return toll.min, toll.max


def _toll(toll: Toll | None) -> dict[str, Any] | None:
    if toll is None:
        return None
    return {"who": toll.who, "min": toll.min, "max": toll.max, "status": toll.status,
            "said_by": toll.said_by, "provisional": toll.provisional}  # fmt: skip


def _place(place: Place | None) -> dict[str, Any] | None:
    if place is None:
        return None
    return {"name": place.name, "country": place.country, "precision": place.precision}
