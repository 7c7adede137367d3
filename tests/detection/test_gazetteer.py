"""Which places and countries a text names, and which of the twins is meant."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.detect.gazetteer import Gazetteer, distance_km
from bot.detect.report import Place
from bot.detect.text import Doc, plain

SHARED = Path(__file__).parents[2].parent / "shared" / "data" / "detection"


@pytest.fixture(scope="module")
def gazetteer() -> Gazetteer:
    return Gazetteer.load()


def places(gazetteer: Gazetteer, text: str) -> list[tuple[str, str | None, int]]:
    """The places of a text as (name, country, precision), those nobody can tell left out."""
    doc = Doc(text)
    mentions = gazetteer.mentions(doc)
    weights = gazetteer.country_weights(gazetteer.country_mentions(doc), mentions)
    found: list[Place] = []
    for mention in mentions:
        place = gazetteer.resolve(mention, weights, beside=found)
        if place is not None:
            found.append(place)
    return [(place.name, place.country, place.precision) for place in found]


def countries(gazetteer: Gazetteer, text: str) -> list[tuple[str, str]]:
    return [(m.country, m.form) for m in gazetteer.country_mentions(Doc(text))]


def cues(gazetteer: Gazetteer, text: str) -> list[tuple[str, str | None]]:
    return [(m.name, m.cue) for m in gazetteer.mentions(Doc(text))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Mali : un poste attaqué à Tessit", [("Tessit", "ML", 1)]),
        ("URGENT : ATTAQUE EN COURS À SÉVARÉ", [("Sévaré", "ML", 1)]),
        ("Niger : des tirs à In-Atès", [("Inates", "NE", 1)]),
        ("Mali: drones strike Tin Zaouaten", [("Tinzaouaten", "ML", 1)]),
        ("Ti-n-Zaouâtene (Mali) sous les obus", [("Tinzaouaten", "ML", 1)]),
        ("Soldats tués à In Delimane, au Mali", [("Indelimane", "ML", 1)]),
        ("Kidnapping à N'guigmi, au Niger", [("N'Guigmi", "NE", 1)]),
        ("Fada-N'Gourma : le marché rouvre", [("Fada N'Gourma", "BF", 1)]),
        ("انفجار في تمبكتو", [("Tombouctou", "ML", 1)]),
        ("Les habitants du village de djibo ont fui", [("Djibo", "BF", 1)]),
    ],
)
def test_names_are_found_however_they_are_spelled(
    gazetteer: Gazetteer, text: str, expected: list[tuple[str, str, int]]
) -> None:
    """Accents, capitals, hyphens, split Tuareg names and Arabic letters do not matter."""
    assert places(gazetteer, text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Explosion près de Gossi, au Mali", [("Gossi", "ML", 2)]),
        ("À 30 km au nord de Djibo (Burkina Faso)", [("Djibo", "BF", 2)]),
        ("Ambush 20 km from Banibangou, Niger", [("Banibangou", "NE", 2)]),
        ("Near the town of Djibo, Burkina Faso", [("Djibo", "BF", 2)]),
        ("Une mine saute entre Ansongo et Gossi", [("Ansongo", "ML", 2), ("Gossi", "ML", 2)]),
        ("Sur l'axe Torodi-Makalondi", [("Torodi", "NE", 2), ("Makalondi", "NE", 2)]),
        ("Hombori–Boni : un convoi attaqué", [("Hombori", "ML", 2), ("Boni", "ML", 2)]),
        ("La route reliant Gossi à Hombori", [("Gossi", "ML", 2), ("Hombori", "ML", 2)]),
        ("Un bus parti de Gao vers Bourem", [("Gao", "ML", 2), ("Bourem", "ML", 2)]),
        ("Dans la région de Tombouctou", [("Tombouctou", "ML", 3)]),
        ("Attaque à Tombouctou", [("Tombouctou", "ML", 1)]),
        ("In the Diffa region of Niger", [("Diffa", "NE", 3)]),
        ("Le cercle de Bandiagara endeuillé", [("Bandiagara", "ML", 2)]),
        ("Dans la province du Loroum, Burkina Faso", [("Loroum", "BF", 2)]),
        ("Zamfara state: bandits strike", [("Zamfara", "NG", 3)]),
        ("Gunmen abduct worshippers in Kaduna", [("Kaduna", "NG", 3)]),
        ("Gunmen storm the city of Kaduna", [("Kaduna", "NG", 1)]),
        ("Attack in central Mali", [("Centre du Mali", "ML", 3)]),
        ("Le nord-est du Nigeria", [("Nord-est du Nigeria", "NG", 3)]),
        ("Dans le parc W, au nord du Bénin", [("Parc du W", "BJ", 2), ("Nord du Bénin", "BJ", 3)]),
        ("Violences dans le bassin du lac Tchad", [("Bassin du lac Tchad", None, 3)]),
    ],
)
def test_precision_follows_the_cue(
    gazetteer: Gazetteer, text: str, expected: list[tuple[str, str | None, int]]
) -> None:
    """1 the town, 2 near it or part of a unit, 3 the region (ACLED's geo_precision)."""
    assert places(gazetteer, text) == expected


def test_approximate_points_are_never_exact(gazetteer: Gazetteer) -> None:
    """A place whose point is known to ten kilometres only is "near", even with « à »."""
    assert places(gazetteer, "Niger : massacre à Zaroumdareye") == [("Zaroumdareye", "NE", 2)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Affrontements à Boni : dix morts", []),
        ("Mali : affrontements à Boni", [("Boni", "ML", 1)]),
        ("Burkina Faso : affrontements à Boni", [("Boni", "BF", 1)]),
        ("Léré (Tchad) : conflit entre éleveurs", [("Léré (Tchad)", "TD", 1)]),
        ("Léré, région de Tombouctou", [("Léré", "ML", 1), ("Tombouctou", "ML", 3)]),
        ("Gao, village de Torodi (Niger)", [("Torodi", "NE", 1)]),
        ("Koro (Côte d'Ivoire) : un marché s'ouvre", [("Koro (Côte d'Ivoire)", "CI", 1)]),
        ("Mora (Japon) : inauguration", []),
        ("Nigeria : Bama bombardée", [("Bama", "NG", 1)]),
        ("Nara (Japon) : un temple brûle", []),
        ("Burkina Faso : la région du Sahel frappée", [("Région du Sahel", "BF", 3)]),
        ("Le Sahel, une région à la peine", []),
        ("Burkina Faso : deuil dans la région de l'Est", [("Région de l'Est", "BF", 3)]),
        ("Cameroun : deuil dans la région de l'Est", []),
    ],
)
def test_twins_need_evidence_of_their_country(
    gazetteer: Gazetteer, text: str, expected: list[tuple[str, str, int]]
) -> None:
    """A name that several countries have is placed by the text, or not at all."""
    resolved = [place for place in places(gazetteer, text) if place[2] < 4]
    assert sorted(resolved, key=lambda p: p[0]) == sorted(expected, key=lambda p: p[0])


def test_a_place_beside_decides_between_twins(gazetteer: Gazetteer) -> None:
    """Without any country, a twin near a known place of the text is preferred."""
    mention = gazetteer.mentions(Doc("Affrontements à Boni"))[0]
    hombori = Place("Hombori", "ML", "Douentza", 15.28, -1.70, 1)
    assert gazetteer.resolve(mention, {}) is None
    beside = gazetteer.resolve(mention, {}, beside=(hombori,))
    assert beside is not None
    assert beside.country == "ML"


def test_twins_of_one_country_give_the_country(gazetteer: Gazetteer) -> None:
    """Two equal villages of Mali far apart: the country is known, the place is not."""
    assert places(gazetteer, "Mali : incendie à Dialakoro") == [("Mali", "ML", 4)]


@pytest.mark.parametrize(
    "text",
    [
        "Le général Salou Djibo prend la parole",
        "Modibo Keita et Adama Bamba reçus au palais",
        "He did not Say anything",
        "Ban Ki-moon, Aung San Suu Kyi and Nikki Haley",
        "La ville de San Francisco",
        "Il a dit non, toute la nuit, sans pari",
        "Boni Yayi en campagne",
        "Les combattants de la Katiba Macina",
        "Étoile du Sahel : nouvelle défaite à domicile",
        "L'Autorité du Liptako-Gourma réceptionne des forages",
    ],
)
def test_people_words_and_bodies_are_not_places(gazetteer: Gazetteer, text: str) -> None:
    """Surnames, common words and the names of organisations are no places."""
    assert places(gazetteer, text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Niger : Say inondée", []),
        ("Niger : pillage à Say", [("Say", "NE", 1)]),
        ("Mali : FAMa, position de Ber", []),
        ("Mali : Ber, dans la région de Tombouctou", [("Ber", "ML", 1), ("Tombouctou", "ML", 3)]),
        ("Mali : Bamba, cercle de Bourem", [("Bamba", "ML", 1), ("Bourem", "ML", 2)]),
    ],
)
def test_a_name_that_is_also_a_word_needs_a_cue(
    gazetteer: Gazetteer, text: str, expected: list[tuple[str, str, int]]
) -> None:
    """« Say », « Ber », « Bamba » are places only after or before words that place them."""
    assert places(gazetteer, text) == expected


def test_taken_words_are_left_alone(gazetteer: Gazetteer) -> None:
    """Words another reader claimed, an actor's name for one, are no place."""
    doc = Doc("La brigade Macina attaque Gossi")
    assert [m.name for m in gazetteer.mentions(doc, {1, 2})] == ["Gossi"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Deux morts à Gao, Bourem et Kidal", [("Gao", "at"), ("Bourem", "at"), ("Kidal", "at")]),
        ("Depuis Gao, le convoi roule", [("Gao", "from")]),
        ("Heading to Gao", [("Gao", "to")]),
        ("Gossi est loin de tout", [("Gossi", None)]),
        ("Fin. Gao respire", [("Gao", None)]),
    ],
)
def test_cues(gazetteer: Gazetteer, text: str, expected: list[tuple[str, str | None]]) -> None:
    """A cue belongs to the words just around, and a list hands it on."""
    assert cues(gazetteer, text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("L'armée nigérienne salue l'armée nigériane", [("NE", "demonym"), ("NG", "demonym")]),
        ("Nigerien troops meet Nigerian troops", [("NE", "demonym"), ("NG", "demonym")]),
        ("Niger et Nigeria", [("NE", "name"), ("NG", "name")]),
        ("Gunmen strike Niger State", []),
        ("Douze enlevés dans l'État du Niger, au Nigeria", [("NG", "name")]),
        ("État du Niger (Nigeria) : des élèves enlevés", [("NG", "name")]),
        ("Le chef de l'État du Niger s'exprime", [("NE", "name")]),
        ("Pirogue chavirée sur le fleuve Niger", []),
        ("L'Office du Niger annonce sa récolte", []),
        ("Niger Delta militants bomb a pipeline", [("NG", "name")]),
        ("Incendie à Benin City", []),
        ("Chad Kelly to start on Sunday at quarterback", []),
        ("Chad President greets visitors", [("TD", "name")]),
        ("Mali, 4, found safe after a long search", []),
        ("Mali (Guinée) : la préfecture en fête", [("GN", "name")]),
        ("Guinée, Guinée-Bissau", [("GN", "name"), ("GW", "name")]),
        ("La Guinée équatoriale vote", [("GQ", "name")]),
        ("Dans le golfe de Guinée", []),
        ("Soudan du Sud et Soudan", [("SS", "name"), ("SD", "name")]),
        ("RDC : nouveaux combats", [("CD", "name")]),
        ("Bamako répond à Paris", [("ML", "capital"), ("FR", "capital")]),
        ("The US told us", [("US", "name")]),
        ("Syrian and Afghan fighters", [("SY", "demonym"), ("AF", "demonym")]),
        ("Northern Benin on alert", [("BJ", "name")]),
        ("هجوم في النيجر", [("NE", "name")]),
        ("Le niger et le mali", []),
        ("Air Mali reprend ses vols", []),
    ],
)
def test_countries(gazetteer: Gazetteer, text: str, expected: list[tuple[str, str]]) -> None:
    """Names, demonyms and capitals count; rivers, states, first names and companies do not."""
    assert countries(gazetteer, text) == expected


def test_weights_put_names_before_demonyms_and_capitals(gazetteer: Gazetteer) -> None:
    """A named country says most of where it happened, a place without twin least."""
    doc = Doc("Mali : un soldat nigérien tué à Gossi, selon Ouagadougou")
    mentions = gazetteer.mentions(doc)
    weights = gazetteer.country_weights(gazetteer.country_mentions(doc), mentions)
    assert weights == {"ML": 4.0, "NE": 2.0, "BF": 2.0}


@pytest.mark.parametrize(
    ("country", "admin1", "lat", "lon", "expected"),
    [
        ("ML", None, None, None, True),
        ("NE", "Dosso", 12.0, 3.2, True),
        ("TD", None, 9.0, 16.0, True),
        ("MR", "Adrar", 20.5, -13.0, True),
        ("NG", "Borno", None, None, True),
        ("NG", "Benue", 7.7, 8.5, True),
        ("NG", None, None, None, True),
        ("NG", "Lagos", 6.5, 3.4, False),
        ("NG", None, 6.3, 6.8, False),
        ("BJ", "Alibori", 11.3, 2.4, True),
        ("BJ", None, 10.9, 2.0, True),
        ("BJ", "Littoral", 6.4, 2.4, False),
        ("TG", "Savanes", 10.9, 0.2, True),
        ("TG", "Maritime", 6.1, 1.2, False),
        ("CI", "Zanzan", 9.6, -3.7, True),
        ("CI", None, 5.2, -3.7, False),
        ("CI", None, None, None, False),
        ("GH", "Upper East", 11.1, -0.2, True),
        ("GH", "Ashanti", 6.7, -1.6, False),
        ("CM", "Extrême-Nord", 11.1, 14.1, True),
        ("CM", "Nord-Ouest", 6.0, 10.2, False),
        ("CM", None, 5.7, 9.8, False),
        ("SN", "Tambacounda", 14.5, -12.2, True),
        ("SN", "Ziguinchor", 12.6, -16.3, False),
        ("SN", None, 13.8, -12.8, True),
        ("DZ", "Tamanrasset", 22.8, 5.5, True),
        ("DZ", None, 36.5, 4.0, False),
        ("LY", "Sebha", 27.0, 14.4, True),
        ("LY", None, 32.9, 13.2, False),
        ("SD", None, None, None, False),
        ("FR", None, 48.9, 2.4, False),
        (None, None, None, None, False),
        ("ZZ", None, None, None, False),
    ],
)
def test_scope_is_the_guideline_s(
    gazetteer: Gazetteer,
    country: str | None,
    admin1: str | None,
    lat: float | None,
    lon: float | None,
    expected: bool,
) -> None:
    """Core countries whole; of the wider ones the parts the labelling guideline names."""
    assert gazetteer.in_scope(country, admin1, lat, lon) is expected


def test_every_region_in_scope_exists(gazetteer: Gazetteer) -> None:
    """A region named in the scope is one the table's places lie in, or the rule never fires."""
    for country in gazetteer.countries.values():
        known = {row.admin1 for row in gazetteer.rows if row.country == country.code}
        assert country.scope_admin1 <= known, country.code


@pytest.mark.parametrize(
    ("query", "name", "country"),
    [
        ("menaka", "Ménaka", "ML"),
        ("GOROM GOROM", "Gorom-Gorom", "BF"),
        ("timbuktu", "Tombouctou", "ML"),
        ("n guigmi", "N'Guigmi", "NE"),
        ("gao", "Gao", "ML"),
        ("تمبكتو", "Tombouctou", "ML"),
    ],
)
def test_find(gazetteer: Gazetteer, query: str, name: str, country: str) -> None:
    """Queries find the best known place of a name, however it is typed."""
    best = gazetteer.find(query)[0]
    assert (best.name, best.country) == (name, country)


def test_find_nothing(gazetteer: Gazetteer) -> None:
    """An unknown or empty name finds nothing."""
    assert gazetteer.find("Atlantis-sur-Niger") == []
    assert gazetteer.find(" - ") == []


def test_distance() -> None:
    """Gao to Ansongo is some 90 km as the crow flies; a point is no distance from itself."""
    assert 85 < distance_km(16.27, -0.04, 15.66, 0.50) < 95
    assert distance_km(16.27, -0.04, 16.27, -0.04) == 0.0


def test_country_place(gazetteer: Gazetteer) -> None:
    """A country alone has precision 4 and no point."""
    assert gazetteer.country_place("BF") == Place("Burkina Faso", "BF", None, None, None, 4)


@pytest.mark.parametrize("text", ["", " ", "\n\n", "((((", "Gao" * 3000, "à " * 5000, "ا" * 999])
def test_any_text_is_survived(gazetteer: Gazetteer, text: str) -> None:
    """No text is too strange or too long."""
    doc = Doc(text)
    assert gazetteer.mentions(doc) == []
    assert gazetteer.country_mentions(doc) == []


@pytest.mark.shared
@pytest.mark.skipif(not SHARED.exists(), reason="the shelf is not beside the project")
def test_annotated_points_are_reached(gazetteer: Gazetteer) -> None:
    """Nine in ten of the places annotated with a point are resolved within 25 km of it."""
    with (SHARED / "dev.jsonl").open(encoding="utf-8") as lines:
        items = {item["id"]: item for item in map(json.loads, lines)}
    reached = wanted = 0
    with (SHARED / "dev-facts.jsonl").open(encoding="utf-8") as lines:
        for facts in map(json.loads, lines):
            item = items[facts["id"]]
            doc = Doc(f"{plain(item['title'])}\n{plain(item.get('summary') or '')}")
            mentions = gazetteer.mentions(doc)
            weights = gazetteer.country_weights(gazetteer.country_mentions(doc), mentions)
            found = [gazetteer.resolve(mention, weights) for mention in mentions]
            for report in facts["reports"]:
                for point in (report, *(report.get("other_places") or ())):
                    if point.get("lat") is None:
                        continue
                    wanted += 1
                    reached += any(
                        place is not None
                        and place.lat is not None
                        and place.lon is not None
                        and distance_km(place.lat, place.lon, point["lat"], point["lon"]) <= 25
                        for place in found
                    )
    assert reached / wanted >= 0.9
