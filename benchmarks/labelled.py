"""Labelled items as the detector gets them, and how they are halved."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot.detect.report import Item

DEFAULT = Path(__file__).parents[2] / "shared" / "data" / "detection"
_PRECISIONS = ("year", "month", "day")
_PADDING = ("-01-01", "-01", "")


def item_of(raw: Mapping[str, Any]) -> Item:
    """A labelled line as the detector would get it; coarse dates stay coarse."""
    published, precision = None, "time"
    if raw.get("published"):
        text = str(raw["published"])
        parts = text.count("-")
        precision = _PRECISIONS[parts]
        published = datetime.fromisoformat(text + _PADDING[parts]).replace(tzinfo=UTC)
    return Item(
        raw["title"], raw.get("summary") or "", published, precision,  # type: ignore[arg-type]
        raw.get("language"), raw.get("outlet"),
    )  # fmt: skip


def half_of(identifier: str) -> str:
    return "AB"[int(hashlib.sha256(identifier.encode()).hexdigest(), 16) % 2]


def read_lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]
