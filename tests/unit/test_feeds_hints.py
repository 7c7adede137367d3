"""How long a feed need not be asked, by what its publisher says."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.feeds.hints import Wishes, hint
from bot.feeds.parse import parse
from bot.feeds.schedule import TTL_CEILING

MINUTE = 60.0
#: a Friday
NOON = datetime(2026, 11, 27, 12, 30, tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, None),
        ({"cache-control": "max-age=300"}, 300.0),
        ({"cache-control": "public, MAX-AGE=300 , must-revalidate"}, 300.0),
        ({"cache-control": 'max-age="300"'}, 300.0),
        ({"cache-control": "max-age=300", "age": "100"}, 200.0),
        ({"cache-control": "max-age=300", "age": "400"}, None),
        ({"cache-control": "max-age=0"}, None),
        ({"cache-control": "max-age=-5"}, None),
        ({"cache-control": "max-age"}, None),
        ({"cache-control": "no-cache, max-age=300"}, None),
        ({"cache-control": "no-store"}, None),
        ({"cache-control": "s-maxage=300"}, None),
        ({"cache-control": "max-age=99999999999999999999"}, None),
        ({"cache-control": "max-age=86400"}, TTL_CEILING),
        (
            {
                "expires": "Fri, 27 Nov 2026 12:05:00 GMT",
                "date": "Fri, 27 Nov 2026 12:00:00 GMT",
            },
            300.0,
        ),
        (
            {
                "cache-control": "max-age=120",
                "expires": "Fri, 27 Nov 2026 12:05:00 GMT",
                "date": "Fri, 27 Nov 2026 12:00:00 GMT",
            },
            120.0,
        ),
        ({"expires": "Fri, 27 Nov 2026 12:05:00 GMT"}, None),
        ({"expires": "0", "date": "Fri, 27 Nov 2026 12:00:00 GMT"}, None),
        (
            {
                "expires": "Thu, 19 Nov 1981 08:52:00 GMT",
                "date": "Fri, 27 Nov 2026 12:00:00 GMT",
            },
            None,
        ),
    ],
)
def test_caches_say_for_how_long_nothing_changes(
    headers: dict[str, str], expected: float | None
) -> None:
    """max-age before Expires, less the time spent in caches; never beyond the ceiling."""
    assert hint(None, headers, NOON) == expected


def _wishes(channel: str) -> Wishes:
    body = (
        '<rss version="2.0" xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"><channel>'
        f"<title>Journal</title>{channel}<item><title>Gao</title></item></channel></rss>"
    )
    return parse(body.encode(), {}, "https://a.example/f", NOON).wishes


@pytest.mark.parametrize(
    ("channel", "expected"),
    [
        ("", None),
        ("<ttl>5</ttl>", 5 * MINUTE),
        ("<ttl> 5 </ttl>", 5 * MINUTE),
        ("<ttl>0</ttl>", None),
        ("<ttl>soon</ttl>", None),
        ("<ttl>600</ttl>", TTL_CEILING),
        ("<sy:updatePeriod>daily</sy:updatePeriod>", TTL_CEILING),
        (
            "<sy:updatePeriod>\nhourly </sy:updatePeriod>"
            "<sy:updateFrequency> 6 </sy:updateFrequency>",
            10 * MINUTE,
        ),
        (
            "<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>1</sy:updateFrequency>",
            None,
        ),
        ("<sy:updatePeriod>hourly</sy:updatePeriod>", None),
        ("<sy:updatePeriod>often</sy:updatePeriod>", None),
        ("<skipHours><hour>11</hour><hour>13</hour></skipHours>", None),
        ("<skipHours><hour>11</hour><hour> 12</hour></skipHours>", TTL_CEILING),
        ("<skipDays><day>Monday</day><day>Friday</day></skipDays>", TTL_CEILING),
        ("<skipDays><day>Monday</day><day>Vendredi</day></skipDays>", None),
        ("<ttl>5</ttl><sy:updatePeriod>weekly</sy:updatePeriod>", TTL_CEILING),
    ],
)
def test_feeds_say_how_often_they_are_worth_a_look(channel: str, expected: float | None) -> None:
    """The longest of what it says; what WordPress writes into every feed is nobody's wish."""
    assert hint(_wishes(channel), {}, NOON) == expected


def test_the_24th_hour_is_midnight() -> None:
    """RSS 0.91 counted from 1."""
    wished = _wishes("<skipHours><hour>24</hour><hour>99</hour></skipHours>")
    assert wished.skip_hours == {0}


def test_what_an_article_quotes_is_no_wish() -> None:
    """Only the head of the feed speaks for it."""
    body = (
        b"<rss version='2.0'><channel><title>J</title><item><title>Gao</title><description>"
        b"<skipHours><hour>12</hour></skipHours></description></item></channel></rss>"
    )
    assert parse(body, {}, "https://a.example/f", NOON).wishes == Wishes()


def test_the_longest_of_feed_and_caches_counts() -> None:
    """Each says when a look would be in vain."""
    assert hint(Wishes(wait=300.0), {"cache-control": "max-age=120"}, NOON) == 300.0
    assert hint(Wishes(wait=300.0), {"cache-control": "max-age=500"}, NOON) == 500.0
