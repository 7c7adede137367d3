"""JSON Lines in, JSON Lines out: the `classify` and `group` verbs, as streams."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any, Literal

from bot.detect.detector import Detector
from bot.detect.report import Item, Report
from bot.events.group import Grouper

Precision = Literal["time", "day", "month", "year"]

_COARSE = re.compile(r"(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?")


class BadLine(ValueError):
    """One input line is not an item; the sentence says what was expected."""


def classify(lines: Iterable[str], detector: Detector) -> Iterator[dict[str, Any]]:
    """What detection sees in each item, in the order of the input, one at a time."""
    for line in lines:
        if not line.strip():
            continue
        try:
            ident, item = read_item(line)
        except BadLine as problem:
            yield {"id": None, "error": str(problem)}
            continue
        found = detector.detect(item)
        yield {
            "id": ident,
            "labels": found.labels,
            "confidence": round(found.confidence, 4),
            "language": found.language,
            "reports": [report_json(report) for report in found.reports],
            "why": list(found.why),
        }


def group(lines: Iterable[str], detector: Detector) -> Iterator[dict[str, Any]]:
    """Which event each item's pushable reports belong to."""
    grouper = Grouper()
    for line in lines:
        if not line.strip():
            continue
        try:
            ident, item = read_item(line)
        except BadLine as problem:
            yield {"id": None, "error": str(problem)}
            continue
        yield {"id": ident, "events": grouper.add(ident, item, detector.detect(item))}


def report_json(report: Report) -> dict[str, Any]:
    """The report of the `classify` contract, and what we know beyond it."""
    data = report.as_json()
    data["confidence"] = round(report.confidence, 4)
    return data


def read_item(line: str) -> tuple[Any, Item]:
    """An input line as (id, item).

    Raises:
        BadLine: when the line is not a JSON object with the fields of the contract.
    """
    try:
        data = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise BadLine(f"not JSON ({error}): expected one object a line") from None
    if not isinstance(data, dict):
        raise BadLine(f"a JSON {type(data).__name__}: expected an object with id and title")
    if data.get("id") is None:
        raise BadLine("no id: expected an object with id and title")
    for name in ("title", "summary", "language", "source"):
        if not isinstance(data.get(name), str | None):
            raise BadLine(f"{name} is {data[name]!r:.60}: expected text or null")
    if data.get("title") is None and data.get("summary") is None:
        raise BadLine("neither title nor summary: expected at least one of them")
    published, precision = read_published(data.get("published"))
    item = Item(
        title=data.get("title") or "",
        summary=data.get("summary") or "",
        published=published,
        published_precision=precision,
        language=data.get("language"),
        source=data.get("source"),
    )
    return data["id"], item


def read_published(value: Any) -> tuple[datetime | None, Precision]:
    """ISO 8601, also a bare year or month; no time zone means UTC.

    Raises:
        BadLine: for anything else.
    """
    if value is None or value == "":
        return None, "time"
    problem = BadLine(
        f"published is {value!r:.60}: expected ISO 8601 such as 2023-09-17T15:30:00Z, "
        "2023-09-17, 2023-09 or 2023"
    )
    if not isinstance(value, str):
        raise problem
    try:
        if coarse := _COARSE.fullmatch(value.strip()):
            year, month, day = (int(part) if part else 1 for part in coarse.groups())
            precision: Precision = "day" if coarse[3] else "month" if coarse[2] else "year"
            return datetime(year, month, day, tzinfo=UTC), precision
        moment = datetime.fromisoformat(value.strip())
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return moment.astimezone(UTC), "time"
    except (ValueError, OverflowError):
        raise problem from None
