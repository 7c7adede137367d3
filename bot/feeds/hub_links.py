"""What a feed announces for WebSub: its hub, and its topic, the address to ask it for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from bot.feeds.address import web_address

#: a longer address is a game, and what is sent to a hub has limits of its own
_LONGEST = 2000
_LINK = re.compile(r"<([^<>]*)>([^<]*)")
_REL = re.compile(r";\s*rel\s*=\s*(?:\"([^\"]*)\"|([^\s;,\"]+))", re.IGNORECASE)


def announced(
    header: str | None, links: Iterable[Mapping[str, Any]] | None, base: str
) -> tuple[str | None, str | None]:
    """The first hub and the topic (rel=self), by the HTTP `Link` header, else by the feed's own
    links, in this order (WebSub, section 4). `base` is where the feed was found.
    """
    hub = topic = None
    for rels, target in (*header_links(header), *_feed_links(links)):
        address = web_address(target, base)
        if address is None or len(address) > _LONGEST:
            continue
        if "hub" in rels:
            hub = hub or address
        if "self" in rels:
            topic = topic or address
    return hub, topic


def header_links(header: str | None) -> list[tuple[list[str], str]]:
    """The relations and the target of each link of a `Link` header (RFC 8288)."""
    found = []
    for target, parameters in _LINK.findall(header or ""):
        if rel := _REL.search(parameters):
            found.append(((rel[1] or rel[2] or "").lower().split(), target))
    return found


def _feed_links(links: Iterable[Mapping[str, Any]] | None) -> list[tuple[list[str], str]]:
    return [
        (str(link.get("rel") or "").lower().split(), str(link.get("href") or ""))
        for link in links or ()
    ]
