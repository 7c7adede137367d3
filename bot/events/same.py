"""Whether a report tells a happening that is already an event: precision before recall."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import lru_cache

from rapidfuzz import fuzz

from bot.detect.report import Place, Report
from bot.events.facts import EventFacts
from bot.events.fuse import main_place
from bot.events.sketch import Sketch, sketch
from bot.events.slots import (
    When,
    compare_actors,
    compare_places,
    compare_targets,
    compare_tolls,
    compare_types,
    days_between,
    happened,
)
from bot.events.words import stem

#: Tuned on the development groups (benchmarks/bench_group.py): place and day decide, an equal toll
#: or the same wording carries a report without a place; against another town nothing does.
THRESHOLD = 0.5

#: DESIGN 6, `group`: an event that nobody told of for so long is closed …
FENCE_SECONDS = 72 * 3600.0
#: … except for a report that gives the same day and town, or the same toll: the final count of a
#: large attack comes a week later
LATE_SECONDS = 14 * 24 * 3600.0

_PLACE = {
    "same": 0.42, "shared": 0.3, "around": 0.3, "beside": 0.15, "near": 0.0, "region": 0.16,
    "part": 0.13, "zone": 0.11, "open": 0.02, "elsewhere": -0.32,
}  # fmt: skip
_TYPE = {"equal": 0.1, "kin": 0.05, "other": -0.2}
_TOLL = {"unique": 0.32, "equal": 0.16, "recount": 0.16, "fits": 0.05, "none": 0.0, "unequal": 0.0,
         "differs": -0.12}  # fmt: skip
#: without a common place another count tells another attack, not a later count
_OTHER_TOLL = {"unequal": -0.15, "differs": -0.25}
#: the same formula about two towns is a habit of writing
_WORDING = {"beside": 0.12, "near": 0.12, "elsewhere": 0.12}
_ANY_WORDING = 0.32
#: … and so it is about two counts too far apart
_FORMULA = 0.12
_COMMON = ("same", "around", "shared")
_ACTORS = {"same": 0.07, "open": 0.0, "rival": -0.03, "other": -0.15}
_TARGETS = {"rare": 0.15, "usual": 0.03, "open": 0.0}
_STEP = {"equal": 0.26, "frequent": 0.2, "kin": 0.16, "other": -0.1}
#: steps that the same states take several times a month
_FREQUENT = frozenset({
    "alliance_institution", "military_cooperation", "summit", "mediation_talks", "joint_force",
})  # fmt: skip
#: one neighbour that both name does not make two states' steps one
_FEW_IN_COMMON = 0.25
_OTHER_PARTIES = 0.3
_WORDING_FROM = 55.0
#: as much of the wording in common as two versions of one article have
_SAME_ARTICLE = 0.5
_SHARED_WORDS = 4
#: news says the main thing first
_READ_WORDS = 60

_STOP = frozenset({
    "a", "au", "aux", "avec", "ce", "ces", "cette", "d", "dans", "de", "des", "du", "elle",
    "en", "et", "est", "etait", "ete", "fait", "il", "ils", "l", "la", "le", "les", "leur",
    "lors", "mais", "n", "ne", "on", "ont", "ou", "par", "pas", "plus", "pour", "qu", "que",
    "qui", "s", "sa", "se", "selon", "ses", "son", "sont", "sur", "un", "une", "vers", "y",
    "apres", "entre", "contre", "the", "of", "in", "at", "to", "by", "and", "an", "as",
    "from", "for", "with", "has", "have", "had", "is", "was", "were", "been", "be", "it",
    "its", "that", "this", "their", "after", "said", "says", "who", "which",
})  # fmt: skip


#: words of one act or victim in French and English; outlets vary them, copies translate them
_SYNONYMS = {
    stem(word): words.split()[0]
    for words in (
        "enleve enlever enlevement kidnappe kidnapper kidnapping kidnapped abducted abduct "
        "abduction abductions ravisseurs rapt",
        "tue tuer killed kill kills dead morts mort deaths died meurent",
        "soldat soldats soldier soldiers militaires troops troupes",
        "attaque attaques attack attacks attacked assaut assault raid",
        "embuscade ambush ambushed",
        "blesse blesses wounded injured",
        "eleves ecoliers pupils students students schoolchildren etudiants",
        "otage otages hostage hostages",
        "pretre priest missionnaire missionary",
        "italien italian",
        "allemand german",
        "americain american",
        "chinois chinese",
        "accord agreement accords pact pacte",
        "retrait withdrawal retire withdraws leave leaves",
        "camp base poste post outpost",
        "village villages villagers villageois",
        "convoi convoy",
        "drone drones",
        "mine explosif ied bomb bombe",
        "mosquee mosque",
        "eglise church",
        "marche market",
        "annonce announced announces annoncer",
        "signe signed sign signent",
    )
    for word in words.split()
}


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


@dataclass(frozen=True, slots=True)
class Known:
    """An event that a report may tell."""

    facts: EventFacts
    #: folded titles and leads of its articles
    lines: tuple[str, ...]
    #: epoch seconds of its first and last publication; None when no article gives a date
    told: tuple[float, float] | None
    sketch: Sketch = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
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
    if copied and not verdict.same and _is_copy(telling, event, verdict):
        return Verdict(True, round((THRESHOLD + verdict.score) / 2, 3), ("copy", *verdict.why))
    if late > FENCE_SECONDS and not _surely(verdict):
        return _no("fence")
    return verdict


def same_article(telling: Telling, event: Known) -> bool:
    """Whether the wording alone shows that the telling corrects an article of the event."""
    same_kind = telling.report.kind == event.facts.kind
    return same_kind and _wording(telling, event.lines) >= _SAME_ARTICLE


def _is_copy(telling: Telling, event: Known, verdict: Verdict) -> bool:
    """A shared address proves little (some feeds link every item to their front page)."""
    return "place:apart" not in verdict.why and _wording(telling, event.lines) >= _SAME_ARTICLE


def _surely(verdict: Verdict) -> bool:
    return "place:same" in verdict.why and bool({"day:0", "toll:unique"} & set(verdict.why))


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
    when, days = _compare_days(telling, event)
    if when is None:
        return _no("day:apart")
    type_ = compare_types("attack", report.type, facts.type)
    toll = compare_tolls(report.tolls, facts.tolls)
    actors = compare_actors(report.actors, facts.actors)
    wording = _wording(telling, event.lines)
    targets = compare_targets(report.actors, facts.actors)
    score = _PLACE[place] + when + _TYPE[type_] + _ACTORS[actors] + _TARGETS[targets]
    elsewhere = _OTHER_TOLL if place not in _COMMON else _TOLL
    score += elsewhere.get(toll, _TOLL[toll])
    worth = _WORDING.get(place, _ANY_WORDING)
    if toll == "differs" and place not in _COMMON:
        worth = _FORMULA
    # the dearest comparison, and mostly it could not change the verdict
    wording = _wording(telling, event.lines) if score + worth >= THRESHOLD else 0.0
    score += wording * worth
    why = (f"place:{place}", days, f"type:{type_}", f"toll:{toll}", f"actors:{actors}",
           f"targets:{targets}", f"wording:{wording:.2f}")  # fmt: skip
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
    when, days = _compare_days(telling, event)
    if when is None:
        return _no("day:apart")
    share = _share(mine, theirs)
    score = 0.28 * share + _STEP[type_] + 0.8 * when
    if mine and theirs and share < _FEW_IN_COMMON:
        score -= _OTHER_PARTIES
    score += 0.04 if report.stage and report.stage == facts.stage else 0.0
    wording = _wording(telling, event.lines) if score + 0.35 >= THRESHOLD else 0.0
    score += 0.35 * wording
    why = (f"parties:{share:.2f}", days, f"type:{type_}", f"wording:{wording:.2f}")
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


#: days apart at most, and what being so near is worth, by the coarser of the two dates
_DAYS = {"day": 1, "coarse": 3, "guess": 3}
#: items come in the order of their publication: neighbours are near in time
_UNDATED = 0.04
_FRESH = 0.12
_WHEN = {"day": 0.26, "coarse": 0.12, "guess": 0.08}


def _compare_days(telling: Telling, event: Known) -> tuple[float | None, str]:
    """What the dates are worth; None when they contradict."""
    report, facts = telling.report, event.facts
    one = happened(report.date, report.date_end, report.date_precision, _days(telling.published))
    other = happened(facts.date, facts.date_end, facts.date_precision, _days(event.told))
    if one is None or other is None:
        return _UNDATED, "day:unknown"
    grade = _coarser(one, other)
    apart = days_between(one, other)
    if apart > _DAYS[grade]:
        return None, "day:apart"
    if grade == "guess" and abs((one.last - other.last).days) <= 1:
        # news tells the day before: both were new on the same day
        return _FRESH, "fresh:0"
    return _WHEN[grade] / (
        1 + apart / _DAYS[grade]
    ), f"day:{apart}" if grade == "day" else f"{grade}:{apart}"


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


def _wording(telling: Telling, lines: Iterable[str]) -> float:
    """0 … 1: how much title or lead say the same in the same words as any article of the event.

    Function words do not count, and two short titles that share a word or two prove nothing.
    """
    mine = [w for w in (_content(telling.title), _content(telling.lead)) if w]
    best = 0.0
    for line in lines:
        theirs = _content(line)
        if not theirs:
            continue
        for words in mine:
            shared = len(set(words) & set(theirs))
            if shared < 2:
                continue
            ratio = fuzz.token_set_ratio(" ".join(words), " ".join(theirs))
            worth = (ratio - _WORDING_FROM) / (100.0 - _WORDING_FROM)
            best = max(best, worth * min(1.0, shared / _SHARED_WORDS))
    return best


@lru_cache(maxsize=8192)
def _content(line: str) -> tuple[str, ...]:
    words = (stem(word) for word in line.split()[:_READ_WORDS] if word not in _STOP)
    return tuple(_SYNONYMS.get(word, word) for word in words)
