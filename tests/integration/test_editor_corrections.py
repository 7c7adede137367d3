"""Sources correct, deny and move on: what was told is set right, and nothing else."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from editor_desk import (
    ALERTED,
    DAY,
    LEAD,
    MINUTE,
    SHOWN,
    TITLE,
    Desk,
    item,
    open_desk,
    sounds,
)

from bot.events.facts import EventFacts


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with open_desk(tmp_path) as opened:
        yield opened


async def test_a_denial_is_told(desk: Desk) -> None:
    """The army's denial of the outcome makes the event disputed, in a new message."""
    await desk.read("Écho du Soum", item())
    await desk.send()
    denial = (
        "L'armée dément avoir perdu douze hommes dans l'embuscade de mardi 10 mars 2026 près de "
        "Djibo, au Burkina Faso, où un convoi militaire a été attaqué."
    )
    await desk.read(
        "Radio Nord",
        item(
            "Djibo : l'armée dément le bilan de l'embuscade", denial, url="https://nord.example/3"
        ),
    )
    (event,) = await desk.events()
    assert EventFacts.load(event.facts).verification == "disputed"
    assert sounds(await desk.send()) == SHOWN
    desk.now += 30 * MINUTE
    assert sounds(await desk.send()) == [("console:0", "update", "push")]


async def test_a_corrected_entry_revises_its_own_event(desk: Desk) -> None:
    """The source corrects town and toll of its article: the same event, an update, no cancel."""
    await desk.read("Écho du Soum", item())
    await desk.send()
    fixed = LEAD.replace("douze", "dix-huit").replace(
        "Djibo, dans le nord", "Arbinda, dans le nord"
    )
    await desk.read("Écho du Soum", item(TITLE.replace("Djibo", "Arbinda"), fixed))
    (event,) = await desk.events()
    facts = EventFacts.load(event.facts)
    assert (facts.place and facts.place.name, facts.killed[0].min) == ("Aribinda", 18)
    assert (event.ref, event.revision) == ("BF-2026-0310-a", 2)
    assert sounds(await desk.send()) == SHOWN
    desk.now += 30 * MINUTE
    assert sounds(await desk.send()) == [("console:0", "update", "push")]


async def test_a_correction_to_another_known_event_cancels_the_wrong_one(desk: Desk) -> None:
    """The town was wrong and the right one is already told: the false event is cancelled."""
    await desk.read("La Dépêche", item(TITLE.replace("Djibo", "Aribinda"),
                                       LEAD.replace("Djibo", "Aribinda"),
                                       url="https://depeche.example/7"))  # fmt: skip
    await desk.read("Écho du Soum", item())
    assert sounds(await desk.send()) == ALERTED * 2
    await desk.read(
        "Écho du Soum", item(TITLE.replace("Djibo", "Aribinda"), LEAD.replace("Djibo", "Aribinda"))
    )
    right, wrong = [EventFacts.load(e.facts) for e in await desk.events()]
    assert (right.origins, wrong.verification) == (1, "retracted")
    assert sounds(await desk.send()) == [("console:0", "cancel", "push")]


async def test_a_shortened_article_takes_nothing_back(desk: Desk) -> None:
    """Of two attacks told, the corrected article still tells one: the other stands."""
    one = "Lundi 9 mars 2026, des hommes armés ont attaqué le camp militaire de Bourem, au Mali."
    two = " Mardi 10 mars 2026, une embuscade a fait quatre morts parmi les soldats à Ménaka."
    await desk.read("Écho du Soum", item("Mali : attaques", one + two))
    assert len(await desk.send()) == 2
    await desk.read("Écho du Soum", item("Mali : attaques", one))
    assert [EventFacts.load(e.facts).verification for e in await desk.events()] == [
        "unverified"
    ] * 2
    assert await desk.send() == []


async def test_a_page_that_moves_on_does_not_take_its_news_back(desk: Desk) -> None:
    """The same guid with other news (a live page) leaves the event as it was told."""
    await desk.read("Écho du Soum", item())
    await desk.send()
    await desk.read(
        "Écho du Soum", item("Foire agricole de Kaya : les exposants arrivent", "Météo.")
    )
    (event,) = await desk.events()
    assert (event.revision, event.state) == (1, "open")
    assert await desk.send() == []


NOTHING_HAPPENED = (
    "L'armée affirme qu'aucune attaque ne s'est produite à Djibo (Burkina Faso) mardi 10 mars."
)


async def test_a_source_that_takes_its_news_back_cancels_it(desk: Desk) -> None:
    """The only article now says that it did not happen: those who were told hear it as loudly."""
    await desk.subscribe("console:6", "kind:attack djibo")
    await desk.read("Écho du Soum", item())
    assert len(await desk.send()) == 2
    await desk.subscribe("console:7", "kind:attack")
    await desk.read("Écho du Soum", item("Djibo : rectificatif", NOTHING_HAPPENED))
    (event,) = await desk.events()
    assert EventFacts.load(event.facts).verification == "retracted"
    assert sounds(await desk.send()) == [
        ("console:0", "cancel", "push"),
        ("console:6", "cancel", "push"),
    ]


async def test_somebody_elses_denial_disputes_it(desk: Desk) -> None:
    """A report that it did not happen opens no event and joins the one it denies."""
    await desk.read("Radio Nord", item("Djibo : un démenti", NOTHING_HAPPENED, guid="0"))
    assert await desk.events() == []
    await desk.read("Écho du Soum", item())
    await desk.send()
    await desk.read("La Dépêche", item("Djibo : un démenti", NOTHING_HAPPENED + " Rien du tout."))
    (event,) = await desk.events()
    facts = EventFacts.load(event.facts)
    assert (facts.verification, facts.denied_by) == ("disputed", ("army",))
    assert sounds(await desk.send()) == SHOWN
    desk.now += 30 * MINUTE
    assert sounds(await desk.send()) == [("console:0", "update", "push")]


async def test_a_cancel_reaches_those_who_were_told_and_no_other(desk: Desk) -> None:
    """Who still waited for the alert hears nothing."""
    await desk.read("Écho du Soum", item())
    assert sounds(await desk.send()) == ALERTED
    await desk.subscribe("console:8", "kind:attack origins>=2")
    told = "Douze militaires sont morts mardi 10 mars dans une embuscade aux environs de Djibo."
    await desk.read("La Dépêche", item("Djibo en deuil", told, url="https://depeche.example/5"))
    nothing = item("Djibo : rectificatif", NOTHING_HAPPENED)
    await desk.read("Écho du Soum", nothing)
    await desk.read("La Dépêche", replace(nothing, url="https://depeche.example/5"))
    (event,) = await desk.events()
    assert event.state == "cancelled"
    assert sounds(await desk.send()) == [("console:0", "cancel", "push")]


async def test_who_left_sees_a_false_message_set_right(desk: Desk) -> None:
    """They were told; without a sound, for they asked for no more."""
    await desk.read("Écho du Soum", item())
    await desk.send()
    await desk.unsubscribe("console:0")
    await desk.read("Écho du Soum", item("Djibo : rectificatif", NOTHING_HAPPENED))
    assert sounds(await desk.send()) == [("console:0", "cancel", "edit")]


async def test_only_another_voice_opens_a_cancelled_event_again(desk: Desk) -> None:
    """The outlet whose news was false cannot make it true by saying it again."""
    await desk.read("Écho du Soum", item())
    await desk.send()
    await desk.read("Écho du Soum", item("Djibo : rectificatif", NOTHING_HAPPENED))
    assert sounds(await desk.send()) == [("console:0", "cancel", "push")]
    await desk.read("Écho du Soum", item(guid="2", url="https://echo.example/again"))
    assert [e.state for e in await desk.events()] == ["cancelled"]
    assert await desk.send() == []
    told = "Douze militaires sont morts mardi 10 mars dans une embuscade aux environs de Djibo."
    await desk.read("La Dépêche", item("Djibo en deuil", told, url="https://depeche.example/5"))
    (event,) = await desk.events()
    assert (event.state, EventFacts.load(event.facts).verification) == ("open", "disputed")
    desk.now += 30 * MINUTE
    assert sounds(await desk.send()) == [("console:0", "update", "push")]


async def test_an_event_that_nobody_tells_any_more_is_closed(desk: Desk) -> None:
    """After two weeks nothing can join it; its anniversary is no news of it."""
    await desk.read("Écho du Soum", item())
    await desk.send()
    desk.now += 15 * DAY
    await desk.edit()
    assert [e.state for e in await desk.events()] == ["closed"]
    await desk.read(
        "La Dépêche",
        item("Djibo : un an après", "Il y a un an, douze soldats étaient tués dans une embuscade "
             "près de Djibo.", url="https://depeche.example/9", published=desk.now),
    )  # fmt: skip
    assert [e.state for e in await desk.events()] == ["closed"]
    assert await desk.send() == []
