"""When things happened: the time expressions of DOMAIN 4.6 and of the dates rule of the facts."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.detect import time as dates
from bot.detect.text import Doc
from bot.detect.time import DateMention, find_dates, local_day
from bot.detect.time_words import LETTERS, OTHER, load

#: a Monday
MONDAY = datetime(2023, 9, 18, 12, tzinfo=UTC)


def first(text: str, published: datetime | None = MONDAY, precision: str = "time") -> DateMention:
    return find_dates(Doc(text), published, precision)[0]


def day(month: int, number: int, year: int = 2023) -> date:
    return date(year, month, number)


SINGLE_DAYS = [
    # weekdays, resolved to the past
    ("Une attaque mardi à Gao", day(9, 12)),
    ("mardi dernier", day(9, 12)),
    ("lundi", day(9, 18)),
    ("ce lundi", day(9, 18)),
    ("lundi dernier", day(9, 11)),
    ("dimanche soir", day(9, 17)),
    ("dès vendredi matin", day(9, 15)),
    ("on Tuesday", day(9, 12)),
    ("Tuesday evening", day(9, 12)),
    ("late Saturday", day(9, 16)),
    ("early on Monday", day(9, 18)),
    ("last Monday", day(9, 11)),
    ("last Tuesday", day(9, 12)),
    ("Sunday's ambush", day(9, 17)),
    ("on Tuesday night", day(9, 12)),
    ("mardi de la semaine dernière", day(9, 12)),
    ("Tuesday last week", day(9, 12)),
    ("lundi de cette semaine", day(9, 18)),
    # full and partial dates
    ("ce dimanche 17 septembre 2023", day(9, 17)),
    ("Mardi 12 septembre, un convoi", day(9, 12)),
    ("mardi 12 septembre au soir", day(9, 12)),
    ("le 1er septembre", day(9, 1)),
    ("ce 18 septembre", day(9, 18)),
    ("le 25 avril", day(4, 25)),
    ("le 3 décembre", day(12, 3, 2022)),
    ("le 29 février", day(2, 29, 2020)),
    ("le 11 septembre 2001", day(9, 11, 2001)),
    ("vendredi 15 sept. 2023", day(9, 15)),
    ("mardi 25 avril", day(4, 25)),
    ("le mardi 12", day(9, 12)),
    # a full date right behind says which morning, night or yesterday it was
    ("ce matin du jeudi 14 septembre 2023", day(9, 14)),
    ("ce jour, jeudi 14 septembre", day(9, 14)),
    ("hier jeudi 14 septembre", day(9, 14)),
    ("this morning, Thursday 14 September", day(9, 14)),
    # a dateline is no day of the news
    ("Tahoua, 16 septembre 2023 – Un poste attaqué jeudi", day(9, 14)),
    ("Bobo-Dioulasso, le 16 septembre - Un poste attaqué jeudi", day(9, 14)),
    ("Trois morts à Gao, jeudi 14 septembre – l'armée réagit", day(9, 14)),
    ("on 12 September", day(9, 12)),
    ("September 12, 2023", day(9, 12)),
    ("Tuesday, September 12", day(9, 12)),
    ("On Sept. 16, gunmen came", day(9, 16)),
    ("the 16th of September 2023", day(9, 16)),
    ("on 16th September", day(9, 16)),
    ("on May 3", day(5, 3)),
    ("May 3, 2023", day(5, 3)),
    ("Monday (September 11)", day(9, 11)),
    # numbers only, day first
    ("Le 22/07/2022, un poste", day(7, 22, 2022)),
    ("Publié le 14.09.2023", day(9, 14)),
    ("14-09-2023", day(9, 14)),
    ("le 17/09", day(9, 17)),
    ("2023-09-15", day(9, 15)),
    # relative to the publication
    ("hier", day(9, 17)),
    ("hier soir", day(9, 17)),
    ("avant-hier", day(9, 16)),
    ("ce matin", day(9, 18)),
    ("cet après-midi", day(9, 18)),
    ("aujourd'hui", day(9, 18)),
    ("yesterday", day(9, 17)),
    ("the day before yesterday", day(9, 16)),
    ("this morning", day(9, 18)),
    ("il y a deux jours", day(9, 16)),
    ("two days ago", day(9, 16)),
    ("il y a une semaine", day(9, 11)),
    ("a week ago", day(9, 11)),
]


@pytest.mark.parametrize(("text", "expected"), SINGLE_DAYS)
def test_one_day(text: str, expected: date) -> None:
    """A day told is resolved to the latest such day up to the publication."""
    found = first(text)

    assert (found.date, found.date_end, found.realis) == (expected, None, "past")
    assert not found.conflict


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("cette nuit", day(9, 17), day(9, 18)),
        ("la nuit dernière", day(9, 17), day(9, 18)),
        ("last night", day(9, 17), day(9, 18)),
        ("overnight", day(9, 17), day(9, 18)),
        ("dans la nuit de samedi à dimanche", day(9, 16), day(9, 17)),
        ("dans la nuit du mercredi 13 au jeudi 14 septembre", day(9, 13), day(9, 14)),
        ("dans la nuit du 28 au 29 janvier", day(1, 28), day(1, 29)),
        ("la nuit du 31 décembre au 1er janvier", day(12, 31, 2022), day(1, 1)),
        ("la nuit du 16 au 17", day(9, 16), day(9, 17)),
        ("dans la nuit de jeudi", day(9, 14), day(9, 15)),
        ("overnight Saturday to Sunday", day(9, 16), day(9, 17)),
        ("overnight between Saturday and Sunday", day(9, 16), day(9, 17)),
        ("on the night of Saturday to Sunday", day(9, 16), day(9, 17)),
        ("du 25 au 27 juillet", day(7, 25), day(7, 27)),
        ("entre le jeudi 27 et le samedi 29 juillet 2023", day(7, 27), day(7, 29)),
        ("from July 25 to 27", day(7, 25), day(7, 27)),
        ("July 25-27", day(7, 25), day(7, 27)),
        ("25-27 July 2023", day(7, 25), day(7, 27)),
        ("de vendredi à dimanche", day(9, 15), day(9, 17)),
        ("vendredi et samedi", day(9, 15), day(9, 16)),
        ("samedi 30 juillet 2022 et dimanche 31 juillet 2022", day(7, 30, 2022), day(7, 31, 2022)),
        ("les 25 et 26 juillet", day(7, 25), day(7, 26)),
    ],
)
def test_nights_and_battles_have_two_days(text: str, start: date, end: date) -> None:
    """A night gives its evening and its morning, a battle its first and last day."""
    found = first(text)

    assert (found.date, found.date_end, found.precision) == (start, end, 1)


def test_two_days_that_do_not_touch_are_two_mentions() -> None:
    """« et » between distant days joins two happenings, not the stretch between them."""
    found = find_dates(Doc("le 2 septembre et le 12 septembre"), MONDAY, "day")

    assert [m.date for m in found] == [day(9, 2), day(9, 12)]


@pytest.mark.parametrize(
    ("text", "start", "end", "precision"),
    [
        ("la semaine dernière", day(9, 11), day(9, 17), 2),
        ("last week", day(9, 11), day(9, 17), 2),
        ("cette semaine", day(9, 18), None, 2),
        ("le week-end", day(9, 16), day(9, 17), 2),
        ("over the weekend", day(9, 16), day(9, 17), 2),
        ("en début de semaine dernière", day(9, 11), day(9, 13), 2),
        ("en fin de semaine", day(9, 15), day(9, 17), 2),
        ("ces derniers jours", day(9, 11), day(9, 18), 2),
        ("over the past two days", day(9, 16), day(9, 18), 2),
        ("ces dernières semaines", day(8, 21), day(9, 18), 3),
        ("fin août", day(8, 21), day(8, 31), 3),
        ("début septembre", day(9, 1), day(9, 10), 3),
        ("mid-September", day(9, 11), day(9, 20), 3),
        ("the end of August", day(8, 21), day(8, 31), 3),
        ("in August", day(8, 1), day(8, 31), 3),
        ("le mois dernier", day(8, 1), day(8, 31), 3),
        ("earlier this month", day(9, 1), day(9, 18), 3),
    ],
)
def test_weeks_and_months(text: str, start: date, end: date | None, precision: int) -> None:
    """Coarse expressions give an interval and never claim a day."""
    found = first(text)

    assert (found.date, found.date_end) == (start, end)
    assert (found.precision, found.realis) == (precision, "past")


@pytest.mark.parametrize(
    "text",
    [
        "depuis 2012", "since 2012", "en 2019", "in 2019", "depuis le 26 juillet",
        "Since July 26", "depuis janvier", "depuis mars 2012", "depuis le coup du 26 juillet",
        "depuis deux mois", "since several months", "depuis le début de l'année",
        "en avril dernier", "en avril", "in April 2022", "il y a deux mois", "two months ago",
        "il y a dix ans", "10 years ago", "l'an dernier", "l'année dernière", "last year",
        "au cours des six derniers mois", "in the past three years",
    ],
)  # fmt: skip
def test_what_lies_long_back_is_background(text: str) -> None:
    """« depuis », years, and months gone by recall; they date no news."""
    assert first(text).realis == "background"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("mardi prochain", day(9, 19)),
        ("next Friday", day(9, 22)),
        ("le 23 décembre prochain", day(12, 23)),
        ("demain", day(9, 19)),
        ("après-demain", day(9, 20)),
        ("tomorrow", day(9, 19)),
        ("Le sommet se tiendra samedi", day(9, 23)),
        ("Samedi, les ministres se réuniront", day(9, 23)),
        ("The leaders will meet on Saturday", day(9, 23)),
        ("Le sommet prévu le 14 octobre", day(10, 14)),
        ("ce samedi 23 septembre", day(9, 23)),
        ("le 20 septembre", day(9, 20)),
        ("jusqu'au 15 octobre", day(10, 15)),
        ("avant le 31 décembre", day(12, 31)),
        ("by December 31", day(12, 31)),
        ("le 6 juillet 2024", day(7, 6, 2024)),
        ("en octobre prochain", day(10, 1)),
        ("la semaine prochaine", day(9, 25)),
    ],
)
def test_what_lies_ahead_is_future(text: str, expected: date) -> None:
    """« prochain », a future verb, a deadline or a date after the publication announce."""
    found = first(text)

    assert (found.date, found.realis) == (expected, "future")


def test_a_past_verb_between_stops_the_future() -> None:
    """« se tiendra … a annoncé lundi »: Monday is when it was said."""
    found = first("Le sommet se tiendra à Niamey, a annoncé dimanche la présidence")

    assert (found.date, found.realis) == (day(9, 17), "past")


@pytest.mark.parametrize("text", ["next month", "l'an prochain", "le week-end prochain"])
def test_a_coarse_future_has_no_day(text: str) -> None:
    """What is ahead but not a day stays without a date."""
    found = first(text)

    assert (found.date, found.realis) == (None, "future")


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("ce dimanche 17 septembre 2023, vers 15h30", "15:30"),
        ("vers 5h, heure locale, dimanche", "05:00"),
        ("Le 22/07/2022, aux environs de 5 h 00 du matin", "05:00"),
        ("à 18H00 locales (et GMT) lundi", "18:00"),
        ("lundi à 10h", "10:00"),
        ("samedi vers 18 heures", "18:00"),
        ("dimanche entre 17h et 18h", "17:00"),
        ("on Monday at 5:30 am", "05:30"),
        ("at around 3 pm on Saturday", "15:00"),
        ("around 3.30pm on Saturday", "15:30"),
        ("at 12:15 am on Saturday", "00:15"),
        ("at 14:30 GMT on Saturday", "14:30"),
        ("samedi à midi", "12:00"),
        ("lundi vers minuit", "00:00"),
        ("samedi à l'aube", None),
        ("Tuesday evening", None),
        ("tard samedi soir", None),
        ("samedi, les combats ont duré 3 heures", None),
        ("samedi, après 3h de combats", None),
        ("à 3 heures de route de Gao samedi", None),
        ("samedi pendant 2 h", None),
        ("samedi vers 35h", None),
    ],
)
def test_only_hours_that_are_told(text: str, time: str | None) -> None:
    """An hour is taken only from words that name one; dawn and durations give none."""
    assert first(text).time == time


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Attaque le 12 septembre. La veille, un convoi", day(9, 11)),
        ("Attaque le 12 septembre. Le lendemain, des renforts", day(9, 13)),
        ("Attaque le 12 septembre. Le même jour, un autre camp", day(9, 12)),
        ("Attaque le 12 septembre. Deux jours plus tard, un convoi", day(9, 14)),
        ("Attaque le 12 septembre. Trois jours plus tôt, un convoi", day(9, 9)),
        ("It began on Tuesday. The following day, troops came", day(9, 13)),
        ("It began on September 12. Three days later they left", day(9, 15)),
        ("It began on September 12. The previous day was calm", day(9, 11)),
        ("La nuit du 11 au 12 septembre. Le lendemain, le calme", day(9, 13)),
    ],
)
def test_days_counted_from_another_day(text: str, expected: date) -> None:
    """« la veille » and its like count from the day told before them."""
    found = find_dates(Doc(text), MONDAY, "time")

    assert found[-1].date == expected


@pytest.mark.parametrize("text", ["la veille", "le même jour", "three days later"])
def test_days_counted_from_nothing_stay_open(text: str) -> None:
    """Without a day in the text before, the expression resolves to nothing."""
    found = first(text)

    assert (found.date, found.precision) == (None, 2)


@pytest.mark.parametrize(
    "text",
    [
        "mercredi 12 septembre 2023",
        "Wednesday, September 12, 2023",
        "lundi 12 septembre",
        "dans la nuit du mercredi 12 au jeudi 13 septembre 2023",
    ],
)
def test_a_weekday_that_disagrees_is_a_conflict(text: str) -> None:
    """12 September 2023 was a Tuesday; the numbers are kept and the conflict told."""
    found = first(text)

    assert (found.date, found.conflict) == (day(9, 12), True)


def test_a_weekday_picks_the_year_of_an_old_date() -> None:
    """25 April was a Monday in 2022: far from the publication the weekday decides the year."""
    assert first("lundi 25 avril").date == day(4, 25, 2022)


@pytest.mark.parametrize(
    "text",
    [
        "CAN 2025", "Flintlock 2026", "l'accord de 2015", "résolution 2100", "24/7", "9/11",
        "2/3 des soldats", "la planète Mars", "militants may attack again", "at least 12 may die",
        "April est arrivée", "Nigeria Today", "Tchad Demain", "la veille de la fête",
        "au lendemain du putsch", "tous les vendredis", "every Friday", "Black Friday",
        "le 31 février", "32 septembre", "un mort et deux blessés", "",
    ],
)  # fmt: skip
def test_what_names_no_time(text: str) -> None:
    """Names with years, scores, newspapers, feasts and impossible days date nothing."""
    assert find_dates(Doc(text), MONDAY, "time") == []


@pytest.mark.parametrize(
    ("text", "published", "precision", "expected"),
    [
        ("jeudi", datetime(2020, 1, 12, tzinfo=UTC), "day", day(1, 9, 2020)),
        ("jeudi", datetime(2020, 1, 1, tzinfo=UTC), "month", None),
        ("hier", datetime(2020, 1, 1, tzinfo=UTC), "month", None),
        ("la semaine dernière", datetime(2020, 1, 1, tzinfo=UTC), "month", None),
        ("jeudi", None, "time", None),
        ("le 25 avril", None, "time", None),
        ("le 28 septembre", datetime(2023, 9, 1, tzinfo=UTC), "month", day(9, 28)),
        ("le 25 avril", datetime(2023, 9, 1, tzinfo=UTC), "month", day(4, 25)),
        ("le 3 décembre", datetime(2023, 9, 1, tzinfo=UTC), "month", day(12, 3, 2022)),
        ("mardi 12", datetime(2023, 9, 1, tzinfo=UTC), "month", day(9, 12)),
        ("le 25 avril", datetime(2023, 1, 1, tzinfo=UTC), "year", day(4, 25)),
        ("le 3 décembre", datetime(2023, 1, 1, tzinfo=UTC), "year", day(12, 3)),
        ("le 12 septembre 2021", None, "time", day(9, 12, 2021)),
    ],
)
def test_the_publication_limits_what_is_resolved(
    text: str, published: datetime | None, precision: str, expected: date | None
) -> None:
    """A weekday needs a day of publication; a day and month need its year (facts rule 7)."""
    assert first(text, published, precision).date == expected


def test_a_full_date_gives_the_others_their_year() -> None:
    """Without a publication date, a date with its year in the text anchors the rest."""
    text = "Les combats du 25 au 27 juillet, a-t-on appris le 1er août 2024"
    found = first(text, None)

    assert (found.date, found.date_end) == (day(7, 25, 2024), day(7, 27, 2024))


def test_recent_since_still_tells_the_news() -> None:
    """« depuis dimanche » on a Monday is the fighting itself; « depuis le 26 juillet » is not."""
    assert first("Les combats font rage depuis dimanche").realis == "past"


def test_several_dates_in_order() -> None:
    """Every mention is given once, in the order of the text, with its words."""
    text = "Attaqué samedi, le camp l'avait été en avril dernier, a dit lundi l'armée."
    doc = Doc(text)
    found = find_dates(doc, MONDAY, "time")

    assert [doc.raw(m.span) for m in found] == ["samedi", "en avril dernier", "lundi"]
    assert [m.realis for m in found] == ["past", "background", "past"]


def test_a_sentence_end_parts_two_dates() -> None:
    """« lundi. Mardi 12 … »: nothing is read across a full stop."""
    found = find_dates(Doc("Il est parti lundi. 12 septembre : rien."), MONDAY, "time")

    assert [m.date for m in found] == [day(9, 18), day(9, 12)]


@pytest.mark.parametrize(
    ("country", "expected"),
    [
        ("ML", day(9, 17)),
        ("NE", day(9, 18)),
        ("TD", day(9, 18)),
        ("FR", day(9, 17)),
        (None, day(9, 17)),
    ],
)
def test_the_day_of_a_country(country: str | None, expected: date) -> None:
    """Half past eleven at night UTC is tomorrow in Niger and Chad, still today in Mali."""
    assert local_day(datetime(2023, 9, 17, 23, 30, tzinfo=UTC), country) == expected


_VOCABULARY = [
    *sorted(load()[0]),
    "12", "31", "2023", "15h30", "1er", "7th", "vers", "à", "h", "/", "-", ".", ",", "(", "\n",
]  # fmt: skip
_TEXTS = st.text(max_size=80) | st.lists(st.sampled_from(_VOCABULARY), max_size=14).map(" ".join)


@settings(deadline=None)
@given(
    _TEXTS,
    st.none() | st.datetimes(timezones=st.just(UTC)),
    st.sampled_from(["time", "day", "month", "year"]),
)
def test_no_text_breaks_it(text: str, published: datetime | None, precision: str) -> None:
    """Any words in any order are read without an error; spans stand in the text, in order."""
    doc = Doc(text)
    found = find_dates(doc, published, precision)
    assert all(0 <= m.span.first < m.span.last <= len(doc) for m in found)
    assert all(m.date_end is None or (m.date and m.date < m.date_end) for m in found)


@settings(deadline=None)
@given(st.text(alphabet="".join(sorted({*LETTERS.values(), *"DYn", OTHER})), max_size=14))
def test_the_grammar_matches_only_where_it_is_tried(letters: str) -> None:
    """No time expression stands outside the runs that `find_dates` leaps to."""
    everywhere = [match.span() for match in dates._PATTERN.finditer(letters)]
    assert [match.span() for match in dates._matches(letters)] == everywhere
