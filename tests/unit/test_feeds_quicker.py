"""The quicker dictionary gives what feedparser's own gives, item for item."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

SHELF = Path(__file__).parents[3] / "shared" / "data" / "feedsamples"
#: RSS and Atom with what the two methods are asked for: contents of every kind, links, dates, tags
BODIES = [
    """<?xml version="1.0" encoding="utf-8"?>
    <rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
         xmlns:dc="http://purl.org/dc/elements/1.1/">
    <channel><title>Radio</title><link>http://r.example/</link>
    <image><url>http://r.example/i.png</url></image>
    <item><title>Un &amp; deux</title><link>http://r.example/1?a=1&amp;b=2</link>
    <guid isPermaLink="false">1</guid><pubDate>Fri, 27 Nov 2026 08:00:00 GMT</pubDate>
    <description>&lt;p&gt;Le marché&lt;/p&gt;</description>
    <content:encoded><![CDATA[<p>Long</p>]]></content:encoded><category>Mali</category>
    <enclosure url="http://r.example/a.mp3" length="1" type="audio/mpeg"/>
    <dc:creator>A. B.</dc:creator><source url="http://s.example/">S</source></item>
    <item><title type="html">&lt;b&gt;Gras&lt;/b&gt;</title>
    <guid>http://r.example/2</guid></item></channel></rss>""".strip(),
    """<?xml version="1.0"?>
    <feed xmlns="http://www.w3.org/2005/Atom" xml:lang="fr" xml:base="http://a.example/">
    <title>A</title><updated>2026-11-27T08:00:00Z</updated><entry><id>urn:1</id>
    <title type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">Titre <b>x</b></div></title>
    <link rel="alternate" href="1"/><link rel="enclosure" href="a.mp3"/>
    <link rel="license" href="cc"/><updated>2026-11-27T07:00:00Z</updated>
    <published>2026-11-26T07:00:00Z</published>
    <content type="html">&lt;p&gt;x&lt;/p&gt;</content><summary>y</summary>
    <category term="t"/></entry></feed>""".strip(),
]
#: run by a process of its own, with and without: installing cannot be undone
READ = """
import io, json, sys, warnings
warnings.simplefilter("ignore")
import feedparser
if sys.argv[1] == "quicker":
    from bot.feeds import quicker
    quicker.install()
def plain(value):
    if isinstance(value, dict):
        return {str(key): plain(dict.__getitem__(value, key)) for key in dict.keys(value)}
    if isinstance(value, (list, tuple)):
        return [plain(one) for one in value]
    return repr(value)
out = []
for body in json.load(sys.stdin):
    read = feedparser.parse(io.BytesIO(body.encode("latin-1")), sanitize_html=False,
                            response_headers={"content-type": "application/xml"})
    out.append(plain({"feed": read.feed, "entries": read.entries}))
    for entry in read.entries:
        asked = ("category", "enclosures", "license", "updated", "link", "url", "guid", "nothing")
        out.append([repr(entry.get(key, "none")) for key in asked])
print(json.dumps(out))
"""


def read(how: str, bodies: list[bytes]) -> list[object]:
    done = subprocess.run(
        [sys.executable, "-c", READ, how],
        input=json.dumps([body.decode("latin-1") for body in bodies]),
        capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2],
    )  # fmt: skip
    found: list[object] = json.loads(done.stdout)
    return found


def test_it_reads_what_feedparser_reads() -> None:
    """Every value of every item, and the keys that stand for others."""
    bodies = [body.encode() for body in BODIES]
    assert read("quicker", bodies) == read("own", bodies)


@pytest.mark.shared
@pytest.mark.skipif(not SHELF.exists(), reason="the shelf is not there")
def test_it_reads_real_feeds_alike() -> None:
    """All bodies that newsrooms really served."""
    files = sorted(SHELF.glob("*.xml")) + sorted(SHELF.glob("*.rss"))
    bodies = [file.read_bytes() for file in files]
    assert len(bodies) > 30
    assert read("quicker", bodies) == read("own", bodies)
