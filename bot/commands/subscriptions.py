"""What a chat follows: /subscribe, /list and /unsubscribe."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from bot.commands.backtest import Backtest, backtest
from bot.commands.general import FOLLOW_ALL, STOPPED, examples
from bot.commands.reading import event_line
from bot.commands.registry import Choice, Command, Reply, Request, Text
from bot.commands.understood import in_words
from bot.events.query import Query, QueryError, parse, saved
from bot.messages.message import Line, Span
from storage import chats, subscribers, subscriptions
from storage.database import Connection
from storage.model import Subscription

__all__ = ["LIST", "STOPPED", "SUBSCRIBE", "UNSUBSCRIBE"]

#: per chat: more is a mistake or an attack
MOST = 50
#: DOMAIN T14: what a person can read in a day
_MANY_A_DAY = 15.0
_BUTTONS_SHOWN = 10
#: whoever types one of these most likely means the kind, not the word
_KIND_WORDS = frozenset({"attaque", "attaques", "attack", "attacks", "alliance", "alliances"})
#: on a small phone a code line of this length still fits
_AROUND = 24
_LABEL = 28
#: a longer list shows its queries alone, and these short: MOST of them still fit one message
_EXPLAINED = 8
_BRIEF = 60


async def subscribe(request: Request) -> Reply:
    typed = " ".join(request.argument.split())
    if not typed:
        how: tuple[Text | Line, ...] = (
            Text("subscribe.how"),
            *examples(request),
            Text("subscribe.or_press"),
        )
        return Reply(how, (FOLLOW_ALL[:1], FOLLOW_ALL[1:]))
    try:
        query = parse(typed)
    except QueryError as mistake:
        return bad_query(typed, mistake)
    added = await request.services.db.write(
        _add,
        request.caller.address,
        request.caller.identity,
        typed,
        query.norm,
        language=request.language,
        now=request.now,
    )
    if added.problem == "limit":
        return Reply((Text("subscribe.limit", {"most": MOST}),))
    understood = in_words(request.voice, query, typed)
    if added.subscription is None:
        duplicate = _line(request, "subscribe.duplicate", understood)
        return Reply((duplicate, Text("subscribe.see_list")))
    tested = await request.services.db.read(backtest, query, request.now)
    undo = Choice(Text("button.undo"), f"/unsubscribe id:{added.subscription.id}")
    lines = (_line(request, "subscribe.saved", understood), *_backtest_lines(request, tested))
    if typed.lower() in _KIND_WORDS:
        return Reply((*lines, Text("subscribe.only_a_word")), ((undo,), FOLLOW_ALL))
    place = _of_place(typed)
    if place is not None:
        return Reply((*lines, Text("subscribe.only_words_of_place")), ((undo,), (place,)))
    return Reply(lines, ((undo,),))


def _of_place(typed: str) -> Choice | None:
    """« Nioro du Sahel » names a town: most want what happens there, however it is written."""
    if not all(letter.isalpha() or letter in " '’-" for letter in typed):
        return None
    try:
        parse(f'place:"{typed}"')
    except QueryError:
        return None
    choice = Choice(Text("button.place", {"place": typed}), f'/subscribe place:"{typed}"')
    return choice if choice.fits else None


async def listing(request: Request) -> Reply:
    found = await request.services.db.read(_of_chat, request.caller.address)
    if not found:
        return Reply((Text("list.none"),), (FOLLOW_ALL[:1], FOLLOW_ALL[1:]))
    return Reply((Text("list.title", n=len(found), style="bold"), *_numbered(request, found)))


async def unsubscribe(request: Request) -> Reply:
    found = await request.services.db.read(_of_chat, request.caller.address)
    if not found:
        return Reply((Text("unsubscribe.nothing"),))
    wanted = " ".join(request.argument.split())
    if not wanted:
        rows = tuple(
            (
                Choice(
                    Text("button.remove", {"query": _short(s.query, _LABEL)}),
                    f"/unsubscribe id:{s.id}",
                ),
            )
            for s in found[:_BUTTONS_SHOWN]
        )
        return Reply((Text("unsubscribe.which"), *_numbered(request, found)), rows)
    chosen = _chosen(found, wanted)
    if chosen is None:
        return Reply((Text("unsubscribe.unknown"), *_numbered(request, found)))
    gone = await request.services.db.write(subscriptions.remove, chosen.id, chosen.chat_id)
    if gone is None:
        return Reply((Text("unsubscribe.gone_already"),))
    back = Choice(Text("button.undo"), f"/subscribe {gone.query}")
    lines: list[Text | Line] = [_line(request, "unsubscribe.done", gone.query)]
    if len(found) == 1:
        lines.append(Text("unsubscribe.none_left"))
    return Reply(tuple(lines), ((back,),))


def bad_query(typed: str, mistake: QueryError) -> Reply:
    """The mistake in a sentence, the place of it under the query, what was expected."""
    params: dict[str, Any] = {k: _shown(v) for k, v in mistake.params.items()}
    lines: list[Text | Line] = [Text(mistake.key, params)]
    if mistake.key not in ("query.too_long", "query.too_many_terms", "query.only_negative"):
        lines += _pointing(typed, mistake.position)
    close = mistake.params.get("suggestion") or ", ".join(mistake.params.get("suggestions", ()))
    if close:
        lines.append(Text("query.suggestion", {"suggestion": close}))
    elif allowed := mistake.params.get("allowed"):
        lines.append(Text("query.expected", {"allowed": _shown(allowed)}))
    lines.append(Text("query.nothing_saved"))
    return Reply(tuple(lines))


@dataclass(frozen=True, slots=True)
class _Added:
    subscription: Subscription | None
    problem: Literal["limit", "duplicate"] | None = None


def _add(
    conn: Connection,
    address: str,
    identity: str,
    query: str,
    query_norm: str,
    *,
    language: str,
    now: float,
) -> _Added:
    chat = chats.ensure(conn, address, language=language, now=now)
    found = subscriptions.of_chat(conn, chat.id)
    # whoever asked for it: the chat would not be told twice
    if any(s.query_norm == query_norm for s in found):
        return _Added(None, "duplicate")
    if len(found) >= MOST:
        return _Added(None, "limit")
    added = subscriptions.add(
        conn,
        subscriber_id=subscribers.ensure(conn, identity, now),
        chat_id=chat.id,
        query=query,
        query_norm=query_norm,
        now=now,
    )
    return _Added(added)


def _of_chat(conn: Connection, address: str) -> list[Subscription]:
    chat = chats.by_address(conn, address)
    return subscriptions.of_chat(conn, chat.id) if chat else []


def _chosen(found: list[Subscription], wanted: str) -> Subscription | None:
    """By its number in /list, by the id that buttons carry, or by the query itself."""
    if wanted.isascii() and wanted.isdigit():
        number = int(wanted)
        return found[number - 1] if 1 <= number <= len(found) else None
    if wanted.startswith("id:"):
        return next((s for s in found if f"id:{s.id}" == wanted), None)
    try:
        norm = parse(wanted).norm
    except QueryError:
        norm = wanted
    return next((s for s in found if norm == s.query_norm or wanted == s.query), None)


def _backtest_lines(request: Request, tested: Backtest) -> list[Text | Line]:
    if not tested.days:
        return [Text("backtest.nothing_read")]
    if not tested.count:
        return [Text("backtest.none", n=tested.days), Text("backtest.if_silent")]
    rate = tested.per_day
    per_day = round(rate, 1) if rate < 10 else round(rate)
    days = Text("backtest.days", n=tested.days)
    lines: list[Text | Line] = [
        Text("backtest.count", {"days": days, "per_day": max(per_day, 0.1)}, n=tested.count)
    ]
    lines += [(Span("• "), *event_line(request, known)) for known in tested.examples]
    if rate > _MANY_A_DAY:
        lines.append(Text("backtest.many"))
    return lines


def _numbered(request: Request, found: list[Subscription]) -> list[Text | Line]:
    lines: list[Text | Line] = []
    brief = len(found) > _EXPLAINED
    for number, subscription in enumerate(found, 1):
        query = None if brief else _saved(subscription)
        shown = _short(subscription.query, _BRIEF) if brief else subscription.query
        line: Line = (Span(f"{number}. "), Span(shown, "code"))
        if query:
            line = (*line, Span(f" — {in_words(request.voice, query, subscription.query)}"))
        lines.append(line)
    return lines


def _saved(subscription: Subscription) -> Query | None:
    try:
        return saved(subscription.query_norm)
    except QueryError:
        # a place that the gazetteer no longer knows: it can still be shown and removed
        return None


def _line(request: Request, key: str, what: str) -> Line:
    """A sentence with « what » set apart."""
    before, _, after = request.voice.text(key, what="\0").partition("\0")
    return (Span(before), Span(what, "bold"), Span(after))


def _pointing(typed: str, position: int) -> list[Line]:
    """The query and a caret under the mistake, cut to what a phone shows in one line."""
    first = max(0, position - _AROUND) if len(typed) > 2 * _AROUND else 0
    shown = typed[first : first + 2 * _AROUND]
    cut = "…" if first else ""
    more = "…" if first + 2 * _AROUND < len(typed) else ""
    # unbreakable spaces: leading ordinary ones would be dropped on some phones
    blank = "\u00a0" * (min(position, len(typed)) - first + len(cut))
    return [(Span(f"{cut}{shown}{more}", "code"),), (Span(f"{blank}^", "code"),)]


def _shown(value: Any) -> Any:
    return ", ".join(map(str, value[:12])) if isinstance(value, list) else value


def _short(query: str, length: int) -> str:
    return query if len(query) <= length else query[: length - 1] + "…"


SUBSCRIBE = Command("subscribe", "everyone", "command.subscribe", subscribe, changes_chat=True)
UNSUBSCRIBE = Command(
    "unsubscribe", "everyone", "command.unsubscribe", unsubscribe, changes_chat=True
)
LIST = Command("list", "everyone", "command.list", listing)
