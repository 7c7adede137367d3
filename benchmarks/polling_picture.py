"""Draws docs/pictures/polling.svg: how long items wait, and the polls of one feed over two days.

python -m benchmarks.polling_picture
"""

from __future__ import annotations

import random
import statistics
from itertools import pairwise
from pathlib import Path

from benchmarks.picture import save
from benchmarks.polling_latency import RULES, Case, continued, replay
from benchmarks.recorded_rhythms import DAY, HOUR, MONDAY, WEEK, habit, region, weeks_of

_TARGET = Path(__file__).parents[1] / "docs" / "pictures" / "polling.svg"
_SHOWN = ("every 10 minutes", "by rhythm")
_SITE = "anp.ne"


def bars() -> list[str]:
    """The median and, thin, the ninetieth percentile."""
    drawn = ['<text class="h" x="16" y="32">Minutes until an item is seen: median, 90 %</text>']
    cases = continued()
    for number, name in enumerate(_SHOWN):
        replays = [replay(case, RULES[name]) for case in cases]
        waits = sorted(wait / 60 for one in replays for wait in one.waits)
        median, late = statistics.median(waits), waits[len(waits) * 9 // 10]
        y, style = 52 + 40 * number, "kd"[number]
        drawn += [
            f'<text x="16" y="{y + 20}">{name}</text>',
            f'<rect class="{style}" x="160" y="{y}" width="{40 * median:.0f}" height="28"/>',
            f'<path class="a" d="M{160 + 40 * median:.0f} {y + 14}H{160 + 40 * late:.0f}"/>',
            f'<text x="{168 + 40 * late:.0f}" y="{y + 20}">{median:.1f}, {late:.1f}</text>',
        ]
    return drawn


def two_days(top: int) -> list[str]:
    """The intervals that a feed was asked at in its fifth week, and when it brought something."""
    one = habit(_SITE, region()[_SITE])
    times = weeks_of(one, 7, random.Random(21))
    start = MONDAY + 5 * WEEK
    case = Case(times, MONDAY + WEEK, start + 2 * DAY, one.window, seed=21)
    polls = [poll for poll in replay(case, RULES["by rhythm"]).polls if poll >= start]
    low, left, height, width = top + 250, 50, 200, 540

    def at(moment: float, minutes: float) -> str:
        x = left + (moment - start) / (2 * DAY) * width
        return f"{x:.1f} {low - min(minutes, 30) / 30 * height:.1f}"

    line = "".join(
        f"{'L' if number else 'M'}{at(then, (now - then) / 60)}L{at(now, (now - then) / 60)}"
        for number, (then, now) in enumerate(pairwise(polls))
    )
    drawn = [
        f'<text class="h" x="16" y="{top + 22}">Two days of {_SITE}: minutes between polls,'
        " and items</text>",
        f'<path class="a" d="M{left} {low - height}V{low}H{left + width}"/>',
        f'<path class="a" stroke-dasharray="5" d="M{at(start, 10)}L{at(start + 2 * DAY, 10)}"/>',
        f'<path class="l" d="{line}"/>',
    ]
    for minutes in (0, 10, 30):
        x, y = at(start, minutes).split()
        drawn.append(f'<text x="{float(x) - 8:.0f}" y="{float(y) + 6:.0f}" text-anchor="end">'
                     f"{minutes}</text>")  # fmt: skip
    for hour in range(0, 49, 12):
        x = at(start + hour * HOUR, 0).split()[0]
        drawn.append(f'<text x="{x}" y="{low + 40}" text-anchor="middle">{hour % 24} h</text>')
    for moment in times:
        if start <= moment < start + 2 * DAY:
            drawn.append(f'<path class="l" d="M{at(moment, 0).split()[0]} {low + 6}v14"/>')
    return drawn


def main() -> None:
    save(_TARGET, "Polling, simulated", 620, 445, [*bars(), *two_days(140)])


if __name__ == "__main__":
    main()
