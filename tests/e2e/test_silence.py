"""The service itself tells a moderator that it hears nothing, and that it hears again."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

from tests.e2e.conftest import open_world
from tests.e2e.fast_clock import FastClock
from tests.e2e.service import Story

#: an hour in fifteen seconds
SPEED = 240.0
MODERATOR, READER = 900, 71


async def test_a_service_that_hears_nothing_says_so_once(tmp_path: Path) -> None:
    """By the composition root's own wiring: two sources are gone for an hour and come back."""
    async with open_world(
        tmp_path,
        {"radio": "fr", "gazette": "fr"},
        MODERATORS=f"telegram:{MODERATOR},discord:7",
        POLL_INTERVAL_MIN="60",
        POLL_INTERVAL_MAX="300",
    ) as world:
        clock = FastClock(SPEED, time.time())
        story = Story("1", "Mopti : marché", "Le marché.", "http://radio.example/1", age=3600.0)
        for name in ("radio", "gazette"):
            world.feeds.publish(name, story)
        phones = world.telegram.world
        for user in (MODERATOR, READER):
            await phones.add_user(user, language_code="fr")
        await world.service.start(*clock.program)
        await world.service.healthy()
        for name in ("radio", "gazette"):
            (world.feeds.folder / f"{name}.xml").rename(tmp_path / f"{name}.xml")
        [told] = await phones.wait_for_messages(MODERATOR, 1, timeout=40)
        assert told["text"].startswith("⚠️ Toutes les sources sont muettes depuis 4")
        for name in ("radio", "gazette"):
            (tmp_path / f"{name}.xml").rename(world.feeds.folder / f"{name}.xml")
        _, back = await phones.wait_for_messages(MODERATOR, 2, timeout=60)
        assert back["text"].startswith("✅ Les sources répondent de nouveau, après ")
        await asyncio.sleep(5)
        assert len(await phones.messages(MODERATOR)) == 2
        assert await phones.messages(READER) == []
