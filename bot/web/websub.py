"""Where hubs find us: they ask whether we want what we asked for, and push what is new."""

from __future__ import annotations

import asyncio
import hashlib
import random
from collections import Counter
from collections.abc import Callable

import structlog
from aiohttp import hdrs, web
from aiohttp.http_exceptions import HttpProcessingError

from bot.feeds import hub_rules, rhythm
from bot.feeds.address import canonical_url
from bot.feeds.fetch import MAX_BYTES, lowered
from bot.feeds.hub_links import announced
from bot.feeds.hubs import CALLBACK_PATH
from bot.feeds.inflate import Inflater
from bot.feeds.parsing import Parsers
from bot.feeds.problem import Problem
from bot.work import Clock
from storage import hubs, pushes
from storage.database import Database
from storage.model import HubMode, HubSubscription

log = structlog.get_logger()

#: seconds that a hub may take to send one body
BODY_LIMIT = 10.0
#: pushes that are read at the same time: of all hubs, and of one
MOST_AT_ONCE = 8
MOST_OF_ONE = 2
#: when a hub that sends more than that may try again (seconds)
_COME_BACK = "30"

_CHUNK = 64 * 1024
_REASON = 100


class Callbacks:
    """The callback of every hub subscription, told apart by the token in its path.

    What is pushed is stored before it is answered; whatever cannot be is looked up at the feed.
    `on_saved` is called after each push that left something for the editor.
    """

    def __init__(
        self,
        db: Database,
        parsers: Parsers,
        *,
        clock: Clock,
        alert_max_age: float,
        on_saved: Callable[[], None] = lambda: None,
        jitter: Callable[[], float] = random.random,
        body_limit: float = BODY_LIMIT,
    ):
        self.on_saved = on_saved
        self._db = db
        self._parsers = parsers
        self._clock = clock
        self._alert_max_age = alert_max_age
        self._jitter = jitter
        self._body_limit = body_limit
        self._busy: Counter[int] = Counter()

    def routes(self) -> list[web.RouteDef]:
        path = CALLBACK_PATH + "{token}"
        return [
            web.get(path, self._verify, allow_head=False),
            web.post(path, self._receive),
        ]

    async def _verify(self, request: web.Request) -> web.Response:
        """WebSub 5.3 and 5.2: echo the challenge of what we asked for, take note of a denial."""
        query, token = request.query, request.match_info["token"]
        mode, topic = query.get("hub.mode", ""), query.get("hub.topic", "")
        if mode == "denied":
            return await self._denied(token, topic, query.get("hub.reason", ""))
        challenge = query.get("hub.challenge", "")
        if not challenge or mode not in ("subscribe", "unsubscribe"):
            return web.Response(status=404)
        now, seconds = self._clock(), hub_rules.lease(query.get("hub.lease_seconds"))
        wanted: HubMode = "subscribe" if mode == "subscribe" else "unsubscribe"
        feed = await self._db.write(
            hubs.verified,
            token,
            topic,
            wanted,
            asked_since=now - hub_rules.VERIFY_WITHIN,
            lease_until=now + seconds,
            renew_at=hub_rules.renew_at(now, seconds, self._jitter()),
            now=now,
        )
        if feed is None:
            log.info("websub.not_asked_for", mode=mode)
            return web.Response(status=404)
        log.info("websub.verified", feed=feed, mode=mode, lease=seconds)
        # the hub's words come back as plain text, whatever they are
        return web.Response(
            text=challenge,
            content_type="text/plain",
            headers={"X-Content-Type-Options": "nosniff"},
        )

    async def _denied(self, token: str, topic: str, reason: str) -> web.Response:
        now, said = self._clock(), " ".join(reason.split())[:_REASON]
        problem = Problem("hub_refused", detail=said or "hub.mode=denied")
        feed = await self._db.write(
            hubs.denied,
            token,
            topic,
            error=problem.dump(),
            retry_at=now + hub_rules.REFUSED_PAUSE,
            now=now,
        )
        if feed is None:
            return web.Response(status=404)
        log.info("websub.denied", feed=feed, reason=said)
        return web.Response()

    async def _receive(self, request: web.Request) -> web.Response:
        """WebSub 7: content distribution. Nothing is read for whom we did not give the address."""
        subscription = await self._db.read(hubs.by_token, request.match_info["token"])
        if subscription is None:
            return _closing(404)
        if subscription.mode != "subscribe":
            return _closing(410)
        of = subscription.id
        if self._busy[of] >= MOST_OF_ONE or self._busy.total() >= MOST_AT_ONCE:
            if subscription.pinged_at is None:
                await self._db.write(pushes.ping, of, self._clock())
            return _closing(503, {hdrs.RETRY_AFTER: _COME_BACK})
        self._busy[of] += 1
        try:
            return await self._take(subscription, request)
        finally:
            self._busy[of] -= 1
            if not self._busy[of]:
                del self._busy[of]

    async def _take(self, subscription: HubSubscription, request: web.Request) -> web.Response:
        try:
            async with asyncio.timeout(self._body_limit):
                bodies = await _read(request)
        except TimeoutError:
            return await self._ignore(subscription, "slow body", _closing(408))
        except (ValueError, ConnectionError, web.RequestPayloadError, HttpProcessingError):
            return await self._ignore(subscription, "broken body", _closing(400))
        if bodies is None:
            return await self._ignore(subscription, "large body", _closing(413))
        signature = request.headers.get("X-Hub-Signature")
        # some hubs sign what they then compress, others what they send
        if not any(hub_rules.signed(signature, subscription.secret, body) for body in bodies):
            return await self._ignore(subscription, "signature", web.Response(status=202))
        headers = lowered(request.headers)
        _, topic = announced(headers.get("link"), None, subscription.topic)
        if topic and canonical_url(topic) != canonical_url(subscription.topic):
            return await self._ignore(subscription, "topic", web.Response(status=202))
        await self._keep(subscription, bodies[-1], headers)
        return web.Response(status=202)

    async def _keep(
        self, subscription: HubSubscription, body: bytes, headers: dict[str, str]
    ) -> None:
        """Store what is new; what is no feed, or not to be decided here, is a ping."""
        body_hash = hashlib.sha256(body).hexdigest()
        if body_hash == subscription.push_hash:
            log.info("websub.again", feed=subscription.feed_id)
            return
        parsed = await self._parsers.parse(body, headers, subscription.topic, self._clock())
        if not parsed.is_feed:
            await self._db.write(pushes.ping, subscription.id, self._clock())
            log.info("websub.pinged", feed=subscription.feed_id)
            return
        now = self._clock()
        saved = await self._db.write(
            pushes.save_push,
            subscription.id,
            parsed.entries,
            body_hash=body_hash,
            now=now,
            alert_max_age=self._alert_max_age,
            learn=lambda known, new: rhythm.pushed(known, new, now),
        )
        log.info("websub.pushed", feed=subscription.feed_id, new=saved.new, look=saved.look)
        if saved.new:
            self.on_saved()

    async def _ignore(
        self, subscription: HubSubscription, reason: str, answer: web.Response
    ) -> web.Response:
        await self._db.write(pushes.ignored, subscription.id)
        log.warning("websub.ignored", feed=subscription.feed_id, reason=reason)
        return answer


async def _read(request: web.Request) -> list[bytes] | None:
    """The body as sent and inflated; None when it is larger than MAX_BYTES.

    Raises:
        ValueError: for compression that is broken or that we do not know.
    """
    inflate = Inflater(request.headers.get(hdrs.CONTENT_ENCODING, ""), MAX_BYTES)
    sent = bytearray()
    async for chunk in request.content.iter_chunked(_CHUNK):
        sent += chunk
        if len(sent) > MAX_BYTES or not inflate.feed(chunk):
            return None
    return [bytes(sent), inflate.body()]


def _closing(status: int, headers: dict[str, str] | None = None) -> web.Response:
    """An answer before the body was read: what else comes over this connection is not wanted."""
    answer = web.Response(status=status, headers=headers)
    answer.force_close()
    return answer
