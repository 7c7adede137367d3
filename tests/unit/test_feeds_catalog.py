"""feeds.yaml and OPML: read, checked, written back."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.feeds import catalog
from bot.feeds.catalog import CatalogError
from storage.model import FeedSeed

FULL = FeedSeed(
    url="https://radio.example/flux?type=rss&lang=fr",
    name="Radio « Été » : l'info",
    language="fr",
    countries=("ML", "NO"),
    kind="state media",
    reliability="C",
    state_media=True,
    origin="AFP",
    paused=True,
)
BARE = FeedSeed(url="https://bare.example/feed", name="Bare")

_text = st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "S"]), min_size=1)
_seeds = st.lists(
    st.builds(
        FeedSeed,
        url=st.from_regex(
            r"https?://[a-z]{1,9}\.ml/[a-z0-9]{0,9}\?[a-z]=%C3%A9&x", fullmatch=True
        ),
        name=_text,
        language=st.sampled_from(["fr", "en", "ar"]),
        countries=st.lists(st.sampled_from(["ML", "BF", "NO"]), unique=True).map(tuple),
        kind=_text,
        reliability=st.sampled_from("ABCDEF"),
        state_media=st.booleans(),
        origin=st.none() | _text,
        paused=st.booleans(),
    ),
    max_size=4,
    unique_by=lambda seed: seed.url,
)


def _problems(text: str, file: str = "feeds.yaml") -> list[str]:
    with pytest.raises(CatalogError) as caught:
        catalog.parse(text, file)
    return caught.value.problems


@pytest.mark.parametrize("file", ["feeds.yaml", "feeds.opml"])
@settings(deadline=None, max_examples=50)
@given(seeds=_seeds)
def test_what_is_written_is_read_back(file: str, seeds: list[FeedSeed]) -> None:
    """Every key survives an export and an import, in both forms."""
    assert catalog.parse(catalog.render(seeds, file), file) == seeds


@pytest.mark.parametrize("name", ["feeds.yml", "feeds.xml"])
def test_files_are_read_and_written_by_their_ending(tmp_path: Path, name: str) -> None:
    """The ending says which form; a byte order mark does no harm."""
    path = tmp_path / name
    catalog.write(path, [FULL, BARE])
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())

    assert catalog.read(path) == [FULL, BARE]


def test_only_the_url_is_needed() -> None:
    """The host is a name, and nothing said about reliability is "cannot be judged"."""
    assert catalog.parse("- url: https://a.example/feed", "feeds.yaml") == [
        FeedSeed(url="https://a.example/feed", name="a.example", reliability="F")
    ]


def test_an_empty_file_is_an_empty_list() -> None:
    """Somebody may want no feeds."""
    assert catalog.parse("# nothing yet\n", "feeds.yaml") == []


def test_every_mistake_is_told_at_once_with_file_entry_and_expectation() -> None:
    """Nobody mends a list of eighty feeds one message at a time."""
    assert _problems("""
- {url: 'ftp://a.example', name: Un}
- {name: Deux}
- url: https://c.example/feed
  name: Trois
  language: français
  countries: [ML, Niger]
  kind: ''
  reliability: B2
  state_media: peut-être
  fiabilité: A
- {url: https://d.example/feed}
- {url: https://d.example/feed, name: Cinq}
- https://e.example/feed
- {}
""") == [
        "feeds.yaml, entry 1 (Un): url is 'ftp://a.example', expected an address that begins "
        "with http:// or https://.",
        "feeds.yaml, entry 2 (Deux): url is missing, expected the address of the feed.",
        "feeds.yaml, entry 3 (Trois): 'fiabilité' is no key, expected url, name, language, "
        "countries, kind, reliability, state_media, origin, paused.",
        "feeds.yaml, entry 3 (Trois): language is 'français', expected a code of lower-case "
        "letters such as fr or en.",
        "feeds.yaml, entry 3 (Trois): countries is ['ML', 'Niger'], expected a list of ISO "
        "codes such as [ML, BF].",
        "feeds.yaml, entry 3 (Trois): kind is '', expected a short text.",
        "feeds.yaml, entry 3 (Trois): reliability is 'B2', expected one letter from A (reliable) "
        "to F (cannot be judged).",
        "feeds.yaml, entry 3 (Trois): state_media is 'peut-être', expected true or false.",
        "feeds.yaml, entry 5 (Cinq): url is already that of entry 4.",
        "feeds.yaml, entry 6: is 'https://e.example/feed', expected keys such as url and name.",
        "feeds.yaml, entry 7: is empty, expected keys such as url and name.",
    ]


def test_a_bare_norway_is_explained() -> None:
    """YAML reads NO as false."""
    (problem,) = _problems("- {url: https://a.example/, countries: [ML, NO]}")

    assert problem.endswith('such as [ML, BF] ("NO" needs its quotes).')


def test_a_forgotten_dash_is_a_mistake() -> None:
    """Two feeds in one entry would silently be one."""
    text = "- url: https://a.example/\n  name: A\n  url: https://b.example/\n  name: B\n"

    assert _problems(text) == [
        "feeds.yaml: line 3: 'url' stands twice in one entry: expected `-` before each feed."
    ]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("a: 1", "feeds.yaml: expected a list, one `- url: …` for each feed."),
        ("- [", "feeds.yaml: line 1: expected the node content, but found '<stream end>'."),
        ("- !!python/object:os.system {}", "feeds.yaml: line 1: could not determine"),
        ("- " * 4000, "feeds.yaml: is nested too deeply."),
        (" " * (catalog.MAX_BYTES + 1), "feeds.yaml: expected at most 2048 KiB."),
    ],
)
def test_what_is_no_list_is_told_in_one_sentence(text: str, problem: str) -> None:
    """Moderators send files: none of them may break or run anything."""
    (told,) = _problems(text)

    assert told.startswith(problem)


def test_other_readers_opml_is_understood() -> None:
    """Folders, a title instead of a text, a language of theirs, one feed in two folders."""
    text = """<?xml version="1.0" encoding="UTF-8"?>
<opml version="1.1"><head/><body><outline text="Presse">
<outline type="rss" title="Un" xmlUrl="https://un.example/rss" language="en-us"/>
</outline><outline text="Autre"><outline text="Un" xmlUrl="https://un.example/rss"/></outline>
<outline text="Deux" xmlurl="https://deux.example/rss" language="unknown"/></body></opml>"""

    assert catalog.parse(text, "mes-flux.opml") == [
        FeedSeed(url="https://un.example/rss", name="Un", language="en"),
        FeedSeed(url="https://deux.example/rss", name="Deux"),
    ]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (
            '<!DOCTYPE opml [<!ENTITY x SYSTEM "file:///etc/passwd">]><opml>&x;</opml>',
            "feeds.opml: has a DOCTYPE, expected OPML without one.",
        ),
        (
            '<?xml version="1.0"?><! doctype x []><opml/>',
            "feeds.opml: has a DOCTYPE, expected OPML without one.",
        ),
        ("<html/>", "feeds.opml: begins with <html>, expected <opml>."),
        ("<opml", "feeds.opml: cannot be read as XML"),
    ],
)
def test_opml_with_entities_is_refused(text: str, problem: str) -> None:
    """Entities are how XML files read other files and grow without limit."""
    (told,) = _problems(text, "feeds.opml")

    assert told.startswith(problem)


def test_files_that_cannot_be_used_are_told(tmp_path: Path) -> None:
    """Missing, of another kind, not text: one sentence each."""
    (tmp_path / "latin.yaml").write_bytes("- été".encode("latin-1"))
    told = []
    for name in ("missing.yaml", "feeds.json", "latin.yaml"):
        with pytest.raises(CatalogError) as caught:
            catalog.read(tmp_path / name)
        told += caught.value.problems

    assert told == [
        "missing.yaml: cannot be read (No such file or directory).",
        "feeds.json: cannot be read (No such file or directory).",
        "latin.yaml: expected text in UTF-8.",
    ]
    with pytest.raises(CatalogError, match=r"feeds\.json: expected a name that ends in \.yaml"):
        catalog.write(tmp_path / "feeds.json", [BARE])
