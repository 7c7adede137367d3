"""Floors on labelled items: a change that deafens the detector or makes it shout fails here."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from detecting import detector

from benchmarks.bench_detect import counts
from benchmarks.labelled import half_of, item_of, read_lines
from bot.detect.report import Detection

FOLDER = Path(__file__).parents[2].parent / "shared" / "data" / "detection"
pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(not FOLDER.exists(), reason="the shelf is not beside the project"),
]


@cache
def read() -> tuple[list[dict[str, object]], dict[str, Detection]]:
    items = read_lines(FOLDER / "dev.jsonl")
    return items, {str(raw["id"]): detector().detect(item_of(raw)) for raw in items}


def f1(kind: str, half: str) -> float:
    items, found = read()
    chosen = [raw for raw in items if half_of(str(raw["id"])) == half]
    hits, false, missed = counts(chosen, lambda i: found[i].labels, kind)
    return 2 * hits / (2 * hits + false + missed)


@pytest.mark.parametrize("half", ["A", "B"])
@pytest.mark.parametrize(("kind", "floor"), [("attack", 0.90), ("alliance", 0.88)])
def test_labels(kind: str, half: str, floor: float) -> None:
    """Rules were written against half A; half B shows whether they hold elsewhere."""
    assert f1(kind, half) >= floor


def test_hard_negatives_stay_quiet() -> None:
    """Items chosen to fool a word list."""
    items, found = read()
    hard = [raw for raw in items if raw["hard_negative"]]
    quiet = sum(not found[str(raw["id"])].labels for raw in hard)
    assert quiet / len(hard) >= 0.95
