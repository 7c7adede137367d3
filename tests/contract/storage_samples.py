"""Rows for the tests of storage, made with as few words as possible."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing.synchronize import Barrier
from typing import TypeVar

from storage import (
    alerts,
    chats,
    deliveries,
    entries,
    events,
    feeds,
    subscribers,
    subscriptions,
)
from storage.database import Connection
from storage.model import (
    Action,
    Addressee,
    Chat,
    Event,
    FeedSeed,
    MsgType,
    NewEntry,
    Subscription,
)

#: a moment that tests count from
T0 = 1_700_000_000.0
LEASE = 15.0

T = TypeVar("T")
_barrier: Barrier


def seed(name: str = "a", *, host: str | None = None, paused: bool = False) -> FeedSeed:
    return FeedSeed(
        url=f"https://{host or name + '.example'}/{name}.xml",
        name=f"Journal {name}",
        language="fr",
        countries=("ML", "BF"),
        kind="national press",
        reliability="B",
        state_media=True,
        origin="Agence",
        paused=paused,
    )


def new_entry(
    identity: str = "1",
    *,
    content: str = "first",
    url: str | None = None,
    fingerprint: str | None = None,
    published_at: float | None = T0,
) -> NewEntry:
    url = f"https://a.example/{identity}" if url is None else url
    return NewEntry(
        identity=identity,
        guid=identity,
        url=url,
        canonical_url=url,
        title=f"Titre {content}",
        summary=f"Chapeau {content}",
        published_at=published_at,
        content_hash=content,
        fingerprint=f"{identity} {content}" if fingerprint is None else fingerprint,
    )


def event(
    conn: Connection,
    *,
    kind: str = "attack",
    country: str | None = "ML",
    day: str = "2023-09-17",
    at: float = T0,
) -> Event:
    return events.create(
        conn,
        kind=kind,
        facts="{}",
        words_norm="attaque gao",
        country=country,
        happened_from=at - 3600,
        happened_to=at,
        ref_day=day,
        seen_at=at,
        now=at,
    )


def chat(conn: Connection, address: str = "telegram:1") -> Chat:
    return chats.ensure(conn, address, language="fr", now=T0)


def subscribe(
    conn: Connection, address: str, identity: str, query: str = "kind:attack"
) -> Subscription | None:
    return subscriptions.add(
        conn,
        subscriber_id=subscribers.ensure(conn, identity, T0),
        chat_id=chat(conn, address).id,
        query=query,
        query_norm=query,
        now=T0,
    )


def alert(
    conn: Connection,
    event_id: int,
    chat_ids: Sequence[int],
    *,
    revision: int = 1,
    action: Action = "push",
    msg_type: MsgType = "alert",
    priority: int = 1,
    now: float = T0,
) -> int:
    """Decide one and queue it; its id."""
    alert_id = alerts.decide(
        conn,
        event_id=event_id,
        revision=revision,
        msg_type=msg_type,
        facts=f"facts {revision}",
        now=now,
    )
    deliveries.enqueue(
        conn,
        alert_id=alert_id,
        event_id=event_id,
        addressees=[Addressee(chat_id, action, f"why {revision}") for chat_id in chat_ids],
        priority=priority,
        now=now,
    )
    return alert_id


def save_entries(
    conn: Connection, *found: NewEntry, feed: FeedSeed | None = None, now: float = T0
) -> None:
    """As a poll that is not the first brings them."""
    feed_id = feeds.add(conn, feed or seed(), now).id
    entries.save(conn, feed_id, found, now=now, oldest=0.0, first_poll=False)


class Processes:
    """Real processes that begin a task together, each with its own database object."""

    def __init__(self, number: int):
        spawn = multiprocessing.get_context("spawn")
        self._pool = ProcessPoolExecutor(
            number,
            mp_context=spawn,
            initializer=_share,
            initargs=(spawn.Barrier(number, timeout=30),),
        )

    def run(self, fn: Callable[..., T], *tasks: tuple[object, ...]) -> list[T]:
        """The results of `fn(*task)`, one task in each process. `fn` begins with `together()`."""
        with self._pool as pool:
            return [future.result() for future in [pool.submit(fn, *task) for task in tasks]]


def together() -> None:
    """In a process: wait until all the others have come as far."""
    _barrier.wait()


def _share(barrier: Barrier) -> None:
    global _barrier
    _barrier = barrier
