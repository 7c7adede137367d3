"""A fetched body made into entries: identified, dated, cleaned. Pure: it may run in a thread."""

from __future__ import annotations

import hashlib
import io
import re
import time
import xml.sax
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import feedparser

from bot.detect.text import fold
from bot.feeds import clean, quicker
from bot.feeds.address import canonical_url, is_google_news, web_address
from bot.feeds.dates import published
from bot.feeds.hints import Wishes, wishes
from bot.feeds.hub_links import announced
from bot.feeds.problem import Problem
from storage.model import NewEntry

quicker.install()

MAX_ENTRIES = 200

#: how many folded characters of the summary tell one text from another
_LEAD_CHARS = 200
_HTML = re.compile(rb"\s*(?:<!--.{0,500}?-->\s*)*<(?:!doctype\s+html|html)\b", re.I | re.S)
_CHARACTER_REFERENCE = re.compile(rb"&#(?:x([0-9a-f]{1,9})|(\d{1,10}));?", re.I)
_LANGUAGE = re.compile(r"[a-z]{2,3}\b")


@dataclass(frozen=True, slots=True)
class ParsedFeed:
    """What a body says, read as a feed."""

    title: str
    #: two or three letters, as the feed declares; a hint, not a fact
    language: str | None
    #: oldest first, so that they are looked at in the order they happened
    entries: tuple[NewEntry, ...]
    #: WebSub hub
    hub: str | None
    #: what the publisher asks of those who poll it
    wishes: Wishes
    is_feed: bool
    #: what was odd, one plain sentence each; the entries are usable all the same
    problems: tuple[Problem, ...]
    #: what to ask of the hub, when the feed says so
    topic: str | None = None


@dataclass(frozen=True, slots=True)
class _Draft:
    """An item before its identity is known: that needs its neighbours."""

    guid: str | None
    url: str | None
    canonical: str | None
    title: str
    summary: str
    published_at: float | None


def parse(body: bytes, headers: Mapping[str, str], url: str, fetched_at: float) -> ParsedFeed:
    """Read `body`, fetched from `url` at `fetched_at`, with its lower-case `headers`.

    Never raises on any body: what is no feed comes back with `is_feed` false and the reason
    in `problems`.
    """
    if b"\0" not in body[:4] and (reason := _not_a_feed(body)):
        return unreadable(reason)
    try:
        parsed = _feedparser(body, headers)
    except Exception as error:  # hostile bytes find its bugs: that is the feed's failure
        return unreadable(Problem("no_xml", detail=type(error).__name__))
    items: list[Any] = parsed.get("entries", [])
    feed: Any = parsed.get("feed", {})
    if not parsed.get("version") and not items:
        return unreadable(Problem("no_feed"))
    problems: list[Problem] = []
    if parsed.get("bozo") and isinstance(parsed.get("bozo_exception"), Exception):
        problems.append(_oddity(parsed["bozo_exception"], len(items)))
        if not items and isinstance(parsed["bozo_exception"], xml.sax.SAXException):
            return unreadable(Problem("broken_xml"))
    if not items:
        problems.append(Problem("no_items"))
    dated = [(_published(item, fetched_at), item) for item in items]
    if len(dated) > MAX_ENTRIES:
        problems.append(Problem("many_items", count=len(dated), most=MAX_ENTRIES))
        dated = _newest(dated, fetched_at)
    drafts = [_draft(item, moment, url) for moment, item in dated]
    readable = [draft for draft in drafts if draft is not None]
    if len(readable) < len(drafts):
        problems.append(Problem("empty_items", count=len(drafts) - len(readable)))
    if readable and all(draft.published_at is None for draft in readable):
        problems.append(Problem("no_dates"))
    hub, topic = announced(headers.get("link"), feed.get("links"), url)
    return ParsedFeed(
        title=clean.title(str(feed.get("title") or "")),
        language=_language(feed.get("language")),
        entries=_entries(readable, url, fetched_at),
        hub=hub,
        wishes=wishes(feed, body),
        is_feed=True,
        problems=tuple(problems),
        topic=topic,
    )


def _not_a_feed(body: bytes) -> Problem | None:
    start = body[:2048].removeprefix(b"\xef\xbb\xbf").lstrip()
    if not start:
        return Problem("empty_page")
    if _HTML.match(start):
        return Problem("web_page")
    if start[:1] in (b"{", b"["):
        return Problem("json")
    return None


def unreadable(reason: Problem) -> ParsedFeed:
    """What is no feed, for this reason."""
    return ParsedFeed("", None, (), None, Wishes(), is_feed=False, problems=(reason,))


def _feedparser(body: bytes, headers: Mapping[str, str]) -> Any:
    # Bytes or text given directly would be tried as a file name and as an address first, so
    # that a body "/etc/passwd" would be answered with that file: only ever a stream.
    return feedparser.parse(
        io.BytesIO(_CHARACTER_REFERENCE.sub(_possible, body)),
        # Without a content type feedparser assumes Latin-1. With a content location it makes
        # guids such as "4711" into addresses, which change when the feed moves: not given.
        response_headers={"content-type": _content_type(body, headers)},
        # we make plain text ourselves; both cost seven eighths of the time
        sanitize_html=False,
        resolve_relative_uris=False,
    )


def _possible(reference: re.Match[bytes]) -> bytes:
    """The reference, unless no XML may hold its character.

    Some sites write an emoji as two surrogates, which feedparser's loose parser dies of.
    """
    code = int(reference[1], 16) if reference[1] else int(reference[2])
    control = code < 32 and code not in (9, 10, 13)
    return b"" if control or 0xD800 <= code <= 0xDFFF or code > 0x10FFFF else reference[0]


def _content_type(body: bytes, headers: Mapping[str, str]) -> str:
    """The declared type; but text that is valid UTF-8 is UTF-8, whatever the server declares."""
    if b"\0" not in body and not body.isascii():
        try:
            body.decode("utf-8")
        except UnicodeDecodeError:
            pass
        else:
            return "application/xml; charset=utf-8"
    return headers.get("content-type") or "application/xml"


def _oddity(error: Exception, items: int) -> Problem:
    if isinstance(error, feedparser.CharacterEncodingOverride):
        return Problem("encoding")
    if isinstance(error, feedparser.NonXMLContentType):
        return Problem("not_xml_type")
    return Problem("recovered", count=items)


def _newest(
    dated: list[tuple[float | None, Any]], fetched_at: float
) -> list[tuple[float | None, Any]]:
    """The newest MAX_ENTRIES in the feed's order; an undated item counts as now."""
    ranked = sorted(
        range(len(dated)),
        key=lambda at: fetched_at if (moment := dated[at][0]) is None else moment,
        reverse=True,
    )
    return [dated[at] for at in sorted(ranked[:MAX_ENTRIES])]


def _published(item: Any, fetched_at: float) -> float | None:
    for key in ("published", "updated", "created"):
        # dict.get: feedparser's own guesses one key from the other, with a warning
        text = dict.get(item, key)
        struct: time.struct_time | None = dict.get(item, f"{key}_parsed")
        if text or struct:
            moment = published(str(text or ""), struct, fetched_at=fetched_at)
            if moment is not None:
                return moment
    return None


def _draft(item: Any, moment: float | None, base: str) -> _Draft | None:
    link = web_address(_storable(item.get("feedburner_origlink") or _link(item)), base)
    guid = _storable(item.get("id")).strip() or None
    if link is None and guid and guid.startswith(("http://", "https://")):
        link = web_address(guid, base)
    google = is_google_news(link or base)
    source = item.get("source")
    title = clean.title(
        str(item.get("title") or ""),
        publisher=str(source.get("title") or "") if google and source else None,
    )
    # Google's description lists the other headlines of the cluster: not this item's text
    summary = "" if google else clean.summary(_text(item))
    if not title:
        title = clean.shorten(" ".join(summary.split()), 120)
    if not title:
        return None
    return _Draft(guid, link, canonical_url(link) if link else None, title, summary, moment)


def _link(item: Any) -> Any:
    """The item's link. Without one feedparser takes the guid, but "4711" is no page."""
    link = item.get("link")
    if item.get("guidislink") and not str(link).startswith(("http://", "https://", "/")):
        return None
    return link


def _storable(value: Any) -> str:
    """Text that any database takes: broken XML leaves NUL and lone surrogates."""
    return str(value or "").replace("\0", "").encode("utf-8", "replace").decode("utf-8")


def _text(item: Any) -> str:
    summary = str(item.get("summary") or "")
    if summary.strip():
        return summary
    return next((str(part.get("value") or "") for part in item.get("content") or ()), "")


def _entries(drafts: Sequence[_Draft], url: str, fetched_at: float) -> tuple[NewEntry, ...]:
    """Entries of distinct identity, oldest first; feeds list their newest on top."""
    entries: dict[str, NewEntry] = {}
    for draft, identity in zip(drafts, _identities(drafts), strict=True):
        if identity not in entries:
            entries[identity] = _entry(draft, identity, url)
    return tuple(
        sorted(
            reversed(entries.values()),
            key=lambda e: fetched_at if e.published_at is None else e.published_at,
        )
    )


def _identities(drafts: Sequence[_Draft]) -> list[str]:
    """What makes each item the same again at the next poll.

    The guid, else the canonical address, else the title. Some feeds give every item one guid
    or one address; there the next thing that tells them apart is added, so that none is lost.
    """
    first = [_guid_key(d) or d.canonical or d.title for d in drafts]
    shared = _with_several(first, [d.canonical or d.title for d in drafts])
    second = [
        f"{key} {d.canonical or d.title}" if key in shared else key
        for key, d in zip(first, drafts, strict=True)
    ]
    # two items with one guid and one address are one item; without a guid the title decides
    unnamed = [d.title if d.guid is None else "" for d in drafts]
    shared = _with_several(second, unnamed)
    return [
        f"{key} {title}" if key in shared else key
        for key, title in zip(second, unnamed, strict=True)
    ]


def _with_several(keys: Sequence[str], values: Sequence[str]) -> set[str]:
    """The keys that occur with more than one value."""
    seen = Counter(key for key, _ in set(zip(keys, values, strict=True)))
    return {key for key, count in seen.items() if count > 1}


def _guid_key(draft: _Draft) -> str | None:
    """A guid that is an address varies like one: the BBC's ends in #0, #1, … (oddity 9)."""
    if draft.guid and draft.guid.startswith(("http://", "https://")):
        return canonical_url(draft.guid)
    return draft.guid


def _entry(draft: _Draft, identity: str, feed_url: str) -> NewEntry:
    # an item without link has an address of its own, or it would be a copy of its neighbours
    canonical = draft.canonical or f"{canonical_url(feed_url)}#{_digest(identity)[:16]}"
    return NewEntry(
        identity=identity,
        guid=draft.guid,
        url=draft.url or feed_url,
        canonical_url=canonical,
        title=draft.title,
        summary=draft.summary,
        published_at=draft.published_at,
        content_hash=_digest(draft.title, draft.summary),
        fingerprint=_digest(fold(draft.title), _lead(draft.summary)),
    )


def _lead(summary: str) -> str:
    """Its first _LEAD_CHARS characters, folded; nearly always a third more of it is enough."""
    short = fold(summary[: _LEAD_CHARS * 4 // 3])
    # the last word may have been cut
    if short.rfind(" ") >= _LEAD_CHARS:
        return short[:_LEAD_CHARS]
    return fold(summary[: 3 * _LEAD_CHARS])[:_LEAD_CHARS]


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode("utf-8", "replace")).hexdigest()


def _language(declared: Any) -> str | None:
    match = _LANGUAGE.match(str(declared or "").strip().lower())
    return match.group() if match else None
