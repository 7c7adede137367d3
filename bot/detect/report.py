"""The shape of what detection says: the `classify` contract, as frozen records.

A report is what one item says of one happening. Every closed list below is DOMAIN's (ACLED's
codebook, PLOVER's modes); unknown values are None, never a guess.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import datetime
from typing import Any, Literal, Self

Kind = Literal["attack", "alliance"]
Realis = Literal["actual", "ongoing", "historical", "future", "hypothetical", "negated"]
#: a report is worth an alert only when it tells something that happened or is happening
PUSHABLE: frozenset[str] = frozenset({"actual", "ongoing"})

ATTACK_TYPES = (
    "armed_clash", "ambush", "position_attack", "territory_seized", "territory_regained",
    "ied_landmine", "suicide_bomb", "shelling", "air_drone_strike", "attack_on_civilians",
    "abduction", "sexual_violence", "looting_arson", "siege_blockade", "infrastructure_attack",
    "foiled", "attack_unspecified",
)  # fmt: skip
ALLIANCE_TYPES = (
    "defence_pact", "military_cooperation", "joint_force", "joint_operation",
    "alliance_institution", "membership_change", "sanctions_imposed", "sanctions_lifted",
    "intervention_threat", "troop_deployment", "troop_withdrawal", "base_change",
    "diplomatic_rupture", "diplomatic_thaw", "mediation_talks", "summit", "border_airspace",
    "mandate_change", "peace_agreement",
)  # fmt: skip
STAGES = (
    "announced", "negotiating", "signed", "ratified", "in_force", "implemented", "suspended",
    "rejected", "ended",
)  # fmt: skip
TOLL_WHO = ("killed", "wounded", "abducted", "missing", "captured", "displaced")
TOLL_GROUPS = (
    "civilian", "soldier", "police", "auxiliary", "militant", "foreigner", "aid_worker",
    "official", "unknown",
)  # fmt: skip
#: those of TOLL_GROUPS who wear one
UNIFORMED: frozenset[str] = frozenset({"soldier", "police", "auxiliary"})
#: those of TOLL_GROUPS who are no fighters, where the text says so
UNARMED: frozenset[str] = frozenset({"civilian", "aid_worker", "official", "foreigner"})
TOLL_STATUS = (
    "exact", "at_least", "at_most", "range", "vague", "unknown_positive", "none",
)  # fmt: skip
SPEAKERS = (
    "army", "official", "group", "local", "medical", "ngo", "media", "unknown",
)  # fmt: skip
ROLES = (
    "perpetrator", "target", "responder", "claimant", "accuser", "party", "mediator",
)  # fmt: skip
CERTAINTIES = ("named", "suspected", "claimed", "generic")
ATTRIBUTIONS = ("none", "suspected", "attributed", "claimed", "denied")
OUTCOMES = ("repelled", "seized", "foiled", "withdrawn", "ongoing")
FLAGS = (
    "civilian_targeting", "state_operation", "communal", "coordinated", "capital_or_airport",
    "foreigner_involved", "aid_worker", "official_killed", "reaction",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Item:
    """One news item as a feed shows it; all that detection may look at."""

    title: str
    summary: str = ""
    #: publication, time zone aware (UTC); None when the feed gives none
    published: datetime | None = None
    #: how much of `published` is known; a coarse one limits every date resolved against it
    published_precision: Literal["time", "day", "month", "year"] = "time"
    #: the feed's declared language: a hint, not a fact
    language: str | None = None
    source: str | None = None


@dataclass(frozen=True, slots=True)
class Place:
    name: str
    #: ISO 3166-1 alpha-2
    country: str | None
    admin1: str | None
    #: WGS 84 degrees, rounded to two decimals: the locality, never finer
    lat: float | None
    lon: float | None
    #: 1 town, 2 near or part of, 3 region, 4 country only, 5 unknown (ACLED geo_precision)
    precision: int


@dataclass(frozen=True, slots=True)
class ActorRef:
    #: key of detect/data/actors.yaml; "unknown" for gunmen nobody named
    id: str
    role: str
    certainty: str


@dataclass(frozen=True, slots=True)
class Toll:
    who: str
    #: None on the headline total of a `who`; a group of victims otherwise
    group: str | None
    min: int | None
    max: int | None
    status: str
    #: who gives the figure; None when nobody is cited
    said_by: str | None = None
    provisional: bool = False


@dataclass(frozen=True, slots=True)
class Report:
    """What one item says of one happening."""

    kind: str
    type: str
    realis: str = "actual"
    places: tuple[Place, ...] = ()
    #: ISO day of the happening in the place's own zone; the evening of a night
    date: str | None = None
    date_end: str | None = None
    #: local "HH:MM", only when the text gives one
    time: str | None = None
    #: 1 exact day, 2 week or weekend, 3 month, 4 unknown (ACLED time_precision)
    date_precision: int = 4
    actors: tuple[ActorRef, ...] = ()
    tolls: tuple[Toll, ...] = ()
    attribution: str | None = None
    #: who states the main fact (SPEAKERS); None when nobody is cited
    said_by: str | None = None
    outcome: str | None = None
    outcome_said_by: str | None = None
    stage: str | None = None
    #: ISO codes: where it happened (attack), the parties (alliance)
    countries: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    #: someone in the text denies the happening itself or its outcome
    denied_by: str | None = None
    #: the machine's probability that this is an in-scope happening; not the truth of the claim
    confidence: float = 0.0
    why: tuple[str, ...] = ()

    @property
    def pushable(self) -> bool:
        return self.realis in PUSHABLE

    @property
    def headline_killed(self) -> Toll | None:
        return next((t for t in self.tolls if t.who == "killed" and t.group is None), None)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        known = {f.name for f in fields(cls)}
        values: dict[str, Any] = {k: v for k, v in data.items() if k in known}
        values["places"] = tuple(Place(**p) for p in values.get("places", ()))
        values["actors"] = tuple(ActorRef(**a) for a in values.get("actors", ()))
        values["tolls"] = tuple(Toll(**t) for t in values.get("tolls", ()))
        for name in ("countries", "flags", "why"):
            values[name] = tuple(values.get(name, ()))
        return cls(**values)


@dataclass(frozen=True, slots=True)
class Detection:
    """All that detection says of one item."""

    language: str
    reports: tuple[Report, ...] = ()
    #: the highest confidence among pushable reports; low when there is none
    confidence: float = 0.0
    why: tuple[str, ...] = field(default=())

    @property
    def pushable(self) -> tuple[Report, ...]:
        return tuple(r for r in self.reports if r.pushable)

    @property
    def labels(self) -> list[str]:
        """The kinds of the reports that would be pushed, attack first."""
        kinds = {r.kind for r in self.pushable}
        return [kind for kind in ("attack", "alliance") if kind in kinds]
