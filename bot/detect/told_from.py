"""From where something is told: datelines, the seats of those who speak, capitals that console."""

from __future__ import annotations

import re

from bot.detect import word_sets
from bot.detect.gazetteer import Mention
from bot.detect.lexicon import Mark
from bot.detect.reading import Reading, Sentence
from bot.detect.text import Span

_DATELINE = re.compile(r"\s*(?:[-–—(]|, [A-Z][a-z]+ \(AP\))")
#: words in brackets before the region: « Koro (région de Bandiagara) »
_BRACKETED = 3
_CONSOLED_REACH = 2
#: « une source hospitalière à Gao »: words between the one who speaks and where that is
_SEATED = word_sets.words("seated")
#: « selon des habitants joints à Dori »
_REACHED = word_sets.words("reached_by_phone")
_SPOKESMEN = word_sets.parts("spokesmen")
#: « raconte un apprenti qui a pu regagner Kayes »: words from the saying to the place
_SAYING_REACH = 9
#: what is said follows: « indique que l'attaque de … »
_TOLD = word_sets.words("told_follows")
_SAID = word_sets.words("said_there")
#: « l'ambassadeur européen à Lomé », « le procureur près le tribunal de Kaya »
_OFFICES, _OFFICE_REACH = word_sets.words("offices"), 9
#: words between such a seat and what is said there
_SPEAKS_REACH = 3


def is_consoled(sentence: Sentence, mention: Mention) -> bool:
    """« présente ses condoléances à Bamako »: who is told so, not where it was."""
    return any(
        cue.value == "reaction" and 0 <= mention.span.first - cue.last <= _CONSOLED_REACH
        for cue in sentence.of("cue")
    )


def is_said_there(reading: Reading, mention: Mention) -> bool:
    """« a-t-il déclaré à Bamako », "a spokesman said in Cotonou"."""
    at = mention.span.first
    words = reading.doc.words
    return at > 1 and words[at - 1] in _SEATED and words[at - 2] in _SAID


def is_of_office(reading: Reading, sentence: Sentence, mention: Mention) -> bool:
    """« l'ambassadeur européen à Lomé a condamné », « selon le procureur du tribunal de Kaya ».

    Not « l'ambassadeur à Lomé visé par des tirs »: whoever speaks was not hit himself.
    """
    first, last = mention.span.first, mention.span.last
    start = max(sentence.span.first, first - _OFFICE_REACH)
    office = next(
        (
            at
            for at in range(first - 1, start - 1, -1)
            if reading.doc.words[at] in _OFFICES and reading.breaks(at, first)[:2] == (0, 0)
        ),
        None,
    )
    if office is None or any(office < t.first < first for t in sentence.of("trigger")):
        return False
    return any(
        0 <= said.first - last <= _SPEAKS_REACH or 0 <= office - said.last <= _SPEAKS_REACH
        for said in sentence.of("speaker", "cue")
        if said.value == "reaction" or said.entry.more.get("role") == "verb"
    )


def is_of_speaker(reading: Reading, sentence: Sentence, mention: Mention) -> bool:
    """« une source hospitalière à Gao »: where the one who tells is, not what is told."""
    first = mention.span.first
    if any(
        _is_said_by_somebody_of(reading, sentence, mark, first) for mark in sentence.of("speaker")
    ):
        return True
    return any(
        mark.entry.more["role"] == "noun"
        and 1 <= first - mark.last <= 2
        and _SEATED.issuperset(reading.doc.words[mark.last : first])
        and (
            mark.text.startswith(_SPOKESMEN)
            or not _REACHED.isdisjoint(reading.doc.words[mark.last : first])
        )
        for mark in sentence.of("speaker")
    )


def _is_said_by_somebody_of(reading: Reading, sentence: Sentence, mark: Mark, first: int) -> bool:
    """« indique le district sanitaire de Mopti », « selon deux marchands réfugiés à Dori »."""
    return (
        mark.entry.more["role"] == "verb"
        and 2 <= first - mark.last <= _SAYING_REACH
        and reading.breaks(mark.last - 1, first)[:2] == (0, 0)
        and _TOLD.isdisjoint(reading.doc.words[mark.last : first])
        and not any(mark.last <= told.first < first for told in sentence.of("trigger"))
    )


def is_dateline(reading: Reading, sentence: Sentence, name: Span) -> bool:
    """« Bamako – Two soldiers … », « BAMAKO (AFP) »: where it was written, not where it was.

    « Abala (Tillabéri) » names its region.
    """
    last = name.last
    if name.first != sentence.span.first or last >= len(reading.doc):
        return False
    gap = reading.doc.between(last - 1, last)
    if sentence.number > 0 and ":" in gap and reading.doc.raw(name).isupper():
        return True  # « BAMAKO: At least 11 soldiers … »
    spans = [place.span for place in reading.places_in(sentence)]
    spans += [country.span for country in reading.countries_in(sentence)]
    return _DATELINE.match(gap) is not None and not any(
        last <= span.first <= last + _BRACKETED for span in spans
    )
