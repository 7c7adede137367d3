"""The fields of a report: each from the words that tell it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from detecting import PUBLISHED, detect, only


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Mali : embuscade contre un convoi de l'armée, cinq soldats tués", "ambush"),
        ("Mali : un camp militaire attaqué par des hommes armés à Dioura", "position_attack"),
        ("Niger : deux soldats tués par l'explosion d'une mine à Torodi", "ied_landmine"),
        ("Mali : frappe de drone à Tinzaouaten, sept morts", "air_drone_strike"),
        ("Tombouctou, au Mali, touchée par des tirs d'obus", "shelling"),
        ("Nigeria : attentat-suicide dans un marché de Maiduguri", "suicide_bomb"),
        ("Niger : une touriste enlevée à Agadez", "abduction"),
        ("Burkina : massacre de villageois à Solhan", "attack_on_civilians"),
        ("Mali : les jihadistes se sont emparés de la ville de Farabougou", "territory_seized"),
        ("Mali : affrontements entre l'armée et des rebelles au nord de Kidal", "armed_clash"),
        ("Mali : le Jnim annonce un blocus de Kayes et Nioro", "siege_blockade"),
        ("Gunmen abduct forty pupils from a school in Kebbi, Nigeria", "abduction"),
        ("Roadside bomb kills three soldiers near Gao, Mali", "ied_landmine"),
    ],
)
def test_the_kind_of_attack(text: str, kind: str) -> None:
    """The most specific kind the text supports (FACTS rule 2)."""
    assert only(text).type == kind


@pytest.mark.parametrize(
    ("text", "kind", "stage", "countries"),
    [
        ("Le Mali et le Niger signent un accord de défense", "defence_pact", "signed",
         {"ML", "NE"}),
        ("Le Niger dénonce son accord militaire avec les États-Unis", "military_cooperation",
         "ended", {"NE", "US"}),
        ("La CEDEAO lève ses sanctions contre le Niger", "sanctions_lifted", "announced", {"NE"}),
        ("Les derniers soldats français ont quitté le Tchad", "troop_withdrawal", None,
         {"TD", "FR"}),
        ("Mali recalls its ambassador from Algeria", "diplomatic_rupture", "announced",
         {"ML", "DZ"}),
        ("L'Algérie ferme son espace aérien au Mali", "border_airspace", "implemented",
         {"DZ", "ML"}),
        ("L'Alliance des États du Sahel lance sa force conjointe", "joint_force", "announced",
         {"ML", "BF", "NE"}),
        ("Burkina Faso, Mali and Niger withdraw from ECOWAS", "membership_change", "announced",
         {"ML", "BF", "NE"}),
    ],
)  # fmt: skip
def test_the_step_its_stage_and_parties(
    text: str, kind: str, stage: str | None, countries: set[str]
) -> None:
    """Type, stage and states of a step between states."""
    report = only(text)
    assert report.type == kind
    assert set(report.countries) == countries
    if stage is not None:
        assert report.stage == stage


def test_place_day_toll_and_speaker() -> None:
    """Where, when, how many, who says so."""
    report = only(
        "Mali : attaque d'un camp militaire à Dioura",
        "Des hommes armés ont attaqué lundi le camp de Dioura, tuant douze soldats, a annoncé "
        "l'état-major.",
    )
    assert [(p.name, p.country, p.precision) for p in report.places][:1] == [("Dioura", "ML", 1)]
    assert (report.date, report.date_precision) == ("2026-11-16", 1)
    killed = report.headline_killed
    assert killed is not None
    assert (killed.min, killed.max, killed.status) == (12, 12, "exact")
    assert report.said_by == "army"


def test_the_day_of_the_statement_is_not_the_day_of_the_attack() -> None:
    """« a annoncé mardi » dates the announcement."""
    report = only("L'armée nigérienne a annoncé mardi qu'un poste avait été attaqué à Torodi")
    assert report.date is None


def test_a_claim_is_told_as_a_claim() -> None:
    """The doer's own word is labelled so."""
    report = only("Le Jnim revendique l'attaque du camp militaire de Dioura, au Mali")
    assert (report.attribution, report.said_by) == ("claimed", "group")


def test_what_the_army_says_of_the_end() -> None:
    """« affirme avoir repoussé » is an outcome according to the army."""
    report = only(
        "Mali : des assaillants ont attaqué un camp à Bourem, l'armée affirme les avoir repoussés"
    )
    assert (report.outcome, report.outcome_said_by) == ("repelled", "army")


def test_two_happenings_told_apart() -> None:
    """Separate places and days make separate reports, each with its own dead."""
    detection = detect(
        "",
        "Dimanche 15 novembre, des hommes armés ont attaqué un camp militaire à Djibo, tuant six "
        "soldats.\nParallèlement, un convoi est tombé mardi 17 novembre dans une embuscade près "
        "de Kaya : trois gendarmes tués.",
    )
    told = [
        (r.date, r.places[0].name, r.headline_killed.min if r.headline_killed else None)
        for r in detection.pushable
    ]
    assert told == [("2026-11-15", "Djibo", 6), ("2026-11-17", "Kaya", 3)]


def test_a_title_repeated_by_the_summary_is_read_once() -> None:
    """Feeds without headlines give the first sentence twice; the dead are not doubled."""
    text = "Six soldats ont été tués dans une embuscade près de Djibo, au Burkina Faso."
    report = only(text, text + " Deux autres sont blessés.", published=PUBLISHED)
    assert {(t.who, t.min) for t in report.tolls if t.group is None} == {
        ("killed", 6), ("wounded", 2)
    }  # fmt: skip


def test_confidence_grows_with_evidence() -> None:
    """A bare word is less sure than a full dispatch."""
    thin = only("Mali : une embuscade signalée vers Hombori")
    full = only(
        "Mali : des jihadistes tuent neuf soldats dans une embuscade à Hombori",
        "Un convoi militaire a été attaqué à la roquette.",
    )
    assert 0 <= thin.confidence < full.confidence <= 1


def test_a_missing_day_stays_unknown() -> None:
    """Without a publication date a weekday names no day."""
    report = only("Mali : un camp militaire attaqué lundi à Dioura", published=None)
    assert (report.date, report.date_precision) == (None, 4)


def test_the_published_day_of_the_item_rules() -> None:
    """The same weekday in another week is another day."""
    text = "Mali : des hommes armés ont attaqué lundi un camp à Dioura"
    earlier = only(text, published=datetime(2026, 11, 11, tzinfo=UTC))
    assert earlier.date == "2026-11-09"


def test_ground_taken_is_told_by_a_noun() -> None:
    """« la prise de … par »: the name right behind, and who took it."""
    told = only("Mali : la prise de Farabougou par les jihadistes", "Les habitants fuient.")
    assert [place.name for place in told.places] == ["Farabougou"]
