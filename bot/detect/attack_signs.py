"""What the words of one attack show: on a camp, on a convoy, from the air, a town taken."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from bot.detect import word_sets
from bot.detect.attack import targets
from bot.detect.happening import Happening
from bot.detect.lexicon import Mark
from bot.detect.reading import Sentence, distance

#: « un poste frontière de l'armée ivoirienne, dans le nord du pays, a été attaqué »
_CLAUSE = 20
#: among so many first words stands the subject
_SUBJECT = 5
_AGAINST = word_sets.words("aimed_at")
_AGAINST_REACH = 2
_SAYS = word_sets.parts("says_so")
_SAYS_REACH = 1
#: words between « se sont emparés » and the camp
_TAKEN_REACH = 5
#: « s'emparer d'une quarantaine de bœufs »
_GOODS = word_sets.words("goods")
#: words of attack that decide; more are no news
_ENOUGH = 64
#: words between an act and the pipeline or the tankers it hits
_THING_REACH = 8
_STRIKES = word_sets.parts("strikes")
_FLYING = word_sets.parts("flying")
#: words between what flies and its act
_AIR_REACH = 5


@dataclass
class Told:
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


def told_of(happening: Happening) -> Told:
    marks = [(mark, t.sentence) for t in happening.tellings for mark in t.triggers][:_ENOUGH]
    return Told(
        marks, {mark.value for mark, _ in marks if is_strong(mark)}, {m.value for m, _ in marks}
    )


def is_strong(mark: Mark) -> bool:
    return bool(mark.entry.more["strength"] == "S")


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
        verb.text.startswith(_SAYS) and 0 <= target.first - verb.last <= _SAYS_REACH
        for verb in sentence.of("speaker")
    )


def on_thing(told: Told) -> bool:
    """A pipeline, a pylon or fuel tankers are what was hit."""
    return any(
        thing.value in ("infrastructure", "fuel") and distance(mark, thing) <= _THING_REACH
        for mark, sentence in told.marks
        if mark.entry.more["part"] != "state"
        for thing in sentence.of("evidence")
    )


def on_convoy(told: Told) -> bool:
    """« un convoi militaire attaqué », « une patrouille prise sous le feu »."""
    return any(
        mark.entry.more["part"] != "state"
        and any(t.value == "convoy" for t in targets(mark, sentence))
        for mark, sentence in told.marks
    )


def from_air(told: Told) -> bool:
    """« Un drone de l'armée frappe une foire »: the act of something that flies."""
    return any(
        mark.text.startswith(_FLYING)
        or (
            (mark.text.startswith(_STRIKES) or mark.entry.more.get("deed"))
            and any(
                thing.value == "weapon"
                and thing.text.startswith(_FLYING)
                and 0 <= mark.first - thing.last <= _AIR_REACH
                for thing in sentence.of("evidence")
            )
        )
        for mark, sentence in told.marks
    )


def is_seized(told: Told) -> bool:
    return any(
        mark.value == "territory_seized"
        and is_strong(mark)
        and _GOODS.isdisjoint(sentence.words[mark.last - sentence.span.first :][:_TAKEN_REACH])
        for mark, sentence in told.marks
    ) or any(
        mark.value == "territory_seized" and _takes_place(mark, sentence)
        for mark, sentence in told.marks
    )


def _takes_place(mark: Mark, sentence: Sentence) -> bool:
    """« se sont emparés dimanche des deux camps »: a camp, a base or a town is what was taken."""
    return any(
        other.value in ("position", "settlement", "village")
        and 0 <= other.first - mark.last <= _TAKEN_REACH
        for other in sentence.of("evidence")
    )


def said_attack(told: Told) -> bool:
    return any(
        mark.value == "attack_unspecified" and mark.entry.more["part"] in ("noun", "verb")
        for mark, _ in told.marks
    )
