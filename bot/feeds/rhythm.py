"""A feed's rhythm: what is remembered of when it brings news, and what that makes us expect.

Remembered are counts of items by hour of the day and by weekday, which fade (to a third in two
weeks): the record stays as small as it is, and whoever changes habits is known by the new ones
within a fortnight. Pure. All times are epoch seconds, all hours UTC: a desk's night is the same
hours in any clock.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

HOUR, DAY = 3600.0, 86400.0
WEEK = 7 * DAY

#: seconds after which what was counted weighs a third (1/e)
MEMORY = 14 * DAY
#: the same for what comes right now: news of one happening keeps coming for about that long
FRESH = HOUR / 2

#: before anything is known, one item is believed to come in this time
_FIRST_GUESS = 0.2 * DAY
#: so many items, spread evenly over the day and over the week, are laid under those counted
_EVEN_HOURS = 12.0
_EVEN_DAYS = 28.0
#: so many of the usual items are laid under the fresh ones
_USUAL_FRESH = 0.5
#: whoever is silent for a while is not believed to bring more than this in as long a while
_QUIET_ITEMS = 10.0
#: how an hour shares its items with its neighbours: desks do not keep to the full hour
_KERNEL = (0.1, 0.2, 0.4, 0.2, 0.1)


@dataclass(frozen=True, slots=True)
class Rhythm:
    """What is remembered of one feed; counts and `watched` are as of `at` and fade from there."""

    at: float
    #: seconds that were watched, fading as the counts do: never more than MEMORY
    watched: float
    #: items by hour of the day, and by weekday from Monday
    hours: tuple[float, ...]
    days: tuple[float, ...]
    #: items of about the last half hour
    fresh: float
    #: when the last item came
    last: float
    #: how many items the feed shows at a time
    window: int
    #: seconds between two looks that half a window may have passed in; None = never seen so close
    half_window: float | None = None

    def rate(self, at: float) -> float:
        """Items a second to expect at that moment: the usual ones, and more in a burst.

        What came within about FRESH corrects what usually comes at such an hour, as a gamma
        prior of `_USUAL_FRESH` items would have it: six items where one was due lift the rate
        fourfold, none where three were due lower it to a seventh.
        """
        usual = self.usual(at) * self._hour(at) * self._weekday(at)
        fresh = self.fresh * math.exp(-_since(self.at, at) / FRESH)
        return usual * (_USUAL_FRESH + fresh) / (_USUAL_FRESH + usual * FRESH)

    def usual(self, at: float) -> float:
        """Items a second, averaged over the hours of the week; falls while the feed is silent."""
        return min(self._average(at), _QUIET_ITEMS / max(at - self.last, 1.0))

    def peak(self, at: float) -> float:
        """Items a second in the liveliest hour of the day, or now if that is more."""
        return max(self.rate(at), self._average(at) * self._share(max(self.hours)))

    def window_lasts(self, at: float) -> float:
        """Seconds in which the window may run half full; the surest answer that is known."""
        if not self.window:
            return math.inf
        expected = self.window / 2 / self.peak(at)
        if self.half_window is None:
            return expected
        # what was seen once is forgotten by doubling every week
        return min(expected, self.half_window * 2 ** (_since(self.at, at) / WEEK))

    def _average(self, at: float) -> float:
        kept = math.exp(-_since(self.at, at) / MEMORY)
        watched = self.watched * kept + MEMORY * (1 - kept)
        return (sum(self.hours) * kept + 1) / (watched + _FIRST_GUESS)

    def _hour(self, at: float) -> float:
        """Against the average hour; between the middles of two hours a value in between."""
        hour = at / HOUR - 0.5
        part = hour - math.floor(hour)
        first = math.floor(hour)
        return self._near(first) * (1 - part) + self._near(first + 1) * part

    def _near(self, hour: int) -> float:
        return self._share(
            sum(part * self.hours[(hour + i - 2) % 24] for i, part in enumerate(_KERNEL))
        )

    def _share(self, count: float) -> float:
        return (24 * count + _EVEN_HOURS) / (sum(self.hours) + _EVEN_HOURS)

    def _weekday(self, at: float) -> float:
        """Against the average day; few days seen say next to nothing about the others."""
        share = (7 * self.days[_weekday(at)] + _EVEN_DAYS) / (sum(self.days) + _EVEN_DAYS)
        return 1 + (self.watched / MEMORY) ** 2 * (share - 1)

    def dump(self) -> str:
        """JSON of some three hundred characters, whatever the feed does."""
        # not asdict: it copies deep, which takes longer than all the rest
        kept = {name: _rounded(getattr(self, name)) for name in self.__slots__}
        return json.dumps(kept, separators=(",", ":"))


def load(text: str) -> Rhythm:
    """What `dump` wrote."""
    raw = json.loads(text)
    return Rhythm(**{**raw, "hours": tuple(raw["hours"]), "days": tuple(raw["days"])})


def unknown(since: float) -> Rhythm:
    """Of a feed that was silent since then, as far as anybody knows."""
    return Rhythm(since, 0.0, (0.0,) * 24, (0.0,) * 7, 0.0, since, 0)


def first(dates: Sequence[float | None], now: float) -> Rhythm:
    """What the archive that a feed shows tells of its rhythm: `dates` are its items' (any order).

    The oldest quarter is left out: months-old items hang on in live feeds, and the time between
    them and the others would pass for silence. A date that is still to come counts as now.
    """
    moments = sorted(min(date, now) for date in dates if date is not None)
    moments = moments[len(moments) // 4 :]
    # the first of them says when the watch began, and is not counted
    began = moments[0] if moments else now
    return _counted(unknown(began), moments[1:], now, len(dates))


def learn(
    known: Rhythm,
    new: Sequence[float | None],
    *,
    now: float,
    looked_at: float,
    window: int,
) -> Rhythm:
    """What is known after a look at `now` that brought items with the dates `new`.

    `looked_at` is when the feed was last read with success, `window` how many items it shows now.
    What counts is when an item could first be seen: its date, if that lies between the two looks,
    else now, as for items without a date, dated into the future or in the wrong zone. Items older
    by more than a day are an archive shown again and count for nothing, so that a feed that was
    rebuilt does not pass for a lively one.
    """
    seen = [_seen_at(date, now, looked_at) for date in new]
    moments = [moment for moment in seen if moment is not None]
    after = _counted(known, moments, now, window)
    if len(moments) > max(1, window // 2):
        half = _since(looked_at, now) * window / (2 * len(moments))
        return replace(after, half_window=min(half, after.half_window or half))
    return after


def pushed(stored: str, new: Sequence[float | None], now: float) -> str:
    """The same after a hub has pushed items with these dates: else a feed that is hardly polled
    would pass for silent, and be asked rarely on the day its hub fails."""
    known = load(stored)
    return learn(known, new, now=now, looked_at=known.at, window=known.window).dump()


def _seen_at(date: float | None, now: float, looked_at: float) -> float | None:
    if date is None or date > now:
        return now
    if date > looked_at:
        return date
    return now if now - date < DAY else None


def _counted(known: Rhythm, moments: Sequence[float], now: float, window: int) -> Rhythm:
    """With items of these moments, each weighing what is left of it by `now`."""
    faded = _faded(known, now)
    hours, days, fresh = list(faded.hours), list(faded.days), faded.fresh
    for moment in moments:
        weight = math.exp(-_since(moment, now) / MEMORY)
        hours[int(moment // HOUR) % 24] += weight
        days[_weekday(moment)] += weight
        fresh += math.exp(-_since(moment, now) / FRESH)
    return replace(
        faded,
        hours=tuple(hours),
        days=tuple(days),
        fresh=fresh,
        last=max((faded.last, *moments)),
        window=window,
    )


def _faded(known: Rhythm, at: float) -> Rhythm:
    """The same as of `at`. A clock that was put back makes nothing fade, nor anything grow."""
    passed = _since(known.at, at)
    kept = math.exp(-passed / MEMORY)
    half = known.half_window
    return replace(
        known,
        at=at,
        watched=known.watched * kept + MEMORY * (1 - kept),
        hours=tuple(count * kept for count in known.hours),
        days=tuple(count * kept for count in known.days),
        fresh=known.fresh * math.exp(-passed / FRESH),
        last=min(known.last, at),
        # ten doublings, ten weeks: then no interval is as long
        half_window=half * 2 ** (passed / WEEK) if half and passed < 10 * WEEK else None,
    )


def _since(then: float, at: float) -> float:
    return max(0.0, at - then)


def _weekday(at: float) -> int:
    """Monday is 0; the epoch began on a Thursday."""
    return int(at // DAY + 3) % 7


def _rounded(value: Any) -> Any:
    if isinstance(value, tuple):
        return [round(count, 3) for count in value]
    return round(value, 3) if isinstance(value, float) else value
