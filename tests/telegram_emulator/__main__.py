"""Runs the emulator: prints its port, ends with SIGTERM or when standard input closes."""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import stat
import sys

from aiohttp import web

from .server import Server


async def _serve(port: int) -> None:
    # a client that hangs up ends its long poll, as it does with Telegram
    runner = web.AppRunner(
        Server().app(), access_log=None, handler_cancellation=True, shutdown_timeout=0.2
    )
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", port)
    await site.start()
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    hung_up = asyncio.create_task(_standard_input_closed())
    hung_up.add_done_callback(lambda _task: stop.set())
    assert site._server
    print(site._server.sockets[0].getsockname()[1], flush=True)  # noqa: T201
    await stop.wait()
    hung_up.cancel()
    await runner.cleanup()


async def _standard_input_closed() -> None:
    """Returns when the process that started us is gone; never without a pipe from it."""
    mode = os.fstat(0).st_mode
    if not (stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode)):
        await asyncio.Event().wait()
    reader = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    await reader.read()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="tests.telegram_emulator", description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    asyncio.run(_serve(parser.parse_args().port))
