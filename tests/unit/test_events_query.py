"""The query language: what is understood, what is matched, and where each mistake is shown."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.detect.gazetteer import PlaceRow
from bot.detect.report import ActorRef, Place
from bot.detect.text import fold
from bot.events.facts import EventFacts, Source
from bot.events.query import EventView, QueryError, parse, saved
from bot.events.words import stem, told_lines, words_of


class Table:
    """A gazetteer of four places."""

    rows = (
        PlaceRow("Djibo", ("Jibo",), "admin1 capital", "BF", "Soum", 14.1, -1.63, 1),
        PlaceRow("Gao", (), "admin1 capital", "ML", "Gao", 16.27, -0.04, 1),
        PlaceRow("Gao", (), "admin1", "ML", "Gao", 16.27, -0.04, 2),
        PlaceRow("Ti-n-Zaouâtene", ("Tin Zaouaten",), "town", "ML", "Kidal", 19.95, 2.97, 2),
    )

    def find(self, name: str) -> list[PlaceRow]:
        wanted = fold(name).replace(" ", "")
        return [
            row
            for row in self.rows
            if wanted in {fold(n).replace(" ", "") for n in (row.name, *row.aliases)}
        ]


TABLE = Table()

AMBUSH = EventFacts(
    kind="attack",
    type="ambush",
    place=Place("Arbinda", "BF", "Soum", 14.23, -0.86, 1),
    countries=("BF",),
    date="2026-03-10",
    date_precision=1,
    actors=(ActorRef("jnim", "perpetrator", "claimed"),),
    verification="reported",
    severity="severe",
    origins=2,
    sources=(Source("Écho du Soum", "https://example.org/1", "AFP", "fr"),),
    languages=("fr",),
)
TEXTS = [
    (
        "Embuscade meurtrière près d'Arbinda : des soldats burkinabè tués",
        "Un convoi de l’armée est tombé mardi dans l'embuscade d'hommes à moto, sur l'axe de Tin "
        "Zaouaten Koura. Les assaillants attaquaient encore le soir ; douze blessés ont été "
        "évacués vers les hôpitaux de Djibo. Le cœur du marché a brûlé.",
    )
]
VIEW = EventView.of(AMBUSH, words_of(TEXTS, AMBUSH))


@pytest.mark.parametrize(
    ("typed", "norm"),
    [
        ("attaque", "attaqu"),
        ("Attaques", "attaqu"),
        ("ATTAQUÉE", "attaqu"),
        ("attaque attaque", "attaqu"),
        ("mali soldat", "mali soldat"),
        ("soldats Mali", "mali soldat"),
        ("maliens soldat", "mali soldat"),
        ("a OR b", "a OR b"),
        ("b OU a", "a OR b"),
        ("b | a", "a OR b"),
        ("x a OR b", "(a OR b) x"),
        ("(a b) OR c", "c OR (a b)"),
        ("a AND b ET c", "a b c"),
        ("mali -sport", "mali -sport"),
        ("-sport mali", "mali -sport"),
        ("mali −sport", "mali -sport"),
        ("mali --sport", "mali sport"),
        ("mali -(foot OR can)", "mali -(can OR foot)"),
        ('"prise de Bourem"', '"pri de bourem"'),
        ("« prise de Bourem »", '"pri de bourem"'),
        ("“prise de Bourem”", '"pri de bourem"'),
        ('"mali"', "mali"),
        ("cessez-le-feu", '"cessez le feu"'),
        ("l'armée", "armee"),
        ("l’armée", "armee"),
        ("cœur", "coeur"),
        ("J.N.I.M.", "jnim"),
        ("attaqu*", "attaqu*"),
        ("ATTAQ*", "attaq*"),
        ("kind:attack", "kind:attack"),
        ("kind:attaque", "kind:attack"),
        ("genre:alliances", "kind:alliance"),
        ("Catégorie:attaque", "kind:attack"),
        ("kind: attack", "kind:attack"),
        ("kind=attack", "kind:attack"),
        ("type:embuscade", "type:ambush"),
        ("type:ied_landmine", "type:ied_landmine"),
        ('nature:"accord de défense"', "type:defence_pact"),
        ("country:ML", "country:ML"),
        ("pays:mali", "country:ML"),
        ("pays:malien", "country:ML"),
        ('pays:"Burkina Faso"', "country:BF"),
        ("place:gao", "place:gao"),
        ("lieu:Gao", "place:gao"),
        ('ville:"Tin Zaouaten"', 'place:"tin zaouaten"'),
        ("near:djibo,50km", "near:djibo,50km"),
        ("near:djibo,50", "near:djibo,50km"),
        ("près:Djibo", "near:djibo,50km"),
        ('near:"tin zaouaten",20km', 'near:"tin zaouaten,20km"'),
        ("actor:jnim", "actor:jnim"),
        ("acteur:GSIM", "actor:jnim"),
        ("source:rfi", "source:rfi"),
        ('média:"Jeune Afrique"', 'source:"jeune afrique"'),
        ("lang:fr", "lang:fr"),
        ("langue:anglais", "lang:en"),
        ("severity>=severe", "severity>=severe"),
        ("gravité>=grave", "severity>=severe"),
        ("severity>=unknown", "severity>=moderate"),
        ("severity >= severe", "severity>=severe"),
        ("severity≥severe", "severity>=severe"),
        ("severity:unknown", "severity:unknown"),
        ("origins>=2", "origins>=2"),
        ("origines>=02", "origins>=2"),
        ("verification>=claimed", "verification>=unverified"),
        ('vérification>="non confirmé"', "verification>=unverified"),
        ("verification>=disputed", "verification>=reported"),
        ("Mali : attaque", "attaqu mali"),
        ("kind:attack kind:attack pays:ML", "country:ML kind:attack"),
    ],
)
def test_queries_typed_differently_have_one_norm(typed: str, norm: str) -> None:
    """Case, accents, endings, order, language of fields and of OR never make another query."""
    query = parse(typed, TABLE)
    assert query.norm == norm
    assert saved(query.norm, TABLE).norm == norm


@pytest.mark.parametrize(
    ("typed", "key", "position"),
    [
        ("", "query.empty", 0),
        ("  \n ", "query.empty", 0),
        ("!!", "query.empty", 0),
        ("x" * 301, "query.too_long", 300),
        (" ".join(f"w{i}x" for i in range(31)), "query.too_many_terms", 0),
        ('mali "prise de', "query.unbalanced_quote", 5),
        ("mali «prise", "query.unbalanced_quote", 5),
        ("mali prise»", "query.unbalanced_quote", 10),
        ("(mali", "query.unbalanced_parenthesis", 0),
        ("mali (gao OR (kidal)", "query.unbalanced_parenthesis", 5),
        ("mali) gao", "query.unbalanced_parenthesis", 4),
        ("mali ()", "query.empty_group", 5),
        ("(" * 40 + "mali" + ")" * 40, "query.too_deep", 12),
        ("OR mali", "query.dangling_or", 0),
        ("mali OR", "query.dangling_or", 5),
        ("mali OR OU gao", "query.dangling_or", 5),
        ("(mali OR) gao", "query.dangling_or", 6),
        ("mali -", "query.dangling_minus", 5),
        ("mali - gao", "query.dangling_minus", 5),
        ("-mali", "query.only_negative", 0),
        ("-mali -gao", "query.only_negative", 0),
        ("mali OR -gao", "query.only_negative", 0),
        ("at*", "query.short_prefix", 0),
        ("mali *", "query.short_prefix", 5),
        ("mali typ:ambush", "query.unknown_field", 5),
        ("foo>=3", "query.unknown_field", 0),
        ("kind:", "query.missing_value", 5),
        ("mali kind:()", "query.missing_value", 10),
        ("mali kind:atack", "query.bad_value", 10),
        ("type:guerre", "query.bad_value", 5),
        ("country:atlantis", "query.bad_value", 8),
        ("actor:martiens", "query.bad_value", 6),
        ("lang:xx", "query.bad_value", 5),
        ("severity>=huge", "query.bad_value", 10),
        ("origins>=deux", "query.bad_value", 9),
        ("verification>=retracted", "query.bad_value", 14),
        ("kind>=attack", "query.bad_operator", 6),
        ("severity>minor", "query.bad_operator", 0),
        ("place:gaoo", "query.unknown_place", 6),
        ("near:atlantis,10km", "query.unknown_place", 5),
        ("near:14.1,-1.6", "query.unknown_place", 5),
        ("place:14.1", "query.unknown_place", 6),
        ("near:djibo,9000km", "query.bad_radius", 5),
        ("near:djibo,loin", "query.bad_radius", 5),
    ],
)
def test_a_mistake_is_named_and_pointed_at(typed: str, key: str, position: int) -> None:
    """Every mistake has its own key and the position of its first character."""
    with pytest.raises(QueryError) as raised:
        parse(typed, TABLE)
    assert (raised.value.key, raised.value.position) == (key, position)


def test_mistakes_offer_what_was_meant() -> None:
    """Near field names, values and places are suggested; closed lists are told."""
    mistakes = {}
    for typed in ("typ:ambush", "kind:atack", "place:gaoo", "severity>=huge"):
        with pytest.raises(QueryError) as raised:
            parse(typed, TABLE)
        mistakes[typed] = raised.value.params
    assert mistakes["typ:ambush"]["suggestion"] == "type"
    assert mistakes["kind:atack"]["suggestion"] == "attack"
    assert mistakes["kind:atack"]["allowed"] == ["attack", "alliance"]
    assert mistakes["place:gaoo"]["suggestions"][0] == "Gao"
    assert mistakes["severity>=huge"]["allowed"] == [
        "minor", "moderate", "unknown", "severe", "extreme",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("embuscade", ("embuscade",)),
        ("embuscades", ("embuscade",)),
        ("ambush", ("ambush",)),
        ("burkina", ("burkinabe",)),
        ("burkinabés", ("burkinabe",)),
        ("tuer", ("tues",)),
        ("tué soldat", ("soldats", "tues")),
        ("attaquer", ("attaquaient",)),
        ("hôpital", ("hopitaux",)),
        ("coeur", ("coeur",)),
        ("armée", ("armee",)),
        ("jnim", ("jnim",)),
        ("gsim", ("gsim",)),
        ("tinzaouaten", ("tin zaouaten",)),
        ("tin-zaouaten", ("tin zaouaten",)),
        ('"près d\'Arbinda"', ("pres d arbinda",)),
        ("embus*", ("embuscade",)),
        ("mali OR arbinda", ("arbinda",)),
        ("arbinda -mali", ("arbinda",)),
        ("kind:attack", ("kind:attack",)),
        ("kind:attack arbinda", ("kind:attack", "arbinda")),
        ("type:embuscade", ("type:ambush",)),
        ("pays:burkina", ("country:BF",)),
        ("near:djibo,100km", ("near:djibo,100km",)),
        ("actor:gsim", ("actor:jnim",)),
        ("source:afp", ("source:afp",)),
        ('source:"echo du soum"', ('source:"echo du soum"',)),
        ("lang:fr", ("lang:fr",)),
        ("severity>=moderate", ("severity>=moderate",)),
        ("origins>=2", ("origins>=2",)),
        ("verification>=reported", ("verification>=reported",)),
        ("-(mali OR niger) kind:attack", ("kind:attack",)),
    ],
)
def test_what_matches_tells_the_words(typed: str, words: tuple[str, ...]) -> None:
    """A word matches any form of itself, names from the facts too; /why shows what stood there."""
    match = parse(typed, TABLE).match(VIEW)
    assert match is not None
    assert match.words == words


@pytest.mark.parametrize(
    "typed",
    [
        "mali",
        "mal",
        "arme",
        "min",
        "nigeria",
        "embuscade mali",
        '"Arbinda près"',
        '"tués un convoi"',  # a phrase does not run from the title into the lead
        "arbinda -soldats",
        "kind:alliance",
        "type:abduction",
        "country:ML",
        "place:djibo",
        "near:djibo,50km",
        "near:gao,100km",
        "actor:fla",
        "source:rfi",
        "lang:en",
        "severity>=extreme",
        "severity:moderate",
        "origins>=3",
        "origins:1",
        "verification>=confirmed",
    ],
)
def test_what_does_not_match(typed: str) -> None:
    """Every word and condition must hold; a word is never another word's stem."""
    assert parse(typed, TABLE).match(VIEW) is None


@pytest.mark.parametrize(
    ("verification", "held"),
    [
        ("unverified", {"unverified", "claimed"}),
        ("claimed", {"unverified", "claimed"}),
        ("reported", {"unverified", "claimed", "reported", "disputed"}),
        ("disputed", {"unverified", "claimed", "reported", "disputed"}),
        ("confirmed", {"unverified", "claimed", "reported", "disputed", "confirmed"}),
        ("retracted", set()),
    ],
)
def test_verification_has_an_order_and_retracted_none(verification: str, held: set[str]) -> None:
    """unverified = claimed < reported = disputed < confirmed; retracted matches nothing."""
    view = EventView.of(replace(AMBUSH, verification=verification), "")
    asked = ("unverified", "claimed", "reported", "disputed", "confirmed")
    assert {a for a in asked if parse(f"verification>={a}").match(view)} == held


@pytest.mark.parametrize(
    ("severity", "held"),
    [
        ("minor", {"minor"}),
        ("moderate", {"minor", "moderate", "unknown"}),
        ("unknown", {"minor", "moderate", "unknown"}),
        ("severe", {"minor", "moderate", "unknown", "severe"}),
        ("extreme", {"minor", "moderate", "unknown", "severe", "extreme"}),
    ],
)
def test_severity_has_an_order(severity: str, held: set[str]) -> None:
    """minor < moderate = unknown < severe < extreme."""
    view = EventView.of(replace(AMBUSH, severity=severity), "")
    asked = ("minor", "moderate", "unknown", "severe", "extreme")
    assert {a for a in asked if parse(f"severity>={a}").match(view)} == held


def test_a_region_and_a_town_of_one_name_both_match() -> None:
    """place:gao holds for the town and for any place of the region Gao."""
    query = parse("place:gao", TABLE)
    for place in (
        Place("Gao", "ML", "Gao", 16.27, -0.04, 1),
        Place("Ansongo", "ML", "Gao", 15.66, 0.5, 1),
        Place("Gao", "ML", None, None, None, 3),
    ):
        assert query.match(EventView.of(replace(AMBUSH, place=place), "")) is not None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("mali", "mal"), ("niger", "nigeria"), ("nigerien", "nigerian"), ("mine", "min"),
        ("armee", "arme"), ("entree", "entre"), ("present", "pres"), ("assaut", "assaillant"),
        ("tir", "titre"), ("base", "bas"),
    ],
)  # fmt: skip
def test_words_that_only_look_alike_stay_apart(one: str, other: str) -> None:
    """NLP.md 4: no ending is taken that turns a word into another."""
    assert stem(one) != stem(other)


def test_words_of_an_event_keep_its_articles_apart_from_its_names() -> None:
    """Grouping compares what articles say, not the labels that the facts add."""
    lines = told_lines(VIEW.words_norm)
    assert lines == (fold(TEXTS[0][0]), fold(TEXTS[0][1]))
    assert "ambush" in VIEW.words_norm


@settings(max_examples=400, deadline=None)
@given(
    st.lists(
        st.one_of(
            st.sampled_from(
                ["mali", "OR", "OU", "AND", "-", "(", ")", '"', "«", "»", "*", "attaq*", "kind:",
                 "kind:attack", "near:djibo,50km", "near:", "place:gao", "severity>=", ">=",
                 "grave",
                 "l'armée", "Niger", "nigérienne", ":", ",", "origins>=2", "tin-zaouaten", "œ"]
            ),
            st.text(max_size=12),
        ),
        max_size=12,
    ),
    st.sampled_from(["", " "]),
)  # fmt: skip
def test_any_text_is_a_query_or_a_mistake(parts: list[str], joint: str) -> None:
    """Nothing typed raises anything but QueryError, and a norm is its own norm."""
    text = joint.join(parts)
    try:
        query = parse(text, TABLE)
    except QueryError as mistake:
        assert mistake.key.startswith("query.")
        assert 0 <= mistake.position <= len(text)
        return
    assert saved(query.norm, TABLE).norm == query.norm
    query.match(VIEW)


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=20))
def test_an_ending_is_taken_once_and_for_all(text: str) -> None:
    """stem(stem(word)) == stem(word) for every folded word."""
    for word in fold(text).split():
        assert stem(stem(word)) == stem(word)


def test_a_letter_with_an_apostrophe_in_it_reads_the_same_twice() -> None:
    """« ŉ » once fell apart into an elided « d’ » and another word; a random text found it."""
    query = parse("Ďŉă", TABLE)
    assert saved(query.norm, TABLE).norm == query.norm == "dna"
