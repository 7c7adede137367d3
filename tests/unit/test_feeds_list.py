"""The list that we ship: feeds.yaml."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import pytest

from bot.feeds import catalog
from storage.model import FeedSeed

#: outlets that are dead, refuse robots or launder propaganda; reasons are in feeds.yaml
_NEVER = ("voaafrique.com", "news-pravda.com", "actuniger.com", "apanews.net", "reliefweb.int")


@pytest.fixture(scope="module")
def seeds() -> list[FeedSeed]:
    return catalog.read(Path(__file__).parents[2] / "feeds.yaml")


def test_every_core_country_is_covered_by_more_than_its_state(seeds: list[FeedSeed]) -> None:
    """A country heard of through its government alone is not heard of."""
    active = [seed for seed in seeds if not seed.paused]
    independent = {
        country
        for seed in active
        if not seed.state_media and seed.kind == "national press"
        for country in seed.countries
    }

    assert len(active) >= 45
    assert independent >= {"ML", "BF", "NE", "TD", "BJ", "TG", "CI", "NG", "MR"}
    assert {seed.language for seed in active if not seed.countries} == {"fr", "en"}


def test_state_media_are_marked_and_judged(seeds: list[FeedSeed]) -> None:
    """What a government says through its media is never "usually reliable"."""
    assert {seed.name for seed in seeds if seed.kind == "state media"} == {
        seed.name for seed in seeds if seed.state_media
    }
    assert {seed.reliability for seed in seeds if seed.state_media} == {"C"}
    assert {seed.reliability for seed in seeds} <= set("BCD")


def test_languages_that_were_not_measured_on_real_items_are_paused(seeds: list[FeedSeed]) -> None:
    """What may alert wrongly must not alert at all."""
    assert all(seed.paused for seed in seeds if seed.language not in ("fr", "en"))


def test_known_bad_sources_stay_out(seeds: list[FeedSeed]) -> None:
    """So that nobody adds them again by mistake."""
    hosts = [urlsplit(seed.url).hostname or "" for seed in seeds]

    assert [host for host in hosts if host.endswith(_NEVER)] == []
    assert all(seed.url.startswith("https://") for seed in seeds)
