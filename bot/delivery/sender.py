"""The worker that empties the outbox of one channel: claim, compose, send, settle."""

from __future__ import annotations

import asyncio

import structlog

from bot.delivery import retry
from bot.delivery.channel import Channel, Gone, Moved, Outcome, Refused, RetryAt, Sent
from bot.delivery.pace import Pace
from bot.events.facts import EventFacts
from bot.messages import compose
from bot.messages.i18n import Catalogue
from bot.work import Clock
from storage import deliveries, leases
from storage.database import Connection, Database
from storage.model import Delivery

log = structlog.get_logger()

#: seconds: a crash delays what was in flight by no more than this
LEASE = 15.0
RENEW_EVERY = 5.0
#: deliveries in flight at once
MOST = 30
#: a delivery whose turn comes later than this goes back, so that it keeps nobody waiting
LONGEST_WAIT = 1.0
#: seconds for which a round takes up new work before it ends what it has: short, because a
#: worker is stopped between two rounds
ROUND = 1.0


class Sender:
    """Sends what is due on one channel, most urgent first, each delivery once.

    The named lease keeps a second process from spending the same platform budget twice. Between
    the send and its settling there is a moment in which a crash repeats the message; nothing
    else does.
    """

    def __init__(
        self,
        db: Database,
        channel: Channel,
        catalogue: Catalogue,
        *,
        clock: Clock,
        worker_id: str,
        pace: Pace,
    ):
        self._db = db
        self._channel = channel
        self._catalogue = catalogue
        self._clock = clock
        self._worker = worker_id
        self._pace = pace
        self._lease = f"sender:{channel.name}"
        self._flying: dict[asyncio.Task[None], Delivery] = {}

    async def round(self) -> bool:
        """Send what is due; True when there may be more.

        Ends soon after ROUND seconds. Cancelling it abandons what is in flight to the leases.
        """
        if not await self._db.read(deliveries.waiting):
            return False
        if not await self._take_up():
            return False
        try:
            await self._fly()
        finally:
            for task in self._flying:
                task.cancel()
            self._flying.clear()
            # at once, not after its fifteen seconds: somebody may be starting in our place
            await self._db.write(leases.release, self._lease, self._worker)
        return True

    async def _fly(self) -> None:
        loop = asyncio.get_running_loop()
        ends_at = loop.time() + ROUND
        renew_at = loop.time() + RENEW_EVERY
        while self._flying:
            done, _ = await asyncio.wait(
                self._flying,
                timeout=max(0.0, renew_at - loop.time()),
                return_when=asyncio.FIRST_COMPLETED,
            )
            for task in done:
                del self._flying[task]
            if loop.time() >= renew_at:
                await self._renew()
                renew_at = loop.time() + RENEW_EVERY
            if loop.time() < ends_at and len(self._flying) <= MOST // 2:
                await self._take_up()

    async def _take_up(self) -> bool:
        """Claim as many as may leave soon, and start them; False when there are none."""
        loop = asyncio.get_running_loop()
        room = min(MOST - len(self._flying), self._pace.room(loop.time(), LONGEST_WAIT))
        if room <= 0:
            return False
        claimed = await self._db.write(
            _claim,
            self._channel.name,
            self._lease,
            self._worker,
            now=self._clock(),
            limit=room,
            is_working=bool(self._flying),
        )
        for delivery in claimed:
            wait = self._pace.delay(delivery.address, loop.time())
            if wait > LONGEST_WAIT:
                await self._put_back(delivery, wait, "its chat's turn comes later")
                continue
            self._pace.spent(delivery.address, loop.time() + wait)
            self._flying[asyncio.create_task(self._deliver(delivery, wait))] = delivery
        return bool(claimed)

    async def _renew(self) -> None:
        now = self._clock()
        ids = [delivery.id for delivery in self._flying.values()]
        await self._db.write(_renew, self._lease, self._worker, ids, now=now)

    async def _deliver(self, delivery: Delivery, wait: float) -> None:
        """One delivery's way out. Never raises: a bug in one must not end the others."""
        try:
            await asyncio.sleep(wait)
            if held := self._pace.held(delivery.address, asyncio.get_running_loop().time()):
                # told to wait while this one waited for its turn
                await self._put_back(delivery, held, "the platform asked to wait")
                return
            try:
                outcome = await self._send(delivery)
            except Exception:
                log.exception("delivery.failed", delivery=delivery.id, ref=delivery.event_ref)
                outcome = RetryAt(0.0, "internal error")
            await self._settle(delivery, outcome)
        except Exception:
            # the database did not take it: the lease runs out and the delivery is claimed again
            log.exception("delivery.not_settled", delivery=delivery.id, ref=delivery.event_ref)

    async def _send(self, delivery: Delivery) -> Outcome:
        told = EventFacts.load(delivery.told_facts) if delivery.told_facts else None
        if delivery.shown_ref and told and delivery.msg_type == "update":
            return await self._sound(delivery, told, delivery.shown_ref)
        message = compose.alert(
            EventFacts.load(delivery.facts),
            ref=delivery.event_ref,
            msg_type=delivery.msg_type,
            revision=delivery.revision,
            told=told,
            language=delivery.language,
            catalogue=self._catalogue,
        )
        if delivery.action == "edit" and delivery.told_ref:
            return await self._channel.edit(delivery.address, delivery.told_ref, message)
        # a chat that was never told has nothing to edit: for it, this is the alert
        return await self._channel.send(
            delivery.address, message, reply_to=delivery.told_ref, key=str(delivery.id)
        )

    async def _sound(self, delivery: Delivery, told: EventFacts, shown_ref: str) -> Outcome:
        """For what an edit has shown: it answers that message, which is the one to edit still."""
        message = compose.sound(
            EventFacts.load(delivery.facts),
            ref=delivery.event_ref,
            revision=delivery.revision,
            told=told,
            language=delivery.language,
            catalogue=self._catalogue,
        )
        outcome = await self._channel.send(
            delivery.address, message, reply_to=shown_ref, key=str(delivery.id)
        )
        return Sent(shown_ref) if isinstance(outcome, Sent) else outcome

    async def _settle(self, delivery: Delivery, outcome: Outcome) -> None:
        now = self._clock()
        settled = await self._settlement(delivery, outcome, now)
        log.info(
            "delivery.settled" if settled else "delivery.lease_lost",
            delivery=delivery.id,
            ref=delivery.event_ref,
            outcome=type(outcome).__name__,
            attempt=delivery.attempts,
            seconds=round(now - delivery.decided_at, 3),
            **({} if isinstance(outcome, Sent | Moved) else {"reason": outcome.reason}),
        )

    async def _settlement(self, delivery: Delivery, outcome: Outcome, now: float) -> bool:
        write, id, worker = self._db.write, delivery.id, self._worker
        match outcome:
            case Sent(ref):
                return await write(deliveries.sent, id, worker, ref, now)
            case Moved(address):
                return await write(deliveries.moved, id, worker, address, now)
            case Gone(reason):
                return await write(deliveries.gone, id, worker, reason, now)
            case Refused(reason):
                return await write(deliveries.dead, id, worker, reason, now)
            case RetryAt():
                return await self._retry(delivery, outcome, now)

    async def _retry(self, delivery: Delivery, outcome: RetryAt, now: float) -> bool:
        resume_at = asyncio.get_running_loop().time() + outcome.after
        if outcome.scope == "sender":
            # the whole platform: no fault of this delivery, so no attempt of its own
            self._pace.hold_all(resume_at)
            return await self._put_back(delivery, outcome.after, outcome.reason)
        self._pace.hold_chat(delivery.address, resume_at)
        wait = retry.next_wait(delivery.attempts, outcome.after)
        if wait is None:
            reason = f"given up: {outcome.reason}"
            return await self._db.write(deliveries.dead, delivery.id, self._worker, reason, now)
        return await self._db.write(
            deliveries.retry, delivery.id, self._worker, due_at=now + wait, error=outcome.reason
        )

    async def _put_back(self, delivery: Delivery, wait: float, reason: str) -> bool:
        """Due again in `wait` seconds, as if it had not been claimed."""
        return await self._db.write(
            deliveries.retry,
            delivery.id,
            self._worker,
            due_at=self._clock() + wait,
            error=reason,
            count_attempt=False,
        )


def _claim(
    conn: Connection,
    sender: str,
    lease: str,
    worker: str,
    *,
    now: float,
    limit: int,
    is_working: bool,
) -> list[Delivery]:
    """What is due, if nobody else is sending; without any work the named lease is given back."""
    if not leases.take(conn, lease, worker, now=now, until=now + LEASE):
        return []
    claimed = deliveries.claim(conn, sender, worker, now=now, limit=limit, lease=LEASE)
    if not claimed and not is_working:
        leases.release(conn, lease, worker)
    return claimed


def _renew(conn: Connection, lease: str, worker: str, ids: list[int], *, now: float) -> None:
    leases.take(conn, lease, worker, now=now, until=now + LEASE)
    deliveries.renew(conn, worker, ids, now + LEASE)
