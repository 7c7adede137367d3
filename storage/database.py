"""The one way to the database: a plain function, a connection and one transaction around them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

Row = Mapping[str, Any]
P = ParamSpec("P")
T = TypeVar("T")


class DatabaseError(Exception):
    """The database cannot be used at all; the message is one sentence for the operator."""


class StaleLease(Exception):
    """The work was claimed by somebody else meanwhile; raised to roll a transaction back."""


class Connection(Protocol):
    """What a storage function is given: SQL with `:name` parameters, inside a transaction.

    A list or tuple as a parameter stands for its members: `where id in (:ids)`.
    """

    def execute(self, sql: str, **params: Any) -> int:
        """Run one statement without rows; how many rows it touched."""
        ...

    def all(self, sql: str, **params: Any) -> list[Row]:
        """Every row of a select or a `returning`."""
        ...

    def one(self, sql: str, **params: Any) -> Row | None:
        """The first row, if any."""
        ...

    def many(self, sql: str, rows: Iterable[Mapping[str, Any]]) -> int:
        """Run one statement for each mapping of parameters; how many rows that touched."""
        ...


class Database(ABC):
    """Runs storage functions, each in one transaction, away from the event loop."""

    @classmethod
    async def open(cls, url: str) -> Database:
        """Open `url`, bringing its schema up to date; what is missing is made.

        Raises:
            DatabaseError: for a URL, a file or a schema that cannot be used.
        """
        scheme, separator, _ = url.partition("://")
        if separator and scheme == "sqlite":
            # here and not above: an engine is loaded when its URL asks for it, and needs us
            from storage.sqlite import SqliteDatabase

            return await SqliteDatabase.open(url)
        # only the scheme is repeated: the rest of a URL may hold a password
        found = f"the scheme {scheme!r}" if separator else "no scheme"
        raise DatabaseError(
            f"The database URL has {found}: expected sqlite:///relative/path.db "
            "or sqlite:////absolute/path.db."
        )

    @abstractmethod
    async def write(
        self, fn: Callable[Concatenate[Connection, P], T], /, *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """`fn(connection, *args, **kwargs)`: committed when it returns, rolled back if it raises.

        Cancelling the caller does not undo a transaction that has begun.
        """

    @abstractmethod
    async def read(
        self, fn: Callable[Concatenate[Connection, P], T], /, *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """The same for a function that only reads; it sees one moment of the database."""

    @abstractmethod
    async def close(self) -> None:
        """Let running functions end, then release every connection and thread."""
