"""/start /help /latest /why /status /language /stop /forget, asked as people ask them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from command_room import AMBUSH, DAY, HOUR, MODERATOR, NOW, PACT, Room, open_room

from bot.commands.dispatch import COMMANDS
from bot.messages.message import Button
from storage import chats, feeds, polls, subscribers, subscriptions, told
from storage.model import FeedSeed, NewEntry, PollResult


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[Room]:
    async with open_room(tmp_path) as opened:
        yield opened


def entry(number: int) -> NewEntry:
    return NewEntry(str(number), None, "u", "u", "t", "s", None, "h", "f")


async def poll(room: Room, feed_id: int, result: PollResult, now: float) -> None:
    """One poll of one feed, as the poller saves it."""
    await room.db.write(feeds.check_now, feed_id, now)
    await room.db.write(feeds.claim, "w", now=now, limit=9, lease=10.0, host_spacing=0.0)
    await room.db.write(polls.save, feed_id, "w", result, now=now, alert_max_age=DAY)


async def test_start_asks_for_language_and_for_what_to_follow(room: Room) -> None:
    """Two questions with buttons, which nobody has to answer."""
    message = await room.ask("/start")
    assert message.buttons == (
        (Button("Français", "/language fr"), Button("English", "/language en")),
        (
            Button("Toutes les attaques", "/subscribe kind:attack"),
            Button("Toutes les alliances", "/subscribe kind:alliance"),
        ),
    )
    assert "/forget efface tout" in await room.say("/start")


async def test_start_again_asks_nothing(room: Room) -> None:
    """Who follows something already is told so."""
    await room.say("/subscribe kind:attack")
    message = await room.ask("/start")
    assert message.buttons == ()
    assert "You already follow 1 thing: /list." in (
        await room.say("/language en"), await room.say("/start")
    )[1]  # fmt: skip


async def test_asking_leaves_no_trace(room: Room) -> None:
    """Only what changes something is kept: a question makes no chat and no subscriber."""
    for line in ("/start", "/help", "/latest", "/why", "/status", "/list", "/stop", "nonsense"):
        await room.say(line)
    assert await room.db.read(chats.by_address, "telegram:1") is None


@pytest.mark.parametrize(("language", "word"), [("fr", "Exemples"), ("en", "Examples")])
async def test_help_names_every_command_that_one_may_use(
    room: Room, language: str, word: str
) -> None:
    """Moderators see their commands too, others do not."""
    everyone = await room.say("/help", speaks=language)
    moderators = await room.say("/help", speaks=language, who=MODERATOR)
    open_to_all = [c.name for c in COMMANDS if c.role == "everyone"]
    assert [name for name in open_to_all if f"/{name} —" not in everyone] == []
    assert [c.name for c in COMMANDS if f"/{c.name} —" not in moderators] == []
    assert "/addfeed" not in everyone
    assert word in everyone


async def test_language_is_chosen_then_hinted_then_default(room: Room) -> None:
    """Chosen wins over what the application speaks, that over the service's default."""
    assert (await room.say("/list")).startswith("Cette conversation")
    assert (await room.say("/list", speaks="en-GB")).startswith("This chat")
    assert (await room.say("/list", speaks="sw")).startswith("Cette conversation")
    assert await room.say("/language en") == "Noted, I will speak English to you."
    assert (await room.say("/list", speaks="fr")).startswith("This chat")


async def test_language_alone_or_unknown_offers_both(room: Room) -> None:
    """A mistake is answered with the choice."""
    offered = ((Button("Français", "/language fr"), Button("English", "/language en")),)
    assert (await room.ask("/language")).buttons == offered
    assert (await room.ask("/language sw")).buttons == offered
    assert await room.db.read(chats.by_address, "telegram:1") is None


async def test_latest_without_subscription_shows_all(room: Room) -> None:
    """Newest first, with ref, kind, place, date, toll and verification."""
    await room.happened(PACT, days_ago=2)
    await room.happened(AMBUSH, days_ago=1)
    assert (await room.say("/latest")).split("\n") == [
        "Les 2 dernières alertes, toutes sources",
        "🟠 Embuscade — Burkina Faso, Djibo (Soum) · dim. 17 sept. 2023 · 8 morts (officiel) · "
        "rapporté par plusieurs sources · BF-2023-0917-a",
        "🔵 Pacte ou accord de défense — Mali, Burkina Faso et Niger · sam. 16 sept. 2023 · "
        "signature · confirmé · ML-2023-0916-a",
        "D’où vient une alerte ? /why BF-2023-0917-a",
    ]


async def test_latest_shows_what_this_chat_follows(room: Room) -> None:
    """With subscriptions only their alerts count, quiet events never."""
    await room.happened(PACT, days_ago=2)
    await room.happened(replace(AMBUSH, place=None), days_ago=1, alerted=False)
    await room.say("/subscribe kind:attack")
    assert (await room.say("/latest")).startswith("Aucune alerte pour ce que vous suivez depuis")
    await room.say("/subscribe country:NE")
    assert (await room.say("/latest")).startswith("La dernière alerte pour vous\n🔵 Pacte")
    assert (await room.say("/latest", who="telegram:2", speaks="en")).startswith(
        "The last alert, all sources\n🔵 Defence pact"
    )


async def test_latest_of_an_empty_service(room: Room) -> None:
    """No alert at all is said, with the way to find out why."""
    assert await room.say("/latest", speaks="en") == (
        "No alert for 30 days. /status tells whether I hear my sources."
    )


async def test_latest_shows_five_at_most(room: Room) -> None:
    """A short list: the sixth is left out."""
    for days in range(1, 8):
        await room.happened(AMBUSH, days_ago=days)
    assert (await room.say("/latest")).count("Embuscade") == 5


async def test_why_explains_the_last_alert_of_this_chat(room: Room) -> None:
    """The rule, what matched, the words that decided, the sources."""
    event = await room.happened(AMBUSH)
    await room.told(event, "telegram:1", "kind:attack djibo", ("kind:attack", "djibo"))
    assert (await room.say("/why")).split("\n") == [
        "BF-2023-0917-a 🟠 Embuscade — Burkina Faso, Djibo (Soum) · dim. 17 sept. 2023 · "
        "8 morts (officiel) · rapporté par plusieurs sources",
        "",
        "Votre règle : kind:attack djibo",
        "Ce qui a correspondu : attaques, « djibo »",
        "Ce qui a décidé dans les articles : « embuscade », « tués », « Djibo »",
        "Sources : Radio du Fleuve (radio-fleuve.example) · Sahel Post (sahel-post.example), "
        "anglais",
    ]


async def test_why_of_a_followed_event(room: Room) -> None:
    """A chat that only follows a correction learns so."""
    event = await room.happened(AMBUSH)
    await room.told(event, "telegram:1", "country:ML", ())
    assert "Vous aviez déjà été prévenu de cet événement" in await room.say("/why")


async def test_why_of_a_reference(room: Room) -> None:
    """Any event can be asked about, however its reference is typed."""
    await room.happened(AMBUSH)
    answer = await room.say("/why bf-2023-0917-A", speaks="en")
    assert "None of your rules matches this event." in answer
    await room.say("/subscribe severity>=moderate", speaks="en")
    answer = await room.say("/why #BF-2023-0917-a")
    assert "Your rule: severity>=moderate\nWhat matched: of moderate severity or more" in answer


async def test_why_without_anything(room: Room) -> None:
    """No alert yet, or a reference that nobody knows."""
    assert await room.say("/why") == "Je ne vous ai encore envoyé aucune alerte ici."
    assert await room.say("/why ML-1") == (
        "Je ne connais pas la référence ML-1. Elle ressemble à ML-2023-0917-a, au bas de chaque "
        "alerte."
    )


async def test_status_tells_no_alert_from_no_source(room: Room) -> None:
    """No source, nothing heard yet, all well, deaf: four different first lines."""
    silent = "Careful: I read no source. No alert can be sent."
    assert (await room.say("/status", speaks="en")).split("\n")[0] == silent
    feed = await room.db.write(feeds.add, FeedSeed("http://a.example/f", "A"), NOW)
    room.now = NOW - 1.5 * HOUR
    assert (await room.say("/status")).startswith("Je viens de démarrer")
    room.now = NOW
    await poll(room, feed.id, PollResult("changed", NOW + 60, (entry(1),)), NOW - 60)
    await room.happened(AMBUSH, days_ago=0.5)
    await room.say("/subscribe kind:attack")
    assert (await room.say("/status")).split("\n") == [
        "Tout marche : mes sources répondent. Sans alerte, c’est que la presse n’en rapporte pas.",
        "1 source sur 1 a répondu depuis une heure.",
        "Dernier article reçu : il y a 1 minute.",
        "Dernière alerte décidée : il y a 12 heures.",
        "1 article reste à examiner.",
        "Cette conversation suit 1 chose.",
    ]
    room.now = NOW + 3 * HOUR
    assert (await room.say("/status")).startswith(
        "Attention : aucune source ne répond depuis 3 heures."
    )


async def test_status_says_when_half_of_the_sources_fail(room: Room) -> None:
    """One source of two in trouble is worth a warning."""
    for name in ("a", "b"):
        feed = await room.db.write(feeds.add, FeedSeed(f"http://{name}.example/f", name), NOW)
        await poll(room, feed.id, PollResult("changed", NOW + 60), NOW)
    room.now = NOW + 2 * HOUR
    await poll(room, feed.id, PollResult("failed", NOW + 60, error="404"), room.now)
    await poll(room, feed.id - 1, PollResult("not_modified", NOW + 60), room.now)
    lines = (await room.say("/status", speaks="en")).split("\n")
    assert lines[0].startswith("Careful: half of my sources or more do not answer.")
    assert lines[1] == "1 source of 2 has answered within the last hour."


async def sources(room: Room, *working: tuple[str, ...], silent: tuple[str, ...]) -> None:
    """Sources by their countries: each of `working` answers, each country of `silent` has one
    that has failed for five hours."""
    started = NOW - 6 * HOUR
    for number, countries in enumerate((*working, *((country,) for country in silent))):
        seed = FeedSeed(f"http://{number}.example/f", f"F{number}", countries=countries)
        feed = await room.db.write(feeds.add, seed, started)
        await poll(room, feed.id, PollResult("changed", NOW, (entry(1),)), started)
        for hours in (5, 3, 1):
            if number >= len(working):
                result = PollResult("failed", NOW, error="x")
            else:
                result = PollResult("not_modified", NOW)
            await poll(room, feed.id, result, NOW - hours * HOUR + 60)
    room.now = NOW + 30


async def test_status_names_the_countries_that_nobody_tells_of(room: Room) -> None:
    """« No source » is not « no alert »: since when, and whether the region's are still read."""
    await sources(room, ("ML",), ("BF",), (), silent=("NE",))
    assert (await room.say("/status")).split("\n")[:3] == [
        "Attention, pas de source pour un pays : là, sans alerte, rien ne dit que tout est calme.",
        "Niger : aucune source propre ne marche depuis 5 heures. "
        "Les sources régionales restent lues.",
        "3 sources sur 4 ont répondu depuis une heure.",
    ]


async def test_status_speaks_of_what_this_chat_follows(room: Room) -> None:
    """A country, or the country of a town; what it does not follow is no trouble of its own."""
    await sources(room, ("ML",), ("BF",), ("BF",), silent=("NE", "TD"))
    calm = "All is well: my sources answer. No alert means that the press reports none."
    await room.say("/subscribe country:ML", who="telegram:2", speaks="en")
    assert (await room.say("/status", who="telegram:2")).split("\n")[0] == calm
    await room.say("/subscribe near:diffa,30km severity>=moderate", who="telegram:2")
    assert (await room.say("/status", who="telegram:2")).split("\n")[:2] == [
        "Careful, no source for one country: without an alert, nothing says that all is calm "
        "there.",
        "Niger: no source has worked for 5 hours, neither its own nor a regional one.",
    ]
    await room.say("/subscribe kind:attack", who="telegram:2")
    lines = (await room.say("/status", who="telegram:2")).split("\n")
    assert lines[0].startswith("Careful, no source for 2 countries: ")
    assert [line.split(":")[0] for line in lines[1:3]] == ["Niger", "Chad"]


async def test_status_says_which_country_never_had_a_source(room: Room) -> None:
    """Who follows it must know that only the regional sources could tell of it."""
    await sources(room, ("ML",), silent=())
    await room.say("/subscribe country:TD")
    assert (await room.say("/status")).split("\n")[
        1
    ] == "Tchad : je n’ai aucune source pour ce pays."
    await sources(room, ("ML",), (), silent=())
    assert (await room.say("/status")).split("\n")[1] == (
        "Tchad : je n’ai pas de source propre à ce pays. Les sources régionales restent lues."
    )


async def test_status_right_after_a_start_blames_nobody(room: Room) -> None:
    """What failed before we were here may have been our own network."""
    await sources(room, ("ML",), ("BF",), silent=("NE",))
    feeds_asked_at = NOW - 1 * HOUR + 60
    room.now = NOW - HOUR + 120
    services = room.commands._services
    room.commands._services = replace(services, started_at=feeds_asked_at - 300)
    assert (await room.say("/status")).startswith("Tout marche")


async def test_stop_ends_everything_at_once(room: Room) -> None:
    """Subscriptions go, what is on its way dies, and a question does not begin again."""
    await room.say("/subscribe kind:attack")
    await room.say("/subscribe kind:alliance")
    assert await room.say("/stop") == (
        "C’est arrêté : 2 abonnements supprimés, plus rien n’arrivera ici.\n"
        "/subscribe pour recommencer quand vous voulez, /forget pour effacer aussi ce que je "
        "sais de vous."
    )
    await room.say("/help")
    await room.say("/language en")
    chat = await room.db.read(chats.by_address, "telegram:1")
    assert chat and chat.paused_at is not None
    assert await room.say("/stop") == ("There was nothing to stop: this chat follows nothing.")
    await room.say("/subscribe kind:attack")
    chat = await room.db.read(chats.by_address, "telegram:1")
    assert chat and chat.paused_at is None


async def test_forget_asks_then_erases_all(room: Room) -> None:
    """Nothing goes without the confirmation; then the person, the chat and deliveries are gone."""
    await room.say("/subscribe kind:attack")
    event = await room.happened(AMBUSH)
    await room.told(event, "telegram:1", "kind:attack", ("kind:attack",))
    asked = await room.ask("/forget")
    assert asked.buttons == ((Button("Oui, tout effacer", "/forget oui"),),)
    chat = await room.db.read(chats.by_address, "telegram:1")
    assert chat and len(await room.db.read(subscriptions.of_chat, chat.id)) == 1
    assert await room.say("/forget oui") == (
        "C’est effacé (1 abonnement). Je ne garde plus rien de vous."
    )
    assert await room.db.read(chats.by_address, "telegram:1") is None
    assert await room.db.read(told.last_of_chat, chat.id, 5) == []
    assert await room.db.read(subscriptions.count) == 0


@pytest.mark.parametrize("yes", ["oui", "yes", "OUI"])
async def test_forget_is_confirmed_in_any_language(room: Room, yes: str) -> None:
    """Whoever types either word has confirmed."""
    await room.db.write(subscribers.ensure, "telegram:1", NOW)
    assert (await room.say(f"/forget {yes}", speaks="en")).startswith("Erased (0 subscriptions).")


async def test_forget_in_a_group_has_no_button(room: Room) -> None:
    """A button there would forget whoever presses it."""
    message = await room.ask("/forget", group="telegram:-5")
    assert message.buttons == ()
    assert "/forget oui" in await room.say("/forget", group="telegram:-5")
