"""Numbers in digits and in letters, French and English."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.detect.numbers import Number, number_at
from bot.detect.text import Doc

FRENCH = {
    "zéro": 0, "un": 1, "une": 1, "deux": 2, "trois": 3, "quatre": 4, "cinq": 5, "six": 6,
    "sept": 7, "huit": 8, "neuf": 9, "dix": 10, "onze": 11, "douze": 12, "treize": 13,
    "quatorze": 14, "quinze": 15, "seize": 16, "dix-sept": 17, "dix-huit": 18, "dix-neuf": 19,
    "vingt": 20, "vingt et un": 21, "vingt-et-une": 21, "vingt-deux": 22, "trente": 30,
    "trente et un": 31, "quarante-sept": 47, "cinquante": 50, "cinquante-et-un": 51,
    "soixante": 60, "soixante et un": 61, "soixante-dix": 70, "soixante et onze": 71,
    "soixante-dix-neuf": 79, "septante": 70, "septante-deux": 72, "huitante": 80, "octante": 80,
    "quatre-vingts": 80, "quatre-vingt-un": 81, "quatre-vingt-neuf": 89, "quatre-vingt-dix": 90,
    "quatre-vingt-onze": 91, "quatre-vingt-dix-sept": 97, "nonante": 90, "nonante-trois": 93,
    "cent": 100, "cent un": 101, "cent trente-deux": 132, "deux cents": 200,
    "trois cent quatre-vingt-dix-huit": 398, "mille": 1000, "mille deux cents": 1200,
    "deux mille trois": 2003, "cinq mille": 5000, "trois cent mille": 300_000,
    "deux millions": 2_000_000,
}  # fmt: skip

ENGLISH = {
    "zero": 0, "one": 1, "two": 2, "three": 3, "eleven": 11, "thirteen": 13, "nineteen": 19,
    "twenty": 20, "twenty-one": 21, "thirty five": 35, "ninety-three": 93, "one hundred": 100,
    "one hundred and one": 101, "two hundred and six": 206, "two hundred fifty": 250,
    "twelve hundred": 1200, "one thousand": 1000, "one thousand two hundred": 1200,
    "thirty thousand": 30_000, "two million": 2_000_000,
}  # fmt: skip

DIGITS = {
    "12": 12, "132": 132, "5000": 5000, "5 000": 5000, "5.000": 5000, "5,000": 5000,
    "5'000": 5000, "5’000": 5000, "5\u00a0000": 5000, "5\u202f000": 5000, "2 200": 2200,
    "1,234,567": 1_234_567, "300 000": 300_000, "5 mille": 5000, "2 millions": 2_000_000,
}  # fmt: skip


@pytest.mark.parametrize(("text", "value"), [*FRENCH.items(), *ENGLISH.items(), *DIGITS.items()])
def test_a_number_is_read_whole(text: str, value: int) -> None:
    """Digits with any thousands mark and composed number words are one exact number."""
    doc = Doc(text)

    assert number_at(doc, 0) == Number(value, len(doc), "exact")


@pytest.mark.parametrize(
    ("text", "value", "words"),
    [
        ("douze soldats", 12, 1),
        ("trois et neuf", 3, 1),
        ("vingt et trente", 20, 1),
        ("deux, cents", 2, 1),
        ("six dix", 6, 1),
        ("12 13", 12, 1),
        ("2023 300", 2023, 1),
        ("1 1234", 1, 1),
        ("quatre morts", 4, 1),
        ("cent et trois", 100, 1),
        ("two and six", 2, 1),
    ],
)
def test_a_number_ends_where_the_next_begins(text: str, value: int, words: int) -> None:
    """« trois et neuf » are two numbers; a comma or an odd group of digits ends one."""
    assert number_at(Doc(text), 0) == Number(value, words, "exact")


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("une dizaine", Number(10, 2, "about")),
        ("dizaine", Number(10, 1, "about")),
        ("une demi-douzaine", Number(6, 3, "about")),
        ("une quinzaine", Number(15, 2, "about")),
        ("une centaine", Number(100, 2, "about")),
        ("un millier", Number(1000, 2, "about")),
        ("a dozen", Number(12, 2, "about")),
        ("half a dozen", Number(6, 3, "about")),
        ("a hundred", Number(100, 2, "about")),
        ("two dozen", Number(24, 2, "about")),
        ("trois dizaines", Number(30, 2, "about")),
        ("dizaines", Number(20, 1, "many")),
        ("dozens", Number(20, 1, "many")),
        ("scores", Number(20, 1, "many")),
        ("centaines", Number(200, 1, "many")),
        ("hundreds", Number(200, 1, "many")),
        ("milliers", Number(2000, 1, "many")),
        ("plusieurs", Number(2, 1, "few")),
        ("quelques", Number(2, 1, "few")),
        ("several", Number(2, 1, "few")),
        ("a few", Number(2, 2, "few")),
        ("plusieurs dizaines", Number(20, 2, "many")),
    ],
)
def test_round_numbers_say_how_firm_they_are(text: str, number: Number) -> None:
    """A dozen is about twelve, dozens are a floor, several are two at least (DOMAIN 4.5)."""
    assert number_at(Doc(text), 0) == number


@pytest.mark.parametrize("text", ["2,5", "0.5", "12.25"])
def test_a_decimal_counts_nobody(text: str) -> None:
    """A dot or comma before any number of digits but three makes a measure."""
    found = number_at(Doc(text), 0)

    assert found is not None
    assert found.firmness == "decimal"


@pytest.mark.parametrize(
    ("text", "at"), [("soldats", 0), ("a soldier", 0), ("10 per cent", 2), ("50 pour cent", 2)]
)
def test_other_words_are_no_numbers(text: str, at: int) -> None:
    """The English article alone, and the « cent » of a percentage, are not numbers."""
    assert number_at(Doc(text), at) is None


@settings(deadline=None)
@given(st.integers(min_value=0, max_value=999_999_999))
def test_digits_mean_what_they_say(value: int) -> None:
    """Any run of up to nine digits has its own value."""
    assert number_at(Doc(str(value)), 0) == Number(value, 1, "exact")


@settings(deadline=None)
@given(
    st.text(max_size=60)
    | st.lists(st.sampled_from([*FRENCH, *ENGLISH, "et", "and", ","])).map(" ".join)
)
def test_no_text_breaks_it(text: str) -> None:
    """Every word of every text is read without an error, and a number ends within the text."""
    doc = Doc(text)
    for at in range(len(doc)):
        found = number_at(doc, at)
        assert found is None or at < found.last <= len(doc)
