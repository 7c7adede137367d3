"""What the cues of an item do to its triggers: vetoed, hypothetical, historical, or left alone."""

from __future__ import annotations

from collections.abc import Sequence

from bot.detect import word_sets
from bot.detect.actors import Actors
from bot.detect.lexicon import Mark
from bot.detect.other_days import (
    Verdict,
    is_beside,
    is_dated,
    is_dated_before,
    is_fresh,
    is_only_after,
    judge_dates,
    judge_tense,
    judge_tolls,
)
from bot.detect.reach import touches
from bot.detect.reading import Reading, Sentence
from bot.detect.released import (
    is_of_other_year,
    is_predicate,
    is_told_otherwise,
    judge_released,
)
from bot.detect.report import UNIFORMED
from bot.detect.text import Span

#: attack types that are armed by themselves
_ARMED_TYPES = frozenset({
    "ambush", "suicide_bomb", "ied_landmine", "shelling", "air_drone_strike",
})  # fmt: skip
_DEFAULT_WEAKENING = 1.0
#: subjects that do not attack: vaccinators and players can be killed, crocodiles kill
_OTHER_SUBJECTS = frozenset({"illness", "sport", "law", "politics", "culture", "accident"})
#: who plays, acts or debates ambushes and opens fire too: only people who fight undo these
_ARENAS = frozenset({"sport", "culture", "politics"})
#: what people do for a living: lawyers and candidates are kidnapped like anybody
_OF_PEOPLE = frozenset({"law", "politics", "crime", "sport"})
#: an attack that says itself how it was done
_ARMED_ATTACK = ("armed attack", "attaque armee", "attaques armees")
#: « abattus … par des hommes »: words from a deed to who did it
_BY, _BY_REACH = word_sets.words("done_by"), 10
_MEN = word_sets.words("men")
#: cues that a clause behind the news may hold
_BESIDES = frozenset({"trial", "release"})
#: what a lead may say of its headline
_EXPLAINED = frozenset({"trial", "drill", "anniversary", "archive", "culture", "memorial"})
#: « une semaine après l'attaque de …, une autre … »: what is recalled so soon is still news
_WEEKS = word_sets.words("weeks")
#: that many words into the lead, what is named is what it is about
_EXPLAINS_AT = 4


def is_armed(sentence: Sentence, actors: Actors) -> bool:
    """Whether the sentence shows armed people or their weapons by itself."""
    return any(
        mark.value in _ARMED_TYPES and mark.entry.more["strength"] == "S"
        for mark in sentence.of("trigger")
    ) or any(actors.of(mark).irregular for mark in sentence.of("actor"))


def _takes(reading: Reading, sentence: Sentence, triggers: Sequence[Mark], actors: Actors) -> bool:
    """« Un avocat enlevé … des individus armés ont intercepté »: told by the next sentence."""
    beside = reading.sentences[sentence.number + 1 : sentence.number + 2]
    return any(t.value == "abduction" for t in triggers) and any(
        actors.of(mark).irregular for other in beside for mark in other.of("actor")
    )


def _is_armed_itself(reading: Reading, sentence: Sentence, cue: Mark, actors: Actors) -> bool:
    """A cue of a neighbouring sentence where an armed group acts changes nothing elsewhere."""
    if sentence.span.first <= cue.first < sentence.span.last or cue.value in ("sport", "culture"):
        return False
    own = next((s for s in reading.sentences if s.holds(Span(cue.first, cue.last))), None)
    return own is not None and any(actors.of(mark).irregular for mark in own.of("actor"))


def _harms_forces(reading: Reading, sentence: Sentence, triggers: Sequence[Mark]) -> bool:
    """« trois soldats tués dans une attaque »: no game, whatever is played that day."""
    return any(t.entry.more.get("hostile") for t in triggers) and any(
        toll.group in UNIFORMED and toll.side == "victim" and sentence.holds(toll.span)
        for toll in reading.tolls
    )


def _kills(triggers: Sequence[Mark]) -> bool:
    """« tués dans l'attaque de leur véhicule »: an attack, and people killed in it."""
    return (
        any(t.entry.more.get("deed") for t in triggers)
        and any(t.entry.more.get("hostile") or t.value in _ARMED_TYPES for t in triggers)
    ) or any(t.text.startswith(_ARMED_ATTACK) for t in triggers)  # fmt: skip


def _is_done_by(reading: Reading, triggers: Sequence[Mark]) -> bool:
    """« deux vaccinateurs abattus mardi … par des hommes à moto »: not by an illness."""
    words = reading.doc.words
    return any(
        trigger.entry.more.get("deed")
        and any(
            by in _BY and other in _MEN
            for by, other in zip(
                words[trigger.last : trigger.last + _BY_REACH],
                words[trigger.last + 2 : trigger.last + _BY_REACH + 2],
                strict=False,
            )
        )
        for trigger in triggers
    )


def _fights(
    reading: Reading, sentence: Sentence, triggers: Sequence[Mark], actors: Actors
) -> bool:
    """Whether the words of violence are meant: people who fight do it, or it befell forces."""
    return (
        _harms_forces(reading, sentence, triggers)
        or any(actors.of(mark).irregular for mark in sentence.of("actor"))
        or (
            is_armed(sentence, actors)
            and (
                sentence.has("evidence", "forces")
                or any(
                    t.side == "victim" and t.who in ("killed", "wounded") for t in reading.tolls
                )
            )
        )
    )


def _is_undone(
    reading: Reading, sentence: Sentence, cue: Mark, triggers: Sequence[Mark], actors: Actors
) -> bool:
    """Whether arms undo a cue that yields to them: games and courts do not shoot."""
    return (
        (
            _fights(reading, sentence, triggers, actors)
            if cue.value in _ARENAS
            else is_armed(sentence, actors)
        )
        or (cue.value in _OTHER_SUBJECTS and (_kills(triggers) or _is_done_by(reading, triggers)))
        or (cue.value in _OF_PEOPLE and _takes(reading, sentence, triggers, actors))
        or _is_armed_itself(reading, sentence, cue, actors)
    )


def judge(
    reading: Reading, sentence: Sentence, triggers: list[Mark], kind: str, actors: Actors,
    *, framed: bool = True,
) -> list[Verdict]:  # fmt: skip
    """The verdict on each trigger of a sentence for one family of events.

    `framed` says that the item's first sentence tells nothing fresh itself, so that what frames
    it (« Procès de … », « Dix ans après … ») frames the rest.
    """
    cues = [
        cue
        for cue in reading.cues
        if cue.entry.more["kinds"] in (kind, "both")
        and not _is_set_fire(reading, cue)
        and (
            _in_reach(reading, sentence, cue)
            or (framed and _frames(reading, sentence, cue))
            or (kind == "attack" and _explains(reading, sentence, cue))
        )
        and not (cue.entry.more["yields"] == "victims" and _harmed(reading))
        and not (cue.value == "civil_alliance" and _is_on_security(sentence, cue))
        and not is_told_otherwise(reading, cue)
        and not (cue.entry.more.get("with_year") and not is_of_other_year(reading, cue))
        and not (cue.entry.more.get("opens") and not reading.opens(cue.first))
        and not (
            cue.entry.more["yields"] == "armed"
            and _is_undone(reading, sentence, cue, triggers, actors)
        )
    ]
    verdicts = [Verdict(trigger) for trigger in triggers]
    weakened: set[str] = set()
    for cue in cues:
        more = cue.entry.more
        for verdict in verdicts:
            only = more.get("only")
            if only and not any(
                other.value in only and other.first == verdict.trigger.first for other in triggers
            ):
                continue  # « capturés » tells of people and of towns: what frees them is one
            if verdict.trigger.value in more.get("spares", ()):
                continue
            if cue.value == "arrest" and is_only_after(reading, sentence, verdict.trigger, cue):
                continue
            if cue.value in _BESIDES and is_beside(reading, sentence, verdict.trigger, cue):
                continue
            if sentence.holds(cue) and not touches(reading, sentence, cue, verdict.trigger):
                continue
            if more["action"] == "veto":
                verdict.vetoed = True
            elif more["action"] == "weaken":
                if cue.value in weakened:
                    continue
                verdict.weaker += float(more.get("weight", _DEFAULT_WEAKENING))
            elif (
                more["action"] in ("historical", "negated")
                and not is_predicate(reading, verdict.trigger, cue)
                and (
                    (
                        cue.value not in ("anniversary", "denied")
                        and is_dated(reading, sentence, verdict.trigger)
                    )
                    or is_dated_before(reading, sentence, verdict.trigger, cue)
                )
            ):
                continue
            elif verdict.realis == "actual":
                verdict.realis = str(more["action"])
            verdict.cues.append(f"{cue.value}: {cue.text}")
        weakened.add(cue.value)
    if kind == "attack":
        judge_tolls(reading, sentence, verdicts)
        judge_released(reading, sentence, verdicts, framed=framed)
        if framed:
            judge_tense(reading, sentence, verdicts)
    judge_dates(reading, sentence, verdicts, only_leading=kind == "alliance")
    return verdicts


def _is_on_security(sentence: Sentence, cue: Mark) -> bool:
    """« un accord de sécurité … . Il porte aussi sur les routes »: what else it is about."""
    return not sentence.holds(cue) and sentence.has("evidence", "military")


def _harmed(reading: Reading) -> bool:
    """Whether the item counts dead, hurt or abducted people."""
    return any(
        t.side == "victim" and t.who in ("killed", "wounded", "abducted") and t.status != "none"
        for t in reading.tolls
    )


def _is_set_fire(reading: Reading, cue: Mark) -> bool:
    """« incendié dans la nuit » is no « incendie dans … »."""
    return cue.value == "accident" and "incendié" in reading.doc.raw(Span(cue.first, cue.last))


def _frames(reading: Reading, sentence: Sentence, cue: Mark) -> bool:
    """Whether a cue of the item's first sentence sets what the later ones tell."""
    return (
        sentence.number > 0
        and bool(cue.entry.more.get("frame"))
        and reading.sentences[0].holds(cue)
        and not (cue.value == "anniversary" and is_fresh(sentence))
    )


def _explains(reading: Reading, sentence: Sentence, cue: Mark) -> bool:
    """« Tirs à la base de Niamey. L'exercice a duré … »: the lead says what the headline was.

    A lead that tells something first leaves the headline as it stands.
    """
    if sentence.number > 0 or cue.value not in _EXPLAINED or not cue.entry.more.get("frame"):
        return False
    lead = next(iter(reading.sentences[1:2]), None)
    return (
        lead is not None
        and 0 <= cue.first - lead.span.first <= _EXPLAINS_AT
        and not is_fresh(sentence)
        and not any(trigger.last <= cue.first for trigger in lead.of("trigger"))
        and not (cue.value == "trial" and _by_arms(sentence))
        and not (cue.value == "anniversary" and not _WEEKS.isdisjoint(cue.text.split()))
    )


def _by_arms(sentence: Sentence) -> bool:
    """« un greffier tué par une mine »: what befell people of the courts is no case of theirs."""
    return any(
        mark.value in _ARMED_TYPES and mark.entry.more["strength"] == "S"
        for mark in sentence.of("trigger")
    )


def _in_reach(reading: Reading, sentence: Sentence, cue: Mark) -> bool:
    if sentence.span.first <= cue.first < sentence.span.last:
        return True
    reach = cue.entry.more["reach"]
    if reach == "back":
        return cue.first >= sentence.span.last
    if reach == "near":
        beside = reading.sentences[max(0, sentence.number - 1) : sentence.number + 2]
        return any(s.span.first <= cue.first < s.span.last for s in beside)
    if cue.value == "sport":  # a match told further down is another matter
        lead = reading.sentences[: sentence.number + 2]
        return reach == "item" and cue.first < lead[-1].span.last
    return bool(reach == "item")
