"""What moderators hear of the sources: what matters, once, and not what heals by itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from feed_rows import DAY, HOUR, NOW, failing, feed

from bot.feeds import coverage, troubles
from bot.feeds.coverage import Unheard
from bot.feeds.troubles import Plan
from storage.model import Feed
from storage.notices import Notice, NoticeKind

#: one that keeps the network out of the matter
OTHER = feed(99, countries=("ML",))


def decide(
    feeds: Sequence[Feed],
    opened: Sequence[Notice] = (),
    ended: Sequence[Notice] = (),
    *,
    started_at: float = NOW - 30 * DAY,
) -> Plan:
    return troubles.decide(feeds, opened, ended, now=NOW, started_at=started_at)


def notice(
    kind: NoticeKind, subject: str, *, opened_at: float = NOW - HOUR, ended_at: float | None = None
) -> Notice:
    return Notice(1, kind, subject, f'{{"since": {opened_at - 3600}}}', opened_at, ended_at)


def begun(plan: Plan) -> list[tuple[str, str]]:
    return [(trouble.kind, trouble.subject) for trouble in plan.begun]


def over(plan: Plan) -> tuple[list[str], list[str]]:
    """Subjects that are well again, and those that nobody need hear of."""
    return [n.subject for n in plan.over], [n.subject for n in plan.dropped]


@pytest.mark.parametrize(
    ("ill", "told"),
    [
        (failing(1, NOW - 11.9 * HOUR), False),
        (failing(1, NOW - 12 * HOUR), True),
        (failing(1, NOW - 11.9 * HOUR, "http_403"), False),
        (failing(1, NOW - 12 * HOUR, "http_403"), True),
        (failing(1, NOW - 5.9 * HOUR, "web_page"), False),
        (failing(1, NOW - 6 * HOUR, "web_page"), True),
        (feed(1, empty_since=NOW - 5.9 * HOUR), False),
        (feed(1, empty_since=NOW - 6 * HOUR), True),
        (feed(1, heard_at=NOW - 27 * HOUR), False),
        (feed(1, heard_at=NOW - 29 * HOUR), True),
        (failing(1, NOW - DAY, paused_at=NOW - HOUR), False),
    ],
)
def test_each_trouble_has_its_time_to_heal(ill: Feed, told: bool) -> None:
    """A night for a site that is down, six hours for a page, none for a silence judged already."""
    neighbour = feed(2)
    assert begun(decide([ill, neighbour, OTHER])) == ([("feed", "feed:1")] if told else [])


def test_a_trouble_is_told_with_all_that_its_sentence_needs() -> None:
    """The reason, since when, and what is usual."""
    [trouble] = decide([failing(1, NOW - DAY, "http_404"), feed(2), OTHER]).begun
    assert trouble.params == {
        "name": "Journal 1",
        "state": "failing",
        "since": NOW - DAY,
        "problem": '{"key": "http_404"}',
        "usual_gap": 8 * HOUR,
    }
    assert trouble.spacing == HOUR


def test_what_was_told_is_not_told_again() -> None:
    """Not while it lasts, whatever becomes of it, and not when it comes back within a day."""
    ill = [failing(1, NOW - DAY), feed(2), OTHER]
    assert decide(ill, [notice("feed", "feed:1")]) == Plan()
    page = [failing(1, NOW - HOUR, "web_page", error_count=1), *ill[1:]]
    assert decide(page, [notice("feed", "feed:1")]) == Plan()
    silent = [feed(1, heard_at=NOW - 29 * HOUR), *ill[1:]]
    recent = notice("feed", "feed:1", ended_at=NOW - 20 * HOUR)
    assert begun(decide(silent, ended=[recent])) == []
    older = notice("feed", "feed:1", ended_at=NOW - 25 * HOUR)
    assert begun(decide(silent, ended=[older])) == [("feed", "feed:1")]


def test_the_end_is_told_when_it_works() -> None:
    """Not when it is merely polled again; one that was paused or removed is nobody's trouble."""
    told = [notice("feed", "feed:1")]
    assert over(decide([feed(1), OTHER], told)) == (["feed:1"], [])
    waiting = feed(1, last_success_at=None, heard_at=None)
    assert over(decide([waiting, feed(2), OTHER], told)) == ([], [])
    assert over(decide([feed(1, paused_at=NOW), feed(2), OTHER], told)) == ([], ["feed:1"])
    assert over(decide([OTHER], told)) == ([], ["feed:1"])


def test_a_retired_source_is_open_until_somebody_resumes_it() -> None:
    """It is paused, which is what it was told for."""
    told = [notice("retired", "feed:1")]
    assert over(decide([feed(1, paused_at=NOW), feed(2), OTHER], told)) == ([], [])
    assert over(decide([feed(1), OTHER], told)) == ([], ["feed:1"])


def test_a_country_is_told_within_the_hour() -> None:
    """When the last of its own sources is down; the regional ones are no source of its own."""
    lost = [failing(1, NOW - HOUR), failing(2, NOW - 3 * HOUR), OTHER]
    [trouble] = decide(lost).begun
    assert (trouble.kind, trouble.subject) == ("country", "country:NE")
    assert trouble.params == {"country": "NE", "since": NOW - HOUR, "regional": False}
    assert trouble.spacing < HOUR
    [trouble] = decide([*lost, feed(5, countries=())]).begun
    assert trouble.params["regional"] is True
    assert begun(decide([failing(1, NOW - 59 * 60), *lost[1:]])) == []
    assert begun(decide([feed(1), *lost[1:]])) == []


def test_a_country_that_is_heard_again() -> None:
    """One working source is enough; without any source left there is nothing to hear."""
    told = [notice("country", "country:NE")]
    assert over(decide([feed(1), failing(2, NOW - DAY), OTHER], told))[0] == ["country:NE"]
    assert over(decide([OTHER], told)) == ([], ["country:NE"])
    # a single answer of nothing new is an answer; a first failure is not
    wavering = failing(1, NOW - 60, error_count=1)
    assert over(decide([wavering, OTHER], told)) == ([], [])
    again = notice("country", "country:NE", ended_at=NOW - 2 * HOUR)
    assert begun(decide([failing(1, NOW - HOUR), OTHER], ended=[again])) == []


@pytest.mark.parametrize("number", [2, 50])
def test_all_silent_at_once_is_the_network(number: int) -> None:
    """One word after forty minutes, and nothing of each source and country, however long."""
    for hours, told in ((0.6, []), (0.7, [("network", "all")]), (30, [("network", "all")])):
        down = [failing(n, NOW - hours * HOUR, last_success_at=NOW - hours * HOUR - 60)
                for n in range(number)]  # fmt: skip
        assert begun(decide(down)) == told
    told_before = decide(down, [notice("network", "all", opened_at=NOW - DAY)])
    assert (begun(told_before), over(told_before)) == ([], ([], []))


def test_one_source_alone_is_not_the_network() -> None:
    """Nor are many, while a tenth of them answer."""
    assert begun(decide([failing(1, NOW - DAY)])) == [
        ("country", "country:NE"),
        ("feed", "feed:1"),
    ]
    most = [failing(n, NOW - 2 * HOUR) for n in range(8)] + [feed(8), feed(9)]
    assert begun(decide(most)) == []
    # a start is not an outage: nobody asked them while we were away
    down = [failing(n, NOW - DAY, last_success_at=NOW - DAY) for n in range(9)]
    assert begun(decide(down, started_at=NOW - 20 * 60)) == []


def test_after_an_outage_each_source_is_given_its_time_again() -> None:
    """The first answer ends it; what has not been asked since, may work."""
    outage = notice("network", "all", opened_at=NOW - 14 * HOUR)
    back = [feed(1), *(failing(n, NOW - 15 * HOUR) for n in range(2, 9))]
    assert over(decide(back, [outage])) == (["all"], [])
    ended = notice("network", "all", opened_at=NOW - 14 * HOUR, ended_at=NOW - 600)
    assert begun(decide(back, ended=[ended])) == []
    assert over(decide([feed(1, paused_at=NOW)], [outage])) == ([], ["all"])


def test_an_outage_ends_soon_after_the_network_is_back() -> None:
    """The pauses grew to hours while the fault was ours: one is tried at each look, the longest
    untried, then all that fell silent with the network. Who refuses us is left alone."""
    outage = notice("network", "all", opened_at=NOW - 14 * HOUR)
    lost = [
        failing(1, NOW - 15 * HOUR, last_attempt_at=NOW - 2 * HOUR),
        failing(2, NOW - 15 * HOUR, last_attempt_at=NOW - 4 * HOUR),
        failing(3, NOW - 15 * HOUR, "http_403", last_attempt_at=NOW - 9 * HOUR),
        failing(4, NOW - 90 * HOUR, last_attempt_at=NOW - 3 * HOUR),
    ]
    assert decide(lost, [outage]).asked == [2]
    assert decide([*lost, feed(5)], [outage]).asked == [1, 2]


def test_a_notice_of_others_is_left_to_them() -> None:
    """Whoever told it knows when it is over."""
    other = notice("storm", "all")  # type: ignore[arg-type]
    assert over(decide([feed(1), OTHER], [other])) == ([], [])


def test_unheard_countries_and_since_when() -> None:
    """The last that fell silent counts; what was never polled counts for nothing."""
    known: dict[str, Any] = {"now": NOW, "fresh_from": 0.0}
    reserve = feed(3, paused_at=NOW - DAY, first_success_at=None)
    assert coverage.unheard([reserve], **known) == ()
    retired = feed(4, paused_at=NOW - 2 * DAY)
    lost = [failing(1, NOW - 3 * DAY, countries=("NE", "TD")), retired, reserve]
    assert coverage.unheard(lost, **known) == (
        Unheard("NE", NOW - 2 * DAY, False),
        Unheard("TD", NOW - 3 * DAY, False),
    )
    assert coverage.unheard([*lost, feed(5, countries=("TD",))], **known) == (
        Unheard("NE", NOW - 2 * DAY, False),
    )
