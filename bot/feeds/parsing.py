"""Bodies parsed away from the event loop, in processes that can be ended from outside.

Parsing is pure Python over what strangers serve: in a thread it would hold up every message that
is being sent, and one that does not end could not be stopped. Processes can be killed, run at a
low priority, and are replaced before what feedparser leaves behind adds up (its issue 287).
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import resource
from collections.abc import Mapping
from types import TracebackType

from pebble import ProcessExpired, ProcessPool

from bot.feeds.parse import ParsedFeed, parse, unreadable
from bot.feeds.problem import Problem

#: seconds that one body may take to parse; real ones take milliseconds
PARSE_LIMIT = 10.0
#: bytes that one parser may hold; a real feed needs a twentieth
MEMORY_LIMIT = 1024**3
#: bodies that one process parses before a fresh one takes its place
BODIES = 2_000
_NICENESS = 10


class Parsers:
    """Parser processes: `async with Parsers() as parsers: await parsers.parse(…)`."""

    def __init__(self, processes: int | None = None, *, limit: float = PARSE_LIMIT):
        """As many as there are processors unless told, and `limit` seconds for each body."""
        self._limit = limit
        # never a plain fork: this process has threads, and one may hold a lock at that moment
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload([parse.__module__])
        self._pool = ProcessPool(
            max_workers=processes or os.cpu_count() or 1,
            max_tasks=BODIES,
            initializer=_humble,
            context=context,
        )
        self._started: asyncio.Task[bool] | None = None

    async def __aenter__(self) -> Parsers:
        # half a second, which the first body need not wait for
        self._start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await asyncio.to_thread(self.close)

    def close(self) -> None:
        """End every process, whatever it is at."""
        self._pool.stop()  # type: ignore[no-untyped-call]
        self._pool.join()

    def _start(self) -> asyncio.Task[bool]:
        """Off the loop, and once; asking a pool whether it is active starts it."""
        if self._started is None:
            self._started = asyncio.create_task(asyncio.to_thread(lambda: self._pool.active))
        return self._started

    async def parse(
        self, body: bytes, headers: Mapping[str, str], url: str, fetched_at: float
    ) -> ParsedFeed:
        """`parse` of the same arguments; a body that costs too much is no feed."""
        await asyncio.shield(self._start())
        future = self._pool.schedule(
            parse, args=[body, dict(headers), url, fetched_at], timeout=self._limit
        )
        try:
            return await asyncio.wrap_future(future)
        except TimeoutError:
            return unreadable(Problem("parse_slow", seconds=self._limit))
        except (ProcessExpired, MemoryError):
            return unreadable(Problem("parse_died"))


def _humble() -> None:
    """A parser gives way to whoever sends alerts, and ends before it takes all memory."""
    os.nice(_NICENESS)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT, MEMORY_LIMIT))
