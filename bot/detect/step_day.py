"""On which day a step between states was taken: that of its decision, not of what it is about."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.detect import word_sets
from bot.detect.freshness import is_old
from bot.detect.happening import Telling
from bot.detect.participles import is_bare
from bot.detect.reading import Reading, Sentence
from bot.detect.time_reader import DateMention
from bot.detect.when import owned_by_speech

#: « au-delà du 30 juin », « au plus tard le 15 septembre », "until August 31"
_UNTIL = word_sets.words("until")
#: small words between one of those, or what a day belongs to, and the day
_LINKS = word_sets.words("links_of_days")
#: « le coup d'État du 26 juillet », « renversé le 26 juillet », "the July 26 coup"
_UPHEAVAL, _UPHEAVAL_REACH = word_sets.words("upheaval"), 6
#: "last week's military coup"
_UPHEAVAL_BEHIND = 3
#: « avait décidé de fermer la frontière le 6 août »: words between
_HAD, _HAD_REACH = word_sets.words("had"), 9
#: « prendra fin à compter du 30 juin »: a day ahead that only begins what is told
_FROM = word_sets.words("begins_with_day")
#: « rapporte mardi un site », "seen by AFP on Monday": the day of a newspaper
_IN_THE_PRESS = word_sets.words("in_the_press")
_SUMMITS = frozenset({"summit", "any_summit"})
_PLANNING, _PLANNED_REACH = frozenset({"announce", "planned"}), 2
#: acts that a step recalls rather than tells: what was suspended before
_UNDOING = frozenset({"suspend", "end", "lift", "close"})
#: « prévoit un sommet le 3 février »: words between a meeting and the day it is to be
_MEETINGS, _MEETING_REACH = frozenset({"summit", "mediation_talks"}), 9


def day_of_step(reading: Reading, tellings: Sequence[Telling]) -> DateMention | None:
    """The day of the step; where only its announcement is dated, that day; None if neither is.

    The tellings come the surest first.
    """
    found = _day_told(reading, tellings)
    beside = _day_beside(reading, tellings)
    if found is None or (found.precision > 1 and beside is not None and _is_within(beside, found)):
        return beside
    return found


def _is_within(day: DateMention, stretch: DateMention) -> bool:
    """« ce week-end … samedi »: the day is one of the stretch."""
    return (
        day.date is not None
        and stretch.date is not None
        and stretch.date <= day.date <= (stretch.date_end or stretch.date)
    )


def _day_told(reading: Reading, tellings: Sequence[Telling]) -> DateMention | None:
    planned = tellings[0].type == "summit" and tellings[0].stage == "announced"
    for telling in tellings:
        dates = list(_days(reading, telling.sentence, telling))
        own = [d for d in dates if not owned_by_speech(telling.sentence, d, other_acts=False)]
        if dates:
            return min(
                own or dates,
                key=lambda date: (date.precision, planned != (date.realis == "future")),
            )
    return None


def _day_beside(reading: Reading, tellings: Sequence[Telling]) -> DateMention | None:
    """« La décision a été prise vendredi 28 janvier »: up to the sentence behind the telling."""
    told = {telling.sentence.number for telling in tellings}
    for sentence in reading.sentences[: max(told, default=0) + 2]:
        for date in _days(reading, sentence, tellings[0]):
            coming = date.realis == "future" and tellings[0].type == "summit"
            if date.precision == 1 and (date.realis == "past" or coming):
                return date
    return None


def _days(reading: Reading, sentence: Sentence, telling: Telling) -> Iterator[DateMention]:
    """The days of a sentence that may be the step's."""
    for date in reading.dates_in(sentence):
        if (
            date.date is not None
            and date.precision <= 2
            and date.realis != "background"
            and not is_old(reading, date)
            and not _is_of_something_else(reading, sentence, date, telling)
        ):
            yield date


def _is_of_something_else(
    reading: Reading, sentence: Sentence, date: DateMention, telling: Telling
) -> bool:
    """« au-delà du 30 juin », « le coup d'État du 24 janvier », « prévoit un sommet le 3 mai »."""
    words, at = reading.doc.words, date.span.first
    while at > sentence.span.first and words[at - 1] in _LINKS:
        at -= 1
    before = words[at - 1] if at > sentence.span.first else ""
    return (
        before in _UNTIL | _IN_THE_PRESS
        or (before in _FROM and date.realis == "future")
        or words[date.span.first - 1 : date.span.first] == ["au"]  # « prend fin au 31 décembre »
        or _is_of_upheaval(reading, sentence, date)
        or any(
            trigger.last == at and trigger.entry.more["part"] == "noun"
            for trigger in sentence.of("trigger")
        )
        or _follows(reading, sentence, at, _HAD, _HAD_REACH)
        or _is_recalled_act(reading, sentence, at, telling)
        or (
            date.realis == "future"
            and telling.type not in _MEETINGS
            and any(
                thing.value in _SUMMITS
                and 0 <= at - thing.last <= _MEETING_REACH
                and reading.breaks(thing.last - 1, at)[:2] == (0, 0)
                and any(
                    act.value in _PLANNING and 0 <= thing.first - act.last <= _PLANNED_REACH
                    for act in sentence.of("act")
                )
                for thing in sentence.of("object")
            )
        )
    )


def _follows(
    reading: Reading, sentence: Sentence, at: int, wanted: frozenset[str], reach: int
) -> bool:
    """Whether one of the words stands that near before, in one clause."""
    start = max(sentence.span.first, at - reach)
    return any(
        reading.doc.words[word] in wanted and reading.breaks(word, at) == (0, 0, 0)
        for word in range(start, at)
    )


def _is_of_upheaval(reading: Reading, sentence: Sentence, date: DateMention) -> bool:
    """« le coup d'État militaire du 26 juillet », "last week's coup"."""
    words, last = reading.doc.words, date.span.last
    behind = words[last : last + (_UPHEAVAL_BEHIND if words[last : last + 1] == ["s"] else 1)]
    return not _UPHEAVAL.isdisjoint(behind) or _follows(
        reading, sentence, date.span.first, _UPHEAVAL, _UPHEAVAL_REACH
    )


def _is_recalled_act(reading: Reading, sentence: Sentence, at: int, telling: Telling) -> bool:
    """« reprend les opérations suspendues le 3 juin »: another act than the step's own."""
    return any(
        act.last == at
        and act.value in _UNDOING
        and act.text not in telling.why
        and is_bare(reading, act)
        for act in sentence.of("act")
    )
