"""On which day an attack was: sentences written for this project."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from detecting import detect

#: a Thursday
PUBLISHED = datetime(2024, 9, 19, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("title", "summary", "day"),
    [
        (
            "Des hommes armés attaquent une caserne à Bamako ce matin du mardi 17 septembre 2024",
            "",
            "2024-09-17",
        ),
        # mourning, a count of the dead, another attack before: each has a day of its own
        (
            "Niger : deuil national à compter de mercredi après l'attaque de Bosso, 30 morts",
            "",
            None,
        ),
        (
            "Niger : dix soldats tués à Bosso",
            "Le pays entame mercredi un deuil de trois jours après l'attaque de lundi.",
            "2024-09-16",
        ),
        (
            "Mali : sept soldats tués près de Diabaly",
            "L'armée a donné mercredi un premier bilan de l'embuscade tendue dimanche.",
            "2024-09-15",
        ),
        ("Mali : le bilan de l'attaque de lundi à Ber passe à dix morts", "", "2024-09-16"),
        (
            "Burkina : dix civils tués à Arbinda",
            "La commune d'Arbinda avait déjà été endeuillée vendredi.",
            None,
        ),
    ],
)
def test_an_attack_has_its_own_day(title: str, summary: str, day: str | None) -> None:
    report = next(r for r in detect(title, summary, published=PUBLISHED).reports)
    assert (report.kind, report.date) == ("attack", day)
