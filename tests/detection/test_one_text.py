"""Title and summary are read as one text that says nothing twice."""

from __future__ import annotations

import pytest
from detecting import labels_of

from bot.detect.one_text import one_text
from bot.detect.report import Item


@pytest.mark.parametrize(
    ("title", "summary", "text"),
    [
        (
            "Six soldats tués à Boni",
            "Six soldats tués à Boni, dit l'armée.",
            "Six soldats tués à Boni, dit l'armée.",
        ),
        (
            "Burkina Faso : Six soldats tués à Boni",
            "Six soldats tués à Boni, dit l'armée.",
            "Burkina Faso : Six soldats tués à Boni, dit l'armée.",
        ),
        (
            "Mali : six soldats tués à Boni",
            "Un convoi a été attaqué lundi.",
            "Mali : six soldats tués à Boni\nUn convoi a été attaqué lundi.",
        ),
    ],
)
def test_a_repeated_title_is_told_once(title: str, summary: str, text: str) -> None:
    """« Mali : » before a title that the summary repeats stays as the topic."""
    assert one_text(Item(title, summary, None))[0].original == text


@pytest.mark.parametrize("topic", ["", "Mali : "])
def test_a_country_before_a_headline_changes_no_label(topic: str) -> None:
    """What is told is the same under « Mali : »."""
    title = (
        "Après les derniers affrontements de Tessalit entre l'armée et les rebelles touareg, "
        "Bamako publie un bilan"
    )
    summary = title + " et des témoignages. Le calme est revenu dans la ville."
    assert labels_of(topic + title, summary) == ["attack"]
