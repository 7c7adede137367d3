"""The words detection knows, read from data/*.yaml and found in a text in one pass."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

import ahocorasick
import yaml

from bot.detect.data_error import DataError
from bot.detect.forms import expand
from bot.detect.report import ALLIANCE_TYPES, ATTACK_TYPES, OUTCOMES, SPEAKERS, STAGES
from bot.detect.text import Doc, fold

LANGUAGES = ("fr", "en", "ar")
STRENGTHS = ("S", "M", "w")
#: lead: the whole sentence when the cue opens it, else its own clause;
#: near: the sentence and the ones beside it
REACHES = ("right", "rest", "left", "both", "lead", "sentence", "back", "near", "item")


class LexiconError(DataError):
    """A data file is wrong; the message names the file, the line and what was expected."""


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """One group of words that mean the same to detection."""

    #: trigger, act, object, evidence, cue, mask, speaker, state, body, actor
    layer: str
    #: the attack type, the evidence or cue class, the speaker, the ISO code, the actor id …
    value: str
    #: everything else the data file says of it
    more: Mapping[str, Any] = field(default_factory=dict)


@dataclass(slots=True, eq=False)
class Mark:
    """A lexicon entry found in a text: words `first` up to but not including `last`."""

    first: int
    last: int
    entry: Entry
    text: str
    #: the entry's own, at hand because they are asked for thousands of times an item
    layer: str
    value: str


#: a form found: its first word, less its last (so that the longest of one place come first), its
#: text, and the entries it may be, each with its layer and value
_Hit = tuple[int, int, str, tuple[tuple[Entry, str, str], ...]]


class _Lines(yaml.CSafeLoader):
    """A YAML loader whose mappings remember the line they began on."""


def _mapping(loader: _Lines, node: yaml.MappingNode) -> dict[str, Any]:
    loaded: dict[str, Any] = {
        str(k): v for k, v in loader.construct_mapping(node, deep=True).items()
    }
    loaded["__line__"] = node.start_mark.line + 1
    return loaded


_Lines.add_constructor("tag:yaml.org,2002:map", _mapping)


@dataclass(frozen=True, slots=True)
class Table:
    """How the entries of one data file are to be read."""

    layer: str
    #: the key that gives Entry.value
    key: str
    #: allowed values of `key`; None allows any
    allowed: Sequence[str] | None = None
    #: other keys → allowed values (None: any scalar or list)
    more: Mapping[str, Sequence[str | bool] | None] = field(default_factory=dict)
    required: Sequence[str] = ()


TABLES: Mapping[str, Table] = {
    "attack.yaml": Table(
        "trigger", "type", ATTACK_TYPES,
        {"strength": STRENGTHS, "part": ("noun", "verb", "state"), "hostile": (True, "placed"),
         "deed": (True,)},
        ("strength", "part"),
    ),
    "alliance_objects.yaml": Table(
        "object", "object", None,
        {"alone": None, "acts": None, "generic": None,
         "needs": ("party", "two", "military", "military_two", "scope")}, ("acts",),
    ),
    "alliance_acts.yaml": Table("act", "act", None, {"stage": STAGES}),
    "evidence.yaml": Table("evidence", "class", None),
    "cues.yaml": Table(
        "cue", "class", None,
        {
            "action": ("veto", "historical", "future", "hypothetical", "negated", "weaken"),
            "reach": REACHES, "yields": ("armed", "victims", "never"),
            "kinds": ("attack", "alliance", "both"), "weight": None, "only": None, "spares": None,
            "frame": (True,), "not_of_part": None, "not_beside": None,
            "with_year": (True,), "opens": (True,),
        },
        ("action", "reach", "yields", "kinds"),
    ),
    "masks.yaml": Table("mask", "class", None, {"state": None}),
    "speakers.yaml": Table("speaker", "said_by", SPEAKERS, {"role": ("noun", "verb")}),
    "stances.yaml": Table(
        "stance", "stance", ("claim", "unclaimed", "blamed", "suspected", "denial")
    ),
    "outcomes.yaml": Table("outcome", "outcome", OUTCOMES),
    "states.yaml": Table("state", "iso", None, {"form": ("name", "people", "capital", "region")},
                         ("form",)),
    "bodies.yaml": Table(
        "body", "body", None, {"members": None, "needs": None, "caps": (True,), "loose": (True,)}
    ),
}  # fmt: skip


def read_yaml(where: Traversable) -> list[dict[str, Any]]:
    """The entries of a data file: a list of mappings. Raises LexiconError."""
    name = where.name
    try:
        loaded = yaml.load(where.read_text("utf-8"), Loader=_Lines)  # noqa: S506 - a safe loader
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        raise LexiconError(
            f"{name}, line {line}: not readable as YAML ({getattr(error, 'problem', error)})"
        ) from error
    if not isinstance(loaded, list) or not all(isinstance(entry, dict) for entry in loaded):
        raise LexiconError(f"{name}, line 1: expected a list of entries, each “- key: value”")
    return loaded


def words_of(entry: Mapping[str, Any], name: str) -> list[str]:
    """The folded forms of an entry's lists of words. Raises LexiconError."""
    line = entry["__line__"]
    forms: dict[str, None] = {}
    for language in LANGUAGES:
        patterns = entry.get(language, [])
        if not isinstance(patterns, list) or not all(isinstance(p, str) for p in patterns):
            raise LexiconError(
                f"{name}, line {line}: “{language}” must be a list of words; "
                f"words that YAML reads as numbers or yes/no need quotes"
            )
        for pattern in patterns:
            try:
                forms.update(dict.fromkeys(expand(pattern)))
            except ValueError as error:
                raise LexiconError(f"{name}, line {line}: {error}") from error
    if not forms:
        raise LexiconError(f"{name}, line {line}: no words; give “fr:”, “en:” or “ar:” a list")
    return list(forms)


def read_entries(where: Traversable, table: Table) -> Iterator[tuple[Entry, list[str]]]:
    """Entries with their folded forms. Raises LexiconError naming file and line."""
    name = where.name
    known = {table.key, *LANGUAGES, "note", "__line__", *table.more}
    for raw in read_yaml(where):
        line = raw["__line__"]
        for key in raw:
            if key not in known:
                raise LexiconError(
                    f"{name}, line {line}: unknown key “{key}”; known are "
                    f"{', '.join(sorted(known - {'__line__'}))}"
                )
        for key in (table.key, *table.required):
            if key not in raw:
                raise LexiconError(f"{name}, line {line}: “{key}” is missing")
        checks: dict[str, Sequence[str | bool] | None] = {table.key: table.allowed, **table.more}
        for key, allowed in checks.items():
            value = raw.get(key)
            if allowed is not None and value is not None and value not in allowed:
                raise LexiconError(
                    f"{name}, line {line}: “{key}: {value}” is not one of "
                    f"{', '.join(map(str, allowed))}"
                )
        more = {k: raw[k] for k in table.more if k in raw}
        if isinstance(more.get("needs"), list):
            more["needs"] = frozenset(f" {fold(word)} " for word in more["needs"])
        for key in more.keys() & {"not_of_part", "not_beside"}:
            more[key] = frozenset(fold(word) for word in more[key])
        for value in more.values():
            if isinstance(value, dict):
                value.pop("__line__", None)
        yield Entry(table.layer, str(raw[table.key]), more), words_of(raw, name)


class Lexicon:
    """All words of all tables in one automaton."""

    def __init__(self, entries: Sequence[tuple[Entry, Sequence[str]]]) -> None:
        by_form: dict[str, list[Entry]] = {}
        for entry, forms in entries:
            for form in forms:
                known = by_form.setdefault(form, [])
                if entry not in known:
                    known.append(entry)
        self._automaton = ahocorasick.Automaton()
        for form, found in by_form.items():
            found.sort(key=lambda entry: entry.layer != "mask")  # a mask hides the rest
            meant = tuple((entry, entry.layer, entry.value) for entry in found)
            self._automaton.add_word(f" {form} ", (form.count(" ") + 1, form, meant))
        self._automaton.make_automaton()

    @classmethod
    def load(cls, extra: Sequence[tuple[Entry, Sequence[str]]] = ()) -> Lexicon:
        """The package's own data, and `extra` entries such as actors. Raises LexiconError."""
        folder = files("bot.detect") / "data"
        entries = list(extra)
        for name, table in TABLES.items():
            entries.extend(read_entries(folder / name, table))
        cls.check(entries)
        return cls(entries)

    @staticmethod
    def check(entries: Sequence[tuple[Entry, Sequence[str]]]) -> None:
        """Objects may only name acts, types and stages that exist. Raises LexiconError."""
        acts = {entry.value for entry, _ in entries if entry.layer == "act"}
        for entry, _ in entries:
            if entry.layer != "object":
                continue
            for act, outcome in entry.more["acts"].items():
                kind, _, stage = str(outcome).partition(" ")
                if (
                    act not in acts
                    or kind not in ALLIANCE_TYPES
                    or (stage not in ("", "-", *STAGES))
                ):
                    raise LexiconError(
                        f"alliance_objects.yaml, “{entry.value}”: “{act}: {outcome}” needs an "
                        f"act of alliance_acts.yaml, a type of the alliance list and perhaps a "
                        f"stage"
                    )

    def scan(self, doc: Doc) -> list[Mark]:
        """Every entry found, by place. Longer masks and longer words of a layer win.

        A mask (« crise cardiaque ») hides every shorter word it covers.
        """
        padded = doc.padded
        opens = {sentence.first for sentence in doc.sentences[1:]}
        hits: list[_Hit] = []
        last = at = 0
        for end, (length, form, meant) in self._automaton.iter(padded):
            last += padded.count(" ", at, end)  # each word has one before it
            at = end
            if length > 1 and not opens.isdisjoint(range(last - length + 1, last)):
                continue  # « … incendié. Des hommes … » is no « incendie des »
            hits.append((last - length, -last, form, meant))
        hits.sort()
        return _without_covered(hits)


def _without_covered(hits: Sequence[_Hit]) -> list[Mark]:
    """Marks of all but what a longer word of the same layer, or a mask, covers."""
    kept: list[Mark] = []
    mask_end = 0
    layer_end: dict[str, tuple[int, int]] = {}
    for first, minus_last, form, meant in hits:
        last = -minus_last
        for entry, layer, value in meant:
            if layer == "mask":
                mask_end = max(mask_end, last)
            elif last <= mask_end:
                continue
            else:
                span = layer_end.get(layer)
                if span is None or last > span[1]:
                    layer_end[layer] = (first, last)
                elif (first, last) != span:
                    continue
            kept.append(Mark(first, last, entry, form, layer, value))
    return kept
