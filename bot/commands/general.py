"""Beginning, help, language, and the two ways out: /stop ends, /forget erases."""

from __future__ import annotations

from bot.commands.registry import Choice, Command, Reply, Request, Text
from bot.messages.i18n import LANGUAGES
from bot.messages.message import Line, Span
from storage import chats, subscribers, subscriptions
from storage.database import Connection

#: why a chat that said /stop is paused: only /subscribe begins again, a question does not
STOPPED = "stop"
#: what confirms /forget, in every language
_YES = ("oui", "yes")

FOLLOW_ALL = (
    Choice(Text("button.all_attacks"), "/subscribe kind:attack"),
    Choice(Text("button.all_alliances"), "/subscribe kind:alliance"),
)


async def start(request: Request) -> Reply:
    following = 0
    if request.chat:
        found = await request.services.db.read(subscriptions.of_chat, request.chat.id)
        following = len(found)
    lines: list[Text | Line] = [
        Text("start.welcome", style="bold"),
        Text("start.what"),
        Text("start.safety"),
        (),
    ]
    if following:
        lines.append(Text("start.following", n=following))
        return Reply((*lines, Text("start.more")))
    lines.append(Text("start.choose"))
    return Reply((*lines, Text("start.more")), (_languages(request), FOLLOW_ALL))


async def help(request: Request) -> Reply:
    voice = request.voice
    lines: list[Text | Line] = [Text("help.title", style="bold")]
    for role in ("everyone", "moderator"):
        if role == "moderator":
            if not request.is_moderator:
                break
            lines += [(), Text("help.moderators", style="bold")]
        lines += [
            (Span(f"/{c.name}"), Span(f" — {voice.text(c.help_key)}"))
            for c in request.commands
            if c.role == role
        ]
        if role == "everyone":
            lines += [(), *examples(request), Text("help.words")]
    return Reply(tuple(lines))


def examples(request: Request) -> tuple[Line, ...]:
    """Queries that show what can be asked, each with what it means."""
    voice = request.voice
    found: list[Line] = [(Span(voice.text("example.title"), "bold"),)]
    for name in ("country", "near", "actor", "severity", "words"):
        query, meaning = voice.text(f"example.{name}.query"), voice.text(f"example.{name}.meaning")
        found.append((Span(f"/subscribe {query}", "code"), Span(f" — {meaning}")))
    return tuple(found)


async def language(request: Request) -> Reply:
    wanted = request.argument.lower()
    if not wanted:
        name = request.voice.language_name(request.language)
        return Reply((Text("language.current", {"language": name}),), (_languages(request),))
    if wanted not in LANGUAGES:
        return Reply((Text("language.unknown"),), (_languages(request),))
    await request.services.db.write(
        _choose_language, request.caller.address, wanted, now=request.now
    )
    return Reply((Text("language.chosen"),), language=wanted)


async def stop(request: Request) -> Reply:
    if request.chat is None:
        return Reply((Text("stop.nothing"),))
    ended = await request.services.db.write(_end_all, request.chat.id, now=request.now)
    if not ended:
        return Reply((Text("stop.nothing"),))
    return Reply((Text("stop.done", n=ended), Text("stop.again")))


async def forget(request: Request) -> Reply:
    if request.argument.lower() not in _YES:
        word = request.voice.text("forget.yes")
        lines = (Text("forget.what"), Text("forget.confirm", {"command": f"/forget {word}"}))
        if request.caller.is_group:
            # a button in a group would forget whoever presses it
            return Reply(lines, private=True)
        return Reply(lines, ((Choice(Text("button.forget"), f"/forget {word}"),),), private=True)
    gone = await request.services.db.write(subscribers.forget, request.caller.identity)
    return Reply((Text("forget.done", n=gone.subscriptions),), private=True)


def _languages(request: Request) -> tuple[Choice, ...]:
    return tuple(
        Choice(
            Text("button.language", {"language": _own_name(request, code)}), f"/language {code}"
        )
        for code in LANGUAGES
    )


def _own_name(request: Request, code: str) -> str:
    """« Français », « English »: the name that who speaks it looks for."""
    return request.services.catalogue.voice(code).language_name(code).capitalize()


def _choose_language(conn: Connection, address: str, language: str, *, now: float) -> None:
    # a known chat is not un-paused by this: after /stop only /subscribe begins again
    chat = chats.by_address(conn, address)
    if chat is None:
        chat = chats.ensure(conn, address, language=language, now=now)
    chats.set_language(conn, chat.id, language)


def _end_all(conn: Connection, chat_id: int, *, now: float) -> int:
    """Every subscription of the chat, whoever made it; what is on its way dies with them."""
    found = subscriptions.of_chat(conn, chat_id)
    for subscription in found:
        subscriptions.remove(conn, subscription.id, chat_id)
    chats.pause(conn, chat_id, STOPPED, now)
    return len(found)


START = Command("start", "everyone", "command.start", start)
HELP = Command("help", "everyone", "command.help", help)
LANGUAGE = Command("language", "everyone", "command.language", language, changes_chat=True)
STOP = Command("stop", "everyone", "command.stop", stop, changes_chat=True)
FORGET = Command("forget", "everyone", "command.forget", forget)
