"""How a worker lives: woken, it does rounds until nothing is left, and ends between two rounds."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import structlog

log = structlog.get_logger()

#: Seconds since the epoch, UTC. Passed in, so that the demo and the tests own the time.
Clock = Callable[[], float]


class Worker:
    """Runs `round` whenever woken, again at once while it says that more is waiting.

    A round is claim → work → settle. An exception in one is a bug: it is logged, and the lease
    brings the work back, so the loop rests `rest` seconds and goes on.
    """

    def __init__(self, name: str, round: Callable[[], Awaitable[bool]], *, rest: float = 1.0):
        self.name = name
        self._round = round
        self._rest = rest
        self._awake = asyncio.Event()
        self._stopping = asyncio.Event()

    def wake(self) -> None:
        self._awake.set()

    def stop(self) -> None:
        """End after the round in flight."""
        self._stopping.set()
        self._awake.set()

    async def run(self) -> None:
        while not self._stopping.is_set():
            await self._awake.wait()
            self._awake.clear()
            while not self._stopping.is_set():
                try:
                    more = await self._round()
                except Exception:
                    log.exception("worker.round_failed", worker=self.name)
                    await self._pause()
                    self._awake.set()
                    break
                if not more:
                    break

    async def _pause(self) -> None:
        try:
            await asyncio.wait_for(self._stopping.wait(), self._rest)
        except TimeoutError:
            return
