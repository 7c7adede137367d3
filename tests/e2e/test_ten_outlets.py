"""The promise, end to end: what ten outlets tell of one attack is one alert that keeps up.

An hour of feed time by a fast clock. The town and the group exist; outlets and news are invented.
"""

from __future__ import annotations

import asyncio
import re
import sqlite3
import time
from collections.abc import AsyncIterator, Iterable
from contextlib import closing
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from storage.deliveries import PUSH_SPACING
from tests.e2e.conftest import World, open_world
from tests.e2e.fast_clock import FastClock
from tests.e2e.service import Story

#: an hour of feed time in thirty seconds
SPEED = 120.0
MINUTE = 60.0
#: feed time within which a message leaves that may: twice the second between two nudges
NUDGE = 2 * SPEED
#: seconds of the wall within which something shows, on a machine that has other work too
SOON = 20.0

#: who is told, in whatever language and however they ask
TOLD = {
    71: ("fr", "niafunké"),
    72: ("en", "kind:attack country:ML"),
    73: ("fr", "near:niafunké,30km soldats"),
}
ELSEWHERE = {74: ("fr", "country:NE")}
#: who asks for it when everything has been said
LATE = {75: ("fr", "niafunké")}
MODERATOR = 900
#: to /start and /subscribe: the first two messages of every chat
ANSWERS = 2


@dataclass(frozen=True)
class Article:
    """What one outlet publishes so many minutes after the first."""

    minute: float
    outlet: str
    language: str
    title: str
    summary: str

    def story(self, published: float) -> Story:
        """`published`: seconds of feed time."""
        return Story(
            guid=f"{self.outlet}-1",
            title=self.title,
            summary=self.summary,
            link=f"http://{self.outlet}.example/niafunke",
            age=time.time() - published,
        )


#: five outlets and the agency that all of them credit: one origin, one toll, and once a suspicion
WIRE = (
    Article(
        0, "radio-issa-ber", "fr",
        "Mali : quatre soldats tués dans l’attaque du poste de Niafunké",
        "Des hommes armés ont attaqué lundi soir le poste militaire de Niafunké, dans la région "
        "de Tombouctou. Quatre soldats ont été tués, selon des habitants joints par téléphone "
        "(AFP).",
    ),
    Article(
        6, "courrier-du-delta", "fr",
        "Attaque à Niafunké : quatre militaires maliens ont péri",
        "Le poste militaire de Niafunké, au bord du fleuve, a été la cible d’un assaut lundi "
        "soir. Quatre militaires y ont perdu la vie, rapportent des habitants. (Avec AFP)",
    ),
    Article(
        12, "sahel-dispatch", "en",
        "Gunmen kill four soldiers at army post in Mali's Niafunke",
        "Suspected JNIM fighters stormed the army post in the river town of Niafunke in northern "
        "Mali late on Monday, killing four soldiers, residents told AFP.",
    ),
    Article(
        18, "echo-de-tombouctou", "fr",
        "Région de Tombouctou : quatre soldats tués dans l’attaque d’un poste",
        "Quatre soldats ont été tués lundi soir quand des assaillants à moto ont attaqué un "
        "poste militaire dans la région de Tombouctou, selon l’AFP.",
    ),
    Article(
        24, "studio-niger", "fr",
        "Niafunké : le poste de l’armée attaqué, quatre morts",
        "Quatre soldats maliens sont morts lundi soir dans l’attaque du poste de l’armée à "
        "Niafunké, dans le nord du Mali, ont raconté des habitants à l’AFP.",
    ),
)  # fmt: skip
#: the agency again: nothing is new but the toll
TWELVE = Article(
    36, "bamako-herald", "en",
    "Mali: death toll in Niafunke army post attack rises to 12",
    "The number of soldiers killed in Monday's attack on the army post in Niafunke, in Mali's "
    "Timbuktu region, has risen to 12, residents told AFP on Tuesday.",
)  # fmt: skip
#: reporters of their own, from which the event becomes reported and then confirmed; one still
#: has an older toll
OWN = (
    Article(
        41, "depeche-du-lac", "fr",
        "Mali : le bilan de l’attaque de Niafunké passe à douze soldats tués",
        "Douze soldats ont été tués lundi soir à Niafunké, dans la région de Tombouctou, lors "
        "de l’attaque de leur poste par des hommes armés, selon des habitants.",
    ),
    Article(
        46, "west-africa-bulletin", "en",
        "Five soldiers dead after attack in Mali's Timbuktu region",
        "Five soldiers died when gunmen attacked an army post in Mali's Timbuktu region on "
        "Monday, a security source said.",
    ),
    Article(
        52, "nouvelles-de-bamako", "fr",
        "Niafunké pleure ses soldats après l’attaque du poste militaire",
        "Au lendemain de l’attaque de lundi contre le poste militaire de Niafunké, qui a coûté "
        "la vie à douze soldats, les habitants ont rouvert le marché.",
    ),
    Article(
        58, "le-fleuve", "fr",
        "Attaque du poste de Niafunké : au moins douze soldats tués",
        "Au moins douze soldats maliens ont été tués lundi soir dans l’attaque du poste "
        "militaire de Niafunké, selon Reuters.",
    ),
)  # fmt: skip
OUTLETS = {article.outlet: article.language for article in (*WIRE, TWELVE, *OWN)}


@dataclass
class Hour:
    """The world under the fast clock; `began` is the feed time of the first article."""

    world: World
    clock: FastClock
    began: float = 0.0

    async def publish(self, article: Article) -> float:
        """At its minute, or now when that is over; the feed time at which it was done."""
        await self.clock.reach(self.began + article.minute * MINUTE)
        now = self.clock()
        self.world.feeds.publish(article.outlet, article.story(now))
        return now

    async def said(self, chat: int) -> list[dict[str, Any]]:
        """What the bot has said there beside the two answers."""
        return (await self.world.telegram.world.messages(chat))[ANSWERS:]

    async def wait_until_said(self, n: int, *, within: float = SOON) -> None:
        """Wait until every chat that is to be told has so many of them."""
        for chat in TOLD:
            await self.world.telegram.world.wait_for_messages(chat, ANSWERS + n, timeout=within)

    async def sounds(self, chat: int) -> list[float]:
        """The feed times at which the phone made a sound, beside the two answers."""
        assert not any(message["silent"] for message in await self.said(chat))
        calls = await self._calls("sendMessage", chat)
        return [self.clock.at(call["at"]) for call in calls][ANSWERS:]

    async def half_an_hour_after_the_last_sound(self) -> None:
        """Wait until every chat that is told may hear another, and would have if one waited."""
        last = max([(await self.sounds(chat))[-1] for chat in TOLD])
        await self.clock.reach(last + PUSH_SPACING + NUDGE)

    async def edits(self, chat: int) -> list[int]:
        """The messages that were edited, each as often as it was."""
        calls = await self._calls("editMessageText", chat)
        return [int(call["params"]["message_id"]) for call in calls]

    async def _calls(self, method: str, chat: int) -> list[dict[str, Any]]:
        calls = await self.world.telegram.world.requests(method)
        return [call for call in calls if int(call["params"]["chat_id"]) == chat]

    async def nothing_on_its_way(self) -> None:
        """Wait until the service has neither an article nor a message left to deal with."""
        async with asyncio.timeout(SOON):
            while True:
                health = await self.world.service.healthy()
                if not health["entries_waiting"] and not health["deliveries_waiting"]:
                    return
                await asyncio.sleep(0.1)


@pytest.fixture
async def hour(tmp_path: Path) -> AsyncIterator[Hour]:
    """Ten feeds that were all polled once, three chats to be told, one that follows Niger."""
    settings = {
        # of the clock: half a second and a second of the wall
        "POLL_INTERVAL_MIN": "60",
        "POLL_INTERVAL_MAX": "120",
        "MODERATORS": f"telegram:{MODERATOR}",
    }
    async with open_world(tmp_path, OUTLETS, **settings) as world:
        for outlet in OUTLETS:
            world.feeds.publish(outlet, _market_day(outlet))
        clock = FastClock(SPEED, time.time())
        await world.service.start(*clock.program)
        await world.service.healthy()
        await _all_polled(world)
        await world.telegram.world.add_user(MODERATOR, language_code="fr")
        await _subscribe(world, {**TOLD, **ELSEWHERE})
        yield Hour(world, clock, began=clock())


async def test_ten_outlets_are_one_alert_and_its_retraction_finds_all_who_were_told(
    hour: Hour,
) -> None:
    """One message, edited; a push for a toll that crosses a mark; a cancel for whoever had them.

    The agency's news is one message for as long as nothing material is new, longer than the half
    hour after which it might sound again. Twelve dead instead of four are a push, at once. What
    the next four outlets add, of which some is material, shows at once in that message and
    sounds once, half an hour later, in few words that answer that message.
    """
    for article in WIRE:
        await hour.publish(article)
    await hour.wait_until_said(1)
    await hour.half_an_hour_after_the_last_sound()
    first = {chat: await _only_message_edited(hour, chat) for chat in TOLD}

    published = await hour.publish(TWELVE)
    await hour.wait_until_said(2)
    second = {chat: await _push_for_the_toll(hour, chat, first[chat], published) for chat in TOLD}

    for article in OWN:
        await hour.publish(article)
    await hour.wait_until_said(3, within=PUSH_SPACING / SPEED + SOON)
    await hour.nothing_on_its_way()
    for chat in TOLD:
        await _sound_that_waited(hour, chat, second[chat])
    assert await _silent(hour, ELSEWHERE)

    await _subscribe(hour.world, LATE)
    await _retract(hour, _ref(first.values()))
    await hour.wait_until_said(4)
    await hour.nothing_on_its_way()
    for chat in TOLD:
        cancel = (await hour.said(chat))[3:]
        assert [message["text"][0] for message in cancel] == ["⛔"]
        assert _answers(cancel[0], second[chat])
    assert await _silent(hour, {**ELSEWHERE, **LATE})


async def _only_message_edited(hour: Hour, chat: int) -> dict[str, Any]:
    """Five outlets later there is still one message, and it says what they added."""
    messages = await hour.said(chat)
    assert len(messages) == 1, messages
    message = messages[0]
    assert 1 <= len(message["history"]) <= len(WIRE) - 1
    assert set(await hour.edits(chat)) == {message["message_id"]}
    assert "JNIM" in message["text"].upper()
    assert not re.search(r"\b12\b", message["text"])
    return message


async def _push_for_the_toll(
    hour: Hour, chat: int, first: dict[str, Any], published: float
) -> dict[str, Any]:
    """One new message, an answer to the first, within seconds of the wall."""
    messages = await hour.said(chat)
    assert len(messages) == 2, messages
    message = messages[1]
    assert _answers(message, first)
    assert re.search(r"\b12\b", message["text"])
    sounded = (await hour.sounds(chat))[1]
    assert published < sounded < published + SOON * SPEED
    return message


async def _sound_that_waited(hour: Hour, chat: int, second: dict[str, Any]) -> None:
    """The second message was edited meanwhile, the first was not; no push came early or twice."""
    messages = await hour.said(chat)
    assert len(messages) == 3, messages
    message = messages[2]
    assert _answers(message, second)
    shown = [old["text"] for old in messages[1]["history"]]
    assert 1 <= len(shown) <= len(OWN)
    edits = await hour.edits(chat)
    assert edits[-len(shown) :] == len(shown) * [second["message_id"]]
    assert len(edits) == len(shown) + len(messages[0]["history"])
    # what sounds was there to be read: it says what changed, and the other message all of it
    changes, *few = message["text"].splitlines()
    card = messages[1]["text"]
    assert changes == card.splitlines()[0]
    assert (len(few), "Niafunk" in few[0], few[-1]) == (3, True, card.splitlines()[-1])
    # every outlet is one of its sources: four by name, the others as a number
    assert re.search(r" · 6 (?:autres|others)\n", card)
    sounds = await hour.sounds(chat)
    assert len(sounds) == len(messages)
    assert all(later - one >= PUSH_SPACING for one, later in pairwise(sounds))


async def _silent(hour: Hour, chats: Iterable[int]) -> bool:
    """Whether these have heard and seen nothing but answers to what they said."""
    return not any([await hour.said(chat) or await hour.edits(chat) for chat in chats])


async def _retract(hour: Hour, ref: str) -> None:
    chat = hour.world.telegram.world
    await chat.say(MODERATOR, f"/retract {ref} confusion avec un exercice de tir")
    answer = (await chat.wait_for_messages(MODERATOR, 1, timeout=SOON))[0]["text"]
    assert ref in answer
    assert re.search(rf"^{len(TOLD)}\b", answer, re.MULTILINE)


def _ref(messages: Iterable[dict[str, Any]]) -> str:
    """The one reference at the bottom of all of them."""
    found: set[str] = {m["text"].splitlines()[-1].split()[-1] for m in messages}
    assert len(found) == 1
    return found.pop()


def _answers(message: dict[str, Any], other: dict[str, Any]) -> bool:
    answered = message.get("reply_to_message", {}).get("message_id")
    return bool(answered == other["message_id"])


async def _subscribe(world: World, people: dict[int, tuple[str, str]]) -> None:
    chat = world.telegram.world
    for person, (language, query) in people.items():
        await chat.add_user(person, language_code=language)
        await chat.say(person, "/start")
        await chat.wait_for_messages(person, 1, timeout=SOON)
        await chat.say(person, f"/subscribe {query}")
        await chat.wait_for_messages(person, ANSWERS, timeout=SOON)


async def _all_polled(world: World) -> None:
    """Wait until no feed has its quiet first poll before it any more."""
    path = world.service.env["DATABASE_URL"].removeprefix("sqlite:///")
    with closing(sqlite3.connect(path, timeout=10)) as conn:
        async with asyncio.timeout(SOON):
            while True:
                [(first,)] = conn.execute("select min(coalesce(last_success_at, 0)) from feeds")
                if first:
                    return
                await asyncio.sleep(0.05)


def _market_day(outlet: str) -> Story:
    return Story(
        guid=f"{outlet}-0",
        title="Niafunké : jour de marché au bord du fleuve",
        summary="Les pêcheurs de Niafunké saluent la crue.",
        link=f"http://{outlet}.example/marche",
    )
