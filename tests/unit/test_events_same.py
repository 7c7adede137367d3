"""When a report tells a known event: place and day decide, wording alone never does."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.detect.report import ActorRef, Place, Report, Toll
from bot.detect.text import fold
from bot.events.days import happened
from bot.events.desk import Article, known, story, window
from bot.events.facts import Source
from bot.events.same import Known, Telling, is_same, sketch_of
from bot.events.slots import compare_places, compare_types

DJIBO = Place("Djibo", "BF", "Soum", 14.1, -1.63, 1)
ARBINDA = Place("Arbinda", "BF", "Soum", 14.23, -0.86, 1)
SOUM = Place("Soum", "BF", "Soum", None, None, 3)
EST = Place("Est", "BF", "Est", None, None, 3)
FASO = Place("Burkina Faso", "BF", None, None, None, 4)
LERE_ML = Place("Léré", "ML", "Tombouctou", 15.71, -4.91, 1)
LERE_TD = Place("Léré", "TD", "Mayo-Kebbi", 9.65, 14.2, 1)

MOPTI = Place("Mopti", "ML", "Mopti", None, None, 3)
BORNO = Place("Borno", "NG", "Borno", None, None, 3)
MANY = [replace(DJIBO, name=name, lat=20.0) for name in ("Nioro", "Niono", "Molodo")]

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC).timestamp()
HOUR = 3600.0
DAY = 24 * HOUR
TITLE = "Attaque contre un convoi militaire"


def report(place: Place | None, date: str | None = "2026-03-10", **more: object) -> Report:
    values: dict[str, object] = {
        "kind": "attack", "type": "ambush", "places": (place,) if place else (), "date": date,
        "date_precision": 1 if date else 4, "countries": (place.country,) if place else ("BF",),
    }  # fmt: skip
    return Report(**(values | more))  # type: ignore[arg-type]


def event(told: Report, title: str = TITLE, at: float | None = NOON) -> Known:
    source = Source("a", "https://a.example/1", "a", "fr", published_at=at)
    news = Article(title, "", source, NOON, (at, at) if at else None)
    found = story([(news, told)])
    return known(found.facts, found.words_norm)


def telling(told: Report, title: str = "Autre titre", at: float | None = NOON) -> Telling:
    return Telling(told, fold(title), "", (at, at) if at is not None else None)


def dead(n: int, said_by: str | None = None) -> tuple[Toll, ...]:
    return (Toll("killed", None, n, n, "exact", said_by),)


@pytest.mark.parametrize(
    ("news", "expected"),
    [
        (telling(report(DJIBO)), True),
        (telling(report(DJIBO, "2026-03-11")), True),
        (telling(report(DJIBO, "2026-03-12"), TITLE), False),
        (telling(report(ARBINDA), TITLE), False),
        (telling(report(replace(DJIBO, lat=14.2)), TITLE), True),
        (telling(report(None), TITLE), True),
        (telling(report(None)), False),
        (telling(report(SOUM), "Convoi militaire attaqué"), True),
        (telling(report(SOUM)), False),
        (telling(report(SOUM, tolls=dead(12))), False),
        (telling(report(EST), "Convoi militaire attaqué dans l'Est"), False),
        (telling(report(DJIBO, None)), True),
        (telling(report(DJIBO, None), at=NOON + 4 * DAY), False),
        (telling(report(DJIBO, type="abduction")), False),
        (telling(report(DJIBO, type="looting_arson")), False),
        (telling(report(DJIBO, kind="alliance", type="summit"), TITLE), False),
        (telling(report(DJIBO, None, type="position_attack"), at=None), True),
        (telling(report(DJIBO, None, type="abduction"), at=None), False),
    ],
)
def test_one_ambush_at_djibo(news: Telling, expected: bool) -> None:
    """Same town and day join whatever the words; another town never; a vague place needs more."""
    assert is_same(news, event(report(DJIBO))).same is expected


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [(17, 17, True), (3, 3, True), (3, 5, False), (17, 40, False), (None, None, False)],
)
def test_a_count_carries_a_vague_place(one: int | None, other: int | None, expected: bool) -> None:
    """Region, day and the same count are enough; without a count or with another they are not."""
    known_event = event(report(DJIBO, tolls=dead(one) if one else ()))
    news = telling(report(SOUM, tolls=dead(other) if other else ()))
    assert is_same(news, known_event).same is expected


def test_another_town_never_joins_whatever_the_wording() -> None:
    """« Deux camps attaqués à Léré » and « … à Bourem » read alike and are two events."""
    bourem = Place("Bourem", "ML", "Gao", 16.95, -0.35, 1)
    known_event = event(report(LERE_ML), "Deux camps attaqués à Léré")
    news = telling(report(bourem), "Deux camps attaqués à Bourem")
    assert is_same(news, known_event).why == ("place:apart",)
    assert not is_same(news, known_event, copied=True).same


def test_a_copy_joins_although_its_place_is_not_understood() -> None:
    """Storage knows the text: the slots need not be enough by themselves."""
    known_event = event(report(DJIBO), "Hier, onze soldats sont tombés dans une embuscade au nord")
    bare = telling(report(None, None), "Hier, onze soldats sont tombés dans une embuscade au nord")
    assert not is_same(replace(bare, title="rien de tel"), known_event, copied=True).same
    assert is_same(bare, known_event, copied=True).same


@pytest.mark.parametrize(
    ("days", "date", "expected"),
    [
        (2.9, "2026-03-10", True),
        (6, "2026-03-10", True),
        (15, "2026-03-10", False),
        (2.5, None, True),
        (6, None, False),
    ],
)
def test_the_fence(days: float, date: str | None, expected: bool) -> None:
    """After 72 silent hours only the same town and written day still join, for two weeks."""
    news = telling(report(DJIBO, date), TITLE, at=NOON + days * DAY)
    assert is_same(news, event(report(DJIBO))).same is expected


def test_the_fence_lets_a_town_of_several_in_on_its_day() -> None:
    """A week later a new count names the town, the event by then the road between two."""
    towns = (DJIBO, replace(ARBINDA, name="Gaskindé"))
    known_event = event(report(None, places=towns, tolls=dead(11)))
    late = report(replace(ARBINDA, name="Gaskindé"), tolls=dead(27, "media"))
    assert not is_same(telling(late, at=NOON + 8 * DAY), known_event).same
    late = replace(late, tolls=dead(12))
    assert is_same(telling(late, at=NOON + 8 * DAY), known_event).same
    late = replace(late, date=None, date_precision=4)
    assert not is_same(telling(late, at=NOON + 8 * DAY), known_event).same


def test_without_publication_dates_there_is_no_fence() -> None:
    """A missing date stops nothing: the slots decide."""
    assert is_same(telling(report(DJIBO), at=None), event(report(DJIBO), at=None)).same


def test_rival_claims_join_and_other_perpetrators_weigh_against() -> None:
    """Two claimants of one day and place are one event."""
    jnim = (ActorRef("jnim", "perpetrator", "claimed"),)
    fla = (ActorRef("fla", "perpetrator", "claimed"),)
    known_event = event(report(DJIBO, actors=jnim))
    rival = is_same(telling(report(DJIBO, actors=fla)), known_event)
    friend = is_same(telling(report(DJIBO, actors=jnim)), known_event)
    assert rival.same
    assert rival.score < friend.score


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ([DJIBO], [DJIBO], "same"),
        ([DJIBO], [ARBINDA], "apart"),
        # across a border, by distance as within it
        ([DJIBO], [replace(DJIBO, name="Mondoro", country="ML", lat=14.3)], "near"),
        ([DJIBO], [replace(DJIBO, name="Mondoro", country="ML", lat=14.42)], "apart"),
        ([DJIBO], [replace(SOUM, name="Mopti", country="ML", admin1="Mopti")], "border"),
        ([DJIBO], [replace(SOUM, name="Borno", country="NG", admin1="Borno")], "apart"),
        ([DJIBO], [replace(DJIBO, name="Gaskindé", lat=14.3)], "near"),
        ([DJIBO], [replace(DJIBO, name="Gaskindé", lat=14.3, precision=2)], "around"),
        ([DJIBO], [replace(DJIBO, name="Nassoumbou", lat=14.2)], "beside"),
        ([DJIBO], [replace(DJIBO, name="Pobé", lat=14.42)], "far"),
        ([LERE_ML], [LERE_TD], "apart"),
        ([DJIBO], [SOUM], "part"),
        ([SOUM], [DJIBO], "part"),
        ([DJIBO], [EST], "elsewhere"),
        # « dans la région de Soum » and a town of it; a region by its name before the reform
        ([DJIBO], [replace(DJIBO, name="Soum", lat=14.9, precision=2)], "part"),
        ([DJIBO], [replace(SOUM, name="Région du Sahel", admin1="Sahel")], "part"),
        ([DJIBO], [replace(EST, name="Nord du Burkina", admin1=None)], "zone"),
        ([DJIBO], [replace(EST, name="Est du Burkina", admin1=None)], "open"),
        ([SOUM], [SOUM], "region"),
        ([SOUM], [EST], "apart"),
        ([DJIBO], [FASO], "open"),
        ([DJIBO], [], "open"),
        ([], [], "open"),
        ([DJIBO, ARBINDA], [ARBINDA, DJIBO], "shared"),
        # many towns: one in common is no proof, two are
        ([DJIBO, *MANY], [ARBINDA, DJIBO], "apart"),
        ([DJIBO, ARBINDA, *MANY], [replace(ARBINDA, name="Dori"), ARBINDA, DJIBO], "shared"),
        ([replace(DJIBO, name="Boulikessi", lat=None)],
         [replace(DJIBO, name="Boulkessi", lat=14.8)], "around"),
        ([replace(DJIBO, name="Koutougou", lat=None)],
         [replace(DJIBO, name="Nassoumbou", lat=14.2)], "open"),
    ],
)  # fmt: skip
def test_places(one: list[Place], other: list[Place], expected: str) -> None:
    """15 km are one place, 30 its surroundings, beyond 40 another; a region may contain a town."""
    codes = [{p.country for p in places if p.country} for places in (one, other)]
    assert compare_places(one, other, *codes) == expected


def test_two_countries_are_apart_even_when_both_are_vague() -> None:
    """Without a locality the countries decide; neighbours may tell of one border."""
    assert compare_places([], [], ["ML"], ["NG"]) == "apart"
    assert compare_places([], [], ["ML"], ["NE"]) == "border"


@pytest.mark.parametrize(
    ("place", "date", "count", "expected"),
    [
        (MOPTI, "2026-03-10", 21, True),
        (MOPTI, "2026-03-10", 20, False),
        (MOPTI, "2026-03-11", 21, False),
        (MOPTI, None, 21, False),
        (BORNO, "2026-03-10", 21, False),
    ],
)
def test_a_count_of_one_day_bridges_a_border(
    place: Place, date: str | None, count: int, expected: bool
) -> None:
    """Told under two countries, by one without a town: the very day and count are needed."""
    news = telling(report(place, date, tolls=dead(count)))
    known_event = event(report(DJIBO, tolls=dead(21)))
    assert is_same(news, known_event).same is expected
    assert (known_event.sketch.excludes(sketch_of(news)) and expected) is False


def test_a_town_among_others_of_another_day_needs_more_than_a_like_count() -> None:
    """« Monguno, Gajiram, Gubio : soixante morts » four days after eighty died in Gubio."""
    gubio = replace(DJIBO, name="Gubio")
    known_event = event(report(gubio, "2026-03-08", tolls=dead(81)))
    others = (ARBINDA, gubio)
    news = report(None, None, places=others, tolls=dead(60), type="attack_unspecified")
    assert is_same(telling(news), known_event).why[:2] == ("place:shared", "guess:0")
    assert not is_same(telling(news, at=NOON + 2 * DAY), known_event).same


@pytest.mark.parametrize(
    ("kind", "one", "other", "expected"),
    [
        ("attack", "ambush", "ambush", "equal"),
        ("attack", "position_attack", "territory_seized", "kin"),
        ("attack", "position_attack", "armed_clash", "kin"),
        ("attack", "abduction", "attack_unspecified", "kin"),
        ("attack", "abduction", "air_drone_strike", "other"),
        ("attack", "ied_landmine", "ambush", "kin"),
        ("alliance", "troop_withdrawal", "defence_pact", "kin"),
        ("alliance", "sanctions_lifted", "troop_deployment", "other"),
    ],
)
def test_types(kind: str, one: str, other: str, expected: str) -> None:
    """Reporters tell one act by several words; some pairs cannot be one act."""
    assert compare_types(kind, one, other) == expected
    assert compare_types(kind, other, one) == expected


@pytest.mark.parametrize(
    ("day", "end", "precision", "expected"),
    [
        ("2026-03-10", None, 1, ("2026-03-10", "2026-03-10", "day")),
        ("2026-03-10", "2026-03-11", 1, ("2026-03-10", "2026-03-11", "day")),
        ("2026-03-09", None, 2, ("2026-03-09", "2026-03-15", "coarse")),
        ("2026-02-01", None, 3, ("2026-02-01", "2026-02-28", "coarse")),
        (None, None, 4, ("2026-03-07", "2026-03-10", "guess")),
    ],
)
def test_when(day: str | None, end: str | None, precision: int, expected: tuple[str, ...]) -> None:
    """A day, a week, a month, or the days before the publication."""
    published = (datetime(2026, 3, 10, tzinfo=UTC).date(),) * 2
    found = happened(day, end, precision, published)
    assert found is not None
    assert (found.first.isoformat(), found.last.isoformat(), found.grade) == expected


def test_a_publication_known_to_the_month_is_a_month_long() -> None:
    """A coarse date is a stretch of time, never its first second."""
    first, last = window(datetime(2026, 2, 1, tzinfo=UTC), "month")
    assert (last - first + 1) / DAY == 28
    first, last = window(datetime(2026, 1, 1, tzinfo=UTC), "year")
    assert (last - first + 1) / DAY == 365


def test_what_is_told_alike_is_compared_whatever_days_it_is_given() -> None:
    """The day of a decision, and that of its announcement; a town's attack four days off."""
    title = "La Côte d'Ivoire annonce le retrait de ses troupes du Mali"
    known_event = event(step("troop_withdrawal", ("CI", "ML"), "2026-03-05"), title)
    news = telling(step("troop_withdrawal", ("CI", "ML"), "2026-03-10"), title)
    assert is_same(news, known_event).same
    assert not known_event.sketch.excludes(sketch_of(news))
    known_event = event(report(DJIBO, "2026-03-06", tolls=dead(21)))
    news = telling(report(DJIBO, tolls=dead(21)))
    assert is_same(news, known_event).same
    assert not known_event.sketch.excludes(sketch_of(news))


def test_a_step_that_is_to_come_is_news_of_the_day_it_is_told() -> None:
    """« La base fermera le 31 août » is what others tell without the deadline."""
    parties = ("BF", "FR")
    bare = step("troop_withdrawal", parties)
    deadline = step("troop_withdrawal", parties, "2026-08-31")
    for told, known_event in [(deadline, event(bare)), (bare, event(deadline))]:
        news = telling(told)
        assert is_same(news, known_event).same
        assert not known_event.sketch.excludes(sketch_of(news))
        assert not is_same(telling(told, at=NOON + 9 * DAY), known_event).same
    over = step("troop_withdrawal", parties, "2026-02-20")
    assert not is_same(telling(over), event(bare)).same


def step(
    type_: str, countries: tuple[str, ...], date: str | None = None, **more: object
) -> Report:
    values: dict[str, object] = {
        "kind": "alliance", "type": type_, "countries": countries, "date": date,
        "date_precision": 1 if date else 4,
    }  # fmt: skip
    return Report(**(values | more))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("news", "expected"),
    [
        (telling(step("troop_withdrawal", ("BF", "FR"), "2026-03-09")), True),
        (
            telling(step("troop_withdrawal", ("BF", "FR")), "La France devra quitter le Burkina"),
            True,
        ),
        (telling(step("troop_withdrawal", ("NE", "US"), "2026-03-09")), False),
        (telling(step("sanctions_lifted", ("BF", "FR"), "2026-03-09")), False),
        (telling(step("troop_withdrawal", ("BF", "FR"), "2026-03-01")), False),
        (telling(step("troop_withdrawal", ("BF", "FR")), at=NOON + 9 * DAY), False),
    ],
)
def test_one_step_between_states(news: Telling, expected: bool) -> None:
    """The parties, the step and the day decide."""
    known_event = event(
        step("troop_withdrawal", ("BF", "FR"), "2026-03-09"),
        "Le Burkina demande à la France de partir",
    )
    assert is_same(news, known_event).same is expected
