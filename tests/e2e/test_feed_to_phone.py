"""The promise, end to end: an item in a feed is one alert on a phone, whatever is killed when."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from contextlib import closing

import pytest

from tests.e2e.conftest import World
from tests.e2e.service import Story
from tests.telegram_emulator.client import TOKEN

USER = 71
WEATHER = Story(
    guid="w1",
    title="Mopti : retour des pluies",
    summary="Les cultivateurs de Mopti saluent le retour des pluies.",
    link="http://radio.example/pluies",
)
LERE = Story(
    guid="radio-1",
    title="Mali : des hommes armés attaquent le camp de Léré",
    summary="Des hommes armés ont attaqué ce matin le camp militaire de Léré, dans la région de "
    "Tombouctou. Cinq soldats ont été tués, selon une source militaire.",
    link="http://radio.example/lere?utm_source=rss",
)
#: the same article elsewhere: another guid, another host, tracking, a retouched title
LERE_AGAIN = Story(
    guid="gazette-998",
    title="Mali : le camp de Léré attaqué par des hommes armés",
    summary=LERE.summary,
    link="http://gazette.example/2/lere-camp?xtor=RSS-1",
)


async def _ready(world: World) -> None:
    """The service runs, both feeds are primed, and somebody follows Léré."""
    for name in ("radio", "gazette"):
        world.feeds.publish(name, WEATHER)
    await world.telegram.world.add_user(USER, language_code="fr")
    await world.service.start()
    await world.service.healthy()
    await _subscribe(world)


async def _subscribe(world: World) -> None:
    chat = world.telegram.world
    await chat.say(USER, "/start")
    await chat.wait_for_messages(USER, 1, timeout=15)
    await chat.say(USER, "/subscribe léré")
    await chat.wait_for_messages(USER, 2, timeout=15)


async def _alerts(world: World) -> list[str]:
    """The texts after the answers to the two commands."""
    return [m["text"] for m in (await world.telegram.world.messages(USER))[2:]]


async def test_an_item_is_one_alert_within_ten_seconds_and_once_for_ever(world: World) -> None:
    """Once from two feeds under two addresses, and once across SIGKILL and restart."""
    await _ready(world)
    world.feeds.publish("radio", LERE)
    published = time.monotonic()
    messages = await world.telegram.world.wait_for_messages(USER, 3, timeout=10)
    assert time.monotonic() - published < 10
    assert "Léré" in messages[2]["text"]

    world.feeds.publish("gazette", LERE_AGAIN)
    await asyncio.sleep(6)
    assert len(await _alerts(world)) == 1

    await world.service.kill()
    await world.service.start()
    await world.service.healthy()
    await asyncio.sleep(5)
    assert len(await _alerts(world)) == 1


async def test_sigterm_ends_the_service_in_seconds(world: World) -> None:
    """SIGTERM finishes what is in flight; exit status 0, well before a container is killed."""
    await _ready(world)
    status, seconds = await world.service.terminate()
    assert status == 0, world.service.tail()
    assert seconds < 8


async def test_the_log_never_holds_the_token(world: World) -> None:
    """Even at DEBUG, after a failing call to Telegram."""
    await _ready(world)
    await world.telegram.world.fault("html502", method="sendMessage", times=1)
    world.feeds.publish("radio", LERE)
    await world.telegram.world.wait_for_messages(USER, 3, timeout=20)
    assert TOKEN.partition(":")[2] not in world.service.log.read_text("utf-8", "replace")


#: where the process is killed, and how many messages the phone may show in the end
KILLED_AT = {
    "before_tx1": 1,
    "inside_tx1": 1,
    "after_tx1": 1,
    "inside_tx2": 1,
    "after_tx2": 1,
    "before_send": 1,
    # Telegram has no idempotency key: the message in flight is sent again
    "after_send": 2,
    "inside_tx3": 2,
    "after_tx3": 1,
}


@pytest.mark.parametrize("step", KILLED_AT)
async def test_sigkill_at_any_step_loses_nothing(world: World, step: str) -> None:
    """Killed at this step of the pipeline and started again, the alert arrives, and once."""
    for name in ("radio", "gazette"):
        world.feeds.publish(name, WEATHER)
    await world.telegram.world.add_user(USER, language_code="fr")
    armed = world.service.log.with_name("armed")
    await world.service.start("tests/e2e/killed_at.py", step, str(armed))
    await world.service.healthy()
    await _subscribe(world)
    armed.touch()
    world.feeds.publish("radio", LERE)
    await world.service.killed()
    if step != "before_send":  # there, the fifteen seconds of a real lease are waited for
        _let_leases_run_out(world)

    await world.service.start()
    expected = KILLED_AT[step]
    await world.telegram.world.wait_for_messages(USER, 2 + expected, timeout=40)
    await asyncio.sleep(3)
    assert len(await _alerts(world)) == expected


def _let_leases_run_out(world: World) -> None:
    """What fifteen seconds of waiting would do."""
    path = world.service.env["DATABASE_URL"].removeprefix("sqlite:///")
    with closing(sqlite3.connect(path, timeout=10)) as conn, conn:
        for table in ("feeds", "entries", "deliveries"):
            conn.execute(f"update {table} set leased_until = 0")  # noqa: S608
        conn.execute("delete from leases")
