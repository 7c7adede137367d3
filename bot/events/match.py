"""Which chats an alert goes to, and why."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from functools import lru_cache

import structlog

from bot.detect.gazetteer import Gazetteer
from bot.events.query import EventView, Match, Query, QueryError, saved
from storage.model import Action, Addressee, Subscription

log = structlog.get_logger()


@lru_cache(maxsize=20_000)
def _query(norm: str, places: Gazetteer) -> Query:
    return saved(norm, places)


def addressees(
    subscriptions: Sequence[Subscription],
    view: EventView,
    told: Collection[int],
    *,
    push: bool,
    places: Gazetteer,
) -> list[Addressee]:
    """One addressee per chat: those who were told of the event, and those whose query matches now.

    A chat that was told keeps following even when a correction takes the event out of its query,
    as long as it is subscribed to anything. A retracted event reaches nobody new, and all who were
    told: where nobody is subscribed any more, the message is set right without a sound.

    Args:
        subscriptions: of chats that are not paused, oldest first.
        told: ids of the chats that were told of the event before.
        push: whether those are to hear a sound, or only see the message edited.
        places: the gazetteer behind `place:` and `near:`.
    """
    found: dict[str, Match | None] = {}
    matching: dict[int, tuple[Subscription, Match]] = {}
    following: dict[int, Subscription] = {}
    for subscription in subscriptions:
        chat = subscription.chat_id
        if chat in told:
            following.setdefault(chat, subscription)
        if chat in matching:
            continue
        norm = subscription.query_norm
        if norm not in found:
            found[norm] = _match(norm, view, places)
        if (match := found[norm]) is not None:
            matching[chat] = subscription, match
    addressed = [
        Addressee(chat, _action(push), _why(*matching.get(chat, (subscription, None))))
        for chat, subscription in following.items()
    ]
    if view.facts.verification == "retracted":
        left = [chat for chat in sorted(told) if chat not in following]
        addressed.extend(Addressee(chat, "edit", NO_QUERY) for chat in left)
    else:
        addressed.extend(
            Addressee(chat, "push", _why(subscription, match))
            for chat, (subscription, match) in matching.items()
            if chat not in following
        )
    return addressed


#: for /why, of a chat that asks for nothing any more
NO_QUERY = json.dumps({"query": "", "words": []})


def _match(norm: str, view: EventView, places: Gazetteer) -> Match | None:
    try:
        return _query(norm, places).match(view)
    except QueryError as mistake:
        # a name it uses has left our tables; the query's words are nobody's business in a log
        log.warning("match.query_unreadable", key=mistake.key)
        return None


def _action(push: bool) -> Action:
    return "push" if push else "edit"


def _why(subscription: Subscription, match: Match | None) -> str:
    """For /why: the query as typed and what matched; no words for a chat that only follows."""
    words = list(match.words) if match else []
    return json.dumps({"query": subscription.query, "words": words}, ensure_ascii=False)
