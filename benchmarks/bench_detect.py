"""Detection on labelled items: labels, hard negatives, facts and speed, beside a keyword list.

    python -m benchmarks.bench_detect [FOLDER] [--half A|B] [--errors]

FOLDER holds dev.jsonl and dev-facts.jsonl with the shapes of GUIDELINE.md and FACTS.md; by default
../shared/data/detection. The halves are drawn by a hash of the id, so that rules may be written
against one half and checked on the other; --errors names the items that went wrong.
"""

from __future__ import annotations

import argparse
import math
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.detect_facts import Facts, score_facts
from benchmarks.keyword_baseline import baseline_labels
from benchmarks.labelled import DEFAULT, half_of, item_of, read_lines
from benchmarks.written_pairs import print_score, read_pairs, score_pairs
from bot.detect.detector import Detector
from bot.detect.report import Detection, Item

KINDS = ("attack", "alliance")


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


def f1_of(tally: tuple[int, int, int]) -> float:
    hits, false, missed = tally
    return 2 * hits / (2 * hits + false + missed) if hits else 0.0


def wilson(right: int, total: int) -> tuple[float, float]:
    """The 95 % interval of a share."""
    if not total:
        return 0.0, 1.0
    z, share = 1.96, right / total
    middle = (share + z * z / (2 * total)) / (1 + z * z / total)
    wide = z * math.sqrt(share * (1 - share) / total + (z / total / 2) ** 2) / (1 + z * z / total)
    return middle - wide, middle + wide


def line(name: str, tally: tuple[int, int, int]) -> str:
    """Precision and recall with their intervals, F1 and the counts."""
    hits, false, missed = tally
    shares = []
    for letter, total in (("P", hits + false), ("R", hits + missed)):
        low, high = wilson(hits, total)
        shares.append(f"{letter} {hits / total if total else 0:.3f} [{low:.2f}-{high:.2f}]")
    return f"{name:28} {'  '.join(shares)}  F1 {f1_of(tally):.3f}  ({hits}/{false}/{missed})"


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
                print(line("    keyword baseline", counts(some, baseline.__getitem__, kind)))
        french, english = (
            f1_of(counts([raw for raw in items if slices[name](raw)], labels, kind))
            for name in ("french", "english")
        )
        print(f"{kind}, F1 french - english: {french - english:+.3f}")
    for name, told in (("detector", labels), ("keyword baseline", baseline.__getitem__)):
        hard = [raw for raw in items if raw["hard_negative"]]
        quiet = sum(not told(raw["id"]) for raw in hard)
        print(f"hard negatives kept quiet, {name}: {quiet}/{len(hard)} = {quiet / len(hard):.3f}")
        for kind_of in sorted({raw["hard_negative"] for raw in hard}):
            some = [raw for raw in hard if raw["hard_negative"] == kind_of]
            print(f"    {kind_of:30} {sum(not told(raw['id']) for raw in some)}/{len(some)}")


def speed_at(
    detector: Detector, items: Sequence[Mapping[str, Any]], characters: int, *, dense: bool
) -> float:
    """Items a second when each is so long: texts of the set, one after the other, cut."""
    text = " ".join(
        f"{raw['title']}. {raw.get('summary') or ''}" for raw in items if raw["gold"] or not dense
    )
    cuts = [Item("", text[at : at + characters]) for at in range(0, len(text), characters)]
    began = time.perf_counter()
    for item in cuts:
        detector.detect(item)
    return len(cuts) / (time.perf_counter() - began)


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
    print()
    print_score(score_pairs(detector, read_pairs()), errors=chosen.errors)
    print(f"\n{speed:,.0f} items/s on one core, as they come")
    for characters, dense in ((350, False), (600, True)):
        print(f"{speed_at(detector, items, characters, dense=dense):,.0f} items/s at {characters} "
              f"characters{', all of ours' if dense else ''}")  # fmt: skip
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
