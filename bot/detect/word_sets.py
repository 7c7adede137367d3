"""Small sets of words that one rule each asks for by name, from data/word_sets.yaml."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from bot.detect.lexicon import LANGUAGES, LexiconError, read_yaml, words_of

_KEYS = {"set", "for", "parts", *LANGUAGES, "__line__"}


def words(name: str) -> frozenset[str]:
    """The folded whole words of a set. Raises LexiconError where the file is wrong."""
    return frozenset(_set(name, parts=False))


def parts(name: str) -> tuple[str, ...]:
    """The folded beginnings or parts of words of a set. Raises LexiconError likewise."""
    return _set(name, parts=True)


def _set(name: str, *, parts: bool) -> tuple[str, ...]:
    found = _sets().get((name, parts))
    if found is None:
        kind = "with “parts: true”" if parts else "of whole words"
        raise LexiconError(f"word_sets.yaml: a set “{name}” {kind} is needed and not there")
    return found


@cache
def _sets() -> dict[tuple[str, bool], tuple[str, ...]]:
    return read_sets(files("bot.detect") / "data" / "word_sets.yaml")


def read_sets(where: Traversable) -> dict[tuple[str, bool], tuple[str, ...]]:
    """Folded words by name and by whether they are parts. Raises LexiconError by file and line."""
    sets: dict[tuple[str, bool], tuple[str, ...]] = {}
    for entry in read_yaml(where):
        at = f"{where.name}, line {entry['__line__']}"
        for key in entry.keys() - _KEYS:
            known = ", ".join(sorted(_KEYS - {"__line__"}))
            raise LexiconError(f"{at}: unknown key “{key}”; known are {known}")
        if not all(isinstance(entry.get(key), str) for key in ("set", "for")):
            raise LexiconError(f"{at}: “set” (its name) and “for” (what for) must be texts")
        if entry.get("parts", True) is not True:
            raise LexiconError(f"{at}: “parts” is true or left out")
        name = (entry["set"], "parts" in entry)
        if any(entry["set"] == known for known, _ in sets):
            raise LexiconError(f"{at}: there is a set “{entry['set']}” before this one")
        sets[name] = tuple(words_of(entry, where.name))
    return sets
