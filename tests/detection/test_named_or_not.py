"""Who is named as the doer: never who was hit, who only speaks, or who is merely about."""

from __future__ import annotations

import pytest
from detecting import only


def perpetrators(title: str, summary: str = "") -> set[str]:
    return {ref.id for ref in only(title, summary).actors if ref.role == "perpetrator"}


@pytest.mark.parametrize(
    ("title", "summary"),
    [
        # they were attacked
        ("Burkina : des assaillants ont attaqué mardi des dozos à Kaïn, un mort", ""),
        ("Mali : dix-sept personnes, dont cinq chasseurs dozos, tuées samedi près de Bankass", ""),
        ("Koro : deux cultivateurs abattus mardi par des hommes armés, les dozos appelés", ""),
        # they are fought, or merely about
        ("Cameroun : la force de lutte contre la secte Boko Haram déjoue un attentat à Mora", ""),
        (
            "Centre du Mali : l'attaque de Bodio a fait fuir les habitants dimanche, trois tués",
            "Des habitants alertent sur la présence d'éléments de l'EIGS près de Ménaka.",
        ),
        ("Adamawa: bomber kills ten on Monday, first since the Boko Haram onslaught began", ""),
        # a land suffers of them
        (
            "Burkina : dix morts mardi dans une attaque à Titao, pays en proie aux agressions de "
            "groupes dont les principaux sont le Jnim et l'État islamique",
            "",
        ),
        # those who defend themselves
        (
            "Vives tensions à Farabougou : des coups de feu en direction des chasseurs",
            "Mardi, des chasseurs ont essuyé des tirs de combattants djihadistes venus attaquer "
            "leur position. Ils ont été repoussés par les chasseurs traditionnels.",
        ),
        (
            "L'armée malienne neutralise cinq terroristes à Ténenkou",
            "Mardi soir, les FAMa ont réagi à une attaque des terroristes contre leur poste.",
        ),
        (
            "Niger : l'armée neutralise douze terroristes",
            "Mardi près de Makalondi, une vingtaine de terroristes ont tendu une embuscade à une "
            "patrouille.",
        ),
        # a fight of two sides where soldiers fell too
        (
            "Mauritanie : accrochage à la frontière malienne",
            "Deux hommes armés ont été tués et deux soldats blessés vendredi dans des "
            "affrontements entre l'armée mauritanienne et des éléments armés.",
        ),
        # bandits are what such groups are called in Nigeria
        (
            "Burkina : quatre soldats tués mercredi dans une embuscade de bandits armés à Yirgou",
            "",
        ),
    ],
)
def test_nobody_is_named(title: str, summary: str) -> None:
    assert perpetrators(title, summary) == {"unknown"}


def test_a_town_that_was_bombed_is_not_laid_on_the_army() -> None:
    """The army only reports the shelling."""
    assert perpetrators(
        "Mali : deux morts dans le bombardement de Tombouctou",
        "Deux personnes sont mortes jeudi dans le bombardement de la ville, déjà sous blocus "
        "jihadiste, a déclaré l'armée malienne.",
    ) == {"unknown"}


@pytest.mark.parametrize(
    "title",
    [
        "Mali : un drone de l'armée tue neuf civils mardi à Tinzaouaten",
        "Malian army drone kills nine civilians in Tinzaouaten on Tuesday, FLA says",
        "Malian army hits terrorist camp near Gossi, kills dozens on Tuesday",
    ],
)
def test_an_army_is_named_where_the_text_says_whose_it_was(title: str) -> None:
    """And who accuses it did not do it too."""
    assert perpetrators(title) == {"fama"}


def test_the_group_of_a_leader_who_fell_did_nothing() -> None:
    told = perpetrators("Mali : la France annonce la mort du chef d'Aqmi, tué mercredi")
    assert "aqmi" not in told


def test_who_kills_those_who_came_to_attack_is_not_the_attacker() -> None:
    told = perpetrators(
        "Trois membres de Boko Haram tués mardi par des soldats nigériens dans une attaque du "
        "groupe à Bosso"
    )
    assert told == {"jas"}


def test_who_storms_a_hideout_is_named_and_its_owners_are_not() -> None:
    told = perpetrators(
        "Troops raid ISWAP enclaves, kill nine",
        "Troops of the Nigerian Army have killed nine fighters of ISWAP in Damboa on Tuesday.",
    )
    assert told == {"ng_army"}


def test_who_is_accused_is_only_suspected() -> None:
    told = only("Niger : attentat à Arlit mardi, le gouvernement accuse le Jnim")
    assert [(ref.id, ref.certainty) for ref in told.actors if ref.role == "perpetrator"] == [
        ("jnim", "suspected")
    ]
