"""Counting the harmed: each figure with who gives it, and vague words kept vague."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bot.detect.report import TOLL_WHO, Toll
from bot.events.facts import EventFacts
from bot.messages.grammar import capital, contract
from bot.messages.i18n import Voice
from bot.messages.phrases import actors

#: « des dizaines » is stored as at least 20 (DOMAIN 4.5); the word is shown, not the number
_VAGUE = ((2000, "thousands"), (200, "hundreds"), (20, "dozens"), (0, "several"))
#: the attackers' own dead are no part of the harm: they are told apart
_ATTACKERS = "militant"
_ATTACKERS_HARM = ("killed", "wounded", "captured")


def toll_line(voice: Voice, facts: EventFacts) -> str:
    """« Bilan : 8 morts (officiel) ; 70 morts revendiqués par le Jnim (non vérifié) »."""
    figures = [phrase for who in TOLL_WHO for phrase in _figures(voice, facts, who)]
    if not figures:
        return capital(voice.text("toll.unknown"))
    return voice.text("toll.line", figures=voice.chain(figures))


def short_toll(voice: Voice, facts: EventFacts) -> str:
    """The best founded figure of the dead, else of other harm, for one-line lists."""
    for who in TOLL_WHO:
        for toll in facts.tolls:
            if toll.who == who and toll.group is None:
                return _said(voice, facts, toll, quantity(voice, toll))
    return voice.text("toll.unknown")


def quantity(voice: Voice, toll: Toll) -> str:
    """« au moins 20 morts », « des dizaines de blessés », « 8 soldats tués »."""
    low, high = toll.min, toll.max
    if toll.status == "none" or (toll.status == "exact" and low == 0):
        return voice.text(f"toll.none.{toll.who}")
    if toll.status == "exact" and low is not None:
        return voice.text("toll.exact", count=low, noun=_noun(voice, toll, low))
    if toll.status == "at_most" and high is not None:
        return voice.text("toll.at_most", count=high, noun=_noun(voice, toll, high))
    if low is not None and high is not None and 0 < low < high:
        return voice.text("toll.range", low=low, high=high, noun=_noun(voice, toll, high))
    if toll.status == "unknown_positive" or not low:
        return voice.text("toll.some", noun=_noun(voice, toll, 2))
    if toll.status == "vague":
        word = next(word for least, word in _VAGUE if low >= least)
        phrase = voice.text(f"toll.vague.{word}", noun=_noun(voice, toll, 2))
        return contract(voice.language, phrase)
    return voice.text("toll.at_least", count=low, noun=_noun(voice, toll, low))


def from_params(params: Mapping[str, Any]) -> Toll:
    """The Toll inside a Change's parameters."""
    return Toll(
        who=params["who"],
        group=None,
        min=params["min"],
        max=params["max"],
        status=params["status"],
        said_by=params["said_by"],
        provisional=params["provisional"],
    )


def attributed(voice: Voice, facts: EventFacts, toll: Toll) -> str:
    """The figure with who gives it: « 8 morts (officiel) »."""
    return _said(voice, facts, toll, quantity(voice, toll))


def claimants(facts: EventFacts) -> list[str]:
    """Ids of those who say that they did it."""
    found = [a.id for a in facts.actors if a.role == "claimant" or a.certainty == "claimed"]
    if not found and facts.attribution == "claimed":
        found = [a.id for a in facts.actors if a.role == "perpetrator"]
    return [id for id in dict.fromkeys(found) if id != "unknown"]


def _figures(voice: Voice, facts: EventFacts, who: str) -> list[str]:
    tolls = [toll for toll in facts.tolls if toll.who == who]
    totals = [toll for toll in tolls if toll.group is None]
    groups = [toll for toll in tolls if toll.group not in (None, _ATTACKERS)]
    attackers = [toll for toll in tolls if toll.group == _ATTACKERS and who in _ATTACKERS_HARM]
    only_attackers = {(toll.min, toll.max) for toll in attackers}
    phrases = []
    for total in totals:
        if (total.min, total.max) in only_attackers:
            continue
        parts = [group for group in groups if _part_of(group, total, totals)]
        groups = [group for group in groups if group not in parts]
        phrases.append(_total(voice, facts, total, parts))
    phrases.extend(attributed(voice, facts, toll) for toll in groups)
    phrases.extend(attributed(voice, facts, toll) for toll in attackers)
    return phrases


def _total(voice: Voice, facts: EventFacts, total: Toll, parts: Sequence[Toll]) -> str:
    if len(parts) == 1 and (parts[0].min, parts[0].max) == (total.min, total.max):
        return _said(voice, facts, total, quantity(voice, parts[0]))
    phrase = quantity(voice, total)
    if parts:
        inside = voice.join(_group_count(voice, part) for part in parts)
        phrase = voice.text("toll.including", total=phrase, parts=inside)
    return _said(voice, facts, total, phrase)


def _part_of(group: Toll, total: Toll, totals: Sequence[Toll]) -> bool:
    """A group's figure is inside the total of the same speaker, if it fits there."""
    same = group.said_by == total.said_by or (group.said_by is None and total is totals[0])
    return same and (total.min or 0) >= (group.min or 1)


def _group_count(voice: Voice, toll: Toll) -> str:
    """« 5 soldats » after « dont »."""
    if toll.min is not None and toll.min == toll.max:
        noun = voice.text(f"group.{toll.group}", n=toll.min)
        return voice.text("toll.exact", count=toll.min, noun=noun)
    return quantity(voice, toll)


def _noun(voice: Voice, toll: Toll, n: int) -> str:
    if toll.group in (None, "unknown"):
        return voice.text(f"toll.noun.{toll.who}", n=n)
    group = voice.text(f"group.{toll.group}", n=n)
    return voice.text(f"toll.noun_of.{toll.who}", n=n, group=group)


def _said(voice: Voice, facts: EventFacts, toll: Toll, phrase: str) -> str:
    """Who gives the figure; what a party says of its enemy's dead is never left unmarked."""
    if toll.said_by == "group":
        by = claimants(facts)
        if toll.who == "killed" and by:
            n = toll.min if toll.status == "exact" else 2
            claim = voice.text("toll.claimed", n=n, actors=actors(voice, by))
            if toll.status == "unknown_positive":
                # « des morts, nombre non précisé, revendiqués par … »
                return voice.comma(phrase, claim)
            return f"{phrase} {claim}"
        return voice.text("toll.group_says", figure=phrase)
    if toll.group == _ATTACKERS:
        said_by = toll.said_by if toll.said_by in ("army", "official") else "unknown"
        return voice.text(f"toll.enemy.{said_by}", figure=phrase)
    marks = []
    if toll.said_by and toll.said_by != "unknown":
        marks.append(voice.text(f"toll.by.{toll.said_by}"))
    if toll.provisional:
        marks.append(voice.text("toll.provisional"))
    if not marks:
        return phrase
    return voice.text("toll.marked", figure=phrase, marks=", ".join(marks))
