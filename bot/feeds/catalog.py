"""The list of feeds as a file: feeds.yaml, or OPML as feed readers exchange it.

Every mistake is reported at once, each with the file, the entry and what was expected: nobody
should mend a list of eighty feeds one error message at a time.
"""

from __future__ import annotations

import re
import reprlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from bot.feeds import opml
from bot.feeds.address import host_of, web_address
from bot.feeds.mistake import Mistake
from storage.model import Feed, FeedSeed

#: a list of thousands of feeds is far smaller
MAX_BYTES = 2 * 1024 * 1024

_KEYS = (
    "url", "name", "language", "countries", "kind", "reliability", "state_media", "origin",
    "paused",
)  # fmt: skip
_LANGUAGE = re.compile(r"[a-z]{2,3}")
_COUNTRY = re.compile(r"[A-Z]{2}")
_RELIABILITY = ("A", "B", "C", "D", "E", "F")


class CatalogError(ValueError):
    """The list cannot be used; `problems` has one sentence for each mistake, all of them of class
    Mistake unless it is the file that cannot be had."""

    def __init__(self, problems: Sequence[str]):
        self.problems = list(problems)
        super().__init__("\n".join(self.problems))


def read(path: Path) -> list[FeedSeed]:
    """The feeds of a `.yaml`, `.yml`, `.opml` or `.xml` file.

    Raises:
        CatalogError: with every mistake of the file.
    """
    return parse(_text(path), path.name)


def parse(text: str, file: str) -> list[FeedSeed]:
    """The feeds in a text, by the ending of the name `file`, which the mistakes are said of.

    Raises:
        CatalogError: with every mistake of the text.
    """
    return _check(_entries(text, file), file)


def write(path: Path, seeds: Sequence[FeedSeed]) -> None:
    """Write a list that `read` reads back equal, as YAML or OPML by the file's ending.

    Raises:
        CatalogError: when the ending is neither, or the file cannot be written.
    """
    text = render(seeds, path.name)
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise CatalogError([f"{path.name}: cannot be written ({error.strerror})."]) from error


def render(seeds: Sequence[FeedSeed], file: str) -> str:
    """What `write` writes."""
    rows = [_plain(seed) for seed in seeds]
    if _is_opml(file):
        return opml.dump(rows)
    return yaml.dump(rows, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=99)


def seed_of(feed: Feed) -> FeedSeed:
    """A stored feed as the list knows it, for exports."""
    return FeedSeed(
        url=feed.url,
        name=feed.name,
        language=feed.language,
        countries=feed.countries,
        kind=feed.kind,
        reliability=feed.reliability,
        state_media=feed.state_media,
        origin=feed.origin,
        paused=feed.paused_at is not None,
    )


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise CatalogError([f"{path.name}: expected at most {MAX_BYTES // 1024} KiB."])
        return path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise CatalogError([f"{path.name}: cannot be read ({error.strerror})."]) from error
    except UnicodeDecodeError as error:
        raise CatalogError([f"{path.name}: expected text in UTF-8."]) from error


def _is_opml(file: str) -> bool:
    ending = Path(file).suffix.lower()
    if ending not in (".yaml", ".yml", ".opml", ".xml"):
        raise CatalogError([f"{file}: expected a name that ends in .yaml, .yml, .opml or .xml."])
    return ending in (".opml", ".xml")


def _entries(text: str, file: str) -> list[Any]:
    if len(text) > MAX_BYTES:
        raise CatalogError([Mistake(file, "too_large", size=MAX_BYTES // 1024)])
    if _is_opml(file):
        try:
            return list(opml.load(text))
        except opml.OpmlError as error:
            raise CatalogError([Mistake(file, error.key, **error.params)]) from error
    try:
        entries = yaml.load(text, Loader=_Loader)  # noqa: S506 - a SafeLoader
    except yaml.YAMLError as error:
        raise CatalogError([_yaml_mistake(file, error)]) from error
    except RecursionError as error:
        raise CatalogError([Mistake(file, "too_deep")]) from error
    if entries is None:
        return []
    if not isinstance(entries, list):
        raise CatalogError([Mistake(file, "no_list")])
    return entries


def _yaml_mistake(file: str, error: yaml.YAMLError) -> Mistake:
    mark = getattr(error, "problem_mark", None)
    line = mark.line + 1 if mark else 1
    if isinstance(error, _KeyTwice):
        return Mistake(file, "key_twice", line=line, found=error.problem)
    detail = getattr(error, "problem", None) or str(error).partition("\n")[0]
    return Mistake(file, "no_yaml", line=line, detail=detail)


class _KeyTwice(yaml.constructor.ConstructorError):
    """`problem` is the key."""


class _Loader(yaml.SafeLoader):
    """YAML that refuses one key twice: that is a forgotten `-`, and would lose a feed."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen = set()
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode) and key.tag != "tag:yaml.org,2002:merge":
                if key.value in seen:
                    raise _KeyTwice(None, None, repr(key.value), key.start_mark)
                seen.add(key.value)
        return super().construct_mapping(node, deep)


class _Dumper(yaml.SafeDumper):
    """Countries on one line, entries apart."""

    def represent_sequence(
        self, tag: str, sequence: Any, flow_style: bool | None = None
    ) -> yaml.SequenceNode:
        short = all(isinstance(item, str) for item in sequence)
        return super().represent_sequence(tag, sequence, flow_style=short or flow_style)

    def write_line_break(self, data: str | None = None) -> None:
        super().write_line_break(data)
        if len(self.indents) == 1:
            super().write_line_break()


def _plain(seed: FeedSeed) -> dict[str, Any]:
    """The seed as a mapping, without the optional keys that say nothing."""
    row: dict[str, Any] = {
        "url": seed.url,
        "name": seed.name,
        "language": seed.language,
        "countries": list(seed.countries),
        "kind": seed.kind,
        "reliability": seed.reliability,
    }
    if seed.state_media:
        row["state_media"] = True
    if seed.origin is not None:
        row["origin"] = seed.origin
    if seed.paused:
        row["paused"] = True
    return row


def _check(entries: Sequence[Any], file: str) -> list[FeedSeed]:
    mistakes: list[str] = []
    seeds: list[FeedSeed] = []
    first_at: dict[str, int] = {}
    for number, entry in enumerate(entries, start=1):
        checked = _Entry(entry)
        seed = checked.seed()
        if seed is not None:
            twin = first_at.setdefault(seed.url, number)
            if twin != number:
                checked.wrong("twin", other=twin)
            seeds.append(seed)
        mistakes += [
            Mistake(file, key, number=number, label=checked.label, **params)
            for key, params in checked.problems
        ]
    if mistakes:
        raise CatalogError(mistakes)
    return seeds


class _Entry:
    """Reads one mapping and remembers what was wrong with it."""

    def __init__(self, entry: Any):
        #: keys of MISTAKES with their parameters
        self.problems: list[tuple[str, dict[str, Any]]] = []
        self._row: Mapping[Any, Any] = entry if isinstance(entry, Mapping) else {}
        if not isinstance(entry, Mapping):
            self.wrong("no_mapping", found=reprlib.repr(entry))
        elif not entry:
            self.wrong("empty")
        for key in self._row:
            if key not in _KEYS:
                self.wrong("unknown_key", found=repr(key), keys=", ".join(_KEYS))
        named = (self._row.get(key) for key in ("name", "url"))
        #: what people know the entry by
        self.label = next((value[:100] for value in named if isinstance(value, str)), "")

    def wrong(self, key: str, **params: Any) -> None:
        self.problems.append((key, params))

    def seed(self) -> FeedSeed | None:
        """The seed; None when something is wrong."""
        if not self._row:
            return None
        default = FeedSeed(url="", name="")
        url = self._url()
        seed = FeedSeed(
            url=url,
            name=self._text("name", host_of(url)),
            language=self._language(default.language),
            countries=self._countries(),
            kind=self._text("kind", default.kind),
            reliability=self._reliability(default.reliability),
            state_media=self._flag("state_media"),
            origin=self._text("origin", "") or None,
            paused=self._flag("paused"),
        )
        return None if self.problems else seed

    def _url(self) -> str:
        value = self._row.get("url")
        if value is None:
            self.wrong("url_missing")
        elif isinstance(value, str) and (address := web_address(value, "")):
            return address
        else:
            self.wrong("url", found=reprlib.repr(value))
        return ""

    def _text(self, key: str, default: str) -> str:
        value = self._row.get(key)
        if value is None:
            return default
        if not isinstance(value, str) or not value.strip() or len(value) > 200:
            self.wrong("text", field=key, found=reprlib.repr(value))
            return default
        return "".join(c for c in " ".join(value.split()) if c.isprintable())

    def _language(self, default: str) -> str:
        value = self._row.get("language")
        if value is None:
            return default
        if not isinstance(value, str) or not _LANGUAGE.fullmatch(value):
            self.wrong("language" + _norway([value]), found=reprlib.repr(value))
            return default
        return value

    def _countries(self) -> tuple[str, ...]:
        value = self._row.get("countries")
        if value is None:
            return ()
        codes = value if isinstance(value, list) else [value]
        odd = [c for c in codes if not (isinstance(c, str) and _COUNTRY.fullmatch(c))]
        if odd or codes is not value:
            self.wrong("countries" + _norway(odd), found=reprlib.repr(value))
            return ()
        return tuple(dict.fromkeys(value))

    def _reliability(self, default: str) -> str:
        value = self._row.get("reliability")
        if value is None:
            return default
        if value not in _RELIABILITY:
            self.wrong("reliability", found=reprlib.repr(value))
            return default
        return str(value)

    def _flag(self, key: str) -> bool:
        value = self._row.get(key)
        if value is not None and not isinstance(value, bool):
            self.wrong("flag", field=key, found=reprlib.repr(value))
        return value is True


def _norway(values: Sequence[Any]) -> str:
    """The ending of the mistake: YAML reads a bare NO as false."""
    return "_no" if any(value is False for value in values) else ""
