"""Which of the places that an item names is where it happened."""

from __future__ import annotations

import pytest
from detecting import detector, labels_of, only

from bot.detect.text import Doc


def first_place(title: str, summary: str = "") -> tuple[str, int]:
    place = only(title, summary).places[0]
    return place.name, place.precision


@pytest.mark.parametrize(
    ("title", "summary", "name"),
    [
        # the locality comes before the zone, the unit and the headline's big town
        (
            "Niger : cinq gardes tués dans la zone de Ouallam",
            "L'attaque de mardi contre la localité de Banibangou a fait cinq morts.",
            "Banibangou",
        ),
        (
            "Bourasso : dix civils tués",
            "Dix civils ont été tués dimanche dans la localité de Bourasso, province de la Kossi.",
            "Bourasso",
        ),
        (
            "Mali : un camp attaqué près d'Ansongo",
            "Le camp militaire de Labbezanga a été attaqué mercredi par des hommes armés.",
            "Labbezanga",
        ),
        # "near" one town, « plus précisément entre » two others
        (
            "Mali : trois morts dans une attaque près de Tombouctou",
            "Trois humanitaires ont été tués lundi entre Niafunké et Tonka par des hommes armés.",
            "Niafunké",
        ),
        # a town that only tells how far away it was
        (
            "Mali : quatre soldats tués par une mine",
            "L'explosion a eu lieu mardi à Mondoro, à plus de 300 km à l'est de Mopti.",
            "Mondoro",
        ),
        # a spot on a road, a place that the text situates, and the commune of the headline
        (
            "Niger : neuf gardes tués",
            "Un accrochage a eu lieu lundi sur l'axe Torodi-Makalondi aux abords de Bankilaré.",
            "Bankilaré",
        ),
        (
            "Bénin : des jihadistes frappent à Malanville",
            "Ils ont enlevé mardi deux maçons à Guéné dans la commune de Malanville.",
            "Guéné",
        ),
        (
            "Attaque dans la commune de Sanam : dix morts",
            "Dix civils ont été tués lundi non loin d'Abala par des hommes armés.",
            "Abala",
        ),
        # where it had been before, what else happened in the capital
        ("Bénin : après Kérou, trois soldats tués à Banikoara", "", "Banikoara"),
        (
            "Niger : huit gendarmes tués dans une embuscade près de Makalondi lundi",
            "Des élus réunis mercredi à Niamey demandent des renforts.",
            "Makalondi",
        ),
        # a dateline, an ambassador's or a prosecutor's seat
        ("Niamey: ten civilians killed on Monday in the Tillabéri region", "", "Tillabéri"),
        (
            "Togo : cinq soldats tués",
            "L'ambassadeur européen à Lomé a condamné l'attaque de mardi dans le nord du Togo.",
            "Nord du Togo",
        ),
        (
            "Burkina : douze villageois tués par des hommes armés",
            "Selon le procureur près le tribunal de Kaya, l'attaque de lundi a visé Dablo.",
            "Dablo",
        ),
        # who tells it, and where the wounded lie, are elsewhere
        (
            "Konna : un infirmier tué dans l'attaque du centre de santé",
            "Des hommes armés sont venus mercredi, indique le district sanitaire de Mopti.",
            "Konna",
        ),
        (
            "Loulouni : sept morts dans l'attaque de dimanche",
            "Trois blessés ont succombé à l'hôpital de Sikasso.",
            "Loulouni",
        ),
    ],
)
def test_the_plainest_word_wins(title: str, summary: str, name: str) -> None:
    assert first_place(title, summary)[0] == name


def test_a_region_is_told_as_one() -> None:
    """« la région de Tillabéry », however it is spelled, is no pin on the town."""
    name, precision = first_place("Niger : quinze soldats tués dans la région de Tillabéry mardi")
    assert (name, precision) == ("Tillabéri", 3)


def test_brackets_choose_the_twin() -> None:
    """There are several Tibiri; the one of Dosso is meant."""
    place = only("Tibiri (Dosso) : trois éleveurs tués mardi par des hommes armés").places[0]
    assert (place.lat, place.lon) == pytest.approx((13.11, 4.0), abs=0.05)


@pytest.mark.parametrize(
    ("written", "meant"),
    [("Gosi", "Gossi"), ("Toummour", "Toumour"), ("Anderraboukan", "Andéramboukane")],
)
def test_a_town_is_known_by_its_sound(written: str, meant: str) -> None:
    country = "Niger" if meant == "Toumour" else "Mali"
    place = only(f"{country} : quatre soldats tués mardi dans une attaque à {written}").places[0]
    assert place.name == meant


def test_a_sound_alone_places_nothing() -> None:
    """A surname that sounds like a town is not one: no word makes it a place."""
    assert not only("Mali : quatre soldats tués mardi, annonce le colonel Gosi").places


def test_a_village_gives_way_to_the_country_that_is_named() -> None:
    """Bambari is a village of Burkina Faso too, but the item speaks of another country."""
    assert not labels_of(
        "Centrafrique, la force française surveille les ex-rebelles",
        "Trois gendarmes ont été tués ce matin à Bambari par des hommes armés.",
    )


def test_the_town_hit_tells_the_country() -> None:
    """Senegal reacts, but Diboli is in Mali."""
    report = only(
        "Attaque du Jnim à Diboli : le Sénégal renforce sa frontière",
        "Le groupe a visé mardi le poste-frontière malien de Diboli, près de Kidira au Sénégal.",
    )
    assert report.countries == ("ML",)


def test_nigerias_state_of_the_same_name() -> None:
    """Shiroro and Minna lie in Nigeria's Niger State."""
    report = only("Niger: gunmen abduct six farmers in Shiroro as Minna shuts schools")
    assert report.countries == ("NG",)


def test_two_capitals_joined_are_only_the_road() -> None:
    told = only(
        "Dakar-Bamako drivers alarmed as convoy is attacked near Diéma on Monday, two dead"
    )
    assert (told.countries, [place.name for place in told.places]) == (("ML",), ["Diéma"])


def test_a_sentence_that_refers_back_says_where_more_exactly() -> None:
    """« L'attaque s'est produite … » is no second attack."""
    told = only(
        "Mali : huit camions incendiés par des jihadistes à Sikasso",
        "Nouveau coup dur au Mali. Vendredi, plusieurs camions-citernes ont été incendiés par des "
        "jihadistes dans la région de Sikasso. L'attaque s'est produite entre Kolondiéba et "
        "Kadiana.",
    )
    assert [place.name for place in told.places[:2]] == ["Kolondiéba", "Kadiana"]


def test_two_peoples_are_no_hamlets() -> None:
    title = "Mali : quatre morts lundi à Koro dans des heurts entre Peulhs et Dogons"
    assert [place.name for place in only(title).places] == ["Koro"]


def test_where_a_bus_came_from_is_no_second_attack() -> None:
    """« le car qui revenait de Ouagadougou » tells of the same car."""
    told = only(
        "Burkina : un car attaqué mardi à Bittou, cinq morts",
        "Le car, qui revenait de Ouagadougou, a été mitraillé par des hommes armés.",
    )
    assert [place.name for place in told.places] == ["Bittou"]


@pytest.mark.parametrize("title", [
    "Attaque contre l'ambassade de France à Ouagadougou : huit morts",
    "Un envoyé spécial tué par des hommes armés à Ouagadougou",
])  # fmt: skip
def test_what_is_hit_in_a_capital_is_there(title: str) -> None:
    assert first_place(title) == ("Ouagadougou", 1)


def test_the_ends_of_a_stretch_round_a_town_are_not_meant() -> None:
    told = only(
        "Mali : les jihadistes se sont emparés mardi de Talataye après une bataille",
        "Le groupe État islamique a quitté Talataye jeudi, cette localité entre Gao et Ménaka.",
    )
    assert told.places[0].name == "Talataye"


@pytest.mark.parametrize(("name", "told"), [
    ("Boguel Kinterou", "Boguèl"), ("Sambolo Kanda", "Kanda"),
])  # fmt: skip
def test_a_hamlet_inside_a_longer_name_is_another(name: str, told: str) -> None:
    text = (
        f"Un berger a été tué mardi par des hommes armés dans le village de {name}, près de Djibo."
    )
    assert told not in [place.name for place in only(text).places]
    alone = text.replace(name, told)
    assert told in [mention.name for mention in detector().gazetteer.mentions(Doc(alone))]


@pytest.mark.parametrize("name", ["Rafi Town", "Rafi Local Government", "Kobadié Peul"])
def test_what_a_name_is_does_not_make_it_another(name: str) -> None:
    seen = detector().gazetteer.mentions(
        Doc(f"Gunmen attacked people at {name} on Sunday evening")
    )
    assert [mention.name for mention in seen] == [name.split()[0]]


@pytest.mark.parametrize("district", ["", " LGA"])
def test_what_a_report_comes_from_is_where_it_was(district: str) -> None:
    told = only(
        "Bandits raid six Sokoto villages, several killed on Tuesday",
        f"Reports emerged from Sabon Birni{district} in Sokoto State as bandits attacked five.",
    )
    assert told.places[0].name == "Sabon Birni"


@pytest.mark.parametrize(
    ("title", "summary", "country"),
    [
        (
            "Six orpailleurs tchadiens tués",
            "Six orpailleurs tchadiens ont été tués par des hommes armés en territoire nigérien.",
            "NE",
        ),
        (
            "Quatre éleveurs maliens tués par des hommes armés",
            "Les quatre éleveurs maliens ont été tués du côté burkinabè de la frontière.",
            "BF",
        ),
        (
            "Malian herders killed",
            "Gunmen killed seven Malian herders on Mauritanian soil on Friday.",
            "MR",
        ),
        (
            "Quatre soldats maliens tués dans une embuscade",
            "L'embuscade a visé les soldats maliens. Ils ont fui vers le territoire nigérien.",
            "ML",
        ),
    ],
)
def test_ground_told_by_its_people_is_where_it_was(title: str, summary: str, country: str) -> None:
    assert only(title, summary).countries == (country,)
