"""The facts of one report: whose figure, which place, which actor, what it came to."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from detecting import detector

from bot.detect.report import Item, Report


def told(title: str, summary: str = "", day: str = "2024-06-20") -> Report:
    published = datetime.fromisoformat(f"{day}T08:00:00").replace(tzinfo=UTC)
    return detector().detect(Item(title, summary, published=published)).reports[0]


def totals(report: Report) -> list[tuple[int | None, str | None]]:
    return [(t.min, t.said_by) for t in report.tolls if t.who == "killed" and t.group is None]


def test_two_speakers_two_totals() -> None:
    """The claim of a group never replaces the army's figure; it stands beside it."""
    report = told(
        "Bénin : 28 soldats tués selon l'armée, plus de 30 selon le Jnim",
        "L'attaque a eu lieu mercredi dans le parc W.",
    )
    assert totals(report) == [(28, "army"), (31, "group")]


def test_a_claim_comes_after_the_governors_figure() -> None:
    """« le groupe revendique 30 morts » is told last, though it is the larger figure."""
    report = told(
        "Burkina : au moins 12 morts dans l'attaque d'un village près de Barsalogho",
        "Le groupe revendique 30 morts tandis que le gouverneur évoque 12 civils tués.",
    )
    assert totals(report) == [(12, "official"), (30, "group")]


def test_fighters_of_an_ally_are_victims_of_the_rebels() -> None:
    """84 men of Wagner and 47 soldiers are 131 dead, said by the rebels alone."""
    report = told(
        "Mali : combats à Tinzaouatène",
        "Les rebelles du CSP affirment avoir tué 84 combattants de Wagner et 47 soldats maliens.",
    )
    assert totals(report) == [(131, "group")]


def test_provisional_carries_over_to_the_title() -> None:
    """The same figure is provisional in the title too, where the lead says so."""
    report = told(
        "Burkina : 37 morts dans l'attaque d'un convoi",
        "Le bilan provisoire est de 37 morts, selon le gouverneur de l'Est.",
    )
    assert report.headline_killed is not None
    assert report.headline_killed.provisional


def test_the_place_of_a_source_is_no_place_of_the_attack() -> None:
    """The hospital of Gao tells of an ambush near Ménaka."""
    report = told(
        "Mali : trois soldats tués dans une embuscade",
        "L'embuscade a eu lieu lundi près de Ménaka, a indiqué une source hospitalière à Gao.",
    )
    assert [(p.name, p.precision) for p in report.places] == [("Ménaka", 2)]


def test_a_capital_that_comments_is_not_the_place() -> None:
    """A sentence that tells of no violence does not move the attack to its capital."""
    report = told(
        "Rebels kill four soldiers near Léré",
        "Fighters of the CSP attacked a patrol near Léré in the Timbuktu region on Saturday. "
        "Officials in Niamey and Ouagadougou condemned it.",
    )
    assert report.countries == ("ML",)
    assert (report.places[0].name, report.places[0].precision) == ("Léré", 2)
    assert "capital_or_airport" not in report.flags


def test_a_point_of_reference_is_not_the_capital_attacked() -> None:
    """A hundred kilometres north of Ouagadougou is not Ouagadougou."""
    report = told(
        "Burkina : quatre gendarmes tués",
        "Ils sont tombés dans une embuscade à cent kilomètres au nord de Ouagadougou.",
    )
    assert "capital_or_airport" not in report.flags


@pytest.mark.parametrize(
    ("name", "day", "expected"),
    [
        ("CSP", "2019-05-05", "unknown"),
        ("CSP", "2023-10-05", "csp"),
        ("FLA", "2024-03-25", "unknown"),
        ("FLA", "2025-02-10", "fla"),
    ],
)
def test_an_actor_acts_in_its_own_years(name: str, day: str, expected: str) -> None:
    """A name before its group existed, or long after, is nobody we know."""
    title = f"Mali : des rebelles du {name} attaquent un camp de l'armée à Anéfis"
    report = told(title, "Sept soldats ont été tués, selon une source locale.", day)
    assert [a.id for a in report.actors if a.role == "perpetrator"] == [expected]


@pytest.mark.parametrize(
    "lead",
    [
        "Des hommes armés se sont emparés dimanche des deux camps militaires de Léré.",
        "Les jihadistes ont pris le camp de Soumpi lundi, tuant neuf soldats.",
    ],
)
def test_a_camp_taken_is_seized(lead: str) -> None:
    """Taking a camp says more than attacking it, and is its outcome."""
    report = told("Mali : deux camps militaires pris", lead)
    assert (report.type, report.outcome) == ("territory_seized", "seized")


def test_missing_after_an_attack_is_no_abduction() -> None:
    """Nobody says that missing soldiers were taken."""
    report = told(
        "Mali : 17 soldats tués à Tessit",
        "Dix-sept soldats ont été tués dimanche dans une attaque ; neuf sont portés disparus.",
    )
    assert report.type != "abduction"


def test_who_attacked_is_not_turned_into_the_target() -> None:
    """The army's dead attackers do not make the attack the army's operation."""
    report = told(
        "Mali : attaques coordonnées",
        "Le Jnim a attaqué mardi sept positions de l'armée à Kayes, Niono et Diboli. "
        "L'armée dit avoir neutralisé 80 assaillants.",
    )
    assert [a.id for a in report.actors if a.role == "perpetrator"] == ["jnim"]
    assert "state_operation" not in report.flags


def test_why_holds_words_of_the_article() -> None:
    """Every reason stands in the article, folded or as written, and there are few of them."""
    title = "Mali : six soldats tués dans une embuscade près de Gossi"
    why = told(title).why
    assert 0 < len(why) <= 8
    assert all(word.lower() in title.lower().replace("é", "e") or word in title for word in why)


@pytest.mark.parametrize(
    ("title", "summary", "outcome"),
    [
        ("Mali : un poste pris d'assaut à Loulouni",
         "Deux gendarmes ont été tués. Les assaillants ont emporté des armes avant de se retirer.",
         "withdrawn"),
        ("Burkina : le camp militaire de Djibo attaqué par des jihadistes",
         "Des tirs sont entendus depuis ce matin autour du camp.", "ongoing"),
        ("Niger : un kamikaze abattu à l'entrée du marché de Diffa",
         "Sa charge n'a pas explosé.", "foiled"),
    ],
)  # fmt: skip
def test_how_it_ended(title: str, summary: str, outcome: str) -> None:
    """Gone again, still shooting, or stopped in time."""
    assert told(title, summary).outcome == outcome


def test_signs_and_dots_put_into_words() -> None:
    """Written so that a platform's filter passes them; read like anybody else's words."""
    report = told("Mali : un village de Mopti att@qué", "Trois villageois ont été t.ués.")
    assert report.headline_killed is not None
    assert report.headline_killed.min == 3
