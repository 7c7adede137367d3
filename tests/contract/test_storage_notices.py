"""A trouble is told once to each moderator, its end once, whatever crashes between."""

from __future__ import annotations

import json
from typing import Any

import pytest
from storage_samples import T0, chat

from storage import chats, notices
from storage.database import Connection, Database
from storage.notices import Letter

LEASE = 60.0
AWA, BINTA = "telegram:1", "telegram:2"


async def tell(db: Database, subject: str = "feed:1", *, now: float = T0, **how: Any) -> bool:
    return await db.write(notices.tell, "feed", subject, {"name": "É"}, now, **how)


async def address(db: Database, *to: str, now: float = T0) -> int:
    return await db.write(notices.address, to or (AWA,), now)


async def claim(db: Database, *, now: float = T0, worker: str = "w") -> list[Letter]:
    return await db.write(notices.claim, "telegram", worker, now=now, lease=LEASE)


async def send(db: Database, *, now: float = T0) -> list[tuple[str, str, str]]:
    """Everything that is due, sent: to whom, about what."""
    told = []
    while letters := await claim(db, now=now):
        assert await db.write(notices.sent, ids(letters), "w", now) == len(letters)
        told += [(letter.address, letter.subject, letter.about) for letter in letters]
    return told


def ids(letters: list[Letter]) -> list[int]:
    return [letter.id for letter in letters]


async def end(db: Database, *, now: float, quietly: bool = False) -> bool:
    return await db.write(notices.end, "feed", "feed:1", now, quietly=quietly)


async def test_a_trouble_is_open_once(db: Database) -> None:
    """Telling it again changes nothing until it is over; another kind or subject is another."""
    assert await tell(db) is True
    assert await tell(db, now=T0 + 9) is False
    assert await tell(db, "feed:2") is True
    assert await db.write(notices.tell, "retired", "feed:1", {}, T0) is True
    [first, *_] = await db.read(notices.opened)
    assert (first.subject, json.loads(first.params), first.opened_at) == (
        "feed:1", {"name": "É"}, T0,
    )  # fmt: skip
    assert await end(db, now=T0 + 10) is True
    assert await end(db, now=T0 + 11) is False
    assert [n.kind for n in await db.read(notices.opened)] == ["feed", "retired"]
    assert [n.ended_at for n in await db.read(notices.ended, T0 + 10)] == [T0 + 10]
    assert await db.read(notices.ended, T0 + 11) == []
    assert await tell(db, now=T0 + 12) is True


async def test_every_moderator_hears_of_it_once_and_of_its_end_once(db: Database) -> None:
    """Addressing again writes nothing again; who comes later hears of what is still open."""
    await tell(db)
    assert await address(db, AWA, BINTA) == 2
    assert await address(db, AWA, BINTA) == 0
    assert await send(db) == [(AWA, "feed:1", "begun"), (BINTA, "feed:1", "begun")]
    assert await address(db, AWA, BINTA, "telegram:3", now=T0 + 9) == 1
    await send(db, now=T0 + 9)
    await end(db, now=T0 + 4000)
    assert await address(db, AWA, "telegram:4", now=T0 + 4000) == 1
    assert await send(db, now=T0 + 4000) == [(AWA, "feed:1", "over")]
    assert await address(db, AWA, now=T0 + 5000) == 0


async def test_a_quiet_end_is_told_to_nobody(db: Database) -> None:
    """A source that a moderator paused."""
    await tell(db)
    await address(db)
    await send(db)
    await end(db, now=T0 + 4000, quietly=True)
    assert await address(db, now=T0 + 4000) == 0


async def test_what_is_over_before_it_was_told_is_one_word(db: Database) -> None:
    """The outage took our own way to the platform too: the end alone tells of it."""
    await tell(db)
    await address(db)
    letters = await claim(db)
    await db.write(
        notices.retry, ids(letters), "w", due_at=T0 + 5, error="down", count_attempt=False
    )
    await end(db, now=T0 + 4000)
    assert await address(db, now=T0 + 4000) == 1
    assert await send(db, now=T0 + 4000) == [(AWA, "feed:1", "over")]


async def test_what_may_have_arrived_is_told_to_its_end(db: Database) -> None:
    """An attempt was made and nobody knows: the beginning is sent again, then the end."""
    await tell(db)
    await address(db)
    await claim(db)
    await end(db, now=T0 + LEASE + 1)
    await address(db, now=T0 + LEASE + 1)
    assert await send(db, now=T0 + LEASE + 1) == [(AWA, "feed:1", "begun")]
    assert await address(db, now=T0 + LEASE + 1) == 1


async def test_a_claim_takes_all_that_waits_for_one_moderator(db: Database) -> None:
    """Also what is not due yet; what came shortly after a message waits its spacing."""
    await tell(db, spacing=300.0)
    await address(db)
    await send(db)
    await tell(db, "feed:2", now=T0 + 10, spacing=3600.0)
    await address(db, now=T0 + 10)
    assert await send(db, now=T0 + 3599) == []
    assert not await db.read(notices.due, "telegram", T0 + 3599)
    await tell(db, "feed:3", now=T0 + 100, spacing=300.0)
    await address(db, now=T0 + 100)
    assert await send(db, now=T0 + 299) == []
    assert await db.read(notices.due, "telegram", T0 + 300)
    letters = await claim(db, now=T0 + 300)
    assert [letter.subject for letter in letters] == ["feed:2", "feed:3"]


async def test_a_claim_is_for_one_worker_and_one_platform(db: Database) -> None:
    """Until the lease runs out; a stale worker settles nothing."""
    await tell(db)
    await address(db, AWA, "console:0")
    letters = await claim(db)
    assert [letter.address for letter in letters] == [AWA]
    assert await claim(db, now=T0 + LEASE - 1) == []
    again = await claim(db, now=T0 + LEASE, worker="other")
    assert ids(again) == ids(letters)
    assert again[0].attempts == 2
    assert await db.write(notices.sent, ids(letters), "w", T0 + LEASE) == 0
    assert await db.write(notices.dead, ids(letters), "w", "x") == 0
    assert await db.write(notices.sent, ids(again), "other", T0 + LEASE) == 1
    assert await claim(db, now=T0 + 3 * LEASE) == []


@pytest.mark.parametrize(("counts", "attempts"), [(True, 2), (False, 1)])
async def test_a_retry_is_due_later(db: Database, counts: bool, attempts: int) -> None:
    """An attempt that was not the letter's fault is not held against it."""
    await tell(db)
    await address(db)
    letters = await claim(db)
    await db.write(
        notices.retry, ids(letters), "w", due_at=T0 + 50, error="e", count_attempt=counts
    )
    assert await claim(db, now=T0 + 49) == []
    [letter] = await claim(db, now=T0 + 50)
    assert letter.attempts == attempts


@pytest.mark.parametrize("known", [True, False])
async def test_who_blocked_us_is_left_alone_until_somebody_speaks(
    db: Database, known: bool
) -> None:
    """Also a moderator who never wrote to us; then what is still open is told."""
    if known:
        await db.write(chat, AWA)
    await tell(db)
    await address(db)
    letters = await claim(db)
    assert letters[0].language == ("fr" if known else None)
    await db.write(notices.gone, ids(letters), "w", AWA, "blocked", language="en", now=T0)
    row = await db.read(chats.by_address, AWA)
    assert row and (row.paused_at, row.pause_reason) == (T0, "blocked")
    await tell(db, "feed:2")
    assert await address(db) == 0
    await db.write(chat, AWA)
    assert await address(db, now=T0 + 60) == 2
    told = await send(db, now=T0 + 60)
    assert told == [(AWA, "feed:1", "begun"), (AWA, "feed:2", "begun")]


async def test_a_dead_letter_has_no_end(db: Database) -> None:
    """Who could not be told of the trouble is not told that it is over."""
    await tell(db)
    await address(db)
    letters = await claim(db)
    assert await db.write(notices.dead, ids(letters), "w", "refused") == 1
    await end(db, now=T0 + 70)
    assert await address(db, now=T0 + 70) == 0


async def test_who_said_stop_is_not_sent_what_waits(db: Database) -> None:
    """And hears of it after all if it is still so when the chat speaks again."""
    row = await db.write(chat, AWA)
    await tell(db)
    await address(db)
    await db.write(chats.pause, row.id, "stopped", T0)
    assert await address(db) == 0
    assert await send(db) == []
    await db.write(chat, AWA)
    assert await address(db) == 1


async def test_a_letter_knows_the_language_of_its_chat(db: Database) -> None:
    """What the moderator chose, as of now."""
    row = await db.write(chat, AWA)
    await tell(db)
    await address(db)
    await db.write(chats.set_language, row.id, "en")
    [letter] = await claim(db)
    assert letter.language == "en"


async def test_what_ended_long_ago_is_erased(db: Database) -> None:
    """With its letters; what is open stays."""
    await tell(db)
    await tell(db, "feed:2")
    await address(db)
    await end(db, now=T0 + 5)
    await db.write(notices.forget_old, T0 + 6)

    def left(conn: Connection) -> list[int]:
        return [
            len(conn.all("select id from notices")),
            len(conn.all("select id from notice_letters")),
        ]

    assert await db.read(left) == [1, 1]
