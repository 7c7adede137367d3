"""What /health says, on a real database."""

from __future__ import annotations

from pathlib import Path

from bot.web.health import check
from storage import feeds, polls
from storage.database import Database
from storage.model import FeedSeed, NewEntry, PollResult

NOW = 1_695_038_400.0
HOUR = 3600.0


async def test_health_names_countries_without_source(tmp_path: Path) -> None:
    """A fact, no verdict: restarting us would not bring a country's press back."""
    db = await Database.open(f"sqlite:///{tmp_path}/health.db")
    entry = NewEntry("1", None, "u", "u", "t", "s", None, "h", "f")

    async def poll(feed_id: int, result: PollResult, now: float) -> None:
        await db.write(feeds.check_now, feed_id, now)
        await db.write(feeds.claim, "w", now=now, limit=9, lease=10.0, host_spacing=0.0)
        await db.write(polls.save, feed_id, "w", result, now=now, alert_max_age=HOUR)

    for country in ("ML", "NE"):
        seed = FeedSeed(f"http://{country}.example/f", country, countries=(country,))
        feed = await db.write(feeds.add, seed, NOW - 9 * HOUR)
        await poll(feed.id, PollResult("changed", NOW, (entry,)), NOW - 9 * HOUR)
        for hours in (3, 2, 1):
            result = PollResult("failed" if country == "NE" else "not_modified", NOW + HOUR)
            await poll(feed.id, result, NOW - hours * HOUR)
    verdict = await check(db, started_at=NOW - 10 * HOUR, clock=lambda: NOW)
    assert verdict.healthy
    assert verdict.facts["countries_without_source"] == ["NE"]
    just_started = await check(db, started_at=NOW - 60, clock=lambda: NOW)
    assert just_started.facts["countries_without_source"] == []
    await db.close()
