"""News through the editor, over a real database and the real detector."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from editor_desk import (
    ALERTED,
    DAY,
    HOUR,
    LEAD,
    MINUTE,
    SHOWN,
    START,
    TITLE,
    Desk,
    item,
    open_desk,
    sounds,
)

from bot.events.facts import EventFacts
from storage import told
from storage.database import Connection
from storage.model import NewEntry


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with open_desk(tmp_path) as opened:
        yield opened


async def test_a_new_attack_reaches_the_chats_that_match(desk: Desk) -> None:
    """One event, one alert, one delivery per matching chat, with the reason for /why."""
    await desk.subscribe("console:1", "djibo")
    await desk.subscribe("console:1", "burkina soldat")
    await desk.subscribe("console:2", "pays:mali")
    await desk.read("Écho du Soum", item())
    (event,) = await desk.events()
    facts = EventFacts.load(event.facts)
    assert (event.ref, event.revision, facts.place and facts.place.name) == (
        "BF-2026-0310-a", 1, "Djibo",
    )  # fmt: skip
    assert [(t.who, t.min) for t in facts.killed] == [("killed", 12)]
    sent = await desk.send()
    assert sounds(sent) == [*ALERTED, ("console:1", "alert", "push")]
    assert desk.decided == 1

    def why(conn: Connection) -> dict[str, Any]:
        (row,) = told.last_of_chat(conn, desk.chats["console:1"], 5)
        return dict(json.loads(row.why))

    assert await desk.db.read(why) == {"query": "djibo", "words": ["djibo"]}
    assert await desk.waiting() == 0


@pytest.mark.parametrize(
    "again",
    [
        item(guid="2"),
        item(guid="2", url="https://echo.example/djibo?utm_source=x"),
        item(guid="2", url="https://miroir.example/a/b"),
        item("Embuscade meurtrière au nord", guid="2"),
        item(guid="2", published=START + HOUR),
        item(guid="2", published=None),
    ],
    ids=["guid", "tracking", "host", "retitled", "redated", "undated"],
)
async def test_the_same_news_again_is_silent(desk: Desk, again: NewEntry) -> None:
    """A new guid, address, host, title or date of a known item is no second alert or revision."""
    await desk.read("Écho du Soum", item())
    await desk.send()
    await desk.read("Écho du Soum", again)
    (event,) = await desk.events()
    assert event.revision == 1
    assert await desk.send() == []


async def test_a_copy_elsewhere_is_silent_too(desk: Desk) -> None:
    """The text of one origin on another site adds an article, no origin: nothing to tell."""
    await desk.read("Écho du Soum", item(TITLE, LEAD + " (AFP)"))
    await desk.send()
    await desk.read("La Dépêche", item(TITLE, LEAD + " (AFP)", url="https://depeche.example/9"))
    (event,) = await desk.events()
    assert event.revision == 1
    assert await desk.send() == []


async def test_a_second_origin_and_a_higher_toll_are_told(desk: Desk) -> None:
    """A material change is a new message to those who were told."""
    await desk.read("Écho du Soum", item())
    await desk.send()
    desk.now += HOUR
    more = (
        "Le gouvernement burkinabè annonce que le bilan de l'embuscade de mardi 10 mars près de "
        "Djibo s'élève à vingt-six soldats tués."
    )
    await desk.read(
        "La Dépêche",
        item("Djibo : le bilan monte à 26 morts", more, url="https://depeche.example/1",
             published=desk.now),
    )  # fmt: skip
    (event,) = await desk.events()
    facts = EventFacts.load(event.facts)
    assert event.revision == 2
    assert facts.killed[0].min == 26
    assert facts.origins == 2
    (sent,) = await desk.send()
    assert (sent.msg_type, sent.action, sent.told_revision) == ("update", "push", 1)


async def test_two_towns_are_two_events(desk: Desk) -> None:
    """The same words of another town are another alert."""
    await desk.read("Écho du Soum", item())
    await desk.read(
        "La Dépêche",
        item(TITLE.replace("Djibo", "Diapaga"), LEAD.replace("Djibo", "Diapaga"),
             url="https://depeche.example/2"),
    )  # fmt: skip
    assert [e.ref for e in await desk.events()] == ["BF-2026-0310-a", "BF-2026-0310-b"]
    assert sounds(await desk.send()) == ALERTED * 2


async def test_a_first_poll_primes_in_silence(desk: Desk) -> None:
    """What a new feed brings at first is stored; a later new fact about it alerts, an echo not."""
    await desk.feed("Nouveau", first=True)
    await desk.read("Nouveau", item(url="https://nouveau.example/1"))
    (event,) = await desk.events()
    assert event.alerted_at is None
    assert await desk.send() == []
    await desk.read("Écho du Soum", item(published=START + HOUR))
    assert await desk.send() == []
    more = LEAD.replace("Au moins douze", "Au moins trente")
    await desk.read(
        "La Dépêche", item("Djibo : trente morts", more, url="https://depeche.example/4")
    )
    assert sounds(await desk.send()) == ALERTED
    assert len(await desk.events()) == 1


@pytest.mark.parametrize(
    ("day", "ref", "alerts"),
    [
        ("mercredi 4 mars 2026", "BF-2026-0304-a", 1),
        ("mardi 10 février 2026", "BF-2026-0210-a", 0),
    ],
)
async def test_what_happened_weeks_before_it_is_told_is_background(
    desk: Desk, day: str, ref: str, alerts: int
) -> None:
    """An attack reported on its seventh day alerts; one told after a month is an event only."""
    await desk.read("Écho du Soum", item(TITLE, LEAD.replace("mardi 10 mars 2026", day)))
    (event,) = await desk.events()
    assert event.ref == ref
    assert len(await desk.send()) == alerts


async def test_an_article_of_two_attacks_opens_two_events(desk: Desk) -> None:
    """Each happening is its own event and alert, and a copy of the article opens none again."""
    summary = (
        "Lundi 9 mars 2026, des hommes armés ont attaqué le camp militaire de Bourem, au Mali, "
        "tuant six soldats. Mardi 10 mars 2026, une embuscade contre un convoi de l'armée "
        "malienne a fait quatre morts près de Ménaka."
    )
    await desk.read("Écho du Soum", item("Mali : deux attaques en deux jours", summary))
    places = [EventFacts.load(e.facts).place for e in await desk.events()]
    assert [p.name for p in places if p] == ["Bourem", "Ménaka"]
    assert sounds(await desk.send()) == ALERTED * 2
    await desk.read("Écho du Soum", item("Mali : deux attaques en deux jours", summary, guid="2"))
    assert len(await desk.events()) == 2
    assert await desk.send() == []


async def test_what_was_published_days_ago_revises_but_alone_tells_nobody(desk: Desk) -> None:
    """A late syndicated piece may add to what is known; nobody hears a sound for it."""
    await desk.read("Écho du Soum", item())
    await desk.send()
    desk.now += 3 * DAY
    more = LEAD.replace("Au moins douze", "Au moins trente")
    await desk.read(
        "La Dépêche", item("Djibo : trente morts", more, url="https://depeche.example/6")
    )
    (event,) = await desk.events()
    assert (event.revision, EventFacts.load(event.facts).killed[0].min) == (2, 30)
    assert await desk.send() == []


async def test_a_chat_that_matches_later_gets_its_first_alert_then(desk: Desk) -> None:
    """origins>=2 holds at the second origin: a push for that chat, whatever the others get."""
    await desk.subscribe("console:5", "kind:attack origins>=2")
    await desk.read("Écho du Soum", item())
    assert sounds(await desk.send()) == ALERTED
    told = (
        "Douze militaires burkinabè ont trouvé la mort mardi 10 mars dans une embuscade aux "
        "environs de Djibo, disent des habitants."
    )
    await desk.read("La Dépêche", item("Djibo en deuil", told, url="https://depeche.example/5"))
    shown = ("console:0", "update", "edit")
    assert sounds(await desk.send()) == [shown, ("console:5", "update", "push")]
    desk.now += 30 * MINUTE
    assert sounds(await desk.send()) == [("console:0", "update", "push")]


async def test_a_burst_of_news_is_one_more_sound(desk: Desk) -> None:
    """What becomes known within half an hour of the alert is shown at once and sounds once."""
    await desk.read("Écho du Soum", item())
    assert sounds(await desk.send()) == ALERTED
    for number, (count, feed) in enumerate(
        [("dix-huit", "La Dépêche"), ("vingt-six", "Radio Nord"), ("trente", "La Dépêche")]
    ):
        more = LEAD.replace("Au moins douze", f"Au moins {count}")
        await desk.read(
            feed,
            item(f"Djibo : {count} morts", more, guid=count, url=f"https://b.example/{number}"),
        )
        assert sounds(await desk.send()) == SHOWN
    desk.now += 30 * MINUTE
    (sent,) = await desk.send()
    assert (sent.msg_type, sent.action, sent.told_revision) == ("update", "push", 1)
    assert EventFacts.load(sent.facts).killed[0].min == 30


async def test_news_of_other_things_is_done_and_forgotten(desk: Desk) -> None:
    """An item without a pushable report makes no event and is not looked at again."""
    await desk.read(
        "Écho du Soum", item("Les Étalons préparent la CAN", "L'attaque burkinabè brille.")
    )
    assert await desk.events() == []
    assert await desk.waiting() == 0
