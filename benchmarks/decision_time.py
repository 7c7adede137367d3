"""How long one report takes to decide on among 5,000 open events: in memory, and in the service.

    python -m benchmarks.decision_time [OPEN]

Ambushes on as many towns of the gazetteer over two weeks are open. "choose" is the choice alone,
on the board that the editor keeps. "decide" is the service's whole transaction on SQLite for one
fresh entry about an attack: choice, reports, event, alert, a delivery, commit. Half of the entries
tell an open event, half a new one.
"""

from __future__ import annotations

import asyncio
import itertools
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bot.detect.detector import Detector
from bot.detect.gazetteer import Gazetteer
from bot.detect.report import Detection, Place, Report, Toll
from bot.events.assign import assign
from bot.events.board import Board
from bot.events.decision import Desk, decide
from bot.events.desk import Article, country_of, happened_span, known, story
from bot.events.facts import Source
from storage import chats, entries, events, feeds, subscribers, subscriptions
from storage.database import Connection, Database
from storage.model import Entry, FeedSeed, NewEntry

_OPEN_DAYS = 14
_TOWNS = ("town", "village", "commune")
_TRIED = 200
_NOW = datetime(2026, 3, 15, tzinfo=UTC).timestamp()


@dataclass(frozen=True, slots=True)
class Told:
    """One attack and the article that tells it."""

    article: Article
    report: Report


def attacks(places: Gazetteer, many: int) -> Iterator[Told]:
    """So many ambushes, each on its own town and day."""
    towns = [r for r in places.rows if r.kind in _TOWNS and r.lat is not None]
    step = max(1, len(towns) * _OPEN_DAYS // many)
    for number, (town, day) in enumerate(
        itertools.islice(itertools.product(towns[::step], range(_OPEN_DAYS)), many)
    ):
        at = datetime(2026, 3, 1 + day, 20, tzinfo=UTC)
        count = number * 7 % 41 + 2
        place = Place(town.name, town.country, town.admin1, town.lat, town.lon, 1)
        report = Report(
            kind="attack", type="ambush", places=(place,), date=at.date().isoformat(),
            date_precision=1, tolls=(Toll("killed", None, count, count, "exact"),),
            countries=(town.country or "ML",),
        )  # fmt: skip
        article = Article(
            f"Embuscade à {town.name}",
            f"{count} soldats ont été tués dans une embuscade à {town.name}, {town.admin1}.",
            Source("a", "", "a", "fr", published_at=at.timestamp()),
            at.timestamp(), (at.timestamp(), at.timestamp()),
        )  # fmt: skip
        yield Told(article, report)


def choosing(told: Sequence[Told]) -> list[float]:
    """Milliseconds of each choice."""
    board: Board[int] = Board()
    for number, one in enumerate(told):
        made = story([(one.article, one.report)])
        board.pin(number, known(made.facts, made.words_norm))
    times = []
    for one in told[:: max(1, len(told) // _TRIED)]:
        telling = one.article.telling(one.report)
        began = time.perf_counter()
        assign([telling], board)
        times.append(1000 * (time.perf_counter() - began))
    return times


async def deciding(told: Sequence[Told], places: Gazetteer, folder: Path) -> list[float]:
    """Milliseconds of each transaction; the first one, which reads all events, is left out."""
    db = await Database.open(f"sqlite:///{folder}/decision.db")
    try:
        await db.write(_open, told)
        desk = Desk("bench", places)
        times = []
        for number, one in enumerate(told[:: max(1, len(told) // _TRIED)]):
            report = one.report if number % 2 else _elsewhere(one.report, number)
            entry = await db.write(_entry, one, number)
            detection = Detection("fr", (report,), 1.0)
            began = time.perf_counter()
            await db.write(decide, entry, detection, desk, now=_NOW + number)
            times.append(1000 * (time.perf_counter() - began))
        return times[1:]
    finally:
        await db.close()


def _elsewhere(report: Report, number: int) -> Report:
    """The same attack on a hamlet that nobody has told of."""
    (place,) = report.places
    name = f"Hameau {number}"
    moved = Place(name, place.country, place.admin1, (place.lat or 0) + 0.4, place.lon, 1)
    return Report(**{**{f: getattr(report, f) for f in report.__slots__}, "places": (moved,)})


def _open(conn: Connection, told: Sequence[Told]) -> None:
    chat = chats.ensure(conn, "console:0", language="fr", now=_NOW)
    who = subscribers.ensure(conn, "console:0", _NOW)
    subscriptions.add(
        conn, subscriber_id=who, chat_id=chat.id, query="kind:attack", query_norm="kind:attack",
        now=_NOW,
    )  # fmt: skip
    for one in told:
        made = story([(one.article, one.report)])
        span = happened_span(made.facts)
        events.create(
            conn, kind="attack", facts=made.facts.dump(), words_norm=made.words_norm,
            country=country_of(made.facts), happened_from=span and span[0],
            happened_to=span and span[1], ref_day=str(made.facts.date),
            seen_at=one.article.seen_at, now=one.article.seen_at,
        )  # fmt: skip


def _entry(conn: Connection, one: Told, number: int) -> Entry:
    feed = feeds.add(conn, FeedSeed("https://b.example/feed", "b"), _NOW).id
    new = NewEntry(
        identity=str(number), guid=str(number), url=f"https://b.example/{number}",
        canonical_url=f"https://b.example/{number}", title=f"Nouvelle {number}",
        summary=one.article.summary, published_at=one.article.seen_at, content_hash=str(number),
        fingerprint=str(number),
    )  # fmt: skip
    entries.save(conn, feed, [new], now=_NOW, oldest=0.0, first_poll=False)
    return entries.claim(conn, "bench", now=_NOW, limit=1, lease=60.0)[0]


def main(arguments: Sequence[str]) -> None:
    many = int(arguments[0]) if arguments else 5000
    places = Detector.load().gazetteer
    told = list(attacks(places, many))
    with tempfile.TemporaryDirectory() as folder:
        rows = {
            "choose": choosing(told),
            "decide": asyncio.run(deciding(told, places, Path(folder))),
        }
    for name, times in rows.items():
        print(f"{name:8} {statistics.median(times):5.1f} ms median, "
              f"{statistics.quantiles(times, n=100)[98]:.1f} ms at the 99th percentile, "
              f"among {len(told)} open events")  # fmt: skip


if __name__ == "__main__":
    main(sys.argv[1:])
