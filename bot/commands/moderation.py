"""What moderators do with the sources: look, add, check, pause and remove."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

from bot.commands import checked
from bot.commands.checked import said
from bot.commands.registry import Choice, Command, Reply, Request, Text
from bot.detect.text import fold
from bot.feeds import silence
from bot.feeds.address import host_of
from bot.feeds.problem import Problem
from bot.feeds.silence import State
from bot.messages.i18n import LANGUAGES
from bot.messages.message import Line, Span
from bot.messages.notices import reason, usual
from storage import feeds, hubs
from storage.database import Connection
from storage.model import Feed, FeedSeed

#: a page of /feeds that stays one readable message
PAGE = 25
_CANDIDATES_SHOWN = 8


async def listing(request: Request) -> Reply:
    found = await request.services.db.read(feeds.everything)
    if not found:
        return Reply((Text("feeds.none"),))
    states = {feed.id: silence.judge(feed) for feed in found}
    found.sort(key=lambda feed: (_rank(states[feed.id]), feed.name))
    pages = -(-len(found) // PAGE)
    page = int(request.argument) if request.argument.isdecimal() else 1
    page = min(max(page, 1), pages)
    kinds = [state.kind for state in states.values()]
    counts = {
        "failing": sum(kind in silence.FAILURES for kind in kinds),
        "silent": sum(kind in ("silent", "empty") for kind in kinds),
        "paused": kinds.count("paused"),
    }
    lines: list[Text | Line] = [Text("feeds.title", counts, n=len(found), style="bold")]
    lines += [_feed_line(request, feed) for feed in found[(page - 1) * PAGE : page * PAGE]]
    if pages > 1:
        lines.append(Text("feeds.page", {"page": page, "pages": pages}))
    row = []
    if page > 1:
        row.append(Choice(Text("button.previous"), f"/feeds {page - 1}"))
    if page < pages:
        row.append(Choice(Text("button.next"), f"/feeds {page + 1}"))
    return Reply(tuple(lines), (tuple(row),) if row else ())


async def add(request: Request) -> Reply:
    if not request.argument:
        return Reply((Text("addfeed.how"),))
    inspector, now = request.services.inspector, request.now
    found = await inspector.discover(request.argument)
    if found.url is None:
        return Reply((Text("addfeed.no_feed", {"reason": said(request, found.problem)}),))
    known = await request.services.db.read(feeds.by_url, found.url)
    if known:
        return Reply((Text("addfeed.known", {"id": str(known.id), "name": known.name}),))
    look = await inspector.check(found.url, now)
    if look.error:
        return Reply((Text("addfeed.no_feed", {"reason": said(request, look.error)}),))
    name = look.title.strip()[:80] or urlsplit(found.url).hostname or found.url
    language = look.language if look.language in LANGUAGES else "fr"
    seed = FeedSeed(url=found.url, name=name, language=language)
    added = await request.services.db.write(feeds.add, seed, now)
    undo = Choice(Text("button.undo"), f"/removefeed {added.id}")
    lines = (
        Text("addfeed.added", {"id": str(added.id), "name": added.name}, style="bold"),
        (Span(found.url, "code"),),
        *checked.summary(request, look),
        Text("addfeed.quiet"),
    )
    return Reply(lines, ((undo,),))


async def remove(request: Request) -> Reply:
    feed = await _chosen(request)
    if isinstance(feed, Reply):
        return feed
    await request.services.db.write(feeds.remove, feed.id, request.now)
    back = Choice(Text("button.undo"), f"/addfeed {feed.url}")
    return Reply((Text("removefeed.done", {"name": feed.name}),), ((back,),))


async def pause(request: Request) -> Reply:
    feed = await _chosen(request)
    if isinstance(feed, Reply):
        return feed
    done = await request.services.db.write(feeds.pause, feed.id, request.now)
    back = Choice(Text("button.resume"), f"/resumefeed {feed.id}")
    key = "pausefeed.done" if done else "pausefeed.already"
    return Reply((Text(key, {"name": feed.name}),), ((back,),))


async def resume(request: Request) -> Reply:
    feed = await _chosen(request)
    if isinstance(feed, Reply):
        return feed
    done = await request.services.db.write(feeds.resume, feed.id, request.now)
    key = "resumefeed.done" if done else "resumefeed.already"
    return Reply((Text(key, {"name": feed.name}),))


async def check(request: Request) -> Reply:
    """Poll an address once as the service would, known to us or not."""
    address = request.argument
    if not address:
        return Reply((Text("feed.which"),))
    found = await request.services.db.read(_find, address)
    if len(found) > 1:
        return _ambiguous(found)
    url = found[0].url if found else address
    if not found and not _is_address(address):
        return Reply((Text("feed.unknown", {"what": address[:80]}),))
    if not found:
        discovered = await request.services.inspector.discover(address)
        if discovered.url is None:
            return Reply(
                (Text("checkfeed.failed", {"reason": said(request, discovered.problem)}),)
            )
        url = discovered.url
    look = await request.services.inspector.check(url, request.now)
    lines: list[Text | Line] = [(Span(url, "code"),)]
    if look.error:
        lines.append(Text("checkfeed.failed", {"reason": said(request, look.error)}))
    else:
        lines += checked.summary(request, look)
        lines += await checked.verdicts(request, look)
    if found:
        lines.append(_feed_line(request, found[0]))
        lines += await _hub_line(request, found[0])
    elif look.hub:
        lines.append(Text("checkfeed.hub", {"host": host_of(look.hub)}))
    return Reply(tuple(lines))


async def _hub_line(request: Request, feed: Feed) -> list[Text]:
    """Does its hub push to us, and if not, why not? Nothing for a feed without a hub."""
    now = request.now
    if feed.hub is None:
        return []
    asked = await request.services.db.read(hubs.of_feed, feed.id)
    if asked is None:
        return [Text("checkfeed.hub_unused")]
    if _is_pushed(feed, now):
        return [Text("checkfeed.hub_trusted")]
    if asked.lease_until is not None and asked.lease_until > now:
        return [Text("checkfeed.hub_unproven")]
    if asked.error:
        return [Text("checkfeed.hub_failed", {"reason": said(request, Problem.load(asked.error))})]
    return [Text("checkfeed.hub_asked")]


async def _chosen(request: Request) -> Feed | Reply:
    """The one feed that the argument names, or the answer that says why there is none."""
    if not request.argument:
        return Reply((Text("feed.which"),))
    found = await request.services.db.read(_find, request.argument)
    if not found:
        return Reply((Text("feed.unknown", {"what": request.argument[:80]}),))
    return found[0] if len(found) == 1 else _ambiguous(found)


def _ambiguous(found: Sequence[Feed]) -> Reply:
    names: list[Line] = [(Span(f"{feed.id}. {feed.name}"),) for feed in found[:_CANDIDATES_SHOWN]]
    return Reply((Text("feed.several", n=len(found)), *names))


def _find(conn: Connection, wanted: str) -> list[Feed]:
    """By number, address, exact name, else part of a name."""
    if wanted.isascii() and wanted.isdigit():
        feed = feeds.by_id(conn, int(wanted))
        return [feed] if feed else []
    if feed := feeds.by_url(conn, wanted):
        return [feed]
    name = fold(wanted)
    if not name:
        return []
    found = feeds.everything(conn)
    exact = [feed for feed in found if fold(feed.name) == name]
    return exact or [feed for feed in found if f" {name} " in f" {fold(feed.name)} "]


def _is_address(text: str) -> bool:
    return " " not in text and "." in text


def _feed_line(request: Request, feed: Feed) -> Line:
    return (Span(f"{feed.id}. "), Span(feed.name, "bold"), Span(f" — {_state(request, feed)}"))


def _rank(state: State) -> int:
    """Trouble first: what does not answer, what is silent, what is paused."""
    if state.kind in silence.FAILURES:
        return 0
    if state.is_trouble:
        return 1
    return 2 if state.kind == "paused" else 3


def _state(request: Request, feed: Feed) -> str:
    voice, now = request.voice, request.now
    if feed.paused_at is not None and (why := _retired(feed)):
        ago = voice.ago(now - feed.paused_at)
        return voice.text("feed.retired", ago=ago, reason=said(request, why))
    state = silence.judge(feed)
    if state.kind in silence.FAILURES:
        said_why = reason(voice, feed.last_error)
        return voice.text("feed.failing", n=feed.error_count, reason=said_why)
    if state.since is None:
        if feed.last_success_at is None:
            return voice.text("feed.never_read")
        return voice.text("feed.read_nothing_new", ago=voice.ago(now - feed.last_success_at))
    ago = voice.ago(now - state.since)
    rate = usual(voice, feed.usual_gap) if feed.usual_gap is not None else None
    match state.kind:
        case "paused":
            return voice.text("feed.paused", ago=ago)
        case "empty":
            return voice.text("feed.empty", span=voice.span(now - state.since))
        case "silent" if rate is None:
            return voice.text("feed.silent", ago=ago)
        case "silent":
            return voice.text("feed.silent_usually", ago=ago, usual=rate)
        case "quiet":
            line = voice.text("feed.quiet", ago=ago, usual=rate)
        case _:
            line = voice.text("feed.fine", ago=ago)
    return f"{line}, {voice.text('feed.pushed')}" if _is_pushed(feed, now) else line


def _is_pushed(feed: Feed, now: float) -> bool:
    return feed.pushed_until is not None and feed.pushed_until > now


def _retired(feed: Feed) -> Problem | None:
    """Why polling ended without a moderator's doing."""
    if feed.retired_into is not None:
        return Problem("same_as", id=feed.retired_into)
    return Problem.load(feed.retired_for) if feed.retired_for else None


MODERATION = (
    Command("feeds", "moderator", "command.feeds", listing),
    Command("addfeed", "moderator", "command.addfeed", add),
    Command("checkfeed", "moderator", "command.checkfeed", check),
    Command("pausefeed", "moderator", "command.pausefeed", pause),
    Command("resumefeed", "moderator", "command.resumefeed", resume),
    Command("removefeed", "moderator", "command.removefeed", remove),
)
