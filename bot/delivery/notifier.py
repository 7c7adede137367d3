"""The worker that tells the moderators of one channel what becomes of the sources."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import structlog

from bot.delivery import retry
from bot.delivery.channel import Channel, Gone, Moved, Outcome, Refused, RetryAt, Sent
from bot.delivery.pace import Pace
from bot.messages import notices as wording
from bot.messages.i18n import Catalogue
from bot.work import Clock
from storage import deliveries, leases, notices
from storage.database import Connection, Database
from storage.notices import Letter

log = structlog.get_logger()

#: seconds: longer than any send, so that it is never renewed
LEASE = 60.0


class Notifier:
    """Claim, compose, send, settle: all that waits for one moderator is one message.

    Alerts go first: while one is due on this channel, moderators wait. The pace is the sender's,
    for both spend one budget.
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
        default_language: str,
    ):
        self._db = db
        self._channel = channel
        self._catalogue = catalogue
        self._clock = clock
        self._worker = worker_id
        self._pace = pace
        self._language = default_language
        self._lease = f"notifier:{channel.name}"

    async def round(self) -> bool:
        """Tell one moderator what is due; True when another may be waiting."""
        if not await self._db.read(_has_turn, self._channel.name, self._clock()):
            return False
        letters = await self._db.write(
            _claim, self._channel.name, self._lease, self._worker, now=self._clock()
        )
        if not letters:
            return False
        loop = asyncio.get_running_loop()
        address = letters[0].address
        if (wait := self._pace.delay(address, loop.time())) > 0:
            outcome: Outcome = RetryAt(wait, "its turn comes later", scope="sender")
            await self._settle(letters, outcome)
            return False
        self._pace.spent(address, loop.time())
        try:
            outcome = await self._send(letters)
        except Exception:
            log.exception("notice.failed", letters=[letter.id for letter in letters])
            outcome = RetryAt(0.0, "internal error")
        if isinstance(outcome, RetryAt):
            resume_at = loop.time() + outcome.after
            if outcome.scope == "sender":
                self._pace.hold_all(resume_at)
            else:
                self._pace.hold_chat(address, resume_at)
        await self._settle(letters, outcome)
        return True

    async def _send(self, letters: Sequence[Letter]) -> Outcome:
        language = letters[0].language or self._language
        message = wording.told(letters, self._catalogue.voice(language), self._clock())
        key = f"notice:{letters[0].id}"
        return await self._channel.send(letters[0].address, message, reply_to=None, key=key)

    async def _settle(self, letters: Sequence[Letter], outcome: Outcome) -> None:
        now, write, worker = self._clock(), self._db.write, self._worker
        ids = [letter.id for letter in letters]
        match outcome:
            case Sent():
                await write(notices.sent, ids, worker, now)
            case RetryAt():
                await self._retry(letters, outcome, now)
            case Gone(reason):
                await write(
                    notices.gone, ids, worker, letters[0].address, reason,
                    language=self._language, now=now,
                )  # fmt: skip
            case Refused(reason):
                await write(notices.dead, ids, worker, reason)
            case Moved():
                # a person's chat does not move
                await write(notices.dead, ids, worker, "moved")
        log.info("notice.settled", letters=ids, outcome=type(outcome).__name__)

    async def _retry(self, letters: Sequence[Letter], outcome: RetryAt, now: float) -> None:
        ids = [letter.id for letter in letters]
        count_attempt = outcome.scope == "chat"
        wait: float | None = outcome.after
        if count_attempt:
            wait = retry.next_wait(max(letter.attempts for letter in letters), outcome.after)
        if wait is None:
            await self._db.write(notices.dead, ids, self._worker, f"given up: {outcome.reason}")
            return
        await self._db.write(
            notices.retry,
            ids,
            self._worker,
            due_at=now + wait,
            error=outcome.reason,
            count_attempt=count_attempt,
        )


def _has_turn(conn: Connection, sender: str, now: float) -> bool:
    return notices.due(conn, sender, now) and not deliveries.due(conn, sender, now)


def _claim(conn: Connection, sender: str, lease: str, worker: str, *, now: float) -> list[Letter]:
    """What is due, if nobody else is telling."""
    if not leases.take(conn, lease, worker, now=now, until=now + LEASE):
        return []
    return notices.claim(conn, sender, worker, now=now, lease=LEASE)
