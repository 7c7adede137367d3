"""Moderators' corrections over an event's facts, and which attacks are one series."""

from __future__ import annotations

import json
from dataclasses import asdict, replace

import pytest

from bot.detect.report import ActorRef, Place, Toll
from bot.events.campaign import linked, of_one_campaign
from bot.events.facts import EventFacts, Part
from bot.events.rulings import corrected, ruled
from storage.model import Ruling, RulingAction

KATI = Place("Kati", "ML", "Koulikoro", 12.75, -8.07, 1)
DORI = Place("Dori", "BF", "Liptako", 14.03, -0.03, 1)
ATTACK = EventFacts(
    kind="attack", type="ambush", place=KATI, countries=("ML",), date="2026-04-25",
    date_precision=1, severity="moderate",
    tolls=(
        Toll("killed", None, 4, 4, "exact", "army"),
        Toll("killed", "soldier", 4, 4, "exact", "army"),
        Toll("killed", None, 70, 70, "exact", "group"),
        Toll("wounded", None, 2, 2, "exact"),
    ),
)  # fmt: skip


def ruling(action: RulingAction, **params: object) -> Ruling:
    return Ruling(1, 1, "ML-2026-0425-a", action, json.dumps(params), 1, 0.0, None)


def test_a_corrected_count_stands_beside_the_claim() -> None:
    """Every other figure of that harm goes; severity follows; other harms are left alone."""
    found = corrected(ATTACK, {"killed": 60})
    assert [(t.who, t.min, t.said_by) for t in found.tolls] == [
        ("killed", 60, None), ("killed", 70, "group"), ("wounded", 2, None),
    ]  # fmt: skip
    assert (found.severity, found.corrected) == ("extreme", ("killed",))
    assert corrected(ATTACK, {"killed": 0}).killed[0].status == "none"


def test_a_corrected_place_brings_its_country() -> None:
    """What queries for a country see must be right too."""
    found = corrected(ATTACK, {"place": asdict(DORI), "date": "2026-04-24"})
    assert found.place == DORI
    assert found.countries == ("BF", "ML")
    assert (found.date, found.corrected) == ("2026-04-24", ("place", "date"))


def test_the_later_ruling_counts() -> None:
    """Corrections add up; a retraction says its reason whatever else was corrected."""
    found = ruled(ATTACK, [ruling("correct", killed=5), ruling("correct", killed=6, wounded=1)])
    assert [t.min for t in found.tolls if t.said_by is None] == [6, 1]
    taken_back = ruled(ATTACK, [ruling("retract", reason="x"), ruling("merge", event=2, ref="r")])
    assert (taken_back.verification, taken_back.retraction) == ("retracted", "x")
    assert ruled(ATTACK, [ruling("split", event=2, ref="r")]) == ATTACK


COORDINATED = replace(ATTACK, flags=("coordinated",))
GAO = replace(ATTACK, place=Place("Gao", "ML", "Gao", 16.27, -0.04, 1))
JNIM = (ActorRef("jnim", "perpetrator", "claimed"),)


@pytest.mark.parametrize(
    ("one", "other", "together", "expected"),
    [
        (COORDINATED, GAO, True, True),
        (COORDINATED, GAO, False, False),
        (COORDINATED, replace(GAO, flags=("coordinated",)), False, True),
        (replace(COORDINATED, actors=JNIM), replace(GAO, actors=JNIM), False, True),
        # nobody calls either of them coordinated
        (ATTACK, GAO, True, False),
        (COORDINATED, replace(GAO, date="2026-04-27"), True, False),
        (COORDINATED, replace(GAO, date=None, date_precision=4), True, True),
        (COORDINATED, replace(GAO, date=None, date_precision=4), False, False),
        (COORDINATED, replace(GAO, place=DORI, countries=("BF",)), True, False),
        (COORDINATED, replace(GAO, flags=("state_operation",)), True, False),
        (COORDINATED, replace(GAO, kind="alliance", type="summit"), True, False),
    ],
)
def test_a_series_is_what_somebody_calls_one(
    one: EventFacts, other: EventFacts, together: bool, expected: bool
) -> None:
    """One day, one country, and a word for it; two attacks alone are no series."""
    assert of_one_campaign(one, other, told_together=together) is expected
    assert of_one_campaign(other, one, told_together=together) is expected


def test_five_towns_at_once_are_graver_than_each() -> None:
    """DOMAIN 3.4: five coordinated places are extreme, however few died in one of them."""
    parts = [Part(f"ML-2026-0425-{letter}", f"Ville {letter}") for letter in "bcde"]
    assert linked(ATTACK, parts[:3]).severity == "moderate"
    assert linked(ATTACK, parts).severity == "extreme"
    assert linked(linked(ATTACK, parts), ()).severity == "moderate"
