"""Parser processes: real ones, ended, starved and worn out."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Iterator

import pytest
from feed_server import item, rss

from bot.feeds import parsing
from bot.feeds.parse import ParsedFeed
from bot.feeds.parsing import Parsers
from bot.feeds.problem import Problem

BODY = rss([item("Un marché rouvre", guid="1")]).encode()


@pytest.fixture
def parsers() -> Iterator[Parsers]:
    pool = Parsers(1, limit=5.0)
    yield pool
    pool.close()


async def _parse(parsers: Parsers) -> ParsedFeed:
    return await parsers.parse(BODY, {}, "http://journal.example/feed", 1_800_000_000.0)


async def _inside(parsers: Parsers, function: object, *arguments: object) -> object:
    return await asyncio.wrap_future(parsers._pool.schedule(function, args=arguments))


async def test_a_body_is_read_in_another_process(parsers: Parsers) -> None:
    """At a low priority: whoever sends alerts goes first."""
    assert [entry.title for entry in (await _parse(parsers)).entries] == ["Un marché rouvre"]
    assert await _inside(parsers, os.getpid) != os.getpid()
    assert await _inside(parsers, os.nice, 0) == min(os.nice(0) + 10, 19)


async def test_a_parser_that_dies_costs_its_body_only(parsers: Parsers) -> None:
    """Killed in the middle, as the kernel does when memory is short."""
    pid = await _inside(parsers, os.getpid)
    assert isinstance(pid, int)
    held = asyncio.create_task(parsers.parse(b"<rss>" + b"<b>" * 400_000, {}, "http://x", 0.0))
    await asyncio.sleep(0.3)
    os.kill(pid, signal.SIGKILL)
    dead = await held

    assert (dead.is_feed, dead.problems) == (False, (Problem("parse_died"),))
    assert (await _parse(parsers)).is_feed


async def test_a_parser_takes_no_more_memory_than_it_may(parsers: Parsers) -> None:
    """What would fill the machine is refused, and the parser goes on."""
    with pytest.raises(MemoryError):
        await _inside(parsers, bytearray, 2 * parsing.MEMORY_LIMIT)

    assert (await _parse(parsers)).is_feed


async def test_a_parser_is_replaced_before_it_wears_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """What feedparser leaves behind goes with the process."""
    monkeypatch.setattr(parsing, "BODIES", 2)
    async with Parsers(1) as parsers:
        seen = [await _inside(parsers, os.getpid) for _ in range(4)]

    assert len(set(seen)) == 2
