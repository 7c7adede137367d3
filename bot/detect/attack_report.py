"""One attack as a report: every field from the sentences that tell it, none from elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from bot.detect import word_sets
from bot.detect.actors import Actors
from bot.detect.attack_type import type_of
from bot.detect.attribution import denied_by, outcome_of, said_by, speaker_of, stance
from bot.detect.confidence import of_attack
from bot.detect.freshness import is_old
from bot.detect.happening import Happening
from bot.detect.lexicon import Mark
from bot.detect.reading import Reading, Sentence
from bot.detect.report import Report, Toll
from bot.detect.roles import actors_of
from bot.detect.scope import Where, locate
from bot.detect.state_operation import is_army_strike, is_state_operation, owns_up
from bot.detect.text import fold
from bot.detect.time_reader import DateMention
from bot.detect.toll_totals import TollMention
from bot.detect.toll_voices import by_voice
from bot.detect.when import day_of

#: so many words show why; more would only repeat
_REASONS = 8
#: kinds that say how it ended
_OUTCOMES = {"territory_seized": "seized", "foiled": "foiled"}
_CAPITALS = word_sets.words("capitals")


def report_attack(
    reading: Reading, happening: Happening, extent: Sequence[Sentence], actors: Actors,
) -> Report | None:  # fmt: skip
    """The report, or None when the project does not watch the place.

    `extent` are the sentences that speak of this happening.
    """
    where = locate(reading, extent, actors)
    if not where.in_scope:
        return None
    triggers = [trigger for telling in happening.tellings for trigger in telling.triggers]
    mine = [toll for toll in reading.tolls if any(s.holds(toll.span) for s in extent)]
    state = is_state_operation(extent, triggers, mine, actors)
    day = day_of(reading, happening, extent)
    speaker = said_by(reading, extent)
    kind = type_of(happening, extent, [t for t in mine if not t.background], state_operation=state)
    state = (
        state or owns_up(extent) or (kind == "air_drone_strike" and is_army_strike(extent, actors))
    )
    outcome, outcome_said_by = outcome_of(reading, extent)
    if kind == "territory_seized" and outcome == "repelled":
        kind = "position_attack"  # « la ville n'est pas tombée »
    outcome = outcome or _OUTCOMES.get(kind)
    refs = actors_of(
        reading,
        extent,
        actors,
        state_operation=state,
        country=where.country,
        on=_about(reading, day),
    )
    told = stance(extent)
    if told == "claimed" and not any(ref.certainty == "claimed" for ref in refs):
        speaker = "group"
    losses = _tolls(reading, extent, mine, speaker)
    return Report(
        kind="attack",
        type=kind,
        realis="historical" if is_old(reading, day) else _realis(happening, outcome),
        places=where.places,
        date=day.date.isoformat() if day and day.date else None,
        date_end=day.date_end.isoformat() if day and day.date_end else None,
        time=day.time if day else None,
        date_precision=day.precision if day else 4,
        actors=refs,
        tolls=losses,
        attribution=told,
        said_by=speaker,
        outcome=outcome,
        outcome_said_by=outcome_said_by or (speaker if outcome else None),
        countries=(where.country,) if where.country else (),
        flags=_flags(extent, kind, where, triggers, state=state),
        denied_by=denied_by(reading, extent),
        confidence=of_attack(happening),
        why=_why(happening),
    )


def _realis(happening: Happening, outcome: str | None) -> str:
    realis = [telling.realis for telling in happening.tellings]
    if "actual" in realis:
        return "ongoing" if outcome == "ongoing" else "actual"
    return realis[0]


def _tolls(
    reading: Reading, extent: Sequence[Sentence], mine: Sequence[TollMention], speaker: str | None
) -> tuple[Toll, ...]:
    sayers = {
        sayer
        for sentence in extent
        if any(sentence.holds(toll.span) for toll in mine)
        and (sayer := speaker_of(reading, sentence))
    }
    said = sayers.pop() if len(sayers) == 1 else (speaker if sayers else None)
    return by_voice(extent, mine, said)


def _flags(
    extent: Sequence[Sentence], kind: str, where: Where, triggers: Sequence[Mark], *, state: bool
) -> tuple[str, ...]:
    def told(*values: str) -> bool:
        return any(sentence.has("evidence", *values) for sentence in extent)

    people = told("person") and not told("forces")
    flags = {
        "civilian_targeting": kind in ("attack_on_civilians", "abduction") and people,
        "state_operation": state,
        "communal": told("communal"),
        "coordinated": told("coordinated"),
        "capital_or_airport": told("airport")
        or any(p.precision == 1 and fold(p.name) in _CAPITALS for p in where.places),
        "aid_worker": told("aid_worker"),
        "official_killed": told("official")
        and any(trigger.entry.more["part"] == "state" for trigger in triggers),
        "reaction": any(cue.value == "reaction" for s in extent for cue in s.of("cue")),
    }
    return tuple(name for name, holds in flags.items() if holds)


def _about(reading: Reading, day: DateMention | None) -> date | None:
    """A day near the happening: its own, else the item's; None when neither is known."""
    if day is not None and day.date is not None:
        return day.date
    return reading.item.published.date() if reading.item.published else None


def _why(happening: Happening) -> tuple[str, ...]:
    """The words that decided, without those that stand within a longer one."""
    words = list(dict.fromkeys(word for telling in happening.tellings for word in telling.why))
    return tuple(
        word for word in words if not any(word != other and word in other for other in words)
    )[:_REASONS]
