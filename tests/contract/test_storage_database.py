"""One call is one transaction: committed whole, rolled back whole, read at one moment."""

from __future__ import annotations

import asyncio
import threading

import pytest

from storage.database import Connection, Database, StaleLease


def _put(conn: Connection, name: str) -> int:
    return conn.execute(
        "insert into leases (name, holder, until) values (:name, 'w', 1)", name=name
    )


def _names(conn: Connection) -> list[str]:
    return [row["name"] for row in conn.all("select name from leases order by name")]


async def test_what_a_write_function_did_is_seen_by_every_reader(db: Database) -> None:
    """A write is committed when it returns, and its result is the function's."""
    assert await db.write(_put, "a") == 1
    assert await db.read(_names) == ["a"]


@pytest.mark.parametrize("problem", [StaleLease("lost"), ValueError("bug"), KeyboardInterrupt()])
async def test_a_write_function_that_raises_leaves_nothing(
    db: Database, problem: BaseException
) -> None:
    """Whatever is raised reaches the caller, and nothing of the transaction stays."""

    def put_and_raise(conn: Connection) -> None:
        _put(conn, "a")
        raise problem

    with pytest.raises(type(problem)):
        await db.write(put_and_raise)
    await db.write(_put, "b")
    assert await db.read(_names) == ["b"]


async def test_a_read_function_cannot_write(db: Database) -> None:
    """A function given to `read` by mistake fails instead of writing outside the write thread."""
    with pytest.raises(Exception, match="readonly"):
        await db.read(_put, "a")
    assert await db.read(_names) == []


async def test_a_read_function_sees_one_moment(db: Database) -> None:
    """A write that ends between two selects of one read is not seen by the second."""
    looked, written = threading.Event(), threading.Event()

    def read_twice(conn: Connection) -> tuple[list[str], list[str]]:
        before = _names(conn)
        looked.set()
        assert written.wait(5)
        return before, _names(conn)

    reading = asyncio.create_task(db.read(read_twice))
    await asyncio.to_thread(looked.wait, 5)
    await db.write(_put, "a")
    written.set()
    assert await reading == ([], [])
    assert await db.read(_names) == ["a"]


async def test_two_reads_run_at_once_beside_a_write(db: Database) -> None:
    """Neither a long read nor a long write keeps another read waiting."""
    everybody = threading.Barrier(3, timeout=5)

    def meet(conn: Connection) -> int:
        everybody.wait()
        return len(_names(conn))

    counted = await asyncio.gather(db.read(meet), db.read(meet), db.write(meet))
    assert list(counted) == [0, 0, 0]


async def test_writes_of_two_processes_wait_for_each_other(
    db: Database, database_url: str
) -> None:
    """A second database object, as another process has one, never sees a write in the middle."""
    other = await Database.open(database_url)

    def count_up(conn: Connection) -> None:
        row = conn.one("select until from leases where name = 'n'")
        assert row
        conn.execute("update leases set until = :until where name = 'n'", until=row["until"] + 1)

    await db.write(_put, "n")
    await asyncio.gather(*(d.write(count_up) for d in (db, other) * 50))
    row = await db.read(lambda conn: conn.one("select until from leases"))
    await other.close()
    assert row == {"until": 101.0}


async def test_a_list_stands_for_its_members(db: Database) -> None:
    """`in (:names)` takes a list or tuple of any length; an empty one matches nothing."""
    for name in ("a", "b", "c"):
        await db.write(_put, name)

    def named(conn: Connection, names: list[str] | tuple[str, ...]) -> list[str]:
        rows = conn.all(
            "select name from leases where name in (:names) and until = :until order by name",
            names=names,
            until=1,
        )
        return [row["name"] for row in rows]

    assert await db.read(named, ["a", "c", "x"]) == ["a", "c"]
    assert await db.read(named, ("b",)) == ["b"]
    assert await db.read(named, []) == []


async def test_many_counts_what_it_touched(db: Database) -> None:
    """`many` runs its statement for each mapping, also of a generator, and adds up the rows."""

    def put_all(conn: Connection) -> int:
        return conn.many(
            "insert into leases (name, holder, until) values (:name, 'w', 1)"
            " on conflict (name) do nothing",
            ({"name": name} for name in "abca"),
        )

    assert await db.write(put_all) == 3
    assert await db.read(_names) == ["a", "b", "c"]


async def test_one_is_the_first_row_or_none(db: Database) -> None:
    """Also of a `returning` with several rows: all of its work is done."""
    for name in ("a", "b"):
        await db.write(_put, name)

    def clear(conn: Connection) -> object:
        return conn.one("delete from leases returning holder")

    assert await db.write(clear) == {"holder": "w"}
    assert await db.write(clear) is None


async def test_a_reference_to_nothing_is_refused(db: Database) -> None:
    """Foreign keys are enforced on the connection that writes."""

    def orphan(conn: Connection) -> None:
        conn.execute(
            "insert into reports (entry_id, ordinal, facts) values (:id, 0, '{}')", id=12345
        )

    with pytest.raises(Exception, match="FOREIGN KEY"):
        await db.write(orphan)


async def test_close_waits_for_the_write_in_flight(db: Database, database_url: str) -> None:
    """What was begun is committed; a database opened again has it."""
    other = await Database.open(database_url)
    writing = asyncio.create_task(other.write(_put, "a"))
    await asyncio.sleep(0)
    await other.close()
    assert await writing == 1
    assert await db.read(_names) == ["a"]
