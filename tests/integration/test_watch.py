"""From a source that falls silent to a word on a moderator's phone, and to that of its return.

The feeds are a real server's, the phone is the emulator's; the clock is turned by hand.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest

from bot.feeds.fetch import Fetcher
from bot.feeds.look import Looker
from bot.feeds.parsing import Parsers
from bot.feeds.poller import Poller
from bot.feeds.watch import SETTLING
from bot.platforms.telegram import Telegram
from storage import chats, feeds
from storage.database import Connection, Database
from tests.integration.feed_server import FeedServer, item, rss
from tests.integration.outbox import AMINA, BAKARY, Outbox
from tests.integration.watch_room import DAY, HEALTHY, HOUR, MINUTE, START, Dying, Newsroom
from tests.telegram_emulator.client import TOKEN, TelegramWorld

pytest_plugins = ["tests.integration.telegram_fixtures"]


@pytest.fixture(scope="module")
def parsers() -> Iterator[Parsers]:
    pool = Parsers(1, limit=10.0)
    yield pool
    pool.close()


@pytest.fixture
async def newsroom(tmp_path: Path, channel: Telegram, parsers: Parsers) -> AsyncIterator[Newsroom]:
    async with (
        FeedServer() as server,
        Fetcher(allow_private_hosts=("127.0.0.0/8",), deadline=5.0) as fetcher,
    ):
        db = await Database.open(f"sqlite:///{tmp_path}/test.db")
        room = Newsroom(server, db, channel)
        room.poller = Poller(
            db,
            Looker(
                fetcher, parsers, clock=room.clock,
                interval_min=60.0, interval_max=1800.0, jitter=lambda: 0.0,
            ),
            clock=room.clock,
            worker_id="w",
            host_spacing=0.0,
            alert_max_age=2 * DAY,
        )  # fmt: skip
        room.start(AMINA)
        yield room
        await db.close()


async def texts(telegram: TelegramWorld, who: int = AMINA) -> list[list[str]]:
    """What the bot wrote there, each message as its lines without the last, which is a hint."""
    messages = [m["text"].replace("\u00a0", " ") for m in await telegram.messages(who)]
    return [text.split("\n")[:-1] for text in messages]


def dies(server: FeedServer, path: str) -> None:
    server.status(path, 404)


def empties(server: FeedServer, path: str) -> None:
    server.put(path, rss([]))


def turns_to_html(server: FeedServer, path: str) -> None:
    page = "<!doctype html><html><head><title>Radio</title></head><body><p>Bientôt</p></body>"
    server.put(path, page, content_type="text/html; charset=utf-8")


def refuses(server: FeedServer, path: str) -> None:
    server.status(path, 403)


@pytest.mark.parametrize(
    ("befalls", "healing", "told"),
    [  # the hours after which it is told
        (
            dies,
            12,
            "⚠️ Radio /ill ne répond plus depuis 12 heures (il n’y a rien à cette adresse).",
        ),
        (refuses, 12, "⚠️ Radio /ill nous refuse depuis 12 heures (le site refuse les robots)."),
        (empties, 6, "⚠️ Radio /ill répond, mais ne donne plus aucun article depuis 6 heures."),
        (
            turns_to_html,
            6,
            "⚠️ Radio /ill ne donne plus son flux depuis 6 heures "
            "(c’est une page web, pas un flux).",
        ),
    ],
)  # fmt: skip
async def test_a_source_that_is_lost_is_one_word_and_its_return_another(
    newsroom: Newsroom,
    telegram: TelegramWorld,
    befalls: Callable[[FeedServer, str], None],
    healing: int,
    told: str,
) -> None:
    """After the time in which such a thing heals by itself; while it lasts, nothing more."""
    for path in ("/ill", "/well"):
        await newsroom.follow(path, "NE")
    await newsroom.pass_time(HOUR)
    befalls(newsroom.server, "/ill")
    await newsroom.pass_time((healing - 0.5) * HOUR)
    assert await texts(telegram) == []
    await newsroom.pass_time(1.5 * HOUR)
    assert await texts(telegram) == [[told]]
    await newsroom.pass_time(DAY, step=30 * MINUTE)
    assert len(await texts(telegram)) == 1
    newsroom.server.put("/ill", HEALTHY)
    await newsroom.pass_time(8 * HOUR, step=30 * MINUTE)
    [_, [back]] = await texts(telegram)
    assert back.startswith("✅ Radio /ill marche de nouveau, après ")
    await newsroom.pass_time(8 * HOUR, step=30 * MINUTE)
    assert len(await texts(telegram)) == 2


async def test_a_source_that_stops_writing_is_missed_by_its_own_rhythm(
    newsroom: Newsroom, telegram: TelegramWorld
) -> None:
    """Four articles a day for a month, then none for a day; the weekly beside it is left alone."""

    def written(gap: float, number: int) -> list[str]:
        return [
            item(f"Nouvelle {n}", guid=str(n), published=START - n * gap) for n in range(number)
        ]

    for path, items in (("/often", written(6 * HOUR, 100)), ("/weekly", written(7 * DAY, 9))):
        await newsroom.follow(path, "NE")
        newsroom.server.put(path, rss(items))
    await newsroom.pass_time(23 * HOUR, step=30 * MINUTE)
    assert await texts(telegram) == []
    await newsroom.pass_time(3 * HOUR, step=30 * MINUTE)
    assert await texts(telegram) == [
        ["⚠️ Radio /often répond, mais n’a rien publié depuis 1 jour "
         "(d’habitude 4 articles par jour)."]
    ]  # fmt: skip
    fresh = item("Enfin", guid="new", published=newsroom.now)
    newsroom.server.put("/often", rss([fresh, *written(6 * HOUR, 100)]))
    await newsroom.pass_time(2 * HOUR)
    assert (await texts(telegram))[1:] == [["✅ Radio /often marche de nouveau, après 1 jour."]]


async def test_a_country_without_source_is_told_within_the_hour(
    newsroom: Newsroom, telegram: TelegramWorld
) -> None:
    """Before its sources are given up one by one; then all that is back comes in one message."""
    await newsroom.follow("/anp", "NE")
    await newsroom.follow("/tamani", "ML")
    await newsroom.follow("/rfi")
    await newsroom.pass_time(HOUR)
    refuses(newsroom.server, "/anp")
    await newsroom.pass_time(1.5 * HOUR)
    assert await texts(telegram) == [
        ["⚠️ Niger : plus aucune source propre ne marche depuis 1 heure. "
         "Les sources régionales restent lues."]
    ]  # fmt: skip
    await newsroom.pass_time(13 * HOUR, step=30 * MINUTE)
    assert len(await texts(telegram)) == 2
    newsroom.server.put("/anp", HEALTHY)
    await newsroom.pass_time(8 * HOUR, step=30 * MINUTE)
    [_, _, [title, *lines]] = await texts(telegram)
    assert title == "2 nouvelles des sources"
    assert [line.split(",")[0] for line in lines] == [
        "✅ Niger : une source propre marche de nouveau",
        "✅ Radio /anp marche de nouveau",
    ]


async def test_all_sources_lost_at_once_are_one_word(
    newsroom: Newsroom, telegram: TelegramWorld
) -> None:
    """It is our network: nothing of each source and country, also in the hours after it."""
    for path, country in (("/a", "NE"), ("/b", "ML"), ("/c", "BF")):
        await newsroom.follow(path, country)
    await newsroom.pass_time(HOUR)
    await newsroom.server.stop()
    # some were answered half an hour ago
    await newsroom.pass_time(5 * MINUTE, step=5 * MINUTE)
    assert await texts(telegram) == []
    await newsroom.pass_time(50 * MINUTE)
    [[told]] = await texts(telegram)
    assert told.startswith("⚠️ Toutes les sources sont muettes depuis ")
    await newsroom.pass_time(20 * HOUR, step=30 * MINUTE)
    assert len(await texts(telegram)) == 1
    await newsroom.server.start()
    await newsroom.pass_time(3 * MINUTE, step=MINUTE)
    [_, [back]] = await texts(telegram)
    assert back.startswith("✅ Les sources répondent de nouveau, après ")
    failing = [feed for feed in await newsroom.db.read(feeds.everything) if feed.error_count]
    assert failing == []
    await newsroom.pass_time(16 * HOUR, step=30 * MINUTE)
    assert len(await texts(telegram)) == 2


async def test_a_new_process_settles_before_it_tells_and_repeats_nothing(
    newsroom: Newsroom, telegram: TelegramWorld
) -> None:
    """Nothing within its first ten minutes, and what was told stays told."""
    for path in ("/ill", "/well"):
        await newsroom.follow(path, "NE")
    await newsroom.pass_time(HOUR)
    empties(newsroom.server, "/ill")
    await newsroom.pass_time(5.5 * HOUR)
    newsroom.now += DAY
    newsroom.start(AMINA, BAKARY)
    await newsroom.pass_time(SETTLING - MINUTE, step=3 * MINUTE)
    assert await texts(telegram) == []
    await newsroom.pass_time(30 * MINUTE)
    assert (len(await texts(telegram)), len(await texts(telegram, BAKARY))) == (1, 1)
    newsroom.start(AMINA, BAKARY)
    await newsroom.pass_time(2 * HOUR)
    assert (len(await texts(telegram)), len(await texts(telegram, BAKARY))) == (1, 1)


async def told_of_an_empty_source(newsroom: Newsroom) -> None:
    for path in ("/ill", "/well"):
        await newsroom.follow(path, "NE")
    await newsroom.pass_time(HOUR)
    empties(newsroom.server, "/ill")
    await newsroom.pass_time(7 * HOUR, step=30 * MINUTE)


async def test_a_moderator_who_blocked_us_is_asked_once(
    newsroom: Newsroom, telegram: TelegramWorld
) -> None:
    """403: no second try until somebody speaks there; the other moderators hear of it all."""
    newsroom.start(AMINA, BAKARY)
    await telegram.ask("block", user=AMINA)
    await told_of_an_empty_source(newsroom)
    sends = await telegram.requests("sendMessage")
    assert sorted(send["status"] for send in sends) == [200, 403]
    await telegram.ask("block", user=AMINA, blocked=False)
    await newsroom.db.write(chats.ensure, f"telegram:{AMINA}", language="fr", now=newsroom.now)
    await newsroom.pass_time(20 * MINUTE)
    assert [lines[0].split(",")[0] for lines in await texts(telegram)] == ["⚠️ Radio /ill répond"]
    assert len(await texts(telegram, BAKARY)) == 1


async def test_a_crash_between_send_and_settle_repeats_and_loses_nothing(
    newsroom: Newsroom, telegram: TelegramWorld
) -> None:
    """What was on its way is sent again when its lease has run out."""
    newsroom.start()
    await told_of_an_empty_source(newsroom)
    newsroom.start(AMINA)
    await newsroom.watch.round()

    with pytest.raises(asyncio.CancelledError):
        await newsroom.notifier(Dying(newsroom.channel)).round()
    assert len(await texts(telegram)) == 1
    assert await newsroom.notifier().round() is False
    await newsroom.pass_time(20 * MINUTE)
    first, second = await texts(telegram)
    assert first[0].split(" depuis")[0] == second[0].split(" depuis")[0]


async def letters(newsroom: Newsroom) -> list[tuple[str, int]]:
    def select(conn: Connection) -> list[tuple[str, int]]:
        rows = conn.all("select state, attempts from notice_letters order by id")
        return [(row["state"], row["attempts"]) for row in rows]

    return await newsroom.db.read(select)


async def test_what_telegram_does_not_take_now_is_told_later(
    newsroom: Newsroom, telegram: TelegramWorld
) -> None:
    """Its own trouble is waited out, ever longer; the message arrives once."""
    await telegram.fault("status", status=500, method="sendMessage", times=2)
    await told_of_an_empty_source(newsroom)
    await newsroom.pass_time(HOUR, step=30 * MINUTE)
    assert [s["status"] for s in await telegram.requests("sendMessage")] == [500, 500, 200]
    assert await letters(newsroom) == [("sent", 3)]
    assert len(await texts(telegram)) == 1


async def test_a_network_that_is_down_is_no_fault_of_the_letter(
    newsroom: Newsroom, telegram: TelegramWorld
) -> None:
    """No attempt is counted, so that it may wait for days; what is over by then is one word."""
    newsroom.start()
    await told_of_an_empty_source(newsroom)
    newsroom.start(AMINA)
    await newsroom.watch.round()
    async with Telegram(TOKEN, "http://127.0.0.1:9") as unreachable:
        assert await newsroom.notifier(unreachable).round() is True
    assert await letters(newsroom) == [("pending", 0)]
    newsroom.server.put("/ill", HEALTHY)
    for _ in range(2):
        newsroom.now += HOUR
        await newsroom.poller.poll_once()
        await newsroom.watch.round()
    newsroom.now += SETTLING
    await newsroom.look()
    [[back]] = await texts(telegram)
    assert back.startswith("✅ Radio /ill marche de nouveau")


async def test_alerts_go_first(newsroom: Newsroom, telegram: TelegramWorld) -> None:
    """While one is due on the channel, moderators wait."""
    newsroom.start()
    await told_of_an_empty_source(newsroom)
    newsroom.start(AMINA)
    await newsroom.watch.round()
    outbox = Outbox(newsroom.db, clock=newsroom.clock)  # type: ignore[arg-type]
    await outbox.tell(await outbox.event(), f"telegram:{BAKARY}")
    notifier = newsroom.notifier()
    assert await notifier.round() is False
    assert await texts(telegram) == []
    await outbox.sender(newsroom.channel).round()
    assert await notifier.round() is True
    assert (len(await texts(telegram)), len(await texts(telegram, BAKARY))) == (1, 1)
