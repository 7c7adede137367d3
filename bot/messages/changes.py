"""What is new, said first: the changes between what a chat was told and what is known now."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from bot.events.changes import Change
from bot.events.facts import EventFacts
from bot.messages import phrases, tolls
from bot.messages.i18n import Voice
from bot.messages.phrases import according, actors, countries, denial

#: more than this many and nobody reads them; they come most important first
MOST = 4


def changed(voice: Voice, changes: tuple[Change, ...], after: EventFacts) -> str:
    """« bilan : 54 morts (officiel), au lieu de 8 morts (officiel) ; l’armée dément »."""
    said = [_WORDING[change.key](voice, change.params, after) for change in changes[:MOST]]
    return voice.chain(said) if said else voice.text("change.nothing")


def _toll(key: str) -> Callable[[Voice, dict[str, Any], EventFacts], str]:
    def wording(voice: Voice, params: dict[str, Any], after: EventFacts) -> str:
        new = tolls.attributed(voice, after, tolls.from_params(params["after"]))
        if params["before"] is None:
            return voice.text("change.toll_first", after=new)
        old = tolls.quantity(voice, tolls.from_params(params["before"]))
        return voice.text(f"change.{key}", after=new, before=old)

    return wording


def _claim(voice: Voice, params: dict[str, Any], _after: EventFacts) -> str:
    figures = voice.join(
        tolls.quantity(voice, tolls.from_params(toll)) for toll in params["tolls"]
    )
    by = actors(voice, params["actors"])
    if by and figures:
        return voice.text("change.claim_with_toll", actors=by, toll=figures)
    if by:
        return voice.text("change.claim", actors=by)
    return voice.text("change.claimed_toll", toll=figures)


def _denial(voice: Voice, params: dict[str, Any], after: EventFacts) -> str:
    return denial(voice, params["by"], after.said_by)


def _outcome(voice: Voice, params: dict[str, Any], _after: EventFacts) -> str:
    said_by = [params["said_by"]] if params["said_by"] else []
    return voice.comma(voice.text(f"outcome.{params['after']}"), according(voice, said_by))


def _place(voice: Voice, params: dict[str, Any], _after: EventFacts) -> str:
    def named(where: dict[str, Any]) -> str:
        return phrases.named(voice, where["name"], where["precision"])

    before, after = params["before"], params["after"]
    if before is None or before["name"] == after["name"]:
        return voice.text("change.place_first", after=named(after))
    return voice.text("change.place", after=named(after), before=named(before))


def _country(voice: Voice, params: dict[str, Any], _after: EventFacts) -> str:
    codes = params["countries"]
    return voice.text("change.country", countries=countries(voice, codes), n=len(codes))


def _from_to(key: str, family: str) -> Callable[[Voice, dict[str, Any], EventFacts], str]:
    """A value of a closed list that became another."""

    def wording(voice: Voice, params: dict[str, Any], _after: EventFacts) -> str:
        after = voice.text(f"{family}.{params['after']}")
        if params["before"] is None:
            return voice.text(f"change.{key}_first", after=after)
        before = voice.text(f"{family}.{params['before']}")
        return voice.text(f"change.{key}", after=after, before=before)

    return wording


def _date(voice: Voice, params: dict[str, Any], _after: EventFacts) -> str:
    after = voice.short_day(date.fromisoformat(params["after"]))
    return voice.text("change.date", after=after)


def _actors(voice: Voice, params: dict[str, Any], _after: EventFacts) -> str:
    return voice.text("change.actors", actors=actors(voice, params["actors"]))


def _origins(voice: Voice, params: dict[str, Any], _after: EventFacts) -> str:
    return voice.text("change.origins", after=params["after"], before=params["before"])


def _campaign(voice: Voice, params: dict[str, Any], _after: EventFacts) -> str:
    return voice.text("change.campaign", places=voice.join(params["places"]))


def _apart(voice: Voice, params: dict[str, Any], _after: EventFacts) -> str:
    return voice.text("change.apart", ref=params["ref"])


_WORDING: dict[str, Callable[[Voice, dict[str, Any], EventFacts], str]] = {
    "toll_up": _toll("toll_up"),
    "toll_revised": _toll("toll_revised"),
    "claim": _claim,
    "denial": _denial,
    "outcome": _outcome,
    "verification": _from_to("verification", "verification"),
    "place": _place,
    "country": _country,
    "stage": _from_to("stage", "stage"),
    "type": _from_to("type", "type"),
    "date": _date,
    "actors": _actors,
    "origins": _origins,
    "campaign": _campaign,
    "apart": _apart,
}
