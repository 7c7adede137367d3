"""Human losses: the casualty phrasing of DOMAIN 4.5 and the toll rule of the facts."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.detect.report import TOLL_GROUPS, TOLL_STATUS, TOLL_WHO, Toll
from bot.detect.text import Doc
from bot.detect.toll_words import load
from bot.detect.tolls import TollMention, combine, find_tolls

Figure = tuple[int | None, int | None, str]


def exactly(number: int) -> Figure:
    return number, number, "exact"


def at_least(number: int) -> Figure:
    return number, None, "at_least"


def between(low: int, high: int) -> Figure:
    return low, high, "range"


def about(low: int, high: int | None = None) -> Figure:
    return low, high, "vague"


SOME: Figure = (1, None, "unknown_positive")
NOBODY: Figure = (0, 0, "none")


def tolls(text: str) -> tuple[Toll, ...]:
    return combine(find_tolls(Doc(text)))


def headlines(text: str) -> dict[str, Figure]:
    return {t.who: (t.min, t.max, t.status) for t in tolls(text) if t.group is None}


def groups(text: str, who: str = "killed") -> dict[str, Figure]:
    return {t.group: (t.min, t.max, t.status) for t in tolls(text) if t.who == who and t.group}


KILLED = [
    # participle behind, French
    ("12 soldats ont été tués", exactly(12)),
    ("Deux soldats français ont été tués mercredi", exactly(2)),
    ("Huit soldats tchadiens du contingent de la Minusma ont été tués", exactly(8)),
    ("Plusieurs villages attaqués, dix-huit habitants massacrés", exactly(18)),
    ("15 civils ont perdu la vie", exactly(15)),
    # the preposition is told again
    ("L'armée déplore la mort de trois gardes et de six bergers", exactly(9)),
    ("Il parle d'un retrait et de six bergers tués", exactly(6)),
    ("Onze militaires ont trouvé la mort", exactly(11)),
    # a figure before words that else say « some »
    ("Une mine fait 12 morts et des blessés", exactly(12)),
    ("Plusieurs morts et des blessés près de Gao", about(2)),
    ("On déplore trois pertes en vies humaines", exactly(3)),
    ("Il y a eu des pertes en vies humaines", SOME),
    ("Sept casques bleus ont péri", exactly(7)),
    ("Quatre-vingt-neuf soldats sont tombés au champ d'honneur", exactly(89)),
    ("À Djibo, 4 civils sont morts", exactly(4)),
    ("Un gendarme a été tué", exactly(1)),
    ("Le préfet a été tué", exactly(1)),
    ("Le gérant d'un relais routier près de Gao a été tué", exactly(1)),
    ("Hommage aux 18 soldats tués à Tabankort", exactly(18)),
    ("Deux Français retrouvés morts", exactly(2)),
    ("10 gendarmes ont été abattus", exactly(10)),
    ("UN SOLDAT TUÉ ET DEUX BLESSÉS À DJIBO", exactly(1)),
    # the verb before, French
    ("tuant douze soldats", exactly(12)),
    ("L'explosion d'une mine tue trois soldats", exactly(3)),
    ("Des hommes armés ont tué un chef de village", exactly(1)),
    ("Les terroristes ont exécuté 7 hommes", exactly(7)),
    ("Des individus ont abattu hier deux policiers", exactly(2)),
    ("ils ont brûlé 20 maisons et tué 4 habitants", exactly(4)),
    ("Le Jnim affirme avoir tué 70 soldats", exactly(70)),
    ("L'attaque a coûté la vie à onze militaires", exactly(11)),
    ("Le 14e régiment a perdu 12 hommes", exactly(12)),
    # nouns
    ("L'attaque a fait 5 morts", exactly(5)),
    ("Une mine explose au passage d'un bus : 8 morts", exactly(8)),
    ("L'assaut s'est soldé par la mort de six bergers", exactly(6)),
    ("La mort d'un de ses soldats", exactly(1)),
    ("l'assassinat de deux enseignants", exactly(2)),
    ("Les corps de 8 villageois ont été retrouvés", exactly(8)),
    ("Trente corps ont été découverts", exactly(30)),
    ("L'embuscade a fait onze (11) morts", exactly(11)),
    # English
    ("13 soldiers were killed", exactly(13)),
    ("Gunmen killed 12 villagers", exactly(12)),
    ("killing all 13 people on board", exactly(13)),
    ("leaving 4 dead", exactly(4)),
    ("The raid left seven people dead", exactly(7)),
    ("Eleven killed as gunmen attack mosque", exactly(11)),
    ("12 killed by suicide bombers", exactly(12)),
    ("Three suicide bombers killed 12 people", exactly(12)),
    ("Two UN peacekeepers killed in Kidal", exactly(2)),
    ("Ninety-three people died", exactly(93)),
    ("claimed the lives of 15 farmers", exactly(15)),
    ("15 lives were lost", exactly(15)),
    ("13 bodies were recovered", exactly(13)),
    ("a British man was shot dead", exactly(1)),
    ("A soldier was killed", exactly(1)),
    ("A 12-year-old boy was killed", exactly(1)),
    ("the death of 10 soldiers", exactly(10)),
    ("An attack that killed seven people", exactly(7)),
    ("The 33rd brigade lost 10 men", exactly(10)),
    ("12 soldiers killed 5 wounded", exactly(12)),
    # added
    ("trois soldats et neuf supplétifs ont été tués", exactly(12)),
    ("Ils disent avoir tué 84 mercenaires du groupe russe et 47 soldats", exactly(131)),
    ("la mort de quatre gendarmes et deux civils", exactly(6)),
    ("Deux enseignants, un directeur d'école et trois élèves tués", exactly(6)),
    ("Les assaillants ont tué le maire et deux de ses gardes", exactly(3)),
    ("Un colonel et son chauffeur tués", exactly(2)),
    ("Two policemen and a civilian were killed", exactly(3)),
    ("One soldier, two civilians killed", exactly(3)),
    ("12 soldats et civils tués", exactly(12)),
    # parts are not added
    ("12 morts, dont 3 soldats", exactly(12)),
    ("Dix personnes, dont trois enfants, ont été tuées", exactly(10)),
    ("12 people, including four children, were killed", exactly(12)),
    ("Twenty people were killed, among them three police officers", exactly(20)),
    ("Au moins six personnes (quatre soldats et deux civils) ont été tuées", at_least(6)),
    ("11 soldats tués, dont dix gardes et un gendarme", exactly(11)),
    ("Six personnes, dont un enfant de 4 ans, ont été tuées", exactly(6)),
    # bounds
    ("au moins 12 soldats tués", at_least(12)),
    ("12 morts au moins", at_least(12)),
    ("killed at least thirteen soldiers", at_least(13)),
    ("plus de trente villageois tués", at_least(31)),
    ("more than 40 soldiers were killed", at_least(41)),
    ("près de trente-quatre morts", between(31, 34)),
    ("nearly 200 people killed", between(180, 200)),
    ("environ 20 civils tués", between(18, 22)),
    ("quelque 40 personnes ont péri", between(36, 44)),
    ("around 50 villagers were killed", between(45, 55)),
    ("entre 20 et 30 morts", between(20, 30)),
    ("entre six et une dizaine de soldats ont été tués", between(6, 13)),
    ("de 10 à 15 personnes tuées", between(10, 15)),
    ("quatre à cinq personnes tuées", between(4, 5)),
    ("deux ou trois soldats tués", between(2, 3)),
    ("20 to 30 people were killed", between(20, 30)),
    ("20-30 people killed", between(20, 30)),
    ("jusqu'à 15 gendarmes tués", (None, 15, "at_most")),
    ("up to 20 soldiers were killed", (None, 20, "at_most")),
    ("20 personnes tuées ou blessées", (None, 20, "at_most")),
    # round and vague
    ("une dizaine de morts", about(8, 13)),
    ("une quinzaine de forains égorgés", about(12, 19)),
    ("une trentaine de civils tués", about(24, 38)),
    ("une centaine de civils massacrés", about(80, 125)),
    ("plus d'une centaine de morts", about(100)),
    ("au moins une dizaine de morts", about(10)),
    ("des dizaines de civils tués", about(20)),
    ("plusieurs dizaines de morts", about(20)),
    ("dozens of people were killed", about(20)),
    ("scores killed in raid", about(20)),
    ("des centaines de morts", about(200)),
    ("plusieurs militaires ont perdu la vie", about(2)),
    ("several people were killed", about(2)),
    # nobody counted
    ("On déplore des morts, sans préciser le nombre", SOME),
    ("L'armée a subi de lourdes pertes", SOME),
    ("de nombreuses victimes", SOME),
    ("The army suffered heavy casualties", SOME),
    ("Many people were killed", SOME),
    ("An unspecified number of soldiers were killed", SOME),
    ("Un nombre indéterminé de soldats ont été tués", SOME),
    ("Gunmen kill soldiers in Borno", SOME),
    ("Civilians killed in drone strike", SOME),
    ("une attaque meurtrière contre un camp", SOME),
    ("des pertes dans ses rangs et la mort d'un commandant", SOME),
    # nobody hurt
    ("sans faire de victime", NOBODY),
    ("L'attaque n'a pas fait de victimes", NOBODY),
    ("There were no casualties", NOBODY),
    ("Aucun soldat n'a été tué", NOBODY),
    ("No one was killed", NOBODY),
    ("Personne n'a été tué", NOBODY),
    # the figure replaced
    ("Le bilan passe à 89 morts", exactly(89)),
    ("Le bilan s'alourdit à 54", exactly(54)),
    ("Le bilan de l'attaque est passé de 25 à 31 morts", exactly(31)),
    ("Le nombre de soldats tués s'élève désormais à 89", exactly(89)),
    ("The death toll rises to 54", exactly(54)),
    ("Officials put the death toll from Sunday's attack at 23", exactly(23)),
    ("Le bilan passe à 31 morts. L'armée avait annoncé 40 morts.", exactly(31)),
    ("The toll rises to 20 dead. It had been put at 35 dead.", exactly(20)),
    ("Six gendarmes, dont un instructeur, tués dans une attaque", exactly(6)),
    ("Neuf civils, dont deux enfants, tués près de Gossi", exactly(9)),
    ("Gunmen seize 31 pupils, kill night guard", exactly(1)),
    ("مقتل قاض في كمين", exactly(1)),
]


@pytest.mark.parametrize(("text", "figure"), KILLED)
def test_how_many_were_killed(text: str, figure: Figure) -> None:
    """The headline of the dead: verbs and nouns, both languages, every order and bound."""
    assert headlines(text)["killed"] == figure


OTHERS = [
    ("7 blessés", {"wounded": exactly(7)}),
    ("5 morts et 7 blessés", {"killed": exactly(5), "wounded": exactly(7)}),
    ("Un soldat tué, trois blessés", {"killed": exactly(1), "wounded": exactly(3)}),
    ("3 killed, 5 wounded in attack", {"killed": exactly(3), "wounded": exactly(5)}),
    ("killing 14 and wounding 20", {"killed": exactly(14), "wounded": exactly(20)}),
    ("a tué 4 militaires et en a blessé 7", {"killed": exactly(4), "wounded": exactly(7)}),
    ("Douze militaires ont péri, six autres ont été blessés",
     {"killed": exactly(12), "wounded": exactly(6)}),
    ("A soldier was killed and two others were injured",
     {"killed": exactly(1), "wounded": exactly(2)}),
    ("douze tués et une dizaine d'autres blessés",
     {"killed": exactly(12), "wounded": about(8, 13)}),
    ("des morts et des blessés", {"killed": SOME, "wounded": SOME}),
    ("blessant plusieurs passagers", {"wounded": about(2)}),
    ("three persons were critically injured", {"wounded": exactly(3)}),
    ("Several others sustained gunshot wounds", {"wounded": about(2)}),
    ("Trois soldats blessés ont été évacués", {"wounded": exactly(3)}),
    ("le gouverneur a été blessé", {"wounded": exactly(1)}),
    ("aucun blessé", {"wounded": NOBODY}),
    ("20 élèves enlevés", {"abducted": exactly(20)}),
    ("sept otages", {"abducted": exactly(7)}),
    ("Gunmen kidnapped 20 girls", {"abducted": exactly(20)}),
    ("The kidnapping of two Canadians", {"abducted": exactly(2)}),
    ("l'enlèvement de trois Marocains", {"abducted": exactly(3)}),
    ("Un missionnaire américain a été enlevé", {"abducted": exactly(1)}),
    ("Une religieuse colombienne a été enlevée", {"abducted": exactly(1)}),
    ("the kidnapping of an Austrian woman", {"abducted": exactly(1)}),
    ("un médecin et son épouse enlevés", {"abducted": exactly(2)}),
    ("an elderly couple was kidnapped", {"abducted": exactly(2)}),
    ("At least 312 students and a principal were abducted", {"abducted": at_least(313)}),
    ("287 pupils and students were taken by gunmen", {"abducted": exactly(287)}),
    ("Gunmen seize more than 200 schoolgirls", {"abducted": at_least(201)}),
    ("Un Américain, travailleur humanitaire, a été enlevé", {"abducted": exactly(1)}),
    ("deux Espagnols et une Italienne enlevés", {"abducted": exactly(3)}),
    ("US citizen kidnapped in Niger", {"abducted": exactly(1)}),
    ("six personnes, dont le sous-préfet, ont été enlevées", {"abducted": exactly(6)}),
    ("deux diplomates et leur chauffeur enlevés", {"abducted": exactly(3)}),
    ("huit grièvement blessés", {"wounded": exactly(8)}),
    ("Four foreigners taken hostage", {"abducted": exactly(4)}),
    ("Quatre touristes pris en otage", {"abducted": exactly(4)}),
    ("Three Chinese, two Mauritanians kidnapped", {"abducted": exactly(5)}),
    ("kidnapping hundreds of learners", {"abducted": about(200)}),
    ("Gunmen abduct nursing mothers", {"abducted": SOME}),
    ("Bandits kidnap 15 passengers, kill driver", {"killed": exactly(1), "abducted": exactly(15)}),
    ("The gunmen kidnapped the chief's wife and two children", {"abducted": exactly(3)}),
    ("Deux journalistes enlevés et tués", {"killed": exactly(2), "abducted": exactly(2)}),
    ("38 soldiers are missing", {"missing": exactly(38)}),
    ("15 soldats tués, 20 portés disparus", {"killed": exactly(15), "missing": exactly(20)}),
    ("une soixantaine de portés disparus", {"missing": about(48, 75)}),
    ("12 blessés et d'autres sont portés disparus", {"wounded": exactly(12), "missing": SOME}),
    ("Ils ont tué 5 bergers et enlevé d'autres", {"killed": exactly(5), "abducted": SOME}),
    ("Six soldats maliens capturés", {"captured": exactly(6)}),
    ("14 mercenaires faits prisonniers", {"captured": exactly(14)}),
    ("killed 70 soldiers and captured 5", {"killed": exactly(70), "captured": exactly(5)}),
    ("30 000 déplacés", {"displaced": exactly(30_000)}),
    ("Plus de 2 200 personnes ont fui leurs foyers", {"displaced": at_least(2201)}),
    ("Hundreds of people were displaced", {"displaced": about(200)}),
    ("12 dead. Police put the number of injured at 20.",
     {"killed": exactly(12), "wounded": exactly(20)}),
]  # fmt: skip


@pytest.mark.parametrize(("text", "figures"), OTHERS)
def test_wounded_abducted_missing_captured_displaced(
    text: str, figures: dict[str, Figure]
) -> None:
    """Who befell what is kept apart, and nothing else is invented."""
    assert headlines(text) == figures


@pytest.mark.parametrize(
    "text",
    [
        "Le 14e régiment de parachutistes quitte la base 101",
        "Accident sur la RN24 et la RN 7",
        "L'article 6 de la charte",
        "La force compte 5 000 hommes",
        "Au moins 200 combattants ont attaqué les deux camps",
        "Deux camps attaqués à 30 km de Djibo",
        "Le camp a été attaqué par 60 assaillants à moto",
        "L'attaque de 2019 reste dans les mémoires",
        "Le match s'est terminé sur le score de 3-1",
        "Il a perdu 3-1 et laisse la tête du groupe",
        "L'équipe a perdu deux matchs",
        "Une aide de 12 millions de dollars a été perdue",
        "20 vaches enlevées",
        "200 têtes de bétail emportées, 40 motos enlevées",
        "The army captured three towns and seized 50 motorcycles",
        "The UN has claimed 30% of the funds",
        "Deux otages ont été libérés",
        "La libération de 20 otages",
        "Troops rescue 12 hostages",
        "Ten hostages were freed on Monday",
        "Les otages, au nombre de sept",
        "La peine de mort est abolie",
        "Un nombre important de réunions",
        "Aucun bilan n'a été communiqué",
        "Le bilan n'est pas encore connu",
        "12 tonnes de vivres pour 300 familles",
        "",
    ],
)
def test_numbers_that_are_no_losses(text: str) -> None:
    """Units, roads, articles, years, scores, cattle, bases, freed hostages: nobody's loss."""
    assert tolls(text) == ()


@pytest.mark.parametrize(
    "text",
    [
        "Depuis 2012, des milliers de morts",
        "Depuis janvier, plus de 800 civils ont été tués",
        "More than 10,000 people have been killed since 2012",
        "En 2025, les violences ont fait 3 000 morts",
        "Au cours des six derniers mois, 1 200 personnes ont été tuées",
        "Over 6,000 people were killed in the past year",
        "Plus de 6 000 personnes ont été tuées cette année",
        "Une attaque avait fait 12 morts en mai dernier",
        "Deux ans après la mort de treize soldats, Paris se retire",
        "12 ans après l'enlèvement des lycéennes",
        "The 2014 attack killed 30 people",
        "L'attaque de 2019 avait fait 71 morts",
        "Il y a trois ans, 12 soldats ont été tués",
        "Three years ago, 12 soldiers were killed",
        "La France a perdu 58 soldats au Sahel depuis 2013",
        "Des milliers de morts",
    ],
)
def test_sums_and_other_events_are_background(text: str) -> None:
    """Cumulative figures and recalled events are told apart and never become a toll."""
    found = find_tolls(Doc(text))

    assert found
    assert all(mention.background for mention in found)
    assert combine(found) == ()


@pytest.mark.parametrize(
    ("text", "figure"),
    [
        ("The attack, the deadliest since 2019, killed 60 soldiers", exactly(60)),
        ("L'attaque la plus meurtrière depuis 2015 a fait 160 morts", exactly(160)),
        ("Une semaine après la mort de dix soldats, une embuscade a tué onze hommes", exactly(11)),
        ("Les combats durent depuis samedi et ont fait 12 morts", exactly(12)),
    ],
)
def test_a_look_back_does_not_hide_the_news(text: str, figure: Figure) -> None:
    """A superlative « depuis », or a recall before the comma, leaves the fresh figure."""
    assert headlines(text)["killed"] == figure


@pytest.mark.parametrize(
    ("text", "headline", "attackers"),
    [
        ("20 assaillants tués, 4 militaires blessés", exactly(20), exactly(20)),
        ("L'armée affirme avoir neutralisé 80 terroristes", exactly(80), exactly(80)),
        ("neutralisés 80 terroristes", exactly(80), exactly(80)),
        ("Troops kill 15 terrorists", exactly(15), exactly(15)),
        ("militants killed", SOME, SOME),
        ("57 jihadistes mis hors de combat", exactly(57), exactly(57)),
        ("L'armée dit avoir mis 57 jihadistes hors de combat", exactly(57), exactly(57)),
        ("Quinze membres de Boko Haram ont été tués", exactly(15), exactly(15)),
        ("trente terroristes tués, aucune perte côté armée", exactly(30), exactly(30)),
        ("12 soldats tués, 30 terroristes neutralisés", exactly(12), exactly(30)),
        ("63 terroristes et 25 personnes ont été tués", exactly(25), exactly(63)),
        ("89 morts côté armée et 77 parmi les assaillants", exactly(89), exactly(77)),
        ("25 soldats tués par des djihadistes, qui ont perdu 15 hommes", exactly(25), exactly(15)),
        ("The army said 15 soldiers and 50 militants were killed", exactly(15), exactly(50)),
        ("6 morts dont 3 assaillants", exactly(6), exactly(3)),
        ("Six dead, including three attackers", exactly(6), exactly(3)),
        ("Seven of the attackers were killed", exactly(7), exactly(7)),
    ],
)
def test_the_attackers_are_counted_apart(text: str, headline: Figure, attackers: Figure) -> None:
    """The headline is the victims'; only where none but attackers died, theirs (facts rule 5)."""
    assert headlines(text)["killed"] == headline
    assert groups(text)["militant"] == attackers


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("trois soldats et neuf supplétifs ont été tués",
         {"soldier": exactly(3), "auxiliary": exactly(9)}),
        ("12 morts, dont 3 soldats et un civil", {"soldier": exactly(3), "civilian": exactly(1)}),
        ("10 morts : six gendarmes et quatre civils",
         {"police": exactly(6), "civilian": exactly(4)}),
        ("le maire et deux humanitaires ont été tués",
         {"official": exactly(1), "aid_worker": exactly(2)}),
        ("84 mercenaires et 47 soldats tués", {"foreigner": exactly(84), "soldier": exactly(47)}),
        ("Quatre éléments des FDS ont été tués", {"soldier": exactly(4)}),
        ("Quatre éléments de la gendarmerie ont été tués", {"police": exactly(4)}),
        ("plus de 35 morts parmi les soldats", {"soldier": at_least(36)}),
        ("Sept personnes ont été tuées", {}),
    ],
)  # fmt: skip
def test_groups_of_victims(text: str, expected: dict[str, Figure]) -> None:
    """The text's own groups are kept; persons of no kind get no group."""
    assert groups(text) == expected


@pytest.mark.parametrize(
    ("title", "summary", "figure"),
    [
        ("Une vingtaine de soldats tués", "Selon l'armée, 18 soldats ont été tués.", exactly(18)),
        ("12 soldats tués à Gao", "Douze soldats ont été tués lundi.", exactly(12)),
        ("12 morts à Gao", "Trois soldats et neuf supplétifs ont été tués.", exactly(12)),
        ("Attaque meurtrière à Gao", "Au moins huit civils ont été tués.", at_least(8)),
        ("Le bilan passe à 31 morts", "Un premier bilan était de 40 morts.", exactly(31)),
        ("Four killed in Borno", "At least four people were killed.", at_least(4)),
    ],
)
def test_a_toll_told_twice_is_one(title: str, summary: str, figure: Figure) -> None:
    """Title and summary tell one toll: the firmer, the updated, never the sum."""
    assert headlines(f"{title}\n{summary}")["killed"] == figure


def test_a_part_names_its_whole() -> None:
    """`subset_of` is the place of the whole in the list."""
    found = find_tolls(Doc("Dix personnes, dont trois enfants, ont été tuées"))

    assert [(m.min, m.subset_of) for m in found] == [(10, None), (3, 0)]


def test_a_provisional_toll_says_so() -> None:
    """« bilan provisoire » marks every figure of its sentence."""
    found = tolls("Bilan provisoire : 8 morts et 12 blessés")

    assert [(t.who, t.min, t.provisional) for t in found] == [
        ("killed", 8, True),
        ("wounded", 12, True),
    ]


def test_spans_are_the_words_of_the_figure() -> None:
    """Each figure can be quoted, so that a caller knows the sentence it stands in."""
    doc = Doc("Bourem attaquée. Au moins 12 soldats ont été tués lundi.")

    assert [doc.raw(m.span) for m in find_tolls(doc)] == ["Au moins 12 soldats ont été tués"]


def test_any_part_of_the_mentions_combines() -> None:
    """The caller may ask for the tolls of some sentences only; parts then stand alone."""
    found = find_tolls(Doc("12 morts, dont 3 soldats"))

    assert combine(found[1:]) == (Toll("killed", "soldier", 3, 3, "exact"),)
    assert combine([]) == ()


_VOCABULARY = [
    *sorted(load().phrases), *sorted(load().single), "12", "une dizaine", "2023", "5 000", "(",
    ")", ",", ":", ".", "\n", "%", "x",
]  # fmt: skip
_TEXTS = st.text(max_size=80) | st.lists(st.sampled_from(_VOCABULARY), max_size=16).map(" ".join)


def _sound(mention: TollMention, place: int, length: int) -> bool:
    return (
        mention.who in TOLL_WHO
        and mention.group in TOLL_GROUPS
        and mention.status in TOLL_STATUS
        and 0 <= mention.span.first < mention.span.last <= length
        and mention.subset_of != place
        and (mention.min is None or mention.max is None or mention.min <= mention.max)
    )


@settings(deadline=None)
@given(_TEXTS)
def test_no_text_breaks_it(text: str) -> None:
    """Any words in any order are read without an error, into sound mentions and tolls."""
    doc = Doc(text)
    found = find_tolls(doc)
    assert all(_sound(mention, place, len(doc)) for place, mention in enumerate(found))
    assert all(toll.who in TOLL_WHO for toll in combine(found))


@pytest.mark.parametrize(
    ("text", "figure"),
    [
        # the number again, behind its noun; the number spelled out behind a comma
        ("Cinq civils (5), quatre (4) soldats et un garde ont été tués.", exactly(10)),
        ("Cinq personnes, quatre jeunes et un étranger, ont été tuées.", exactly(5)),
        ("Plus de 100 soldats dont 4 colonels et d'autres officiers ont été tués", at_least(101)),
        ("six civils et quatre membres de la force auxiliaire du VDP ont été tués", exactly(10)),
        ("Les assaillants ont tués 3 bergers.", exactly(3)),
        ("Attack on the highway kills lawmaker, two others", exactly(3)),
        ("Mourning after 25 soldiers die in Abala", exactly(25)),
    ],
)  # fmt: skip
def test_counted_the_way_reporters_write(text: str, figure: Figure) -> None:
    (toll, *_) = [t for t in tolls(text) if t.who == "killed" and t.group is None]
    assert (toll.min, toll.max, toll.status) == figure


@pytest.mark.parametrize(
    "text",
    [
        # another day's dead, or several attacks together
        "Seven days after they burnt five villages, killing 200 people, bandits came back.",
        "C'est la deuxième attaque en quatre jours, portant le bilan à 31 militaires tués.",
        "Des attaques font plus de 50 morts en 3 jours au Burkina Faso.",
        # a bomb that is made safe, shells that are cleared
        "The device was found on Monday and neutralised by army sappers.",
    ],
)
def test_nobody_of_that_day(text: str) -> None:
    assert [t for t in tolls(text) if t.who == "killed"] == []


def test_an_aside_between_commas_tells_who_was_hurt() -> None:
    """« Deux soldats, blessés, ont été évacués »."""
    (toll, *_) = [
        t for t in tolls("Deux soldats, blessés, ont été évacués.") if t.who == "wounded"
    ]
    assert (toll.min, toll.max) == (2, 2)


@pytest.mark.parametrize(
    ("text", "dead"),
    [
        ("Trois blessés ont succombé à l'hôpital de Gao", exactly(3)),
        ("Le bilan passe à sept morts. Trois blessés ont succombé", exactly(7)),
        ("Two of the wounded died in hospital", exactly(2)),
    ],
)
def test_whoever_died_of_wounds_is_wounded_no_more(text: str, dead: Figure) -> None:
    assert headlines(text) == {"killed": dead}


def test_the_wounded_beside_the_dead_stay() -> None:
    assert headlines("Deux blessés, un mort") == {"killed": exactly(1), "wounded": exactly(2)}
