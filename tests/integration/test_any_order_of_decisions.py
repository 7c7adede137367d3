"""Moderators' decisions in any order: undone, they leave everything as it was."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from editor_desk import Desk, detector, item, open_desk

from bot.events.announce import Announcer, Subscribers
from bot.events.facts import EventFacts
from bot.events.hand import First, Hand, Refusal, Ruled, articles
from storage import events, reports, rulings, subscribers
from storage.database import Connection
from storage.model import NewEntry

#: three attacks, the first told by three outlets, one of which tells the second as well
ARTICLES = (
    ("Écho du Soum", "Burkina Faso : embuscade contre l'armée près de Djibo",
     "Douze soldats ont été tués mardi 10 mars 2026 dans une embuscade près de Djibo."),
    ("La Dépêche", "Djibo : douze soldats tués dans une embuscade",
     "Une embuscade a fait douze morts dans l'armée mardi 10 mars 2026 près de Djibo."),
    ("Radio Nord", "Burkina Faso : deux attaques font dix-sept morts",
     "Douze soldats ont été tués mardi 10 mars 2026 dans une embuscade près de Djibo. Le même "
     "jour, cinq gendarmes ont été tués dans l'attaque de leur poste à Dori."),
    ("La Dépêche", "Dori : cinq gendarmes tués dans l'attaque de leur poste",
     "Cinq gendarmes ont été tués mardi 10 mars 2026 dans l'attaque de leur poste à Dori."),
    ("Écho du Soum", "Fada N'Gourma : trois bûcherons enlevés",
     "Des hommes armés ont enlevé trois bûcherons mardi 10 mars 2026 près de Fada N'Gourma."),
)  # fmt: skip
STEPS = 9
FORWARD = ("merge", "merge", "split", "split", "split", "retract", "correct")


def newspaper() -> list[tuple[str, NewEntry]]:
    return [
        (feed, item(title, lead, guid=str(n), url=f"https://{n}.example/{n}"))
        for n, (feed, title, lead) in enumerate(ARTICLES)
    ]


def seen(conn: Connection) -> dict[int, Any]:
    """By event that is told: its state, what a reader sees of it, and which reports tell it."""
    found = events.recent(conn, since=0, limit=100, alerted_only=False)
    return {
        event.id: (
            event.state,
            # who tells it is compared by the reports, where the order cannot matter
            replace(EventFacts.load(event.facts), sources=(), languages=(), evidence=(),
                    confidence=0.0),
            {(row.entry_id, row.ordinal, row.event_id, row.ruled_at)
             for row in reports.of_event(conn, event.id)},
        )
        for event in found
        if event.state != "merged"
    }  # fmt: skip


def outbox(conn: Connection) -> tuple[list[Any], list[Any]]:
    rows = conn.all("select id, alert_id, chat_id, state, action from deliveries order by id")
    return [dict(row) for row in rows], rulings.latest(conn, 100)


def hand(conn: Connection, now: float) -> Hand:
    moderator = subscribers.ensure(conn, "console:900", now)
    return Hand(Announcer(conn, Subscribers(), detector().gazetteer, now), moderator)


def something(
    chance: random.Random, conn: Connection, now: float, kinds: Sequence[str]
) -> Ruled | Refusal | First:
    """A decision that a moderator could take now, whether it makes sense or not."""
    told = [e for e in events.recent(conn, since=0, limit=100, alerted_only=False)
            if e.state != "merged"]  # fmt: skip
    mine = hand(conn, now)
    event = chance.choice(sorted(told, key=lambda e: e.id))
    made = rulings.latest(conn, 100)
    kind = chance.choice(kinds)
    if kind == "merge":
        return mine.merge(event, chance.choice(sorted(told, key=lambda e: e.id)))
    if kind == "split":
        listed = articles(reports.of_event(conn, event.id))
        return mine.split(event, {n for n in range(1, len(listed) + 1) if chance.random() < 0.5})
    if kind == "retract":
        return mine.retract(event, "démenti par la mairie")
    if kind == "undo" and made:
        return mine.undo(chance.choice(made))
    return mine.correct(event, {"killed": chance.randint(1, 40)})


async def take(
    desk: Desk, chance: random.Random, kinds: Sequence[str] = (*FORWARD, "undo", "undo")
) -> Ruled | Refusal | First:
    """Take it, and see that what was refused changed nothing."""

    def work(conn: Connection) -> Ruled | Refusal | First:
        before = seen(conn), outbox(conn)
        ruled = something(chance, conn, desk.now, kinds)
        if not isinstance(ruled, Ruled):
            assert (seen(conn), outbox(conn)) == before, ruled
        return ruled

    desk.now += 60
    return await desk.db.write(work)


async def undo(desk: Desk, number: int) -> Ruled | Refusal | First:
    def work(conn: Connection) -> Ruled | Refusal | First:
        ruling = rulings.by_id(conn, number)
        assert ruling is not None
        return hand(conn, desk.now).undo(ruling)

    desk.now += 60
    return await desk.db.write(work)


async def in_force(desk: Desk) -> list[int]:
    """The newest first."""
    return [r.id for r in await desk.db.read(rulings.later, 0)]


async def open_news(desk: Desk) -> None:
    for feed, entry in newspaper():
        await desk.read(feed, entry)
    assert len(await desk.events()) == 3
    await desk.send()


@pytest.mark.parametrize("seed", range(6))
async def test_undone_backwards_each_step_is_as_if_it_had_not_been(
    tmp_path: Path, seed: int
) -> None:
    """After every single one, down to the reports' places."""
    chance = random.Random(seed)
    async with open_desk(tmp_path) as desk:
        await open_news(desk)
        stack: list[tuple[int, dict[int, Any]]] = []
        for _ in range(STEPS):
            before = await desk.db.read(seen)
            ruled = await take(desk, chance, FORWARD)
            if isinstance(ruled, Ruled):
                stack.append((ruled.ruling_id, before))
            await desk.send()
        while stack:
            number, before = stack.pop()
            assert isinstance(await undo(desk, number), Ruled)
            assert await desk.db.read(seen) == before


@pytest.mark.parametrize("seed", range(6))
async def test_undone_in_any_order_nothing_is_left(tmp_path: Path, seed: int) -> None:
    """Some are refused until another one is undone; in the end all are as the articles say."""
    chance = random.Random(1000 + seed)
    async with open_desk(tmp_path) as desk:
        await open_news(desk)
        untouched = await desk.db.read(seen)
        for _ in range(STEPS):
            await take(desk, chance)
            await desk.send()
        while numbers := await in_force(desk):
            number = chance.choice(numbers)
            ruled = await undo(desk, number)
            if isinstance(ruled, First):
                assert ruled.ruling.id in numbers, "what is to be undone first can be"
                assert ruled.ruling.id > number
            else:
                assert isinstance(ruled, Ruled)
        assert await desk.db.read(seen) == untouched
