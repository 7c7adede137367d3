"""One event from its reports: what all of them say, and what the best founded of them say."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from bot.detect.report import (
    ATTRIBUTIONS,
    CERTAINTIES,
    ROLES,
    SPEAKERS,
    STAGES,
    ActorRef,
    Place,
    Report,
)
from bot.detect.text import fold
from bot.events.assess import Voice, severity, verification
from bot.events.facts import EventFacts, Source
from bot.events.tolls import Figure, fuse_tolls
from bot.events.wording import overlap

#: said of nearly any attack: a word that says more wins over them, however few say it
_GENERIC = {"attack_unspecified": 2, "armed_clash": 1}
#: whose word on the outcome is taken first: those who have no side
_OUTCOME_VOICES = (
    "local",
    "ngo",
    "medical",
    "media",
    None,
    "unknown",
    "official",
    "army",
    "group",
)
_SAME_TEXT = 0.6
_MAX_OTHER_PLACES = 12
_MAX_EVIDENCE = 12


@dataclass(frozen=True, slots=True)
class Reported:
    """A report with the article that tells it."""

    report: Report
    source: Source
    #: epoch seconds, when the entry was first seen
    seen_at: float
    #: folded title and lead: copies of one text are one origin
    text: str = ""
    #: hash of the folded title and lead, as storage keeps it
    fingerprint: str = ""

    @property
    def said_at(self) -> float:
        """When the article says it: its date, never later than when it was seen."""
        if self.source.published_at is None:
            return self.seen_at
        return min(self.source.published_at, self.seen_at)


def fuse(reported: Sequence[Reported]) -> EventFacts:
    """All that the reports of one event say together.

    The order in which they are given does not matter; `sources` are listed first seen first.
    A report that says it did not happen (realis "negated") adds its denial and nothing else.

    Raises:
        ValueError: without a report that says it happened there is no event.
    """
    ordered = sorted(
        reported, key=lambda r: (r.seen_at, r.source.url, r.source.name, repr(r.report))
    )
    told = [r for r in ordered if r.report.realis != "negated"]
    denials = [r.report for r in ordered if r.report.realis == "negated"]
    if not told:
        raise ValueError("an event needs a report that says it happened")
    roots = _origins(told)
    reports = [r.report for r in told]
    vote = _Votes(told, roots)
    place = _place(told, vote)
    day, day_end, clock, precision = _date(reports, vote)
    outcome, outcome_said_by = _outcome(reports)
    facts = EventFacts(
        kind=reports[0].kind,
        type=_type(reports, vote),
        realis="ongoing" if all(r.realis == "ongoing" for r in reports) else "actual",
        stage=max((r.stage for r in reports if r.stage), key=STAGES.index, default=None),
        flags=_flags(reports),
        place=place,
        other_places=_other_places(reports, place),
        countries=_countries(reports, vote),
        date=day,
        date_end=day_end,
        time=clock,
        date_precision=precision,
        actors=_actors(reports),
        tolls=fuse_tolls(
            Figure(t, r.source.name, r.said_at) for r in told for t in r.report.tolls
        ),
        attribution=_attribution(reports),
        said_by=_speakers(r.said_by for r in reports),
        denied_by=_speakers(
            [
                *(r.denied_by for r in reports),
                *(_denier(r) for r in denials),
            ]
        ),
        outcome=outcome,
        outcome_said_by=outcome_said_by,
        verification=(
            "disputed"
            if denials
            else verification([Voice(r, roots[i]) for i, r in enumerate(reports)])
        ),
        origins=len(set(roots)),
        sources=_sources(ordered),
        languages=tuple(dict.fromkeys(r.source.language for r in told if r.source.language)),
        confidence=max(r.confidence for r in reports),
        evidence=tuple(dict.fromkeys(w for r in reports for w in r.why))[:_MAX_EVIDENCE],
    )
    return replace(facts, severity=severity(facts))


def retracted(facts: EventFacts, denials: Sequence[Report]) -> EventFacts:
    """The event once nobody says any more that it happened: all was as told, and it was not so."""
    denied_by = _speakers([*facts.denied_by, *(_denier(r) for r in denials)])
    return replace(facts, verification="retracted", denied_by=denied_by)


def _origins(told: Sequence[Reported]) -> list[int]:
    """Per report the number of its independent origin: the first report with the same one.

    Same origin: the same credited name, the same fingerprint, or three fifths of the words in
    the same order (DOMAIN 3.3).
    """
    roots = list(range(len(told)))
    for i, one in enumerate(told):
        for j in range(i):
            if roots[j] == roots[i] or not _same_origin(told[j], one):
                continue
            low, high = sorted((roots[i], roots[j]))
            roots = [low if root == high else root for root in roots]
    return roots


def _same_origin(one: Reported, other: Reported) -> bool:
    if fold(one.source.origin) == fold(other.source.origin):
        return True
    if one.fingerprint and one.fingerprint == other.fingerprint:
        return True
    return overlap(one.text, other.text) >= _SAME_TEXT


class _Votes:
    """How many independent origins say something: ten copies of one text are one vote."""

    def __init__(self, told: Sequence[Reported], roots: Sequence[int]):
        self._reports = [r.report for r in told]
        self._roots = roots

    def count(self, says: Callable[[Report], bool]) -> int:
        pairs = zip(self._reports, self._roots, strict=True)
        return len({root for report, root in pairs if says(report)})


def _type(reports: Sequence[Report], vote: _Votes) -> str:
    """What most origins call it; between equals, what was said first."""
    types = list(dict.fromkeys(r.type for r in reports))
    return min(types, key=lambda t: (_GENERIC.get(t, 0), -vote.count(lambda r: r.type == t)))


#: ACLED's geo_precision: a town or near it
_LOCALITY = 2


def main_place(report: Report) -> Place | None:
    """The first locality of a report, for detection puts the one that was hit first: « près de
    Tchoukou » rather than the capital it is told from. Else the finest place."""
    local = next((p for p in report.places if p.precision <= _LOCALITY), None)
    return local or min(report.places, key=lambda p: p.precision, default=None)


def _place(told: Sequence[Reported], vote: _Votes) -> Place | None:
    candidates = [p for p in (main_place(r.report) for r in told) if p is not None]

    def names(place: Place) -> Callable[[Report], bool]:
        key = fold(place.name)
        return lambda r: any(fold(p.name) == key for p in r.places)

    return min(
        candidates,
        key=lambda p: (p.precision, -vote.count(names(p)), p.lat is None),
        default=None,
    )


def _other_places(reports: Sequence[Report], best: Place | None) -> tuple[Place, ...]:
    """Further places as fine as a locality; a region that only contains the best is no other."""
    if best is None:
        return ()
    seen = {fold(best.name)}
    others = []
    for place in (p for r in reports for p in r.places):
        key = fold(place.name)
        if key not in seen and place.precision <= max(best.precision, 2):
            seen.add(key)
            others.append(place)
    return tuple(others[:_MAX_OTHER_PLACES])


def _countries(reports: Sequence[Report], vote: _Votes) -> tuple[str, ...]:
    found = list(dict.fromkeys(c for r in reports for c in r.countries))
    return tuple(sorted(found, key=lambda c: -vote.count(lambda r: c in r.countries)))


def _date(
    reports: Sequence[Report], vote: _Votes
) -> tuple[str | None, str | None, str | None, int]:
    dated = [r for r in reports if r.date is not None and r.date_precision < 4]
    if not dated:
        return None, None, None, 4
    finest = min(r.date_precision for r in dated)
    days = list(dict.fromkeys(r.date for r in dated if r.date_precision == finest))
    day = max(days, key=lambda d: (vote.count(lambda r: r.date == d), -_ordinal(d)))
    those = [r for r in dated if r.date == day and r.date_precision == finest]
    ends = [r.date_end for r in those if r.date_end]
    clocks = [r.time for r in those if r.time]
    return day, (max(ends) if ends else None), (clocks[0] if clocks else None), finest


def _ordinal(day: str | None) -> int:
    return date.fromisoformat(day).toordinal() if day else 0


def _actors(reports: Sequence[Report]) -> tuple[ActorRef, ...]:
    """Each actor once per role with the strongest certainty anybody gives.

    A claim outranks a bare name: who claims is what readers must be told.
    """
    strength = {"claimed": 3, "named": 2, "suspected": 1, "generic": 0}
    best: dict[tuple[str, str], ActorRef] = {}
    for actor in (a for r in reports for a in r.actors):
        held = best.get((actor.id, actor.role))
        if held is None or strength[actor.certainty] > strength[held.certainty]:
            best[(actor.id, actor.role)] = actor
    if any(a.role == "perpetrator" and a.id != "unknown" for a in best.values()):
        best.pop(("unknown", "perpetrator"), None)
    return tuple(
        sorted(
            best.values(),
            key=lambda a: (ROLES.index(a.role), CERTAINTIES.index(a.certainty), a.id),
        )
    )


def _attribution(reports: Sequence[Report]) -> str | None:
    order = {value: rank for rank, value in enumerate(ATTRIBUTIONS)} | {"denied": 0.5}
    return max(
        (r.attribution for r in reports if r.attribution), key=order.__getitem__, default=None
    )


def _speakers(found: Iterable[str | None]) -> tuple[str, ...]:
    rank = {value: index for index, value in enumerate(SPEAKERS)} | {"official": -1}
    return tuple(sorted({s for s in found if s}, key=rank.__getitem__))


def _denier(report: Report) -> str:
    """Who says that it did not happen; a fact-check that cites nobody is the media's word."""
    cited = (report.denied_by, report.said_by)
    return next((s for s in cited if s is not None and s != "unknown"), "media")


def _outcome(reports: Sequence[Report]) -> tuple[str | None, str | None]:
    """The outcome by those without a side first; "ongoing" gives way to any end."""
    told = [r for r in reports if r.outcome and r.outcome != "ongoing"] or [
        r for r in reports if r.outcome
    ]
    if not told:
        return None, None
    first = min(told, key=lambda r: _OUTCOME_VOICES.index(r.outcome_said_by))
    return first.outcome, first.outcome_said_by


def _flags(reports: Sequence[Report]) -> tuple[str, ...]:
    """All flags; "reaction" only while every report is one."""
    flags = {f for r in reports for f in r.flags}
    if not all("reaction" in r.flags for r in reports):
        flags.discard("reaction")
    return tuple(sorted(flags))


def _sources(told: Sequence[Reported]) -> tuple[Source, ...]:
    """One per article: the same outlet with the same text again is the same article."""
    kept: dict[tuple[str, str], Source] = {}
    urls = set()
    for one in told:
        key = (one.source.name, one.fingerprint or one.source.url)
        if key in kept or (one.source.url and one.source.url in urls):
            continue
        kept[key] = one.source
        urls.add(one.source.url)
    return tuple(kept.values())
