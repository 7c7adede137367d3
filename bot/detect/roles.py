"""Who did it, to whom, and how surely: never more than the text says."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from bot.detect import word_sets
from bot.detect.actors import Actor, Actors
from bot.detect.lexicon import Mark
from bot.detect.reading import Reading, Sentence, distance
from bot.detect.report import ActorRef
from bot.detect.toll_totals import TollMention

UNKNOWN = "unknown"
#: how near a word of suspicion or blame stands to the actor it is about
_STANCE_REACH = 5
#: triggers a state uses of what it does to armed groups
_STATE_TYPES = frozenset({"air_drone_strike", "territory_regained"})
_STATE_WORDS = word_sets.parts("state_acts")
_GROUP_TYPES = frozenset({
    "ambush", "position_attack", "suicide_bomb", "abduction", "territory_seized", "ied_landmine",
})  # fmt: skip
_ACCUSED_REACH = 3
_AGENT_REACH = 4
#: « a été la cible d'une attaque », « exposée à une attaque »: forces that were attacked
_UNDERGONE = word_sets.parts("undergone")
_HIT_REACH = 5
#: words between an army and its drone
_OWNER_REACH = 3
_REGRET = word_sets.words("regret")
_ACTIVE_REACH = 2
_PEOPLE = frozenset({"civilian", "unknown", "official", "aid_worker"})
#: « démentent être du Jnim »
_BEING = word_sets.words("being")
#: « le Jnim a attaqué »: words between who acts and the act
_SUBJECT_REACH = 1
#: « où sévissent les jihadistes de … », "where groups linked to … are active": who is about there
_SCENE_REACH = 12
_SCENE = word_sets.words("haunts")
#: « affilié à Al-Qaïda », « faction de Boko Haram »: whose friend the one who did it is
_AFFILIATED = word_sets.words("affiliated")
_AFFILIATED_REACH = 4
#: « contre des chasseurs dozos »: those who were attacked
_AGAINST = word_sets.words("against")
_AGAINST_REACH = 3
_UNIFORMED = frozenset({"soldier", "police", "auxiliary"})
_ORDER = ("named", "claimed", "suspected", "generic")


def actors_of(
    reading: Reading,
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
            if actor.irregular != state_operation or _is_agent(sentence, mark, reading.tolls):
                if not state_operation and _is_aside(reading, sentence, mark, actors):
                    continue
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
    named = {i: c for i, c in named.items() if not actors.by_id[i].yields_to & named.keys()}
    if not named:
        named = {UNKNOWN: doers.get(UNKNOWN, "generic")}
    refs = [ActorRef(id_, "perpetrator", certainty) for id_, certainty in named.items()]
    targets = [id_ for id_ in hit if id_ not in named and not (id_ == UNKNOWN and len(hit) > 1)]
    refs += [ActorRef(id_, "target", "generic" if id_ == UNKNOWN else "named") for id_ in targets]
    return tuple(refs)


def _is_aside(reading: Reading, sentence: Sentence, mark: Mark, actors: Actors) -> bool:
    """Whether a group is only named as who lives there, whose friend they are, or who was hit."""
    words, start = sentence.words, sentence.span.first
    at = mark.first - start
    if reading.recalls(mark.first):
        return True
    if not _SCENE.isdisjoint(words[max(0, at - _SCENE_REACH) : at]) or _stands_where(
        reading, mark, at
    ):
        return True
    if not _AGAINST.isdisjoint(words[max(0, at - _AGAINST_REACH) : at]):
        return True
    if sentence.has("stance", "denial") and not _BEING.isdisjoint(
        words[max(0, at - _AGAINST_REACH) : at]
    ):
        return True
    # « cinq chasseurs traditionnels dozos »: a militia's name may end the count of its dead
    behind = 1 if actors.of(mark).side == "COMMUNAL" else 0
    if any(
        t.who != "captured" and t.span.first <= mark.first < t.span.last + behind
        for t in reading.tolls
        if t.side == "victim"
    ):
        return True
    near = words[max(0, at - _AFFILIATED_REACH) : at]
    return not _AFFILIATED.isdisjoint(near) and any(
        other.last <= mark.first and other.value not in (UNKNOWN, mark.value)
        and actors.of(other).irregular
        for other in sentence.of("actor")
    )  # fmt: skip


def _stands_where(reading: Reading, mark: Mark, at: int) -> bool:
    """« où » with its accent, which the folded words have lost, opens the clause."""
    doc = reading.doc
    return any(
        doc.words[word] == "ou" and doc.original[doc.starts[word] : doc.ends[word]] == "où"
        for word in range(mark.first - min(at, _SCENE_REACH), mark.first)
    )


def _is_agent(sentence: Sentence, mark: Mark, tolls: Sequence[TollMention]) -> bool:
    """« exécutées par l'armée », « l'armée accusée d'avoir tué »: forces that did it.

    Also "soldiers shot dead 30 villagers": the act right behind them, then whom it befell.
    """
    if any(
        0 <= trigger.first - mark.last <= _ACTIVE_REACH
        and trigger.entry.more.get("deed")
        and any(
            t.side == "victim" and t.group in _PEOPLE and 0 <= t.span.first - trigger.last <= 1
            for t in tolls
        )
        for trigger in sentence.of("trigger")
    ):
        return True
    for trigger in sentence.of("trigger"):
        if 0 <= mark.first - trigger.last <= _AGENT_REACH:
            start = sentence.span.first
            between = sentence.words[trigger.last - start : mark.first - start]
            if "par" in between or "by" in between:
                return True
    return any(
        act.text.startswith("accus") and 0 <= act.first - mark.last <= _ACCUSED_REACH
        for act in sentence.of("act")
        if act.value == "accuse"
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
    sentences: Sequence[Sentence],
    triggers: Sequence[Mark],
    tolls: Sequence[TollMention],
    actors: Actors,
) -> bool:
    """Whether armed forces act here and an armed group is hit."""
    forces = any(
        sentence.has("evidence", "forces")
        or any(_is_state(actors.of(mark)) for mark in sentence.of("actor"))
        for sentence in sentences
    )
    lost = [t for t in tolls if t.who == "killed" and not t.background and t.status != "none"]
    only_theirs = bool(lost) and all(t.side == "attacker" for t in lost)
    if only_theirs and _forces_open(sentences[0]):
        return True
    # « 27 soldats tués et 47 terroristes neutralisés dans une attaque »: they were attacked
    fell = any(t.side == "victim" and t.group in _UNIFORMED for t in lost)
    if fell and any(_is_attack(mark) for mark in triggers):
        return False
    if only_theirs and any(mark.value == "air_drone_strike" for mark in triggers):
        return True
    acting = only_theirs or any(
        mark.value in _STATE_TYPES or any(word in mark.text for word in _STATE_WORDS)
        for mark in triggers
    )
    if not forces or not acting or any(_is_of_groups(mark) for mark in triggers):
        return False
    if _struck(sentences, triggers, actors) or _is_accused(sentences, tolls):
        return False
    if _came_under_attack(sentences):
        return False
    # « attaqué par un groupe armé … deux terroristes neutralisés »: they came first
    attacked = any(
        m.value == "attack_unspecified" and m.entry.more.get("hostile") for m in triggers
    )
    by_air = any(mark.value in _STATE_TYPES for mark in triggers)
    return only_theirs or by_air or not attacked or not any(t.side == "victim" for t in lost)


def _is_attack(mark: Mark) -> bool:
    """An attack by name, not an operation."""
    return (
        mark.value == "attack_unspecified"
        and mark.entry.more["part"] == "noun"
        and not any(word in mark.text for word in _STATE_WORDS)
    )


def _forces_open(sentence: Sentence) -> bool:
    """« Troops attack ISWAP enclaves, kill six »: who opens the headline acts."""
    return any(
        mark.value == "forces" and mark.first - sentence.span.first <= 1
        for mark in sentence.of("evidence")
    )


def _is_of_groups(mark: Mark) -> bool:
    """Armies seize motorbikes; only a plain word for a town taken is a group's deed."""
    return mark.value in _GROUP_TYPES and not (
        mark.value == "territory_seized" and mark.entry.more["strength"] == "M"
    )


def _came_under_attack(sentences: Sequence[Sentence]) -> bool:
    """« attaque contre une patrouille repoussée, vingt assaillants tués »: they came first."""
    for sentence in sentences:
        for mark in sentence.of("trigger"):
            if mark.value != "attack_unspecified" or mark.entry.more["part"] == "state":
                continue
            if mark.text.startswith(_UNDERGONE):
                return True
            at = mark.last - sentence.span.first
            if sentence.words[mark.first - sentence.span.first - 1 :][:1] == ["ete"] and any(
                other.value in ("position", "convoy")
                and 0 <= mark.first - other.last <= _HIT_REACH
                for other in sentence.of("evidence")
            ):
                return True  # « le camp de Labbezanga a été attaqué »
            if not _AGAINST.isdisjoint(sentence.words[at : at + _SUBJECT_REACH + 1]) and any(
                other.value in ("forces", "position", "convoy")
                and 0 <= other.first - mark.last <= _HIT_REACH
                for other in sentence.of("evidence")
            ):
                return True
    return False


def is_army_strike(sentences: Sequence[Sentence], actors: Actors) -> bool:
    """Whether a strike from the air is the army's: the text says whose it was, or who regrets it.

    Never where a named group acts.
    """
    forces = any(
        distance(owner, strike) <= _OWNER_REACH or not _REGRET.isdisjoint(s.words)
        for s in sentences
        for owner in s.of("evidence", "actor")
        if owner.value == "forces" or (owner.layer == "actor" and _is_state(actors.of(owner)))
        for strike in s.of("evidence", "trigger")
        if strike.value in ("weapon", "air_drone_strike")
    )
    return forces and not any(
        mark.value != UNKNOWN and actors.of(mark).irregular and not _only_speaks(sentence, mark)
        for sentence in sentences
        for mark in sentence.of("actor")
    )


def owns_up(sentences: Sequence[Sentence]) -> bool:
    """« l'armée reconnaît avoir tué sept civils par erreur »: their deed, their mistake."""
    return any(
        not _REGRET.isdisjoint(sentence.words)
        and any(
            forces.value == "forces" and forces.last <= deed.first
            for forces in sentence.of("evidence")
            for deed in sentence.of("trigger")
            if deed.entry.more.get("deed")
        )
        for sentence in sentences
    )


def _is_accused(sentences: Sequence[Sentence], tolls: Sequence[TollMention]) -> bool:
    """Forces that deny having killed civilians, or stand accused of it, fought nobody."""
    civilians = any(t.side == "victim" and t.group == "civilian" for t in tolls)
    return civilians and any(
        s.has("act", "accuse") or s.has("stance", "denial") for s in sentences
    )


def _struck(sentences: Sequence[Sentence], triggers: Sequence[Mark], actors: Actors) -> bool:
    """« le Jnim a attaqué sept positions », « le FLA revendique une attaque de drones »."""
    for sentence in sentences:
        for mark in sentence.of("actor"):
            if not actors.of(mark).irregular or _only_speaks(sentence, mark):
                continue
            if any(
                0 <= trigger.first - mark.last <= _SUBJECT_REACH
                for trigger in triggers
                if trigger.value == "attack_unspecified" and trigger.entry.more["part"] == "verb"
            ):
                return True
            if mark.value != UNKNOWN and (
                sentence.has("stance", "claim")
                or (mark.first < min(
                    (
                        trigger.first
                        for trigger in sentence.of("trigger")
                        if trigger.entry.more["part"] != "state"
                    ),
                    default=0,
                )
                    and not any(a.first < mark.first and _is_state(actors.of(a))
                                for a in sentence.of("actor"))
                    and not _hits(sentence, mark))
            ):  # fmt: skip
                return True
    return False


def _hits(sentence: Sentence, mark: Mark) -> bool:
    """ "Troops kill 14 bandits in a gun battle": forces, then the deed, then the group."""
    deeds = [
        t for t in sentence.of("trigger") if t.entry.more.get("deed") and t.last <= mark.first
    ]
    return any(
        forces.value == "forces" and any(forces.last <= deed.first for deed in deeds)
        for forces in sentence.of("evidence")
    )


def _only_speaks(sentence: Sentence, mark: Mark) -> bool:
    """« Le FLA assure que les morts étaient des orpailleurs »: who tells it did nothing."""
    return not sentence.has("stance", "claim") and any(
        verb.entry.more["role"] == "verb" and 0 <= verb.first - mark.last <= _SUBJECT_REACH
        for verb in sentence.of("speaker")
    )


def _is_state(actor: Actor) -> bool:
    return actor.side in ("STATE", "PRO_STATE", "INTERNATIONAL", "FOREIGN")
