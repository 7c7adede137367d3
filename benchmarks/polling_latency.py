"""How long items wait to be seen, and for how many polls: our schedule beside simpler ones.

    python -m benchmarks.polling_latency

"recorded" replays the times at which items really were published, a day or a week for each feed:
the first half of a record is what the feed shows at the first poll, the second half is measured.
"continued" replays six weeks generated in the rhythm of each recorded feed (benchmarks/
recorded_rhythms.py says how), one feed in eight falling silent after two, and three
of the region for one from elsewhere, as in feeds.yaml. A rule knows at any
poll what it saw at that poll and before, never more.
"""

from __future__ import annotations

import random
import statistics
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from benchmarks.recorded_rhythms import DAY, MONDAY, WEEK, habit, region, weeks_of, world
from bot.feeds import rhythm, schedule

INTERVAL_MIN, INTERVAL_MAX = 60.0, 1800.0
#: constants were chosen on seeds 1 and 2, the number of polls on 11 to 15
SEEDS = (21, 22, 23, 24, 25)
_SILENT_ONE_IN = 8


class Rule(Protocol):
    """When to poll next; `saw` tells it what a poll at `now` brought."""

    def next(self, now: float) -> float: ...
    def saw(self, now: float, new: Sequence[float], looked_at: float) -> None: ...


class Fixed:
    """Always after as many seconds, the first time after a part of them."""

    def __init__(self, interval: float, chance: random.Random):
        self._interval, self._first = interval, chance.random()

    def next(self, now: float) -> float:
        wait, self._first = self._interval * self._first, 1.0
        return now + wait

    def saw(self, now: float, new: Sequence[float], looked_at: float) -> None: ...


class QuietTime:
    """A share of the time without news, as this bot did before it knew rhythms (a tenth)."""

    share = 0.1

    def __init__(self, shown: Sequence[float], now: float, _window: int, chance: random.Random):
        self._newest = shown[-1] if shown else now
        self._chance = chance

    def next(self, now: float) -> float:
        wait = max(INTERVAL_MIN, (now - self._newest) * self.share)
        return now + min(max(wait * (1 - self._chance.random() / 10), INTERVAL_MIN), INTERVAL_MAX)

    def saw(self, now: float, new: Sequence[float], looked_at: float) -> None:  # noqa: ARG002
        self._newest = new[-1]


class QuietTimeLonger(QuietTime):
    """The same, with a share at which it polls less often than we do."""

    share = 0.25


class Rhythmic:
    """What the bot does."""

    def __init__(self, shown: Sequence[float], now: float, window: int, chance: random.Random):
        self.known = rhythm.first(shown, now)
        self._window, self._chance = window, chance

    def next(self, now: float) -> float:
        return schedule.after_answer(
            now=now,
            rhythm=self.known,
            interval_min=INTERVAL_MIN,
            interval_max=INTERVAL_MAX,
            ttl=None,
            jitter=self._chance.random(),
        )

    def saw(self, now: float, new: Sequence[float], looked_at: float) -> None:
        self.known = rhythm.learn(
            self.known, new, now=now, looked_at=looked_at, window=self._window
        )


#: from what the feed shows at the first poll, when that is, and how many items it shows
MakeRule = Callable[[Sequence[float], float, int, random.Random], Rule]
RULES: dict[str, MakeRule] = {
    "every 10 minutes": lambda _shown, _now, _window, chance: Fixed(600.0, chance),
    "a tenth of the quiet time": QuietTime,
    "a quarter of the quiet time": QuietTimeLonger,
    "by rhythm": Rhythmic,
}
EVENLY = "as many polls, evenly"


@dataclass(frozen=True, slots=True)
class Case:
    """A feed that shows its `window` newest items, polled from `start` on."""

    times: Sequence[float]
    start: float
    end: float
    window: int
    seed: int


@dataclass(slots=True)
class Replay:
    """One feed under one rule."""

    days: float
    #: seconds that each item waited
    waits: list[float] = field(default_factory=list)
    polls: list[float] = field(default_factory=list)
    #: items that had left the feed before it was polled
    missed: int = 0


def replay(case: Case, make: MakeRule) -> Replay:
    result = Replay((case.end - case.start) / DAY)
    seen, looked_at = bisect_right(case.times, case.start), case.start
    shown = case.times[max(0, seen - case.window) : seen]
    rule = make(shown, case.start, case.window, random.Random(case.seed))
    while (now := rule.next(looked_at)) < case.end:
        there = bisect_right(case.times, now)
        new = case.times[max(seen, there - case.window) : there]
        result.polls.append(now)
        result.missed += there - seen - len(new)
        result.waits += [now - moment for moment in new]
        if new:
            rule.saw(now, new, looked_at)
        seen, looked_at = there, now
    return result


def recorded() -> list[Case]:
    """Each record five times, the first poll falling a little differently."""
    return [
        Case(
            times,
            start=times[len(times) // 2] + 120 * number,
            end=times[-1] + INTERVAL_MAX,
            window=len(times),
            seed=seed,
        )
        for times in (region() | world()).values()
        for number, seed in enumerate(SEEDS)
    ]


def continued(*, regional: bool = False, days: float = 6 * 7.0) -> list[Case]:
    """From the second week on: the first one only fills the feed."""
    habits = [habit(name, times) for name, times in region().items()]
    if not regional:
        # feeds.yaml has three feeds of the region for one from elsewhere
        habits = habits * 4 + [habit(name, times) for name, times in world().items()]
    cases = []
    for seed in SEEDS:
        chance = random.Random(seed)
        for number, one in enumerate(habits):
            times = weeks_of(one, 7, chance)
            if number % _SILENT_ONE_IN == seed % _SILENT_ONE_IN:
                times = [moment for moment in times if moment < MONDAY + 3 * WEEK]
            start = MONDAY + WEEK + chance.random() * DAY
            cases.append(Case(times, start, start + days * DAY, one.window, seed))
    return cases


def compare(cases: list[Case]) -> dict[str, list[Replay]]:
    found = {name: [replay(case, make) for case in cases] for name, make in RULES.items()}
    found[EVENLY] = [
        replay(case, _evenly(one)) for case, one in zip(cases, found["by rhythm"], strict=True)
    ]
    return found


def _evenly(one: Replay) -> MakeRule:
    interval = one.days * DAY / max(1, len(one.polls))
    return lambda _shown, _now, _window, chance: Fixed(interval, chance)


def table(title: str, found: dict[str, list[Replay]]) -> None:
    items = max(sum(len(one.waits) for one in replays) for replays in found.values())
    print(f"\n{title} ({items:,} items)")
    print(f"{'':28}  minutes an item waits    of a feed    polls a day  missed")
    print(f"{'':28}  median   90 %   mean        median    mean   most")
    for name, replays in found.items():
        waits = sorted(wait / 60 for one in replays for wait in one.waits)
        medians = [statistics.median(one.waits) / 60 for one in replays if one.waits]
        polls = [len(one.polls) / one.days for one in replays]
        print(
            f"{name:28}  {statistics.median(waits):6.2f} {waits[len(waits) * 9 // 10]:6.2f}"
            f" {statistics.mean(waits):6.2f}        {statistics.mean(medians):6.2f}"
            f"  {statistics.mean(polls):6.0f} {max(polls):6.0f}"
            f"  {sum(one.missed for one in replays):6}"
        )


def main() -> None:
    table("recorded, from the first poll", compare(recorded()))
    table("continued, six weeks", compare(continued()))
    table("continued, the two days after the first poll", compare(continued(days=2.0)))
    table("continued, feeds of Niger and Chad alone", compare(continued(regional=True)))


if __name__ == "__main__":
    main()
