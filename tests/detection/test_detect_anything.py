"""Whatever a feed serves, detection answers and answers the same."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest
from detecting import detector
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.detect import confidence
from bot.detect.report import Detection, Item

SENTENCE = (
    "Mali Niger Burkina attaque tués 12 soldats camp militaire de à Djibo le jihadistes 2012 "
    "depuis a annoncé l'armée AES CEDEAO sanctions lève signe accord de défense lundi hier « » "
    "EIGS Jnim accord trêve tombe prise mine exercice procès un an après avait repoussé Gao : "
    "dont embuscade Nigeria kidnapped gunmen killed dozens <b> &amp; هجوم مالي \ud800 \x00 ! ? ,"
)
WORDS = st.sampled_from(SENTENCE.split())
TEXT = st.text(max_size=300) | st.lists(WORDS, max_size=60).map(" ".join)
#: CPU seconds: far above what is measured (benchmarks), far below what a hostile text could cost
NO_STOP = 2.0
DAYS = st.none() | st.datetimes(timezones=st.just(UTC))


@settings(max_examples=300, deadline=None)
@given(title=TEXT, summary=TEXT, published=DAYS)
def test_no_text_breaks_it(title: str, summary: str, published: datetime | None) -> None:
    """Never raises, confidence stays a probability, and the same item reads the same twice."""
    item = Item(title, summary, published)
    found = detector().detect(item)
    assert isinstance(found, Detection)
    assert all(0 <= report.confidence <= 1 for report in found.reports)
    assert detector().detect(item) == found


@pytest.mark.parametrize(
    "text",
    [
        "\ud800\udfff attaque à Djibo",
        "\x00\x01\x02 Mali \x7f",
        "<p>Mali&nbsp;: <b>six soldats</b> tués</p><script>attaque()</script>",
        "هجوم مسلح على معسكر للجيش في مالي",
        "Атака в Мали 袭击 马里 attaque",
        "tués " * 4000,
        "(" * 5000,
        "attaque " * 120_000,
        "Nigeria accord EIGS",
        "prise de Gao",
        "EIGS : trêve, un an après",
        "tués attaque Mali Djibo camp militaire hier, " * 2_000,
        "Mali accord sanctions CEDEAO lève signe AES troupes françaises, " * 2_000,
    ],
)
def test_ugly_texts(text: str) -> None:
    """Broken characters, markup, other scripts and a megabyte do not stop the service."""
    detect = detector().detect
    began = time.process_time()
    detect(Item(text, text))
    assert time.process_time() - began < NO_STOP


@pytest.mark.parametrize(
    "run",
    [
        "AES ",
        "nuit rappelle ",
        "soldats tués ",
        "12 soldats tués. ",
        "12 soldats tués à Gao le 3 mars 2024, ",
        "CEDEAO samedi du embuscade à . ",
        "samedi attaqué ١٢ tués ",
        "hier attaqué Djibo جنود . ",
        "soldats sommet ? attaqué troops troops 10,5 ",
        "killed -football ",
        '( attaque " lundi مسلح » mars lundi * ',
        "severity>= troops -football مالي . ",
        "mars \u202e . ",
    ],
)
def test_one_run_of_words_over_and_over(run: str) -> None:
    """What fuzzing found slow: as long as is read at all, and still no stop of the service."""
    item = Item("x", (run * 20_000)[:20_000])
    detector().detect(item)
    began = time.process_time()
    detector().detect(item)
    assert time.process_time() - began < NO_STOP


@pytest.mark.parametrize("kind", ["attack", "alliance"])
def test_confidence_follows_the_score(kind: str) -> None:
    """More points never make it less sure, and the inverse gives the points back."""
    sure = [confidence.of_score(points / 4, kind) for points in range(12, 40)]
    assert sure == sorted(sure)
    assert sure[0] > confidence.quiet()
    assert confidence.points_of(kind, sure[0]) == pytest.approx(3.0, abs=0.01)


def test_markup_does_not_hide_an_attack() -> None:
    """Tags and entities are gone before reading."""
    item = Item("<b>Mali&nbsp;:</b> six soldats <i>tués</i> dans une embuscade &agrave; Hombori")
    assert detector().detect(item).labels == ["attack"]
