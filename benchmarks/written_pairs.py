"""Scores detection on look-alike pairs written for the project, with the facts they tell.

    python -m benchmarks.written_pairs [--errors] [FILE…]

FILE holds JSON Lines {"id", "title", "summary"?, "published", "language", "labels", "facts"?}; by
default the two files of tests/detection. A fact may list several values that are equally right; a
fact that is absent is not judged. Ids ending in "-no" must stay quiet.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.detect_facts import toll_right
from benchmarks.labelled import item_of
from bot.detect.detector import Detector
from bot.detect.gazetteer import distance_km
from bot.detect.report import Detection, Report

_FOLDER = Path(__file__).parents[1] / "tests" / "detection"
PAIRS = _FOLDER / "written_pairs.jsonl"
MORE_PAIRS = _FOLDER / "more_pairs.jsonl"
_NEAR_KM = 25.0
_TOLLS = ("killed", "wounded", "abducted")


@dataclass(slots=True)
class Score:
    """How many items and facts were told right."""

    labels: tuple[int, int] = (0, 0)
    quiet: tuple[int, int] = (0, 0)
    facts: tuple[int, int] = (0, 0)
    #: field → wrong, told
    fields: dict[str, tuple[int, int]] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)


def read_pairs(*paths: Path) -> list[dict[str, Any]]:
    """The items of these files; of both files of the project where none is named."""
    return [
        json.loads(line)
        for path in paths or (PAIRS, MORE_PAIRS)
        for line in path.read_text("utf-8").splitlines()
        if line.strip()
    ]


def score_pairs(detector: Detector, items: Iterable[Mapping[str, Any]]) -> Score:
    score, wrong_fields, told_fields = Score(), Counter[str](), Counter[str]()
    for raw in items:
        published = str(raw.get("published") or "")[:10] or None
        detection = detector.detect(item_of({**raw, "published": published}))
        right = set(detection.labels) == set(raw["labels"])
        score.labels = _add(score.labels, right)
        if not raw["labels"]:
            score.quiet = _add(score.quiet, right)
        if not right:
            score.errors.append(
                f"{raw['id']} wanted {raw['labels']} got {detection.labels}: {raw['title']}"
            )
        if raw["labels"] and raw.get("facts"):
            wrong = wrong_facts(raw, detection)
            told_fields.update(raw["facts"].keys())
            wrong_fields.update(wrong)
            score.facts = _add(score.facts, wrong is not None and not wrong)
            if wrong:
                score.errors.append(f"{raw['id']} {wrong}: {raw['title']}")
    score.fields = {name: (wrong_fields[name], told_fields[name]) for name in sorted(told_fields)}
    return score


def _add(share: tuple[int, int], right: bool) -> tuple[int, int]:
    return share[0] + right, share[1] + 1


def wrong_facts(raw: Mapping[str, Any], detection: Detection) -> dict[str, int] | None:
    """The facts told wrongly by the report that fits best; None when no report is told."""
    reports = [r for r in detection.pushable if r.kind in raw["labels"]]
    judged = [_wrong(raw["facts"], report) for report in reports]
    return min(judged, key=len) if judged else None


def _wrong(facts: Mapping[str, Any], report: Report) -> dict[str, int]:
    doers = {a.id for a in report.actors if a.role in ("perpetrator", "claimant")}
    right: dict[str, bool] = {
        "type": report.type in _values(facts.get("type")),
        "countries": _countries_right(set(facts.get("countries", ())), report),
        "date": {report.date, report.date_end} & set(_values(facts.get("date"))) != set(),
        "time": report.time == facts.get("time"),
        "perpetrators": doers == set(facts.get("perpetrators", ())),
        "outcome": report.outcome in _values(facts.get("outcome")),
        "stage": report.stage in _values(facts.get("stage")),
        "attribution": report.attribution in _values(facts.get("attribution")),
    }
    if facts.get("lat") is not None:
        right["place"] = any(
            place.lat is not None and place.lon is not None and place.precision <= 2
            and distance_km(place.lat, place.lon, facts["lat"], facts["lon"]) <= _NEAR_KM
            for place in report.places[:1]
        )  # fmt: skip
    wrong = {name: 1 for name, holds in right.items() if name in facts and not holds}
    for who in _TOLLS:
        toll = next((t for t in report.tolls if t.who == who and t.group is None), None)
        if facts.get(who) and (toll is None or not toll_right(facts[who], toll)):
            wrong[who] = 1
    return wrong


def _countries_right(wanted: set[str], report: Report) -> bool:
    """Where it was (attack); every party, outside partners being optional (alliance)."""
    told = set(report.countries)
    return told == wanted if report.kind == "attack" else wanted <= told


def _values(wanted: Any) -> list[Any]:
    return wanted if isinstance(wanted, list) else [wanted]


def print_score(score: Score, *, errors: bool) -> None:
    for name, (right, total) in (
        ("labels", score.labels), ("kept quiet", score.quiet), ("all facts", score.facts),
    ):  # fmt: skip
        print(f"written pairs, {name:12} {right / total:.3f}  ({right}/{total})")
    print("  facts told wrongly: " + ", ".join(
        f"{name} {wrong}/{total}" for name, (wrong, total) in score.fields.items() if wrong
    ))  # fmt: skip
    if errors:
        print("\n".join(f"    {text}" for text in score.errors))


def main() -> None:
    arguments = [a for a in sys.argv[1:] if not a.startswith("--")]
    items = read_pairs(*map(Path, arguments))
    print_score(score_pairs(Detector.load(), items), errors="--errors" in sys.argv)


if __name__ == "__main__":
    main()
