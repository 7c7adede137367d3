"""Who, where, when and how sure, in words: the small phrases that every message is made of."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from datetime import date, timedelta

from bot.detect.report import Place
from bot.events.facts import EventFacts
from bot.messages.grammar import capital, contract
from bot.messages.i18n import Voice

#: values of a place's precision and of a date's (DOMAIN 3.1)
TOWN, NEAR, REGION, COUNTRY_ONLY, PLACE_UNKNOWN = range(1, 6)
DAY, WEEK, MONTH, DATE_UNKNOWN = range(1, 5)

#: « près de lac Tchad » is no French: such names want an article that we do not know
_AREA = re.compile(
    r"(lac|parc|forêt|fleuve|rivière|centre|nord|sud|est|ouest|région|zone|axe|route|mont|massif"
    r"|frontière|lake|park|forest|river|north|south|east|west|central|border|the)\b",
    re.IGNORECASE,
)
#: speakers whose name is a plural in our languages: « les autorités », « des sources locales »
_MANY = ("official", "local")
_PLACE_KEYS = {TOWN: "place.town", NEAR: "place.near", REGION: "place.region"}


def actor(voice: Voice, id: str) -> str:
    """The actor's name with its article, a state's by its ISO code.

    An id without a name in the catalogue shows itself.
    """
    if len(id) == 2 and id.isupper():
        return voice.country(id)
    key = f"actor.{id}"
    return voice.text(key) if voice.has(key) else id.replace("_", " ")


def actors(voice: Voice, ids: Iterable[str]) -> str:
    return voice.join(actor(voice, id) for id in dict.fromkeys(ids))


def speakers(voice: Voice, said_by: Iterable[str]) -> str:
    """« l’armée et des sources locales »."""
    return voice.join(voice.text(f"speaker.{s}") for s in dict.fromkeys(said_by))


def according(voice: Voice, said_by: Iterable[str]) -> str:
    """« selon l’armée », or nothing where nobody but the press says so."""
    cited = [s for s in dict.fromkeys(said_by) if s not in ("media", "unknown")]
    return voice.text("according", speakers=speakers(voice, cited)) if cited else ""


def denial(voice: Voice, denied_by: Iterable[str], said_by: Collection[str] = ()) -> str:
    """« l’armée dément », or nothing; who also states the fact denies only a part of it."""
    deniers = list(dict.fromkeys(denied_by))
    clauses = []
    if all_of_it := [s for s in deniers if s not in said_by]:
        names = speakers(voice, all_of_it)
        clauses.append(voice.text("denies", n=_grammatical(all_of_it), speakers=names))
    if part_of_it := [s for s in deniers if s in said_by]:
        names = speakers(voice, part_of_it)
        clauses.append(voice.text("denies_part", n=_grammatical(part_of_it), speakers=names))
    return voice.chain(clauses) if clauses else ""


def _grammatical(speakers: Sequence[str]) -> int:
    """1 or 2: whether their verb is singular or plural."""
    return 2 if len(speakers) > 1 or speakers[0] in _MANY else 1


def countries(voice: Voice, codes: Iterable[str]) -> str:
    return voice.join(voice.country(code) for code in dict.fromkeys(codes))


def named(voice: Voice, name: str, precision: int) -> str:
    """« Léré », « près de Léré », « Tombouctou (région) »."""
    if precision not in _PLACE_KEYS or not name:
        return voice.text("place.imprecise")
    if precision != TOWN and _AREA.match(name):
        key = "place.area" if precision == NEAR else "place.town"
        return voice.text(key, place=name)
    return contract(voice.language, voice.text(_PLACE_KEYS[precision], place=name))


def place(voice: Voice, where: Place) -> str:
    """The place without its country, no finer than it is known: « Léré (Tombouctou) »."""
    name = named(voice, where.name, where.precision)
    region = where.admin1
    if region and where.precision < REGION and region.casefold() != where.name.casefold():
        return voice.text("place.within", place=name, region=region)
    return name


def located(voice: Voice, facts: EventFacts) -> str:
    """« Mali, Léré (Tombouctou) »: the country first, as the eye looks for it."""
    where = facts.place
    if facts.kind == "alliance":
        return countries(voice, facts.countries) or voice.text("place.between_states")
    codes = (where.country,) if where and where.country else facts.countries
    country = countries(voice, codes)
    if where is None or where.precision >= COUNTRY_ONLY:
        if not country:
            return voice.text("place.unknown")
        return voice.text("place.in_country", country=country, place=voice.text("place.imprecise"))
    if not country:
        return place(voice, where)
    return voice.text("place.in_country", country=country, place=place(voice, where))


def dated(voice: Voice, facts: EventFacts) -> str:
    """« dim. 17 sept. 2023 vers 15h30 », no finer than it is known."""
    if facts.date is None or facts.date_precision >= DATE_UNKNOWN:
        return voice.text("date.unknown")
    first = date.fromisoformat(facts.date)
    last = date.fromisoformat(facts.date_end) if facts.date_end else None
    if facts.date_precision == MONTH:
        return voice.month(first)
    if last and last > first:
        night = facts.date_precision == DAY and last == first + timedelta(days=1)
        key = "date.night" if night else "date.between"
        return voice.text(key, first=_beginning(voice, first, last), last=voice.short_day(last))
    if facts.date_precision == WEEK:
        return voice.text("date.around", day=voice.short_day(first))
    if facts.time:
        hour, _, minute = facts.time.partition(":")
        key = "date.hour" if minute in ("", "00") else "date.time"
        time = voice.text(key, hour=str(int(hour)), minute=minute)
        return voice.text("date.at", day=voice.day(first), time=time)
    return voice.day(first)


def _beginning(voice: Voice, first: date, last: date) -> str:
    """The first day without what the last one says again: « 28 », « 28 janv. »."""
    if first.year != last.year:
        return voice.short_day(first)
    return voice.day_number(first) if first.month == last.month else voice.day_month(first)


def certainty(voice: Voice, facts: EventFacts) -> str:
    """« Non confirmé · 1 seule origine · lieu : localité · date : au jour près »."""
    parts = [voice.text(f"verification.{facts.verification}"), origins(voice, facts)]
    if facts.kind == "attack":
        unplaced = COUNTRY_ONLY if facts.countries else PLACE_UNKNOWN
        precision = facts.place.precision if facts.place else unplaced
        parts.append(voice.text("precision.place", how=voice.text(f"precision.place.{precision}")))
    precision = DATE_UNKNOWN if facts.date is None else facts.date_precision
    parts.append(voice.text("precision.date", how=voice.text(f"precision.date.{precision}")))
    return capital(" · ".join(parts))


def origins(voice: Voice, facts: EventFacts) -> str:
    return voice.text("origins", n=max(1, facts.origins))
