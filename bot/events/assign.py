"""Which known event each report of one article tells, if any."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from bot.detect.report import Report
from bot.events.board import Board
from bot.events.same import Telling, Verdict, is_same, only_fit

K = TypeVar("K", bound=Hashable)

#: figures that add nothing to what is known
_NOTHING_NEW = frozenset({"toll:none", "toll:fits", "toll:equal", "toll:unique"})


@dataclass(frozen=True, slots=True)
class Choice(Generic[K]):
    """What becomes of one report."""

    #: the event it tells; None for a new one
    event: K | None
    #: it only mentions something beside its article's news: it joins nothing and opens nothing
    aside: bool = False


def assign(
    tellings: Sequence[Telling],
    board: Board[K],
    *,
    copied: Collection[K] = (),
) -> list[Choice[K]]:
    """One choice for each report of an article.

    The surest pair goes first, and no two reports of one article that name a town and a toll tell
    the same event: detection has parted them. A report that is surely of none may still fit one
    and no other.
    """
    pairs: list[tuple[float, int, int]] = []
    found: list[list[tuple[K, Verdict]]] = []
    for index, telling in enumerate(tellings):
        near = [
            (key, is_same(telling, event, copied=key in copied))
            for key, event in board.near(telling, copied)
        ]
        found.append(near)
        same = [rank for rank, (_, verdict) in enumerate(near) if verdict.same]
        if not same and (only := only_fit(telling, [verdict for _, verdict in near])) is not None:
            same = [only]
        pairs.extend((-near[rank][1].score, index, rank) for rank in same)
    chosen: list[tuple[K, Verdict] | None] = [None] * len(tellings)
    taken: set[K] = set()
    for _, index, rank in sorted(pairs):
        key = found[index][rank][0]
        if chosen[index] is None and (key not in taken or _says_it_again(tellings[index].report)):
            chosen[index] = found[index][rank]
            taken.add(key)
    reports = [telling.report for telling in tellings]
    return [_choice(index, reports, choice) for index, choice in enumerate(chosen)]


def _choice(index: int, reports: Sequence[Report], chosen: tuple[K, Verdict] | None) -> Choice[K]:
    report = reports[index]
    others = [r for i, r in enumerate(reports) if i != index and r.kind == report.kind == "attack"]
    if chosen is None:
        empty = not _has_town(report) and not report.tolls
        return Choice(None, aside=empty and any(_has_town(r) or r.tolls for r in others))
    key, verdict = chosen
    recalled = any(_is_before(report, other) for other in others)
    if recalled and _NOTHING_NEW & set(verdict.why):
        return Choice(None, aside=True)
    return Choice(key)


def _is_before(report: Report, news: Report) -> bool:
    """« Mercredi déjà, une attaque … », « … après celle de Sévaré »: an earlier day than that of
    what the article is about, or none and no figures beside what has them."""
    if news.date_precision > 1 or news.date is None:
        return False
    if report.date is None:
        return not report.tolls
    return report.date_precision == 1 and report.date < news.date


def _says_it_again(report: Report) -> bool:
    """« Quinze gendarmes tués dans le centre du Mali … le camp de Sokolo a été attaqué »: a report
    without a town, or without figures, goes on about the one that has them."""
    return report.kind == "attack" and not (_has_town(report) and report.tolls)


def _has_town(report: Report) -> bool:
    return any(place.precision <= 2 for place in report.places)
