"""The events that a report may join, pinned where one would look for them."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterator, Mapping
from itertools import count, product
from typing import Generic, Self, TypeVar

from bot.events.same import Known, Telling, sketch_of
from bot.events.sketch import FAR_DEGREES, Sketch

K = TypeVar("K", bound=Hashable)

#: a kind and a square of the map; None for events without a town
_Cell = tuple[str, tuple[int, int] | None]


class Board(Generic[K]):
    """Known events by key; whoever decides on a report asks `near` for those worth comparing.

    Of thousands of open events a report that names a town is compared with the few around it,
    those without a town and those of its town's name.
    """

    def __init__(self) -> None:
        self._events: dict[K, Known] = {}
        self._rank: dict[K, int] = {}
        self._next = count()
        self._cells: dict[_Cell, dict[K, None]] = {}
        self._towns: dict[str, dict[K, None]] = {}
        self._lines: dict[str, dict[K, None]] = {}

    @classmethod
    def of(cls, events: Mapping[K, Known]) -> Self:
        board = cls()
        for key, event in events.items():
            board.pin(key, event)
        return board

    def __len__(self) -> int:
        return len(self._events)

    def __contains__(self, key: object) -> bool:
        return key in self._events

    def __getitem__(self, key: K) -> Known:
        return self._events[key]

    def __iter__(self) -> Iterator[K]:
        return iter(self._events)

    def pin(self, key: K, event: Known) -> None:
        """Put an event up, or what is known of it now; a new one ranks behind the others."""
        self._take_down(key)
        self._events[key] = event
        if key not in self._rank:
            self._rank[key] = next(self._next)
        for index in self._places(event):
            index[key] = None

    def drop(self, key: K) -> None:
        """Nothing can join it any more."""
        self._take_down(key)
        self._events.pop(key, None)
        self._rank.pop(key, None)

    def near(self, telling: Telling, copied: Collection[K] = ()) -> list[tuple[K, Known]]:
        """The events that the telling may tell, the longest known first.

        Args:
            copied: keys that are wanted whatever they look like.
        """
        mine = sketch_of(telling)
        found: dict[K, None] = {key: None for key in copied if key in self._events}
        for line in telling.long:
            found.update(self._lines.get(line, {}))
        for town in mine.towns:
            found.update(self._fitting(self._towns.get(town, {}), mine))
        for cell in self._looked_at(mine):
            found.update(self._fitting(self._cells.get(cell, {}), mine))
        return [(key, self._events[key]) for key in sorted(found, key=self._rank.__getitem__)]

    def _fitting(self, keys: Collection[K], mine: Sketch) -> dict[K, None]:
        events = self._events
        return {key: None for key in keys if not mine.excludes(events[key].sketch)}

    def _looked_at(self, mine: Sketch) -> list[_Cell]:
        here = _square(mine)
        if here is None:
            return [cell for cell in self._cells if cell[0] == mine.kind]
        around = product((here[0] - 1, here[0], here[0] + 1), (here[1] - 1, here[1], here[1] + 1))
        return [(mine.kind, None), *((mine.kind, square) for square in around)]

    def _places(self, event: Known) -> list[dict[K, None]]:
        mine = event.sketch
        return [
            self._cells.setdefault((mine.kind, _square(mine)), {}),
            *(self._towns.setdefault(town, {}) for town in mine.towns),
            *(self._lines.setdefault(line, {}) for line in event.long),
        ]

    def _take_down(self, key: K) -> None:
        event = self._events.get(key)
        for index in self._places(event) if event else ():
            index.pop(key, None)


def _square(mine: Sketch) -> tuple[int, int] | None:
    if mine.lat is None or mine.lon is None:
        return None
    return int(mine.lat // FAR_DEGREES), int(mine.lon // FAR_DEGREES)
