"""When it happened: the day that belongs to the happening, not to the statement about it."""

from __future__ import annotations

from collections.abc import Sequence

from bot.detect import word_sets
from bot.detect.freshness import SLACK_DAYS, is_old
from bot.detect.happening import Happening
from bot.detect.lexicon import Mark
from bot.detect.reading import Reading, Sentence
from bot.detect.text import Span
from bot.detect.time_reader import DateMention

#: words between a date and the trigger; breaks between them count as so many words
_COMMA, _CLAUSE, _HARD = 3, 8, 12
_FAR = 30
#: a verb of speech this near before a date owns it: « a annoncé mercredi »
_SPEECH_REACH = 2
#: mourning, graves and counts of the dead come after what they are about
_RITES, _RITE_REACH = word_sets.words("rites"), 8
#: « à compter de ce mardi »
_STARTS, _STARTS_REACH = word_sets.words("begins_with_day"), 3
_HAD, _HAD_REACH = word_sets.words("had"), 6
_ALREADY = word_sets.words("already")
#: words between a day and the edge of its sentence
_EDGE = 2
#: acts that have a day of their own beside an attack
_OTHER_ACTS = frozenset({"leave", "announce", "meet", "recall"})


def day_of(
    reading: Reading, happening: Happening, extent: Sequence[Sentence] = ()
) -> DateMention | None:
    """The best date of a happening, None when the text gives none of its own.

    Another mention of the same day lends its hour. Where its own sentences give no day, the other
    sentences of its `extent` that speak of violence may.
    """
    found = _nearest_day(reading, [(t.sentence, t.triggers) for t in happening.tellings])
    others = [s for s in extent if s not in happening.sentences]
    if found is None:
        found = _nearest_day(reading, [(s, marks) for s in others if (marks := s.of("trigger"))])
    if found is None or found.precision > 1:
        found = _day_beside(reading, others) or found
    return found


def _day_beside(reading: Reading, others: Sequence[Sentence]) -> DateMention | None:
    """« Les faits remontent à samedi »: a day told on the side, where nobody only speaks then."""
    for sentence in others:
        for date in reading.dates_in(sentence):
            if (
                date.precision == 1
                and date.date is not None
                and date.realis == "past"
                and not owned_by_speech(sentence, date)
                and not _is_of_rite(reading, sentence, date, sentence.of("trigger"))
                and not _is_of_before(reading, sentence, date)
            ):
                return date
    return None


def _is_of_before(reading: Reading, sentence: Sentence, date: DateMention) -> bool:
    """« avait déjà été endeuillée jeudi »: the day of what had been before."""
    before = reading.doc.words[sentence.span.first : date.span.first]
    return not _HAD.isdisjoint(before[-_HAD_REACH:]) and not _ALREADY.isdisjoint(before)


def _nearest_day(
    reading: Reading, told_in: Sequence[tuple[Sentence, Sequence[Mark]]]
) -> DateMention | None:
    told: list[DateMention] = []
    best: tuple[tuple[bool, bool, float], DateMention] | None = None
    for sentence, triggers in told_in:
        for date in reading.dates_in(sentence):
            if date.precision > 3 or date.date is None or not _may_be_told(reading, date):
                continue
            if owned_by_speech(sentence, date) and not _is_its_day(reading, date, triggers):
                continue
            if _is_of_rite(reading, sentence, date, triggers):
                continue
            cost = min(
                (_cost(reading, date.span, trigger) for trigger in triggers),
                default=_FAR,
            )
            if cost > _FAR and _stands_alone(reading, sentence, date):
                cost = _FAR
            rank = (date.precision > 1, is_old(reading, date), cost)
            if cost <= _FAR:
                told.append(date)
            if cost <= _FAR and (best is None or rank < best[0]):
                best = (rank, date)
    if best is None:
        return None
    timed = (date for date in told if date.date == best[1].date and date.time)
    return best[1] if best[1].time else next(timed, best[1])


def _stands_alone(reading: Reading, sentence: Sentence, date: DateMention) -> bool:
    """The one day of a sentence, at its head or its end: « Tôt ce dimanche, trois usines … »."""
    edge = (
        date.span.first - sentence.span.first <= _EDGE
        or sentence.span.last - date.span.last <= _EDGE
    )
    return edge and [d for d in reading.dates_in(sentence) if d.precision == 1] == [date]


def _is_its_day(reading: Reading, date: DateMention, triggers: Sequence[Mark]) -> bool:
    """ "The army said Tuesday's explosion killed no one": the day of the explosion."""
    words, last = reading.doc.words, date.span.last
    if last < len(words) and words[last] == "s":
        last += 1
    return last > date.span.last and any(trigger.first == last for trigger in triggers)


def owned_by_speech(sentence: Sentence, date: DateMention, *, other_acts: bool = True) -> bool:
    """Whether a verb of saying or leaving stands right before the date."""
    first = date.span.first
    return any(
        0 <= first - mark.last <= _SPEECH_REACH and mark.entry.more["role"] == "verb"
        for mark in sentence.of("speaker")
    ) or (
        other_acts
        and any(
            0 <= first - mark.last <= _SPEECH_REACH
            and mark.value in _OTHER_ACTS
            and (mark.value != "meet" or sentence.has("evidence", "junta", "official"))
            for mark in sentence.of("act")
        )
    )


def _is_of_rite(
    reading: Reading, sentence: Sentence, date: DateMention, triggers: Sequence[Mark]
) -> bool:
    """« deuil national à compter de mardi », « le premier bilan donné mardi »: what came after.

    The nearer of such a word and the attack has the day.
    """
    words, start, until = reading.doc.words, sentence.span.first, sentence.span.last
    if not _STARTS.isdisjoint(
        words[max(start, date.span.first - _STARTS_REACH) : date.span.first]
    ):
        return True
    rites = [
        Span(at, at + 1)
        for at in range(
            max(start, date.span.first - _RITE_REACH), min(until, date.span.last + _RITE_REACH)
        )
        if words[at] in _RITES
    ]
    near = min((_cost(reading, date.span, rite) for rite in rites), default=_FAR)
    attack = min((_cost(reading, date.span, trigger) for trigger in triggers), default=_FAR)
    return near <= _RITE_REACH and near < attack


def _cost(reading: Reading, date: Span, trigger: Mark | Span) -> float:
    if date.first < trigger.last and trigger.first < date.last:
        return 0.0
    if date.last <= trigger.first:
        left, right = date.last - 1, trigger.first
    else:
        left, right = trigger.last - 1, date.first
    if right - left > _FAR:
        return right - left
    hard, commas, clauses = reading.breaks(left, right)
    return right - left + _COMMA * commas + _CLAUSE * clauses + _HARD * hard


def _may_be_told(reading: Reading, date: DateMention) -> bool:
    """Background and coming days tell no happening; a coarse publication hides which they are."""
    if date.realis == "future":
        published = reading.item.published
        if published is None or date.date is None:
            return False
        slack = SLACK_DAYS[reading.item.published_precision]
        return slack > 0 and (date.date - published.date()).days <= slack
    return date.realis != "background"
