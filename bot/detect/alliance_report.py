"""One step between states as a report: its type, stage and parties."""

from __future__ import annotations

from collections.abc import Sequence

from bot.detect.alliance import is_ours
from bot.detect.attribution import said_by
from bot.detect.confidence import of_score
from bot.detect.happening import Telling
from bot.detect.reading import Reading
from bot.detect.report import ActorRef, Report
from bot.detect.scope import is_neighbour
from bot.detect.time_reader import DateMention
from bot.detect.when import owned_by_speech


def report_step(reading: Reading, tellings: Sequence[Telling]) -> Report:
    """The report of tellings that all tell one step; the surest gives type and stage."""
    best = max(tellings, key=lambda telling: (telling.realis == "actual", telling.score))
    sentences = [telling.sentence for telling in tellings]
    countries = _parties(reading, tellings)
    day = _day(reading, [best, *tellings])
    return Report(
        kind="alliance",
        type=best.type or "summit",
        realis=best.realis,
        date=day.date.isoformat() if day and day.date else None,
        date_end=day.date_end.isoformat() if day and day.date_end else None,
        date_precision=day.precision if day else 4,
        actors=tuple(ActorRef(country, "party", "named") for country in countries),
        said_by=said_by(reading, sentences) or _announcer(tellings),
        stage=best.stage or next((t.stage for t in tellings if t.stage), None),
        countries=countries,
        confidence=of_score(best.score),
        why=tuple(dict.fromkeys(word for telling in tellings for word in telling.why)),
    )


def _parties(reading: Reading, tellings: Sequence[Telling]) -> tuple[str, ...]:
    """States of ours named in these sentences, then the outside partner named most.

    « sa frontière avec le Niger » names a neighbour, but a party where the border itself closes.
    """
    ours: dict[str, int] = {}
    others: dict[str, int] = {}
    border = any(telling.type == "border_airspace" for telling in tellings)
    for sentence in reading.sentences:
        if sentence not in [telling.sentence for telling in tellings] and not sentence.is_title:
            continue
        for mark in sentence.of("body"):
            for country in mark.entry.more.get("members", ()):
                ours[country] = ours.get(country, 0) + 1
        for mention in reading.countries_in(sentence):
            country = mention.country[:2]
            if not border and is_neighbour(reading, mention, sentence):
                continue
            group = ours if is_ours(reading.gazetteer, country) else others
            group[country] = group.get(country, 0) + 1
    partner = [max(others, key=lambda c: others[c])] if others else []
    return (*ours, *partner)


def _day(reading: Reading, tellings: Sequence[Telling]) -> DateMention | None:
    """The day of the step; where only its announcement is dated, that day."""
    for telling in tellings:
        dates = [
            date
            for date in reading.dates_in(telling.sentence)
            if date.date is not None and date.precision <= 2 and date.realis != "background"
        ]
        own = [d for d in dates if not owned_by_speech(telling.sentence, d, other_acts=False)]
        if own or dates:
            return min(own or dates, key=lambda date: date.precision)
    return None


def _announcer(tellings: Sequence[Telling]) -> str | None:
    """States that announce speak for themselves."""
    told = any(act.value == "announce" for t in tellings for act in t.sentence.of("act"))
    return "official" if told else None
