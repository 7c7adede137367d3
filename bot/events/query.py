"""The query language of subscriptions: text to a condition on events, or to the mistake in it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from bot.detect.gazetteer import Gazetteer
from bot.detect.text import fold
from bot.events import fields
from bot.events.fields import Places
from bot.events.terms import (
    EventView,
    Node,
    Phrase,
    Prefix,
    Word,
    both,
    count,
    countries_of,
    either,
    names_something,
    negated,
)
from bot.events.words import stem

__all__ = ["EventView", "Match", "Query", "QueryError", "parse", "saved"]

MAX_CHARS = 300
MAX_TERMS = 30
MAX_DEPTH = 12
MIN_PREFIX = 3

_OPEN_QUOTES = {'"': '"', "“": "”", "«": "»", "„": "”"}
_MINUS = "-−–"
_OR = frozenset({"OR", "OU", "|"})
_AND = frozenset({"AND", "ET"})
#: a name, then what compares it; spaces around the sign are forgiven where the name is a field's
_FIELD = re.compile(r"(?P<name>[^\W\d_]+)(?P<gap>\s*)(?P<sign>>=|<=|≥|≤|:|=|>|<)(?P<after>\s*)")
_SIGNS = {"≥": ">=", "≤": "<=", "=": ":"}
_TERM_END = re.compile(r"[\s()\"“”«»]")
#: « l'armée », « d'Arlit », « qu'à »: the article is not what is looked for
_ELIDED = re.compile(r"^(?:l|d|j|m|s|c|t|qu)['’ʼ](?=\w)", re.IGNORECASE)


class QueryError(ValueError):
    """A mistake in a query: `key` and `params` say which, `position` is its first character."""

    def __init__(self, key: str, params: dict[str, Any] | None = None, position: int = 0):
        super().__init__(key)
        self.key = key
        self.params = params or {}
        self.position = position


@dataclass(frozen=True, slots=True)
class Match:
    #: what matched, as it stands in the event's words, and the fields that held
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Query:
    root: Node

    @property
    def norm(self) -> str:
        """One text for all ways to type the same; parsing it gives the same query."""
        return str(self.root)

    @property
    def countries(self) -> frozenset[str]:
        """Where the events are that it asks for; empty: anywhere."""
        return countries_of(self.root)

    def match(self, view: EventView) -> Match | None:
        found = self.root.match(view)
        return None if found is None else Match(found)


@lru_cache(maxsize=1)
def _own_places() -> Gazetteer:
    return Gazetteer.load()


def parse(text: str, places: Places | None = None) -> Query:
    """A query as typed.

    Words are ANDed; OR (OU) between two terms binds tighter than the space between words, as
    search engines read it. Keys of mistakes: query.empty, too_long, too_many_terms, too_deep,
    only_negative, unbalanced_quote, unbalanced_parenthesis, empty_group, dangling_or,
    dangling_minus, short_prefix, unknown_field, missing_value, bad_value, bad_operator,
    bad_radius, unknown_place.

    Args:
        places: the names that `place:` and `near:` may use; the package's own by default.

    Raises:
        QueryError: for every mistake, pointing at it.
    """
    if len(text) > MAX_CHARS:
        raise QueryError("query.too_long", {"max": MAX_CHARS, "length": len(text)}, MAX_CHARS)
    return _understood(text, places)


def saved(norm: str, places: Places | None = None) -> Query:
    """A query that was understood once: its norm may be longer than what people may type.

    Raises:
        QueryError: when a name it uses is no longer known.
    """
    return _understood(norm, places)


def _understood(text: str, places: Places | None) -> Query:
    root = _Parser(text, places).parse()
    if (terms := count(root)) > MAX_TERMS:
        raise QueryError("query.too_many_terms", {"max": MAX_TERMS, "count": terms})
    if not names_something(root):
        raise QueryError("query.only_negative")
    return Query(root)


class _Parser:
    """Recursive descent over the typed characters, so that every mistake knows its place."""

    def __init__(self, text: str, places: Places | None):
        self._text = text
        self._at = 0
        self._places = places

    def parse(self) -> Node:
        if not self._text.strip():
            raise QueryError("query.empty")
        parts = self._all(depth=0)
        if self._at < len(self._text):
            raise QueryError("query.unbalanced_parenthesis", {"sign": ")"}, self._at)
        if not parts:
            raise QueryError("query.empty")
        return both(parts)

    # -- the grammar -------------------------------------------------------------------------

    def _all(self, depth: int) -> list[Node]:
        """Terms side by side, up to the end or a closing parenthesis."""
        parts: list[Node] = []
        while self._skip() and self._text[self._at] != ")":
            if self._take(_AND):
                continue
            start = self._at
            if self._take(_OR):
                raise QueryError("query.dangling_or", {}, start)
            if (part := self._any(depth)) is not None:
                parts.append(part)
        return parts

    def _any(self, depth: int) -> Node | None:
        """One term, or several with OR between them; None for signs without a letter."""
        parts = [self._one(depth)]
        while self._skip():
            start = self._at
            if not self._take(_OR):
                break
            if not self._skip() or self._text[self._at] == ")":
                raise QueryError("query.dangling_or", {}, start)
            if self._take(_OR):
                raise QueryError("query.dangling_or", {}, start)
            parts.append(self._one(depth))
        kept = [p for p in parts if p is not None]
        return either(kept) if kept else None

    def _one(self, depth: int) -> Node | None:
        start, char = self._at, self._text[self._at]
        if char in _MINUS:
            self._at += 1
            if self._at >= len(self._text) or self._text[self._at] in " \t\n)":
                raise QueryError("query.dangling_minus", {}, start)
            inner = self._one(depth + 1) if depth < MAX_DEPTH else self._too_deep(start)
            return None if inner is None else negated(inner)
        if char == "(":
            return self._group(depth)
        if char in _OPEN_QUOTES:
            return _words(self._quoted())
        if (found := _FIELD.match(self._text, self._at)) is not None:
            node = self._field(found)
            if node is not None:
                return node
        return self._plain()

    def _group(self, depth: int) -> Node:
        start = self._at
        if depth >= MAX_DEPTH:
            self._too_deep(start)
        self._at += 1
        parts = self._all(depth + 1)
        if self._at >= len(self._text):
            raise QueryError("query.unbalanced_parenthesis", {"sign": "("}, start)
        self._at += 1
        if not parts:
            raise QueryError("query.empty_group", {}, start)
        return both(parts)

    def _plain(self) -> Node | None:
        start = self._at
        raw = self._until_end()
        if not raw:
            self._at += 1  # a closing quote without an opening one
            raise QueryError("query.unbalanced_quote", {"sign": self._text[start]}, start)
        if raw.endswith("*"):
            begin = fold(fold(raw))
            if len(begin) < MIN_PREFIX or " " in begin:
                raise QueryError("query.short_prefix", {"min": MIN_PREFIX}, start)
            return Prefix(begin)
        return _words(_ELIDED.sub("", raw))

    # -- fields ------------------------------------------------------------------------------

    def _field(self, found: re.Match[str]) -> Node | None:
        """A condition; None when the colon only ends a word (« Mali : … »)."""
        start = self._at
        name = fields.FIELD_NAMES.get(fold(found["name"]))
        spaced = bool(found["gap"] or found["after"])
        if name is None:
            close = fields.nearest(fold(found["name"]), fields.FIELD_NAMES)
            if (found["gap"] or (spaced and close is None)) and found["sign"] == ":":
                return None
            raise QueryError(
                "query.unknown_field",
                {
                    "name": found["name"],
                    "suggestion": close,
                    "allowed": sorted(set(fields.FIELD_NAMES.values())),
                },
                start,
            )
        self._at = found.end()
        sign = _SIGNS.get(found["sign"], found["sign"])
        if sign in (">", "<"):
            raise QueryError(
                "query.bad_operator", {"field": name, "allowed": [">=", "<=", ":"]}, start
            )
        value_at = self._at
        value = self._value()
        if not fold(value):
            raise QueryError("query.missing_value", {"field": name}, value_at)
        try:
            return fields.build(name, sign, value, self._places or _own_places())
        except fields.BadField as problem:
            raise QueryError(problem.key, problem.params, value_at) from None

    def _value(self) -> str:
        if self._at < len(self._text) and self._text[self._at] in _OPEN_QUOTES:
            quoted = self._quoted()
            # near:"tin zaouaten",50km
            return quoted + self._until_end()
        return self._until_end()

    # -- characters --------------------------------------------------------------------------

    def _skip(self) -> bool:
        """Over spaces and stray commas; whether anything is left."""
        while self._at < len(self._text) and self._text[self._at] in " \t\r\n\u00a0\u202f,;":
            self._at += 1
        return self._at < len(self._text)

    def _take(self, words: frozenset[str]) -> bool:
        end = _TERM_END.search(self._text, self._at)
        stop = end.start() if end else len(self._text)
        if self._text[self._at : stop] not in words:
            return False
        self._at = stop
        return True

    def _until_end(self) -> str:
        end = _TERM_END.search(self._text, self._at)
        stop = end.start() if end else len(self._text)
        raw = self._text[self._at : stop]
        self._at = stop
        return raw

    def _quoted(self) -> str:
        start = self._at
        sign = self._text[start]
        closing = {_OPEN_QUOTES[sign], '"'} if sign != "«" else {"»"}
        for end in range(start + 1, len(self._text)):
            if self._text[end] in closing:
                self._at = end + 1
                return self._text[start + 1 : end]
        raise QueryError("query.unbalanced_quote", {"sign": sign}, start)

    def _too_deep(self, position: int) -> Node:
        raise QueryError("query.too_deep", {"max": MAX_DEPTH}, position)


def _words(raw: str) -> Node | None:
    """The words of one term; several (« Tin-Zaouaten », a phrase) must stand side by side."""
    # folded twice: "¼" becomes "1⁄4", two words
    stems = tuple(stem(word) for word in fold(fold(raw)).split())
    if not stems:
        return None
    return Word(stems[0]) if len(stems) == 1 else Phrase(stems)
