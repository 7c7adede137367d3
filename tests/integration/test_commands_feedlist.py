"""The list of sources brought in and given out in a chat, against a real feed server."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from command_room import MODERATOR, NOW, Room, open_room
from feed_server import FeedServer

from bot.commands.drafts import KEPT
from bot.feeds import catalog
from storage import feeds
from storage.model import FeedSeed

YAML = """\
- url: https://fleuve.example/feed
  name: Journal du Fleuve
  countries: [ML]
- url: https://dune.example/rss
  name: Radio Dune
"""
OPML = (
    '<opml version="2.0"><head/><body><outline text="Sahel">'
    '<outline type="rss" text="Radio Dune" xmlUrl="https://dune.example/rss"/>'
    "</outline></body></opml>"
)


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[Room]:
    async with open_room(tmp_path) as opened:
        yield opened


async def say(room: Room, line: str, language: str = "fr") -> list[str]:
    return (await room.say(line, who=MODERATOR, speaks=language)).split("\n")


async def names(room: Room) -> list[str]:
    return [feed.name for feed in await room.db.read(feeds.everything)]


async def test_a_list_is_counted_before_anything_is_added(room: Room) -> None:
    """What is new and what is known; the button adds it, once, and its first polls are quiet."""
    await room.db.write(feeds.add, FeedSeed("https://dune.example/rss", "Dune"), NOW)
    message = await room.ask(f"/importfeeds {YAML}", who=MODERATOR)
    lines = ["".join(span.text for span in line) for line in message.lines]
    assert lines == [
        "1 source nouvelle\u00a0:",
        "• Journal du Fleuve",
        "1 source de la liste est déjà suivie.",
        "Rien n’est encore ajouté.",
    ]
    assert await names(room) == ["Dune"]
    ((button,),) = message.buttons
    assert await say(room, button.command) == [
        "1 source ajoutée.",
        "Leurs articles déjà parus seront lus sans alerter personne.",
    ]
    assert await names(room) == ["Dune", "Journal du Fleuve"]
    added = await room.db.read(feeds.by_url, "https://fleuve.example/feed")
    assert added and (added.countries, added.first_success_at) == (("ML",), None)
    assert await say(room, button.command, "en") == [
        "There is no list left to confirm: send it once more."
    ]
    assert await say(room, f"/importfeeds {YAML}", "en") == [
        "There is nothing to add.",
        "2 sources of the list are followed already.",
    ]


async def test_a_list_is_confirmed_by_who_sent_it_and_in_time(room: Room) -> None:
    """Another moderator's button, or one of yesterday, adds nothing."""
    message = await room.ask(f"/importfeeds {YAML}", who=MODERATOR)
    ((button,),) = message.buttons
    assert "modérateurs" in await room.say(button.command, who="telegram:1")
    room.now += KEPT + 1
    assert (await say(room, button.command))[0].startswith("Il n’y a plus de liste")
    assert await names(room) == []


async def test_a_list_is_read_from_its_address(room: Room) -> None:
    """OPML as feed readers give it out, whatever the server calls it."""
    async with FeedServer() as server:
        server.put("/l", OPML, content_type="text/plain")
        server.put("/page", "<html><body>x</body></html>", content_type="text/html")
        assert (await say(room, f"/importfeeds {server.url('/l')}"))[:2] == [
            "1 source nouvelle :",
            "• Radio Dune",
        ]
        assert await say(room, f"/importfeeds {server.url('/gone')}", "en") == [
            "I could not read this address: there is nothing at this address"
        ]
        assert (await say(room, f"/importfeeds {server.url('/page')}"))[1] == (
            "la liste commence par <html>, il faut <opml>"
        )
    assert await say(room, "/importfeeds http://10.0.0.1/list.opml", "en") == [
        "I could not read this address: this address is not public, so it is not allowed"
    ]


@pytest.mark.parametrize(
    ("typed", "french", "english"),
    [
        (
            "- name: Sans adresse\n- url: https://a.example/f\n  countries: [ML, NO]",
            [
                "Rien n’a été ajouté, la liste a 2 erreurs :",
                "Entrée 1 (Sans adresse) : url manque, il faut l’adresse du flux",
                "Entrée 2 (https://a.example/f) : countries est ['ML', False], il faut une liste "
                'de codes ISO comme [ML, BF] ("NO" doit être entre guillemets)',
            ],
            "Entry 1 (Sans adresse): url is missing, expected the address of the feed",
        ),
        (
            "- url: https://a.example/f\n  name: A\n  url: https://b.example/f",
            [
                "Rien n’a été ajouté, la liste a 1 erreur :",
                "ligne 3 : 'url' est deux fois dans une même entrée, il faut un tiret « - » "
                "devant chaque source",
            ],
            "line 3: 'url' stands twice in one entry, each source needs a dash “-” before it",
        ),
        (
            "<opml><!DOCTYPE x></opml>",
            [
                "Rien n’a été ajouté, la liste a 1 erreur :",
                "la liste contient un DOCTYPE, il faut de l’OPML sans DOCTYPE",
            ],
            "the list has a DOCTYPE, expected OPML without one",
        ),
    ],
)
async def test_each_mistake_is_one_sentence_and_nothing_is_added(
    room: Room, typed: str, french: list[str], english: str
) -> None:
    """All at once, in the chat's language, with the entry or the line."""
    assert await say(room, f"/importfeeds {typed}") == french
    assert (await say(room, f"/importfeeds {typed}", "en"))[1] == english
    assert await names(room) == []


async def test_many_mistakes_stay_one_message(room: Room) -> None:
    """The first fifteen, and how many more."""
    lines = await say(room, "/importfeeds " + "- name: A\n" * 40)
    assert len(lines) == 17
    assert lines[-1] == "… et 25 autres"


@pytest.mark.parametrize("form", ["yaml", "opml"])
async def test_what_is_given_out_can_be_brought_in(room: Room, form: str) -> None:
    """Every source once, in parts that are each a whole list and fit into a message."""
    seeds = [
        FeedSeed(
            f"https://s{n:02}.example/feed", f"Source {n:02}", "fr", ("ML", "BF"), "radio", "C"
        )
        for n in range(60)
    ]
    for seed in seeds:
        await room.db.write(feeds.add, seed, NOW)
    given: list[FeedSeed] = []
    command = f"/exportfeeds {form}"
    while command:
        message = await room.ask(command, who=MODERATOR)
        (span,) = message.lines[-1]
        assert len(span.text) < 3_900
        given += catalog.parse(span.text, f"list.{form}")
        following = [b.command for row in message.buttons for b in row]
        command = following[-1] if len(given) < len(seeds) else ""
    assert given == seeds
    lines = await say(room, f"/exportfeeds {form} 99", "en")
    assert lines[0] == "60 sources"
    assert lines[1].startswith("Part ")


async def test_nothing_to_give_and_nothing_brought(room: Room) -> None:
    """Each says what to do."""
    assert await say(room, "/exportfeeds") == ["Aucune source. /addfeed ADRESSE en ajoute une."]
    assert (await say(room, "/importfeeds", "en"))[0].startswith("Paste the list")
    assert await say(room, "/importfeeds # rien") == ["Il n’y a rien à ajouter."]
