"""Figures of one text or one event made into tolls: what repeats, what adds up, what replaces."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from bot.detect.report import TOLL_WHO, Toll
from bot.detect.text import Span

#: how much a figure says, least first
_FIRMNESS = {
    "none": 0, "unknown_positive": 1, "vague": 2, "at_most": 3, "range": 4, "at_least": 5,
    "exact": 5,
}  # fmt: skip


@dataclass(slots=True)
class TollMention:
    """One figure as told; bounds and status as in `Toll`."""

    span: Span
    who: str
    #: TOLL_GROUPS; "unknown" where the text counts persons of any kind
    group: str
    min: int | None
    max: int | None
    status: str
    provisional: bool = False
    #: place in `find_tolls`' list of the figure this one is a part of
    subset_of: int | None = None
    side: Literal["victim", "attacker"] = "victim"
    #: a sum over months or years, or the toll of another event
    background: bool = False
    #: replaces an earlier figure of the same event
    update: bool = False
    #: figures with one number were added in the text (« trois soldats et neuf supplétifs »)
    together: int = -1


@dataclass(slots=True)
class _Figure:
    min: int | None
    max: int | None
    status: str
    update: bool
    provisional: bool


def combine(mentions: Iterable[TollMention]) -> tuple[Toll, ...]:
    """Tolls of any subset of mentions: per `who` the headline, then the groups.

    The headline counts the victims, the attackers where only they died (FACTS rule 5). Background
    never counts; `said_by` is left to the caller.
    """
    told = [m for m in mentions if not m.background]
    tolls: list[Toll] = []
    for who in TOLL_WHO:
        mine = [m for m in told if m.who == who]
        if mine:
            tolls += _of_one(who, mine)
    return tuple(tolls)


def _of_one(who: str, mentions: Sequence[TollMention]) -> list[Toll]:
    victims = [m for m in mentions if m.side == "victim" and m.subset_of is None]
    attackers = [m for m in mentions if m.side == "attacker"]
    headline = _total(victims)
    against = _total([m for m in attackers if m.subset_of is None] or attackers)
    if headline is None or (headline.status == "none" and against is not None):
        alone = [m for m in attackers if m.subset_of is None]
        headline = _total(alone) or headline
    tolls = [_toll(who, None, headline)] if headline else []
    groups = dict.fromkeys(m.group for m in mentions if m.side == "victim")
    for group in groups:
        figure = _total([m for m in mentions if m.group == group and m.side == "victim"])
        if group != "unknown" and figure is not None and figure.status != "none":
            tolls.append(_toll(who, group, figure))
    if against is not None:
        tolls.append(_toll(who, "militant", against))
    return tolls


def _toll(who: str, group: str | None, figure: _Figure) -> Toll:
    return Toll(who, group, figure.min, figure.max, figure.status, None, figure.provisional)


def _total(mentions: Sequence[TollMention]) -> _Figure | None:
    """One figure for everybody: what was added in one breath is added, repeats are one."""
    if not mentions:
        return None
    chains: dict[int, list[TollMention]] = {}
    for place, mention in enumerate(mentions):
        key = mention.together if mention.together >= 0 else -2 - place
        chains.setdefault(key, []).append(mention)
    return _best([_sum(chain) for chain in chains.values()])


def _sum(chain: Sequence[TollMention]) -> _Figure:
    if _is_spelt_out(chain):
        chain = chain[:1]
    counted = [m for m in chain if m.status != "none"] or list(chain[:1])
    firm = [m for m in counted if m.status != "unknown_positive"] or counted[:1]
    low = sum(m.min or 0 for m in firm)
    bounded = all(m.max is not None for m in firm) and len(firm) == len(counted)
    high = sum(m.max or 0 for m in firm) if bounded else None
    statuses = {m.status for m in firm}
    if len(firm) < len(counted):  # « des pertes et la mort d'un commandant »: some
        statuses = {"at_least" if low > 1 else "unknown_positive"}
    status = statuses.pop() if len(statuses) == 1 else _mixed(statuses)
    return _Figure(
        low if status != "at_most" else None,
        high,
        status,
        any(m.update for m in chain),
        any(m.provisional for m in chain),
    )


def _is_spelt_out(chain: Sequence[TollMention]) -> bool:
    """« Cinq personnes, quatre jeunes et un étranger, ont été tuées »: the five are those."""
    whole, parts = chain[0], chain[1:]
    return (
        whole.group in ("unknown", "civilian")
        and len(parts) > 1
        and all(m.group in ("unknown", "civilian", "foreigner") for m in parts)
        and {m.status for m in chain} == {"exact"}
        and whole.min == sum(m.min or 0 for m in parts)
    )


def _mixed(statuses: set[str]) -> str:
    for status in ("vague", "at_least", "range"):
        if status in statuses:
            return status
    return "range"


def _best(figures: Sequence[_Figure]) -> _Figure:
    """An update replaces; else the firmer figure, else the larger, which is the total."""
    updated = [f for f in figures if f.update and _FIRMNESS[f.status] >= _FIRMNESS["vague"]]
    pool = updated or figures
    firmest = max(_tier(f) for f in pool)
    if any(f.status == "vague" and (f.min or 0) > 1 for f in pool):
        # « la mort d'un soldat … une trentaine de tués »: one of them is not the total
        pool = [f for f in pool if (f.min, f.max) != (1, 1)]
        firmest = max(_tier(f) for f in pool)
    best = max(
        (f for f in pool if _tier(f) == firmest),
        key=lambda f: (f.min if f.min is not None else f.max or 0, f.status != "exact"),
    )
    provisional = any(f.provisional for f in figures if f.min == best.min and f.max == best.max)
    return best if best.provisional == provisional else replace(best, provisional=provisional)


def _tier(figure: _Figure) -> int:
    """Exact, « au moins » and ranges weigh the same; vague, unnumbered and none weigh less."""
    return min(_FIRMNESS[figure.status], 4)
