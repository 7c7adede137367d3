"""Which chats hear of an event, how loudly, and what /why will say."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from bot.detect.gazetteer import Gazetteer
from bot.detect.report import Place
from bot.events.facts import EventFacts
from bot.events.match import addressees
from bot.events.query import EventView
from storage.model import Addressee, Subscription

FACTS = EventFacts(
    kind="attack", type="ambush", place=Place("Djibo", "BF", None, 14.1, -1.63, 1),
    countries=("BF",),
)  # fmt: skip
VIEW = EventView.of(FACTS, "embuscade pres de djibo")


@pytest.fixture(scope="module")
def places() -> Gazetteer:
    return Gazetteer.load()


def asks(id_: int, chat: int, query: str) -> Subscription:
    return Subscription(id_, 1, chat, query.upper(), query, 0.0)


def why(query: str, words: list[str]) -> str:
    return json.dumps({"query": query, "words": words}, ensure_ascii=False)


def test_one_addressee_per_chat(places: Gazetteer) -> None:
    """A chat with three matching queries hears once, for the oldest of them."""
    asked = [asks(1, 7, "mali"), asks(2, 7, "djibo"), asks(3, 7, "kind:attack"), asks(4, 8, "gao")]
    assert addressees(asked, VIEW, (), push=True, places=places) == [
        Addressee(7, "push", why("DJIBO", ["djibo"]))
    ]


@pytest.mark.parametrize(("push", "action"), [(True, "push"), (False, "edit")])
def test_who_was_told_follows_and_who_matches_now_is_alerted(
    push: bool, action: str, places: Gazetteer
) -> None:
    """Chats told before get the update even out of their query; a new match is always a push."""
    asked = [asks(1, 7, "gao"), asks(2, 8, "djibo")]
    assert addressees(asked, VIEW, {7}, push=push, places=places) == [
        Addressee(7, action, why("GAO", [])),  # type: ignore[arg-type]
        Addressee(8, "push", why("DJIBO", ["djibo"])),
    ]


def test_who_has_left_hears_nothing(places: Gazetteer) -> None:
    """A chat without any subscription does not follow what it was told of."""
    assert addressees([asks(1, 8, "gao")], VIEW, {7}, push=True, places=places) == []


def test_a_retraction_reaches_only_those_who_were_told(places: Gazetteer) -> None:
    """Nobody is alerted of what did not happen."""
    view = EventView.of(replace(FACTS, verification="retracted"), VIEW.words_norm)
    asked = [asks(1, 7, "djibo"), asks(2, 8, "djibo")]
    assert [a.chat_id for a in addressees(asked, view, {7}, push=True, places=places)] == [7]


def test_a_query_that_is_no_longer_understood_matches_nothing(places: Gazetteer) -> None:
    """A place that left the gazetteer must not stop everybody else's alerts."""
    asked = [asks(1, 7, "place:atlantis"), asks(2, 8, "djibo")]
    assert [a.chat_id for a in addressees(asked, VIEW, (), push=True, places=places)] == [8]
