"""The language of an item: the text rules, the feed's word helps where it is too short."""

from __future__ import annotations

import pytest
from detecting import detect

from bot.detect.language import Languages


@pytest.mark.parametrize(
    ("text", "hint", "language"),
    [
        ("L'armée malienne annonce avoir repoussé une attaque dans le nord", "en", "fr"),
        ("The Malian army says it has repelled an attack in the north", "fr", "en"),
        ("Attaque", "fr", "fr"),
        ("Attaque", None, "und"),
        ("", "en-GB", "en"),
    ],
)
def test_the_language(text: str, hint: str | None, language: str) -> None:
    """A declared language is a hint, not a fact."""
    assert Languages().of(text, hint) == language


def test_the_detection_carries_it() -> None:
    """Users choose by language."""
    assert detect("Six soldats tués dans une embuscade près de Hombori, au Mali").language == "fr"
