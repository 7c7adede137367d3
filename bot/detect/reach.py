"""Which triggers a cue touches: its side, its clause, its sentence or the whole item."""

from __future__ import annotations

from bot.detect import word_sets
from bot.detect.freshness import is_old
from bot.detect.lexicon import Mark
from bot.detect.reading import Reading, Sentence

#: how far a cue that looks to one side reaches, in words
_FAR = 12
_LEAD = 4
#: « Burkina Faso – Dix ans après, … »: words of a topic before what opens a sentence
_TOPIC = 2
_AGAIN = word_sets.words("again")
#: behind a comma, what says more of the same
_GOES_ON = word_sets.words("goes_on")
#: words that open a clause on what goes on beside
_ASIDE = word_sets.words("meanwhile")


def touches(reading: Reading, sentence: Sentence, cue: Mark, trigger: Mark) -> bool:
    """Whether a cue of this sentence changes what a trigger of the same sentence means."""
    reach = cue.entry.more["reach"]
    if _of_part(reading, cue, trigger):
        return False
    if reach == "sentence" and trigger.last <= cue.first:
        # "Gunmen attack church as court prepares verdict": what a clause adds changes nothing,
        # unless it tells of violence itself ("one killed as police fire on protesters")
        words = reading.doc.words
        opens = [at for at in range(trigger.last, cue.first) if words[at] in _ASIDE]
        return not opens or any(opens[0] < t.first < cue.first for t in sentence.of("trigger"))
    if reach in ("sentence", "near", "item"):
        return True
    if reach == "back":
        return trigger.first < cue.first
    if reach == "rest":
        return cue.first <= trigger.first and _goes_on(reading, sentence, cue, trigger)
    if cue.first < trigger.last and trigger.first < cue.last:
        # « frappée, un an après »: a word that belongs to both comes before the cue
        return reach == "both" or (reach == "right" and cue.first <= trigger.first)
    if reach == "lead" and cue.first - sentence.span.first < _LEAD:
        return True
    if reach == "right" and _opens(reading, sentence, cue):
        return True
    if reach == "left" and _closes(reading, sentence, cue):
        return True
    before = cue.last <= trigger.first
    if (reach == "right" and not before) or (reach == "left" and before):
        return False
    left, right = (cue.last - 1, trigger.first) if before else (trigger.last - 1, cue.first)
    if right - left > _FAR:
        return False
    hard, commas, clauses = reading.breaks(left, right)
    return hard == 0 and commas == 0 and clauses == 0


def _goes_on(reading: Reading, sentence: Sentence, cue: Mark, trigger: Mark) -> bool:
    """ "is the epicentre of attacks by gangs that have killed hundreds": all that is said of it.

    Up to a comma that no relative clause follows; not where the sentence names a day of the news.
    """
    if sentence.has("evidence", "recent") or any(
        date.precision == 1 and date.realis == "past" and not is_old(reading, date)
        for date in reading.dates_in(sentence)
    ):
        return False
    if trigger.first < cue.last:
        return True
    words, between = reading.doc.words, reading.doc.between
    return reading.breaks(cue.last - 1, trigger.first)[0] == 0 and not any(
        "," in between(at - 1, at) and words[at] not in _GOES_ON
        for at in range(cue.last, trigger.first)
    )


def _opens(reading: Reading, sentence: Sentence, cue: Mark) -> bool:
    """ "Twelve years on, families …": what opens a sentence, up to a comma, is about all of it.

    So does « Mali – Dix ans après, les familles … ».
    Not « Dix ans après, le camp de nouveau attaqué ».
    """
    last = cue.last
    return (
        reading.opens(cue.first)
        and cue.first - sentence.span.first <= _TOPIC
        and last < sentence.span.last
        and "," in reading.doc.between(last - 1, last)
        and _AGAIN.isdisjoint(sentence.words)
    )


def _closes(reading: Reading, sentence: Sentence, cue: Mark) -> bool:
    """ "Chad honours 98 soldiers killed at Bohoma, six years on"."""
    return (
        cue.last == sentence.span.last
        and cue.first > sentence.span.first
        and "," in reading.doc.between(cue.first - 1, cue.first)
        and _AGAIN.isdisjoint(sentence.words)
    )


def _of_part(reading: Reading, cue: Mark, trigger: Mark) -> bool:
    """« dix-sept pèlerins enlevés, dont sept déjà relâchés »: the others are still held.

    Not « douze otages, dont deux femmes, ont été relâchés »: there a comma ends the part.
    """
    words = cue.entry.more.get("not_of_part")
    return words is not None and any(
        reading.doc.words[at] in words and reading.breaks(at, cue.first)[:2] == (0, 0)
        for at in range(trigger.last, cue.first)
    )
