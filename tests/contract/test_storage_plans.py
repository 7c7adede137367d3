"""The hot statements find their rows by index, however many rows there are (SQLite's plans)."""

from __future__ import annotations

import re

import pytest

from storage import deliveries, entries, feeds, notices
from storage.database import Connection, Database

STEP = re.compile(r"(SEARCH|SCAN) (\w+)(?: USING (?:COVERING )?INDEX (\w+))?")
#: any value will do
PARAMS = dict.fromkeys(("worker", "sender", "now", "until", "limit", "spacing", "spaced"), 1)
PARAMS |= dict.fromkeys(("feed_id", "urls", "prints", "titles", "dates"), 1)


def plan(conn: Connection, sql: str) -> list[str]:
    return [row["detail"] for row in conn.all(f"explain query plan {sql}", **PARAMS)]


async def test_a_claim_of_deliveries_walks_the_due_ones_in_order(db: Database) -> None:
    """It sorts nothing, so that it can stop after its limit, and asks an index of pending, of
    leased or of this event's deliveries about each chat: never for a chat's whole history."""
    steps = await db.read(plan, deliveries.CLAIM)
    assert [STEP.match(step).groups() for step in steps if STEP.match(step)] == [  # type: ignore[union-attr]
        ("SEARCH", "deliveries", None),
        ("SEARCH", "d", "deliveries_due"),
        ("SEARCH", "sending", "deliveries_sending"),
        ("SEARCH", "older", "deliveries_told"),
        ("SEARCH", "better", "deliveries_turn"),
        ("SEARCH", "older", "deliveries_told"),
    ]
    assert [step for step in steps if "TEMP B-TREE" in step] == []


async def test_a_claim_of_entries_walks_the_waiting_ones_in_order(db: Database) -> None:
    """What is done is never looked at again."""
    steps = await db.read(plan, entries.CLAIM)
    assert [step for step in steps if "SCAN" in step or "TEMP B-TREE" in step] == []
    assert "SEARCH entries USING INDEX entries_waiting (due_at<?)" in steps


async def test_a_claim_of_feeds_reads_the_due_ones_only(db: Database) -> None:
    """Ranking them by host sorts what is due, not every feed."""
    steps = await db.read(plan, feeds.CLAIM)
    assert [step for step in steps if "SCAN feeds" in step] == []
    assert "SEARCH feeds USING INDEX feeds_due (next_check_at<?)" in steps


async def test_a_feed_s_past_is_read_from_its_end(db: Database) -> None:
    """However many entries it has: no sorting of all of them, no walk through other feeds'."""
    last = await db.read(plan, entries.LAST)
    assert "SEARCH entries USING INDEX entries_feed (feed_id=?)" in last
    # what is sorted is what was found
    assert len([step for step in last if "TEMP B-TREE" in step]) == 1
    alike = await db.read(plan, entries.ALIKE)
    assert [step for step in alike if "SCAN entries" in step] == []
    assert any("entries_canonical (canonical_url=?)" in step for step in alike)
    assert any("entries_fingerprint (fingerprint=?)" in step for step in alike)


async def test_a_claim_of_letters_reads_the_waiting_ones_only(db: Database) -> None:
    """What was sent is never looked at again."""
    steps = await db.read(plan, notices.CLAIM)
    assert [step for step in steps if "SCAN" in step] == []
    assert "SEARCH due USING INDEX notice_letters_due (sender=? AND due_at<?)" in steps


@pytest.mark.parametrize(
    "table", ["deliveries", "subscriptions", "reports", "entries", "notice_letters"]
)
async def test_erasing_a_parent_finds_its_children_by_index(db: Database, table: str) -> None:
    """A foreign key without an index would make each erasing read the whole table."""

    def unindexed(conn: Connection) -> list[str]:
        found = []
        for key in conn.all(f"pragma foreign_key_list({table})"):
            column = key["from"]
            (step,) = plan(conn, f"select 1 from {table} where {column} = :now")  # noqa: S608
            if not step.startswith("SEARCH"):
                found.append(column)
        return found

    assert await db.read(unindexed) == []
