"""Many articles' figures as one table: per kind of harm, group of victims and speaker."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from bot.detect.report import TOLL_GROUPS, TOLL_WHO, Toll

#: Whose figure heads the list: those who answer for the count, then the nearest, claims last.
_VOICES = ("authority", "medical", "ngo", "local", "press", "group")
_PRECISE = frozenset({"exact", "at_least", "range", "at_most"})


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of one article."""

    toll: Toll
    outlet: str
    #: epoch seconds: when it was said, as far as known
    at: float


#: the last figure by who, group, voice and outlet
_Last = dict[tuple[str, str | None, str, str], Figure]


def voice(said_by: str | None) -> str:
    """Speakers who correct each other: army and government answer for one official count."""
    if said_by in ("army", "official"):
        return "authority"
    return said_by if said_by in _VOICES else "press"


def fuse_tolls(figures: Iterable[Figure]) -> tuple[Toll, ...]:
    """One toll per who, group and voice; totals first, the best founded voice first.

    An outlet's later figure replaces its earlier one. Between outlets the higher stands: tolls
    grow, and an article that retells yesterday's figure must not lower today's. A final figure
    replaces the provisional ones that came before it, even when it is lower.
    """
    last: _Last = {}
    for figure in sorted(figures, key=_order):
        toll = figure.toll
        last[(toll.who, toll.group, voice(toll.said_by), figure.outlet)] = figure
    table: dict[tuple[str, str | None], dict[str, list[Figure]]] = {}
    for (who, group, speaker, _), figure in last.items():
        table.setdefault((who, group), {}).setdefault(speaker, []).append(figure)
    tolls: list[Toll] = []
    headline: dict[str, Figure] = {}
    for (who, group), by_voice in sorted(table.items(), key=lambda item: _cell_order(item[0])):
        best = {speaker: _best(found) for speaker, found in by_voice.items()}
        if group is None:
            counted = [f for v, f in best.items() if v != "group"] or list(best.values())
            headline[who] = max(counted, key=lambda figure: _size(figure.toll))
        else:
            best = {v: f for v, f in best.items() if not _outgrown(f, last, headline.get(who))}
        tolls.extend(figure.toll for figure in _without_echoes(best))
    return tuple(tolls)


def _outgrown(part: Figure, last: _Last, headline: Figure | None) -> bool:
    """« quatre soldats », of an article that knew of four dead, is no part of today's twelve."""
    if headline is None or part.at >= headline.at:
        return False
    own = last.get((part.toll.who, None, voice(part.toll.said_by), part.outlet))
    known = _size(own.toll) if own is not None else _size(part.toll)
    return known < _size(headline.toll)


def _order(figure: Figure) -> tuple[float, str, int, int, str]:
    toll = figure.toll
    return figure.at, figure.outlet, toll.min or 0, toll.max or 0, toll.said_by or ""


def _cell_order(cell: tuple[str, str | None]) -> tuple[int, int]:
    who, group = cell
    return TOLL_WHO.index(who), -1 if group is None else TOLL_GROUPS.index(group)


def _best(figures: list[Figure]) -> Figure:
    final = max((f.at for f in figures if not f.toll.provisional), default=None)
    if final is not None:
        figures = [f for f in figures if not (f.toll.provisional and f.at < final)]
    return max(figures, key=lambda f: (f.toll.status in _PRECISE, _size(f.toll), *_order(f)))


def _without_echoes(best: dict[str, Figure]) -> list[Figure]:
    """Voices in order, without uncited figures that only repeat or precede a cited one."""
    press = best.get("press")
    if press is not None:
        for speaker, other in best.items():
            if speaker == "press":
                continue
            same = press.toll.min == other.toll.min and (
                press.toll.max == other.toll.max or None in (press.toll.max, other.toll.max)
            )
            stale = press.at <= other.at and _size(press.toll) < _size(other.toll)
            vague = press.toll.status not in _PRECISE and other.toll.status in _PRECISE
            if same or (speaker != "group" and (stale or vague)):
                best = {k: v for k, v in best.items() if k != "press"}
                break
    ordered = [best[speaker] for speaker in _VOICES if speaker in best]
    return [replace(f, toll=_tidy(f.toll)) for f in ordered]


def _tidy(toll: Toll) -> Toll:
    return replace(toll, said_by=None) if toll.said_by == "unknown" else toll


def _size(toll: Toll) -> int:
    return toll.min if toll.min is not None else toll.max or 0
