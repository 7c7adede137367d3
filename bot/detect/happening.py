"""One happening as told so far, and whether another sentence tells the same one."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.detect.lexicon import Mark
from bot.detect.other_days import Verdict
from bot.detect.reading import Sentence


@dataclass(eq=False)
class Telling:
    """What one sentence says of a happening."""

    sentence: Sentence
    verdicts: list[Verdict]
    score: float
    realis: str
    type: str | None = None
    stage: str | None = None
    why: list[str] = field(default_factory=list)
    #: a word that tells it by itself or counted victims stand in the sentence
    firm: bool = False
    #: points it would have beside a sentence that tells the same surely
    held_back: float = 0.0

    @property
    def triggers(self) -> list[Mark]:
        return [verdict.trigger for verdict in self.verdicts]


@dataclass(eq=False)
class Happening:
    """The sentences of an item that tell one happening."""

    kind: str
    tellings: list[Telling]

    @property
    def sentences(self) -> list[Sentence]:
        return [telling.sentence for telling in self.tellings]

    @property
    def score(self) -> float:
        return max(telling.score for telling in self.tellings)
