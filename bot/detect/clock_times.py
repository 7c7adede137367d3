"""Hours of the day as the news writes them: « vers 15h30 », « 18H00 locales », "5:30 am"."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.detect import word_sets
from bot.detect.text import Doc, Span

#: where neither of these stands there is no hour to read; apart, for one that begins with a digit
#: passes over letters quickly
_FIGURES = re.compile(r"\d\s?(?:h|heures?|[ap]\.?m\b|gmt|:\d\d)", re.I)
_NAMES = re.compile(r"\b(?:midi|noon|minuit|midnight)\b", re.I)
_GLUED = re.compile(r"(\d{1,2})h(\d{2})?(?:mn|min|gmt)?")
_ENGLISH = re.compile(r"(\d{1,2})(am|pm)")
_HOUR_WORDS = word_sets.words("hour")
#: « 3 h de route », « pendant 3 h »: how long, not when
_LENGTH_BEFORE = word_sets.words("length_before")
_LENGTH_AFTER = word_sets.words("length_behind")
_CUE = word_sets.words("hour_cue")
_SOON = word_sets.words("soon")
_MORNING = word_sets.words("of_the_day")
_NAMED = {"minuit": "00:00", "midnight": "00:00", "midi": "12:00", "noon": "12:00"}


@dataclass(frozen=True, slots=True)
class ClockTime:
    span: Span
    #: local "HH:MM"
    time: str


def clock_times(doc: Doc) -> list[ClockTime]:
    """Every hour a text names; dawn, evening and lengths of time name none."""
    if not _FIGURES.search(doc.original) and (
        _NAMED.keys().isdisjoint(doc.words) or not _NAMES.search(doc.original)
    ):
        return []
    found: list[ClockTime] = []
    at = 0
    while at < len(doc):
        read = _read(doc, at)
        if read is None:
            at += 1
        else:
            found.append(read)
            at = read.span.last
    return found


def _read(doc: Doc, at: int) -> ClockTime | None:
    word = doc.words[at]
    if word in _NAMED:
        named = at > 0 and doc.words[at - 1] in _CUE
        return ClockTime(Span(at, at + 1), _NAMED[word]) if named else None
    glued = _GLUED.fullmatch(word)
    if glued:
        return _made(doc, Span(at, at + 1), int(glued[1]), int(glued[2] or 0), bare=not glued[2])
    english = _ENGLISH.fullmatch(word)
    if english:
        return _made(doc, Span(at, at + 1), _of_half_day(int(english[1]), english[2]), 0)
    if not word.isdecimal() or len(word) > 2 or at + 1 >= len(doc):
        return None
    after = doc.words[at + 1]
    gap = doc.between(at, at + 1)
    if after in _HOUR_WORDS and gap.strip() == "":
        third = doc.words[at + 2] if at + 2 < len(doc) else ""
        if third.isdecimal() and len(third) == 2 and not doc.between(at + 1, at + 2).strip():
            return _made(doc, Span(at, at + 3), int(word), int(third))
        return _made(doc, Span(at, at + 2), int(word), 0, bare=True)
    if after in ("am", "pm") and gap.strip() == "":
        return _made(doc, Span(at, at + 2), _of_half_day(int(word), after), 0)
    if gap in (":", ".") and len(after) == 2 and after.isdecimal():
        return _with_minutes(doc, at, int(word), int(after), dotted=gap == ".")
    minutes = _ENGLISH.fullmatch(after)
    if gap in (":", ".") and minutes and len(minutes[1]) == 2:
        hour = _of_half_day(int(word), minutes[2])
        return _made(doc, Span(at, at + 2), hour, int(minutes[1]))
    return None


def _with_minutes(doc: Doc, at: int, hour: int, minute: int, *, dotted: bool) -> ClockTime | None:
    half = doc.words[at + 2] if at + 2 < len(doc) else ""
    if half in ("am", "pm"):
        return _made(doc, Span(at, at + 3), _of_half_day(hour, half), minute)
    if dotted or at == 0 or doc.words[at - 1] not in _CUE:
        return _made(doc, Span(at, at + 2), hour, minute) if half in ("gmt", "utc") else None
    return _made(doc, Span(at, at + 2), hour, minute)


def _of_half_day(hour: int, half: str) -> int:
    if hour > 12:
        return hour
    return hour % 12 + (12 if half == "pm" else 0)


def _made(doc: Doc, span: Span, hour: int, minute: int, *, bare: bool = False) -> ClockTime | None:
    """The hour, unless the words around a `bare` « 3 h » make it a length of time."""
    if hour > 24 or minute > 59:
        return None
    if bare:
        before = doc.words[span.first - 1] if span.first else ""
        after = doc.words[span.last] if span.last < len(doc) else ""
        article = doc.original[doc.starts[span.first - 1] :][:1] if span.first else ""
        length = before in _LENGTH_BEFORE and not (before == "a" and article in "àÀA")
        if before == "environs" or (before == "de" and _says_about(doc, span.first - 2)):
            length = False
        if before in ("apres", "after") and doc.words[span.first - 2] in _SOON:
            length = False  # « peu après 20 heures »
        if before == "depuis" and _GLUED.fullmatch(doc.words[span.first]) and after in _MORNING:
            return ClockTime(span, f"{hour % 24:02d}:{minute:02d}")  # « depuis 5h du matin »
        if length or after in ("de", "d") or (after in _LENGTH_AFTER and before not in _CUE):
            return None
    return ClockTime(span, f"{hour % 24:02d}:{minute:02d}")


def _says_about(doc: Doc, at: int) -> bool:
    """« aux environs de », « autour de », « à partir de »."""
    return at >= 0 and doc.words[at] in ("environs", "autour", "partir", "alentours")
