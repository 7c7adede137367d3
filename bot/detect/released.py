"""What belongs to a happening told before: the attack in which those now free were taken."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.detect import word_sets
from bot.detect.lexicon import Mark
from bot.detect.other_days import Verdict, is_fresh
from bot.detect.reading import Reading, Sentence

_CIRCUMSTANCE, _CIRCUMSTANCE_REACH = word_sets.words("circumstance"), 4
_RELEASE = "release"
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")


def judge_released(
    reading: Reading, sentence: Sentence, verdicts: Sequence[Verdict], *, framed: bool
) -> None:
    """ "60 worshippers abducted in a church attack freed": the attack is that of the abduction.

    Under such a headline the rest of the item tells how they were taken, unless it names a day of
    this week or another attack.
    """
    cues = [cue for cue in reading.sentences[0].of("cue") if cue.value == _RELEASE]
    if not cues:
        return
    if sentence.number == 0:
        taken = [v.trigger for v in verdicts if _is_freed(v)]
        touched = [v for v in verdicts if taken and _is_circumstance(reading, v.trigger, taken[0])]
    elif (
        not framed
        or is_fresh(sentence)
        or sentence.has("evidence", "recent", "another")
        or not any(s.has("trigger", "abduction") for s in reading.sentences)
    ):
        return
    else:
        touched = list(verdicts)
    for verdict in touched:
        if verdict.realis == "actual":
            verdict.realis = "historical"
            verdict.cues.append(f"{_RELEASE}: {cues[0].text}")


def _is_freed(verdict: Verdict) -> bool:
    return verdict.realis == "historical" and any(c.startswith(_RELEASE) for c in verdict.cues)


def _is_circumstance(reading: Reading, trigger: Mark, taken: Mark) -> bool:
    before = reading.doc.words[max(0, trigger.first - _CIRCUMSTANCE_REACH) : trigger.first]
    return trigger.first >= taken.last and not _CIRCUMSTANCE.isdisjoint(before)


def is_predicate(reading: Reading, trigger: Mark, cue: Mark) -> bool:
    """« Les femmes enlevées samedi à Tougan ont été libérées »: one clause, and it frees them."""
    return (
        cue.value == _RELEASE
        and trigger.last <= cue.first
        and reading.breaks(trigger.last - 1, cue.first) == (0, 0, 0)
    )


def is_told_otherwise(reading: Reading, cue: Mark) -> bool:
    """« ont été retrouvés » frees nobody beside « corps »: the words of `not_beside` stand by."""
    words = cue.entry.more.get("not_beside")
    if words is None:
        return False
    sentence = next((s for s in reading.sentences if s.holds(cue)), None)
    return sentence is not None and any(word in words for word in sentence.words)


def is_of_other_year(reading: Reading, cue: Mark) -> bool:
    """ "The bombings occurred on 9 December 2016": a year is written, and it is not this one."""
    sentence = next((s for s in reading.sentences if s.holds(cue)), None)
    if sentence is None:
        return False
    published = reading.item.published
    return any(
        date.date is not None
        and _YEAR.search(reading.doc.raw(date.span)) is not None
        and (published is None or date.date.year < published.year)
        for date in reading.dates_in(sentence)
    )
