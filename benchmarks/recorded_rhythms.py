"""Rhythms that were recorded, and weeks of news generated in the same rhythms."""

from __future__ import annotations

import json
import math
import random
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from bot.feeds.parse import parse

SAMPLES = Path(__file__).parents[2] / "shared" / "data" / "feedsamples"
HOUR, DAY, WEEK = 3600.0, 86400.0, 7 * 86400.0
#: a Monday, 00:00 UTC
MONDAY = 1_780_272_000.0

#: items already parsed, from feeds of Niger and Chad, July 2026
_REGION = "sahel_items_asip_2026-07.jsonl"
#: bodies that newsrooms served; the other samples are test files, archives or undated
_WORLD = (
    "bbc_news_2026-04.xml",
    "cnn_real.rss",
    "francetvinfo_titres_2024-01.xml",
    "golem_iso-8859-1_2018.xml",
    "guardian_2018-01.rss",
    "heise.atom",
    "japantimes_2023-11.xml",
    "jornaldenoticias_iso-8859-1_2018-01.rss",
    "lemonde_une_2018-06-27.xml",
    "lemonde_une_2024-01-18.xml",
    "npr_2023-11.xml",
    "nytimes_middleeast_2023-11.xml",
    "sciencesetavenir_2018-06.xml",
    "tagesschau_2026-04.xml",
    "wordpress_org_feed_2026.xml",
)
_FEWEST = 6


@dataclass(frozen=True, slots=True)
class Habit:
    """How a feed writes: items a day, how they spread over the 24 UTC hours, what it shows."""

    name: str
    rate: float
    #: against the average hour
    hours: tuple[float, ...]
    window: int


def region(folder: Path = SAMPLES) -> dict[str, list[float]]:
    """When items were published, by site."""
    found: defaultdict[str, set[float]] = defaultdict(set)
    for line in (folder / _REGION).read_text("utf-8").splitlines():
        raw = json.loads(line)
        if raw["published"]:
            site = (urlsplit(raw["url"]).hostname or "").removeprefix("www.")
            found[site].add(datetime.fromisoformat(raw["published"]).timestamp())
    return _enough(found)


def world(folder: Path = SAMPLES) -> dict[str, list[float]]:
    """The same for single bodies of feeds from elsewhere."""
    return _enough({name: _dates((folder / name).read_bytes()) for name in _WORLD})


def _dates(body: bytes) -> set[float]:
    entries = parse(body, {}, "https://sample.example/", MONDAY + 999 * DAY).entries
    return {entry.published_at for entry in entries if entry.published_at is not None}


def _enough(found: Mapping[str, set[float]]) -> dict[str, list[float]]:
    return {name: sorted(dates) for name, dates in sorted(found.items()) if len(dates) >= _FEWEST}


def habit(name: str, times: Sequence[float]) -> Habit:
    """What a record of some hours or days lets one guess, the oldest quarter left out."""
    kept = times[len(times) // 4 :]
    rate = max(0.1, (len(kept) - 1) * DAY / (kept[-1] - kept[0]))
    counts = [0.25] * 24
    for moment in kept:
        counts[int(moment // HOUR) % 24] += 1
    near = [counts[i - 1] / 4 + counts[i] / 2 + counts[(i + 1) % 24] / 4 for i in range(24)]
    hours = tuple(24 * count / sum(near) for count in near)
    return Habit(name, rate, hours, window=min(30, max(10, len(times))))


def weeks_of(one: Habit, weeks: int, rng: random.Random) -> list[float]:
    """Publication times from MONDAY on, by chance but in the feed's hours.

    A Poisson process by the hour; three items in ten are followed by another one a quarter of an
    hour later or so; about once a week news breaks and items follow each other every twenty
    minutes; weekends bring a third to all of the usual.
    """
    weekend = rng.uniform(0.3, 1.0)
    out: list[float] = []
    for hour in range(weeks * 7 * 24):
        usual = one.rate / 24 * one.hours[hour % 24] * (weekend if hour // 24 % 7 >= 5 else 1.0)
        for _ in range(_poisson(usual / 1.6, rng)):
            out.append(MONDAY + (hour + rng.random()) * HOUR)
            while rng.random() < 0.3:
                out.append(out[-1] + rng.expovariate(1 / 900))
        if rng.random() < one.hours[hour % 24] / (7 * 24):
            moment = MONDAY + (hour + rng.random()) * HOUR
            for _ in range(1 + int(rng.expovariate(1 / (2 + one.rate / 4)))):
                moment += rng.expovariate(1 / 1200)
                out.append(moment)
    return sorted(out)


def _poisson(expected: float, rng: random.Random) -> int:
    count, left = 0, rng.random()
    while left > math.exp(-expected):
        count += 1
        left *= rng.random()
    return count
