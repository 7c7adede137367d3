"""What happened, what is feared, what is long past: only the first is pushed."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from detecting import detect, labels_of, only


@pytest.mark.parametrize(
    ("text", "realis"),
    [
        ("Bamako craint une attaque terroriste pendant les fêtes", "hypothetical"),
        ("Mali : exercice de simulation d'une attaque jihadiste à Sévaré", "hypothetical"),
        ("Depuis 2015, des attaques jihadistes ensanglantent le Burkina", "historical"),
        ("Un an après le massacre de villageois à Solhan, le Burkina se souvient", "historical"),
        ("Mali : fausses informations sur une attaque jihadiste à Kati", "negated"),
        ("UN warns of attacks by jihadists in northern Benin", "hypothetical"),
        ("Jihadist attacks could spread to northern Ghana, UN says", "hypothetical"),
        (
            "Mali : douze otages, dont deux femmes, ont été relâchés par leurs ravisseurs",
            "historical",
        ),
    ],
)
def test_what_did_not_happen_is_not_pushed(text: str, realis: str) -> None:
    """Such a report may be kept, but it alerts nobody."""
    detection = detect(text)
    assert detection.labels == []
    assert [report.realis for report in detection.reports] == [realis]


@pytest.mark.parametrize(
    "text",
    [
        "Mali : des tirs nourris entendus à Kati, une attaque jihadiste en cours",
        "Attack under way on army base in Djibo, Burkina Faso, gunfire heard",
        "Niger : dix-sept pèlerins enlevés près de Téra, dont sept déjà relâchés",
    ],
)
def test_an_attack_under_way_is_pushed(text: str) -> None:
    """What is still going on is the most urgent of all."""
    assert labels_of(text) == ["attack"]


def test_an_old_day_makes_it_historical() -> None:
    """An item that tells of a day long before its publication is no news."""
    published = datetime(2026, 11, 18, tzinfo=UTC)
    text = "Le 4 mars 2026, des hommes armés attaquent un camp militaire à Djibo : dix morts"
    report = only(text, published=published)
    assert (report.realis, report.date) == ("historical", "2026-03-04")


def test_a_background_sentence_leaves_the_item_alone() -> None:
    """The last paragraph of every dispatch must neither alert nor lend its figures."""
    report = only(
        "Burkina : six soldats tués dans une embuscade près de Djibo",
        "Depuis 2015, le pays est en proie à des violences qui ont fait des milliers de morts.",
    )
    assert [(t.who, t.group, t.min) for t in report.tolls if t.group is None] == [
        ("killed", None, 6)
    ]
