"""feedparser's own tests and the feed samples through the real poller, beside feedparser alone.

    python -m benchmarks.corpus [--verbose]

The tests are in feedparser's source package of the version in requirements.lock, which pip
downloads into .cache once, checked by its hash; the samples are ../shared/data/feedsamples, where
they are. A server process answers each file as the file asks to be served, one feed each; one
round of the service's poller saves them into a database. What it saved is compared with what
feedparser makes of the same body and headers: titles, links, ids, dates. Every difference has a
reason of benchmarks/corpus_compare.py or is printed as unexplained, and the exit status is 1.
"""

from __future__ import annotations

import argparse
import asyncio
import gzip
import io
import logging
import re
import subprocess
import sys
import tarfile
import tempfile
import time
import warnings
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import feedparser
import structlog

from benchmarks.corpus_compare import REASONS, Difference, compare
from benchmarks.corpus_host import Served, served
from bot.app import open_fetcher, open_poller
from bot.feeds.dates import EARLIEST
from bot.feeds.parse import parse
from bot.feeds.parsing import Parsers
from bot.feeds.problem import Problem
from bot.settings import Settings
from storage import feeds
from storage.database import Connection, Database
from storage.model import FeedSeed

ROOT = Path(__file__).parents[1]
CACHE = ROOT / ".cache"
SAMPLES = ROOT.parent / "shared" / "data" / "feedsamples"
#: seconds that no file may take, of one core to be read and from the claim to the commit
SLOW = 2.0
_FEED_ENDINGS = (".xml", ".rss", ".atom", ".gz", ".z")


class CorpusError(Exception):
    """The corpus cannot be had; the message is a sentence for whoever runs this."""


@dataclass(slots=True)
class Outcome:
    """One file, polled."""

    name: str
    theirs: int
    ours: int
    differences: list[Difference]
    #: epoch seconds of dates that are neither None nor between 1990 and now
    insane: list[float]
    #: seconds from the claim to the commit, other polls beside it; None when it failed
    took: float | None
    #: seconds of one core that reading the body takes
    parsed_in: float
    #: our bug, or None
    crash: str | None = None


@dataclass(slots=True)
class Table:
    """What is printed."""

    outcomes: list[Outcome] = field(default_factory=list)

    @property
    def unexplained(self) -> list[tuple[str, Difference]]:
        return [(o.name, d) for o in self.outcomes for d in o.differences if d.reason is None]

    @property
    def failed(self) -> bool:
        return bool(self.unexplained) or any(
            o.crash or o.insane or o.parsed_in > SLOW or (o.took or 0.0) > SLOW
            for o in self.outcomes
        )

    def print(self) -> None:
        same = sum(1 for o in self.outcomes if not o.differences)
        longest = max(self.outcomes, key=lambda o: o.parsed_in)
        print(f"files                 {len(self.outcomes):6}")
        print(f"items by feedparser   {sum(o.theirs for o in self.outcomes):6}")
        print(f"items by us           {sum(o.ours for o in self.outcomes):6}")
        print(f"files that agree      {same:6}")
        print(f"files that differ     {len(self.outcomes) - same:6}, by reason (files, items):")
        reasons = Counter(d.reason for o in self.outcomes for d in o.differences)
        for reason, text in REASONS.items():
            holders = sum(any(d.reason == reason for d in o.differences) for o in self.outcomes)
            if holders:
                print(f"  {reason:14} {holders:6} {reasons[reason]:6}  {text}")
        print(f"unexplained           {len(self.unexplained):6}")
        print(f"crashes               {sum(bool(o.crash) for o in self.outcomes):6}")
        print(f"insane dates          {sum(len(o.insane) for o in self.outcomes):6}")
        print(f"longest to read       {longest.parsed_in:6.2f} s  {longest.name}")
        took = sorted(o.took for o in self.outcomes if o.took is not None)
        print(
            f"claim to commit       {took[len(took) // 2]:6.2f} s in the middle, others in flight;"
        )
        print(
            f"                      {took[-1]:6.2f} s at most; over {SLOW:g} s: "
            f"{sum(t > SLOW for t in took)}"
        )


def corpus() -> Path:
    """The folder of feedparser's tests.

    Raises:
        CorpusError: there is no copy yet and pip could not fetch one.
    """
    version, requirement = _locked()
    folder = CACHE / f"feedparser-{version}" / "tests"
    if not folder.exists():
        CACHE.mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory() as scratch:
            wanted = Path(scratch) / "wanted.txt"
            wanted.write_text(requirement)
            command = [
                sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check",
                "--no-deps", "--no-binary", ":all:", "--require-hashes",
                "--dest", scratch, "-r", str(wanted),
            ]  # fmt: skip
            if subprocess.run(command, capture_output=True, check=False).returncode:
                raise CorpusError(
                    "feedparser's tests are not here and pip cannot download them: skipped."
                )
            (archive,) = Path(scratch).glob("feedparser-*.tar.gz")
            with tarfile.open(archive) as tar:
                tar.extractall(CACHE, filter="data")
    return folder


def _locked() -> tuple[str, str]:
    lock = (ROOT / "requirements.lock").read_text()
    match = re.search(r"^feedparser==(\S+) \\\n(?:\s+--hash=\S+(?: \\)?\n)+", lock, re.MULTILINE)
    assert match, "requirements.lock names feedparser with its hashes"
    return match[1], match.group()


def files_of(folder: Path) -> list[Path]:
    return sorted(p for p in folder.rglob("*") if p.suffix in _FEED_ENDINGS)


@contextmanager
def host(folders: list[Path]) -> Iterator[int]:
    """The server process's port."""
    command = [sys.executable, "-m", "benchmarks.corpus_host", *map(str, folders)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        try:
            assert process.stdout
            yield int(process.stdout.readline())
        finally:
            process.terminate()


async def poll(folders: list[Path]) -> list[Outcome]:
    """Every file of the folders as a feed of its own, polled once."""
    wanted = [
        (f"/{number}/{quote(str(path.relative_to(folder)))}", path)
        for number, folder in enumerate(folders)
        for path in files_of(folder)
    ]
    with host(folders) as port, tempfile.TemporaryDirectory() as scratch:
        base = f"http://127.0.0.1:{port}"
        settings = Settings(
            database_url=f"sqlite:///{scratch}/corpus.db",
            allow_private_hosts=("127.0.0.1",),
            host_spacing=0.0,
        )
        db = await Database.open(settings.database_url)
        try:
            seeds = [FeedSeed(url=base + path, name=path) for path, _ in wanted]
            await db.write(feeds.seed, seeds, time.time())
            async with open_fetcher(settings) as fetcher, Parsers() as parsers:
                poller = open_poller(settings, db, fetcher, parsers, time.time, "corpus")
                # as in a service that runs: the first body waits for processes to start
                await parsers.parse(b"<rss/>", {}, base, 0.0)
                await poller.poll_once()
            saved = await db.read(_saved)
        finally:
            await db.close()
    roots = dict(zip(map(str, range(len(folders))), folders, strict=True))
    return [_outcome(path, file, base, saved[base + path], roots) for path, file in wanted]


def _saved(conn: Connection) -> dict[str, tuple[dict[str, Any], list[dict[str, Any]]]]:
    """By address: the row of the feed, and those of its entries."""
    found = {
        row["url"]: (dict(row), list[dict[str, Any]]()) for row in conn.all("select * from feeds")
    }
    by_id = {feed["id"]: entries for feed, entries in found.values()}
    for row in conn.all("select * from entries order by id"):
        by_id[row["feed_id"]].append(dict(row))
    return found


def _outcome(
    path: str,
    file: Path,
    base: str,
    saved: tuple[dict[str, Any], list[dict[str, Any]]],
    roots: dict[str, Path],
) -> Outcome:
    feed, entries = saved
    answer = served(file)
    if location := answer.headers.get("location"):
        number, _, name = location.strip("/").partition("/")
        target = roots.get(number, Path()) / name
        answer = served(target) if target.is_file() else Served(404, {}, b"")
        path = location
    body = _inflated(answer)
    theirs = _by_feedparser(answer, body) if answer.status == 200 else []
    started = time.process_time()
    parse(body, answer.headers, base + path, time.time())
    parsed_in = time.process_time() - started
    error = Problem.load(feed["last_error"]) if feed["last_error"] else None
    took = feed["last_success_at"] and feed["last_success_at"] - feed["last_attempt_at"]
    return Outcome(
        name=str(file.relative_to(file.parents[1])),
        theirs=len(theirs),
        ours=len(entries),
        differences=compare(theirs, entries, feed_url=base + path),
        insane=[
            moment
            for row in entries
            if (moment := row["published_at"]) is not None
            and not EARLIEST <= moment <= row["first_seen_at"]
        ],
        took=took,
        parsed_in=parsed_in,
        crash=str(error) if error and error.key == "internal" else None,
    )


def _inflated(answer: Served) -> bytes:
    try:
        match answer.headers.get("content-encoding"):
            case "gzip":
                return gzip.decompress(answer.body)
            case "deflate":
                return zlib.decompress(answer.body, -zlib.MAX_WBITS)
    except (OSError, EOFError, zlib.error):
        try:
            return zlib.decompress(answer.body, zlib.MAX_WBITS | 32)
        except zlib.error:
            pass
    return answer.body


def _by_feedparser(answer: Served, body: bytes) -> list[Any]:
    headers = {k: v for k, v in answer.headers.items() if k != "content-encoding"}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found: list[Any] = feedparser.parse(io.BytesIO(body), response_headers=headers).entries
    return found


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    options.add_argument("--verbose", action="store_true", help="every difference")
    verbose = options.parse_args().verbose
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    try:
        folders = [corpus()]
    except CorpusError as error:
        print(error, file=sys.stderr)
        folders = []
    if SAMPLES.exists():
        folders.append(SAMPLES)
    if not folders:
        return 0
    table = Table(asyncio.run(poll(folders)))
    for outcome in table.outcomes if verbose else ():
        for difference in outcome.differences:
            if difference.what:
                print(f"{outcome.name}: {difference.reason}: {difference.what[:300]}")
    table.print()
    for name, difference in table.unexplained:
        print(f"unexplained: {name}: {difference.what[:300]}")
    return int(table.failed)


if __name__ == "__main__":
    sys.exit(main())
