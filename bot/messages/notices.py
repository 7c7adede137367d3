"""What moderators are told of the sources: a few lines for whatever came together."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from bot.feeds.problem import Problem
from bot.feeds.silence import DAY
from bot.messages.i18n import Voice
from bot.messages.message import Line, Message, Span
from storage.notices import Letter

#: more would hide the one that matters; /feeds shows them all
_SHOWN = 15
_BEGUN, _OVER = "⚠️", "✅"
_PERIODS = (("day", DAY), ("week", 7 * DAY), ("month", 30 * DAY))
#: characters of an error that no version of ours wrote
_REASON = 60


def told(letters: Sequence[Letter], voice: Voice, now: float) -> Message:
    """One message for letters to one moderator; good news alone makes no sound."""
    lines: list[Line] = []
    if len(letters) > 1:
        lines.append((Span(voice.text("notice.title", n=len(letters)), "bold"),))
    for letter in letters[:_SHOWN]:
        sign = _BEGUN if letter.about == "begun" else _OVER
        lines.append((Span(f"{sign} {_sentence(letter, voice, now)}"),))
    if len(letters) > _SHOWN:
        lines.append((Span(voice.text("notice.more", n=len(letters) - _SHOWN)),))
    lines.append((Span(voice.text("notice.look"), "italic"),))
    return Message(tuple(lines), silent=all(letter.about == "over" for letter in letters))


def usual(voice: Voice, gap: float) -> str:
    """« 8 articles par jour », for the seconds from one item to the next."""
    period, seconds = next((p for p in _PERIODS if gap <= p[1]), _PERIODS[-1])
    return voice.text(f"rhythm.{period}", n=max(1, round(seconds / gap)))


def reason(voice: Voice, stored: str | None) -> str:
    """A feed's last error in the language of the chat."""
    problem = Problem.load(stored or "")
    if problem is None:
        return (stored or "?")[:_REASON]
    return voice.catalogue.text(voice.language, f"problem.{problem.key}", problem.params)


def _sentence(letter: Letter, voice: Voice, now: float) -> str:
    params: Mapping[str, Any] = json.loads(letter.params)
    until = now if letter.ended_at is None else letter.ended_at
    span = voice.span(until - params["since"]) if params.get("since") is not None else ""
    if letter.about == "over":
        return _over(letter, voice, params, span)
    match letter.kind:
        case "network":
            return voice.text("notice.network", span=span)
        case "country":
            country = voice.country(params["country"])
            if params["regional"]:
                return voice.text("notice.country", country=country, span=span)
            return voice.text("notice.country_nothing", country=country, span=span)
        case "retired":
            into = params["into"]
            problem = params["problem"] if into is None else Problem("same_as", id=into).dump()
            said = reason(voice, problem)
            return voice.text("notice.retired", name=params["name"], reason=said)
        case "feed":
            return _of_feed(voice, params, span)


def _of_feed(voice: Voice, params: Mapping[str, Any], span: str) -> str:
    name = params["name"]
    match params["state"]:
        case "silent":
            if params["usual_gap"] is None:
                return voice.text("notice.silent", name=name, span=span)
            rate = usual(voice, params["usual_gap"])
            return voice.text("notice.silent_usually", name=name, span=span, usual=rate)
        case "empty":
            return voice.text("notice.empty", name=name, span=span)
        case "web_page":
            key = "notice.web_page"
        case "refused":
            key = "notice.refused"
        case _:
            key = "notice.failing"
    return voice.text(key, name=name, span=span, reason=reason(voice, params["problem"]))


def _over(letter: Letter, voice: Voice, params: Mapping[str, Any], span: str) -> str:
    match letter.kind:
        case "network":
            return voice.text("notice.network_over", span=span)
        case "country":
            country = voice.country(params["country"])
            return voice.text("notice.country_over", country=country, span=span)
        case _:
            return voice.text("notice.feed_over", name=params["name"], span=span)
