"""Whose figure is whose: « 28 morts selon l'armée, plus de 30 selon le Jnim »."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from bot.detect import word_sets
from bot.detect.lexicon import Mark
from bot.detect.reading import Sentence, distance
from bot.detect.report import TOLL_WHO, Toll
from bot.detect.toll_totals import TollMention, combine

#: those who answer for the count first, the fighters' own claims last
_ORDER = ("official", "army", "medical", "ngo", "local", "media", "unknown", "group")
_AFTER = word_sets.parts("says_so")
#: words between a figure and the one who gives it
_REACH = 6
_NOUN_REACH = 4


def by_voice(
    extent: Sequence[Sentence], mentions: Sequence[TollMention], said: str | None
) -> tuple[Toll, ...]:
    """Tolls of one happening; where speakers disagree, one more total for each who differs.

    The total of the best founded speaker stands first. `said` speaks for figures that nobody of
    their own sentence gives.
    """
    tolls: list[Toll] = []
    for who in TOLL_WHO:
        mine = [m for m in mentions if m.who == who]
        if mine:
            tolls += _of_one(extent, mine, said)
    return tuple(tolls)


def _of_one(
    extent: Sequence[Sentence], mentions: Sequence[TollMention], said: str | None
) -> list[Toll]:
    voices = _voices(extent, mentions)
    named = sorted({voice for voice in voices if voice}, key=_ORDER.index)
    if named == ["group"] and any(
        voice is None and m.status != "unknown_positive" and m.side == "victim"
        for m, voice in zip(mentions, voices, strict=True)
    ):
        # the rest of the text, in its own voice, stands before what the fighters claim
        voices = [voice or "unknown" for voice in voices]
        named, said = ["unknown", "group"], None if said == "group" else said
    if len(named) < 2:
        return _said_by(said, combine(mentions))
    first = named[0]
    told = list(zip(mentions, voices, strict=True))
    own = said if first == "unknown" else first
    main = _said_by(own, combine(_whole(m for m, v in told if v == first)))
    if not main or main[0].group is not None:
        return _said_by(said, combine(mentions))
    head = (main[0].min, main[0].max)
    for other in named[1:]:
        total = combine(_whole(m for m, v in told if v == other))
        if total and total[0].group is None and (total[0].min, total[0].max) != head:
            main.insert(1, replace(total[0], said_by=other))
    return main


def _said_by(said: str | None, tolls: Sequence[Toll]) -> list[Toll]:
    return [replace(toll, said_by=said) for toll in tolls] if said else list(tolls)


def _voices(extent: Sequence[Sentence], mentions: Sequence[TollMention]) -> list[str | None]:
    """Who gives each figure; one that nobody gives goes on with the sentence's last speaker."""
    voices: list[str | None] = []
    last: tuple[Sentence | None, str | None] = (None, None)
    for mention in mentions:
        sentence = next((s for s in extent if s.holds(mention.span)), None)
        voice = None
        if sentence is not None and not mention.background:
            voice = _voice_of(sentence, mention, mentions)
        if voice is None and sentence is last[0]:
            voice = last[1]
        voices.append(voice)
        last = (sentence, voice)
    return voices


def _whole(mentions: Iterable[TollMention]) -> list[TollMention]:
    """Figures cut out of a text's list: their places in it mean nothing any more."""
    return [m for m in mentions if m.subset_of is None]


def _voice_of(
    sentence: Sentence, mention: TollMention, mentions: Sequence[TollMention]
) -> str | None:
    first, last = mention.span.first, mention.span.last
    nouns = [m for m in sentence.of("speaker") if m.entry.more["role"] == "noun"]
    verbs = [m for m in sentence.of("speaker") if m.entry.more["role"] == "verb"]
    behind = min((m.span.first for m in mentions if m.span.first >= last), default=10**6)
    for verb in verbs:
        if verb.text.startswith(_AFTER) and last <= verb.first < min(behind, last + _REACH):
            after = [n for n in nouns if 0 <= n.first - verb.last <= _NOUN_REACH]
            if after:
                return after[0].value
    before = max((m.span.last for m in mentions if m.span.last <= first), default=0)
    for claim in sentence.of("stance"):
        if claim.value == "claim" and (
            max(before, first - _REACH) <= claim.first < first or 0 <= claim.first - last <= 1
        ):
            return _named_before(claim, nouns, before) or "group"
    for verb in reversed(verbs):
        if max(before, first - _REACH) <= verb.first < first:
            speaker = _named_before(verb, nouns, before)
            if speaker:
                return speaker
    return None


def _named_before(verb: Mark, nouns: Sequence[Mark], since: int) -> str | None:
    near = [
        n for n in nouns
        if since <= n.first and n.last <= verb.first and distance(n, verb) <= _NOUN_REACH
    ]  # fmt: skip
    return near[-1].value if near else None
