"""One polite, bounded request for a feed; what goes wrong comes back as a sentence."""

from __future__ import annotations

import asyncio
import importlib.metadata
from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager, suppress
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from types import TracebackType
from typing import Any
from urllib.parse import quote

import aiohttp
from aiohttp import hdrs

from bot.feeds import impostor
from bot.feeds.address import host_of, web_address
from bot.feeds.fault import FAULTS, problem_of
from bot.feeds.guard import Guard
from bot.feeds.inflate import ACCEPTED, Inflater
from bot.feeds.problem import PROBLEMS, Problem
from bot.feeds.wire import Names

#: seconds for everything: names, redirects, headers, body
DEADLINE = 20.0
#: bytes of a body, after inflation; larger ones are no news feeds
MAX_BYTES = 2 * 1024 * 1024
MAX_REDIRECTS = 5
_CHUNK = 64 * 1024
#: seconds that the page of an error may take: its status says most already
_PAGE_DEADLINE = 2.0
#: characters of a validator; a longer one would only make later requests fail
_MAX_VALIDATOR = 1024
_ACCEPT = (
    "application/rss+xml, application/atom+xml, application/rdf+xml;q=0.9, "
    "application/xml;q=0.8, text/xml;q=0.8, */*;q=0.1"
)
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PERMANENT = frozenset({301, 308})
#: what may stand unencoded somewhere in an address
_URL_SAFE = "%/:?#[]@!$&'()*+,;=~"
_MAX_MIB = MAX_BYTES // 1024 // 1024


@dataclass(frozen=True, slots=True)
class Fetched:
    """A body, 200 OK."""

    body: bytes
    #: lower-case names
    headers: dict[str, str]
    etag: str | None
    last_modified: str | None
    #: where the body came from, after redirects
    final_url: str
    #: where permanent redirects from the first hop on led; None when there was none
    permanent_url: str | None
    status: int = 200


@dataclass(frozen=True, slots=True)
class NotModified:
    """304: what we have is still what there is."""

    #: lower-case names
    headers: dict[str, str]
    #: newer ones, if the answer brought any
    etag: str | None
    last_modified: str | None
    #: as of `Fetched`
    permanent_url: str | None


@dataclass(frozen=True, slots=True)
class FetchFailed:
    """The feed could not be had."""

    reason: Problem
    status: int | None = None
    #: seconds that the site asks us to stay away
    retry_after: float | None = None
    #: who answered so, at the end of redirects
    host: str | None = None


class Fetcher:
    """Fetches feeds over one session: `async with Fetcher() as fetcher: await fetcher.fetch(url)`.

    `contact` is an address where the people who run this can be found; sites see it.
    """

    def __init__(
        self,
        *,
        allow_private_hosts: Sequence[str] = (),
        contact: str | None = None,
        deadline: float = DEADLINE,
    ):
        self._guard = Guard(allow_private_hosts)
        self._deadline = deadline
        self._headers = {
            hdrs.USER_AGENT: user_agent(contact),
            hdrs.ACCEPT: _ACCEPT,
            hdrs.ACCEPT_ENCODING: ACCEPTED,
        }
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Fetcher:
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                limit=0,
                socket_factory=self._guard.socket,
                resolver=Names(),
                ttl_dns_cache=60,
            ),
            headers=self._headers,
            # a proxy of the environment would dial in our place, past the guard
            trust_env=False,
            # we inflate ourselves: a small gzip body may hold gigabytes
            auto_decompress=False,
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(total=None),
        )
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._session:
            await self._session.close()

    async def fetch(
        self, url: str, *, etag: str | None = None, last_modified: str | None = None
    ) -> Fetched | NotModified | FetchFailed:
        """Get `url`, unless it is still what the validators describe."""
        validators: dict[str, str] = {}
        if etag:
            validators[hdrs.IF_NONE_MATCH] = etag
        if last_modified:
            validators[hdrs.IF_MODIFIED_SINCE] = last_modified
        try:
            async with asyncio.timeout(self._deadline):
                return await self._follow(url, validators)
        except TimeoutError:
            return FetchFailed(Problem("slow", seconds=self._deadline))
        except FAULTS as error:
            return FetchFailed(problem_of(error, size=_MAX_MIB))

    def request(
        self, method: str, url: str, **options: Any
    ) -> AbstractAsyncContextManager[aiohttp.ClientResponse]:
        """One request to others than feeds (a hub), over this session and past the same guard.

        Redirects are not followed, bodies not inflated, and no deadline is kept: that is the
        caller's.
        """
        if self._session is None:
            raise RuntimeError("use the Fetcher in `async with`")
        self._guard.dialling(host_of(url))
        return self._session.request(method, url, allow_redirects=False, **options)

    async def _follow(
        self, url: str, validators: dict[str, str]
    ) -> Fetched | NotModified | FetchFailed:
        """Follow redirects by hand: the guard learns each host, permanent moves are remembered."""
        if self._session is None:
            raise RuntimeError("use the Fetcher in `async with`")
        hop = web_address(url, "")
        if hop is None:
            return FetchFailed(Problem("not_web"))
        permanent, only_permanent = None, True
        for _ in range(MAX_REDIRECTS + 1):
            self._guard.dialling(host_of(hop))
            async with self._session.get(
                hop, headers=validators, allow_redirects=False
            ) as response:
                location = response.headers.get(hdrs.LOCATION)
                if response.status not in _REDIRECTS or not location:
                    return await self._answer(response, url, permanent, bool(validators))
                target = web_address(_as_sent(location), hop)
                if target is None:
                    return FetchFailed(Problem("redirects_elsewhere"))
                hop = target
                only_permanent = only_permanent and response.status in _PERMANENT
                if only_permanent:
                    permanent = hop
        return FetchFailed(Problem("redirects", count=MAX_REDIRECTS))

    async def _answer(
        self,
        response: aiohttp.ClientResponse,
        asked: str,
        permanent: str | None,
        conditional: bool,
    ) -> Fetched | NotModified | FetchFailed:
        status, answered = response.status, str(response.url)
        headers = lowered(response.headers)
        etag = _validator(response.headers.get(hdrs.ETAG))
        last_modified = _validator(response.headers.get(hdrs.LAST_MODIFIED))
        if status == 304 and conditional:
            return NotModified(headers, etag, last_modified, permanent)
        body = await _read(response) if status == 200 else await _page(response)
        host = host_of(answered)
        if body is None:
            return FetchFailed(Problem("too_large", size=_MAX_MIB), status=status, host=host)
        reason = impostor.told_by(status, headers, body, asked, answered)
        if status != 200 or reason:
            return FetchFailed(
                reason or _status_problem(status),
                status=status,
                retry_after=retry_after(headers.get("retry-after"), headers.get("date")),
                host=host,
            )
        return Fetched(
            body=body,
            headers=headers,
            etag=etag,
            last_modified=last_modified,
            final_url=answered,
            permanent_url=permanent,
        )


def lowered(headers: Mapping[str, str]) -> dict[str, str]:
    """Headers by lower-case name; the last of a name counts, but Link may come several times."""
    found = {name.lower(): value for name, value in headers.items()}
    links = [value for name, value in headers.items() if name.lower() == "link"]
    return {**found, "link": ", ".join(links)} if links else found


def user_agent(contact: str | None) -> str:
    """Who asks, honestly, and where to complain."""
    try:
        version = importlib.metadata.version("sahel-alerts")
    except importlib.metadata.PackageNotFoundError:
        version = "dev"
    return f"sahel-alerts/{version}" + (f" (+{contact})" if contact else " (news feed reader)")


def retry_after(value: str | None, date: str | None) -> float | None:
    """Seconds to wait by a Retry-After header: a number, or a date read against `Date`."""
    if not value:
        return None
    if value.strip().isdecimal():
        return float(value)
    try:
        wait = parsedate_to_datetime(value) - parsedate_to_datetime(date or "")
    except (ValueError, TypeError, OverflowError):
        return None
    return max(0.0, wait.total_seconds())


async def _read(response: aiohttp.ClientResponse) -> bytes | None:
    """The inflated body; None when it is larger than MAX_BYTES."""
    inflate = Inflater(response.headers.get(hdrs.CONTENT_ENCODING, ""), MAX_BYTES)
    received = 0
    async for chunk in response.content.iter_chunked(_CHUNK):
        received += len(chunk)
        # a stream may also inflate to nothing for ever
        if received > MAX_BYTES or not inflate.feed(chunk):
            return None
    return inflate.body()


async def _page(response: aiohttp.ClientResponse) -> bytes:
    """The beginning of what an error is wrapped in, as far as it comes soon and can be read."""
    try:
        inflate = Inflater(response.headers.get(hdrs.CONTENT_ENCODING, ""), impostor.PAGE)
    except ValueError:
        return b""
    with suppress(TimeoutError, aiohttp.ClientError, ConnectionError, ValueError):
        async with asyncio.timeout(_PAGE_DEADLINE):
            async for chunk in response.content.iter_chunked(_CHUNK):
                if not inflate.feed(chunk):
                    break
    return inflate.so_far()


def _validator(value: str | None) -> str | None:
    """One that can be stored and sent back; others are left out, and bodies come in full."""
    return value if value and value.isascii() and len(value) <= _MAX_VALIDATOR else None


def _as_sent(location: str) -> str:
    """A Location whose bytes are no ASCII: old servers send Latin-1, and mean those bytes."""
    raw = location.encode("utf-8", "surrogateescape")
    return location if location.isascii() else quote(raw, safe=_URL_SAFE)


def _status_problem(status: int) -> Problem:
    if (key := f"http_{status}") in PROBLEMS:
        return Problem(key)
    return Problem("http_5xx" if status >= 500 else "http_other", status=status)
