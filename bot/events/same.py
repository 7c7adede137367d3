"""Whether a report tells a happening that is already an event: precision before recall."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from bot.detect.report import Place, Report
from bot.events.days import When, announced, days_between, happened
from bot.events.facts import EventFacts
from bot.events.fuse import main_place
from bot.events.sketch import Sketch, sketch
from bot.events.slots import (
    compare_actors,
    compare_places,
    compare_targets,
    compare_tolls,
    compare_types,
)
from bot.events.wording import long_lines, overlap, wording

#: Tuned on real stories (docs/benchmarks.md): place and day decide, an equal toll or the same
#: wording carries a report without a place; against another town nothing does.
THRESHOLD = 0.5
#: enough where a vague report fits one known event and no other
_ONLY_FIT = 0.38
#: as much surer than the second best as the only fit must be
_CLEARLY = 0.1

#: DESIGN 6, `group`: an event that nobody told of for so long is closed …
FENCE_SECONDS = 72 * 3600.0
#: … except for a report that gives the same day and town, or the same toll: the final count of a
#: large attack comes a week later
LATE_SECONDS = 14 * 24 * 3600.0

_PLACE = {
    "same": 0.42, "shared": 0.3, "around": 0.3, "beside": 0.15, "near": 0.0, "region": 0.16,
    "part": 0.13, "zone": 0.11, "open": 0.02, "far": -0.32, "elsewhere": -0.32,
    "border": 0.0,
}  # fmt: skip
_TYPE = {"equal": 0.1, "kin": 0.05, "other": -0.2}
_TOLL = {"unique": 0.32, "equal": 0.16, "recount": 0.2, "revised": 0.1, "fits": 0.05,
         "none": 0.0, "unequal": 0.0, "differs": -0.12}  # fmt: skip
#: without a common place another count tells another attack, not a later count
_OTHER_TOLL = {"revised": 0.04, "unequal": -0.15, "differs": -0.25}
#: the same formula about two towns is a habit of writing
_WORDING = {"beside": 0.12, "near": 0.12, "far": 0.12, "elsewhere": 0.12, "border": 0.12}
#: what brings the two sides of a border together: the day and a count
_SAME_COUNT = ("unique", "equal")
_ANY_WORDING = 0.32
#: … and so it is about two counts too far apart
_FORMULA = 0.12
_COMMON = ("same", "around", "shared")
#: where one of two tellings does not name the town
_VAGUE = ("region", "part", "zone", "open")
#: a commune may be named for a village at its end, when the count is one of a kind
_COMMUNE = 0.27
#: … and what a common revision costs between two named towns
_OTHER_COUNT = -0.19
#: a day that one of two outlets has wrong, when town and count are the same
_OTHER_DAY = -0.1
_MISDATED_DAYS = 4
_ACTORS = {"same": 0.07, "open": 0.0, "rival": -0.03, "other": -0.15}
_TARGETS = {"rare": 0.15, "usual": 0.03, "open": 0.0}
_STEP = {"equal": 0.26, "frequent": 0.2, "kin": 0.16, "other": -0.1}
#: steps that the same states take several times a month
_FREQUENT = frozenset({
    "alliance_institution", "military_cooperation", "summit", "mediation_talks", "joint_force",
})  # fmt: skip
#: one neighbour that both name does not make two states' steps one
_FEW_IN_COMMON = 0.25
#: … the less so where each of the two has another one as well
_MOST_IN_COMMON = 0.45
_OTHER_PARTIES = 0.3
#: two articles so near in time speak of the news of one day
_SAME_NEWS_SECONDS = 48 * 3600.0
#: as much of the wording in common as two versions of one article have
_SAME_ARTICLE = 0.5
#: … and as many of the words in the same order as copies have (DOMAIN 3.3)
_COPIED = 0.6
#: what is less likely is compared with nothing dearer
_LIKELY = 0.2
#: what no wording makes one
_OTHERS = frozenset({
    "place:apart", "place:elsewhere", "place:far", "place:near", "place:beside", "place:border",
    "parties:apart",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Telling:
    """A report with what its article adds for comparison."""

    report: Report
    #: folded
    title: str
    #: folded
    lead: str
    #: epoch seconds between which it was published; None when the source gives no date
    published: tuple[float, float] | None

    @property
    def long(self) -> frozenset[str]:
        return long_lines((self.title, self.lead))


@dataclass(frozen=True, slots=True)
class Known:
    """An event that a report may tell."""

    facts: EventFacts
    #: folded titles and leads of its articles
    lines: tuple[str, ...]
    #: epoch seconds of its first and last publication; None when no article gives a date
    told: tuple[float, float] | None
    sketch: Sketch = field(init=False, repr=False, compare=False)
    #: the lines that only a copy has too
    long: frozenset[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "long", long_lines(self.lines))
        object.__setattr__(
            self, "sketch", sketch(self.facts, _places_of(self.facts), _days(self.told))
        )


@dataclass(frozen=True, slots=True)
class Verdict:
    same: bool
    #: the higher the surer, THRESHOLD at least when same; for choosing among events
    score: float
    why: tuple[str, ...]


def _no(why: str) -> Verdict:
    return Verdict(False, 0.0, (why,))


def is_same(telling: Telling, event: Known, *, copied: bool = False) -> Verdict:
    """Whether the report tells the event.

    Args:
        copied: storage knows the same text or address among the event's articles.
    """
    report, facts = telling.report, event.facts
    if report.kind != facts.kind:
        return _no("kind")
    late = _silence(telling, event)
    if late > LATE_SECONDS:
        return _no("fence")
    verdict = (
        _same_step(telling, event) if report.kind == "alliance" else _same_attack(telling, event)
    )
    if late <= FENCE_SECONDS and _is_copy(telling, event, verdict, known=copied):
        # the text itself is surer than any of its facts: a retold « mardi » is another Tuesday
        return Verdict(True, round(1.0 + max(verdict.score, 0.0), 3), ("copy", *verdict.why))
    if late > FENCE_SECONDS and not _surely(verdict):
        return _no("fence")
    return verdict


def only_fit(telling: Telling, verdicts: Sequence[Verdict]) -> int | None:
    """Of verdicts that all say no, the one that is right all the same; None when none is.

    « Attaque dans le nord du Mali, trente morts » on the day on which one such attack is known:
    a report that does not name the town, or an event that no report has placed yet, is taken for
    the only one that it fits.
    """
    ranked = sorted(range(len(verdicts)), key=lambda i: -verdicts[i].score)
    if not ranked:
        return None
    best = verdicts[ranked[0]]
    second = verdicts[ranked[1]].score if len(ranked) > 1 else 0.0
    fits = (
        best.score >= _ONLY_FIT
        and best.score - second >= _CLEARLY
        and any(f"place:{vague}" in best.why for vague in _VAGUE)
        and bool({"day:0", "fresh:0"} & set(best.why))
        and not {"toll:differs", "toll:unequal", "actors:other", "type:other"} & set(best.why)
    )
    return ranked[0] if fits and telling.report.kind == "attack" else None


def same_article(telling: Telling, event: Known) -> bool:
    """Whether the wording alone shows that the telling corrects an article of the event."""
    same_kind = telling.report.kind == event.facts.kind
    return same_kind and _wording(telling, event) >= _SAME_ARTICLE


def _is_copy(telling: Telling, event: Known, verdict: Verdict, *, known: bool) -> bool:
    """Whether it repeats an article of the event; two towns or counts too far apart prevent it.

    A shared address proves little (some feeds link every item to their front page), nor does a
    lead that a feed puts under all of its titles.
    """
    if _OTHERS & set(verdict.why):
        return False
    if known and _wording(telling, event) >= _SAME_ARTICLE:
        return True
    if {"toll:differs", "toll:unequal", "toll:revised"} & set(verdict.why):
        return telling.title in event.long
    if not telling.long.isdisjoint(event.long):
        return True
    return verdict.score >= _LIKELY and any(
        overlap(text, line) >= _COPIED
        for text in (telling.title, telling.lead)
        for line in event.lines
    )


def _surely(verdict: Verdict) -> bool:
    """What a report may join long after an event fell silent by: the town, or the very day."""
    why = set(verdict.why)
    if "place:same" in why:
        return bool({"day:0", "toll:unique"} & why)
    if "place:shared" in why:
        return "day:0" in why and "toll:differs" not in why
    if "place:open" in why:
        return "day:0" in why and bool({"toll:unique", "toll:equal"} & why)
    return verdict.same and {"day:0", "parties:1.00"} <= why


def _same_attack(telling: Telling, event: Known) -> Verdict:
    report, facts = telling.report, event.facts
    places = _places(report)
    place = compare_places(
        places,
        _places_of(facts),
        report.countries,
        facts.countries,
    )
    if place == "apart":
        return _no("place:apart")
    type_ = compare_types("attack", report.type, facts.type)
    toll = compare_tolls(report.tolls, facts.tolls)
    when, days, apart = _compare_days(telling, event)
    if place == "border" and (toll not in _SAME_COUNT or days != "day:0"):
        return _no("place:apart")
    if when is None:
        counted = toll in ("unique", "recount") and place in _COMMON
        if not counted or apart > _MISDATED_DAYS:
            return Verdict(False, 0.0, ("day:apart", f"place:{place}", f"toll:{toll}"))
        when, days = _OTHER_DAY, "day:misdated"
    actors = compare_actors(report.actors, facts.actors)
    targets = compare_targets(report.actors, facts.actors)
    score = _PLACE[place] + when + _TYPE[type_] + _ACTORS[actors] + _TARGETS[targets]
    # a town among others, told of another day, may be an earlier attack that is named in passing
    common = place in _COMMON and (place != "shared" or days.endswith(":0"))
    score += (_TOLL if common else _OTHER_TOLL).get(toll, _TOLL[toll])
    if toll == "revised" and not common and place not in _VAGUE:
        score += _OTHER_COUNT
    if place == "far" and toll == "unique":
        score += _COMMUNE
    worth = _WORDING.get(place, _ANY_WORDING)
    if toll == "differs" and place not in _COMMON:
        worth = _FORMULA
    # the dearest comparison, and mostly it could not change the verdict
    alike = _wording(telling, event) if score + worth >= _ONLY_FIT else 0.0
    score += alike * worth
    why = (f"place:{place}", days, f"type:{type_}", f"toll:{toll}", f"actors:{actors}",
           f"targets:{targets}", f"wording:{alike:.2f}")  # fmt: skip
    return Verdict(score >= THRESHOLD, round(score, 3), why)


def _same_step(telling: Telling, event: Known) -> Verdict:
    """Steps between states: who with whom, which step, when; venues only contradict."""
    report, facts = telling.report, event.facts
    mine, theirs = _parties(report), _parties(facts)
    if mine and theirs and not mine & theirs:
        return _no("parties:apart")
    type_: str = compare_types("alliance", report.type, facts.type)
    if type_ == "equal" and report.type in _FREQUENT:
        type_ = "frequent"
    when, days, _ = _compare_days(telling, event)
    share = _share(mine, theirs)
    if when is None:
        # the day of the coup behind the sanctions, the day on which the last soldier is to leave:
        # told within two days, the same step of the same states is one
        if _silence(telling, event) > _SAME_NEWS_SECONDS or type_ not in ("equal", "frequent"):
            return _no("day:apart")
        when, days = 0.0, "day:misdated"
    score = 0.28 * share + _STEP[type_] + 0.8 * when
    least = _MOST_IN_COMMON if mine - theirs and theirs - mine else _FEW_IN_COMMON
    if mine and theirs and share < least:
        score -= _OTHER_PARTIES
    score += 0.04 if report.stage and report.stage == facts.stage else 0.0
    alike = _wording(telling, event) if score + 0.35 >= THRESHOLD else 0.0
    if days == "day:misdated" and alike < _SAME_ARTICLE:
        return _no("day:apart")
    score += 0.35 * alike
    why = (f"parties:{share:.2f}", days, f"type:{type_}", f"wording:{alike:.2f}")
    return Verdict(score >= THRESHOLD, round(score, 3), why)


def _share(mine: set[str], theirs: set[str]) -> float:
    """How far the parties are the same; neighbours for context count half."""
    if not mine or not theirs:
        return 0.0
    shared = mine & theirs
    return (len(shared) / len(mine | theirs) + _context(shared, mine, theirs)) / 2


def _context(shared: set[str], mine: set[str], theirs: set[str]) -> float:
    fewer = min(len(mine), len(theirs))
    # one state alone stands in many steps of its own
    return len(shared) / fewer if fewer >= 2 else len(shared) / len(mine | theirs)


def _parties(told: Report | EventFacts) -> set[str]:
    bodies = {a.id for a in told.actors if a.role in ("party", "mediator")}
    return set(told.countries) | bodies


def sketch_of(telling: Telling) -> Sketch:
    """To leave aside what the telling cannot tell, before it is compared."""
    return sketch(telling.report, _places(telling.report), _days(telling.published))


def _places_of(facts: EventFacts) -> list[Place]:
    return [p for p in (facts.place, *facts.other_places) if p]


def _places(report: Report) -> list[Place]:
    """The report's places, the finest first named one before the others."""
    main = main_place(report)
    return [] if main is None else [main, *(p for p in report.places if p is not main)]


#: days apart at most, and what being so near is worth, by the coarser of the two dates; what is
#: said of a step is dated by its announcement, its signature or the day it was heard of
_DAYS = {"day": 1, "coarse": 3, "guess": 3}
_DAYS_OF_STEP = 2
#: items come in the order of their publication: neighbours are near in time
_UNDATED = 0.04
_FRESH = 0.12
_WHEN = {"day": 0.26, "coarse": 0.12, "guess": 0.08}


def _compare_days(telling: Telling, event: Known) -> tuple[float | None, str, int]:
    """What the dates are worth, None when they contradict; and the whole days between them."""
    report, facts = telling.report, event.facts
    mine, theirs = _days(telling.published), _days(event.told)
    one = happened(report.date, report.date_end, report.date_precision, mine)
    other = happened(facts.date, facts.date_end, facts.date_precision, theirs)
    if one is None or other is None:
        return _UNDATED, "day:unknown", 0
    most = _DAYS_OF_STEP if report.kind == "alliance" else _DAYS[_coarser(one, other)]
    if days_between(one, other) > most:
        # « la base fermera le 31 août »: another outlet tells it without the deadline
        one, other = announced(report, mine) or one, announced(facts, theirs) or other
    grade, apart = _coarser(one, other), days_between(one, other)
    if apart > most:
        return None, "day:apart", apart
    if grade == "guess" and abs((one.last - other.last).days) <= 1:
        # news tells the day before: both were new on the same day
        return _FRESH, "fresh:0", apart
    worth = _WHEN[grade] / (1 + apart / _DAYS[grade])
    return worth, f"day:{apart}" if grade == "day" else f"{grade}:{apart}", apart


def _coarser(one: When, other: When) -> str:
    order = ("day", "coarse", "guess")
    return max(one.grade, other.grade, key=order.index)


def _days(published: tuple[float, float] | None) -> tuple[date, date] | None:
    if published is None:
        return None
    first, last = (datetime.fromtimestamp(t, UTC).date() for t in published)
    return first, last


def _silence(telling: Telling, event: Known) -> float:
    """Seconds at least between the telling and the event's nearest article; 0 when unknown."""
    if telling.published is None or event.told is None:
        return 0.0
    first, last = telling.published
    return max(0.0, first - event.told[1], event.told[0] - last)


def _wording(telling: Telling, event: Known) -> float:
    return wording((telling.title, telling.lead), event.lines)
