"""Which file a database URL names, and what is said of one that names none."""

from __future__ import annotations

from pathlib import Path

import pytest

from storage.database import Database, DatabaseError
from storage.sqlite import file_of


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("sqlite:///data/alerts.db", Path("data/alerts.db")),
        ("sqlite:///alerts.db", Path("alerts.db")),
        ("sqlite:////data/alerts.db", Path("/data/alerts.db")),
        ("sqlite:///./a folder/é%20.db", Path("a folder/é%20.db")),
    ],
)
def test_three_slashes_are_relative_and_four_absolute(url: str, path: Path) -> None:
    """As SQLAlchemy reads them: nothing in the path is decoded."""
    assert file_of(url) == path


@pytest.mark.parametrize(
    "url",
    ["sqlite:///", "sqlite://", "sqlite://alerts.db", "sqlite:///:memory:", "sqlite:///data/"],
)
async def test_a_url_without_a_file_is_refused(url: str) -> None:
    """What is remembered must outlive the process, so that a file is always needed."""
    with pytest.raises(DatabaseError) as refused:
        await Database.open(url)
    assert str(refused.value) == (
        f"The database URL {url!r} names no file: expected sqlite:///relative/path.db "
        "or sqlite:////absolute/path.db."
    )


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("mysql://root:secret@host/db", "the scheme 'mysql'"),
        ("postgresql://bot:secret@host/db", "the scheme 'postgresql'"),
        ("data/alerts.db", "no scheme"),
        ("", "no scheme"),
    ],
)
async def test_another_engine_is_refused_without_repeating_the_url(url: str, found: str) -> None:
    """One sentence says what was found and what is expected; a password is never repeated."""
    with pytest.raises(DatabaseError) as refused:
        await Database.open(url)
    assert str(refused.value) == (
        f"The database URL has {found}: expected sqlite:///relative/path.db "
        "or sqlite:////absolute/path.db."
    )
