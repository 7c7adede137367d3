"""Where a query looks: so that a reader is told which countries nobody reports from."""

from __future__ import annotations

import pytest

from bot.events.query import parse, saved


@pytest.mark.parametrize(
    ("query", "countries"),
    [
        ("country:NE", {"NE"}),
        ("pays:niger", {"NE"}),
        ("country:NE kind:attack pont", {"NE"}),
        ("country:NE OR country:ML", {"NE", "ML"}),
        ("near:diffa,30km", {"NE"}),
        ("place:gao severity>=severe", {"ML"}),
        # the narrower of two: an event on a border is in both countries
        ("(country:NE OR country:ML) near:gao", {"ML"}),
        # anywhere
        ("kind:attack", set()),
        ("country:NE OR pont", set()),
        ("kind:attack -country:NE", set()),
    ],
)
def test_where_a_query_looks(query: str, countries: set[str]) -> None:
    """An empty set is anywhere; what is saved looks where what was typed does."""
    asked = parse(query)
    assert asked.countries == countries
    assert saved(asked.norm).countries == countries
