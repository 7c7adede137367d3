"""What the embedded engine promises of its file and its threads."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path

import pytest
from storage_samples import subscribe

from storage import leases, subscribers, subscriptions
from storage.database import Connection, Database, DatabaseError


def _files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


async def test_close_leaves_one_file_and_no_thread(tmp_path: Path) -> None:
    """The write-ahead log is brought home, so that the file alone can be copied."""
    database = await Database.open(f"sqlite:///{tmp_path}/a.db")
    await database.write(leases.take, "editor", "w", now=0.0, until=1.0)
    await database.read(subscriptions.count)
    await database.close()
    assert _files(tmp_path) == ["a.db"]
    assert [t.name for t in threading.enumerate() if t.name.startswith("store-")] == []


async def test_only_the_owner_may_read_the_file(tmp_path: Path) -> None:
    """It says who asked for what."""
    database = await Database.open(f"sqlite:///{tmp_path}/folder/a.db")
    await database.close()
    assert (tmp_path / "folder" / "a.db").stat().st_mode & 0o777 == 0o600


async def test_a_commit_outlives_a_power_cut(tmp_path: Path) -> None:
    """The writer waits for the disk, and what is erased is overwritten in the file."""

    def settings(conn: Connection) -> list[object]:
        asked = ("journal_mode", "synchronous", "secure_delete", "foreign_keys")
        return [next(iter(conn.all(f"pragma {name}")[0].values())) for name in asked]

    database = await Database.open(f"sqlite:///{tmp_path}/a.db")
    found = await database.write(settings)
    await database.close()
    assert found == ["wal", 2, 1, 1]


async def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    """One sentence with the path and the reason; the file stays as it is."""
    path = tmp_path / "notes.txt"
    path.write_text("not a database " * 100)
    with pytest.raises(DatabaseError) as refused:
        await Database.open(f"sqlite:///{path}")
    assert str(refused.value) == f"The database {path} cannot be used: file is not a database."
    assert path.read_text() == "not a database " * 100


async def test_a_folder_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    """A file stands where the folder should be."""
    (tmp_path / "data").write_text("")
    path = tmp_path / "data" / "sub" / "a.db"
    with pytest.raises(DatabaseError) as refused:
        await Database.open(f"sqlite:///{path}")
    assert str(refused.value) == f"The database {path} cannot be used: Not a directory."


async def test_the_file_no_longer_holds_a_forgotten_person(tmp_path: Path) -> None:
    """Erased rows are overwritten: neither address nor query can be read from the file."""
    path = tmp_path / "a.db"

    async def held() -> list[bool]:
        content = await asyncio.to_thread(path.read_bytes)
        return [text in content for text in (b"987654321", b"le-village-de-ma-mere")]

    database = await Database.open(f"sqlite:///{path}")
    await database.write(
        subscribe, "telegram:987654321", "telegram:987654321", "le-village-de-ma-mere"
    )
    await database.close()
    assert await held() == [True, True]
    database = await Database.open(f"sqlite:///{path}")
    await database.write(subscribers.forget, "telegram:987654321")
    await database.close()
    assert await held() == [False, False]


async def test_closing_twice_does_nothing_more(tmp_path: Path) -> None:
    """Whoever shares a database may close it."""
    database = await Database.open(f"sqlite:///{tmp_path}/a.db")
    await database.close()
    await database.close()
