"""Twins of every class of false friends, with the facts that the alerting twin tells."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import yaml
from detecting import PUBLISHED, detect

from bot.detect.report import Detection

CLASSES = yaml.safe_load(Path(__file__).with_name("contrast_pairs.yaml").read_text("utf-8"))
PAIRS = [(entry["class"], pair) for entry in CLASSES for pair in entry["pairs"]]
#: shares reached; they must not fall
LABELS_SHARE, FACTS_SHARE = 0.97, 0.70


def read(told: dict[str, Any]) -> Detection:
    day: date | None = told.get("published")
    published = datetime(day.year, day.month, day.day, 20, tzinfo=UTC) if day else PUBLISHED
    return detect(told["title"], told.get("summary", ""), published=published)


def quiet_is_right(quiet: dict[str, Any]) -> bool:
    """Whether nothing is told that the twin does not tell."""
    return set(read(quiet).labels) <= set(quiet.get("labels", []))


def wrong_facts(told: dict[str, Any]) -> list[str]:
    """What the detector says otherwise than the text; empty when all is right."""
    detection = read(told)
    if detection.labels != [told["label"]]:
        return [f"labels {detection.labels}"]
    report = detection.pushable[0]
    killed = report.headline_killed
    wrong = []
    if "type" in told and report.type not in told["type"]:
        wrong.append(f"type {report.type}")
    if "country" in told:
        wanted = told["country"] if isinstance(told["country"], list) else [told["country"]]
        if not set(wanted) <= set(report.countries) or (
            told["label"] == "attack" and set(report.countries) != set(wanted)
        ):
            wrong.append(f"countries {report.countries}")
    if "place" in told and told["place"] not in [place.name for place in report.places]:
        wrong.append(f"places {[place.name for place in report.places]}")
    if "killed" in told and (killed is None or killed.min != told["killed"]):
        wrong.append(f"killed {killed}")
    if "vague" in told and (killed is None or killed.status not in ("vague", "range")):
        wrong.append(f"killed {killed}")
    if told["label"] == "attack" and not {"killed", "vague"} & set(told) and killed is not None:
        wrong.append(f"killed {killed}")
    if "date" in told and report.date != told["date"].isoformat():
        wrong.append(f"date {report.date}")
    if "by" in told:
        named = {a.id for a in report.actors if a.role in ("perpetrator", "claimant")}
        if named != set(told["by"]):
            wrong.append(f"by {sorted(named)}")
    return wrong


def test_every_class_has_three_pairs() -> None:
    """The guideline names thirty-one classes of false friends."""
    assert len(CLASSES) == 31
    assert [entry["class"] for entry in CLASSES if len(entry["pairs"]) < 3] == []


def test_labels_told_right() -> None:
    """Look-alikes alert nobody, their twins do: at least this share of both."""
    loud = [pair["quiet"]["title"] for _, pair in PAIRS if not quiet_is_right(pair["quiet"])]
    missed = [
        pair["alert"]["title"]
        for _, pair in PAIRS
        if read(pair["alert"]).labels != [pair["alert"]["label"]]
    ]
    told_wrong = loud + missed
    assert 1 - len(told_wrong) / (2 * len(PAIRS)) >= LABELS_SHARE, "\n".join(told_wrong)


def test_facts_told_right() -> None:
    """The twin that alerts tells every fact of its text and no other: at least this share."""
    wrong = [(pair["alert"]["title"], wrong_facts(pair["alert"])) for _, pair in PAIRS]
    failed = [f"{title}: {facts}" for title, facts in wrong if facts]
    assert 1 - len(failed) / len(PAIRS) >= FACTS_SHARE, "\n".join(failed)
