"""What we make of a feed beside what feedparser makes of it, and why they differ.

Every difference has one reason of REASONS, or it is unexplained: a fault of ours to mend.
"""

from __future__ import annotations

import calendar
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.detect.text import fold, plain
from bot.feeds import clean
from bot.feeds.address import canonical_url
from bot.feeds.dates import EARLIEST, read_date
from bot.feeds.parse import MAX_ENTRIES

REASONS = {
    "empty": "an item without title and text tells nothing: left out",
    "twice": "an item listed twice is one entry",
    "most": "of more than 200 items the 200 newest are read",
    "text as title": "an item without title is called by its first words",
    "words only": "a title is plain words: markup, what no reader shows, « […] » are gone",
    "publisher": "Google News hangs the publisher on the title: taken off",
    "absolute": "a relative link is one of the feed's site",
    "origin": "FeedBurner and aggregators name the article's own address: that one is taken",
    "no link": "what is no web address is no link: people are shown the guid's or the feed's",
    "one line": "an address has no spaces and no line breaks",
    "storable": "NUL and half characters, which no database takes, are left out of an id",
    "local date": "a date in words or a zone that feedparser reads as nothing, or as UTC",
    "other date": "where the first date is none, the item's next one is taken",
    "future": "a date in the future is the time of the fetch",
    "impossible": "a date before 1990 is none",
}


@dataclass(frozen=True, slots=True)
class Difference:
    """Of one field of one item, or of their number."""

    #: a key of REASONS; None for what nothing explains
    reason: str | None
    what: str


def compare(
    theirs: Sequence[Any], ours: Sequence[Mapping[str, Any]], *, feed_url: str
) -> list[Difference]:
    """The differences of feedparser's `theirs` and our rows of the table `entries`."""
    told = [item for item in theirs if _words(item)]
    found = [Difference("empty", "")] * (len(theirs) - len(told))
    left = list(ours)
    for item in told:
        row = _take(item, left, alone=len(told) == len(ours) == 1)
        if row is None:
            found.append(_missing(item, ours))
        else:
            found += _differences(item, row, feed_url)
    for row in left:
        # feedparser takes a script's text away and what remains is nothing
        reason = None if _letters(row["title"]) else "words only"
        found.append(Difference(reason, f"{row['title']!r} is ours alone"))
    return found


def _missing(item: Any, ours: Sequence[Mapping[str, Any]]) -> Difference:
    reason = None
    if any(_same(item, row) for row in ours):
        reason = "twice"
    elif not _letters(_words(item)):
        reason = "empty"
    elif len(ours) >= MAX_ENTRIES:
        reason = "most"
    return Difference(reason, f"{_title(item)!r} is missing")


def _words(item: Any) -> str:
    parts = [item.get("title"), item.get("summary")]
    parts += [content.get("value") for content in item.get("content") or ()]
    return next((words for part in parts if (words := plain(str(part or "")))), "")


def _title(item: Any) -> str:
    return " ".join(plain(str(item.get("title") or "")).split())


def _same(item: Any, row: Mapping[str, Any]) -> bool:
    """Whether the row already stands for this item: by id, else address, else words."""
    if item.get("id"):
        return canonical_url(item["id"]) == canonical_url(row["guid"] or "")
    if item.get("link"):
        return bool(item["link"] == row["url"])
    return fold(_title(item) or _words(item)) == fold(row["title"])


def _take(item: Any, rows: list[Mapping[str, Any]], *, alone: bool) -> Mapping[str, Any] | None:
    """The row of this item, by what is surest; an item alone is the row alone."""
    tests = (
        lambda row: (
            bool(item.get("id"))
            and row["guid"] == item["id"]
            and fold(row["title"]) == fold(_title(item))
        ),
        lambda row: row["url"] == item.get("link") and fold(row["title"]) == fold(_title(item)),
        lambda row: bool(item.get("id")) and row["guid"] == item.get("id"),
        lambda row: bool(item.get("link")) and row["url"] == item.get("link"),
        lambda row: fold(row["title"]) == fold(_title(item) or _words(item)),
        lambda _: alone,
    )
    for test in tests:
        for row in rows:
            if test(row):
                rows.remove(row)
                return row
    return None


def _differences(item: Any, row: Mapping[str, Any], feed_url: str) -> Iterator[Difference]:
    title, link, guid = _title(item), str(item.get("link") or ""), str(item.get("id") or "")
    if fold(title) != fold(row["title"]):
        yield Difference(_of_title(item, title, row), f"title {title!r} is {row['title']!r}")
    if link != row["url"]:
        yield Difference(_of_link(item, link, guid, row, feed_url), f"{link!r} is {row['url']!r}")
    if guid != (row["guid"] or ""):
        reason = "storable" if "\0" in guid or "�" in (row["guid"] or "") else None
        yield Difference(reason, f"id {guid!r} is {row['guid']!r}")
    moment = _moment(item)
    if moment != row["published_at"]:
        said = [dict.get(item, key) for key in ("published", "updated", "created")]
        yield Difference(_of_date(said, moment, row), f"{said} is {row['published_at']}")


def _of_title(item: Any, title: str, row: Mapping[str, Any]) -> str | None:
    ours = row["title"]
    if not title:
        return "text as title"
    if "news.google.com" in row["url"] and title.startswith(ours):
        return "publisher"
    raw = str(item.get("title") or "")
    return "words only" if clean.title(raw) == ours or "<" in raw else None


def _letters(text: str) -> str:
    return "".join(c for c in text if c.isalnum())


def _of_link(item: Any, link: str, guid: str, row: Mapping[str, Any], feed_url: str) -> str | None:
    ours = row["url"]
    if item.get("feedburner_origlink"):
        return "origin"
    if re.sub(r"\s", "", link) == ours.replace("%20", ""):
        return "one line"
    if ours == feed_url or (ours == guid and not link.startswith("http")):
        return "no link"
    if not re.match(r"[a-z][a-z0-9+.-]*:", link, re.IGNORECASE):
        return "absolute"
    return None


def _moment(item: Any) -> float | None:
    for key in ("published", "updated", "created"):
        struct: time.struct_time | None = dict.get(item, f"{key}_parsed")
        if struct:
            try:
                return float(calendar.timegm(struct))
            except (OverflowError, ValueError):
                return None
    return None


def _of_date(
    said: Sequence[str | None], moment: float | None, row: Mapping[str, Any]
) -> str | None:
    ours = row["published_at"]
    if any(text and read_date(text) == ours for text in said):
        return "local date"
    if moment is not None and ours is not None and row["first_seen_at"] - 60 < ours < moment:
        return "future"
    if moment is not None and moment < EARLIEST:
        return "impossible" if ours is None else "other date"
    return None
