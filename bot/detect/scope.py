"""Where a happening is: which country, which places, and whether the project watches them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.detect import word_sets
from bot.detect.actors import Actors
from bot.detect.countries import CountryMention
from bot.detect.gazetteer import NEAR, Gazetteer, Mention
from bot.detect.lexicon import Mark
from bot.detect.places_told import places_of
from bot.detect.reading import Reading, Sentence
from bot.detect.report import Place
from bot.detect.told_from import is_dateline

_WEIGHT = {"name": 3.0, "region": 3.0, "demonym": 2.0, "capital": 1.5}
#: a country named only as a neighbour (« près de la frontière avec le Burkina ») weighs little
_NEIGHBOUR = 0.2
_BORDER_WORDS = word_sets.words("border")
_BORDER_REACH = 6
#: « arrivait de Côte d'Ivoire »: a country the victims came from or were bound for
_WAY_WORDS = word_sets.words("came_from_country")
_WAY_REACH = 3
#: only people of that country are named: where they come from, not where it happened
_FOREIGN_PEOPLE = 0.25
#: « sur la rive nigérienne », "on Malian soil": it stands there, whoever the people are
_LAND = 4.0
_LAND_WORDS = word_sets.words("land_of_country")
_SIDES, _OF = word_sets.words("side_of"), frozenset({"de", "du", "of"})
#: a country far away is often only somebody's home or master: « France’s force »
_ABROAD = 0.5
#: they strike far from home: where a group of the Sahel is named it is not their country
_POWERS = frozenset({"FR", "US", "GB", "DE", "RU", "IT", "TR", "BE", "ES"})
_POWER = 0.1
#: « deux Mauritaniens », « un Togolais »: the word before counts people
_COUNTED = word_sets.words("numbers_of_people")
#: sentences that may say where it was
_LEAD = 3
#: a jihadist attack anywhere in these is one of the Sahel's (GUIDELINE, Grand-Bassam)
_COAST = frozenset({"CI", "BJ", "TG", "GH", "SN"})
_CORE = frozenset({"ML", "BF", "NE"})
_TITLE, _TOPIC = 1.5, 2.0
#: the town that is placed best
_BEST_PLACE, _PLACE = 3.0, 1.5
#: a name that only one country has, and one that it was only near to
_NAMED, _NAMED_NEAR = 1.0, 0.5
#: a town right behind an act of violence, and the words between
_HIT_THERE, _HIT_THERE_REACH = 3.0, 4
#: « le poste-frontière malien » stands in Mali, « la frontière malienne » beside it
_POST = "poste"
#: « Officials in Niamey condemned it »: below the headline a capital is mostly where they speak
_FAR_CAPITAL = 0.3
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
    if (
        beside
        and not _BORDER_WORDS.isdisjoint(words[last : last + 1])
        and reading.doc.between(last - 1, last) == " "  # not « au Mali, vers la frontière »
    ):
        return True
    start = max(sentence.span.first, first - _BORDER_REACH)
    if _BORDER_WORDS.isdisjoint(words[start:first]):
        return False
    while start < first and reading.breaks(start, first)[0]:
        start += 1
    if words[first - 2 : first] == [_POST, "frontiere"]:
        return False
    return not _BORDER_WORDS.isdisjoint(words[start:first])


def _only_reacts(sentence: Sentence, mention: CountryMention) -> bool:
    """« Le Sénégal présente ses condoléances »: the state that speaks, not where it was."""
    return any(
        cue.value == "reaction" and 0 <= cue.first - mention.span.last <= 1
        for cue in sentence.of("cue")
    )


def _is_on_the_way(reading: Reading, mention: CountryMention) -> bool:
    return mention.form != "demonym" and _came_by(reading, mention)


def _came_by(reading: Reading, mention: CountryMention) -> bool:
    first = mention.span.first
    return not _WAY_WORDS.isdisjoint(reading.doc.words[max(0, first - _WAY_REACH) : first])


def _is_land(reading: Reading, mention: CountryMention, sentence: Sentence) -> bool:
    """« sur le sol malien », "on the Malian side of the border": ground told by its people."""
    if mention.form != "demonym" or _came_by(reading, mention):
        return False
    words, first, last = reading.doc.words, mention.span.first, mention.span.last
    beside = {*words[max(0, first - 1) : first], *words[last : last + 1]}
    if not _SIDES.isdisjoint(beside):
        return not _OF.isdisjoint(words[last : last + 2])
    return not _LAND_WORDS.isdisjoint(beside) and not is_neighbour(
        reading, mention, sentence, beside=False
    )


def weigh(reading: Reading, sentences: Sequence[Sentence], actors: Actors) -> dict[str, float]:
    """How much these sentences speak of each country."""
    weights: dict[str, float] = {}
    for sentence in sentences:
        forces = [m for m in sentence.of("actor") if not actors.of(m).irregular]
        for mention in reading.countries_in(sentence):
            if mention.form == "capital" and is_dateline(reading, sentence, mention.span):
                continue
            weight = _WEIGHT[mention.form]
            if _is_out(reading.gazetteer, mention.country) and any(
                mark.first <= mention.span.first < mark.last for mark in forces
            ):
                continue  # "four US soldiers": whose they are, not where they are
            if _is_on_the_way(reading, mention) and _is_out(reading.gazetteer, mention.country):
                continue
            if _is_land(reading, mention, sentence):
                weight = _LAND
            elif (
                is_neighbour(reading, mention, sentence)
                or _is_on_the_way(reading, mention)
                or _only_reacts(sentence, mention)
            ):
                weight *= _NEIGHBOUR
            elif _is_out(reading.gazetteer, mention.country):
                weight *= _FOREIGN_PEOPLE if mention.form == "demonym" else _ABROAD
            elif _is_of_people(reading, sentence, mention, forces):
                weight *= _FOREIGN_PEOPLE
            if sentence.is_title:
                weight *= _TITLE
                if mention.form == "name" and _opens(reading, mention):
                    weight *= _TOPIC
            elif mention.form == "capital":
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


def _is_of_people(
    reading: Reading, sentence: Sentence, mention: CountryMention, forces: Sequence[Mark]
) -> bool:
    """« sept casques bleus togolais tués à Bandiagara »: where they came from."""
    return (
        mention.form == "demonym"
        and (
            any(mark.first <= mention.span.first < mark.last for mark in forces)
            or not _COUNTED.isdisjoint(
                reading.doc.words[mention.span.first - 1 : mention.span.first]
            )
            or any(
                mark.value in ("forces", "person") and mark.last == mention.span.first
                for mark in sentence.of("evidence")
            )
        )
        and (
            any(
                place.country not in (None, mention.country[:2])
                and place.cue not in ("region", "within")
                for place in reading.places_in(sentence)
            )
            or any(
                other.country not in (mention.country, *_POWERS)
                and (
                    _is_land(reading, other, told)
                    or (other.form == "name" and not is_neighbour(reading, other, told))
                )
                for told in reading.sentences[:_LEAD]
                for other in reading.countries_in(told)
            )
        )
    )


def _opens(reading: Reading, mention: CountryMention) -> bool:
    """« Japon : un homme arrêté à Nara »: the country the whole item is about."""
    last = mention.span.last
    return (
        mention.span.first == 0
        and last < len(reading.doc)
        and ":" in reading.doc.between(last - 1, last)
    )


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
    for sentence in sentences:
        for named in reading.places_in(sentence):
            if (only := named.country) and not _is_overruled(reading, named, only):
                share = _HIT_THERE if _is_hit_there(sentence, named) else _NAMED
                if named.cue == "near":
                    share = _NAMED_NEAR
                weights[only] = weights.get(only, 0.0) + share
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


def _is_hit_there(sentence: Sentence, named: Mention) -> bool:
    """« Attaque du Jnim à Diboli : le Sénégal renforce … »: the act, and right behind it where."""
    return named.cue == "at" and any(
        trigger.entry.more.get("hostile")
        and 0 <= named.span.first - trigger.last <= _HIT_THERE_REACH
        for trigger in sentence.of("trigger")
    )


def _is_overruled(reading: Reading, named: Mention, only: str) -> bool:
    """« Centrafrique … à Bambari »: a village's name counts for little beside a country's."""
    countries = {m.country[:2] for m in reading.countries if m.form == "name"}
    return (
        bool(countries) and only not in countries and all(row.need == "cue" for row in named.rows)
    )


def _places_and_country(
    reading: Reading, sentences: Sequence[Sentence], weights: Mapping[str, float]
) -> tuple[list[Place], str | None]:
    real = {c: w for c, w in weights.items() if "-" not in c}
    places = places_of(reading, sentences, real)
    return places, _country(weights, places, reading.gazetteer)


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
    for rank, place in enumerate(places):
        if place.country:
            share = _PLACE if rank or place.precision > 1 else _BEST_PLACE
            if rank and place.precision == NEAR:
                share = _NAMED_NEAR
            total[place.country] = total.get(place.country, 0.0) + share
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
    if country is None:
        return False
    exact = [p for p in places if p.precision == 1]
    elsewhere = any(weights.get(f"{country}-{side}", 0.0) > 0.5 for side in "SN")
    if elsewhere and not any(gazetteer.in_scope(country, p.admin1, p.lat, p.lon) for p in exact):
        return False
    if places:
        return any(gazetteer.in_scope(country, p.admin1, p.lat, p.lon) for p in places)
    return gazetteer.in_scope(country, None, None, None)
