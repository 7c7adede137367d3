"""Which of the places that its sentences name is where a happening was."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from bot.detect import word_sets
from bot.detect.gazetteer import Mention
from bot.detect.reading import Reading, Sentence
from bot.detect.report import Place
from bot.detect.told_from import (
    is_consoled,
    is_dateline,
    is_of_office,
    is_of_speaker,
    is_said_there,
)

#: « Cercle de Koro : … »
_TOPIC_REACH = 2
#: « revenait d'un tournoi à Fada »: words that say somebody came from there
_CAME_BACK = word_sets.words("came_back")
_CAME_REACH = 7
_NEWS, _NEWS_REACH = word_sets.words("news"), 4
_CARRIED = word_sets.words("carried")
_HOSPITAL = word_sets.words("hospital")
_CARRIED_REACH = 7
_LYING = word_sets.words("lying_in")
#: « à 300 kilomètres à l'est de Mopti »: so far off a town tells but the direction
_KM = word_sets.words("kilometres")
_FAR_KM, _FAR_REACH = 60, 9
#: « parti de Gao »: the way, less the place than one it was near to
_WAY = frozenset({"from", "to"})
#: words before a name that say it was there
_ELSEWHERE = frozenset(
    {"town", "at", "in", "village", "region", "unit", "commune", "near", "axis"}
)
_EXACT = frozenset({"town", "at", "in", "village", "between", "axis", "near", "commune"})
#: words before a name that say it was there
_ELSEWHERE = (_EXACT - {"between"}) | {"region", "unit"}
#: « la localité de Banibangou » is where it was, « la zone de Ouallam » around it
_WIDTH = {"town": -1.0}
#: a headline's town and a unit's seat often stand for the country around them
_TOPIC, _SEAT = 1.5, 1.5
#: « près de Tombouctou, plus précisément entre Niafunké et Tonka »
_BETWEEN = -0.5
_BETWEEN_WORDS, _LOCALITY = word_sets.words("between"), word_sets.words("locality")
#: « sur l'axe Bankilaré-Téra, aux abords de Fonéko »: a road is wider than a spot on it
_ROAD, _SPOTS = 0.5, frozenset({"near", "at", "town", "village"})
#: « à Loumbila dans la commune de … »: a place that the text itself situates is where it was
_SITUATED, _UNITS, _UNIT_REACH = -1.0, frozenset({"unit", "commune"}), 5


class _Rank(NamedTuple):
    """What sets a place back behind the others, the weightiest first."""

    region: bool
    capital: bool
    #: 1 where somebody came from or was brought, 2 where the way itself leads or begins
    away: int
    #: how wide the words around the name are
    width: float


class _Site(NamedTuple):
    """What the words around a name say of it, whichever happening is asked about."""

    mention: Mention
    width: float
    capital: bool
    #: as in _Rank
    away: int
    #: where the one who tells it is
    of_speaker: bool
    #: so far off that the name tells but the direction
    far: bool


def places_of(
    reading: Reading, sentences: Sequence[Sentence], weights: Mapping[str, float]
) -> list[Place]:
    """Places the sentences name, the best first: towns, then the seats of power, then regions."""
    found: list[tuple[_Rank, Place]] = []
    aside: list[Place] = []
    for sentence in sentences:
        for site in reading.once(_sites, sentence):
            known = [place for _, place in found]
            place = reading.gazetteer.resolve(site.mention, weights, beside=known)
            if place is None or place.precision > 3:
                continue
            if site.far:
                place = replace(place, precision=3)
            if (at := _known_at(place, known)) is not None:
                rank = found[at][0]
                if site.width < 0:  # only a plainer word says more: not the unit of the same name
                    found[at] = (rank._replace(width=min(rank.width, site.width)), found[at][1])
            elif site.capital and known and not sentence.is_title:
                continue
            elif not site.of_speaker:
                rank = _Rank(place.precision == 3, site.capital, site.away, site.width)
                found.append((rank, place))
            elif not site.capital:
                aside.append(replace(place, precision=max(place.precision, 2)))
    # « Macina : … dans le village de Tièlan, cercle de Macina »: the seat's name is the unit's
    units = {place.name for _, place in found if place.precision in (2, 3) and place.admin1}
    found = [
        (rank._replace(width=rank.width + _SEAT), place)
        if place.precision == 1 and place.name in units
        else (rank, place)
        for rank, place in found
    ]
    found.sort(key=lambda pair: pair[0])
    sure = [rank for rank, _ in found if not rank.away]
    town = any(not rank.region for rank in sure)
    told = [p for rank, p in found if not (rank.away and (town or (sure and rank.away > 1)))]
    return told or aside


def _sites(reading: Reading, sentence: Sentence) -> list[_Site]:
    """The names in a sentence that may be where something happened."""
    sites = []
    for mention in reading.places_in(sentence):
        if (
            is_dateline(reading, sentence, mention.span)
            or is_consoled(sentence, mention)
            or is_said_there(reading, mention)
            or is_of_office(reading, sentence, mention)
        ):
            continue
        # « trois suspects jugés à Niamey »: a sentence that tells of nothing there
        capital = (mention.cue in (None, "near") or not sentence.of("trigger")) and any(
            capital.form == "capital" and capital.span == mention.span
            for capital in reading.countries
        )
        away = 2 * (
            (mention.cue in _WAY and not _is_news_from(reading, mention))
            or _is_of_road(reading, mention)
            or (capital and _is_told_from(reading, sentence, mention))
            or _is_of_before(reading, sentence, mention)
        ) or int(
            comes_from(reading, sentence, mention)
            or _lives_there(reading, sentence, mention)
            or _is_of_hospital(reading, sentence, mention)
            or reading.recalls(mention.span.first)
        )
        sites.append(
            _Site(
                mention,
                _width(reading, sentence, mention),
                capital,
                away,
                of_speaker=is_of_speaker(reading, sentence, mention),
                far=mention.cue == "near" and _is_far(reading, mention),
            )
        )
    return sites


def _width(reading: Reading, sentence: Sentence, mention: Mention) -> float:
    """How little the words around a name say that it was just there."""
    width = _WIDTH.get(mention.cue or "", 0.0)
    if (
        sentence.number == 0
        and (_is_topic(reading, mention) or _is_landmark(reading, sentence, mention))
    ) or (_is_axis_of(reading, mention) or _is_in_brackets(reading, mention)):
        width += _TOPIC
    elif mention.cue == "between":
        width += _TOPIC if _is_described(reading, sentence, mention) else _BETWEEN
    elif mention.cue == "axis" and _has_beside(reading, sentence, mention, _SPOTS):
        width += _ROAD
    if mention.cue in ("at", "near") and _has_beside(
        reading, sentence, mention, _UNITS, within=_UNIT_REACH
    ):
        width += _SITUATED
    return width


def _is_described(reading: Reading, sentence: Sentence, mention: Mention) -> bool:
    """« Talataye … cette localité entre Gao et Ménaka »: the ends of a stretch round a town."""
    words = sentence.words[: mention.span.first - sentence.span.first]
    at = next((at for at in range(len(words) - 1, -1, -1) if words[at] in _BETWEEN_WORDS), -1)
    return (
        at > 0
        and words[at - 1] in _LOCALITY
        and any(
            place.cue != "between" and place.span.last <= sentence.span.first + at
            for place in reading.places_in(sentence)
        )
    )


def _has_beside(
    reading: Reading, sentence: Sentence, mention: Mention, cues: frozenset[str], within: int = 99
) -> bool:
    """Whether a place with one of these cues follows in the sentence."""
    return any(
        other.cue in cues and 0 < other.span.first - mention.span.last <= within
        for other in reading.places_in(sentence)
    )


def _is_told_from(reading: Reading, sentence: Sentence, mention: Mention) -> bool:
    """« Niamey : dix civils tués … région de Tillabéri »: a capital that opens, and the place."""
    places = reading.places_in(sentence)
    return (
        mention.span.first == sentence.span.first
        and _is_topic(reading, mention)
        and any(other.cue in _ELSEWHERE for other in places if other is not mention)
    )


def _is_news_from(reading: Reading, mention: Mention) -> bool:
    """ "Reports emerged from Sabon Birni": the news comes from there, nobody left it."""
    first = mention.span.first
    return not _NEWS.isdisjoint(reading.doc.words[max(0, first - _NEWS_REACH) : first])


def _is_of_before(reading: Reading, sentence: Sentence, mention: Mention) -> bool:
    """« Après Kérou, trois morts à Banikoara »: where it had been before."""
    first, last = mention.span.first, mention.span.last
    return (
        reading.doc.words[max(first - 1, 0) : first] in (["apres"], ["after"])
        and last < sentence.span.last
        and reading.doc.between(last - 1, last).strip() == ","
        and any(last <= trigger.first for trigger in sentence.of("trigger"))
    )


def _is_far(reading: Reading, mention: Mention) -> bool:
    """« à plus de 300 kilomètres à l'est de Mopti »: the town only tells the direction."""
    first = mention.span.first
    words = reading.doc.words[max(0, first - _FAR_REACH) : first]
    return any(
        number.isdigit() and int(number) >= _FAR_KM and unit in _KM
        for number, unit in itertools.pairwise(words)
    )


def comes_from(reading: Reading, sentence: Sentence, mention: Mention) -> bool:
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
    first, last = mention.span.first, mention.span.last
    words = reading.doc.words[max(sentence.span.first, first - _CARRIED_REACH) : first]
    if not _HOSPITAL.isdisjoint(reading.doc.words[last : last + 1]):
        return not _LYING.isdisjoint(words[-1:])  # "in Ouagadougou hospital"
    return not _CARRIED.isdisjoint(words) and (
        not _HOSPITAL.isdisjoint(words) or not _CARRIED.isdisjoint(words[-2:])
    )


def _is_axis_of(reading: Reading, mention: Mention) -> bool:
    """« Boni : dix morts … sur l'axe de Hombori »: the headline's town, less the roads from it."""
    headline = reading.places_in(reading.sentences[0])
    if mention.cue == "axis" and mention in headline:
        # « l'axe Dori-Gorom-Gorom coupé … une embuscade près de Gorom-Gorom »
        told = (other for other in reading.places if other not in headline)
        if any(other.cue in ("at", "near", "town") for other in told):
            return True
    if mention.cue == "between":
        return any(_is_topic(reading, other) for other in headline)
    return mention.cue == "axis" and any(
        other.cue not in ("axis", "region", "within")
        and (mention not in headline or _is_topic(reading, other))
        for other in headline
    )


def _is_of_road(reading: Reading, mention: Mention) -> bool:
    """« le corridor Dakar-Bamako »: two capitals and the road between them."""
    ends = {capital.span for capital in reading.countries if capital.form == "capital"}
    first, last = mention.span.first, mention.span.last
    return mention.span in ends and any(
        (end.first == last and reading.doc.between(last - 1, last) in ("-", "–"))
        or (end.last == first and reading.doc.between(first - 1, first) in ("-", "–"))
        for end in ends
    )


def _is_landmark(reading: Reading, sentence: Sentence, mention: Mention) -> bool:
    """A headline's « près de Gao », which the text replaces by the place itself."""
    return (
        mention.cue in ("near", "within", "unit", "commune")
        and len(reading.places_in(sentence)) == 1
        and not any(o.name == mention.name and o.span != mention.span for o in reading.places)
        and any(o.cue in _EXACT for o in reading.places if o is not mention)
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
    if last < len(reading.doc) and reading.doc.between(last - 1, last) in ("-", "–", "/"):
        last += 1  # « Sikasso-Yorosso : … »
    return (
        mention.span.first <= _TOPIC_REACH
        and last < len(reading.doc)
        and ":" in reading.doc.between(last - 1, last)
    )


def _known_at(place: Place, known: Sequence[Place]) -> int | None:
    """Where among those told this place stands already, as finely or finer."""
    for at, one in enumerate(known):
        if (one.name, one.lat, one.lon) == (place.name, place.lat, place.lon) and (
            one.precision <= place.precision
        ):
            return at
    return None
