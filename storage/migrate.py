"""Brings a database's schema up to date, however many processes start at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib.resources import files

import sqlite_utils

from storage.database import DatabaseError

#: the name under which `sqlite-utils migrate --list` shows them
MIGRATION_SET = "sahel-alerts"
#: AUTOINCREMENT, because a plain key would be given again after its row is erased
_SQLITE_ID = "integer primary key autoincrement"


def scripts() -> dict[str, str]:
    """Every migration by name, in the order in which they apply."""
    folder = files("storage") / "migrations"
    found = [entry for entry in folder.iterdir() if entry.name.endswith(".sql")]
    return {
        entry.name.removesuffix(".sql"): entry.read_text("utf-8")
        for entry in sorted(found, key=lambda entry: entry.name)
    }


def migrate(handle: sqlite_utils.Database, migrations: Mapping[str, str]) -> None:
    """Apply what is missing, all or nothing.

    Raises:
        DatabaseError: when the database knows a migration that we do not.
    """
    registered = sqlite_utils.Migrations(MIGRATION_SET)
    for name, sql in migrations.items():
        registered(name=name)(_runs(sql.replace("{id}", _SQLITE_ID)))
    # taken before looking, so that the second of two starters finds the work done
    handle.execute("begin immediate")
    try:
        newer = [m.name for m in registered.applied(handle) if m.name not in migrations]
        if newer:
            raise DatabaseError(
                f"The database was made by a newer version (it has {newer[-1]}): "
                "run that version, or restore a backup made before it."
            )
        registered.apply(handle)
    except BaseException:
        handle.rollback()
        raise
    handle.commit()


def _runs(sql: str) -> Callable[[sqlite_utils.Database], None]:
    def run(handle: sqlite_utils.Database) -> None:
        handle.executescript(sql)

    return run
