"""Turns rows into the records of model.py, and into numbers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from functools import cache
from typing import Any, TypeVar

from storage.database import Connection, Row

T = TypeVar("T")


def record(cls: Callable[..., T], row: Row, **converted: Any) -> T:
    """A record from the columns of the same names; `converted` are those that differ."""
    return cls(**{n: converted[n] if n in converted else row[n] for n in _names(cls)})


def only(row: Row | None) -> Row:
    """The row of a statement that has exactly one.

    Raises:
        LookupError: when what it names does not exist.
    """
    if row is None:
        raise LookupError("the row to work on does not exist")
    return row


def number(conn: Connection, sql: str, **params: Any) -> int:
    """The one number that a select computes."""
    (value,) = only(conn.one(sql, **params)).values()
    return int(value)


@cache
def _names(cls: Any) -> tuple[str, ...]:
    return tuple(field.name for field in fields(cls))
