"""Whatever falls while an entry is decided, its work is done once or not at all."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from editor_desk import (
    ALERTED,
    DAY,
    Desk,
    detector,
    item,
    open_desk,
    sounds,
)

from bot.detect.detector import Detector
from bot.detect.report import Detection, Item
from bot.events import decision
from bot.events.editor import MAX_ATTEMPTS, Editor, item_of
from storage import entries, leases
from storage.database import Connection, StaleLease
from storage.model import Entry


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with open_desk(tmp_path) as opened:
        yield opened


class Poisoned:
    """The real detector, but one title makes it fall."""

    def __init__(self, inner: Detector, title: str):
        self._inner = inner
        self._title = title
        self.gazetteer = inner.gazetteer

    def detect(self, given: Item) -> Detection:
        if given.title == self._title:
            raise ZeroDivisionError("poison")
        return self._inner.detect(given)


async def test_a_poison_entry_stops_nobody_and_ends_dead(desk: Desk) -> None:
    """Each failure waits longer; after the last try the entry is put aside, others pass."""
    poisoned = Poisoned(detector(), "poison")
    desk.editor = Editor(desk.db, poisoned, clock=lambda: desk.now, worker_id="w1")  # type: ignore[arg-type]
    await desk.read("Écho du Soum", item("poison", guid="p", url="https://echo.example/p"), item())
    assert len(await desk.events()) == 1
    assert await desk.waiting() == 1
    for _ in range(MAX_ATTEMPTS):
        desk.now += DAY
        await desk.edit()

    def state(conn: Connection) -> Mapping[str, Any]:
        row = conn.one("select attempts, dead_at, error from entries where identity = 'p'")
        assert row is not None
        return row

    row = await desk.db.read(state)
    assert row["attempts"] == MAX_ATTEMPTS
    assert row["dead_at"] is not None
    assert row["error"] == "ZeroDivisionError: poison"


STEPS = [
    ("storage.events.create", "an event is created"),
    ("storage.reports.replace", "reports are written"),
    ("storage.alerts.decide", "an alert is decided"),
    ("storage.deliveries.enqueue", "deliveries are written"),
    ("storage.entries.done", "the entry is done"),
]


@pytest.mark.parametrize("step", [name for name, _ in STEPS], ids=[what for _, what in STEPS])
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
async def test_a_fall_in_the_middle_leaves_nothing_half_done(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, step: str, after: bool
) -> None:
    """Whichever step of transaction 2 falls, nothing of it stays; the next try does it once."""
    module, _, name = step.rpartition(".")
    real: Callable[..., Any] = getattr(__import__(module, fromlist=[name]), name)
    falls = [True]

    def falling(*args: Any, **kwargs: Any) -> Any:
        result = real(*args, **kwargs) if after else None
        if falls.pop() if falls else False:
            raise RuntimeError("fall")
        return result if after else real(*args, **kwargs)

    monkeypatch.setattr(step, falling)
    await desk.read("Écho du Soum", item())
    assert await desk.events() == []
    assert await desk.send() == []
    assert await desk.waiting() == 1
    desk.now += DAY / 24
    await desk.edit()
    assert len(await desk.events()) == 1
    assert sounds(await desk.send()) == ALERTED


async def test_a_fall_after_the_commit_repeats_nothing(desk: Desk) -> None:
    """When waking the senders falls, the work is already done."""

    def fall() -> None:
        raise RuntimeError("fall")

    desk.editor.on_decided = fall
    with pytest.raises(RuntimeError, match="fall"):
        await desk.read("Écho du Soum", item())
    await desk.edit()
    assert len(await desk.events()) == 1
    assert sounds(await desk.send()) == ALERTED


async def test_only_the_holder_of_the_lease_edits(desk: Desk) -> None:
    """A second editor waits for the first one's lease to run out, then takes over."""
    await desk.poll("Écho du Soum", item())
    await desk.db.write(leases.take, "editor", "other", now=desk.now, until=desk.now + 15)
    await desk.edit()
    assert await desk.events() == []
    desk.now += 20
    await desk.edit()
    assert len(await desk.events()) == 1


async def test_losing_the_lease_in_the_middle_writes_nothing(desk: Desk) -> None:
    """Somebody took over while we were detecting: our transaction rolls back, theirs stands."""
    await desk.poll("Écho du Soum", item())

    def take_and_claim(conn: Connection) -> Entry:
        leases.take(conn, "editor", "slow", now=desk.now, until=desk.now + 15)
        (entry,) = entries.claim(conn, "slow", now=desk.now, limit=1, lease=15.0)
        return entry

    entry = await desk.db.write(take_and_claim)
    found = detector().detect(item_of(entry))
    desk.now += 20
    await desk.edit()
    slow = decision.Desk("slow", 2 * DAY, detector().gazetteer)
    with pytest.raises(StaleLease, match="editor"):
        await desk.db.write(decision.decide, entry, found, slow, now=desk.now)
    desk.now += 20
    with pytest.raises(StaleLease, match="entry"):
        await desk.db.write(decision.decide, entry, found, slow, now=desk.now)
    assert [e.revision for e in await desk.events()] == [1]
    assert sounds(await desk.send()) == ALERTED
