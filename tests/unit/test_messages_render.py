"""A message as Telegram's HTML and as plain lines."""

from __future__ import annotations

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.messages.message import Button, Line, Message, Span
from bot.messages.render import TELEGRAM_LIMIT, domain, to_html, to_plain, units


def message(*lines: Line) -> Message:
    return Message(tuple(lines))


def shown(part: str) -> str:
    """What is left of a part after Telegram has parsed its entities."""
    return html.unescape(re.sub(r"<[^>]+>", "", part))


def test_every_field_is_escaped() -> None:
    """`<`, `&` and quotes of a source's name or address never become markup."""
    line = (Span("A & B <i>x</i>", "bold"), Span("<O'Neill>", href='https://x.example/?a=1&b="2"'))
    assert to_html(message(line)) == [
        "<b>A &amp; B &lt;i&gt;x&lt;/i&gt;</b>"
        '<a href="https://x.example/?a=1&amp;b=&quot;2&quot;">&lt;O\'Neill&gt;</a>'
    ]


def test_styles_and_empty_lines() -> None:
    """Bold, italic and code have their tags; an empty line stays a line."""
    lines = ((Span("a", "bold"),), (), (Span("b", "italic"), Span(" "), Span("c", "code")))
    assert to_html(message(*lines)) == ["<b>a</b>\n\n<i>b</i> <code>c</code>"]


def test_a_long_message_is_split_between_lines() -> None:
    """Parts hold whole lines and each fits; nothing is lost and nothing is said twice."""
    lines = tuple((Span(f"{number} " + "é" * 90),) for number in range(100))
    parts = to_html(message(*lines))
    assert [len(part) <= TELEGRAM_LIMIT for part in parts] == [True] * 3
    assert "\n".join(parts) == to_plain(message(*lines))


def test_emoji_count_twice() -> None:
    """Telegram counts UTF-16 units: 2048 coloured dots fill a message, one more does not fit."""
    assert units("🔴a") == 3
    full = to_html(message((Span("🔴" * 2048),)))
    over = to_html(message((Span("🔴" * 2049),)))
    assert [units(part) for part in full] == [4096]
    assert [units(part) for part in over] == [4096, 2]


def test_escaping_does_not_count() -> None:
    """The limit is on what is shown: 4096 ampersands are one part of 20,480 characters."""
    parts = to_html(message((Span("&" * TELEGRAM_LIMIT),)))
    assert [len(part) for part in parts] == [TELEGRAM_LIMIT * 5]


def test_a_line_too_long_is_cut_at_a_space_inside_its_span() -> None:
    """Each part keeps its own whole tags."""
    line = (Span("mot " * 1500, "bold"), Span("fin", href="https://x.example/"))
    parts = to_html(message(line))
    assert [part.count("<b>") == part.count("</b>") for part in parts] == [True, True]
    assert parts[0].endswith("mot </b>")
    assert "".join(map(shown, parts)) == "mot " * 1500 + "fin"


@given(
    st.lists(
        st.lists(
            st.builds(
                Span,
                st.text(alphabet="aé🔴&<> \u2009", max_size=60),
                st.sampled_from(["plain", "bold", "italic", "code"]),
            ),
            max_size=4,
        ).map(tuple),
        min_size=1,
        max_size=8,
    ),
    st.integers(min_value=10, max_value=80),
)
def test_any_message_is_split_into_parts_that_fit(lines: list[Line], limit: int) -> None:
    """Whatever the lines, every part fits and the parts together say the message."""
    parts = to_html(message(*lines), limit=limit)
    assert [units(shown(part)) <= limit for part in parts] == [True] * len(parts)
    said = "".join(shown(part) for part in parts).replace("\n", "")
    assert said == "".join(span.text for line in lines for span in line)


def test_nothing_harmful_of_a_feed_gets_through() -> None:
    """Terminal escapes, direction overrides and lone surrogates are gone in both forms."""
    line = (Span("a\x1b[31mb\u202ec\x00\ud83dd"),)
    assert to_plain(message(line)) == "a[31mbc?d"
    assert to_html(message(line)) == ["a[31mbc?d"]


def test_plain_lines_show_domains_and_commands() -> None:
    """Where nothing can be pressed, a link shows where it leads and a button what to type."""
    link = (Span("Source", href="https://www.radio.example/long/address?x=1"),)
    plain = Message((link,), ((Button("Annuler", "/unsubscribe id:1"),),))
    assert to_plain(plain) == "Source (radio.example)\n→ Annuler : /unsubscribe id:1"


@pytest.mark.parametrize(
    ("url", "shown_as"),
    [
        ("https://www.rfi.example/fr/x", "rfi.example"),
        ("http://radio.example:8080/", "radio.example"),
        ("https://[broken", ""),
        ("nonsense", ""),
    ],
)
def test_the_domain_of_an_address(url: str, shown_as: str) -> None:
    """Host without www and port; nothing for what is no address."""
    assert domain(url) == shown_as
