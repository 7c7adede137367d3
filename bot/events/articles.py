"""Stored entries and reports as events know them."""

from __future__ import annotations

import json
from collections.abc import Iterable

from bot.detect.report import Report
from bot.events.desk import Article
from bot.events.facts import Source
from bot.events.origin import origin_of
from storage.model import Entry, ReportRow


def said_at(entry: Entry) -> float:
    """When the article says it (epoch seconds): never later than when we saw it."""
    if entry.published_at is None:
        return entry.first_seen_at
    return min(entry.published_at, entry.first_seen_at)


def article_of(entry: Entry, language: str) -> Article:
    """The entry as events know it; the language is what detection found."""
    at = said_at(entry)
    return Article(
        title=entry.title,
        summary=entry.summary,
        source=Source(
            name=entry.feed_name,
            url=entry.url,
            origin=origin_of(
                entry.title,
                entry.summary,
                feed_origin=entry.feed_origin,
                feed_name=entry.feed_name,
            ),
            language=language,
            reliability=entry.feed_reliability,
            state_media=entry.feed_state_media,
            published_at=entry.published_at,
        ),
        seen_at=entry.first_seen_at,
        published=(at, at),
        fingerprint=entry.fingerprint,
    )


def dump(report: Report, language: str) -> str:
    """A report as it is stored."""
    return json.dumps({**report.as_json(), "language": language}, ensure_ascii=False)


def told(rows: Iterable[ReportRow]) -> list[tuple[Article, Report]]:
    """Stored reports with the articles that tell them."""
    return [_told(row) for row in rows]


def _told(row: ReportRow) -> tuple[Article, Report]:
    facts = json.loads(row.facts)
    return article_of(row.entry, facts.get("language", "")), Report.from_json(facts)
