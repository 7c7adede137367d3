"""Verbs that do one thing and end: poll once, check a feed, move feeds and subscriptions."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import asdict
from pathlib import Path

from bot.app import open_fetcher, open_poller, open_rooms, seed_feeds
from bot.events.query import QueryError, parse
from bot.feeds import catalog
from bot.feeds.parsing import Parsers
from bot.messages.render import to_plain
from bot.platforms import console
from bot.settings import Settings
from storage import chats, feeds, subscribers, subscriptions
from storage.database import Connection, Database


@asynccontextmanager
async def _database(settings: Settings) -> AsyncIterator[Database]:
    db = await Database.open(settings.database_url)
    try:
        yield db
    finally:
        await db.close()


async def migrate(settings: Settings) -> int:
    async with _database(settings):
        sys.stderr.write("The database is at this version.\n")
    return 0


async def poll_once(settings: Settings) -> int:
    """One round of fetching and saving over every due feed; no detection, no sending."""
    async with (
        _database(settings) as db,
        open_fetcher(settings) as fetcher,
        Parsers() as parsers,
    ):
        await seed_feeds(db, settings, time.time())
        poller = open_poller(settings, db, fetcher, parsers, time.time, "poll-once")
        summary = await poller.poll_once()
    sys.stdout.write(json.dumps(asdict(summary)) + "\n")
    return 0


async def check_feed(settings: Settings, url: str) -> int:
    """Poll an address as the service would and print what it saw and would alert."""
    async with open_rooms(settings, time.time) as rooms:
        caller = console.caller(settings.default_language)
        message = await rooms.commands.run(f"/checkfeed {url}", caller)
        sys.stdout.write(to_plain(message) + "\n")
    return 0


async def import_feeds(settings: Settings, path: Path) -> int:
    """Add the feeds of a YAML or OPML file that are not known yet; revive removed ones."""
    seeds = catalog.read(path)
    async with _database(settings) as db:
        known = {feed.url for feed in await db.read(feeds.everything)}
        fresh = [seed for seed in seeds if seed.url not in known]
        for seed in fresh:
            await db.write(feeds.add, seed, time.time())
    sys.stderr.write(f"{len(fresh)} feeds added, {len(seeds) - len(fresh)} known already.\n")
    return 0


async def export_feeds(settings: Settings, path: Path) -> int:
    """Write the feeds as they stand, moderators' changes included."""
    async with _database(settings) as db:
        await seed_feeds(db, settings, time.time())
        seeds = [catalog.seed_of(feed) for feed in await db.read(feeds.everything)]
    catalog.write(path, seeds)
    sys.stderr.write(f"{len(seeds)} feeds written to {path}.\n")
    return 0


async def import_subscriptions(settings: Settings, path: Path) -> int:
    """Read JSON Lines `{"chat", "subscriber"?, "query"}`; a bad line is told and left out."""
    good: list[dict[str, str]] = []
    bad = 0
    with path.open(encoding="utf-8", errors="replace") as lines:
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            try:
                good.append(_read_subscription(line))
            except ValueError as problem:
                bad += 1
                sys.stderr.write(f"{path}:{number}: {problem}\n")
    async with _database(settings) as db:
        added = await db.write(_add_all, good, settings.default_language, time.time())
    sys.stderr.write(
        f"{added} subscriptions added, {len(good) - added} known already, {bad} lines refused.\n"
    )
    return 1 if bad else 0


def _read_subscription(line: str) -> dict[str, str]:
    try:
        data = json.loads(line)
    except ValueError:
        raise ValueError('not JSON: expected {"chat": "telegram:123", "query": "gao"}') from None
    if not isinstance(data, dict) or not all(
        isinstance(data.get(key), str) for key in ("chat", "query")
    ):
        raise ValueError('expected {"chat": "telegram:123", "query": "gao"}, both texts')
    platform, _, rest = data["chat"].partition(":")
    if platform not in ("telegram", "discord", "console") or not rest:
        raise ValueError(f"chat is {data['chat']!r}: expected telegram:123 or console:0")
    subscriber = data.get("subscriber") or data["chat"]
    try:
        query = parse(data["query"])
    except QueryError as error:
        raise ValueError(f"query {data['query']!r} is wrong ({error.key})") from None
    return {
        "chat": data["chat"],
        "subscriber": subscriber,
        "query": data["query"],
        "query_norm": query.norm,
    }


def _add_all(conn: Connection, rows: Iterable[dict[str, str]], language: str, now: float) -> int:
    added = 0
    for row in rows:
        chat = chats.ensure(conn, row["chat"], language=language, now=now)
        subscriber = subscribers.ensure(conn, row["subscriber"], now)
        added += (
            subscriptions.add(
                conn,
                subscriber_id=subscriber,
                chat_id=chat.id,
                query=row["query"],
                query_norm=row["query_norm"],
                now=now,
            )
            is not None
        )
    return added


async def export_subscriptions(settings: Settings, path: Path) -> int:
    """Write every subscription; only the owner may read the file, for it tells who is where."""
    async with _database(settings) as db:
        rows = await db.read(subscriptions.export)
    _write_private(path, "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows))
    sys.stderr.write(f"{len(rows)} subscriptions written to {path} (readable by you alone).\n")
    return 0


def _write_private(path: Path, text: str) -> None:
    path.touch(mode=0o600)
    path.chmod(0o600)
    path.write_text(text, "utf-8")
