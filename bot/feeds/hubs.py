"""The worker that asks hubs to push: subscribes, renews before a lease ends, takes leave."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from urllib.parse import urlsplit

import structlog
from aiohttp import hdrs

from bot.feeds import hub_rules
from bot.feeds.address import web_address
from bot.feeds.fault import FAULTS, problem_of
from bot.feeds.fetch import MAX_BYTES, Fetcher
from bot.feeds.problem import Problem
from bot.work import Clock
from storage import hubs, pushes
from storage.database import Database
from storage.model import HubSubscription

log = structlog.get_logger()

#: hubs that are asked at the same time
CONCURRENCY = 5
#: seconds for one question, redirects included; a hub may verify meanwhile
DEADLINE = 20.0
#: seconds that a claim lasts: longer than the question
LEASE = 2 * DEADLINE
#: seconds between two looks at what feeds announce
RECONCILE_EVERY = 5.0
#: the path under PUBLIC_URL where hubs find us
CALLBACK_PATH = "/websub/"

#: 301 to 303 would turn a POST into a GET: no hub (WebSub 5.1)
_REDIRECTS = frozenset({307, 308})
_MAX_REDIRECTS = 3
#: answers that mean "not now" rather than "no"
_LATER = frozenset({408, 425, 429})


def callbacks(public_url: str | None) -> str | None:
    """The address that a token is added to; None when no hub could or should reach us.

    Without TLS everybody on the way could read the secret of a callback: http is for hubs on
    this machine.
    """
    if public_url is None:
        return None
    parts = urlsplit(public_url)
    if parts.scheme != "https" and parts.hostname not in ("127.0.0.1", "::1", "localhost"):
        log.warning("websub.off", reason="PUBLIC_URL is not https")
        return None
    return public_url + CALLBACK_PATH


class Hubs:
    """Claim → ask → settle; a hub's consent comes later, at the callback.

    `callbacks` is the address that a token is added to, `spacing` the seconds between two polls
    that pings may cause, `jitter` gives numbers in 0..1.
    """

    def __init__(
        self,
        db: Database,
        fetcher: Fetcher,
        *,
        clock: Clock,
        worker_id: str,
        callbacks: str,
        spacing: float,
        deadline: float = DEADLINE,
        jitter: Callable[[], float] = random.random,
    ):
        self._db = db
        self._fetcher = fetcher
        self._clock = clock
        self._worker_id = worker_id
        self._callbacks = callbacks
        self._spacing = spacing
        self._deadline = deadline
        self._jitter = jitter
        self._reconciled_at: float | None = None

    async def round(self) -> bool:
        """Follow what feeds announce and hubs ping, ask the hubs that are due; True if any was."""
        now = self._clock()
        last = self._reconciled_at
        if last is None or not 0 <= now - last < RECONCILE_EVERY:
            await self._db.write(hubs.reconcile, self._callbacks, now)
            self._reconciled_at = now
        if not await self._db.read(hubs.waiting, now):
            return False
        await self._db.write(pushes.poll_pinged, now, self._spacing)
        claimed = await self._db.write(
            hubs.claim,
            self._worker_id,
            callbacks=self._callbacks,
            now=now,
            limit=CONCURRENCY,
            lease=LEASE,
        )
        await asyncio.gather(*(self._ask(subscription) for subscription in claimed))
        return bool(claimed)

    async def _ask(self, wanted: HubSubscription) -> None:
        problem = await self._post(wanted.hub, _form(wanted))
        now = self._clock()
        refused = problem is not None and problem.key == "hub_refused"
        pause_over = hub_rules.retry_at(now, wanted.attempts, self._jitter())
        leaving = wanted.mode == "unsubscribe"
        settled = await self._db.write(
            hubs.asked,
            wanted.id,
            self._worker_id,
            retry_at=now + hub_rules.REFUSED_PAUSE if refused else pause_over,
            error=problem.dump() if problem else None,
            give_up=leaving and (refused or wanted.attempts >= hub_rules.UNSUBSCRIBE_ATTEMPTS),
        )
        # not settled: the hub has verified or denied before it answered us
        if problem and settled:
            log.info("websub.hub_failed", feed=wanted.feed_id, mode=wanted.mode, reason=problem)
        else:
            log.info("websub.asked", feed=wanted.feed_id, mode=wanted.mode)

    async def _post(self, url: str, form: dict[str, str]) -> Problem | None:
        """Why the hub cannot be asked; None when it has taken the question."""
        try:
            async with asyncio.timeout(self._deadline):
                return await self._follow(url, form)
        except TimeoutError:
            return Problem("slow", seconds=self._deadline)
        except FAULTS as error:
            return problem_of(error, size=MAX_BYTES // 1024**2)

    async def _follow(self, url: str, form: dict[str, str]) -> Problem | None:
        for _ in range(_MAX_REDIRECTS + 1):
            async with self._fetcher.request(
                "POST", url, data=form, headers={hdrs.ACCEPT: "*/*"}
            ) as answer:
                target = web_address(answer.headers.get(hdrs.LOCATION, ""), url)
                if answer.status not in _REDIRECTS or target is None:
                    return _problem(answer.status)
            if url.startswith("https://") and not target.startswith("https://"):
                return Problem("hub_refused", detail="https → http")
            url = target
        return Problem("redirects", count=_MAX_REDIRECTS)


def _form(wanted: HubSubscription) -> dict[str, str]:
    form = {
        "hub.callback": wanted.callback or "",
        "hub.mode": wanted.mode,
        "hub.topic": wanted.topic,
    }
    if wanted.mode == "subscribe":
        form["hub.lease_seconds"] = str(hub_rules.LEASE_WANTED)
        form["hub.secret"] = wanted.secret
    return form


def _problem(status: int) -> Problem | None:
    if 200 <= status < 300:
        return None
    if 400 <= status < 500 and status not in _LATER:
        return Problem("hub_refused", detail=f"HTTP {status}")
    return Problem("http_5xx" if status >= 500 else "http_other", status=status)
