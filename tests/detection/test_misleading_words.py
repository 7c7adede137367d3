"""Rumours, drills, backgrounds, seizures, old days, releases and trends, each with a real twin."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
import yaml
from detecting import PUBLISHED, detect

CLASSES = yaml.safe_load(Path(__file__).with_name("misleading_pairs.yaml").read_text("utf-8"))


def told(which: str) -> list[tuple[str, str, datetime | None]]:
    texts = []
    for entry in CLASSES:
        published = None if entry.get("nopub") else PUBLISHED
        for pair in entry["pairs"]:
            if which in pair:
                title, _, summary = pair[which].partition(" | ")
                texts.append((title, summary, published))
    return texts


@pytest.mark.parametrize(("title", "summary", "published"), told("quiet"))
def test_misleading_words_alert_nobody(
    title: str, summary: str, published: datetime | None
) -> None:
    """What is denied, played, recalled, seized, ended or only usual is no news of an attack."""
    assert detect(title, summary, published=published).labels == []


@pytest.mark.parametrize(("title", "summary", "published"), told("alert"))
def test_near_twins_alert(title: str, summary: str, published: datetime | None) -> None:
    """The same words around something that happened are news."""
    assert detect(title, summary, published=published).labels != []


@pytest.mark.parametrize("entry", CLASSES, ids=[entry["class"] for entry in CLASSES])
def test_every_class_has_both_sides(entry: dict[str, list[dict[str, str]]]) -> None:
    """A class of quiet texts alone would be passed by a detector that never speaks."""
    assert sum("alert" in pair for pair in entry["pairs"]) >= 4
