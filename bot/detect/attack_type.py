"""Which kind of attack a happening is: the most specific the text supports (FACTS rule 2)."""

from __future__ import annotations

from collections.abc import Sequence

from bot.detect.attack import targets
from bot.detect.happening import Happening
from bot.detect.lexicon import Mark
from bot.detect.reading import Sentence

#: told by one unmistakable word, most specific first
_BY_WORD = (
    "suicide_bomb", "ambush", "ied_landmine", "shelling", "air_drone_strike", "sexual_violence",
)  # fmt: skip
#: « un poste frontière de l'armée ivoirienne a été la cible d'une attaque »
_CLAUSE = 14
#: words between « se sont emparés » and the camp
_TAKEN_REACH = 5
_LAST = ("looting_arson", "infrastructure_attack", "siege_blockade", "foiled")
_FORCES_HURT = ("killed", "wounded")


def type_of(happening: Happening) -> str:
    """One of ATTACK_TYPES."""
    told = [
        (mark, telling.sentence) for telling in happening.tellings for mark in telling.triggers
    ]
    strong = {mark.value for mark, _ in told if _is_strong(mark)}
    plain = {mark.value for mark, _ in told}
    seized = "territory_seized" in strong or any(
        mark.value == "territory_seized" and _takes_place(mark, sentence)
        for mark, sentence in told
    )
    position = (
        any(
            mark.entry.more["part"] != "state"
            and any(
                target.value == "position" for target in targets(mark, sentence, reach=_CLAUSE)
            )
            for mark, sentence in told
        )
        or "position_attack" in strong
    )
    abduction = any(
        mark.value == "abduction" and not (_is_missing(mark) and len(plain) > 1)
        for mark, _ in told
    )
    first = told[0][0] if told else None
    if (
        abduction
        and not position
        and (
            "abduction" in strong
            or (first and first.value == "abduction")
            or not plain & {"ambush", "armed_clash", "attack_on_civilians"}
        )
    ):
        return "abduction"
    for name in _BY_WORD:
        if name in strong and not (position and name in ("shelling", "air_drone_strike")):
            return name
    if seized:
        return "territory_seized"
    if position:
        return "position_attack"
    if "armed_clash" in plain and not _said_attack(told):
        return "armed_clash"
    if "attack_on_civilians" in strong:
        return "attack_on_civilians"
    for name in _LAST:
        if name in plain:
            return name
    if "territory_regained" in plain:
        return "territory_regained"
    return "attack_on_civilians" if _hits_civilians(happening) else "attack_unspecified"


def _is_strong(mark: Mark) -> bool:
    return bool(mark.entry.more["strength"] == "S")


def _is_missing(mark: Mark) -> bool:
    """« neuf soldats sont portés disparus » after an attack: nobody says that they were taken."""
    return "disparu" in mark.text or "missing" in mark.text


def _takes_place(mark: Mark, sentence: Sentence) -> bool:
    """« se sont emparés dimanche des deux camps »: a camp, a base or a town is what was taken."""
    return any(
        other.value in ("position", "settlement", "village")
        and 0 <= other.first - mark.last <= _TAKEN_REACH
        for other in sentence.of("evidence")
    )


def _said_attack(told: Sequence[tuple[Mark, object]]) -> bool:
    return any(
        mark.value == "attack_unspecified" and mark.entry.more["part"] in ("noun", "verb")
        for mark, _ in told
    )


def _hits_civilians(happening: Happening) -> bool:
    """Villagers, worshippers or passengers are named and nobody in uniform is."""
    return any(s.has("evidence", "person", "village") for s in happening.sentences) and not any(
        s.has("evidence", "forces", "position") for s in happening.sentences
    )
