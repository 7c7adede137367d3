"""The place table is whole, well formed and pins the places reports confuse."""

from __future__ import annotations

import csv
import re
from collections import Counter
from pathlib import Path

import pytest

from bot.detect.countries import CountryTableError, read_countries
from bot.detect.gazetteer import DATA, Gazetteer, distance_km
from bot.detect.place_words import PlaceWords, PlaceWordsError
from bot.detect.places import COLUMNS, SETTLED, PlaceRow, PlaceTableError, read_places, spellings

SHARED = Path(__file__).parents[2].parent / "shared" / "data"
HEADER = "\t".join(COLUMNS)
GOOD = "Gao\t\tadmin1 capital\tML\tGao\t16.27\t-0.04\t1\t"


@pytest.fixture(scope="module")
def gazetteer() -> Gazetteer:
    return Gazetteer.load()


@pytest.fixture(scope="module")
def rows() -> tuple[PlaceRow, ...]:
    return read_places(DATA / "places.tsv")


def test_size(rows: tuple[PlaceRow, ...]) -> None:
    """Every commune of the three core countries and the neighbours' towns are there."""
    by_country = Counter(row.country for row in rows)
    assert len(rows) >= 2500
    assert by_country["ML"] >= 750
    assert by_country["BF"] >= 400
    assert by_country["NE"] >= 330
    assert by_country["NG"] >= 500


def test_no_row_twice(rows: tuple[PlaceRow, ...]) -> None:
    """A name, kind, country and region stand for one row unless the points are far apart."""
    seen: dict[tuple[object, ...], PlaceRow] = {}
    for row in rows:
        key = (row.name, row.kind, row.country, row.admin1)
        if key in seen and row.lat is not None and row.lon is not None:
            other = seen[key]
            assert other.lat is not None
            assert other.lon is not None
            assert distance_km(row.lat, row.lon, other.lat, other.lon) > 12, row
        seen[key] = row


@pytest.mark.parametrize(
    ("country", "box"),
    [
        ("ML", (10.1, 25.0, -12.3, 4.3)),
        ("BF", (9.3, 15.2, -5.6, 2.5)),
        ("NE", (11.6, 23.6, 0.1, 16.1)),
        ("NG", (4.2, 13.9, 2.6, 14.7)),
        ("TD", (7.4, 23.5, 13.4, 24.1)),
        ("BJ", (6.2, 12.5, 0.7, 3.9)),
        ("TG", (6.0, 11.2, -0.2, 1.9)),
    ],
)
def test_inside_its_country(
    rows: tuple[PlaceRow, ...], country: str, box: tuple[float, float, float, float]
) -> None:
    """No place lies outside the box around its country."""
    south, north, west, east = box
    outside = [
        row.name
        for row in rows
        if row.country == country and row.lat is not None and row.lon is not None
        if not (south <= row.lat <= north and west <= row.lon <= east)
    ]
    assert outside == []


@pytest.mark.parametrize(
    ("country", "regions"),
    [
        (
            "ML",
            "Kayes Koulikoro Sikasso Ségou Mopti Tombouctou Gao Kidal Taoudénit Ménaka Nioro Kita "
            "Dioïla Nara Bougouni Koutiala San Douentza Bandiagara Bamako",
        ),
        (
            "BF",
            "Bankui Djôrô Goulmou Guiriko Kadiogo Kuilsé Liptako Nakambé Nando Nazinon Oubri "
            "Sirba Soum Sourou Tannounyan Tapoa Yaadga",
        ),
        ("NE", "Agadez Diffa Dosso Maradi Niamey Tahoua Tillabéri Zinder"),
    ],
)
def test_regions_of_today(rows: tuple[PlaceRow, ...], country: str, regions: str) -> None:
    """The regions are those in force: Mali since 2023, Burkina Faso since July 2025."""
    named = {row.name for row in rows if row.country == country and row.kind == "admin1"}
    places = {row.admin1 for row in rows if row.country == country and row.kind == "commune"}
    assert set(regions.split()) <= named
    assert places <= set(regions.split())


def test_former_regions_name_present_ones(gazetteer: Gazetteer) -> None:
    """Every former region resolves to regions that exist today."""
    for country in ("ML", "BF"):
        today = {r.admin1 for r in gazetteer.rows if r.country == country and r.kind in SETTLED}
        for former, present in gazetteer.countries[country].former_admin1.items():
            assert set(present) <= today, former
    assert gazetteer.present_admin1("BF", "Est") == ("Goulmou", "Sirba", "Tapoa")
    assert gazetteer.present_admin1("BF", "Yaadga") == ("Yaadga",)


@pytest.mark.parametrize(
    ("name", "country", "lat", "lon"),
    [
        ("Tessit", "ML", 15.22, 0.31),
        ("Boulkessi", "ML", 14.80, -1.30),
        ("Boulikessi", "ML", 14.80, -1.30),
        ("Léré", "ML", 15.71, -4.91),
        ("Farabougou", "ML", 14.89, -6.14),
        ("Nampala", "ML", 15.28, -5.55),
        ("Dioura", "ML", 14.82, -5.25),
        ("Faladié", "ML", 12.59, -7.95),
        ("Tinzaouaten", "ML", 19.95, 2.97),
        ("Ti-n-Zaouâtene", "ML", 19.95, 2.97),
        ("Kafolo", "CI", 9.58, -4.30),
        ("Inates", "NE", 15.23, 1.31),
        ("In-Atès", "NE", 15.23, 1.31),
        ("Chinagodrar", "NE", 15.23, 3.00),
        ("Tchombangou", "NE", 14.83, 1.81),
        ("Aguelhok", "ML", 19.46, 0.86),
        ("Sévaré", "ML", 14.53, -4.10),
        ("Arbinda", "BF", 14.23, -0.86),
        ("Barsalogho", "BF", 13.41, -1.06),
        ("Porga", "BJ", 11.05, 0.97),
        ("Chibok", "NG", 10.87, 12.85),
    ],
)
def test_the_right_twin_is_pinned(
    gazetteer: Gazetteer, name: str, country: str, lat: float, lon: float
) -> None:
    """The best known place of a name is the one conflict reports mean, within 10 km."""
    best = gazetteer.find(name)[0]
    assert best.country == country
    assert best.lat is not None
    assert best.lon is not None
    assert distance_km(best.lat, best.lon, lat, lon) < 10


REPORTED = (
    "Léré Bourem Inata Solhan Tessit Boulkessi Moura Ogossagou Sobane-Da Yirgou Barsalogho Djibo "
    "Aribinda Mansila Sebba Inates Chinégodar Banibangou Zaroumdareye Torodi Makalondi "
    "Bouratébéré Nampala Farabougou Dinangourou Konna Hombori Boni Gossi Anéfis Aguelhok "
    "Tinzaouaten Indelimane Labbezanga Ménaka Talataye Soumpi Acharane Ber Amachach Kati Sénou "
    "Sévaré Faladié Bapho Sokolo Dioura Mondoro Seytenga Pensa Namissiguima Nassoumbou Koutougou "
    "Markoye Tin-Akoff Gorgadji Kelbo Bourzanga Titao Loroum Foubé Toéni Madjoari Pama Kompienga "
    "Diapaga Botou Kantchari Gayéri Pendjari Koudou Kofouno Liptako Gourma Macina Azawad Diffa "
    "Bosso Wabaria Ansongo Ouatagouna Niafunké Goundam Diré Rharous Intahaka Loulo-Gounkoto "
    "Tarkint Bamba Douentza Bandiagara Koro Bankass Diallassagou Koutiala Yorosso Sikasso Kadiolo "
    "Nioro Diéma Kayes Diboli Koundjoaré Kpendjal Tanguiéta N'Guigmi Maiduguri Bama Baga Kuriga "
    "Dapchi Boma Fotokol Mora Kolofata Kousséri Gusau Anka Tsafe Shinkafi"
)


@pytest.mark.parametrize("name", REPORTED.split())
def test_places_of_conflict_reports_are_known(gazetteer: Gazetteer, name: str) -> None:
    """Each place the field's reports keep naming can be asked for."""
    assert gazetteer.find(name) != []


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("Gao\tML", "places.tsv, line 3: 2 cells, expected 9"),
        (GOOD.replace("admin1 capital", "metropolis"), "line 3: unknown kind 'metropolis'"),
        (GOOD.replace("16.27", "north"), "line 3: coordinate 'north' is not a number"),
        (GOOD.replace("16.27", "96.27"), "line 3: coordinate '96.27' is out of range"),
        (GOOD.replace("\t1\t", "\t9\t"), "line 3: rank '9' is not 1 to 5"),
        (GOOD.replace("\tML\t", "\tMali\t"), "line 3: country 'Mali' is not two capital letters"),
        (GOOD + "luck", "line 3: unknown need 'luck'"),
        (GOOD.replace("Gao", "-", 1), "line 3: no name"),
    ],
)
def test_a_broken_line_is_named(tmp_path: Path, line: str, message: str) -> None:
    """A mistake in the table is reported with file, line and what is wrong."""
    path = tmp_path / "places.tsv"
    path.write_text(f"# ours\n{HEADER}\n{line}\n", encoding="utf-8")
    with pytest.raises(PlaceTableError) as error:
        read_places(path)
    assert message in str(error.value)


def test_a_wrong_header_and_an_empty_table_are_refused(tmp_path: Path) -> None:
    """The columns are fixed, and a table without places is a mistake."""
    path = tmp_path / "places.tsv"
    path.write_text("name\tlat\n", encoding="utf-8")
    with pytest.raises(PlaceTableError, match="line 1: the header must be name, aliases"):
        read_places(path)
    path.write_text(f"{HEADER}\n", encoding="utf-8")
    with pytest.raises(PlaceTableError, match="no places in it"):
        read_places(path)
    with pytest.raises(PlaceTableError, match="cannot be read"):
        read_places(tmp_path / "absent.tsv")


def test_one_decimal_means_approximate(tmp_path: Path) -> None:
    """A coordinate with one decimal is known to some ten kilometres only."""
    path = tmp_path / "places.tsv"
    rough = GOOD.replace("16.27", "16.3").replace("-0.04", "0.0")
    path.write_text(f"{HEADER}\n{GOOD}\n{rough}\n", encoding="utf-8")
    assert [row.exact for row in read_places(path)] == [True, False]


def test_broken_word_and_country_files_are_named(tmp_path: Path) -> None:
    """The other two files are checked as strictly."""
    path = tmp_path / "countries.yaml"
    path.write_text("- {code: ML, fr: Mali, en: Mali, scope: near}\n", encoding="utf-8")
    with pytest.raises(CountryTableError, match=r"countries.yaml, entry 1 \(ML\): unknown scope"):
        read_countries(path)
    path.write_text("- {code: ML, fr: Mali, en: Mali, scope: core}\n", encoding="utf-8")
    with pytest.raises(CountryTableError, match="needs its utc offset"):
        read_countries(path)
    path.write_text("- {code: FR, fr: a, en: b}\n- {code: FR, fr: a, en: b}\n", encoding="utf-8")
    with pytest.raises(CountryTableError, match="entry 2: FR is there twice"):
        read_countries(path)
    words = tmp_path / "place_words.yaml"
    words.write_text("near: [near]\n", encoding="utf-8")
    with pytest.raises(PlaceWordsError, match=r"place_words.yaml: expected the lists"):
        PlaceWords.read(words)


@pytest.mark.parametrize(
    ("name", "spelling"),
    [
        ("Ti-n-Zaouâtene", ("tinzaouatene",)),
        ("Tinzaouatène", ("tin", "zaouatene")),
        ("Tinzaouatène", ("ti", "n", "zaouatene")),
        ("Indelimane", ("in", "delimane")),
        ("In-Delimane", ("indelimane",)),
        ("N'Guigmi", ("nguigmi",)),
        ("Fada N'Gourma", ("fadangourma",)),
        ("تمبكتو", ("بتمبكتو",)),
        ("الجزائر", ("جزاير",)),
    ],
)
def test_split_and_joined_spellings(name: str, spelling: tuple[str, ...]) -> None:
    """Reporters split and join Tuareg names, and Arabic glues its prepositions on."""
    assert spelling in set(spellings(name))


@pytest.mark.shared
@pytest.mark.skipif(not SHARED.exists(), reason="the shelf is not beside the project")
@pytest.mark.parametrize(
    ("file", "column", "country", "share"),
    [
        ("admin_ml_ocha_2015_pcodes.tsv", "admin3", "ML", 0.97),
        ("admin_bf_regions_provinces_communes.tsv", "commune", "BF", 0.98),
        ("admin_ne_regions_departements_communes.tsv", "admin3_commune", "NE", 0.93),
    ],
)
def test_communes_are_covered(
    gazetteer: Gazetteer, file: str, column: str, country: str, share: float
) -> None:
    """Nearly every commune of the core countries can be found by its official name."""
    with (SHARED / "gazetteer" / file).open(encoding="utf-8", newline="") as lines:
        official = [row[column] for row in csv.DictReader(lines, delimiter="\t")]
    # « Niamey IV », « Commune II » are quarters of a town that is there
    names = [
        name.partition(" (")[0].removesuffix(" Commune")
        for name in official
        if not re.search(r" [IV]+$", name)
    ]
    known = [name for name in names if any(r.country == country for r in gazetteer.find(name))]
    assert len(known) / len(names) >= share
