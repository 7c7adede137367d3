"""What tells that a sentence, or a part of one, speaks of another day than the news."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field

from bot.detect import word_sets
from bot.detect.freshness import is_old
from bot.detect.lexicon import Mark
from bot.detect.reading import Reading, Sentence, distance
from bot.detect.text import Span

#: words of the tense before the past, and how far from its verb they stand
_HAD, _TENSE_REACH = word_sets.words("had"), 2
#: words that open a clause behind the news
_MEANWHILE = word_sets.words("meanwhile") | word_sets.words("after")
#: words before a date that still opens the sentence; words between it and what it dates
_LEADS, _DATED = 2, 10
#: « l'attaque au cours de laquelle … », "the raid in which …"
_RELATIVES = word_sets.words("relatives")
#: words between a figure and the word of harm it counts
_FIGURE_REACH = 4
#: words of violence in a sentence that are looked at; more are no news
_ENOUGH = 64
#: words between an act and the day it happened
_OWN_DAY = 5


@dataclass(slots=True)
class Verdict:
    """What is left of one trigger."""

    trigger: Mark
    realis: str = "actual"
    vetoed: bool = False
    weaker: float = 0.0
    cues: list[str] = field(default_factory=list)

    @property
    def live(self) -> bool:
        return not self.vetoed and self.realis == "actual"


def is_recalled(reading: Reading, sentence: Sentence) -> bool:
    """« En mars, neuf voyageurs avaient péri »: a sentence of another day, whatever it tells."""
    if sentence.has("evidence", "recent"):
        return False
    dates = reading.dates_in(sentence)
    return not _HAD.isdisjoint(sentence.words) or (
        bool(dates) and all(d.realis == "background" or is_old(reading, d) for d in dates)
    )


def judge_tense(reading: Reading, sentence: Sentence, verdicts: list[Verdict]) -> None:
    """« Le pasteur avait été enlevé le 3 juin »: what had happened before is not the news."""
    if sentence.number == 0 or sentence.has("evidence", "recent"):
        return
    words = reading.doc.words
    for verdict in verdicts:
        first = verdict.trigger.first
        before = words[max(sentence.span.first, first - _TENSE_REACH) : first]
        if verdict.realis == "actual" and not _HAD.isdisjoint(before):
            verdict.realis = "historical"
            verdict.cues.append("background: " + " ".join((*before, verdict.trigger.text)))


def judge_tolls(reading: Reading, sentence: Sentence, verdicts: list[Verdict]) -> None:
    """« des milliers de morts »: a sum over years makes the words it counts historical."""
    for toll in reading.tolls:
        if not toll.background or not sentence.holds(toll.span):
            continue
        for verdict in verdicts:
            if (
                verdict.realis == "actual"
                and verdict.trigger.entry.more["part"] == "state"
                and distance(verdict.trigger, toll.span) <= _FIGURE_REACH
            ):
                verdict.realis = "historical"
                verdict.cues.append(f"background: {reading.doc.raw(toll.span)}")


def judge_dates(
    reading: Reading, sentence: Sentence, verdicts: list[Verdict], *, only_leading: bool
) -> None:
    """A stretch of years or a month long past makes what it dates historical."""
    dates = reading.dates_in(sentence)
    if any(
        date.realis != "background" and (date.precision == 1 or not date.date) for date in dates
    ):
        return
    for date in dates:
        if date.realis != "background":
            continue
        leads = date.span.first - sentence.span.first <= _LEADS
        for verdict in verdicts:
            if verdict.realis == "actual" and (
                leads
                or (
                    not only_leading
                    and _words_between(reading, date.span, verdict.trigger) <= _DATED
                )
            ):
                verdict.realis = "historical"
                verdict.cues.append(f"background: {reading.doc.raw(date.span)}")
    _judge_relative(reading, verdicts)


def _judge_relative(reading: Reading, verdicts: list[Verdict]) -> None:
    """ "the October 2024 raid in which Boko Haram killed 40": its clause is of the same day."""
    for noun, verdict in itertools.pairwise(verdicts):
        between = reading.doc.words[noun.trigger.last : verdict.trigger.first]
        if len(between) > _DATED or _RELATIVES.isdisjoint(between[:_LEADS]):
            continue
        old, other = (noun, verdict) if noun.realis == "historical" else (verdict, noun)
        if old.realis == "historical" and other.realis == "actual":
            other.realis = "historical"
            other.cues.append(f"background: {old.trigger.text}")


def _words_between(reading: Reading, date: Span, trigger: Mark) -> int:
    if date.first < trigger.last and trigger.first < date.last:
        return 0
    left, right = (
        (date.last - 1, trigger.first)
        if date.last <= trigger.first
        else (trigger.last - 1, date.first)
    )
    if right - left > _DATED:
        return right - left
    hard, commas, clauses = reading.breaks(left, right)
    if date.last <= trigger.first and "," in reading.doc.between(left, left + 1):
        commas -= 1  # « en mars, une embuscade … »
    return right - left + _DATED * (hard + commas + clauses)


def is_dated(reading: Reading, sentence: Sentence, trigger: Mark) -> bool:
    """« les élèves enlevés vendredi »: a fresh day right behind the word is its own."""
    return reading.item.published is not None and any(
        date.precision == 1
        and date.realis == "past"
        and trigger.first < date.span.first <= trigger.last + 1
        and not is_old(reading, date)
        for date in reading.dates_in(sentence)
    )


def is_only_after(reading: Reading, sentence: Sentence, trigger: Mark, cue: Mark) -> bool:
    """« s'affrontent, 14 morts, deux suspects interpellés »: the arrests come with the news."""
    return trigger.last <= cue.first and any(
        t.side == "victim"
        and t.who in ("killed", "wounded", "abducted")
        and t.status != "none"
        and not t.background
        and sentence.span.first <= t.span.first < cue.first
        and reading.breaks(t.span.last - 1, cue.first)[1] > 0
        for t in reading.tolls
    )


def is_beside(reading: Reading, sentence: Sentence, trigger: Mark, cue: Mark) -> bool:
    """ "Gunmen kill 13 days after court jails five": the news, then what else there was."""
    between = reading.doc.words[trigger.last : cue.first] if trigger.last <= cue.first else ()
    return not _MEANWHILE.isdisjoint(between) and any(
        t.side == "victim" and t.span.first <= cue.first and sentence.holds(t.span)
        for t in reading.tolls
    )


def is_dated_before(reading: Reading, sentence: Sentence, trigger: Mark, cue: Mark) -> bool:
    """« ont mis le feu dimanche soir …, où, depuis 2015, … »: a fresh day comes before the cue."""
    return reading.item.published is not None and any(
        date.precision == 1
        and date.realis == "past"
        and trigger.last <= date.span.first < cue.first
        and date.span.first - trigger.last <= _OWN_DAY
        and not is_old(reading, date)
        for date in reading.dates_in(sentence)
    )


def is_fresh(sentence: Sentence) -> bool:
    """« Trente soldats sont morts mardi »: a day of this week right beside a word of harm.

    "Assailants killed 13 miners on Wednesday": or an armed group acts, and the day follows.
    """
    recent = [mark for mark in sentence.of("evidence") if mark.value == "recent"]
    told = [t for t in sentence.of("trigger")[:_ENOUGH] if t.entry.more["part"] != "noun"]
    doers = [mark.last for mark in sentence.of("actor") if mark.value == "unknown"]
    return any(distance(trigger, mark) <= 1 for mark in recent for trigger in told) or any(
        0 <= trigger.first - doer <= 1
        and any(trigger.last <= mark.first <= trigger.last + _DATED for mark in recent)
        for trigger in told
        for doer in doers
    )
