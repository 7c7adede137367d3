"""Several processes share the work: everything is done, and nothing twice."""

from __future__ import annotations

import asyncio

from storage_samples import LEASE, T0, Processes, alert, chat, event, together

from storage import deliveries
from storage.database import Connection, Database

PROCESSES = 4
CHATS = 100
EVENTS = 4


def _send_all(url: str, worker: str) -> list[int]:
    """In another process: claim and settle until nothing waits; the ids that were settled."""

    async def run() -> list[int]:
        database = await Database.open(url)
        done = []
        together()
        while await database.read(deliveries.waiting):
            for delivery in await database.write(
                deliveries.claim, "telegram", worker, now=T0, limit=7, lease=LEASE
            ):
                assert await database.write(deliveries.sent, delivery.id, worker, worker, T0)
                done.append(delivery.id)
        await database.close()
        return done

    return asyncio.run(run())


async def test_four_processes_send_four_hundred_deliveries_once(
    db: Database, database_url: str
) -> None:
    """Each delivery is claimed and settled by exactly one of them."""

    def decide(conn: Connection) -> None:
        everybody = [chat(conn, f"telegram:{i}").id for i in range(CHATS)]
        for _ in range(EVENTS):
            alert(conn, event(conn).id, everybody)

    await db.write(decide)
    tasks = [(database_url, f"w{i}") for i in range(PROCESSES)]
    settled = await asyncio.to_thread(Processes(PROCESSES).run, _send_all, *tasks)
    ids = [delivery_id for part in settled for delivery_id in part]
    assert sorted(ids) == list(range(1, CHATS * EVENTS + 1))
    refs = await db.read(
        lambda conn: conn.all("select id, message_ref from deliveries where state = 'sent'")
    )
    by_worker = {f"w{i}": part for i, part in enumerate(settled)}
    assert {row["id"]: row["message_ref"] for row in refs} == {
        delivery_id: worker for worker, part in by_worker.items() for delivery_id in part
    }
