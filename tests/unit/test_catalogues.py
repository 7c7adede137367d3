"""The catalogues say the same things in every language, and exactly what the code asks for."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from string import Formatter
from typing import get_args

import pytest
import yaml
from babel.messages.pofile import read_po

from bot.detect.report import (
    ALLIANCE_TYPES,
    ATTACK_TYPES,
    OUTCOMES,
    SPEAKERS,
    STAGES,
    TOLL_GROUPS,
    TOLL_WHO,
)
from bot.events.facts import SEVERITIES, VERIFICATIONS
from bot.events.hand import Refusal
from bot.events.rulings import FIELDS
from bot.feeds.mistake import MISTAKES
from bot.feeds.problem import PROBLEMS
from bot.messages.i18n import LANGUAGES, Catalogue, MissingText
from storage.model import RulingAction

ROOT = Path(__file__).parents[2]
LOCALES = ROOT / "bot" / "messages" / "locales"

#: keys that the code makes from a value: prefix → every value it can have
FAMILIES: dict[str, tuple[str, ...]] = {
    "type.": (*ATTACK_TYPES, *ALLIANCE_TYPES),
    "against.": ATTACK_TYPES,
    "stage.": STAGES,
    "verification.": VERIFICATIONS,
    "severity.": SEVERITIES,
    "title.attack.": SEVERITIES,
    "title.alliance.": SEVERITIES,
    "speaker.": SPEAKERS,
    "outcome.": OUTCOMES,
    "toll.noun.": TOLL_WHO,
    "toll.noun_of.": TOLL_WHO,
    "toll.none.": TOLL_WHO,
    "toll.by.": tuple(s for s in SPEAKERS if s not in ("group", "unknown")),
    "toll.enemy.": ("army", "official", "unknown"),
    "toll.vague.": ("several", "dozens", "hundreds", "thousands"),
    "group.": tuple(group for group in TOLL_GROUPS if group != "unknown"),
    "precision.place.": ("1", "2", "3", "4", "5"),
    "precision.date.": ("1", "2", "3", "4"),
    "alliance.": ("party", "mediator"),
    "change.": (
        "toll_up", "toll_revised", "verification", "verification_first", "stage", "stage_first",
        "type", "type_first",
    ),
    "flag.": (
        "coordinated", "capital_or_airport", "civilian_targeting", "aid_worker",
        "foreigner_involved", "official_killed", "communal", "state_operation",
    ),
    "problem.": tuple(PROBLEMS),
    "mistake.": tuple(MISTAKES),
    "rhythm.": ("day", "week", "month"),
    "understood.kind.": ("attack", "alliance"),
    "review.": get_args(Refusal),
    "review.how_": get_args(RulingAction),
    "log.": get_args(RulingAction),
    "field.": FIELDS,
    "example.": tuple(
        f"{name}.{part}"
        for name in ("country", "near", "actor", "severity", "words")
        for part in ("query", "meaning")
    ),
}  # fmt: skip
#: names of bodies outside our lists are welcome too
OPEN_FAMILIES = ("actor.",)
#: what an inflected language adds and another leaves out
GRAMMAR = {"e", "n"}

_KEY = re.compile(r"[a-z_0-9]+(\.[a-z_0-9]+)*")


@cache
def forms(language: str) -> dict[str, tuple[str, ...]]:
    """Every key with its plural forms."""
    with (LOCALES / language / "LC_MESSAGES" / "messages.po").open("rb") as file:
        catalog = read_po(file, locale=language, abort_invalid=True)
    found: dict[str, tuple[str, ...]] = {}
    for message in catalog:
        if message.id:
            key = message.id if isinstance(message.id, str) else message.id[0]
            strings = message.string
            found[key] = (strings,) if isinstance(strings, str) else tuple(strings or ())
    return found


def named(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def asked_in_code() -> set[str]:
    """Every constant that the code passes where a key is expected."""
    keys: set[str] = set()
    for path in (ROOT / "bot").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call):
                keys |= set(_keys_of(node))
            elif isinstance(node, ast.Assign | ast.Dict):
                keys |= {k for k in _constants(node) if k in forms("fr")}
    return keys


def _keys_of(call: ast.Call) -> Iterator[str]:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else ""
    name = call.func.id if isinstance(call.func, ast.Name) else name
    place = {"Text": 0, "text": 0, "QueryError": 0, "BadField": 0, "_line": 1, "_named": 0,
             "_listed": None, "Command": 2, "_carry_out": 2}.get(name)  # fmt: skip
    if place is not None and len(call.args) > place:
        yield from _constants(call.args[place])


def _constants(node: ast.AST) -> Iterator[str]:
    # pieces of keys, and keys of dictionaries
    other = {
        part
        for n in ast.walk(node)
        if isinstance(n, ast.JoinedStr | ast.Subscript)
        for part in ast.walk(n)
    }
    for part in ast.walk(node):
        if not isinstance(part, ast.Constant) or part in other:
            continue
        if isinstance(part.value, str) and _KEY.fullmatch(part.value):
            yield part.value


def declared() -> set[str]:
    return {prefix + value for prefix, values in FAMILIES.items() for value in values}


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_is_empty_or_padded(language: str) -> None:
    """A text is never empty and never begins or ends with a space: those are easily lost."""
    bad = [k for k, texts in forms(language).items() for t in texts if not t or t != t.strip()]
    assert bad == []


def test_every_language_has_the_same_keys() -> None:
    """French is the first language and no key is missing elsewhere."""
    for language in LANGUAGES:
        assert set(forms(language)) ^ set(forms("fr")) == set()


def test_every_language_has_the_same_placeholders() -> None:
    """A sentence is filled in alike everywhere, but for what only grammar needs."""
    different = []
    for language in LANGUAGES:
        for key, texts in forms(language).items():
            for text in texts:
                wanted = {name for form in forms("fr")[key] for name in named(form)}
                if (named(text) ^ wanted) - GRAMMAR:
                    different.append((language, key))
    assert different == []


def test_plural_sentences_are_plural_everywhere() -> None:
    """Where one language counts, all do, with two forms."""
    counts = {key: {len(forms(language)[key]) for language in LANGUAGES} for key in forms("fr")}
    assert {key: found for key, found in counts.items() if len(found) > 1} == {}
    assert {max(found) for found in counts.values()} == {1, 2}


def test_every_key_that_the_code_uses_exists() -> None:
    """No reader ever sees a bare key."""
    assert {k for k in asked_in_code() | declared() if k not in forms("fr")} == set()


def test_every_key_is_used() -> None:
    """A sentence that nobody says any more is removed."""
    unused = set(forms("fr")) - asked_in_code() - declared()
    assert {key for key in unused if not key.startswith(OPEN_FAMILIES)} == set()


def test_every_actor_has_a_name_with_its_article() -> None:
    """Whom detection can name, messages can name."""
    rows = yaml.safe_load((ROOT / "bot/detect/data/actors.yaml").read_text("utf-8"))
    missing = [row["id"] for row in rows if f"actor.{row['id']}" not in forms("fr")]
    assert missing == []


def test_our_own_voice_takes_no_side() -> None:
    """DOMAIN 5: no « terroriste », « confirmé » is never said of a claim."""
    for language in LANGUAGES:
        texts = " ".join(text for found in forms(language).values() for text in found)
        assert re.findall(r"(?i)terror\w*|jihad\w*|martyr\w*|neutralisés|rebel\w*", texts) == []


def test_a_missing_key_is_an_error_for_us_and_never_for_a_reader() -> None:
    """A strict catalogue raises; the one in service shows the key and goes on."""
    with pytest.raises(MissingText):
        Catalogue.load(strict=True).text("fr", "no.such.key")
    assert Catalogue.load().text("en", "no.such.key") == "no.such.key"


def test_a_missing_parameter_leaves_a_gap() -> None:
    """A sentence with « … » reaches the reader, rather than none."""
    assert Catalogue.load().text("en", "why.quoted") == "“…”"
    with pytest.raises(KeyError):
        Catalogue.load(strict=True).text("en", "why.quoted")


@pytest.mark.parametrize(
    ("asked", "spoken"),
    [("fr", "fr"), ("en-GB", "en"), ("EN_us", "en"), ("fr-ML", "fr"), ("bm", "fr"), (None, "fr")],
)
def test_an_unknown_language_falls_back(asked: str | None, spoken: str) -> None:
    """Regions do not matter; a language that we do not speak gives the default."""
    assert Catalogue.load().known(asked) == spoken


def test_french_zero_is_singular() -> None:
    """« 0 chose » in French, "0 things" in English."""
    catalogue = Catalogue.load(strict=True)
    assert catalogue.text("fr", "status.yours", n=0) == "Cette conversation suit 0 chose."
    assert catalogue.text("en", "status.yours", n=0) == "This chat follows 0 things."


def test_french_signs_keep_their_word() -> None:
    """A colon, a question mark or a quotation mark never begins a line on a narrow screen."""
    text = Catalogue.load(strict=True).text("fr", "query.suggestion", {"suggestion": "a : b"})
    assert text == "Vouliez-vous dire\u00a0: a : b\u00a0?"
