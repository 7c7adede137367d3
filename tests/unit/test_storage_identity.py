"""What a feed's past says of identities it never gave before."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from storage.identity import FLOOD, Known, Verdict, recognise, title_key
from storage.model import NewEntry

LOOK = 1_800_000_000.0
HOUR, DAY = 3600.0, 86_400.0


def item(number: int, **changes: object) -> NewEntry:
    """An article that the feed has shown for hours."""
    entry = NewEntry(
        identity=f"g{number}",
        guid=f"g{number}",
        url=f"https://a.ml/{number}",
        canonical_url=f"https://a.ml/{number}",
        title=f"Le marché numéro {number} de Ménaka a rouvert",
        summary=f"Texte {number}",
        published_at=LOOK - 60.0 * (number + 10),
        content_hash=f"c{number}",
        fingerprint=f"f{number}",
    )
    return replace(entry, **changes)  # type: ignore[arg-type]


def known(entry: NewEntry) -> Known:
    number = int(entry.identity[1:])
    return Known(
        number, entry.identity, entry.canonical_url, entry.title, entry.published_at,
        entry.content_hash, entry.fingerprint,
    )  # fmt: skip


PAST = [known(item(number)) for number in range(30)]


def judge(*fetched: NewEntry, past: list[Known] = PAST, last_look: float = LOOK) -> Verdict:
    names = {entry.identity for entry in past}
    strangers = [entry for entry in fetched if entry.identity not in names]
    return recognise(strangers, fetched, past, last_look=last_look)


def ids(verdict: Verdict) -> list[int]:
    return [entry_id for entry_id, _ in verdict.renamed]


def rebuilt(number: int, **changes: object) -> NewEntry:
    """The same article after its site got other software."""
    changed = {
        "identity": f"n{number}",
        "guid": f"n{number}",
        "url": f"https://neu.a.ml/{number}.html",
        "canonical_url": f"https://neu.a.ml/{number}.html",
        "content_hash": f"cut otherwise {number}",
        "fingerprint": f"cut otherwise {number}",
    }
    return item(number, **(changed | changes))


def test_all_guids_changed_under_the_old_addresses() -> None:
    """Each item is the entry that it was, undated ones too."""
    fetched = [
        item(number, identity=f"n{number}", published_at=None if number % 2 else LOOK - HOUR)
        for number in range(6)
    ]
    assert judge(*fetched).renamed == tuple(enumerate(fetched))


def test_a_rebuilt_feed_is_known_by_titles_and_dates() -> None:
    """However few items it has, whatever typography the new software sets."""
    fetched = [rebuilt(n, title=f"Le marche numero {n} de « Menaka » a ROUVERT") for n in (3, 4)]
    assert judge(*fetched).renamed == tuple(zip((3, 4), fetched, strict=True))


def test_what_is_new_among_the_rebuilt_stays_new() -> None:
    """Neither renamed nor kept quiet, dated or not."""
    fresh = item(99, published_at=LOOK + 60, title="Une attaque fait neuf morts à Léré")
    undated = item(98, published_at=None, title="Deux soldats tués près de Ménaka mardi")
    late = item(97, published_at=LOOK - 2 * HOUR, title="Un convoi attaqué près de Labbezanga")
    verdict = judge(*[rebuilt(n) for n in range(20)], fresh, undated, late)
    assert ids(verdict) == list(range(20))
    assert verdict.archive == frozenset()
    assert verdict.rebuilt


def test_an_archive_online_again_with_other_dates_is_known_by_its_texts() -> None:
    """New guids, new addresses, today's date: the title and the lead are those of before."""
    fetched = [rebuilt(n, fingerprint=f"f{n}", published_at=LOOK + 60.0 * n) for n in range(FLOOD)]
    assert ids(judge(*fetched)) == list(range(FLOOD))
    # fewer may be an article told again for a reason
    assert ids(judge(*fetched[1:])) == []


def test_dates_shifted_by_new_software_are_no_news() -> None:
    """Local time as UTC moves every date by hours; a title known and a date before our look."""
    fetched = [rebuilt(n, published_at=LOOK - 60.0 * (n + 10) - HOUR) for n in range(12)]
    assert ids(judge(*fetched)) == list(range(12))


def test_an_archive_that_we_never_had_is_stored_quietly() -> None:
    """When nearly all that comes is older than our last look by more than any delay."""
    fetched = [item(n, published_at=LOOK - 20 * HOUR - n) for n in range(100, 112)]
    fresh = item(99, published_at=LOOK + 60)
    verdict = judge(*fetched, fresh)
    assert verdict.archive == {f"g{n}" for n in range(100, 112)}
    # the same dates in a feed that is mostly news are those of late articles
    news = [item(n, published_at=LOOK + n) for n in range(200, 210)]
    assert judge(*news, *fetched[:3]).archive == frozenset()
    assert judge(*fetched[:9]).archive == frozenset()


def test_a_date_without_time_may_be_the_end_of_its_day() -> None:
    """« 25 février » put online in the evening is not eighteen hours old."""
    midnight = (LOOK - 20 * HOUR) // DAY * DAY
    fetched = [item(n, published_at=midnight) for n in range(100, 112)]
    assert judge(*fetched, last_look=midnight + 23 * HOUR).archive == frozenset()
    assert len(judge(*fetched, last_look=midnight + 37 * HOUR).archive) == 12


def test_a_page_that_tells_on_is_an_item_of_its_own() -> None:
    """One address and one title, dated after our last look, another text: news."""
    live = item(3, identity="n3", published_at=LOOK + 60, content_hash="more")
    assert judge(live) == Verdict()
    # unless it says nothing else
    assert ids(judge(replace(live, content_hash="c3"))) == [3]


def test_another_title_at_a_known_address_is_an_item_of_its_own() -> None:
    """Perhaps a new toll: the events recognise the address and send an update."""
    fetched = [item(n, identity=f"n{n}", title=f"Bilan alourdi : {n} morts") for n in range(20)]
    assert ids(judge(*fetched)) == []
    assert judge(*fetched).archive == frozenset()


def test_a_timetable_is_no_rebuilt_feed() -> None:
    """Programmes with the same names and other texts every day, all new at once."""
    names = [f"Journal parlé de {hour} heures" for hour in range(12)]
    past = [known(item(n, title=name)) for n, name in enumerate(names)]
    today = [
        item(n + 100, title=name, published_at=LOOK + 60.0 * (n + 1))
        for n, name in enumerate(names)
    ]
    assert judge(*today, past=past) == Verdict(rebuilt=True)


def test_a_title_told_several_times_proves_nothing() -> None:
    """« Conseil des ministres du mercredi » is another one each week, rebuilt or not."""
    past = [known(item(n, title="Conseil des ministres du mercredi")) for n in range(2)]
    shown = [rebuilt(n, published_at=LOOK - DAY) for n in range(10, 20)]
    weekly = rebuilt(1, title=past[0].title, published_at=LOOK - HOUR)
    same_text = rebuilt(1, title=past[0].title, published_at=LOOK + HOUR, fingerprint="f")
    past = [replace(entry, fingerprint="f") for entry in past]
    assert ids(judge(weekly, *shown, past=past)) == []
    assert ids(judge(same_text, *shown, past=past)) == []


def test_ten_items_are_no_flood_in_a_long_body() -> None:
    """A busy day beside thirty articles that stayed."""
    fetched = [rebuilt(n, fingerprint=f"f{n}", published_at=LOOK + n) for n in range(10)]
    assert judge(*fetched, *[item(n) for n in range(10, 30)]) == Verdict()


def test_short_and_shared_titles_prove_nothing() -> None:
    """« Revue de presse » of the same date, and two items with one title."""
    past = [known(item(1, title="Revue de presse")), known(item(2))]
    assert judge(rebuilt(1, title="Revue de presse"), past=past) == Verdict()
    twins = [rebuilt(2), rebuilt(2, identity="n2b", canonical_url="https://neu.a.ml/b")]
    assert judge(*twins, past=past) == Verdict()


def test_an_entry_still_in_the_feed_is_not_another_item() -> None:
    """two items of one title and date are two as long as both are shown."""
    assert judge(item(1), rebuilt(1)) == Verdict()


def test_one_entry_is_renamed_once() -> None:
    """Whatever evidence several items have."""
    by_address = item(1, identity="n1", published_at=None)
    by_date = rebuilt(1, identity="m1")
    assert judge(by_address, by_date).renamed == ((1, by_address),)


@settings(deadline=None)
@given(
    st.lists(st.integers(0, 60), max_size=40, unique=True),
    st.lists(st.floats(0, 3 * DAY), min_size=1, max_size=40),
)
def test_news_is_never_swallowed(shown: list[int], ages: list[float]) -> None:
    """Items of a title never told, dated after our last look, stay new beside anything."""
    news = [
        item(1000 + n, published_at=LOOK + 1 + age, title=f"Attaque numéro {n} près de Léré hier")
        for n, age in enumerate(ages)
    ]
    verdict = judge(*[rebuilt(n) for n in shown], *news)
    untouched = {entry.identity for entry in news}
    assert not untouched & verdict.archive
    assert not untouched & {entry.identity for _, entry in verdict.renamed}


def test_a_title_is_compared_by_its_letters() -> None:
    """« L’armée » and "L'armee" are one title; Arabic keeps its letters."""
    assert title_key("L’armée — à Gao…") == title_key("L'ARMEE A GAO") == "larmeeagao"
    assert title_key("هجوم على قرية") == "هجومعلىقرية"
