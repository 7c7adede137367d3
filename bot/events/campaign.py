"""Coordinated attacks: several events of one series, linked and never merged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.events.assess import severity
from bot.events.days import days_between, happened
from bot.events.facts import EventFacts, Part
from bot.events.slots import compare_actors

#: the flag of a report that calls its attack one of several at once
COORDINATED = "coordinated"
#: nights run over midnight, and a series is told until the next day
_MOST_DAYS = 1


def of_one_campaign(one: EventFacts, other: EventFacts, *, told_together: bool) -> bool:
    """Whether two attacks are parts of one operation (DOMAIN 3.1 `campaign`).

    Somebody has to say so: a report that calls its attack coordinated or simultaneous. Then two
    towns of one country on one day belong together when one article tells both, when both are
    called so, or when the same group is named for both.
    """
    if one.kind != "attack" or other.kind != "attack":
        return False
    if not set(one.countries) & set(other.countries):
        return False
    said = [_is_coordinated(one), _is_coordinated(other)]
    if not any(said) or _is_state_operation(one) or _is_state_operation(other):
        return False
    first = happened(one.date, one.date_end, one.date_precision, None)
    second = happened(other.date, other.date_end, other.date_precision, None)
    if first is None or second is None:
        return told_together
    if "coarse" in (first.grade, second.grade) or days_between(first, second) > _MOST_DAYS:
        return False
    return told_together or all(said) or compare_actors(one.actors, other.actors) == "same"


def linked(facts: EventFacts, parts: Sequence[Part]) -> EventFacts:
    """The event as one of a series: five towns at once are graver than any of them."""
    facts = replace(facts, campaign=tuple(parts))
    return replace(facts, severity=severity(facts))


def _is_coordinated(facts: EventFacts) -> bool:
    return COORDINATED in facts.flags


def _is_state_operation(facts: EventFacts) -> bool:
    return "state_operation" in facts.flags
