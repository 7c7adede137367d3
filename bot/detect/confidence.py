"""How sure the machine is that a happening is one of ours: a monotone function of its score."""

from __future__ import annotations

import math
from functools import cache
from pathlib import Path

import yaml

from bot.detect.happening import Happening

#: fitted by `python -m benchmarks.calibrate`
CURVE = Path(__file__).with_name("data") / "confidence.yaml"
#: more points say nothing more
_MOST = 12.0


@cache
def _curve() -> dict[str, float]:
    """Slope, the score at one half for each kind, and the probability of a quiet item."""
    return {key: float(value) for key, value in yaml.safe_load(CURVE.read_text("utf-8")).items()}


def of_score(score: float, kind: str = "alliance") -> float:
    """0..1, rounded to four decimals."""
    curve = _curve()
    return round(1 / (1 + math.exp(-curve["slope"] * (min(score, _MOST) - curve[kind]))), 4)


def points_of(kind: str, confidence: float) -> float:
    """The score that gives this confidence: what `of_score` did, undone."""
    curve = _curve()
    sure = min(max(confidence, 1e-4), 1 - 1e-4)
    return curve[kind] + math.log(sure / (1 - sure)) / curve["slope"]


def of_attack(happening: Happening) -> float:
    """Several sentences that tell it make a happening surer."""
    return of_score(happening.score + 0.5 * (len(happening.tellings) - 1), "attack")


def quiet() -> float:
    """For an item that tells nothing of ours."""
    return _curve()["quiet"]
