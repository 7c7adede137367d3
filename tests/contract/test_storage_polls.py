"""Saving a poll: entries, validators and the next check together, and only by who holds it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from storage_samples import LEASE, T0, new_entry, seed

from storage import entries, feeds, habits, polls
from storage.database import Connection, Database
from storage.model import Entry, Feed, Learned, NewEntry, PollResult, SavedPoll

DAY = 86400.0


async def make_feed(db: Database) -> Feed:
    return await db.write(feeds.add, seed(), T0)


async def save(
    db: Database, feed: Feed, result: PollResult, *, now: float = T0, worker: str = "w"
) -> SavedPoll:
    """Claim the feed and save what its poll brought."""

    def claim_and_save(conn: Connection) -> SavedPoll:
        feeds.check_now(conn, feed.id, now)
        feeds.claim(conn, worker, now=now, limit=9, lease=LEASE, host_spacing=0)
        return polls.save(conn, feed.id, worker, result, now=now, alert_max_age=2 * DAY)

    return await db.write(claim_and_save)


def changed(*found: NewEntry, next_check_at: float = T0 + 60) -> PollResult:
    return PollResult(
        "changed", next_check_at, entries=found, etag="e1", last_modified="m1", body_hash="h1"
    )


async def waiting(db: Database, *, now: float = T0) -> list[Entry]:
    """Everything that the editor would get, its leases given back."""

    def look(conn: Connection) -> list[Entry]:
        return entries.claim(conn, "look", now=now, limit=99, lease=0)

    return await db.write(look)


async def test_a_poll_saves_entries_validators_and_the_next_check(db: Database) -> None:
    """All that it learned is there afterwards, and the lease is given back."""
    feed = await make_feed(db)
    saved = await save(db, feed, changed(new_entry("1"), new_entry("2")), now=T0 + 5)
    assert saved == SavedPoll(new=2, changed=0, stale=False)
    after = await db.read(feeds.by_id, feed.id)
    assert after
    assert (after.etag, after.last_modified, after.body_hash) == ("e1", "m1", "h1")
    assert after.next_check_at == T0 + 60
    assert after.first_success_at == after.last_success_at == after.last_new_at == T0 + 5
    assert [entry.title for entry in await waiting(db, now=T0 + 5)] == ["Titre first"] * 2
    assert await db.read(feeds.next_due_at) == T0 + 60


async def test_entries_of_the_first_successful_poll_are_quiet(db: Database) -> None:
    """They prime the store; what comes later may alert. A failed poll is not the first."""
    feed = await make_feed(db)
    await save(db, feed, PollResult("failed", T0 + 1, error="timeout"))
    await save(db, feed, changed(new_entry("1"), new_entry("2", published_at=None)), now=T0 + 1)
    await save(db, feed, changed(new_entry("1"), new_entry("3")), now=T0 + 2)
    assert [(e.guid, e.quiet) for e in await waiting(db, now=T0 + 2)] == [
        ("1", "first_poll"),
        ("2", "first_poll"),
        ("3", None),
    ]


async def test_an_empty_first_poll_primes_too(db: Database) -> None:
    """The next entry is news."""
    feed = await make_feed(db)
    await save(db, feed, changed())
    await save(db, feed, changed(new_entry("1")), now=T0 + 1)
    assert [e.quiet for e in await waiting(db, now=T0 + 1)] == [None]


async def test_an_unchanged_answer_does_not_prime(db: Database) -> None:
    """Only a body shows what is already old."""
    feed = await make_feed(db)
    await save(db, feed, PollResult("not_modified", T0 + 1))
    await save(db, feed, changed(new_entry("1")), now=T0 + 1)
    assert [e.quiet for e in await waiting(db, now=T0 + 1)] == ["first_poll"]


async def test_old_entries_are_quiet(db: Database) -> None:
    """Those published before the greatest age; no date counts as now."""
    feed = await make_feed(db)
    await save(db, feed, changed())
    found = [
        new_entry("old", published_at=T0 - 2 * DAY - 1),
        new_entry("edge", published_at=T0 - 2 * DAY),
        new_entry("undated", published_at=None),
    ]
    await save(db, feed, changed(*found))
    assert [(e.guid, e.quiet) for e in await waiting(db)] == [
        ("old", "old"),
        ("edge", None),
        ("undated", None),
    ]


async def test_a_known_entry_is_saved_once(db: Database) -> None:
    """A poll that shows it again changes nothing, also after the editor is done with it."""
    feed = await make_feed(db)
    await save(db, feed, changed(new_entry("1")))
    (entry,) = await waiting(db)
    assert await db.write(entries.done, entry.id, "look", T0)
    assert await save(db, feed, changed(new_entry("1")), now=T0 + 9) == SavedPoll()
    assert await waiting(db, now=T0 + 9) == []
    after = await db.read(feeds.by_id, feed.id)
    assert after
    assert (after.last_new_at, after.last_success_at) == (T0, T0 + 9)


async def test_the_same_identity_in_two_feeds_is_two_entries(db: Database) -> None:
    """Feeds number their items independently."""
    one = await make_feed(db)
    two = await db.write(feeds.add, seed("b"), T0)
    await save(db, one, changed(new_entry("1")))
    assert await save(db, two, changed(new_entry("1"))) == SavedPoll(new=1)


async def test_a_correction_waits_for_the_editor_again(db: Database) -> None:
    """Same identity, other content: the new text, one more revision, quiet as before."""
    feed = await make_feed(db)
    await save(db, feed, changed())
    await save(db, feed, changed(new_entry("1")))
    (before,) = await waiting(db)
    await db.write(entries.done, before.id, "look", T0)
    saved = await save(db, feed, changed(new_entry("1", content="second")), now=T0 + 9)
    assert saved == SavedPoll(changed=1)
    (after,) = await waiting(db, now=T0 + 9)
    assert (after.id, after.revision, after.title) == (before.id, 2, "Titre second")
    assert (after.first_seen_at, after.quiet, after.attempts) == (T0, None, 1)


async def test_a_correction_of_a_quiet_entry_stays_quiet(db: Database) -> None:
    """What nobody was told needs no correction told."""
    feed = await make_feed(db)
    await save(db, feed, changed(new_entry("1")))
    await save(db, feed, changed(new_entry("1", content="second")))
    assert [(e.revision, e.quiet) for e in await waiting(db)] == [(2, "first_poll")]


async def test_a_correction_takes_a_dead_entry_up_again(db: Database) -> None:
    """Perhaps the text was what broke the editor."""
    feed = await make_feed(db)
    await save(db, feed, changed(new_entry("1")))
    (entry,) = await waiting(db)
    await db.write(entries.failed, entry.id, "look", "bug", retry_at=T0, dead=True, now=T0)
    await save(db, feed, changed(new_entry("1", content="second")))
    assert [e.revision for e in await waiting(db)] == [2]


async def test_an_unchanged_feed_keeps_its_validators(db: Database) -> None:
    """A newer validator replaces the old one, none leaves it."""
    feed = await make_feed(db)
    await save(db, feed, changed(new_entry("1")))
    await save(db, feed, PollResult("not_modified", T0 + 120, etag="e2"), now=T0 + 60)
    await save(db, feed, PollResult("not_modified", T0 + 120), now=T0 + 60)
    after = await db.read(feeds.by_id, feed.id)
    assert after
    assert (after.etag, after.last_modified, after.body_hash) == ("e2", "m1", "h1")
    assert (after.last_success_at, after.last_new_at) == (T0 + 60, T0)
    assert after.next_check_at == T0 + 120


async def test_a_changed_feed_without_validators_forgets_the_old_ones(db: Database) -> None:
    """They belong to a body that is no longer served."""
    feed = await make_feed(db)
    await save(db, feed, changed(new_entry("1")))
    await save(db, feed, PollResult("changed", T0 + 120, body_hash="h2"), now=T0 + 60)
    after = await db.read(feeds.by_id, feed.id)
    assert after
    assert (after.etag, after.last_modified, after.body_hash) == (None, None, "h2")


async def test_failures_are_counted_until_a_success(db: Database) -> None:
    """The error is kept for people to see; validators and the last success are not touched."""
    feed = await make_feed(db)
    await save(db, feed, changed(new_entry("1")))
    for i in (1, 2):
        await save(db, feed, PollResult("failed", T0 + 60 * i, error=f"HTTP 50{i}"), now=T0 + i)
    failing = await db.read(feeds.by_id, feed.id)
    assert failing
    assert (failing.error_count, failing.last_error) == (2, "HTTP 502")
    assert (failing.etag, failing.last_success_at) == ("e1", T0)
    await save(db, feed, PollResult("not_modified", T0 + 300), now=T0 + 200)
    well = await db.read(feeds.by_id, feed.id)
    assert well
    assert (well.error_count, well.last_error, well.last_success_at) == (0, None, T0 + 200)


async def test_what_the_new_entries_teach_is_saved_with_them(db: Database) -> None:
    """Their dates alone are told, not those of known and corrected ones; what is made of them is
    kept until more is learned, and says when to look again."""
    feed = await make_feed(db)
    told: list[list[float | None]] = []

    def learn(dates: Sequence[float | None]) -> Learned:
        told.append(list(dates))
        return Learned(f"rhythm {len(told)}", T0 + 1000 * len(told))

    async def look(*found: NewEntry, now: float) -> tuple[str | None, float]:
        await save(db, feed, replace(changed(*found), learn=learn), now=now)
        after = await db.read(feeds.by_id, feed.id)
        assert after
        return after.rhythm, after.next_check_at

    old, undated = new_entry("1", published_at=T0 - 5), new_entry("2", published_at=None)
    assert await look(old, undated, now=T0) == ("rhythm 1", T0 + 1000)
    corrected = new_entry("1", content="second", published_at=T0 - 5)
    assert await look(corrected, now=T0 + 1) == ("rhythm 1", T0 + 60)
    later = new_entry("3", published_at=T0 + 99)
    assert await look(later, corrected, now=T0 + 2) == ("rhythm 2", T0 + 2000)
    assert told == [[T0 - 5, None], [T0 + 99]]
    for status in ("not_modified", "failed"):
        await save(db, feed, PollResult(status, T0 + 3000), now=T0 + 3)
        kept = await db.read(feeds.by_id, feed.id)
        assert kept
        assert (kept.rhythm, kept.next_check_at) == ("rhythm 2", T0 + 3000)


async def test_a_stale_worker_saves_nothing(db: Database) -> None:
    """Its lease expired and somebody else polls the feed: neither entries nor validators stay."""
    feed = await make_feed(db)

    async def claim(worker: str, now: float) -> None:
        await db.write(feeds.claim, worker, now=now, limit=1, lease=LEASE, host_spacing=0.0)

    await claim("slow", T0)
    await claim("next", T0 + LEASE)
    before = await db.read(feeds.by_id, feed.id)
    saved = await db.write(
        polls.save,
        feed.id,
        "slow",
        replace(changed(new_entry("1")), learn=lambda _: Learned("known", T0 + 9)),
        now=T0 + LEASE + 1,
        alert_max_age=DAY,
    )
    assert saved == SavedPoll(stale=True)
    assert await db.read(feeds.by_id, feed.id) == before
    assert await db.read(entries.waiting) == 0


async def test_a_poll_is_saved_once(db: Database) -> None:
    """Saving gives the lease back, so that a second save is stale."""
    feed = await make_feed(db)
    await save(db, feed, changed())
    again = await db.write(
        polls.save, feed.id, "w", changed(new_entry()), now=T0, alert_max_age=DAY
    )
    assert again == SavedPoll(stale=True)


async def test_a_feed_removed_during_its_poll_saves_nothing(db: Database) -> None:
    """The moderator's word came first."""
    feed = await make_feed(db)
    await db.write(feeds.claim, "w", now=T0, limit=1, lease=LEASE, host_spacing=0.0)
    await db.write(feeds.remove, feed.id, T0)
    saved = await db.write(
        polls.save, feed.id, "w", changed(new_entry()), now=T0, alert_max_age=DAY
    )
    assert saved == SavedPoll(stale=True)


async def test_a_crash_in_the_middle_of_saving_leaves_nothing(db: Database) -> None:
    """A validator is never ahead of its entries: the poll can be made again."""
    feed = await make_feed(db)

    def crash(conn: Connection) -> None:
        feeds.claim(conn, "w", now=T0, limit=1, lease=LEASE, host_spacing=0.0)
        polls.save(conn, feed.id, "w", changed(new_entry()), now=T0, alert_max_age=DAY)
        raise RuntimeError("crash")

    with pytest.raises(RuntimeError):
        await db.write(crash)
    assert await db.read(feeds.by_id, feed.id) == feed
    assert await db.read(entries.waiting) == 0


async def test_feeds_that_answered_together_are_saved_together(db: Database) -> None:
    """Each by its own lease: one that was lost is stale, the others keep their news."""
    mine, lost = [await db.write(feeds.add, seed(name), T0) for name in ("a", "b")]

    def claim_both(conn: Connection) -> None:
        feeds.claim(conn, "w", now=T0, limit=9, lease=LEASE, host_spacing=0)
        feeds.claim(conn, "other", now=T0 + LEASE, limit=1, lease=LEASE, host_spacing=0)

    await db.write(claim_both)
    first = min((mine, lost), key=lambda feed: feed.id)
    polled = [(mine.id, changed(new_entry("1"))), (lost.id, changed(new_entry("2")))]
    saved = await db.write(polls.save_all, "w", polled, now=T0 + LEASE, alert_max_age=DAY)
    stale = [outcome.stale for outcome in saved]
    assert stale == [first is mine, first is lost]
    assert len(await waiting(db, now=T0 + LEASE)) == 1


async def test_feeds_to_poll_are_known_also_while_somebody_polls_them(db: Database) -> None:
    """A round that must not forget one waits for those too; paused and removed ones never."""
    held, paused, removed, later = [
        await db.write(feeds.add, seed(name), T0) for name in ("a", "b", "c", "d")
    ]
    await db.write(feeds.pause, paused.id, T0)
    await db.write(feeds.remove, removed.id, T0)
    await save(db, later, changed(next_check_at=T0 + 60))
    await db.write(feeds.claim, "w", now=T0, limit=9, lease=LEASE, host_spacing=0)
    assert await db.read(feeds.due, T0) == {held.id}
    assert await db.read(feeds.due, T0 + 60) == {held.id, later.id}


def article(number: int, **changes: object) -> NewEntry:
    """Published half an hour before T0."""
    entry = new_entry(f"g{number}", content=f"{number}", published_at=T0 - 1800 - number)
    entry = replace(entry, title=f"Le marché numéro {number} de Ménaka a rouvert")
    return replace(entry, **changes)  # type: ignore[arg-type]


def moved(number: int, **changes: object) -> NewEntry:
    """The same article at its site's new address."""
    name, url = f"n{number}", f"https://neu.example/{number}"
    entry = replace(article(number), identity=name, guid=name, url=url, canonical_url=url)
    return replace(entry, **changes)  # type: ignore[arg-type]


async def rows(db: Database) -> list[tuple[str, str, int, str | None]]:
    def look(conn: Connection) -> list[tuple[str, str, int, str | None]]:
        found = conn.all("select identity, url, revision, quiet from entries order by id")
        return [(r["identity"], r["url"], r["revision"], r["quiet"]) for r in found]

    return await db.read(look)


async def done(db: Database, now: float) -> None:
    """The editor has seen all that there is."""
    await db.write(lambda conn: conn.execute("update entries set done_at = :now", now=now))


async def test_a_rebuilt_feed_tells_nothing_again(db: Database) -> None:
    """Every entry takes its new name and address; only what is new waits for the editor, and the
    old ones can still be corrected, under the quietness that they had."""
    feed = await make_feed(db)
    await save(db, feed, changed(*(article(n) for n in range(10))))
    await save(db, feed, changed(*(article(n) for n in range(20))), now=T0 + 60)
    await done(db, T0 + 90)
    fresh = article(99, title="Une attaque fait neuf morts à Léré", published_at=T0 + 100)
    saved = await save(db, feed, changed(*(moved(n) for n in range(20)), fresh), now=T0 + 120)
    assert saved == SavedPoll(new=1, renamed=20)
    assert [e.guid for e in await waiting(db, now=T0 + 120)] == ["g99"]
    assert await rows(db) == [
        *[(f"n{n}", f"https://neu.example/{n}", 1, "first_poll") for n in range(10)],
        *[(f"n{n}", f"https://neu.example/{n}", 1, None) for n in range(10, 20)],
        ("g99", "https://a.example/g99", 1, None),
    ]
    await done(db, T0 + 150)
    corrected = moved(12, title="Le marché de Ménaka : douze morts", content_hash="12 morts")
    assert await save(db, feed, changed(corrected), now=T0 + 180) == SavedPoll(changed=1)
    assert [(e.guid, e.quiet) for e in await waiting(db, now=T0 + 180)] == [("n12", None)]


async def test_a_text_cut_otherwise_is_no_correction_of_a_rebuilt_feed(db: Database) -> None:
    """Thirty summaries of another length are not thirty corrections; one alone is one."""
    feed = await make_feed(db)
    await save(db, feed, changed(*(article(n) for n in range(12))))
    await done(db, T0 + 30)
    cut = [moved(n, summary="Court", content_hash=f"court {n}") for n in range(12)]
    assert await save(db, feed, changed(*cut), now=T0 + 60) == SavedPoll(renamed=12)
    assert await waiting(db, now=T0 + 60) == []
    told_more = moved(3, identity="x3", content_hash="long")
    shown = [told_more, *(entry for n, entry in enumerate(cut) if n != 3)]
    assert await save(db, feed, changed(*shown), now=T0 + 120) == SavedPoll(changed=1, renamed=1)
    assert [e.url for e in await waiting(db, now=T0 + 120)] == ["https://neu.example/3"]


async def test_one_guid_may_change_too(db: Database) -> None:
    """Of one item in a feed that stays as it is, its title set in other quotes."""
    feed = await make_feed(db)
    await save(db, feed, changed(article(1, title="L'armée rouvre la route de Ménaka")))
    await done(db, T0)
    again = article(1, identity="x", title="L’armée rouvre la route de Ménaka", published_at=None)
    assert await save(db, feed, changed(again), now=T0 + 60) == SavedPoll(renamed=1)


async def test_an_archive_of_any_age_is_known_again(db: Database) -> None:
    """Deeper than the last entries that are looked through for every new item."""
    feed = await make_feed(db)
    await save(db, feed, changed(*(article(n) for n in range(12))))
    for batch in range(1, 4):
        many = [article(1000 * batch + n, published_at=T0 + batch) for n in range(100)]
        await save(db, feed, changed(*many), now=T0 + 60 * batch)
    await done(db, T0 + 250)
    again = [moved(n, published_at=T0 + 300 + n) for n in range(12)]
    again = [replace(e, fingerprint=article(n).fingerprint) for n, e in enumerate(again)]
    assert await save(db, feed, changed(*again), now=T0 + 400) == SavedPoll(renamed=12)
    assert await waiting(db, now=T0 + 400) == []


async def test_an_archive_that_was_never_seen_is_quiet(db: Database) -> None:
    """A dozen items at once that are all older than the last look."""
    feed = await make_feed(db)
    await save(db, feed, changed(article(1)))
    await done(db, T0)
    archive = [article(100 + n, published_at=T0 - 20 * 3600) for n in range(12)]
    await save(db, feed, changed(article(1), *archive), now=T0 + 60)
    assert {e.quiet for e in await waiting(db, now=T0 + 60)} == {"archive"}


async def test_another_feed_s_past_is_no_evidence(db: Database) -> None:
    """The same article in two feeds is two entries: the second source counts."""
    feed = await make_feed(db)
    other = await db.write(feeds.add, seed("b"), T0)
    await save(db, feed, changed(*(article(n) for n in range(12))))
    await save(db, other, changed(article(50)))
    saved = await save(db, other, changed(*(moved(n) for n in range(12))), now=T0 + 60)
    assert saved == SavedPoll(new=12)


async def test_a_feed_added_again_is_primed_again(db: Database) -> None:
    """Its first poll after that recognises nothing and alerts nobody."""
    feed = await make_feed(db)
    await save(db, feed, changed(article(1)))
    await db.write(feeds.remove, feed.id, T0)
    await db.write(feeds.add, seed(), T0)
    assert await save(db, feed, changed(moved(1)), now=T0 + 60) == SavedPoll(new=1)


async def test_failures_and_empty_answers_are_timed(db: Database) -> None:
    """From the first in a row; a 304 says nothing of what is in the feed, an item ends both."""
    feed = await make_feed(db)
    states = []
    for step, result in enumerate(
        [
            changed(new_entry("1")),
            PollResult("failed", T0, error="x"),
            PollResult("failed", T0, error="x"),
            PollResult("not_modified", T0),
            changed(),
            PollResult("failed", T0, error="x"),
            PollResult("not_modified", T0),
            changed(),
            changed(new_entry("1")),
        ]
    ):
        await save(db, feed, result, now=T0 + step)
        after = await db.read(feeds.by_id, feed.id)
        assert after
        states.append((after.failed_since, after.empty_since))
    assert [tuple(at and at - T0 for at in pair) for pair in states] == [
        (None, None), (1, None), (1, None), (None, None), (None, 4), (5, 4), (None, 4), (None, 4),
        (None, None),
    ]  # fmt: skip


async def test_a_feed_was_heard_when_its_news_came(db: Database) -> None:
    """Of an archive, the newest date counts, never one in the future; then the moment it came."""
    feed = await make_feed(db)

    async def heard_at(*found: NewEntry, now: float) -> float | None:
        await save(db, feed, changed(*found), now=now)
        after = await db.read(feeds.by_id, feed.id)
        assert after
        return after.heard_at

    archive = [new_entry(str(n), published_at=T0 - n * DAY) for n in (40, 30, 35)]
    assert await heard_at(*archive, now=T0) == T0 - 30 * DAY
    # a correction is no news
    assert await heard_at(new_entry("40", content="other"), now=T0 + 60) == T0 - 30 * DAY
    assert await heard_at(new_entry("x", published_at=T0 - DAY), now=T0 + 120) == T0 + 120
    other = await db.write(feeds.add, seed("b"), T0)
    await save(db, other, changed(new_entry("y", published_at=T0 + 9 * DAY)), now=T0 + 5)
    after = await db.read(feeds.by_id, other.id)
    assert after and after.heard_at == T0 + 5


async def test_resuming_and_adding_again_begin_afresh(db: Database) -> None:
    """What was failing before somebody stepped in is no longer held against the feed."""
    feed = await make_feed(db)
    await save(db, feed, PollResult("failed", T0, error="x"))
    await db.write(feeds.pause, feed.id, T0)
    await db.write(feeds.resume, feed.id, T0 + 5)
    after = await db.read(feeds.by_id, feed.id)
    assert after and (after.failed_since, after.error_count) == (None, 1)
    await save(db, feed, changed(new_entry("1")), now=T0 + 6)
    await db.write(habits.keep, feed.id, usual_gap=5.0, silent_after=9.0, now=T0 + 6)
    await db.write(feeds.remove, feed.id, T0 + 7)
    again = await make_feed(db)
    assert (again.heard_at, again.usual_gap, again.silent_after) == (None, None, None)


async def test_habits_are_worked_out_in_turn(db: Database) -> None:
    """Of feeds that answered and are polled, the oldest first; unknown leaves what was known."""
    first, second = await make_feed(db), await db.write(feeds.add, seed("b"), T0)
    assert await db.read(habits.due, T0 + 9, 5) == []
    for feed in (first, second):
        await save(db, feed, changed(new_entry("1", published_at=T0 - DAY), new_entry("2")))
    assert await db.read(habits.due, T0 + 9, 1) == [first.id]
    await db.write(habits.keep, first.id, usual_gap=5.0, silent_after=9.0, now=T0 + 5)
    assert await db.read(habits.due, T0 + 9, 5) == [second.id, first.id]
    assert await db.read(habits.due, T0 + 5, 5) == [second.id]
    await db.write(habits.keep, first.id, usual_gap=None, silent_after=None, now=T0 + 6)
    after = await db.read(feeds.by_id, first.id)
    assert after and (after.usual_gap, after.silent_after) == (5.0, 9.0)
    await db.write(feeds.pause, second.id, T0)
    assert await db.read(habits.due, T0 + 5, 5) == []
    moments = await db.read(habits.moments, first.id, T0, 9)
    assert sorted(moments) == [T0 - DAY, T0]
    assert len(await db.read(habits.moments, first.id, T0, 1)) == 1
    assert await db.read(habits.moments, first.id, T0 + 1, 9) == []
