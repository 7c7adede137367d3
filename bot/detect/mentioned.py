"""Whether an attack is told as news or only mentioned, and what that takes off its points."""

from __future__ import annotations

from collections.abc import Sequence

from bot.detect import word_sets
from bot.detect.lexicon import Mark
from bot.detect.other_days import Verdict, is_fresh
from bot.detect.reading import Reading, Sentence

#: nobody counted and no day, in an item that has room for both: mostly background
_UNCOUNTED = 0.5
#: « résister à de nouvelles attaques »: a noun that no article presents as news
_MENTIONED = 0.75
_NEWS = word_sets.words("presents_news")
#: what bare plurals lose
_HABIT = 1.5
#: what lists of them lose, and what is told by lists
_LISTED = 2.5
_HABITS = frozenset({"abduction", "looting_arson", "attack_on_civilians", "attack_unspecified"})
_LISTING = word_sets.words("listing")
_AIMED = word_sets.words("aimed_at")


def mentioned(reading: Reading, sentence: Sentence, verdicts: Sequence[Verdict]) -> float:
    """Points held back from a telling without a count, where the item had room for one.

    In an item that tells an attack the sentence still belongs to it.
    """
    if len(reading.sentences) < 2 or _is_dated(reading, sentence):
        return 0.0
    if any(_presents(reading, v.trigger) for v in verdicts):
        return _UNCOUNTED
    return _UNCOUNTED + _MENTIONED


def habit(reading: Reading, sentence: Sentence, verdicts: Sequence[Verdict]) -> float:
    """Points lost by « Embuscades, mines, enlèvements … », bare plurals that tell no one."""
    if _is_list(reading, sentence, verdicts):
        return _LISTED
    return _HABIT if _is_habit(reading, sentence, verdicts) else 0.0


def _is_list(reading: Reading, sentence: Sentence, verdicts: Sequence[Verdict]) -> bool:
    """« Enlèvements, taxes et incendies : … »: what goes on in a place, and no day.

    Bare plurals that open a headline or follow its colon, and more of their kind right behind.
    """
    if sentence.has("evidence", "recent") or reading.dates_in(sentence):
        return False
    words, between = reading.doc.words, reading.doc.between

    def opens(at: int) -> bool:
        return words[at].endswith("s") and (
            at == sentence.span.first or (at > 0 and ":" in between(at - 1, at))
        )

    return any(
        v.trigger.value in _HABITS
        and v.trigger.last < sentence.span.last
        and words[v.trigger.first].endswith("s")
        and (
            opens(v.trigger.first)
            or (
                v.trigger.first > sentence.span.first
                and "," in between(v.trigger.first - 1, v.trigger.first)
                and opens(v.trigger.first - 1)
            )
        )
        and (
            "," in between(v.trigger.last - 1, v.trigger.last) or words[v.trigger.last] in _LISTING
        )
        for v in verdicts
    )


def _is_habit(reading: Reading, sentence: Sentence, verdicts: Sequence[Verdict]) -> bool:
    """Bare plurals without a day or a town."""
    return (
        all(
            v.trigger.entry.more["part"] == "noun" and v.trigger.text.endswith("s")
            for v in verdicts
        )
        and not sentence.has("evidence", "recent")
        and not reading.dates_in(sentence)
        and not reading.places_in(sentence)
        and _AIMED.isdisjoint(reading.doc.words[verdicts[-1].trigger.last :][:1])
    )


def _presents(reading: Reading, trigger: Mark) -> bool:
    """« Une attaque … », « Attaque à Gossi »: told as news; « de nouvelles attaques » is not."""
    if trigger.entry.more["part"] != "noun" or not trigger.entry.more.get("hostile"):
        return True
    first, words = trigger.first, reading.doc.words
    before = words[max(0, first - 2) : first]
    return (
        not before
        or not _NEWS.isdisjoint(before)
        or any(s.span.first == first for s in reading.sentences)
        or ":" in reading.doc.between(first - 1, first)
    )


def _is_dated(reading: Reading, sentence: Sentence) -> bool:
    """A day of this week beside the harm, or in the lead under its headline."""
    return is_fresh(sentence) or (
        sentence.number == 0 and reading.sentences[1].has("evidence", "recent")
    )
