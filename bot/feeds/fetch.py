"""One polite, bounded request for a feed; what goes wrong comes back as a sentence."""

from __future__ import annotations

import asyncio
import importlib.metadata
import os
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from types import TracebackType

import aiohttp
from aiohttp import hdrs

from bot.feeds.address import host_of, web_address
from bot.feeds.guard import Guard, Refused
from bot.feeds.inflate import Inflater
from bot.feeds.problem import PROBLEMS, Problem

#: seconds for everything: names, redirects, headers, body
DEADLINE = 20.0
#: bytes of a body, after inflation; larger ones are no news feeds
MAX_BYTES = 2 * 1024 * 1024
MAX_REDIRECTS = 5
_CHUNK = 64 * 1024
_ACCEPT = (
    "application/rss+xml, application/atom+xml, application/rdf+xml;q=0.9, "
    "application/xml;q=0.8, text/xml;q=0.8, */*;q=0.1"
)
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PERMANENT = frozenset({301, 308})


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


@dataclass(frozen=True, slots=True)
class FetchFailed:
    """The feed could not be had."""

    reason: Problem
    status: int | None = None
    #: seconds that the site asks us to stay away
    retry_after: float | None = None


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
            hdrs.ACCEPT_ENCODING: "gzip, deflate",
        }
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Fetcher:
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                limit=0, socket_factory=self._guard.socket, ttl_dns_cache=60
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
        except aiohttp.InvalidURL:
            return FetchFailed(Problem("bad_address"))
        except aiohttp.ClientConnectorDNSError:
            return FetchFailed(Problem("unknown_host"))
        except (aiohttp.ClientConnectorCertificateError, ssl.SSLError) as error:
            return FetchFailed(Problem("certificate", detail=_certificate_problem(error)))
        except aiohttp.ClientConnectorError as error:
            return FetchFailed(_connection_problem(error))
        except (aiohttp.ServerDisconnectedError, aiohttp.ClientOSError, ConnectionError):
            return FetchFailed(Problem("broken_off"))
        except aiohttp.ClientPayloadError:
            return FetchFailed(Problem("cut_short"))
        except (aiohttp.ClientError, ValueError) as error:
            return FetchFailed(Problem("unreadable", detail=type(error).__name__))

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
                    return await self._answer(response, permanent, bool(validators))
                target = web_address(location, hop)
                if target is None:
                    return FetchFailed(Problem("redirects_elsewhere"))
                hop = target
                only_permanent = only_permanent and response.status in _PERMANENT
                if only_permanent:
                    permanent = hop
        return FetchFailed(Problem("redirects", count=MAX_REDIRECTS))

    async def _answer(
        self, response: aiohttp.ClientResponse, permanent: str | None, conditional: bool
    ) -> Fetched | NotModified | FetchFailed:
        if response.status == 304 and conditional:
            return NotModified()
        if response.status != 200:
            return FetchFailed(
                _status_problem(response.status),
                status=response.status,
                retry_after=retry_after(
                    response.headers.get(hdrs.RETRY_AFTER), response.headers.get(hdrs.DATE)
                ),
            )
        body = await _read(response)
        if body is None:
            return FetchFailed(Problem("too_large", size=MAX_BYTES // 1024 // 1024), status=200)
        return Fetched(
            body=body,
            headers={name.lower(): value for name, value in response.headers.items()},
            etag=response.headers.get(hdrs.ETAG),
            last_modified=response.headers.get(hdrs.LAST_MODIFIED),
            final_url=str(response.url),
            permanent_url=permanent,
        )


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


def _status_problem(status: int) -> Problem:
    if (key := f"http_{status}") in PROBLEMS:
        return Problem(key)
    return Problem("http_5xx" if status >= 500 else "http_other", status=status)


def _connection_problem(error: aiohttp.ClientConnectorError) -> Problem:
    cause = error.os_error
    if isinstance(cause, Refused):
        return Problem("not_allowed", detail=cause)
    return Problem("unreachable", detail=os.strerror(cause.errno) if cause.errno else cause)


def _certificate_problem(error: Exception) -> str:
    cause = getattr(error, "certificate_error", None) or error
    return str(getattr(cause, "verify_message", "") or type(cause).__name__)
