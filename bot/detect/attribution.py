"""Who says what happened, who claims it, who denies it, and how it ended."""

from __future__ import annotations

from collections.abc import Sequence

from bot.detect import word_sets
from bot.detect.lexicon import Mark
from bot.detect.reading import Reading, Sentence, distance

#: how far the one who speaks may stand from the word that says so
_SPEAKER_REACH = 7
_CUT_REACH = 3
_AFTER_ONLY = word_sets.words("according_to")


def speaker_of(reading: Reading, sentence: Sentence) -> str | None:
    """Who states what a sentence tells: one of SPEAKERS, None when nobody is cited."""
    nouns = [m for m in sentence.of("speaker") if m.entry.more["role"] == "noun"]
    for verb in sentence.of("speaker"):
        if verb.entry.more["role"] != "verb":
            continue
        near = [noun for noun in nouns if _speaks(reading, verb, noun)]
        if near:
            return min(near, key=lambda noun: distance(noun, verb)).value
    if any(m.value == "claim" for m in sentence.of("stance")):
        return "group"
    return _cut_off(reading, sentence, nouns)


def _cut_off(reading: Reading, sentence: Sentence, nouns: Sequence[Mark]) -> str | None:
    """« …, the UN's mission... »: feeds cut the verb of saying off, the speaker stays."""
    if sentence.span.last < len(reading.doc) or not nouns:
        return None
    if not reading.doc.original.rstrip().endswith(("...", "…")):
        return None
    last = nouns[-1]
    near_end = sentence.span.last - last.last <= _CUT_REACH
    before = reading.doc.original[: reading.doc.starts[last.first]].rstrip(" ’'\"«the")
    return last.value if near_end and before.endswith(",") else None


def _speaks(reading: Reading, verb: Mark, noun: Mark) -> bool:
    if distance(verb, noun) > _SPEAKER_REACH:
        return False
    before = noun.last <= verb.first
    if verb.text in _AFTER_ONLY and before:
        return False
    left, right = (noun.last - 1, verb.first) if before else (verb.last - 1, noun.first)
    hard, commas, _ = reading.breaks(left, right)
    return hard == 0 and commas == 0


def said_by(reading: Reading, sentences: Sequence[Sentence]) -> str | None:
    """Who states the main fact of a happening: the first who is cited."""
    for sentence in sentences:
        speaker = speaker_of(reading, sentence)
        if speaker is not None:
            return speaker
    return None


def stance(sentences: Sequence[Sentence]) -> str | None:
    """The attribution: claimed, denied, attributed, suspected, none, or None when nobody says."""
    found = {mark.value for sentence in sentences for mark in sentence.of("stance")}
    for mark_value, attribution in (
        ("unclaimed", "none"), ("claim", "claimed"), ("blamed", "attributed"),
        ("suspected", "suspected"),
    ):  # fmt: skip
        if mark_value in found:
            return attribution
    return None


def outcome_of(reading: Reading, sentences: Sequence[Sentence]) -> tuple[str | None, str | None]:
    """How it ended and who says so; the last word on it wins."""
    for sentence in reversed(sentences):
        for mark in reversed(sentence.of("outcome")):
            return mark.value, speaker_of(reading, sentence) or _owner(sentence, mark)
    return None, None


def _owner(sentence: Sentence, mark: Mark) -> str | None:
    """« l'armée affirme avoir repoussé »: the speaker noun nearest before the outcome."""
    nouns = [
        m for m in sentence.of("speaker")
        if m.entry.more["role"] == "noun" and m.last <= mark.first
    ]  # fmt: skip
    return nouns[-1].value if nouns else None


def denied_by(reading: Reading, sentences: Sequence[Sentence]) -> str | None:
    for sentence in sentences:
        for mark in sentence.of("stance"):
            if mark.value == "denial":
                return _owner(sentence, mark) or speaker_of(reading, sentence) or "unknown"
    return None
