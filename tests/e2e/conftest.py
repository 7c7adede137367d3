"""A whole world on 127.0.0.1: a Telegram emulator, a feed host, the service between them."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.e2e.service import FeedHost, Service
from tests.telegram_emulator.client import TOKEN, EmulatorProcess


@dataclass
class World:
    telegram: EmulatorProcess
    feeds: FeedHost
    service: Service


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    """Two feeds, "radio" and "gazette", and a service that is not started yet."""
    async with open_world(tmp_path, {"radio": "fr", "gazette": "fr"}) as opened:
        yield opened


@asynccontextmanager
async def open_world(
    folder: Path, languages: Mapping[str, str], **settings: str
) -> AsyncIterator[World]:
    """A service that is not started yet, and a feed for each name, by its language."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    async with EmulatorProcess() as telegram, FeedHost(folder / "feeds") as feeds:
        listing = folder / "feeds.yaml"
        listing.write_text(
            "".join(
                f"- {{url: '{feeds.url(name)}', name: {name}, language: {language}, "
                "countries: [ML], kind: national press, reliability: C}\n"
                for name, language in languages.items()
            )
        )
        service = Service(
            env={
                "TELEGRAM_TOKEN": TOKEN,
                "TELEGRAM_API_URL": telegram.url,
                "FEEDS_FILE": str(listing),
                "DATABASE_URL": f"sqlite:///{folder / 'alerts.db'}",
                "ALLOW_PRIVATE_HOSTS": "127.0.0.0/8",
                "POLL_INTERVAL_MIN": "1",
                "POLL_INTERVAL_MAX": "2",
                "HOST_SPACING": "0",
                "HTTP_LISTEN": f"127.0.0.1:{port}",
                "LOG_LEVEL": "DEBUG",
                **settings,
            },
            log=folder / "service.log",
            port=port,
        )
        try:
            yield World(telegram, feeds, service)
        finally:
            await service.close()
