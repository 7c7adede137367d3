"""Which countries no source tells us of any more. Pure.

A country is heard while one of its own sources works. Sources of the whole region are not its
own: they tell of a place only when something large happens there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.feeds import silence
from storage.model import Feed

#: the pauses between tries grow to minutes: an hour of failures is more than a restart of theirs
DOWN_AFTER = 3600.0


@dataclass(frozen=True, slots=True)
class Unheard:
    #: ISO 3166-1 alpha-2
    country: str
    #: when the last of its own sources fell silent (epoch seconds); None when it never had one
    since: float | None
    #: whether a source of the whole region works
    has_regional: bool


def heard(feeds: Sequence[Feed]) -> frozenset[str]:
    """Countries of which a source of their own works."""
    return frozenset(
        country for feed in feeds if silence.judge(feed).works for country in feed.countries
    )


def regional(feeds: Sequence[Feed]) -> bool:
    """Whether a source of the whole region works."""
    return any(not feed.countries and silence.judge(feed).works for feed in feeds)


def own(feeds: Sequence[Feed]) -> dict[str, list[Feed]]:
    """The sources of each country, without those that were never polled."""
    found: dict[str, list[Feed]] = {}
    for feed in feeds:
        if feed.paused_at is None or feed.first_success_at is not None:
            for country in feed.countries:
                found.setdefault(country, []).append(feed)
    return found


def unheard(feeds: Sequence[Feed], *, now: float, fresh_from: float) -> tuple[Unheard, ...]:
    """Countries that had sources of their own, all of which are down or paused, by code.

    `fresh_from` as for `silence.lasts`: right after a start nothing is certain.
    """
    has_regional = regional(feeds)
    found = []
    for country, theirs in sorted(own(feeds).items()):
        ended = [_ended_at(feed, now, fresh_from) for feed in theirs]
        known = [at for at in ended if at is not None]
        if len(known) == len(ended):
            found.append(Unheard(country, max(known), has_regional))
    return tuple(found)


def _ended_at(feed: Feed, now: float, fresh_from: float) -> float | None:
    """Since when it tells us nothing; None while it does, or may again at any moment."""
    state = silence.judge(feed)
    if state.kind == "paused":
        return state.since
    if silence.lasts(feed, state, now=now, fresh_from=fresh_from) < DOWN_AFTER:
        return None
    return fresh_from if state.since is None else state.since
