"""When a text says things happened: dates, nights, weeks and months seen from its publication."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from functools import cache
from importlib.resources import files

import yaml

from bot.detect import time_days, time_stretches
from bot.detect.calendar_days import Anchor
from bot.detect.clock_times import clock_times
from bot.detect.text import Doc
from bot.detect.time_reader import DateMention, Reader
from bot.detect.time_words import load

__all__ = ["DateMention", "find_dates", "local_day"]

#: an hour further than this from a day belongs to something else
_CLOCK_WORDS = 25
#: a feed's date outside these years is a mistake and anchors nothing
_YEARS = (1950, 2150)


@cache
def _offsets() -> dict[str, int]:
    rows = yaml.safe_load(files("bot.detect").joinpath("data/countries.yaml").read_text("utf-8"))
    return {row["code"]: row["utc"] for row in rows if "utc" in row}


def local_day(published: datetime, country: str | None) -> date:
    """The day it was in `country` (UTC where unknown); the region keeps no summer time."""
    return published.astimezone(timezone(timedelta(hours=_offsets().get(country or "", 0)))).date()


# One letter a word, as in time_words.LETTERS. A side is one day of a stretch.
_SIDE = "(?:WD[Mm]Y?|W?[Mm]DY?|WD|D[Mm]Y?|W|D)"
_RIGHT = "(?:WD[Mm]Y?|W?[Mm]DY?|WD|D[Mm]Y?|W)"
_GRAMMAR: tuple[tuple[str, str], ...] = (
    ("pair", f"[No]i?[dbtlc]{{0,2}}{_SIDE}[tel]l?{_RIGHT}|NdDDM?Y?|NdDtD"),
    ("night_of", f"N[dl][lc]?{_RIGHT}|oi?W"),
    ("pair", f"[dbi]?[lc]?{_SIDE}[te]l?{_RIGHT}|W?[Mm]DtDY?|[dbi]?l?DD[Mm]Y?|[Mm]DDY?"),
    ("numeric", "YDD|DDY|DD"),
    ("full", "c?W?l?D[Mm]M?Y?|W?l?Ddl?[Mm]Y?|W?[Mm]lD|W?[Mm]DY?"),
    ("weekday_week", "W[PN]?d?l?(?:KL|LK|cK)"),
    ("weekday", "[LX]W[PN]?|c?WD?[PN]?[LX]?"),
    ("relative", "UvR|vR|PR|R"),
    ("last_night", "LN|NL|cN|o"),
    ("today", "uh|cPP?|cU"),
    ("ago", "jyt[nDMq][UK]|jytnA|[nDMq][UK]g|[tA][UK]g"),
    ("since_span", "Sl?[BIE]dl?[UAMK]|S[dlt]*[nDMq]?[UAK]"),
    ("weekend", "[cl]?L?(?:KE|k)[LX]?"),
    ("week", "[BIE][dlc]*KL?|[BIE]LK|cK|KL|L[nDMq]?K|XK|KX"),
    ("recent", "[cl]?[nDMq]?L[nDMq]?U|U[nD]?L|AL"),
    ("coming", "XU|UX|AX"),
    (
        "month",
        "[BIE]d?[Mm]Y?|[Mm]Y|[iS][Mm]Y?[LX]?|[Mm]L|L[Mm]|[it]l?Ud[Mm][LX]?|[MA]X|X[Mm]",
    ),
    ("year", "[iS]l?Y"),
    ("from_mention", "sU|Us|wU|Uw|l?f|pU|Uv|[nDMqt]Ur?[zZ]"),
)
_PATTERN = re.compile(
    "|".join(f"(?P<{name}_{i}>{body})" for i, (name, body) in enumerate(_GRAMMAR))
)
#: where a time expression may stand: a run of known words, one of them more than an article, a
#: preposition or a number. The grammar is tried only there; most of a text is far from it.
_RUN = re.compile("[dlitebcnq]*[^dlitebcnqx][^x]*")
_READERS = time_days.READERS | time_stretches.READERS


def find_dates(doc: Doc, published: datetime | None, precision: str) -> list[DateMention]:
    """Every time expression, in the order of the text.

    `published` should be in the zone of the place (see `local_day`); `precision` (time, day, month
    or year) says how much of it is known, and nothing finer than it is ever resolved.
    """
    classes, words = load()
    if words.triggers.isdisjoint(doc.words) and "/" not in doc.original:
        return []
    letters = "".join([classes[word] for word in doc.words])
    anchor = None
    if published is not None and _YEARS[0] <= published.year <= _YEARS[1]:
        anchor = Anchor(published.date(), "day" if precision == "time" else precision)
    reader = Reader(doc, letters, words, anchor)
    if anchor is None:
        reader.anchor = reader.anchor_in_text(_matches(letters))
    at = 0
    while run := _RUN.search(letters, at):
        at, end = run.span()
        while match := _PATTERN.search(letters, at, end):
            at = _read(reader, match)
        at = max(at, end)
    return _with_times(doc, reader.mentions)


def _matches(letters: str) -> Iterator[re.Match[str]]:
    for run in _RUN.finditer(letters):
        yield from _PATTERN.finditer(letters, *run.span())


def _read(reader: Reader, match: re.Match[str]) -> int:
    """Adds what a match says; where the next may begin."""
    start, end = match.start(), reader.uncut(*match.span())
    whole = match if end == match.end() else _PATTERN.match(reader.letters, start, end)
    if whole is None:
        return start + 1
    name = (whole.lastgroup or "").rpartition("_")[0]
    return _READERS[name](reader, start, whole.end()) or start + 1


def _with_times(doc: Doc, mentions: list[DateMention]) -> list[DateMention]:
    """Each hour goes to the nearest day told; an hour alone says nothing."""
    if not any(mention.precision == 1 for mention in mentions):
        return mentions
    for clock in clock_times(doc):
        near = min(
            (m for m in enumerate(mentions) if m[1].precision == 1 and m[1].time is None),
            key=lambda m: max(
                clock.span.first - m[1].span.last, m[1].span.first - clock.span.last
            ),
            default=None,
        )
        if near is not None and abs(clock.span.first - near[1].span.last) <= _CLOCK_WORDS:
            mentions[near[0]] = replace(near[1], time=clock.time)
    return mentions
