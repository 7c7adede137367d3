"""Which of the places that its sentences name is where a happening was."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.detect import word_sets
from bot.detect.gazetteer import Mention
from bot.detect.reading import Reading, Sentence
from bot.detect.report import Place
from bot.detect.text import Span

_DATELINE = re.compile(r"\s*(?:[-–—(]|, [A-Z][a-z]+ \(AP\))")
#: words in brackets before the region: « Koro (région de Bandiagara) »
_BRACKETED = 3
#: « Cercle de Koro : … »
_TOPIC_REACH = 2
_CONSOLED_REACH = 2
#: « une source hospitalière à Gao »: words between the one who speaks and where that is
_SEATED = word_sets.words("seated")
#: « selon des habitants joints à Dori »
_REACHED = word_sets.words("reached_by_phone")
_SPOKESMEN = word_sets.parts("spokesmen")
#: « revenait d'un tournoi à Fada »: words that say somebody came from there
_CAME_BACK = word_sets.words("came_back")
_CAME_REACH = 7
_SAID = word_sets.words("said_there")
_CARRIED = word_sets.words("carried")
_HOSPITAL = word_sets.words("hospital")
_CARRIED_REACH = 7
#: « entre Gao et Gossi », « parti de Gao »: the way, less the place than one it was near to
_WAY = frozenset({"from", "to"})


def places_of(
    reading: Reading, sentences: Sequence[Sentence], weights: Mapping[str, float]
) -> list[Place]:
    """Places the sentences name, the best first: towns, then the seats of power, then regions."""
    found: list[tuple[tuple[bool, bool, bool], Place]] = []
    wider: set[Place] = set()
    aside: list[Place] = []
    for sentence in sentences:
        for mention in reading.places_in(sentence):
            if (
                is_dateline(reading, sentence, mention.span)
                or _is_consoled(sentence, mention)
                or _is_said_there(reading, mention)
            ):
                continue
            known = [place for _, place in found]
            place = reading.gazetteer.resolve(mention, weights, beside=known)
            if place is None or place.precision > 3 or _stands(place, known):
                continue
            capital = mention.cue in (None, "near") and any(
                capital.form == "capital" and capital.span == mention.span
                for capital in reading.countries
            )
            if capital and known and not sentence.is_title and not sentence.has("trigger"):
                continue
            if _is_of_speaker(reading, sentence, mention):
                if not capital:
                    aside.append(replace(place, precision=max(place.precision, 2)))
                continue
            away = (
                mention.cue in _WAY
                or _comes_from(reading, sentence, mention)
                or _lives_there(reading, sentence, mention)
                or _is_of_hospital(reading, sentence, mention)
                or reading.recalls(mention.span.first)
            )
            rank = (place.precision == 3, capital, away)
            found.append((rank, place))
            if (
                sentence.number == 0
                and (_is_topic(reading, mention) or _is_landmark(reading, sentence, mention))
            ) or (_is_axis_of(reading, mention) or _is_in_brackets(reading, mention)):
                wider.add(place)
    # « Macina : … dans le village de Tièlan, cercle de Macina »: the seat's name is the unit's
    units = {place.name for _, place in found if place.precision in (2, 3) and place.admin1}
    wider |= {p for _, p in found if p.precision == 1 and p.name in units}
    found.sort(key=lambda pair: (pair[0], bool(wider) and pair[1] in wider))
    sure = [pair for pair in found if not pair[0][0] and not pair[0][2]]
    told = [place for rank, place in found if not (sure and rank[2])]
    return told or aside


def _is_consoled(sentence: Sentence, mention: Mention) -> bool:
    """« présente ses condoléances à Bamako »: who is told so, not where it was."""
    return any(
        cue.value == "reaction" and 0 <= mention.span.first - cue.last <= _CONSOLED_REACH
        for cue in sentence.of("cue")
    )


def _is_said_there(reading: Reading, mention: Mention) -> bool:
    """« a-t-il déclaré à Bamako », "a spokesman said in Cotonou"."""
    at = mention.span.first
    words = reading.doc.words
    return at > 1 and words[at - 1] in _SEATED and words[at - 2] in _SAID


def _comes_from(reading: Reading, sentence: Sentence, mention: Mention) -> bool:
    """« L'équipe revenait d'un tournoi à Fada »: in one clause, and nothing befell them there."""
    first = mention.span.first
    start = max(sentence.span.first, first - _CAME_REACH)
    words = reading.doc.words[start:first]
    if _CAME_BACK.isdisjoint(words):
        return False
    at = max(start + place for place, word in enumerate(words) if word in _CAME_BACK)
    return reading.breaks(at, first) == (0, 0, 0) and not any(
        at < trigger.first < first for trigger in sentence.of("trigger")
    )


def _is_of_hospital(reading: Reading, sentence: Sentence, mention: Mention) -> bool:
    """« évacués vers l'hôpital de Sévaré »: where the wounded were brought."""
    first = mention.span.first
    words = reading.doc.words[max(sentence.span.first, first - _CARRIED_REACH) : first]
    return not _CARRIED.isdisjoint(words) and not _HOSPITAL.isdisjoint(words)


def _is_axis_of(reading: Reading, mention: Mention) -> bool:
    """« Boni : dix morts … sur l'axe de Hombori »: the headline's town, less the roads from it."""
    headline = reading.places_in(reading.sentences[0])
    if mention.cue == "axis" and mention in headline:
        # « l'axe Dori-Gorom-Gorom coupé … une embuscade près de Gorom-Gorom »
        told = (other for other in reading.places if other not in headline)
        if any(other.cue in ("at", "near", "town") for other in told):
            return True
    return mention.cue == "axis" and any(
        other.cue not in ("axis", "region", "within")
        and (mention not in headline or _is_topic(reading, other))
        for other in headline
    )


def _is_landmark(reading: Reading, sentence: Sentence, mention: Mention) -> bool:
    """A headline's « près de Gao », which the text replaces by the place itself."""
    return (
        mention.cue in ("near", "within", "unit")
        and len(reading.places_in(sentence)) == 1
        and not any(o.name == mention.name and o.span != mention.span for o in reading.places)
    )


def _is_in_brackets(reading: Reading, mention: Mention) -> bool:
    """« Léré (Tombouctou) »: the region that tells which Léré."""
    first, last = mention.span.first, mention.span.last
    return (
        first > 0
        and last <= len(reading.doc)
        and reading.doc.between(first - 1, first) == " ("
        and reading.doc.original[reading.doc.ends[last - 1] :].startswith(")")
    )


def _lives_there(reading: Reading, sentence: Sentence, mention: Mention) -> bool:
    """« trois commerçants de Dori abattus », where the headline opens with another town."""
    first = mention.span.first
    return (
        first > 0
        and reading.doc.words[first - 1] in ("de", "d", "from", "of")
        and any(
            person.value == "person" and person.last == first - 1
            for person in sentence.of("evidence")
        )
        and any(_is_topic(reading, other) for other in reading.places_in(sentence))
    )


def _is_topic(reading: Reading, mention: Mention) -> bool:
    """« Diffa : … près de Toumour »: the place that opens a headline is often but the region."""
    last = mention.span.last
    return (
        mention.span.first <= _TOPIC_REACH
        and last < len(reading.doc)
        and ":" in reading.doc.between(last - 1, last)
    )


def _stands(place: Place, known: Sequence[Place]) -> bool:
    """Whether this place was told already, as finely or finer."""
    return any(
        (one.name, one.lat, one.lon) == (place.name, place.lat, place.lon)
        and one.precision <= place.precision
        for one in known
    )


def _is_of_speaker(reading: Reading, sentence: Sentence, mention: Mention) -> bool:
    """« une source hospitalière à Gao »: where the one who tells is, not what is told."""
    first = mention.span.first
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
