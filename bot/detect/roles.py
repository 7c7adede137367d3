"""Who did it, to whom, and how surely: never more than the text says."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from bot.detect.actors import Actor, Actors
from bot.detect.lexicon import Mark
from bot.detect.reading import Sentence, distance
from bot.detect.report import ActorRef

UNKNOWN = "unknown"
#: how near a word of suspicion or blame stands to the actor it is about
_STANCE_REACH = 5
#: triggers a state uses of what it does to armed groups
_STATE_TYPES = frozenset({"air_drone_strike", "territory_regained"})
_STATE_WORDS = ("neutrali", "operation", "hors d etat", "ratissage", "raid aero", "eliminated",
                # neutralisation, neutralised, elimination, (during, in, after an) operation
                "تحييد", "حيد", "قضاء علي", "عمليه", "خلال عمليه", "في عمليه",
                "اثر عمليه")  # fmt: skip
_ACCUSED_REACH = 3
#: « le Jnim a attaqué »: words between who acts and the act
_SUBJECT_REACH = 1
_ORDER = ("named", "claimed", "suspected", "generic")


def actors_of(
    sentences: Sequence[Sentence],
    actors: Actors,
    *,
    state_operation: bool,
    country: str | None,
    on: date | None = None,
) -> tuple[ActorRef, ...]:
    """The perpetrators first, then those they hit; `unknown` when no doer is named.

    Where forces act that the text calls only « l'armée », they are those of the `country`.
    An actor that did not exist `on` that day is not who the text means: it becomes `unknown`.
    """
    doers: dict[str, str] = {}
    hit: dict[str, None] = {}
    for sentence in sentences:
        for mark in sentence.of("actor"):
            actor = actors.of(mark)
            if actor.irregular != state_operation or _is_agent(sentence, mark):
                certainty = "named" if state_operation else _certainty(sentence, mark)
                id_ = actor.id
                if not actor.existed(on):
                    id_, certainty = UNKNOWN, "generic"
                known = doers.get(id_)
                if known is None or _ORDER.index(certainty) < _ORDER.index(known):
                    doers[id_] = certainty
            elif actor.existed(on):
                hit.setdefault(actor.id)
    if state_operation and not any(id_ != UNKNOWN for id_ in doers):
        army = actors.army_of(country)
        if army is not None and army not in hit:
            doers[army] = "named"
    named = {id_: certainty for id_, certainty in doers.items() if id_ != UNKNOWN}
    if not named:
        named = {UNKNOWN: doers.get(UNKNOWN, "generic")}
    refs = [ActorRef(id_, "perpetrator", certainty) for id_, certainty in named.items()]
    targets = [id_ for id_ in hit if id_ not in named and not (id_ == UNKNOWN and len(hit) > 1)]
    refs += [ActorRef(id_, "target", "generic" if id_ == UNKNOWN else "named") for id_ in targets]
    return tuple(refs)


def _is_agent(sentence: Sentence, mark: Mark) -> bool:
    """« exécutées par l'armée », « l'armée accusée d'avoir tué »: forces that did it."""
    for trigger in sentence.of("trigger"):
        if trigger.entry.more.get("deed") and 0 <= mark.first - trigger.last <= 2:
            between = sentence.words[
                trigger.last - sentence.span.first : mark.first - sentence.span.first
            ]
            if "par" in between or "by" in between:
                return True
    return any(
        act.value == "accuse" and 0 <= act.first - mark.last <= _ACCUSED_REACH
        for act in sentence.of("act")
    ) and any(t.entry.more.get("deed") for t in sentence.of("trigger"))


def _certainty(sentence: Sentence, mark: Mark) -> str:
    near = {
        stance.value
        for stance in sentence.of("stance")
        if distance(stance, mark) <= _STANCE_REACH
        or (stance.first >= mark.first and stance.last <= mark.last)
    }
    if near & {"suspected", "blamed"}:
        return "suspected"
    if mark.value == UNKNOWN:
        return "suspected" if mark.text.startswith(("suspected", "alleged")) else "generic"
    if any(stance.value == "claim" for stance in sentence.of("stance")):
        return "claimed"
    return "named"


def is_state_operation(
    sentences: Sequence[Sentence], triggers: Sequence[Mark], actors: Actors
) -> bool:
    """Whether armed forces act here and an armed group is hit."""
    forces = any(
        (mark.layer == "actor" and _is_state(actors.of(mark)))
        or (mark.layer == "evidence" and mark.value == "forces")
        for sentence in sentences
        for mark in sentence.marks
    )
    acting = any(
        mark.value in _STATE_TYPES or any(word in mark.text for word in _STATE_WORDS)
        for mark in triggers
    )
    attacked = any(
        mark.value
        in ("ambush", "position_attack", "suicide_bomb", "abduction", "territory_seized")
        for mark in triggers
    )
    return forces and acting and not attacked and not _struck(sentences, triggers, actors)


def _struck(sentences: Sequence[Sentence], triggers: Sequence[Mark], actors: Actors) -> bool:
    """« le Jnim a attaqué sept positions »: an armed group right before a word for an attack."""
    return any(
        actors.of(mark).irregular and 0 <= trigger.first - mark.last <= _SUBJECT_REACH
        for sentence in sentences
        for mark in sentence.of("actor")
        for trigger in triggers
        if trigger.value == "attack_unspecified" and trigger.entry.more["part"] == "verb"
    )


def _is_state(actor: Actor) -> bool:
    return actor.side in ("STATE", "PRO_STATE", "INTERNATIONAL", "FOREIGN")
