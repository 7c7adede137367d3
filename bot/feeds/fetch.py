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
from bot.feeds.guard import Guard
from bot.feeds.inflate import Inflater

#: seconds for everything: names, redirects, headers, body
DEADLINE = 20.0
#: bytes of a body, after inflation; larger ones are no news feeds
MAX_BYTES = 2 * 1024 * 1024
MAX_REDIRECTS = 5
#: connections at once, over all hosts
CONNECTIONS = 64

_CHUNK = 64 * 1024
_ACCEPT = (
    "application/rss+xml, application/atom+xml, application/rdf+xml;q=0.9, "
    "application/xml;q=0.8, text/xml;q=0.8, */*;q=0.1"
)
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PERMANENT = frozenset({301, 308})
_STATUS = {
    202: "the site asks for a captcha",
    204: "no content",
    304: "not modified, though nothing was there to compare with",
    400: "the site does not understand the request",
    401: "the site wants a password",
    402: "the site wants money",
    403: "the site refuses robots",
    404: "there is nothing at this address",
    406: "the site has no form that we read",
    410: "the feed is gone for good",
    429: "the site says that we ask too often",
    444: "the site refuses robots",
    451: "blocked for legal reasons",
}


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

    #: one plain sentence for moderators, without the address
    reason: str
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
                limit=CONNECTIONS, socket_factory=self._guard.socket, ttl_dns_cache=60
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
            return FetchFailed(f"did not answer in full within {self._deadline:g} seconds")
        except aiohttp.InvalidURL:
            return FetchFailed("the address cannot be read")
        except aiohttp.ClientConnectorDNSError:
            return FetchFailed("the host name is not known")
        except (aiohttp.ClientConnectorCertificateError, ssl.SSLError) as error:
            return FetchFailed(f"the certificate is not valid ({_certificate_problem(error)})")
        except aiohttp.ClientConnectorError as error:
            return FetchFailed(_connection_problem(error))
        except (aiohttp.ServerDisconnectedError, aiohttp.ClientOSError, ConnectionError):
            return FetchFailed("the connection broke off")
        except aiohttp.ClientPayloadError:
            return FetchFailed("the answer broke off")
        except (aiohttp.ClientError, ValueError) as error:
            return FetchFailed(f"the answer cannot be read ({type(error).__name__})")

    async def _follow(
        self, url: str, validators: dict[str, str]
    ) -> Fetched | NotModified | FetchFailed:
        """Follow redirects by hand: the guard learns each host, permanent moves are remembered."""
        if self._session is None:
            raise RuntimeError("use the Fetcher in `async with`")
        hop = web_address(url, "")
        if hop is None:
            return FetchFailed("the address is neither http nor https")
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
                    return FetchFailed("redirects to what is neither http nor https")
                hop = target
                only_permanent = only_permanent and response.status in _PERMANENT
                if only_permanent:
                    permanent = hop
        return FetchFailed(f"redirects more than {MAX_REDIRECTS} times")

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
            return FetchFailed(f"is larger than {MAX_BYTES // 1024 // 1024} MiB", status=200)
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


def _status_problem(status: int) -> str:
    meaning = _STATUS.get(status)
    if meaning is None and status >= 500:
        meaning = "the site has trouble of its own"
    return f"HTTP {status}" + (f" ({meaning})" if meaning else "")


def _connection_problem(error: aiohttp.ClientConnectorError) -> str:
    number = error.os_error.errno
    return f"cannot be reached ({os.strerror(number) if number else error.os_error})"


def _certificate_problem(error: Exception) -> str:
    cause = getattr(error, "certificate_error", None) or error
    return str(getattr(cause, "verify_message", "") or type(cause).__name__)
