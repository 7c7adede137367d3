"""Detection on labelled items: labels, hard negatives, facts and speed, beside a keyword list.

    python -m benchmarks.bench_detect [FOLDER] [--half A|B] [--errors]

FOLDER holds dev.jsonl and dev-facts.jsonl with the shapes of GUIDELINE.md and FACTS.md; by default
../shared/data/detection. The halves are drawn by a hash of the id, so that rules may be written
against one half and checked on the other; --errors names the items that went wrong.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.detect_facts import Facts, score_facts
from bot.detect.detector import Detector
from bot.detect.report import Detection, Item
from bot.detect.text import fold

DEFAULT = Path(__file__).parents[2] / "shared" / "data" / "detection"
KINDS = ("attack", "alliance")
_PRECISIONS = ("year", "month", "day")
_PADDING = ("-01-01", "-01", "")

#: a first idea of such a bot, for comparison: one word of each list anywhere in the item
_BASELINE_PLACES = (
    "mali", "burkina", "niger", "sahel", "tchad", "chad", "nigeria", "benin", "togo", "bamako",
    "ouagadougou", "niamey", "ivoire", "mauritanie", "borno",
)  # fmt: skip
_BASELINE = {
    "attack": (
        "attaque", "attaques", "embuscade", "tues", "morts", "jihadistes", "terroristes",
        "enlevement", "enleve", "attentat", "explosion", "affrontements", "attack", "attacks",
        "killed", "gunmen", "kidnapped", "abducted", "ambush", "militants", "bomb",
    ),
    "alliance": (
        "aes", "cedeao", "ecowas", "sanctions", "alliance", "charte", "troupes", "accord",
        "retrait", "ambassadeur", "ambassadeurs", "troops", "withdrawal", "pact", "confederation",
        "sommet", "defense", "g5",
    ),
}  # fmt: skip


def item_of(raw: Mapping[str, Any]) -> Item:
    """A labelled line as the detector would get it; coarse dates stay coarse."""
    published, precision = None, "time"
    if raw.get("published"):
        text = str(raw["published"])
        parts = text.count("-")
        precision = _PRECISIONS[parts]
        published = datetime.fromisoformat(text + _PADDING[parts]).replace(tzinfo=UTC)
    return Item(
        raw["title"], raw.get("summary") or "", published, precision,  # type: ignore[arg-type]
        raw.get("language"), raw.get("outlet"),
    )  # fmt: skip


def half_of(identifier: str) -> str:
    return "AB"[int(hashlib.sha256(identifier.encode()).hexdigest(), 16) % 2]


def read_lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]


def counts(
    items: Iterable[Mapping[str, Any]], labels: Callable[[str], Sequence[str]], kind: str
) -> tuple[int, int, int]:
    """True positives, false positives, false negatives."""
    hits = false = missed = 0
    for raw in items:
        wanted, got = kind in raw["gold"], kind in labels(raw["id"])
        hits += wanted and got
        false += got and not wanted
        missed += wanted and not got
    return hits, false, missed


def line(name: str, tally: tuple[int, int, int]) -> str:
    hits, false, missed = tally
    precision = hits / (hits + false) if hits + false else 0.0
    recall = hits / (hits + missed) if hits + missed else 0.0
    f1 = 2 * hits / (2 * hits + false + missed) if hits else 0.0
    shares = f"P {precision:.3f}  R {recall:.3f}  F1 {f1:.3f}"
    return f"{name:34} {shares}   (tp {hits} fp {false} fn {missed})"


def baseline_labels(raw: Mapping[str, Any]) -> list[str]:
    words = set(fold(f"{raw['title']} {raw.get('summary') or ''}").split())
    if words.isdisjoint(_BASELINE_PLACES):
        return []
    return [kind for kind in KINDS if not words.isdisjoint(_BASELINE[kind])]


def print_labels(items: Sequence[Mapping[str, Any]], found: Mapping[str, Detection]) -> None:
    def labels(identifier: str) -> Sequence[str]:
        return found[identifier].labels

    baseline = {raw["id"]: baseline_labels(raw) for raw in items}
    slices: dict[str, Callable[[Mapping[str, Any]], bool]] = {
        "all": lambda _: True,
        "without borderline": lambda raw: not raw["borderline"],
        "french": lambda raw: raw["language"] == "fr",
        "english": lambda raw: raw["language"] == "en",
        "sampling random": lambda raw: raw["sampling"] == "random",
        "sampling keyword": lambda raw: raw["sampling"] == "keyword",
        "half A": lambda raw: half_of(raw["id"]) == "A",
        "half B": lambda raw: half_of(raw["id"]) == "B",
    }
    for kind in KINDS:
        for name, chosen in slices.items():
            some = [raw for raw in items if chosen(raw)]
            if some:
                print(line(f"{kind}, {name}", counts(some, labels, kind)))
        print(line(f"{kind}, keyword baseline", counts(items, baseline.__getitem__, kind)))
    for name, told in (("detector", labels), ("keyword baseline", baseline.__getitem__)):
        hard = [raw for raw in items if raw["hard_negative"]]
        quiet = sum(not told(raw["id"]) for raw in hard)
        print(f"hard negatives kept quiet, {name}: {quiet}/{len(hard)} = {quiet / len(hard):.3f}")


def print_errors(items: Iterable[Mapping[str, Any]], found: Mapping[str, Detection]) -> None:
    for raw in items:
        detection = found[raw["id"]]
        if set(raw["gold"]) != set(detection.labels):
            print(
                f"\n{raw['id']} wanted {raw['gold']} got {detection.labels}: {raw['title'][:160]}"
            )
            for report in detection.reports:
                print(f"    {report.kind} {report.type} {report.realis} {report.why}")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    options.add_argument("folder", nargs="?", type=Path, default=DEFAULT)
    options.add_argument("--half", choices=["A", "B"])
    options.add_argument("--errors", action="store_true")
    chosen = options.parse_args()
    if not (chosen.folder / "dev.jsonl").exists():
        raise SystemExit(f"no dev.jsonl in {chosen.folder}")
    items = read_lines(chosen.folder / "dev.jsonl")
    if chosen.half:
        items = [raw for raw in items if half_of(raw["id"]) == chosen.half]
    began = time.perf_counter()
    detector = Detector.load()
    print(f"load {time.perf_counter() - began:.2f} s")
    read = [(raw["id"], item_of(raw)) for raw in items]
    found = {identifier: detector.detect(item) for identifier, item in read}
    began = time.perf_counter()
    for _, item in read:
        detector.detect(item)
    speed = len(read) / (time.perf_counter() - began)
    print_labels(items, found)
    facts = read_lines(chosen.folder / "dev-facts.jsonl")
    wanted = {raw["id"]: raw["reports"] for raw in facts if raw["id"] in found}
    languages = {raw["id"]: raw["language"] for raw in items}
    for name in ("all", "fr", "en"):
        some = {i: w for i, w in wanted.items() if name in ("all", languages[i])}
        print_facts(name, score_facts(some, found), errors=chosen.errors)
    print(f"\n{speed:,.0f} items/s on one core")
    if chosen.errors:
        print_errors(items, found)


def print_facts(name: str, facts: Facts, *, errors: bool) -> None:
    print(f"\nfacts, {name}: {facts.matched} of {facts.reports} reports found as the right kind,")
    print(f"  {facts.splits} extra events")
    for field, (right, total) in facts.fields.items():
        share = right / total if total else 0.0
        print(f"  {field:34} {share:.3f}  ({right}/{total})")
    for field, number in facts.severe.items():
        print(f"  {field:34} {number}")
    if errors and name == "all":
        for text in facts.errors:
            print(f"    {text}")


if __name__ == "__main__":
    main()
