"""Steps between states in the phrases headlines like: sentences written for this project."""

from __future__ import annotations

import pytest
from detecting import labels_of, only

STEPS = [
    ("Paris plie bagage au Tchad", "troop_withdrawal", "announced"),
    ("Chad tells France to pack up", "troop_withdrawal", "announced"),
    ("Senegal wants French soldiers out by year end", "troop_withdrawal", "announced"),
    ("L'Allemagne ramènera ses soldats du Mali d'ici mai", "troop_withdrawal", "announced"),
    ("Les derniers casques bleus quittent Kidal", "troop_withdrawal", "implemented"),
    ("La France va rendre la base de Port-Bouët à l'armée ivoirienne", "base_change", "announced"),
    ("Niger pulls out of Lake Chad anti-jihadist force", "membership_change", "announced"),
    ("Le Mali et le Niger ne sont plus membres de la CEDEAO", "membership_change", "in_force"),
    ("West African bloc lifts trade curbs on Niger", "sanctions_lifted", "announced"),
    ("ECOWAS and Sahel states open talks on future ties", "mediation_talks", "negotiating"),
    ("Washington livre douze avions au Nigeria", "military_cooperation", "implemented"),
    ("Alger dit non à toute intervention armée au Niger", "intervention_threat", "rejected"),
    ("Visas : le Mali applique la réciprocité aux Américains", "diplomatic_rupture", "announced"),
    ("Algeria's ambassador returns to Niamey", "diplomatic_thaw", "implemented"),
    ("La Guinée demande à rejoindre l'AES", "membership_change", "announced"),
    ("Guinea asks to join Alliance of Sahel States", "membership_change", "announced"),
    ("Le Bénin rouvre sa frontière avec le Niger", "border_airspace", "implemented"),
    (
        "Le Burkina et le Bénin signent un accord de patrouilles mixtes",
        "joint_operation",
        "signed",
    ),
    ("Les dirigeants de l'AES attendus à Niamey pour leur premier sommet", "summit", "announced"),
]


@pytest.mark.parametrize(("title", "kind", "stage"), STEPS)
def test_a_step_is_told_in_any_turn_of_phrase(title: str, kind: str, stage: str) -> None:
    """A farewell, a refusal or a plan is a step as much as a decree is."""
    report = only(title)
    assert (report.kind, report.type, report.stage) == ("alliance", kind, stage)


@pytest.mark.parametrize("title", [
    "Mali accuses Algeria of harbouring armed groups",
    "Burkina Faso and Ghana to boost cattle trade",
    "AES Corp shares rise after quarterly results",
    "Sommet Afrique-France : Macron mise sur l'innovation",
])  # fmt: skip
def test_no_step_stays_quiet(title: str) -> None:
    """An accusation, trade, a company's name or a summit on other subjects is no step."""
    assert labels_of(title) == []


def test_a_border_names_both_its_sides() -> None:
    """The neighbour is a party where the border itself opens or closes."""
    assert set(only("Le Bénin rouvre sa frontière avec le Niger").countries) == {"BJ", "NE"}
