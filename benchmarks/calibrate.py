"""Fits the confidence curve to labelled items and says how far it can be believed.

    python -m benchmarks.calibrate [FOLDER]

Writes bot/detect/data/confidence.yaml. Half B is used, for the rules were written against half A
and are never wrong there, and the look-alike pairs written for the project, for half B alone has
too few wrong reports to fit on; the pairs are mended by now, so the curve is a little too sure.
One slope for both kinds over the points above the kind's threshold, for wrong reports are too few
for more; smoothed targets (Platt) keep it from certainty.
The printed figures are of items held out, five folds by cluster.
"""

from __future__ import annotations

import hashlib
import itertools
import math
import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks.labelled import DEFAULT, half_of, item_of, read_lines
from benchmarks.written_pairs import read_pairs
from bot.detect import alliance, attack
from bot.detect.confidence import CURVE, points_of
from bot.detect.detector import Detector

#: points above the threshold, whether right, cluster
Told = tuple[float, bool, str]
_THRESHOLDS = {"attack": attack.THRESHOLD, "alliance": alliance.THRESHOLD}
_BINS = (0.0, 0.6, 0.8, 0.9, 0.95, 1.01)


def told_by(folder: Path) -> tuple[list[Told], int, int]:
    """Each pushed kind of each item; how many were silent, how many of them wrongly."""
    detector = Detector.load()
    told: list[Told] = []
    silent = missed = 0
    real = [r for r in read_lines(folder / "dev.jsonl") if half_of(r["id"]) == "B"]
    written = [
        {**r, "gold": r["labels"], "cluster": r["id"].rpartition("-")[0],
         "published": str(r.get("published") or "")[:10] or None}
        for r in read_pairs()
    ]  # fmt: skip
    for raw in (*real, *written):
        found = detector.detect(item_of(raw))
        silent += not found.labels
        missed += bool(not found.labels and raw["gold"])
        for kind in found.labels:
            sure = max(r.confidence for r in found.pushable if r.kind == kind)
            points = points_of(kind, sure) - _THRESHOLDS[kind]
            told.append((points, kind in raw["gold"], raw["cluster"] or raw["id"]))
    return told, silent, missed


def fit(told: Sequence[Told]) -> tuple[float, float]:
    """Slope and intercept of the logistic curve, by gradient descent on smoothed targets."""
    right = sum(ok for _, ok, _ in told)
    yes, no = (right + 1) / (right + 2), 1 / (len(told) - right + 2)
    slope, intercept = 1.0, 0.0
    for _ in range(20_000):
        errors = [
            (chance(x, slope, intercept) - (yes if ok else no), x) for x, ok, _ in told
        ]  # fmt: skip
        slope = max(0.1, slope - 0.05 * sum(e * x for e, x in errors) / len(told))
        intercept -= 0.05 * sum(e for e, _ in errors) / len(told)
    return slope, intercept


def chance(points: float, slope: float, intercept: float) -> float:
    return 1 / (1 + math.exp(-slope * points - intercept))


def held_out(told: Sequence[Told]) -> list[tuple[float, bool]]:
    """Each report's probability by a curve that saw nothing of its cluster."""
    folds = [int(hashlib.sha256(c.encode()).hexdigest(), 16) % 5 for _, _, c in told]
    pairs = []
    for fold in range(5):
        curve = fit([t for t, f in zip(told, folds, strict=True) if f != fold])
        pairs += [
            (chance(x, *curve), ok) for (x, ok, _), f in zip(told, folds, strict=True) if f == fold
        ]
    return pairs


def reliability(pairs: Sequence[tuple[float, bool]]) -> list[tuple[float, float, int]]:
    """Mean probability said, share right and how many, by bin."""
    rows = []
    for low, high in itertools.pairwise(_BINS):
        some = [pair for pair in pairs if low <= pair[0] < high]
        if some:
            rows.append((sum(p for p, _ in some) / len(some),
                         sum(ok for _, ok in some) / len(some), len(some)))  # fmt: skip
    return rows


def main() -> None:
    told, silent, missed = told_by(Path(sys.argv[1]) if len(sys.argv) > 1 else DEFAULT)
    slope, intercept = fit(told)
    lines = ["# written by python -m benchmarks.calibrate: logistic in the points of a happening"]
    lines.append(f"slope: {slope:.3f}")
    lines += [f"{k}: {t - intercept / slope:.3f}  # points at one half"
              for k, t in _THRESHOLDS.items()]  # fmt: skip
    lines.append(f"quiet: {(missed + 1) / (silent + 2):.3f}  # silent items that should speak")
    CURVE.write_text("\n".join(lines) + "\n", "utf-8")
    pairs = held_out(told)
    brier = sum((p - ok) ** 2 for p, ok in pairs) / len(pairs)
    print(f"{len(told)} kinds told, {sum(not ok for _, ok, _ in told)} wrongly; Brier {brier:.4f}")
    for said, right, many in reliability(pairs):
        print(f"said {said:.3f}  right {right:.3f}  ({many})")


if __name__ == "__main__":
    main()
