"""How sure, how grave, how pressing: DOMAIN 3.3 and 3.4 as functions of what is known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from bot.detect.report import Report, Toll
from bot.detect.text import fold
from bot.events.facts import EventFacts

HOUR = 3600.0
DAY = 24 * HOUR

CAPITALS = frozenset({
    "bamako", "ouagadougou", "niamey", "n djamena", "ndjamena", "nouakchott", "dakar", "abuja",
    "cotonou", "porto novo", "lome", "accra", "abidjan", "yamoussoukro", "yaounde", "conakry",
})  # fmt: skip
#: seats of the regions (Mali's, Burkina's and Niger's), the neighbours' northern seats
REGIONAL_CAPITALS = frozenset({
    "kayes", "koulikoro", "sikasso", "segou", "mopti", "tombouctou", "timbuktu", "gao", "kidal",
    "taoudenni", "menaka", "san", "koutiala", "bougouni", "dioila", "nioro", "kita", "nara",
    "bandiagara", "douentza", "sevare",
    "dedougou", "banfora", "ouagadougou", "tenkodogo", "kaya", "koudougou", "manga",
    "fada n gourma", "bobo dioulasso", "ouahigouya", "ziniare", "dori", "gaoua", "djibo",
    "diapaga", "bogande", "tougan",
    "agadez", "diffa", "dosso", "maradi", "tahoua", "tillaberi", "zinder",
    "natitingou", "kandi", "parakou", "dapaong", "kara", "korhogo", "bondoukou", "bolgatanga",
    "maiduguri", "damaturu", "yola", "sokoto", "birnin kebbi", "katsina", "gusau", "kaduna",
    "kano", "minna", "bauchi", "gombe", "dutse", "jos", "maroua", "garoua", "bol", "mao", "faya",
})  # fmt: skip

_TAKEN = ("territory_seized",)
#: armed acts that hurt somebody more often than not, even before anybody counted
_GRAVE_UNCOUNTED = frozenset({
    "armed_clash", "ambush", "position_attack", "territory_regained", "ied_landmine",
    "suicide_bomb", "shelling", "air_drone_strike", "attack_on_civilians", "abduction",
    "sexual_violence", "siege_blockade", "infrastructure_attack",
})  # fmt: skip
_PACT_STAGES = (None, "signed", "ratified", "in_force", "implemented")


@dataclass(frozen=True, slots=True)
class Voice:
    """One report as verification sees it: who speaks, through which independent origin."""

    report: Report
    origin: int


def verification(voices: Sequence[Voice]) -> str:
    """DOMAIN 3.3 over the reports of one event; never "retracted", which only a withdrawal is."""
    if _contradict([v.report for v in voices]):
        return "disputed"
    origins = {v.origin for v in voices}
    speakers = {v.report.said_by for v in voices}
    party = {"army", "group"}
    if speakers <= party and len(speakers) == 1:
        return "claimed"
    acknowledging = {v.origin for v in voices if _acknowledges(v.report)}
    others = {v.origin for v in voices if not _acknowledges(v.report)}
    if acknowledging and others - acknowledging:
        return "confirmed"
    if len({v.origin for v in voices if v.report.said_by not in party}) >= 3:
        return "confirmed"
    if len(origins) >= 2:
        return "reported"
    return "unverified"


def _acknowledges(report: Report) -> bool:
    """The harmed side or an official body says so; an army that tells its own strike does not."""
    if report.said_by == "official":
        return True
    return report.said_by == "army" and "state_operation" not in report.flags


def _contradict(reports: Sequence[Report]) -> bool:
    if any(r.denied_by for r in reports):
        return True
    outcomes = {r.outcome for r in reports}
    if "seized" in outcomes and outcomes & {"repelled", "foiled"}:
        return True
    claims = [
        frozenset(a.id for a in r.actors if a.certainty == "claimed" and a.role != "target")
        for r in reports
    ]
    claims = [c for c in claims if c]
    together = {pair for c in claims for pair in ((a, b) for a in c for b in c)}
    return any(
        not (one & other) and not any((a, b) in together for a in one for b in other)
        for one in claims
        for other in claims
    )


def severity(facts: EventFacts) -> str:
    """CAP severity by DOMAIN 3.4, from the best founded figures."""
    return _alliance_severity(facts) if facts.kind == "alliance" else _attack_severity(facts)


def _attack_severity(facts: EventFacts) -> str:
    killed = _least(facts, "killed")
    place = fold(facts.place.name) if facts.place and facts.place.precision <= 2 else ""
    capital = place in CAPITALS
    regional = place in REGIONAL_CAPITALS
    taken = facts.type in _TAKEN and facts.outcome not in ("repelled", "foiled")
    places = {p.name for p in (facts.place, *facts.other_places) if p and p.precision <= 2}
    places |= {part.place for part in facts.campaign if part.place}
    real = facts.type != "foiled"
    if killed >= 50 or (capital and real) or (regional and taken):
        return "extreme"
    if (facts.campaign or "coordinated" in facts.flags) and len(places) >= 5:
        return "extreme"
    grave = taken or (regional and real) or "official_killed" in facts.flags
    if killed >= 10 or _least(facts, "abducted") >= 10 or grave:
        return "severe"
    if "capital_or_airport" in facts.flags and real:
        return "severe"
    harmed = killed or any(_least(facts, who) for who in ("abducted", "wounded", "captured"))
    if (
        harmed
        or facts.type in ("ied_landmine", "abduction")
        or "foreigner_involved" in facts.flags
    ):
        return "moderate"
    if facts.type in ("foiled", "looting_arson") or any(t.status == "none" for t in facts.killed):
        return "minor"
    return "moderate" if facts.type in _GRAVE_UNCOUNTED else "unknown"


def _alliance_severity(facts: EventFacts) -> str:
    kind, stage = facts.type, facts.stage
    if kind == "intervention_threat":
        return "extreme" if stage in ("in_force", "implemented") else "severe"
    if kind in ("sanctions_imposed", "diplomatic_rupture", "membership_change"):
        return "severe"
    if kind in ("defence_pact", "peace_agreement"):
        return "severe" if stage in (*_PACT_STAGES, "ended") else "moderate"
    if kind in ("mediation_talks", "summit", "alliance_institution", "diplomatic_thaw"):
        return "minor"
    return "moderate"


def _least(facts: EventFacts, who: str) -> int:
    """The smallest number that the gravest total allows, from anybody but a claiming group; 0 when
    nothing is known. A second, lower count by somebody else makes no attack less grave."""
    totals = [t for t in facts.tolls if t.who == who and t.group is None]
    if founded := [t for t in totals if t.said_by != "group"] or totals:
        return max(_floor(t) for t in founded)
    return max((_floor(t) for t in facts.tolls if t.who == who), default=0)


def _floor(toll: Toll) -> int:
    return toll.min or 0


def urgency(facts: EventFacts, first_seen_at: float, now: float) -> str:
    """CAP urgency: Immediate, Expected, Past, Future or Unknown.

    Args:
        first_seen_at: epoch seconds at which we first saw the event.
        now: epoch seconds.
    """
    if facts.kind == "alliance" and facts.stage == "announced":
        return "Future"
    if facts.realis == "ongoing" or facts.outcome == "ongoing":
        return "Immediate"
    happened = _happened_last(facts)
    age = now - (happened if happened is not None else first_seen_at)
    if age <= 3 * HOUR:
        return "Immediate"
    if age <= DAY:
        return "Expected"
    return "Past" if happened is not None else "Unknown"


def certainty(facts: EventFacts) -> str:
    """CAP certainty; a retracted event is Cancelled, so that its certainty is Unlikely."""
    return {
        "confirmed": "Observed",
        "reported": "Likely",
        "retracted": "Unlikely",
    }.get(facts.verification, "Possible")


def _happened_last(facts: EventFacts) -> float | None:
    """The last moment at which it can have happened (UTC); None when no day is known."""
    if facts.date is None or facts.date_precision > 2:
        return None
    day = date.fromisoformat(facts.date_end or facts.date)
    start = datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()
    if facts.time and not facts.date_end:
        hour, minute = facts.time.split(":")
        return start + int(hour) * HOUR + int(minute) * 60
    return start + DAY
