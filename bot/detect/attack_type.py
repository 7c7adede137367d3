"""Which kind of attack a happening is: the most specific the text supports (FACTS rule 2)."""

from __future__ import annotations

from collections.abc import Sequence

from bot.detect import word_sets
from bot.detect.attack_signs import (
    Told,
    from_air,
    is_seized,
    is_strong,
    on_convoy,
    on_thing,
    said_attack,
    told_of,
)
from bot.detect.happening import Happening
from bot.detect.lexicon import Mark
from bot.detect.reading import Sentence
from bot.detect.report import UNARMED, UNIFORMED
from bot.detect.toll_totals import TollMention

#: told by one unmistakable word, most specific first
_BY_WORD = (
    "suicide_bomb", "ambush", "ied_landmine", "shelling", "air_drone_strike", "sexual_violence",
)  # fmt: skip
_BLAST = word_sets.parts("blast")
_BOMB = word_sets.parts("bomb")
#: sentences in which the thing that exploded is named
_BESIDE = 2
_SHOTS = word_sets.parts("shots")
_LAST = ("looting_arson", "infrastructure_attack", "foiled", "territory_regained")
_AIR = word_sets.parts("from_the_air")


def type_of(
    happening: Happening,
    extent: Sequence[Sentence],
    tolls: Sequence[TollMention],
    *,
    state_operation: bool,
) -> str:
    """One of ATTACK_TYPES. `tolls` are the losses of this happening."""
    told = told_of(happening)
    if state_operation:
        return _of_state(told, extent)
    first = told.marks[0][0].value if told.marks else ""
    if first in ("infrastructure_attack", "looting_arson") and on_thing(told):
        return "infrastructure_attack"
    if first in ("sexual_violence", "territory_regained"):
        return first
    if (
        first == "siege_blockade"
        and not told.on_position
        and not any(told.marks[0][1].holds(t.span) for t in tolls)
    ):
        return first
    if (_is_abduction(told) and not _outnumbered(told, tolls)) or _takes_people(told, tolls):
        return "abduction"
    if told.has("foiled") and not any(t.status != "none" for t in tolls):
        return "foiled"
    if from_air(told) and not told.on_position:
        return "air_drone_strike"
    for name in _BY_WORD:
        if name in told.strong and not (
            (told.on_position and name == "air_drone_strike")
            or (name == "ied_landmine" and first == "armed_clash")
        ):
            return name
    if is_seized(told):
        return "territory_seized"
    if on_thing(told):
        return "infrastructure_attack"
    if _is_bomb(told, extent):
        return "ied_landmine"
    if told.on_position:
        return "position_attack"
    hit = {t.group for t in tolls if t.side == "victim" and t.status != "none"}
    if told.has("armed_clash") and (
        told.marks[0][0].value == "armed_clash" or not said_attack(told)
    ):
        return "attack_on_civilians" if _shot_at(told, extent, hit) else "armed_clash"
    if "siege_blockade" in told.strong:
        return "siege_blockade"
    if told.marks and (
        told.marks[0][0].value == "looting_arson" or (told.has("looting_arson") and not hit)
    ):
        return "looting_arson"
    if on_convoy(told):
        return "ied_landmine" if _first_blast(told) else "ambush"
    if ("attack_on_civilians" in told.strong and not (hit & UNIFORMED and not hit & UNARMED)) or (
        _hits_civilians(extent, hit)
    ):
        return "attack_on_civilians"
    for name in _LAST:
        if told.has(name):
            return name
    return _aside(happening, extent) or (
        "siege_blockade" if told.plain == {"siege_blockade"} else "attack_unspecified"
    )


def _of_state(told: Told, extent: Sequence[Sentence]) -> str:
    """What forces do to an armed group: from the air, or else a fight."""
    if "air_drone_strike" in told.strong or any(
        f" {mark.text}".find(f" {word}") >= 0
        for s in extent
        for mark in s.of("evidence", "trigger")
        for word in _AIR
    ):
        return "air_drone_strike"
    for name in ("territory_regained", "ambush", "shelling"):
        if name in (told.strong if name == "shelling" else told.plain):
            return name
    return "armed_clash"


def _is_abduction(told: Told) -> bool:
    if told.on_position and told.marks[0][0].value != "abduction":
        return False
    first = told.marks[0][0] if told.marks else None
    taken = any(
        mark.value == "abduction"
        and _strength_counts(mark)
        and not (_is_missing(mark) and len(told.plain) > 1)
        for mark, _ in told.marks
    )
    return taken and (
        "abduction" in told.strong
        or (first is not None and first.value == "abduction")
        or not told.has("ambush", "armed_clash", "attack_on_civilians")
    )


def _outnumbered(told: Told, tolls: Sequence[TollMention]) -> bool:
    """ "gunmen open fire, three wounded; one trader was taken": what befell more people counts."""
    if told.marks[0][0].value == "abduction":
        return False
    hurt = [t.min or 0 for t in tolls if t.side == "victim" and t.who in ("killed", "wounded")]
    taken = [t.min or 0 for t in tolls if t.who == "abducted"]
    return bool(hurt) and bool(taken) and max(hurt) > max(taken)


def _takes_people(told: Told, tolls: Sequence[TollMention]) -> bool:
    """ "gunmen seize 31 schoolgirls": whom a sentence counts first was taken."""
    first = min(tolls, key=lambda t: t.span.first, default=None)
    return (
        first is not None
        and first.who == "abducted"
        and first.side == "victim"
        and bool(told.marks)
        and told.marks[0][1].holds(first.span)
        and told.marks[0][0].value not in _BY_WORD
        and not told.on_position
    )


def _strength_counts(mark: Mark) -> bool:
    return bool(mark.entry.more["strength"] != "w")


def _first_blast(told: Told) -> bool:
    """« Une explosion au passage d'un convoi »: nothing but a blast hit it."""
    return told.marks[0][0].text.startswith(_BLAST)


def _is_bomb(told: Told, extent: Sequence[Sentence]) -> bool:
    """« Une explosion au passage d'un véhicule », « l'engin était dissimulé dans un sac »."""
    if not told.marks or not _first_blast(told):
        return False
    beside = "".join(f" {word}" for sentence in extent[:_BESIDE] for word in sentence.words)
    return any(f" {part}" in beside for part in _BOMB)


def _shot_at(told: Told, extent: Sequence[Sentence], hit: set[str]) -> bool:
    """« recueillement interrompu par des tirs, deux morts »: shots alone are no fight.

    Where forces stand in the story they may have shot back.
    """
    clashes = [mark for mark, _ in told.marks if mark.value == "armed_clash"]
    return (
        bool(hit)
        and all(mark.text.startswith(_SHOTS) for mark in clashes)
        and not hit & UNIFORMED
        and (bool(hit & UNARMED) or not any(_names_forces(s) for s in extent))
    )


def _is_missing(mark: Mark) -> bool:
    """« neuf soldats sont portés disparus » after an attack: nobody says that they were taken."""
    return "disparu" in mark.text or "missing" in mark.text


def _hits_civilians(extent: Sequence[Sentence], hit: set[str]) -> bool:
    """Villagers, worshippers or passengers are hit and nobody in uniform is."""
    if hit & UNIFORMED:
        return False
    if hit & UNARMED:
        return True
    told = (s for s in extent if s.of("trigger") or s.has("actor", "unknown"))
    return any(_names_people(s) for s in told) and not any(
        s.has("evidence", "position") or _names_forces(s) for s in extent
    )


def _names_people(sentence: Sentence) -> bool:
    """« hommes » of « hommes armés » are no victims."""
    says = any(verb.entry.more["role"] == "verb" for verb in sentence.of("speaker"))
    taken = sentence.of("actor", "speaker") if says else sentence.of("actor")
    return any(
        mark.value in ("person", "village")
        and not any(a.first <= mark.first < a.last for a in taken)
        for mark in sentence.of("evidence")
    )


def _names_forces(sentence: Sentence) -> bool:
    """Somebody in uniform who does not only speak."""
    speakers = [(m.first, m.last) for m in sentence.of("speaker")]
    return any(
        mark.value == "forces" and not any(f <= mark.first < last for f, last in speakers)
        for mark in sentence.of("evidence")
    )


def _aside(happening: Happening, extent: Sequence[Sentence]) -> str | None:
    """A word that names the kind in a sentence that only goes on with the story."""
    for sentence in extent:
        if sentence not in happening.sentences:
            for mark in sentence.of("trigger"):
                if is_strong(mark) and mark.value in _BY_WORD:
                    return mark.value
    return None
