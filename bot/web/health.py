"""Is the service doing its work? One verdict for people, containers and load balancers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from bot.feeds import coverage
from bot.work import Clock
from storage import deliveries, entries, feeds, hubs
from storage.database import Connection, Database
from storage.model import FeedHealth

#: a due feed that nobody has looked at for this long means that polling stands still
OVERDUE_LIMIT = 180.0
#: with feeds to poll, an hour without one success means that we hear nothing
SILENCE_LIMIT = 3600.0


@dataclass(frozen=True, slots=True)
class Verdict:
    healthy: bool
    #: one plain sentence for each thing that is wrong
    problems: tuple[str, ...]
    facts: dict[str, Any]


def judge(feed: FeedHealth, *, started_at: float, now: float) -> tuple[str, ...]:
    """What is wrong with polling at `now` (epoch seconds); empty when nothing is.

    Right after a start, feeds that fell due while we were away are given the time to be polled.
    """
    if feed.feeds - feed.paused <= 0:
        return ("No feed is being polled: add one with /addfeed or FEEDS_FILE.",)
    problems = []
    overdue_since = max(feed.oldest_due_at or now, started_at)
    if now - overdue_since > OVERDUE_LIMIT:
        minutes = int((now - overdue_since) // 60)
        problems.append(f"Polling stands still: a feed has been due for {minutes} minutes.")
    heard_at = max(feed.last_success_at or 0.0, started_at)
    if now - heard_at > SILENCE_LIMIT:
        problems.append(
            f"No feed has answered for {int((now - heard_at) // 60)} minutes: "
            "check the network and /feeds."
        )
    return tuple(problems)


async def check(db: Database, *, started_at: float, clock: Clock) -> Verdict:
    """Ask the database, which every process shares, rather than our own memory."""
    now = clock()
    try:
        feed, observed = await db.read(_observe, now, started_at)
    except Exception as error:
        return Verdict(False, (f"The database does not answer: {type(error).__name__}.",), {})
    problems = judge(feed, started_at=started_at, now=now)
    facts = {
        "feeds": feed.feeds,
        "paused": feed.paused,
        "failing": feed.failing,
        "last_success_at": feed.last_success_at,
        **observed,
    }
    return Verdict(not problems, problems, facts)


def _observe(conn: Connection, now: float, started_at: float) -> tuple[FeedHealth, dict[str, Any]]:
    unheard = coverage.unheard(feeds.everything(conn), now=now, fresh_from=started_at)
    return feeds.health(conn, now), {
        # facts, no verdict: a restart would not bring a country's press back
        "countries_without_source": [lost.country for lost in unheard],
        "feeds_pushed": hubs.pushed_feeds(conn, now),
        "entries_waiting": entries.waiting(conn),
        "deliveries_waiting": deliveries.waiting(conn),
    }


class HealthServer:
    """GET /health: 200 when all is well, 503 with the reasons when not. Serves `routes` too."""

    def __init__(
        self,
        db: Database,
        *,
        clock: Clock,
        host: str,
        port: int,
        routes: Sequence[web.RouteDef] = (),
    ):
        self._db = db
        self._clock = clock
        self._started_at = clock()
        self._host = host
        self._port = port
        self._routes = routes
        self._runner: web.AppRunner | None = None

    async def start(self) -> None:
        """Listen.

        Raises:
            OSError: when the address is taken or not ours.
        """
        app = web.Application()
        app.router.add_get("/health", self._health)
        app.router.add_routes(self._routes)
        self._runner = web.AppRunner(
            app,
            access_log=None,
            shutdown_timeout=1.0,
            # whoever reads a body inflates it with a limit
            auto_decompress=False,
            # seconds for what still comes of a body that is not wanted
            lingering_time=1.0,
        )
        await self._runner.setup()
        await web.TCPSite(self._runner, self._host, self._port).start()

    async def stop(self) -> None:
        if self._runner:
            await self._runner.cleanup()

    async def _health(self, _request: web.Request) -> web.Response:
        verdict = await check(self._db, started_at=self._started_at, clock=self._clock)
        body = {
            "status": "ok" if verdict.healthy else "failing",
            "problems": list(verdict.problems),
            **verdict.facts,
        }
        return web.json_response(body, status=200 if verdict.healthy else 503)
