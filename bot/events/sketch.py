"""The little that shows at a glance that a report cannot tell an event: most cannot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from bot.detect.places import squash
from bot.detect.report import Place, Report
from bot.events.days import GUESS_BACK, happened
from bot.events.facts import EventFacts
from bot.events.slots import counts, is_town

#: days between two tellings of one happening at most, whatever their grade
_MOST_DAYS = 4
#: degrees, even of longitude: more than the distance at which two towns are two attacks
FAR_DEGREES = 0.5


@dataclass(frozen=True, slots=True)
class Sketch:
    """What can exclude: the kind, the days, and for attacks countries and towns."""

    kind: str
    #: ordinals of the first and last day
    first: int
    last: int
    #: empty when they exclude nothing
    countries: frozenset[str]
    #: of localities, comparable
    towns: frozenset[str]
    #: what may be common to the tellings of both sides of a border
    counts: frozenset[tuple[str, int]]
    #: of the main locality
    lat: float | None
    lon: float | None

    def excludes(self, other: Sketch) -> bool:
        """Whether comparing slot by slot could only say no."""
        if self.first - other.last > _MOST_DAYS or other.first - self.last > _MOST_DAYS:
            return True
        if self.kind != other.kind:
            return True
        if self.lat is not None and other.lat is not None:
            far = (
                abs(self.lat - other.lat) > FAR_DEGREES
                or abs((self.lon or 0.0) - (other.lon or 0.0)) > FAR_DEGREES
            )
            return far and self.towns.isdisjoint(other.towns)
        abroad = self.countries and other.countries and self.countries.isdisjoint(other.countries)
        return bool(abroad) and self.counts.isdisjoint(other.counts)


def sketch(
    told: Report | EventFacts,
    places: Sequence[Place],
    published: tuple[date, date] | None,
) -> Sketch:
    """The places come with the main one first."""
    when = happened(told.date, told.date_end, told.date_precision, published)
    first, last = (when.first, when.last) if when else (date.min, date.max)
    if told.kind == "alliance" and published is not None:
        # a step is also known by the day on which it is told, whatever day it is given
        first, last = min(first, published[0] - GUESS_BACK), max(last, published[1])
    exact = [p for p in places if is_town(p)] if told.kind == "attack" else []
    countries = frozenset(told.countries) if told.kind == "attack" else frozenset()
    return Sketch(
        told.kind,
        first.toordinal(),
        last.toordinal(),
        countries,
        frozenset(squash(p.name) for p in exact),
        counts(told.tolls),
        exact[0].lat if exact else None,
        exact[0].lon if exact else None,
    )
