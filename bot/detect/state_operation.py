"""Whether it was the army's own deed: an operation, a strike from the air, a mistake it owns."""

from __future__ import annotations

from collections.abc import Sequence

from bot.detect import word_sets
from bot.detect.actors import UNKNOWN, Actors
from bot.detect.lexicon import Mark
from bot.detect.reading import Sentence, distance
from bot.detect.report import UNIFORMED
from bot.detect.toll_totals import TollMention

_AGAINST = word_sets.words("against")
#: triggers a state uses of what it does to armed groups
_STATE_TYPES = frozenset({"air_drone_strike", "territory_regained"})
_STATE_WORDS = word_sets.parts("state_acts")
_GROUP_TYPES = frozenset({
    "ambush", "position_attack", "suicide_bomb", "abduction", "territory_seized", "ied_landmine",
})  # fmt: skip
#: « a été la cible d'une attaque », « exposée à une attaque »: forces that were attacked
_UNDERGONE = word_sets.parts("undergone")
_HIT_REACH = 5
#: « réagi à une attaque »: what those do who are attacked, and words up to the attack
_SUFFERED, _SUFFERED_REACH = word_sets.parts("suffered"), 3
#: « une cinquantaine de terroristes à moto ont tendu une embuscade »
_LAYS, _AMBUSHER_REACH = word_sets.parts("lays_ambush"), 6
#: « un poste d'observation à Téhini, sur l'axe de Gogo, a été attaqué »
_PASSIVE_REACH = 16
_STRIKES, _AIR_FORCES = word_sets.parts("strikes"), word_sets.parts("air_forces")
_STORMS = word_sets.parts("storms")
_OF = word_sets.words("whose")
_BETWEEN = word_sets.words("fight_between")
#: words between an army and its drone
_OWNER_REACH = 3
_REGRET = word_sets.words("regret")
#: « le Jnim a attaqué »: words between who acts and the act
_SUBJECT_REACH = 1


def is_state_operation(
    sentences: Sequence[Sentence],
    triggers: Sequence[Mark],
    tolls: Sequence[TollMention],
    actors: Actors,
) -> bool:
    """Whether armed forces act here and an armed group is hit."""
    forces = any(
        sentence.has("evidence", "forces")
        or any(not actors.of(mark).irregular for mark in sentence.of("actor"))
        for sentence in sentences
    )
    lost = [t for t in tolls if t.who == "killed" and not t.background and t.status != "none"]
    only_theirs = bool(lost) and all(t.side == "attacker" for t in lost)
    if only_theirs and _forces_open(sentences[0]) and not _answered(sentences, triggers, actors):
        return True
    if _hits_hideout(sentences[0]) and not any(t.group in UNIFORMED for t in lost):
        return True
    # « 27 soldats tués et 47 terroristes neutralisés dans une attaque »: they were attacked
    struck = lost + [t for t in tolls if t.who == "wounded" and not t.background]
    fell = any(t.side == "victim" and t.group in UNIFORMED for t in struck)
    if fell and any(_is_attack(mark) for mark in triggers):
        return False
    # « affrontements entre l'armée et des éléments armés »: nobody says who began
    hurt = any(t.side == "victim" and t.group in UNIFORMED for t in tolls if not t.background)
    if hurt and any(_is_between(mark) for mark in triggers):
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
    if only_theirs:
        return True
    if any(mark.value == "air_drone_strike" for mark in triggers):
        # a town that was bombed: by the army only where the text says whose it was
        harmed = any(t.side == "victim" and t.status != "none" for t in struck)
        return not harmed or _is_owned(sentences, actors)
    if any(mark.value in _STATE_TYPES for mark in triggers):
        return True
    return not attacked or not any(t.side == "victim" for t in lost)


def _is_attack(mark: Mark) -> bool:
    """An attack by name, not an operation."""
    return (
        mark.value == "attack_unspecified"
        and mark.entry.more["part"] == "noun"
        and not any(word in mark.text for word in _STATE_WORDS)
    )


def _is_between(mark: Mark) -> bool:
    """A fight of two sides, told as such."""
    return mark.value == "armed_clash" and not _BETWEEN.isdisjoint(mark.text.split())


def _forces_open(sentence: Sentence) -> bool:
    """« Troops attack ISWAP enclaves, kill six »: who opens the headline acts."""
    return any(
        mark.value == "forces" and mark.first - sentence.span.first <= 1
        for mark in sentence.of("evidence")
    )


def _hits_hideout(sentence: Sentence) -> bool:
    """ "Air force hits bandit camp, kills dozens": forces, their blow, and whose camp it was."""
    evidence = sentence.of("evidence")
    start = sentence.span.first
    return any(
        forces.value == "forces"
        and any(
            word.startswith((*_STRIKES, *_STORMS))
            for word in sentence.words[forces.last - start : forces.last - start + 1]
        )
        and any(0 < camp.first - forces.last <= _HIT_REACH for camp in evidence
                if camp.value == "hideout")
        for forces in evidence
    )  # fmt: skip


def _is_of_groups(mark: Mark) -> bool:
    """Armies seize motorbikes; only a plain word for a town taken is a group's deed."""
    return mark.value in _GROUP_TYPES and not (
        mark.value == "territory_seized" and mark.entry.more["strength"] == "M"
    )


def _answered(sentences: Sequence[Sentence], triggers: Sequence[Mark], actors: Actors) -> bool:
    """« l'armée neutralise 30 terroristes … ils ont tendu une embuscade »: they came first."""
    return _came_under_attack(sentences) or any(
        mark.value == "ambush"
        and mark.text.startswith(_LAYS)
        and any(
            0 <= mark.first - group.last <= _AMBUSHER_REACH and actors.of(group).irregular
            for sentence in sentences
            for group in sentence.of("actor")
        )
        for mark in triggers
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
            if mark.entry.more["part"] == "noun" and any(
                word.startswith(_SUFFERED)
                for word in sentence.words[max(0, at - _SUFFERED_REACH - 1) : at - 1]
            ):
                return True  # « ont réagi à une attaque », « subi un assaut »
            if sentence.words[mark.first - sentence.span.first - 1 :][:1] == ["ete"] and any(
                other.value in ("position", "convoy")
                and 0 <= mark.first - other.last <= _PASSIVE_REACH
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
    return _is_owned(sentences, actors) and not any(
        mark.value != UNKNOWN and actors.of(mark).irregular and not _only_speaks(sentence, mark)
        for sentence in sentences
        for mark in sentence.of("actor")
    )


def _is_owned(sentences: Sequence[Sentence], actors: Actors) -> bool:
    """Whether the text says that the army struck, or it regrets it."""
    return any(
        _owns(s, owner, strike) or not _REGRET.isdisjoint(s.words)
        for s in sentences
        for owner in s.of("evidence", "actor")
        if owner.value == "forces" or (owner.layer == "actor" and not actors.of(owner).irregular)
        for strike in s.of("evidence", "trigger")
        if strike.value in ("weapon", "air_drone_strike")
        or (_is_act(strike) and 0 <= strike.first - owner.last <= _SUBJECT_REACH)
    ) or any(
        force in strike.text
        for s in sentences
        for strike in s.of("trigger")
        for force in _AIR_FORCES
    )


def _is_act(trigger: Mark) -> bool:
    """What right behind an army is its own act."""
    return trigger.layer == "trigger" and (
        bool(trigger.entry.more.get("hostile")) or trigger.text.startswith(_STRIKES)
    )


def _owns(sentence: Sentence, owner: Mark, strike: Mark) -> bool:
    """« l'armée a bombardé », « des drones de l'armée »; not "strikes after an army setback"."""
    if distance(owner, strike) > _OWNER_REACH:
        return False
    start = sentence.span.first
    if owner.first < strike.first:
        return not any(
            verb.entry.more["role"] == "verb" and verb.last <= owner.first <= verb.last + 1
            for verb in sentence.of("speaker")
        )
    between = sentence.words[strike.last - start : owner.first - start]
    return not _OF.isdisjoint(between) or not any(word.isascii() for word in between)


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
                    and not any(a.first < mark.first and not actors.of(a).irregular
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
