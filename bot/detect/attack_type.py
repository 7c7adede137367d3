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
_SAYS = frozenset({"selon", "d apres", "according to"})
_SAYS_REACH = 1
#: words between « se sont emparés » and the camp
_TAKEN_REACH = 5
#: « s'emparer d'une quarantaine de bœufs »
_GOODS = frozenset({
    "boeufs", "betail", "betes", "troupeau", "troupeaux", "vehicules", "vehicule", "motos",
    "armes", "munitions", "vivres", "argent", "carburant", "camion", "camions", "cattle",
    "weapons", "goods", "vehicles", "livestock", "medicaments", "materiel",
})  # fmt: skip
#: words of attack that decide; more are no news
_ENOUGH = 64
#: words between an act and the pipeline or the tankers it hits
_THING_REACH = 8
_STRIKES = (
    "frapp", "bombard", "strike", "struck", "hit", "tir", "قصف", "تقصف", "يقصف", "استهدف",
)  # fmt: skip
_FLYING = ("drone", "avion", "helico", "aeronef", "aviation", "aircraft", "jet", "مسير", "طاير")
#: words between what flies and its act
_AIR_REACH = 5
_BLAST = ("explosion", "blast", "انفجار")
_SHOTS = (
    "tir", "coup de feu", "coups de feu", "fusillade", "gunfire", "gunshots", "shots", "shooting",
    "essuy", "rafale", "اطلاق نار",
)  # fmt: skip
_LAST = ("looting_arson", "infrastructure_attack", "foiled", "territory_regained")
_UNIFORMED = frozenset({"soldier", "police", "auxiliary"})
_PEOPLE = frozenset({"civilian", "aid_worker", "official", "foreigner"})
_AIR = (
    "drone", "aviation", "aerien", "aeronef", "helicopter", "helicoptere", "frappe",
    "avions de chasse", "airstrike", "air strike", "jets", "airs", "warplane",
    "مسير", "طيران", "طاير",
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
                any(
                    t.value == "position" and not _is_source(sentence, t)
                    for t in targets(mark, sentence, reach=_CLAUSE)
                )
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
    first = told.marks[0][0].value if told.marks else ""
    if first in ("infrastructure_attack", "looting_arson") and _on_thing(told):
        return "infrastructure_attack"
    if first in ("sexual_violence", "territory_regained"):
        return first
    if (_is_abduction(told) and not _outnumbered(told, tolls)) or _takes_people(told, tolls):
        return "abduction"
    if told.has("foiled") and not any(t.status != "none" for t in tolls):
        return "foiled"
    if _from_air(told) and not told.on_position:
        return "air_drone_strike"
    for name in _BY_WORD:
        if name in told.strong and not (told.on_position and name == "air_drone_strike"):
            return name
    if _is_seized(told):
        return "territory_seized"
    if _on_thing(told):
        return "infrastructure_attack"
    if told.on_position:
        return "position_attack"
    hit = {t.group for t in tolls if t.side == "victim" and t.status != "none"}
    if told.has("armed_clash") and (
        told.marks[0][0].value == "armed_clash" or not _said_attack(told)
    ):
        return "attack_on_civilians" if _shot_at(told, extent, hit) else "armed_clash"
    if "siege_blockade" in told.strong:
        return "siege_blockade"
    if told.marks and (
        told.marks[0][0].value == "looting_arson" or (told.has("looting_arson") and not hit)
    ):
        return "looting_arson"
    if _on_convoy(told):
        return "ied_landmine" if _first_blast(told) else "ambush"
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


def _outnumbered(told: _Told, tolls: Sequence[TollMention]) -> bool:
    """ "gunmen open fire, three wounded; one trader was taken": what befell more people counts."""
    if told.marks[0][0].value == "abduction":
        return False
    hurt = [t.min or 0 for t in tolls if t.side == "victim" and t.who in ("killed", "wounded")]
    taken = [t.min or 0 for t in tolls if t.who == "abducted"]
    return bool(hurt) and bool(taken) and max(hurt) > max(taken)


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
    if _is_source(sentence, target):
        return False
    at = target.first - sentence.span.first
    subject = target.last <= mark.first and at <= _SUBJECT and mark.entry.more["part"] == "verb"
    against = not _AGAINST.isdisjoint(sentence.words[max(0, at - _AGAINST_REACH) : at])
    return subject or against


def _is_source(sentence: Sentence, target: Mark) -> bool:
    """« selon la gendarmerie »: who tells it was not attacked."""
    return any(
        verb.text in _SAYS and 0 <= target.first - verb.last <= _SAYS_REACH
        for verb in sentence.of("speaker")
    )


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


def _from_air(told: _Told) -> bool:
    """« Un drone de l'armée frappe une foire »: the act of something that flies."""
    return any(
        mark.text.startswith(_STRIKES)
        and any(
            thing.value == "weapon"
            and thing.text.startswith(_FLYING)
            and 0 <= mark.first - thing.last <= _AIR_REACH
            for thing in sentence.of("evidence")
        )
        for mark, sentence in told.marks
    )


def _first_blast(told: _Told) -> bool:
    """« Une explosion au passage d'un convoi »: nothing but a blast hit it."""
    return told.marks[0][0].text.startswith(_BLAST)


def _shot_at(told: _Told, extent: Sequence[Sentence], hit: set[str]) -> bool:
    """« recueillement interrompu par des tirs, deux morts »: shots alone are no fight.

    Where forces stand in the story they may have shot back.
    """
    clashes = [mark for mark, _ in told.marks if mark.value == "armed_clash"]
    return (
        bool(hit)
        and all(mark.text.startswith(_SHOTS) for mark in clashes)
        and not hit & _UNIFORMED
        and (bool(hit & _PEOPLE) or not any(_names_forces(s) for s in extent))
    )


def _is_seized(told: _Told) -> bool:
    return any(
        mark.value == "territory_seized"
        and _is_strong(mark)
        and _GOODS.isdisjoint(sentence.words[mark.last - sentence.span.first :][:_TAKEN_REACH])
        for mark, sentence in told.marks
    ) or any(
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
                if _is_strong(mark) and mark.value in _BY_WORD:
                    return mark.value
    return None
