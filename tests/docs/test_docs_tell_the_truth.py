"""The docs name every setting, verb, command and term, and no path that is not there."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]


def _table_keys(text: str) -> set[str]:
    return set(re.findall(r"^\| `([A-Z_]+)` \|", text, re.MULTILINE))


def test_every_setting_is_documented_and_none_is_invented() -> None:
    """docs/operate.md lists exactly the variables that bot/settings.py reads."""
    read = set(re.findall(r'reader\.read\(\s*"([A-Z_]+)"', (ROOT / "bot/settings.py").read_text()))
    assert _table_keys((ROOT / "docs/operate.md").read_text()) == read


def test_every_verb_is_documented() -> None:
    """Each verb of `--help` stands in docs/operate.md."""
    help_text = subprocess.run(
        [sys.executable, "-m", "bot", "--help"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    verbs = set(re.findall(r"^ {4}([a-z-]+) ", help_text, re.MULTILINE))
    documented = set(re.findall(r"`([a-z-]+)[ `]", (ROOT / "docs/operate.md").read_text()))
    assert verbs and verbs <= documented


@pytest.mark.parametrize("page", DOCS, ids=lambda page: page.name)
def test_paths_that_a_page_names_exist(page: Path) -> None:
    """A file or folder named in `code` or linked is there."""
    text = page.read_text()
    named = re.findall(r"`((?:bot|storage|tests|docs|scripts|benchmarks)/[\w./-]+)`", text)
    linked = [link for link in re.findall(r"\]\(([^)#:]+)\)", text)]
    missing = [name for name in named if not (ROOT / name).exists()]
    missing += [link for link in linked if not (page.parent / link).exists()]
    assert missing == []


def test_every_command_is_in_the_readme() -> None:
    """The README's table of commands is the registry's."""
    from bot.commands.dispatch import COMMANDS

    text = (ROOT / "README.md").read_text()
    assert [c.name for c in COMMANDS if f"`/{c.name}" not in text] == []


def test_make_targets_that_a_page_names_exist() -> None:
    """docs/benchmarks.md sends nobody to a target the Makefile does not have."""
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = set(re.findall(r"`make ([a-z-]+)", (ROOT / "docs/benchmarks.md").read_text()))
    assert named and named <= targets
