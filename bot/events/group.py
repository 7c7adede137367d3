"""Grouping without a database, for the `group` verb: the editor's decisions, kept in memory."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from bot.detect.report import Detection, Item, Report
from bot.events.assign import assign
from bot.events.board import Board
from bot.events.desk import Article, Story, known, story, window
from bot.events.facts import Source
from bot.events.origin import origin_of
from bot.events.same import LATE_SECONDS, Known

#: so many events are kept even when they are over: a stream may be out of order
_FEW_OPEN = 1000
#: undated events are forgotten, oldest first, beyond this many
_MOST_OPEN = 5000


@dataclass(slots=True)
class _Open:
    """An event that further items may still join."""

    told: list[tuple[Article, Report]]
    story: Story
    published: tuple[float, float] | None

    @property
    def known(self) -> Known:
        return replace(known(self.story.facts, self.story.words_norm), told=self.published)


@dataclass(slots=True)
class Grouper:
    """Give it items in order of publication; it says which events they tell."""

    _open: dict[str, _Open] = field(default_factory=dict)
    _board: Board[str] = field(default_factory=Board)
    _events: int = 0
    _items: int = 0

    def add(self, ident: Any, item: Item, detection: Detection) -> list[str]:
        """The events ("e1", "e2" …) of the item's pushable reports; none gives an empty list."""
        self._items += 1
        reports = detection.pushable
        if not reports:
            return []
        article = self._article(ident, item, detection)
        if article.published is not None:
            self._forget(before=article.published[0] - LATE_SECONDS)
        chosen = assign([article.telling(r) for r in reports], self._board)
        events = []
        for report, choice in zip(reports, chosen, strict=True):
            if not choice.aside:
                events.append(self._join(choice.event, article, report))
        return list(dict.fromkeys(events))

    def _article(self, ident: Any, item: Item, detection: Detection) -> Article:
        name = item.source or str(ident)
        published = window(item.published, item.published_precision) if item.published else None
        return Article(
            title=item.title,
            summary=item.summary,
            source=Source(
                name=name,
                url=str(ident),
                origin=origin_of(item.title, item.summary, feed_origin=None, feed_name=name),
                language=detection.language,
                published_at=published[0] if published else None,
            ),
            # arrival stands in for time
            seen_at=float(self._items),
            published=published,
        )

    def _join(self, event: str | None, article: Article, report: Report) -> str:
        if event is None:
            self._events += 1
            event = f"e{self._events}"
            told = [(article, report)]
            published = article.published
        else:
            told = [*self._open[event].told, (article, report)]
            published = _union(self._open[event].published, article.published)
        self._open[event] = _Open(told, story(told), published)
        self._board.pin(event, self._open[event].known)
        return event

    def _forget(self, *, before: float) -> None:
        """Drop what nothing can join any more, so that a long stream does not fill the memory."""
        if len(self._open) <= _FEW_OPEN:
            return
        gone = [e for e, o in self._open.items() if o.published and o.published[1] < before]
        gone.extend(list(self._open)[: max(0, len(self._open) - len(gone) - _MOST_OPEN)])
        for event in gone:
            self._open.pop(event, None)
            self._board.drop(event)


def _union(
    one: tuple[float, float] | None, other: tuple[float, float] | None
) -> tuple[float, float] | None:
    if one is None or other is None:
        return one or other
    return min(one[0], other[0]), max(one[1], other[1])
