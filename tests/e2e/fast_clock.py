"""`sahel-alerts run` by a clock that goes so many times as fast as the wall's.

`python tests/e2e/fast_clock.py SPEED SET_AT`. Whatever the service does by its clock (when a feed
is due, when a chat may hear a sound again) it does so much sooner; asyncio, the nudges of the
workers and what Telegram allows a second stay on the wall.

At 120 an hour takes half a minute and a nudge, one second, comes every two minutes: as often as
a lively feed is polled anyway, so POLL_INTERVAL_MIN may keep its sixty seconds. A lease is the
exception. It stands for the wall, since what it covers (a fetch, a send, the second for which a
message may wait for its chat's turn) takes as long as ever: fifteen seconds of this clock would
be an eighth of one, and a message that waits for its turn might be claimed again and sent twice.
So leases last `speed` times as many seconds of the clock, which is fifteen of the wall, as they
always do.
"""

from __future__ import annotations

import asyncio
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from bot import cli, serve
from bot.delivery import notifier, sender
from bot.events import decision, editor
from bot.feeds import poller

#: what the clock shows when it is set, a Tuesday, whatever the day of the test: « lundi soir »
#: is then always the same day, and no test runs into midnight
START = datetime(2026, 3, 10, 8, tzinfo=UTC).timestamp()

#: every lease there is, by module
LEASES = (
    (poller, "LEASE"),
    (decision, "LEASE_SECONDS"),
    (editor, "LEASE_SECONDS"),
    (sender, "LEASE"),
    (notifier, "LEASE"),
)


@dataclass(frozen=True)
class FastClock:
    """The same time in the test and in the service: epoch seconds, UTC."""

    speed: float
    #: epoch seconds of the wall at which it showed START
    set_at: float

    def __call__(self) -> float:
        return self.at(time.time())

    def at(self, wall: float) -> float:
        """What it shows when the wall's clock shows `wall`."""
        return START + (wall - self.set_at) * self.speed

    async def reach(self, moment: float) -> None:
        """Wait until it shows that, if it does not yet."""
        await asyncio.sleep(max(0.0, (moment - self()) / self.speed))

    @property
    def program(self) -> tuple[str, ...]:
        """What `Service.start` takes to run the service by this clock."""
        return ("tests/e2e/fast_clock.py", str(self.speed), str(self.set_at))


def main(clock: FastClock) -> int:
    for module, name in LEASES:
        setattr(module, name, getattr(module, name) * clock.speed)
    open_rooms = serve.open_rooms
    serve.open_rooms = lambda settings, _wall: open_rooms(settings, clock)
    return cli.main(["run"])


if __name__ == "__main__":
    sys.exit(main(FastClock(float(sys.argv[1]), float(sys.argv[2]))))
