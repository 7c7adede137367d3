"""The embedded engine: one SQLite file, one thread that writes and two that read."""

from __future__ import annotations

import asyncio
import re
import sqlite3
import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue
from typing import Any, Concatenate, ParamSpec, TypeVar

import sqlite_utils

from storage.database import Connection, Database, DatabaseError, Row
from storage.migrate import migrate, scripts

P = ParamSpec("P")
T = TypeVar("T")

READERS = 2
#: seconds that one process waits for another's transaction before it is an error
_BUSY_TIMEOUT = 30.0
#: the first SQLite with RETURNING
_OLDEST_SQLITE = (3, 35, 0)
_PARAMETER = re.compile(r":(\w+)")


class SqliteConnection:
    """A `Connection` on a sqlite-utils handle."""

    def __init__(self, handle: sqlite_utils.Database):
        self._handle = handle

    def execute(self, sql: str, **params: Any) -> int:
        return self._run(sql, params).rowcount

    def all(self, sql: str, **params: Any) -> list[Row]:
        cursor = self._run(sql, params)
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor]

    def one(self, sql: str, **params: Any) -> Row | None:
        # every row is fetched: a `returning` left half read keeps its statement open
        rows = self.all(sql, **params)
        return rows[0] if rows else None

    def many(self, sql: str, rows: Iterable[Mapping[str, Any]]) -> int:
        return self._handle.conn.executemany(_fill(sql), rows).rowcount

    def _run(self, sql: str, params: dict[str, Any]) -> sqlite3.Cursor:
        lists = {name: v for name, v in params.items() if isinstance(v, list | tuple)}
        if lists:
            sql, params = _spread(sql, params, lists)
        return self._handle.execute(_fill(sql), params)


def _fill(sql: str) -> str:
    """The slots that differ between engines: SQLite has one writer, so nothing is locked."""
    return sql.replace("{skip_locked}", "")


def _spread(
    sql: str, params: dict[str, Any], lists: Mapping[str, list[Any] | tuple[Any, ...]]
) -> tuple[str, dict[str, Any]]:
    """`:ids` as `:ids_0, :ids_1`; an empty list as null, which `in` never equals."""
    flat = {name: value for name, value in params.items() if name not in lists}
    for name, values in lists.items():
        flat.update({f"{name}_{i}": value for i, value in enumerate(values)})

    def members(match: re.Match[str]) -> str:
        name = match[1]
        if name not in lists:
            return match[0]
        return ", ".join(f":{name}_{i}" for i in range(len(lists[name]))) or "null"

    return _PARAMETER.sub(members, sql), flat


class _Pool:
    """Threads that share as many connections; each is used by one thread at a time."""

    def __init__(self, handles: list[sqlite_utils.Database], *, begin: str, name: str):
        self._begin = begin
        self._handles = handles
        self._free: SimpleQueue[sqlite_utils.Database] = SimpleQueue()
        for handle in handles:
            self._free.put(handle)
        self._threads = ThreadPoolExecutor(len(handles), thread_name_prefix=name)

    async def run(self, fn: Callable[[Connection], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(
            self._threads, self._transaction, fn
        )

    def _transaction(self, fn: Callable[[Connection], T]) -> T:
        handle = self._free.get()
        try:
            handle.execute(self._begin)
            try:
                result = fn(SqliteConnection(handle))
                handle.commit()
            except BaseException:
                handle.rollback()
                raise
            return result
        finally:
            self._free.put(handle)

    def close(self, last_words: str | None = None) -> None:
        """Wait for what runs, then close. A second time does nothing."""
        self._threads.shutdown()
        while self._handles:
            handle = self._handles.pop()
            if last_words:
                handle.execute(last_words)
            handle.close()


class SqliteDatabase(Database):
    def __init__(self, writer: sqlite_utils.Database, readers: list[sqlite_utils.Database]):
        # immediate: a transaction that reads first and writes later would otherwise fail at once,
        # without waiting, when another process committed in between
        self._writer = _Pool([writer], begin="begin immediate", name="store-write")
        self._readers = _Pool(readers, begin="begin", name="store-read")

    @classmethod
    async def open(cls, url: str) -> SqliteDatabase:
        return await asyncio.to_thread(cls._open, file_of(url))

    @classmethod
    def _open(cls, path: Path) -> SqliteDatabase:
        if sqlite3.sqlite_version_info < _OLDEST_SQLITE:
            oldest = ".".join(map(str, _OLDEST_SQLITE))
            raise DatabaseError(
                f"SQLite {sqlite3.sqlite_version} is too old: expected {oldest} or newer."
            )
        handles: list[sqlite_utils.Database] = []
        try:
            _make_file(path)
            handles.append(_connect(path))
            _prepare_writer(handles[0])
            migrate(handles[0], scripts())
            for _ in range(READERS):
                handles.append(_connect(path))
                handles[-1].execute("pragma query_only = on")
        except BaseException as problem:
            for handle in handles:
                handle.close()
            if isinstance(problem, OSError | sqlite3.Error):
                reason = getattr(problem, "strerror", None) or problem
                raise DatabaseError(f"The database {path} cannot be used: {reason}.") from problem
            raise
        return cls(handles[0], handles[1:])

    async def write(
        self, fn: Callable[Concatenate[Connection, P], T], /, *args: P.args, **kwargs: P.kwargs
    ) -> T:
        return await self._writer.run(lambda conn: fn(conn, *args, **kwargs))

    async def read(
        self, fn: Callable[Concatenate[Connection, P], T], /, *args: P.args, **kwargs: P.kwargs
    ) -> T:
        return await self._readers.run(lambda conn: fn(conn, *args, **kwargs))

    async def close(self) -> None:
        await asyncio.to_thread(self._readers.close)
        # passive: it never waits for another process; the last one to leave empties the log
        await asyncio.to_thread(self._writer.close, "pragma wal_checkpoint(passive)")


def file_of(url: str) -> Path:
    """The file of a sqlite URL: three slashes are followed by a relative path, four are absolute.

    Raises:
        DatabaseError: when the URL names no file.
    """
    start = "sqlite:///"
    name = url.removeprefix(start)
    if not url.startswith(start) or not name or name == ":memory:" or name.endswith("/"):
        raise DatabaseError(
            f"The database URL {url!r} names no file: expected sqlite:///relative/path.db "
            "or sqlite:////absolute/path.db."
        )
    return Path(name)


def _make_file(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        # it will say who asked for what: nobody else on the machine needs to read that
        path.touch(mode=0o600)


def _connect(path: Path) -> sqlite_utils.Database:
    connection = sqlite3.connect(
        path,
        timeout=_BUSY_TIMEOUT,
        # opened here, used in a pool's threads, by one of them at a time
        check_same_thread=False,
    )
    handle = sqlite_utils.Database(connection, execute_plugins=False)
    handle.execute("pragma foreign_keys = on")
    return handle


def _prepare_writer(handle: sqlite_utils.Database) -> None:
    _enter_wal(handle)
    # what was committed outlives a power cut: with `normal`, which saves one sync a commit
    # (0.15 ms measured), a cut would bring back a forgotten person and repeat what was sent
    handle.execute("pragma synchronous = full")
    # what is erased for a person is overwritten in the file, not only unlinked
    handle.execute("pragma secure_delete = on")


def _enter_wal(handle: sqlite_utils.Database) -> None:
    """Readers and the writer stop waiting for each other. Kept in the file, so it is done once."""
    give_up = time.monotonic() + _BUSY_TIMEOUT
    while True:
        try:
            handle.execute("pragma journal_mode = wal")
            return
        except sqlite3.OperationalError as problem:
            # two first starters at once: SQLite refuses one of them without waiting
            if "locked" not in str(problem) or time.monotonic() > give_up:
                raise
            time.sleep(0.02)
