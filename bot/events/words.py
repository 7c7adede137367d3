"""Words made comparable for subscriptions: endings folded, never the word itself."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from bot.detect.text import fold
from bot.events import names
from bot.events.facts import EventFacts

#: What is left of a word after an ending goes must have this many letters (NLP.md 4: no stemmer
#: that turns Mali into "mal" and Niger into "nig").
_LEAST = 4
#: verb and gender endings of French and English after folding, longest first
_ENDINGS = ("erent", "aient", "ent", "ant", "ing", "ee", "er", "ed", "e")
#: the "s" belongs to the word
_KEEP_S = frozenset({
    "pays", "mars", "mois", "fois", "cas", "corps", "temps", "sens", "bras", "fils", "gens",
    "news", "ans", "onu", "aes", "fds", "plus", "sans", "dans", "apres", "pres",
})  # fmt: skip
#: words that an ending would turn into another: « armée » is no « arme », « entrée » no « entre »,
#: « argent » no « arg »
_WHOLE = frozenset({
    "armee", "entre", "contre", "autre", "notre", "votre", "cette", "comme", "avant", "pendant",
    "depuis", "present", "presente", "sahel", "president", "presidente", "important", "niger",
    "alger", "mercredi", "premier", "centre", "hiver", "danger", "talent", "argent",
})  # fmt: skip
#: verbs too short for the rule
_SHORT = {
    "tuer": "tue", "tuent": "tue", "tuant": "tue", "tuerent": "tue", "tuee": "tue",
    "tire": "tir", "tirer": "tir", "tirent": "tir", "tiree": "tir",
    "piege": "pieg", "piegee": "pieg",
}  # fmt: skip


@lru_cache(maxsize=65_536)
def stem(word: str) -> str:
    """A folded word without its plural, gender or verb ending: "attaquees" → "attaqu".

    Applying it twice changes nothing; country words become one family ("malienne" → "mali").
    """
    families = names.country_families()
    while word not in families and (shorter := _step(word)) != word:
        word = shorter
    return families.get(word, word)


def _step(word: str) -> str:
    if word in _SHORT:
        return _SHORT[word]
    if word in _WHOLE or len(word) < _LEAST or not word.isascii() or not word.isalpha():
        return word
    if word[-1] == "s" and word[-2] != "s" and word not in _KEEP_S:
        return word[:-1]
    if word.endswith("aux") and not word.endswith("eaux") and len(word) > 5:
        return word[:-3] + "al"
    if word.endswith(("eux", "aux", "oux")) and len(word) > _LEAST:
        return word[:-1]
    for ending in _ENDINGS:
        left = word.removesuffix(ending)
        if left != word and len(left) >= _LEAST:
            return left
    if len(word) > 5 and word[-1] == word[-2] and word[-1] in "lnptm":
        return word[:-1]
    if word[-1] == "y":
        return word[:-1] + "i"
    return word


def words_of(texts: Iterable[tuple[str, str]], facts: EventFacts) -> str:
    """What subscriptions and searches see of an event, folded: one line per title, lead and name.

    Lines keep a phrase from running over from one text into the next; an empty line parts what
    articles say from the names that the facts add.

    Args:
        texts: title and summary of each article, first seen first.
    """
    told = _unique(part for text in texts for part in text)
    named = _unique(_fact_lines(facts))
    return "\n".join([*told, "", *named])


def told_lines(words_norm: str) -> tuple[str, ...]:
    """What the articles say, out of `words_of`: the lines before the facts' names."""
    return tuple(words_norm.split("\n\n", 1)[0].splitlines())


def _unique(texts: Iterable[str]) -> list[str]:
    return [line for line in dict.fromkeys(fold(text) for text in texts) if line]


def _fact_lines(facts: EventFacts) -> Iterable[str]:
    for place in (facts.place, *facts.other_places):
        if place is not None:
            yield place.name
            yield place.admin1 or ""
    for code in facts.countries:
        yield from names.country_names(code)
    for actor in facts.actors:
        yield from names.actor_words(actor.id)
    yield from names.type_words(facts.type)
    yield from names.KIND_WORDS[facts.kind]
