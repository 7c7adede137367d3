"""What moderators should hear of the sources, and of what they need not hear twice. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.feeds import coverage, silence
from bot.feeds.silence import DAY, HOUR, State, StateKind
from storage import notices
from storage.model import Feed
from storage.notices import Notice, NoticeKind

#: how long a trouble of one source is left to heal by itself (seconds). Sites of the region are
#: gone for a night (twelve hours); a page in place of a feed is an answer, and rarely heals
TELL_AFTER: Mapping[StateKind, float] = {
    "failing": 12 * HOUR,
    "refused": 12 * HOUR,
    "web_page": 6 * HOUR,
    "empty": 6 * HOUR,
    "silent": 0.0,
}
#: without an answer from any source for so long, it is our own network; before a country could
#: be thought unheard
NETWORK_AFTER = 40 * 60.0
#: of the sources, that fail at once; a few may be served from a cache or a neighbour
_NEARLY_ALL = 0.9
#: what has just ended is not told anew for so long: it comes and goes
_AGAIN_AFTER: Mapping[NoticeKind, float] = {"feed": DAY, "country": 3 * HOUR}
LONGEST_MEMORY = max(_AGAIN_AFTER.values())


@dataclass(frozen=True, slots=True)
class Trouble:
    """A notice to tell: the arguments of `notices.tell`."""

    kind: NoticeKind
    subject: str
    params: Mapping[str, Any]
    spacing: float = notices.AT_ONCE


@dataclass(frozen=True, slots=True)
class Plan:
    begun: list[Trouble] = field(default_factory=list)
    #: notices whose trouble is over
    over: list[Notice] = field(default_factory=list)
    #: notices that nobody need hear of again: their source is paused or removed
    dropped: list[Notice] = field(default_factory=list)
    #: ids of sources to poll now: their pauses grew while the fault was ours
    asked: list[int] = field(default_factory=list)


def decide(
    feeds: Sequence[Feed],
    opened: Sequence[Notice],
    ended: Sequence[Notice],
    *,
    now: float,
    started_at: float,
) -> Plan:
    """What to tell at `now`, given what is told already.

    While no source at all answers, that alone is told; afterwards each is given its time again.

    Args:
        feeds: all that were not removed.
        opened: notices that are not over.
        ended: those that ended within LONGEST_MEMORY.
        started_at: since when the sources are polled.
    """
    plan = Plan()
    outages = [notice.ended_at or 0.0 for notice in ended if notice.kind == "network"]
    fresh_from = max([started_at, *outages])
    told = {(notice.kind, notice.subject): notice for notice in opened}
    if outage := told.get(("network", "all")):
        _see_outage(plan, feeds, outage)
        return plan
    if trouble := _network(feeds, now, fresh_from):
        plan.begun.append(trouble)
        return plan
    resting = {
        (notice.kind, notice.subject)
        for notice in ended
        if notice.ended_at is not None
        and now - notice.ended_at < _AGAIN_AFTER.get(notice.kind, 0.0)
    }
    found = [*_countries(feeds, now, fresh_from), *_single(feeds, now, fresh_from)]
    plan.begun.extend(t for t in found if (t.kind, t.subject) not in told.keys() | resting)
    _see_what_ended(plan, feeds, opened)
    return plan


def _see_outage(plan: Plan, feeds: Sequence[Feed], outage: Notice) -> None:
    """Try one source a look, the longest untried, and all when one of them has answered."""
    unanswered = [
        # a login page in between counts too; who refuses us is left alone
        feed
        for feed in _active(feeds)
        if silence.judge(feed).kind in ("failing", "web_page")
    ]
    if _answered_at(feeds) > outage.opened_at:
        plan.over.append(outage)
        since = json.loads(outage.params)["since"]
        plan.asked.extend(f.id for f in unanswered if (f.failed_since or since) >= since)
    elif not _active(feeds):
        plan.dropped.append(outage)
    elif unanswered:
        plan.asked.append(min(unanswered, key=lambda feed: feed.last_attempt_at or 0.0).id)


def _see_what_ended(plan: Plan, feeds: Sequence[Feed], opened: Sequence[Notice]) -> None:
    by_subject = {_subject(feed): feed for feed in feeds}
    heard, own = coverage.heard(feeds), coverage.own(feeds)
    for notice in opened:
        if notice.kind == "country":
            country = notice.subject.removeprefix("country:")
            if country in heard:
                plan.over.append(notice)
            elif country not in own:
                plan.dropped.append(notice)
        if notice.kind not in ("feed", "retired"):
            continue
        feed = by_subject.get(notice.subject)
        # one that was retired is paused, and that is over when somebody resumes it
        if feed is None or (feed.paused_at is None) == (notice.kind == "retired"):
            plan.dropped.append(notice)
        elif notice.kind == "feed" and silence.judge(feed).works:
            plan.over.append(notice)


def _network(feeds: Sequence[Feed], now: float, fresh_from: float) -> Trouble | None:
    active = _active(feeds)
    failing = [feed for feed in active if feed.error_count]
    if len(failing) < 2 or len(failing) < _NEARLY_ALL * len(active):
        return None
    if not any((feed.last_attempt_at or 0.0) >= fresh_from for feed in failing):
        return None
    answered_at = _answered_at(feeds)
    if now - max(answered_at, fresh_from) < NETWORK_AFTER:
        return None
    failed = [feed.failed_since for feed in failing if feed.failed_since is not None]
    since = answered_at or min(failed, default=fresh_from)
    return Trouble("network", "all", {"since": since})


def _countries(feeds: Sequence[Feed], now: float, fresh_from: float) -> list[Trouble]:
    return [
        Trouble(
            "country",
            f"country:{lost.country}",
            {"country": lost.country, "since": lost.since, "regional": lost.has_regional},
        )
        for lost in coverage.unheard(feeds, now=now, fresh_from=fresh_from)
    ]


def _single(feeds: Sequence[Feed], now: float, fresh_from: float) -> list[Trouble]:
    found = []
    for feed in feeds:
        state = silence.judge(feed)
        if state.is_trouble and state.since is not None:
            certain = silence.lasts(feed, state, now=now, fresh_from=fresh_from)
            if certain > 0 and certain >= TELL_AFTER[state.kind]:
                found.append(
                    Trouble("feed", _subject(feed), _told(feed, state), notices.AT_LEISURE)
                )
    return found


def _told(feed: Feed, state: State) -> dict[str, Any]:
    return {
        "name": feed.name,
        "state": state.kind,
        "since": state.since,
        "problem": feed.last_error,
        "usual_gap": feed.usual_gap,
    }


def _subject(feed: Feed) -> str:
    return f"feed:{feed.id}"


def _active(feeds: Sequence[Feed]) -> list[Feed]:
    return [feed for feed in feeds if feed.paused_at is None]


def _answered_at(feeds: Sequence[Feed]) -> float:
    """When any of them last answered; 0 when none ever did."""
    return max((feed.last_success_at or 0.0 for feed in _active(feeds)), default=0.0)
