"""The list of sources as a whole: brought in and given out, as YAML or OPML."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.commands.checked import said
from bot.commands.registry import Choice, Command, Reply, Request, Text
from bot.feeds import catalog
from bot.feeds.address import web_address
from bot.feeds.fetch import Fetched, FetchFailed
from bot.feeds.mistake import Mistake
from bot.feeds.problem import Problem
from bot.messages.message import Line, Span
from storage import feeds
from storage.database import Connection
from storage.model import FeedSeed

#: mistakes and names that one message shows
_SHOWN = 15
#: characters of a list that fit into one message beside its title
_PART = 3_500
_CONFIRM = "ok"


async def bring(request: Request) -> Reply:
    """Read a list, pasted or at an address, and say what it would add; `ok` adds it."""
    word, _, rest = request.argument.partition(" ")
    if not word:
        return Reply((Text("importfeeds.how"),))
    if word == _CONFIRM:
        return await _add(request, rest.strip())
    text: str | Problem = request.argument
    if not rest and "\n" not in word and web_address(word, ""):
        text = await _fetched(request, word)
    if isinstance(text, Problem):
        return Reply((Text("importfeeds.no_answer", {"reason": said(request, text)}),))
    try:
        seeds = catalog.parse(text, "list.opml" if text.lstrip().startswith("<") else "list.yaml")
    except catalog.CatalogError as error:
        return _refused(error.problems)
    return await _prepared(request, seeds)


async def give(request: Request) -> Reply:
    """The list as it stands, in parts that are each a list to import."""
    words = request.argument.lower().split()
    form = "opml" if "opml" in words else "yaml"
    seeds = [catalog.seed_of(feed) for feed in await request.services.db.read(feeds.everything)]
    if not seeds:
        return Reply((Text("feeds.none"),))
    parts = list(_parts(seeds, form))
    wanted = next((int(word) for word in words if word.isdecimal()), 1)
    number = min(max(wanted, 1), len(parts))
    shown, text = parts[number - 1]
    lines: list[Text | Line] = [Text("exportfeeds.title", n=len(seeds), style="bold")]
    if len(parts) > 1:
        about = {"part": number, "parts": len(parts), "shown": shown}
        lines.append(Text("exportfeeds.part", about))
    lines.append((Span(text, "code"),))
    row = []
    if number > 1:
        row.append(Choice(Text("button.previous"), f"/exportfeeds {form} {number - 1}"))
    if number < len(parts):
        row.append(Choice(Text("button.next"), f"/exportfeeds {form} {number + 1}"))
    return Reply(tuple(lines), (tuple(row),) if row else ())


async def _fetched(request: Request, url: str) -> str | Problem:
    answer = await request.services.fetcher.fetch(url)
    if not isinstance(answer, Fetched):
        return answer.reason if isinstance(answer, FetchFailed) else Problem("nothing")
    return answer.body.decode("utf-8-sig", "replace")


def _refused(problems: Sequence[str]) -> Reply:
    lines: list[Text | Line] = [Text("importfeeds.refused", n=len(problems), style="bold")]
    lines += [_mistake(p) for p in problems[:_SHOWN] if isinstance(p, Mistake)]
    if len(problems) > _SHOWN:
        lines.append(Text("importfeeds.more", n=len(problems) - _SHOWN))
    return Reply(tuple(lines))


def _mistake(mistake: Mistake) -> Text:
    what = Text(f"mistake.{mistake.key}", mistake.params)
    if mistake.number is None:
        return what
    if not mistake.label:
        return Text("importfeeds.entry", {"number": str(mistake.number), "what": what})
    about = {"number": str(mistake.number), "name": mistake.label, "what": what}
    return Text("importfeeds.entry_named", about)


async def _prepared(request: Request, seeds: Sequence[FeedSeed]) -> Reply:
    known = {feed.url for feed in await request.services.db.read(feeds.everything)}
    fresh = [seed for seed in seeds if seed.url not in known]
    lines: list[Text | Line] = [Text("importfeeds.known", n=len(seeds) - len(fresh))]
    if not fresh:
        return Reply((Text("importfeeds.nothing"), *(lines if seeds else ())))
    token = request.services.drafts.keep(request.caller.identity, fresh, request.now)
    lines = [Text("importfeeds.new", n=len(fresh), style="bold")]
    lines += [(Span(f"• {seed.name}"),) for seed in fresh[:_SHOWN]]
    if len(fresh) > _SHOWN:
        lines.append(Text("importfeeds.more", n=len(fresh) - _SHOWN))
    if len(seeds) > len(fresh):
        lines.append(Text("importfeeds.known", n=len(seeds) - len(fresh)))
    lines.append(Text("importfeeds.not_yet"))
    button = Choice(Text("button.add"), f"/importfeeds {_CONFIRM} {token}")
    return Reply(tuple(lines), ((button,),))


async def _add(request: Request, token: str) -> Reply:
    fresh = request.services.drafts.take(request.caller.identity, token, request.now)
    if fresh is None:
        return Reply((Text("importfeeds.gone"),))
    added = await request.services.db.write(_add_all, fresh, request.now)
    return Reply((Text("importfeeds.done", n=added), Text("importfeeds.quiet")))


def _add_all(conn: Connection, seeds: Sequence[FeedSeed], now: float) -> int:
    """How many were not followed, all in one transaction; somebody may have added some since."""
    known = {feed.url for feed in feeds.everything(conn)}
    fresh = [seed for seed in seeds if seed.url not in known]
    for seed in fresh:
        feeds.add(conn, seed, now)
    return len(fresh)


def _parts(seeds: Sequence[FeedSeed], form: str) -> Iterator[tuple[int, str]]:
    """Lists that each fit into a message, with the number of their entries."""
    file = f"feeds.{form}"
    part: list[FeedSeed] = []
    for seed in seeds:
        if part and len(catalog.render([*part, seed], file)) > _PART:
            yield len(part), catalog.render(part, file).strip()
            part = []
        part.append(seed)
    yield len(part), catalog.render(part, file).strip()


FEED_LIST = (
    Command("importfeeds", "moderator", "command.importfeeds", bring),
    Command("exportfeeds", "moderator", "command.exportfeeds", give),
)
