"""Bodies made into entries."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.feeds.hints import Wishes
from bot.feeds.parse import MAX_ENTRIES, ParsedFeed, parse
from storage.model import NewEntry

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC).timestamp()
URL = "https://journal.example/rss/feed.xml"


def _feed(items: str, channel: str = "", declaration: str = '<?xml version="1.0"?>') -> str:
    return (
        f'{declaration}<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" '
        'xmlns:content="http://purl.org/rss/1.0/modules/content/" '
        'xmlns:atom="http://www.w3.org/2005/Atom"><channel><title>Le Journal</title>'
        f"{channel}{items}</channel></rss>"
    )


def _parse(text: str | bytes, url: str = URL, **headers: str) -> ParsedFeed:
    body = text.encode() if isinstance(text, str) else text
    return parse(body, {k.replace("_", "-"): v for k, v in headers.items()}, url, NOW)


def _only(items: str, url: str = URL) -> NewEntry:
    (entry,) = _parse(_feed(items), url).entries
    return entry


def test_an_item_becomes_an_entry() -> None:
    """Title, text, link, guid and date, each cleaned."""
    entry = _only(
        "<item><title>\n  Attaque à Léré  </title><guid isPermaLink='false'>j-1</guid>"
        "<link>https://www.journal.example/lere?utm_source=rss</link>"
        "<description>&lt;p&gt;Trois villages &amp;amp; un marché.&lt;/p&gt;</description>"
        "<pubDate>Sun, 01 Mar 2026 09:00:00 +0100</pubDate></item>"
    )

    assert entry.identity == entry.guid == "j-1"
    assert entry.url == "https://www.journal.example/lere?utm_source=rss"
    assert entry.canonical_url == "https://journal.example/lere"
    assert (entry.title, entry.summary) == ("Attaque à Léré", "Trois villages & un marché.")
    assert entry.published_at == NOW - 4 * 3600


def test_what_the_channel_says_is_kept() -> None:
    """Language as a hint, hub for WebSub, what it asks of those who poll it."""
    parsed = _parse(
        _feed(
            "",
            "<language>fr-FR</language><ttl>30</ttl>"
            "<atom:link rel='hub' href='https://hub.example/'/>",
        )
    )

    assert (parsed.title, parsed.language, parsed.hub, parsed.wishes, parsed.is_feed) == (
        "Le Journal",
        "fr",
        "https://hub.example/",
        Wishes(wait=1800.0),
        True,
    )
    assert parsed.problems == ("has no items",)


@pytest.mark.parametrize(
    ("item", "identity"),
    [
        ("<guid isPermaLink='false'>j-1</guid><link>https://a.ml/x</link>", "j-1"),
        ("<link>https://www.a.ml/x/?xtor=RSS-1</link>", "https://a.ml/x"),
        ("<guid></guid><link>https://a.ml/x</link>", "https://a.ml/x"),
        ("", "Le titre"),
        (
            "<guid>https://www.bbc.com/news/articles/c1#3</guid>",
            "https://bbc.com/news/articles/c1",
        ),
        ("<guid isPermaLink='false'>https://a.ml/?p=7</guid>", "https://a.ml?p=7"),
    ],
)
def test_identity_is_guid_then_address_then_title(item: str, identity: str) -> None:
    """A guid that is an address is made canonical: the BBC's counts its re-publications."""
    assert _only(f"<item><title>Le titre</title>{item}</item>").identity == identity


def test_one_guid_for_all_items_loses_none() -> None:
    """Items with the same guid and different addresses are different items."""
    items = "".join(
        f"<item><title>Titre {n}</title><guid isPermaLink='false'>feed</guid>"
        f"<link>https://a.ml/{n}</link></item>"
        for n in (3, 2, 1)
    )

    assert [entry.identity for entry in _parse(_feed(items)).entries] == [
        "feed https://a.ml/1",
        "feed https://a.ml/2",
        "feed https://a.ml/3",
    ]


def test_one_address_for_all_items_without_guid_loses_none() -> None:
    """When only the titles differ, they tell the items apart."""
    items = "".join(
        f"<item><title>Titre {n}</title><link>https://a.ml/</link></item>" for n in (2, 1)
    )

    assert [entry.title for entry in _parse(_feed(items)).entries] == ["Titre 1", "Titre 2"]


def test_an_item_listed_twice_is_one_entry() -> None:
    """Same guid, same address: the first, which is the newer, wins."""
    item = "<item><title>{}</title><guid>https://a.ml/1</guid><link>https://a.ml/1</link></item>"
    parsed = _parse(_feed(item.format("Bilan : 9 morts") + item.format("Bilan : 4 morts")))

    assert [entry.title for entry in parsed.entries] == ["Bilan : 9 morts"]


def test_items_without_link_are_no_copies_of_each_other() -> None:
    """Each gets a canonical address of its own; people are shown the feed's."""
    parsed = _parse(_feed("<item><title>Un</title></item><item><title>Deux</title></item>"))

    assert len({entry.canonical_url for entry in parsed.entries}) == 2
    assert {entry.url for entry in parsed.entries} == {URL}


def test_content_hash_follows_the_text_and_fingerprint_its_words() -> None:
    """A correction changes the hash; another outlet's typography does not change the print."""
    first, corrected, copied = (
        _only(f"<item><title>{title}</title><description>{text}</description></item>")
        for title, text in (
            ("Attaque à Léré", "Neuf morts."),
            ("Attaque à Léré", "Onze morts."),
            ("ATTAQUE A LÉRÉ", "« Neuf » morts"),
        )
    )

    assert len({first.content_hash, corrected.content_hash, copied.content_hash}) == 3
    assert first.fingerprint == copied.fingerprint != corrected.fingerprint


def test_relative_links_belong_to_the_address_that_answered() -> None:
    """And what is no web address is no link."""
    assert _only("<item><title>T</title><link>/actu/1</link></item>").url == (
        "https://journal.example/actu/1"
    )
    assert _only("<item><title>T</title><link>javascript:alert(1)</link></item>").url == URL


def test_guids_do_not_depend_on_where_the_feed_lives() -> None:
    """A guid without isPermaLink is not made into an address of the feed's host."""
    item = "<item><title>T</title><guid>4711</guid></item>"

    assert _only(item).identity == _only(item, "https://autre.example/").identity == "4711"
    # nor into a link that leads nowhere
    assert _only(item).url == URL


def test_spip_dates_are_read() -> None:
    """SPIP writes dc:date and no pubDate."""
    entry = _only("<item><title>T</title><dc:date>2026-02-28T08:00:00Z</dc:date></item>")

    assert entry.published_at == datetime(2026, 2, 28, 8, tzinfo=UTC).timestamp()


def test_french_dates_are_read() -> None:
    """feedparser alone returns nothing for them."""
    entry = _only("<item><title>T</title><pubDate>sam. 28 févr. 2026 - 14:30</pubDate></item>")

    assert entry.published_at == datetime(2026, 2, 28, 14, 30, tzinfo=UTC).timestamp()


def test_a_future_date_becomes_the_fetch_and_an_impossible_one_none() -> None:
    """No item can stay the newest for ever."""
    future = _only("<item><title>T</title><pubDate>2031-01-01T00:00:00Z</pubDate></item>")
    ancient = _only("<item><title>T</title><pubDate>0001-01-01T00:00:00Z</pubDate></item>")

    assert (future.published_at, ancient.published_at) == (NOW, None)


def test_entries_come_oldest_first() -> None:
    """So that they are looked at in the order they happened; undated ones count as now."""
    item = "<item><title>{0}</title><link>https://a.ml/{0}</link>{1}</item>"
    parsed = _parse(
        _feed(
            item.format("sans date", "")
            + item.format("jeudi", "<pubDate>2026-02-26T00:00:00Z</pubDate>")
            + item.format("samedi", "<pubDate>2026-02-28T00:00:00Z</pubDate>")
        )
    )

    assert [entry.title for entry in parsed.entries] == ["jeudi", "samedi", "sans date"]


def test_only_the_newest_items_of_an_endless_feed_are_read() -> None:
    """Wherever they stand in it."""
    items = "".join(
        f"<item><title>T{n}</title><link>https://a.ml/{n}</link>"
        f"<pubDate>{datetime.fromtimestamp(NOW - 60 * n, UTC).isoformat()}</pubDate></item>"
        for n in range(MAX_ENTRIES + 50, 0, -1)
    )
    parsed = _parse(_feed(items))

    assert len(parsed.entries) == MAX_ENTRIES
    assert (parsed.entries[0].title, parsed.entries[-1].title) == (f"T{MAX_ENTRIES}", "T1")
    assert parsed.problems == ("has 250 items, of which the 200 newest are read",)


def test_the_summary_falls_back_to_the_content_and_the_title_to_the_summary() -> None:
    """An item says what it says wherever it says it; one that says nothing is left out."""
    parsed = _parse(
        _feed(
            "<item><title>Un</title><content:encoded>Le corps.</content:encoded></item>"
            "<item><description>Sans titre aucun.</description></item>"
            "<item><link>https://a.ml/3</link></item>"
        )
    )

    assert {(entry.title, entry.summary) for entry in parsed.entries} == {
        ("Un", "Le corps."),
        ("Sans titre aucun.", "Sans titre aucun."),
    }
    assert "has 1 items without title and text" in parsed.problems


def test_google_news_titles_lose_their_publisher() -> None:
    """Its description is the cluster's other headlines, so it is not this item's text."""
    entry = _only(
        "<item><title>Attaque à Léré - Le Quotidien</title>"
        "<link>https://news.google.com/rss/articles/CBMiX?oc=5</link>"
        "<source url='https://q.example'>Le Quotidien</source>"
        "<description>&lt;ol&gt;&lt;li&gt;Autre titre&lt;/li&gt;&lt;/ol&gt;</description></item>",
        "https://news.google.com/rss/search?q=lere",
    )

    assert (entry.title, entry.summary) == ("Attaque à Léré", "")


def test_other_titles_keep_what_follows_a_dash() -> None:
    """Elsewhere a dash is part of the headline."""
    assert _only(
        "<item><title>Gao - Le marché rouvre</title>"
        "<source url='https://q.example'>Le marché rouvre</source></item>"
    ).title == "Gao - Le marché rouvre"  # fmt: skip


@pytest.mark.parametrize(
    ("encoding", "declaration", "content_type"),
    [
        ("utf-8", '<?xml version="1.0"?>', ""),
        ("utf-8", "", "text/xml; charset=iso-8859-1"),
        ("utf-8", '<?xml version="1.0" encoding="iso-8859-1"?>', "text/html"),
        ("cp1252", "", ""),
        ("cp1252", '<?xml version="1.0" encoding="iso-8859-1"?>', "application/rss+xml"),
        ("utf-16", '<?xml version="1.0" encoding="utf-16"?>', "application/rss+xml"),
    ],
)
def test_accents_survive_wrong_declarations(
    encoding: str, declaration: str, content_type: str
) -> None:
    """Bytes decide what they are; a server's charset header is often a default."""
    text = _feed("<item><title>L’armée à Ménaka</title></item>", declaration=declaration)
    parsed = _parse(text.encode(encoding), content_type=content_type)

    assert [entry.title for entry in parsed.entries] == ["L’armée à Ménaka"]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "answers an empty page"),
        (b"  \n", "answers an empty page"),
        (b"<!DOCTYPE html><html><p>403</p></html>", "answers a web page, not a feed"),
        (b"\xef\xbb\xbf\n<!-- x --><HTML lang=fr>", "answers a web page, not a feed"),
        (b'{"items": []}', "answers JSON, not RSS or Atom"),
        (b"Just a moment...", "answers something that is neither RSS nor Atom"),
        (b"<urlset><url/></urlset>", "answers something that is neither RSS nor Atom"),
        (b"<rss><channel><item", "answers broken XML in which no item can be read"),
    ],
)
def test_what_is_no_feed_is_said_to_be_none(body: bytes, reason: str) -> None:
    """By its content: a 200 and a content type prove nothing."""
    parsed = _parse(body, content_type="application/rss+xml")

    assert (parsed.is_feed, parsed.entries, parsed.problems) == (False, (), (reason,))


def test_broken_xml_gives_what_can_be_recovered() -> None:
    """A bare ampersand is no reason to lose twenty items."""
    parsed = _parse(_feed("<item><title>Gao & Kidal</title></item>"))

    assert [entry.title for entry in parsed.entries] == ["Gao & Kidal"]
    assert "is broken XML, from which 1 items were recovered" in parsed.problems


def test_a_body_is_never_taken_for_a_file_name(tmp_path: Path) -> None:
    """feedparser opens bytes that name a file: a feed could have read any file of ours."""
    secret = tmp_path / "secret.xml"
    secret.write_text(_feed("<item><title>le secret</title></item>"))

    assert _parse(str(secret)).is_feed is False
    assert _parse(secret.as_uri()).is_feed is False


def test_external_entities_are_never_resolved(tmp_path: Path) -> None:
    """No file and no address named inside a body is opened."""
    secret = tmp_path / "secret.txt"
    secret.write_text("le secret")
    doctype = f'<!DOCTYPE rss [<!ENTITY x SYSTEM "{secret.as_uri()}">]>'
    parsed = _parse(doctype + _feed("<item><title>T &x;</title></item>", declaration=""))

    assert "le secret" not in repr(parsed)


@pytest.mark.parametrize(
    "body",
    [
        b"<rss><channel>" + b"<a>" * 60_000,
        _feed("<item><title>T</title><description>" + "L'article " * 200_000).encode(),
        _feed("<item><title>T</title><description>" + "- &lt;a rel=tag " * 130_000).encode(),
        _feed("<item><title>" + "&amp;amp;" * 200_000 + "</title></item>").encode(),
        b'<!DOCTYPE r [<!ENTITY a "aaaaaaaaaa">'
        + b"".join(b'<!ENTITY a%d "%s">' % (n, b"&a%d;" % (n - 1) * 10) for n in range(1, 9))
        + b"]><rss version='2.0'><channel><item><title>&a8;</title></item></channel></rss>",
    ],
    ids=["nested", "tails", "links", "ampersands", "laughs"],
)
def test_hostile_bodies_cost_little(body: bytes) -> None:
    """Each is within the size cap; none takes the parser seconds or raises."""
    started = time.perf_counter()
    parsed = _parse(body)

    assert time.perf_counter() - started < 5.0
    assert all(len(entry.summary) <= 1_001 for entry in parsed.entries)


def test_an_emoji_written_as_two_surrogates_costs_no_feed() -> None:
    """Nor does any other reference to what is no character."""
    entry = _only("<item><title>Gao &#55357;&#xDE00;&#0;&#1114112; &#233;té</title></item>")

    assert entry.title == "Gao été"


def test_nothing_that_a_database_refuses_comes_through() -> None:
    """Broken XML can carry NUL and lone surrogates in any field."""
    entry = _only(
        "<item><title>T\0itre</title><guid>g\0&#xD800;</guid>"
        "<link>https://a.ml/\0x&#xDFFF;</link><description>a\0b &#xD800;</description></item>"
    )

    for text in (entry.identity, entry.guid, entry.url, entry.title, entry.summary):
        assert "\0" not in (text or "")
        (text or "").encode()


SAMPLES = Path(__file__).parents[2].parent / "shared" / "data" / "feedsamples"
#: files of the folder that are lists, templates or notes and no feeds
_NO_FEEDS = (".md", ".jsonl", ".builder", ".html")
#: real undated feeds: Heise's RDF, and UOL's dates in Portuguese
_UNDATED = ("heise_rdf_no-dates.xml", "uol_noticias_2018_localised-dates.rss")


@pytest.mark.shared
@pytest.mark.parametrize(
    "name", sorted(path.name for path in SAMPLES.glob("*")) if SAMPLES.exists() else []
)
def test_real_bodies_are_read(name: str) -> None:
    """No exception, within two seconds, sane dates, distinct identities, clean words."""
    body = (SAMPLES / name).read_bytes()
    now = datetime(2026, 11, 23, tzinfo=UTC).timestamp()
    started = time.perf_counter()
    parsed = parse(body, {}, URL, now)

    assert time.perf_counter() - started < 2.0
    identities = [entry.identity for entry in parsed.entries]
    assert len(identities) == len(set(identities))
    for entry in parsed.entries:
        assert entry.title
        assert "\n" not in entry.title
        assert len(entry.summary) <= 1_001
        assert entry.url.startswith(("http://", "https://"))
        assert "xtor" not in entry.canonical_url
        assert "utm_" not in entry.canonical_url
        assert entry.published_at is None or 631_152_000 <= entry.published_at <= now
    if not name.endswith(_NO_FEEDS) and len(body) > 4_000:
        assert parsed.is_feed
        assert len(parsed.entries) >= 2
        dated = [entry for entry in parsed.entries if entry.published_at is not None]
        assert bool(dated) is (name not in _UNDATED)
