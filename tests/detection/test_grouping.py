"""How well the service groups real items (../shared) and keeps invented ones apart: floors."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks.bench_group import Gold, by_service, invented
from bot.detect.detector import Detector
from bot.jsonl import group

SHELF = Path(__file__).parents[2].parent / "shared" / "data"


@pytest.fixture(scope="module")
def detector() -> Detector:
    return Detector.load()


@pytest.mark.shared
@pytest.mark.skipif(not SHELF.exists(), reason="the shelf is not there")
def test_development_groups(detector: Detector) -> None:
    """Precision before recall: at most one pair in fifty that must stay apart may be merged."""
    gold = Gold(SHELF / "detection")
    score = gold.score(by_service(gold.items, lambda given: detector.detect(given[1])))
    assert score["P"] >= 0.96
    assert score["R"] >= 0.80
    assert score["apart_merged"] <= 0.02


def test_attacks_on_many_towns_stay_many(detector: Detector) -> None:
    """One formula, three days, 300 towns: only close neighbours may be taken for one attack."""
    understood, events = invented(detector, 300)
    assert understood >= 280
    assert (understood - events) / understood <= 0.10


def test_group_streams_items_to_events(detector: Detector) -> None:
    """The `group` verb: the same happening twice is one event, other news is none."""
    lines = [
        {"id": 1, "title": "Mali : attaque contre le camp de Tessit, dix soldats tués",
         "published": "2026-03-10T08:00:00Z", "source": "a"},
        {"id": 2, "title": "Les Aigles du Mali battus à domicile",
         "published": "2026-03-10T09:00:00Z", "source": "b"},
        {"id": 3, "title": "Camp militaire attaqué à Tessit au Mali",
         "summary": "Des hommes armés ont attaqué mardi matin le camp de Tessit.",
         "published": "2026-03-10T10:00:00Z", "source": "c"},
        {"id": 4, "title": "Mali : attaque contre le camp de Tessit, dix soldats tués",
         "published": "2026-04-22T08:00:00Z", "source": "a"},
    ]  # fmt: skip
    out = list(group((json.dumps(line) for line in lines), detector))
    assert out == [
        {"id": 1, "events": ["e1"]},
        {"id": 2, "events": []},
        {"id": 3, "events": ["e1"]},
        {"id": 4, "events": ["e2"]},
    ]
