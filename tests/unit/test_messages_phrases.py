"""Dates, places, tolls and French grammar: the small phrases of every message."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.detect.report import ActorRef, Place, Toll
from bot.events.changes import CHANGE_KEYS, Change
from bot.events.facts import EventFacts
from bot.messages import phrases, tolls
from bot.messages.changes import changed
from bot.messages.grammar import contract
from bot.messages.i18n import Catalogue

CATALOGUE = Catalogue.load(strict=True)
FR, EN = CATALOGUE.voice("fr"), CATALOGUE.voice("en")
BASE = EventFacts(kind="attack", type="ambush")


@pytest.mark.parametrize(
    ("date", "end", "time", "precision", "fr", "en"),
    [
        ("2023-09-17", None, "15:30", 1,
         "dim. 17 sept. 2023 vers 15h30", "Sun 17 Sept 2023 around 15:30"),
        ("2023-09-17", None, "05:00", 1,
         "dim. 17 sept. 2023 vers 5h", "Sun 17 Sept 2023 around 5:00"),
        ("2024-01-01", None, None, 1, "lun. 1er janv. 2024", "Mon 1 Jan 2024"),
        ("2026-01-28", "2026-01-29", None, 1,
         "nuit du 28 au 29 janv. 2026", "night of 28 to 29 Jan 2026"),
        ("2026-01-31", "2026-02-01", None, 1,
         "nuit du 31 janv. au 1er févr. 2026", "night of 31 Jan to 1 Feb 2026"),
        ("2026-01-28", "2026-02-03", None, 2,
         "entre le 28 janv. et le 3 févr. 2026", "between 28 Jan and 3 Feb 2026"),
        ("2026-02-01", "2026-02-07", None, 2,
         "entre le 1er et le 7 févr. 2026", "between 1 and 7 Feb 2026"),
        ("2025-12-29", "2026-01-04", None, 2,
         "entre le 29 déc. 2025 et le 4 janv. 2026", "between 29 Dec 2025 and 4 Jan 2026"),
        ("2023-09-12", None, None, 2, "autour du 12 sept. 2023", "around 12 Sept 2023"),
        ("2023-09-01", None, None, 3, "septembre 2023", "September 2023"),
        ("2023-09-01", None, None, 4, "date inconnue", "date unknown"),
        (None, None, None, 4, "date inconnue", "date unknown"),
    ],
)  # fmt: skip
def test_a_date_is_said_no_finer_than_it_is_known(
    date: str | None, end: str | None, time: str | None, precision: int, fr: str, en: str
) -> None:
    """Day, night, interval, week, month, unknown: each has its own words."""
    facts = replace(BASE, date=date, date_end=end, time=time, date_precision=precision)
    assert (phrases.dated(FR, facts), phrases.dated(EN, facts)) == (fr, en)


@pytest.mark.parametrize(
    ("place", "countries", "fr"),
    [
        (Place("Léré", "ML", "Tombouctou", 1, 1, 1), (), "Mali, Léré (Tombouctou)"),
        (Place("Gao", "ML", "Gao", 1, 1, 1), (), "Mali, Gao"),
        (Place("Ansongo", "ML", None, 1, 1, 2), (), "Mali, près d’Ansongo"),
        (Place("Lac Tchad", "TD", None, 1, 1, 2), (), "Tchad, Lac Tchad (environs)"),
        (Place("Alibori", "BJ", None, None, None, 3), (), "Bénin, Alibori (région)"),
        (Place("Nord du Bénin", "BJ", None, None, None, 3), (), "Bénin, Nord du Bénin"),
        (Place("Niger", "NE", None, None, None, 4), (), "Niger, lieu non précisé"),
        (Place("Léré", None, None, 1, 1, 1), (), "Léré"),
        (None, ("ML", "BF"), "Mali et Burkina Faso, lieu non précisé"),
        (None, (), "lieu inconnu"),
    ],
)
def test_a_place_is_said_no_finer_than_it_is_known(
    place: Place | None, countries: tuple[str, ...], fr: str
) -> None:
    """Country first, then the locality with its region, its vicinity, or that it is unknown."""
    assert phrases.located(FR, replace(BASE, place=place, countries=countries)) == fr


def toll(status: str, low: int | None = None, high: int | None = None, **more: object) -> Toll:
    return Toll("killed", None, low, high, status, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("given", "fr", "en"),
    [
        (toll("exact", 8, 8), "8 morts", "8 dead"),
        (toll("exact", 1, 1), "1 mort", "1 dead"),
        (toll("exact", 0, 0), "aucun mort", "nobody killed"),
        (toll("none", 0, 0), "aucun mort", "nobody killed"),
        (toll("at_least", 20), "au moins 20 morts", "at least 20 dead"),
        (toll("at_most", None, 10), "jusqu’à 10 morts", "up to 10 dead"),
        (toll("range", 8, 13), "entre 8 et 13 morts", "between 8 and 13 dead"),
        (toll("vague", 24, 38), "entre 24 et 38 morts", "between 24 and 38 dead"),
        (toll("vague", 2), "plusieurs morts", "several dead"),
        (toll("vague", 20), "des dizaines de morts", "dozens of dead"),
        (toll("vague", 200), "des centaines de morts", "hundreds of dead"),
        (toll("unknown_positive", 1), "des morts, nombre non précisé",
         "some dead, number not given"),
        (toll("at_least", 1200), "au moins 1\u202f200 morts", "at least 1,200 dead"),
    ],
)  # fmt: skip
def test_a_figure_is_as_vague_as_it_was_said(given: Toll, fr: str, en: str) -> None:
    """No word becomes a number and no number loses its « au moins »."""
    assert (tolls.quantity(FR, given), tolls.quantity(EN, given)) == (fr, en)


@pytest.mark.parametrize(
    ("figures", "line"),
    [
        ((), "Bilan inconnu"),
        (
            (toll("exact", 8, 8, said_by="official"), toll("exact", 70, 70, said_by="group")),
            "Bilan : 8 morts (officiel) ; 70 morts revendiqués par le Jnim (non vérifié)",
        ),
        (
            (toll("exact", 12, 12, said_by="army", provisional=True),
             Toll("killed", "soldier", 3, 3, "exact", "army"),
             Toll("killed", "auxiliary", 9, 9, "exact", "army")),
            "Bilan : 12 morts, dont 3 soldats et 9 supplétifs (armée, provisoire)",
        ),
        (
            (toll("exact", 5, 5), Toll("killed", "civilian", 5, 5, "exact"),
             Toll("abducted", None, 2, None, "vague")),
            "Bilan : 5 civils tués ; plusieurs personnes enlevées",
        ),
        (
            (toll("exact", 20, 20, said_by="army"),
             Toll("killed", "militant", 20, 20, "exact", "army")),
            "Bilan : 20 combattants tués selon l’armée (non vérifié)",
        ),
        (
            (toll("exact", 6, 6, said_by="local"), Toll("killed", "militant", 2, 2, "exact"),
             Toll("wounded", None, 4, 4, "exact", "medical")),
            "Bilan : 6 morts (sources locales) ; 2 combattants tués (non vérifié) ; "
            "4 blessés (source médicale)",
        ),
        (
            (toll("unknown_positive", 1, said_by="group"),),
            "Bilan : des morts, nombre non précisé, revendiqués par le Jnim (non vérifié)",
        ),
        (
            (toll("exact", 1, 1, said_by="group"),),
            "Bilan : 1 mort revendiqué par le Jnim (non vérifié)",
        ),
    ],
)  # fmt: skip
def test_the_toll_line_says_who_gives_each_figure(figures: tuple[Toll, ...], line: str) -> None:
    """One figure per speaker; claims and enemy dead are marked « non vérifié »."""
    facts = replace(BASE, tolls=figures, actors=(ActorRef("jnim", "perpetrator", "claimed"),))
    assert tolls.toll_line(FR, facts).replace("\u00a0", " ") == line


def figure(count: int) -> dict[str, object]:
    return {"who": "killed", "min": count, "max": count, "status": "exact",
            "said_by": "official", "provisional": False}  # fmt: skip


CHANGES = [
    (Change("toll_revised", {"who": "killed", "before": figure(8), "after": figure(5)}),
     "bilan revu à la baisse, 5 morts (officiel), 8 morts auparavant"),
    (Change("toll_up", {"who": "killed", "before": None, "after": figure(5)}),
     "5 morts (officiel)"),
    (Change("claim", {"actors": ("jnim",), "tolls": []}),
     "revendiqué par le Jnim (non vérifié)"),
    (Change("claim", {"actors": (), "tolls": [figure(70)]}),
     "bilan revendiqué : 70 morts (non vérifié)"),
    (Change("denial", {"by": ("army", "official")}), "l’armée et les autorités démentent"),
    (Change("outcome", {"before": None, "after": "repelled", "said_by": "army"}),
     "attaque repoussée, selon l’armée"),
    (Change("verification", {"before": "claimed", "after": "reported"}),
     "rapporté par plusieurs sources (affirmé par une seule partie auparavant)"),
    (Change("place", {"before": {"name": "Gao", "country": "ML", "precision": 3},
                      "after": {"name": "Ansongo", "country": "ML", "precision": 2}}),
     "lieu : près d’Ansongo, au lieu de : Gao (région)"),
    (Change("place", {"before": None,
                      "after": {"name": "Léré", "country": "ML", "precision": 1}}),
     "lieu : Léré"),
    (Change("country", {"countries": ("NE", "BF")}), "pays touchés : Niger et Burkina Faso"),
    (Change("stage", {"before": "announced", "after": "signed"}),
     "étape : signature (annonce auparavant)"),
    (Change("type", {"before": "ambush", "after": "abduction"}),
     "nature : enlèvement (embuscade auparavant)"),
    (Change("date", {"before": None, "after": "2023-09-01"}), "date : 1er sept. 2023"),
    (Change("actors", {"actors": ("fla", "jnim")}),
     "acteurs cités : le FLA (Azawad) et le Jnim"),
    (Change("origins", {"before": 1, "after": 3}),
     "3 origines indépendantes (1 auparavant)"),
    (Change("campaign", {"places": ("Kati", "Gao")}),
     "attaque coordonnée avec celle de Kati et Gao"),
    (Change("apart", {"ref": "ML-2026-0310-a"}), "de nouveau suivi à part de ML-2026-0310-a"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "fr"), CHANGES)
def test_every_kind_of_change_has_its_words(change: Change, fr: str) -> None:
    """Each difference that fusing can find is said in a short clause, in both languages."""
    assert changed(FR, (change,), BASE).replace("\u00a0", " ") == fr
    assert changed(EN, (change,), BASE) != ""


def test_no_kind_of_change_is_forgotten() -> None:
    """Whatever fusing finds to be different can be said."""
    assert {change.key for change, _ in CHANGES} == set(CHANGE_KEYS)


def test_only_the_most_important_changes_are_said() -> None:
    """They come most important first; nobody reads a tenth."""
    many = tuple(Change("origins", {"before": 1, "after": n}) for n in range(2, 10))
    assert changed(EN, many, BASE).count(";") == 3


@pytest.mark.parametrize(
    ("long", "short"),
    [
        ("attribué à le Jnim", "attribué au Jnim"),
        ("attribué à les VDP", "attribué aux VDP"),
        ("aux dépens de les VDP", "aux dépens des VDP"),
        ("aux dépens de le FLA", "aux dépens du FLA"),
        ("aux dépens de des hommes armés", "aux dépens d’hommes armés"),
        ("près de Ansongo", "près d’Ansongo"),
        ("près de Léré", "près de Léré"),
        ("à l’armée", "à l’armée"),
    ],
)
def test_french_contracts_and_elides(long: str, short: str) -> None:
    """Sentences made of pieces still read as a person would write them."""
    assert contract("fr", long) == short
    assert contract("en", long) == long


@pytest.mark.parametrize(
    ("seconds", "fr", "en"),
    [
        (3, "à l’instant", "just now"),
        (300, "il y a 5 minutes", "5 minutes ago"),
        (-300, "dans 5 minutes", "in 5 minutes"),
    ],
)
def test_relative_times(seconds: float, fr: str, en: str) -> None:
    """Positive seconds are past, negative ones lie ahead."""
    assert (FR.ago(seconds), EN.ago(seconds)) == (fr, en)
