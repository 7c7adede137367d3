"""What was decided to be said at one revision of an event."""

from __future__ import annotations

from storage.database import Connection
from storage.model import MsgType
from storage.rows import number


def decide(
    conn: Connection, *, event_id: int, revision: int, msg_type: MsgType, facts: str, now: float
) -> int:
    """Record the decision and return its id; one made before for this revision stands."""
    return number(
        conn,
        """
        insert into alerts (event_id, revision, msg_type, facts, decided_at)
        values (:event_id, :revision, :msg_type, :facts, :now)
        on conflict (event_id, revision) do update set event_id = excluded.event_id
        returning id
        """,
        event_id=event_id,
        revision=revision,
        msg_type=msg_type,
        facts=facts,
        now=now,
    )
