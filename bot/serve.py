"""The `run` verb: the service, until a signal ends it."""

from __future__ import annotations

import asyncio
import signal
import sys
import time
from contextlib import AsyncExitStack

import structlog

from bot.app import Service, open_rooms
from bot.delivery.channel import Channel
from bot.platforms.console import Console
from bot.platforms.telegram import Telegram
from bot.platforms.telegram_talk import TelegramTalk
from bot.settings import Settings, describe
from bot.web.health import HealthServer
from storage import hubs

log = structlog.get_logger()


async def serve(settings: Settings) -> int:
    """Run every room in this process; SIGTERM or SIGINT finishes what is in flight and ends.

    Raises:
        DatabaseError, CatalogError, BadToken: before anything starts.
    """
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    log.info("service.starting", **describe(settings))
    async with AsyncExitStack() as stack:
        rooms = await stack.enter_async_context(open_rooms(settings, time.time))
        if rooms.push is None:
            await rooms.db.write(hubs.forget_trust)
        health = HealthServer(
            rooms.db,
            clock=rooms.clock,
            host=settings.http_host,
            port=settings.http_port,
            routes=rooms.push.callbacks.routes() if rooms.push else (),
        )
        await health.start()
        stack.push_async_callback(health.stop)
        channels: list[Channel] = []
        if settings.telegram_token:
            telegram = await stack.enter_async_context(
                Telegram(settings.telegram_token, settings.telegram_api_url)
            )
            await stack.enter_async_context(
                TelegramTalk(
                    telegram,
                    rooms.commands,
                    db=rooms.db,
                    clock=rooms.clock,
                    moderators=settings.moderators,
                    default_language=settings.default_language,
                )
            )
            channels.append(telegram)
        else:
            console = Console(sys.stdout)
            await stack.enter_async_context(console.listening(sys.stdin, rooms.commands))
            channels.append(console)
        await Service(rooms, channels).run(stop)
    return 0
