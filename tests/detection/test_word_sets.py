"""The small sets of words are data: checked when read, and each asked for by a rule."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import bot.detect
from bot.detect import word_sets
from bot.detect.lexicon import LexiconError


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("- set: x\n  fr: [mot]\n", "line 1: “set” (its name) and “for” (what for) must be texts"),
        ("- set: x\n  for: y\n  de: [Wort]\n", "line 1: unknown key “de”"),
        ("- set: x\n  for: y\n  parts: 2\n  fr: [mot]\n", "line 1: “parts” is true or left out"),
        ("- set: x\n  for: y\n", "line 1: no words"),
        (
            "- set: x\n  for: y\n  fr: [mot]\n- set: x\n  for: y\n  fr: [mot]\n",
            "line 4: there is a set “x” before this one",
        ),
    ],
)
def test_a_faulty_set_names_file_and_line(tmp_path: Path, text: str, message: str) -> None:
    """Whoever edits the words is told where and what to mend."""
    path = tmp_path / "word_sets.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(LexiconError) as raised:
        word_sets.read_sets(path)
    assert message in str(raised.value)
    assert str(raised.value).startswith("word_sets.yaml")


def test_a_set_that_is_not_there_is_named() -> None:
    """A rule whose words were deleted says so instead of never matching."""
    with pytest.raises(LexiconError, match="a set “unheard_of” of whole words is needed"):
        word_sets.words("unheard_of")
    with pytest.raises(LexiconError, match="a set “goods” with “parts: true” is needed"):
        word_sets.parts("goods")


def test_every_set_is_asked_for() -> None:
    """Words that no rule asks for would be edited in vain."""
    folder = Path(bot.detect.__file__).parent
    asked = {
        (name, kind == "parts")
        for source in folder.glob("*.py")
        for kind, name in re.findall(r"word_sets\.(words|parts)\(\"(\w+)\"\)", source.read_text())
    }
    assert set(word_sets.read_sets(folder / "data" / "word_sets.yaml")) == asked
