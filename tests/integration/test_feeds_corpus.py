"""Odd files through the real poller over HTTP, beside what feedparser alone makes of them.

`make corpus` does the same with the 2,248 files of feedparser's own tests.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.corpus import SAMPLES, Table, poll
from benchmarks.corpus_compare import REASONS


def rss(items: str, head: str = '<?xml version="1.0" encoding="utf-8"?>') -> str:
    return f'{head}<rss version="2.0"><channel><title>Journal</title>{items}</channel></rss>'


def item(title: str = "Le marché rouvre", **fields: str) -> str:
    inner = "".join(f"<{name}>{text}</{name}>" for name, text in fields.items())
    return f"<item><title>{title}</title>{inner}</item>"


LINK = "https://j.ml/a"
#: file → what it holds, and why we differ from feedparser (nothing: we do not)
ODD: dict[str, tuple[str | bytes, set[str]]] = {
    "plain.xml": (rss(item(link=LINK, pubDate="Sun, 01 Mar 2026 09:00:00 +0100")), set()),
    "french.xml": (rss(item(link=LINK, pubDate="sam. 28 févr. 2026 - 14:30")), {"local date"}),
    "zone.xml": (rss(item(link=LINK, pubDate="Mon, 06 Nov 2023 10:00:00 WAT")), {"local date"}),
    "future.xml": (rss(item(link=LINK, pubDate="Fri, 01 Mar 2052 09:00:00 GMT")), {"future"}),
    "ancient.xml": (rss(item(link=LINK, pubDate="Sun, 01 Mar 1772 09:00:00 GMT")), {"impossible"}),
    "undeclared.xml": (rss(item("L’armée à Ménaka", link=LINK), head="").encode("cp1252"), set()),
    "relative.xml": (rss(item(link="/actu/1")), {"absolute"}),
    "no-link.xml": (rss(item(guid="4711")), {"no link"}),
    "script.xml": (rss(item(link="javascript:alert(1)")), {"no link"}),
    "spaces.xml": (rss(item(link="https://j.ml/un mot")), {"one line"}),
    "untitled.xml": (rss(f"<item><description>Le texte.</description><link>{LINK}</link></item>"),
                     {"text as title"}),
    "empty.xml": (rss(f"<item><link>{LINK}</link></item>"), {"empty"}),
    "twice.xml": (rss(item(link=LINK, guid="1") * 2), {"twice"}),
    "many.xml": (
        rss("".join(item(f"Titre {n}", link=f"https://j.ml/{n}") for n in range(250))),
        {"most"},
    ),
    "broken.xml": (rss(item("Gao & Kidal", link=LINK)) + "<oops", set()),
    "storable.xml": (rss(item("Gao & Kidal", link=LINK, guid="a&#0;b")), {"storable"}),
    "other-date.xml": (
        rss("<item><title>Gao</title><link>https://j.ml/a</link>"
            "<pubDate>Thu, 01 Jan 1970 00:00:00 GMT</pubDate>"
            "<updated>2026-02-28T08:00:00Z</updated></item>"),
        {"other date"},
    ),
    "page.xml": ("<!DOCTYPE html><html><body><h1>403</h1></body></html>", set()),
    "gone.xml": ("<!-- \nHeader: Status: 410\n-->" + rss(item(link=LINK)), set()),
    "moved.xml": ("<!-- \nHeader: Status: 301\nHeader: Location: /0/plain.xml\n-->", set()),
}  # fmt: skip


async def test_odd_files_differ_for_reasons_that_are_written_down(tmp_path: Path) -> None:
    """Each class of oddity in a file of our own: the same entries, or the reason it should be."""
    for name, (content, _) in ODD.items():
        body = content.encode() if isinstance(content, str) else content
        (tmp_path / name).write_bytes(body)
    table = Table(await poll([tmp_path]))

    assert not table.failed
    found = {Path(o.name).name: {d.reason for d in o.differences} for o in table.outcomes}
    assert found == {name: reasons for name, (_, reasons) in ODD.items()}
    ours = {Path(o.name).name: o.ours for o in table.outcomes}
    assert (ours["plain.xml"], ours["moved.xml"], ours["many.xml"]) == (1, 1, 200)
    assert (ours["page.xml"], ours["gone.xml"], ours["empty.xml"]) == (0, 0, 0)


@pytest.mark.shared
@pytest.mark.skipif(not SAMPLES.exists(), reason="../shared is not here")
async def test_the_samples_differ_for_reasons_that_are_written_down() -> None:
    """Real bodies of fifty newsrooms and tools: no crash, none slow, no insane date."""
    table = Table(await poll([SAMPLES]))

    assert table.unexplained == []
    assert not table.failed
    assert len(table.outcomes) > 50
    assert {d.reason for o in table.outcomes for d in o.differences} <= set(REASONS)
