"""Which sentences of an item tell the same happening (FACTS rule 1)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.detect import word_sets
from bot.detect.actors import Actors
from bot.detect.gazetteer import distance_km
from bot.detect.happening import Happening, Telling
from bot.detect.lexicon import Mark
from bot.detect.places_told import comes_from
from bot.detect.reading import Reading, Sentence
from bot.detect.report import Place
from bot.detect.scope import locate
from bot.detect.time_reader import DateMention
from bot.detect.when import day_of

_SAME_PLACE_KM = 30.0
_ATTACKS = word_sets.parts("attacks")
_DEFINITE = word_sets.words("definite")
#: an adverb among so many first words opens its sentence
_OPENING = 3
#: « à 60 km de Niamey », « près de Gao »: a point of reference may lie this far
_NEAR_KM = 80.0
#: a headline names the town everybody knows, the text the place itself
_LEAD_KM = 150.0
#: sentences under a headline that still say more exactly what it said
_LEADS = 2
#: « le convoi parti de Dakar »: where somebody came from is not where it was
_WAY = frozenset({"from", "to"})
#: two towns told in one sentence are one joint happening; told apart they are two
_APART_DAYS = 2


@dataclass(slots=True)
class _Known:
    happening: Happening
    points: list[Place]
    day: DateMention | None


def group(reading: Reading, tellings: Sequence[Telling], actors: Actors) -> list[Happening]:
    """Happenings in the order of the text."""
    if len(tellings) == 1:
        return [Happening("attack", list(tellings))]
    known: list[_Known] = []
    for telling in tellings:
        alone = Happening("attack", [telling])
        named = reading.places_in(telling.sentence)
        passed = {
            m.name for m in named if m.cue in _WAY or comes_from(reading, telling.sentence, m)
        }
        points = [
            p
            for p in (locate(reading, [telling.sentence], actors).places if named else ())
            if p.precision <= 2 and p.lat is not None and p.name not in passed
        ]
        day = day_of(reading, alone)
        new = any(_opens_another(telling.sentence, m) for m in telling.sentence.of("evidence"))
        lead = len(known) == 1 and (
            (telling.sentence.number <= _LEADS and tellings[0].sentence.is_title)
            or _refers_back(telling.sentence)
        )
        best = None if new else _best(known, points, day, lead=lead)
        if best is None:
            known.append(_Known(alone, points, day))
            continue
        best.happening.tellings.append(telling)
        best.points.extend(points)
        if best.day is None or (day is not None and day.precision < best.day.precision):
            best.day = day or best.day
    return [entry.happening for entry in known]


def _opens_another(sentence: Sentence, mark: Mark) -> bool:
    """« Une autre attaque … »; « par ailleurs » only where it opens the sentence."""
    return mark.value == "another" and (
        mark.first - sentence.span.first < _OPENING or any(word in mark.text for word in _ATTACKS)
    )


def _refers_back(sentence: Sentence) -> bool:
    """« L'attaque s'est produite entre … »: the one already told, only more exactly."""
    return not _DEFINITE.isdisjoint(sentence.words[:1]) and any(
        t.first == sentence.span.first + 1 and t.entry.more["part"] == "noun"
        for t in sentence.of("trigger")
    )


def _best(
    known: Sequence[_Known], points: Sequence[Place], day: DateMention | None, *, lead: bool
) -> _Known | None:
    """The happening told before that this sentence goes on with; the last told wins a tie.

    `lead` marks the sentence under the headline, or one that refers back: it tells of the same,
    only more exactly.
    """
    best: tuple[float, _Known] | None = None
    for order, entry in enumerate(known):
        place = _fit_place(entry.points, points)
        if place < 0 and lead and _is_near_enough(entry.points, points):
            place = 0.0
        fit = place, _fit_day(entry.day, day)
        if min(fit) < 0:
            continue
        score = sum(fit) + order * 0.1
        if best is None or score > best[0]:
            best = (score, entry)
    return best[1] if best else None


def _fit_place(one: Sequence[Place], other: Sequence[Place]) -> float:
    """1 the same, 0 unknown, -1 apart."""
    if not one or not other:
        return 0.0
    near = any(
        a.lat is not None and a.lon is not None and b.lat is not None and b.lon is not None
        and distance_km(a.lat, a.lon, b.lat, b.lon)
        <= (_SAME_PLACE_KM if a.precision == b.precision == 1 else _NEAR_KM)
        for a in one for b in other
    )  # fmt: skip
    return 1.0 if near else -1.0


def _is_near_enough(one: Sequence[Place], other: Sequence[Place]) -> bool:
    """One region, or within a headline's reach in one country."""
    return any(
        a.country == b.country
        and (
            (a.admin1 and a.admin1 == b.admin1)
            or (
                a.lat is not None and a.lon is not None and b.lat is not None and b.lon is not None
                and distance_km(a.lat, a.lon, b.lat, b.lon) <= _LEAD_KM
            )
        )
        for a in one for b in other
    )  # fmt: skip


def _fit_day(one: DateMention | None, other: DateMention | None) -> float:
    if one is None or other is None or one.date is None or other.date is None:
        return 0.0
    if one.precision > 1 or other.precision > 1:
        return 0.0
    ends = (one.date_end or one.date, other.date_end or other.date)
    if one.date <= ends[1] and other.date <= ends[0]:
        return 1.0
    return -1.0 if abs((one.date - other.date).days) >= _APART_DAYS else 0.0
