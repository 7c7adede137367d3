"""How two tellings compare slot by slot: where, what, how many, who; days are in days.py."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from functools import lru_cache
from typing import Literal

from rapidfuzz import fuzz

from bot.detect.gazetteer import distance_km
from bot.detect.place_index import sound_of
from bot.detect.places import squash
from bot.detect.report import ActorRef, Place, Toll
from bot.events import names
from bot.events.tolls import voice

#: same: one locality; beside: two names within 15 km; around: within 30 km where one telling only
#: says "near"; near: two towns within 30 km; shared: one of several towns of each; part: one is
#: vague and can contain the other; zone: it does, loosely; region: both are the same vague area;
#: open: nothing speaks for or against; far: two towns up to 40 km apart; elsewhere: a region and a
#: town of another one (old names of regions may explain it); border: in two
#: neighbouring countries, not both by a town; apart: cannot be one happening
PlaceRelation = Literal[
    "same", "beside", "around", "near", "shared", "part", "zone", "region", "open", "far",
    "elsewhere", "border", "apart",
]  # fmt: skip

SAME_KM = 15.0
NEAR_KM = 30.0
APART_KM = 40.0
_LONG_NAME = 6
#: regions that outlets mean by a part of a country that is no unit of the administration
_ZONES: dict[tuple[str, str], frozenset[str]] = {
    ("ML", "nord"): frozenset({"kidal", "gao", "tombouctou", "menaka", "taoudenit"}),
    ("ML", "centre"): frozenset({"mopti", "segou", "bandiagara", "douentza", "san"}),
    ("BF", "nord"): frozenset({"nord", "sahel", "centrenord", "soum", "yaadga", "liptako",
                               "kuilse", "djelgodji"}),
    ("BF", "est"): frozenset({"est", "goulmou", "gourma", "tapoa", "sirba"}),
    ("NE", "ouest"): frozenset({"tillaberi", "dosso", "tahoua"}),
    ("BJ", "nord"): frozenset({"alibori", "atacora", "borgou"}),
    ("TG", "nord"): frozenset({"savanes", "kara"}),
    ("NG", "nordest"): frozenset({"borno", "yobe", "adamawa"}),
    ("NG", "nordouest"): frozenset({"katsina", "zamfara", "kaduna", "sokoto", "kebbi"}),
}  # fmt: skip
_SPELT_ALIKE = 86
#: countries of the region with a border in common
_BORDERS: dict[str, tuple[str, ...]] = {
    "ML": ("MR", "SN", "GN", "CI", "BF", "NE", "DZ"),
    "MR": ("SN", "DZ"),
    "BF": ("NE", "BJ", "TG", "GH", "CI"),
    "NE": ("BJ", "NG", "TD", "LY", "DZ"),
    "NG": ("BJ", "CM", "TD"),
    "TD": ("CM", "LY"),
    "GH": ("TG", "CI"),
    "BJ": ("TG",),
}
#: a report naming more towns tells a campaign; sharing one of them proves nothing …
_FEW = 3
#: … and sharing so many that it is the same one
_SEVERAL = 2


def compare_places(
    one: Sequence[Place],
    other: Sequence[Place],
    countries_one: Collection[str],
    countries_other: Collection[str],
) -> PlaceRelation:
    """The main place comes first in each sequence."""
    exact_one = [p for p in one if is_town(p)]
    exact_other = [p for p in other if is_town(p)]
    if exact_one and exact_other:
        return _compare_localities(exact_one, exact_other)
    if countries_one and countries_other and not set(countries_one) & set(countries_other):
        pairs = [(a, b) for a in countries_one for b in countries_other]
        beside = any(b in _BORDERS.get(a, ()) or a in _BORDERS.get(b, ()) for a, b in pairs)
        return "border" if beside else "apart"
    if exact_one or exact_other:
        exact, vague = (exact_one, other) if exact_one else (exact_other, one)
        return _contained(exact[0], vague)
    regions_one = _regions(one) | {new for p in one for new in _today(p)}
    regions_other = _regions(other) | {new for p in other for new in _today(p)}
    if regions_one and regions_other:
        return "region" if regions_one & regions_other else "apart"
    return "open"


def is_town(place: Place) -> bool:
    """Not « près de Tahoua » of the region of that name, which is said of all of it."""
    if place.precision == 2 and place.admin1 is not None:
        return _key(place.name) != _key(place.admin1)
    return place.precision <= 2


def _compare_localities(one: Sequence[Place], other: Sequence[Place]) -> PlaceRelation:
    main = _pair(one[0], other[0])
    if main in ("same", "around"):
        return main
    names_one = {(_key(p.name), p.country) for p in one}
    names_other = {(_key(p.name), p.country) for p in other}
    few = max(len(names_one), len(names_other)) <= _FEW
    common = names_one & names_other
    if len(common) >= _SEVERAL or (common and few):
        return "shared"
    return main if few or main in ("beside", "near") else "apart"


def _pair(one: Place, other: Place) -> PlaceRelation:
    """Two localities by name and distance."""
    km = _km(one, other)
    abroad = bool(one.country and other.country and one.country != other.country)
    name, other_name = _key(one.name), _key(other.name)
    if name == other_name and not abroad:
        return "same"
    if km is None:
        if abroad:
            return "apart"
        # Boulikessi, Boulkessi: a spelling the gazetteer does not know
        alike = fuzz.ratio(name, other_name) >= _SPELT_ALIKE
        return "around" if alike and min(len(name), len(other_name)) >= _LONG_NAME else "open"
    if km <= SAME_KM:
        return "beside"
    if km <= NEAR_KM:
        return "around" if max(one.precision, other.precision) == 2 else "near"
    return "far" if km <= APART_KM and not abroad else "apart"


def _km(one: Place, other: Place) -> float | None:
    if one.lat is None or one.lon is None or other.lat is None or other.lon is None:
        return None
    return distance_km(one.lat, one.lon, other.lat, other.lon)


def _contained(exact: Place, vague: Sequence[Place]) -> PlaceRelation:
    regions = _regions(vague) | {new for p in vague for new in _today(p)}
    if not regions or exact.admin1 is None:
        return "open"
    if _key(exact.admin1) in regions:
        return "part"
    if any(_in_zone(exact, p) for p in vague if p.precision == 3 and p.admin1 is None):
        return "zone"
    # « nord du Mali » is no unit of the administration: it may well hold the town
    return "elsewhere" if all(p.admin1 for p in vague if p.precision == 3) else "open"


def _in_zone(exact: Place, vague: Place) -> bool:
    """« dans le nord du Mali » about a town of the region of Kidal."""
    direction = squash(re.split(r" d[ue] | de la ", vague.name, maxsplit=1)[0])
    zone = _ZONES.get((vague.country or "", direction), frozenset())
    return exact.admin1 is not None and squash(exact.admin1) in zone


def _today(place: Place) -> frozenset[str]:
    """What a region named as before a reform is now: the Sahel of Burkina Faso is two today."""
    former = names.former_regions(place.country or "")
    today = former.get(squash(place.admin1 or place.name), ())
    return frozenset(_key(region) for region in today)


def _regions(places: Iterable[Place]) -> set[str]:
    return {_key(p.admin1 or p.name) for p in places if p.precision <= 3 and not is_town(p)}


@lru_cache(maxsize=8192)
def _key(name: str) -> str:
    """Comparable by sound: « Kompienbiga » and « Kompiembiga » are one town."""
    return sound_of(squash(name).replace("mb", "nb").replace("mp", "np"))


#: acts that reporters tell of one happening in each other's words
_ATTACK_FAMILIES: tuple[frozenset[str], ...] = (
    frozenset({"armed_clash", "ambush", "position_attack", "territory_seized",
               "territory_regained", "foiled", "suicide_bomb", "shelling",
               "infrastructure_attack"}),
    frozenset({"attack_on_civilians", "looting_arson", "sexual_violence", "armed_clash",
               "infrastructure_attack", "abduction"}),
    frozenset({"attack_on_civilians", "ambush"}),
    frozenset({"ied_landmine", "suicide_bomb", "ambush", "infrastructure_attack", "foiled"}),
    frozenset({"air_drone_strike", "ied_landmine", "suicide_bomb"}),
    frozenset({"shelling", "air_drone_strike", "armed_clash", "attack_on_civilians",
               "suicide_bomb"}),
    frozenset({"siege_blockade", "infrastructure_attack", "looting_arson", "position_attack"}),
    frozenset({"territory_seized", "attack_on_civilians", "siege_blockade"}),
)  # fmt: skip
_ALLIANCE_FAMILIES: tuple[frozenset[str], ...] = (
    frozenset({"defence_pact", "military_cooperation", "joint_force", "alliance_institution",
               "summit"}),
    frozenset({"membership_change", "mediation_talks", "diplomatic_thaw"}),
    frozenset({"membership_change", "alliance_institution", "diplomatic_rupture"}),
    frozenset({"troop_withdrawal", "base_change", "defence_pact", "military_cooperation",
               "mandate_change"}),
    frozenset({"diplomatic_rupture", "border_airspace", "sanctions_imposed"}),
    frozenset({"sanctions_imposed", "intervention_threat", "border_airspace"}),
    frozenset({"sanctions_lifted", "diplomatic_thaw", "mediation_talks", "summit",
               "border_airspace"}),
    # a summit is told as what it decided
    frozenset({"summit", "sanctions_imposed"}),
    frozenset({"summit", "membership_change"}),
    frozenset({"summit", "intervention_threat"}),
    # the men who came, what they came for, the work they do with their hosts
    frozenset({"troop_deployment", "military_cooperation", "joint_operation"}),
    # an ambassador who goes back ends the quarrel that the same article tells
    frozenset({"diplomatic_rupture", "diplomatic_thaw"}),
    frozenset({"troop_deployment", "intervention_threat", "joint_force", "mandate_change"}),
    frozenset({"joint_operation", "joint_force", "troop_deployment"}),
    frozenset({"peace_agreement", "mediation_talks"}),
)  # fmt: skip


def compare_types(kind: str, one: str, other: str) -> Literal["equal", "kin", "other"]:
    """Whether two types can be two views of one happening."""
    if one == other:
        return "equal"
    if "attack_unspecified" in (one, other):
        return "kin"
    families = _ATTACK_FAMILIES if kind == "attack" else _ALLIANCE_FAMILIES
    return "kin" if any(one in f and other in f for f in families) else "other"


#: the same count as small as this is told of many attacks; one as large as that of one only
_TELLING = 4
_UNIQUE = 15

#: two counts of so many people that differ by so little are one crowd counted twice
_CROWD = 50
_RECOUNT = 0.85
#: « des dizaines de morts » is said of few attacks
_DOZENS = 20
#: the count of so many grows from outlet to outlet, by less than so much
_MANY = 8
_GROWN = 0.55
#: … and that of a few by less
_FEW_DEAD = 5
_GROWN_LITTLE = 0.75

#: unique and equal: the same count; recount: nearly the same count of a crowd; fits: vague ones
#: that allow each other; revised: counts of many that one day revises; unequal: of few, or further
#: apart; differs: too far apart for that
TollRelation = Literal[
    "unique", "equal", "recount", "revised", "fits", "none", "unequal", "differs"
]


def compare_tolls(one: Sequence[Toll], other: Sequence[Toll]) -> TollRelation:
    """Whether the figures point to one happening; totals of the same harm only."""
    relations = {
        _relation(a, b)
        for a in one
        for b in other
        if a.who == b.who and a.group is None and b.group is None
    }
    order: tuple[TollRelation, ...] = (
        "unique", "equal", "recount", "revised", "fits", "differs", "unequal",
    )  # fmt: skip
    return next((r for r in order if r in relations), "none")


def _relation(one: Toll, other: Toll) -> TollRelation:
    if _solid(one) and _solid(other) and one.min is not None and one.min == other.min:
        return "unique" if one.min >= _UNIQUE else "equal" if one.min >= _TELLING else "fits"
    if _solid(one) and _solid(other):
        small, large = sorted((_low(one), _low(other)))
        if small >= _CROWD and small >= _RECOUNT * large:
            return "recount"
        if (small >= _MANY and small >= _GROWN * large) or (
            small >= _FEW_DEAD and small >= _GROWN_LITTLE * large
        ):
            return "revised"
    if _far(one, other):
        return "differs"
    if one.status == other.status == "vague" and min(_low(one), _low(other)) >= _DOZENS:
        return "recount"
    if _solid(one) and _solid(other):
        return "none" if "group" in (voice(one.said_by), voice(other.said_by)) else "unequal"
    return "fits" if _overlap(one, other) else "none"


def counts(tolls: Iterable[Toll]) -> frozenset[tuple[str, int]]:
    """The totals that two tellings of one happening may share and few others do."""
    return frozenset(
        (t.who, t.min)
        for t in tolls
        if t.group is None and _solid(t) and t.min is not None and t.min >= _TELLING
    )


def _solid(toll: Toll) -> bool:
    return toll.status in ("exact", "at_least", "range")


def _overlap(one: Toll, other: Toll) -> bool:
    return _low(one) <= _high(other) and _low(other) <= _high(one)


def _far(one: Toll, other: Toll) -> bool:
    """Too far apart to be one count, by speakers who would not contradict each other."""
    solid = {"exact", "at_least", "range"}
    if one.status not in solid or other.status not in solid:
        return False
    if "group" in (voice(one.said_by), voice(other.said_by)):
        return False
    small, large = sorted((_low(one), _low(other)))
    return large >= 2 * small + 3


def _low(toll: Toll) -> int:
    return toll.min or 0


def _high(toll: Toll) -> float:
    return toll.max if toll.max is not None else float("inf")


def compare_actors(
    one: Sequence[ActorRef], other: Sequence[ActorRef]
) -> Literal["same", "open", "rival", "other"]:
    """Named perpetrators: two claimants of one attack are rivals, not another attack."""
    mine, theirs = _perpetrators(one), _perpetrators(other)
    if not mine or not theirs:
        return "open"
    if mine.keys() & theirs.keys():
        return "same"
    claimed = "claimed" in (*mine.values(), *theirs.values())
    return "rival" if claimed else "other"


def _perpetrators(actors: Sequence[ActorRef]) -> dict[str, str]:
    return {
        a.id: a.certainty
        for a in actors
        if a.role in ("perpetrator", "claimant") and a.id != "unknown"
    }


#: forces of states are the target of most attacks; only a rarer one tells attacks apart
_USUAL_TARGETS = ("_army", "_police", "_gendarmerie", "_forces")


def compare_targets(
    one: Sequence[ActorRef], other: Sequence[ActorRef]
) -> Literal["rare", "usual", "open"]:
    """Whether both name the same victim or opponent, and whether many attacks have it."""
    shared = _targets(one) & _targets(other)
    if not shared:
        return "open"
    return "usual" if all(_is_usual(a) for a in shared) else "rare"


def _targets(actors: Sequence[ActorRef]) -> set[str]:
    return {a.id for a in actors if a.role == "target" and a.id != "unknown"}


def _is_usual(actor: str) -> bool:
    return actor == "fama" or actor.endswith(_USUAL_TARGETS)
