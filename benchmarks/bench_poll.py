"""`poll --once` beside lemon24/reader with ten workers, on the same feeds in the same run.

    python -m benchmarks.bench_poll [FEEDS] [REPEATS]

A thousand feeds of thirty items on a local server, both on SQLite. "cold" is a first poll, in a
"changed" round every feed has five new items, in an "unchanged" one the server answers 304. The
peer is installed into build/reader. Each figure is the median of the repeats, run in alternation.
Then, in this process, how long the event loop was ever held up during such rounds.
"""

from __future__ import annotations

import asyncio
import json
import os
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bot import log
from bot.app import open_fetcher, open_poller, seed_feeds
from bot.feeds.parsing import Parsers
from bot.settings import Settings
from storage.database import Database

ROUNDS = ("cold", "changed", "unchanged")
_PEER = Path("build/reader")
_PEER_NEEDS = ("reader==3.26", "sgmllib3k")
#: seconds between two looks at the clock
_PROBE = 0.005


@contextmanager
def feed_host(*arguments: str) -> Iterator[str]:
    """The address of a feed host process that ends with the block."""
    host = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.feed_host", *arguments], stdout=subprocess.PIPE
    )
    try:
        assert host.stdout is not None
        yield f"http://127.0.0.1:{int(host.stdout.readline())}"
    finally:
        host.terminate()
        host.wait()


def peer() -> Path:
    """The Python of a venv that holds lemon24/reader, made when it is missing."""
    python = _PEER / "bin" / "python"
    if not python.exists():
        print("Installing lemon24/reader into build/reader…", file=sys.stderr)
        subprocess.run([sys.executable, "-m", "venv", _PEER], check=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", *_PEER_NEEDS], check=True)
    return python


class Ours:
    """The `poll --once` verb on a database of its own."""

    def __init__(self, folder: Path, base: str, feeds: int):
        self.settings = {
            "DATABASE_URL": f"sqlite:///{folder / 'ours.db'}",
            "FEEDS_FILE": str(folder / "feeds.yaml"),
            "ALLOW_PRIVATE_HOSTS": "127.0.0.1",
            "HOST_SPACING": "0",
            "LOG_LEVEL": "WARNING",
        }
        self._database = folder / "ours.db"
        rows = [f"- {{url: {base}/{n}.xml, name: Journal {n}}}" for n in range(feeds)]
        (folder / "feeds.yaml").write_text("\n".join(rows), "utf-8")

    def round(self, name: str) -> float:
        """Feeds a second, by the verb's own count."""
        self.make_due()
        done = subprocess.run(
            [sys.executable, "-m", "bot", "poll", "--once"],
            env=os.environ | self.settings, stdout=subprocess.PIPE, check=True,
        )  # fmt: skip
        told = json.loads(done.stdout)
        expected = "not_modified" if name == "unchanged" else "changed"
        assert told[expected] == told["feeds"] > 0, told
        return told["feeds"] / told["seconds"]

    def make_due(self) -> None:
        if self._database.exists():
            with sqlite3.connect(self._database) as conn:
                conn.execute("update feeds set next_check_at = 0")


def theirs(python: Path, folder: Path, base: str, feeds: int) -> float:
    done = subprocess.run(
        [python, "benchmarks/reader_rounds.py", folder / "reader.db", base, str(feeds)],
        stdout=subprocess.PIPE, check=True,
    )  # fmt: skip
    updated, seconds = done.stdout.split()
    assert int(updated) == feeds
    return feeds / float(seconds)


def edition(base: str, number: int, feeds: int) -> None:
    """Put every feed at this edition, its body made: whoever polls first must not wait for it."""
    for path in (f"edition/{number}", *(f"{feed}.xml" for feed in range(feeds))):
        urllib.request.urlopen(f"{base}/{path}").close()  # noqa: S310 - our own host


async def held_up(ours: Ours) -> list[float]:
    """Milliseconds by which each probe of the event loop came late during one round."""
    settings = Settings.from_env(ours.settings)
    late: list[float] = []

    async def probe() -> None:
        while True:
            before = time.perf_counter()
            await asyncio.sleep(_PROBE)
            late.append((time.perf_counter() - before - _PROBE) * 1000)

    db = await Database.open(settings.database_url)
    async with open_fetcher(settings) as fetcher, Parsers() as parsers:
        await seed_feeds(db, settings, time.time())
        poller = open_poller(settings, db, fetcher, parsers, time.time, "bench")
        probing = asyncio.create_task(probe())
        await poller.poll_once()
        probing.cancel()
    await db.close()
    return late


def main() -> None:
    log.configure("WARNING", "text")
    feeds = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    repeats = int(sys.argv[2]) if len(sys.argv) > 2 else 3
    python = peer()
    speeds: dict[str, list[tuple[float, float]]] = {name: [] for name in ROUNDS}
    delays: dict[str, list[float]] = {name: [] for name in ROUNDS}
    for repeat in range(repeats):
        with tempfile.TemporaryDirectory() as there, feed_host() as base:
            folder = Path(there)
            ours = Ours(folder, base, feeds)
            for name in ROUNDS:
                edition(base, int(name != "cold"), feeds)
                print(f"{repeat + 1}/{repeats} {name}…", file=sys.stderr)
                speeds[name].append((ours.round(name), theirs(python, folder, base, feeds)))
        with tempfile.TemporaryDirectory() as there, feed_host() as base:
            ours = Ours(Path(there), base, feeds)
            for name in ROUNDS:
                edition(base, int(name != "cold"), feeds)
                ours.make_due()
                delays[name] += asyncio.run(held_up(ours))
    print(f"{feeds} feeds of 30 items, median of {repeats}, feeds a second")
    print("round         ours  reader  ratio   event loop late by ms: p50    p99    max")
    for name in ROUNDS:
        mine, other = (statistics.median(pair[side] for pair in speeds[name]) for side in (0, 1))
        ratio = statistics.median(a / b for a, b in speeds[name])
        late = sorted(delays[name])
        at = [late[len(late) // 2], late[len(late) * 99 // 100], late[-1]]
        told = " ".join(f"{value:6.1f}" for value in at)
        print(f"{name:<10} {mine:7.0f} {other:7.0f} {ratio:6.1f}  {'':<20} {told}")


if __name__ == "__main__":
    main()
