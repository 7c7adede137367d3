"""Invented pairs that must stay apart or must meet, through the real detector and grouping."""

from __future__ import annotations

import csv
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.detect.detector import Detector
from bot.detect.report import Item
from bot.events.group import Grouper

NIGHT = datetime(2026, 3, 10, 22, tzinfo=UTC)
LINES = (Path(__file__).parent / "twins.tsv").read_text(encoding="utf-8").splitlines()
PAIRS = list(csv.reader(LINES, delimiter="\t", quoting=csv.QUOTE_NONE))


@pytest.fixture(scope="module")
def detector() -> Detector:
    return Detector.load()


def pairs(verdict: str) -> list[tuple[float, str, str]]:
    return [(float(hours), one, other) for kind, hours, one, other in PAIRS if kind == verdict]


def events(detector: Detector, hours: float, one: str, other: str) -> list[list[str]]:
    """The events of two articles of different outlets, the second so many hours later."""
    grouper = Grouper()
    found = []
    for number, (text, at) in enumerate([(one, NIGHT), (other, NIGHT + timedelta(hours=hours))]):
        item = Item(text, "", at, source=f"outlet {number}")
        found.append(grouper.add(number, item, detector.detect(item)))
    return found


@pytest.mark.parametrize(("hours", "one", "other"), pairs("apart"))
def test_twins_stay_apart(detector: Detector, hours: float, one: str, other: str) -> None:
    """Another town, day, toll or state is another event, however alike the words are."""
    first, second = events(detector, hours, one, other)
    assert not set(first) & set(second)


def test_one_happening_is_one_event(detector: Detector) -> None:
    """Of the pairs that tell one happening in other words or languages, most must meet."""
    missed = []
    for pair in pairs("join"):
        first, second = events(detector, *pair)
        if not set(first) & set(second):
            missed.append((pair, first, second))
    assert len(missed) <= 0.1 * len(pairs("join")), missed


def test_most_of_the_twins_are_understood(detector: Detector) -> None:
    """Two texts that are not understood stay apart too, and prove nothing."""
    both = [p for p in pairs("apart") if all(events(detector, *p))]
    assert len(both) >= 0.8 * len(pairs("apart"))
