"""The schema comes up to date by itself: once, whole, and never backwards."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path

import pytest
import sqlite_utils
from storage_samples import Processes, together

from storage import deliveries, events
from storage.database import Database, DatabaseError
from storage.migrate import MIGRATION_SET, migrate, scripts


def _open_and_count(url: str) -> int:
    """In another process: open, count the tables, close."""

    async def run() -> int:
        together()
        database = await Database.open(url)
        row = await database.read(
            lambda conn: conn.one("select count(*) as n from sqlite_master where type = 'table'")
        )
        await database.close()
        assert row
        return int(row["n"])

    return asyncio.run(run())


def _handle(path: Path) -> sqlite_utils.Database:
    return sqlite_utils.Database(path, execute_plugins=False)


def test_processes_may_start_at_once(tmp_path: Path) -> None:
    """Three first starters make one schema; none of them fails."""
    url = f"sqlite:///{tmp_path}/data/a.db"
    tables = Processes(3).run(_open_and_count, (url,), (url,), (url,))
    assert tables == [tables[0]] * 3
    handle = _handle(tmp_path / "data" / "a.db")
    applied = sqlite_utils.Migrations(MIGRATION_SET).applied(handle)
    handle.close()
    assert [migration.name for migration in applied] == list(scripts())


async def test_an_up_to_date_database_is_opened_as_it_is(db: Database, database_url: str) -> None:
    """A second start changes nothing."""
    before = await db.read(lambda conn: conn.all("select * from _sqlite_migrations"))
    again = await Database.open(database_url)
    await again.close()
    assert await db.read(lambda conn: conn.all("select * from _sqlite_migrations")) == before


async def test_a_newer_database_is_refused(tmp_path: Path) -> None:
    """An older program would write rows that the newer schema does not expect."""
    url = f"sqlite:///{tmp_path}/a.db"
    await (await Database.open(url)).close()
    handle = _handle(tmp_path / "a.db")
    migrate(handle, {**scripts(), "9999_future": "create table future (id {id});"})
    handle.close()
    with pytest.raises(DatabaseError) as refused:
        await Database.open(url)
    assert str(refused.value) == (
        "The database was made by a newer version (it has 9999_future): "
        "run that version, or restore a backup made before it."
    )


async def test_what_an_older_database_knows_is_not_forgotten(tmp_path: Path) -> None:
    """Events and deliveries of the first schema are found by those who remember and send."""
    handle = _handle(tmp_path / "a.db")
    first = dict(list(scripts().items())[:1])
    migrate(handle, first)
    handle.executescript(
        """
        insert into events (ref, ref_stem, ref_nth, kind, revision, state, facts, words_norm,
                            first_seen_at, last_report_at, last_changed_at)
        values ('ML-2023-0917-a', 'ML-2023-0917', 1, 'attack', 1, 'open', '{}', '', 1, 1, 1);
        insert into chats (address, platform, language, created_at)
        values ('telegram:1', 'telegram', 'fr', 1);
        insert into alerts (event_id, revision, msg_type, facts, decided_at)
        values (1, 1, 'alert', '{}', 1);
        insert into deliveries (alert_id, event_id, chat_id, sender, action, why, priority, due_at)
        values (1, 1, 1, 'telegram', 'push', '{}', 0, 1);
        """
    )
    handle.close()
    database = await Database.open(f"sqlite:///{tmp_path}/a.db")
    (event,) = await database.read(events.changed, 0)
    assert (event.ref, event.told_by) == ("ML-2023-0917-a", event.id)
    (due,) = await database.write(deliveries.claim, "telegram", "w", now=5.0, limit=9, lease=15.0)
    assert (due.event_ref, due.action) == ("ML-2023-0917-a", "push")
    await database.close()


def test_a_migration_that_fails_leaves_the_database_as_it_was(tmp_path: Path) -> None:
    """All missing migrations apply or none: a half new schema never exists."""
    handle = _handle(tmp_path / "a.db")
    first = {"0001_a": "create table a (id {id});"}
    migrate(handle, first)
    broken = {**first, "0002_b": "create table b (id {id});", "0003_c": "create tabel c;"}
    with pytest.raises(sqlite3.OperationalError):
        migrate(handle, broken)
    names = handle.table_names()
    applied = [m.name for m in sqlite_utils.Migrations(MIGRATION_SET).applied(handle)]
    handle.close()
    assert sorted(name for name in names if not name.startswith(("_", "sqlite_"))) == ["a"]
    assert applied == ["0001_a"]


def test_an_id_is_never_given_twice(tmp_path: Path) -> None:
    """Whoever still holds an erased row's id must not hit a later row."""
    handle = _handle(tmp_path / "a.db")
    migrate(handle, {"0001_a": "create table a (id {id}, name text);"})
    handle.execute("insert into a (name) values ('x'), ('y')")
    handle.execute("delete from a where name = 'y'")
    handle.execute("insert into a (name) values ('z')")
    found = handle.execute("select id, name from a order by id").fetchall()
    handle.close()
    assert found == [(1, "x"), (3, "z")]
