"""Events: named once, revised in place, found by window and by what people quote."""

from __future__ import annotations

import pytest
from storage_samples import T0, event

from storage import alerts, events
from storage.database import Database
from storage.model import Event


async def revise(db: Database, event_id: int, *, last_report_at: float, now: float) -> int:
    return await db.write(
        events.revise,
        event_id,
        facts="new",
        words_norm="new words",
        country="NE",
        happened_from=None,
        happened_to=T0,
        last_report_at=last_report_at,
        now=now,
    )


async def test_a_new_event_is_open_and_alerted_nobody(db: Database) -> None:
    """Revision 1, with everything it was made with."""
    made = await db.write(event)
    assert made == Event(
        id=made.id,
        ref="ML-2023-0917-a",
        kind="attack",
        revision=1,
        state="open",
        facts="{}",
        words_norm="attaque gao",
        country="ML",
        happened_from=T0 - 3600,
        happened_to=T0,
        first_seen_at=T0,
        last_report_at=T0,
        last_changed_at=T0,
        alerted_at=None,
        stamp=1,
    )
    assert await db.read(events.by_id, made.id) == made
    assert await db.read(events.by_ref, "ML-2023-0917-a") == made


async def test_letters_go_on_after_z(db: Database) -> None:
    """a to z, then aa: a day may have more than 26 events."""
    refs = [(await db.write(event)).ref for _ in range(54)]
    letters = [ref.removeprefix("ML-2023-0917-") for ref in refs]
    assert letters[:3] == ["a", "b", "c"]
    assert letters[25:28] == ["z", "aa", "ab"]
    assert letters[51:54] == ["az", "ba", "bb"]


async def test_each_country_and_day_counts_its_own(db: Database) -> None:
    """An event without a country is XX."""
    made = [
        await db.write(event, country=country, day=day)
        for country, day in [
            ("ML", "2023-09-17"),
            ("NE", "2023-09-17"),
            ("ML", "2023-09-18"),
            (None, "2023-09-17"),
            ("ML", "2023-09-17"),
        ]
    ]
    assert [e.ref for e in made] == [
        "ML-2023-0917-a",
        "NE-2023-0917-a",
        "ML-2023-0918-a",
        "XX-2023-0917-a",
        "ML-2023-0917-b",
    ]
    assert [e.country for e in made] == ["ML", "NE", "ML", None, "ML"]


async def test_a_revision_keeps_the_name(db: Database) -> None:
    """People have quoted the ref, so that it stays although the country was wrong."""
    made = await db.write(event)
    assert await revise(db, made.id, last_report_at=T0 + 5, now=T0 + 9) == 2
    assert await revise(db, made.id, last_report_at=T0 + 3, now=T0 + 10) == 3
    after = await db.read(events.by_id, made.id)
    assert after
    assert (after.ref, after.country, after.facts) == ("ML-2023-0917-a", "NE", "new")
    assert (after.words_norm, after.happened_from, after.happened_to) == ("new words", None, T0)
    assert (after.first_seen_at, after.last_report_at, after.last_changed_at) == (
        T0,
        T0 + 5,
        T0 + 10,
    )


async def test_what_does_not_exist_is_not_revised(db: Database) -> None:
    """It would be a bug."""
    with pytest.raises(LookupError):
        await revise(db, 12345, last_report_at=T0, now=T0)
    assert await db.read(events.by_id, 12345) is None
    assert await db.read(events.by_ref, "ML-2023-0917-a") is None


async def test_a_report_that_adds_nothing_keeps_the_event_alive(db: Database) -> None:
    """It changes no revision, and an older report does not turn the clock back."""
    made = await db.write(event)
    await db.write(events.touch, made.id, T0 + 60)
    await db.write(events.touch, made.id, T0 + 30)
    after = await db.read(events.by_id, made.id)
    assert after
    assert (after.last_report_at, after.last_changed_at, after.revision) == (T0 + 60, T0, 1)


async def test_the_first_alert_is_remembered(db: Database) -> None:
    """Later ones do not change when people first heard."""
    made = await db.write(event)
    await db.write(events.mark_alerted, made.id, T0 + 1)
    await db.write(events.mark_alerted, made.id, T0 + 9)
    after = await db.read(events.by_id, made.id)
    assert after
    assert after.alerted_at == T0 + 1


async def changes(db: Database, stamp: int) -> tuple[list[int], int]:
    """Ids of the events that changed since, and the stamp to ask with next time."""
    found = await db.read(events.changed, stamp)
    return [e.id for e in found], max((e.stamp for e in found), default=stamp)


async def test_every_change_is_found_once(db: Database) -> None:
    """By its stamp: whoever remembers events reads only what is new."""
    one, two = await db.write(event), await db.write(event)
    found, stamp = await changes(db, 0)
    assert found == [one.id, two.id]
    assert await changes(db, stamp) == ([], stamp)
    await db.write(events.touch, one.id, T0 - 5)
    await db.write(events.close, one.id, "open")
    await db.write(events.close_silent, "attack", before=T0 - 5)
    assert await changes(db, stamp) == ([], stamp)
    await db.write(events.touch, one.id, T0 + 5)
    found, stamp = await changes(db, stamp)
    assert found == [one.id]
    await revise(db, two.id, last_report_at=T0, now=T0)
    found, stamp = await changes(db, stamp)
    assert found == [two.id]
    await db.write(events.close_silent, "attack", before=T0 + 1)
    found, stamp = await changes(db, stamp)
    assert found == [two.id]
    await db.write(events.complete, one.id, "more")
    found, stamp = await changes(db, stamp)
    assert found == [one.id]


async def test_merged_events_are_told_by_the_last_of_them(db: Database) -> None:
    """a into b into c: c tells all three; b alone again takes a with it."""
    a, b, c = [(await db.write(event)).id for _ in range(3)]

    async def state(event_id: int) -> tuple[str, int | None, int]:
        found = await db.read(events.by_id, event_id)
        assert found
        return found.state, found.merged_into, found.told_by

    await db.write(events.merge, a, b, T0)
    assert await state(a) == ("merged", b, b)
    _, stamp = await changes(db, 0)
    await db.write(events.merge, b, c, T0)
    assert [await state(e) for e in (a, b, c)] == [
        ("merged", b, c), ("merged", c, c), ("open", None, c),
    ]  # fmt: skip
    assert sorted((await changes(db, stamp))[0]) == [a, b]
    await db.write(events.unmerge, b, T0)
    assert [await state(e) for e in (a, b)] == [("merged", b, b), ("open", None, b)]
    await db.write(events.unmerge, a, T0)
    assert await state(a) == ("open", None, a)


async def test_series_that_meet_become_one(db: Database) -> None:
    """A report that links an attack of each of two series links them all."""
    made = [(await db.write(event)).id for _ in range(5)]
    assert await db.write(events.join_campaign, made[:2]) == made[:2]
    assert await db.write(events.join_campaign, made[2:4]) == made[2:4]
    assert await db.write(events.join_campaign, [made[1], made[3]]) == made[:4]
    alone = await db.read(events.by_id, made[4])
    assert alone and alone.campaign_id is None
    await db.write(events.close, made[2], "cancelled")
    found = await db.read(events.of_campaign, made[0])
    assert [e.id for e in found] == [made[0], made[1], made[3]]


async def test_recent_events_come_by_their_last_change(db: Database) -> None:
    """Only those that people could have been told of, unless all are asked for."""
    first, second, quiet, old = [
        await db.write(event, at=at) for at in (T0, T0 + 1, T0 + 2, T0 - 100)
    ]
    for told in (first, second, old):
        await db.write(events.mark_alerted, told.id, T0)
    await revise(db, first.id, last_report_at=T0, now=T0 + 5)

    async def recent(limit: int, alerted_only: bool) -> list[int]:
        found = await db.read(events.recent, since=T0, limit=limit, alerted_only=alerted_only)
        return [e.id for e in found]

    assert await recent(9, True) == [first.id, second.id]
    assert await recent(1, True) == [first.id]
    assert await recent(9, False) == [first.id, quiet.id, second.id]


async def test_events_are_counted_from_when_they_were_first_seen(db: Database) -> None:
    """A revision does not make an old event new."""
    old = await db.write(event, at=T0 - 1)
    await db.write(event, at=T0)
    await db.write(event, at=T0 + 1)
    await revise(db, old.id, last_report_at=T0 + 5, now=T0 + 5)
    assert await db.read(events.count_since, T0) == 2
    assert await db.read(events.count_since, 0.0) == 3


async def test_a_decision_is_made_once_for_a_revision(db: Database) -> None:
    """Deciding again gives the same alert, as it was decided first."""
    made = await db.write(event)

    async def decide(revision: int, facts: str) -> int:
        return await db.write(
            alerts.decide,
            event_id=made.id,
            revision=revision,
            msg_type="alert" if revision == 1 else "update",
            facts=facts,
            now=T0,
        )

    first = await decide(1, "one")
    second = await decide(2, "two")
    assert await decide(1, "other") == first
    kept = await db.read(
        lambda conn: conn.all("select id, revision, msg_type, facts from alerts order by id")
    )
    assert kept == [
        {"id": first, "revision": 1, "msg_type": "alert", "facts": "one"},
        {"id": second, "revision": 2, "msg_type": "update", "facts": "two"},
    ]


async def test_silence_closes_open_events(db: Database) -> None:
    """Of the kind that was asked for, and no cancelled one; it may be opened again."""
    quiet, false, live = [await db.write(event, at=T0 + i) for i in range(3)]
    await db.write(events.close, false.id, "cancelled")
    assert await db.write(events.close_silent, "alliance", before=T0 + 9) == 0
    assert await db.write(events.close_silent, "attack", before=T0 + 2) == 1

    async def states() -> list[str]:
        found = [await db.read(events.by_id, e.id) for e in (quiet, false, live)]
        return [e.state for e in found if e]

    assert await states() == ["closed", "cancelled", "open"]
    await db.write(events.close, quiet.id, "open")
    assert await states() == ["open", "cancelled", "open"]
