"""How sure the machine is that a happening is one of ours: a monotone function of its score."""

from __future__ import annotations

import math

from bot.detect.happening import Happening

#: the score at which the two readings are equally likely, and how fast that changes
_MIDDLE, _SLOPE = 2.6, 1.1
_QUIET = 0.02


def of_score(score: float) -> float:
    """0..1, rounded to three decimals."""
    return round(1 / (1 + math.exp(-_SLOPE * (min(score, 12.0) - _MIDDLE))), 3)


def of_attack(happening: Happening) -> float:
    """Several sentences that tell it make a happening surer."""
    return of_score(happening.score + 0.5 * (len(happening.tellings) - 1))


def quiet() -> float:
    """For an item that tells nothing of ours."""
    return _QUIET
