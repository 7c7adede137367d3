"""When a redirect for good, or a 410, is believed: not at first sight, and never blindly.

A captive portal, a site being rebuilt or an expired domain answers 301 and 410 too, for hours.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from storage.model import Feed

#: a move is believed when so many looks saw it, over so many seconds
MOVE_LOOKS = 3
MOVE_SECONDS = 24 * 3600.0
#: and that a feed is gone: asked every six hours, the third 410 comes after twelve
GONE_LOOKS = 3
GONE_SECONDS = 11 * 3600.0


def move_confirmed(feed: Feed, target: str, now: float) -> bool:
    """Whether this look, which was led to `target` for good, is one of enough that were.

    One that leads from https to http is followed and never believed: whoever sits on the way
    could then keep the feed.
    """
    if feed.moved_to != target or feed.moved_since is None or _downgrade(feed.url, target):
        return False
    return feed.moved_seen + 1 >= MOVE_LOOKS and now - feed.moved_since >= MOVE_SECONDS


def gone_confirmed(feed: Feed, now: float) -> bool:
    """Whether this look, which was answered 410, is one of enough in a row."""
    if feed.gone_since is None:
        return False
    return feed.gone_seen + 1 >= GONE_LOOKS and now - feed.gone_since >= GONE_SECONDS


def _downgrade(url: str, target: str) -> bool:
    return urlsplit(url).scheme == "https" and urlsplit(target).scheme == "http"
