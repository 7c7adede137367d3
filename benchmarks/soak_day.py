"""A day of polling in fast motion: real sockets and a real database under a clock that leaps.

    python -m benchmarks.soak_day [HOURS] [FEEDS]

Ten thousand feeds with news about once an hour are due every five minutes. The clock goes on by
ten seconds whenever nothing is due any more. Each hour a line tells how many polls there were, by
how much the longest pause of a feed exceeded its interval, and the memory of the poller and its
parsers. Ends with 1 when a pause was longer than two intervals, or when memory went on growing
after half of the time or past 400 MB.
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from benchmarks.bench_poll import feed_host
from benchmarks.soak_poll import INTERVAL, NEWS_EVERY, memory, stayed_flat
from bot import log
from bot.app import open_fetcher, open_poller
from bot.feeds.parsing import Parsers
from bot.settings import Settings
from storage import feeds
from storage.database import Connection, Database
from storage.model import FeedSeed

_STEP = 10.0
_HOUR = 3600.0


class LeapingClock:
    """Epoch seconds that go on when told to."""

    def __init__(self) -> None:
        self.now = time.time()

    def __call__(self) -> float:
        return self.now


async def run(hours: int, many: int, base: str, folder: Path) -> int:
    clock = LeapingClock()
    started = clock.now
    settings = Settings.from_env({
        "DATABASE_URL": f"sqlite:///{folder / 'soak.db'}",
        "ALLOW_PRIVATE_HOSTS": "127.0.0.1",
        "HOST_SPACING": "0",
        "POLL_INTERVAL_MIN": f"{INTERVAL:g}",
        "POLL_INTERVAL_MAX": f"{INTERVAL:g}",
    })  # fmt: skip
    seeds = [FeedSeed(url=f"{base}/{n}.xml", name=f"Journal {n}") for n in range(many)]
    db = await Database.open(settings.database_url)
    await db.write(feeds.seed, seeds, clock())
    worst, peaks = 0.0, []
    print("hour   polls  longest pause s  poller MB  parsers MB   real s")
    async with open_fetcher(settings) as fetcher, Parsers() as parsers:
        poller = open_poller(settings, db, fetcher, parsers, clock, "soak")
        for hour in range(1, hours + 1):
            real, polls, pause = time.monotonic(), 0, 0.0
            while clock.now < started + hour * _HOUR:
                clock.now += _STEP
                told = f"{base}/clock/{clock.now - started}"
                await asyncio.to_thread(_get, told)
                waited, due = await db.read(_waiting, clock.now)
                pause, polls = max(pause, waited), polls + due
                await poller.round()
            own, below = memory(os.getpid())
            worst = max(worst, pause)
            peaks.append(own + below)
            took = time.monotonic() - real
            print(
                f"{hour:4} {polls:7} {pause:16.0f} {own:10.0f} {below:11.0f} {took:8.0f}",
                flush=True,
            )
    await db.close()
    print(f"longest pause {worst:.0f} s")
    return int(worst > 2 * INTERVAL or not stayed_flat(peaks))


def _get(url: str) -> None:
    urllib.request.urlopen(url).close()  # noqa: S310 - our own host


def _waiting(conn: Connection, now: float) -> tuple[float, int]:
    """The longest time since a feed was asked, and how many are due."""
    row = conn.one(
        """
        select max(:now - last_attempt_at) as waited,
               count(case when next_check_at <= :now then 1 end) as due
          from feeds
        """,
        now=now,
    )
    return (row["waited"] or 0.0, row["due"]) if row else (0.0, 0)


def main() -> int:
    log.configure("WARNING", "text")
    hours = int(sys.argv[1]) if len(sys.argv) > 1 else 24
    many = int(sys.argv[2]) if len(sys.argv) > 2 else 10_000
    arguments = ("--items", "10", "--fresh", "1", "--news-every", str(NEWS_EVERY))
    with tempfile.TemporaryDirectory() as there, feed_host(*arguments) as base:
        return asyncio.run(run(hours, many, base, Path(there)))


if __name__ == "__main__":
    sys.exit(main())
