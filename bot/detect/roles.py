"""Who did it, to whom, and how surely: never more than the text says."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from bot.detect import word_sets
from bot.detect.actors import UNKNOWN, Actors
from bot.detect.lexicon import Mark
from bot.detect.reading import Reading, Sentence, distance
from bot.detect.report import ActorRef
from bot.detect.toll_totals import TollMention

#: how near a word of suspicion or blame stands to the actor it is about
_STANCE_REACH = 5
_ACCUSED_REACH = 3
_AGENT_REACH = 4
_ACTIVE_REACH = 2
_PEOPLE = frozenset({"civilian", "unknown", "official", "aid_worker"})
#: « démentent être du Jnim »
_BEING = word_sets.words("being")
#: « où sévissent les jihadistes de … », "where groups linked to … are active": who is about there
_SCENE_REACH = 12
_SCENE = word_sets.words("haunts")
#: « affilié à Al-Qaïda », « faction de Boko Haram »: whose friend the one who did it is
_AFFILIATED = word_sets.words("affiliated")
_AFFILIATED_REACH = 4
#: « contre des chasseurs dozos »: those who were attacked
_AGAINST = word_sets.words("against")
_AGAINST_REACH = 3
#: « la lutte contre la secte nigériane Boko Haram »
_PREY, _STOPS = word_sets.words("prey"), frozenset(",;:!?")
#: « ont été repoussés par »: words up to who drove them back
_DRIVEN, _DRIVEN_REACH = word_sets.parts("driven_back"), 6
_BY = word_sets.words("done_by")
_GROUP = word_sets.words("armed_group")
_FIGHT, _FIGHT_REACH = re.compile(r"(lutte|guerre|fight|war) (contre|against)(?!.* (par|by) )"), 7
_PART, _PART_REACH = word_sets.words("before_those_hit"), 2
_THEM = (["des"], ["les"], ["the"])
_CALLED = word_sets.words("called_in")
#: « le chef d'Aqmi »: words from whoever leads a group to its name
_HEADS = word_sets.words("heads_of_groups")
_HEAD_REACH = 3
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
    So do « bandits » outside the countries where that is what such groups are called.
    """
    doers: dict[str, str] = {}
    hit: dict[str, None] = {}
    them = {m.value for s in sentences for m in s.of("actor") if _is_hit(s, m)}
    for sentence in sentences:
        for mark in sentence.of("actor"):
            if mark.value in them:
                hit.setdefault(mark.value)
                continue
            actor = actors.of(mark)
            if actor.irregular != state_operation or (
                _is_agent(sentence, mark, reading.tolls)
                and not _defends(sentence, mark, reading.tolls, actors)
            ):
                if not state_operation and _is_aside(reading, sentence, mark, actors):
                    continue
                certainty = "named" if state_operation else _certainty(sentence, mark)
                id_ = actor.id
                elsewhere = actor.side == "CRIMINAL" and country not in actor.countries
                if elsewhere or not actor.existed(on):
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
    if any(mark.value == "air_drone_strike" for s in sentences for mark in s.of("trigger")):
        told = {i for i in _speakers(sentences) if actors.by_id[i].irregular}
        named = {i: c for i, c in named.items() if c == "claimed" or i not in told}
    if any(not actors.by_id[id_].irregular for id_ in named):
        # "an army drone kills nine, FLA says": who accuses the army did not do it too
        said = {i for i in _speakers(sentences) if actors.by_id[i].irregular}
        fell = {
            mark.value
            for sentence in sentences
            for mark in sentence.of("actor")
            if any(
                t.side == "attacker" and t.who == "killed" and sentence.holds(t.span)
                and t.span.first <= mark.first < t.span.last
                for t in reading.tolls
            )
        }  # fmt: skip
        named = {i: c for i, c in named.items() if i not in said | fell}
    named = {i: c for i, c in named.items() if not actors.by_id[i].yields_to & named.keys()}
    if not named:
        named = {UNKNOWN: doers.get(UNKNOWN, "generic")}
    refs = [ActorRef(id_, "perpetrator", certainty) for id_, certainty in named.items()]
    targets = [id_ for id_ in hit if id_ not in named and not (id_ == UNKNOWN and len(hit) > 1)]
    refs += [ActorRef(id_, "target", "generic" if id_ == UNKNOWN else "named") for id_ in targets]
    return tuple(refs)


def _speakers(sentences: Sequence[Sentence]) -> set[str]:
    """Actors that only say something in these sentences."""
    says: set[str] = set()
    acts: set[str] = set()
    for sentence in sentences:
        verbs = [m for m in sentence.of("speaker") if m.entry.more["role"] == "verb"]
        for mark in sentence.of("actor"):
            speaks = any(0 <= verb.first - mark.last <= 1 for verb in verbs)
            (says if speaks else acts).add(mark.value)
    return says - acts


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
    if _preys(reading, sentence, mark) or _drives_back(words[max(0, at - _DRIVEN_REACH) : at]):
        return True
    if not _AGAINST.isdisjoint(words[max(0, at - _AGAINST_REACH) : at]):
        return True
    if _FIGHT.search(" ".join(words[max(0, at - _FIGHT_REACH) : at])):
        return True
    if not _PART.isdisjoint(words[max(0, at - _PART_REACH) : at]):
        return True  # « dont cinq chasseurs dozos », "since the Boko Haram onslaught"
    if not _CALLED.isdisjoint(words[mark.last - start :][:1]):
        return True  # « les dozos appelés en renfort »
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
    if not _HEADS.isdisjoint(words[max(0, at - _HEAD_REACH) : at]) and any(
        t.who == "killed" and t.span.first <= mark.first <= t.span.last + _HEAD_REACH
        for t in reading.tolls
    ):
        return True  # « la mort du chef d'Aqmi »
    near = words[max(0, at - _AFFILIATED_REACH) : at]
    return not _AFFILIATED.isdisjoint(near) and any(
        other.last <= mark.first and other.value not in (UNKNOWN, mark.value)
        and actors.of(other).irregular
        for other in sentence.of("actor")
    )  # fmt: skip


def _preys(reading: Reading, sentence: Sentence, mark: Mark) -> bool:
    """« un pays en proie aux attaques de groupes tels que le Jnim »: up to a comma."""
    start, doc = sentence.span.first, reading.doc
    return any(
        word in _PREY
        and not _STOPS.intersection(doc.original[doc.ends[at] : doc.starts[mark.first]])
        for at, word in enumerate(sentence.words[: mark.first - start], start)
    )


def _drives_back(words: Sequence[str]) -> bool:
    """« repoussés par les chasseurs »: those who defend themselves."""
    return any(
        word.startswith(_DRIVEN) and not _BY.isdisjoint(words[at + 1 : at + 3])
        for at, word in enumerate(words)
    )


def _is_hit(sentence: Sentence, mark: Mark) -> bool:
    """« des assaillants ont attaqué …, dimanche, des dozos »: somebody else did it, to them."""
    at = mark.first - sentence.span.first
    if sentence.words[max(0, at - 1) : at] not in _THEM:
        return False
    return any(
        trigger.entry.more.get("hostile")
        and trigger.entry.more["part"] == "verb"
        and trigger.last <= mark.first
        and any(
            doer.value == UNKNOWN and 0 <= trigger.first - doer.last <= _ACTIVE_REACH
            for doer in sentence.of("actor")
        )
        for trigger in sentence.of("trigger")
    )


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
    lair = any(e.value == "hideout" and e.first <= mark.first < e.last
               for e in sentence.of("evidence"))  # fmt: skip
    if not lair and any(
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


def _defends(sentence: Sentence, mark: Mark, tolls: Sequence[TollMention], actors: Actors) -> bool:
    """« trois assaillants tués par l'armée dans une attaque du groupe »: they came."""
    fell = [
        t for t in tolls if t.who == "killed" and t.status != "none" and sentence.holds(t.span)
    ]
    start = sentence.span.first
    return (
        not actors.of(mark).irregular
        and bool(fell)
        and all(t.side == "attacker" for t in fell)
        and any(
            t.value == "attack_unspecified"
            and t.entry.more["part"] == "noun"
            and (
                not _GROUP.isdisjoint(sentence.words[t.last - start : t.last - start + 2])
                or any(
                    actors.of(other).irregular and 0 <= other.first - t.last <= 1
                    for other in sentence.of("actor")
                )
            )
            for t in sentence.of("trigger")
        )
    )


def _certainty(sentence: Sentence, mark: Mark) -> str:
    near = {
        stance.value
        for stance in sentence.of("stance")
        if distance(stance, mark) <= _STANCE_REACH
        or (stance.first >= mark.first and stance.last <= mark.last)
    }
    accused = any(
        act.value == "accuse" and 0 <= mark.first - act.last <= _ACCUSED_REACH
        for act in sentence.of("act")
    )
    if accused or near & {"suspected", "blamed"}:
        return "suspected"
    if mark.value == UNKNOWN:
        return "suspected" if mark.text.startswith(("suspected", "alleged")) else "generic"
    if any(stance.value == "claim" for stance in sentence.of("stance")):
        return "claimed"
    return "named"
