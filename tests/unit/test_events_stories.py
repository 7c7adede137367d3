"""Real multi-source stories in our own words: one event each, and what each step changes."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.detect.report import ActorRef, Place, Report, Toll
from bot.events.assess import certainty, urgency
from bot.events.assign import Choice, assign
from bot.events.board import Board
from bot.events.changes import Change, material, what_changed
from bot.events.desk import Article, known, story
from bot.events.facts import EventFacts, Source
from bot.events.fuse import fuse

JNIM_CLAIMS = ActorRef("jnim", "perpetrator", "claimed")
JNIM_SUSPECTED = ActorRef("jnim", "perpetrator", "suspected")
GUNMEN = ActorRef("unknown", "perpetrator", "generic")

KOUDOU = Place("Koudou", "BJ", "Alibori", 11.72, 3.1, 1)
KOFOUNO = Place("Kofouno", "BJ", "Alibori", 11.9, 3.3, 1)
NIAMEY = Place("Niamey", "NE", "Niamey", 13.51, 2.11, 1)
ANEFIS = Place("Anefis", "ML", "Kidal", 18.04, 0.6, 1)


def at(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


def article(title: str, when: str, origin: str, summary: str = "") -> Article:
    source = Source(
        name=origin, url=f"https://example.org/{origin}/{when}", origin=origin, language="fr",
        published_at=at(when),
    )  # fmt: skip
    return Article(title, summary, source, at(when), (at(when), at(when)))


def killed(
    n: int, said_by: str | None, *, status: str = "exact", group: str | None = None
) -> Toll:
    return Toll("killed", group, n, n if status == "exact" else None, status, said_by)


def attack(place: Place, date: str | None, **more: object) -> Report:
    values: dict[str, object] = {
        "kind": "attack", "type": "position_attack", "places": (place,), "date": date,
        "date_precision": 1 if date else 4, "countries": (place.country,), "confidence": 0.9,
    }  # fmt: skip
    return Report(**(values | more))  # type: ignore[arg-type]


Told = list[tuple[Article, Report]]

KOUDOU_STORY: Told = [
    (
        article("Bénin : huit soldats tués dans le parc W", "2025-04-18T09:00", "APA"),
        attack(KOUDOU, "2025-04-17", tolls=(killed(8, "official"),), said_by="official"),
    ),
    (
        article("Le Jnim dit avoir tué 70 militaires béninois", "2025-04-20T18:00", "RFI"),
        attack(
            KOUDOU, "2025-04-17", tolls=(killed(70, "group"),), said_by="group",
            actors=(JNIM_CLAIMS,), attribution="claimed",
        ),
    ),
    (
        article("Cotonou porte le bilan à 54 morts", "2025-04-23T20:00", "AFP"),
        attack(KOUDOU, "2025-04-17", tolls=(killed(54, "official"),), said_by="official"),
    ),
]  # fmt: skip

KOFOUNO_STORY: Told = [
    (
        article("Quinze soldats tués à Kofouno", "2026-03-05T20:00", "AFP"),
        attack(
            KOFOUNO, "2026-03-04", said_by="army",
            tolls=(killed(15, "army"), Toll("wounded", None, 5, 5, "exact", "army")),
        ),
    ),
    (
        article("Attaque de Kofouno : le camp serait tombé", "2026-03-06T08:00", "RFI"),
        attack(
            KOFOUNO, "2026-03-04", said_by="group", actors=(JNIM_CLAIMS,), outcome="seized",
            outcome_said_by="group", type="territory_seized", denied_by="army",
        ),
    ),
]  # fmt: skip

NIAMEY_STORY: Told = [
    (
        article("Tirs nourris près de l'aéroport de Niamey", "2026-01-29T01:30", "AFP"),
        attack(
            NIAMEY, "2026-01-28", date_end="2026-01-29", realis="ongoing", said_by="local",
            type="attack_unspecified", actors=(GUNMEN,), flags=("capital_or_airport",),
        ),
    ),
    (
        article("Niamey : vingt assaillants neutralisés", "2026-01-29T15:00", "ANP"),
        attack(
            NIAMEY, "2026-01-28", date_end="2026-01-29", said_by="official", outcome="repelled",
            outcome_said_by="official", flags=("capital_or_airport",),
            tolls=(Toll("killed", "militant", 20, 20, "exact", "official"),
                   Toll("wounded", None, 4, 4, "exact", "official")),
        ),
    ),
    (
        article("L'État islamique revendique l'attaque", "2026-01-30T10:00", "Reuters"),
        attack(
            NIAMEY, "2026-01-28", date_end="2026-01-29", said_by="group",
            actors=(ActorRef("is_sahel", "perpetrator", "claimed"),), attribution="claimed",
        ),
    ),
]  # fmt: skip

ANEFIS_STORY: Told = [
    (
        article("Le FLA frappe un convoi près d'Anefis", "2026-02-18T20:00", "AFP"),
        attack(
            ANEFIS, "2026-02-18", type="air_drone_strike", said_by="group",
            actors=(ActorRef("fla", "perpetrator", "claimed"),),
            tolls=(Toll("killed", None, 6, 10, "range", None),),
        ),
    ),
    (
        article("Le Jnim revendique une mine contre un convoi", "2026-02-19T09:00", "Xinhua"),
        attack(
            replace(ANEFIS, name="Aguelhok", lat=18.2, lon=0.75, precision=2), "2026-02-18",
            type="ied_landmine", said_by="group", actors=(JNIM_CLAIMS,),
        ),
    ),
]  # fmt: skip

STORIES = {
    "koudou": KOUDOU_STORY,
    "kofouno": KOFOUNO_STORY,
    "niamey": NIAMEY_STORY,
    "anefis": ANEFIS_STORY,
}


def facts_of(told: Told) -> EventFacts:
    return story(told).facts


@pytest.mark.parametrize("name", STORIES)
def test_each_story_is_one_event(name: str) -> None:
    """Every further article joins the event of those before it."""
    told = STORIES[name]
    for step in range(1, len(told)):
        before = story(told[:step])
        event = known(before.facts, before.words_norm)
        news, report = told[step]
        assert assign([news.telling(report)], Board.of({"e": event})) == [Choice("e")]


@pytest.mark.parametrize("name", STORIES)
def test_fusing_does_not_depend_on_the_order(name: str) -> None:
    """Any order of the same articles gives the same facts."""
    told = [a.reported(r) for a, r in STORIES[name]]
    assert {fuse(list(order)).dump() for order in itertools.permutations(told)} == {
        fuse(told).dump()
    }


def keys(changes: tuple[Change, ...]) -> list[str]:
    return [c.key for c in changes]


def test_koudou_a_claim_then_the_official_count() -> None:
    """8 official, then 70 claimed, then 54 official: three messages, one event, both figures."""
    first, second, third = (facts_of(KOUDOU_STORY[:n]) for n in (1, 2, 3))
    assert [(t.min, t.said_by) for t in second.killed] == [(8, "official"), (70, "group")]
    claim = what_changed(first, second)
    assert keys(claim) == ["claim", "verification", "origins"]
    assert claim[0].params["actors"] == ("jnim",)
    assert [t["min"] for t in claim[0].params["tolls"]] == [70]
    assert [(t.min, t.said_by) for t in third.killed] == [(54, "official"), (70, "group")]
    count = what_changed(second, third)
    assert keys(count) == ["toll_up", "origins"]
    assert (count[0].params["before"]["min"], count[0].params["after"]["min"]) == (8, 54)
    assert material(claim)
    assert material(count)
    assert (first.severity, third.severity) == ("moderate", "extreme")
    assert (first.verification, third.verification) == ("unverified", "confirmed")


def test_kofouno_day_from_the_text_and_a_disputed_outcome() -> None:
    """The day is the text's, a denied capture is disputed, and the claim is told as a claim."""
    first, second = (facts_of(KOFOUNO_STORY[:n]) for n in (1, 2))
    assert second.date == "2026-03-04"
    assert (first.verification, second.verification) == ("claimed", "disputed")
    assert (second.outcome, second.outcome_said_by) == ("seized", "group")
    assert keys(what_changed(first, second)) == [
        "claim", "denial", "outcome", "verification", "origins",
    ]  # fmt: skip


def test_niamey_from_gunfire_to_a_claim() -> None:
    """A capital is extreme from the first shots; the attackers' dead are not the headline."""
    first, second, third = (facts_of(NIAMEY_STORY[:n]) for n in (1, 2, 3))
    assert (first.severity, first.realis, first.type) == (
        "extreme",
        "ongoing",
        "attack_unspecified",
    )
    assert second.realis == "actual"
    assert second.killed == ()
    assert second.verification == "confirmed"
    assert keys(what_changed(first, second)) == [
        "toll_up",
        "outcome",
        "verification",
        "type",
        "origins",
    ]
    assert keys(what_changed(second, third)) == ["claim", "origins"]
    assert [a.id for a in third.actors] == ["is_sahel"]


def test_anefis_two_claimants_of_one_convoy() -> None:
    """Rival claims are one event whose versions contradict."""
    both = facts_of(ANEFIS_STORY)
    assert both.verification == "disputed"
    assert {a.id for a in both.actors} == {"fla", "jnim"}
    assert both.origins == 2


def test_simultaneous_attacks_on_several_towns_stay_separate() -> None:
    """25 April: the same hour, the same groups, the same words, another town: another event."""
    towns = [
        Place("Kati", "ML", "Koulikoro", 12.75, -8.07, 1),
        Place("Sévaré", "ML", "Mopti", 14.53, -4.09, 1),
        Place("Gao", "ML", "Gao", 16.27, -0.04, 1),
        Place("Kidal", "ML", "Kidal", 18.44, 1.41, 1),
    ]
    events = {}
    for town in towns:
        news = article(f"Attaque jihadiste en cours à {town.name}", "2026-04-25T07:00", "AFP")
        report = attack(town, "2026-04-25", actors=(JNIM_SUSPECTED,), flags=("coordinated",))
        assert assign([news.telling(report)], Board.of(events)) == [Choice(None)]
        one = story([(news, report)])
        events[town.name] = known(one.facts, one.words_norm)
    summary = article("Mali : série d'attaques simultanées", "2026-04-25T12:00", "RFI")
    together = replace(attack(towns[0], "2026-04-25"), places=tuple(towns))
    assert assign([summary.telling(together)], Board.of(events)) == [Choice("Kati")]


def test_two_reports_of_one_article_never_tell_one_event() -> None:
    """Detection has parted them: the surer takes the event, the other is new."""
    news, report = KOUDOU_STORY[0]
    before = story(KOUDOU_STORY[:1])
    events = {"e": known(before.facts, before.words_norm)}
    vague = replace(report, date=None, date_precision=4)
    assert assign([news.telling(vague), news.telling(report)], Board.of(events)) == [
        Choice(None),
        Choice("e"),
    ]


def test_an_april_attack_recalled_in_march_is_another_matter() -> None:
    """Eleven months later even the same place and count is not the same news."""
    before = story(KOUDOU_STORY)
    event = known(before.facts, before.words_norm)
    recall = article("Retour sur l'attaque qui avait fait 54 morts", "2026-03-06T09:00", "AFP")
    report = attack(KOUDOU, "2025-04-17", tolls=(killed(54, None),))
    assert assign([recall.telling(report)], Board.of({"e": event})) == [Choice(None)]


@pytest.mark.parametrize(
    ("facts", "now", "expected"),
    [
        ({"realis": "ongoing", "date": "2025-04-17"}, "2025-04-30T00:00", "Immediate"),
        ({"date": None, "date_precision": 4}, "2025-04-18T11:00", "Immediate"),
        ({"date": None, "date_precision": 4}, "2025-04-19T08:00", "Expected"),
        ({"date": None, "date_precision": 4}, "2025-04-25T08:00", "Unknown"),
        ({"time": "22:00"}, "2025-04-18T02:00", "Expected"),
        ({}, "2025-04-20T00:00", "Past"),
        ({"kind": "alliance", "stage": "announced"}, "2025-04-18T09:30", "Future"),
    ],
)
def test_urgency(facts: dict[str, object], now: str, expected: str) -> None:
    """Immediate up to three hours or while it lasts, Expected for a day, then Past or Unknown."""
    event = replace(facts_of(KOUDOU_STORY[:1]), **facts)  # type: ignore[arg-type]
    assert urgency(event, at("2025-04-18T09:00"), at(now)) == expected


@pytest.mark.parametrize(
    ("verification", "expected"),
    [("confirmed", "Observed"), ("reported", "Likely"), ("disputed", "Possible"),
     ("claimed", "Possible"), ("unverified", "Possible"), ("retracted", "Unlikely")],
)  # fmt: skip
def test_certainty(verification: str, expected: str) -> None:
    """CAP's certainty follows the verification."""
    event = replace(facts_of(KOUDOU_STORY), verification=verification)
    assert certainty(event) == expected
