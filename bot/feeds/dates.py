"""Publication dates as feeds really write them, when feedparser alone gets them wrong.

feedparser returns nothing for French names and Drupal's form, takes Korean "GMT+9" for
nothing, and reads the zones WAT, CET and CEST as UTC (feedsamples oddities 2 to 5). What is
not recognised here is left to it.
"""

from __future__ import annotations

import calendar
import re
import time
from datetime import UTC, datetime

from bot.detect.text import fold_word

#: 1990-01-01: the web is younger, so an earlier date is a mistake
EARLIEST = 631_152_000.0

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "janvier january janv jan", "fevrier february fevr fev feb", "mars march mar",
            "avril april avr apr", "mai may", "juin june jun", "juillet july juil jul",
            "aout august aou aug", "septembre september sept sep", "octobre october oct",
            "novembre november nov", "decembre december dec",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
#: hours east of UTC; zones of our countries and of the desks that write about them
_ZONES = {
    "": 0, "gmt": 0, "utc": 0, "ut": 0, "z": 0, "wet": 0,
    "wat": 1, "cet": 1, "met": 1, "bst": 1, "west": 1,
    "cest": 2, "mest": 2, "cat": 2, "eet": 2, "sast": 2,
    "eat": 3, "eest": 3, "msk": 3, "ast": -4, "edt": -4, "est": -5,
}  # fmt: skip

_TIME = (
    r"(?:[\s,–-]*(?:à|at|T)?\s*(?P<hour>\d{1,2})\s*[:hH]\s*(?P<minute>\d{1,2})?"
    r"(?::(?P<second>\d{1,2})(?:[.,]\d{1,6})?)?\s*(?P<half>[AaPp]\.?[Mm]\.?)?)?"
)
_ZONE = (
    r"\s*\(?(?P<zone>[A-Za-z]{1,4}(?![A-Za-z/]))?\s*"
    r"(?:(?P<sign>[+-])(?P<off_hour>\d{1,2}):?(?P<off_minute>\d\d)?)?\)?\s*(?:\([^)]{0,40}\))?"
)
_WEEKDAY = r"\s*(?:[^\W\d_]{2,10}\.?\s*,?\s*)?"
_FORMS = tuple(
    re.compile(_WEEKDAY + day + _TIME + _ZONE + r"\s*")
    for day in (
        # « mar. 05 août 2025 », "Thu,28 Jul 2022", « 1er mars 2026 »
        r"(?P<day>\d{1,2})(?:er|st|nd|rd|th)?[\s-]+(?P<month>[^\W\d_]{3,10})\.?,?[\s-]+(?P<year>\d{4})",
        # "Wednesday, February 25, 2026"
        r"(?P<month>[^\W\d_]{3,10})\.?\s+(?P<day>\d{1,2})(?:st|nd|rd|th)?,?\s+(?P<year>\d{4})",
        # « 25/02/2026 »: nobody in the region writes the month first
        r"(?P<day>\d{1,2})[/.](?P<month>\d{1,2})[/.](?P<year>\d{4})",
    )
)
_EPOCH = re.compile(r"\s*(\d{10})(\d{3})?\s*")


def published(
    text: str | None, parsed: time.struct_time | None, *, fetched_at: float
) -> float | None:
    """When the source says an item was published, in epoch seconds.

    `parsed` is what feedparser made of `text`, in UTC. A date in the future becomes the time
    of the fetch, so that no item can stay the newest for ever; one before the web is no date.
    """
    moment = read_date(text or "")
    if moment is None and parsed is not None:
        try:
            moment = float(calendar.timegm(parsed))
        except (OverflowError, ValueError):
            return None
    if moment is None or moment < EARLIEST:
        return None
    return min(moment, fetched_at)


def read_date(text: str) -> float | None:
    """Epoch seconds of a date in one of the forms above; no zone means UTC."""
    epoch = _EPOCH.fullmatch(text)
    if epoch:
        return float(epoch[1])
    text = text.strip()[:100]
    for form in _FORMS:
        match = form.fullmatch(text)
        if match:
            return _moment(match.groupdict())
    return None


def _moment(part: dict[str, str | None]) -> float | None:
    name = part["month"] or ""
    month = int(name) if name.isdigit() else _MONTHS.get(fold_word(name))
    zone = _ZONES.get((part["zone"] or "").lower())
    if month is None or zone is None:
        return None
    offset = zone * 3600
    if part["sign"]:
        shift = int(part["off_hour"] or 0) * 3600 + int(part["off_minute"] or 0) * 60
        offset += shift if part["sign"] == "+" else -shift
    hour = int(part["hour"] or 0)
    half = (part["half"] or "").lower()[:1]
    if half and hour <= 12:
        hour = hour % 12 + (12 if half == "p" else 0)
    try:
        local = datetime(
            int(part["year"] or 0), month, int(part["day"] or 0), hour,
            int(part["minute"] or 0), min(int(part["second"] or 0), 59), tzinfo=UTC,
        )  # fmt: skip
    except ValueError:
        return None
    return local.timestamp() - offset
