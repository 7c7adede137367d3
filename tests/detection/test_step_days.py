"""On which day states took a step: sentences written for this project."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from detecting import only

#: a Wednesday
PUBLISHED = datetime(2023, 12, 6, 12, tzinfo=UTC)


def day_of(title: str, summary: str = "", published: datetime = PUBLISHED) -> str | None:
    return only(title, summary, published=published).date


@pytest.mark.parametrize(
    ("title", "summary", "day"),
    [
        # the upheaval that brought them to power is no step of theirs
        (
            "Niger : le retrait de la mission européenne annoncé",
            "Le régime issu du coup d'État militaire du 26 juillet a annoncé le 4 décembre le "
            "retrait de l'EUCAP.",
            "2023-12-04",
        ),
        (
            "La Cédéao suspend le Gabon et le Niger",
            "La Cédéao a suspendu le Niger, conséquence du putsch du 28 novembre. La décision a "
            "été prise vendredi 1er décembre.",
            "2023-12-01",
        ),
        ("African Union suspends Niger over last week's military coup", "", None),
        # the day something ends, begins or must be done by
        ("Mali : pas de mandat prolongé pour la Minusma au-delà du 15 décembre", "", None),
        ("Les soldats allemands quitteront le Niger au plus tard le 15 décembre", "", None),
        ("Chad tells French troops to leave by December 20", "", None),
        ("La Minusma rétrocède son camp à Ber", "Le mandat prend fin au 31 décembre 2023.", None),
        ("Le Mali se retire du G5 Sahel à compter du 30 décembre", "", None),
        # another step, recalled or planned
        (
            "La France reprend au Mali ses opérations conjointes suspendues le 20 novembre",
            "L'état-major français l'a fait savoir lundi 4 décembre.",
            "2023-12-04",
        ),
        (
            "La Cédéao ferme ses frontières avec le Niger",
            "Elle prévoit un sommet sur les sanctions contre le Niger le 10 décembre.",
            None,
        ),
        (
            "Niger : l'espace aérien rouvert",
            "Le Niger avait fermé son espace aérien le 12 novembre.",
            None,
        ),
        # the press is no party
        ("Le Mali et la Russie signent un accord de défense, rapporte mardi un journal", "", None),
        # a planned summit carries the day it is planned for
        (
            "L'AES convoque un sommet à Bamako",
            "Après une réunion lundi, un sommet de l'AES est prévu le 22 décembre à Bamako.",
            "2023-12-22",
        ),
        # a day makes a week exact
        (
            "Niger keeps border with Benin closed, leader says this weekend",
            "He spoke at a rally on Saturday.",
            "2023-12-02",
        ),
    ],
)
def test_a_step_has_the_day_it_was_decided(title: str, summary: str, day: str | None) -> None:
    """Days of a coup, a deadline, another step or a newspaper are not its own."""
    assert day_of(title, summary) == day
