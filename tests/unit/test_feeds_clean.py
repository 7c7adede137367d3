"""An item's words without what its website hung on them."""

from __future__ import annotations

import pytest

from bot.feeds import clean


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ("<p>Le calme revient. […]</p>", "Le calme revient."),
        ("Le calme revient [...]", "Le calme revient…"),
        (
            "<p>Le calme revient […]</p>\n<p>L’article <a href='x'>Léré : le calme</a> est apparu "
            "en premier sur <a href='y'>Le Journal</a>.</p>",
            "Le calme revient…",
        ),
        (
            "<p>Calm is back.</p><p>The post <a href='x'>Léré: calm</a> appeared first on "
            "<a href='y'>The Paper</a>.</p>",
            "Calm is back.",
        ),
        ("Le calme. Cet article Léré est apparu en premier sur Le Journal", "Le calme."),
        ("Le calme revient. Lire la suite →", "Le calme revient."),
        ("Le calme.\nMali Actu - maliactu.net Informations sur le Mali", "Le calme."),
        (
            "<p>Le calme revient.</p>\n\n-\n<a href='/r' rel=\"directory\">Société</a>\n\n/ \n"
            "<a href='/t' rel='tag'>Gao</a>",
            "Le calme revient.",
        ),
        ("Un <a rel='tag' href='x'>Mali</a> en paix", "Un Mali en paix"),
        ("La presse dit que l'article est long.", "La presse dit que l'article est long."),
        ("L&amp;#8217;arm&amp;eacute;e\x92s", "L’armée’s"),
    ],
)
def test_tails_go_and_text_stays(markup: str, expected: str) -> None:
    """What every item of a site ends with says nothing, and would make unlike items alike."""
    assert clean.summary(markup) == expected


def test_a_summary_is_short_and_ends_between_words() -> None:
    """Title and a short quotation are ours to keep; the article is not."""
    text = clean.summary("kilomètre " * 500)

    assert len(text) <= clean.SUMMARY_CHARS + 1
    assert text.endswith("kilomètre…")


def test_text_without_spaces_is_cut_all_the_same() -> None:
    """No text is longer than its limit for want of a place to cut."""
    assert clean.shorten("x" * 50, 10) == "x" * 9 + "…"


@pytest.mark.parametrize(
    ("markup", "publisher", "expected"),
    [
        ("Léré - Le Quotidien", "Le Quotidien", "Léré"),
        ("Léré - Sahel | Le Quotidien", "Le Quotidien", "Léré"),
        ("Léré - le calme - Le Quotidien", "Le Quotidien", "Léré - le calme"),
        ("Léré - Le Quotidien", None, "Léré - Le Quotidien"),
        ("Léré - le calme", "Le Quotidien", "Léré - le calme"),
        (" - Le Quotidien", "Le Quotidien", "- Le Quotidien"),
        ("<b>Gao</b>\n  et Kidal", None, "Gao et Kidal"),
    ],
)
def test_a_title_is_one_line_without_its_publisher(
    markup: str, publisher: str | None, expected: str
) -> None:
    """Only a publisher that is named as such is cut off."""
    assert clean.title(markup, publisher) == expected
