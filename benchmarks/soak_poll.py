"""The whole service over real sockets with ten thousand feeds, for hours.

    python -m benchmarks.soak_poll [MINUTES] [FEEDS]

`sahel-alerts run` polls made-up feeds of a local server every five minutes; each has news about
once an hour. Once a minute a line tells how late the latest feed is (seconds beyond its due time,
not counting the very first round), how much memory the service and its parsers hold, and what the
database weighs. Ends with 1 when a feed was later than its interval, or when memory went on
growing after half of the time or past 400 MB.
"""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.bench_poll import feed_host

INTERVAL = 300.0
NEWS_EVERY = 3600.0
#: megabytes for the service and its parsers
MOST_MEMORY = 400.0
#: how much the second half's highest memory may exceed the first half's
_FLAT = 1.05


def memory(pid: int) -> tuple[float, float]:
    """Megabytes that a process holds, and that its descendants do."""
    own, below = _resident(pid), 0.0
    for started_by in Path(f"/proc/{pid}/task").glob("*/children"):
        below += sum(sum(memory(int(child))) for child in started_by.read_text().split())
    return own, below


def _resident(pid: int) -> float:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0.0


def main() -> int:
    minutes = int(sys.argv[1]) if len(sys.argv) > 1 else 120
    feeds = int(sys.argv[2]) if len(sys.argv) > 2 else 10_000
    arguments = ("--items", "10", "--fresh", "1", "--news-every", str(NEWS_EVERY))
    with tempfile.TemporaryDirectory() as there, feed_host(*arguments) as base:
        folder = Path(there)
        rows = (f"- {{url: {base}/{n}.xml, name: Journal {n}}}\n" for n in range(feeds))
        (folder / "feeds.yaml").write_text("".join(rows), "utf-8")
        environment = os.environ | {
            "DATABASE_URL": f"sqlite:///{folder / 'soak.db'}",
            "FEEDS_FILE": str(folder / "feeds.yaml"),
            "ALLOW_PRIVATE_HOSTS": "127.0.0.1",
            "HOST_SPACING": "0",
            "HTTP_LISTEN": "127.0.0.1:0",
            "POLL_INTERVAL_MIN": f"{INTERVAL:g}",
            "POLL_INTERVAL_MAX": f"{INTERVAL:g}",
            "LOG_LEVEL": "ERROR",
        }
        service = subprocess.Popen(
            [sys.executable, "-m", "bot", "run"],
            env=environment, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            return watch(service, folder / "soak.db", minutes)
        finally:
            service.terminate()
            service.wait()


def watch(service: subprocess.Popen[bytes], database: Path, minutes: int) -> int:
    """Sample every five seconds, print every minute; the exit status."""
    print("minute  polls/s  feeds never polled  latest s  service MB  parsers MB  database MB")
    worst = 0.0
    peaks: list[float] = []
    started = time.time()
    for minute in range(1, minutes + 1):
        late, peak = 0.0, 0.0
        while time.time() < started + 60 * minute:
            time.sleep(5)
            if service.poll() is not None:
                print("The service has ended by itself.")
                return 1
            late = max(late, _latest(database))
            peak = max(peak, sum(memory(service.pid)))
        own, parsers = memory(service.pid)
        polled, fresh = _progress(database)
        size = database.stat().st_size / 1024 / 1024
        print(
            f"{minute:6} {polled / 60:8.1f} {fresh:19} {late:9.1f} {own:11.0f} {parsers:11.0f}"
            f" {size:12.0f}",
            flush=True,
        )
        worst = max(worst, late)
        peaks.append(peak)
    print(f"latest {worst:.0f} s beyond its due time")
    return int(worst > INTERVAL or not stayed_flat(peaks))


def stayed_flat(peaks: Sequence[float]) -> bool:
    """Whether memory (megabytes, one peak a step) stopped growing after half of the time."""
    half = max(1, len(peaks) // 2)
    before, after = max(peaks[:half]), max(peaks[half:] or peaks)
    print(f"at most {before:.0f} MB in the first half, {after:.0f} MB in the second")
    return after <= min(before * _FLAT, MOST_MEMORY)


def _ask(database: Path, sql: str, *parameters: float) -> float:
    if not database.exists():
        return 0.0
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=30) as conn:
        try:
            return conn.execute(sql, parameters).fetchone()[0] or 0.0
        except sqlite3.OperationalError:
            return 0.0  # not migrated yet


def _latest(database: Path) -> float:
    """Seconds by which the feed that has waited longest is overdue."""
    late = "select max(? - next_check_at) from feeds where last_attempt_at < next_check_at"
    return max(0.0, _ask(database, late, time.time()))


def _progress(database: Path) -> tuple[float, int]:
    """Polls in the last minute, and feeds that were never polled."""
    recent = "select count(*) from feeds where last_attempt_at > ?"
    never = "select count(*) from feeds where last_attempt_at is null"
    return _ask(database, recent, time.time() - 60), int(_ask(database, never))


if __name__ == "__main__":
    sys.exit(main())
