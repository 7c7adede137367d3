"""The founding article, read as one item: what it tells, told apart."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest
from detecting import detect

from bot.detect.gazetteer import distance_km
from bot.detect.report import Detection, Place, Report

ARTICLE = Path(__file__).parents[2].parent / "shared" / "data" / "seed-article.txt"
pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(not ARTICLE.exists(), reason="the shelf is not beside the project"),
]


@cache
def seed() -> Detection:
    return detect("", ARTICLE.read_text("utf-8"), published=datetime(2023, 9, 17, 20, tzinfo=UTC))


def the(day: str) -> Report:
    (report,) = [r for r in seed().pushable if r.kind == "attack" and r.date == day]
    return report


def km(place: Place, lat: float, lon: float) -> float:
    assert place.lat is not None
    assert place.lon is not None
    return distance_km(place.lat, place.lon, lat, lon)


def test_the_charter_is_the_one_step_between_states() -> None:
    """Signed by three; neither the threats of July nor the treaty's clause are steps of today."""
    (charter,) = [r for r in seed().reports if r.kind == "alliance"]
    assert charter.pushable
    assert charter.type == "defence_pact"
    assert charter.stage in ("signed", "announced")
    assert set(charter.countries) == {"ML", "BF", "NE"}


def test_bourem() -> None:
    """Tuesday's attack by the CSP, which the army says it repelled; dozens dead."""
    report = the("2023-09-12")
    assert report.type in ("position_attack", "armed_clash")
    assert ("csp", "perpetrator", "named") in {(a.id, a.role, a.certainty) for a in report.actors}
    assert (report.outcome, report.outcome_said_by) == ("repelled", "army")
    assert report.headline_killed is not None
    assert (report.headline_killed.status, report.headline_killed.min) == ("vague", 20)
    assert km(report.places[0], 16.955, -0.349) < 25


def test_lere() -> None:
    """Sunday's seizure of two camps by unidentified men; some dead, no number."""
    report = the("2023-09-17")
    assert report.type in ("territory_seized", "position_attack")
    assert report.time == "15:30"
    assert [a.id for a in report.actors if a.role == "perpetrator"] == ["unknown"]
    assert report.headline_killed is not None
    assert (report.headline_killed.status, report.headline_killed.min) == ("unknown_positive", 1)
    assert km(report.places[0], 15.712, -4.912) < 25


def test_the_claimed_attacks_stand_apart() -> None:
    """What Jnim claims is its own report, in Mali: a river is not a country."""
    (claimed,) = [r for r in seed().pushable if r.attribution == "claimed"]
    assert [a.id for a in claimed.actors if a.role == "perpetrator"] == ["jnim"]
    assert claimed.countries == ("ML",)


def test_nothing_else_is_pushed() -> None:
    """Neither the years since 2012 nor the clause on aggression tell a happening."""
    assert [r.kind for r in seed().pushable] == ["attack", "attack", "attack", "alliance"]
