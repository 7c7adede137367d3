"""Publication dates as feeds write them."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import feedparser
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.feeds.dates import published, read_date

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC).timestamp()


def _at(moment: float | None) -> str | None:
    return (
        None if moment is None else datetime.fromtimestamp(moment, UTC).isoformat(" ", "minutes")
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("lun., 24 sept. 2018 10:00:00 +0200", "2018-09-24 08:00+00:00"),
        ("Lun, 24 Sep 2018 10:00:00 GMT", "2018-09-24 10:00+00:00"),
        ("mar. 05 août 2025 - 14:30", "2025-08-05 14:30+00:00"),
        ("mercredi 25 février 2026", "2026-02-25 00:00+00:00"),
        ("mercredi 25 février 2026 à 14h30", "2026-02-25 14:30+00:00"),
        ("1er décembre 2025", "2025-12-01 00:00+00:00"),
        ("25/02/2026 - 21:07", "2026-02-25 21:07+00:00"),
        ("Wednesday, February 25, 2026 - 21:07", "2026-02-25 21:07+00:00"),
        ("Thu,28 Jul 2022 4:35:5 GMT+9", "2022-07-27 19:35+00:00"),
        ("Feb 3, 2026 9:05 PM", "2026-02-03 21:05+00:00"),
        ("Mon, 06 Nov 2023 10:00:00 WAT", "2023-11-06 09:00+00:00"),
        ("Mon, 06 Nov 2023 10:00:00 CET", "2023-11-06 09:00+00:00"),
        ("Mon, 06 Jul 2023 10:00:00 CEST", "2023-07-06 08:00+00:00"),
        ("Mon, 06 Nov 2023 10:00:00 EAT", "2023-11-06 07:00+00:00"),
        ("Mon, 06 Nov 2023 10:00:00 +01:00", "2023-11-06 09:00+00:00"),
        ("Mon, 06 Nov 2023 10:00:00 +0000 (UTC)", "2023-11-06 10:00+00:00"),
        ("1772532000", "2026-03-03 10:00+00:00"),
        ("jeudi 31 février 2026", None),
        ("bientôt", None),
        ("", None),
    ],
)
def test_dates_are_read_as_their_writers_meant_them(text: str, expected: str | None) -> None:
    """French names, Drupal's form, zones of the region; no zone is UTC."""
    assert _at(read_date(text)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-02-25T21:07:00Z", "2026-02-25 21:07+00:00"),
        ("2026-02-25T21:07:00+01:00", "2026-02-25 20:07+00:00"),
        ("Wed, 25 Feb 2026 21:07:00 PST", "2026-02-26 05:07+00:00"),
        # a clock that runs ahead, or an announcement: never newer than the fetch
        ("2031-01-01T00:00:00Z", "2026-03-01 12:00+00:00"),
        ("0001-01-01T00:00:00Z", None),
        ("1970-01-01T00:00:00Z", None),
        ("Sat, 02 Mar 1772 10:00:00 GMT", None),
    ],
)
def test_what_is_not_recognised_is_left_to_feedparser_and_clamped(
    text: str, expected: str | None
) -> None:
    """Standard forms go through feedparser; the future becomes now, the impossible nothing."""
    parsed = feedparser.datetimes._parse_date(text)

    assert _at(published(text, parsed, fetched_at=NOW)) == expected


@settings(deadline=None)
@given(st.text(max_size=200))
def test_any_text_is_taken_quickly(text: str) -> None:
    """A date field may hold anything: never an exception, never a slow pattern."""
    started = time.perf_counter()
    read_date(text)

    assert time.perf_counter() - started < 0.5
