"""How well items of one happening are kept together, and others apart, on the development groups.

    python -m benchmarks.bench_group [FOLDER]

FOLDER holds dev.jsonl, dev-groups.jsonl and dev-facts.jsonl (default: ../shared/data/detection).
Rows: the service's detection and grouping; grouping alone, given the annotated facts; and two
plain baselines, each at its best threshold on this very set: the nearest title by rapidfuzz, and
the nearest text by TF-IDF among those published within three days.
B-cubed is over the clustered items with a label; pairs that may be either way are left out.
"apart" is the share of the pairs to keep apart that were merged, "alerts" how many events a story
was told as, on average: the first alerts somebody would get of it.
Then, what the groups are too few to show: 600 invented attacks in one formula, three days and as
many towns; every one that joins another is wrong.
`python -m benchmarks.decision_time` measures the time to decide.
"""

from __future__ import annotations

import itertools
import json
import math
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rapidfuzz import fuzz

from bot.detect.detector import Detector
from bot.detect.report import ActorRef, Detection, Item, Place, Report, Toll
from bot.detect.text import fold
from bot.events.group import Grouper
from bot.jsonl import read_item

Grouping = Mapping[str, set[str]]
_NEAR_DAYS = 3
_OPEN_DAYS = 14
_TOWNS = ("town", "village", "commune")


class Gold:
    """What the annotators say of each pair of items."""

    def __init__(self, folder: Path):
        self.items = _lines(folder / "dev.jsonl")
        groups = _lines(folder / "dev-groups.jsonl")
        self.cluster = {i["id"]: i["cluster"] for i in self.items if i["cluster"] and i["gold"]}
        self.apart = [
            (a, b)
            for g in groups
            if g["type"] == "must_stay_apart"
            for a, b in itertools.product(g["ids_a"], g["ids_b"])
        ]
        self._either = [set(g["clusters"]) for g in groups if g["type"] == "either_is_fine"]

    def either(self, one: str, other: str) -> bool:
        a, b = self.cluster[one], self.cluster[other]
        return a != b and any({a, b} <= fine for fine in self._either)

    def score(self, found: Grouping) -> dict[str, float]:
        precisions, recalls = [], []
        for one, cluster in self.cluster.items():
            others = [i for i in self.cluster if not self.either(one, i)]
            together = [i for i in others if i == one or found[i] & found[one]]
            truth = [i for i in others if self.cluster[i] == cluster]
            right = sum(1 for i in together if self.cluster[i] == cluster)
            precisions.append(right / len(together))
            recalls.append(right / len(truth))
        precision = sum(precisions) / len(precisions)
        recall = sum(recalls) / len(recalls)
        merged = sum(bool(found.get(a, set()) & found.get(b, set())) for a, b in self.apart)
        return {
            "P": precision,
            "R": recall,
            "F1": 2 * precision * recall / (precision + recall),
            "apart_merged": merged / len(self.apart),
            "alerts": self._alerts(found),
        }

    def _alerts(self, found: Grouping) -> float:
        """Events per story, of the stories that any event tells."""
        told: dict[str, set[str]] = {}
        for one, cluster in self.cluster.items():
            told.setdefault(cluster, set()).update(found[one])
        counts = [len(events) for events in told.values() if events]
        return sum(counts) / len(counts)


def by_service(items: Sequence[Mapping[str, Any]], detect: Callable[[Any], Detection]) -> Grouping:
    """The events of each item as the `group` verb gives them, detection exchangeable."""
    grouper = Grouper()
    found: dict[str, set[str]] = {}
    for raw in items:
        ident, item = read_item(json.dumps({**raw, "source": raw["outlet"]}))
        found[ident] = set(grouper.add(ident, item, detect((ident, item))))
    return found


def by_title(items: Sequence[Mapping[str, Any]], threshold: float) -> Grouping:
    """Each item joins the group of the most similar earlier title."""
    titles: list[tuple[str, str]] = []
    found: dict[str, set[str]] = {}
    for raw in items:
        title = fold(raw["title"])
        best = max(((fuzz.token_set_ratio(title, t), g) for t, g in titles), default=(0, ""))
        group = best[1] if best[0] >= threshold else raw["id"]
        titles.append((title, group))
        found[raw["id"]] = {group}
    return found


def by_tfidf(items: Sequence[Mapping[str, Any]], threshold: float) -> Grouping:
    """Each item joins the group of the most similar earlier text of the last three days."""
    words = [Counter(fold(f"{raw['title']} {raw.get('summary') or ''}").split()) for raw in items]
    seen_in = Counter(word for counts in words for word in counts)
    vectors = []
    for counts in words:
        raw = {w: (1 + math.log(n)) * math.log(len(items) / seen_in[w]) for w, n in counts.items()}
        norm = math.sqrt(sum(x * x for x in raw.values())) or 1.0
        vectors.append({w: x / norm for w, x in raw.items()})
    days = [_day(raw) for raw in items]
    groups: list[str] = []
    for index, raw in enumerate(items):
        near = [
            (sum(x * vectors[i].get(w, 0.0) for w, x in vectors[index].items()), groups[i])
            for i in range(index)
            if days[i] is None or days[index] is None or abs(days[index] - days[i]) <= _NEAR_DAYS
        ]
        best = max(near, default=(0.0, ""))
        groups.append(best[1] if best[0] >= threshold else raw["id"])
    return {raw["id"]: {group} for raw, group in zip(items, groups, strict=True)}


def _day(raw: Mapping[str, Any]) -> float | None:
    _, item = read_item(json.dumps({**raw, "source": raw["outlet"]}))
    return item.published.timestamp() / 86400 if item.published else None


def invented(detector: Detector, many: int = 600) -> tuple[int, int]:
    """How many of so many attacks on different towns were understood, and how many events."""
    countries = {"ML": "Mali", "BF": "Burkina Faso", "NE": "Niger"}
    days = ("dimanche 8 mars 2026", "lundi 9 mars 2026", "mardi 10 mars 2026")
    towns = [r for r in detector.gazetteer.rows if r.country in countries and r.kind in _TOWNS]
    grouper = Grouper()
    understood, events = 0, set()
    for number, town in enumerate(towns[:many]):
        country = countries[str(town.country)]
        item = Item(
            f"{country} : attaque contre un poste à {town.name}",
            f"{number * 7 % 41 + 2} soldats ont été tués {days[number % 3]} dans l'attaque d'un "
            f"poste militaire à {town.name}, région de {town.admin1}, au {country}.",
            datetime(2026, 3, 10, 20, tzinfo=UTC),
            source="invented",
        )
        found = grouper.add(number, item, detector.detect(item))
        understood += len(found)
        events.update(found)
    return understood, len(events)


def annotated(folder: Path) -> Callable[[Any], Detection]:
    """A detection that knows the annotated facts."""
    reports = {
        row["id"]: tuple(_report(r) for r in row["reports"])
        for row in _lines(folder / "dev-facts.jsonl")
    }
    return lambda given: Detection("", reports.get(given[0], ()), 1.0)


def _report(facts: Mapping[str, Any]) -> Report:
    places = ()
    if facts.get("place"):
        country = facts["countries"][0] if facts["countries"] else None
        places = (Place(facts["place"], country, None, facts.get("lat"), facts.get("lon"),
                        facts.get("place_precision") or 4),)  # fmt: skip
    tolls = tuple(
        Toll(who, None, t["min"], t["max"], t["status"], facts.get("by"))
        for who in ("killed", "wounded", "abducted")
        if (t := facts.get(who)) and t["status"]
    )
    actors = tuple(
        ActorRef(a, "perpetrator", facts["perpetrator_certainty"] or "generic")
        for a in facts.get("perpetrators") or ()
    )
    return Report(
        kind=facts["kind"], type=facts["type"], places=places, tolls=tolls, actors=actors,
        date=facts.get("date"), date_end=facts.get("date_end"),
        date_precision=1 if facts.get("date") else 4, stage=facts.get("stage"),
        said_by=facts.get("by"), countries=tuple(facts["countries"]),
    )  # fmt: skip


def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def main(arguments: Sequence[str]) -> None:
    folder = Path(arguments[0]) if arguments else _shelf()
    gold = Gold(folder)
    clusters = len(set(gold.cluster.values()))
    print(
        f"{len(gold.cluster)} items in {clusters} clusters, {len(gold.apart)} pairs to keep apart"
    )
    print(f"{'':14} {'P':>6} {'R':>6} {'F1':>6} {'apart':>7} {'alerts':>7}")
    detector = Detector.load()
    began = time.perf_counter()
    service = by_service(gold.items, lambda given: detector.detect(given[1]))
    seconds = time.perf_counter() - began
    empty = sum(not service[i] for i in gold.cluster)
    _print("service", gold.score(service), f"{len(gold.items) / seconds:.0f} items/s, "
           f"{empty} without an event")  # fmt: skip
    _print("given facts", gold.score(by_service(gold.items, annotated(folder))))
    titles = {t: gold.score(by_title(gold.items, t)) for t in range(40, 100, 5)}
    best = max(titles, key=lambda t: titles[t]["F1"])
    _print(f"title >= {best}", titles[best])
    texts = {t: gold.score(by_tfidf(gold.items, t / 100)) for t in range(5, 60, 5)}
    best = max(texts, key=lambda t: texts[t]["F1"])
    _print(f"tf-idf >= {best / 100:.2f}", texts[best])
    understood, events = invented(detector)
    print(f"{'invented':14} {understood} attacks, {understood - events} joined wrongly "
          f"({(understood - events) / understood:.1%})")  # fmt: skip


def _print(name: str, score: Mapping[str, float], more: str = "") -> None:
    print(f"{name:14} {score['P']:6.3f} {score['R']:6.3f} {score['F1']:6.3f} "
          f"{score['apart_merged']:7.1%} {score['alerts']:7.2f}  {more}")  # fmt: skip


def _shelf() -> Path:
    return Path(__file__).parents[2] / "shared" / "data" / "detection"


if __name__ == "__main__":
    main(sys.argv[1:])
