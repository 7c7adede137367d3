"""A query said back in words, so that people see what was understood."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import reduce

from bot.detect.text import Doc, Span
from bot.events.query import Query
from bot.events.terms import And, Field, Node, Not, Or, Phrase, Prefix, Word
from bot.events.words import stem
from bot.messages.i18n import Voice
from bot.messages.phrases import actor


def in_words(voice: Voice, query: Query, typed: str) -> str:
    """« attaques, pays : Mali, le mot « djibo » »."""
    return _Teller(voice, typed).tell(query.root)


class _Teller:
    def __init__(self, voice: Voice, typed: str):
        self._voice = voice
        #: what was compared → what was typed: « attaqu » means nothing to anybody
        doc = Doc(typed)
        self._typed = {stem(word): doc.raw(Span(at, at + 1)) for at, word in enumerate(doc.words)}

    def tell(self, node: Node) -> str:
        text = self._voice.text
        match node:
            case And():
                return ", ".join(self._inner(part) for part in sorted(node.parts, key=_rank))
            case Or():
                parts = [self._inner(part) for part in node.parts]
                return reduce(lambda a, b: text("understood.or", first=a, second=b), parts)
            case Not():
                return text("understood.without", what=self._inner(node.inner))
            case Phrase():
                return text("understood.phrase", words=" ".join(map(self._word, node.stems)))
            case Prefix():
                return text("understood.prefix", start=node.start)
            case Word():
                return text("understood.word", word=self._word(node.stem))
            case Field():
                return _condition(self._voice, node.text)

    def _inner(self, node: Node) -> str:
        told = self.tell(node)
        return f"({told})" if isinstance(node, And | Or) else told

    def _word(self, compared: str) -> str:
        return self._typed.get(compared, compared)


def matched(voice: Voice, what: str) -> str:
    """What a Match holds: a word of the articles, or a condition that was met."""
    condition = _CONDITION.fullmatch(what)
    if condition and condition["name"] in _FIELDS:
        return _condition(voice, what)
    return voice.text("why.quoted", word=what)


def _rank(node: Node) -> int:
    """What first, then where and who, then the words, as one would say it."""
    name = re.split("[:<>]", node.text)[0] if isinstance(node, Field) else ""
    return list(_FIELDS).index(name) if name in _FIELDS else len(_FIELDS)


def _condition(voice: Voice, condition: str) -> str:
    """« severity>=severe » → « de gravité forte ou plus »."""
    found = _CONDITION.fullmatch(condition)
    if found is None or found["name"] not in _FIELDS:
        return condition
    wording = _FIELDS[found["name"]](voice, found["value"].strip('"'))
    if found["sign"] == ":":
        return wording
    return voice.text(_SIGNS[found["sign"]], what=wording)


_CONDITION = re.compile(r"(?P<name>[a-z]+)(?P<sign>>=|<=|:)(?P<value>.+)", re.DOTALL)
_SIGNS = {">=": "understood.at_least", "<=": "understood.at_most"}


def _listed(family: str) -> Callable[[Voice, str], str]:
    return lambda voice, value: voice.text(f"{family}.{value}")


def _named(key: str) -> Callable[[Voice, str], str]:
    return lambda voice, value: voice.text(key, value=value)


def _near(voice: Voice, value: str) -> str:
    place, _, radius = value.rpartition(",")
    return voice.text("understood.near", place=place.title(), km=radius.removesuffix("km"))


def _actor(voice: Voice, value: str) -> str:
    name = value.replace(" ", "_")
    shown = actor(voice, name) if voice.has(f"actor.{name}") else value
    return voice.text("understood.actor", value=shown)


_FIELDS: dict[str, Callable[[Voice, str], str]] = {
    "kind": _listed("understood.kind"),
    "type": lambda voice, value: voice.text(f"type.{value}"),
    "country": lambda voice, value: voice.text("understood.country", value=voice.country(value)),
    "place": lambda voice, value: voice.text("understood.place", value=value.title()),
    "near": _near,
    "actor": _actor,
    "source": _named("understood.source"),
    "lang": lambda voice, value: voice.text("understood.lang", value=voice.language_name(value)),
    "severity": lambda voice, value: voice.text(
        "understood.severity", value=voice.text(f"severity.{value}")
    ),
    "origins": lambda voice, value: voice.text("origins", n=int(value)),
    "verification": lambda voice, value: voice.text(f"verification.{value}"),
}
