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


def test_a_topic_before_an_anniversary_changes_nothing() -> None:
    """« Mali – Quatre ans après, … » sets what the lead recalls, though nobody dates the item."""
    title = "Mali – Quatre ans après, toujours pas de réponse pour le massacre de Sobane"
    lead = (
        "Le massacre de Sobane, qui a eu lieu la nuit, a fait 35 morts selon un collectif. "
        "Une première attaque est menée dans le village par des hommes armés."
    )
    assert detect(title, lead, published=None).labels == []
    assert detect("Mali : massacre à Sobane", lead, published=None).labels == ["attack"]


def test_who_signs_a_statement_signs_no_accord() -> None:
    told = detect(
        "Côte d'Ivoire : Téhini, à la frontière du Burkina Faso, attaquée par des individus armés",
        "Téhini, frontalière du Burkina Faso, a été attaquée lundi par des individus armés, "
        "indique un communiqué signé du général Koné, chef d'état-major des armées ivoiriennes.",
    )
    assert told.labels == ["attack"]
    accord = detect(
        "Côte d'Ivoire-Burkina Faso : un accord militaire signé par les chefs d'état-major",
        "Le communiqué de mardi parle de patrouilles communes.",
    )
    assert accord.labels == ["alliance"]


def test_a_civil_clause_beside_a_security_accord_changes_nothing() -> None:
    told = detect(
        "Ghana, Burkina Faso sign three agreements to strengthen security",
        "Ghana and Burkina Faso also agreed on flood management along the Volta.",
    )
    assert told.labels == ["alliance"]
