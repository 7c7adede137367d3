"""One detector for all detection tests, and short ways to ask it."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache

from bot.detect.detector import Detector
from bot.detect.report import Detection, Item, Report

#: publication day of items whose date does not matter
PUBLISHED = datetime(2026, 11, 18, 12, 0, tzinfo=UTC)


@cache
def detector() -> Detector:
    return Detector.load()


def detect(title: str, summary: str = "", *, published: datetime | None = PUBLISHED) -> Detection:
    return detector().detect(Item(title, summary, published))


def labels_of(title: str, summary: str = "") -> list[str]:
    return detect(title, summary).labels


def only(title: str, summary: str = "", *, published: datetime | None = PUBLISHED) -> Report:
    """The one report of an item that has one."""
    (report,) = detect(title, summary, published=published).reports
    return report
