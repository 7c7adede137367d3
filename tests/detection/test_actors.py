"""Who did it: named groups, ambiguous short forms, and nobody made up."""

from __future__ import annotations

import pytest
from detecting import only


def doers(text: str) -> set[tuple[str, str]]:
    report = only(text)
    return {(a.id, a.certainty) for a in report.actors if a.role == "perpetrator"}


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Mali : le Jnim attaque un camp militaire à Dioura, six soldats tués", ("jnim", "named")),
        ("Mali : le JNIM revendique l'attaque du camp militaire de Dioura", ("jnim", "claimed")),
        (
            "Niger : l'État islamique au Sahel tue douze soldats à Banibangou",
            ("is_sahel", "named"),
        ),
        ("Mali : le FLA attaque un convoi de l'armée près de Kidal", ("fla", "named")),
        ("Boko Haram kills four farmers in Borno, Nigeria", ("jas", "named")),
        ("Bandits kidnap fifteen travellers in Zamfara, Nigeria", ("bandits", "named")),
        (
            "Burkina : des hommes armés tuent dix villageois près de Djibo",
            ("unknown", "generic"),
        ),
        (
            "Suspected jihadists kill ten villagers in northern Burkina Faso",
            ("unknown", "suspected"),
        ),
        ("Mali : onze soldats tués dans une embuscade à Hombori", ("unknown", "generic")),
    ],
)
def test_the_doer_is_the_one_the_text_names(text: str, wanted: tuple[str, str]) -> None:
    """A generic word never becomes a named group, and a named group is never lost."""
    assert doers(text) == {wanted}


def test_a_short_form_needs_its_context() -> None:
    """CSP is a movement only where Mali's north is spoken of."""
    text = "Burkina : des hommes armés attaquent un poste, dit le CSP de l'entreprise"
    assert ("csp", "named") not in doers(text)


def test_the_army_hit_is_the_target() -> None:
    """Those attacked are told apart from those who attack."""
    report = only("Mali : le Jnim attaque l'armée malienne à Dioura, six morts")
    assert {(a.id, a.role) for a in report.actors} == {("jnim", "perpetrator"), ("fama", "target")}


def test_a_state_operation_is_told_as_one() -> None:
    """Armies that strike are the doers, and the report is flagged for those who leave it out."""
    report = only("L'armée malienne annonce avoir neutralisé vingt jihadistes à Tessit")
    assert "state_operation" in report.flags
    assert ("fama", "perpetrator") in {(a.id, a.role) for a in report.actors}
