"""An event as fused from its reports: what messages show and subscriptions ask."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self

from bot.detect.report import ActorRef, Place, Toll

#: DOMAIN 3.3, weakest first; `retracted` stands apart
VERIFICATIONS = ("unverified", "claimed", "disputed", "reported", "confirmed", "retracted")
#: CAP severities, mildest first; "unknown" ranks with moderate in queries
SEVERITIES = ("minor", "moderate", "severe", "extreme", "unknown")


@dataclass(frozen=True, slots=True)
class Source:
    """One article that reports the event."""

    #: the outlet's name, as shown
    name: str
    url: str
    #: where the text really comes from: a credited agency, or the outlet itself
    origin: str
    language: str
    reliability: str = "F"
    state_media: bool = False
    #: epoch seconds; None when the source gives no date
    published_at: float | None = None
    #: how this article itself knows it: SPEAKERS of bot.detect.report
    said_by: str | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """Another event of the same series of coordinated attacks."""

    ref: str
    #: the name of its place; "" when none is known
    place: str


@dataclass(frozen=True, slots=True)
class EventFacts:
    """All that is known of one event at one revision."""

    kind: str
    type: str
    realis: str = "actual"
    stage: str | None = None
    flags: tuple[str, ...] = ()
    #: the best place; None for steps between states without a venue
    place: Place | None = None
    other_places: tuple[Place, ...] = ()
    countries: tuple[str, ...] = ()
    date: str | None = None
    date_end: str | None = None
    time: str | None = None
    date_precision: int = 4
    actors: tuple[ActorRef, ...] = ()
    #: one per who, group and speaker; group None = a headline total
    tolls: tuple[Toll, ...] = ()
    attribution: str | None = None
    #: SPEAKERS who state the main fact, most official first
    said_by: tuple[str, ...] = ()
    #: SPEAKERS who deny it or its outcome
    denied_by: tuple[str, ...] = ()
    outcome: str | None = None
    outcome_said_by: str | None = None
    verification: str = "unverified"
    severity: str = "unknown"
    #: independent origins, not articles: ten copies of one agency count once
    origins: int = 1
    #: one per article, first seen first
    sources: tuple[Source, ...] = ()
    languages: tuple[str, ...] = ()
    confidence: float = 0.0
    #: the words that decided, for /why
    evidence: tuple[str, ...] = ()
    #: the other attacks of its series
    campaign: tuple[Part, ...] = ()
    #: what a moderator set: FIELDS of bot.events.rulings
    corrected: tuple[str, ...] = ()
    #: why a moderator took it back; None when none did
    retraction: str | None = None
    #: the ref of the event that tells it since they were merged
    duplicate_of: str | None = None

    @property
    def killed(self) -> tuple[Toll, ...]:
        """The headline totals of the dead, one per speaker, the first the best founded."""
        return tuple(t for t in self.tolls if t.who == "killed" and t.group is None)

    def dump(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def load(cls, text: str) -> Self:
        return cls.from_json(json.loads(text))

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        values = dict(data)
        place = values.get("place")
        values["place"] = Place(**place) if place else None
        values["other_places"] = tuple(Place(**p) for p in values.get("other_places", ()))
        values["actors"] = tuple(ActorRef(**a) for a in values.get("actors", ()))
        values["tolls"] = tuple(Toll(**t) for t in values.get("tolls", ()))
        values["sources"] = tuple(Source(**s) for s in values.get("sources", ()))
        values["campaign"] = tuple(Part(**p) for p in values.get("campaign", ()))
        for name in (
            "flags", "countries", "said_by", "denied_by", "languages", "evidence", "corrected",
        ):  # fmt: skip
            values[name] = tuple(values.get(name, ()))
        return cls(**values)
