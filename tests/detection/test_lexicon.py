"""The data files are checked when read, and every fault names its file and line."""

from __future__ import annotations

from pathlib import Path

import pytest
from detecting import detector

from bot.detect.actors import Actors
from bot.detect.forms import expand
from bot.detect.lexicon import TABLES, Lexicon, LexiconError, read_entries
from bot.detect.text import Doc


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_a_pattern_stands_for_its_forms() -> None:
    """Alternatives, options and nested brackets, folded as texts are."""
    assert expand("attaqu(é|ées)") == ["attaque", "attaquees"]
    assert expand("mine(s)") == ["mines", "mine"]
    assert expand("(defen(c|s)e|security) pact") == [
        "defence pact",
        "defense pact",
        "security pact",
    ]


@pytest.mark.parametrize("pattern", ["attaqu(é", "attaqué)", "a|b", "", "(a|)"])
def test_a_broken_pattern_is_refused(pattern: str) -> None:
    """A slip of the linguist must not become a word that never or always matches."""
    with pytest.raises(ValueError, match="“"):
        expand(pattern)


def test_too_many_forms_are_refused() -> None:
    """A pattern that explodes is told, not loaded."""
    with pytest.raises(ValueError, match="split it"):
        expand("(a|b|c|d|e|f)" * 6)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("- type: ambush\n  strength: S\n", "attack.yaml, line 1: “part” is missing"),
        (
            "- type: ambush\n  strength: X\n  part: noun\n  fr: [embuscade]\n",
            "attack.yaml, line 1: “strength: X” is not one of S, M, w",
        ),
        (
            "- type: picnic\n  strength: S\n  part: noun\n  fr: [embuscade]\n",
            "attack.yaml, line 1: “type: picnic” is not one of armed_clash",
        ),
        (
            "# a comment\n- type: ambush\n  strength: S\n  part: noun\n  de: [Hinterhalt]\n",
            "attack.yaml, line 2: unknown key “de”",
        ),
        (
            "- type: ambush\n  strength: S\n  part: noun\n  fr: [embuscade(s]\n",
            "attack.yaml, line 1: a bracket of “embuscade(s” is never closed",
        ),
        (
            "- type: ambush\n  strength: S\n  part: noun\n  fr: [no]\n",
            "words that YAML reads as numbers or yes/no need quotes",
        ),
        ("- type: ambush\n  strength: S\n  part: noun\n", "line 1: no words"),
        ("type: ambush\n", "attack.yaml, line 1: expected a list of entries"),
        ("- [unclosed\n", "attack.yaml, line 2: not readable as YAML"),
    ],
)
def test_a_faulty_entry_names_file_and_line(tmp_path: Path, text: str, message: str) -> None:
    """Whoever edits the words is told where and what to mend."""
    path = write(tmp_path, "attack.yaml", text)
    with pytest.raises(LexiconError) as raised:
        list(read_entries(path, TABLES["attack.yaml"]))
    assert message in str(raised.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("- side: STATE\n", "actors.yaml, line 1: “id” is missing"),
        ("- id: x\n  side: GOOD\n", "“side: GOOD” is not one of STATE"),
        (
            "- id: x\n  side: STATE\n  fr: [a b]\n- id: x\n  side: STATE\n",
            "actors.yaml, line 4: “x” stands twice",
        ),
        (
            "- id: x\n  side: STATE\n  short: [XY]\n",
            "“short” forms need context words under “needs”",
        ),
        (
            "- id: x\n  side: STATE\n  valid_from: soon\n",
            "“valid_from” must be a day such as 2024-11-30",
        ),
    ],
)
def test_a_faulty_actor_names_file_and_line(tmp_path: Path, text: str, message: str) -> None:
    """Actors are checked like words."""
    with pytest.raises(LexiconError) as raised:
        Actors(write(tmp_path, "actors.yaml", text))
    assert message in str(raised.value)


def test_an_object_must_use_acts_that_exist(tmp_path: Path) -> None:
    """A mistyped act would silence a step without a word."""
    path = write(
        tmp_path, "alliance_objects.yaml",
        "- object: pact\n  acts: {sing: defence_pact signed}\n  fr: [pacte]\n",
    )  # fmt: skip
    entries = list(read_entries(path, TABLES["alliance_objects.yaml"]))
    with pytest.raises(LexiconError, match="sing: defence_pact signed"):
        Lexicon.check(entries)


def test_the_package_words_load() -> None:
    """The files of the package themselves pass every check."""
    actors = Actors.load()
    assert {"jnim", "csp", "fla", "is_sahel", "fama", "unknown"} <= set(actors.by_id)
    Lexicon.load(actors.entries)


def test_a_sign_that_folds_into_several_words_is_one() -> None:
    """« ﷺ » is written out by folding; what stands behind it is still found where it stands."""
    doc = Doc("ﷺ embuscade à Gao")
    marks = detector().lexicon.scan(doc)
    assert ("embuscade", 1) in [(mark.text, mark.first) for mark in marks]
    assert doc.raw(doc.sentences[0]) == doc.original
