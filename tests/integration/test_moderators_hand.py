"""Merge, split, retract, correct and undo: what chats see, and that it survives later reports."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from editor_desk import LEAD, MINUTE, START, TITLE, Desk, detector, item, open_desk, sounds

from bot.commands.dispatch import Commands, Services
from bot.commands.registry import Caller
from bot.events.facts import EventFacts
from bot.feeds.fetch import Fetcher
from bot.feeds.inspect import Inspector
from bot.feeds.parsing import Parsers
from bot.messages.compose import alert
from bot.messages.i18n import Catalogue
from bot.messages.render import to_plain
from storage import reports
from storage.model import Delivery, Event

CATALOGUE = Catalogue.load(strict=True)
MODERATOR = "telegram:900"
DORI = item(
    "Burkina Faso : attaque contre un convoi près de Dori",
    "Des hommes armés ont attaqué mardi 10 mars 2026 un convoi militaire près de Dori, dans le "
    "nord du Burkina Faso. Cinq soldats ont été tués, selon une source locale.",
    guid="dori",
    url="https://depeche.example/dori",
)

SERIES = item(
    "Mali : attaques coordonnées, au moins neuf soldats tués",
    "Une attaque contre le camp de Kati a fait six morts mardi 10 mars 2026. Une autre "
    "attaque, contre le camp de Sévaré, a fait trois morts le même jour.",
    guid="series",
    url="https://echo.example/series",
)
GAO = item(
    "Mali : attaque coordonnée contre le camp de Gao",
    "Une attaque coordonnée avec d'autres a visé mardi 10 mars 2026 à l'aube le camp de Gao. "
    "Deux soldats ont été tués.",
    guid="gao",
    url="https://depeche.example/gao",
)


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with open_desk(tmp_path) as made:
        yield made


async def ask(desk: Desk, line: str, *, who: str = MODERATOR) -> str:
    """A command of a moderator, answered in French."""

    async def nobody() -> bool:
        return False

    async with Fetcher() as fetcher, Parsers(1) as parsers:
        commands = Commands(
            Services(
                db=desk.db, catalogue=CATALOGUE, clock=lambda: desk.now,
                moderators=frozenset({MODERATOR}), default_language="fr", fetcher=fetcher,
                inspector=Inspector(fetcher, parsers), detector=detector(), started_at=START,
            )
        )  # fmt: skip
        desk.now += 1
        message = await commands.run(line, Caller(who, who, False, "fr", nobody))
    return to_plain(message).replace("\u00a0", " ")


def text(delivery: Delivery) -> str:
    """What the chat reads, in French."""
    message = alert(
        EventFacts.load(delivery.facts),
        ref=delivery.event_ref,
        msg_type=delivery.msg_type,
        revision=delivery.revision,
        told=EventFacts.load(delivery.told_facts) if delivery.told_facts else None,
        language="fr",
        catalogue=CATALOGUE,
    )
    return to_plain(message).replace("\u00a0", " ")


def facts(event: Event) -> EventFacts:
    return EventFacts.load(event.facts)


async def two_events(desk: Desk) -> tuple[Event, Event]:
    """Djibo and Dori, both told to console:0, Dori alone also to console:9."""
    await desk.subscribe("console:9", "dori")
    await desk.read("Écho du Soum", item())
    await desk.read("La Dépêche", DORI)
    djibo, dori = await desk.events()
    assert sorted(sounds(await desk.send())) == [
        ("console:0", "alert", "push"), ("console:0", "alert", "push"),
        ("console:9", "alert", "push"),
    ]  # fmt: skip
    return djibo, dori


async def test_merged_events_are_one_message_from_then_on(desk: Desk) -> None:
    """Who was told of both sees one point at the other; who was told of one keeps its message."""
    djibo, dori = await two_events(desk)
    answer = await ask(desk, f"/merge {djibo.ref} {dori.ref}")
    assert answer.startswith(f"Réunis : {dori.ref} se lit désormais sous {djibo.ref}.")
    sent = await desk.send()
    by_chat = {(d.address, d.event_ref): d for d in sent}
    pointing = by_chat[("console:0", dori.ref)]
    assert (pointing.msg_type, pointing.action) == ("cancel", "edit")
    assert (
        f"MÊME ÉVÉNEMENT — la suite de cette alerte est donnée sous la référence {djibo.ref}"
        in (text(pointing))
    )
    kept = by_chat[("console:9", djibo.ref)]
    assert (kept.action, kept.msg_type) == ("edit", "update")
    assert kept.told_ref is not None
    assert ("console:9", dori.ref) not in by_chat


async def test_what_was_not_sent_yet_is_told_once_by_the_other(desk: Desk) -> None:
    """Merged before anything left: one alert a chat, and nobody reads of a doublet."""
    await desk.subscribe("console:9", "dori")
    await desk.read("Écho du Soum", item())
    await desk.read("La Dépêche", DORI)
    djibo, dori = await desk.events()
    await ask(desk, f"/merge {djibo.ref} {dori.ref}")
    sent = await desk.send()
    assert sorted((d.address, d.event_ref, d.action) for d in sent) == [
        ("console:0", djibo.ref, "push"), ("console:9", djibo.ref, "push"),
    ]  # fmt: skip
    assert not any("MISE À JOUR" in text(d) or "MÊME" in text(d) for d in sent)


async def test_a_merge_survives_later_reports(desk: Desk) -> None:
    """A further article on Dori opens nothing and alerts nobody anew: it joins the one event."""
    djibo, dori = await two_events(desk)
    await ask(desk, f"/merge {djibo.ref} {dori.ref}")
    await desk.send()
    more = DORI.summary.replace("Cinq soldats", "Dix-huit soldats")
    await desk.read(
        "Radio Nord",
        item("Dori : le bilan monte à 18 morts", more, guid="d2", url="https://n.example/2"),
    )
    first, second = await desk.events()
    assert (first.state, second.state, second.told_by) == ("open", "merged", djibo.id)
    assert {s.name for s in facts(first).sources} == {"Écho du Soum", "La Dépêche", "Radio Nord"}
    desk.now += 31 * MINUTE
    assert {d.event_ref for d in await desk.send()} == {djibo.ref}


async def test_undoing_a_merge_gives_both_back(desk: Desk) -> None:
    """Each event is what its own articles say; nobody hears a sound for it."""
    djibo, dori = await two_events(desk)
    await ask(desk, f"/merge {djibo.ref} {dori.ref}")
    await desk.send()
    answer = await ask(desk, "/undo 1")
    assert answer.startswith("Décision annulée")
    first, second = await desk.events()
    assert [facts(e).place and facts(e).place.name for e in (first, second)] == ["Djibo", "Dori"]  # type: ignore[union-attr]
    assert (first.state, second.state) == ("open", "open")
    desk.now += 31 * MINUTE
    sent = await desk.send()
    dori_again = [d for d in sent if d.event_ref == dori.ref and d.address == "console:0"]
    assert [(d.msg_type, d.action) for d in dori_again] == [("update", "edit")]
    assert f"de nouveau suivi à part de {djibo.ref}" in text(dori_again[0])
    # its message had become Djibo's and is Dori's again: Djibo, which it never asked for, is none
    # of its business any more
    told = {d.event_ref: d.told_ref for d in sent if d.address == "console:9"}
    assert list(told) == [dori.ref]
    assert told[dori.ref] is not None
    assert "déjà annulée" in await ask(desk, "/undo 1")


async def test_parted_events_are_told_to_those_who_ask_for_them(desk: Desk) -> None:
    """A chat that was told of one, and asks for the other as well by now, hears of it anew."""
    djibo, dori = await two_events(desk)
    await ask(desk, f"/merge {djibo.ref} {dori.ref}")
    await desk.send()
    await desk.subscribe("console:9", "djibo")
    await ask(desk, "/undo 1")
    sent = {d.event_ref: d for d in await desk.send() if d.address == "console:9"}
    assert sent[djibo.ref].told_ref is None
    assert text(sent[djibo.ref]).startswith("🔴 ATTAQUE GRAVE")


async def test_a_split_makes_an_event_of_its_own(desk: Desk) -> None:
    """The articles chosen leave; a correction by their source and a copy follow them."""
    await desk.read("Écho du Soum", item())
    await desk.send()
    told = (
        "Douze militaires burkinabè ont trouvé la mort mardi 10 mars dans une embuscade aux "
        "environs de Djibo, disent des habitants."
    )
    other = item("Djibo en deuil", told, guid="2", url="https://depeche.example/5")
    await desk.read("La Dépêche", other)
    (event,) = await desk.events()
    assert "2. La Dépêche — Djibo en deuil" in await ask(desk, f"/review {event.ref}")
    answer = await ask(desk, f"/split {event.ref} 2")
    first, second = await desk.events()
    assert answer.startswith(f"Séparés : ces articles forment l’événement {second.ref}")
    assert [s.name for s in facts(first).sources] == ["Écho du Soum"]
    assert [s.name for s in facts(second).sources] == ["La Dépêche"]
    assert ("console:0", "alert", "push") in sounds(await desk.send())
    await desk.read("La Dépêche", item("Djibo en deuil", told.replace("Douze", "Treize"), guid="2",
                                       url="https://depeche.example/5"))  # fmt: skip
    first, second = await desk.events()
    assert facts(second).killed[0].min == 13
    assert [s.name for s in facts(first).sources] == ["Écho du Soum"]
    assert "au moins un article" in await ask(desk, f"/split {second.ref} 1")
    assert "aucun article" in await ask(desk, f"/split {second.ref} 7")
    await ask(desk, "/undo 1")
    first, second = await desk.events()
    assert (second.state, second.told_by) == ("merged", first.id)
    assert {s.name for s in facts(first).sources} == {"Écho du Soum", "La Dépêche"}


async def test_what_a_moderator_put_apart_stays_apart(desk: Desk) -> None:
    """Even when its source corrects it into the very words of the article it was parted from."""
    await desk.read("Écho du Soum", item())
    told = (
        "Douze militaires burkinabè ont trouvé la mort mardi 10 mars dans une embuscade aux "
        "environs de Djibo, disent des habitants."
    )
    url = "https://depeche.example/5"
    await desk.read("La Dépêche", item("Djibo en deuil", told, guid="2", url=url))
    (event,) = await desk.events()
    await ask(desk, f"/split {event.ref} 2")
    await desk.read("La Dépêche", item(TITLE, LEAD, guid="2", url=url))
    first, second = await desk.events()

    async def outlets(event: Event) -> set[str]:
        return {row.entry.feed_name for row in await desk.db.read(reports.of_event, event.id)}

    assert [await outlets(e) for e in (first, second)] == [{"Écho du Soum"}, {"La Dépêche"}]


async def one_of_two_outlets(desk: Desk) -> Event:
    """Djibo, told by two."""
    await desk.read("Écho du Soum", item())
    told = (
        "Douze militaires burkinabè ont trouvé la mort mardi 10 mars dans une embuscade aux "
        "environs de Djibo, disent des habitants."
    )
    await desk.read(
        "La Dépêche", item("Djibo en deuil", told, guid="2", url="https://d.example/5")
    )
    (event,) = await desk.events()
    return event


async def test_a_split_is_not_undone_under_a_later_merge(desk: Desk) -> None:
    """Its part is told elsewhere since: the answer names what to undo first, and nothing moves."""
    djibo = await one_of_two_outlets(desk)
    await desk.read("Radio Nord", DORI)
    _, dori = await desk.events()
    await ask(desk, f"/split {djibo.ref} 2")
    _, _, part = await desk.events()
    await ask(desk, f"/merge {dori.ref} {part.ref}")
    await desk.send()
    before = await desk.events()
    answer = await ask(desk, "/undo 1")
    assert answer.startswith(
        f"Annulez d’abord la décision 2 avec /undo 2. Elle porte sur {dori.ref} : réuni avec "
        f"{part.ref}."
    )
    assert (await desk.events(), await desk.send()) == (before, [])
    assert "annulée" in await ask(desk, "/undo 2")
    assert "annulée" in await ask(desk, "/undo 1")
    first, second, third = await desk.events()
    assert {s.name for s in facts(first).sources} == {"Écho du Soum", "La Dépêche"}
    assert (second.state, third.state, third.told_by) == ("open", "merged", first.id)


async def test_a_merge_is_not_undone_when_a_split_took_all_of_one(desk: Desk) -> None:
    """Dori would be left without an article, and its chats would read that it was false."""
    djibo, dori = await two_events(desk)
    await ask(desk, f"/merge {djibo.ref} {dori.ref}")
    await ask(desk, f"/split {djibo.ref} 2")
    await desk.send()
    assert "Annulez d’abord la décision 2" in await ask(desk, "/undo 1")
    assert await desk.send() == []
    await ask(desk, "/undo 2")
    await ask(desk, "/undo 1")
    first, second, _ = await desk.events()
    assert [[s.name for s in facts(e).sources] for e in (first, second)] == [
        ["Écho du Soum"], ["La Dépêche"],
    ]  # fmt: skip


async def test_what_was_retracted_is_not_joined_to_anything(desk: Desk) -> None:
    """Nor parted, nor do articles come back to it: chats would not learn that they are false."""
    djibo = await one_of_two_outlets(desk)
    await desk.read("Radio Nord", DORI)
    _, dori = await desk.events()
    await ask(desk, f"/split {djibo.ref} 2")
    await ask(desk, f"/retract {djibo.ref} démenti par la mairie")
    await desk.send()
    first = "Annulez d’abord la décision 2"
    assert first in await ask(desk, f"/merge {djibo.ref} {dori.ref}")
    assert first in await ask(desk, f"/merge {dori.ref} {djibo.ref}")
    assert first in await ask(desk, f"/split {djibo.ref} 1")
    assert first in await ask(desk, "/undo 1")
    assert await desk.send() == []


async def test_a_retraction_reaches_every_chat_that_was_told_and_no_other(desk: Desk) -> None:
    """With its reason; further articles leave it retracted until a moderator thinks again."""
    await desk.subscribe("console:7", "kind:alliance")
    await desk.read("Écho du Soum", item())
    assert len(await desk.send()) == 1
    await desk.subscribe("console:8", "djibo")
    (event,) = await desk.events()
    await ask(desk, f"/retract {event.ref} la mairie et l'armée démentent")
    (sent,) = await desk.send()
    assert (sent.address, sent.msg_type, sent.action) == ("console:0", "cancel", "push")
    assert "retirée par nos modérateurs : la mairie et l'armée démentent" in text(sent)
    assert "déjà retirée" in await ask(desk, f"/retract {event.ref} encore")
    told = "Douze militaires sont morts mardi 10 mars dans une embuscade aux environs de Djibo."
    await desk.read("La Dépêche", item("Djibo en deuil", told, url="https://depeche.example/5"))
    (event,) = await desk.events()
    assert (event.state, facts(event).verification) == ("cancelled", "retracted")
    assert await desk.send() == []
    await ask(desk, "/undo 1")
    (event,) = await desk.events()
    assert (event.state, facts(event).verification) == ("open", "confirmed")
    desk.now += 31 * MINUTE
    assert ("console:0", "update", "push") in sounds(await desk.send())


async def test_a_correction_stands_against_later_reports(desk: Desk) -> None:
    """Place and toll as the moderator set them, said so, until it is undone."""
    await desk.read("Écho du Soum", item())
    await desk.send()
    (event,) = await desk.events()
    answer = await ask(
        desk, f"/correct {event.ref} lieu=Arbinda morts=9 nature=attaque d’un poste ou d’un camp"
    )
    assert answer.startswith(f"Corrigé : {event.ref}.")
    (event,) = await desk.events()
    found = facts(event)
    assert found.place and found.place.name == "Aribinda"
    assert (found.killed[0].min, found.type) == (9, "position_attack")
    desk.now += 31 * MINUTE
    (sent,) = await desk.send()
    assert (
        "Vérifié et corrigé par nos modérateurs : le lieu, la nature et le nombre de morts."
        in (text(sent))
    )
    told = "Quinze militaires sont morts mardi 10 mars dans une embuscade aux environs de Djibo."
    await desk.read("La Dépêche", item("Djibo en deuil", told, url="https://depeche.example/5"))
    (event,) = await desk.events()
    assert facts(event).killed[0].min == 9
    assert "corrigé : le lieu, la nature et le nombre de morts" in await ask(desk, "/log")
    await ask(desk, "/undo 1")
    (event,) = await desk.events()
    assert (facts(event).killed[0].min, facts(event).corrected) == (12, ())


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        ("/merge", "Donnez deux références"),
        ("/merge BF-2026-0310-a BF-2026-0310-a", "déjà le même événement"),
        ("/merge BF-2026-0310-a ML-1999-0101-z", "Je ne connais pas la référence ML-1999-0101-z"),
        ("/split BF-2026-0310-a", "Donnez la référence et les numéros"),
        ("/retract", "Donnez la référence et la raison"),
        ("/retract BF-2026-0310-a", "Donnez la référence et la raison"),
        ("/correct BF-2026-0310-a", "Donnez la référence et ce qui est juste"),
        ("/correct BF-2026-0310-a douze morts", "Donnez la référence et ce qui est juste"),
        ("/correct BF-2026-0310-a couleur=rouge", "Je ne sais pas corriger « couleur »"),
        ("/correct BF-2026-0310-a lieu=Zzyzx", "aucun lieu du nom de « Zzyzx »"),
        ("/correct BF-2026-0310-a morts=beaucoup", "« beaucoup » n’est pas un nombre"),
        ("/correct BF-2026-0310-a date=hier", "« hier » n’est pas une date"),
        ("/correct BF-2026-0310-a nature=fête", "Je ne connais pas « fête »"),
        ("/undo", "Donnez le numéro de la décision"),
        ("/undo 99", "pas de décision numéro 99"),
        ("/log", "Aucune décision"),
    ],
)
async def test_a_mistake_is_one_clear_sentence(desk: Desk, line: str, answer: str) -> None:
    """It names what is wrong and what was expected, and nothing happens."""
    await desk.read("Écho du Soum", item())
    await desk.send()
    assert answer in await ask(desk, line)
    assert await desk.send() == []
    (event,) = await desk.events()
    assert event.revision == 1


async def test_only_moderators_decide(desk: Desk) -> None:
    """Everybody else is told so."""
    await desk.read("Écho du Soum", item())
    (event,) = await desk.events()
    for line in (f"/retract {event.ref}", f"/review {event.ref}", "/log", "/undo 1"):
        assert "modérateurs" in await ask(desk, line, who="telegram:1")
    (event,) = await desk.events()
    assert event.state == "open"


async def test_a_merged_part_of_a_series_stays_merged(desk: Desk) -> None:
    """A further attack of the series tells its parts again, but not what another one tells."""
    await desk.read("Écho du Soum", SERIES)
    kati, sevare = await desk.events()
    await ask(desk, f"/merge {kati.ref} {sevare.ref}")
    await desk.send()
    await desk.read("La Dépêche", GAO)
    kati, sevare, gao = await desk.events()
    assert [e.state for e in (kati, sevare, gao)] == ["open", "merged", "open"]
    assert [part.ref for part in facts(gao).campaign] == [kati.ref]


async def test_coordinated_attacks_are_linked_and_stay_apart(desk: Desk) -> None:
    """One article tells of two at once, another of a third: three events, one series."""
    await desk.read("Écho du Soum", SERIES)
    found = await desk.events()
    assert len(found) == 2
    assert {e.campaign_id for e in found} == {found[0].id}
    kati = facts(found[0])
    assert [part.ref for part in kati.campaign] == [found[1].ref]
    sent = await desk.send()
    assert sounds(sent) == [("console:0", "alert", "push")] * 2
    assert "série d’attaques coordonnées" in text(sent[0])
    await desk.read("La Dépêche", GAO)
    found = await desk.events()
    assert len(found) == 3
    assert {e.campaign_id for e in found} == {found[0].id}
    again = await desk.send()
    assert sorted(sounds(again)) == [
        ("console:0", "alert", "push"), ("console:0", "update", "edit"),
        ("console:0", "update", "edit"),
    ]  # fmt: skip
