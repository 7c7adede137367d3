"""A hub pushes an item: it is on the phone long before anybody would have polled."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.e2e.conftest import World, open_world
from tests.e2e.service import Story
from tests.e2e.test_feed_to_phone import LERE, USER, WEATHER
from tests.integration.websub_hub import Hub, running_hub

BOBO = Story(
    guid="radio-2",
    title="Burkina : un convoi attaqué près de Djibo",
    summary="Un convoi de ravitaillement a été attaqué jeudi près de Djibo par des hommes armés. "
    "Trois soldats ont été tués, selon l'armée.",
    link="http://radio.example/djibo",
)


def rss(*stories: Story) -> str:
    items = "".join(story.xml() for story in stories)
    return (
        '<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel>'
        f"<title>radio</title><link>http://radio.example/</link>{items}</channel></rss>"
    )


@pytest.fixture
async def pushed(tmp_path: Path) -> AsyncIterator[tuple[World, Hub]]:
    """A service with one feed, which a hub pushes and which is polled every ten minutes."""
    with running_hub(tmp_path / "topics") as hub:
        hub.put("radio", rss(WEATHER))
        async with open_world(
            tmp_path, {}, POLL_INTERVAL_MIN="10m", POLL_INTERVAL_MAX="10m"
        ) as world:
            _only_feed(world, hub.topic("radio"))
            world.service.env["PUBLIC_URL"] = f"http://127.0.0.1:{world.service.port}"
            yield world, hub


def _only_feed(world: World, url: str) -> None:
    Path(world.service.env["FEEDS_FILE"]).write_text(
        f"- {{url: '{url}', name: radio, language: fr, countries: [ML, BF], "
        "kind: national press, reliability: C}\n"
    )


async def _until(world: World, true: str) -> None:
    """Wait until this select of the service's database finds a row."""
    path = world.service.env["DATABASE_URL"].removeprefix("sqlite:///")
    async with asyncio.timeout(40):
        with closing(sqlite3.connect(path)) as conn:
            while not conn.execute(true).fetchone():  # noqa: ASYNC110 -- another process
                await asyncio.sleep(0.1)


async def test_a_push_is_an_alert_within_ten_seconds_and_still_one_after_a_kill(
    pushed: tuple[World, Hub],
) -> None:
    """Subscribed and verified by itself; killed and started again, it is still subscribed."""
    world, hub = pushed
    await world.telegram.world.add_user(USER, language_code="fr")
    await world.service.start()
    await world.service.healthy()
    chat = world.telegram.world
    await chat.say(USER, "/start")
    await chat.wait_for_messages(USER, 1, timeout=15)
    await chat.say(USER, "/subscribe attaque")
    await chat.wait_for_messages(USER, 2, timeout=15)
    await _until(world, "select 1 from hub_subscriptions where lease_until is not null")

    await hub.publish("radio", rss(LERE, WEATHER))
    started = time.monotonic()
    messages = await chat.wait_for_messages(USER, 3, timeout=10)
    assert "Léré" in messages[2]["text"]
    assert time.monotonic() - started < 10

    # killed before it knows that it was sent, it would rightly send again
    await _until(world, "select 1 from deliveries where state = 'sent'")
    await world.service.kill()
    await world.service.start()
    await world.service.healthy()
    await hub.publish("radio", rss(BOBO, LERE, WEATHER))
    # the one who was killed may hold the editor's lease for fifteen seconds more
    messages = await chat.wait_for_messages(USER, 4, timeout=25)
    assert "Djibo" in messages[3]["text"]
    assert len(messages) == 4
