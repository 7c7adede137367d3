"""What moderators do with sources, against a real feed server."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from command_room import DAY, MODERATOR, NOW, Room, open_room
from feed_server import FeedServer, item, rss

from bot.feeds.problem import Problem
from storage import feeds, habits, hubs, polls, pushes
from storage.model import FeedSeed, NewEntry, PollResult


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[Room]:
    async with open_room(tmp_path) as opened:
        yield opened


@pytest.fixture
async def server() -> AsyncIterator[FeedServer]:
    async with FeedServer() as running:
        body = rss(
            [
                item("Embuscade près de Djibo : huit soldats tués", published=NOW - 7200),
                item("Le prix du mil baisse au marché de Kaya", published=NOW - 86400),
            ],
            title="Journal du Fleuve",
        )
        running.put("/feed.xml", body)
        page = '<html><head><link rel="alternate" type="application/rss+xml" href="/feed.xml">'
        running.put("/", page + "</head><body>x</body></html>", content_type="text/html")
        yield running


async def say(room: Room, line: str, language: str = "fr") -> str:
    return await room.say(line, who=MODERATOR, speaks=language)


async def add(room: Room, name: str, url: str = "") -> int:
    seed = FeedSeed(url or f"http://{name.lower().replace(' ', '-')}.example/f", name)
    return (await room.db.write(feeds.add, seed, NOW)).id


async def poll(room: Room, feed_id: int, result: PollResult) -> None:
    await room.db.write(feeds.check_now, feed_id, NOW)
    await room.db.write(feeds.claim, "w", now=NOW, limit=99, lease=10.0, host_spacing=0.0)
    await room.db.write(polls.save, feed_id, "w", result, now=NOW, alert_max_age=DAY)


async def test_a_page_address_finds_its_feed(room: Room, server: FeedServer) -> None:
    """What was found is said: title, language, number of items, the newest; Undo takes it back."""
    message = await room.ask(f"/addfeed {server.url('/')}", who=MODERATOR)
    lines = ["".join(span.text for span in line).replace("\u00a0", " ") for line in message.lines]
    assert lines == [
        "Source ajoutée : 1. Journal du Fleuve",
        server.url("/feed.xml"),
        "Titre : Journal du Fleuve · langue : français",
        "2 articles",
        "Le plus récent, il y a 2 heures : Embuscade près de Djibo : huit soldats tués",
        "Ses articles déjà parus seront lus sans alerter personne.",
    ]
    added = await room.db.read(feeds.by_url, server.url("/feed.xml"))
    assert added and (added.name, added.language, added.first_success_at) == (
        "Journal du Fleuve", "fr", None,
    )  # fmt: skip
    await say(room, message.buttons[0][0].command)
    assert await room.db.read(feeds.everything) == []


async def test_a_known_feed_is_not_added_twice(room: Room, server: FeedServer) -> None:
    """By whatever address it is found."""
    await say(room, f"/addfeed {server.url('/feed.xml')}")
    assert await say(room, f"/addfeed {server.url('/')}", "en") == (
        "This source is followed already: 1. Journal du Fleuve"
    )


async def test_an_address_without_feed_is_refused(room: Room, server: FeedServer) -> None:
    """The reason is given and nothing is saved."""
    server.put("/empty/", "<html><body>rien</body></html>", content_type="text/html")
    for line in (f"/addfeed {server.url('/gone')}", "/addfeed ftp://x.example/"):
        assert (await say(room, line)).startswith("Je n’ai pas trouvé de flux à cette adresse (")
    assert (await say(room, "/addfeed", "en")).startswith("Give the address of the site or feed")
    assert await room.db.read(feeds.everything) == []


async def test_an_address_of_our_own_network_is_refused(room: Room) -> None:
    """A moderator's mistake must not become a way into the machine's neighbourhood."""
    answer = await say(room, "/addfeed http://10.0.0.1/feed", "en")
    assert answer.startswith("I found no feed at this address (")


async def test_feeds_shows_the_silent_before_the_calm(room: Room) -> None:
    """By their own rhythm: what is unusual for one is usual for another."""

    async def heard(name: str, days_ago: float, usual: float | None) -> int:
        number = await add(room, name)
        item = NewEntry(name, None, "u", "u", "t", "s", NOW - days_ago * DAY, "h", "f")
        await poll(room, number, PollResult("changed", NOW + 60, (item,)))
        if usual is not None:
            await room.db.write(
                habits.keep, number, usual_gap=usual, silent_after=6 * usual, now=NOW
            )
        return number

    await heard("Alpha", 3, DAY)
    await heard("Beta", 7, DAY)
    await heard("Gamma", 0.25, DAY)
    await heard("Delta", 90, None)
    empty = await heard("Epsilon", 2, None)
    for later in (0.0, 7200.0):
        await room.db.write(feeds.check_now, empty, NOW + later)
        await room.db.write(
            feeds.claim, "w", now=NOW + later, limit=99, lease=10.0, host_spacing=0.0
        )
        await room.db.write(
            polls.save, empty, "w", PollResult("changed", NOW + 9000),
            now=NOW + later, alert_max_age=DAY,
        )  # fmt: skip
    room.now = NOW + 7200
    assert (await say(room, "/feeds")).split("\n") == [
        "5 sources, 0 en échec, 3 sans nouvelles, 0 en pause",
        "2. Beta — muette : répond, mais dernier article il y a 1 semaine (d’habitude 1 article "
        "par jour)",
        "4. Delta — muette : répond, mais dernier article il y a 3 mois",
        "5. Epsilon — vide : répond sans aucun article depuis 2 heures",
        "1. Alpha — dernier article il y a 3 jours, ce qui lui arrive (d’habitude 1 article "
        "par jour)",
        "3. Gamma — dernier article il y a 8 heures",
    ]


async def test_feeds_lists_trouble_first(room: Room) -> None:
    """Failing, then paused, then the others by name, each with its state."""
    for name in ("Alpha", "Beta", "Gamma", "Delta"):
        await add(room, name)
    await poll(room, 1, PollResult("changed", NOW + 60))
    await poll(room, 3, PollResult("failed", NOW + 60, error="answered 404"))
    await room.db.write(feeds.pause, 4, NOW - 86400)
    assert (await say(room, "/feeds")).split("\n") == [
        "4 sources, 1 en échec, 0 sans nouvelles, 1 en pause",
        "3. Gamma — en échec, 1 essai (answered 404)",
        "4. Delta — en pause (il y a 1 jour)",
        "1. Alpha — lue à l’instant, rien de nouveau encore",
        "2. Beta — pas encore lue",
    ]
    assert (await say(room, "/feeds", "en")).split("\n")[1] == (
        "3. Gamma — failing, 1 attempt (answered 404)"
    )


async def test_many_feeds_come_in_pages(room: Room) -> None:
    """Each page is one readable message with buttons to the others."""
    for number in range(60):
        await add(room, f"Source {number:02}")
    first = await room.ask("/feeds", who=MODERATOR)
    last = await room.ask("/feeds 99", who=MODERATOR)
    assert [button.command for button in first.buttons[0]] == ["/feeds 2"]
    assert [button.command for button in last.buttons[0]] == ["/feeds 2"]
    assert (await say(room, "/feeds 3")).split("\n")[1].startswith("51. Source 50")


@pytest.mark.parametrize("named", ["1", "Radio du Fleuve", "radio DU fleuve", "fleuve",
                                   "http://radio.example/f"])  # fmt: skip
async def test_a_feed_is_named_by_number_name_or_address(room: Room, named: str) -> None:
    """Case, accents and the rest of the name do not matter."""
    await add(room, "Radio du Fleuve", "http://radio.example/f")
    await add(room, "Journal")
    assert await say(room, f"/pausefeed {named}") == "Source en pause : Radio du Fleuve.\n" + (
        "→ Reprendre : /resumefeed 1"
    )


async def test_a_name_that_several_have_is_asked_back(room: Room) -> None:
    """With the numbers to choose from; nothing changes."""
    await add(room, "Radio Nord")
    await add(room, "Radio Sud")
    assert await say(room, "/removefeed radio") == (
        "2 sources portent ce nom. Donnez le numéro :\n1. Radio Nord\n2. Radio Sud"
    )
    assert len(await room.db.read(feeds.everything)) == 2


async def test_pausing_resuming_and_removing(room: Room) -> None:
    """Each says what happened, also when there was nothing to do; removing can be undone."""
    await add(room, "Alpha")
    assert (await say(room, "/pausefeed 1", "en")).startswith("Source paused: Alpha.")
    assert (await say(room, "/pausefeed 1", "en")).startswith("Paused already: Alpha.")
    assert await say(room, "/resumefeed 1", "en") == "Source read again from now on: Alpha."
    assert await say(room, "/resumefeed 1", "en") == "It was not paused: Alpha."
    message = await room.ask("/removefeed 1", who=MODERATOR)
    assert message.buttons[0][0].command == "/addfeed http://alpha.example/f"
    assert await say(room, "/feeds") == "Aucune source. /addfeed ADRESSE en ajoute une."


@pytest.mark.parametrize("name", ["checkfeed", "pausefeed", "resumefeed", "removefeed"])
async def test_an_unknown_feed_is_said(room: Room, name: str) -> None:
    """Without an argument it is asked for, an unknown one is named back."""
    assert (await say(room, f"/{name}")).startswith("Quelle source ?")
    assert await say(room, f"/{name} nulle part", "en") == (
        "I find no source “nulle part”. /feeds shows them all."
    )


async def test_checking_a_feed_changes_nothing(room: Room, server: FeedServer) -> None:
    """What a poll would bring and which items would alert, whether the feed is ours or not."""
    found = [
        "Titre : Journal du Fleuve · langue : français",
        "2 articles",
        "Le plus récent, il y a 2 heures : Embuscade près de Djibo : huit soldats tués",
        "1 article donnerait une alerte",
        "• Embuscade près de Djibo : huit soldats tués — embuscade, Burkina Faso, près de Djibo "
        "(Soum)",
        "1 article ne parle ni d’attaque ni d’accord entre États dans nos pays",
    ]
    url = server.url("/feed.xml")
    assert (await say(room, f"/checkfeed {server.url('/')}")).split("\n") == [url, *found]
    await add(room, "Fleuve", url)
    before = await room.db.read(feeds.everything)
    assert (await say(room, "/checkfeed fleuve")).split("\n") == [
        url, *found, "1. Fleuve — pas encore lue",
    ]  # fmt: skip
    assert await room.db.read(feeds.everything) == before


async def test_checking_tells_what_a_moderator_decides_by(room: Room, server: FeedServer) -> None:
    """Rhythm, missing dates, another language than declared, hub, redirect; and why what is
    about violence would not alert all the same."""
    day = 86400.0
    body = rss(
        [
            item("Mali: ten soldiers killed in an ambush near Gao", published=NOW - 5 * day),
            item("Army denies an attack on Gao in Mali", published=NOW - 0.5 * day),
            item("Mali: ten farmers were killed in an attack near Bankass", published=NOW - day),
            item("The harvest of millet was good this year in the region"),
            item("A drill will simulate an attack on Niamey airport", published=NOW - 0.6 * day),
        ],
        title="The River Paper",
        channel="<language>fr</language><atom:link xmlns:atom='http://www.w3.org/2005/Atom' "
        "rel='hub' href='https://hub.example/'/>",
    )
    server.put("/en.xml", body)
    server.redirect("/old.xml", "/en.xml")
    lines = (await say(room, f"/checkfeed {server.url('/old.xml')}", "en")).split("\n")
    assert lines[1:] == [
        "Title: The River Paper · language: English (the feed says: French)",
        "5 articles, from 13 Sept 2023 to 18 Sept 2023, about one every 2 days",
        "1 article has no date",
        "The newest, no date: The harvest of millet was good this year in the region",
        f"For now the address leads to {server.url('/en.xml')}",
        "1 article would give an alert",
        "• Mali: ten farmers were killed in an attack near Bankass — attack on civilians, Mali, "
        "near Bankass (Bandiagara)",
        "3 articles speak of such things without alerting:",
        "• Army denies an attack on Gao in Mali — denied",
        "• A drill will simulate an attack on Niamey airport — feared, a drill or a plan",
        "• Mali: ten soldiers killed in an ambush near Gao — published too long ago to alert "
        "(5 days ago)",
        "1 article speaks of no attack and no step between states in our countries",
        "Announces its articles the moment they appear (WebSub, hub.example)",
    ]


async def test_checking_a_feed_that_does_not_answer(room: Room, server: FeedServer) -> None:
    """The reason is what the poller would see."""
    server.status("/feed.xml", 503)
    await add(room, "Fleuve", server.url("/feed.xml"))
    lines = (await say(room, "/checkfeed 1", "en")).split("\n")
    assert lines[1] == "Reading failed: the site has trouble of its own (HTTP 503)"
    assert lines[2] == "1. Fleuve — not read yet"


async def test_why_a_feed_fails_is_told_in_the_chat_s_language(room: Room) -> None:
    """What the poller stored is a key, and a text of another version is shown as it stands."""
    await add(room, "Fleuve")
    stored = Problem("http_403").dump()
    await poll(room, 1, PollResult("failed", NOW + 60, error=stored))
    assert "le site refuse les robots" in await say(room, "/feeds")
    assert "the site refuses robots" in await say(room, "/feeds", "en")
    await poll(room, 1, PollResult("failed", NOW + 60, error="HTTP 403"))
    assert "(HTTP 403)" in await say(room, "/feeds")


async def test_a_feed_that_stopped_by_itself_says_why(room: Room) -> None:
    """Gone for good, or read under another number; resuming it is the moderator's to decide."""
    gone, moved = await add(room, "Disparu"), await add(room, "Déménagé")
    kept = await add(room, "Gardé", "https://garde.example/f")
    await poll(room, moved, PollResult("changed", NOW + 60, entries=()))
    reason = Problem("http_410").dump()
    await poll(room, gone, PollResult("failed", NOW + 60, error=reason, gone=True, confirmed=True))
    there = "https://garde.example/f"
    await poll(room, moved, PollResult("not_modified", NOW + 60, moved_to=there, confirmed=True))
    lines = (await say(room, "/feeds")).split("\n")
    assert f"{gone}. Disparu — arrêté tout seul à l’instant : le flux a été supprimé" in lines
    assert (
        f"{moved}. Déménagé — arrêté tout seul à l’instant : "
        f"a déménagé là où le flux {kept} est déjà lu"
    ) in lines
    await say(room, f"/resumefeed {gone}")
    assert "arrêté tout seul" not in await say(room, "/checkfeed Disparu")


async def test_moderators_see_whether_a_feed_is_pushed(room: Room, server: FeedServer) -> None:
    """From what its site announces to what its hub has proved; /feeds shows the last in short."""
    url, hub = server.url("/feed.xml"), "https://hub.example/"
    await add(room, "Fleuve", url)
    await poll(room, 1, PollResult("changed", NOW + 60, hub=hub, topic=url))
    seen = [(await say(room, "/checkfeed 1")).split("\n")[-1]]

    here = "https://us.example/websub/"
    await room.db.write(hubs.reconcile, here, NOW)
    (asked,) = await room.db.write(hubs.claim, "w", callbacks=here, now=NOW, limit=1, lease=40.0)
    seen.append((await say(room, "/checkfeed 1")).split("\n")[-1])
    problem = Problem("hub_refused", detail="HTTP 403").dump()
    await room.db.write(hubs.asked, asked.id, "w", retry_at=NOW + 60, error=problem, give_up=False)
    seen.append((await say(room, "/checkfeed 1")).split("\n")[-1])
    await room.db.write(
        hubs.verified,
        asked.token,
        url,
        "subscribe",
        asked_since=NOW,
        lease_until=NOW + DAY,
        renew_at=NOW + DAY,
        now=NOW,
    )
    seen.append((await say(room, "/checkfeed 1")).split("\n")[-1])
    for identity in ("1", "2"):
        await room.db.write(
            pushes.save_push,
            asked.id,
            [_entry(identity)],
            body_hash=identity,
            now=NOW,
            alert_max_age=DAY,
        )
    seen.append((await say(room, "/checkfeed 1")).split("\n")[-1])
    assert seen == [
        "Envoi direct (WebSub) : proposé par le site, pas encore demandé. Il y faut PUBLIC_URL.",
        "Envoi direct (WebSub) : demandé, pas encore confirmé.",
        "Envoi direct (WebSub) : demandé en vain (le site refuse l’envoi direct : HTTP 403).",
        "Envoi direct (WebSub) : promis, mais pas encore éprouvé. Nous passons comme d’habitude.",
        "Envoi direct (WebSub) : le site nous envoie ses articles dès leur parution.",
    ]
    assert "le site nous prévient lui-même" in await say(room, "/feeds")
    assert "the site tells us itself" in await say(room, "/feeds", "en")


def _entry(identity: str) -> NewEntry:
    return NewEntry(
        identity=identity,
        guid=identity,
        url=f"https://a.example/{identity}",
        canonical_url=f"https://a.example/{identity}",
        title=f"Nouvelle {identity}",
        summary="",
        published_at=NOW,
        content_hash=identity,
        fingerprint=identity,
    )
