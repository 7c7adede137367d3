"""Alerts as readers see them: whole texts in both languages."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.detect.report import ActorRef, Place, Toll
from bot.events.facts import EventFacts, Source
from bot.messages.compose import alert, headline, sound
from bot.messages.i18n import Catalogue
from bot.messages.message import Message
from bot.messages.render import to_plain
from storage.model import MsgType

CATALOGUE = Catalogue.load(strict=True)

FLEUVE = Source("Radio du Fleuve", "https://www.radio-fleuve.example/a", "Fleuve", "fr")
STATE = Source("ORTX", "https://ortx.example/b", "ORTX", "fr", state_media=True)
POST = Source("Sahel Post", "https://sahel-post.example/c?x=1&y=2", "Sahel Post", "en")

TAKEN = EventFacts(
    kind="attack",
    type="territory_seized",
    place=Place("Léré", "ML", "Tombouctou", 15.71, -4.91, 1),
    countries=("ML",),
    date="2023-09-17",
    time="15:30",
    date_precision=1,
    actors=(ActorRef("unknown", "perpetrator", "generic"), ActorRef("fama", "target", "named")),
    tolls=(Toll("killed", None, 1, None, "unknown_positive", "local"),),
    said_by=("army", "local"),
    outcome="seized",
    outcome_said_by="local",
    verification="disputed",
    severity="severe",
    origins=2,
    sources=(FLEUVE, STATE, POST),
)
FIRST = EventFacts(
    kind="attack",
    type="position_attack",
    place=Place("Koudou", "BJ", "Alibori", 11.7, 2.3, 2),
    countries=("BJ",),
    date="2025-04-17",
    date_precision=1,
    actors=(ActorRef("unknown", "perpetrator", "generic"), ActorRef("bj_army", "target", "named")),
    tolls=(Toll("killed", None, 8, 8, "exact", "official", True),),
    said_by=("official",),
    severity="moderate",
    sources=(FLEUVE,),
)
GROWN = replace(
    FIRST,
    actors=(ActorRef("jnim", "perpetrator", "claimed"), ActorRef("bj_army", "target", "named")),
    tolls=(
        Toll("killed", None, 54, 54, "exact", "official"),
        Toll("killed", None, 70, 70, "exact", "group"),
    ),
    attribution="claimed",
    verification="confirmed",
    severity="extreme",
    origins=3,
)
STRIKE = EventFacts(
    kind="attack",
    type="air_drone_strike",
    flags=("state_operation", "civilian_targeting"),
    place=Place("Ansongo", "ML", "Gao", 15.66, 0.5, 2),
    countries=("ML",),
    date="2025-08-01",
    date_end="2025-08-02",
    date_precision=1,
    actors=(ActorRef("fama", "perpetrator", "named"), ActorRef("jnim", "target", "named")),
    tolls=(
        Toll("killed", None, 5, None, "at_least", "local"),
        Toll("killed", "civilian", 3, 3, "exact", "local"),
        Toll("killed", "militant", 20, 20, "exact", "army"),
    ),
    said_by=("army", "local"),
    denied_by=("group",),
    verification="disputed",
    severity="moderate",
    origins=2,
    sources=(FLEUVE,),
)
PACT = EventFacts(
    kind="alliance",
    type="defence_pact",
    stage="signed",
    place=Place("Bamako", "ML", "Bamako", 12.65, -8.0, 1),
    countries=("ML", "BF", "NE"),
    date="2023-09-16",
    date_precision=1,
    said_by=("official",),
    verification="reported",
    severity="severe",
    origins=2,
    sources=(FLEUVE, STATE),
)


def compose(
    facts: EventFacts,
    language: str = "fr",
    *,
    msg_type: MsgType = "alert",
    revision: int = 1,
    told: EventFacts | None = None,
) -> Message:
    return alert(
        facts,
        ref="ML-2023-0917-a",
        msg_type=msg_type,
        revision=revision,
        told=told,
        language=language,
        catalogue=CATALOGUE,
    )


def lines(message: Message) -> list[str]:
    return to_plain(message).replace("\u00a0", " ").split("\n")


def test_an_attack_with_all_its_facts_in_french() -> None:
    """What, where, when, who says it, the toll, how sure, where to read it."""
    assert lines(compose(TAKEN)) == [
        "🔴 ATTAQUE GRAVE — Mali, Léré (Tombouctou) · dim. 17 sept. 2023 vers 15h30",
        "Prise d’une localité ou d’un camp aux dépens de l’armée malienne par des hommes armés "
        "non identifiés, selon des sources locales ; l’attaque est aussi rapportée par l’armée.",
        "Bilan : des morts, nombre non précisé (sources locales)",
        "Versions contradictoires · 2 origines indépendantes · lieu : localité · "
        "date : au jour près",
        "Sources : Radio du Fleuve (radio-fleuve.example) · ORTX (ortx.example), média d’État · "
        "Sahel Post (sahel-post.example), anglais",
        "Réf. ML-2023-0917-a",
    ]


def test_an_attack_with_all_its_facts_in_english() -> None:
    """The same in English, which marks French sources once."""
    facts = replace(TAKEN, sources=(FLEUVE, STATE))
    assert lines(compose(facts, "en")) == [
        "🔴 SERIOUS ATTACK — Mali, Léré (Tombouctou) · Sun 17 Sept 2023 around 15:30",
        "Capture of a town or camp at the expense of the Malian army by unidentified armed men, "
        "according to local sources; the attack is also reported by the army.",
        "Toll: some dead, number not given (local sources)",
        "Conflicting accounts · 2 independent origins · place: town · date: exact day",
        "Sources (French): Radio du Fleuve (radio-fleuve.example) · ORTX (ortx.example), "
        "state media",
        "Ref. ML-2023-0917-a",
    ]


def test_an_update_says_first_what_changes() -> None:
    """« MISE À JOUR n — ce qui change », then the whole alert, which can stand alone."""
    update = compose(GROWN, msg_type="update", revision=3, told=FIRST)
    assert lines(update)[:4] == [
        "♻️ MISE À JOUR 2 — ce qui change : 54 morts (officiel), 8 morts auparavant ; "
        "revendiqué par le Jnim, bilan annoncé : 70 morts (non vérifié) ; "
        "confirmé (non confirmé auparavant) ; "
        "3 origines indépendantes (1 auparavant)",
        "⚫ ATTAQUE TRÈS GRAVE — Bénin, près de Koudou (Alibori) · jeu. 17 avr. 2025",
        "Attaque contre une position de l’armée béninoise, selon les autorités ; "
        "revendiquée par le Jnim (non vérifié).",
        "Bilan : 54 morts (officiel) ; 70 morts revendiqués par le Jnim (non vérifié)",
    ]


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("fr", ["⚫ Attaque d’un poste ou d’un camp — Bénin, près de Koudou (Alibori) · "
                "jeu. 17 avr. 2025", "Le reste est dans le message déjà reçu, qui est à jour.",
                "Réf. ML-2023-0917-a"]),
        ("en", ["⚫ Attack on a post or camp — Benin, near Koudou (Alibori) · Thu 17 Apr 2025",
                "The rest is in the message you have, which is up to date.",
                "Ref. ML-2023-0917-a"]),
    ],
)  # fmt: skip
def test_a_sound_for_what_is_shown_says_only_what_changes(language: str, told: list[str]) -> None:
    """The first line of the update, what it is about, and where the rest stands."""
    update = compose(GROWN, language, msg_type="update", revision=3, told=FIRST)
    few = sound(
        GROWN, ref="ML-2023-0917-a", revision=3, told=FIRST, language=language,
        catalogue=CATALOGUE,
    )  # fmt: skip
    assert lines(few) == [lines(update)[0], *told]


def test_an_update_in_english() -> None:
    """The same changes in English."""
    update = compose(GROWN, "en", msg_type="update", revision=2, told=FIRST)
    assert lines(update)[0] == (
        "♻️ UPDATE 1 — what changes: 54 dead (official), 8 dead before; "
        "claimed by JNIM, toll announced: 70 dead (not verified); "
        "confirmed (not confirmed before); 3 independent origins (1 before)"
    )


def test_an_update_for_a_chat_that_was_told_nothing_is_its_first_alert() -> None:
    """A chat whose query matches only now gets an alert, not an update of nothing."""
    late = compose(GROWN, msg_type="update", revision=3, told=None)
    assert late == compose(GROWN)


def test_an_update_without_a_change_says_so() -> None:
    """A further source alone is no news, and the message does not pretend otherwise."""
    update = compose(FIRST, msg_type="update", revision=2, told=FIRST)
    assert lines(update)[0] == "♻️ MISE À JOUR 1 — ce qui change : nouvelle source, mêmes faits"


def test_a_denial_stands_in_the_update_and_in_the_sentence() -> None:
    """Who denies is said where the claim is said."""
    denied = replace(FIRST, denied_by=("army", "local"), verification="disputed")
    update = compose(denied, msg_type="update", revision=2, told=FIRST)
    assert lines(update)[0] == (
        "♻️ MISE À JOUR 1 — ce qui change : l’armée et des sources locales démentent ; "
        "versions contradictoires (non confirmé auparavant)"
    )
    assert lines(update)[2] == (
        "Attaque contre une position de l’armée béninoise par des hommes armés non identifiés, "
        "selon les autorités ; l’armée et des sources locales démentent."
    )


def test_who_states_the_attack_and_denies_a_part_of_it() -> None:
    """« selon l’armée ; l’armée dément » would contradict itself."""
    facts = replace(FIRST, said_by=("army", "local"), denied_by=("army",))
    assert lines(compose(facts))[1].endswith(
        "selon l’armée et des sources locales ; l’armée dément en partie."
    )


def test_an_outlet_is_named_once_with_its_newest_article() -> None:
    """Three articles of one radio are one source, whose last word counts."""
    later = replace(FLEUVE, url="https://www.radio-fleuve.example/later")
    message = compose(replace(FIRST, sources=(FLEUVE, POST, later)))
    links = [span.href for line in message.lines for span in line if span.href]
    assert links == [later.url, POST.url]


def test_a_cancelled_alert_in_french() -> None:
    """What was said, that it no longer holds, and why."""
    cancelled = compose(replace(TAKEN, denied_by=("army", "local")), msg_type="cancel")
    assert lines(cancelled) == [
        "⛔ ANNULÉ — information démentie par l’armée et des sources locales",
        "Nous avions annoncé : prise d’une localité ou d’un camp — Mali, Léré (Tombouctou) · "
        "dim. 17 sept. 2023 vers 15h30.",
        "Ne tenez plus compte de cette alerte.",
        *lines(compose(TAKEN))[-2:],
    ]


def test_a_cancelled_alert_in_english() -> None:
    """Without a named denier, the source withdrew it."""
    cancelled = compose(FIRST, "en", msg_type="cancel")
    assert lines(cancelled)[:3] == [
        "⛔ CANCELLED — information denied or withdrawn by its source",
        "We had announced: attack on a post or camp — Benin, near Koudou (Alibori) · "
        "Thu 17 Apr 2025.",
        "Please disregard that alert.",
    ]


def test_an_alliance_in_french() -> None:
    """Type, stage, parties, venue and date."""
    parties = tuple(ActorRef(id, "party", "named") for id in ("ML", "BF", "aes", "RU"))
    facts = replace(PACT, actors=parties)
    assert lines(compose(facts)) == [
        "🔵 ALLIANCE (fait important) — Mali, Burkina Faso et Niger · sam. 16 sept. 2023",
        "Pacte ou accord de défense — étape : signature, selon les autorités.",
        "Parties citées : l’AES et Russie",
        "Lieu : Bamako (Mali)",
        "Rapporté par plusieurs sources · 2 origines indépendantes · date : au jour près",
        "Sources : Radio du Fleuve (radio-fleuve.example) · ORTX (ortx.example), média d’État",
        "Réf. ML-2023-0917-a",
    ]


def test_an_alliance_in_english() -> None:
    """The same in English; a denial follows the step."""
    facts = replace(PACT, denied_by=("official",), sources=(POST,))
    assert lines(compose(facts, "en")) == [
        "🔵 ALLIANCE (important step) — Mali, Burkina Faso and Niger · Sat 16 Sept 2023",
        "Defence pact — stage: signed, according to the authorities; "
        "the authorities deny part of it.",
        "Venue: Bamako (Mali)",
        "Reported by several sources · 2 independent origins · date: exact day",
        "Source: Sahel Post (sahel-post.example)",
        "Ref. ML-2023-0917-a",
    ]


def test_an_attack_of_which_nothing_is_known() -> None:
    """Unknown is said, never guessed and never left out."""
    assert lines(compose(EventFacts(kind="attack", type="attack_unspecified"))) == [
        "⚪ ATTAQUE (gravité inconnue) — lieu inconnu · date inconnue",
        "Attaque de nature non précisée.",
        "Bilan inconnu",
        "Non confirmé · 1 seule origine · lieu : inconnu · date : inconnue",
        "Aucune source à montrer",
        "Réf. ML-2023-0917-a",
    ]
    assert lines(compose(EventFacts(kind="alliance", type="summit"), "en")) == [
        "🔵 ALLIANCE — between states · date unknown",
        "Summit or leaders’ meeting.",
        "Not confirmed · 1 origin only · date: unknown",
        "No source to show",
        "Ref. ML-2023-0917-a",
    ]


def test_an_army_that_tells_its_own_strike_claims_it_as_a_group_would() -> None:
    """Armies and groups are treated alike: « revendiqué », « non vérifié », on both sides."""
    assert lines(compose(STRIKE))[:4] == [
        "🟠 ATTAQUE (gravité moyenne) — Mali, près d’Ansongo (Gao) · nuit du 1er au 2 août 2025",
        "Frappe aérienne ou de drone contre le Jnim, selon des sources locales ; revendiquée par "
        "l’armée malienne (non vérifié) ; le groupe armé dément.",
        "Bilan : au moins 5 morts, dont 3 civils (sources locales) ; "
        "20 combattants tués selon l’armée (non vérifié)",
        "À noter : civils visés, opération de forces de l’État",
    ]
    mirrored = replace(
        STRIKE,
        flags=(),
        actors=(ActorRef("jnim", "perpetrator", "claimed"), ActorRef("fama", "target", "named")),
        said_by=("group", "local"),
        denied_by=("army",),
    )
    assert lines(compose(mirrored))[1] == (
        "Frappe aérienne ou de drone contre l’armée malienne, selon des sources locales ; "
        "revendiquée par le Jnim (non vérifié) ; l’armée dément."
    )


@pytest.mark.parametrize(
    ("certainty", "attribution", "sentence"),
    [
        ("named", "attributed", "Embuscade contre les VDP (supplétifs burkinabè), "
                                "attribuée au Jnim, selon l’armée."),
        ("suspected", "suspected", "Embuscade contre les VDP (supplétifs burkinabè), "
                                   "selon l’armée ; les soupçons portent sur le Jnim."),
        ("claimed", "claimed", "Embuscade contre les VDP (supplétifs burkinabè), "
                               "selon l’armée ; revendiquée par le Jnim (non vérifié)."),
        ("named", "denied", "Embuscade contre les VDP (supplétifs burkinabè), attribuée au Jnim, "
                            "selon l’armée ; l’accusation est démentie."),
    ],
)  # fmt: skip
def test_who_did_it_is_said_as_surely_as_it_is_known(
    certainty: str, attribution: str, sentence: str
) -> None:
    """Attributed, suspected, claimed and denied are four different sentences."""
    facts = replace(
        FIRST,
        type="ambush",
        actors=(ActorRef("jnim", "perpetrator", certainty), ActorRef("vdp", "target", "named")),
        attribution=attribution,
        said_by=("army",),
    )
    assert lines(compose(facts))[1] == sentence


def test_a_clash_has_sides_and_no_author() -> None:
    """« Affrontement entre … et … »: nobody is said to have begun."""
    facts = replace(
        FIRST,
        type="armed_clash",
        actors=(ActorRef("jnim", "perpetrator", "named"), ActorRef("fla", "target", "named")),
        said_by=("local",),
    )
    assert lines(compose(facts))[1] == (
        "Affrontement entre le FLA (Azawad) et le Jnim, selon des sources locales."
    )


def test_nobody_is_seen_at_a_mine() -> None:
    """An explosion has unidentified authors, not « gunmen » whom nobody saw."""
    facts = replace(FIRST, type="ied_landmine", said_by=("local",))
    assert lines(compose(facts))[1] == (
        "Explosion d’une mine ou d’un engin artisanal, cible : l’armée béninoise, "
        "auteurs non identifiés, selon des sources locales."
    )


def test_an_attack_under_way_says_so_in_its_first_words() -> None:
    """The first line alone must be enough to understand the danger."""
    assert lines(compose(replace(TAKEN, realis="ongoing")))[0].startswith(
        "🔴 ATTAQUE GRAVE, EN COURS — Mali, Léré"
    )


def test_an_unknown_actor_shows_its_id() -> None:
    """A group that was added to the data and not yet named here is still named."""
    facts = replace(FIRST, actors=(ActorRef("new_front", "perpetrator", "named"),))
    assert "attribuée à new front" in lines(compose(facts))[1]


def test_further_places_and_sources_are_counted() -> None:
    """A coordinated attack in many places stays readable."""
    towns = tuple(Place(f"Ville {n}", "ML", None, None, None, 1) for n in range(1, 9))
    articles = tuple(replace(FLEUVE, name=f"Journal {n}") for n in range(1, 8))
    message = lines(compose(replace(TAKEN, other_places=towns, sources=articles)))
    assert message[3] == ("Autres lieux : Ville 1, Ville 2, Ville 3, Ville 4, Ville 5 et 3 autres")
    assert message[5].endswith("Journal 4 (radio-fleuve.example) · 3 autres")


def test_only_web_addresses_become_links() -> None:
    """A feed cannot smuggle another kind of link into a chat."""
    facts = replace(FIRST, sources=(replace(FLEUVE, url="javascript:alert(1)"),))
    links = [span.href for line in compose(facts).lines for span in line]
    assert links == [None] * len(links)


@pytest.mark.parametrize("facts", [TAKEN, FIRST, GROWN, STRIKE, PACT])
@pytest.mark.parametrize("language", ["fr", "en"])
def test_an_alert_fits_a_small_screen(facts: EventFacts, language: str) -> None:
    """Under 900 characters in the normal case, update included."""
    update = compose(facts, language, msg_type="update", revision=4, told=FIRST)
    assert max(len(to_plain(compose(facts, language))), len(to_plain(update))) < 900


def test_one_line_for_lists() -> None:
    """The short form keeps kind, place, date, toll and verification."""
    assert headline(GROWN, language="fr", catalogue=CATALOGUE) == (
        "⚫ Attaque d’un poste ou d’un camp — Bénin, près de Koudou (Alibori) · "
        "jeu. 17 avr. 2025 · 54 morts (officiel) · confirmé"
    )
    assert headline(PACT, language="en", catalogue=CATALOGUE) == (
        "🔵 Defence pact — Mali, Burkina Faso and Niger · Sat 16 Sept 2023 · signed · "
        "reported by several sources"
    )
