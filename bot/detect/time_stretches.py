"""Readers of weeks, months and years, of what is counted back from today or from another day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from bot.detect.calendar_days import month_bounds, weekday_after, weekday_before
from bot.detect.time_reader import Reader, Realis

_PARTS = {"B": "beginning", "I": "middle", "E": "end"}


def weekend(reader: Reader, first: int, last: int) -> int | None:
    if reader.letters[first:last].find("E") >= 0:
        end = next(i for i in range(first, last) if reader.letters[i] == "E")
        if reader.doc.words[end] != "end":
            return None
    if "X" in reader.letters[first:last]:
        return reader.add(first, last, None, precision=2, realis="future")
    if reader.anchor is None or not reader.anchor.exact:
        return reader.add(first, last, None, precision=2)
    saturday = weekday_before(reader.anchor.day, 5)
    if reader.future_cue(first):
        saturday = weekday_after(reader.anchor.day, 5)
    sunday = saturday + timedelta(days=1)
    return reader.add(first, last, saturday, sunday, precision=2)


def week(reader: Reader, first: int, last: int) -> int:
    run = reader.letters[first:last]
    if "L" in run and any(word.endswith("s") for word in reader.doc.words[first:last]):
        weeks = reader.number(first, last) or 4  # « ces dernières semaines »
        return reader.days(first, last, -7 * weeks, 0, precision=3)
    if "X" in run:
        return days_of_week(reader, first, last, 1, None, realis="future")
    part = next((_PARTS[letter] for letter in run if letter in _PARTS), None)
    return days_of_week(reader, first, last, -1 if "L" in run else 0, part)


def days_of_week(
    reader: Reader,
    first: int,
    last: int,
    weeks: int,
    part: str | None,
    realis: Realis | None = None,
) -> int:
    if reader.anchor is None or not reader.anchor.exact:
        return reader.add(first, last, None, precision=2, realis=realis)
    monday = weekday_before(reader.anchor.day, 0) + timedelta(days=7 * weeks)
    low, high = {None: (0, 6), "beginning": (0, 2), "middle": (2, 4), "end": (4, 6)}[part]
    start, end = monday + timedelta(days=low), monday + timedelta(days=high)
    if weeks == 0:
        end = min(end, reader.anchor.day)
        if start > end:  # « en fin de semaine », told on a Monday: the week before
            return days_of_week(reader, first, last, -1, part, realis)
    return reader.add(first, last, start, end, precision=2, realis=realis)


def ago(reader: Reader, first: int, last: int) -> int:
    return counted_back(
        reader, first, last, reader.words.units[reader.doc.words[unit_at(reader, first, last)]]
    )


def unit_at(reader: Reader, first: int, last: int) -> int:
    return next(i for i in range(last - 1, first - 1, -1) if reader.letters[i] in "UKA")


def counted_back(reader: Reader, first: int, last: int, unit: str) -> int:
    few = "q" in reader.letters[first:last]
    count = 1 if few else reader.number(first, last) or 1
    if unit == "year":
        return reader.add(first, last, None, precision=4, realis="background")
    if unit == "hour":
        return reader.days(first, last, -((count + 12) // 24), 0, precision=1)
    if unit in ("day", "week"):
        size = 7 if unit == "week" else 1
        if few:
            return reader.days(first, last, -7 * size, -2 * size, precision=2)
        back = -count * size
        return reader.days(first, last, back, back, precision=1 if unit == "day" else 2)
    if reader.anchor is None or reader.anchor.precision == "year" or few:
        return reader.add(first, last, None, precision=4, realis="background")
    index = reader.anchor.day.year * 12 + reader.anchor.day.month - 1 - count
    low, high = month_bounds(index // 12, index % 12 + 1)
    realis: Realis | None = "background" if count > 1 else None
    return reader.add(first, last, low, high, precision=3, realis=realis)


def since_span(reader: Reader, first: int, last: int) -> int | None:
    unit = reader.words.units.get(reader.doc.words[last - 1], "month")
    run = reader.letters[first:last]
    if unit in ("day", "hour") and not set(run) & set("BIE"):
        return None
    return reader.add(first, last, None, precision=4, realis="background")


def recent(reader: Reader, first: int, last: int) -> int | None:
    at = unit_at(reader, first, last)
    word = reader.doc.words[at]
    unit = reader.words.units[word]
    count = reader.number(first, last)
    several = count is not None or (word.endswith("s") and word != "mois")
    if word == "mois" and reader.letters[first] == "c":
        several = True
    if unit == "year" or (unit == "month" and several):
        return reader.add(first, last, None, precision=4, realis="background")
    if unit == "month":
        return counted_back(reader, first, last, unit)
    if not several:
        return None
    back = (count or 7) if unit == "day" else 1
    return reader.days(first, last, -back, 0, precision=2)


def coming(reader: Reader, first: int, last: int) -> int | None:
    unit = reader.words.units[reader.doc.words[unit_at(reader, first, last)]]
    if unit == "day":
        return from_mention(reader, first, last) if reader.letters[first] == "X" else None
    return reader.add(first, last, None, precision=4, realis="future")


def month(reader: Reader, first: int, last: int) -> int | None:
    run, side = reader.letters[first:last], reader.side(first, last)
    if side.month is None or reader.doubtful(first, last):
        return None
    if run[0] == "i" and reader.doc.words[first] not in ("en", "in", "dans", "during", "over"):
        return None
    if (
        run[-1] in "Mm"
        and reader.letters[last : last + 1] == "D"
        and ("," not in reader.doc.between(last - 1, last))
    ):
        return None  # « en juillet 23 »; « En juillet, 23 villageois » counts people
    part = next((_PARTS[letter] for letter in run if letter in _PARTS), None)
    if side.year is not None:
        return reader.stretch(first, last, *month_bounds(side.year, side.month, part), 3)
    anchor = reader.anchor
    if anchor is None:
        realis: Realis | None = "future" if "X" in run else None
        return reader.add(
            first, last, None, precision=4, realis="background" if "L" in run else realis
        )
    year = anchor.day.year
    if anchor.precision != "year":
        late = side.month > anchor.day.month
        if "L" in run:
            year -= side.month >= anchor.day.month
        elif "X" in run or reader.future_cue(first):
            year += side.month < anchor.day.month
        else:
            year -= late
    low, high = month_bounds(year, side.month, part)
    if "L" in run or "S" in run:
        return reader.add(first, last, low, high, precision=3, realis="background")
    if "X" in run:
        return reader.add(first, last, low, high, precision=3, realis="future")
    return reader.stretch(first, last, low, high, 3)


def year(reader: Reader, first: int, last: int) -> int | None:
    """A year alone dates no event: it recalls or sums up."""
    if reader.doc.words[first] not in ("en", "in", "depuis", "since", "during"):
        return None
    return reader.add(first, last, None, precision=4, realis="background")


def from_mention(reader: Reader, first: int, last: int) -> int | None:
    """« la veille », "three days later": counted from the day told before."""
    run = reader.letters[first:last]
    at = next(i for i in range(first, last) if reader.letters[i] in "fU")
    word, precision = reader.doc.words[at], 1
    if "f" in run:
        of = last < len(reader.doc) and reader.letters[last] == "d"
        if of and "," not in reader.doc.between(last - 1, last):
            return None  # « au lendemain du putsch »
        offset = reader.words.values[word]
    else:
        unit = reader.words.units[word]
        if unit not in ("day",) and not ("Z" in run or "z" in run):
            return None
        if word.endswith("s") and not set(run) & set("zZ"):
            return None
        if set(run) & set("zZ"):
            count = reader.number(first, last) or 1
            if unit not in ("day", "week") or "q" in run:
                return None
            precision = 1 if unit == "day" else 2
            size = count * (7 if unit == "week" else 1)
            offset = -size if "z" in run else size
        else:
            offset = 0 if "s" in run else 1 if set(run) & set("wX") else -1
    base = next((m for m in reversed(reader.mentions) if m.date and m.precision == 1), None)
    if base is None or base.date is None:
        return reader.add(first, last, None, precision=2)
    start = (base.date_end or base.date) if offset > 0 else base.date
    return reader.add(first, last, start + timedelta(days=offset), precision=precision)


#: name in time.py's grammar -> its reader, which gives the word to go on from, None if nothing
READERS: dict[str, Callable[[Reader, int, int], int | None]] = {
    "ago": ago,
    "since_span": since_span,
    "weekend": weekend,
    "week": week,
    "recent": recent,
    "coming": coming,
    "month": month,
    "year": year,
    "from_mention": from_mention,
}
