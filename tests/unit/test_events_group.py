"""Grouping in memory: the fence by publication, coarse dates, and a bounded memory."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Literal

from bot.detect.report import Detection, Item, Place, Report
from bot.events.group import Grouper

TESSIT = Place("Tessit", "ML", "Gao", 15.2, 0.4, 1)
REPORT = Report("attack", "position_attack", places=(TESSIT,), countries=("ML",))
FOUND = Detection("fr", (REPORT,), 0.9)
START = datetime(2026, 3, 10, 8, tzinfo=UTC)


def item(days: float | None, precision: Literal["time", "day", "month", "year"] = "time") -> Item:
    published = None if days is None else START + timedelta(days=days)
    return Item("Attaque du camp de Tessit", "", published, precision, source="a")


def events(*items: Item) -> list[list[str]]:
    grouper = Grouper()
    return [grouper.add(number, given, FOUND) for number, given in enumerate(items)]


def test_within_three_days_an_undated_attack_is_the_same() -> None:
    """The fence stands 72 hours after the last article."""
    assert events(item(0), item(2.9), item(5.8), item(9)) == [["e1"], ["e1"], ["e1"], ["e2"]]


def test_a_coarse_or_missing_publication_has_no_fence() -> None:
    """Known to the month or not at all, arrival order stands in."""
    assert events(item(0, "month"), item(9, "month"), item(None)) == [["e1"]] * 3


def test_months_that_cannot_meet_are_apart() -> None:
    """March and October of one year are not one attack, however coarse."""
    assert events(item(0, "month"), item(210, "month")) == [["e1"], ["e2"]]


def test_an_item_without_a_pushable_report_has_no_event() -> None:
    """What did not happen now opens nothing."""
    grouper = Grouper()
    old = Detection("fr", (Report("attack", "ambush", realis="historical"),))
    assert grouper.add("x", item(0), old) == []
    assert grouper.add("y", item(0), Detection("fr")) == []


def test_what_nothing_can_join_is_forgotten() -> None:
    """A long stream keeps its last weeks in memory, and as much as one out of order needs."""
    grouper = Grouper()
    for day in range(0, 4 * 1200, 4):
        grouper.add(day, item(day), FOUND)
    assert len(grouper._open) <= 1001
    assert len(grouper._board) == len(grouper._open)


def test_an_item_out_of_order_still_finds_its_event() -> None:
    """Items without a precise date come in any order; weeks between two lines part nothing."""
    grouper = Grouper()
    assert grouper.add("a", item(40), FOUND) == ["e1"]
    assert grouper.add("b", item(0), FOUND) == ["e2"]
    assert grouper.add("c", item(40), FOUND) == ["e1"]
