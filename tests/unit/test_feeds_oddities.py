"""The oddities of real feeds, numbered as in ../shared/data/feedsamples/README.md, in our words.

Elsewhere: 2 to 6 in test_feeds_dates, 8 and 14 in test_feeds_poller, 13 in test_feeds_parse, 15
in test_events_same and test_ten_outlets, 16 to 19 in test_feeds_address, 23 and 34 in
tests/detection, 24 and 25 in test_feeds_clean, 27 and 28 in test_feeds_fetch, 29 and 31 in
test_feeds_schedule, a feed that changes its identities (11) in test_storage_identity too.
"""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime

import pytest

from bot.feeds.parse import ParsedFeed, parse
from storage.model import NewEntry

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC).timestamp()
URL = "https://journal.example/feed"


def read(items: str, *, head: str = '<?xml version="1.0"?>', encoding: str = "utf-8",
         url: str = URL, **headers: str) -> ParsedFeed:  # fmt: skip
    text = (
        f'{head}<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" '
        'xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0">'
        f"<channel><title>Journal</title>{items}</channel></rss>"
    )
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return parse(text.encode(encoding), named, url, NOW)


def only(items: str, **how: str) -> NewEntry:
    (entry,) = read(items, **how).entries
    return entry


def item(title: str = "Titre", **fields: str) -> str:
    inner = "".join(f"<{name}>{text}</{name}>" for name, text in fields.items())
    return f"<item><title>{title}</title>{inner}</item>"


def test_1_spip_dates_its_items_in_dublin_core() -> None:
    """dc:date alone, in ISO 8601, without any pubDate."""
    entry = only("<item><title>T</title><dc:date>2026-02-27T18:30:00Z</dc:date></item>")
    assert entry.published_at == datetime(2026, 2, 27, 18, 30, tzinfo=UTC).timestamp()


def test_7_a_feed_without_dates_is_read_and_said_to_have_none() -> None:
    """Its items count from when they were first seen."""
    parsed = read(item("Un", link="https://a.ml/1") + item("Deux", link="https://a.ml/2"))
    assert [entry.published_at for entry in parsed.entries] == [None, None]
    assert "dates none of its items" in parsed.problems


def test_9_the_bbc_counts_its_re_publications() -> None:
    """…#0 becomes …#5 and the article is the same."""
    guids = [f"https://www.bbc.com/news/articles/c9x#{n}" for n in (0, 5)]
    first, later = (only(item(guid=guid, link=guid)) for guid in guids)
    assert first.identity == later.identity
    assert first.canonical_url == later.canonical_url


def test_10_travel_advice_writes_the_hour_into_its_ids() -> None:
    """One page, two forms of its id, and the news in the summary alone: a correction."""
    ids = ["#2026-02-27T10:00:00Z", "#2026-02-28 15:42:21 UTC"]
    page = "https://conseils.example/mali"
    first, later = (
        only(item("Mali", guid=page + end, link=page, description=f"Mise à jour {end}"))
        for end in ids
    )
    assert first.identity == later.identity
    assert first.content_hash != later.content_hash


def test_11_a_guid_of_another_scheme_keeps_its_address() -> None:
    """The address is remembered beside the guid, so that either can tell the article again."""
    before = only(item(guid="https://journal.example/petit/123/", link="https://j.ml/a"))
    after = only(item(guid="https://j.ml/a", link="https://j.ml/a"))
    assert before.identity != after.identity
    assert before.canonical_url == after.canonical_url


def test_12_wordpress_keeps_its_number_when_the_address_changes() -> None:
    """?p=20665 stays while the slug gets a -2."""
    guid = '<guid isPermaLink="false">https://j.ml/?p=20665</guid>'
    first, later = (
        only(f"<item><title>T</title>{guid}<link>https://j.ml/{slug}/</link></item>")
        for slug in ("coupure-delectricite", "coupure-delectricite-2")
    )
    assert first.identity == later.identity == "https://j.ml?p=20665"


@pytest.mark.parametrize("guid", ["", "   ", None])
def test_13_without_a_guid_the_address_names_the_item(guid: str | None) -> None:
    """None at all, or an empty one."""
    fields = {"link": "https://www.j.ml/a/?utm_source=rss"} | (
        {} if guid is None else {"guid": guid}
    )
    assert only(item(**fields)).identity == "https://j.ml/a"


def test_17_tracking_in_link_and_guid_names_nothing() -> None:
    """A fragment with square brackets in both, as a radio's feed writes it."""
    marked = "https://j.ml/a.html#xtor=RSS-3-[lestitres]"
    plain, tracked = (only(item(guid=url, link=url)) for url in ("https://j.ml/a.html", marked))
    assert tracked.identity == plain.identity
    assert tracked.canonical_url == plain.canonical_url


def test_18_wrapped_links_lead_to_the_article() -> None:
    """FeedBurner names the original; Google Alerts wraps the address and bolds the words."""
    burnt = only(
        "<item><title>T</title><link>https://feeds.example/~r/j/1</link>"
        "<feedburner:origLink>https://j.ml/a</feedburner:origLink></item>"
    )
    assert (burnt.url, burnt.canonical_url) == ("https://j.ml/a", "https://j.ml/a")
    alert = only(
        item(
            "&lt;b&gt;Gao&lt;/b&gt; : le marché rouvre",
            link="https://www.google.com/url?rct=j&amp;sa=t&amp;url=https://j.ml/a&amp;ct=ga",
        )
    )
    assert (alert.title, alert.canonical_url) == ("Gao : le marché rouvre", "https://j.ml/a")


def test_19_accents_in_a_path_are_one_address_however_written() -> None:
    """Raw, percent-encoded, composed or not."""
    links = ["https://j.ml/é/sénégal", "https://j.ml/%C3%A9/s%C3%A9n%C3%A9gal",
             unicodedata.normalize("NFD", "https://j.ml/é/sénégal")]  # fmt: skip
    assert len({only(item(link=link)).canonical_url for link in links}) == 1


@pytest.mark.parametrize("declared", ["", ' encoding="ISO-8859-1"', ' encoding="utf-8"'])
def test_20_latin_letters_survive_what_is_declared(declared: str) -> None:
    """Undeclared, declared, declared wrongly; a bare ampersand beside them."""
    entry = only(
        item("Ménaka & Kidal : l’armée"),
        head=f'<?xml version="1.0"{declared}?>', encoding="cp1252", content_type="text/xml",
    )  # fmt: skip
    assert entry.title == "Ménaka & Kidal : l’armée"


@pytest.mark.parametrize(
    "written",
    [
        "Minist&#232;re : l&#8217;arm&#233;e",
        "Minist&amp;#232;re : l&amp;#8217;arm&amp;eacute;e",
        "<![CDATA[Minist&egrave;re : l&rsquo;arm&eacute;e]]>",
        "Minist&amp;amp;egrave;re : l&amp;amp;rsquo;arm&amp;amp;eacute;e",
    ],
)
def test_21_entities_are_read_however_often_they_are_escaped(written: str) -> None:
    """Numeric, named, inside CDATA, twice and three times."""
    assert only(item(written)).title == "Ministère : l’armée"


def test_22_typography_makes_no_other_article() -> None:
    """No-break spaces narrow and wide, curly apostrophes, accents written as two characters."""
    titles = ["L'armée à Gao : calme", "L’armée à Gao\u00a0: calme", "L’armée à Gao\u202f: calme",
              unicodedata.normalize("NFD", "L’armée à Gao : calme")]  # fmt: skip
    assert len({only(item(title)).fingerprint for title in titles}) == 1


def test_24_a_tail_is_no_text() -> None:
    """What WordPress hangs on every item would make unlike items alike."""
    entry = only(
        item(description="Le calme revient. […] L’article Gao est apparu en premier sur Journal.")
    )
    assert entry.summary == "Le calme revient."


def test_26_titles_and_links_are_one_line() -> None:
    """However they are indented, broken inside too."""
    entry = only(item("\n    Gao :\n    le calme\n  ", link="\n    https://j.ml/a\n    "))
    assert (entry.title, entry.url) == ("Gao : le calme", "https://j.ml/a")


def test_30_no_items_is_an_answer_that_is_said() -> None:
    """A feed, read well, with a remark; not a failure."""
    parsed = read("")
    assert parsed.is_feed
    assert parsed.problems == ("has no items",)


@pytest.mark.parametrize("content_type", ["text/html", "text/plain", "application/octet-stream"])
def test_32_a_feed_is_one_by_its_content(content_type: str) -> None:
    """Whatever the server calls it; accents included."""
    assert only(item("Ménaka"), content_type=content_type).title == "Ménaka"


def test_33_a_feed_says_whose_it_is() -> None:
    """A moderator sees the title before trusting the address."""
    assert read(item()).title == "Journal"
