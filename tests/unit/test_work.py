"""A worker: woken it works until nothing is left, a bug does not end it, a stop does."""

from __future__ import annotations

import asyncio

from bot.work import Worker


async def test_a_woken_worker_works_until_nothing_is_left() -> None:
    """One wake is enough for three rounds of waiting work."""
    left = [True, True, False]
    rounds = 0

    async def round() -> bool:
        nonlocal rounds
        rounds += 1
        return left.pop(0)

    worker = Worker("w", round)
    task = asyncio.create_task(worker.run())
    worker.wake()
    await asyncio.sleep(0.05)
    worker.stop()
    await task
    assert rounds == 3


async def test_a_worker_that_nobody_wakes_does_nothing() -> None:
    """Rounds follow wakes."""

    async def round() -> bool:
        raise AssertionError

    worker = Worker("w", round)
    task = asyncio.create_task(worker.run())
    await asyncio.sleep(0.05)
    worker.stop()
    await task


async def test_a_bug_in_a_round_is_survived_and_tried_again() -> None:
    """An exception rests the worker, then the work is looked at again without a new wake."""
    rounds = 0
    recovered = asyncio.Event()

    async def round() -> bool:
        nonlocal rounds
        rounds += 1
        if rounds == 1:
            raise RuntimeError("bug")
        recovered.set()
        return False

    worker = Worker("w", round, rest=0.01)
    task = asyncio.create_task(worker.run())
    worker.wake()
    await asyncio.wait_for(recovered.wait(), 2)
    worker.stop()
    await task
    assert rounds == 2


async def test_a_stop_lets_the_round_in_flight_end() -> None:
    """Claim → work → settle is not cut in two."""
    settled = False

    async def round() -> bool:
        nonlocal settled
        await asyncio.sleep(0.05)
        settled = True
        return True

    worker = Worker("w", round)
    task = asyncio.create_task(worker.run())
    worker.wake()
    await asyncio.sleep(0.01)
    worker.stop()
    await task
    assert settled
