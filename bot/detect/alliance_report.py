"""One step between states as a report: its type, stage and parties."""

from __future__ import annotations

from collections.abc import Sequence

from bot.detect import word_sets
from bot.detect.alliance import is_ours
from bot.detect.attribution import said_by
from bot.detect.confidence import of_score
from bot.detect.countries import CountryMention
from bot.detect.gazetteer import NEAR
from bot.detect.happening import Telling
from bot.detect.lexicon import Mark
from bot.detect.reading import Reading, Sentence
from bot.detect.report import ActorRef, Place, Report
from bot.detect.scope import is_neighbour
from bot.detect.step_day import day_of_step
from bot.detect.told_from import is_dateline

#: acts that have a place of their own, and how far before its name they may stand
_HELD = frozenset({
    "sign", "will_sign", "ratify", "create", "meet", "planned", "announce", "arrive",
})  # fmt: skip
_VENUE_REACH = 6
#: « ont signé … l'accord … à Bamako »: what is signed may be told at length
_SIGNED_REACH = 16
_NEARLY = 0.75
#: steps that a signature makes
_SIGNED = frozenset({
    "defence_pact", "military_cooperation", "joint_force", "alliance_institution",
    "peace_agreement",
})  # fmt: skip
#: so many parties make a town where they met no party
_SEVERAL = 2
_AT = word_sets.words("seated")
_HOSTS = word_sets.words("hosts")
#: steps that others take upon a state
_UPON = frozenset({"sanctions_imposed", "sanctions_lifted", "intervention_threat"})
_MEMBERS, _MEMBERS_REACH = word_sets.words("members"), 6
_OF_SOMEBODY = word_sets.words("ranks")
_BACKED = word_sets.words("backed")
#: troops that come or go, and the acts that say they have
_MOVED = frozenset({"troop_deployment", "troop_withdrawal"})
_THERE = frozenset({"arrive", "complete"})
#: steps that happen where the soldiers are
_ON_THE_GROUND = frozenset({"base_change", "troop_withdrawal"})


def report_step(reading: Reading, tellings: Sequence[Telling]) -> Report:
    """The report of tellings that all tell one step; the surest gives type and stage."""
    best = _main(tellings)
    sentences = [telling.sentence for telling in tellings]
    countries = _parties(reading, tellings)
    day = day_of_step(reading, [best, *tellings])
    return Report(
        kind="alliance",
        type=best.type or "summit",
        realis=best.realis,
        places=_venue(reading, best, sentences),
        date=day.date.isoformat() if day and day.date else None,
        date_end=day.date_end.isoformat() if day and day.date_end else None,
        date_precision=day.precision if day else 4,
        actors=tuple(ActorRef(country, "party", "named") for country in countries),
        said_by=said_by(reading, sentences) or _announcer(tellings),
        stage=_stage(reading, best, tellings),
        countries=countries,
        confidence=of_score(best.score),
        why=tuple(dict.fromkeys(word for telling in tellings for word in telling.why)),
    )


def _stage(reading: Reading, best: Telling, tellings: Sequence[Telling]) -> str | None:
    """How far it has come; a signature told right behind says more than an announcement."""
    told = best.stage or next((t.stage for t in tellings if t.stage), None)
    first = best.sentence.number
    near = reading.sentences[first : first + 2]
    if best.type in _MOVED and told == "announced":
        there = any(act.value in _THERE for sentence in near[1:] for act in sentence.of("act"))
        return "implemented" if there and _is_past(reading, near[1]) else told
    if told not in (None, "announced") or best.type not in _SIGNED:
        return told
    signed = any(
        act.value == "sign" and not act.text.startswith("agree")
        for sentence in near
        for act in sentence.of("act")
    )
    return "signed" if signed else told


def _is_past(reading: Reading, sentence: Sentence) -> bool:
    """« Les troupes sont arrivées dimanche »: a day that has been."""
    return any(date.realis == "past" for date in reading.dates_in(sentence))


def _main(tellings: Sequence[Telling]) -> Telling:
    """The first telling that is nearly as sure as the surest: news say first what is new."""
    real = [t for t in tellings if t.realis == "actual"] or list(tellings)
    surest = max(telling.score for telling in real)
    return next(telling for telling in real if telling.score >= surest - _NEARLY)


def _venue(reading: Reading, best: Telling, sentences: Sequence[Sentence]) -> tuple[Place, ...]:
    """Where it was signed or said, or which base it is about; none where nobody says."""
    weights = {mention.country: 1.0 for mention in reading.countries}
    last = max((sentence.number for sentence in sentences), default=0) + 1
    for sentence in reading.sentences[: last + 1]:
        for mention in reading.places_in(sentence):
            first = mention.span.first
            if mention.cue in ("at", "in"):
                near = [m for m in sentence.marks if 0 <= first - m.last <= _VENUE_REACH]
                sent = any(m.value == "ambassador" for m in near)
                held = any(m.layer == "act" and m.value in _HELD for m in near) or any(
                    act.value == "sign"
                    and 0 <= first - act.last <= _SIGNED_REACH
                    and reading.breaks(act.last - 1, first)[:2] == (0, 0)
                    for act in sentence.of("act")
                )
            else:
                sent, held = False, best.type in _ON_THE_GROUND and mention.cue is None
            if not held or sent:
                continue
            place = reading.gazetteer.resolve(mention, weights)
            if place is not None and place.precision <= NEAR:
                return (place,)
    return ()


def _parties(reading: Reading, tellings: Sequence[Telling]) -> tuple[str, ...]:
    """States of ours named in these sentences, then the outside partner named most.

    « sa frontière avec le Niger » names a neighbour, but a party where the border itself closes.
    """
    ours: dict[str, int] = {}
    others: dict[str, int] = {}
    venues: dict[str, int] = {}
    joint: set[str] = set()
    told = [telling.sentence for telling in tellings]
    border = any(telling.type == "border_airspace" for telling in tellings) or any(
        s.has("object", "border") and s.has("act", "reopen", "close") for s in told
    )
    if not any(reading.countries_in(s) or s.of("body") for s in told):
        # « la frontière rouvre »: the next sentence names who reopened it
        told += reading.sentences[told[-1].number + 1 : told[-1].number + 2]
    head = _headline_of(reading, tellings)
    for sentence in reading.sentences:
        if head is not None and sentence is not head:
            continue
        if sentence not in told and not sentence.is_title:
            continue
        for mark in sentence.of("body"):
            if mark.entry.more.get("loose") and not _is_of_members(sentence, mark):
                joint.update(mark.entry.more.get("members", ()))
                continue  # « le Mali quitte le G5 »: the others are no party of it
            for country in mark.entry.more.get("members", ()):
                ours[country] = ours.get(country, 0) + 1
        for mention in reading.countries_in(sentence):
            country = mention.country[:2]
            if not border and is_neighbour(reading, mention, sentence, beside=False):
                continue
            if not _BACKED.isdisjoint(reading.doc.words[mention.span.last :][:1]):
                continue  # "a China-backed pipeline"
            if _is_dateline_of(reading, sentence, mention) or _is_persons(reading, mention):
                continue
            group = ours if is_ours(reading.gazetteer, country) else others
            if _is_venue(reading, sentence, mention):
                group = venues
            group[country] = group.get(country, 0) + 1
    if not ours:
        ours = dict.fromkeys(sorted(joint), 1)
    bodies = any(sentence.of("body") for sentence in told)
    if len(ours) + bool(others) + bodies < _SEVERAL:  # « Bamako rappelle son ambassadeur à Alger »
        for country in venues:
            group = ours if is_ours(reading.gazetteer, country) else others
            group.setdefault(country, 1)
    partner = [max(others, key=lambda c: others[c])] if others else []
    return (*ours, *partner)


def _headline_of(reading: Reading, tellings: Sequence[Telling]) -> Sentence | None:
    """A headline that names both sides, or whom a step is taken upon, names the parties."""
    head = reading.sentences[0]
    if head not in [telling.sentence for telling in tellings]:
        return None
    named = {m.country[:2] for m in reading.countries_in(head) if m.form != "capital"}
    ours = any(is_ours(reading.gazetteer, country) for country in named)
    enough = 1 if _main(tellings).type in _UPON else _SEVERAL
    return head if ours and len(named) >= enough else None


def _is_of_members(sentence: Sentence, body: Mark) -> bool:
    """« les chefs d'état-major des pays membres du G5 »: all of them."""
    at = body.first - sentence.span.first
    return not _MEMBERS.isdisjoint(sentence.words[max(0, at - _MEMBERS_REACH) : at])


def _is_dateline_of(reading: Reading, sentence: Sentence, mention: CountryMention) -> bool:
    """« Abuja — … », "DAKAR, Senegal (AP)": where it was written."""
    return any(
        other.form == "capital"
        and 0 <= mention.span.first - other.span.first <= 1
        and is_dateline(reading, sentence, other.span)
        for other in reading.countries_in(sentence)
    )


def _is_persons(reading: Reading, mention: CountryMention) -> bool:
    """« le général ivoirien Bakayoko », « l'Ivoirien Brou »: where somebody is from."""
    doc, first, last = reading.doc, mention.span.first, mention.span.last
    return (
        mention.form == "demonym"
        and last < len(doc)
        and doc.between(last - 1, last) == " "
        and doc.original[doc.starts[last]].isupper()
        and not _OF_SOMEBODY.isdisjoint(doc.words[max(0, first - 1) : first])
    )


def _is_venue(reading: Reading, sentence: Sentence, mention: CountryMention) -> bool:
    """« à Abuja », « à Accra (Ghana) », « la capitale ghanéenne »: perhaps only where they met."""
    first = mention.span.first
    before = reading.doc.words[first - 1 : first]
    if mention.form == "capital":
        return not _AT.isdisjoint(before)
    if mention.form == "demonym":
        return not _HOSTS.isdisjoint(before) and sentence.has("body", "ECOWAS")
    return any(
        other.form == "capital"
        and other.country == mention.country
        and 0 <= first - other.span.last <= 1
        for other in reading.countries_in(sentence)
    )


def _announcer(tellings: Sequence[Telling]) -> str | None:
    """States that announce speak for themselves."""
    told = any(act.value == "announce" for t in tellings for act in t.sentence.of("act"))
    return "official" if told else None
