"""Which kind of attack a happening is: the most specific the text supports (FACTS rule 2)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from bot.detect.attack import targets
from bot.detect.happening import Happening
from bot.detect.lexicon import Mark
from bot.detect.reading import Sentence, distance
from bot.detect.toll_totals import TollMention

#: told by one unmistakable word, most specific first
_BY_WORD = (
    "suicide_bomb", "ambush", "ied_landmine", "shelling", "air_drone_strike", "sexual_violence",
)  # fmt: skip
#: « un poste frontière de l'armée ivoirienne, dans le nord du pays, a été attaqué »
_CLAUSE = 20
#: among so many first words stands the subject
_SUBJECT = 5
_AGAINST = frozenset({"contre", "against", "visant", "targeting"})
_AGAINST_REACH = 2
#: words between « se sont emparés » and the camp
_TAKEN_REACH = 5
#: words of attack that decide; more are no news
_ENOUGH = 64
#: words between an act and the pipeline or the tankers it hits
_THING_REACH = 8
_LAST = ("looting_arson", "infrastructure_attack", "foiled", "territory_regained")
_UNIFORMED = frozenset({"soldier", "police", "auxiliary"})
_PEOPLE = frozenset({"civilian", "aid_worker", "official", "foreigner"})
_AIR = (
    "drone", "aviation", "aerien", "aeronef", "helicopter", "helicoptere", "frappe",
    "avions de chasse", "airstrike", "air strike", "jets", "مسير", "طيران", "طاير",
)  # fmt: skip


@dataclass
class _Told:
    """The words that tell one attack, each with its sentence."""

    marks: list[tuple[Mark, Sentence]]
    strong: set[str]
    plain: set[str]

    def has(self, *names: str) -> bool:
        return not self.plain.isdisjoint(names)

    @cached_property
    def on_position(self) -> bool:
        """A camp, a base or a post is what was attacked."""
        return "position_attack" in self.strong or any(
            mark.entry.more["part"] != "state"
            and (
                any(t.value == "position" for t in targets(mark, sentence, reach=_CLAUSE))
                or any(_is_target(mark, target, sentence) for target in sentence.of("evidence"))
            )
            for mark, sentence in self.marks
        )


def type_of(
    happening: Happening,
    extent: Sequence[Sentence],
    tolls: Sequence[TollMention],
    *,
    state_operation: bool,
) -> str:
    """One of ATTACK_TYPES. `tolls` are the losses of this happening."""
    told = _told(happening)
    if state_operation:
        return _of_state(told, extent)
    if _is_abduction(told) or _takes_people(told, tolls):
        return "abduction"
    if told.marks and told.marks[0][0].value == "infrastructure_attack" and _on_thing(told):
        return "infrastructure_attack"
    for name in _BY_WORD:
        if name in told.strong and not (told.on_position and name == "air_drone_strike"):
            return name
    if _is_seized(told):
        return "territory_seized"
    if told.has("foiled") and not any(t.status != "none" for t in tolls):
        return "foiled"
    if _on_thing(told):
        return "infrastructure_attack"
    if told.on_position:
        return "position_attack"
    if told.has("armed_clash") and not _said_attack(told):
        return "armed_clash"
    if "siege_blockade" in told.strong:
        return "siege_blockade"
    if told.marks and told.marks[0][0].value == "looting_arson":
        return "looting_arson"
    hit = {t.group for t in tolls if t.side == "victim" and t.status != "none"}
    if _on_convoy(told):
        return "ambush"
    if ("attack_on_civilians" in told.strong and not (hit & _UNIFORMED and not hit & _PEOPLE)) or (
        _hits_civilians(extent, hit)
    ):
        return "attack_on_civilians"
    for name in _LAST:
        if told.has(name):
            return name
    return _aside(happening, extent) or (
        "siege_blockade" if told.plain == {"siege_blockade"} else "attack_unspecified"
    )


def _told(happening: Happening) -> _Told:
    marks = [(mark, t.sentence) for t in happening.tellings for mark in t.triggers][:_ENOUGH]
    return _Told(
        marks, {mark.value for mark, _ in marks if _is_strong(mark)}, {m.value for m, _ in marks}
    )


def _is_strong(mark: Mark) -> bool:
    return bool(mark.entry.more["strength"] == "S")


def _of_state(told: _Told, extent: Sequence[Sentence]) -> str:
    """What forces do to an armed group: from the air, or else a fight."""
    if "air_drone_strike" in told.strong or any(
        mark.text.startswith(_AIR) for s in extent for mark in s.of("evidence", "trigger")
    ):
        return "air_drone_strike"
    for name in ("territory_regained", "ambush", "shelling"):
        if name in (told.strong if name == "shelling" else told.plain):
            return name
    return "armed_clash"


def _is_abduction(told: _Told) -> bool:
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


def _takes_people(told: _Told, tolls: Sequence[TollMention]) -> bool:
    """ "gunmen seize 31 schoolgirls": whom a sentence counts first was taken."""
    first = min(tolls, key=lambda t: t.span.first, default=None)
    return (
        first is not None
        and first.who == "abducted"
        and first.side == "victim"
        and bool(told.marks)
        and told.marks[0][1].holds(first.span)
        and not told.on_position
    )


def _strength_counts(mark: Mark) -> bool:
    return bool(mark.entry.more["strength"] != "w")


def _is_target(mark: Mark, target: Mark, sentence: Sentence) -> bool:
    """« Le poste de …, dans le nord, a été attaqué », « contre deux positions »: however far."""
    if target.value != "position" or (target.last > mark.first and mark.last > target.first):
        return False
    at = target.first - sentence.span.first
    subject = target.last <= mark.first and at <= _SUBJECT and mark.entry.more["part"] == "verb"
    against = not _AGAINST.isdisjoint(sentence.words[max(0, at - _AGAINST_REACH) : at])
    return subject or against


def _on_thing(told: _Told) -> bool:
    """A pipeline, a pylon or fuel tankers are what was hit."""
    return any(
        thing.value in ("infrastructure", "fuel") and distance(mark, thing) <= _THING_REACH
        for mark, sentence in told.marks
        if mark.entry.more["part"] != "state"
        for thing in sentence.of("evidence")
    )


def _on_convoy(told: _Told) -> bool:
    """« un convoi militaire attaqué », « une patrouille prise sous le feu »."""
    return any(
        mark.entry.more["part"] != "state"
        and any(t.value == "convoy" for t in targets(mark, sentence))
        for mark, sentence in told.marks
    )


def _is_seized(told: _Told) -> bool:
    return "territory_seized" in told.strong or any(
        mark.value == "territory_seized" and _takes_place(mark, sentence)
        for mark, sentence in told.marks
    )


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


def _said_attack(told: _Told) -> bool:
    return any(
        mark.value == "attack_unspecified" and mark.entry.more["part"] in ("noun", "verb")
        for mark, _ in told.marks
    )


def _hits_civilians(extent: Sequence[Sentence], hit: set[str]) -> bool:
    """Villagers, worshippers or passengers are hit and nobody in uniform is."""
    if hit & _UNIFORMED:
        return False
    if hit & _PEOPLE:
        return True
    return any(_names_people(s) for s in extent) and not any(
        s.has("evidence", "position") or _names_forces(s) for s in extent
    )


def _names_people(sentence: Sentence) -> bool:
    """« hommes » of « hommes armés » are no victims."""
    taken = [m for m in sentence.of("actor", "speaker")]
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
                if _is_strong(mark) and mark.value in _BY_WORD:
                    return mark.value
    return None
