"""What a moderator's address leads to: its feed found, and one poll told without saving it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from urllib.parse import urlsplit

from selectolax.lexbor import LexborHTMLParser

from bot.detect.language import Languages
from bot.feeds.address import canonical_url, host_of, web_address
from bot.feeds.fetch import Fetched, Fetcher, FetchFailed
from bot.feeds.parse import ParsedFeed
from bot.feeds.parsing import Parsers
from bot.feeds.problem import Problem
from storage.model import NewEntry

#: seconds for the whole search, however many addresses it tries
SEARCH_LIMIT = 45.0

_FEED_TYPES = ("application/rss+xml", "application/atom+xml", "application/rdf+xml")
#: where WordPress, Drupal, SPIP and hand-made sites keep theirs
_WELL_KNOWN = ("/feed/", "/rss", "/rss.xml", "/feed.xml", "/spip.php?page=backend")
#: links that a page may offer before we give up on it
_MAX_LINKS = 4


@dataclass(frozen=True, slots=True)
class Discovery:
    """The feed behind an address, or why there is none."""

    #: where the feed is; None when none was found
    url: str | None
    #: None when one was found
    problem: Problem | None = None


@dataclass(frozen=True, slots=True)
class FeedCheck:
    """What one poll would bring."""

    #: where it was asked
    url: str
    title: str
    #: read off its items; its own word where they are too few. ISO 639-1, `und` for unknown
    language: str
    #: newest first; an item without date counts as new
    entries: tuple[NewEntry, ...]
    #: what is odd but does no harm
    problems: tuple[Problem, ...]
    #: why nothing could be had; None when it could
    error: Problem | None = None
    #: the language that the feed declares
    declared: str | None = None
    #: where it announces news at once (WebSub)
    hub: str | None = None
    #: where the answer came from, when a redirect for now led there
    answered_by: str | None = None


class Inspector:
    """Looks at addresses that a moderator names, and saves nothing."""

    def __init__(self, fetcher: Fetcher, parsers: Parsers):
        self._fetcher = fetcher
        self._parsers = parsers

    async def discover(self, address: str) -> Discovery:
        """Find the feed that `address` is, that its page links to, or that its site keeps.

        An address without scheme is tried as https, then as http.
        """
        try:
            async with asyncio.timeout(SEARCH_LIMIT):
                return await self._search(address.strip())
        except TimeoutError:
            return Discovery(None, Problem("search_slow", seconds=SEARCH_LIMIT))

    async def check(self, url: str, now: float) -> FeedCheck:
        """Poll `url` as the service would at `now` (epoch seconds)."""
        answer = await self._get(url)
        if isinstance(answer, FetchFailed):
            return FeedCheck(url, "", "und", (), (), error=answer.reason)
        parsed = await self._parse(answer, now)
        if not parsed.is_feed:
            return FeedCheck(url, "", "und", (), (), error=parsed.problems[0])
        problems = parsed.problems
        if answer.permanent_url:
            problems = (*problems, Problem("moved", url=answer.permanent_url))
        moved = canonical_url(answer.final_url) != canonical_url(url)
        newest_first = tuple(reversed(parsed.entries))
        sample = " ".join(entry.title for entry in newest_first[:10])
        return FeedCheck(
            url=url,
            title=parsed.title,
            language=_languages().of(sample, parsed.language),
            entries=newest_first,
            problems=problems,
            declared=parsed.language,
            hub=parsed.hub,
            answered_by=None if answer.permanent_url or not moved else answer.final_url,
        )

    async def _search(self, address: str) -> Discovery:
        answer: Fetched | FetchFailed = FetchFailed(Problem("not_web"))
        for candidate in _with_scheme(address):
            answer = await self._get(candidate)
            if isinstance(answer, Fetched):
                break
        if isinstance(answer, FetchFailed):
            return Discovery(None, answer.reason)
        if await self._is_feed(answer):
            return Discovery(answer.permanent_url or candidate)
        for url in _offers(answer):
            found = await self._get(url)
            if isinstance(found, Fetched) and await self._is_feed(found):
                return Discovery(found.permanent_url or url)
        return Discovery(None, Problem("no_link"))

    async def _get(self, url: str) -> Fetched | FetchFailed:
        answer = await self._fetcher.fetch(url)
        if isinstance(answer, Fetched | FetchFailed):
            return answer
        return FetchFailed(Problem("nothing"))

    async def _is_feed(self, answer: Fetched) -> bool:
        return (await self._parse(answer, 0.0)).is_feed

    async def _parse(self, answer: Fetched, now: float) -> ParsedFeed:
        return await self._parsers.parse(answer.body, answer.headers, answer.final_url, now)


def _with_scheme(address: str) -> list[str]:
    if "://" in address:
        return [address] if web_address(address, "") else []
    return [f"{scheme}://{address}" for scheme in ("https", "http") if host_of(f"x://{address}")]


def _offers(page: Fetched) -> Iterator[str]:
    """Addresses worth a try: what the page links to as its feed, then the usual places."""
    seen = {page.final_url}
    site = "{0.scheme}://{0.netloc}".format(urlsplit(page.final_url))
    for url in (*_linked(page)[:_MAX_LINKS], *(site + path for path in _WELL_KNOWN)):
        if url not in seen:
            seen.add(url)
            yield url


def _linked(page: Fetched) -> list[str]:
    """The feeds that the page names; those of comments come last."""
    tree = LexborHTMLParser(page.body.decode("utf-8", "replace"))
    base_node = tree.css_first("base[href]")
    base = (base_node and base_node.attributes.get("href")) or ""
    base = web_address(base, page.final_url) or page.final_url
    found: list[tuple[bool, str]] = []
    for node in tree.css("link[rel~=alternate][href]"):
        kind = (node.attributes.get("type") or "").partition(";")[0].strip().lower()
        url = web_address(node.attributes.get("href") or "", base)
        if kind in _FEED_TYPES and url:
            about = f"{url} {node.attributes.get('title') or ''}".lower()
            found.append(("comment" in about, url))
    return [url for _, url in sorted(found, key=lambda offer: offer[0])]


@cache
def _languages() -> Languages:
    return Languages()
