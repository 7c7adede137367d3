"""/subscribe, /list and /unsubscribe: what people follow and how they are told."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from command_room import AMBUSH, PACT, Room, open_room

from bot.messages.message import Button
from storage import chats, subscriptions


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[Room]:
    async with open_room(tmp_path) as opened:
        yield opened


async def queries(room: Room, address: str = "telegram:1") -> list[str]:
    chat = await room.db.read(chats.by_address, address)
    found = await room.db.read(subscriptions.of_chat, chat.id) if chat else []
    return [s.query for s in found]


async def test_a_query_is_saved_at_once_and_said_back(room: Room) -> None:
    """How it was understood, what it would have brought, and a way back."""
    await room.happened(AMBUSH, days_ago=10)
    await room.happened(PACT, days_ago=20, alerted=False)
    message = await room.ask("/subscribe pays:burkina  genre:attaque")
    (undo,) = message.buttons[0]
    assert (await room.say("/list")).split("\n")[1] == (
        "1. pays:burkina genre:attaque — attaques, pays : Burkina Faso"
    )
    assert undo.label == "Annuler"
    assert "".join(span.text for span in message.lines[0]).replace("\u00a0", " ") == (
        "C’est noté. Vous recevrez : attaques, pays : Burkina Faso."
    )
    assert "".join(span.text for span in message.lines[1]).replace("\u00a0", " ") == (
        "Pour vous donner une idée, sur les 20 derniers jours : 1 événement, environ 0,1 par jour."
    )
    assert "".join(span.text for span in message.lines[2]).replace("\u00a0", " ") == (
        "• 🟠 Embuscade — Burkina Faso, Djibo (Soum) · dim. 17 sept. 2023 · 8 morts (officiel) · "
        "rapporté par plusieurs sources · BF-2023-0917-a"
    )
    await room.say(undo.command)
    assert await queries(room) == []


async def test_words_that_name_a_place_are_offered_as_the_place(room: Room) -> None:
    """« Nioro du Sahel » follows three words; one press follows the town."""
    message = await room.ask("/subscribe Nioro du Sahel")
    ((_, *_), (place,)) = message.buttons
    assert place.label.replace("\u00a0", " ") == "Le lieu : Nioro du Sahel"
    await room.say(place.command)
    assert await queries(room) == ["Nioro du Sahel", 'place:"Nioro du Sahel"']
    assert len((await room.ask("/subscribe cherté de la vie")).buttons) == 1
    assert len((await room.ask('/subscribe "gao"')).buttons) == 1


async def test_the_backtest_in_english_counts_quiet_events_too(room: Room) -> None:
    """Events that only primed the store tell how often such things are reported."""
    for days in range(1, 5):
        await room.happened(AMBUSH, days_ago=days, alerted=False)
    lines = (await room.say("/subscribe kind:attack", speaks="en")).split("\n")
    assert lines[:2] == [
        "Noted. You will receive: attacks.",
        "To give you an idea, over the last 4 days: 4 events, about 1 a day.",
    ]
    assert [line.startswith("• 🟠 Ambush") for line in lines[2:5]] == [True] * 3
    assert len(lines) == 6


async def test_a_query_that_would_flood_says_so(room: Room) -> None:
    """More than a person can read in a day gets the hint to narrow it."""
    for _ in range(20):
        await room.happened(AMBUSH, days_ago=1.2)
    answer = await room.say("/subscribe kind:attack")
    assert "20 événements, environ 20 par jour." in answer
    assert "C’est beaucoup pour une personne." in answer


async def test_a_service_that_has_read_nothing_does_not_guess(room: Room) -> None:
    """Right after the first start there is nothing to count."""
    assert (await room.say("/subscribe kind:attack")).split("\n")[1] == (
        "Je commence à peine à lire : je ne peux pas encore dire combien cela fera."
    )


async def test_a_query_that_brings_nothing_says_so(room: Room) -> None:
    """Silence is announced, so that nobody takes it for a fault."""
    await room.happened(AMBUSH)
    answer = await room.say("/subscribe kind:alliance", speaks="en")
    assert answer.split("\n")[1:3] == [
        "I have seen nothing like it over the last day that I have read.",
        "It may be rare, or too narrow. I will tell you as soon as it happens.",
    ]


async def test_every_part_of_a_query_is_said_in_words(room: Room) -> None:
    """Fields, words as typed, phrases, prefixes, OR and minus."""
    await room.say(
        '/subscribe near:djibo,80km (embuscades OR "soldats tués") -football convoi* '
        "severity>=severe origins>=2 actor:jnim source:rfi lang:fr type:ambush"
    )
    assert (await room.say("/list")).split(" — ", 1)[1] == (
        "embuscade, à moins de 80 km de Djibo, acteur : le Jnim, source : rfi, "
        "articles en français, de gravité forte ou plus, 2 origines indépendantes ou plus, "
        "(l’expression « soldats tués » ou le mot « embuscades »), "
        "un mot qui commence par « convoi », sauf le mot « football »"
    )


async def test_the_same_again_is_said_not_saved(room: Room) -> None:
    """However it is typed, and whoever of a group typed it."""
    await room.say("/subscribe kind:attack country:ML")
    assert await room.say("/subscribe pays:mali kind:attaque") == (
        "Vous suivez déjà cela : attaques, pays : Mali.\n/list montre tout ce que vous suivez."
    )
    assert await queries(room) == ["kind:attack country:ML"]
    for who in ("telegram:1", "telegram:2"):
        await room.say("/subscribe kind:attack", who=who, group="telegram:-5", admin=True)
    assert await queries(room, "telegram:-5") == ["kind:attack"]


async def test_a_chat_follows_fifty_things_at_most(room: Room) -> None:
    """The fifty-first is refused, with the way out; the long list stays one readable message."""
    for number in range(50):
        room.now += 4
        await room.say(f"/subscribe sujet{number}x")
    room.now += 4
    assert await room.say("/subscribe encore") == (
        "Cette conversation suit déjà 50 choses, c’est le maximum. Retirez-en une : /unsubscribe"
    )
    assert len(await queries(room)) == 50
    assert len(await room.say("/list")) < 4096


@pytest.mark.parametrize(
    ("query", "answer"),
    [
        ("kind:atack", ["« atack » ne va pas avec kind.", "kind:atack", "     ^",
                        "Vouliez-vous dire : attack ?"]),
        ("attaque (mali", ["La parenthèse ( n’a pas sa pareille.", "attaque (mali", "        ^"]),
        ("OR mali", ["OR doit se trouver entre deux mots.", "OR mali", "^"]),
        ("severity>3", ["Ce signe ne va pas avec severity.", "severity>3", "^",
                        "On peut écrire ici : >=, <=, :."]),
        ("near:gao,9000km", ["La distance doit être entre 1 et 1\u202f000 km, comme "
                             "near:djibo,50km.", "near:gao,9000km", "     ^"]),
        ("-mali", ["La recherche dit seulement ce que vous ne voulez pas. Ajoutez ce que vous "
                   "voulez, par exemple kind:attack."]),
        ("ab*", ["Il faut au moins 3 lettres avant l’étoile.", "ab*", "^"]),
        ("mali " * 70, ["La recherche est trop longue : 349 caractères, au plus 300."]),
    ],
)  # fmt: skip
async def test_a_bad_query_points_at_the_mistake(
    room: Room, query: str, answer: list[str]
) -> None:
    """A sentence, the query with a caret under the place, what was expected; nothing is saved."""
    last = "Rien n’a été enregistré. Corrigez et renvoyez la commande."
    assert (await room.say(f"/subscribe {query}")).split("\n") == [*answer, last]
    assert await queries(room) == []


async def test_an_unknown_place_gets_those_that_sound_alike(room: Room) -> None:
    """Spellings vary: the nearest names of the gazetteer are offered, the nearest first."""
    lines = (await room.say("/subscribe attaque place:djibbo")).split("\n")
    assert lines[:3] == [
        "Je ne connais pas de lieu nommé « djibbo ».",
        "attaque place:djibbo",
        "              ^",
    ]
    assert lines[3].startswith("Vouliez-vous dire : Djibo")


async def test_a_bad_query_in_english(room: Room) -> None:
    """The same in English, with what may stand there."""
    assert (await room.say("/subscribe country:ML kind:xyzzy", speaks="en")).split("\n") == [
        "“xyzzy” does not fit kind.",
        "country:ML kind:xyzzy",
        "                ^",
        "What can stand here: attack, alliance.",
        "Nothing was saved. Correct it and send the command again.",
    ]


async def test_a_long_query_shows_only_the_place_of_the_mistake(room: Room) -> None:
    """On a phone the caret must stay under its letter: the line is cut around it."""
    typed = "mali " * 30 + "kind:xyzzy " + "gao " * 10
    shown = (await room.say(f"/subscribe {typed}")).split("\n")
    assert len(shown[1]) <= 52
    assert shown[1][shown[2].index("^") :].startswith("xyzzy")


async def test_subscribe_alone_helps(room: Room) -> None:
    """Examples, and two buttons for those who want everything."""
    message = await room.ask("/subscribe", speaks="en")
    assert message.buttons == (
        (Button("All attacks", "/subscribe kind:attack"),),
        (Button("All alliances", "/subscribe kind:alliance"),),
    )


async def test_every_example_of_the_help_is_a_good_query(room: Room) -> None:
    """In both languages: what we suggest must work."""
    for language in ("fr", "en"):
        message = await room.ask("/subscribe", speaks=language)
        commands = [line[0].text for line in message.lines if line and line[0].style == "code"]
        assert len(commands) == 5
        for number, command in enumerate(commands):
            answer = await room.say(command, who=f"telegram:{language}{number}", speaks=language)
            assert answer.startswith(("C’est noté", "Noted"))


async def test_list_of_nothing_offers_something(room: Room) -> None:
    """An empty list has buttons."""
    assert len((await room.ask("/list")).buttons) == 2
    assert (await room.say("/list", speaks="en")).startswith("This chat follows nothing yet.")


async def test_unsubscribe_by_number_query_and_button(room: Room) -> None:
    """By the number of /list, by the query however typed, by the id in a button."""
    for query in ("kind:attack", "country:NE", "djibo"):
        await room.say(f"/subscribe {query}")
    offered = await room.ask("/unsubscribe")
    assert [row[0].label for row in offered.buttons] == [
        "Retirer\u00a0: kind:attack", "Retirer\u00a0: country:NE", "Retirer\u00a0: djibo"
    ]  # fmt: skip
    assert (await room.say("/unsubscribe 2")).startswith("C’est retiré : country:NE.")
    assert (await room.say("/unsubscribe Djibos")).startswith("C’est retiré : djibo.")
    last = await room.say(offered.buttons[0][0].command)
    assert last.split("\n")[:2] == ["C’est retiré : kind:attack.", "Vous ne suivez plus rien."]
    assert await queries(room) == []


async def test_an_old_button_removes_nothing_else(room: Room) -> None:
    """A button names what it removes, not a place in a list that has changed since."""
    await room.say("/subscribe kind:attack")
    button = (await room.ask("/unsubscribe")).buttons[0][0]
    await room.say("/subscribe kind:alliance")
    await room.say(button.command)
    assert (await room.say(button.command)).startswith("Je ne trouve pas cela")
    assert await queries(room) == ["kind:alliance"]


async def test_unsubscribing_can_be_undone(room: Room) -> None:
    """The button brings the same query back."""
    await room.say("/subscribe kind:attack country:ML")
    message = await room.ask("/unsubscribe 1", speaks="en")
    await room.say(message.buttons[0][0].command)
    assert await queries(room) == ["kind:attack country:ML"]


@pytest.mark.parametrize("wanted", ["0", "2", "99999999999", "id:7", "kind:xyzzy", "²", "mali"])
async def test_unsubscribing_from_what_is_not_followed(room: Room, wanted: str) -> None:
    """The list is shown again and nothing is removed."""
    await room.say("/subscribe kind:attack")
    assert (await room.say(f"/unsubscribe {wanted}")).split("\n")[1] == "1. kind:attack — attaques"
    assert await queries(room) == ["kind:attack"]


async def test_unsubscribing_with_nothing_to_remove(room: Room) -> None:
    """Said plainly, in both languages."""
    assert await room.say("/unsubscribe") == (
        "Il n’y a rien à retirer : cette conversation ne suit rien."
    )
    assert await room.say("/unsubscribe 1", speaks="en") == (
        "There is nothing to remove: this chat follows nothing."
    )


async def test_one_chat_cannot_remove_what_another_follows(room: Room) -> None:
    """Ids are guessable: they only work in the chat they belong to."""
    await room.say("/subscribe kind:attack", who="telegram:2")
    await room.say("/subscribe kind:alliance")
    assert (await room.say("/unsubscribe id:1")).startswith("Je ne trouve pas cela")
    assert await queries(room, "telegram:2") == ["kind:attack"]
