"""What an event says when its reports agree, correct or contradict each other."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.detect.report import ActorRef, Place, Report, Toll
from bot.events.changes import material, what_changed
from bot.events.facts import EventFacts, Source
from bot.events.fuse import Reported, fuse

TESSIT = Place("Tessit", "ML", "Gao", 15.2, 0.4, 1)
GAO_REGION = Place("Gao", "ML", "Gao", None, None, 3)
BASE = Report("attack", "position_attack", places=(TESSIT,), countries=("ML",), confidence=0.9)


def said(
    report: Report, outlet: str, at: float, *, origin: str | None = None, text: str = ""
) -> Reported:
    source = Source(
        outlet, f"https://{outlet}.example/{at}", origin or outlet, "fr", published_at=at
    )
    return Reported(report, source, at, text)


def dead(n: int | None, said_by: str | None = None, **more: object) -> Toll:
    values: dict[str, object] = {"status": "exact", "max": n} | more
    return Toll("killed", None, n, said_by=said_by, **values)  # type: ignore[arg-type]


def tolls(*figures: tuple[str, float, Toll]) -> list[tuple[int | None, str | None]]:
    facts = fuse([said(replace(BASE, tolls=(t,)), outlet, at) for outlet, at, t in figures])
    return [(t.min, t.said_by) for t in facts.killed]


@pytest.mark.parametrize(
    ("figures", "expected"),
    [
        # the same outlet's later figure replaces its earlier one, down too
        ([("a", 1, dead(149, "army")), ("a", 2, dead(21, "army"))], [(21, "army")]),
        # another outlet that retells yesterday's figure does not lower today's
        ([("a", 1, dead(8)), ("b", 2, dead(12)), ("c", 3, dead(8))], [(12, None)]),
        # army and government answer for one count
        ([("a", 1, dead(8, "army")), ("b", 2, dead(54, "official"))], [(54, "official")]),
        # a final figure replaces a provisional one, even when it is lower
        (
            [("a", 1, dead(30, "official", provisional=True)), ("b", 2, dead(24, "official"))],
            [(24, "official")],
        ),
        # a claim stands beside the official count, never before it
        ([("a", 1, dead(70, "group")), ("b", 2, dead(8, "army"))], [(8, "army"), (70, "group")]),
        # an uncited figure that repeats or precedes a cited one is no third version
        ([("a", 1, dead(5)), ("b", 2, dead(9, "official"))], [(9, "official")]),
        ([("a", 1, dead(9)), ("b", 2, dead(9, "local"))], [(9, "local")]),
        ([("a", 3, dead(15)), ("b", 2, dead(9, "official"))], [(9, "official"), (15, None)]),
        # the same count said without its bound is an echo
        ([("a", 1, dead(12, "local", max=None, status="at_least")), ("b", 2, dead(12))],
         [(12, "local")]),
        # a number is better founded than « des dizaines »
        ([("a", 1, dead(20, status="vague", max=None)), ("b", 2, dead(13))], [(13, None)]),
    ],
)  # fmt: skip
def test_tolls(
    figures: list[tuple[str, float, Toll]], expected: list[tuple[int | None, str | None]]
) -> None:
    """Per speaker one figure; the official one first, claims last."""
    assert tolls(*figures) == expected


def test_a_part_of_an_old_count_is_no_part_of_a_new_one() -> None:
    """« quatre soldats », then « douze morts »: nobody says that four of them were soldiers."""
    four = (dead(4, "local"), replace(dead(4, "local"), group="soldier"))
    twelve = (dead(12, "local"),)
    parted = (dead(12, "local"), replace(dead(9, "local"), group="soldier"))

    def groups(*articles: tuple[Toll, ...]) -> list[tuple[str | None, int | None]]:
        told = [said(replace(BASE, tolls=t), f"o{at}", at) for at, t in enumerate(articles)]
        return [(t.group, t.min) for t in fuse(told).tolls]

    assert groups(four) == [(None, 4), ("soldier", 4)]
    assert groups(four, twelve) == [(None, 12)]
    assert groups(four, parted) == [(None, 12), ("soldier", 9)]
    # an article that only repeats the old count takes nothing away
    assert groups(parted, four) == [(None, 12), ("soldier", 9)]


def test_a_lower_count_by_a_better_voice_makes_nothing_less_grave() -> None:
    """Twelve by local sources, then five by the army: both stand, the alert stays red."""
    told = [
        said(replace(BASE, tolls=(dead(12, "local"),)), "a", 1),
        said(replace(BASE, tolls=(dead(5, "army"),)), "b", 2),
    ]
    facts = fuse(told)
    assert [t.min for t in facts.killed] == [5, 12]
    assert facts.severity == "severe"


@pytest.mark.parametrize(
    ("voices", "expected"),
    [
        # (origin, said_by, more)
        ([("AFP", None, {})], "unverified"),
        ([("AFP", "local", {})], "unverified"),
        ([("AFP", "army", {})], "claimed"),
        ([("AFP", "group", {}), ("RFI", "group", {})], "claimed"),
        ([("AFP", "army", {}), ("RFI", "army", {}), ("APA", "army", {})], "claimed"),
        ([("AFP", None, {}), ("AFP", None, {})], "unverified"),
        ([("AFP", None, {}), ("RFI", None, {})], "reported"),
        ([("AFP", "official", {}), ("RFI", "official", {})], "reported"),
        ([("AFP", None, {}), ("RFI", "local", {}), ("APA", None, {})], "confirmed"),
        ([("AFP", "army", {}), ("RFI", "local", {})], "confirmed"),
        ([("AFP", "army", {}), ("RFI", "group", {})], "confirmed"),
        ([("AFP", "army", {"flags": ("state_operation",)}), ("RFI", "local", {})], "reported"),
        ([("AFP", None, {"denied_by": "army"}), ("RFI", None, {})], "disputed"),
        ([("AFP", "group", {"outcome": "seized"}), ("RFI", "army", {"outcome": "repelled"})],
         "disputed"),
        ([("AFP", None, {}), ("RFI", "army", {"realis": "negated"})], "disputed"),
    ],
)  # fmt: skip
def test_verification(
    voices: list[tuple[str, str | None, dict[str, object]]], expected: str
) -> None:
    """DOMAIN 3.3: origins, not articles; parties claim; the harmed side's word confirms."""
    told = [
        said(replace(BASE, said_by=speaker, **more), f"outlet{i}", i, origin=origin)  # type: ignore[arg-type]
        for i, (origin, speaker, more) in enumerate(voices)
    ]
    assert fuse(told).verification == expected


def test_the_same_text_elsewhere_is_one_origin() -> None:
    """Three fifths of the words in the same order: a copy, whatever the name above it."""
    words = (
        "des hommes a moto ont attaque mardi le camp de tessit dans la region de gao avant l aube"
    )
    retold = words.replace("avant l aube", "vers six heures")
    other = "le camp de tessit a ete pris pour cible selon des habitants joints hier"
    told = [said(BASE, "a", 1, text=words), said(BASE, "b", 2, text=retold)]
    assert fuse(told).origins == 1
    assert fuse([*told, said(BASE, "c", 3, text=other)]).origins == 2


def test_an_event_needs_somebody_who_says_it_happened() -> None:
    """Only denials make no event."""
    with pytest.raises(ValueError, match="needs a report"):
        fuse([said(replace(BASE, realis="negated"), "a", 1)])


def test_the_finest_place_and_the_most_telling_type_win() -> None:
    """A town beats its region, an ambush beats "attack", however many say the vaguer."""
    vague = replace(BASE, type="attack_unspecified", places=(GAO_REGION,))
    exact = replace(BASE, type="ambush")
    facts = fuse([said(vague, "a", 1), said(vague, "b", 2), said(exact, "c", 3)])
    assert (facts.place, facts.type) == (TESSIT, "ambush")
    assert facts.other_places == ()


def test_a_named_actor_replaces_unknown_gunmen() -> None:
    """The strongest certainty of each actor stays; "unknown" goes once somebody is named."""
    gunmen = replace(BASE, actors=(ActorRef("unknown", "perpetrator", "generic"),))
    suspected = replace(BASE, actors=(ActorRef("jnim", "perpetrator", "suspected"),))
    claimed = replace(BASE, actors=(ActorRef("jnim", "perpetrator", "claimed"),))
    facts = fuse([said(gunmen, "a", 1), said(suspected, "b", 2), said(claimed, "c", 3)])
    assert facts.actors == (ActorRef("jnim", "perpetrator", "claimed"),)


def test_the_outcome_of_those_without_a_side_comes_first() -> None:
    """Residents' word on who holds the camp goes before the army's, the army's before a claim."""
    claim = replace(BASE, outcome="seized", outcome_said_by="group")
    army = replace(BASE, outcome="repelled", outcome_said_by="army")
    local = replace(BASE, outcome="withdrawn", outcome_said_by="local")
    assert fuse([said(claim, "a", 1), said(army, "b", 2)]).outcome_said_by == "army"
    facts = fuse([said(claim, "a", 1), said(army, "b", 2), said(local, "c", 3)])
    assert (facts.outcome, facts.outcome_said_by) == ("withdrawn", "local")


def test_the_same_article_again_is_listed_once() -> None:
    """A new address of the same outlet's same text adds no source and no origin."""
    first = said(BASE, "a", 1)
    again = replace(said(BASE, "a", 2), fingerprint="f")
    assert len(fuse([replace(first, fingerprint="f"), again]).sources) == 1


FACTS = fuse([said(BASE, "a", 1)])


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"tolls": (dead(50),)}, "extreme"),
        ({"tolls": (dead(49),)}, "severe"),
        ({"tolls": (dead(10),)}, "severe"),
        ({"tolls": (dead(9),)}, "moderate"),
        ({"tolls": (dead(0, status="none"),), "type": "attack_unspecified"}, "minor"),
        ({"tolls": (dead(0, status="none"),), "type": "foiled"}, "minor"),
        ({"tolls": (Toll("abducted", None, 12, 12, "exact"),), "type": "abduction"}, "severe"),
        ({"type": "abduction"}, "moderate"),
        ({"type": "looting_arson"}, "minor"),
        ({"type": "attack_unspecified"}, "unknown"),
        ({"type": "territory_seized"}, "severe"),
        ({"type": "territory_seized", "outcome": "repelled"}, "unknown"),
        ({"place": replace(TESSIT, name="Ménaka"), "type": "territory_seized"}, "extreme"),
        ({"place": replace(TESSIT, name="Ménaka")}, "severe"),
        ({"place": replace(TESSIT, name="Bamako")}, "extreme"),
        ({"place": replace(TESSIT, name="Bamako"), "type": "foiled"}, "minor"),
        ({"flags": ("capital_or_airport",)}, "severe"),
        ({"flags": ("official_killed",), "tolls": (dead(1),)}, "severe"),
        ({"flags": ("foreigner_involved",), "type": "attack_unspecified"}, "moderate"),
    ],
)
def test_attack_severity(more: dict[str, object], expected: str) -> None:
    """DOMAIN 3.4, attack column."""
    from bot.events.assess import severity

    assert severity(replace(FACTS, **more)) == expected  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("type_", "stage", "expected"),
    [
        ("intervention_threat", "announced", "severe"),
        ("intervention_threat", "implemented", "extreme"),
        ("defence_pact", "signed", "severe"),
        ("defence_pact", "negotiating", "moderate"),
        ("membership_change", "announced", "severe"),
        ("sanctions_imposed", None, "severe"),
        ("diplomatic_rupture", None, "severe"),
        ("joint_force", "announced", "moderate"),
        ("troop_withdrawal", "implemented", "moderate"),
        ("summit", None, "minor"),
        ("mediation_talks", None, "minor"),
    ],
)
def test_alliance_severity(type_: str, stage: str | None, expected: str) -> None:
    """DOMAIN 3.4, alliance column."""
    facts = fuse([said(Report("alliance", type_, stage=stage, countries=("ML", "NE")), "a", 1)])
    assert facts.severity == expected


def with_dead(n: int) -> EventFacts:
    return replace(FACTS, tolls=(dead(n, "official"),))


@pytest.mark.parametrize(
    ("before", "after", "worth"),
    [(6, 8, False), (6, 9, True), (8, 10, True), (40, 48, False), (40, 50, True),
     (26, 30, False), (26, 33, True), (54, 12, True), (9, 8, False), (1, 2, False), (0, 1, True)],
)  # fmt: skip
def test_a_toll_deserves_a_message_by_its_step(before: int, after: int, worth: bool) -> None:
    """DOMAIN 3.4: by 3 and a quarter, or across 1, 5, 10, 25, 50, 100; downward as visibly."""
    changes = what_changed(with_dead(before), with_dead(after))
    assert [c.key for c in changes] == ["toll_up" if after > before else "toll_revised"]
    assert material(changes) is worth


@pytest.mark.parametrize(
    ("before", "after", "expected", "worth"),
    [
        ({"place": GAO_REGION}, {"place": TESSIT}, ["place"], True),
        ({}, {"place": replace(TESSIT, name="Labbezanga")}, ["place"], False),
        ({}, {"countries": ("ML", "NE")}, ["country"], True),
        ({}, {"denied_by": ("army",)}, ["denial"], True),
        ({}, {"outcome": "repelled", "outcome_said_by": "army"}, ["outcome"], True),
        ({}, {"verification": "reported"}, ["verification"], True),
        ({}, {"origins": 2}, ["origins"], False),
        ({}, {"date": "2026-03-01", "date_precision": 1}, ["date"], False),
        ({}, {"type": "ambush"}, ["type"], False),
        ({"kind": "alliance", "stage": "announced"}, {"kind": "alliance", "stage": "signed"},
         ["stage"], True),
        ({}, {"actors": (ActorRef("jnim", "perpetrator", "suspected"),)}, ["actors"], False),
        ({}, {"actors": (ActorRef("jnim", "perpetrator", "claimed"),)}, ["claim"], True),
        ({}, {"confidence": 0.1, "evidence": ("x",)}, [], False),
    ],
)  # fmt: skip
def test_what_changed(
    before: dict[str, object], after: dict[str, object], expected: list[str], worth: bool
) -> None:
    """DOMAIN 3.4 "Update when": each difference has its key and its weight."""
    changes = what_changed(replace(FACTS, **before), replace(FACTS, **after))  # type: ignore[arg-type]
    assert [c.key for c in changes] == expected
    assert material(changes) is worth


@pytest.mark.parametrize(
    ("second", "expected"),
    [
        # a hospital counts more than the army did: news, whoever is better founded
        (Toll("killed", None, 22, 22, "exact", "medical"), [("toll_up", True)]),
        # a lower second account is in the message, and wakes nobody
        (Toll("killed", None, 3, 3, "exact", "local"), []),
    ],
)
def test_a_second_voice_is_news_when_it_counts_more(
    second: Toll, expected: list[tuple[str, bool]]
) -> None:
    """The army says at least six; somebody else says another figure."""
    army = Toll("killed", None, 6, None, "at_least", "army")
    found = what_changed(replace(FACTS, tolls=(army,)), replace(FACTS, tolls=(army, second)))
    assert [(change.key, change.material) for change in found] == expected
