"""Where a happening is: which country, which places, and whether the project watches them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from bot.detect.actors import Actors
from bot.detect.countries import CountryMention
from bot.detect.gazetteer import Gazetteer, Mention
from bot.detect.reading import Reading, Sentence
from bot.detect.report import Place

_DATELINE = re.compile(r"\s*(?:[-–—(]|, [A-Z][a-z]+ \(AP\))")
_WEIGHT = {"name": 3.0, "region": 3.0, "demonym": 2.0, "capital": 1.5}
#: a country named only as a neighbour (« près de la frontière avec le Burkina ») weighs little
_NEIGHBOUR = 0.2
_BORDER_WORDS = frozenset({
    "frontiere", "frontieres", "frontalier", "frontaliere", "frontaliers", "frontalieres",
    "border", "borders", "bordering", "limitrophe", "voisin", "voisine", "neighbouring",
    "neighboring", "voisins", "condoleances", "condolences", "vers",
    "حدود", "حدوديه", "مجاوره", "مجاور", "تعازي",
})  # fmt: skip
_BORDER_REACH = 6
#: « arrivait de Côte d'Ivoire »: a country the victims came from or were bound for
_WAY_WORDS = frozenset({
    "provenance", "arrivait", "arrivaient", "venant", "venu", "venus", "destination", "coming",
    "bound", "from", "traveling", "travelling", "rentre", "rentree", "rentres", "revenu",
    "revenue", "revenus",
})  # fmt: skip
_WAY_REACH = 2
#: « Cercle de Koro : … »
_TOPIC_REACH = 2
_CONSOLED_REACH = 2
#: only people of that country are named: where they come from, not where it happened
_FOREIGN_PEOPLE = 0.25
#: a country far away is often only somebody's home or master: « France’s force »
_ABROAD = 0.5
#: they strike far from home: where a group of the Sahel is named it is not their country
_POWERS = frozenset({"FR", "US", "GB", "DE", "RU", "IT", "TR", "BE", "ES"})
_POWER = 0.1
#: a jihadist attack anywhere in these is one of the Sahel's (GUIDELINE, Grand-Bassam)
_COAST = frozenset({"CI", "BJ", "TG", "GH", "SN"})
_CORE = frozenset({"ML", "BF", "NE"})
_TITLE = 1.5
#: « Officials in Niamey condemned it »: a capital in a sentence that tells of no violence
_FAR_CAPITAL = 0.3
#: « une source hospitalière à Gao »: words between the one who speaks and where that is
_SEATED = frozenset({
    "a", "au", "in", "at", "basee", "basees", "base", "based", "joint", "jointe", "joints",
    "jointes", "reached",
})  # fmt: skip
#: « selon des habitants joints à Dori »
_REACHED = frozenset({"joint", "jointe", "joints", "jointes", "reached"})
_SPOKESMEN = (
    "source", "hopital", "hospital", "medic", "official", "authorit", "autorit", "ministry",
    "ministere", "presidency", "presidence", "government", "gouvernement",
)  # fmt: skip
#: « revenait d'un tournoi à Fada »: words that say somebody came from there
_CAME_BACK = frozenset({
    "revenait", "revenaient", "revenant", "revenus", "rentrait", "rentraient", "rentrant",
    "retour", "returning", "back", "fled", "fui", "fuyaient", "escaped", "regagne", "rejoint",
})  # fmt: skip
_CAME_REACH = 7
#: « entre Gao et Gossi », « parti de Gao »: the way, less the place than one it was near to
_WAY = frozenset({"from", "to"})
_ACTOR = 0.75
_ACROSS_ITEM = 0.5


@dataclass(frozen=True, slots=True)
class Where:
    """The places of a happening, the most precise first, and its country."""

    places: tuple[Place, ...]
    country: str | None
    #: how much the text speaks of each country
    weights: Mapping[str, float]
    in_scope: bool


def is_neighbour(
    reading: Reading, mention: CountryMention, sentence: Sentence, *, beside: bool = True
) -> bool:
    """Whether a border or condolence word stands just before a country's name.

    Or, if `beside`, right behind it: « le Niger voisin ».
    """
    words, first, last = reading.doc.words, mention.span.first, mention.span.last
    if beside and not _BORDER_WORDS.isdisjoint(words[last : last + 1]):
        return True
    start = max(sentence.span.first, first - _BORDER_REACH)
    if _BORDER_WORDS.isdisjoint(words[start:first]):
        return False
    while start < first and reading.breaks(start, first)[0]:
        start += 1
    return not _BORDER_WORDS.isdisjoint(words[start:first])


def _only_reacts(sentence: Sentence, mention: CountryMention) -> bool:
    """« Le Sénégal présente ses condoléances »: the state that speaks, not where it was."""
    return any(
        cue.value == "reaction" and 0 <= cue.first - mention.span.last <= 1
        for cue in sentence.of("cue")
    )


def _is_on_the_way(reading: Reading, mention: CountryMention) -> bool:
    first = mention.span.first
    before = reading.doc.words[max(0, first - _WAY_REACH) : first]
    return mention.form != "demonym" and not _WAY_WORDS.isdisjoint(before)


def weigh(reading: Reading, sentences: Sequence[Sentence], actors: Actors) -> dict[str, float]:
    """How much these sentences speak of each country."""
    weights: dict[str, float] = {}
    for sentence in sentences:
        for mention in reading.countries_in(sentence):
            weight = _WEIGHT[mention.form]
            if _is_on_the_way(reading, mention) and _is_out(reading.gazetteer, mention.country):
                continue
            if (
                is_neighbour(reading, mention, sentence)
                or _is_on_the_way(reading, mention)
                or _only_reacts(sentence, mention)
            ):
                weight *= _NEIGHBOUR
            elif _is_out(reading.gazetteer, mention.country):
                weight *= _FOREIGN_PEOPLE if mention.form == "demonym" else _ABROAD
            if sentence.is_title:
                weight *= _TITLE
            elif mention.form == "capital" and not sentence.has("trigger"):
                weight *= _FAR_CAPITAL
            weights[mention.country] = weights.get(mention.country, 0.0) + weight
        for mark in sentence.of("actor"):
            actor = actors.of(mark)
            for country in actor.countries:
                share = _ACTOR / len(actor.countries)
                weights[country] = weights.get(country, 0.0) + share
            if actor.irregular and actor.countries:
                for power in _POWERS & weights.keys():
                    weights[power] *= _POWER
    return weights


def _is_out(gazetteer: Gazetteer, country: str) -> bool:
    known = gazetteer.countries.get(country)
    return known is None or known.scope == "out"


def locate(reading: Reading, sentences: Sequence[Sentence], actors: Actors) -> Where:
    """Where the happening told by these sentences is; the rest of the item helps a little."""
    weights = weigh(reading, sentences, actors)
    if not any(_is_named(weights, reading.gazetteer)):
        others = [s for s in reading.sentences if s not in sentences]
        for code, weight in weigh(reading, others, actors).items():
            weights[code] = weights.get(code, 0.0) + _ACROSS_ITEM * weight
    for named in (m for s in sentences for m in reading.places_in(s)):
        if only := named.country:
            weights[only] = weights.get(only, 0.0) + 1.0
    places, country = _places_and_country(reading, sentences, weights)
    if country is None and reading.sentences[0] not in sentences:
        # « Un an après, Diafarabé de nouveau endeuillé »: a headline of the past that says where
        headline = reading.sentences[0]
        for code in {m.country for m in reading.places_in(headline) if m.country}:
            weights[code] = weights.get(code, 0.0) + 1.0
        places, country = _places_and_country(reading, [headline, *sentences], weights)
    here = [p for p in places if p.country == country]
    watched = _watched(weights, here, country, reading.gazetteer) or (
        (not here or country in _COAST)
        and _is_by_the_sahel(reading, sentences, weights, country, actors)
    )
    return Where(tuple(here), country, weights, watched)


def _places_and_country(
    reading: Reading, sentences: Sequence[Sentence], weights: Mapping[str, float]
) -> tuple[list[Place], str | None]:
    real = {c: w for c, w in weights.items() if "-" not in c}
    places = _places(reading, sentences, real)
    return places, _country(weights, places, reading.gazetteer)


def _places(
    reading: Reading, sentences: Sequence[Sentence], weights: Mapping[str, float]
) -> list[Place]:
    """Places the sentences name, the best first: towns, then the seats of power, then regions."""
    found: list[tuple[tuple[bool, bool, bool], Place]] = []
    wider: set[Place] = set()
    aside: list[Place] = []
    for sentence in sentences:
        for mention in reading.places_in(sentence):
            if _is_dateline(reading, sentence, mention) or _is_consoled(sentence, mention):
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
            )
            rank = (place.precision == 3, capital, away)
            found.append((rank, place))
            if (
                sentence.number == 0
                and (_is_topic(reading, mention) or _is_landmark(reading, sentence, mention))
            ) or (mention.cue == "axis" or _is_in_brackets(reading, mention)):
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


def _is_landmark(reading: Reading, sentence: Sentence, mention: Mention) -> bool:
    """A headline's « près de Gao », which the text replaces by the place itself."""
    return (
        mention.cue in ("near", "within")
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


def _is_dateline(reading: Reading, sentence: Sentence, mention: Mention) -> bool:
    """« Bamako – Two soldiers … », « BAMAKO (AFP) »: where it was written, not where it was."""
    last = mention.span.last
    return (
        mention.span.first == sentence.span.first
        and last < len(reading.doc)
        and _DATELINE.match(reading.doc.between(last - 1, last)) is not None
    )


def _is_by_the_sahel(
    reading: Reading, sentences: Sequence[Sentence], weights: Mapping[str, float],
    country: str | None, actors: Actors,
) -> bool:  # fmt: skip
    """Whether an unplaced attack is one of the Sahel's all the same.

    No country is told but a group of the core is; or, in a country watched in part, jihadists
    are named, or the border with a country of the core, or its north.
    """
    if country is None:
        marks = [mark for sentence in sentences for mark in sentence.of("actor")]
        return any(actors.of(m).irregular and _CORE & set(actors.of(m).countries) for m in marks)
    known = reading.gazetteer.countries.get(country)
    if known is None or known.scope != "wider" or any("-" in code for code in weights):
        return False
    for sentence in sentences:
        if any(actors.of(mark).side.startswith("JIHADIST") for mark in sentence.of("actor")):
            return True
        if sentence.has("evidence", "jihadist", "north"):
            return True
        for mention in reading.countries_in(sentence):
            neighbour = reading.gazetteer.countries.get(mention.country)
            if (
                neighbour is not None
                and neighbour.scope == "core"
                and is_neighbour(reading, mention, sentence)
            ):
                return True
    return False


def _is_named(weights: Mapping[str, float], gazetteer: Gazetteer) -> list[bool]:
    return [weight >= 1.0 for country, weight in weights.items() if country in gazetteer.countries]


def _country(
    weights: Mapping[str, float], places: Sequence[Place], gazetteer: Gazetteer
) -> str | None:
    total = dict(weights)
    for place in places:
        if place.country:
            total[place.country] = total.get(place.country, 0.0) + 1.5
    for code, weight in list(total.items()):
        if "-" in code:
            total[code[:2]] = max(total.get(code[:2], 0.0), weight)
    known = {c: w for c, w in total.items() if c in gazetteer.countries}
    best = max(known, key=lambda c: known[c], default=None)
    if best is None or known[best] < 0.3:
        return None
    return best


def _watched(
    weights: Mapping[str, float], places: Sequence[Place], country: str | None,
    gazetteer: Gazetteer,
) -> bool:  # fmt: skip
    if country is None or any(weights.get(f"{country}-{side}", 0.0) > 0.5 for side in "SN"):
        return False
    if places:
        return any(gazetteer.in_scope(country, p.admin1, p.lat, p.lon) for p in places)
    return gazetteer.in_scope(country, None, None, None)
