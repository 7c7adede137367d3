"""What feeds announce and what hubs say: read strictly where it matters, kindly elsewhere."""

from __future__ import annotations

import hashlib
import hmac

import pytest
from multidict import CIMultiDict

from bot.feeds import hub_rules, schedule
from bot.feeds.fetch import lowered
from bot.feeds.hub_links import announced
from bot.feeds.hubs import callbacks
from bot.feeds.parse import parse

BASE = "https://a.example/feed/"
ATOM = 'xmlns:atom="http://www.w3.org/2005/Atom"'


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (None, (None, None)),
        ("", (None, None)),
        ('<https://h.example/>; rel="hub"', ("https://h.example/", None)),
        (
            '<https://h.example/?a=1,2>; rel=hub, </feed/>; title="x, y"; rel="self"',
            ("https://h.example/?a=1,2", "https://a.example/feed/"),
        ),
        ('<https://h.example/>; REL="nofollow HUB"', ("https://h.example/", None)),
        # the first of several; what is no web address is none
        (
            "<ftp://x.example/>; rel=hub, <https://h.example/>; rel=hub, <https://i.example/>;rel=hub",
            ("https://h.example/", None),
        ),
        ("https://h.example/; rel=hub", (None, None)),
        ("<https://h.example/>; rel=next", (None, None)),
        (f"<https://h.example/{'x' * 2000}>; rel=hub", (None, None)),
        ("<" * 5000 + ";" * 5000, (None, None)),
    ],
)  # fmt: skip
def test_link_headers(header: str | None, expected: tuple[str | None, str | None]) -> None:
    """RFC 8288, as servers write it."""
    assert announced(header, None, BASE) == expected


def test_links_may_come_in_several_headers() -> None:
    """Of any other header the last one counts."""
    headers = CIMultiDict(
        [("Link", "<a>; rel=hub"), ("ETag", "1"), ("link", "<b>"), ("etag", "2")]
    )
    assert lowered(headers) == {"link": "<a>; rel=hub, <b>", "etag": "2"}


@pytest.mark.parametrize(
    "body",
    [
        f'<rss version="2.0" {ATOM}><channel><title>a</title>'
        '<atom:link rel="hub" href="https://h.example/"/>'
        '<atom:link rel="self" href="https://a.example/self"/></channel></rss>',
        '<feed xmlns="http://www.w3.org/2005/Atom"><title>a</title>'
        '<link rel="self" href="https://a.example/self"/><link href="https://a.example/"/>'
        '<link rel="hub" href="https://h.example/"/></feed>',
    ],
    ids=["rss", "atom"],
)
def test_links_of_a_feed(body: str) -> None:
    """RSS by way of Atom, Atom itself; the Link header comes first where both are."""
    headers = {"content-type": "application/xml"}
    parsed = parse(body.encode(), headers, BASE, 0.0)
    assert (parsed.hub, parsed.topic) == ("https://h.example/", "https://a.example/self")
    headers["link"] = '<https://other.example/>; rel="hub"'
    parsed = parse(body.encode(), headers, BASE, 0.0)
    assert (parsed.hub, parsed.topic) == ("https://other.example/", "https://a.example/self")


@pytest.mark.parametrize("method", ["sha1", "sha256", "sha384", "sha512"])
def test_every_method_of_the_recommendation_signs(method: str) -> None:
    """And only with the secret and over the body that it signed."""
    good = f"{method}={hmac.new(b'secret', b'body', getattr(hashlib, method)).hexdigest()}"
    assert hub_rules.signed(good, "secret", b"body")
    assert hub_rules.signed(good.upper(), "secret", b"body")
    assert not hub_rules.signed(good, "secret", b"body ")
    assert not hub_rules.signed(good, "other", b"body")
    assert not hub_rules.signed(good[:-1], "secret", b"body")


@pytest.mark.parametrize("header", [None, "", "=", "new=0", "sha256", "sha256=é", "pbkdf2_hmac=0"])
def test_what_is_no_signature(header: str | None) -> None:
    """No method, or a name that hashlib has for something else."""
    assert not hub_rules.signed(header, "secret", b"body")


@pytest.mark.parametrize("method", ["md5", "sha224", "sha3_256"])
def test_other_methods_sign_nothing(method: str) -> None:
    """However right the digest is."""
    right = hmac.new(b"secret", b"body", getattr(hashlib, method)).hexdigest()
    assert not hub_rules.signed(f"{method}={right}", "secret", b"body")


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("60", 60.0),
        ("864000", 864_000.0),
        ("99999999999", 30 * 86_400.0),
        (None, 86_400.0),
        ("", 86_400.0),
        ("-5", 86_400.0),
        ("1e9", 86_400.0),
        ("٣", 86_400.0),
        ("9" * 5000, 86_400.0),
    ],
)
def test_how_long_a_hub_promises(said: str | None, seconds: float) -> None:
    """Up to 30 days; a day when it does not say."""
    assert hub_rules.lease(said) == seconds


def test_when_a_hub_is_asked_again() -> None:
    """With 80 to 90 % of a lease over, not within five minutes; in vain, within a day."""
    assert [hub_rules.renew_at(0, 1000, jitter) for jitter in (0, 1)] == [800, 900]
    assert hub_rules.renew_at(0, 5, 0) == 300
    assert [hub_rules.retry_at(0, n, 0) for n in (1, 2, 3, 11, 12, 10_000)] == [
        60, 120, 240, 61_440, 86_400, 86_400,
    ]  # fmt: skip
    assert hub_rules.retry_at(0, 1, 1) == 66


def test_a_pushed_feed_is_looked_at_rarely_and_when_the_promise_ends() -> None:
    """After the longest interval, less a little so that not all fall due together."""

    def next_look(until: float, jitter: float = 0) -> float:
        return schedule.while_pushed(now=100, pushed_until=until, interval_max=1800, jitter=jitter)

    assert (next_look(1e6), next_look(1e6, 1), next_look(500), next_look(0)) == (
        1900, 1720, 500, 100,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("public_url", "found_at"),
    [
        (None, None),
        ("https://bot.example", "https://bot.example/websub/"),
        ("https://example/bot", "https://example/bot/websub/"),
        ("http://bot.example", None),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080/websub/"),
    ],
)
def test_where_hubs_find_us(public_url: str | None, found_at: str | None) -> None:
    """Only over TLS, but for a hub on this machine."""
    assert callbacks(public_url) == found_at
