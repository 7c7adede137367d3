"""Who a text really comes from."""

from __future__ import annotations

import pytest

from bot.events.origin import credited, origin_of


@pytest.mark.parametrize(
    ("title", "summary", "expected"),
    [
        ("Attaque à Tessit", "Des hommes armés ont attaqué (AFP) le camp.", "AFP"),
        ("Attaque à Tessit (Reuters)", "", "Reuters"),
        ("Attaque à Tessit", "BAMAKO, 3 juin (Xinhua) -- Le camp a été attaqué.", "Xinhua"),
        ("Attaque à Tessit", "MOSCOU, 3 avril. /TASS/. Le ministre a dit.", "TASS"),
        ("Attaque à Tessit", "Selon RFI, le camp est tombé.", "RFI"),
        ("Attaque à Tessit", "Le camp est tombé, a dit un élu à l'AFP.", "AFP"),
        ("Attack on Tessit", "A local official told Reuters that the camp had fallen.", "Reuters"),
        ("Attaque à Tessit", "Selon RFI, le camp est tombé. (avec AFP)", "AFP"),
        ("Attaque à Tessit", "Source : APAnews", "APA"),
        ("Attaque à Tessit", "Agadez, 3 juin (ANP) - Le poste a été attaqué.", "ANP"),
        ("Attaque à Tessit", "L'ANP a abattu deux terroristes près de la frontière.", None),
        ("Attaque à Tessit", "Sur la route AA, l'AP du village a brûlé.", None),
        ("Attaque à Tessit", "Le camp est tombé.", None),
    ],
)
def test_credits_in_texts(title: str, summary: str, expected: str | None) -> None:
    """A signature wins over a citation; letters that mean something else need a signature."""
    assert credited(title, summary) == expected


def test_without_a_credit_the_feed_is_the_origin() -> None:
    """DESIGN 4: an item whose origin is not credited has its feed as origin."""
    assert origin_of("t", "s", feed_origin=None, feed_name="Écho") == "Écho"
    assert origin_of("t", "s", feed_origin="RFI", feed_name="Écho") == "RFI"
    assert origin_of("t", "s (AFP)", feed_origin="RFI", feed_name="Écho") == "AFP"
