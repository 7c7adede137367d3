"""What an item says: its attacks and its steps between states, each as one report."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Self

from bot.detect import alliance, attack
from bot.detect.actors import Actors
from bot.detect.alliance import find_steps, is_ours
from bot.detect.alliance_report import report_step
from bot.detect.attack import find_attacks
from bot.detect.attack_report import report_attack
from bot.detect.confidence import quiet
from bot.detect.gazetteer import Gazetteer
from bot.detect.happening import Happening, Telling
from bot.detect.language import Languages
from bot.detect.lexicon import Lexicon
from bot.detect.merge import group
from bot.detect.other_days import is_recalled
from bot.detect.reading import Reading, Sentence
from bot.detect.report import Detection, Item, Report


class Detector:
    """Reads items. Immutable after `load`; one instance may serve many threads."""

    def __init__(
        self, lexicon: Lexicon, actors: Actors, gazetteer: Gazetteer, languages: Languages
    ) -> None:
        self.lexicon = lexicon
        self.actors = actors
        self.gazetteer = gazetteer
        self.languages = languages

    @classmethod
    def load(cls) -> Self:
        """Reads the package's own data. Raises DataError when a file is wrong."""
        actors = Actors.load()
        return cls(Lexicon.load(actors.entries), actors, Gazetteer.load(), Languages())

    def detect(self, item: Item) -> Detection:
        """Pure; never raises on any text; the same item always gives the same detection."""
        reading = Reading(item, self.lexicon, self.gazetteer)
        language = self.languages.of(reading.doc.original, item.language, reading.doc.words)
        if not self._is_near(reading):
            return Detection(language, (), quiet())
        told_of = find_attacks(reading, self.actors)
        unreal = {
            t.sentence.number
            for t in told_of
            if t.realis != "actual"
            and (t.score >= attack.THRESHOLD or is_recalled(reading, t.sentence))
        }
        tellings = _told(told_of)
        firm = {t.sentence.number for t in tellings if t.realis == "actual" and t.firm}
        steps = [
            step
            for step in find_steps(reading, self.actors)
            if step.score >= alliance.threshold(step, amid_attack=step.sentence.number in firm)
        ]
        # « une force pour combattre les jihadistes »: what a step is for is no attack of its own
        stepped = {s.sentence.number for s in steps if s.realis == "actual"}
        tellings = [t for t in tellings if t.firm or t.sentence.number not in stepped]
        reports = (*self._attacks(reading, tellings, unreal), *self._steps(reading, steps))
        told = [report for report in reports if report.pushable]
        return Detection(
            language,
            reports,
            max((report.confidence for report in told), default=quiet()),
            tuple(dict.fromkeys(word for report in told for word in report.why)),
        )

    def _is_near(self, reading: Reading) -> bool:
        """Whether the item names anything of the countries we watch; most items do not."""
        if not reading.has("trigger", "object"):
            return False
        return (
            reading.has("actor", "body")
            or any(is_ours(self.gazetteer, m.country[:2]) for m in reading.countries)
            or any(
                row.country is None or is_ours(self.gazetteer, row.country)
                for mention in reading.places
                for row in mention.rows
            )
        )

    def _attacks(
        self, reading: Reading, tellings: list[Telling], unreal: set[int]
    ) -> list[Report]:
        real = [telling for telling in tellings if telling.realis == "actual"]
        if not tellings:
            return []
        happenings = group(reading, real, self.actors) if real else [
            Happening("attack", tellings[:1])
        ]  # fmt: skip
        silent = unreal if real else set()
        reports = [
            report_attack(
                reading, happening, _extent(reading, happening, happenings, silent),
                self.actors,
            )
            for happening in happenings
        ]  # fmt: skip
        return [report for report in reports if report is not None]

    def _steps(self, reading: Reading, steps: Sequence[Telling]) -> list[Report]:
        real: Sequence[Telling] = [s for s in steps if s.realis == "actual"]
        if not steps:
            return []
        return [report_step(reading, real or list(steps[:1]))]


def _extent(
    reading: Reading, happening: Happening, all_told: Sequence[Happening], silent: set[int]
) -> list[Sentence]:
    """The sentences that speak of a happening: its own, and those that follow it untold."""
    owner: dict[int, Happening] = {
        sentence.number: told for told in all_told for sentence in told.sentences
    }
    extent: list[Sentence] = []
    current = all_told[0] if len(all_told) == 1 else None
    for sentence in reading.sentences:
        current = owner.get(sentence.number, current)
        if current is happening and sentence.number not in silent:
            extent.append(sentence)
    return extent


def _told(tellings: list[Telling]) -> list[Telling]:
    """Those that tell an attack, and what only goes on about it in an item that tells one."""
    told = [t for t in tellings if t.score >= attack.THRESHOLD]
    if any(t.realis == "actual" for t in told):
        return [t for t in tellings if t.score + t.held_back >= attack.THRESHOLD]
    return told
