"""What queries and events call things: kinds, types, countries, actors, in French and English."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, lru_cache

from bot.detect.actors import Actors
from bot.detect.countries import Country, read_countries
from bot.detect.gazetteer import DATA
from bot.detect.places import squash
from bot.detect.text import fold

KIND_WORDS: Mapping[str, tuple[str, ...]] = {
    "attack": ("attaque", "attack"),
    "alliance": ("alliance",),
}

#: French words first, as DOMAIN 3.2 labels them, then English
TYPE_WORDS: Mapping[str, tuple[str, ...]] = {
    "armed_clash": ("affrontement", "combats", "accrochage", "clash", "fighting"),
    "ambush": ("embuscade", "ambush"),
    "position_attack": ("attaque de poste", "attaque de camp", "position", "base attack"),
    "territory_seized": ("prise de localité", "prise", "seizure", "seized"),
    "territory_regained": ("reprise", "recaptured", "regained"),
    "ied_landmine": ("mine", "engin explosif", "ied", "landmine"),
    "suicide_bomb": ("attentat-suicide", "kamikaze", "suicide bombing"),
    "shelling": ("tirs d'obus", "roquettes", "bombardement", "shelling", "rockets"),
    "air_drone_strike": ("frappe aérienne", "drone", "air strike", "drone strike"),
    "attack_on_civilians": ("attaque contre des civils", "civils", "civilians", "massacre"),
    "abduction": ("enlèvement", "otage", "kidnapping", "hostage"),
    "sexual_violence": ("violences sexuelles", "rape"),
    "looting_arson": ("pillage", "incendie", "looting", "arson"),
    "siege_blockade": ("siège", "blocus", "blockade"),
    "infrastructure_attack": ("attaque d'infrastructure", "convoi", "sabotage", "convoy"),
    "foiled": ("attaque déjouée", "déjouée", "foiled attack"),
    "attack_unspecified": ("attaque", "attack"),
    "defence_pact": ("pacte de défense", "accord de défense", "defence pact"),
    "military_cooperation": ("coopération militaire", "military cooperation", "arms delivery"),
    "joint_force": ("force conjointe", "force unifiée", "joint force"),
    "joint_operation": ("opération conjointe", "joint operation"),
    "alliance_institution": ("institution", "confédération", "confederation"),
    "membership_change": ("adhésion", "retrait d'une organisation", "membership", "exit"),
    "sanctions_imposed": ("sanctions", "embargo"),
    "sanctions_lifted": ("levée des sanctions", "sanctions lifted"),
    "intervention_threat": ("menace d'intervention", "intervention"),
    "troop_deployment": ("déploiement de troupes", "déploiement", "deployment"),
    "troop_withdrawal": ("retrait de troupes", "retrait", "withdrawal", "pullout"),
    "base_change": ("base militaire", "military base"),
    "diplomatic_rupture": ("rupture diplomatique", "rappel d'ambassadeur", "rupture of relations"),
    "diplomatic_thaw": ("rapprochement", "dégel", "thaw"),
    "mediation_talks": ("médiation", "pourparlers", "talks", "mediation"),
    "summit": ("sommet", "summit"),
    "border_airspace": ("frontière", "espace aérien", "border", "airspace"),
    "mandate_change": ("mandat", "mandate"),
    "peace_agreement": ("accord de paix", "cessez-le-feu", "peace agreement", "ceasefire"),
}

#: a description of any jihadist, not a name to subscribe to
_DESCRIPTIONS = (
    "lie",
    "lies",
    "liee",
    "liees",
    "affili",
    "linked",
    "tied",
    "al qaeda",
    "al qaida",
)
_SHOWN_PHRASES = 3


@lru_cache(maxsize=1)
def _countries() -> Mapping[str, Country]:
    return read_countries(DATA / "countries.yaml")


@cache
def former_regions(code: str) -> Mapping[str, frozenset[str]]:
    """Regions of a country before its last reform to those of today, both as `squash` writes."""
    country = _countries().get(code)
    return {
        squash(old): frozenset(squash(new) for new in today)
        for old, today in (country.former_admin1.items() if country else ())
    }


@lru_cache(maxsize=1)
def _actor_forms() -> Mapping[str, tuple[str, ...]]:
    forms: dict[str, dict[str, None]] = {}
    for entry, names in Actors.load().entries:
        found = forms.setdefault(entry.value, {entry.value.replace("_", " "): None})
        found.update(dict.fromkeys(n for n in names if not n.startswith(_DESCRIPTIONS)))
    return {actor: tuple(found) for actor, found in forms.items()}


@lru_cache(maxsize=1)
def country_families() -> Mapping[str, str]:
    """Every one-word name and demonym of a country to one word: "malienne" → "mali"."""
    families: dict[str, str] = {}
    for country in _countries().values():
        # further names of distant countries hold cities and short forms that are other words
        # ("EAU" is the Emirates and water)
        more = () if country.scope == "out" else country.names
        demonyms = (word for word, form in country.spoken() if form == "demonym")
        spoken = (fold(word) for word in (country.fr, country.en, *more, *demonyms))
        single = [word for word in spoken if " " not in word]
        for word in single:
            families.setdefault(word, families.get(single[0], single[0]))
    return families


def country_names(code: str) -> tuple[str, ...]:
    """The country's names in French and English; the code itself for one we do not list."""
    country = _countries().get(code)
    return tuple(dict.fromkeys((country.fr, country.en))) if country else (code,)


@lru_cache(maxsize=1)
def country_codes() -> Mapping[str, str]:
    """Folded ISO codes, names and demonyms to ISO codes, for the `country:` field."""
    codes: dict[str, str] = {}
    for country in _countries().values():
        codes[country.code.lower()] = country.code
        for word, _ in country.spoken():
            codes.setdefault(fold(word), country.code)
    return codes


def actor_words(actor: str) -> tuple[str, ...]:
    """The actor's short names and its first long ones, for an event's words."""
    forms = _actor_forms().get(actor, (actor.replace("_", " "),))
    single = [f for f in forms if " " not in f]
    phrases = [f for f in forms if " " in f]
    return tuple(dict.fromkeys((*single, *phrases[:_SHOWN_PHRASES])))


@lru_cache(maxsize=1)
def actor_ids() -> Mapping[str, frozenset[str]]:
    """Folded names to the actors they may mean, for the `actor:` field."""
    ids: dict[str, set[str]] = {}
    for actor, forms in _actor_forms().items():
        for form in forms:
            ids.setdefault(form, set()).add(actor)
    return {form: frozenset(found) for form, found in ids.items()}


def type_words(type_: str) -> tuple[str, ...]:
    """The type's labels."""
    return TYPE_WORDS.get(type_, ())


@lru_cache(maxsize=1)
def types_by_name() -> Mapping[str, str]:
    """Folded ids and labels to types, for the `type:` field."""
    found = {type_.replace("_", " "): type_ for type_ in TYPE_WORDS}
    for type_, labels in TYPE_WORDS.items():
        for label in labels:
            found.setdefault(fold(label), type_)
    return found
