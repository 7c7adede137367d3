"""What holds for every command: one answer, who may, how often, and how it is refused."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from command_room import MODERATOR, NOW, Room, catalogue, open_room

from bot.commands.dispatch import COMMANDS, MOST, WINDOW, Flood
from bot.commands.general import FOLLOW_ALL
from bot.messages.message import Message
from storage import chats

GROUP = "telegram:-100123/45"


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[Room]:
    async with open_room(tmp_path) as opened:
        yield opened


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
@pytest.mark.parametrize("argument", ["", "xyzzy", "1", "<b>&é🔴", "oui"])
@pytest.mark.parametrize("language", ["fr", "en"])
async def test_every_command_answers_every_argument(
    room: Room, command: object, argument: str, language: str
) -> None:
    """With nothing in the database no command fails, in either language."""
    line = f"/{command.name} {argument}"  # type: ignore[attr-defined]
    answer = await room.ask(line, who=MODERATOR, speaks=language)
    said = "".join(span.text for line in answer.lines for span in line)
    assert said not in ("", catalogue().text(language, "error.internal"))


@pytest.mark.parametrize("line", ["/list", "/LIST", "/list@sahel_bot", "  /list  ", "/list\nxx"])
async def test_a_command_is_recognised_however_it_is_typed(room: Room, line: str) -> None:
    """Capitals, the bot's name behind an @ and stray spaces do not matter."""
    assert (await room.say(line)).startswith("Cette conversation ne suit rien encore.")


async def test_an_unknown_command_is_answered_kindly(room: Room) -> None:
    """With the nearest one that this person may use, if any is near."""
    assert await room.say("/subscrib kind:attack") == (
        "Je ne connais pas cette commande. Vouliez-vous dire /subscribe ?"
    )
    assert await room.say("/xyzzy", speaks="en") == (
        "I do not know this command. /help shows them all."
    )
    assert await room.say("/addfed x") == (
        "Je ne connais pas cette commande. /help les montre toutes."
    )
    assert await room.say("/addfed x", who=MODERATOR) == (
        "Je ne connais pas cette commande. Vouliez-vous dire /addfeed ?"
    )


@pytest.mark.parametrize("line", ["bonjour", "", "   ", "/", "/ list", "/é!"])
async def test_what_is_no_command_is_answered(room: Room, line: str) -> None:
    """Words are not relayed and not kept: the bot says what it understands."""
    assert "/help" in await room.say(line)


@pytest.mark.parametrize("command", [c for c in COMMANDS if c.role == "moderator"],
                         ids=lambda command: command.name)  # fmt: skip
async def test_moderators_commands_are_theirs(room: Room, command: object) -> None:
    """Nobody else may run them, also not a group's administrator."""
    line = f"/{command.name} 1"  # type: ignore[attr-defined]
    refused = "Cette commande est réservée aux modérateurs du service."
    assert await room.say(line) == refused
    assert await room.say(line, group=GROUP, admin=True) == refused
    assert await room.say(line, who=MODERATOR) != refused


@pytest.mark.parametrize(
    "line", ["/subscribe kind:attack", "/unsubscribe 1", "/stop", "/language en"]
)
async def test_in_a_group_only_administrators_change_what_it_receives(
    room: Room, line: str
) -> None:
    """Members are refused, administrators and moderators are not; in private everybody may."""
    refused = "In a group only its administrators may change what it receives."
    assert (await room.say(line, group=GROUP, speaks="en")).startswith(refused)
    assert await room.db.read(chats.by_address, GROUP) is None
    for how in ({"group": GROUP, "admin": True}, {"group": GROUP, "who": MODERATOR}, {}):
        assert not (await room.say(line, speaks="en", **how)).startswith(refused)


@pytest.mark.parametrize("line", ["/help", "/latest", "/why", "/status", "/list", "/start"])
async def test_in_a_group_everybody_may_ask(room: Room, line: str) -> None:
    """Asking changes nothing and is open to all members."""
    answer = await room.say(line, group=GROUP, speaks="en")
    assert not answer.startswith("In a group")


async def test_a_group_has_its_own_subscriptions_and_language(room: Room) -> None:
    """What a group follows is apart from what its administrator follows in private."""
    await room.say("/subscribe kind:attack", group=GROUP, admin=True, speaks="en")
    assert (await room.say("/list", group=GROUP)).startswith("You follow 1 thing")
    assert (await room.say("/list")).startswith("Cette conversation ne suit rien encore.")


async def test_somebody_who_speaks_again_is_written_to_again(room: Room) -> None:
    """A chat that had thrown us out is un-paused by any command."""
    await room.say("/subscribe kind:attack")
    chat = await room.db.read(chats.by_address, "telegram:1")
    assert chat
    await room.db.write(chats.pause, chat.id, "blocked", NOW)
    await room.say("/help")
    chat = await room.db.read(chats.by_address, "telegram:1")
    assert chat and chat.paused_at is None


async def test_too_many_commands_are_answered_briefly(room: Room) -> None:
    """The twenty-first of a minute waits; others are not concerned, the ways out always work."""
    for _ in range(MOST):
        await room.say("/list")
    room.now += 15
    assert await room.say("/list") == ("Trop de commandes à la fois. Réessayez dans 45 secondes.")
    assert (await room.say("/list", who="telegram:2")).startswith("Cette conversation")
    assert (await room.say("/stop")).startswith("Il n’y avait rien à arrêter")
    assert (await room.say("/forget")).startswith("J’efface vos abonnements")
    room.now += WINDOW - 15
    assert (await room.say("/list")).startswith("Cette conversation")


def test_the_flood_gate_forgets() -> None:
    """Nobody is remembered longer than a minute: who wrote when is nobody's business."""
    gate = Flood()
    gate.wait("telegram:1", 0.0)
    gate.wait("telegram:2", WINDOW)
    assert list(gate._sent) == ["telegram:2"]


async def test_a_mistake_of_ours_is_answered_too(room: Room) -> None:
    """When the database does not answer, a person does get an answer."""
    await room.db.close()
    assert await room.say("/list", speaks="en") == (
        "Something went wrong on our side. Please try again in a moment."
    )


async def test_the_menu_shows_what_one_may_use(room: Room) -> None:
    """Telegram takes descriptions of 256 characters; ours fit a phone's line or two."""
    commands = room.commands
    for language in ("fr", "en"):
        everyone = commands.menu(language, False)
        moderators = commands.menu(language, True)
        assert set(everyone) < set(moderators)
        assert [name for name, _ in moderators] == [command.name for command in COMMANDS]
        assert max(len(description) for _, description in moderators) <= 70


@pytest.mark.parametrize("line", ["/start", "/subscribe", "/list", "/language", "/forget",
                                  "/unsubscribe", "/subscribe " + "é" * 60])  # fmt: skip
async def test_buttons_fit_every_platform(room: Room, line: str) -> None:
    """Telegram carries 64 bytes behind a button; one that does not fit is left out."""
    await room.say("/subscribe mali")
    message: Message = await room.ask(line)
    sizes = [len(button.command.encode()) for row in message.buttons for button in row]
    assert [size for size in sizes if size > 64] == []


async def test_a_choice_too_long_for_a_button_is_left_out(room: Room) -> None:
    """Undoing a long query has no button; its words stand in the answer to be typed again."""
    await room.say("/subscribe " + "é" * 60)
    assert (await room.ask("/unsubscribe 1")).buttons == ()
    assert [choice.fits for choice in FOLLOW_ALL] == [True, True]
