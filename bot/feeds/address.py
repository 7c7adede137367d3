"""One article, one address: canonical forms that make copies of a link equal.

A canonical address is a key for comparing, never what is fetched or shown: it forgets the
scheme, `www.`, the mobile and AMP twins, and everything that only counts clicks.
"""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import parse_qsl, quote, quote_plus, unquote, urljoin, urlsplit

#: parameters that only say where a click came from (feedsamples oddity 17)
_TRACKING = re.compile(
    r"utm;?_\w*|at_\w+|aa_source|xtor|wt_z?mc|traffic_source|fbclid|gcl(?:id|src)|[dy]clid"
    r"|msclkid|mc_[ce]id|igshid|ns_(?:mchannel|campaign|source|linkname)|ocid|cmpid|ftag"
    r"|__twitter_impression|amp|outputtype|phpsessid|rss",
    re.IGNORECASE,
)
#: parameters that track only with such a value: `?source=rss----1a2b`, `?ref=rss`
_SOURCES = re.compile(r"source|src|ref|from|feed", re.IGNORECASE)
_SOURCE_VALUES = re.compile(r"(?:rss|atom|feed|twitter|facebook|newsletter)\b.*", re.IGNORECASE)
#: FCDO appends the time of the update, WordPress the place on the page
_VOLATILE_FRAGMENT = re.compile(
    r"\d{4}-\d\d-\d\d[T ].*|respond|comments?|top|content|main", re.IGNORECASE
)
_BBC = ("bbc.com", "bbc.co.uk")
_GOOGLE = re.compile(r"(?:^|\.)google\.[a-z]{2,3}(?:\.[a-z]{2})?$")
_TWIN_HOST = re.compile(r"^(?:(?:www\d?|m|mobile|amp)\.)+(?=[^.]+\.)")
_AMP_TAIL = re.compile(r"(?:/+amp|\.amp)+(?=/*$)|(?:\.amp)+(?=\.html?$)", re.IGNORECASE)
_LINE_BREAK = re.compile(r"\s*[\r\n\t]+\s*")
#: what RFC 3986 lets stand unencoded in a path
_PATH_SAFE = "/:@!$&'()*+,;=~-._"
#: unwrapping ends here: an address that wraps itself deeper is a game
_MAX_WRAPPERS = 3


def web_address(link: str, base: str) -> str | None:
    """The http(s) address that `link`, perhaps relative to `base`, names; None for any other."""
    link = _one_line(link)
    if not link:
        return None
    try:
        # nearly every link is whole already
        is_whole = link.startswith(("http://", "https://"))
        address = (link if is_whole else urljoin(base, link)).replace(" ", "%20")
        parts = urlsplit(address)
    except ValueError:
        return None
    return address if parts.scheme in ("http", "https") and parts.hostname else None


def canonical_url(url: str) -> str:
    """The same text for every address of one article; text that is no web address unchanged."""
    url = _one_line(url)
    for _ in range(_MAX_WRAPPERS):
        inner = _unwrapped(url)
        if inner is None:
            break
        url = inner
    try:
        parts = urlsplit(url)
        host, port = _host(parts.hostname or ""), parts.port
    except ValueError:
        return url
    if parts.scheme.lower() not in ("http", "https") or not host:
        return url
    netloc = host if port in (None, 80, 443) else f"{host}:{port}"
    path = _AMP_TAIL.sub("", _path(parts.path)).rstrip("/")
    query = "" if host == "news.google.com" else _query(parts.query)
    fragment = _fragment(parts.fragment, host)
    return f"https://{netloc}{path}" + (query and f"?{query}") + (fragment and f"#{fragment}")


def host_of(url: str) -> str:
    """The host name, lower case, without port; empty when there is none."""
    try:
        return (urlsplit(url).hostname or "").rstrip(".")
    except ValueError:
        return ""


def is_google_news(url: str) -> bool:
    return host_of(url) == "news.google.com"


def _one_line(url: str) -> str:
    """Feeds indent inside <link> (feedsamples oddity 26)."""
    return _LINE_BREAK.sub("", url.strip())


def _unwrapped(url: str) -> str | None:
    """The address inside a Google or AMP cache wrapper."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    host = (parts.hostname or "").lower()
    if _GOOGLE.search(host) and parts.path == "/url":
        fields = dict(parse_qsl(parts.query))
        inner = fields.get("url") or fields.get("q") or ""
        return inner if inner.startswith(("http://", "https://")) else None
    if _GOOGLE.search(host):
        match = re.match(r"/amp/(s/)?(.+)", parts.path)
    elif host == "cdn.ampproject.org" or host.endswith(".cdn.ampproject.org"):
        match = re.match(r"/[a-z]/(s/)?(.+)", parts.path)
    else:
        return None
    return f"https://{match[2]}" + (parts.query and f"?{parts.query}") if match else None


def _host(host: str) -> str:
    host = host.lower().rstrip(".")
    if not host.isascii():
        try:
            host = host.encode("idna").decode("ascii")
        except UnicodeError:
            return host
    host = _TWIN_HOST.sub("", host)
    # the BBC serves every article under both
    return _BBC[0] if host in _BBC else host


def _path(path: str) -> str:
    decoded = unicodedata.normalize("NFC", unquote(path, errors="surrogateescape"))
    return quote(decoded, safe=_PATH_SAFE, errors="surrogateescape")


def _query(query: str) -> str:
    pairs = [
        (key, value)
        for key, value in parse_qsl(query, keep_blank_values=True, errors="surrogateescape")
        if not _tracks(key, value)
    ]
    return "&".join(
        "=".join(quote_plus(part, errors="surrogateescape") for part in pair if part)
        for pair in sorted(pairs)
    )


def _tracks(key: str, value: str) -> bool:
    if _TRACKING.fullmatch(key):
        return True
    return bool(_SOURCES.fullmatch(key) and _SOURCE_VALUES.fullmatch(value))


def _fragment(fragment: str, host: str) -> str:
    """A fragment may be the article (`#!/2023/…`), so only what is known to be noise goes."""
    if not fragment or _VOLATILE_FRAGMENT.fullmatch(unquote(fragment)):
        return ""
    # the BBC counts re-publications of one article: …/articles/c1#0, #1, …
    if fragment.isdigit() and host in _BBC:
        return ""
    if "=" in fragment:
        pairs = parse_qsl(fragment.lstrip("?&"), keep_blank_values=True)
        if pairs and all(_tracks(key, value) for key, value in pairs):
            return ""
    return quote(unquote(fragment), safe=_PATH_SAFE + "?")
