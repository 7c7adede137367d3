"""Participles that only describe: « les missions suspendues le 3 juin », not « ont suspendu »."""

from __future__ import annotations

from bot.detect import word_sets
from bot.detect.lexicon import Mark
from bot.detect.reading import Reading
from bot.detect.text import Span, fold_word

_AUXILIARIES, _REACH = word_sets.words("auxiliaries"), 2
_ENDINGS = ("é", "ée", "és", "ées")
#: « suspendu », « conclue », "held": words the endings do not show
_IRREGULAR = word_sets.words("irregular_participles")


def is_bare(reading: Reading, act: Mark) -> bool:
    """« suspendues » alone describes the missions; « ont été suspendues » tells of them."""
    last = reading.doc.raw(Span(act.last - 1, act.last)).lower()
    before = reading.doc.words[max(0, act.first - _REACH) : act.last - 1]
    return (last.endswith(_ENDINGS) or fold_word(last) in _IRREGULAR) and _AUXILIARIES.isdisjoint(
        before
    )
